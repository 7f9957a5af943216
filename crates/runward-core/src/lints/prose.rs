//! The running text of the documents, for rules about what it says.

use std::sync::Arc;

use super::Context;
use crate::runbook::Text;
use crate::runbook::markdown::{Block, Inline, Inlines, Kind};
use crate::runbook::running::Running;
use crate::source::{Lines, Source};

/// A paragraph, a list item or a cell of a table.
pub(super) struct Passage<'r> {
    /// Its text.
    pub running: Running,
    /// The same with small ASCII letters, for patterns that take both: built for small ones alone they cost a third.
    pub small: String,
    /// The text as it is styled.
    pub inlines: &'r Inlines,
    /// Code in it that reads like a command of several words.
    pub commands: Vec<&'r str>,
    /// The heading it stands below.
    pub title: Arc<str>,
    /// Whether it is a cell of a table.
    pub cell: bool,
    lines: &'r Lines<'r>,
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
    context.passages().iter().for_each(visit);
}

/// Every passage of these documents.
pub(super) fn passages<'r>(texts: &'r [Text<'r>]) -> Vec<Passage<'r>> {
    let mut found = Vec::new();
    for text in texts {
        let mut walk = Walk { lines: &text.lines, title: "".into(), found: &mut found };
        walk.blocks(&text.blocks);
    }
    found
}

struct Walk<'w, 'r> {
    lines: &'r Lines<'r>,
    title: Arc<str>,
    found: &'w mut Vec<Passage<'r>>,
}

impl<'r> Walk<'_, 'r> {
    fn blocks(&mut self, blocks: &'r [Block]) {
        for block in blocks {
            match &block.kind {
                Kind::Heading(_, text) => self.title = text.plain().into(),
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

    fn passage(&mut self, inlines: &'r Inlines, cell: bool) {
        let running = Running::of(inlines);
        let small = running.text.to_ascii_lowercase();
        let commands = inlines.codes().map(|code| code.text.as_str()).filter(|code| code.contains(' ')).collect();
        self.found.push(Passage {
            running,
            small,
            inlines,
            commands,
            title: self.title.clone(),
            cell,
            lines: self.lines,
        });
    }
}
