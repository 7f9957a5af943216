//! Writes the pieces of a document from the parser's events.

use std::borrow::Cow;
use std::collections::HashMap;
use std::fmt::Write;
use std::ops::Range;

use pulldown_cmark::{Alignment, CodeBlockKind, Event, LinkType, Tag, TagEnd};

use super::link::{self, Target};
use super::raw::{self, Raw};
use super::{Escaped, HEADING, Leaf, LeafKind, Mark, Piece, What};
use crate::runbook::markdown;
use crate::source::Lines;

/// Lists and quotes nested deeper than this are shown as if they stood at this depth.
const MAX_DEPTH: usize = 24;
/// Styles of text nested deeper than this are not shown.
const MAX_STYLES: usize = 16;

/// Names of headings, as other tools make them out of their texts, each once.
#[derive(Default)]
struct Names(HashMap<String, usize>);

impl Names {
    fn take(&mut self, text: &str) -> String {
        let base = match link::name(text) {
            empty if empty.is_empty() => "section".to_owned(),
            name => name,
        };
        let Some(mut times) = self.0.get(&base).copied() else {
            self.0.insert(base.clone(), 0);
            return format!("{HEADING}{base}");
        };
        loop {
            times += 1;
            let name = format!("{base}-{times}");
            if !self.0.contains_key(&name) {
                self.0.insert(base, times);
                self.0.insert(name.clone(), 0);
                return format!("{HEADING}{name}");
            }
        }
    }
}

/// A block that is being written.
struct Growing {
    kind: LeafKind,
    span: Range<usize>,
    html: String,
    marks: Vec<Mark>,
    /// The text alone, where it is wanted.
    plain: String,
}

/// What is open while writing.
pub(super) struct Writer<'t> {
    lines: Lines<'t>,
    pieces: Vec<Piece>,
    /// How what is open around blocks ends.
    frames: Vec<&'static str>,
    /// How many frames beyond the deepest are open and not shown.
    dropped: usize,
    leaf: Option<Growing>,
    /// How the styles that are open end; empty for those that are not shown.
    styles: Vec<Cow<'static, str>>,
    /// Where the text of the link that is open begins, and how many styles were open before it.
    link: Option<(usize, usize)>,
    names: Names,
    /// Of the table that is open: how its columns are set, which cell is next, whether this is its head.
    columns: Vec<Alignment>,
    column: usize,
    head: bool,
    /// How the cell that is open ends.
    cell: &'static str,
}

impl<'t> Writer<'t> {
    pub(super) fn new(text: &'t str) -> Self {
        Writer {
            lines: Lines::new("", text),
            pieces: Vec::new(),
            frames: Vec::new(),
            dropped: 0,
            leaf: None,
            styles: Vec::new(),
            link: None,
            names: Names::default(),
            columns: Vec::new(),
            column: 0,
            head: false,
            cell: "",
        }
    }

    pub(super) fn take(&mut self, event: Event<'_>, span: Range<usize>) {
        match event {
            Event::Start(tag) => self.start(tag, span),
            Event::End(tag) => self.end(tag),
            Event::Text(text) => self.text(&text, span),
            Event::Code(code) => self.code(&code, span),
            Event::Html(text) => self.leaf(span).plain.push_str(&text),
            Event::InlineHtml(text) => match raw::inline(&text) {
                Raw::Break => self.leaf(span).html.push_str("<br>"),
                Raw::Text => self.text(&text, span),
                Raw::Dropped => {}
            },
            Event::SoftBreak => self.leaf(span).html.push('\n'),
            Event::HardBreak => self.leaf(span).html.push_str("<br>\n"),
            Event::TaskListMarker(done) => {
                let sign = if done { '☑' } else { '☐' };
                let _ = write!(self.leaf(span).html, "<span class=\"task\">{sign}</span> ");
            }
            Event::Rule => {
                self.close();
                self.open(LeafKind::Rule, span);
                self.close();
            }
            // Nothing else is asked of the parser.
            _ => {}
        }
    }

    fn start(&mut self, tag: Tag<'_>, span: Range<usize>) {
        match tag {
            Tag::Paragraph => self.block(LeafKind::Paragraph, span),
            Tag::Heading { level, id, .. } => {
                // Its own name, where it gives itself one, until its text is known.
                let id = id.map(|id| id.into_string()).unwrap_or_default();
                self.block(LeafKind::Heading { level: level as u8, id, title: String::new() }, span);
            }
            Tag::CodeBlock(kind) => {
                let first = self.lines.line_of(span.start);
                let (tag, first) = match kind {
                    CodeBlockKind::Fenced(info) => (markdown::first_word(&info), first + 1),
                    CodeBlockKind::Indented => (String::new(), first),
                };
                self.block(LeafKind::Code { tag, text: String::new(), first }, span);
            }
            Tag::MetadataBlock(_) => {
                let first = self.lines.line_of(span.start) + 1;
                self.block(LeafKind::Code { tag: "front matter".into(), text: String::new(), first }, span);
            }
            Tag::HtmlBlock => self.block(LeafKind::Dropped, span),
            Tag::Table(columns) => {
                self.columns = columns;
                self.block(LeafKind::Table, span);
            }
            Tag::TableHead => self.row(true, span),
            Tag::TableRow => self.row(false, span),
            Tag::TableCell => self.cell(span),
            Tag::BlockQuote(_) => self.frame("<blockquote>".into(), "</blockquote>"),
            Tag::List(None) => self.frame("<ul>".into(), "</ul>"),
            Tag::List(Some(1)) => self.frame("<ol>".into(), "</ol>"),
            Tag::List(Some(first)) => self.frame(format!("<ol start=\"{first}\">").into(), "</ol>"),
            Tag::Item => self.frame("<li>".into(), "</li>"),
            Tag::Strong => self.style("<strong>", "</strong>", span),
            Tag::Emphasis => self.style("<em>", "</em>", span),
            Tag::Strikethrough => self.style("<del>", "</del>", span),
            Tag::Link { link_type, dest_url, .. } => {
                let target = match link_type {
                    LinkType::Email => link::mail(&dest_url),
                    _ => link::target(&dest_url),
                };
                self.link(target, span);
            }
            Tag::Image { dest_url, .. } => self.link(link::target(&dest_url), span),
            _ => {}
        }
    }

    fn end(&mut self, tag: TagEnd) {
        match tag {
            TagEnd::Paragraph
            | TagEnd::Heading(_)
            | TagEnd::CodeBlock
            | TagEnd::MetadataBlock(_)
            | TagEnd::HtmlBlock => self.close(),
            TagEnd::Table => {
                self.push("</tbody>");
                self.close();
            }
            TagEnd::TableHead => self.push("</tr></thead><tbody>"),
            TagEnd::TableRow => self.push("</tr>"),
            TagEnd::TableCell => self.push(self.cell),
            TagEnd::BlockQuote(_) | TagEnd::List(_) | TagEnd::Item => self.unframe(),
            TagEnd::Strong | TagEnd::Emphasis | TagEnd::Strikethrough | TagEnd::Link | TagEnd::Image => self.unstyle(),
            _ => {}
        }
    }

    /// The block that is being written; text that stands in none is a list item's own.
    fn leaf(&mut self, span: Range<usize>) -> &mut Growing {
        let fresh = || Growing {
            kind: LeafKind::Text,
            span: span.clone(),
            html: String::new(),
            marks: Vec::new(),
            plain: String::new(),
        };
        let leaf = self.leaf.get_or_insert_with(fresh);
        leaf.span.end = leaf.span.end.max(span.end);
        leaf
    }

    fn push(&mut self, html: &str) {
        if let Some(leaf) = &mut self.leaf {
            leaf.html.push_str(html);
        }
    }

    fn block(&mut self, kind: LeafKind, span: Range<usize>) {
        self.close();
        self.open(kind, span);
    }

    fn open(&mut self, kind: LeafKind, span: Range<usize>) {
        self.leaf = Some(Growing { kind, span, html: String::new(), marks: Vec::new(), plain: String::new() });
    }

    fn close(&mut self) {
        while !self.styles.is_empty() {
            self.unstyle();
        }
        let Some(Growing { mut kind, span, mut html, marks, plain }) = self.leaf.take() else { return };
        match &mut kind {
            LeafKind::Heading { id, title, .. } => {
                let wanted = if id.is_empty() { &plain } else { &*id };
                *id = self.names.take(wanted);
                *title = plain;
            }
            LeafKind::Code { text, .. } => *text = plain,
            LeafKind::Dropped => match raw::block(&plain) {
                Raw::Break => return,
                Raw::Text => {
                    html = Escaped(plain.trim_end()).to_string();
                    kind = LeafKind::Paragraph;
                }
                Raw::Dropped => {}
            },
            LeafKind::Text if html.trim().is_empty() => return,
            _ => {}
        }
        let source = self.lines.source(span);
        self.pieces.push(Piece::Leaf(Leaf { kind, line: source.line, end_line: source.end_line, html, marks }));
    }

    fn text(&mut self, text: &str, span: Range<usize>) {
        let leaf = self.leaf(span);
        match leaf.kind {
            LeafKind::Code { .. } | LeafKind::Dropped => leaf.plain.push_str(text),
            LeafKind::Heading { .. } => {
                leaf.plain.push_str(text);
                let _ = write!(leaf.html, "{}", Escaped(text));
            }
            _ => {
                let _ = write!(leaf.html, "{}", Escaped(text));
            }
        }
    }

    fn code(&mut self, code: &str, span: Range<usize>) {
        let line = self.lines.line_of(span.start);
        let leaf = self.leaf(span);
        if let LeafKind::Heading { .. } = leaf.kind {
            leaf.plain.push_str(code);
        }
        let _ = write!(leaf.html, "<code>{}</code>", Escaped(code));
        leaf.marks.push(Mark { at: leaf.html.len(), line, what: What::Code(code.to_owned()) });
    }

    fn row(&mut self, head: bool, span: Range<usize>) {
        (self.head, self.column) = (head, 0);
        let line = self.lines.line_of(span.start);
        let leaf = self.leaf(span);
        leaf.html.push_str(if head { "<thead><tr" } else { "<tr" });
        leaf.marks.push(Mark { at: leaf.html.len(), line, what: What::Row });
        leaf.html.push('>');
    }

    fn cell(&mut self, span: Range<usize>) {
        let set = match self.columns.get(self.column) {
            Some(Alignment::Right) => " class=\"right\"",
            Some(Alignment::Center) => " class=\"center\"",
            _ => "",
        };
        self.column += 1;
        // A heading that says nothing is none.
        let is_empty = self.lines.text().get(span.clone()).is_none_or(|cell| cell.trim_matches([' ', '|']).is_empty());
        let (begin, end) = if self.head && !is_empty { ("<th scope=\"col\"", "</th>") } else { ("<td", "</td>") };
        self.cell = end;
        let _ = write!(self.leaf(span).html, "{begin}{set}>");
    }

    fn frame(&mut self, begin: Cow<'static, str>, end: &'static str) {
        self.close();
        // A list without room for its items is not shown as one either.
        let room = if end == "</li>" { MAX_DEPTH } else { MAX_DEPTH - 1 };
        if self.dropped > 0 || self.frames.len() >= room {
            self.dropped += 1;
            return;
        }
        self.frames.push(end);
        self.pieces.push(Piece::Frame(begin));
    }

    fn unframe(&mut self) {
        self.close();
        if self.dropped > 0 {
            self.dropped -= 1;
        } else if let Some(end) = self.frames.pop() {
            self.pieces.push(Piece::Frame(end.into()));
        }
    }

    fn style(&mut self, begin: &str, end: &'static str, span: Range<usize>) {
        if self.styles.len() >= MAX_STYLES {
            self.styles.push("".into());
            return;
        }
        self.leaf(span).html.push_str(begin);
        self.styles.push(end.into());
    }

    /// A link, or an image: shown as a link to itself.
    fn link(&mut self, target: Target, span: Range<usize>) {
        let is_inside = self.link.is_some();
        let leaf = self.leaf(span);
        let end: Cow<'static, str> = match target {
            // One link in another is none.
            _ if is_inside => "".into(),
            Target::Nowhere => "".into(),
            Target::File(path) => format!(" <span class=\"path\">({})</span>", Escaped(&path)).into(),
            Target::Here(name) => {
                let _ = write!(leaf.html, "<a href=\"#{HEADING}{}\">", Escaped(&name));
                "</a>".into()
            }
            Target::Elsewhere(url) => {
                let _ = write!(leaf.html, "<a href=\"{}\" rel=\"noopener noreferrer\">", Escaped(&url));
                "</a>".into()
            }
        };
        if end == "</a>" {
            self.link = Some((leaf.html.len(), self.styles.len()));
        }
        self.styles.push(end);
    }

    fn unstyle(&mut self) {
        let Some(end) = self.styles.pop() else { return };
        let ends = self.link.take_if(|(_, outside)| *outside == self.styles.len());
        let Some(leaf) = &mut self.leaf else { return };
        // A link to follow needs something to click on.
        if ends.is_some_and(|(begun, _)| leaf.html.len() == begun) {
            leaf.html.push_str("image");
        }
        leaf.html.push_str(&end);
    }

    pub(super) fn finish(mut self) -> Vec<Piece> {
        self.dropped = 0;
        while !self.frames.is_empty() {
            self.unframe();
        }
        self.close();
        self.pieces
    }
}
