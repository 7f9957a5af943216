//! Characters that no editor shows, and taking them out.

use std::ops::Range;

use super::Finding;
use crate::lints;
use crate::source::Lines;

/// Characters that no editor shows: the document was damaged, or is no text.
pub(super) fn characters(lines: &Lines<'_>) -> Option<Finding> {
    // With more stretches of them it is no text that a few deletions would mend.
    const MOST_EDITS: usize = 1000;
    let text = lines.text();
    let is_control = |c: char| c.is_control() && !matches!(c, '\n' | '\r' | '\t');
    let mut found = text.char_indices().filter(|(_, c)| is_control(*c)).peekable();
    let (at, first) = *found.peek()?;
    let mut stretches: Vec<Range<usize>> = Vec::new();
    let mut count = 0;
    for (at, c) in found {
        count += 1;
        let end = at + if c == '\u{1b}' { escape_sequence(&text[at..]) } else { c.len_utf8() };
        if let Some(last) = stretches.last_mut().filter(|last| at <= last.end) {
            last.end = last.end.max(end);
        } else if stretches.len() <= MOST_EDITS {
            stretches.push(at..end);
        }
    }
    let others = if count == 1 { String::new() } else { format!(", and {} more in this document", count - 1) };
    let message = format!("the control character U+{:04X} stands here{others}", u32::from(first));
    let help = "remove it; if the file is no plain text, give Runward the text it was made from";
    let finding = Finding::new(&lints::MD09, lines.source(at..at + first.len_utf8()), message, help);
    let mends = stretches.len() <= MOST_EDITS;
    Some(stretches.into_iter().filter(|_| mends).fold(finding, |finding, span| finding.mended_by(span, "")))
}

/// The length of a terminal's escape sequence: `ESC [ 3 1 m`, or the escape alone.
fn escape_sequence(text: &str) -> usize {
    let Some(rest) = text.strip_prefix("\u{1b}[") else { return 1 };
    match rest.find(|c: char| !c.is_ascii_digit() && c != ';') {
        Some(end) if rest[end..].starts_with(|c: char| c.is_ascii_alphabetic()) => 2 + end + 1,
        _ => 1,
    }
}
