//! What a command printed, as text that is safe to show.

/// How much of an output is kept with the run: its beginning and its end.
const EXCERPT: usize = 4096;

/// The beginning and the end of an output as text that is safe to show.
pub(super) fn excerpt(output: &[u8], dropped: u64) -> String {
    if output.len() <= 2 * EXCERPT && dropped == 0 {
        return printable(output);
    }
    let (head, tail) = (&output[..EXCERPT.min(output.len())], &output[output.len().saturating_sub(EXCERPT)..]);
    let left_out = output.len().saturating_sub(2 * EXCERPT) as u64 + dropped;
    format!("{}\n… {left_out} bytes left out …\n{}", printable(head).trim_end(), printable(tail).trim_start())
}

/// Text without terminal escapes and control characters; bytes that are no text are replaced.
pub(super) fn printable(bytes: &[u8]) -> String {
    let text = String::from_utf8_lossy(bytes);
    let mut shown = String::with_capacity(text.len());
    let mut chars = text.chars().peekable();
    while let Some(c) = chars.next() {
        match c {
            '\u{1b}' => skip_escape(&mut chars),
            '\r' if chars.peek() == Some(&'\n') => {}
            '\r' => shown.push('\n'),
            '\n' | '\t' => shown.push(c),
            c if c.is_control() || turns(c) => {}
            c => shown.push(c),
        }
    }
    shown
}

/// Whether a character changes the direction of the text around it, so that it reads as what it is not.
fn turns(c: char) -> bool {
    matches!(c, '\u{200e}' | '\u{200f}' | '\u{202a}'..='\u{202e}' | '\u{2066}'..='\u{2069}')
}

/// Skips a terminal escape: `ESC [ … letter`, a string such as `ESC ] … BEL`, or two characters.
fn skip_escape(chars: &mut std::iter::Peekable<std::str::Chars<'_>>) {
    match chars.next() {
        Some('[') => {
            chars.by_ref().take(64).find(|c| ('@'..='~').contains(c));
        }
        Some(']' | 'P' | 'X' | '^' | '_') => {
            chars.by_ref().take(4096).find(|c| *c == '\u{7}' || *c == '\\');
        }
        _ => {}
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_a_terminal_would_act_on_is_not_shown() {
        assert_eq!(printable(b"\x1b[31mred\x1b[0m\x1b]0;title\x07 a\rb\x00\xff\tc\r\n"), "red a\nb\u{fffd}\tc\n");
        assert_eq!(printable(b"\x1bPquery\x1b\\ok \xe2\x80\xaertl \xc2\x9b31m"), "ok rtl 31m");
    }

    #[test]
    fn a_long_output_keeps_its_beginning_and_its_end() {
        let long: Vec<u8> = (0..20_000).map(|n| b'a' + (n / 1000) as u8).collect();
        let kept = excerpt(&long, 5);
        assert!(
            kept.starts_with("aaa") && kept.ends_with("ttt") && kept.contains("… 11813 bytes left out …"),
            "{}",
            kept.len()
        );
    }
}
