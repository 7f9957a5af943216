//! The runbook as plain text of 80 columns, with boxes to tick.

use std::fmt::Write;

use runward_core::runbook::{Phase, Procedure, Step};

use super::super::columns::{visible, width};
use super::super::out::{WIDTH, wrap};
use super::{Sheet, contact, escalation, is_done, notes, parameter, severity, symptoms, title_of};

pub(super) fn page(sheet: &Sheet<'_>) -> String {
    let runbook = &sheet.reading.runbook;
    let title = runbook.documents.first().map_or("Runbook", |d| d.title.as_str());
    let mut page = String::new();
    heading(&mut page, title, '=');
    lines(&mut page, "", &sheet.printed);
    sheet.versions().iter().for_each(|version| lines(&mut page, "", version));
    rows(&mut page, "Severities", runbook.severities.iter().map(severity));
    rows(&mut page, "Contacts", runbook.contacts.iter().map(contact));
    rows(&mut page, "Escalation", runbook.escalation.iter().map(escalation));
    rows(&mut page, "Parameters", runbook.parameters.iter().map(parameter));
    if !runbook.procedures.is_empty() {
        page.push('\n');
        heading(&mut page, "Procedures", '-');
    }
    for (at, procedure) in runbook.procedures.iter().enumerate() {
        lines(&mut page, &format!("{:>3}. ", at + 1), &procedure.title);
    }
    for (at, procedure) in runbook.procedures.iter().enumerate() {
        self::procedure(&mut page, at + 1, procedure);
    }
    for (document, text) in sheet.documents() {
        page.push('\n');
        heading(&mut page, &format!("As written: {}", document.path), '=');
        page.push_str(&visible(&text.text));
        page.push('\n');
    }
    page
}

fn heading(page: &mut String, title: &str, line: char) {
    let shown = wrap(&visible(title), WIDTH);
    let widest = shown.iter().map(|l| width(l)).max().unwrap_or_default();
    let _ = writeln!(page, "{}\n{}", shown.join("\n"), line.to_string().repeat(widest));
}

/// A text behind something that its later lines stand in below.
fn lines(page: &mut String, lead: &str, text: &str) {
    let indent = width(lead);
    for (at, line) in wrap(&visible(text), WIDTH - indent).iter().enumerate() {
        let lead = if at == 0 { lead.to_owned() } else { " ".repeat(indent) };
        let _ = writeln!(page, "{}", format!("{lead}{line}").trim_end());
    }
}

fn rows(page: &mut String, title: &str, rows: impl Iterator<Item = [String; 3]>) {
    let mut begun = false;
    for row in rows {
        if !std::mem::replace(&mut begun, true) {
            page.push('\n');
            heading(page, title, '-');
        }
        let said: Vec<&str> = row.iter().map(String::as_str).filter(|cell| !cell.is_empty()).collect();
        lines(page, "  ", &said.join(" | "));
    }
}

fn procedure(page: &mut String, number: usize, procedure: &Procedure) {
    page.push('\n');
    let severity = procedure.severity.as_ref().map(|s| format!(" ({s})")).unwrap_or_default();
    heading(page, &format!("{number}. {}{severity}", procedure.title), '=');
    lines(page, "", &procedure.source.to_string());
    symptoms(procedure).iter().for_each(|symptom| lines(page, "", symptom));
    let mut phase: Option<Phase> = None;
    for (at, step) in procedure.steps.iter().enumerate() {
        if phase.replace(step.phase) != Some(step.phase) {
            let _ = writeln!(page, "\n{}:", step.phase.name());
        }
        self::step(page, at + 1, step);
    }
}

fn step(page: &mut String, number: usize, step: &Step) {
    let tick = if is_done(step) { "[ ]" } else { "   " };
    let class = step.commands.iter().map(|c| c.impact).max().filter(|_| is_done(step));
    let class = class.map(|impact| format!(" ({})", impact.name())).unwrap_or_default();
    lines(page, &format!("  {tick} {number:>2}. "), &format!("{}{class}", title_of(step)));
    notes(step).iter().for_each(|note| lines(page, "          ", note));
    // Commands are never broken: what is typed from paper must be one line.
    for command in &step.commands {
        for (at, line) in command.text.lines().enumerate() {
            let _ = writeln!(page, "          {} {}", if at == 0 { '$' } else { ' ' }, visible(line));
        }
    }
    if let Some(expected) = &step.expected {
        lines(page, "          ", &format!("Expected: {expected}"));
    }
}
