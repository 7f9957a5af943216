//! Redirections, and the here-documents they announce.

use super::super::impact::steers_programs;
use super::token::{ends_word, names};
use super::{Parse, Parser, Redirect, Simple, Unparsable, Word, wrong};

/// A here-document whose lines are still to come.
pub(super) struct Announced {
    /// The line that ends it.
    end: String,
    /// Whether tabs in front of its lines do not count.
    tabs: bool,
    /// Whether the shell expands it.
    expands: bool,
    /// The command it is handed to, once that is complete.
    command: Option<usize>,
    /// Which of that command's redirections it is.
    redirect: usize,
}

/// The command of a document that nobody wants to see.
const NOBODY: usize = usize::MAX;

impl Announced {
    /// It is handed to this command, if to none before.
    pub(super) fn belongs_to(&mut self, command: usize) {
        self.command.get_or_insert(command);
    }

    /// The commands from this one on are dropped.
    pub(super) fn forget(&mut self, first: usize) {
        if self.command.is_some_and(|command| command >= first) {
            self.command = Some(NOBODY);
        }
    }
}

impl<'t> Parser<'t> {
    /// Takes a redirection, if one comes next.
    pub(super) fn redirect(&mut self, simple: &mut Simple) -> Parse<bool> {
        let descriptor = match self.descriptor() {
            Some(descriptor) => descriptor,
            None if self.rest().starts_with("&>") => "",
            None => return Ok(false),
        };
        self.script.opaque |= steers_programs(descriptor.trim_matches(['{', '}']));
        self.at += descriptor.len();
        let input = descriptor.is_empty() || descriptor.bytes().all(|b| b == b'0');
        let found = match (self.byte(0), self.byte(1), self.byte(2)) {
            (b'<', b'<', b'<') => Redirect::Text(self.target(3)?),
            (b'<', b'<', dash) => {
                self.announce(dash == b'-', simple.redirects.len())?;
                Redirect::Text(Word::default())
            }
            (b'<', b'&', _) => self.moved(true)?,
            (b'>', b'&', _) => self.moved(false)?,
            (b'<', b'>', _) | (b'>', b'|', _) => Redirect::Write(self.target(2)?),
            (b'<', _, _) => Redirect::Read(self.target(1)?),
            (b'>', b'>', _) => Redirect::Append(self.target(2)?),
            (b'>', _, _) => self.written(1)?,
            (_, _, b'>') => Redirect::Append(self.target(3)?),
            _ => Redirect::Write(self.target(2)?),
        };
        simple.redirects.push(if !input && matches!(found, Redirect::Text(_)) { Redirect::Duplicate } else { found });
        Ok(true)
    }

    /// What stands in front of a `<` or `>` and belongs to it: nothing, `2`, `{name}`. None where no such comes next.
    fn descriptor(&self) -> Option<&'t str> {
        let length = match self.byte(0) {
            b'<' | b'>' => 0,
            b'0'..=b'9' => self.rest().bytes().take_while(u8::is_ascii_digit).count(),
            b'{' => {
                let name = self.rest().bytes().skip(1).take_while(|b| names(*b)).count();
                if self.byte(1 + name) == b'}' { name + 2 } else { return None }
            }
            _ => return None,
        };
        // `2>(x)` is a word.
        let redirects = matches!(self.byte(length), b'<' | b'>') && self.byte(length + 1) != b'(';
        redirects.then(|| &self.rest()[..length])
    }

    /// The word behind an operator of so many bytes.
    fn target(&mut self, length: usize) -> Parse<Word> {
        self.operator(length)?;
        self.blanks();
        // `< 2>&1` has no file between the two.
        if !self.is_word() || self.descriptor().is_some() {
            return self.unexpected();
        }
        self.word()
    }

    /// `> file`; what goes to `>(list)` is written nowhere else.
    fn written(&mut self, length: usize) -> Parse<Redirect> {
        let word = self.target(length)?;
        Ok(if self.is_only_process(&word) { Redirect::Duplicate } else { Redirect::Write(word) })
    }

    /// `<& 3`, `>& 2`, `>& file`.
    fn moved(&mut self, input: bool) -> Parse<Redirect> {
        self.operator(2)?;
        self.blanks();
        if self.byte(0) == b'-' {
            // It is a sign of its own there, whatever follows.
            self.at += 1;
            let closed = Redirect::Read(Word { text: "-".into(), ..Word::default() });
            return Ok(if input { closed } else { Redirect::Duplicate });
        }
        if !self.is_word() {
            return self.unexpected();
        }
        let word = self.word()?;
        let moves = !word.dynamic && word.text.bytes().all(|b| b.is_ascii_digit() || b == b'-');
        Ok(match (input, moves) {
            // What comes in from what somebody opened before is not known.
            (true, true) => Redirect::Read(Word { text: "&".into(), ..Word::default() }),
            (true, _) => Redirect::Read(word),
            (false, true) => Redirect::Duplicate,
            (false, false) => Redirect::Write(word),
        })
    }

    /// `<< END`: the operator and the word that ends the document.
    fn announce(&mut self, tabs: bool, redirect: usize) -> Parse<()> {
        self.operator(if tabs { 3 } else { 2 })?;
        self.blanks();
        let mut end = String::new();
        let start = self.at;
        let mut expands = true;
        while !ends_word(self.byte(0)) {
            let plain = self.rest().bytes().take_while(|b| !ends_word(*b) && !b"\\'\"$`".contains(b)).count();
            end.push_str(&self.rest()[..plain]);
            self.at += plain;
            let mut word = Word::default();
            match self.byte(0) {
                b'\\' if self.byte(1) != b'\n' => self.escaped(&mut word)?,
                b'\'' => self.single(&mut word)?,
                b'"' => self.double(&mut word)?,
                b'$' | b'`' | b'\\' => return wrong("the end of a here-document is no plain word"),
                _ => continue,
            }
            if word.dynamic || word.text.contains('\n') {
                return wrong("the end of a here-document is no plain word");
            }
            end.push_str(&word.text);
            expands = false;
        }
        if self.at == start {
            return self.unexpected();
        }
        self.announced.push(Announced { end, tabs, expands, command: None, redirect });
        Ok(())
    }

    /// Reads the here-documents that begin on this line.
    pub(super) fn read_announced(&mut self) -> Parse<()> {
        if self.outside > 0 {
            return wrong("a line ends inside `$(…)` while a here-document is to begin");
        }
        for document in std::mem::take(&mut self.announced) {
            self.document(&document)?;
        }
        Ok(())
    }

    /// One here-document, from its first line behind its last one.
    fn document(&mut self, document: &Announced) -> Parse<()> {
        let (whole, start) = (self.text, self.at);
        let (end, next) = self.document_end(document)?;
        let command = document.command.unwrap_or(NOBODY);
        let first = self.script.commands.len();
        let mut word = Word { quoted: !document.expands, ..Word::default() };
        self.text = &whole[..end];
        if document.expands {
            self.document_parts(&mut word, document.tabs)?;
        } else {
            word.text = match document.tabs {
                true => whole[start..end].split_inclusive('\n').map(|line| line.trim_start_matches('\t')).collect(),
                false => whole[start..end].to_owned(),
            };
        }
        if !self.copied {
            word.span = start..end;
            word.verbatim = (word.text == whole[start..end]).then_some(start);
        }
        self.text = whole;
        self.at = next;
        // What is expanded in it reads what the command reads.
        if self.script.commands.get(command).is_some_and(|simple| simple.piped) {
            self.script.commands[first..].iter_mut().for_each(|simple| simple.piped = true);
        }
        if command == NOBODY {
            self.forget(first);
        }
        self.hand_in(command, document.redirect, word);
        Ok(())
    }

    /// Where a document's text ends, and where the line behind it begins.
    fn document_end(&self, document: &Announced) -> Parse<(usize, usize)> {
        let mut at = self.at;
        let mut continued = false;
        while at < self.text.len() {
            let rest = &self.text[at..];
            let line = &rest[..rest.find('\n').unwrap_or(rest.len())];
            let next = (at + line.len() + 1).min(self.text.len());
            let candidate = if document.tabs { line.trim_start_matches('\t') } else { line };
            if !continued && candidate == document.end {
                return Ok((at, next));
            }
            let backslashes = line.bytes().rev().take_while(|b| *b == b'\\').count();
            continued = document.expands && backslashes % 2 == 1;
            at = next;
        }
        Err(Unparsable(format!("the here-document is without its `{}`", document.end)))
    }

    /// A document that the shell expands, up to the end of the text.
    fn document_parts(&mut self, word: &mut Word, tabs: bool) -> Parse<()> {
        let mut begins = true;
        loop {
            if begins && tabs {
                self.at += self.rest().bytes().take_while(|b| *b == b'\t').count();
            }
            let plain = self.rest().bytes().take_while(|b| !matches!(b, b'\n' | b'\\' | b'$' | b'`')).count();
            word.text.push_str(&self.rest()[..plain]);
            self.at += plain;
            begins = self.byte(0) == b'\n';
            match self.byte(0) {
                0 => return Ok(()),
                b'\n' => {
                    word.text.push('\n');
                    self.at += 1;
                }
                b'\\' => {
                    begins = self.byte(1) == b'\n';
                    self.escaped_between(word, b"$`\\");
                }
                b'$' => self.dollar(word, true)?,
                _ => self.backquoted(word, true)?,
            }
        }
    }
}
