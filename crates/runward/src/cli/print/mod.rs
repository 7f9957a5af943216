//! `runward print`: the runbook on paper and on disk, for when neither server nor network is there.

mod html;
mod text;

use std::io::{Read, Write};
use std::path::{Path, PathBuf};

use anyhow::Context;
use runward_core::id::slug;
use runward_core::runbook::{Contact, EscalationStep, Parameter, Procedure, Step, StepKind};
use runward_core::severity::Severity;
use runward_core::time::Span;

use super::reading::{Reading, Text};
use super::{Ended, Failure, out};
use crate::config::refuse_broken;
use crate::engine::clock;
use crate::outside::Outside;

/// What both files begin with or hold near their beginning; only such files are written over.
const MARK: &str = "Printed by Runward";
/// Where the mark is looked for.
const MARKED_WITHIN: u64 = 4096;

#[derive(Debug, clap::Args)]
pub(super) struct Arguments {
    /// The runbook's Markdown files
    #[arg(required = true)]
    files: Vec<PathBuf>,
    /// The folder to write to
    #[arg(short, long, default_value = ".", value_name = "DIR")]
    out: PathBuf,
    /// The configuration; runward.toml where there is one and it is about these
    /// files
    #[arg(long, value_name = "FILE")]
    config: Option<PathBuf>,
}

pub(super) fn run(arguments: &Arguments) -> Ended {
    let reading = Reading::of(&arguments.files, arguments.config.as_deref(), &Outside::today().scope())?;
    // Half a runbook on paper would be taken for a whole one.
    refuse_broken(&reading.runbook)?;
    let sheet =
        Sheet { reading: &reading, printed: format!("{MARK} on {}", clock::now().strftime("%Y-%m-%d %H:%M UTC")) };
    let title = reading.runbook.documents.first().map(|d| slug(&d.title)).filter(|name| !name.is_empty());
    let name: String = title.unwrap_or_else(|| "runbook".into()).chars().take(60).collect();
    std::fs::create_dir_all(&arguments.out).with_context(|| format!("make the folder {}", arguments.out.display()))?;
    for (kind, content) in [("html", html::page(&sheet)), ("txt", text::page(&sheet))] {
        let path = arguments.out.join(format!("{name}.{kind}"));
        write(&path, &content)?;
        out::say(&path.display().to_string());
    }
    Ok(())
}

/// Writes a file whole or not at all; a file that is not ours is left alone.
fn write(path: &Path, content: &str) -> Result<(), Failure> {
    if path.exists() && !is_ours(path) {
        return Err(Failure::Failed(format!(
            "{} is there already and was not printed by Runward\n  help: choose another folder with -o",
            path.display()
        )));
    }
    let part = path.with_extension("part");
    let written = std::fs::File::create(&part).and_then(|mut file| {
        file.write_all(content.as_bytes())?;
        file.sync_all()
    });
    written.and_then(|()| std::fs::rename(&part, path)).with_context(|| format!("write {}", path.display()))?;
    Ok(())
}

fn is_ours(path: &Path) -> bool {
    let mut start = Vec::new();
    let read = std::fs::File::open(path).and_then(|file| file.take(MARKED_WITHIN).read_to_end(&mut start));
    read.is_ok() && String::from_utf8_lossy(&start).contains(MARK)
}

/// What is printed.
struct Sheet<'r> {
    reading: &'r Reading,
    /// By whom and when.
    printed: String,
}

impl Sheet<'_> {
    /// The documents with their texts.
    fn documents(&self) -> impl Iterator<Item = (&runward_core::runbook::Document, &Text)> {
        self.reading.runbook.documents.iter().filter_map(|d| Some((d, self.reading.text(&d.path)?)))
    }

    /// Which text is printed, so that two sheets can be told apart.
    fn versions(&self) -> Vec<String> {
        let documents = self.reading.runbook.documents.iter();
        documents
            .map(|d| format!("{}, {} bytes, SHA-256 {}", d.path, d.bytes, &d.sha256[..16.min(d.sha256.len())]))
            .collect()
    }
}

/// A severity: its name and what it asks for.
fn severity(severity: &Severity) -> [String; 3] {
    let title = if severity.title.is_empty() { String::new() } else { format!(" {}", severity.title) };
    let within = match severity.respond_within_s {
        Some(0) => "at once".to_owned(),
        Some(s) => format!("within {}", Span::seconds(s)),
        None => String::new(),
    };
    [format!("{}{title}", severity.name), severity.criteria.clone(), within]
}

/// A contact: who, what they are called, how to reach them.
fn contact(contact: &Contact) -> [String; 3] {
    let ways = contact.channels.join(", ");
    // A number that was never filled in must be seen before it is needed.
    let ways = if contact.placeholder { format!("NOT FILLED IN: {ways}") } else { ways };
    [contact.role.clone(), contact.name.clone().unwrap_or_default(), ways]
}

fn escalation(step: &EscalationStep) -> [String; 3] {
    let after = step.after_s.map_or_else(|| "at no given time".to_owned(), |s| format!("after {}", Span::seconds(s)));
    let about: Vec<&str> = step.severities.iter().map(String::as_str).chain(step.condition.as_deref()).collect();
    [after, step.target.clone(), about.join(", ")]
}

fn parameter(parameter: &Parameter) -> [String; 3] {
    [parameter.spellings.join(" "), parameter.kind.name().to_owned(), parameter.values.join(", ")]
}

/// What a step is called.
fn title_of(step: &Step) -> &str {
    if step.title.trim().is_empty() { step.phase.name() } else { step.title.trim() }
}

/// Whether a step is one to tick.
fn is_done(step: &Step) -> bool {
    !matches!(step.kind, StepKind::Template | StepKind::Sample)
}

/// What must be known of a step before it is done.
fn notes(step: &Step) -> Vec<String> {
    let mut notes = Vec::new();
    let condition = step.guard.as_ref().or(step.variant.as_ref()).filter(|c| *c != title_of(step));
    notes.extend(condition.map(|c| format!("Only: {c}")));
    let hosts: Vec<&str> = step.commands.iter().filter_map(|c| c.host.as_deref()).collect();
    notes.extend(hosts.first().map(|host| format!("On {host}")));
    if let Some(command) = step.commands.iter().find(|c| c.impact == runward_core::command::impact::Impact::Destructive)
    {
        notes.push(format!("DESTROYS SOMETHING: it {}", command.why));
    }
    notes
}

/// What a procedure is found by, beside its title.
fn symptoms(procedure: &Procedure) -> Vec<&str> {
    procedure.symptoms.iter().map(|s| s.text.as_str()).collect()
}
