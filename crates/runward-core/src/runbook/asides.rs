//! Commands that stand in no procedure: quick references, tables with commands in their cells, code in running text.

use std::collections::{HashMap, HashSet};
use std::ops::Range;

use super::markdown::{Block, Fence, Inlines, Kind, Row, Table};
use super::procedure::{Found, Procedure};
use super::section::Section;
use super::sha256;
use super::split::{self, Around};
use super::step::{Phase, Step, StepKind};
use super::walk::inline_commands;
use super::words::unnumbered;
use crate::id::{StepId, slug};
use crate::source::Lines;

/// Every command of a document that no procedure has, as steps in the order they stand, each with a name by its heading
/// and what it says, so that it stays the same while those do.
pub(super) fn read(root: &Section<'_>, lines: &Lines<'_>, found: &Found) -> Vec<Step> {
    let mut aside = Aside {
        lines,
        taken: Taken::of(&found.procedures),
        told: &found.told,
        around: Around::default(),
        steps: Vec::new(),
    };
    root.walk(&mut |section| {
        let from = aside.steps.len();
        aside.around = Around::default();
        aside.blocks(section.body);
        let title = slug(&section.title);
        aside.steps[from..].iter_mut().for_each(|step| step.id = named(&title, step));
    });
    aside.steps
}

fn named(heading: &str, step: &Step) -> StepId {
    let texts: Vec<&str> = step.commands.iter().map(|c| c.text.as_str()).collect();
    let what = if texts.is_empty() { step.title.clone() } else { texts.join("\n") };
    StepId(format!("aside:{heading}.{}", &sha256(&what)[..8]))
}

/// Counts those that would have the same name; `names` are those that are taken.
pub(super) fn count(steps: &mut [Step], names: &mut HashMap<String, usize>) {
    for step in steps {
        let times = names.entry(step.id.0.clone()).or_default();
        *times += 1;
        if *times > 1 {
            step.id = StepId(format!("{}-{times}", step.id));
        }
    }
}

/// What procedures have taken of a document.
struct Taken<'p> {
    /// Where their steps begin, in order.
    starts: Vec<usize>,
    /// Their commands, by line.
    commands: HashSet<(u32, &'p str)>,
}

impl<'p> Taken<'p> {
    fn of(procedures: &'p [Procedure]) -> Taken<'p> {
        let steps = || procedures.iter().flat_map(|p| &p.steps);
        let mut starts: Vec<usize> = steps().map(|step| step.source.span.start).collect();
        starts.sort_unstable();
        let commands = steps().flat_map(|step| &step.commands).map(|c| (c.line, c.text.as_str())).collect();
        Taken { starts, commands }
    }

    /// Whether a step begins within these bytes.
    fn begins_in(&self, span: &Range<usize>) -> bool {
        let next = self.starts.partition_point(|start| *start < span.start);
        self.starts.get(next).is_some_and(|start| *start < span.end)
    }
}

struct Aside<'d> {
    lines: &'d Lines<'d>,
    taken: Taken<'d>,
    /// Where signs of troubles stand.
    told: &'d [Range<usize>],
    around: Around,
    steps: Vec<Step>,
}

impl Aside<'_> {
    fn blocks(&mut self, blocks: &[Block]) {
        for block in blocks {
            match &block.kind {
                Kind::Fence(fence) => self.fence(fence, block),
                Kind::Paragraph(text) => self.text(text, block.span.clone()),
                Kind::List(list) => list.items.iter().for_each(|item| self.blocks(&item.blocks)),
                Kind::Table(table) => self.table(table),
                Kind::Quote(inner) => self.blocks(inner),
                Kind::Heading(..) => {}
            }
        }
    }

    fn fence(&mut self, fence: &Fence, block: &Block) {
        // A block that is indented rather than fenced begins behind its indentation, its first step before it.
        let line = self.lines.line_span(self.lines.line_of(block.span.start));
        let indented = self.lines.text().get(line.start..block.span.start).is_some_and(|lead| lead.trim().is_empty());
        let start = if indented { line.start } else { block.span.start };
        if !self.taken.begins_in(&(start..block.span.end)) {
            let steps = split::typed(fence, &mut self.around, self.lines);
            self.steps.extend(steps);
        }
        self.around.lead = None;
    }

    /// Running text: what it says to type is told rather than ordered, so it is never run.
    fn text(&mut self, text: &Inlines, span: Range<usize>) {
        let said = text.plain();
        let last = said.lines().last().unwrap_or_default();
        self.around.lead = last.strip_suffix(':').map(|lead| unnumbered(lead.trim()).to_owned());
        self.said(text, &said, span, StepKind::Sample);
    }

    /// Cells that hold nothing but code say what to type; the first cell of their row says what for.
    fn table(&mut self, table: &Table) {
        for Row { cells, .. } in &table.rows {
            let what = cells.first().map(Inlines::plain).unwrap_or_default();
            for cell in cells {
                let only = cell.0.iter().all(|i| i.code || !i.text.contains(char::is_alphanumeric));
                self.said(cell, &what, cell.span(), if only { StepKind::Command } else { StepKind::Sample });
            }
        }
    }

    fn said(&mut self, text: &Inlines, title: &str, span: Range<usize>, kind: StepKind) {
        if text.codes().next().is_none() || self.is_told(&span) {
            return;
        }
        let mut commands = inline_commands(text, self.lines);
        commands.retain(|command| !self.taken.commands.contains(&(command.line, command.text.as_str())));
        if commands.is_empty() {
            return;
        }
        let title = title.lines().next().unwrap_or_default().to_owned();
        let language = Some("bash".to_owned());
        let step = Step::new(kind, Phase::Other, self.lines.source(span));
        self.steps.push(Step { title, language, commands, ..step });
    }

    fn is_told(&self, span: &Range<usize>) -> bool {
        let next = self.told.partition_point(|told| told.end <= span.start);
        self.told.get(next).is_some_and(|told| told.start <= span.start)
    }
}
