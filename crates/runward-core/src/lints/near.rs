//! What stands around a command in the document: the heading, the words that lead to it, its bytes.

use std::collections::HashMap;
use std::ops::Range;
use std::sync::{Mutex, OnceLock, PoisonError};

use regex::Regex;

use super::Place;
use crate::runbook::Text;
use crate::runbook::markdown::{Block, Fence, Inlines, Kind, Table};
use crate::source::{Lines, Source};

/// The documents, so that rules find their way in them.
pub(super) struct Near<'r> {
    pages: Vec<Page<'r>>,
    by_file: HashMap<&'r str, usize>,
    /// Words that were asked for, and whether any document holds them.
    mentioned: Mutex<HashMap<&'static str, bool>>,
}

/// One document.
pub(super) struct Page<'r> {
    /// Its text.
    pub(super) lines: &'r Lines<'r>,
    /// Its headings.
    pub(super) headings: Vec<Heading<'r>>,
    /// Its code blocks, wherever they stand.
    pub(super) fences: Vec<FenceAt<'r>>,
    /// Its paragraphs, wherever they stand.
    pub(super) prose: Vec<Prose<'r>>,
    /// Its tables.
    pub(super) tables: Vec<TableAt<'r>>,
    lower: OnceLock<String>,
}

/// A heading.
pub(super) struct Heading<'r> {
    /// Its line.
    pub(super) line: u32,
    /// Its words.
    pub(super) text: &'r Inlines,
    /// How deep it is.
    pub(super) level: u8,
}

/// A code block.
pub(super) struct FenceAt<'r> {
    /// The block.
    pub(super) fence: &'r Fence,
    /// Its first line of text, and the line behind the last.
    pub(super) lines: Range<u32>,
    /// The words that lead to it.
    pub(super) lead: Option<&'r Inlines>,
}

/// A paragraph.
pub(super) struct Prose<'r> {
    /// Its words.
    pub(super) text: &'r Inlines,
    /// Its bytes.
    pub(super) span: Range<usize>,
    /// The heading above, by its number.
    pub(super) heading: Option<usize>,
}

/// A table.
pub(super) struct TableAt<'r> {
    /// The table.
    pub(super) table: &'r Table,
    /// Its bytes.
    pub(super) span: Range<usize>,
}

impl<'r> Near<'r> {
    pub(super) fn new(texts: &'r [Text<'r>]) -> Near<'r> {
        let pages: Vec<Page<'r>> = texts.iter().map(Page::new).collect();
        let by_file = pages.iter().enumerate().rev().map(|(at, page)| (page.lines.file(), at)).collect();
        Near { pages, by_file, mentioned: Mutex::default() }
    }

    /// Every document.
    pub(super) fn pages(&self) -> &[Page<'r>] {
        &self.pages
    }

    /// The document of a source.
    pub(super) fn page(&self, source: &Source) -> Option<&Page<'r>> {
        self.by_file.get(&*source.file).map(|at| &self.pages[*at])
    }

    /// Whether any document holds this text, written in small letters; remembered, for rules ask it of every call.
    pub(super) fn mentions(&self, small: &'static str) -> bool {
        let mut mentioned = self.mentioned.lock().unwrap_or_else(PoisonError::into_inner);
        *mentioned.entry(small).or_insert_with(|| self.holds(small))
    }

    /// The same for a text that is asked for once.
    pub(super) fn holds(&self, small: &str) -> bool {
        self.pages.iter().any(|page| page.lower().contains(small))
    }

    /// The document and heading of a place, as numbers that differ from those of any other section.
    pub(super) fn section(&self, place: &Place<'_>) -> (usize, usize) {
        let file = self.by_file.get(&*place.step.source.file).copied().unwrap_or(usize::MAX);
        let heading = self.pages.get(file).and_then(|page| page.heading_of(place.command.line));
        (file, heading.map_or(1, |at| at + 2))
    }

    /// The titles above a place, in small letters: its heading's and its procedure's.
    pub(super) fn titles(&self, place: &Place<'_>) -> String {
        let mut said = place.procedure.map(|procedure| begin(&procedure.title).to_lowercase()).unwrap_or_default();
        if let Some(page) = self.page(&place.step.source)
            && let Some(at) = page.heading_of(place.command.line)
        {
            said.push('\n');
            said.push_str(&page.headings[at].small());
        }
        said
    }

    /// What is said of a place where it stands, in small letters: comments above and behind it, its condition, and
    /// the words that lead to its block.
    pub(super) fn said(&self, place: &Place<'_>) -> String {
        let mut said = begin(&place.step.title).to_lowercase();
        let mut add = |more: &str| {
            if !more.is_empty() {
                said.push('\n');
                said.push_str(&begin(more).to_lowercase());
            }
        };
        add(place.step.guard.as_deref().unwrap_or_default());
        add(place.step.variant.as_deref().unwrap_or_default());
        add(comment_behind(&place.command.text).unwrap_or_default());
        if let Some(lead) = self.fence(place).and_then(|at| at.lead) {
            add(&plain(lead));
        }
        said
    }

    /// The code block a place stands in.
    pub(super) fn fence(&self, place: &Place<'_>) -> Option<&FenceAt<'r>> {
        let page = self.page(&place.step.source)?;
        let line = place.command.line;
        let after = page.fences.partition_point(|at| at.lines.start <= line);
        page.fences[..after].last().filter(|at| at.lines.contains(&line))
    }

    /// The bytes of the document where these bytes of a command's text stand.
    pub(super) fn bytes(&self, place: &Place<'_>, span: Range<usize>) -> Option<Range<usize>> {
        let text = &place.command.text;
        let lines = self.page(&place.step.source)?.lines;
        let at = |byte: usize| {
            let before = text.get(..byte)?;
            let line_start = before.rfind('\n').map_or(0, |end| end + 1);
            let nth = before.matches('\n').count() as u32;
            let own = text[line_start..].lines().next().unwrap_or_default();
            let there = lines.line_span(place.command.line + nth);
            let found = lines.text().get(there.clone())?.find(own)?;
            Some(there.start + found + byte - line_start)
        };
        Some(at(span.start)?..at(span.end)?)
    }
}

impl<'r> Page<'r> {
    fn new(text: &'r Text<'r>) -> Page<'r> {
        let mut page = Page {
            lines: &text.lines,
            headings: Vec::new(),
            fences: Vec::new(),
            prose: Vec::new(),
            tables: Vec::new(),
            lower: OnceLock::new(),
        };
        page.walk(&text.blocks, None);
        page
    }

    fn walk(&mut self, blocks: &'r [Block], lead: Option<&'r Inlines>) {
        let mut lead = lead;
        for block in blocks {
            let heading = self.headings.len().checked_sub(1);
            match &block.kind {
                Kind::Heading(level, text) => {
                    let line = self.lines.line_of(block.span.start);
                    self.headings.push(Heading { line, text, level: *level });
                    lead = Some(text);
                }
                Kind::Paragraph(text) => {
                    self.prose.push(Prose { text, span: block.span.clone(), heading });
                    lead = Some(text);
                }
                Kind::Fence(fence) => self.fence(fence, lead),
                Kind::Table(table) => self.tables.push(TableAt { table, span: block.span.clone() }),
                Kind::List(list) => list.items.iter().for_each(|item| self.walk(&item.blocks, lead)),
                Kind::Quote(inner) => self.walk(inner, lead),
            }
        }
    }

    fn fence(&mut self, fence: &'r Fence, lead: Option<&'r Inlines>) {
        let Some(first) = fence.lines.first() else { return };
        let start = self.lines.line_of(first.start);
        self.fences.push(FenceAt { fence, lines: start..start + fence.lines.len() as u32, lead });
    }

    /// The text with its ASCII letters made small: its bytes are those of the document.
    pub(super) fn lower(&self) -> &str {
        self.lower.get_or_init(|| self.lines.text().to_ascii_lowercase())
    }

    /// Some lines of it in small letters, from the first up to, not including, the last.
    pub(super) fn lower_lines(&self, first: u32, last: u32) -> &str {
        let start = self.lines.line_span(first).start;
        let end = self.lines.line_span(last).start.max(start);
        self.lower().get(start..end).unwrap_or_default()
    }

    /// The bytes at which one of these texts stands, written in small letters. A pattern of plain texts finds them many
    /// times as fast as one text after the other.
    pub(super) fn places(&self, small: &Regex) -> impl Iterator<Item = usize> {
        small.find_iter(self.lower()).map(|found| found.start())
    }

    /// The paragraphs in which one of these texts stands, written in small letters.
    pub(super) fn prose_with(&self, small: &Regex) -> Vec<&Prose<'r>> {
        let mut found = Vec::new();
        for at in self.places(small) {
            let next = self.prose.partition_point(|prose| prose.span.start <= at);
            found.extend(next.checked_sub(1).filter(|last| self.prose[*last].span.contains(&at)));
        }
        found.dedup();
        found.into_iter().map(|at| &self.prose[at]).collect()
    }

    /// The number of the heading above a line.
    pub(super) fn heading_of(&self, line: u32) -> Option<usize> {
        self.headings.partition_point(|heading| heading.line <= line).checked_sub(1)
    }
}

impl Heading<'_> {
    /// Its words in small letters.
    pub(super) fn small(&self) -> String {
        plain(self.text).to_lowercase()
    }
}

/// So much of a text is looked at where rules ask what it says: the same words may stand above thousands of commands.
const ENOUGH: usize = 600;

pub(super) fn begin(text: &str) -> &str {
    text.get(..text.floor_char_boundary(ENOUGH)).unwrap_or(text)
}

fn plain(text: &Inlines) -> String {
    let mut said = String::new();
    for inline in &text.0 {
        if said.len() > ENOUGH {
            break;
        }
        said.push_str(begin(&inline.text));
    }
    said
}

/// The comment behind a command: `rm x  # only when stopped`.
pub(super) fn comment_behind(text: &str) -> Option<&str> {
    let last = text.lines().next_back()?;
    let at = last.rfind(" #")?;
    let quoted = ['"', '\''].iter().any(|quote| last[..at].matches(*quote).count() % 2 == 1);
    (!quoted).then(|| last[at + 2..].trim())
}

/// Whether a text in small letters holds a word or several, whole.
pub(super) fn has_word(text: &str, word: &str) -> bool {
    let edge = |c: Option<char>| c.is_none_or(|c| !c.is_alphanumeric());
    // `contains` is many times as fast, and most texts hold most words nowhere.
    text.contains(word)
        && text
            .match_indices(word)
            .any(|(at, _)| edge(text[..at].chars().next_back()) && edge(text[at + word.len()..].chars().next()))
}

/// Whether a text in small letters holds one of these words.
pub(super) fn has_any(text: &str, words: &[&str]) -> bool {
    words.iter().any(|word| has_word(text, word))
}
