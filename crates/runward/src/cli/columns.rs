//! How wide text is on a terminal, and how it is made to fit: letters of other scripts may take two columns, and
//! characters that would move the cursor are shown rather than obeyed.

use std::ops::Range;

use unicode_width::UnicodeWidthChar;

/// Stands for what was left out.
const CUT: char = '…';

/// Turns the character before it into a picture, which takes two columns.
const PICTURE: char = '\u{fe0f}';

/// How many columns a character takes, at most.
fn column(c: char) -> usize {
    if c == PICTURE { 1 } else { c.width().unwrap_or(1) }
}

/// Whether every character is a letter, digit or sign of ASCII: most texts are, and each takes one column.
fn is_plain(text: &str) -> bool {
    text.bytes().all(|byte| matches!(byte, b' '..=b'~'))
}

/// How many columns a text takes, at most.
pub(super) fn width(text: &str) -> usize {
    if is_plain(text) {
        return text.len();
    }
    text.chars().map(column).sum()
}

/// Where a text must be broken to fit into `room` columns, one character at least before it; `None` where it fits whole.
pub(super) fn end(text: &str, room: usize) -> Option<usize> {
    let mut taken = 0;
    let mut over = text.char_indices().skip_while(|(_, c)| {
        taken += column(*c);
        taken <= room
    });
    let (at, _) = over.next()?;
    let first = text.chars().next().map_or(0, char::len_utf8);
    Some(at.max(first)).filter(|end| *end < text.len())
}

/// A text that moves no cursor and turns no line around: tabs as spaces, other control characters as pictures of them.
pub(super) fn visible(text: &str) -> String {
    if is_plain(text) {
        return text.to_owned();
    }
    let mut out = String::with_capacity(text.len());
    for c in text.chars() {
        push_visible(&mut out, c);
    }
    out
}

fn push_visible(out: &mut String, c: char) {
    match c {
        '\n' => out.push(c),
        '\t' => out.push_str("    "),
        '\u{7f}' => out.push('\u{2421}'),
        '\u{feff}' => out.push('\u{fffd}'),
        '\u{0}'..='\u{1f}' => out.push(char::from_u32(0x2400 + u32::from(c)).unwrap_or('\u{fffd}')),
        '\u{80}'..='\u{9f}' | '\u{200e}' | '\u{200f}' | '\u{202a}'..='\u{202e}' | '\u{2066}'..='\u{2069}' => {
            out.push('\u{fffd}');
        }
        c => out.push(c),
    }
}

/// A line of a document that fits into `room` columns, and the columns that `span` (bytes of the line) takes in it.
pub(super) fn fitted(line: &str, span: Range<usize>, room: usize) -> (String, Range<usize>) {
    let mut shown = String::with_capacity(line.len());
    let mut marked = 0..0;
    for (at, c) in line.char_indices() {
        if at <= span.start {
            marked.start = shown.len();
        }
        push_visible(&mut shown, c);
        if at < span.end {
            marked.end = shown.len();
        }
    }
    if span.start >= line.len() {
        marked = shown.len()..shown.len();
    }
    let columns = |range: Range<usize>| width(&shown[range]);
    let (before, length) = (columns(0..marked.start), columns(marked));
    let whole = width(&shown);
    if whole <= room {
        return (shown, before..before + length);
    }
    // What is meant is in sight, with something before it to know it by, and no more is left out than must be.
    let most = (whole + 1).saturating_sub(room);
    let skip = if before + length < room { 0 } else { before.saturating_sub(room / 4).min(most) };
    let mut out = String::new();
    let (mut passed, mut taken) = (0, 0);
    if skip > 0 {
        out.push(CUT);
        taken = 1;
    }
    let mut lead = 0;
    for c in shown.chars() {
        let wide = column(c);
        if passed < skip {
            passed += wide;
            lead = passed;
            continue;
        }
        let rest_fits = taken + (whole - passed) <= room;
        if !rest_fits && taken + wide + 1 > room {
            out.push(CUT);
            taken += 1;
            break;
        }
        out.push(c);
        taken += wide;
        passed += wide;
    }
    let moved = |at: usize| if skip > 0 { (at + 1).saturating_sub(lead) } else { at };
    let start = moved(before).min(taken.saturating_sub(1));
    (out, start..moved(before + length).clamp(start, taken))
}

/// The end of a name that is too long, such as a path's.
pub(super) fn tail(text: &str, room: usize) -> String {
    if width(text) <= room {
        return text.to_owned();
    }
    let mut taken = 1;
    let kept = text.char_indices().rev().take_while(|(_, c)| {
        taken += column(*c);
        taken <= room
    });
    let start = kept.last().map_or(text.len(), |(at, _)| at);
    format!("{CUT}{}", &text[start..])
}

#[cfg(test)]
mod tests {
    use super::*;

    fn check(line: &str, marked: &str, room: usize, expected: &str) {
        let start = line.find(marked).unwrap();
        let (shown, columns) = fitted(line, start..start + marked.len(), room);
        let marks = format!("{}{}", " ".repeat(columns.start), "^".repeat(columns.len()));
        assert_eq!(format!("{shown}\n{marks}"), expected);
        assert!(width(&shown) <= room, "{shown}");
    }

    #[test]
    fn what_is_meant_stays_in_sight() {
        check("ls -l", "-l", 20, "ls -l\n   ^^");
        check("sudo reboot now and do not look back", "reboot", 12, "sudo reboot…\n     ^^^^^^");
        check("a very long line with an end to it", "end", 12, "…an end to …\n    ^^^");
        check("0123456789abcdef", "0123456789abcdef", 8, "0123456…\n^^^^^^^^");
        check("\tls\u{1b}[2J", "ls", 20, "    ls␛[2J\n    ^^");
    }

    #[test]
    fn letters_that_take_two_columns_are_counted_so() {
        check("窯 ls", "ls", 20, "窯 ls\n   ^^");
        check("窯窯窯窯窯窯窯窯 ls", "ls", 10, "…窯窯窯 ls\n        ^^");
        check("⚠️ ls", "ls", 20, "⚠️ ls\n   ^^");
    }

    #[test]
    fn of_a_long_name_the_end_is_kept() {
        assert_eq!(tail("docs/ops.md", 11), "docs/ops.md");
        assert_eq!(tail("a/long/way/ops.md", 9), "…y/ops.md");
    }
}
