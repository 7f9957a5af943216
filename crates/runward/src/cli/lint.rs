//! `runward lint`: what is wrong with a runbook, drawn under its lines.

use std::collections::BTreeMap;
use std::path::PathBuf;

use annotate_snippets::{AnnotationKind, Level as Drawn, Renderer, Snippet};
use runward_core::runbook::{Finding, Level, Runbook};
use runward_core::source::Lines;
use serde::Serialize;

use super::out;
use super::{Ended, Failure, Format};
use crate::config::read_documents;

#[derive(Debug, clap::Args)]
pub(super) struct Arguments {
    /// The runbook's Markdown files
    #[arg(required = true)]
    files: Vec<PathBuf>,
    /// Text for people or JSON for programs
    #[arg(long, value_enum, default_value_t)]
    format: Format,
}

#[derive(Serialize)]
struct Report<'r> {
    findings: &'r [Finding],
}

pub(super) fn run(arguments: &Arguments) -> Ended {
    let shown: Vec<String> = arguments.files.iter().map(|f| f.display().to_string()).collect();
    let runbook = read_documents(&arguments.files, &shown)?;
    match arguments.format {
        Format::Json => out::json(&Report { findings: &runbook.findings })?,
        Format::Text => {
            let texts = arguments
                .files
                .iter()
                .zip(&shown)
                .map(|(file, name)| (name.clone(), std::fs::read_to_string(file).unwrap_or_default()));
            out::print(&text(&runbook, &texts.collect()));
        }
    }
    let errors = runbook.findings.iter().any(|f| f.level == Level::Error);
    if errors { Err(Failure::Quiet(1)) } else { Ok(()) }
}

fn text(runbook: &Runbook, texts: &BTreeMap<String, String>) -> String {
    let renderer = Renderer::styled().term_width(out::WIDTH);
    let mut said = String::new();
    for finding in &runbook.findings {
        if let Some(text) = texts.get(&*finding.source.file) {
            said.push_str(&drawn(&renderer, finding, text));
            said.push_str("\n\n");
        }
    }
    said.push_str(&summary(runbook));
    said
}

fn drawn(renderer: &Renderer, finding: &Finding, text: &str) -> String {
    let lines = Lines::new(&finding.source.file, text);
    let level = match finding.level {
        Level::Error => Drawn::ERROR,
        Level::Warning => Drawn::WARNING,
        Level::Info => Drawn::INFO,
    };
    let span = lines.line_span(finding.source.line);
    let line = &text[span.clone()];
    let start = span.start + (line.len() - line.trim_start().len());
    let end = span.start + line.trim_end().len();
    let snippet = Snippet::source(text)
        .path(&*finding.source.file)
        .annotation(AnnotationKind::Primary.span(start..end.max(start)));
    // `warning[XX00]: ` stands before the first line, and as much space before the others.
    let message = out::wrap(&finding.message, out::WIDTH - 16).join("\n");
    let help = out::wrap(&finding.help, out::WIDTH - 12).join("\n");
    let mut group = level.primary_title(message).id(finding.rule.clone()).element(snippet);
    if !help.is_empty() {
        group = group.element(Drawn::HELP.message(help));
    }
    renderer.render(&[group])
}

fn summary(runbook: &Runbook) -> String {
    let count = |level: Level| runbook.findings.iter().filter(|f| f.level == level).count();
    let files = runbook.documents.len();
    let (errors, warnings) = (count(Level::Error), count(Level::Warning));
    if runbook.findings.is_empty() {
        return format!("{}: nothing found\n", out::count(files, "file"));
    }
    format!("{}: {}, {}\n", out::count(files, "file"), out::count(errors, "error"), out::count(warnings, "warning"))
}
