//! Where things stand in the documents as they are written: code blocks by line, commands by byte. Edits need it.

use std::collections::HashMap;
use std::ops::Range;

use super::{Context, Place};
use crate::runbook::Text;
use crate::runbook::fence::FenceType;
use crate::runbook::markdown::{Block, Fence, Inlines, Kind};
use crate::runbook::words::{Meaning, loose_meaning};

/// The documents, by the names their facts carry.
pub(super) struct Written<'c> {
    texts: HashMap<&'c str, &'c Text<'c>>,
}

impl<'c> Written<'c> {
    pub(super) fn new(context: &'c Context<'_>) -> Written<'c> {
        Written { texts: context.texts.iter().map(|text| (text.lines.file(), text)).collect() }
    }

    /// The bytes of the document that hold these bytes of a command's text. `None` where they go over a line end, or
    /// where the document does not hold the command word for word.
    pub(super) fn span(&self, place: &Place<'_>, within: Range<usize>) -> Option<Range<usize>> {
        let text = place.command.text.as_str();
        let inside = text.get(within.clone())?;
        if inside.contains('\n') {
            return None;
        }
        let before = &text[..within.start];
        let number = place.command.line + before.matches('\n').count() as u32;
        let start = before.rfind('\n').map_or(0, |at| at + 1);
        let part = text[start..].split('\n').next().unwrap_or_default().trim_end();
        if within.end - start > part.len() {
            return None;
        }
        let lines = &self.texts.get(&*place.step.source.file)?.lines;
        let at = lines.line_span(number).start + stands_at(lines.line(number).trim_end(), part)?;
        Some(at + within.start - start..at + within.end - start)
    }
}

/// Where a command stands in its line: at its end as in code blocks, between backticks, or in one place only.
fn stands_at(line: &str, command: &str) -> Option<usize> {
    if let Some(rest) = line.strip_suffix(command) {
        return Some(rest.len());
    }
    let only = |wanted: &str| {
        let at = line.find(wanted)?;
        (line.rfind(wanted) == Some(at)).then_some(at)
    };
    only(&format!("`{command}`")).map(|at| at + 1).or_else(|| only(command))
}

/// A code block where it stands.
#[derive(Clone, Copy)]
pub(super) struct Placed<'c> {
    /// The document.
    pub(super) text: &'c Text<'c>,
    /// The block.
    pub(super) fence: &'c Fence,
    /// The whole block, its fences too.
    pub(super) block: &'c Block,
    /// The line of its opening fence.
    pub(super) line: u32,
    /// The line of its closing fence.
    pub(super) end_line: u32,
    /// What it holds.
    pub(super) kind: FenceType,
    /// What the label or heading above it announces.
    pub(super) announced: Option<Meaning>,
}

impl<'c> Placed<'c> {
    /// The byte of its opening fence; `None` where spaces before each line make it a block.
    pub(super) fn opening(&self) -> Option<usize> {
        let raw = &self.text.lines.text()[self.block.span.clone()];
        let opening = raw.trim_start_matches([' ', '>']);
        let fenced = opening.starts_with("```") || opening.starts_with("~~~");
        fenced.then_some(self.block.span.end - opening.len())
    }

    /// Whether its tag says that it is for a shell.
    pub(super) fn says_shell(&self) -> bool {
        crate::runbook::fence::is_shell_tag(&self.fence.tag)
    }

    /// The line of one of its lines.
    pub(super) fn line_of(&self, at: usize) -> u32 {
        self.fence.lines.get(at).map_or(self.line, |line| self.text.lines.line_of(line.start))
    }
}

/// Every code block, in the order of the documents.
pub(super) struct Fences<'c> {
    pub(super) all: Vec<Placed<'c>>,
    of_file: HashMap<&'c str, Range<usize>>,
}

impl<'c> Fences<'c> {
    pub(super) fn new(context: &'c Context<'_>) -> Fences<'c> {
        let kinds: HashMap<(&str, u32), FenceType> =
            context.runbook.blocks.iter().map(|b| ((&*b.file, b.line), b.kind)).collect();
        let mut fences = Fences { all: Vec::new(), of_file: HashMap::new() };
        for text in context.texts {
            let first = fences.all.len();
            fences.gather(text, &text.blocks, &kinds, None);
            fences.of_file.insert(text.lines.file(), first..fences.all.len());
        }
        fences
    }

    fn gather(
        &mut self,
        text: &'c Text<'c>,
        blocks: &'c [Block],
        kinds: &HashMap<(&str, u32), FenceType>,
        above: Option<Meaning>,
    ) {
        let mut announced = above;
        for block in blocks {
            match &block.kind {
                Kind::Fence(fence) => {
                    let source = text.lines.source(block.span.clone());
                    let (line, end_line) = (source.line, source.end_line);
                    let kind = kinds.get(&(text.lines.file(), line)).copied().unwrap_or(FenceType::Other);
                    self.all.push(Placed { text, fence, block, line, end_line, kind, announced });
                }
                Kind::List(list) => list.items.iter().for_each(|item| self.gather(text, &item.blocks, kinds, announced)),
                Kind::Quote(inner) => self.gather(text, inner, kinds, announced),
                Kind::Heading(_, words) => announced = loose_meaning(&words.plain()),
                Kind::Paragraph(words) => announced = label(words).or(announced),
                Kind::Table(_) => {}
            }
        }
    }

    /// The block around a line of a file; its number among all.
    pub(super) fn around(&self, file: &str, line: u32) -> Option<usize> {
        let range = self.of_file.get(file)?.clone();
        let until = self.all[range.clone()].partition_point(|fence| fence.line <= line);
        let at = (range.start + until).checked_sub(1).filter(|at| range.contains(at))?;
        (self.all[at].end_line >= line).then_some(at)
    }
}

/// What the last bold words of a paragraph announce.
fn label(text: &Inlines) -> Option<Meaning> {
    text.0.iter().rev().filter(|inline| inline.strong).find_map(|inline| loose_meaning(&inline.text))
}

/// Whether a block holds what reads like headings, items or fences outside of it: most likely it was never closed.
pub(super) fn swallows(fence: &Fence) -> bool {
    let begins = |text: &str| ["## ", "### ", "1. ", "```"].iter().any(|start| text.starts_with(start));
    fence.lines.iter().any(|line| begins(&line.text))
}

#[cfg(test)]
mod tests;
