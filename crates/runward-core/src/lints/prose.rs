//! The running text of the documents, for rules about what it says.

use super::Context;
use crate::runbook::markdown::{Block, Inline, Inlines, Kind};
use crate::runbook::running::Running;
use crate::source::{Lines, Source};

/// A paragraph, a list item or a cell of a table.
pub(super) struct Passage<'p> {
    /// Its text.
    pub running: Running,
    /// The text as it is styled.
    pub inlines: &'p Inlines,
    /// Code in it that reads like a command of several words.
    pub commands: Vec<&'p str>,
    /// The heading it stands below.
    pub title: &'p str,
    /// Whether it is a cell of a table.
    pub cell: bool,
    lines: &'p Lines<'p>,
}

impl Passage<'_> {
    /// The line in which byte `at` of the text stands.
    pub(super) fn source(&self, at: usize) -> Source {
        self.running.source(at, self.lines)
    }

    /// The line in which a stretch of it stands.
    pub(super) fn source_of(&self, inline: &Inline) -> Source {
        let line = self.lines.line_span(self.lines.line_of(inline.span.start));
        self.lines.source(inline.span.start..line.end.max(inline.span.start))
    }
}

/// Visits every passage of every document, in order.
pub(super) fn each(context: &Context<'_>, visit: &mut impl FnMut(&Passage<'_>)) {
    for text in context.texts {
        let mut walk = Walk { lines: &text.lines, title: String::new(), visit };
        walk.blocks(&text.blocks);
    }
}

struct Walk<'w, V> {
    lines: &'w Lines<'w>,
    title: String,
    visit: &'w mut V,
}

impl<V: FnMut(&Passage<'_>)> Walk<'_, V> {
    fn blocks(&mut self, blocks: &[Block]) {
        for block in blocks {
            match &block.kind {
                Kind::Heading(_, text) => self.title = text.plain(),
                Kind::Paragraph(text) => self.passage(text, false),
                Kind::List(list) => list.items.iter().for_each(|item| self.blocks(&item.blocks)),
                Kind::Quote(inner) => self.blocks(inner),
                Kind::Table(table) => {
                    let cells = table.rows.iter().flat_map(|row| &row.cells);
                    cells.for_each(|cell| self.passage(cell, true));
                }
                Kind::Fence(_) => {}
            }
        }
    }

    fn passage(&mut self, inlines: &Inlines, cell: bool) {
        let running = Running::of(inlines);
        let commands = inlines.codes().map(|code| code.text.as_str()).filter(|code| code.contains(' ')).collect();
        (self.visit)(&Passage { running, inlines, commands, title: &self.title, cell, lines: self.lines });
    }
}
