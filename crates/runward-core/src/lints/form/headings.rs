//! Headings that code swallowed, and headings that stand twice.

use std::collections::HashMap;

use super::super::Context;
use super::super::written::Placed;
use super::MD04;
use crate::runbook::fence::FenceType;
use crate::runbook::markdown::Kind;
use crate::runbook::words::meaning;
use crate::runbook::{Finding, Level, Text};

pub(super) fn check(context: &Context<'_>, found: &mut Vec<Finding>) {
    for block in &context.fences().all {
        found.extend(swallowed(block));
    }
    for text in context.texts {
        repeated(text, found);
    }
}

/// A heading, or the opening of another block, inside a block of code.
fn swallowed(block: &Placed<'_>) -> Option<Finding> {
    let code = block.says_shell() || matches!(block.kind, FenceType::Shell | FenceType::Transcript | FenceType::Sql);
    let opening = block.opening()?;
    if !block.fence.closed {
        return None;
    }
    let marker = &block.text.lines.text()[opening..opening + 3];
    let lines = &block.fence.lines;
    // ```` ```bash ```` inside ``` is text: the block above it was never closed.
    let opens = |text: &str| {
        text.trim_start().strip_prefix(marker).is_some_and(|tag| tag.starts_with(|c: char| c.is_ascii_alphanumeric()))
    };
    let torn = lines.iter().position(|line| opens(&line.text)).filter(|_| !is_outline(block));
    let at = match torn {
        Some(opened) => lines[..opened].iter().position(|line| heading(&line.text).is_some()).unwrap_or(opened),
        None if code => (0..lines.len()).find(|at| stands_as_heading(block, *at))?,
        None => return None,
    };
    let line = &lines[at];
    let source = block.source(block.line_of(at));
    let what = if heading(&line.text).is_some() { "heading" } else { "opening of another block" };
    let message = format!(
        "`{}` reads like a {what}, but stands inside the code block that opens in line {}",
        line.text.trim(),
        block.line
    );
    let help = "close the block above it; if it is a comment, write it with a single `#`";
    Some(Finding { level: Level::Warning, ..Finding::new(&MD04, source, message, help) })
}

/// Markdown shown as text may hold both.
fn is_outline(block: &Placed<'_>) -> bool {
    matches!(block.fence.tag.as_str(), "markdown" | "md" | "mdx" | "rst")
}

/// The words of a heading of level 2 or deeper; `# …` is a comment.
fn heading(text: &str) -> Option<&str> {
    let words = text.trim_end().strip_prefix("##")?.trim_start_matches('#').strip_prefix(' ')?;
    // `## ---- ##` frames a comment.
    let framed = words.ends_with('#') || !words.contains(|c: char| c.is_alphanumeric());
    (!framed).then_some(words.trim())
}

/// `## Verify` between empty lines, or by the name of a part of a procedure.
fn stands_as_heading(block: &Placed<'_>, at: usize) -> bool {
    let lines = &block.fence.lines;
    let Some(words) = heading(&lines[at].text) else { return false };
    let empty = |at: Option<usize>| at.and_then(|at| lines.get(at)).is_some_and(|line| line.text.trim().is_empty());
    empty(at.checked_sub(1)) && (empty(Some(at + 1)) || meaning(words).is_some())
}

/// Headings with the same words below the same heading.
fn repeated(text: &Text<'_>, found: &mut Vec<Finding>) {
    let mut open: Vec<(u8, usize)> = Vec::new();
    let mut seen: HashMap<(usize, String), u32> = HashMap::new();
    for (at, block) in text.blocks.iter().enumerate() {
        let Kind::Heading(level, words) = &block.kind else { continue };
        while open.pop_if(|(above, _)| *above >= *level).is_some() {}
        let parent = open.last().map_or(usize::MAX, |(_, at)| *at);
        open.push((*level, at));
        let title = words.plain();
        let source = text.lines.source(block.span.clone());
        if title.is_empty() {
            continue;
        }
        match seen.entry((parent, title.to_lowercase())) {
            std::collections::hash_map::Entry::Vacant(place) => {
                place.insert(source.line);
            }
            std::collections::hash_map::Entry::Occupied(place) => {
                let message =
                    format!("the heading `{title}` stands here again: it stands in line {} already", place.get());
                let help = "say in its words what sets it apart: links and people find only the first";
                found.push(Finding { level: Level::Warning, ..Finding::new(&MD04, source, message, help) });
            }
        }
    }
}
