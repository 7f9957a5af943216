//! Quotes: `\x`, `'…'`, `"…"`, `$'…'`.

use super::{Parse, Parser, Word, wrong};

impl<'t> Parser<'t> {
    /// Keeps text that was quoted.
    fn keep(&mut self, word: &mut Word, text: &str) {
        word.text.push_str(text);
        word.quoted = true;
        self.mixed |= text.contains(['{', '}', ',', '.']);
    }

    /// The character looked at; empty where the text is over.
    fn character(&self) -> &'t str {
        let length = self.rest().chars().next().map_or(0, char::len_utf8);
        &self.rest()[..length]
    }

    /// Steps over a `\` and what it quotes.
    pub(super) fn skip_escaped(&mut self) {
        self.at += 1;
        self.at += self.character().len();
    }

    /// `\x`
    pub(super) fn escaped(&mut self, word: &mut Word) -> Parse<()> {
        self.at += 1;
        let character = self.character();
        if character.is_empty() {
            return wrong("it ends in a `\\`");
        }
        self.at += character.len();
        self.keep(word, character);
        Ok(())
    }

    /// `'…'`
    pub(super) fn single(&mut self, word: &mut Word) -> Parse<()> {
        let inner = &self.rest()[1..];
        let Some(end) = inner.find('\'') else { return wrong("a `'` is never closed") };
        self.at += end + 2;
        self.keep(word, &inner[..end]);
        Ok(())
    }

    /// `"…"`
    pub(super) fn double(&mut self, word: &mut Word) -> Parse<()> {
        self.at += 1;
        word.quoted = true;
        loop {
            let plain = self.rest().bytes().take_while(|b| !matches!(b, b'"' | b'\\' | b'$' | b'`')).count();
            let text = &self.rest()[..plain];
            self.keep(word, text);
            self.at += plain;
            match self.byte(0) {
                b'"' => {
                    self.at += 1;
                    return Ok(());
                }
                b'\\' => self.escaped_between(word, b"$`\"\\"),
                b'$' => self.dollar(word, true)?,
                b'`' => self.backquoted(word, true)?,
                _ => return wrong("a `\"` is never closed"),
            }
        }
    }

    /// A `\` where it quotes only some characters.
    pub(super) fn escaped_between(&mut self, word: &mut Word, some: &[u8]) {
        match self.byte(1) {
            b'\n' => self.at += 2,
            next if some.contains(&next) => {
                let text = &self.rest()[1..2];
                self.keep(word, text);
                self.at += 2;
            }
            _ => {
                word.text.push('\\');
                self.at += 1;
            }
        }
    }

    /// `$'…'`, looked at from its `$`.
    pub(super) fn ansi(&mut self, word: &mut Word) -> Parse<()> {
        self.at += 2;
        word.quoted = true;
        loop {
            let plain = self.rest().bytes().take_while(|b| !matches!(b, b'\'' | b'\\')).count();
            let text = &self.rest()[..plain];
            self.keep(word, text);
            self.at += plain;
            match self.byte(0) {
                b'\'' => {
                    self.at += 1;
                    return Ok(());
                }
                b'\\' if self.byte(1) != 0 => self.ansi_escape(word),
                _ => return wrong("a `$'` is never closed"),
            }
        }
    }

    fn ansi_escape(&mut self, word: &mut Word) {
        let plain = match self.byte(1) {
            b'n' => "\n",
            b't' => "\t",
            b'r' => "\r",
            b'a' => "\u{7}",
            b'b' => "\u{8}",
            b'e' | b'E' => "\u{1b}",
            b'f' => "\u{c}",
            b'v' => "\u{b}",
            b'\\' => "\\",
            b'\'' => "'",
            b'"' => "\"",
            b'?' => "?",
            _ => return self.ansi_number(word),
        };
        self.at += 2;
        self.keep(word, plain);
    }

    /// `\x72`, `\162`, `\u0072`: a character by its number.
    fn ansi_number(&mut self, word: &mut Word) {
        let (skipped, base, most) = match self.byte(1) {
            b'x' => (2, 16, 2),
            b'u' => (2, 16, 4),
            b'U' => (2, 16, 8),
            b'0'..=b'7' => (1, 8, 3),
            _ => (1, 16, 0),
        };
        let digits = &self.rest()[skipped..];
        let length = digits.chars().take(most).take_while(|c| c.is_digit(base)).count();
        let number = u32::from_str_radix(&digits[..length], base).ok().filter(|n| *n > 0);
        // One byte of a character that takes several is no character yet.
        let narrow = matches!(self.byte(1), b'x' | b'0'..=b'7');
        match number.and_then(char::from_u32).filter(|c| !narrow || c.is_ascii()) {
            Some(character) => {
                self.at += skipped + length;
                self.keep(word, character.encode_utf8(&mut [0; 4]));
            }
            None => {
                word.dynamic = true;
                word.text.push('\\');
                self.at += 1;
            }
        }
    }
}
