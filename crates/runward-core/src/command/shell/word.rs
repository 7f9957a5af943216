//! Words: what is between blanks, with its quotes taken away and its substitutions followed.

use super::token::ends_word;
use super::{Parse, Parser, Word, brace, wrong};

/// What ends a word besides the end of the text.
#[derive(Clone, Copy, PartialEq)]
pub(super) enum Mode {
    /// Blanks and operators.
    Word,
    /// The same, but brackets and `|` belong to it: behind `=~`.
    Regex,
    /// The `]` of the `[` it begins with.
    Subscript,
}

/// Bytes that mean something in an unquoted word.
const SPECIAL: [bool; 256] = {
    let mut special = [false; 256];
    let bytes = b" \t\n|&;()<>\\'\"`$[]{},\0";
    let mut at = 0;
    while at < bytes.len() {
        special[bytes[at] as usize] = true;
        at += 1;
    }
    special
};

/// What stands for the output of `<(…)` in a word.
pub(super) const PROCESS: &str = "/dev/fd/63";

impl Parser<'_> {
    /// The word that comes next.
    pub(super) fn word(&mut self) -> Parse<Word> {
        let start = self.at;
        let mut word = Word::default();
        let outer = std::mem::take(&mut self.mixed);
        self.parts(&mut word, Mode::Word)?;
        self.settle(&mut word, start);
        let mixed = std::mem::replace(&mut self.mixed, outer);
        if word.braces && (mixed || !brace::is_plain(&word)) {
            // Nobody knows the words it makes.
            word.braces = false;
            word.dynamic = true;
        }
        Ok(word)
    }

    /// Completes a word that began there: where it stands and how.
    pub(super) fn settle(&self, word: &mut Word, start: usize) {
        word.braces &= word.text.contains(',') || word.text.contains("..");
        if self.copied {
            return;
        }
        word.span = start..self.at;
        let written = &self.text[start..self.at];
        word.verbatim = match written.len() - word.text.len().min(written.len()) {
            _ if word.text.is_empty() => None,
            0 if word.text == written => Some(start),
            2 if word.quoted
                && written.starts_with(['\'', '"'])
                && written.ends_with(['\'', '"'])
                && written[1..].starts_with(&word.text) =>
            {
                Some(start + 1)
            }
            _ => None,
        };
    }

    /// Whether `<(` or `>(` comes next.
    pub(super) fn is_process(&self) -> bool {
        matches!(self.byte(0), b'<' | b'>') && self.byte(1) == b'('
    }

    /// Reads on in a word until it ends.
    pub(super) fn parts(&mut self, word: &mut Word, mode: Mode) -> Parse<()> {
        // Brackets that are open: of patterns such as `@(a|b)`, of a subscript.
        let mut open = 0_usize;
        loop {
            let plain = self.rest().bytes().take_while(|b| !SPECIAL[usize::from(*b)]).count();
            word.text.push_str(&self.rest()[..plain]);
            self.at += plain;
            let byte = self.byte(0);
            match byte {
                0 if open > 0 => return wrong("a bracket is never closed"),
                0 => return Ok(()),
                b'\\' | b'\'' | b'"' | b'`' | b'$' => self.quoted_or_expanded(word)?,
                b'[' if mode == Mode::Subscript => {
                    open += 1;
                    self.take(word);
                }
                b']' if mode == Mode::Subscript => {
                    open -= 1;
                    self.take(word);
                    if open == 0 {
                        return Ok(());
                    }
                }
                b'<' | b'>' if self.byte(1) == b'(' && (open > 0 || mode == Mode::Subscript) => {
                    return wrong("a process substitution stands inside brackets");
                }
                _ if mode == Mode::Subscript => self.take(word),
                b'[' | b']' | b',' => self.take(word),
                b'{' | b'}' => {
                    word.braces = true;
                    self.take(word);
                }
                b'(' if open > 0 || mode == Mode::Regex || self.begins_pattern(plain, word) => {
                    open += 1;
                    self.take(word);
                }
                b')' if open > 0 => {
                    open -= 1;
                    self.take(word);
                }
                b'<' | b'>' if self.byte(1) == b'(' => self.process(word)?,
                b'|' if mode == Mode::Regex => self.take(word),
                _ if open > 0 => self.take(word),
                _ => return Ok(()),
            }
        }
    }

    /// Takes a byte as it is.
    fn take(&mut self, word: &mut Word) {
        word.text.push_str(&self.rest()[..1]);
        self.at += 1;
    }

    /// Whether the `(` looked at belongs to a pattern: one of `?*+@!` stands before it, unquoted.
    fn begins_pattern(&self, plain: usize, word: &Word) -> bool {
        plain > 0 && word.text.ends_with(['?', '*', '+', '@', '!'])
    }

    /// What begins with a quote, a backslash, a `$` or a backquote.
    fn quoted_or_expanded(&mut self, word: &mut Word) -> Parse<()> {
        match self.byte(0) {
            b'\\' if self.byte(1) == b'\n' => {
                self.at += 2;
                Ok(())
            }
            b'\\' => self.escaped(word),
            b'\'' => self.single(word),
            b'"' => self.double(word),
            b'`' => self.backquoted(word, false),
            _ => self.dollar(word, false),
        }
    }

    /// `<(list)` or `>(list)`: a file that nobody knows.
    fn process(&mut self, word: &mut Word) -> Parse<()> {
        self.substitution(2)?;
        word.text.push_str(PROCESS);
        word.dynamic = true;
        Ok(())
    }

    /// Whether a word is nothing but `<(…)`.
    pub(super) fn is_only_process(&self, word: &Word) -> bool {
        word.dynamic && word.text == PROCESS
    }

    /// Whether a word comes next.
    pub(super) fn is_word(&self) -> bool {
        !ends_word(self.byte(0)) || self.is_process()
    }
}
