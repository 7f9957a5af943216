//! `runward lint`: what is wrong with a runbook, for people, for programs, for code hosts, and as a patch.

mod draw;
mod edits;
mod github;
mod patch;
mod place;
mod sarif;
mod select;
mod text;

use std::path::PathBuf;

use clap::ValueEnum;
use runward_core::lints;
use runward_core::runbook::{Finding, Level, Suppressed};
use serde::Serialize;

use self::select::Selection;
use super::out;
use super::reading::Reading;
use super::{Ended, Failure, block_on};
use crate::outside::Outside;

#[derive(Debug, clap::Args)]
pub(super) struct Arguments {
    /// The runbook's Markdown files
    #[arg(required_unless_present = "explain")]
    files: Vec<PathBuf>,
    /// How to print what is found
    #[arg(long, value_enum, default_value_t)]
    format: Format,
    /// The team's repository: paths, scripts, targets and services that are named
    /// must be there
    #[arg(long, value_name = "DIR")]
    repo: Option<PathBuf>,
    /// Hold the documents against this machine: units, containers, ports,
    /// programs, cron lines, certificates, databases; it is only looked at
    #[arg(long)]
    host: bool,
    /// Make a rule's findings errors: a rule, a family such as EX, or `all`
    #[arg(long, value_name = "RULE", value_delimiter = ',')]
    deny: Vec<String>,
    /// Leave a rule's findings out: a rule, a family such as EX, or `all`
    #[arg(long, value_name = "RULE", value_delimiter = ',')]
    allow: Vec<String>,
    /// Print a patch that mends what can be mended safely, and change nothing
    #[arg(long, conflicts_with = "format")]
    patch: bool,
    /// The configuration; runward.toml where there is one and it is about these
    /// files
    #[arg(long, value_name = "FILE")]
    config: Option<PathBuf>,
    /// Print the page of a rule
    #[arg(long, value_name = "RULE", conflicts_with_all = ["files", "patch"])]
    explain: Option<String>,
}

/// How to print what is found.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, ValueEnum)]
enum Format {
    /// For people
    #[default]
    Text,
    /// For programs
    Json,
    /// For code hosts and editors: SARIF 2.1.0
    Sarif,
    /// For GitHub Actions: annotations of lines
    Github,
}

/// How many findings there are.
#[derive(Clone, Copy, Debug, Default, Serialize)]
struct Counts {
    files: usize,
    errors: usize,
    warnings: usize,
    notes: usize,
    suppressed: usize,
}

impl Counts {
    fn of(reading: &Reading) -> Counts {
        let runbook = &reading.runbook;
        let count = |level| runbook.findings.iter().filter(|f| f.level == level).count();
        Counts {
            files: runbook.documents.len(),
            errors: count(Level::Error),
            warnings: count(Level::Warning),
            notes: count(Level::Info),
            suppressed: runbook.suppressed.len(),
        }
    }
}

/// What programs are told.
#[derive(Serialize)]
struct Report<'r> {
    findings: &'r [Finding],
    suppressed: &'r [Suppressed],
    counts: Counts,
}

pub(super) fn run(arguments: &Arguments) -> Ended {
    if let Some(rule) = &arguments.explain {
        return explain(rule);
    }
    let selection = Selection::read(&arguments.deny, &arguments.allow)?;
    let outside = if arguments.repo.is_some() || arguments.host {
        block_on(Outside::look(&arguments.files, arguments.repo.as_deref(), arguments.host))??
    } else {
        Outside::today()
    };
    let mut reading = Reading::of(&arguments.files, arguments.config.as_deref(), &outside.scope())?;
    selection.apply(&mut reading.runbook);
    let counts = Counts::of(&reading);
    if arguments.patch {
        out::raw(&patch::of(&reading));
    } else {
        print(&reading, arguments.format, counts)?;
    }
    if counts.errors > 0 { Err(Failure::Quiet(1)) } else { Ok(()) }
}

fn print(reading: &Reading, format: Format, counts: Counts) -> Ended {
    let runbook = &reading.runbook;
    match format {
        Format::Text => out::print(&text::of(reading, counts)),
        Format::Json => {
            out::json(&Report { findings: &runbook.findings, suppressed: &runbook.suppressed, counts })?;
        }
        Format::Sarif => out::json(&sarif::of(reading))?,
        Format::Github => out::print(&github::of(&runbook.findings)),
    }
    Ok(())
}

fn explain(rule: &str) -> Ended {
    match lints::find(rule.trim()) {
        Some(kind) => out::print(&lints::page(kind)),
        None => return Err(Failure::Usage(select::unknown(rule, "--explain"))),
    }
    Ok(())
}
