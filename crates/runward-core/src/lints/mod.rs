//! What is wrong with a runbook before 3 a.m. finds it. One file for each family of rules.

mod danger;
mod encoding;
mod form;
mod placeholder;
mod scope;
mod shell;
mod structure;
mod waiting;
mod written;

use std::cell::OnceCell;
use std::collections::HashMap;

use crate::command::Command;
use crate::command::shell::{Script, Simple};
use crate::runbook::{Finding, Level, Procedure, Runbook, Step, Text};
use crate::source::{Origin, Source};

pub(crate) use form::{MD00, MD04, MD06, MD07, MD08, MD09};
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
const FAMILIES: &[&[Kind]] =
    &[danger::KINDS, encoding::KINDS, form::KINDS, placeholder::KINDS, shell::KINDS, structure::KINDS, waiting::KINDS];

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
    /// The code blocks; many rules look at them, and finding them takes its time.
    fences: OnceCell<Fences<'r>>,
}

impl<'r> Context<'r> {
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
}

impl<'r> Place<'r> {
    /// The command's lines.
    pub fn source(&self) -> Source {
        let lines = self.command.text.matches('\n').count() as u32;
        Source {
            line: self.command.line,
            end_line: self.command.line + lines,
            origin: Origin::Document,
            ..self.step.source.clone()
        }
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

/// Applies every rule whose needs are met; the runbook's findings are in the order of its lines afterwards.
pub(crate) fn check(runbook: &mut Runbook, texts: &[Text<'_>], scope: &Scope<'_>) {
    let mut found = Vec::new();
    let context = Context { runbook, texts, places: places(runbook), scope, fences: OnceCell::new() };
    for kind in FAMILIES.iter().copied().flatten().filter(|kind| scope.meets(kind.needs)) {
        if let Some(check) = kind.check {
            check(&context, &mut found);
        }
    }
    runbook.findings.append(&mut found);
    let order: HashMap<&str, usize> =
        runbook.documents.iter().enumerate().rev().map(|(at, d)| (d.path.as_str(), at)).collect();
    let mut findings = std::mem::take(&mut runbook.findings);
    findings.sort_by(|a, b| {
        let file = |f: &Finding| order.get(&*f.source.file).copied();
        (file(a), a.source.line, &a.rule).cmp(&(file(b), b.source.line, &b.rule))
    });
    findings.dedup();
    runbook.findings = findings;
}

fn places(runbook: &Runbook) -> Vec<Place<'_>> {
    let inside = runbook.procedures.iter().flat_map(|p| p.steps.iter().map(move |step| (Some(p), step)));
    let outside = runbook.asides.iter().map(|step| (None, step));
    let all = inside.chain(outside);
    all.flat_map(|(procedure, step)| step.commands.iter().map(move |command| Place { procedure, step, command }))
        .collect()
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
