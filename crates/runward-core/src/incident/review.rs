//! The draft of the post-incident review: the team's own template, filled with what the timeline knows.
//!
//! What a machine can know is filled in (times, severity, services, who acted, what was run);
//! what only people know keeps the template's own prompt.

use std::collections::BTreeSet;

use super::Incident;
use super::timeline::{Entry, EntryKind};
use crate::command::impact::Impact;
use crate::id::{RUNWARD, slug};
use crate::run::{Run, StepState};
use crate::runbook::words::normal;
use crate::time::Timestamp;

/// The template for teams whose runbook has none.
pub const BUILT_IN: &str = include_str!("review.md");

/// The name of the file: `2026-03-01-wallet-down.md`, with a number where there are several.
pub fn file_name(incident: &Incident, number: u32) -> String {
    let date = incident.opened_at.strftime("%Y-%m-%d");
    let again = if number > 1 { format!("-{number}") } else { String::new() };
    format!("{date}-{}{again}.md", slug(&incident.title))
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
            if section == "timeline" && !told {
                told = true;
                push_timeline(&mut out, timeline);
            }
            section = if heading.contains("timeline") { "timeline".into() } else { heading };
            out.push_str(&titled(line, incident));
        } else if section == "timeline" && is_sample_moment(line) {
            continue;
        } else {
            out.push_str(&filled(line, &known, incident));
        }
        out.push('\n');
    }
    if !told {
        if section != "timeline" {
            out.push_str("\n## Timeline\n\n");
        }
        push_timeline(&mut out, timeline);
    }
    push_commands(&mut out, runs);
    out.push_str(&format!("\n{}\n", marker(incident)));
    out
}

/// What the timeline knows, by what templates call it.
struct Known {
    fields: Vec<(&'static [&'static str], String)>,
}

impl Known {
    fn of(incident: &Incident, timeline: &[Entry]) -> Known {
        let end = incident.resolved_at();
        let first = |wanted: &dyn Fn(&&Entry) -> bool| {
            timeline.iter().find(wanted).map(|e| format!("{} {}", clock(e.at), e.text))
        };
        let people: BTreeSet<&str> = timeline.iter().map(|e| e.by.as_str()).filter(|by| *by != RUNWARD).collect();
        let people: Vec<&str> = people.into_iter().collect();
        let responders =
            if people.is_empty() { "nobody; Runward acted by itself".to_owned() } else { people.join(", ") };
        let services: Vec<&str> =
            std::iter::once(incident.service_name.as_str()).chain(incident.folded.iter().map(|s| s.as_str())).collect();
        let date = incident.opened_at.strftime("%Y-%m-%d").to_string();
        let began = incident.opened_at.strftime("%Y-%m-%d %H:%M UTC").to_string();
        let duration = match end {
            Some(end) => format!(
                "{} - {} UTC (Total: {})",
                clock(incident.opened_at),
                clock(end),
                length(incident.opened_at, end)
            ),
            None => format!("since {began}"),
        };
        let acknowledged = first(&|e: &&Entry| e.kind == EntryKind::Person && e.text.starts_with("Acknowledged"));
        let mitigated = first(&|e: &&Entry| e.kind == EntryKind::Well);
        let fields: Vec<(&'static [&'static str], Option<String>)> = vec![
            (&["date", "incident date"], Some(date)),
            (&["date and time", "start time", "started", "start", "began", "time"], Some(began)),
            (&["end time", "resolved at", "end", "ended"], end.map(|e| e.strftime("%Y-%m-%d %H:%M UTC").to_string())),
            (&["severity", "priority", "level"], incident.severity.clone()),
            (&["duration", "total duration", "downtime"], Some(duration)),
            (
                &[
                    "responders", "responder", "incident commander", "engineers", "participants", "who responded",
                    "on-call", "engineer",
                ],
                Some(responders),
            ),
            (
                &[
                    "services down", "affected services", "services affected", "services", "systems affected",
                    "affected systems",
                ],
                Some(services.join(", ")),
            ),
            (&["incident id", "incident", "incident number"], Some(incident.id.to_string())),
            (&["status"], Some(incident.stage.name().to_owned())),
            (&["detection", "detected", "detected at", "detected by"], first(&|e: &&Entry| e.kind == EntryKind::Alert)),
            (&["response", "acknowledged", "responded"], acknowledged),
            (&["mitigation", "mitigated"], mitigated),
            (&["resolution", "resolved", "service restored"], end.map(|e| format!("{} resolved", clock(e)))),
        ];
        Known { fields: fields.into_iter().filter_map(|(names, value)| Some((names, value?))).collect() }
    }

    fn value(&self, label: &str) -> Option<&str> {
        let label = normal(label);
        self.fields.iter().find(|(names, _)| names.contains(&label.as_str())).map(|(_, value)| value.as_str())
    }
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

/// A line with what is known in the place of its prompt: `**Severity:** P0/P1`, `- Services down: [list]`.
fn filled(line: &str, known: &Known, incident: &Incident) -> String {
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

fn length(from: Timestamp, to: Timestamp) -> String {
    let seconds = (to.as_second() - from.as_second()).max(0);
    match seconds {
        0..60 => format!("{seconds} s"),
        60..3600 => format!("{} min", seconds / 60),
        _ => format!("{} h {} min", seconds / 3600, seconds % 3600 / 60),
    }
}

#[cfg(test)]
mod tests;
