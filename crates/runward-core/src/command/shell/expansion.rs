//! Expansions: `$x`, `${x}`, `$(…)`, `$((…))`, `$[…]`, and backquotes.

use super::token::names;
use super::{MAX_DEPTH, Parse, Parser, Script, Simple, Word, wrong};

impl<'t> Parser<'t> {
    /// What begins with the `$` looked at, between `"` or not.
    pub(super) fn dollar(&mut self, word: &mut Word, quoted: bool) -> Parse<()> {
        let length = match self.byte(1) {
            b'(' => return self.command_or_sum(word),
            b'{' => return self.braced(word, quoted),
            b'[' => return self.bracketed(word),
            b'\'' if !quoted => return self.ansi(word),
            b'"' if !quoted => {
                self.at += 1;
                return self.double(word);
            }
            b'\\' if self.byte(2) == b'\n' => return wrong("an expansion goes on behind the end of its line"),
            b'@' | b'*' | b'#' | b'?' | b'-' | b'$' | b'!' | b'0'..=b'9' => 2,
            other if names(other) => 1 + self.rest()[1..].bytes().take_while(|b| names(*b)).count(),
            // A `$` like any other character.
            _ => {
                word.text.push('$');
                self.at += 1;
                return Ok(());
            }
        };
        let start = self.at;
        self.at += length;
        self.expanded(word, start);
        Ok(())
    }

    /// Adds what was written since then: what stands for it is only known at run time.
    fn expanded(&self, word: &mut Word, start: usize) {
        word.text.push_str(&self.text[start..self.at]);
        word.dynamic = true;
    }

    /// `$(list)` or `$((sum))`.
    fn command_or_sum(&mut self, word: &mut Word) -> Parse<()> {
        let start = self.at;
        if self.byte(2) != b'(' || !self.sum(3)? {
            self.substitution(2)?;
        }
        self.expanded(word, start);
        Ok(())
    }

    /// A list between an opening of so many bytes and `)`.
    pub(super) fn substitution(&mut self, opening: usize) -> Parse<()> {
        self.enter()?;
        let first = self.script.commands.len();
        let outside = std::mem::replace(&mut self.outside, self.announced.len());
        self.operator(opening)?;
        self.list()?;
        self.close()?;
        if self.announced.len() > self.outside {
            return wrong("a here-document begins behind the `$(…)` that announced it");
        }
        self.outside = outside;
        for simple in &mut self.script.commands[first..] {
            simple.substituted = true;
        }
        self.leave();
        Ok(())
    }

    /// A sum behind an opening of so many bytes, up to its `))`. False, and nothing is taken, where the brackets are
    /// two groups: `((a) | b)`.
    pub(super) fn sum(&mut self, opening: usize) -> Parse<bool> {
        let (start, first, opaque) = (self.at, self.script.commands.len(), self.script.opaque);
        let (depth, outside, mixed, announced) = (self.depth, self.outside, self.mixed, self.announced.len());
        self.enter()?;
        let outer = std::mem::replace(&mut self.trying, true);
        self.at += opening;
        let read = self.sum_parts();
        self.trying = outer;
        if read.is_ok() && self.byte(1) == b')' {
            let inner = &self.text[start + opening..self.at];
            // What is expanded in a sum is computed once more: `a[$(rm x)]` runs. Plain names are taken for numbers.
            let deep = if opening == 2 { inner.contains('$') } else { inner.contains("$(") };
            self.script.opaque |= deep || inner.contains('`');
            self.at += 2;
            self.leave();
            self.forget(first);
            return Ok(true);
        }
        if outer {
            // Trying both readings on every level would take for ever.
            return wrong("brackets nest in a sum in a way that is not followed");
        }
        let tried = if read.is_ok() { &self.text[start..self.at] } else { &self.text[start..] };
        if tried.contains('\n') && tried.replace("<<<", "").contains("<<") {
            // Bash reads such text twice, and a here-document in it only once.
            return wrong("a here-document stands in brackets that look like a sum");
        }
        self.script.opaque = opaque;
        (self.at, self.depth, self.outside, self.mixed) = (start, depth, outside, mixed);
        self.announced.truncate(announced);
        self.forget(first);
        Ok(false)
    }

    /// A sum up to the `)` that closes it.
    fn sum_parts(&mut self) -> Parse<()> {
        let mut scratch = Word::default();
        let mut open = 0_usize;
        loop {
            match self.byte(0) {
                0 => return wrong("a `((` is never closed"),
                b')' if open == 0 => return Ok(()),
                b'(' => open += 1,
                b')' => open -= 1,
                b'\'' | b'"' | b'`' | b'$' | b'\\' => {
                    self.inside(&mut scratch, false)?;
                    continue;
                }
                _ => {}
            }
            self.at += 1;
        }
    }

    /// One quote or expansion inside another expansion.
    fn inside(&mut self, scratch: &mut Word, quoted: bool) -> Parse<()> {
        match self.byte(0) {
            b'\\' => {
                self.skip_escaped();
                Ok(())
            }
            b'\'' if quoted => self.quote_or_not(),
            b'\'' => self.single(scratch),
            b'"' => self.double(scratch),
            b'`' => self.backquoted(scratch, quoted),
            _ => self.dollar(scratch, quoted),
        }
    }

    /// A `'` in `"${…}"` quotes in some expansions and not in others: both must come to the same.
    fn quote_or_not(&mut self) -> Parse<()> {
        let inner = &self.rest()[1..];
        match inner.find('\'') {
            Some(end) if !inner[..end].contains(['}', '"', '`', '$', '\\']) => {
                self.at += end + 2;
                Ok(())
            }
            _ => wrong("a `'` inside `\"${…}\"` may quote or not"),
        }
    }

    /// `${…}`: what hides inside is not followed, and `${X@P}` runs what X holds.
    fn braced(&mut self, word: &mut Word, quoted: bool) -> Parse<()> {
        let (start, first) = (self.at, self.script.commands.len());
        self.enter()?;
        self.at += 2;
        if matches!(self.byte(0), b' ' | b'\t' | b'\n' | b'|') {
            return wrong("`${ command; }` is not followed");
        }
        let mut scratch = Word::default();
        loop {
            match self.byte(0) {
                0 => return wrong("a `${` is never closed"),
                b'}' => break,
                b'<' | b'>' if self.byte(1) == b'(' && quoted => return wrong("`<(` stands inside `\"${…}\"`"),
                b'<' | b'>' if self.byte(1) == b'(' => self.substitution(2)?,
                b'\'' | b'"' | b'`' | b'$' | b'\\' => self.inside(&mut scratch, quoted)?,
                _ => self.at += 1,
            }
        }
        self.at += 1;
        self.leave();
        self.forget(first);
        let written = &self.text[start..self.at];
        self.script.opaque |= ["$(", "`", "@P", "<(", ">("].iter().any(|code| written.contains(code));
        self.expanded(word, start);
        Ok(())
    }

    /// `$[sum]`
    fn bracketed(&mut self, word: &mut Word) -> Parse<()> {
        let (start, first) = (self.at, self.script.commands.len());
        self.enter()?;
        self.at += 2;
        let mut scratch = Word::default();
        let mut open = 1_usize;
        while open > 0 {
            match self.byte(0) {
                0 => return wrong("a `$[` is never closed"),
                b'\'' | b'"' | b'`' | b'$' | b'\\' => {
                    self.inside(&mut scratch, false)?;
                    continue;
                }
                b'[' => open += 1,
                b']' => open -= 1,
                _ => {}
            }
            self.at += 1;
        }
        self.leave();
        self.forget(first);
        let written = &self.text[start..self.at];
        self.script.opaque |= written.contains("$(") || written.contains('`');
        self.expanded(word, start);
        Ok(())
    }

    /// A list in backquotes. What bash only reads when it runs makes the script opaque where it is no shell.
    pub(super) fn backquoted(&mut self, word: &mut Word, quoted: bool) -> Parse<()> {
        let start = self.at;
        let inner = self.at + 1;
        let mut escapes = false;
        self.at = inner;
        loop {
            match self.byte(0) {
                0 => return wrong("a backquote is never closed"),
                b'`' => break,
                b'\\' => {
                    escapes = true;
                    self.skip_escaped();
                }
                _ => self.at += 1,
            }
        }
        if escapes {
            let copy = unescaped(&self.text[inner..self.at], quoted);
            self.nested(&copy, 0, true);
        } else {
            let text = &self.text[..self.at];
            self.nested(text, inner, self.copied);
        }
        self.at += 1;
        self.expanded(word, start);
        Ok(())
    }

    /// Reads a text by itself, and takes over what is found.
    fn nested(&mut self, text: &str, at: usize, copied: bool) {
        let depth = self.depth + 1;
        let mut parser = Parser { text, at, depth, copied, trying: self.trying, ..Parser::default() };
        if depth > MAX_DEPTH || parser.program().is_err() {
            self.script.opaque = true;
            return;
        }
        let Script { commands, opaque, .. } = parser.script;
        self.script.opaque |= opaque;
        self.script.commands.extend(commands.into_iter().map(|simple| Simple { substituted: true, ..simple }));
    }
}

/// What backquotes hold: a `\` before some characters is gone.
fn unescaped(inner: &str, quoted: bool) -> String {
    let mut text = String::with_capacity(inner.len());
    let mut characters = inner.chars().peekable();
    while let Some(c) = characters.next() {
        let next = characters.peek().copied();
        let gone = c == '\\' && matches!((next, quoted), (Some('\\' | '`' | '$'), _) | (Some('"'), true));
        text.extend(if gone { characters.next() } else { Some(c) });
        // `\x` stays as it is, and so does the character behind it.
        if c == '\\' && !gone {
            text.extend(characters.next());
        }
    }
    text
}
