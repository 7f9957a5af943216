//! Who is paged when: the configuration's levels, else the runbook's own chain, else everybody twice.

use runward_core::escalation::Rule;
use runward_core::id::ChannelId;
use runward_core::runbook::Runbook;
use runward_core::time::Span;

use super::{Channel, Source, Wrong};

/// How long nobody may answer before everybody is paged again, where neither file says so.
const AGAIN_AFTER: Span = Span::seconds(900);

pub(super) fn rules(source: &Source, runbook: &Runbook, channels: &[Channel]) -> Result<Vec<Rule>, Wrong> {
    let all: Vec<ChannelId> = channels.iter().map(|c| c.id.clone()).collect();
    let timed: Vec<_> = source.config.escalation.iter().filter(|level| level.condition.is_none()).collect();
    if !timed.is_empty() {
        return timed.into_iter().map(|level| configured(source, level, &all)).collect();
    }
    let mut rules: Vec<Rule> = runbook
        .escalation
        .iter()
        .filter(|step| step.condition.is_none())
        .filter_map(|step| {
            Some(Rule {
                after: Span::seconds(step.after_s?),
                target: step.target.clone(),
                channels: all.clone(),
                severities: step.severities.clone(),
            })
        })
        .collect();
    // Whatever the runbook says of later levels, somebody is told at once, and nobody's silence is final.
    let at_once: Vec<&Rule> = rules.iter().filter(|r| r.after == Span::default()).collect();
    if !at_once.iter().any(|r| r.severities.is_empty()) {
        let told = |name: &String| at_once.iter().any(|r| r.severities.contains(name));
        let scale = runbook.severities.iter().map(|s| s.name.clone());
        let untold: Vec<String> = scale.filter(|name| !told(name)).collect();
        if at_once.is_empty() {
            rules.push(rule(Span::default(), &all));
        } else if !untold.is_empty() {
            rules.push(Rule { severities: untold, ..rule(Span::default(), &all) });
        }
    }
    if rules.iter().all(|r| r.after == Span::default()) {
        rules.push(rule(AGAIN_AFTER, &all));
    }
    Ok(rules)
}

fn rule(after: Span, channels: &[ChannelId]) -> Rule {
    Rule { after, target: String::new(), channels: channels.to_vec(), severities: Vec::new() }
}

fn configured(source: &Source, level: &super::Level, all: &[ChannelId]) -> Result<Rule, Wrong> {
    for name in &level.notify {
        if !source.config.notify.contains_key(name) && !all.iter().any(|c| c.as_str() == name) {
            let known: Vec<&str> = source.config.notify.keys().map(String::as_str).collect();
            let help =
                if known.is_empty() { format!("add [notify.{name}]") } else { format!("known: {}", known.join(", ")) };
            return Err(source.wrong_at("escalation", "notify", format!("there is no channel `{name}`"), help));
        }
    }
    let channels =
        if level.notify.is_empty() { all.to_vec() } else { level.notify.iter().map(|n| n.as_str().into()).collect() };
    Ok(Rule { after: level.after, target: level.target.clone(), channels, severities: level.severities.clone() })
}
