//! Which procedure fits a trouble: what was observed, held against what each procedure says it is for.

use std::collections::{BTreeMap, BTreeSet};

use crate::command::impact::Impact;
use crate::runbook::Procedure;
use crate::service::Service;

/// What is known of a trouble when a procedure is looked for.
#[derive(Clone, Debug, Default)]
pub struct Evidence {
    /// The kinds of checks that saw it.
    pub kinds: Vec<String>,
    /// What they said.
    pub summaries: Vec<String>,
    /// The alert's own name, where it came from elsewhere.
    pub alert: Option<String>,
}

/// The procedure that fits best, if any fits at all.
pub fn best<'p>(
    procedures: &'p [Procedure],
    evidence: &Evidence,
    service: Option<&Service>,
    services: &[&Service],
) -> Option<&'p Procedure> {
    if let Some(alert) = &evidence.alert {
        let named = procedures
            .iter()
            .find(|p| p.title == *alert || p.symptoms.iter().any(|s| s.alert.as_deref() == Some(alert)));
        if named.is_some() {
            return named;
        }
    }
    let common = commonness(procedures);
    let seen = evidence_words(evidence, service);
    let mut best: Option<(f64, &Procedure)> = None;
    for procedure in procedures {
        let score = overlap(procedure, &seen, &common) * aim(procedure, service, services);
        if score >= MIN_SCORE && best.is_none_or(|(top, _)| score > top) {
            best = Some((score, procedure));
        }
    }
    best.map(|(_, procedure)| procedure)
}

/// Below this nothing is said to fit: a wrong procedure at 3 a.m. is worse than none.
const MIN_SCORE: f64 = 1.0;

/// In how many procedures each word stands.
fn commonness(procedures: &[Procedure]) -> BTreeMap<String, usize> {
    let mut counts = BTreeMap::new();
    for procedure in procedures {
        let mut words = stems(&procedure.title);
        words.extend(procedure.symptoms.iter().flat_map(|s| stems(&s.text)));
        for word in words {
            *counts.entry(word).or_insert(0) += 1;
        }
    }
    counts
}

/// How much a procedure's symptoms and title say of what was seen; a rare word says more than a common one.
fn overlap(procedure: &Procedure, seen: &BTreeSet<String>, common: &BTreeMap<String, usize>) -> f64 {
    let weight = |word: &String| 1.0 / (common.get(word).copied().unwrap_or(1) as f64).sqrt();
    let score = |words: &BTreeSet<String>| words.iter().filter(|w| seen.contains(*w)).map(weight).sum::<f64>();
    let title = stems(&procedure.title);
    let symptoms: BTreeSet<String> = procedure.symptoms.iter().flat_map(|s| stems(&s.text)).collect();
    let said = score(&symptoms) + score(&title);
    // Without symptoms a procedure is a task, not an answer to trouble.
    if procedure.symptoms.is_empty() { said * 0.3 } else { said }
}

/// Whether a procedure acts on this service, on any service, or only on others.
fn aim(procedure: &Procedure, service: Option<&Service>, services: &[&Service]) -> f64 {
    let Some(service) = service else { return 1.0 };
    let acts: Vec<&str> = procedure
        .steps
        .iter()
        .flat_map(|s| &s.commands)
        .filter(|c| c.impact > Impact::ReadOnly)
        .map(|c| c.text.as_str())
        .collect();
    let mentions = |service: &Service| {
        service.names().any(|name| name.len() >= 3 && acts.iter().any(|text| holds_word(text, name)))
    };
    let title = stems(&procedure.title);
    let titled = |service: &Service| stems(&service.name).iter().any(|word| title.contains(word));
    let open = procedure.steps.iter().flat_map(|s| &s.commands).any(|c| !c.params.is_empty());
    let others = services.iter().any(|other| other.id() != service.id() && (mentions(other) || titled(other)));
    if titled(service) {
        1.6
    } else if mentions(service) {
        1.3
    } else if open || !others {
        1.0
    } else {
        0.4
    }
}

fn holds_word(text: &str, word: &str) -> bool {
    text.match_indices(word).any(|(at, _)| {
        let outside = |c: Option<char>| c.is_none_or(|c| !c.is_alphanumeric() && c != '-' && c != '_');
        outside(text[..at].chars().next_back()) && outside(text[at + word.len()..].chars().next())
    })
}

fn evidence_words(evidence: &Evidence, service: Option<&Service>) -> BTreeSet<String> {
    let mut words: BTreeSet<String> = evidence.summaries.iter().flat_map(|s| stems(s)).collect();
    for kind in &evidence.kinds {
        words.extend(stems(match kind.as_str() {
            "systemd" => "systemctl status service unit",
            "pm2" => "pm2 status service api offline",
            "http" => "http https endpoint request errors",
            "tcp" => "port connection",
            "process" => "process service",
            _ => "",
        }));
    }
    let said = evidence.summaries.join(" ").to_lowercase();
    for (sign, means) in SIGNS {
        if said.contains(sign) {
            words.extend(stems(means));
        }
    }
    if let Some(service) = service {
        words.extend(stems(&service.name));
    }
    words
}

/// What an observation's words mean in the words of runbooks.
const SIGNS: &[(&str, &str)] = &[
    ("refused", "service down won't start crash loop fails not running unreachable offline cannot be reached outage"),
    ("failed", "service down won't start crash loop fails crashed"),
    ("inactive", "service down stopped won't start offline"),
    ("not running", "service down won't start crash offline stopped"),
    ("errored", "service down crash loop errors offline"),
    ("stopped", "service down offline stopped"),
    ("auto-restart", "crash loop activating won't start service"),
    ("502", "bad gateway upstream down"),
    ("503", "service unavailable down"),
    ("500", "internal error errors 5xx"),
    ("timed out", "timeout slow response latency unresponsive"),
    ("certificate", "tls ssl certificate expired invalid https"),
    ("degraded", "degraded slow partial"),
    ("no such unit", "service missing unit"),
];

/// Words cut to their stems, without the words that say nothing.
fn stems(text: &str) -> BTreeSet<String> {
    const EMPTY: &[&str] = &[
        "the", "a", "an", "of", "in", "on", "to", "for", "and", "or", "is", "are", "not", "with", "at", "by", "be",
        "user", "show", "when", "from", "it", "all", "even", "after", "name", "can", "no",
    ];
    text.to_lowercase()
        .split(|c: char| !c.is_alphanumeric() && c != '\'')
        .map(|w| w.trim_matches('\''))
        .filter(|w| w.len() >= 2)
        .map(stem)
        .filter(|w| !EMPTY.contains(&w.as_str()))
        .collect()
}

fn stem(word: &str) -> String {
    for ending in ["ing", "ed", "es", "s"] {
        if let Some(stem) = word.strip_suffix(ending).filter(|s| s.len() >= 3) {
            return stem.trim_end_matches('e').to_owned();
        }
    }
    word.trim_end_matches('e').to_owned()
}
