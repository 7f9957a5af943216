//! Whom to tell when nobody answers: tables, lists, chains and sentences that say after how long who is next.

use super::EscalationStep;
use super::columns::{Cells, Column};
use super::markdown::{Inlines, List, Row, Table};
use super::tables::{Facts, first_line, items};
use crate::severity;
use crate::source::{Lines, Source};
use crate::time::promised;

impl Facts {
    /// `On-call → Team Lead → CTO` in a cell: each next one after the response time has passed once more.
    pub(super) fn chain(&mut self, chain: &str, severity: &str, respond_s: Option<u64>, row: &Row, lines: &Lines<'_>) {
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

    pub(super) fn escalation_table(&mut self, table: &Table, columns: &[Column], lines: &Lines<'_>) {
        for row in &table.rows {
            let cells = Cells { columns, row };
            let Some(target) = cells.any(&[Column::Target, Column::Role, Column::Person, Column::Channel]) else {
                continue;
            };
            let after = cells.any(&[Column::After, Column::Respond]);
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

    /// `- 15 min: team lead`, `1. Ada (+49 …) - after 15 minutes`; false where the list says no times.
    pub(super) fn escalation_list(&mut self, list: &List, lines: &Lines<'_>) -> bool {
        let items = items(list);
        let steps: Vec<_> = items
            .iter()
            .filter(|(text, ..)| !is_duty(&text.plain()))
            .filter_map(|(text, span, _)| Some((timed(&text.plain())?, lines.source(first_line(span.clone(), lines)))))
            .collect();
        if steps.len() < 2 || steps.len() * 2 < items.len() {
            return false;
        }
        for ((target, after_s), source) in steps {
            self.escalation.push(plain_step(target, after_s, source));
        }
        true
    }

    /// `L1 → 15 min → L2`, `Escalate to Fran after 20 minutes` in running text.
    pub(super) fn escalation_told(&mut self, text: &Inlines, lines: &Lines<'_>) {
        let plain = text.plain();
        let source = lines.source(text.span());
        let arrows = plain.replace("->", "→").replace('⇒', "→");
        let pieces: Vec<&str> = arrows.split('→').map(str::trim).filter(|p| !p.is_empty()).collect();
        if pieces.len() >= 3 && pieces.iter().any(|p| bare_time(p).is_some()) {
            let mut elapsed = 0;
            for piece in pieces {
                match bare_time(piece) {
                    Some(wait) => elapsed += wait,
                    None => self.escalation.push(plain_step(piece.to_owned(), elapsed, source.clone())),
                }
            }
            return;
        }
        for sentence in plain.split(". ") {
            if let Some((target, after_s)) = told(sentence) {
                self.escalation.push(plain_step(target, after_s, source.clone()));
            }
        }
    }
}

fn plain_step(target: String, after_s: u64, source: Source) -> EscalationStep {
    EscalationStep { after_s: Some(after_s), severities: Vec::new(), target, condition: None, source }
}

/// Levels of support (`L1`, `Tier 2`) beside people and times are who is called, not how bad it is.
pub(super) fn is_support_levels(table: &Table, columns: &[Column]) -> bool {
    let has = |wanted: Column| columns.contains(&wanted);
    let people = has(Column::Channel) || has(Column::Person) || has(Column::Role) || has(Column::Target);
    let timed = has(Column::After) || has(Column::Respond);
    let Some(at) = columns.iter().position(|c| *c == Column::Severity) else { return false };
    let level = |cell: &str| {
        let lower = cell.trim().to_lowercase();
        let number = ["level", "tier", "l"].iter().find_map(|prefix| lower.strip_prefix(prefix));
        number.is_some_and(|n| n.trim_start_matches(['-', ' ']).starts_with(|c: char| c.is_ascii_digit()))
    };
    people && timed && table.rows.iter().filter_map(|row| row.cells.get(at)).all(|cell| level(&cell.plain()))
}

/// `Acknowledge - within 5 minutes` is what the person on call does, not who is called next.
fn is_duty(text: &str) -> bool {
    const DUTIES: &[&str] = &[
        "acknowledge", "ack", "update", "respond", "post", "check", "write", "send", "report", "document", "review",
        "join", "open", "close", "resolve", "hand", "handover", "answer", "triage",
    ];
    let first = text.split(|c: char| !c.is_alphanumeric()).find(|w| !w.is_empty()).unwrap_or_default().to_lowercase();
    DUTIES.contains(&first.as_str())
}

/// Who and after how long, of an item: the time stands first (`15 min: lead`, `T+10m — lead`) or last (`lead (after 1 h)`).
fn timed(text: &str) -> Option<(String, u64)> {
    const LONGEST: usize = 300;
    if text.len() > LONGEST {
        return None;
    }
    const MARKS: &[&str] = &[": ", " – ", " — ", " - ", ", ", " ("];
    let mut splits: Vec<(usize, &str)> = MARKS.iter().flat_map(|mark| text.match_indices(mark)).collect();
    splits.sort_unstable();
    let (at, mark) = *splits.first()?;
    if let Some(after) = bare_time(&text[..at]) {
        return Some((text[at + mark.len()..].trim().to_owned(), after));
    }
    let (at, after) =
        splits.iter().rev().find_map(|(at, mark)| Some((*at, leading_time(&text[at + mark.len()..])?)))?;
    Some((text[..at].trim().to_owned(), after))
}

/// A length that a text begins with: `after 15 minutes without an answer`, `immediately (pager)`.
fn leading_time(text: &str) -> Option<u64> {
    let words: Vec<&str> = text.split_whitespace().collect();
    (1..=words.len().min(4)).find_map(|n| bare_time(&words[..n].join(" ")))
}

/// A text that is a length of time and nothing else: `15 min`, `T+10m`, `after 1 hour`, `immediately`, `first 15 minutes`.
fn bare_time(text: &str) -> Option<u64> {
    const AROUND: &[&str] = &["after", "at", "in", "within", "another", "wait", "the", "an", "if", "next", "then", "+"];
    let lower = text.trim().trim_matches(|c: char| "()[]*:.,".contains(c)).to_lowercase();
    let words: Vec<&str> = lower.split_whitespace().filter(|w| !AROUND.contains(w)).collect();
    let first = words.first()?;
    if *first == "first" {
        return promised(&words.join(" ")).map(|_| 0);
    }
    if let Some(minutes) = lower.strip_prefix("t+").and_then(|rest| rest.parse::<u64>().ok()) {
        return Some(minutes * 60);
    }
    let number = first.trim_start_matches(['t', '+']).starts_with(|c: char| c.is_ascii_digit());
    let now = ["immediately", "immediate", "now", "once", "instantly"].contains(first);
    (words.len() <= 2 && (number || now)).then(|| promised(&lower)).flatten().map(|d| d.as_secs())
}

/// `Escalate to Fran (fran@…) after 20 minutes`.
fn told(sentence: &str) -> Option<(String, u64)> {
    let lower = sentence.to_ascii_lowercase();
    let at = lower.find("escalate to ")? + "escalate to ".len();
    let until = at + lower[at..].find(" after ")?;
    let after = leading_time(&sentence[until + 1..])?;
    Some((sentence[at..until].trim().to_owned(), after))
}

fn severities_in(text: &str) -> Vec<String> {
    text.split(|c: char| !c.is_ascii_alphanumeric())
        .filter(|w| w.len() <= 5 && w.chars().any(|c| c.is_ascii_digit()) && severity::rank(w).is_some())
        .map(str::to_owned)
        .collect()
}
