//! A document as a tree of headings, and a paragraph as its labelled parts.

use super::markdown::{Block, Inline, Inlines, Kind};
use super::words::topic::Topics;
use super::words::{meaning, normal, option_name, plain_meaning};

/// A heading with what stands under it.
#[derive(Debug)]
pub(super) struct Section<'d> {
    /// 1 to 6; 0 for what stands before the first heading.
    pub level: u8,
    /// The heading's text.
    pub title: String,
    /// The heading itself; `None` before the first.
    pub heading: Option<&'d Block>,
    /// The blocks up to the next heading of any level.
    pub body: &'d [Block],
    /// Sections of deeper levels below it.
    pub children: Vec<Section<'d>>,
    /// What its heading speaks of.
    pub topics: Topics,
    /// What the heading right above it speaks of.
    pub above: Topics,
    /// What all headings above it speak of.
    pub within: Topics,
}

impl<'d> Section<'d> {
    fn root(body: &'d [Block]) -> Section<'d> {
        let none = Topics::default();
        let title = String::new();
        Section { level: 0, title, heading: None, body, children: Vec::new(), topics: none, above: none, within: none }
    }
}

/// Builds the tree; the root holds what comes before any heading.
pub(super) fn tree(blocks: &[Block]) -> Section<'_> {
    let starts: Vec<usize> =
        blocks.iter().enumerate().filter(|(_, b)| matches!(b.kind, Kind::Heading(..))).map(|(at, _)| at).collect();
    let first = starts.first().copied().unwrap_or(blocks.len());
    let mut open = vec![Section::root(&blocks[..first])];
    for (index, start) in starts.iter().enumerate() {
        let end = starts.get(index + 1).copied().unwrap_or(blocks.len());
        let Kind::Heading(level, text) = &blocks[*start].kind else { continue };
        while open.len() > 1 && open.last().is_some_and(|s| s.level >= *level) {
            close(&mut open);
        }
        let title = text.plain();
        let above = open.last().map(|parent| parent.topics).unwrap_or_default();
        let within = open.last().map(|parent| parent.within).unwrap_or_default().and(above);
        open.push(Section {
            level: *level,
            topics: Topics::of(&normal(&title)),
            above,
            within,
            title,
            heading: Some(&blocks[*start]),
            body: &blocks[start + 1..end],
            children: Vec::new(),
        });
    }
    while open.len() > 1 {
        close(&mut open);
    }
    open.pop().unwrap_or(Section::root(&[]))
}

fn close<'d>(open: &mut Vec<Section<'d>>) {
    if let Some(done) = open.pop()
        && let Some(parent) = open.last_mut()
    {
        parent.children.push(done);
    }
}

impl<'d> Section<'d> {
    /// The byte behind its last one, that of what stands below it included.
    pub(super) fn end(&self) -> usize {
        let own = || self.body.last().or(self.heading).map_or(0, |block| block.span.end);
        self.children.last().map_or_else(own, Section::end)
    }

    /// This section and all below it, in document order.
    pub(super) fn walk(&self, visit: &mut impl FnMut(&Section<'d>)) {
        visit(self);
        self.children.iter().for_each(|child| child.walk(visit));
    }
}

/// A part of a paragraph: what a bold label introduces.
#[derive(Debug)]
pub(super) struct Part {
    /// The label without its colon; `None` for text without one.
    pub label: Option<String>,
    /// The text behind the label.
    pub text: Inlines,
}

/// What stands between labels on one line: `**Owner:** Ada | **Reviewed:** May`.
const SEPARATORS: [&str; 3] = ["| ", "· ", "• "];

/// Splits a paragraph at the labels that begin its lines: `**Symptom:** … ⏎ **Fix:** …`, `*Option B*`, `Symptoms: …`.
pub(super) fn parts(paragraph: &Inlines) -> Vec<Part> {
    let mut found: Vec<Part> = Vec::new();
    let mut line_start = true;
    let mut inlines = paragraph.0.iter().peekable();
    while let Some(inline) = inlines.next() {
        let next = inlines.peek().map_or("", |i| i.text.as_str());
        let plain = plain_label(inline).filter(|_| line_start);
        if line_start && is_label(inline, next) {
            let label = inline.text.trim().trim_end_matches([':', '.']).trim().to_owned();
            found.push(Part { label: Some(label), text: Inlines::default() });
        } else if let Some((label, rest)) = plain {
            let rest = Inline { text: rest.to_owned(), ..inline.clone() };
            let text = Inlines(if rest.text.is_empty() { Vec::new() } else { vec![rest] });
            found.push(Part { label: Some(label.to_owned()), text });
        } else {
            if found.is_empty() {
                found.push(Part { label: None, text: Inlines::default() });
            }
            if let Some(part) = found.last_mut() {
                part.text.0.push(without_colon(inline, part.text.0.is_empty() && part.label.is_some()));
            }
        }
        line_start = inline.text == "\n"
            || SEPARATORS.iter().any(|mark| inline.text.ends_with(mark))
            || (line_start && inline.text.trim().is_empty());
    }
    found
}

/// `**Fix:**` and `**Fix**:` are labels, and so is a bold line of its own; a bold sentence (`**Symptom.** …`) and a
/// line in italics are where their words announce a part or an alternative.
fn is_label(inline: &Inline, next: &str) -> bool {
    let text = inline.text.trim();
    if text.is_empty() || text.len() > 80 || !(inline.strong || inline.emphasis) {
        return false;
    }
    let stands_apart = text.ends_with(':') || next.trim_start().starts_with(':') || next.is_empty() || next == "\n";
    let known = || meaning(text).is_some() || option_name(text).is_some();
    if inline.strong { stands_apart || text.ends_with('.') && known() } else { stands_apart && known() }
}

/// `Symptoms: pager says …` without any marks: the label and what stands behind it.
fn plain_label(inline: &Inline) -> Option<(&str, &str)> {
    if inline.code || inline.strong || inline.emphasis || inline.link.is_some() {
        return None;
    }
    let (label, rest) = inline.text.split_once(':')?;
    plain_meaning(label)?;
    (rest.is_empty() || rest.starts_with(char::is_whitespace)).then(|| (label.trim(), rest.trim_start()))
}

fn without_colon(inline: &Inline, first: bool) -> Inline {
    let text = if first { inline.text.trim_start().trim_start_matches(':').trim_start() } else { &inline.text };
    Inline { text: text.to_owned(), ..inline.clone() }
}
