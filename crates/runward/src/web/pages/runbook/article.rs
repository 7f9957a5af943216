//! The article: the document in its own order, with what was understood of it and what is wrong with it beside it.

use std::collections::HashMap;
use std::fmt::Write;

use runward_core::command::impact::Impact;
use runward_core::runbook::html::{self, Escaped, Leaf, LeafKind, Piece, What};
use runward_core::runbook::{Finding, Level, StepKind};

use super::history::History;
use super::index::{Index, worst_at};
use super::{notes, steps};

/// How many columns a table has that is not squeezed into a narrow page but moved in it.
const WIDE: usize = 4;

/// A heading in the table of contents.
#[derive(Clone, Debug)]
pub(super) struct Entry {
    /// 1 to 6, none left out.
    pub level: u8,
    /// Its name in the page.
    pub id: String,
    /// Its text.
    pub title: String,
    /// How many findings stand below it, before the next heading.
    pub findings: usize,
    /// The worst of them.
    pub worst: Option<Level>,
}

/// An article that is being written.
pub(super) struct Article<'a> {
    pub index: &'a Index<'a>,
    pub history: &'a History,
    pub out: String,
    /// How many findings stand in the margin already.
    pub taken: usize,
    pub contents: Vec<Entry>,
    /// The last line that has a name.
    named: u32,
    /// The level of the last heading, as it is shown.
    level: u8,
}

/// Writes a document; returns it as HTML, with its headings.
pub(super) fn write(text: &str, index: &Index<'_>, history: &History) -> (String, Vec<Entry>) {
    let mut article = Article {
        index,
        history,
        out: String::with_capacity(text.len() * 4),
        taken: 0,
        contents: Vec::new(),
        named: 0,
        level: 0,
    };
    for piece in html::pieces(text) {
        match piece {
            Piece::Frame(frame) => article.out.push_str(&frame),
            Piece::Leaf(leaf) => article.leaf(&leaf),
        }
        article.out.push('\n');
    }
    let left = article.take_findings(u32::MAX);
    if !left.is_empty() {
        article.out.push_str("<div class=\"noted\"><div></div>");
        article.margin(left, usize::MAX);
        article.out.push_str("</div>");
    }
    (article.out, article.contents)
}

impl<'a> Article<'a> {
    /// The name of a line, as an attribute; each is given once.
    pub(super) fn line_id(&mut self, line: u32) {
        if line > self.named {
            self.named = line;
            let _ = write!(self.out, " id=\"L{line}\"");
        }
    }

    /// The findings that are beside nothing yet.
    pub(super) fn ahead(&self) -> &'a [&'a Finding] {
        self.index.findings.get(self.taken..).unwrap_or_default()
    }

    /// Takes the findings up to a line; they count for the heading above them.
    pub(super) fn take_findings(&mut self, until: u32) -> &'a [&'a Finding] {
        let ahead = self.ahead();
        let taken = &ahead[..ahead.partition_point(|finding| finding.source.line <= until)];
        self.taken += taken.len();
        if let Some(heading) = self.contents.last_mut() {
            heading.findings += taken.len();
            heading.worst = heading.worst.max(taken.iter().map(|finding| finding.level).max());
        }
        taken
    }

    /// The margin beside what was written last, with findings that were just taken.
    fn margin(&mut self, findings: &[&Finding], room: usize) {
        notes::notes(&mut self.out, findings, self.taken - findings.len() + 1, self.index, room);
    }

    fn leaf(&mut self, leaf: &Leaf) {
        match &leaf.kind {
            LeafKind::Code { tag, text, first } => return self.code(leaf, tag, text, *first),
            LeafKind::Heading { level, id, title } => {
                self.level = (*level).min(self.level + 1);
                let (id, title) = (id.clone(), title.trim().to_owned());
                self.contents.push(Entry { level: self.level, id, title, findings: 0, worst: None });
            }
            _ => {}
        }
        let findings = self.take_findings(leaf.end_line);
        self.out.push_str(if findings.is_empty() { "<div" } else { "<div class=\"noted\"" });
        self.line_id(leaf.line);
        self.out.push_str(if findings.is_empty() { ">" } else { "><div>" });
        self.block(leaf, findings);
        if !findings.is_empty() {
            self.out.push_str("</div>");
            // A line of the document may be a long one.
            let lines = (leaf.end_line - leaf.line + 1) as usize;
            self.margin(findings, lines.max(leaf.html.len() / 90) + 3);
        }
        self.out.push_str("</div>");
    }

    fn block(&mut self, leaf: &Leaf, findings: &[&Finding]) {
        let index = self.index;
        match &leaf.kind {
            LeafKind::Heading { level: written, id, .. } => {
                let level = self.level;
                let _ = write!(self.out, "<h{level} id=\"{id}\" class=\"level-{written}\">{}</h{level}>", leaf.html);
                for procedure in index.procedures(leaf.line, leaf.end_line) {
                    steps::procedure(&mut self.out, procedure, self.history);
                }
                return;
            }
            LeafKind::Table => self.table(leaf, findings),
            LeafKind::Rule => self.out.push_str("<hr>"),
            LeafKind::Dropped => {
                let lines = match (leaf.line, leaf.end_line) {
                    (first, last) if first == last => format!("line {first}"),
                    (first, last) => format!("lines {first} to {last}"),
                };
                let _ = write!(self.out, "<p class=\"muted\">HTML of the document is not shown here ({lines}).</p>");
            }
            LeafKind::Paragraph | LeafKind::Text | LeafKind::Code { .. } => {
                let is_paragraph = leaf.kind == LeafKind::Paragraph;
                self.out.push_str(if is_paragraph { "<p>" } else { "" });
                self.marked(leaf, findings);
                let placed = index.steps(leaf.line, leaf.end_line);
                let by_hand = placed.iter().find(|placed| placed.step.commands.is_empty());
                if let Some(kind) = by_hand.map(|placed| placed.step.kind).filter(|kind| *kind != StepKind::Template) {
                    steps::by_hand(&mut self.out, kind);
                }
                self.out.push_str(if is_paragraph { "</p>" } else { "" });
            }
        }
        let placed = index.steps(leaf.line, leaf.end_line);
        steps::inline(&mut self.out, placed, index, self.history);
        for procedure in index.procedures(leaf.line, leaf.end_line) {
            let _ = write!(
                self.out,
                "<p class=\"fact\"><span>Line {}</span> {}</p>",
                procedure.source.line,
                Escaped(&procedure.title)
            );
            steps::procedure(&mut self.out, procedure, self.history);
        }
    }

    fn table(&mut self, leaf: &Leaf, findings: &[&Finding]) {
        let head = leaf.html.split("</tr>").next().unwrap_or_default();
        let columns = head.matches("</t").count();
        if columns >= WIDE {
            // What can be moved must be reached by keyboard.
            let _ = write!(
                self.out,
                "<div class=\"scroll\" tabindex=\"0\" role=\"group\" aria-label=\"Table of line {}\"><table class=\"wide\">",
                leaf.line
            );
        } else {
            self.out.push_str("<div class=\"scroll\"><table>");
        }
        self.marked(leaf, findings);
        self.out.push_str("</table></div>");
    }

    /// The HTML of a block, with what is known of the places in it.
    fn marked(&mut self, leaf: &Leaf, findings: &[&Finding]) {
        let commands = self.index.commands(leaf.line, leaf.end_line).iter();
        let known: HashMap<(u32, &str), Impact> = commands.map(|c| ((c.line, c.text.as_str()), c.impact)).collect();
        let mut written = 0;
        for mark in &leaf.marks {
            self.out.push_str(&leaf.html[written..mark.at]);
            written = mark.at;
            match &mark.what {
                What::Row => {
                    self.line_id(mark.line);
                    if let Some(level) = worst_at(findings, mark.line) {
                        let _ = write!(self.out, " class=\"found is-{}\"", notes::level(level).0);
                    }
                }
                What::Code(text) => {
                    if let Some(impact) = known.get(&(mark.line, text.trim())) {
                        self.out.push(' ');
                        steps::impact(&mut self.out, *impact);
                    }
                }
            }
        }
        self.out.push_str(&leaf.html[written..]);
    }
}
