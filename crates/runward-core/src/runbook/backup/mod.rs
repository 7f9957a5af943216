//! Backups: what a runbook says is kept, how, where, when and for how long.

mod made;
mod told;

use std::collections::HashSet;
use std::ops::Range;

use serde::{Deserialize, Serialize};

use super::columns::is_nothing;
use super::fence::FenceType;
use super::field::{Field, labelled};
use super::inventory::split_names;
use super::markdown::{Block, Fence, Inlines, Item, Kind, List, Table};
use super::section::{Section, parts};
use super::step::{Step, StepKind};
use super::tables::first_line;
use super::typing::Typing;
use super::words::normal;
use super::words::often::often;
use super::words::topic::{Topic, Topics};
use crate::source::{Lines, Source};
use told::Told;

/// One set of data that is backed up.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Backup {
    /// What is kept: a database, a volume, a folder.
    pub dataset: String,
    /// The program or script that does it.
    pub method: Option<String>,
    /// Where it goes.
    pub destination: Option<String>,
    /// When: words or a cron expression, as written.
    pub schedule: Option<String>,
    /// How long it is kept, as written.
    pub keep: Option<String>,
    /// Where it stands.
    pub source: Source,
}

/// Reads every backup of a document.
pub(super) fn read(root: &Section<'_>, lines: &Lines<'_>, typing: &Typing<'_>) -> Vec<Backup> {
    let mut reader = Reader { lines, typing, found: Vec::new(), known: HashSet::new() };
    reader.section(root, &Told::default());
    // `# Back up first`, in a procedure on something else.
    for step in typing.all().iter().filter(|step| Topics::of(&normal(&step.title)).has(Topic::Backup)) {
        reader.step(step);
    }
    reader.found
}

struct Reader<'d> {
    lines: &'d Lines<'d>,
    typing: &'d Typing<'d>,
    found: Vec<Backup>,
    /// What is told already: sets of data with each word of their method, and those words alone.
    known: HashSet<(String, String)>,
}

/// What a section says of its backups.
#[derive(Default)]
struct Said {
    /// What holds for all of them.
    common: Told,
    /// Where the first of that stands.
    place: Option<Range<usize>>,
    datasets: Vec<(String, Told, Range<usize>)>,
    /// Whether a list or table of what is backed up follows.
    names_follow: bool,
}

impl Reader<'_> {
    fn section(&mut self, section: &Section<'_>, above: &Told) {
        // How a copy is put back says nothing of how it was made.
        let restores = section.topics.has(Topic::Restore) && !section.topics.has(Topic::Backup);
        let speaks = section.topics.and(section.within).has(Topic::Backup) && !restores;
        let mut said = Said::default();
        for block in section.body {
            if speaks {
                self.block(block, &mut said);
            } else if let Kind::Table(table) = &block.kind {
                self.table(table, &mut said, false);
            }
        }
        let Said { common, place, datasets, .. } = said;
        let told = common.clone().or(above);
        let before = self.found.len();
        let named = !datasets.is_empty();
        for (dataset, own, span) in datasets {
            self.add(dataset, own.or(&told), span);
        }
        if !restores {
            section.children.iter().for_each(|child| self.section(child, if speaks { &told } else { above }));
        }
        // What is said of all is said of those that are named; where none is, it is said of what the heading names.
        if !named
            && common.facts() >= 2
            && !self.found[before..].iter().any(|b| told.method.is_none() || b.method == told.method)
        {
            let span = place.or_else(|| section.heading.map(|h| h.span.clone())).unwrap_or(0..0);
            let at = before;
            let backup = self.backup(subject(&section.title, &told), told, span);
            self.found.insert(at, backup);
        }
        if speaks {
            self.commands(section);
        }
    }

    fn add(&mut self, dataset: String, told: Told, span: Range<usize>) {
        let backup = self.backup(dataset, told, span);
        self.found.push(backup);
    }

    fn backup(&mut self, dataset: String, told: Told, span: Range<usize>) -> Backup {
        let Told { method, destination, schedule, keep } = told;
        for word in method.iter().flat_map(|method| method.split_whitespace()) {
            self.known.insert((dataset.clone(), word.to_owned()));
            self.known.insert((String::new(), word.to_owned()));
        }
        Backup { dataset, method, destination, schedule, keep, source: self.lines.source(span) }
    }

    fn block(&mut self, block: &Block, said: &mut Said) {
        match &block.kind {
            Kind::Paragraph(text) => self.paragraph(text, block, said),
            Kind::List(list) => self.list(list, said),
            Kind::Table(table) => self.table(table, said, true),
            Kind::Fence(fence) => {
                self.settings(fence, said);
                said.names_follow = false;
            }
            Kind::Quote(inner) => inner.iter().for_each(|block| self.block(block, said)),
            Kind::Heading(..) => {}
        }
    }

    fn paragraph(&mut self, text: &Inlines, block: &Block, said: &mut Said) {
        let labels = labelled(block);
        said.names_follow = labels.iter().any(|l| l.field == Field::What && l.text.is_empty())
            || parts(text).last().is_some_and(|p| p.text.0.is_empty() && p.label.as_deref().is_some_and(names_data));
        for label in labels {
            said.take(label.field, &label.text, label.span);
        }
        for part in parts(text).iter().filter(|part| part.label.is_none()) {
            for sentence in told::sentences(&part.text) {
                if let Some((dataset, told)) = Told::in_sentence(&sentence) {
                    said.datasets.push((dataset, told, part.text.span()));
                }
            }
        }
    }

    fn list(&mut self, list: &List, said: &mut Said) {
        let named = std::mem::take(&mut said.names_follow);
        for item in &list.items {
            let Some(text) = item_text(item) else { continue };
            let span = first_line(item.span.clone(), self.lines);
            let labels = labelled(&Block { kind: Kind::Paragraph(text.clone()), span: span.clone() });
            if !labels.is_empty() {
                labels.into_iter().for_each(|label| said.take(label.field, &label.text, span.clone()));
            } else if let Some((dataset, told)) = Told::in_item(text, named) {
                said.datasets.push((dataset, told, span));
            }
        }
    }

    /// A row for each set of data: `Data | Schedule | Kept`, `DB | Path`, or services with a column for their backup.
    fn table(&mut self, table: &Table, said: &mut Said, speaks: bool) {
        let fields = Field::columns(table);
        let at = |wanted: &[Field]| wanted.iter().find_map(|w| fields.iter().position(|f| f.as_ref() == Some(w)));
        let named = std::mem::take(&mut said.names_follow);
        let facts = [Field::When, Field::Keep, Field::Where, Field::How, Field::Command];
        let told = facts.iter().filter(|field| fields.contains(&Some(**field))).count();
        let backup = at(&[Field::Backup]);
        let enough = match speaks {
            true => told >= 1 || named || backup.is_some() || at(&[Field::Path]).is_some(),
            // Elsewhere a table must say by itself that it is about backups.
            false => backup.is_some() || (fields.contains(&Some(Field::Keep)) && told >= 2),
        };
        let what = at(&[Field::What]).or_else(|| fields.iter().position(Option::is_none)).filter(|_| enough);
        let Some(what) = what else {
            if speaks {
                let block = Block { kind: Kind::Table(table.clone()), span: 0..0 };
                labelled(&block).into_iter().for_each(|label| said.take(label.field, &label.text, label.span));
            }
            return;
        };
        for row in &table.rows {
            let cell = |field: Field| {
                let at = fields.iter().position(|f| *f == Some(field))?;
                Some(row.cells.get(at)?.plain()).filter(|text| !text.is_empty())
            };
            let Some(dataset) = row.cells.get(what).map(Inlines::plain).filter(|name| !is_nothing(name)) else {
                continue;
            };
            let refused =
                [Field::Backup, Field::When, Field::How].iter().filter_map(|field| cell(*field)).any(|c| is_no(&c));
            let all = row.cells.iter().map(Inlines::plain).collect::<Vec<_>>().join(" ");
            if refused || told::is_negated(&all) {
                continue;
            }
            let own = Told {
                method: cell(Field::How).or_else(|| cell(Field::Command)),
                destination: cell(Field::Where).filter(|_| told > 1 || said.common.destination.is_none()),
                schedule: cell(Field::When).or_else(|| cell(Field::Backup).filter(|c| !is_yes(c))),
                keep: cell(Field::Keep),
            };
            said.datasets.push((dataset, own, row.span.clone()));
        }
    }

    /// `BACKUP_SCHEDULE="0 2 * * *"`, `0 3 * * * /opt/save.sh`: settings and lines of a crontab.
    fn settings(&self, fence: &Fence, said: &mut Said) {
        if matches!(fence.kind, FenceType::Template | FenceType::Diagram | FenceType::Checklist | FenceType::Code) {
            return;
        }
        for line in &fence.lines {
            let span = line.start..line.start + line.text.len();
            if let Some((field, value)) = told::setting(&line.text) {
                said.take(field, value, span);
            } else if let Some((schedule, command)) = told::cron_line(&line.text) {
                said.take(Field::When, schedule, span.clone());
                said.take(Field::How, command, span);
            }
        }
    }

    /// What is typed in a section to make a backup, unless it was told already.
    fn commands(&mut self, section: &Section<'_>) {
        let Some(span) = section.body.first().zip(section.body.last()).map(|(a, b)| a.span.start..b.span.end) else {
            return;
        };
        self.typing.within(span).iter().for_each(|step| self.step(step));
    }

    fn step(&mut self, step: &Step) {
        if step.kind == StepKind::Sample || Topics::of(&normal(&step.title)).has(Topic::Restore) {
            return;
        }
        for (command, made) in step.commands.iter().filter_map(|command| Some((command, made::of(command)?))) {
            let dataset = if made.script { String::new() } else { made.dataset.clone() };
            if self.known.contains(&(dataset, made.method.clone())) {
                continue;
            }
            let script = || made.method.rsplit('/').next().unwrap_or_default().to_owned();
            let dataset = if made.dataset.is_empty() { script() } else { made.dataset };
            let (method, destination) = (Some(made.method), made.destination);
            let told = Told { method, destination, ..Told::default() };
            self.add(dataset, told, self.lines.line_span(command.line));
        }
    }
}

impl Said {
    fn take(&mut self, field: Field, text: &str, span: Range<usize>) {
        if text.is_empty() {
            return;
        }
        if field == Field::What {
            let names = split_names(text);
            return self.datasets.extend(names.into_iter().map(|name| (name, Told::default(), span.clone())));
        }
        if self.common.take(field, text) {
            self.place.get_or_insert(span);
        }
    }
}

/// `Databases backed up:`, `What is saved:`: what follows names sets of data.
fn names_data(label: &str) -> bool {
    let words = normal(label);
    Field::of(label) == Some(Field::What) || (Topics::of(&words).has(Topic::Backup) && words.contains(' '))
}

/// What a heading says is backed up: `PostgreSQL backup` is PostgreSQL.
fn subject(title: &str, told: &Told) -> String {
    let speaks = |word: &str| {
        let word = normal(word);
        let topics = Topics::of(&word);
        word.is_empty()
            || topics.has(Topic::Backup)
            || topics.has(Topic::Work)
            || topics.has(Topic::Restore)
            || often(&word).is_some()
            || matches!(
                word.as_str(),
                "manual"
                    | "automated"
                    | "automatic"
                    | "creating"
                    | "create"
                    | "a"
                    | "of"
                    | "running"
                    | "taking"
                    | "on demand"
            )
    };
    let kept: Vec<&str> = super::words::unnumbered(title).split_whitespace().filter(|word| !speaks(word)).collect();
    if kept.is_empty() { told.method.clone().unwrap_or_else(|| title.trim().to_owned()) } else { kept.join(" ") }
}

fn is_yes(cell: &str) -> bool {
    matches!(
        cell.trim().to_lowercase().as_str(),
        "yes" | "y" | "✓" | "✅" | "✔" | "x" | "sí" | "si" | "ja" | "oui" | "sim" | "evet" | "sì"
    )
}

fn is_no(cell: &str) -> bool {
    is_nothing(cell) || matches!(cell.trim(), "✗" | "❌" | "✘") || told::is_negated(cell)
}

fn item_text(item: &Item) -> Option<&Inlines> {
    match item.blocks.first().map(|b| &b.kind) {
        Some(Kind::Paragraph(text)) => Some(text),
        _ => None,
    }
}

#[cfg(test)]
mod tests;
