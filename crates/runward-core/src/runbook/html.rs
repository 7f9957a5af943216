//! Markdown as HTML that can do no harm: every tag, attribute and scheme that comes out is written here, all text is
//! escaped, and the document's own HTML is dropped.

mod link;
#[cfg(test)]
mod oracle;
mod raw;
#[cfg(test)]
mod tests;
mod writer;

use std::borrow::Cow;
use std::fmt::Write;

use pulldown_cmark::Parser;

use super::markdown;
use writer::Writer;

/// What the names of headings begin with, so that they are no other name of a page.
pub const HEADING: &str = "h-";

/// One stretch of a document, in the document's order.
#[derive(Clone, Debug, PartialEq)]
pub enum Piece {
    /// What begins or ends around blocks: `<ul>`, `</li>`, `<blockquote>`.
    Frame(Cow<'static, str>),
    /// A block.
    Leaf(Leaf),
}

/// A block that holds no others.
#[derive(Clone, Debug, PartialEq)]
pub struct Leaf {
    /// What it is.
    pub kind: LeafKind,
    /// Its first line.
    pub line: u32,
    /// Its last line.
    pub end_line: u32,
    /// What stands in it, as HTML; empty for code, whose text is not HTML yet.
    pub html: String,
    /// Places in that HTML that belong to something in the document, in order.
    pub marks: Vec<Mark>,
}

/// What a block is.
#[derive(Clone, Debug, PartialEq)]
pub enum LeafKind {
    /// A heading.
    Heading {
        /// 1 to 6.
        level: u8,
        /// Its name, unique in the document; it begins with [`HEADING`].
        id: String,
        /// Its text, not escaped.
        title: String,
    },
    /// Running text.
    Paragraph,
    /// The text of a list item without blank lines around it.
    Text,
    /// Code, or what stands before the document in lines of its own.
    Code {
        /// The word behind the opening fence.
        tag: String,
        /// The code, not escaped.
        text: String,
        /// The line on which the code begins.
        first: u32,
    },
    /// The rows of a table.
    Table,
    /// A line across.
    Rule,
    /// HTML of the document's own, which is not shown.
    Dropped,
}

/// A place in a block's HTML.
#[derive(Clone, Debug, PartialEq)]
pub struct Mark {
    /// The byte in the HTML.
    pub at: usize,
    /// The line of the document.
    pub line: u32,
    /// What stands there.
    pub what: What,
}

/// What a place in a block's HTML is.
#[derive(Clone, Debug, PartialEq)]
pub enum What {
    /// The end of `code` with this text.
    Code(String),
    /// Inside the opening tag of a table's row: attributes may stand here.
    Row,
}

/// A document as HTML. Never fails, on any text.
pub fn render(text: &str) -> String {
    let mut out = String::with_capacity(text.len() * 2);
    for piece in pieces(text) {
        match piece {
            Piece::Frame(frame) => out.push_str(&frame),
            Piece::Leaf(leaf) => leaf.write(&mut out),
        }
        out.push('\n');
    }
    out
}

impl Leaf {
    fn write(&self, out: &mut String) {
        let html = &self.html;
        let _ = match &self.kind {
            LeafKind::Heading { level, id, .. } => write!(out, "<h{level} id=\"{id}\">{html}</h{level}>"),
            LeafKind::Paragraph => write!(out, "<p>{html}</p>"),
            LeafKind::Text => write!(out, "{html}"),
            LeafKind::Code { tag, text, .. } => {
                if !tag.is_empty() {
                    let _ = writeln!(out, "<p class=\"tag\">{}</p>", Escaped(tag));
                }
                write!(out, "<pre><code>{}</code></pre>", Escaped(text))
            }
            LeafKind::Table => write!(out, "<table>{html}</table>"),
            LeafKind::Rule => write!(out, "<hr>"),
            LeafKind::Dropped => Ok(()),
        };
    }
}

/// A document as stretches of HTML, for pages that put more between them. Never fails, on any text.
pub fn pieces(text: &str) -> Vec<Piece> {
    // Somebody else's parser on any input at all: where it gives up, the text is shown as it is.
    std::panic::catch_unwind(|| {
        let mut writer = Writer::new(text);
        for (event, span) in Parser::new_ext(text, markdown::options()).into_offset_iter() {
            writer.take(event, span);
        }
        writer.finish()
    })
    .unwrap_or_else(|_| {
        let kind = LeafKind::Code { tag: String::new(), text: text.to_owned(), first: 1 };
        let end_line = text.lines().count().max(1) as u32;
        vec![Piece::Leaf(Leaf { kind, line: 1, end_line, html: String::new(), marks: Vec::new() })]
    })
}

/// Text that is HTML once it is written: nothing in it is a tag, ends an attribute, or hides what it says.
pub struct Escaped<'t>(pub &'t str);

impl std::fmt::Display for Escaped<'_> {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        let mut rest = self.0;
        while let Some((at, c, instead)) = rest.char_indices().find_map(|(at, c)| Some((at, c, replaced(c)?))) {
            f.write_str(&rest[..at])?;
            f.write_str(instead)?;
            rest = &rest[at + c.len_utf8()..];
        }
        f.write_str(rest)
    }
}

fn replaced(c: char) -> Option<&'static str> {
    Some(match c {
        '<' => "&lt;",
        '>' => "&gt;",
        '&' => "&amp;",
        '"' => "&quot;",
        '\'' => "&#39;",
        '\n' | '\r' | '\t' => return None,
        // What turns the direction of writing round makes a command read as another one.
        '\u{202a}'..='\u{202e}' | '\u{2066}'..='\u{2069}' => "\u{fffd}",
        c if c.is_control() => "\u{fffd}",
        _ => return None,
    })
}
