//! Every code block with what is typed in it, whether or not it belongs to a procedure.

use super::fence::FenceType;
use super::markdown::{self, Block, Kind};
use super::split::{self, Around};
use crate::command::Command;
use crate::source::Lines;

/// A code block.
#[derive(Clone, Debug, PartialEq)]
pub struct Typed {
    /// The line of its opening fence.
    pub line: u32,
    /// What it holds.
    pub kind: FenceType,
    /// What is typed in it.
    pub commands: Vec<Command>,
}

/// The code blocks of a document, in order.
pub fn blocks(text: &str) -> Vec<Typed> {
    let lines = Lines::new("", text);
    let mut found = Vec::new();
    gather(&markdown::blocks(text), &mut Around::default(), &lines, &mut found);
    found
}

fn gather(blocks: &[Block], around: &mut Around, lines: &Lines<'_>, found: &mut Vec<Typed>) {
    for block in blocks {
        match &block.kind {
            Kind::Fence(fence) => {
                let commands = split::typed(fence, around, lines).into_iter().flat_map(|step| step.commands).collect();
                found.push(Typed { line: lines.line_of(block.span.start), kind: fence.kind, commands });
            }
            Kind::List(list) => list.items.iter().for_each(|item| gather(&item.blocks, around, lines, found)),
            Kind::Quote(inner) => gather(inner, around, lines, found),
            // Where something else begins, nobody is still in a client or on a host.
            Kind::Heading(..) => *around = Around::default(),
            Kind::Paragraph(_) | Kind::Table(_) => {}
        }
    }
}
