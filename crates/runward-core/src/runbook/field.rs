//! What labels and headings of columns name where facts other than services, severities and people are stated.

use std::ops::Range;

use super::markdown::{Block, Inlines, Item, Kind, Table};
use super::section::parts;
use super::words;

/// What a label or a column holds.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Field {
    /// The thing that is spoken of.
    What,
    How,
    Command,
    Where,
    Path,
    Log,
    When,
    /// For how long.
    Keep,
    Task,
    Metric,
    /// From which value on it is wrong.
    Limit,
    Warning,
    Critical,
    State,
    Http,
    Meaning,
    Address,
    Host,
    User,
    /// A week or a day of a rota.
    Week,
    Primary,
    Secondary,
    /// Whether and how something is backed up, or who stands in.
    Backup,
    Owner,
    Updated,
    Reviewed,
    NextReview,
}

impl Field {
    /// What a label or a heading names.
    pub fn of(label: &str) -> Option<Field> {
        words::field(label)
    }

    /// What each column of a table holds.
    pub fn columns(table: &Table) -> Vec<Option<Field>> {
        table.head.iter().map(|head| Field::of(&head.plain())).collect()
    }
}

/// What one label says: `**Schedule:** every night`, `Owner: Ada`, a row of a table of two columns.
#[derive(Debug)]
pub(super) struct Labelled {
    pub field: Field,
    pub text: String,
    pub span: Range<usize>,
}

/// What the labels of a block say.
pub(super) fn labelled(block: &Block) -> Vec<Labelled> {
    match &block.kind {
        Kind::Paragraph(text) => of_text(text),
        Kind::List(list) => list.items.iter().filter_map(first_text).flat_map(of_text).collect(),
        Kind::Table(table) if table.head.len() == 2 => {
            let rows = table.rows.iter().map(|row| &row.cells);
            std::iter::once(&table.head).chain(rows).filter_map(|cells| of_cells(cells)).collect()
        }
        Kind::Quote(inner) => inner.iter().flat_map(labelled).collect(),
        _ => Vec::new(),
    }
}

fn first_text(item: &Item) -> Option<&Inlines> {
    match item.blocks.first().map(|b| &b.kind) {
        Some(Kind::Paragraph(text)) => Some(text),
        _ => None,
    }
}

fn of_cells(cells: &[Inlines]) -> Option<Labelled> {
    let [label, text] = cells else { return None };
    let field = Field::of(&label.plain())?;
    Some(Labelled { field, text: text.plain(), span: text.span() })
}

fn of_text(text: &Inlines) -> Vec<Labelled> {
    let mut found = Vec::new();
    for part in parts(text) {
        match part.label.as_deref() {
            Some(label) => {
                if let Some(field) = Field::of(label) {
                    let said = part.text.plain();
                    let text = said.trim_end_matches(['|', '·', '•', ' ']).to_owned();
                    found.push(Labelled { field, text, span: part.text.span() });
                }
            }
            None => found.extend(plain_lines(&part.text)),
        }
    }
    found
}

/// `Last updated: 2024-01-15`, without any marks, at the beginning of a line.
fn plain_lines(text: &Inlines) -> Vec<Labelled> {
    const LONGEST: usize = 40;
    let plain = text.plain();
    let pairs = plain.lines().filter_map(|line| {
        let (label, rest) = line.split_once(':')?;
        let rest = rest.strip_prefix(char::is_whitespace)?.trim();
        let field = Field::of(label).filter(|_| label.len() <= LONGEST && !rest.is_empty())?;
        Some(Labelled { field, text: rest.to_owned(), span: text.span() })
    });
    pairs.collect()
}
