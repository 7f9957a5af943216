//! Links into the document they stand in.

use std::collections::{HashMap, HashSet};
use std::ops::Range;

use super::super::Context;
use super::MD05;
use crate::runbook::markdown::{Block, Inlines, Kind};
use crate::runbook::{Finding, Text};

/// For so many links, and among so many headings, the one that was meant is looked for.
const MOST_SEARCHES: usize = 50;
const MOST_HEADINGS: usize = 1000;

pub(super) fn broken(context: &Context<'_>, found: &mut Vec<Finding>) {
    for text in context.texts {
        let mut links = Vec::new();
        gather(&text.blocks, &mut links);
        if links.is_empty() {
            continue;
        }
        let anchors = Anchors::of(text);
        let mut told = HashSet::new();
        for (target, at) in links {
            if anchors.has(&target) || !told.insert(target.clone()) {
                continue;
            }
            let message = format!("nothing in this document is called `#{target}`");
            let search = told.len() <= MOST_SEARCHES;
            let help = match search.then(|| anchors.nearest(&target)).flatten() {
                Some(near) => format!("did you mean `#{near}`?"),
                None => "write the section, or take the link out".to_owned(),
            };
            found.push(Finding::new(&MD05, text.lines.source(at), message, help));
        }
    }
}

/// Every link to a place in the same document, with its bytes.
fn gather(blocks: &[Block], links: &mut Vec<(String, Range<usize>)>) {
    let mut take = |text: &Inlines| {
        for inline in &text.0 {
            let Some(target) = inline.link.as_deref().and_then(|link| link.strip_prefix('#')) else { continue };
            // One link may hold several stretches of text.
            let target = decoded(target);
            if !target.is_empty() && links.last().is_none_or(|(last, _)| *last != target) {
                links.push((target, inline.span.clone()));
            }
        }
    };
    for block in blocks {
        match &block.kind {
            Kind::Heading(_, text) | Kind::Paragraph(text) => take(text),
            Kind::Table(table) => {
                table.head.iter().chain(table.rows.iter().flat_map(|row| &row.cells)).for_each(&mut take)
            }
            Kind::List(_) | Kind::Quote(_) | Kind::Fence(_) => {}
        }
    }
    for block in blocks {
        match &block.kind {
            Kind::List(list) => list.items.iter().for_each(|item| gather(&item.blocks, links)),
            Kind::Quote(inner) => gather(inner, links),
            _ => {}
        }
    }
}

/// `%C3%A9` as the letters it stands for.
fn decoded(target: &str) -> String {
    if !target.contains('%') {
        return target.to_owned();
    }
    let mut bytes = Vec::with_capacity(target.len());
    let mut rest = target.as_bytes();
    while let Some((first, behind)) = rest.split_first() {
        let code = behind.get(..2).filter(|_| *first == b'%').and_then(|d| std::str::from_utf8(d).ok());
        match code.and_then(|d| u8::from_str_radix(d, 16).ok()) {
            Some(byte) => {
                bytes.push(byte);
                rest = &behind[2..];
            }
            None => {
                bytes.push(*first);
                rest = behind;
            }
        }
    }
    String::from_utf8(bytes).unwrap_or_else(|_| target.to_owned())
}

/// The places of a document that a link can lead to.
struct Anchors {
    /// As GitHub makes them of headings, in the order of the document.
    made: Vec<String>,
    /// All in the form in which they are compared.
    known: HashSet<String>,
}

impl Anchors {
    fn of(text: &Text<'_>) -> Anchors {
        let mut anchors = Anchors { made: Vec::new(), known: HashSet::new() };
        let mut times = HashMap::new();
        anchors.headings(&text.blocks, &mut times);
        let written = text.lines.text();
        for mark in ["id=\"", "name=\"", "id='", "name='", "{#", "{: #"] {
            for (at, _) in written.match_indices(mark) {
                let rest = &written[at + mark.len()..];
                let end = rest.find(|c: char| c.is_whitespace() || "\"'}".contains(c)).unwrap_or(0);
                anchors.known.insert(compared(&rest[..end]));
            }
        }
        anchors
    }

    fn headings(&mut self, blocks: &[Block], times: &mut HashMap<String, usize>) {
        for block in blocks {
            match &block.kind {
                Kind::Heading(_, words) => {
                    let made = slug(&words.plain());
                    let count = times.entry(made.clone()).or_default();
                    let made = if *count == 0 { made } else { format!("{made}-{count}") };
                    *count += 1;
                    self.known.insert(compared(&made));
                    self.made.push(made);
                }
                Kind::List(list) => list.items.iter().for_each(|item| self.headings(&item.blocks, times)),
                Kind::Quote(inner) => self.headings(inner, times),
                _ => {}
            }
        }
    }

    fn has(&self, target: &str) -> bool {
        target == "top" || self.known.contains(&compared(target))
    }

    /// The heading that shares the most words with a target, if that is half of the shorter one's.
    fn nearest(&self, target: &str) -> Option<&str> {
        let words: HashSet<&str> = target.split('-').filter(|w| !w.is_empty()).collect();
        let shared = |made: &str| made.split('-').filter(|w| words.contains(w)).count();
        let best =
            self.made.iter().take(MOST_HEADINGS).max_by_key(|made| (shared(made), std::cmp::Reverse(made.len())))?;
        let most = words.len().min(best.split('-').filter(|w| !w.is_empty()).count());
        (shared(best) > 0 && shared(best) * 2 >= most).then_some(best.as_str())
    }
}

/// A heading as GitHub names it.
fn slug(title: &str) -> String {
    let kept = title.chars().filter(|c| c.is_alphanumeric() || matches!(c, ' ' | '-' | '_'));
    kept.flat_map(char::to_lowercase).map(|c| if c == ' ' { '-' } else { c }).collect()
}

/// Programs differ in how many hyphens they make of a sign: what is left is the same.
fn compared(anchor: &str) -> String {
    let mut kept = String::with_capacity(anchor.len());
    for c in anchor.chars().filter(|c| c.is_alphanumeric() || matches!(c, '-' | '_')).flat_map(char::to_lowercase) {
        if c != '-' || !kept.ends_with('-') {
            kept.push(c);
        }
    }
    kept.trim_matches('-').to_owned()
}
