//! Duties: what a runbook asks to be done again and again, and how often.

use std::ops::Range;

use serde::{Deserialize, Serialize};

use super::fence::FenceType;
use super::field::Field;
use super::markdown::{Block, Fence, Inlines, Item, Kind, List, Table};
use super::section::{Section, parts};
use super::tables::first_line;
use super::words::often::{Often, often, often_in_cell};
use super::words::topic::{Topic, Topics};
use crate::source::{Lines, Source};

/// How often.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum Every {
    /// Each hour.
    Hourly,
    /// Each day.
    Daily,
    /// Each week.
    Weekly,
    /// Each second week.
    Fortnightly,
    /// Each month.
    Monthly,
    /// Each quarter of a year.
    Quarterly,
    /// Each half of a year.
    HalfYearly,
    /// Each year.
    Yearly,
}

impl Every {
    /// The word the JSON and the pages use.
    pub fn name(self) -> &'static str {
        match self {
            Every::Hourly => "hourly",
            Every::Daily => "daily",
            Every::Weekly => "weekly",
            Every::Fortnightly => "fortnightly",
            Every::Monthly => "monthly",
            Every::Quarterly => "quarterly",
            Every::HalfYearly => "halfyearly",
            Every::Yearly => "yearly",
        }
    }
}

/// Something that is done again and again.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Duty {
    /// How often.
    pub every: Every,
    /// What to do.
    pub text: String,
    /// Where it stands.
    pub source: Source,
}

/// Reads every duty of a document.
pub(super) fn read(root: &Section<'_>, lines: &Lines<'_>) -> Vec<Duty> {
    let mut duties = Duties { lines, found: Vec::new() };
    root.walk(&mut |section| duties.section(section));
    duties.found
}

struct Duties<'d> {
    lines: &'d Lines<'d>,
    found: Vec<Duty>,
}

impl Duties<'_> {
    fn section(&mut self, section: &Section<'_>) {
        let speaks = section.topics.and(section.within);
        // How often people are told, who is on duty and what is backed up are facts of their own.
        let called = section.topics.has(Topic::Escalation) && !section.topics.has(Topic::Duties);
        let other = section.topics.has(Topic::Cadence) || called;
        let duties = speaks.has(Topic::Duties) && !other;
        let heading = often(&section.title).filter(|often| !other && is_about_work(often, duties)).map(|o| o.every);
        let mut label: Option<Every> = None;
        let before = self.found.len();
        for block in section.body {
            match &block.kind {
                Kind::Paragraph(text) if !other => label = self.labels(text, speaks),
                Kind::List(list) => match label.take().or(heading) {
                    Some(every) => self.list(list, every),
                    None if duties => self.mixed(list),
                    None => {}
                },
                Kind::Table(table) if !other => self.table(table, speaks),
                Kind::Fence(fence) => {
                    if let Some(every) = label.take().or(heading) {
                        self.fence(fence, every);
                    }
                }
                _ => {}
            }
        }
        if let Some(every) = heading.filter(|_| self.found.len() == before) {
            self.told(section, every);
        }
    }

    fn add(&mut self, every: Every, text: &str, span: Range<usize>) {
        let text = text.split_whitespace().collect::<Vec<_>>().join(" ");
        let text = text.trim_end_matches([':', ';']).to_owned();
        if !text.is_empty() {
            self.found.push(Duty { every, text, source: self.lines.source(span) });
        }
    }

    /// `**Daily:**` and what stands behind it; what is left to a list below.
    fn labels(&mut self, text: &Inlines, speaks: Topics) -> Option<Every> {
        let mut left = None;
        for part in parts(text) {
            left = None;
            let said = part.text.plain();
            let found = match &part.label {
                Some(label) => often(label).filter(|often| is_about_work(often, speaks.has(Topic::Duties))),
                // `Every Monday:` needs no bold.
                None => said.strip_suffix(':').and_then(often).filter(|often| is_about_work(often, false)),
            };
            let Some(Often { every, .. }) = found.filter(|_| !speaks.has(Topic::Backup)) else { continue };
            if part.label.is_none() || said.is_empty() {
                left = Some(every);
                continue;
            }
            for piece in said.split([';', '\n']) {
                self.add(every, piece, part.text.span());
            }
        }
        left
    }

    /// A list of things that are all done as often.
    fn list(&mut self, list: &List, every: Every) {
        for item in &list.items {
            self.item(item, every);
        }
    }

    fn item(&mut self, item: &Item, every: Every) {
        let Some(text) = item_text(item) else { return };
        // `- **Destination:** …` tells of a backup or a job, and is nothing to do.
        let label = parts(text).into_iter().next().and_then(|part| part.label);
        if label.as_deref().and_then(Field::of).is_some_and(|field| field != Field::Task) {
            return;
        }
        let said = text.with_ticks();
        let nested =
            item.blocks.iter().filter_map(|b| if let Kind::List(inner) = &b.kind { Some(inner) } else { None });
        if said.trim_end().ends_with(':') && nested.clone().next().is_some() {
            nested.for_each(|inner| self.list(inner, every));
        } else {
            self.add(every, &said, first_line(item.span.clone(), self.lines));
        }
    }

    /// A list whose points say themselves how often: `- **Weekly**: …`, `- Every Monday: …`, `- Rotate the keys (monthly)`.
    fn mixed(&mut self, list: &List) {
        for item in &list.items {
            let Some(text) = item_text(item) else { continue };
            let said = text.with_ticks();
            let Some(Often { every, .. }) = often(&said) else { continue };
            let inner: Vec<&List> = item
                .blocks
                .iter()
                .filter_map(|b| if let Kind::List(inner) = &b.kind { Some(inner) } else { None })
                .collect();
            let label = parts(text).into_iter().next().and_then(|part| Some((part.label?, part.text.with_ticks())));
            let labelled = label.filter(|(label, _)| often(label).is_some());
            let plain =
                || said.split_once(':').filter(|(label, _)| often(label).is_some()).map(|(_, rest)| rest.to_owned());
            let rest = labelled.map(|(_, rest)| rest).or_else(plain).unwrap_or_else(|| said.clone());
            if inner.is_empty() {
                let span = first_line(item.span.clone(), self.lines);
                rest.split(';').for_each(|piece| self.add(every, piece, span.clone()));
            } else {
                inner.iter().for_each(|inner| self.list(inner, every));
            }
        }
    }

    /// `Frequency | Task`, or a column for each length: `Daily | Weekly | Monthly`.
    fn table(&mut self, table: &Table, speaks: Topics) {
        let fields = Field::columns(table);
        let at = |wanted: Field| fields.iter().position(|field| *field == Some(wanted));
        let lengths: Vec<Option<Every>> = table.head.iter().map(|h| often(&h.plain()).map(|o| o.every)).collect();
        if lengths.iter().flatten().count() >= 2 {
            for row in &table.rows {
                for (cell, every) in row.cells.iter().zip(&lengths) {
                    let text = cell.with_ticks();
                    if let Some(every) = every.filter(|_| !text.trim_matches(['-', '–', '—', ' ']).is_empty()) {
                        self.add(every, &text, cell.span());
                    }
                }
            }
            return;
        }
        let backup = at(Field::Keep).is_some() || (speaks.has(Topic::Backup) && at(Field::Task).is_none());
        let Some(when) = at(Field::When).filter(|_| !backup) else { return };
        let Some(task) = at(Field::Task).or_else(|| at(Field::What)).or_else(|| other_than(&fields, when)) else {
            return;
        };
        let said = |row: &super::markdown::Row| {
            Some((often_in_cell(&row.cells.get(when)?.plain())?, row.cells.get(task)?.with_ticks()))
        };
        let rows: Vec<_> = table.rows.iter().filter_map(|row| Some((said(row)?, row.span.clone()))).collect();
        if rows.len() * 2 <= table.rows.len() {
            return;
        }
        for ((every, text), span) in rows {
            self.add(every, &text, span);
        }
    }

    /// What is typed as often: its comments, or boxes to tick.
    fn fence(&mut self, fence: &Fence, every: Every) {
        let ticked = fence.kind == FenceType::Checklist;
        for line in &fence.lines {
            let text = line.text.trim();
            let said = match ticked {
                true => text
                    .trim_start_matches(['-', '*', ' '])
                    .strip_prefix('[')
                    .and_then(|t| t.split_once(']'))
                    .map(|(_, t)| t),
                false => text.strip_prefix('#'),
            };
            if let Some(said) = said {
                self.add(every, said.trim_start_matches('#').trim(), line.start..line.start + line.text.len());
            }
        }
    }

    /// A heading that says how often, with headings or sentences below it rather than a list.
    fn told(&mut self, section: &Section<'_>, every: Every) {
        let sub = section.children.iter().filter(|child| often(&child.title).is_none());
        let headings: Vec<(&str, &Block)> =
            sub.filter_map(|child| Some((child.title.as_str(), child.heading?))).collect();
        for (title, heading) in &headings {
            self.add(every, title, heading.span.clone());
        }
        if headings.is_empty() {
            for block in section.body {
                if let Kind::Paragraph(text) = &block.kind {
                    self.add(every, &text.with_ticks(), block.span.clone());
                }
            }
        }
    }
}

/// The first column that is none of the known ones, or any other.
fn other_than(fields: &[Option<Field>], when: usize) -> Option<usize> {
    let free = fields.iter().position(Option::is_none);
    free.or_else(|| (0..fields.len()).find(|at| *at != when))
}

/// Whether words that say how often stand alone, or beside nothing but words for work. Below a heading on duties they
/// may stand beside anything.
fn is_about_work(often: &Often, duties: bool) -> bool {
    let works = |word: &str| {
        let topics = Topics::of(word);
        topics.has(Topic::Work)
            || topics.has(Topic::Duties)
            || word.bytes().all(|b| b.is_ascii_digit())
            || word.len() <= 2
    };
    duties || often.rest.is_empty() || often.rest.split(' ').all(works)
}

fn item_text(item: &Item) -> Option<&Inlines> {
    match item.blocks.first().map(|b| &b.kind) {
        Some(Kind::Paragraph(text)) => Some(text),
        _ => None,
    }
}

#[cfg(test)]
mod tests {
    use crate::runbook::Runbook;

    fn check(markdown: &str, expected: &str) {
        let runbook = Runbook::read([("ops.md", markdown)]);
        let shown: Vec<String> =
            runbook.duties.iter().map(|d| format!("{} {}: {}", d.source.line, d.every.name(), d.text)).collect();
        assert_eq!(shown.join("\n"), expected, "{markdown}");
    }

    #[test]
    fn a_heading_says_how_often_the_points_below_it_are_done() {
        check(
            "# Ops\n\n## Upkeep\n\n### Daily\n- look at the kiln\n- [ ] count the pots\n\n### Every Monday\n- order clay\n",
            "6 daily: look at the kiln\n7 daily: count the pots\n10 weekly: order clay",
        );
        check("# Ops\n\n## Wöchentliche Aufgaben\n\n1. Ton bestellen\n", "5 weekly: Ton bestellen");
        check("# Ops\n\n## Daily backup\n\n- **Script:** `/opt/save.sh`\n- **Retention:** 7 days\n", "");
        check("# Ops\n\n## Kiln down\n\n- call Anke every day\n", "");
    }

    #[test]
    fn a_label_or_a_point_may_say_it() {
        check(
            "# Ops\n\n## Routine\n\n**Daily:**\n- sweep\n\n**Monthly:** wash the floor; oil the wheel\n",
            "6 daily: sweep\n8 monthly: wash the floor\n8 monthly: oil the wheel",
        );
        check(
            "# Ops\n\n## Maintenance\n\n- **Weekly**: sweep\n- Rotate the keys every 90 days\n- Every year:\n  - paint\n- sing\n",
            "5 weekly: sweep\n6 quarterly: Rotate the keys every 90 days\n8 yearly: paint",
        );
    }

    #[test]
    fn a_table_says_it_in_a_column_or_in_its_heading() {
        check(
            "# Ops\n\n| Task | How often | Who |\n|---|---|---|\n| Sweep | daily | Ada |\n| Oil | 1st of each month | Bo |\n",
            "5 daily: Sweep\n6 monthly: Oil",
        );
        check(
            "# Ops\n\n| Daily | Weekly |\n|---|---|\n| sweep | oil |\n| - | wash |\n",
            "5 daily: sweep\n5 weekly: oil\n6 weekly: wash",
        );
        check("# Ops\n\n| Data | Schedule | Retention |\n|---|---|---|\n| orders | daily | 7 days |\n", "");
    }
}
