//! Services that are told in lists: `- **api** (port 3000, unit `till-api`)`, or a heading for each with `Unit: …` below it.

use super::columns::{Column, column};
use super::derive::is_stand_in;
use super::markdown::{Block, Inlines, Item, Kind, List};
use super::section::{Section, parts};
use super::tables::Facts;
use super::words::is_imperative;
use super::words::topic::Topic;
use crate::source::Lines;

impl Facts {
    /// Reads what a section below `Services` says in lists, and what each heading below it says of one service.
    pub(super) fn told_services(&mut self, section: &Section<'_>, lines: &Lines<'_>) {
        if !speaks_of_services(section) {
            return;
        }
        for block in section.body {
            if let Kind::List(list) = &block.kind {
                self.listed_services(list, lines);
            }
        }
        for child in &section.children {
            let said: Vec<(Column, String)> = child.body.iter().flat_map(labelled).collect();
            if let (Some(name), Some(heading)) = (service_name(&child.title), child.heading) {
                self.described(&name, &said, lines.source(heading.span.clone()));
            }
        }
    }

    fn listed_services(&mut self, list: &List, lines: &Lines<'_>) {
        for item in &list.items {
            let Some(Kind::Paragraph(text)) = item.blocks.first().map(|b| &b.kind) else { continue };
            let Some((name, rest)) = named(text) else { continue };
            let mut said = told(&rest);
            said.extend(item.blocks.iter().skip(1).flat_map(labelled));
            self.described(&name, &said, lines.source(first_line(item, lines)));
        }
    }
}

fn first_line(item: &Item, lines: &Lines<'_>) -> std::ops::Range<usize> {
    let end = lines.line_span(lines.line_of(item.span.start)).end;
    item.span.start..end.min(item.span.end).max(item.span.start)
}

/// `Services`, `What runs where`, `Architecture`; not `Restart services`, and no list of people or vendors.
fn speaks_of_services(section: &Section<'_>) -> bool {
    let speaks = |topic| section.topics.has(topic);
    speaks(Topic::Services) && !speaks(Topic::People) && !speaks(Topic::Troubled) && !is_imperative(&section.title)
}

/// `Unit: till.service` in a list or in lines of text, by what the labels mean.
fn labelled(block: &Block) -> Vec<(Column, String)> {
    let pair = |text: &Inlines| {
        let plain = text.plain();
        let (label, value) = plain.split_once(':')?;
        let what = column(label);
        let value = value.trim();
        (what != Column::Other && !value.is_empty()).then(|| (what, value.to_owned()))
    };
    match &block.kind {
        Kind::List(list) => {
            let texts = list.items.iter().filter_map(|item| match item.blocks.first().map(|b| &b.kind) {
                Some(Kind::Paragraph(text)) => Some(text),
                _ => None,
            });
            texts.filter_map(pair).collect()
        }
        Kind::Paragraph(text) => {
            let labels = parts(text).into_iter().filter_map(|part| Some((part.label?, part.text.plain())));
            labels.map(|(label, value)| (column(&label), value)).filter(|(what, _)| *what != Column::Other).collect()
        }
        _ => Vec::new(),
    }
}

/// The name an item begins with, and what it says behind that.
fn named(text: &Inlines) -> Option<(String, String)> {
    let first = text.0.first()?;
    if first.strong || first.code {
        let rest = Inlines(text.0.iter().skip(1).cloned().collect()).with_ticks();
        return Some((service_name(&first.text)?, rest));
    }
    let whole = text.with_ticks();
    let end = whole.find([':', '(', ',']).or_else(|| [" - ", " – ", " — "].iter().find_map(|dash| whole.find(dash)));
    let (name, rest) = whole.split_at(end.unwrap_or(whole.len()));
    Some((service_name(name)?, rest.to_owned()))
}

fn service_name(text: &str) -> Option<String> {
    let name = text.trim().trim_end_matches(':').trim().trim_matches('`');
    let fits = !name.is_empty() && name.split_whitespace().count() <= 3 && name.len() <= 60;
    // `Port` and `Unit` are labels; `worker` and `db` are also names.
    let label = !matches!(column(name), Column::Other | Column::Name | Column::Database);
    (fits && !label && !is_stand_in(name)).then(|| name.to_owned())
}

/// What running words say of a service: `(port 3000, systemd unit `till-api`) - the API, depends on books and redis`.
fn told(text: &str) -> Vec<(Column, String)> {
    let mut said = Vec::new();
    let lower = text.to_ascii_lowercase();
    for verb in ["depends on ", "requires ", "needs "] {
        if let Some(at) = lower.find(verb) {
            let rest = &text[at + verb.len()..];
            let end = rest.find([')', ';', '.', '(']).unwrap_or(rest.len());
            said.push((Column::DependsOn, rest[..end].to_owned()));
            break;
        }
    }
    let words: Vec<&str> = text.split_whitespace().map(|w| w.trim_matches(|c| "(),;".contains(c))).collect();
    for (at, word) in words.iter().enumerate() {
        let bare = word.trim_matches(['`', '.', ':']);
        let next = words.get(at + 1).map(|w| w.trim_matches(['`', '.', ':'])).unwrap_or_default();
        let named = next.len() > 1 && !is_plain_word(words.get(at + 1).copied().unwrap_or_default());
        match bare.to_ascii_lowercase().as_str() {
            "port" | "ports" => said.push((Column::Port, next.to_owned())),
            "unit" if named => said.push((Column::Unit, next.to_owned())),
            "container" if named => said.push((Column::Container, next.to_owned())),
            "pm2" if named => said.push((Column::Pm2, next.to_owned())),
            unit if unit.ends_with(".service") || unit.ends_with(".timer") => {
                said.push((Column::Unit, bare.to_owned()))
            }
            url if url.contains("://") => said.push((Column::Endpoint, word.trim_matches('`').to_owned())),
            _ => {}
        }
    }
    // The first that is said of each counts.
    let mut kept: Vec<(Column, String)> = Vec::new();
    for (what, text) in said {
        if !kept.iter().any(|(known, _)| *known == what) {
            kept.push((what, text));
        }
    }
    kept
}

/// Names of units are set as code or hyphenated; `unit of the till` names none.
fn is_plain_word(word: &str) -> bool {
    !word.starts_with('`') && !word.contains(['-', '.', '@', '_'])
}
