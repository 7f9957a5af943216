//! Rotations: who follows whom on duty, and how often that changes.

use std::ops::Range;
use std::sync::LazyLock;

use regex::Regex;
use serde::{Deserialize, Serialize};

use super::columns::is_nothing;
use super::duty::Every;
use super::field::Field;
use super::markdown::{Inlines, Item, Kind, List, Table};
use super::section::Section;
use super::words::normal;
use super::words::often::often;
use super::words::topic::{Topic, Topics};
use crate::pattern::pattern;
use crate::source::{Lines, Source};

/// Who is on duty, one after another.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Rotation {
    /// What they are while it is their turn: `Primary`.
    pub role: String,
    /// The people, in the order of their turns; empty where only the change is told.
    pub order: Vec<String>,
    /// How often it changes.
    pub every: Option<Every>,
    /// When it is handed over, as written.
    pub handover: Option<String>,
    /// Where it stands.
    pub source: Source,
}

/// Reads who follows whom.
pub(super) fn read(root: &Section<'_>, lines: &Lines<'_>) -> Vec<Rotation> {
    let mut reader = Reader { lines, found: Vec::new() };
    root.walk(&mut |section| reader.section(section));
    reader.found
}

struct Reader<'d> {
    lines: &'d Lines<'d>,
    found: Vec<Rotation>,
}

impl Reader<'_> {
    fn section(&mut self, section: &Section<'_>) {
        let speaks = section.topics.and(section.above).has(Topic::Rota);
        let rota = rotates(&section.title);
        let before = self.found.len();
        let (mut every, mut handover) = (often(&section.title).map(|o| o.every).filter(|_| rota), None);
        for block in section.body {
            match &block.kind {
                Kind::Table(table) => self.table(table, speaks, every),
                Kind::Paragraph(text) if speaks || rota => {
                    self.told(text, block.span.clone(), &section.title);
                    let said = text.plain();
                    every = every.or_else(|| often(&said).map(|o| o.every));
                    handover = handover.or_else(|| handed_over(&said));
                }
                Kind::List(list) if rota => self.list(list, &section.title, every, handover.clone()),
                Kind::List(list) if speaks => list.items.iter().filter_map(item_text).for_each(|text| {
                    self.told(text, text.span(), &section.title);
                }),
                _ => {}
            }
        }
        // Said in a sentence beside it: how often and when it changes.
        for rotation in &mut self.found[before..] {
            rotation.every = rotation.every.or(every);
            rotation.handover = rotation.handover.take().or_else(|| handover.clone());
        }
    }

    /// `Week | Primary | Secondary`, or `Person | Weeks`.
    fn table(&mut self, table: &Table, speaks: bool, every: Option<Every>) {
        let fields = Field::columns(table);
        let Some(week) = fields.iter().position(|field| *field == Some(Field::Week)) else { return };
        let roles: Vec<usize> = (0..fields.len())
            .filter(|at| matches!(fields[*at], Some(Field::Primary | Field::Secondary | Field::Backup)) && *at != week)
            .collect();
        let heads: Vec<String> = table.head.iter().map(Inlines::plain).collect();
        let every = every.or_else(|| often(&format!("every {}", heads[week])).map(|o| o.every));
        let Some(first) = table.rows.first() else { return };
        let source = || self.lines.source(first.span.clone());
        let column = |at: usize| -> Vec<String> {
            let cells = table.rows.iter().filter_map(|row| row.cells.get(at)).map(Inlines::plain);
            cells.filter(|cell| !is_nothing(cell)).collect()
        };
        let mut found = Vec::new();
        for at in roles {
            found.push(Rotation {
                role: heads[at].clone(),
                order: column(at),
                every,
                handover: None,
                source: source(),
            });
        }
        let person = heads.iter().position(|head| {
            matches!(normal(head).as_str(), "person" | "who" | "name" | "engineer" | "wer" | "quien" | "qui")
        });
        if let Some(at) = person.filter(|_| found.is_empty() && speaks) {
            found.push(Rotation { role: "on-call".into(), order: column(at), every, handover: None, source: source() });
        }
        self.found.extend(found.into_iter().filter(|rotation| rotation.order.len() >= 2));
    }

    /// `Primary rotates weekly: Ada → Ben → Cleo`, `Weekly rotation`.
    fn told(&mut self, text: &Inlines, span: Range<usize>, heading: &str) {
        for sentence in text.plain().split(". ").flat_map(|s| s.split('\n')) {
            if !rotates(sentence) {
                continue;
            }
            let (before, behind) = sentence.split_once(':').unwrap_or((sentence, ""));
            let order = names(behind);
            let every = often(sentence).map(|o| o.every);
            if order.len() < 2 && every.is_none() {
                continue;
            }
            let role = before
                .split_whitespace()
                .take_while(|word| !rotates(word) && often(word).is_none())
                .collect::<Vec<_>>()
                .join(" ");
            let role = role.trim_end_matches(" duty").trim_start_matches("The ").to_owned();
            let role = if role.is_empty() || role.split(' ').count() > 4 { heading.to_owned() } else { role };
            let handover = handed_over(sentence);
            self.found.push(Rotation { role, order, every, handover, source: self.lines.source(span.clone()) });
        }
    }

    /// People one below the other, under a heading that says so.
    fn list(&mut self, list: &List, heading: &str, every: Option<Every>, handover: Option<String>) {
        const MOST_WORDS: usize = 6;
        let names: Vec<String> = list.items.iter().filter_map(item_text).map(Inlines::plain).collect();
        let people = names.len() >= 2
            && names.iter().all(|name| name.split_whitespace().count() <= MOST_WORDS && !name.ends_with(':'));
        if let (Some(first), true) = (list.items.first(), people) {
            let source = self.lines.source(first.span.clone());
            self.found.push(Rotation { role: heading.to_owned(), order: names, every, handover, source });
        }
    }
}

fn item_text(item: &Item) -> Option<&Inlines> {
    match item.blocks.first().map(|b| &b.kind) {
        Some(Kind::Paragraph(text)) => Some(text),
        _ => None,
    }
}

/// Words that begin so say that people take turns.
static TURNS: LazyLock<Regex> = LazyLock::new(|| {
    pattern("(?:^| )(?:rota|takes? turns|wechselt|turnus|roulement|tour de garde|rodizio|turnazione|rouleert|donusum)")
});

/// Whether words say that people take turns.
fn rotates(text: &str) -> bool {
    let words = normal(text);
    TURNS.is_match(&words) && !is_of_keys(&words)
}

/// Keys, secrets and logs are rotated too.
fn is_of_keys(words: &str) -> bool {
    let other = [
        "key", "keys", "secret", "secrets", "log", "logs", "token", "tokens", "password", "passwords", "credential",
        "credentials", "certificate", "certificates",
    ];
    words.split(' ').any(|word| other.contains(&word)) || Topics::of(words).has(Topic::Logs)
}

/// Names between arrows or commas.
fn names(text: &str) -> Vec<String> {
    const MOST_WORDS: usize = 4;
    let arrows = text.replace("->", "→");
    let split: Vec<&str> = if arrows.contains('→') {
        arrows.split('→').collect()
    } else {
        arrows.split(',').flat_map(|piece| piece.split(" then ")).flat_map(|piece| piece.split(" and ")).collect()
    };
    let names: Vec<String> =
        split.iter().map(|name| name.trim().trim_end_matches('.').to_owned()).filter(|n| !n.is_empty()).collect();
    let people = names.iter().all(|name| {
        name.split_whitespace().count() <= MOST_WORDS && name.starts_with(|c: char| c.is_uppercase() || c == '@')
    });
    if people { names } else { Vec::new() }
}

/// The words that say when it is handed over.
fn handed_over(text: &str) -> Option<String> {
    const HANDS: &[&str] = &[
        "handover", "hand over", "hands over", "handoff", "hand-off", "übergabe", "relevo", "passation", "passagem",
        "devir", "passaggio", "overdracht",
    ];
    let sentence = text.split(". ").flat_map(|s| s.split([';', '\n'])).find(|s| {
        let lower = s.to_lowercase();
        HANDS.iter().any(|hand| lower.contains(hand))
    })?;
    Some(sentence.trim().trim_end_matches('.').to_owned())
}

#[cfg(test)]
mod tests {
    use crate::runbook::Runbook;

    /// `line role every: names (handover)` of each.
    fn check(markdown: &str, expected: &str) {
        let runbook = Runbook::read([("ops.md", markdown)]);
        let shown: Vec<String> = runbook
            .rotations
            .iter()
            .map(|r| {
                let handover = r.handover.as_ref().map(|h| format!(" ({h})")).unwrap_or_default();
                let every = r.every.map_or("-", |e| e.name());
                format!("{} {} {every}: {}{handover}", r.source.line, r.role, r.order.join(" > "))
            })
            .collect();
        assert_eq!(shown.join("\n"), expected, "{markdown}");
    }

    #[test]
    fn turns_are_told_in_tables_sentences_and_lists() {
        check(
            "# Ops\n\n## On-call\n\n| Week | Primary | Secondary |\n|---|---|---|\n| 1 | Ada | Ben |\n| 2 | Ben | Cleo |\n\nHandover is Monday 09:00.\n",
            "7 Primary weekly: Ada > Ben (Handover is Monday 09:00)\n7 Secondary weekly: Ben > Cleo (Handover is Monday 09:00)",
        );
        check(
            "# Ops\n\n## On-call\n\nPrimary rotates weekly: Ada → Ben → Cleo.\n",
            "5 Primary weekly: Ada > Ben > Cleo",
        );
        check("# Ops\n\n## Weekly rotation\n\n1. Ada\n2. Ben\n", "5 Weekly rotation weekly: Ada > Ben");
        check("# Ops\n\n## Upkeep\n\n- Rotate the keys every month\n", "");
        check("# Ops\n\n## Log rotation\n\n- daily\n- compressed\n", "");
    }
}
