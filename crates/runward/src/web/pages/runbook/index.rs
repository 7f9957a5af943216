//! What was understood of one document, found by its lines: the article asks for it as it goes along.

use std::collections::HashMap;

use runward_core::command::Command;
use runward_core::lints;
use runward_core::runbook::fence::FenceType;
use runward_core::runbook::{Document, Finding, Level, Parameter, Procedure, Runbook, Step};

/// How many findings of a document stand in its margin: whoever has more to mend begins with these.
const MOST_FINDINGS: usize = 2000;

/// A step where it stands.
#[derive(Clone, Copy)]
pub(super) struct Placed<'r> {
    /// The procedure it belongs to, if any.
    pub procedure: Option<&'r Procedure>,
    /// The step.
    pub step: &'r Step,
}

/// One document's part of a runbook.
pub(super) struct Index<'r> {
    /// Its steps by their first line.
    steps: Vec<Placed<'r>>,
    /// Its commands by their lines.
    commands: Vec<&'r Command>,
    /// Its procedures by the line of their heading.
    procedures: Vec<&'r Procedure>,
    /// What is wrong with it, by line: as much of it as a page holds.
    pub findings: Vec<&'r Finding>,
    /// How many more findings there are.
    pub more: usize,
    kinds: HashMap<u32, FenceType>,
    parameters: HashMap<&'r str, &'r Parameter>,
    reasons: HashMap<&'static str, &'static str>,
}

impl<'r> Index<'r> {
    pub(super) fn of(runbook: &'r Runbook, document: &Document) -> Index<'r> {
        let path = document.path.as_str();
        let inside = runbook.procedures.iter().filter(|p| *p.source.file == *path);
        let of_procedures = inside.clone().flat_map(|p| p.steps.iter().map(|step| Placed { procedure: Some(p), step }));
        let asides = runbook.asides.iter().map(|step| Placed { procedure: None, step });
        let mut steps: Vec<Placed<'_>> =
            of_procedures.chain(asides).filter(|placed| *placed.step.source.file == *path).collect();
        steps.sort_by_key(|placed| placed.step.source.line);
        let mut commands: Vec<&Command> = steps.iter().flat_map(|placed| &placed.step.commands).collect();
        commands.sort_by_key(|command| command.line);
        let mut procedures: Vec<&Procedure> = inside.collect();
        procedures.sort_by_key(|procedure| procedure.source.line);
        let mut findings: Vec<&Finding> = runbook.findings.iter().filter(|f| *f.source.file == *path).collect();
        findings.sort_by_key(|finding| finding.source.line);
        let more = findings.len().saturating_sub(MOST_FINDINGS);
        findings.truncate(MOST_FINDINGS);
        let blocks = runbook.blocks.iter().filter(|block| *block.file == *path);
        Index {
            steps,
            commands,
            procedures,
            findings,
            more,
            kinds: blocks.map(|block| (block.line, block.kind)).collect(),
            parameters: runbook.parameters.iter().map(|p| (p.name.as_str(), p)).collect(),
            reasons: lints::kinds().into_iter().map(|kind| (kind.id, kind.why)).collect(),
        }
    }

    /// The steps that begin on these lines.
    pub(super) fn steps(&self, first: u32, last: u32) -> &[Placed<'r>] {
        between(&self.steps, first, last, |placed| placed.step.source.line)
    }

    /// The commands that begin on these lines.
    pub(super) fn commands(&self, first: u32, last: u32) -> &[&'r Command] {
        between(&self.commands, first, last, |command| command.line)
    }

    /// The procedures whose headings stand on these lines.
    pub(super) fn procedures(&self, first: u32, last: u32) -> &[&'r Procedure] {
        between(&self.procedures, first, last, |procedure| procedure.source.line)
    }

    /// What the code block that begins on this line holds.
    pub(super) fn kind(&self, line: u32) -> Option<FenceType> {
        self.kinds.get(&line).copied()
    }

    /// Why what a rule finds matters.
    pub(super) fn reason(&self, rule: &str) -> Option<&'static str> {
        self.reasons.get(rule).copied()
    }

    /// What a placeholder stands for.
    pub(super) fn parameter(&self, name: &str) -> Option<&'r Parameter> {
        self.parameters.get(name).copied()
    }
}

/// The worst of the findings at a line; they are in order.
pub(super) fn worst_at(findings: &[&Finding], line: u32) -> Option<Level> {
    between(findings, line, line, |finding| finding.source.line).iter().map(|finding| finding.level).max()
}

fn between<T>(all: &[T], first: u32, last: u32, line: impl Fn(&T) -> u32) -> &[T] {
    let start = all.partition_point(|one| line(one) < first);
    let end = all.partition_point(|one| line(one) <= last);
    &all[start..end.max(start)]
}
