//! Simple commands: assignments, words, redirections.

use super::token::{RESERVED, ends_word, names};
use super::word::Mode;
use super::{Parse, Parser, Simple, Unparsable, Word, wrong};

/// Builtins that take assignments with lists as their words.
const DECLARES: &[&str] = &["alias", "declare", "eval", "export", "let", "local", "readonly", "typeset"];

impl Parser<'_> {
    /// A simple command, or a function that looks like one at first; true where it is a function.
    pub(super) fn simple(&mut self) -> Parse<bool> {
        let mut simple = Simple::default();
        let announced = self.announced.len();
        loop {
            self.blanks();
            if self.redirect(&mut simple)? {
                continue;
            }
            if self.byte(0) == b'(' && self.begins_function(&simple) {
                return self.function_behind_its_name();
            }
            if !self.is_word() {
                break;
            }
            self.argument(&mut simple)?;
        }
        let nothing = simple.words.is_empty() && simple.assigns.is_empty() && simple.redirects.is_empty();
        if nothing || self.byte(0) == b'(' {
            return self.unexpected();
        }
        self.push(simple, announced);
        Ok(false)
    }

    /// The next word or assignment.
    fn argument(&mut self, simple: &mut Simple) -> Parse<()> {
        let declares = simple.words.first().is_some_and(|w| DECLARES.contains(&w.text.as_str()));
        if (simple.words.is_empty() || declares)
            && let Some(word) = self.assignment(declares)?
        {
            if declares {
                simple.words.push(word);
            } else {
                simple.assigns.push(word.text);
            }
            return Ok(());
        }
        let word = self.word()?;
        // A reserved word that is cut by a `\` and a line end is one all the same.
        let first = simple.words.is_empty() && simple.assigns.is_empty() && simple.redirects.is_empty();
        if first && !word.quoted && RESERVED.contains(&word.text.as_str()) {
            return Err(Unparsable(format!("`{}` cannot stand where it does", word.text)));
        }
        simple.words.push(word);
        Ok(())
    }

    /// Whether the `(` looked at makes a function of what was read.
    fn begins_function(&self, simple: &Simple) -> bool {
        let [name] = simple.words.as_slice() else { return false };
        simple.assigns.is_empty() && simple.redirects.is_empty() && !name.quoted && !name.dynamic
    }

    fn function_behind_its_name(&mut self) -> Parse<bool> {
        self.operator(1)?;
        self.blanks();
        if self.byte(0) != b')' {
            return self.unexpected();
        }
        self.at += 1;
        self.function_body()?;
        Ok(true)
    }

    /// `NAME=value`, `NAME+=value`, `NAME[1]=value`, `NAME=(a b)`, if one comes next.
    fn assignment(&mut self, declared: bool) -> Parse<Option<Word>> {
        let start = self.at;
        let length = self.rest().bytes().take_while(|b| names(*b)).count();
        let begins = match self.byte(length) {
            b'=' | b'+' => true,
            b'[' => !declared,
            _ => false,
        };
        if length == 0 || self.byte(0).is_ascii_digit() || !begins {
            return Ok(None);
        }
        let (mut word, first) = (Word::default(), self.script.commands.len());
        self.at += length;
        word.text.push_str(&self.text[start..self.at]);
        if self.byte(0) == b'[' {
            // Blanks do not end it there, whether an assignment comes of it or not.
            self.parts(&mut word, Mode::Subscript)?;
        }
        let operator = match (self.byte(0), self.byte(1)) {
            (b'=', _) => 1,
            (b'+', b'=') => 2,
            _ if word.text[length..].bytes().any(ends_word) => {
                return wrong("a subscript stands where no variable is set");
            }
            _ => {
                self.at = start;
                self.forget(first);
                return Ok(None);
            }
        };
        word.text.push_str(&self.rest()[..operator]);
        self.at += operator;
        if self.byte(0) == b'(' {
            self.elements(&mut word)?;
        } else {
            self.parts(&mut word, Mode::Word)?;
        }
        self.settle(&mut word, start);
        Ok(Some(word))
    }

    /// `(a b [x]=c)`
    fn elements(&mut self, list: &mut Word) -> Parse<()> {
        self.enter()?;
        let outside = std::mem::replace(&mut self.outside, self.announced.len());
        self.at += 1;
        list.text.push('(');
        loop {
            self.newlines()?;
            if self.byte(0) == b')' {
                break;
            }
            if self.byte(0) == 0 {
                return wrong("`=(` is without its `)`");
            }
            if !self.is_word() {
                return self.unexpected();
            }
            if !list.text.ends_with('(') {
                list.text.push(' ');
            }
            if self.byte(0) == b'[' {
                self.parts(list, Mode::Subscript)?;
            }
            self.parts(list, Mode::Word)?;
        }
        self.at += 1;
        list.text.push(')');
        if !ends_word(self.byte(0)) {
            return self.unexpected();
        }
        self.outside = outside;
        self.leave();
        Ok(())
    }
}
