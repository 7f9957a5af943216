//! What is wrong with a runbook before 3 a.m. finds it. One file for each family of rules.

mod acts;
mod alertmanager;
mod alerts;
mod allow;
mod backup;
mod calls;
mod compose;
mod covers;
mod danger;
mod drift;
mod encoding;
mod firewall;
mod form;
mod guards;
mod host;
mod kept;
mod loss;
mod named;
mod near;
mod once;
mod outage;
mod page;
mod people;
mod placeholder;
mod pm2;
mod prose;
mod release;
mod repo;
mod restore;
mod revision;
mod root;
mod says;
mod scope;
mod secret;
mod sets;
mod shell;
mod shown;
mod stated;
mod statement;
mod structure;
mod undo;
mod upkeep;
mod used;
mod values;
mod verification;
mod waiting;
mod written;

use std::collections::HashMap;
use std::ops::Range;
use std::sync::OnceLock;

use crate::command::Command;
use crate::command::shell::{Script, Simple};
use crate::hands;
use crate::runbook::{Finding, Level, MUCH, Procedure, Runbook, Step, Text};
use crate::source::{Lines, Origin, Source};
use calls::Calls;
use near::Near;
use prose::Passage;

pub use allow::Allowance;
pub(crate) use allow::{accept as accept_allowances, apply as allow};
pub(crate) use form::{MD00, MD04, MD06, MD07, MD08, MD09};
pub use named::asked;
pub use page::{Family, GROUPS, family, find, page};
pub use scope::Scope;
use written::Fences;

/// One rule.
pub struct Kind {
    /// Its name: letters for the family and a number, or the name of a defect that was met in practice.
    pub id: &'static str,
    /// How bad a finding is.
    pub level: Level,
    /// What must be known for it to be applied.
    pub needs: Needs,
    /// What it looks for, in a sentence.
    pub what: &'static str,
    /// Why that matters.
    pub why: &'static str,
    /// A document in which it finds something.
    pub wrong: &'static str,
    /// The same document, mended.
    pub right: &'static str,
    /// How it looks; `None` where the reader itself does.
    pub check: Option<fn(&Context<'_>, &mut Vec<Finding>)>,
}

/// What must be known for a rule to be applied.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Needs {
    /// The documents alone.
    Document,
    /// What day it is.
    Today,
    /// The team's repository (`--repo`).
    Repo,
    /// The machine that is described (`--host`).
    Host,
    /// What was run before, and how it went.
    History,
}

/// Every family, each a table of its rules. To add a rule: a function in its family's file and an entry in that
/// file's `KINDS`. To add a family: a file in this folder, a `mod` line above, an entry here.
const FAMILIES: &[&[Kind]] = &[
    alertmanager::KINDS,
    alerts::KINDS,
    allow::KINDS,
    backup::KINDS,
    compose::KINDS,
    danger::KINDS,
    drift::KINDS,
    encoding::KINDS,
    firewall::KINDS,
    form::KINDS,
    guards::KINDS,
    host::KINDS,
    kept::KINDS,
    loss::KINDS,
    once::KINDS,
    outage::KINDS,
    people::KINDS,
    upkeep::KINDS,
    placeholder::KINDS,
    pm2::KINDS,
    release::KINDS,
    repo::KINDS,
    restore::KINDS,
    revision::KINDS,
    root::KINDS,
    says::KINDS,
    secret::KINDS,
    sets::KINDS,
    shell::KINDS,
    shown::KINDS,
    structure::KINDS,
    undo::KINDS,
    values::KINDS,
    verification::KINDS,
    waiting::KINDS,
];

/// Every rule, ordered by name.
pub fn kinds() -> Vec<&'static Kind> {
    let mut all: Vec<&Kind> = FAMILIES.iter().copied().flatten().collect();
    all.sort_by_key(|kind| kind.id);
    all
}

/// What rules look at.
pub struct Context<'r> {
    /// What was understood.
    pub runbook: &'r Runbook,
    /// The documents as they are written.
    pub texts: &'r [Text<'r>],
    /// Every command where it stands, those of `runbook.asides` last.
    pub places: Vec<Place<'r>>,
    /// What is known of the world around the documents.
    pub scope: &'r Scope<'r>,
    /// The same commands as what really acts, wrappers unwrapped.
    calls: Calls<'r>,
    /// What stands around them.
    near: Near<'r>,
    /// The code blocks; many rules look at them, and finding them takes its time.
    fences: OnceLock<Fences<'r>>,
    /// The running text; many rules read it.
    passages: OnceLock<Vec<Passage<'r>>>,
}

impl<'r> Context<'r> {
    fn new(runbook: &'r Runbook, texts: &'r [Text<'r>], scope: &'r Scope<'r>) -> Context<'r> {
        let near = Near::new(texts);
        let places = places(runbook, texts);
        let calls = Calls::new(&places, &near);
        let (fences, passages) = (OnceLock::new(), OnceLock::new());
        Context { runbook, texts, places, scope, calls, near, fences, passages }
    }

    /// The first line of a place as it is written; empty where it stands in none of the documents.
    fn line(&self, source: &Source) -> &str {
        let text = self.texts.iter().find(|text| *text.lines.file() == *source.file);
        text.map_or("", |text| text.lines.line(source.line))
    }

    /// Every paragraph, item and cell.
    fn passages(&self) -> &[Passage<'r>] {
        self.passages.get_or_init(|| prose::passages(self.texts))
    }

    /// Every code block with its commands.
    fn fences(&self) -> &Fences<'r> {
        self.fences.get_or_init(|| Fences::new(self.runbook, self.texts, &self.places))
    }
}

/// A command where it stands.
#[derive(Clone, Copy)]
pub struct Place<'r> {
    /// The procedure it belongs to, if any.
    pub procedure: Option<&'r Procedure>,
    /// The step.
    pub step: &'r Step,
    /// The command.
    pub command: &'r Command,
    /// The document it stands in; `None` where it was added by the configuration.
    pub text: Option<&'r Text<'r>>,
}

impl<'r> Place<'r> {
    /// Where the command stands.
    pub fn source(&self) -> Source {
        let lines = self.command.text.matches('\n').count() as u32;
        let (line, end_line) = (self.command.line, self.command.line + lines);
        let whole = &self.step.source;
        let span = self.text.and_then(|text| span(self.command, &text.lines)).unwrap_or_else(|| whole.span.clone());
        Source { line, end_line, span, origin: Origin::Document, ..whole.clone() }
    }

    /// A finding about this command.
    pub fn finding(&self, rule: &Kind, message: impl Into<String>, help: impl Into<String>) -> Finding {
        Finding::new(rule, self.source(), message, help).of_step(self.step)
    }

    /// Its grammar, if it is shell.
    pub fn script(&self) -> Option<&'r Script> {
        self.command.script.0.as_deref()
    }

    /// Every simple command in it.
    pub fn simple(&self) -> &'r [Simple] {
        self.script().map_or(&[], |script| &script.commands)
    }
}

/// The bytes of a command: from where its first line begins to where its last one ends. Both may stand behind a prompt,
/// in a cell, or be continued, so that its text as a whole need not be found in the document.
fn span(command: &Command, lines: &Lines<'_>) -> Option<Range<usize>> {
    // A row of a table may be as long as the document, and be asked for by each of its commands.
    const LONGEST: usize = 4096;
    let find = |number: u32, part: &str| {
        let line = lines.line(number);
        let part = part.trim().trim_end_matches('\\').trim_end();
        let at = line.get(..line.len().min(LONGEST)).unwrap_or(line).find(part).filter(|_| !part.is_empty())?;
        let start = lines.line_span(number).start + at;
        Some(start..start + part.len())
    };
    let mut parts = command.text.lines();
    let first = find(command.line, parts.next()?)?;
    let Some(last) = parts.next_back() else { return Some(first) };
    let count = command.text.matches('\n').count() as u32;
    Some(first.start..find(command.line + count, last).map_or(first.end, |last| last.end))
}

/// Applies every rule whose needs are met; the runbook's findings are in the order of its lines afterwards.
pub(crate) fn check(runbook: &mut Runbook, texts: &[Text<'_>], scope: &Scope<'_>) {
    let much = texts.iter().map(|text| text.lines.text().len()).sum::<usize>() > MUCH;
    let context = Context::new(runbook, texts, scope);
    let kinds = FAMILIES.iter().copied().flatten().filter(|kind| scope.meets(kind.needs));
    let checks: Vec<_> = kinds.filter_map(|kind| kind.check).collect();
    let found = hands::each(&checks, much, |check| {
        let mut found = Vec::new();
        check(&context, &mut found);
        found
    });
    let mut found = found.into_iter().flatten().collect();
    covers::one_for_each_mistake(&mut found);
    runbook.findings.append(&mut found);
    let order: HashMap<&str, usize> =
        runbook.documents.iter().enumerate().rev().map(|(at, d)| (d.path.as_str(), at)).collect();
    // What the configuration says of a runbook comes behind its documents.
    let file = |f: &Finding| order.get(&*f.source.file).copied().unwrap_or(usize::MAX);
    let mut findings = std::mem::take(&mut runbook.findings);
    findings.sort_by(|a, b| (file(a), a.source.line, &a.rule).cmp(&(file(b), b.source.line, &b.rule)));
    // Edits are edits of documents.
    findings.iter_mut().filter(|f| file(f) == usize::MAX).for_each(|f| f.edits.clear());
    findings.dedup();
    runbook.findings = findings;
}

fn places<'r>(runbook: &'r Runbook, texts: &'r [Text<'r>]) -> Vec<Place<'r>> {
    let named: HashMap<&str, &Text<'r>> = texts.iter().rev().map(|text| (text.lines.file(), text)).collect();
    let inside = runbook.procedures.iter().flat_map(|p| p.steps.iter().map(move |step| (Some(p), step)));
    let outside = runbook.asides.iter().map(|step| (None, step));
    let mut places = Vec::new();
    for (procedure, step) in inside.chain(outside) {
        let text = named.get(&*step.source.file).copied();
        places.extend(step.commands.iter().map(|command| Place { procedure, step, command, text }));
    }
    places
}

/// The documents, each with its commands in the order of its lines.
fn each_document<'c>(context: &'c Context<'_>) -> Vec<(&'c Text<'c>, Vec<&'c Place<'c>>)> {
    let mut places: HashMap<&str, Vec<&Place<'_>>> = HashMap::new();
    for place in &context.places {
        places.entry(&place.step.source.file).or_default().push(place);
    }
    let with_places = |text: &'c Text<'c>| {
        let mut places = places.remove(text.lines.file()).unwrap_or_default();
        places.sort_by_key(|place| place.command.line);
        (text, places)
    };
    context.texts.iter().map(with_places).collect()
}

#[cfg(test)]
mod tests;
