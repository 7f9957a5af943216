//! Findings drawn under their line, as compilers do it, within the columns of a terminal.

use std::collections::{BTreeMap, HashSet};
use std::fmt::Write;
use std::ops::Range;

use anstyle::Style;
use runward_core::runbook::{Edit, Finding, Level};
use runward_core::source::Lines;

use super::edits::{Change, changes};
use super::place::on_first_line;
use crate::cli::columns::{self, fitted, tail, visible, width};
use crate::cli::out::{self, BAD, BOLD, DOUBTFUL, FAINT, GOOD, MARKED, WIDTH, styled, wrap};

/// The longest line, in bytes, of which it is drawn how it would be mended.
const LONGEST_LINE: usize = 10_000;

/// No message takes more lines: it may quote a command that is longer than any screen.
const MOST_LINES: usize = 6;

/// Findings of one line.
pub(super) struct Drawing<'f> {
    /// What was found there, the worst first.
    pub findings: Vec<&'f Finding>,
    /// The lines on which a rule found the same again.
    pub again: Vec<(&'f str, Vec<u32>)>,
}

/// Draws findings under their line; `lines` is their file, where it is at hand.
pub(super) fn draw(drawing: &Drawing<'_>, lines: Option<&Lines<'_>>) -> String {
    let Some(first) = drawing.findings.first() else { return String::new() };
    let number = first.source.line;
    let mut pen = Pen { out: String::new(), gutter: number.to_string().len() };
    for finding in &drawing.findings {
        pen.title(finding);
    }
    let spans: Vec<Range<usize>> = lines
        .map_or_else(Vec::new, |lines| drawing.findings.iter().map(|finding| on_first_line(finding, lines)).collect());
    let column = lines.map_or(1, |lines| {
        let start = spans.first().map_or(0, |span| span.start);
        lines.line(number).get(..start).map_or(1, |before| before.chars().count() + 1)
    });
    pen.place(&first.source.file, number, column);
    pen.row("", "");
    if let Some(lines) = lines {
        pen.source(number, lines.line(number), &drawing.findings, &spans);
        pen.row("", "");
    }
    pen.remarks(drawing);
    for finding in drawing.findings.iter().filter(|f| !f.edits.is_empty()) {
        if let Some(lines) = lines {
            pen.fix(finding, lines);
        }
    }
    pen.out
}

struct Pen {
    out: String,
    /// How wide line numbers are.
    gutter: usize,
}

impl Pen {
    fn title(&mut self, finding: &Finding) {
        let (word, style) = match finding.level {
            Level::Error => ("error", BAD),
            Level::Warning => ("warning", DOUBTFUL),
            Level::Info => ("note", MARKED.bold()),
        };
        const HANG: usize = 4;
        let head = format!("{word}[{}]", finding.rule);
        let text = wrap(&format!("{head}: {}", visible(&finding.message)), WIDTH - HANG);
        for (at, line) in shortened(text, WIDTH - HANG).iter().enumerate() {
            let _ = match line.strip_prefix(&head).filter(|_| at == 0) {
                Some(rest) => writeln!(self.out, "{}{}", styled(style, &head), styled(BOLD, rest)),
                None => writeln!(self.out, "{:HANG$}{}", "", styled(BOLD, line)),
            };
        }
    }

    fn place(&mut self, file: &str, line: u32, column: usize) {
        let place = format!(":{line}:{column}");
        let room = WIDTH - self.gutter - 4 - place.len();
        let arrow = styled(FAINT, "-->");
        let _ = writeln!(self.out, "{:1$}{arrow} {2}{place}", "", self.gutter, tail(&visible(file), room));
    }

    /// A line with its number, or none, behind the bar.
    fn row(&mut self, number: &str, text: &str) {
        let bar = styled(FAINT, &format!("{number:>0$} |", self.gutter));
        let space = if text.is_empty() { "" } else { " " };
        let _ = writeln!(self.out, "{bar}{space}{text}");
    }

    /// The line, and what of it is meant below it.
    fn source(&mut self, number: u32, line: &str, findings: &[&Finding], spans: &[Range<usize>]) {
        let room = WIDTH - self.gutter - 3;
        let mut rows: BTreeMap<(usize, usize), Vec<&Finding>> = BTreeMap::new();
        for (finding, span) in findings.iter().zip(spans) {
            rows.entry((span.start, span.end)).or_default().push(finding);
        }
        let Some((start, end)) = rows.keys().next().copied() else { return };
        let (shown, first) = fitted(line, start..end, room);
        self.row(&number.to_string(), &shown);
        let several = rows.len() > 1;
        // A line that is cut is cut so that the first thing that is meant is in sight; the others need not be.
        let whole = width(&visible(line)) <= room;
        for (at, ((start, end), about)) in rows.into_iter().enumerate() {
            let columns = match at {
                0 => first.clone(),
                _ if whole => fitted(line, start..end, room).1,
                _ => break,
            };
            let marks = "^".repeat(columns.len().max(1));
            let mut names: Vec<&str> = about.iter().map(|f| &*f.rule).collect();
            names.dedup();
            let label = if several { names.join(", ") } else { String::new() };
            let worst = about.iter().map(|f| f.level).max().unwrap_or(Level::Info);
            self.marks(columns.start, &marks, &label, of_level(worst), room);
        }
    }

    fn marks(&mut self, start: usize, marks: &str, label: &str, style: Style, room: usize) {
        let behind = start + marks.len() + 1 + label.len() <= room;
        let before = label.len() < start;
        let marked = match label {
            "" => format!("{:start$}{}", "", styled(style, marks)),
            label if behind => format!("{:start$}{}", "", styled(style, &format!("{marks} {label}"))),
            label if before => {
                let pad = start - label.len() - 1;
                format!("{:pad$}{}", "", styled(style, &format!("{label} {marks}")))
            }
            _ => format!("{:start$}{}", "", styled(style, marks)),
        };
        self.row("", &marked);
    }

    /// How to mend it, by which name it is allowed, and where else it stands.
    fn remarks(&mut self, drawing: &Drawing<'_>) {
        let several = drawing.findings.len() > 1;
        let mut said: HashSet<&str> = HashSet::new();
        for finding in &drawing.findings {
            if !finding.help.is_empty() && said.insert(&finding.help) {
                let name = if several { format!("help[{}]", finding.rule) } else { "help".into() };
                self.remark(&name, &finding.help);
            }
        }
        let mut steps: Vec<&str> =
            drawing.findings.iter().filter_map(|f| f.step.as_ref()).map(|s| s.as_str()).collect();
        steps.dedup();
        for step in steps {
            self.remark("note", &format!("step {step}"));
        }
        for (rule, lines) in &drawing.again {
            let numbers = lines.iter().map(u32::to_string).collect::<Vec<_>>().join(", ");
            let word = if lines.len() == 1 { "line" } else { "lines" };
            self.remark("note", &format!("{rule} also on {word} {numbers}"));
        }
    }

    fn remark(&mut self, name: &str, text: &str) {
        let lead = format!("{:1$} = {name}: ", "", self.gutter);
        let room = WIDTH.saturating_sub(lead.len()).max(24);
        let lines = wrap(&visible(text), room);
        let lines = if name == "note" { lines } else { shortened(lines, room) };
        for (at, line) in lines.iter().enumerate() {
            let _ = match at {
                0 => {
                    writeln!(self.out, "{:1$} {2} {3}: {line}", "", self.gutter, styled(FAINT, "="), styled(BOLD, name))
                }
                _ => writeln!(self.out, "{:1$}{line}", "", lead.len()),
            };
        }
    }

    /// What the edits of a finding would make of its lines.
    fn fix(&mut self, finding: &Finding, lines: &Lines<'_>) {
        const MOST_CHANGES: usize = 3;
        let mut edits: Vec<&Edit> = finding.edits.iter().collect();
        edits.sort_by_key(|edit| (edit.start, edit.end));
        let apart = edits.windows(2).all(|pair| pair[0].end <= pair[1].start);
        let is_valid = |edit: &&Edit| lines.text().get(edit.start..edit.end).is_some();
        // A line that is longer than any screen is not drawn twice more.
        let is_short = |edit: &&Edit| lines.line_span(lines.line_of(edit.start)).len() <= LONGEST_LINE;
        if !apart || !edits.iter().all(|edit| is_valid(edit) && is_short(edit)) {
            return;
        }
        let changes = changes(lines.text(), lines, &edits);
        if changes.is_empty() {
            return;
        }
        self.remark("fix", &format!("{} can be mended so, with --patch", finding.rule));
        for change in changes.iter().take(MOST_CHANGES) {
            self.change(change);
        }
        if changes.len() > MOST_CHANGES {
            let more = out::count(changes.len() - MOST_CHANGES, "more place");
            self.remark("fix", &format!("and at {more}"));
        }
    }

    fn change(&mut self, change: &Change<'_>) {
        // A line end that both have is none of the change.
        let bare = |line: &str| line.trim_end_matches('\n').trim_end_matches('\r').to_owned();
        let whole = |line: &str| line.trim_end_matches('\n').to_owned();
        let old: Vec<String> = change.old.iter().map(|line| bare(line)).collect();
        let new: Vec<String> = change.new.iter().map(|line| bare(line)).collect();
        let (old, new) = if old == new {
            (change.old.iter().map(|l| whole(l)).collect(), change.new.iter().map(|l| whole(l)).collect())
        } else {
            (old, new)
        };
        let sides: [(&Vec<String>, &Vec<String>, &str, Style); 2] = [(&old, &new, "-", BAD), (&new, &old, "+", GOOD)];
        for (side, other, sign, style) in sides {
            for (at, line) in side.iter().enumerate().take(MOST_LINES) {
                let beside = other.get(at).map_or("", String::as_str);
                let same = line.char_indices().zip(beside.chars()).take_while(|((_, a), b)| a == b).last();
                let from = same.map_or(0, |((at, c), _)| at + c.len_utf8());
                let (shown, _) = fitted(line, from..line.len(), WIDTH - self.gutter - 3);
                let number = change.first + at;
                let text = format!("{sign} {shown}");
                let _ = writeln!(
                    self.out,
                    "{} {}",
                    styled(FAINT, &format!("{number:>0$}", self.gutter)),
                    styled(style, text.trim_end())
                );
            }
            if side.len() > MOST_LINES {
                let more = out::count(side.len() - MOST_LINES, "more line");
                let _ = writeln!(self.out, "{:1$} {sign} … {more}", "", self.gutter);
            }
        }
    }
}

fn of_level(level: Level) -> Style {
    match level {
        Level::Error => BAD,
        Level::Warning => DOUBTFUL,
        Level::Info => MARKED,
    }
}

/// The first lines of a text, which fit into `room` columns.
fn shortened(mut lines: Vec<String>, room: usize) -> Vec<String> {
    if lines.len() > MOST_LINES {
        lines.truncate(MOST_LINES);
        if let Some(last) = lines.last_mut() {
            let end = columns::end(last, room.saturating_sub(2)).unwrap_or(last.len());
            last.truncate(end);
            last.push_str(" …");
        }
    }
    lines
}
