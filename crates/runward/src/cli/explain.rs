//! `runward explain`: all that was understood of a runbook, each fact with its file and line.

use std::fmt::Write;
use std::path::PathBuf;

use runward_core::runbook::{Phase, Procedure, Runbook, Step};
use runward_core::source::{Origin, Source};
use runward_core::time::Span;

use super::columns::{visible, width};
use super::out::{self, BOLD, FAINT, WIDTH, of_state, styled, wrap};
use super::reading::Reading;
use super::{Ended, Failure, Format};
use crate::config::refuse_broken;
use crate::outside::Outside;

#[derive(Debug, clap::Args)]
pub(super) struct Arguments {
    /// The runbook's Markdown files
    #[arg(required = true)]
    files: Vec<PathBuf>,
    /// Text for people or JSON for programs
    #[arg(long, value_enum, default_value_t)]
    format: Format,
    /// The configuration; runward.toml where there is one and it is about these
    /// files
    #[arg(long, value_name = "FILE")]
    config: Option<PathBuf>,
}

pub(super) fn run(arguments: &Arguments) -> Ended {
    let reading = Reading::of(&arguments.files, arguments.config.as_deref(), &Outside::today().scope())?;
    let runbook = &reading.runbook;
    match arguments.format {
        Format::Json => out::json(runbook)?,
        Format::Text => out::print(&text(&reading)),
    }
    // All that can be read is shown; that it is not whole is said all the same.
    refuse_broken(runbook).map_err(|wrong| Failure::Failed(wrong.to_string()))
}

/// How far the later lines of one fact stand in.
const HANG: usize = 2;

/// Prints facts in two columns: where it stands, what it says.
struct Facts {
    out: String,
    column: usize,
}

impl Facts {
    fn heading(&mut self, title: &str, count: usize) {
        let _ = writeln!(self.out, "\n{} ({count})", styled(BOLD, title));
    }

    fn fact(&mut self, source: &Source, indent: usize, text: &str) {
        let mut place = source.to_string();
        let mut mark = mark(source.origin);
        if width(&place) > self.column {
            // Too long to stand beside the text: it stands above.
            let _ = writeln!(self.out, "{mark} {}", styled(FAINT, &place));
            place.clear();
            mark = ' ';
        }
        let room = WIDTH.saturating_sub(self.column + 3 + indent + HANG).max(24);
        for (at, line) in wrap(&visible(text), room).iter().enumerate() {
            let place = if at == 0 { place.as_str() } else { "" };
            let hang = if at == 0 { 0 } else { HANG };
            let pad = self.column.saturating_sub(width(place));
            let place = styled(FAINT, place);
            let _ = writeln!(self.out, "{mark} {place}{:pad$} {:indent$}{:hang$}{line}", "", "", "");
            mark = ' ';
        }
    }
}

/// Who said a fact, before its place.
fn mark(origin: Origin) -> char {
    match origin {
        Origin::Document => ' ',
        Origin::Override => '+',
        Origin::Derived => '~',
    }
}

fn text(reading: &Reading) -> String {
    let runbook = &reading.runbook;
    let longest = reading.texts.iter().map(|text| text.name.len()).max().unwrap_or_default();
    let mut facts = Facts { out: String::new(), column: (longest + 5).min(34) };
    for document in &runbook.documents {
        for line in wrap(&visible(&document.title), WIDTH) {
            let _ = writeln!(facts.out, "{}", styled(BOLD, &line));
        }
        let _ = writeln!(facts.out, "  {}, {} bytes", document.path, document.bytes);
    }
    services(&mut facts, runbook);
    people(&mut facts, runbook);
    if !runbook.procedures.is_empty() {
        facts.heading("Procedures", runbook.procedures.len());
        runbook.procedures.iter().for_each(|p| procedure(&mut facts, p));
    }
    rest(&mut facts, runbook);
    facts.out
}

fn services(facts: &mut Facts, runbook: &Runbook) {
    facts.heading("Services", runbook.services.len());
    for service in &runbook.services {
        let parts = [
            service.unit.as_ref().map(|u| format!("unit {u}")),
            service.container.as_ref().map(|c| format!("container {c}")),
            service.pm2.as_ref().map(|p| format!("pm2 {p}")),
            service.process.as_ref().map(|p| format!("process {p}")),
            service.port.map(|p| format!("port {p}")),
            service.endpoint.clone(),
            service.env_file.as_ref().map(|e| format!("settings {e}")),
            service.database.as_ref().map(|d| format!("data {d}")),
            (!service.depends_on.is_empty()).then(|| format!("needs {}", service.depends_on.join(", "))),
        ];
        let said: Vec<String> = parts.into_iter().flatten().collect();
        facts.fact(&service.source, 0, &format!("{}: {}", service.name, said.join(", ")));
    }
}

fn people(facts: &mut Facts, runbook: &Runbook) {
    if !runbook.severities.is_empty() {
        facts.heading("Severities", runbook.severities.len());
    }
    for severity in &runbook.severities {
        let within = severity
            .respond_within_s
            .map(|s| if s == 0 { "; at once".into() } else { format!("; within {}", Span::seconds(s)) });
        let every = severity.update_every_s.map(|s| format!("; update every {}", Span::seconds(s)));
        let title = if severity.title.is_empty() { String::new() } else { format!(" {}", severity.title) };
        let text = format!(
            "{}{title}: {}{}{}",
            severity.name,
            severity.criteria,
            within.unwrap_or_default(),
            every.unwrap_or_default()
        );
        facts.fact(&severity.source, 0, &text);
    }
    if !runbook.escalation.is_empty() {
        facts.heading("Escalation", runbook.escalation.len());
    }
    for step in &runbook.escalation {
        let after =
            step.after_s.map_or_else(|| "at no given time".to_owned(), |s| format!("after {}", Span::seconds(s)));
        let severities =
            if step.severities.is_empty() { String::new() } else { format!(" ({})", step.severities.join(", ")) };
        let condition = step.condition.as_ref().map(|c| format!(", if: {c}")).unwrap_or_default();
        facts.fact(&step.source, 0, &format!("{after}{severities}: {}{condition}", step.target));
    }
    if !runbook.contacts.is_empty() {
        facts.heading("Contacts", runbook.contacts.len());
    }
    for contact in &runbook.contacts {
        let name = contact.name.as_ref().map(|n| format!(" {n}")).unwrap_or_default();
        let placeholder = if contact.placeholder { "  (still to be filled in)" } else { "" };
        facts.fact(
            &contact.source,
            0,
            &format!("{}:{name} {}{placeholder}", contact.role, contact.channels.join(", ")),
        );
    }
}

fn procedure(facts: &mut Facts, procedure: &Procedure) {
    let severity = procedure.severity.as_ref().map(|s| format!(" ({s})")).unwrap_or_default();
    facts.fact(&procedure.source, 0, &format!("{}{severity}", procedure.title));
    facts.fact(&procedure.source, 2, &format!("run it with: runward run {}", procedure.id));
    if let Some(place) = &procedure.corrected {
        facts.fact(place, 2, "corrects it");
    }
    for symptom in &procedure.symptoms {
        facts.fact(&procedure.source, 2, &format!("symptom: {}", symptom.text));
    }
    let mut phase: Option<Phase> = None;
    for step in &procedure.steps {
        if phase != Some(step.phase) {
            phase = Some(step.phase);
            facts.fact(&step.source, 2, &format!("{}:", step.phase.name()));
        }
        self::step(facts, step);
    }
}

fn step(facts: &mut Facts, step: &Step) {
    let condition = step.variant.as_ref().filter(|v| **v != step.title);
    let title = match condition {
        Some(variant) => format!("{} [{variant}]", step.title).trim_start().to_owned(),
        None => step.title.clone(),
    };
    if !title.trim().is_empty() {
        facts.fact(&step.source, 4, &format!("# {title}"));
    }
    if let Some(place) = &step.corrected {
        let guard = step.guard.as_ref().map(|guard| format!("; only: {guard}")).unwrap_or_default();
        facts.fact(place, 4, &format!("corrects this step{guard}"));
    }
    for command in &step.commands {
        let source = Source { line: command.line, ..step.source.clone() };
        let waits = if command.interactive { ", waits" } else { "" };
        let host = command.host.as_ref().map(|h| format!(", on {h}")).unwrap_or_default();
        facts.fact(&source, 4, &command.text);
        let class = command.impact.name();
        let pad = facts.column + 7;
        for line in wrap(&format!("{class}{waits}{host}"), WIDTH.saturating_sub(pad + 2)) {
            let line = line.replacen(class, &styled(of_state(class), class), 1);
            let _ = writeln!(facts.out, "  {:pad$}{line}", "");
        }
        if let Some(rewrite) = &command.rewrite {
            facts.fact(&source, 6, &format!("runs as: {rewrite}"));
        }
    }
    if let Some(expected) = &step.expected {
        facts.fact(&step.source, 6, &format!("expected: {expected}"));
    }
}

fn rest(facts: &mut Facts, runbook: &Runbook) {
    if !runbook.parameters.is_empty() {
        facts.heading("Parameters", runbook.parameters.len());
    }
    for parameter in &runbook.parameters {
        let values =
            if parameter.values.is_empty() { String::new() } else { format!(": {}", parameter.values.join(", ")) };
        facts.fact(&parameter.source, 0, &format!("{} ({}){values}", parameter.name, parameter.kind.name()));
    }
    if !runbook.checks.is_empty() {
        facts.heading("Checks that follow", runbook.checks.len());
    }
    for check in &runbook.checks {
        facts.fact(&check.source, 0, &format!("{}: {} {}", check.name, check.kind, check.target));
    }
    if !runbook.templates.is_empty() {
        facts.heading("Templates", runbook.templates.len());
    }
    for template in &runbook.templates {
        let kind =
            serde_json::to_value(template.kind).ok().and_then(|v| v.as_str().map(str::to_owned)).unwrap_or_default();
        facts.fact(&template.source, 0, &format!("{kind}, {} lines", template.text.lines().count()));
    }
    let marks = ["+ said or corrected by the configuration", "~ concluded by Runward"];
    let used = marks.into_iter().filter(|mark| facts.out.lines().any(|line| line.starts_with(&mark[..2])));
    let used: Vec<&str> = used.collect();
    if !used.is_empty() {
        let _ = writeln!(facts.out, "\n{}", styled(FAINT, &used.join("   ")));
    }
    let count = runbook.findings.len();
    let _ = match count {
        0 => writeln!(facts.out, "\nNothing is wrong with it."),
        1 => writeln!(facts.out, "\nOne finding: see `runward lint`."),
        _ => writeln!(facts.out, "\n{count} findings: see `runward lint`."),
    };
}
