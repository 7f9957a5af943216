//! Markdown as blocks with their bytes: headings, paragraphs, fences, tables, lists.

use std::ops::Range;

use pulldown_cmark::{CodeBlockKind, Event, HeadingLevel, Options, Parser, Tag, TagEnd};

use super::fence::{self, FenceType};

/// Lists and quotes nested deeper than this are read as if they stood at this depth.
const MAX_DEPTH: usize = 24;

/// One block of a document.
#[derive(Clone, Debug, PartialEq)]
pub struct Block {
    /// What it is.
    pub kind: Kind,
    /// Its bytes in the document.
    pub span: Range<usize>,
}

/// What a block is.
#[derive(Clone, Debug, PartialEq)]
pub enum Kind {
    /// A heading of level 1 to 6.
    Heading(u8, Inlines),
    /// Running text.
    Paragraph(Inlines),
    /// A fenced or indented code block.
    Fence(Fence),
    /// A table.
    Table(Table),
    /// A list.
    List(List),
    /// A quotation.
    Quote(Vec<Block>),
}

/// A code block.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Fence {
    /// The word behind the opening fence, lower-cased: `bash`; empty where there is none.
    pub tag: String,
    /// The lines, without the indentation of a list around them.
    pub lines: Vec<FenceLine>,
    /// False where the document ends before the fence does.
    pub closed: bool,
    /// What it really holds.
    pub kind: FenceType,
}

impl Fence {
    /// Whether it is a block of shell in which only comments stand: what people do, written where commands are expected.
    pub fn is_remarks(&self) -> bool {
        let mut filled = self.lines.iter().map(|line| line.text.trim()).filter(|line| !line.is_empty()).peekable();
        fence::is_shell_tag(&self.tag)
            && filled.peek().is_some()
            && filled.all(|line| line.starts_with('#') && !line.starts_with("#!"))
    }

    /// The same block with none of its lines.
    pub fn empty(&self) -> Fence {
        Fence { tag: self.tag.clone(), lines: Vec::new(), ..*self }
    }
}

/// One line of a code block.
#[derive(Clone, Debug, PartialEq)]
pub struct FenceLine {
    /// The text without its line end.
    pub text: String,
    /// The byte at which that text begins.
    pub start: usize,
}

/// A table.
#[derive(Clone, Debug, PartialEq)]
pub struct Table {
    /// The heading row.
    pub head: Vec<Inlines>,
    /// The other rows, each as wide as the heading.
    pub rows: Vec<Row>,
}

/// One row of a table.
#[derive(Clone, Debug, PartialEq)]
pub struct Row {
    /// Its cells.
    pub cells: Vec<Inlines>,
    /// Its bytes.
    pub span: Range<usize>,
}

/// A list.
#[derive(Clone, Debug, PartialEq)]
pub struct List {
    /// The first number of an ordered list.
    pub start: Option<u64>,
    /// Its items, each a run of blocks.
    pub items: Vec<Item>,
}

/// One item of a list.
#[derive(Clone, Debug, PartialEq)]
pub struct Item {
    /// What stands in it; a tight item's text is one paragraph.
    pub blocks: Vec<Block>,
    /// Whether it carries a tick box.
    pub task: bool,
    /// Its bytes.
    pub span: Range<usize>,
}

/// A stretch of text in one style.
#[derive(Clone, Debug, PartialEq)]
pub struct Inline {
    /// The text; a line break is `\n`.
    pub text: String,
    /// Set in `code`.
    pub code: bool,
    /// Set in **bold**.
    pub strong: bool,
    /// Set in *italics*.
    pub emphasis: bool,
    /// Where it links to.
    pub link: Option<String>,
    /// Its bytes.
    pub span: Range<usize>,
}

/// Text in several styles.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Inlines(pub Vec<Inline>);

impl Inlines {
    /// The text alone.
    pub fn plain(&self) -> String {
        self.0.iter().map(|i| i.text.as_str()).collect::<String>().trim().to_owned()
    }

    /// The text with code in backticks, as a person wrote it.
    pub fn with_ticks(&self) -> String {
        let styled = |i: &Inline| if i.code { format!("`{}`", i.text) } else { i.text.clone() };
        self.0.iter().map(styled).collect::<String>().trim().to_owned()
    }

    /// The stretches set as code.
    pub fn codes(&self) -> impl Iterator<Item = &Inline> {
        self.0.iter().filter(|i| i.code)
    }

    /// The bytes from the first stretch to the last.
    pub fn span(&self) -> Range<usize> {
        match (self.0.first(), self.0.last()) {
            (Some(first), Some(last)) => first.span.start..last.span.end,
            _ => 0..0,
        }
    }
}

/// Reads a document into blocks. Never fails: what Markdown does not forbid is a document.
pub fn blocks(text: &str) -> Vec<Block> {
    let mut builder = Builder::new(text);
    for (event, span) in Parser::new_ext(text, options()).into_offset_iter() {
        builder.take(event, span);
    }
    let mut blocks = builder.finish();
    fence::settle(&mut blocks, None);
    blocks
}

/// What is understood beyond plain Markdown.
pub(super) fn options() -> Options {
    Options::ENABLE_TABLES
        | Options::ENABLE_TASKLISTS
        | Options::ENABLE_STRIKETHROUGH
        | Options::ENABLE_HEADING_ATTRIBUTES
        | Options::ENABLE_YAML_STYLE_METADATA_BLOCKS
}

/// What is open while reading.
enum Open {
    Quote(Range<usize>),
    List(Range<usize>, List),
    Item(Range<usize>, bool),
}

struct Builder<'t> {
    text: &'t str,
    /// Blocks gathered at each open container; the first entry is the document.
    levels: Vec<Vec<Block>>,
    open: Vec<Open>,
    /// How many containers beyond `MAX_DEPTH` are open and not kept.
    dropped: usize,
    inlines: Vec<Inline>,
    inline_since: Option<usize>,
    strong: usize,
    emphasis: usize,
    link: Option<String>,
    fence: Option<(Fence, Range<usize>)>,
    table: Option<(Table, Range<usize>)>,
    row: Vec<Inlines>,
    metadata: bool,
}

impl<'t> Builder<'t> {
    fn new(text: &'t str) -> Self {
        Builder {
            text,
            levels: vec![Vec::new()],
            open: Vec::new(),
            dropped: 0,
            inlines: Vec::new(),
            inline_since: None,
            strong: 0,
            emphasis: 0,
            link: None,
            fence: None,
            table: None,
            row: Vec::new(),
            metadata: false,
        }
    }

    fn take(&mut self, event: Event<'_>, span: Range<usize>) {
        match event {
            Event::Start(tag) => self.start(tag, span),
            Event::End(tag) => self.end(tag, span),
            Event::Text(text) if self.fence.is_some() => self.fence_text(&text, span),
            _ if self.metadata => {}
            Event::Text(text) => self.inline(text.into_string(), false, span),
            Event::Code(code) => self.inline(code.into_string(), true, span),
            Event::SoftBreak | Event::HardBreak => self.inline("\n".into(), false, span),
            Event::TaskListMarker(_) => {
                if let Some(Open::Item(_, task)) = self.open.last_mut() {
                    *task = true;
                }
            }
            _ => {}
        }
    }

    fn start(&mut self, tag: Tag<'_>, span: Range<usize>) {
        match tag {
            Tag::Paragraph | Tag::Heading { .. } => {
                self.flush_tight_text();
                self.inline_since = Some(span.start);
            }
            Tag::Strong => self.strong += 1,
            Tag::Emphasis => self.emphasis += 1,
            Tag::Link { dest_url, .. } => self.link = Some(dest_url.into_string()),
            Tag::CodeBlock(kind) => {
                self.flush_tight_text();
                let tag = match kind {
                    CodeBlockKind::Fenced(info) => first_word(&info),
                    CodeBlockKind::Indented => String::new(),
                };
                self.fence = Some((Fence { tag, closed: true, ..Fence::default() }, span));
            }
            Tag::Table(_) => self.table = Some((Table { head: Vec::new(), rows: Vec::new() }, span)),
            Tag::MetadataBlock(_) => self.metadata = true,
            Tag::BlockQuote(_) => self.push(Open::Quote(span)),
            Tag::List(start) => {
                self.flush_tight_text();
                self.push(Open::List(span, List { start, items: Vec::new() }));
            }
            Tag::Item => self.push(Open::Item(span, false)),
            _ => {}
        }
    }

    fn end(&mut self, tag: TagEnd, span: Range<usize>) {
        match tag {
            TagEnd::Paragraph => {
                let text = self.take_inlines();
                self.add(Kind::Paragraph(text), span);
            }
            TagEnd::Heading(level) => {
                let text = self.take_inlines();
                self.add(Kind::Heading(depth(level), text), span);
            }
            TagEnd::Strong => self.strong = self.strong.saturating_sub(1),
            TagEnd::Emphasis => self.emphasis = self.emphasis.saturating_sub(1),
            TagEnd::Link => self.link = None,
            TagEnd::CodeBlock => self.end_fence(),
            TagEnd::TableCell => {
                let cell = self.take_inlines();
                self.row.push(cell);
            }
            TagEnd::TableHead => {
                if let Some((table, _)) = &mut self.table {
                    table.head = std::mem::take(&mut self.row);
                }
            }
            TagEnd::TableRow => {
                if let Some((table, _)) = &mut self.table {
                    table.rows.push(Row { cells: std::mem::take(&mut self.row), span });
                }
            }
            TagEnd::Table => {
                if let Some((table, span)) = self.table.take() {
                    self.add(Kind::Table(table), span);
                }
            }
            TagEnd::MetadataBlock(_) => self.metadata = false,
            TagEnd::BlockQuote(_) | TagEnd::List(_) | TagEnd::Item => self.pop(),
            _ => {}
        }
    }

    fn inline(&mut self, text: String, code: bool, span: Range<usize>) {
        self.inline_since.get_or_insert(span.start);
        let (strong, emphasis, link) = (self.strong > 0, self.emphasis > 0, self.link.clone());
        self.inlines.push(Inline { text, code, strong, emphasis, link, span });
    }

    fn take_inlines(&mut self) -> Inlines {
        self.inline_since = None;
        Inlines(std::mem::take(&mut self.inlines))
    }

    /// A tight list item has text without a paragraph around it: make it one.
    fn flush_tight_text(&mut self) {
        if self.inlines.is_empty() {
            return;
        }
        let text = self.take_inlines();
        let span = text.span();
        self.add(Kind::Paragraph(text), span);
    }

    fn add(&mut self, kind: Kind, span: Range<usize>) {
        if let Some(level) = self.levels.last_mut() {
            level.push(Block { kind, span });
        }
    }

    fn push(&mut self, open: Open) {
        if self.open.len() >= MAX_DEPTH {
            self.dropped += 1;
            return;
        }
        self.open.push(open);
        self.levels.push(Vec::new());
    }

    fn pop(&mut self) {
        self.flush_tight_text();
        if self.dropped > 0 {
            self.dropped -= 1;
            return;
        }
        let (Some(open), Some(blocks)) = (self.open.pop(), self.levels.pop()) else { return };
        match open {
            Open::Quote(span) => self.add(Kind::Quote(blocks), span),
            Open::List(span, list) => self.add(Kind::List(list), span),
            Open::Item(span, task) => {
                if let Some(Open::List(_, list)) = self.open.last_mut() {
                    list.items.push(Item { blocks, task, span });
                }
            }
        }
    }

    fn fence_text(&mut self, text: &str, span: Range<usize>) {
        let Some((fence, _)) = &mut self.fence else { return };
        let mut start = span.start;
        for line in text.split_inclusive('\n') {
            let bare = line.trim_end_matches(['\n', '\r']);
            // Markdown hands an indented line over in pieces: glue what follows to an unfinished line.
            match fence.lines.last_mut() {
                Some(last) if !line_ended(self.text, last, start) => {
                    last.text.push_str(bare);
                }
                _ => fence.lines.push(FenceLine { text: bare.to_owned(), start }),
            }
            start += line.len();
        }
    }

    fn end_fence(&mut self) {
        let Some((mut fence, span)) = self.fence.take() else { return };
        let raw = &self.text[span.clone()];
        let opener = raw.trim_start_matches([' ', '>']);
        let fenced = opener.starts_with("```") || opener.starts_with("~~~");
        fence.closed = !fenced || ends_with_fence(raw, &opener[..3]);
        self.add(Kind::Fence(fence), span);
    }

    fn finish(mut self) -> Vec<Block> {
        while !self.open.is_empty() {
            self.pop();
        }
        self.flush_tight_text();
        self.levels.pop().unwrap_or_default()
    }
}

/// Whether the document's text between a gathered line and byte `next` holds a line end.
fn line_ended(text: &str, line: &FenceLine, next: usize) -> bool {
    text.get(line.start..next).is_none_or(|between| between.contains('\n'))
}

fn ends_with_fence(raw: &str, marker: &str) -> bool {
    let mut lines = raw.trim_end().lines();
    let Some(_opening) = lines.next() else { return false };
    lines.next_back().is_some_and(|last| last.trim_start_matches([' ', '>', '\t']).starts_with(marker))
}

pub(super) fn first_word(info: &str) -> String {
    let word = info.split([' ', ',', '{', '\t']).next().unwrap_or_default();
    word.trim().to_lowercase()
}

fn depth(level: HeadingLevel) -> u8 {
    level as u8
}
