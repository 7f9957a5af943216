//! Tables and lists that state facts: the service inventory, severities, escalation, contacts.
//! Columns are known by what their headings mean, not by how a team spells them.

use std::collections::HashMap;

use super::columns::{Cells, Column, columns, is_inventory, is_nothing};
use super::contact::Contact;
use super::escalating::is_support_levels;
use super::field::Field;
use super::markdown::{Block, Inlines, Kind, List, Table};
use super::scale::{rest_of, scale_rows, speaks_of_severity};
use super::section::{Section, parts};
use super::words::normal;
use super::words::topic::{Topic, Topics};
use super::{EscalationStep, Finding};
use crate::id::ServiceId;
use crate::lints;
use crate::service::Service;
use crate::severity::Severity;
use crate::source::Lines;

/// What is read from tables and lists.
#[derive(Debug, Default)]
pub(super) struct Facts {
    pub services: Vec<Service>,
    pub severities: Vec<Severity>,
    pub escalation: Vec<EscalationStep>,
    pub contacts: Vec<Contact>,
    pub findings: Vec<Finding>,
    /// How often to post updates, by severity name.
    pub cadence: Vec<(String, u64)>,
    /// Where in `services` each stands.
    pub known: HashMap<ServiceId, usize>,
}

/// Reads every table, list and section that looks like one of these.
pub(super) fn read(root: &Section<'_>, lines: &Lines<'_>) -> Facts {
    let mut facts = Facts::default();
    root.walk(&mut |section| {
        let around = section.topics.and(section.above);
        let mut speaks = around;
        for block in section.body {
            match &block.kind {
                Kind::Paragraph(text) => {
                    if speaks.has(Topic::Escalation) {
                        facts.escalation_told(text, lines);
                    }
                    if speaks.has(Topic::Contacts) {
                        facts.contacts_told(text, lines);
                    }
                    speaks = around.and(last_label(text));
                }
                Kind::Table(table) => facts.table(table, block, speaks, lines),
                Kind::List(list) => facts.list(list, speaks, lines),
                _ => {}
            }
        }
        facts.severity_section(section, lines);
        facts.told_services(section, lines);
    });
    facts.settle();
    facts
}

fn last_label(text: &Inlines) -> Topics {
    parts(text).pop().and_then(|p| p.label).map(|label| Topics::of(&normal(&label))).unwrap_or_default()
}

impl Facts {
    fn table(&mut self, table: &Table, block: &Block, speaks: Topics, lines: &Lines<'_>) {
        let columns = columns(table);
        let has = |wanted: Column| columns.contains(&wanted);
        let least = if speaks_of_severity(speaks) { 1 } else { 2 };
        let support = is_support_levels(table, &columns);
        let is_severity = has(Column::Severity) && scale_rows(table, &columns) >= least && !support;
        let before = self.services.len() + self.severities.len() + self.escalation.len();
        if is_severity {
            self.severity_table(table, &columns, lines);
        } else if support
            || has(Column::Target)
            || (has(Column::After) && (has(Column::Role) || has(Column::Person) || has(Column::Severity)))
        {
            self.escalation_table(table, &columns, lines);
        } else if is_inventory(&columns) {
            self.inventory(table, &columns, lines);
        } else if has(Column::Role) && (has(Column::Channel) || has(Column::Person) || has(Column::Name)) {
            self.contact_table(table, &columns, lines);
        } else {
            self.one_service(table, lines);
        }
        if self.services.len() + self.severities.len() + self.escalation.len() > before {
            self.ragged(table, block, lines);
        }
    }

    /// Markdown pads short rows and drops what is too much: in a table that states facts, say so.
    fn ragged(&mut self, table: &Table, block: &Block, lines: &Lines<'_>) {
        let width = table.head.len();
        for row in &table.rows {
            let line = lines.line_of(row.span.start);
            let cells = raw_cells(lines.line(line));
            if cells != width {
                let table_line = lines.line_of(block.span.start);
                let message = format!("this row has {cells} cells, its heading (line {table_line}) has {width}");
                let help = "give the row one cell for each column; an empty cell is fine";
                self.findings.push(Finding::new(&lints::MD06, lines.source(row.span.clone()), message, help));
            }
        }
    }

    fn contact_table(&mut self, table: &Table, columns: &[Column], lines: &Lines<'_>) {
        for row in &table.rows {
            let cells = Cells { columns, row };
            let Some(role) = cells.text(Column::Role) else { continue };
            let name = cells.any(&[Column::Person, Column::Name]);
            self.contacts.push(Contact::new(&role, name, cells.all(Column::Channel), lines.source(row.span.clone())));
        }
    }

    /// Lists that state what others put in a table: `- **P0 (Critical)**: …`, `- **On-call**: phone`, `- P1: every 30 minutes`.
    fn list(&mut self, list: &List, speaks: Topics, lines: &Lines<'_>) {
        let taken = (speaks.has(Topic::Cadence) && self.cadence_list(list))
            || self.severity_list(list, speaks_of_severity(speaks), lines)
            || (speaks.has(Topic::Escalation) && self.escalation_list(list, lines));
        if !taken && speaks.has(Topic::Contacts) {
            self.contact_list(list, lines);
        }
    }

    fn contact_list(&mut self, list: &List, lines: &Lines<'_>) {
        for item in &list.items {
            let Some(Kind::Paragraph(text)) = item.blocks.first().map(|b| &b.kind) else { continue };
            let Some((role, channel)) = role_of(text) else { continue };
            let below =
                item.blocks.iter().filter_map(|b| if let Kind::List(inner) = &b.kind { Some(inner) } else { None });
            let below: Vec<_> = below.flat_map(items).collect();
            let source = lines.source(first_line(item.span.clone(), lines));
            if !is_nothing(&channel) || below.is_empty() {
                let channels = if is_nothing(&channel) { Vec::new() } else { vec![channel] };
                self.contacts.push(Contact::new(&role, None, channels, source));
                continue;
            }
            // `- **Vendors**:` with each of them below: they are contacts of that kind.
            let named = below.iter().all(|(text, ..)| role_of(text).is_some());
            if !named {
                let channels = below.into_iter().map(|(text, ..)| text.plain()).collect();
                self.contacts.push(Contact::new(&role, None, channels, source));
                continue;
            }
            for (text, span, _) in below {
                let Some((name, channel)) = role_of(&text) else { continue };
                let channels = if is_nothing(&channel) { Vec::new() } else { vec![channel] };
                self.contacts.push(Contact::new(&role, Some(name), channels, lines.source(first_line(span, lines))));
            }
        }
    }

    /// `**On-call:** +49 30 1234`, outside any list.
    fn contacts_told(&mut self, text: &Inlines, lines: &Lines<'_>) {
        for part in parts(text) {
            let said = part.text.plain();
            let reaches = said.contains(['@', '#', '[', '+']) || said.bytes().filter(u8::is_ascii_digit).count() >= 5;
            if let Some(role) = part.label.filter(|label| reaches && Field::of(label).is_none_or(is_person)) {
                self.contacts.push(Contact::new(&role, None, vec![said], lines.source(part.text.span())));
            }
        }
    }
}

/// Labels that are also names of roles.
fn is_person(field: Field) -> bool {
    matches!(field, Field::Primary | Field::Secondary | Field::Owner | Field::Backup)
}

/// The role that an item begins with, and what it says of how to reach it.
fn role_of(text: &Inlines) -> Option<(String, String)> {
    const MOST_WORDS: usize = 5;
    if let Some(first) = text.0.first().filter(|i| i.strong) {
        return Some((first.text.trim_end_matches(':').to_owned(), rest_of(text)));
    }
    let plain = text.plain();
    let (role, rest) = plain.split_once(':')?;
    let short = !role.is_empty() && role.split_whitespace().count() <= MOST_WORDS && !rest.starts_with("//");
    short.then(|| (role.trim().to_owned(), rest.trim().to_owned()))
}

/// The text of each item, its bytes, and the items of a list below it.
pub(super) fn items(list: &List) -> Vec<(Inlines, std::ops::Range<usize>, Vec<String>)> {
    let text = |item: &super::markdown::Item| match item.blocks.first().map(|b| &b.kind) {
        Some(Kind::Paragraph(text)) => Some(text.clone()),
        _ => None,
    };
    let below = |item: &super::markdown::Item| {
        let lists = item.blocks.iter().filter_map(|b| if let Kind::List(inner) = &b.kind { Some(inner) } else { None });
        lists.flat_map(|inner| inner.items.iter().filter_map(text)).map(|t| t.plain()).collect()
    };
    list.items.iter().filter_map(|item| Some((text(item)?, item.span.clone(), below(item)))).collect()
}

pub(super) fn first_line(span: std::ops::Range<usize>, lines: &Lines<'_>) -> std::ops::Range<usize> {
    let end = lines.line_span(lines.line_of(span.start)).end;
    span.start..end.min(span.end).max(span.start)
}

/// How many cells a row of the source really has: bars inside code and behind a backslash do not count.
fn raw_cells(line: &str) -> usize {
    let line = line.trim();
    let line = line.strip_prefix('|').unwrap_or(line);
    let line = line.strip_suffix('|').filter(|l| !l.ends_with('\\')).unwrap_or(line);
    let mut bars = 0;
    let mut escaped = false;
    for c in line.chars() {
        match c {
            '|' if !escaped => bars += 1,
            _ => {}
        }
        escaped = c == '\\' && !escaped;
    }
    bars + 1
}

#[cfg(test)]
mod tests;
