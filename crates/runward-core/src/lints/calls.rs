//! Every command that really acts, where it stands, and what stands before and behind it: what most rules ask about.

use std::collections::HashMap;
use std::ops::Range;
use std::sync::OnceLock;

use super::acts;
use super::near::Near;
use super::{Kind, Place};
use crate::command::Around;
use crate::command::shell::{Redirect, Simple, Word};
use crate::runbook::Finding;
use crate::source::Source;

/// One command that acts.
#[derive(Clone, Copy)]
pub(super) struct Call<'r> {
    /// Where it stands.
    pub(super) place: Place<'r>,
    /// Its program without the folder it lies in; empty where only the shell knows it.
    pub(super) program: &'r str,
    /// The whole simple command.
    pub(super) command: &'r Simple,
    /// Where it runs and as whom.
    pub(super) around: &'r Around,
    /// Its number among all calls.
    pub(super) number: usize,
}

/// All of them, in the order of the document.
pub(super) struct Calls<'r> {
    all: Vec<Call<'r>>,
    /// The calls of each place.
    of_place: Vec<Range<usize>>,
    /// The places that are read from top to bottom: a procedure, or what stands under one heading outside of any.
    units: Vec<Range<usize>>,
    unit_of_place: Vec<usize>,
    place_of_call: Vec<usize>,
    by_program: HashMap<&'r str, Vec<usize>>,
    /// For each call how many there are up to the last one, itself among them, that makes a backup; worked out once.
    copies: OnceLock<Vec<usize>>,
}

impl<'r> Calls<'r> {
    pub(super) fn new(places: &[Place<'r>], near: &Near<'r>) -> Calls<'r> {
        let mut calls = Calls {
            all: Vec::with_capacity(places.len()),
            of_place: Vec::with_capacity(places.len()),
            units: Vec::new(),
            unit_of_place: Vec::with_capacity(places.len()),
            place_of_call: Vec::with_capacity(places.len()),
            by_program: HashMap::new(),
            copies: OnceLock::new(),
        };
        let mut before = None;
        for (number, place) in places.iter().enumerate() {
            let unit = match place.procedure {
                Some(procedure) => (std::ptr::from_ref(procedure) as usize, 0),
                None => near.section(place),
            };
            if before != Some(unit) {
                calls.units.push(number..number);
                before = Some(unit);
            }
            if let Some(last) = calls.units.last_mut() {
                last.end = number + 1;
            }
            calls.unit_of_place.push(calls.units.len() - 1);
            calls.add(place, number);
        }
        calls
    }

    fn add(&mut self, place: &Place<'r>, number: usize) {
        let first = self.all.len();
        for found in place.command.effective() {
            let call = Call {
                place: *place,
                program: found.program(),
                command: found.command,
                around: found.around,
                number: self.all.len(),
            };
            self.by_program.entry(call.program).or_default().push(self.all.len());
            self.place_of_call.push(number);
            self.all.push(call);
        }
        self.of_place.push(first..self.all.len());
    }

    /// Every call.
    pub(super) fn all(&self) -> &[Call<'r>] {
        &self.all
    }

    /// Every call of one of these programs, in the order of the document.
    pub(super) fn of<'c>(&'c self, programs: &[&str]) -> impl Iterator<Item = &'c Call<'r>> + use<'c, 'r> {
        let mut found: Vec<usize> =
            programs.iter().filter_map(|program| self.by_program.get(program)).flatten().copied().collect();
        if programs.len() > 1 {
            found.sort_unstable();
        }
        found.into_iter().map(|at| &self.all[at])
    }

    /// The calls of a place, by its number in `Context::places`.
    pub(super) fn at(&self, place: usize) -> &[Call<'r>] {
        self.of_place.get(place).map_or(&[], |range| &self.all[range.clone()])
    }

    /// The number of a call's place in `Context::places`.
    pub(super) fn place(&self, call: &Call<'_>) -> usize {
        self.place_of_call[call.number]
    }

    /// The calls on the same logical line, the nearest ones where there are very many.
    pub(super) fn beside(&self, call: &Call<'_>) -> &[Call<'r>] {
        let range = &self.of_place[self.place(call)];
        &self.all[near(call.number, range, FAR / 2)]
    }

    /// The unit of a place.
    pub(super) fn unit(&self, place: usize) -> Range<usize> {
        self.units[self.unit_of_place[place]].clone()
    }

    /// The number of a place's unit.
    pub(super) fn unit_number(&self, place: usize) -> usize {
        self.unit_of_place[place]
    }

    /// The calls of some places.
    pub(super) fn within(&self, places: Range<usize>) -> &[Call<'r>] {
        if places.is_empty() {
            return &[];
        }
        &self.all[self.of_place[places.start].start..self.of_place[places.end - 1].end]
    }

    /// The calls of the same unit that stand before this one.
    pub(super) fn before(&self, call: &Call<'_>) -> &[Call<'r>] {
        &self.all[near(call.number, &self.unit_calls(call), FAR).start..call.number]
    }

    /// The calls of the same unit that stand behind this one.
    pub(super) fn after(&self, call: &Call<'_>) -> &[Call<'r>] {
        &self.all[call.number + 1..near(call.number, &self.unit_calls(call), FAR).end]
    }

    /// The calls of the same unit, before and behind.
    pub(super) fn around(&self, call: &Call<'_>) -> &[Call<'r>] {
        &self.all[near(call.number, &self.unit_calls(call), FAR)]
    }

    fn unit_calls(&self, call: &Call<'_>) -> Range<usize> {
        let unit = self.unit(self.place(call));
        self.of_place[unit.start].start..self.of_place[unit.end - 1].end
    }

    /// Whether anything before in the same unit makes a backup, however far above.
    pub(super) fn copied_before(&self, call: &Call<'_>) -> bool {
        let copies = self.copies.get_or_init(|| {
            let mut last = 0;
            let up_to = |(at, call): (usize, &Call<'r>)| {
                last = if acts::backs_up(call) { at + 1 } else { last };
                last
            };
            self.all.iter().enumerate().map(up_to).collect()
        });
        let before = call.number.checked_sub(1).map_or(0, |at| copies[at]);
        before > self.unit_calls(call).start
    }

    /// The call that reads what this one prints.
    pub(super) fn reader(&self, call: &Call<'_>) -> Option<&Call<'r>> {
        let behind = &self.all[call.number + 1..self.of_place[self.place(call)].end];
        let next = behind.iter().find(|next| call.command.substituted || !next.command.substituted)?;
        next.command.piped.then_some(next)
    }
}

/// So many calls before and behind are looked at: no person keeps more in mind, and a document of nothing but
/// commands is still read in a time that grows with its length.
const FAR: usize = 64;

fn near(number: usize, range: &Range<usize>, far: usize) -> Range<usize> {
    range.start.max(number.saturating_sub(far))..range.end.min(number + 1 + far)
}

impl<'r> Call<'r> {
    /// The words behind the program.
    pub(super) fn args(&self) -> &'r [Word] {
        self.command.words.get(1..).unwrap_or_default()
    }

    /// The text of an argument; empty where there is none.
    pub(super) fn arg(&self, at: usize) -> &'r str {
        self.args().get(at).map_or("", |word| word.text.as_str())
    }

    /// The arguments as texts.
    pub(super) fn texts(&self) -> impl Iterator<Item = &'r str> + use<'r> {
        self.args().iter().map(|word| word.text.as_str())
    }

    /// Whether one of the arguments is one of these.
    pub(super) fn has(&self, wanted: &[&str]) -> bool {
        self.texts().any(|text| wanted.contains(&text))
    }

    /// Whether a flag is given: by its letter, also among others (`-af`), or by its long name.
    pub(super) fn flag(&self, letter: char, long: &str) -> bool {
        self.texts().take_while(|text| *text != "--").any(|text| match text.strip_prefix('-') {
            Some(rest) if rest.starts_with('-') => {
                text == long || text.strip_prefix(long).is_some_and(|value| value.starts_with('='))
            }
            Some(letters) => letters.contains(letter),
            None => false,
        })
    }

    /// The value of an option: `-X V`, `-XV`, `--long V`, `--long=V`.
    pub(super) fn value(&self, short: &str, long: &str) -> Option<&'r str> {
        let args = self.args();
        args.iter().enumerate().find_map(|(at, word)| {
            let text = word.text.as_str();
            let next = || args.get(at + 1).map(|next| next.text.as_str());
            if (!short.is_empty() && text == short) || (!long.is_empty() && text == long) {
                return next();
            }
            let joined = text.strip_prefix(long).filter(|_| !long.is_empty()).and_then(|rest| rest.strip_prefix('='));
            let glued = text.strip_prefix(short).filter(|rest| short.len() == 2 && !rest.is_empty());
            joined.or(glued)
        })
    }

    /// The arguments that are no options, nor values of these options.
    pub(super) fn operands(&self, valued: &[&str]) -> Vec<&'r Word> {
        let mut found = Vec::new();
        let mut args = self.args().iter();
        let mut ended = false;
        while let Some(word) = args.next() {
            let text = word.text.as_str();
            if ended || text == "-" || !text.starts_with('-') {
                found.push(word);
            } else if text == "--" {
                ended = true;
            } else if valued.contains(&text) {
                args.next();
            }
        }
        found
    }

    /// What is written in the document where a word stands, quotes and all: placeholders are masked in the word itself.
    pub(super) fn quoted(&self, word: &'r Word) -> &'r str {
        let there = self.place.command.text.get(self.bytes(word)).filter(|text| !text.is_empty());
        there.unwrap_or(&word.text)
    }

    /// The same without a pair of quotes around it.
    pub(super) fn written(&self, word: &'r Word) -> &'r str {
        let text = self.quoted(word);
        let inside = |quote: char| text.strip_prefix(quote)?.strip_suffix(quote);
        inside('"').or_else(|| inside('\'')).unwrap_or(text)
    }

    /// The bytes of a word in the command's text; empty where it does not stand there as it is.
    pub(super) fn bytes(&self, word: &Word) -> Range<usize> {
        let text = self.place.command.text.get(word.span.clone()).unwrap_or_default();
        // Behind a continued line the indentation is counted to the word.
        let start = word.span.start + text.len() - text.trim_start().len();
        start..word.span.end.max(start)
    }

    /// The bytes of the document behind its program's name: where options can be added.
    pub(super) fn behind_program(&self, near: &Near<'_>) -> Option<Range<usize>> {
        let end = self.command.words.first().map(|word| self.bytes(word).end).filter(|end| *end > 0)?;
        near.bytes(&self.place, end..end)
    }

    /// The files its output is written or appended to.
    pub(super) fn redirected(&self) -> impl Iterator<Item = &'r Word> + use<'r> {
        self.command.redirects.iter().filter_map(|redirect| match redirect {
            Redirect::Write(word) | Redirect::Append(word) => Some(word),
            _ => None,
        })
    }

    /// The file it reads as its input.
    pub(super) fn input(&self) -> Option<&'r Word> {
        self.command.redirects.iter().find_map(|redirect| match redirect {
            Redirect::Read(word) => Some(word),
            _ => None,
        })
    }

    /// The text it is handed by `<<` or `<<<`.
    pub(super) fn handed(&self) -> Option<&'r Word> {
        self.command.redirects.iter().find_map(|redirect| match redirect {
            Redirect::Text(word) => Some(word),
            _ => None,
        })
    }

    /// Its bytes in the command's text; empty where it does not stand there as it is.
    pub(super) fn span(&self) -> Range<usize> {
        let spans = || self.command.words.iter().map(|word| self.bytes(word)).filter(|span| !span.is_empty());
        match (spans().map(|span| span.start).min(), spans().map(|span| span.end).max()) {
            (Some(start), Some(end)) => start..end,
            _ => 0..0,
        }
    }

    /// Its own lines, where it stands somewhere inside a longer command.
    pub(super) fn source(&self) -> Source {
        let whole = self.place.source();
        let span = self.span();
        let text = &self.place.command.text;
        let count = |until: usize| text.get(..until).map_or(0, |before| before.matches('\n').count() as u32);
        if span.is_empty() {
            return whole;
        }
        Source { line: whole.line + count(span.start), end_line: whole.line + count(span.end), ..whole }
    }

    /// A finding about it.
    pub(super) fn finding(&self, rule: &Kind, message: impl Into<String>, help: impl Into<String>) -> Finding {
        Finding::new(rule, self.source(), message, help).of_step(self.place.step)
    }

    /// Its first words, for a message: `docker system prune`.
    pub(super) fn short(&self, words: usize) -> String {
        let shown: Vec<&str> = self.command.words.iter().take(words).map(|word| self.quoted(word)).collect();
        shorten(&shown.join(" "))
    }
}

/// A text in one line that is not too long for a message.
pub(super) fn shorten(text: &str) -> String {
    const MOST: usize = 60;
    let line = text.lines().next().unwrap_or_default();
    match line.char_indices().nth(MOST) {
        Some((cut, _)) => format!("{}…", &line[..cut]),
        None => line.to_owned(),
    }
}
