//! What a timeline knows of an incident, by what review templates call it.

use std::collections::BTreeSet;

use super::clock;
use crate::id::RUNWARD;
use crate::incident::Incident;
use crate::incident::timeline::{Entry, EntryKind};
use crate::runbook::words::normal;
use crate::time::Timestamp;

/// What the timeline knows, by what templates call it.
pub(super) struct Known {
    fields: Vec<(&'static [&'static str], String)>,
}

impl Known {
    pub fn of(incident: &Incident, timeline: &[Entry]) -> Known {
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

    /// What is known under a label, whatever a team calls it.
    pub fn value(&self, label: &str) -> Option<&str> {
        let label = normal(label);
        let by_name = |wanted: &str| {
            let found = self.fields.iter().find(|(names, _)| names.contains(&wanted));
            found.map(|(_, value)| value.as_str())
        };
        by_name(&label).or_else(|| by_name(meant(&label)?))
    }
}

/// The usual name for a label that is not one of them: by the words it holds, all of one row.
fn meant(label: &str) -> Option<&'static str> {
    const WORDS: &[(&[&str], &str)] = &[
        (&["follow"], ""),
        (&["action"], ""),
        (&["review"], ""),
        (&["next"], ""),
        (&["from", "to"], "duration"),
        (&["who", "there"], "responders"),
        (&["who", "acted"], "responders"),
        (&["who", "responded"], "responders"),
        (&["who", "involved"], "responders"),
        (&["people", "involved"], "responders"),
        (&["responders"], "responders"),
        (&["participants"], "responders"),
        (&["attendees"], "responders"),
        (&["responding"], "responders"),
        (&["on", "call"], "responders"),
        (&["affected", "services"], "services"),
        (&["affected", "service"], "services"),
        (&["impacted", "services"], "services"),
        (&["affected", "components"], "services"),
        (&["affected", "systems"], "services"),
        (&["severity"], "severity"),
        (&["duration"], "duration"),
        (&["downtime"], "duration"),
        (&["detected"], "detected"),
        (&["acknowledged"], "acknowledged"),
        (&["mitigated"], "mitigated"),
        (&["resolved"], "resolved"),
        (&["started"], "started"),
        (&["began"], "started"),
        (&["ended"], "ended"),
        (&["incident", "date"], "date"),
    ];
    let words: Vec<&str> = label.split([' ', '/', '(', ')']).filter(|w| !w.is_empty()).collect();
    let row = WORDS.iter().find(|(wanted, _)| wanted.iter().all(|w| words.contains(w)))?;
    Some(row.1).filter(|name| !name.is_empty())
}

fn length(from: Timestamp, to: Timestamp) -> String {
    let seconds = (to.as_second() - from.as_second()).max(0);
    match seconds {
        0..60 => format!("{seconds} s"),
        60..3600 => format!("{} min", seconds / 60),
        _ => format!("{} h {} min", seconds / 3600, seconds % 3600 / 60),
    }
}
