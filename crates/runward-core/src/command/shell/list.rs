//! Lists of commands and pipelines: what stands between commands and how they hang together.

use super::token::names;
use super::{Parse, Parser, wrong};

impl<'t> Parser<'t> {
    /// The whole text.
    pub(super) fn program(&mut self) -> Parse<()> {
        self.list()?;
        if self.byte(0) != 0 {
            return self.unexpected();
        }
        if self.announced.is_empty() { Ok(()) } else { wrong("a here-document never begins") }
    }

    /// Commands up to where a list can end; whether there were any.
    pub(super) fn list(&mut self) -> Parse<bool> {
        let mut any = false;
        loop {
            self.newlines()?;
            if self.closes() {
                return Ok(any);
            }
            let compound = self.and_or()?;
            any = true;
            self.blanks();
            match self.byte(0) {
                b';' if matches!(self.byte(1), b';' | b'&') => return Ok(any),
                b';' | b'&' => self.operator(1)?,
                b'\n' => {}
                0 | b')' => return Ok(any),
                // A word such as `done` needs no `;` behind another compound.
                _ if compound && self.closes() => return Ok(any),
                _ => return self.unexpected(),
            }
        }
    }

    /// A list that must not be empty.
    pub(super) fn some(&mut self) -> Parse<()> {
        if self.list()? { Ok(()) } else { self.unexpected() }
    }

    /// Pipelines with `&&` and `||` between them; whether a compound stands last.
    fn and_or(&mut self) -> Parse<bool> {
        loop {
            let compound = self.pipeline()?;
            self.blanks();
            if !matches!((self.byte(0), self.byte(1)), (b'&', b'&') | (b'|', b'|')) {
                return Ok(compound);
            }
            self.operator(2)?;
            self.newlines()?;
        }
    }

    /// Commands with `|` between them; whether a compound stands last.
    fn pipeline(&mut self) -> Parse<bool> {
        if self.prefixes() && matches!(self.byte(0), 0 | b'\n' | b';') {
            return Ok(false);
        }
        let mut compound = self.command()?;
        loop {
            self.blanks();
            let length = match (self.byte(0), self.byte(1)) {
                (b'|', b'&') => 2,
                (b'|', other) if other != b'|' => 1,
                _ => return Ok(compound),
            };
            self.operator(length)?;
            self.newlines()?;
            let first = self.script.commands.len();
            compound = self.command()?;
            for simple in &mut self.script.commands[first..] {
                simple.piped = true;
            }
        }
    }

    /// Takes `!`, `time`, and what belongs to them; whether there were any.
    fn prefixes(&mut self) -> bool {
        let mut any = false;
        loop {
            if self.keyword("time") {
                // `time -- x` and `time -p -- x`.
                self.keyword("-p");
                self.keyword("--");
            } else if !self.keyword("!") {
                return any;
            }
            any = true;
        }
    }

    /// A variable's name, if one comes next.
    pub(super) fn name(&mut self) -> Option<&'t str> {
        let length = self.rest().bytes().take_while(|b| names(*b)).count();
        let name = &self.rest()[..length];
        if name.is_empty() || name.as_bytes()[0].is_ascii_digit() {
            return None;
        }
        self.at += length;
        Some(name)
    }
}
