//! The severity scale: a table, a list, a heading or a paragraph for each row, and how often to tell people what goes on.

use std::collections::HashMap;

use super::columns::{Cells, Column};
use super::markdown::{Inlines, Kind, List, Table};
use super::section::{Section, parts};
use super::tables::{Facts, first_line, items};
use super::words::normal;
use super::words::topic::{Topic, Topics};
use crate::severity::{self, Severity};
use crate::source::{Lines, Source};
use crate::time::promised;

impl Facts {
    pub(super) fn severity_table(&mut self, table: &Table, columns: &[Column], lines: &Lines<'_>) {
        for row in &table.rows {
            let cells = Cells { columns, row };
            let Some((name, title)) = cells.text(Column::Severity).and_then(|s| scale_name(&s)) else { continue };
            let title = if title.is_empty() { cells.text(Column::Name).unwrap_or_default() } else { title };
            let source = lines.source(row.span.clone());
            let examples = table
                .head
                .iter()
                .position(|h| normal(&h.plain()).starts_with("example"))
                .and_then(|at| row.cells.get(at))
                .map(Inlines::plain);
            let criteria =
                [cells.text(Column::Criteria), examples].into_iter().flatten().collect::<Vec<_>>().join("; ");
            let respond = cells.text(Column::Respond).and_then(|r| promised(&r));
            if let Some(chain) = cells.text(Column::Chain) {
                self.chain(&chain, &name, respond.map(|r| r.as_secs()), row, lines);
            }
            self.severities.push(Severity {
                name,
                title,
                criteria,
                respond_within_s: respond.map(|r| r.as_secs()),
                update_every_s: cells.text(Column::Update).and_then(|u| promised(&u)).map(|u| u.as_secs()),
                source,
            });
        }
    }

    /// A list of the scale: `- **P0 (Critical)**: …`, `- SEV1 – acknowledge in 5 min`; false where it is none.
    pub(super) fn severity_list(&mut self, list: &List, speaks: bool, lines: &Lines<'_>) -> bool {
        let items = items(list);
        let rows: Vec<_> = items.iter().filter_map(|(text, ..)| scale_row(text, speaks)).collect();
        if items.len() < 2 || rows.len() < items.len() {
            return false;
        }
        for ((name, title, criteria), (_, span, _)) in rows.into_iter().zip(items) {
            self.severities.push(said(name, title, criteria, lines.source(first_line(span, lines))));
        }
        true
    }

    /// A scale told in paragraphs (`**Critical**: site down. …`) or with a heading for each row (`### SEV1 - Critical`).
    pub(super) fn severity_section(&mut self, section: &Section<'_>, lines: &Lines<'_>) {
        if !speaks_of_severity(section.topics) {
            return;
        }
        let mut found = Vec::new();
        for block in section.body {
            let Kind::Paragraph(text) = &block.kind else { continue };
            for part in parts(text) {
                let Some((name, title)) = part.label.as_deref().and_then(scale_name) else { continue };
                let start = part.text.0.first().map_or(block.span.start, |i| i.span.start);
                let end = part.text.0.last().map_or(block.span.end, |i| i.span.end);
                found.push(said(name, title, part.text.plain().replace('\n', " "), lines.source(start..end)));
            }
        }
        for child in &section.children {
            let (Some((name, title)), Some(heading)) = (scale_name(&child.title), child.heading) else { continue };
            let words = child.body.iter().map(|block| match &block.kind {
                Kind::Paragraph(text) => text.plain(),
                Kind::List(list) => items(list).iter().map(|(text, ..)| text.plain()).collect::<Vec<_>>().join("; "),
                _ => String::new(),
            });
            let criteria = words.filter(|w| !w.is_empty()).collect::<Vec<_>>().join(" ").replace('\n', " ");
            found.push(said(name, title, criteria, lines.source(heading.span.clone())));
        }
        if found.len() >= 2 {
            self.severities.extend(found);
        }
    }

    /// `P1: every 30 minutes` below `Update cadence`; false where no item says that.
    pub(super) fn cadence_list(&mut self, list: &List) -> bool {
        let before = self.cadence.len();
        self.cadence.extend(items(list).iter().filter_map(|(text, ..)| cadence(&text.plain())));
        self.cadence.len() > before
    }

    /// Concludes what needs the whole document: a scale that stands in a table and in a list as well is one.
    pub(super) fn settle(&mut self) {
        let mut places: HashMap<String, usize> = HashMap::new();
        let mut kept: Vec<Severity> = Vec::new();
        for next in std::mem::take(&mut self.severities) {
            match places.get(&next.name.to_lowercase()) {
                Some(at) => complete(&mut kept[*at], next),
                None => {
                    places.insert(next.name.to_lowercase(), kept.len());
                    kept.push(next);
                }
            }
        }
        for (name, every) in &self.cadence {
            if let Some(at) = places.get(&name.to_lowercase()) {
                kept[*at].update_every_s.get_or_insert(*every);
            }
        }
        // Worst first, whatever order the table has; the sort keeps equals in place.
        kept.sort_by_key(|s| severity::rank(&s.name).unwrap_or(99));
        self.severities = kept;
    }
}

/// The first mention says it, the others complete it.
fn complete(known: &mut Severity, next: Severity) {
    for (slot, new) in [(&mut known.title, next.title), (&mut known.criteria, next.criteria)] {
        if slot.is_empty() {
            *slot = new;
        }
    }
    known.respond_within_s = known.respond_within_s.or(next.respond_within_s);
    known.update_every_s = known.update_every_s.or(next.update_every_s);
}

/// A row whose promises stand among its words.
fn said(name: String, title: String, criteria: String, source: Source) -> Severity {
    Severity {
        name,
        title,
        respond_within_s: promised_response(&criteria),
        update_every_s: clause(&criteria, &["update"]),
        criteria,
        source,
    }
}

/// Whether words announce a severity scale.
pub(super) fn speaks_of_severity(topics: Topics) -> bool {
    topics.has(Topic::Severity) || topics.has(Topic::Promises)
}

pub(super) fn scale_rows(table: &Table, columns: &[Column]) -> usize {
    let Some(at) = columns.iter().position(|c| *c == Column::Severity) else { return 0 };
    table.rows.iter().filter(|row| row.cells.get(at).is_some_and(|cell| scale_name(&cell.plain()).is_some())).count()
}

/// `P0 -- All down`, `P0 - Critical`, `P0 (Critical)`, `Critical`: the name on the scale and the rest.
pub(super) fn scale_name(text: &str) -> Option<(String, String)> {
    // A coloured dot before the name is an ornament.
    let text = text.trim_start_matches(|c: char| !c.is_alphanumeric()).trim_end();
    let end = text.find(|c: char| matches!(c, '(' | ':' | '—' | '–') || c.is_whitespace()).unwrap_or(text.len());
    let (name, rest) = match severity::rank(&text[..end]) {
        Some(_) => text.split_at(end),
        // `SEV 1`, `Sev - 2`: the number stands apart.
        None => {
            let second = text[end..]
                .trim_start()
                .find(char::is_whitespace)
                .map_or(text.len(), |n| text.len() - text[end..].trim_start().len() + n);
            severity::rank(&text[..second])?;
            text.split_at(second)
        }
    };
    let title = rest.trim().trim_matches(|c: char| matches!(c, '-' | '–' | '—' | ':' | '(' | ')') || c.is_whitespace());
    Some((name.trim().to_owned(), title.to_owned()))
}

fn strong_scale(text: &Inlines) -> Option<(String, String)> {
    let first = text.0.first().filter(|i| i.strong)?;
    scale_name(first.text.trim_end_matches(':'))
}

/// The text behind a bold beginning, without its colon.
pub(super) fn rest_of(text: &Inlines) -> String {
    let rest = Inlines(text.0.iter().skip(1).cloned().collect()).plain();
    rest.trim_start_matches([':', '-', '–', '—', ' ']).to_owned()
}

/// A list item as a row of the scale. Without bold, a word such as `High` is one only where the heading says so.
fn scale_row(text: &Inlines, speaks: bool) -> Option<(String, String, String)> {
    if let Some((name, title)) = strong_scale(text) {
        return Some((name, title, rest_of(text)));
    }
    let plain = text.plain();
    let end = [" – ", " — ", " - ", ": "].iter().filter_map(|dash| plain.find(dash)).min()?;
    let (name, title) = scale_name(&plain[..end])?;
    let criteria = plain[end..].trim_start_matches([' ', '–', '—', '-', ':']).to_owned();
    speaks.then_some((name, title, criteria))
}

/// `Respond within 10 minutes`: how soon, where the words promise it.
fn promised_response(criteria: &str) -> Option<u64> {
    const PROMISES: &[&str] = &["respon", "acknowledge", "ack ", "answer", "react", "within"];
    let lower = criteria.to_lowercase();
    let promises = PROMISES.iter().any(|word| lower.contains(word));
    clause(criteria, PROMISES).or_else(|| promised(criteria).filter(|_| promises).map(|d| d.as_secs()))
}

/// The length that stands in the same clause behind one of these words.
fn clause(text: &str, words: &[&str]) -> Option<u64> {
    let lower = text.to_lowercase();
    words.iter().find_map(|word| {
        let rest = &lower[lower.find(word)?..];
        let end = [". ", "; ", ", update", ", status"].iter().filter_map(|stop| rest.find(stop)).min();
        promised(&rest[..end.unwrap_or(rest.len())]).map(|d| d.as_secs())
    })
}

fn cadence(text: &str) -> Option<(String, u64)> {
    let (name, rest) = text.split_once(':')?;
    let (name, _) = scale_name(name)?;
    Some((name, promised(rest)?.as_secs()))
}
