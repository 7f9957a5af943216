//! What is wrong with a runbook before 3 a.m. finds it. One file per family of rules.

mod danger;
mod placeholder;
mod shell;

use std::collections::HashMap;

use crate::command::Command;
use crate::runbook::{Level, Procedure, Runbook, Step};
use crate::source::{Origin, Source};

/// One rule.
pub struct Kind {
    /// Its name: letters for the family and a number.
    pub id: &'static str,
    /// How bad a finding is.
    pub level: Level,
    /// What it looks for, in a sentence.
    pub what: &'static str,
    /// Why that matters.
    pub why: &'static str,
}

/// Every rule, those that the reader itself applies included. To add one: a file in this folder, a `mod` line above, an entry here.
pub const KINDS: &[Kind] = &[MD04, MD06, MD07, MD08, MD09, placeholder::PH01, danger::SF01, shell::SH01];

const MD04: Kind = Kind {
    id: "MD04",
    level: Level::Error,
    what: "A code block is never closed.",
    why: "Everything behind it is read as code: procedures, tables and headings disappear. It is also what a half-written file looks like.",
};

const MD06: Kind = Kind {
    id: "MD06",
    level: Level::Error,
    what: "A row of a table that states facts has more or fewer cells than its heading.",
    why: "Markdown pads short rows and drops extra cells in silence, so a port may be read as a unit, or an endpoint not at all.",
};

const MD07: Kind = Kind {
    id: "MD07",
    level: Level::Error,
    what: "Where a port should stand, there is a number that no port can have.",
    why: "Nothing would watch the service on its port. Ports go from 1 to 65535.",
};

const MD08: Kind = Kind {
    id: "MD08",
    level: Level::Error,
    what: "Two rows of the inventory have the same name.",
    why: "Only the first is a service; what the second says is watched under no name at all.",
};

const MD09: Kind = Kind {
    id: "MD09",
    level: Level::Warning,
    what: "The document holds characters that no editor shows.",
    why: "They come from a damaged file or from a terminal, break names and commands, and nobody sees them.",
};

/// Applies every rule; the runbook's findings are in the order of its lines afterwards.
pub(crate) fn check(runbook: &mut Runbook) {
    let mut found = Vec::new();
    for procedure in &runbook.procedures {
        for step in &procedure.steps {
            for command in &step.commands {
                let at = Place { procedure, step, command };
                found.extend(placeholder::check(&at));
                found.extend(shell::check(&at));
                found.extend(danger::check(&at));
            }
        }
    }
    runbook.findings.append(&mut found);
    let order: HashMap<&str, usize> =
        runbook.documents.iter().enumerate().rev().map(|(at, d)| (d.path.as_str(), at)).collect();
    let file_order = |file: &str| order.get(file).copied();
    let mut findings = std::mem::take(&mut runbook.findings);
    findings.sort_by_key(|f| (file_order(&f.source.file), f.source.line, f.rule.clone()));
    findings.dedup();
    runbook.findings = findings;
}

/// A command where it stands.
struct Place<'r> {
    procedure: &'r Procedure,
    step: &'r Step,
    command: &'r Command,
}

impl Place<'_> {
    fn source(&self) -> Source {
        let lines = self.command.text.matches('\n').count() as u32;
        Source {
            line: self.command.line,
            end_line: self.command.line + lines,
            origin: Origin::Document,
            ..self.step.source.clone()
        }
    }
}

#[cfg(test)]
mod tests;
