//! What a command prints, as text with looks: colours are kept as names, all else that a terminal would act on is left out.

use serde::{Deserialize, Serialize};

/// A stretch of text that looks the same throughout.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Span {
    /// The text: no control characters but line ends and tabs.
    pub text: String,
    /// How it looks, as names parted by spaces: `bold red`, `on-blue`; empty for plain text.
    #[serde(default, rename = "as", skip_serializing_if = "String::is_empty")]
    pub look: String,
}

/// The eight colours of terminals, in their order.
pub const COLOURS: [&str; 8] = ["black", "red", "green", "yellow", "blue", "magenta", "cyan", "white"];

/// The longest escape that is looked at; a longer one is none.
const LONGEST_ESCAPE: usize = 64;

/// Reads output piece by piece: letters and escapes may be cut anywhere.
#[derive(Clone, Debug, Default)]
pub struct Reader {
    look: Look,
    place: Place,
    /// The bytes of a letter whose end has not come.
    held: Vec<u8>,
    after_return: bool,
}

#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
struct Look {
    colour: Option<u8>,
    behind: Option<u8>,
    bold: bool,
    faint: bool,
    italic: bool,
    underlined: bool,
    inverse: bool,
}

/// Where in an escape the reader is.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
enum Place {
    #[default]
    Text,
    /// Behind `ESC`.
    Escape,
    /// Behind `ESC [`, with what came since.
    Control(String),
    /// Behind `ESC (` and its like: one more letter belongs to it.
    Charset,
    /// In a title or a link, up to BEL or `ESC \`; true behind the `ESC` in it.
    Title(bool),
}

impl Reader {
    /// Takes a piece; what can be shown of it comes out.
    pub fn push(&mut self, piece: &[u8]) -> Vec<Span> {
        self.held.extend_from_slice(piece);
        let held = std::mem::take(&mut self.held);
        let mut spans = Vec::new();
        let mut rest: &[u8] = &held;
        while !rest.is_empty() {
            match std::str::from_utf8(rest) {
                Ok(text) => {
                    self.text(text, &mut spans);
                    break;
                }
                Err(e) => {
                    let (good, bad) = rest.split_at(e.valid_up_to());
                    self.text(std::str::from_utf8(good).unwrap_or_default(), &mut spans);
                    let Some(length) = e.error_len() else {
                        // The rest of the letter comes with the next piece.
                        self.held = bad.to_vec();
                        break;
                    };
                    self.letter(char::REPLACEMENT_CHARACTER, &mut spans);
                    rest = &bad[length..];
                }
            }
        }
        spans
    }

    fn text(&mut self, text: &str, spans: &mut Vec<Span>) {
        text.chars().for_each(|c| self.letter(c, spans));
    }

    fn letter(&mut self, c: char, spans: &mut Vec<Span>) {
        match std::mem::take(&mut self.place) {
            Place::Text => self.plain(c, spans),
            Place::Escape => {
                self.place = match c {
                    '[' => Place::Control(String::new()),
                    ']' | 'P' | 'X' | '^' | '_' => Place::Title(false),
                    '(' | ')' | '*' | '+' | '#' | '%' => Place::Charset,
                    _ => Place::Text,
                }
            }
            Place::Control(codes) if ('@'..='~').contains(&c) => {
                if c == 'm' {
                    self.look.take(&codes);
                }
            }
            Place::Control(mut codes) if codes.len() < LONGEST_ESCAPE && !c.is_control() => {
                codes.push(c);
                self.place = Place::Control(codes);
            }
            Place::Control(_) => self.plain(c, spans),
            Place::Charset => {}
            // A title that never ends must not swallow all that follows it.
            Place::Title(_) if matches!(c, '\u{7}' | '\n') => {}
            Place::Title(true) if c == '\\' => {}
            Place::Title(_) => self.place = Place::Title(c == '\u{1b}'),
        }
    }

    fn plain(&mut self, c: char, spans: &mut Vec<Span>) {
        let after_return = std::mem::replace(&mut self.after_return, c == '\r');
        match c {
            '\u{1b}' => self.place = Place::Escape,
            '\n' if after_return => {}
            // What is written over a line is a line of its own.
            '\r' | '\n' => self.show('\n', spans),
            '\t' => self.show('\t', spans),
            // They turn a line around.
            '\u{200e}' | '\u{200f}' | '\u{202a}'..='\u{202e}' | '\u{2066}'..='\u{2069}' => {
                self.show(char::REPLACEMENT_CHARACTER, spans);
            }
            c if c.is_control() => {}
            c => self.show(c, spans),
        }
    }

    fn show(&self, c: char, spans: &mut Vec<Span>) {
        let look = self.look.names();
        match spans.last_mut() {
            Some(span) if span.look == look => span.text.push(c),
            _ => spans.push(Span { text: c.into(), look }),
        }
    }
}

impl Look {
    /// The numbers between `ESC [` and `m`.
    fn take(&mut self, codes: &str) {
        let mut numbers = codes.split([';', ':']).map(|code| if code.is_empty() { Some(0) } else { code.parse().ok() });
        while let Some(number) = numbers.next() {
            match number {
                Some(0) => *self = Look::default(),
                Some(1) => self.bold = true,
                Some(2) => self.faint = true,
                Some(3) => self.italic = true,
                Some(4) => self.underlined = true,
                Some(7) => self.inverse = true,
                Some(22) => (self.bold, self.faint) = (false, false),
                Some(23) => self.italic = false,
                Some(24) => self.underlined = false,
                Some(27) => self.inverse = false,
                Some(n @ (30..=37 | 90..=97)) => self.colour = Some((n % 10) as u8),
                Some(n @ (40..=47 | 100..=107)) => self.behind = Some((n % 10) as u8),
                Some(38) => self.colour = of_many(&mut numbers),
                Some(48) => self.behind = of_many(&mut numbers),
                Some(39) => self.colour = None,
                Some(49) => self.behind = None,
                // `?`, `>` and the like: not about looks.
                None => return,
                Some(_) => {}
            }
        }
    }

    fn names(self) -> String {
        let flags = [
            (self.bold, "bold"),
            (self.faint, "faint"),
            (self.italic, "italic"),
            (self.underlined, "underlined"),
            (self.inverse, "inverse"),
        ];
        let mut names: Vec<String> = flags.iter().filter(|(is, _)| *is).map(|(_, name)| (*name).to_owned()).collect();
        names.extend(self.colour.map(|c| COLOURS[usize::from(c)].to_owned()));
        names.extend(self.behind.map(|c| format!("on-{}", COLOURS[usize::from(c)])));
        names.join(" ")
    }
}

/// One of 256 colours, or of all, as the nearest of eight.
fn of_many(numbers: &mut impl Iterator<Item = Option<u16>>) -> Option<u8> {
    let mut next = || numbers.next().flatten();
    let nearest = |r: u16, g: u16, b: u16| {
        let bit = |value: u16, place: u8| if value >= 128 { 1 << place } else { 0 };
        bit(r, 0) | bit(g, 1) | bit(b, 2)
    };
    match next()? {
        5 => Some(match next()? {
            n @ 0..=15 => (n % 8) as u8,
            n @ 16..=231 => {
                let level = |part: u16| part % 6 * 51;
                nearest(level((n - 16) / 36), level((n - 16) / 6), level(n - 16))
            }
            n => {
                if n < 244 {
                    0
                } else {
                    7
                }
            }
        }),
        2 => Some(nearest(next()?, next()?, next()?)),
        _ => None,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn check(bytes: &[u8], expected: &[(&str, &str)]) {
        let expected: Vec<Span> =
            expected.iter().map(|(text, look)| Span { text: (*text).into(), look: (*look).into() }).collect();
        // Cut anywhere, it reads the same.
        for cut in 0..=bytes.len() {
            let mut reader = Reader::default();
            let mut spans = reader.push(&bytes[..cut]);
            for span in reader.push(&bytes[cut..]) {
                match spans.last_mut() {
                    Some(last) if last.look == span.look => last.text.push_str(&span.text),
                    _ => spans.push(span),
                }
            }
            assert_eq!(spans, expected, "cut at {cut}");
        }
    }

    #[test]
    fn colours_become_names_and_nothing_else_of_a_terminal_is_left() {
        check(b"plain", &[("plain", "")]);
        check(b"\x1b[1;31mred\x1b[0m on", &[("red", "bold red"), (" on", "")]);
        check(b"\x1b[92;44mgreen\x1b[39;49mplain", &[("green", "green on-blue"), ("plain", "")]);
        check(b"\x1b[38;5;196mx\x1b[38;2;0;0;255my\x1b[m.", &[("x", "red"), ("y", "blue"), (".", "")]);
        check(b"\x1b]0;title\x07a\x1b]8;;http://x\x1b\\b\x1b[2Jc\x1b[?25ld\x1b(Be", &[("abcde", "")]);
        check("ä\u{202e}b\0\u{9b}c".as_bytes(), &[("ä\u{fffd}bc", "")]);
        check(b"a\xffb", &[("a\u{fffd}b", "")]);
        check(b"10%\r20%\r\ndone\n", &[("10%\n20%\ndone\n", "")]);
        check(b"\x1b]never ends\nnext", &[("next", "")]);
    }
}
