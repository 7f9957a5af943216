//! Tables and lists that state facts: the service inventory, severities, escalation, contacts.
//! Columns are known by what their headings mean, not by how a team spells them.

use super::columns::{Cells, Column, columns, first_port, is_inventory, is_nothing};
use super::contact::Contact;
use super::markdown::{Block, Inlines, Kind, List, Row, Table};
use super::section::{Section, parts};
use super::words::normal;
use super::{EscalationStep, Finding, Level};
use crate::service::Service;
use crate::severity::{self, Severity};
use crate::source::Lines;
use crate::time::promised;

/// What is read from tables and lists.
#[derive(Debug, Default)]
pub(super) struct Facts {
    pub services: Vec<Service>,
    pub severities: Vec<Severity>,
    pub escalation: Vec<EscalationStep>,
    pub contacts: Vec<Contact>,
    pub findings: Vec<Finding>,
    /// How often to post updates, by severity name.
    cadence: Vec<(String, u64)>,
}

/// Reads every table and every list that looks like one of these.
pub(super) fn read(root: &Section<'_>, lines: &Lines<'_>) -> Facts {
    let mut facts = Facts::default();
    root.walk(&mut |section, above| {
        let mut label = String::new();
        for block in section.body {
            match &block.kind {
                Kind::Paragraph(text) => label = last_label(text),
                Kind::Table(table) => facts.table(table, block, lines),
                Kind::List(list) => facts.list(list, &section.title, above, &label, lines),
                _ => {}
            }
        }
    });
    facts.settle();
    facts
}

fn last_label(text: &Inlines) -> String {
    parts(text).pop().and_then(|p| p.label).unwrap_or_default()
}

impl Facts {
    fn table(&mut self, table: &Table, block: &Block, lines: &Lines<'_>) {
        let columns = columns(table);
        let has = |wanted: Column| columns.contains(&wanted);
        let is_severity = has(Column::Severity) && scale_rows(table, &columns) >= 2;
        let before = self.services.len() + self.severities.len() + self.escalation.len();
        if is_severity {
            self.severity_table(table, &columns, lines);
        } else if has(Column::Target)
            || (has(Column::After) && (has(Column::Role) || has(Column::Person) || has(Column::Severity)))
        {
            self.escalation_table(table, &columns, lines);
        } else if is_inventory(&columns) {
            self.inventory(table, &columns, lines);
        } else if has(Column::Role) && (has(Column::Channel) || has(Column::Person) || has(Column::Name)) {
            self.contact_table(table, &columns, lines);
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
                self.findings.push(Finding {
                    rule: "MD06".into(),
                    level: Level::Error,
                    message: format!("this row has {cells} cells, its heading (line {table_line}) has {width}"),
                    help: "give the row one cell for each column; an empty cell is fine".into(),
                    source: lines.source(row.span.clone()),
                });
            }
        }
    }

    fn inventory(&mut self, table: &Table, columns: &[Column], lines: &Lines<'_>) {
        for row in &table.rows {
            let cells = Cells { columns: columns.to_vec(), row };
            let Some(name) = cells.text(Column::Name) else { continue };
            let source = lines.source(row.span.clone());
            self.services.push(Service {
                unit: cells.text(Column::Unit).map(|u| u.trim_end_matches(".service").to_owned()),
                container: cells.text(Column::Container),
                pm2: cells.text(Column::Pm2),
                process: cells.text(Column::Process),
                port: cells.text(Column::Port).and_then(|p| first_port(&p)),
                endpoint: cells.text(Column::Endpoint),
                env_file: cells.text(Column::EnvFile),
                database: cells.text(Column::Database),
                depends_on: cells.text(Column::DependsOn).map(|d| split_names(&d)).unwrap_or_default(),
                ..Service::named(&name, source)
            });
        }
    }

    fn severity_table(&mut self, table: &Table, columns: &[Column], lines: &Lines<'_>) {
        for row in &table.rows {
            let cells = Cells { columns: columns.to_vec(), row };
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

    /// `On-call → Team Lead → CTO` in a cell: each next one after the response time has passed once more.
    fn chain(&mut self, chain: &str, severity: &str, respond_s: Option<u64>, row: &Row, lines: &Lines<'_>) {
        let targets: Vec<&str> = chain
            .split(['→', '>', '⇒'])
            .map(|t| t.trim().trim_end_matches(['-', '=', ' ']).trim())
            .filter(|t| !t.is_empty())
            .collect();
        for (at, target) in targets.iter().enumerate() {
            self.escalation.push(EscalationStep {
                after_s: if at == 0 { Some(0) } else { respond_s.map(|s| s * at as u64) },
                severities: vec![severity.to_owned()],
                target: (*target).to_owned(),
                condition: None,
                source: lines.source(row.span.clone()),
            });
        }
    }

    fn escalation_table(&mut self, table: &Table, columns: &[Column], lines: &Lines<'_>) {
        for row in &table.rows {
            let cells = Cells { columns: columns.to_vec(), row };
            let Some(target) = cells.any(&[Column::Target, Column::Role, Column::Person, Column::Channel]) else {
                continue;
            };
            let after = cells.text(Column::After);
            let after_s = match &after {
                None => Some(0),
                Some(text) => promised(text).map(|d| d.as_secs()),
            };
            self.escalation.push(EscalationStep {
                after_s,
                severities: after.as_deref().map(severities_in).unwrap_or_default(),
                target,
                condition: cells
                    .any(&[Column::Situation])
                    .or_else(|| after.as_deref().and_then(|a| a.split_once(" or ")).map(|(_, c)| c.to_owned())),
                source: lines.source(row.span.clone()),
            });
        }
    }

    fn contact_table(&mut self, table: &Table, columns: &[Column], lines: &Lines<'_>) {
        for row in &table.rows {
            let cells = Cells { columns: columns.to_vec(), row };
            let Some(role) = cells.text(Column::Role) else { continue };
            let name = cells.any(&[Column::Person, Column::Name]);
            self.contacts.push(Contact::new(&role, name, cells.all(Column::Channel), lines.source(row.span.clone())));
        }
    }

    /// Lists that state what others put in a table: `- **P0 (Critical)**: …`, `- **On-call**: phone`, `- P1: every 30 minutes`.
    fn list(&mut self, list: &List, title: &str, above: &[&str], label: &str, lines: &Lines<'_>) {
        let heading = format!("{title} {label} {}", above.last().copied().unwrap_or_default()).to_lowercase();
        let items = items(list);
        if label_is_cadence(&heading) {
            let cadence = items.iter().filter_map(|(text, ..)| cadence(&text.plain()));
            self.cadence.extend(cadence);
        } else if items.len() >= 2 && items.iter().all(|(text, ..)| strong_scale(text).is_some()) {
            for (text, span, _) in items {
                let Some((name, title)) = strong_scale(&text) else { continue };
                let criteria = rest_of(&text);
                self.severities.push(Severity {
                    name,
                    title,
                    respond_within_s: promised_response(&criteria),
                    criteria,
                    update_every_s: None,
                    source: lines.source(first_line(span, lines)),
                });
            }
        } else if heading.contains("contact") {
            for (text, span, nested) in items {
                let Some(role) = text.0.first().filter(|i| i.strong).map(|i| i.text.trim_end_matches(':').to_owned())
                else {
                    continue;
                };
                let channel = rest_of(&text);
                let channels = if is_nothing(&channel) { nested } else { vec![channel] };
                self.contacts.push(Contact::new(&role, None, channels, lines.source(first_line(span, lines))));
            }
        }
    }

    /// A scale that stands in a table and in a list as well is one: the first says it, the others complete it.
    fn one_row_for_each_severity(&mut self) {
        let mut kept: Vec<Severity> = Vec::new();
        for next in std::mem::take(&mut self.severities) {
            let Some(known) = kept.iter_mut().find(|s| s.name.eq_ignore_ascii_case(&next.name)) else {
                kept.push(next);
                continue;
            };
            for (slot, new) in [(&mut known.title, next.title), (&mut known.criteria, next.criteria)] {
                if slot.is_empty() {
                    *slot = new;
                }
            }
            known.respond_within_s = known.respond_within_s.or(next.respond_within_s);
            known.update_every_s = known.update_every_s.or(next.update_every_s);
        }
        self.severities = kept;
    }

    fn settle(&mut self) {
        for (name, every) in &self.cadence {
            for severity in self.severities.iter_mut().filter(|s| s.name.eq_ignore_ascii_case(name)) {
                severity.update_every_s.get_or_insert(*every);
            }
        }
        self.one_row_for_each_severity();
        // Worst first, whatever order the table has; the sort keeps equals in place.
        self.severities.sort_by_key(|s| severity::rank(&s.name).unwrap_or(99));
    }
}

/// The text of each item, its bytes, and the items of a list below it.
fn items(list: &List) -> Vec<(Inlines, std::ops::Range<usize>, Vec<String>)> {
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

fn first_line(span: std::ops::Range<usize>, lines: &Lines<'_>) -> std::ops::Range<usize> {
    let end = lines.line_span(lines.line_of(span.start)).end;
    span.start..end.min(span.end).max(span.start)
}

fn scale_rows(table: &Table, columns: &[Column]) -> usize {
    let Some(at) = columns.iter().position(|c| *c == Column::Severity) else { return 0 };
    table.rows.iter().filter(|row| row.cells.get(at).is_some_and(|cell| scale_name(&cell.plain()).is_some())).count()
}

/// `P0 -- All down`, `P0 - Critical`, `P0 (Critical)`, `Critical`: the name on the scale and the rest.
pub(super) fn scale_name(text: &str) -> Option<(String, String)> {
    let text = text.trim();
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
fn rest_of(text: &Inlines) -> String {
    let rest = Inlines(text.0.iter().skip(1).cloned().collect()).plain();
    rest.trim_start_matches([':', '-', '–', '—', ' ']).to_owned()
}

fn promised_response(criteria: &str) -> Option<u64> {
    let lower = criteria.to_lowercase();
    if lower.contains("respon") || lower.contains("within") { promised(criteria).map(|d| d.as_secs()) } else { None }
}

fn label_is_cadence(heading: &str) -> bool {
    heading.contains("update frequency")
        || heading.contains("update cadence")
        || heading.contains("cadence")
        || heading.contains("update every")
}

fn cadence(text: &str) -> Option<(String, u64)> {
    let (name, rest) = text.split_once(':')?;
    let (name, _) = scale_name(name)?;
    Some((name, promised(rest)?.as_secs()))
}

fn severities_in(text: &str) -> Vec<String> {
    text.split(|c: char| !c.is_ascii_alphanumeric())
        .filter(|w| w.len() <= 5 && w.chars().any(|c| c.is_ascii_digit()) && severity::rank(w).is_some())
        .map(str::to_owned)
        .collect()
}

fn split_names(cell: &str) -> Vec<String> {
    cell.split([',', ';', '+'])
        .flat_map(|part| part.split(" and "))
        .map(|n| n.trim().trim_matches('`').to_owned())
        .filter(|n| !is_nothing(n))
        .collect()
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
