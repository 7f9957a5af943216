//! The draft of the post-incident review: the team's own template, filled with what the timeline knows.
//!
//! What a machine can know is filled in (times, severity, services, who acted, what was run);
//! what only people know keeps the template's own prompt.

mod known;

use super::Incident;
use super::timeline::Entry;
use crate::command::impact::Impact;
use crate::id::{RUNWARD, slug};
use crate::run::{Run, StepState};
use crate::runbook::words::normal;
use crate::time::Timestamp;
use known::Known;

/// The template for teams whose runbook has none.
pub const BUILT_IN: &str = include_str!("review.md");

/// The name of the file: `2026-03-01-wallet-down.md`, with a number where there are several.
pub fn file_name(incident: &Incident, number: u32) -> String {
    let date = incident.opened_at.strftime("%Y-%m-%d");
    let again = if number > 1 { format!("-{number}") } else { String::new() };
    // A file's name may have 255 bytes, and people must be able to read it.
    let name: String = slug(&incident.title).chars().take(80).collect();
    format!("{date}-{}{again}.md", name.trim_end_matches('-'))
}

/// The line by which a review is known to be this incident's.
pub fn marker(incident: &Incident) -> String {
    format!("<!-- runward: incident {} opened {} -->", incident.id, incident.opened_at)
}

/// Fills a template.
pub fn draft(template: &str, incident: &Incident, timeline: &[Entry], runs: &[Run]) -> String {
    let known = Known::of(incident, timeline);
    let mut out = String::new();
    let mut section = String::new();
    let mut told = false;
    for line in template.lines() {
        if let Some(heading) = heading(line) {
            if is_timeline(&section) && !told {
                told = true;
                push_timeline(&mut out, timeline);
            }
            section = heading;
            out.push_str(&titled(line, incident));
        } else if is_timeline(&section) && is_sample_moment(line) {
            continue;
        } else if is_timeline(&section) && !told && is_table_rule(line) {
            told = true;
            out.push_str(line);
            out.push('\n');
            push_rows(&mut out, timeline, line.matches('|').count().saturating_sub(1));
            continue;
        } else {
            out.push_str(&filled(line, &section, &known, incident));
        }
        out.push('\n');
    }
    if !told {
        if !is_timeline(&section) {
            out.push_str("\n## Timeline\n\n");
        }
        push_timeline(&mut out, timeline);
    }
    push_commands(&mut out, runs);
    out.push_str(&format!("\n{}\n", marker(incident)));
    out
}

fn heading(line: &str) -> Option<String> {
    let text = line.trim_start_matches('#');
    (text.len() < line.len() && text.starts_with(' ')).then(|| normal(text))
}

/// A heading with the incident's title in the place of `[Incident Title]`.
fn titled(line: &str, incident: &Incident) -> String {
    let (Some(open), Some(close)) = (line.find('['), line.find(']')) else { return line.to_owned() };
    let inside = line.get(open + 1..close).unwrap_or_default().to_lowercase();
    let asks = ["title", "name", "incident", "description", "summary"].iter().any(|w| inside.contains(w));
    if asks { format!("{}{}{}", &line[..open], incident.headline(), &line[close + 1..]) } else { line.to_owned() }
}

/// A line of the timeline that only shows how one looks: `- **HH:MM** - …`, `| HH:MM | … |`.
fn is_sample_moment(line: &str) -> bool {
    line.contains("HH:MM")
        || line.contains("hh:mm")
        || line.contains("YYYY")
        || (line.trim_start().starts_with('|') && line.contains('['))
}

fn is_timeline(section: &str) -> bool {
    section.contains("timeline") || section.contains("what happened when") || section.contains("chronolog")
}

/// The line below a table's heading: `|---|---|`.
fn is_table_rule(line: &str) -> bool {
    let line = line.trim();
    line.starts_with('|') && line.contains('-') && line.chars().all(|c| matches!(c, '|' | '-' | ':' | ' '))
}

/// A line with what is known in the place of its prompt: `**Severity:** P0/P1`, `| Severity | P0/P1 |`,
/// `- Services down: [list]`, and `[names]` alone below `## Responders`.
fn filled(line: &str, section: &str, known: &Known, incident: &Incident) -> String {
    let bare = line.trim();
    if let Some((label, cells)) = bare.strip_prefix('|').and_then(|rest| rest.split_once('|')) {
        let value = known.value(label.trim().trim_matches('*')).filter(|_| cells.matches('|').count() == 1);
        return value.map_or_else(|| line.to_owned(), |value| format!("|{label}| {value} |"));
    }
    if bare.starts_with('[') && bare.ends_with(']') && !bare.starts_with("[ ]") {
        return known.value(section).map_or_else(|| line.to_owned(), str::to_owned);
    }
    let bare = line.trim_start();
    let indent = &line[..line.len() - bare.len()];
    let (bullet, rest) = match bare.strip_prefix("- ").or(bare.strip_prefix("* ")) {
        Some(rest) => (&bare[..2], rest),
        None => ("", bare),
    };
    let Some((label, _)) = rest.split_once(':') else { return titled(line, incident) };
    let bold = label.starts_with("**");
    let name = label.trim_matches('*').trim();
    match known.value(name) {
        Some(value) if name.len() < 40 => {
            let label = if bold { format!("**{name}:**") } else { format!("{name}:") };
            format!("{indent}{bullet}{label} {value}")
        }
        _ => line.to_owned(),
    }
}

/// The timeline as rows of a team's own table: when, what, and who where there is a third column.
fn push_rows(out: &mut String, timeline: &[Entry], columns: usize) {
    for entry in timeline {
        let cell = |text: &str| text.replace('\n', " ").replace('|', "\\|");
        let mut cells = vec![entry.at.strftime("%Y-%m-%d %H:%M:%S").to_string(), cell(&entry.text), cell(&entry.by)];
        cells.resize(columns.max(2), String::new());
        out.push_str(&format!("| {} |\n", cells.join(" | ")));
    }
}

fn push_timeline(out: &mut String, timeline: &[Entry]) {
    if !out.ends_with("\n\n") {
        out.push('\n');
    }
    for entry in timeline {
        let by = if entry.by == RUNWARD || entry.text.contains(entry.by.as_str()) {
            String::new()
        } else {
            format!(" ({})", entry.by)
        };
        out.push_str(&format!(
            "- **{}** - {}{by}\n",
            entry.at.strftime("%Y-%m-%d %H:%M:%S"),
            entry.text.replace('\n', " ")
        ));
    }
    out.push('\n');
}

/// What was run, and who let it run.
fn push_commands(out: &mut String, runs: &[Run]) {
    let done: Vec<(&Run, &crate::run::RunStep)> = runs
        .iter()
        .flat_map(|run| run.steps.iter().map(move |step| (run, step)))
        .filter(|(_, step)| step.plan.is_command() && step.state.attempt() > 0)
        .collect();
    if done.is_empty() {
        return;
    }
    out.push_str("\n## Commands\n\n");
    for (run, step) in done {
        let how = match &step.state {
            StepState::Done { verified: Some(true), .. } => "done, checks well after it",
            StepState::Done { verified: Some(false), .. } => "done, checks not well after it",
            StepState::Done { .. } => "done",
            StepState::Failed { .. } => "failed",
            StepState::Unsure { .. } => "outcome not known",
            _ => "running",
        };
        let impact =
            if step.plan.impact == Impact::ReadOnly { String::new() } else { format!(", {}", step.plan.impact.name()) };
        out.push_str(&format!("- run {} by {}: {how}{impact}\n\n", run.id, run.by));
        out.push_str(&format!("  ```bash\n  {}\n  ```\n\n", step.plan.shown().replace('\n', "\n  ")));
    }
}

fn clock(at: Timestamp) -> String {
    at.strftime("%H:%M:%S").to_string()
}

#[cfg(test)]
mod tests;
