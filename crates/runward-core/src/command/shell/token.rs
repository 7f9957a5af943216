//! The border between words: blanks, comments, line ends, operators, and the words the shell keeps for itself.

use super::{MAX_DEPTH, Parse, Parser, Unparsable, wrong};

/// Whether a byte ends an unquoted word.
pub(super) fn ends_word(byte: u8) -> bool {
    matches!(byte, 0 | b' ' | b'\t' | b'\n' | b'|' | b'&' | b';' | b'(' | b')' | b'<' | b'>')
}

/// Whether a byte may stand in a variable's name.
pub(super) fn names(byte: u8) -> bool {
    byte.is_ascii_alphanumeric() || byte == b'_'
}

/// Words that begin or end a compound where a command could begin.
pub(super) const RESERVED: &[&str] = &[
    "!", "[[", "]]", "case", "coproc", "do", "done", "elif", "else", "esac", "fi", "for", "function", "if", "in",
    "select", "then", "until", "while", "{", "}",
];

/// Those that end a list of commands.
const CLOSING: &[&str] = &["do", "done", "elif", "else", "esac", "fi", "then", "}"];

impl<'t> Parser<'t> {
    /// The byte so many behind the one looked at; 0 where the text is over.
    pub(super) fn byte(&self, ahead: usize) -> u8 {
        self.text.as_bytes().get(self.at + ahead).copied().unwrap_or(0)
    }

    /// The text that is still to be read.
    pub(super) fn rest(&self) -> &'t str {
        &self.text[self.at..]
    }

    /// Steps over blanks, comments, and line ends behind a `\`.
    pub(super) fn blanks(&mut self) {
        loop {
            match self.byte(0) {
                b' ' | b'\t' => self.at += 1,
                b'\\' if self.byte(1) == b'\n' => self.at += 2,
                b'#' => self.at += self.rest().find('\n').unwrap_or(self.rest().len()),
                _ => return,
            }
        }
    }

    /// Steps over everything that may stand between two commands.
    pub(super) fn newlines(&mut self) -> Parse<()> {
        loop {
            self.blanks();
            if self.byte(0) != b'\n' {
                return Ok(());
            }
            self.at += 1;
            if !self.announced.is_empty() {
                self.read_announced()?;
            }
        }
    }

    /// Takes an operator of so many bytes.
    pub(super) fn operator(&mut self, length: usize) -> Parse<()> {
        self.at += length;
        let joined = self.rest().trim_start_matches("\\\n");
        let cut = joined.len() < self.rest().len() && joined.starts_with(['&', '|', ';', '<', '>', '(', ')']);
        if cut { wrong("an operator goes on behind the end of its line") } else { Ok(()) }
    }

    /// The bytes up to the next blank or operator: a word, where no quotes are in it.
    pub(super) fn bare(&self) -> &'t str {
        let rest = self.rest();
        let end = rest.bytes().position(ends_word).unwrap_or(rest.len());
        &rest[..end]
    }

    /// Takes a word that the shell keeps for itself, if it comes next.
    pub(super) fn keyword(&mut self, word: &str) -> bool {
        self.blanks();
        let found = self.rest().starts_with(word) && ends_word(self.byte(word.len()));
        if found {
            self.at += word.len();
        }
        found
    }

    /// Takes such a word, line ends before it included, or says that it is missing.
    pub(super) fn expect(&mut self, word: &str, opened: &str) -> Parse<()> {
        self.newlines()?;
        if self.keyword(word) { Ok(()) } else { Err(Unparsable(format!("`{opened}` is without its `{word}`"))) }
    }

    /// Whether a list of commands is over here.
    pub(super) fn closes(&self) -> bool {
        match self.byte(0) {
            0 | b')' => true,
            b';' => matches!(self.byte(1), b';' | b'&'),
            b'd' | b'e' | b'f' | b't' | b'}' => CLOSING.contains(&self.bare()),
            _ => false,
        }
    }

    /// Notes that something opened.
    pub(super) fn enter(&mut self) -> Parse<()> {
        self.depth += 1;
        if self.depth > MAX_DEPTH { wrong("it nests deeper than 24 levels") } else { Ok(()) }
    }

    /// Notes that it is closed again.
    pub(super) fn leave(&mut self) {
        self.depth -= 1;
    }

    /// Why what comes next cannot stand here.
    pub(super) fn unexpected<T>(&self) -> Parse<T> {
        let shown = match (self.byte(0), self.bare()) {
            (0, _) => return wrong("it ends in the middle of a command"),
            (b'\n', _) => return wrong("the line ends in the middle of a command"),
            (_, "") => &self.rest()[..1],
            (_, word) => word,
        };
        Err(Unparsable(format!("`{shown}` cannot stand where it does")))
    }
}
