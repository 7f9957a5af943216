//! Compound commands: `if`, `for`, `while`, `case`, groups, functions, and what is redirected around them.

use super::super::impact::steers_programs;
use super::token::{RESERVED, ends_word};
use super::{Parse, Parser, Redirect, Simple, Word, hides_code, wrong};

impl Parser<'_> {
    /// One command; whether it is a compound.
    pub(super) fn command(&mut self) -> Parse<bool> {
        self.blanks();
        if self.compound()? {
            self.outer_redirects()?;
            return Ok(true);
        }
        if self.keyword("function") {
            self.function()?;
            return Ok(true);
        }
        if self.keyword("coproc") {
            return self.coprocess();
        }
        self.simple()
    }

    /// A compound without its redirections, if one comes next.
    fn compound(&mut self) -> Parse<bool> {
        if self.byte(0) == b'(' {
            self.enter()?;
            self.parenthesis()?;
            self.leave();
            return Ok(true);
        }
        let word = match self.byte(0) {
            b'[' | b'c' | b'f' | b'i' | b's' | b'u' | b'w' | b'{' => self.bare(),
            _ => return Ok(false),
        };
        if !matches!(word, "[[" | "case" | "for" | "if" | "select" | "until" | "while" | "{") {
            return Ok(false);
        }
        self.at += word.len();
        self.enter()?;
        match word {
            "{" => {
                self.some()?;
                self.expect("}", "{")?;
            }
            "if" => self.if_clause()?,
            "while" | "until" => {
                self.some()?;
                self.body(word)?;
            }
            "case" => self.case_clause()?,
            "[[" => self.test()?,
            _ => self.for_clause(word)?,
        }
        self.leave();
        Ok(true)
    }

    /// `(( sum ))` or `( list )`.
    fn parenthesis(&mut self) -> Parse<()> {
        if self.byte(1) == b'(' && self.sum(2)? {
            return Ok(());
        }
        self.operator(1)?;
        self.some()?;
        self.close()
    }

    /// The `)` at the end of a list.
    pub(super) fn close(&mut self) -> Parse<()> {
        match self.byte(0) {
            b')' => {
                self.at += 1;
                Ok(())
            }
            0 => wrong("`(` is without its `)`"),
            _ => self.unexpected(),
        }
    }

    fn if_clause(&mut self) -> Parse<()> {
        loop {
            self.some()?;
            self.expect("then", "if")?;
            self.some()?;
            if !self.keyword("elif") {
                break;
            }
        }
        if self.keyword("else") {
            self.some()?;
        }
        self.expect("fi", "if")
    }

    /// `do list done`.
    fn body(&mut self, opened: &str) -> Parse<()> {
        self.expect("do", opened)?;
        self.some()?;
        self.expect("done", opened)
    }

    /// `for x in a b; do …`, `for ((;;)); do …`, and `select`, which asks a person.
    fn for_clause(&mut self, opened: &str) -> Parse<()> {
        self.blanks();
        if opened == "for" && self.rest().starts_with("((") {
            if !self.sum(2)? {
                return wrong("`for ((` is without its `))`");
            }
            self.blanks();
            if self.byte(0) == b';' {
                self.operator(1)?;
            }
            return self.loop_body(opened);
        }
        let Some(name) = self.name() else { return wrong("a loop is without the name of its variable") };
        // `select` asks a person, who may answer anything.
        self.script.opaque |= steers_programs(name) || opened == "select";
        if !ends_word(self.byte(0)) {
            return wrong("the variable of a loop is no plain name");
        }
        self.blanks();
        if self.byte(0) == b';' {
            self.operator(1)?;
            return self.loop_body(opened);
        }
        self.newlines()?;
        if self.keyword("in") {
            self.blanks();
            while self.is_word() {
                self.watched_word()?;
                self.blanks();
            }
            match self.byte(0) {
                b';' => self.operator(1)?,
                b'\n' => {}
                _ => return self.unexpected(),
            }
        }
        self.loop_body(opened)
    }

    /// A loop's body: between `do` and `done` or, which hardly anybody knows, between braces.
    fn loop_body(&mut self, opened: &str) -> Parse<()> {
        self.newlines()?;
        if self.keyword("{") {
            self.some()?;
            return self.expect("}", "{");
        }
        self.body(opened)
    }

    fn case_clause(&mut self) -> Parse<()> {
        self.blanks();
        if !self.is_word() {
            return self.unexpected();
        }
        self.watched_word()?;
        self.expect("in", "case")?;
        loop {
            self.newlines()?;
            if self.keyword("esac") {
                return Ok(());
            }
            if self.byte(0) == b'(' {
                self.operator(1)?;
            }
            self.patterns()?;
            self.list()?;
            match (self.byte(0), self.byte(1), self.byte(2)) {
                (b';', b';', b'&') => self.operator(3)?,
                (b';', _, _) => self.operator(2)?,
                _ => return self.expect("esac", "case"),
            }
        }
    }

    /// `a | b)`
    fn patterns(&mut self) -> Parse<()> {
        loop {
            self.blanks();
            if !self.is_word() {
                return self.unexpected();
            }
            self.watched_word()?;
            self.blanks();
            match self.byte(0) {
                b'|' => self.operator(1)?,
                b')' => return self.operator(1),
                _ => return self.unexpected(),
            }
        }
    }

    /// A word that is only looked into: it is no part of a command.
    pub(super) fn watched_word(&mut self) -> Parse<()> {
        let word = self.word()?;
        self.script.opaque |= hides_code(&word.text);
        Ok(())
    }

    /// `function f { …; }` behind its first word.
    fn function(&mut self) -> Parse<()> {
        self.blanks();
        if ends_word(self.byte(0)) {
            return self.unexpected();
        }
        let word = self.word()?;
        if word.quoted || word.dynamic {
            return wrong("the name of a function is no plain name");
        }
        self.blanks();
        if self.byte(0) == b'(' {
            self.operator(1)?;
            self.blanks();
            self.close()?;
        }
        self.function_body()
    }

    /// What a function does is not followed: who calls it, and with what, is not known.
    pub(super) fn function_body(&mut self) -> Parse<()> {
        let first = self.script.commands.len();
        self.newlines()?;
        if !self.compound()? {
            return self.unexpected();
        }
        self.outer_redirects()?;
        self.forget(first);
        self.script.opaque = true;
        Ok(())
    }

    /// Drops the commands from the given one on.
    pub(super) fn forget(&mut self, first: usize) {
        self.script.commands.truncate(first);
        self.announced.iter_mut().for_each(|document| document.forget(first));
    }

    /// `coproc command`, `coproc NAME { …; }` behind its first word: it runs beside everything else.
    fn coprocess(&mut self) -> Parse<bool> {
        self.script.opaque = true;
        self.blanks();
        if !self.compound()? {
            let start = self.at;
            let named = self.name().is_some();
            self.blanks();
            if !(named && self.at > start && self.compound()?) {
                self.at = start + self.text[start..].find(char::is_whitespace).unwrap_or_default();
                self.blanks();
                if RESERVED.contains(&self.bare()) {
                    return self.unexpected();
                }
                self.at = start;
                return self.simple();
            }
        }
        self.outer_redirects()?;
        Ok(true)
    }

    /// Redirections behind `done` or `}` stand for the whole compound: they are kept as a command of their own.
    fn outer_redirects(&mut self) -> Parse<()> {
        let mut simple = Simple::default();
        let announced = self.announced.len();
        loop {
            self.blanks();
            if !self.redirect(&mut simple)? {
                break;
            }
        }
        if !simple.redirects.is_empty() {
            simple.words.push(Word { text: ":".into(), ..Word::default() });
            self.push(simple, announced);
        }
        Ok(())
    }

    /// Adds a command that is complete; here-documents announced since belong to it.
    pub(super) fn push(&mut self, simple: Simple, announced: usize) {
        let at = self.script.commands.len();
        self.announced.iter_mut().skip(announced).for_each(|document| document.belongs_to(at));
        self.script.commands.push(simple);
    }

    /// Puts the text of a here-document where it was announced.
    pub(super) fn hand_in(&mut self, command: usize, redirect: usize, text: Word) {
        let Some(simple) = self.script.commands.get_mut(command) else { return };
        if let Some(Redirect::Text(word)) = simple.redirects.get_mut(redirect) {
            *word = text;
        }
    }
}
