//! Numbered lists that a block between their items breaks apart.

use super::super::Context;
use super::super::written::swallows;
use super::MD03;
use crate::runbook::markdown::{Block, Item, Kind, List};
use crate::runbook::{Finding, Text};
use crate::source::Lines;

pub(super) fn broken(context: &Context<'_>, found: &mut Vec<Finding>) {
    for text in context.texts {
        look(text, &text.blocks, true, found);
    }
}

fn look(text: &Text<'_>, blocks: &[Block], outermost: bool, found: &mut Vec<Finding>) {
    let mut at = 0;
    while let Some(block) = blocks.get(at) {
        at += 1;
        match &block.kind {
            Kind::List(list) => {
                let counts = list.start.is_some();
                let last = at - 1 + if counts { whole(&text.lines, &blocks[at - 1..]) } else { 0 };
                let parts = &blocks[at - 1..=last];
                found.extend(told(text, parts, outermost));
                at = last + 1;
                list.items.iter().for_each(|item| look(text, &item.blocks, false, found));
                for list in parts[1..].iter().filter_map(as_list) {
                    list.items.iter().for_each(|item| look(text, &item.blocks, false, found));
                }
            }
            Kind::Quote(inner) => look(text, inner, false, found),
            _ => {}
        }
    }
}

fn as_list(block: &Block) -> Option<&List> {
    match &block.kind {
        Kind::List(list) => Some(list),
        _ => None,
    }
}

/// Of blocks that begin with a list: the last of those that belong to it, counted from the list.
fn whole(lines: &Lines<'_>, blocks: &[Block]) -> usize {
    let mut last = 0;
    let mut between = false;
    for (at, block) in blocks.iter().enumerate().skip(1) {
        match &block.kind {
            Kind::Heading(..) => break,
            Kind::List(next) if next.start.is_some() => {
                if !between || !goes_on(lines, &blocks[last], next, block) {
                    break;
                }
                last = at;
                between = false;
            }
            _ => between = true,
        }
    }
    last
}

/// Whether a list counts on from another: `3.` behind two items, or `1.` behind a single `1.`.
fn goes_on(lines: &Lines<'_>, before: &Block, next: &List, block: &Block) -> bool {
    let Some((list, start)) = as_list(before).and_then(|list| Some((list, list.start?))) else { return false };
    let counted = start.saturating_add(list.items.len() as u64);
    let lazy = start == 1 && list.items.len() == 1 && next.items.len() == 1;
    (next.start == Some(counted) || lazy && next.start == Some(1))
        && delimiter(lines, before).is_some_and(|mark| delimiter(lines, block) == Some(mark))
}

/// The sign behind the number.
fn delimiter(lines: &Lines<'_>, block: &Block) -> Option<char> {
    let text = lines.text().get(block.span.clone())?;
    text.trim_start_matches([' ', '>']).trim_start_matches(|c: char| c.is_ascii_digit()).chars().next()
}

/// The finding about a list and what breaks it; `parts` begin and end with a piece of the list.
fn told(text: &Text<'_>, parts: &[Block], outermost: bool) -> Option<Finding> {
    let pieces = parts.iter().filter_map(as_list).filter(|list| list.start.is_some()).count();
    let breaker = parts.get(1..)?.iter().find(|block| matches!(block.kind, Kind::Fence(_)))?;
    let lines = &text.lines;
    let source = lines.source(breaker.span.clone());
    let first = lines.source(parts[0].span.clone()).line;
    let message =
        format!("this block ends the list that begins in line {first}: Markdown sees {pieces} lists instead of one");
    let help = "indent what stands between the items as far as the words of the item above";
    let finding = Finding::new(&MD03, source, message, help);
    Some(match indented(lines, parts).filter(|_| outermost) {
        Some(edits) => edits.into_iter().fold(finding, |finding, (at, spaces)| finding.mended_by(at..at, spaces)),
        None => finding,
    })
}

/// Where to put how many spaces; `None` where that would change more than which item a block belongs to.
fn indented(lines: &Lines<'_>, parts: &[Block]) -> Option<Vec<(usize, String)>> {
    let mut edits = Vec::new();
    let mut width = 0;
    let mut behind = 0;
    for (at, block) in parts.iter().enumerate() {
        let source = lines.source(block.span.clone());
        // What is no block, such as raw HTML, stays where it is: then nothing is moved.
        if at > 0 && (behind + 1..source.line).any(|line| !lines.line(line).trim().is_empty()) {
            return None;
        }
        behind = source.end_line;
        match &block.kind {
            Kind::List(list) if list.start.is_some() => width = content(lines, list.items.last()?)?,
            // A block that swallowed other text is to be closed first.
            Kind::Fence(fence) if !fence.closed || is_indented_code(lines, block) || swallows(fence) => return None,
            _ => {
                for line in source.line..=source.end_line {
                    let written = lines.line(line);
                    if written.starts_with('\t') {
                        return None;
                    }
                    if !written.trim().is_empty() {
                        edits.push((lines.line_span(line).start, " ".repeat(width)));
                    }
                }
            }
        }
    }
    Some(edits)
}

fn is_indented_code(lines: &Lines<'_>, block: &Block) -> bool {
    let opening = lines.text()[block.span.clone()].trim_start();
    !opening.starts_with("```") && !opening.starts_with("~~~")
}

/// How far the words of an item stand from the margin; `None` where they do not stand right behind its number.
fn content(lines: &Lines<'_>, item: &Item) -> Option<usize> {
    let line = lines.line(lines.line_of(item.span.start));
    let behind = line.trim_start_matches(' ').trim_start_matches(|c: char| c.is_ascii_digit());
    let words = behind.strip_prefix(['.', ')'])?.trim_start_matches(' ');
    let blanks = behind.len() - 1 - words.len();
    (!words.is_empty() && (1..=4).contains(&blanks)).then_some(line.len() - words.len())
}
