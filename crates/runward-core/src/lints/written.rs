//! Where things stand in the documents as they are written: code blocks by line, commands by byte. Edits need it.

use std::collections::HashMap;
use std::ops::Range;

use super::{Context, Place};
use crate::runbook::fence::FenceType;
use crate::runbook::markdown::{Block, Fence, Inlines, Kind};
use crate::runbook::words::{Meaning, loose_meaning};
use crate::runbook::{Runbook, Text};
use crate::source::Source;

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
    /// The heading above it, and the last paragraph below that with bold words.
    heading: Option<&'c Inlines>,
    labelled: Option<&'c Inlines>,
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

    /// What the label or heading above it announces.
    pub(super) fn announced(&self) -> Option<Meaning> {
        let bold = self.labelled.into_iter().flat_map(|text| text.0.iter().rev()).filter(|inline| inline.strong);
        let label = bold.map(|inline| inline.text.as_str()).find_map(loose_meaning);
        label.or_else(|| loose_meaning(&self.heading?.plain()))
    }

    /// A line of the document, without the space around it. The text of a block need not stand in it word for word.
    pub(super) fn source(&self, line: u32) -> Source {
        let lines = &self.text.lines;
        let span = lines.line_span(line);
        let written = &lines.text()[span.clone()];
        let start = span.start + (written.len() - written.trim_start().len());
        lines.source(start..start + written.trim().len())
    }

    /// The line of one of its lines.
    pub(super) fn line_of(&self, at: usize) -> u32 {
        self.fence.lines.get(at).map_or(self.line, |line| self.text.lines.line_of(line.start))
    }
}

/// Every code block, in the order of the documents, with the commands in it.
pub(super) struct Fences<'c> {
    /// The blocks.
    pub(super) all: Vec<Placed<'c>>,
    /// The commands of each, in the order of its lines.
    places: Vec<Vec<Place<'c>>>,
    of_file: HashMap<&'c str, Range<usize>>,
}

impl<'c> Fences<'c> {
    pub(super) fn new(runbook: &'c Runbook, texts: &'c [Text<'c>], places: &[Place<'c>]) -> Fences<'c> {
        let kinds: HashMap<(&str, u32), FenceType> =
            runbook.blocks.iter().map(|b| ((&*b.file, b.line), b.kind)).collect();
        let mut fences = Fences { all: Vec::new(), places: Vec::new(), of_file: HashMap::new() };
        for text in texts {
            let first = fences.all.len();
            Gathering { text, kinds: &kinds, all: &mut fences.all }.blocks(&text.blocks, (None, None));
            fences.of_file.insert(text.lines.file(), first..fences.all.len());
        }
        fences.places = vec![Vec::new(); fences.all.len()];
        for place in places {
            if let Some(at) = fences.around(place) {
                fences.places[at].push(*place);
            }
        }
        fences.places.iter_mut().for_each(|places| places.sort_by_key(|place| place.command.line));
        fences
    }

    /// The block that a command stands in; its number among all.
    pub(super) fn around(&self, place: &Place<'_>) -> Option<usize> {
        let range = self.of_file.get(&*place.step.source.file)?.clone();
        let until = self.all[range.clone()].partition_point(|fence| fence.line <= place.command.line);
        let at = (range.start + until).checked_sub(1).filter(|at| range.contains(at))?;
        (self.all[at].end_line >= place.command.line).then_some(at)
    }

    /// The commands of a block.
    pub(super) fn places(&self, at: usize) -> &[Place<'c>] {
        &self.places[at]
    }

    /// Every block with its commands.
    pub(super) fn with_places(&self) -> impl Iterator<Item = (&Placed<'c>, &[Place<'c>])> {
        self.all.iter().zip(self.places.iter().map(Vec::as_slice))
    }
}

/// Walks through a document.
struct Gathering<'g, 'c> {
    text: &'c Text<'c>,
    kinds: &'g HashMap<(&'c str, u32), FenceType>,
    all: &'g mut Vec<Placed<'c>>,
}

impl<'c> Gathering<'_, 'c> {
    /// `above` is the last heading and the last paragraph with bold words below it.
    fn blocks(&mut self, blocks: &'c [Block], above: (Option<&'c Inlines>, Option<&'c Inlines>)) {
        let (mut heading, mut labelled) = above;
        for block in blocks {
            match &block.kind {
                Kind::Fence(fence) => {
                    let text = self.text;
                    let source = text.lines.source(block.span.clone());
                    let (line, end_line) = (source.line, source.end_line);
                    let kind = self.kinds.get(&(text.lines.file(), line)).copied().unwrap_or(FenceType::Other);
                    self.all.push(Placed { text, fence, block, line, end_line, kind, heading, labelled });
                }
                Kind::List(list) => list.items.iter().for_each(|item| self.blocks(&item.blocks, (heading, labelled))),
                Kind::Quote(inner) => self.blocks(inner, (heading, labelled)),
                Kind::Heading(_, words) => (heading, labelled) = (Some(words), None),
                Kind::Paragraph(words) if words.0.iter().any(|inline| inline.strong) => labelled = Some(words),
                Kind::Paragraph(_) | Kind::Table(_) => {}
            }
        }
    }
}

/// Whether a block holds what reads like headings, items or fences outside of it: most likely it was never closed.
pub(super) fn swallows(fence: &Fence) -> bool {
    let begins = |text: &str| ["## ", "### ", "1. ", "```"].iter().any(|start| text.starts_with(start));
    fence.lines.iter().any(|line| begins(&line.text))
}

#[cfg(test)]
mod tests;
