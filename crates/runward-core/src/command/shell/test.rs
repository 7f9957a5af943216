//! `[[ … ]]`: conditions, whose words are only looked into.

use super::word::Mode;
use super::{Parse, Parser, Word, hides_code};

/// Operators between two words.
const BINARY: &[&str] = &["!=", "-ef", "-eq", "-ge", "-gt", "-le", "-lt", "-ne", "-nt", "-ot", "=", "==", "=~"];

impl Parser<'_> {
    /// The condition behind `[[`, with its `]]`.
    pub(super) fn test(&mut self) -> Parse<()> {
        self.either()?;
        self.expect("]]", "[[")
    }

    /// `a || b`
    fn either(&mut self) -> Parse<()> {
        loop {
            self.both()?;
            self.newlines()?;
            if !self.rest().starts_with("||") {
                return Ok(());
            }
            self.operator(2)?;
        }
    }

    /// `a && b`
    fn both(&mut self) -> Parse<()> {
        loop {
            self.condition()?;
            self.newlines()?;
            if !self.rest().starts_with("&&") {
                return Ok(());
            }
            self.operator(2)?;
        }
    }

    fn condition(&mut self) -> Parse<()> {
        self.newlines()?;
        while self.keyword("!") {
            self.newlines()?;
        }
        if self.byte(0) == b'(' {
            self.enter()?;
            self.operator(1)?;
            self.either()?;
            self.close()?;
            self.leave();
            return Ok(());
        }
        let first = self.operand()?;
        self.blanks();
        if is_unary(&first) {
            return self.operand().map(drop);
        }
        let bare = self.bare();
        if matches!(self.byte(0), b'<' | b'>') && self.byte(1) != b'(' {
            self.operator(1)?;
        } else if BINARY.contains(&bare) {
            self.at += bare.len();
        } else {
            return Ok(());
        }
        self.blanks();
        if bare == "=~" { self.regex() } else { self.operand().map(drop) }
    }

    fn operand(&mut self) -> Parse<Word> {
        if !self.is_word() || self.bare() == "]]" {
            return self.unexpected();
        }
        let word = self.word()?;
        self.script.opaque |= hides_code(&word.text);
        Ok(word)
    }

    fn regex(&mut self) -> Parse<()> {
        let start = self.at;
        let mut word = Word::default();
        self.parts(&mut word, Mode::Regex)?;
        self.script.opaque |= hides_code(&word.text);
        if self.at == start { self.unexpected() } else { Ok(()) }
    }
}

/// `-f` and its kin.
fn is_unary(word: &Word) -> bool {
    let Some(letter) = word.text.strip_prefix('-').filter(|letter| letter.len() == 1) else { return false };
    !word.quoted && "abcdefghknoprstuvwxzGLNORS".contains(letter)
}
