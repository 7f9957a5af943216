//! People and how bad it is: contacts nobody filled in, severities without promises, roles nobody can reach.

use std::collections::{BTreeSet, HashSet};
use std::sync::LazyLock;

use regex::Regex;

use super::prose;
use super::sets::quoted;
use super::{Context, Kind, Needs};
use crate::pattern::pattern;
use crate::runbook::contact::is_placeholder;
use crate::runbook::{Contact, EscalationStep, Finding, Level};
use crate::severity::{self, Severity};
use crate::source::{Origin, Source};

pub(super) const KINDS: &[Kind] = &[ES01, ES02, ES03, ES04];

const ES01: Kind = Kind {
    id: "ES01",
    level: Level::Error,
    needs: Needs::Document,
    what: "A contact or an owner is still the placeholder of a template, or has no way to be reached.",
    why: "In an emergency somebody reads `[phone]` where a number should stand. The page goes nowhere.",
    wrong: "# Ops\n\n## Contacts\n\n| Role | Name | Phone |\n|---|---|---|\n| On-call | Ada | +49 30 5550100 |\n| Lead | [Name] | +1-XXX-XXX-XXXX |\n",
    right: "# Ops\n\n## Contacts\n\n| Role | Name | Phone |\n|---|---|---|\n| On-call | Ada | +49 30 5550100 |\n| Lead | Grace | +49 30 5550101 |\n",
    check: Some(placeholders),
};

const ES02: Kind = Kind {
    id: "ES02",
    level: Level::Warning,
    needs: Needs::Document,
    what: "The severities promise nothing (how soon, who else, how often), or one is used that none of them is.",
    why: "How bad it is should say what happens next. Where it does not, everybody decides anew, at night.",
    wrong: "# Ops\n\n## Severities\n\n| Severity | Criteria | Response time | Updates | Escalation |\n|---|---|---|---|---|\n| P1 | all down | 5 minutes | 30 minutes | Lead → CTO |\n| P2 | slow | 1 hour | 2 hours | Lead |\n\n## Web down (P4)\n\n**Fix:**\n```bash\nsystemctl restart web\n```\n",
    right: "# Ops\n\n## Severities\n\n| Severity | Criteria | Response time | Updates | Escalation |\n|---|---|---|---|---|\n| P1 | all down | 5 minutes | 30 minutes | Lead → CTO |\n| P2 | slow | 1 hour | 2 hours | Lead |\n\n## Web down (P1)\n\n**Fix:**\n```bash\nsystemctl restart web\n```\n",
    check: Some(severities),
};

const ES03: Kind = Kind {
    id: "ES03",
    level: Level::Warning,
    needs: Needs::Document,
    what: "The escalation calls roles that no contact is, or its times go backwards.",
    why: "Whoever should be woken next cannot be: nobody knows the number, or the order is not what somebody meant.",
    wrong: "# Ops\n\n## Escalation\n\n| Role | Escalate after |\n|---|---|\n| On-call | 5 minutes |\n| Team lead | 30 minutes |\n\n## Contacts\n\n| Role | Phone |\n|---|---|\n| On-call | +49 30 5550100 |\n",
    right: "# Ops\n\n## Escalation\n\n| Role | Escalate after |\n|---|---|\n| On-call | 5 minutes |\n| Team lead | 30 minutes |\n\n## Contacts\n\n| Role | Phone |\n|---|---|\n| On-call | +49 30 5550100 |\n| Team lead | +49 30 5550101 |\n",
    check: Some(escalation),
};

const ES04: Kind = Kind {
    id: "ES04",
    level: Level::Info,
    needs: Needs::Document,
    what: "No severity says how bad it is when a certain service is down.",
    why: "Runward, and whoever is on call, has to guess how soon to react.",
    wrong: "# Ops\n\n| Service | Unit |\n|---|---|\n| till | till |\n| mail | mail |\n\n## Severities\n\n| Severity | Criteria | Response time |\n|---|---|---|\n| P1 | till down | 5 minutes |\n| P2 | till slow | 1 hour |\n",
    right: "# Ops\n\n| Service | Unit |\n|---|---|\n| till | till |\n| mail | mail |\n\n## Severities\n\n| Severity | Criteria | Response time |\n|---|---|---|\n| P1 | till down | 5 minutes |\n| P2 | mail down | 1 hour |\n",
    check: Some(unrated),
};

fn placeholders(context: &Context<'_>, found: &mut Vec<Finding>) {
    let contacts = &context.runbook.contacts;
    let mut start = 0;
    while start < contacts.len() {
        let mut end = start + 1;
        while end < contacts.len() && is_near(&contacts[end - 1], &contacts[end]) {
            end += 1;
        }
        let group = &contacts[start..end];
        // Where nobody has a channel the table only says who is what.
        let reached = group.iter().any(|contact| !contact.channels.is_empty());
        let is_lost = |contact: &&Contact| contact.placeholder || (reached && contact.channels.is_empty());
        if group.len() > 1 && group.iter().all(|contact| contact.placeholder) {
            found.extend(all_open(group));
        } else {
            found.extend(group.iter().filter(is_lost).map(open));
        }
        start = end;
    }
    for document in &context.runbook.documents {
        if let Some(owner) = document.owner.as_ref().filter(|owner| is_placeholder(&owner.value)) {
            let message = format!("the owner is still a placeholder: `{}`", owner.value);
            found.push(Finding::new(&ES01, owner.source.clone(), message, "write who looks after this document"));
        }
    }
}

/// Rows of one table or list.
fn is_near(one: &Contact, next: &Contact) -> bool {
    const GAP: u32 = 4;
    one.source.file == next.source.file
        && one.source.end_line < next.source.line
        && next.source.line - one.source.end_line <= GAP
}

fn all_open(group: &[Contact]) -> Option<Finding> {
    let (first, last) = (group.first()?, group.last()?);
    let roles: Vec<&str> = group.iter().map(|contact| contact.role.as_str()).collect();
    let source = Source { end_line: last.source.end_line, ..first.source.clone() };
    let message =
        format!("all {} contacts are still placeholders, nobody can be reached: {}", group.len(), quoted(&roles));
    Some(Finding::new(&ES01, source, message, "fill in who it is and how to reach them, or take the row out"))
}

fn open(contact: &Contact) -> Finding {
    let written: Vec<&str> =
        contact.name.iter().chain(&contact.channels).map(String::as_str).filter(|text| is_placeholder(text)).collect();
    let message = if written.is_empty() {
        format!("`{}` has no phone, address or channel", contact.role)
    } else {
        format!("`{}` is still a placeholder: {}", contact.role, quoted(&written))
    };
    let help = "fill in who it is and how to reach them, or take the row out";
    Finding::new(&ES01, contact.source.clone(), message, help)
}

fn severities(context: &Context<'_>, found: &mut Vec<Finding>) {
    let scale = &context.runbook.severities;
    found.extend(promises(context, scale));
    let known: HashSet<String> =
        scale.iter().flat_map(|row| [row.name.to_lowercase(), row.title.to_lowercase()]).collect();
    let mut seen = HashSet::new();
    let used = context.runbook.procedures.iter().filter_map(|p| Some((p.severity.as_deref()?, &p.source)));
    let called =
        context.runbook.escalation.iter().flat_map(|e| e.severities.iter().map(move |s| (s.as_str(), &e.source)));
    for (name, source) in used.chain(called) {
        let lower = name.trim().to_lowercase();
        if known.contains(&lower) || lower.is_empty() || !seen.insert(lower) {
            continue;
        }
        let source = Source { end_line: source.line, ..source.clone() };
        if scale.is_empty() {
            let message = format!("`{name}` is used, and nothing in the document says what it means");
            let help = "add a table: severity, criteria, response time, who is called next";
            found.push(Finding::new(&ES02, source, message, help));
            // The first says it for all of them.
            return;
        }
        found.push(not_on_scale(name, scale, source));
    }
}

fn not_on_scale(name: &str, scale: &[Severity], source: Source) -> Finding {
    let names: Vec<&str> = scale.iter().map(|row| row.name.as_str()).collect();
    let same =
        scale.iter().find(|row| severity::rank(&row.name).is_some_and(|rank| severity::rank(name) == Some(rank)));
    let (message, help) = match same {
        Some(row) => (
            format!("`{name}` is of another scale than {}", quoted(&names)),
            format!("use one scale everywhere: this is probably `{}`", row.name),
        ),
        None => (
            format!("`{name}` is none of the severities {}", quoted(&names)),
            "use one of these, or add a row that says what it means".to_owned(),
        ),
    };
    Finding::new(&ES02, source, message, help)
}

/// What the scale leaves open, said once at its first row.
fn promises(context: &Context<'_>, scale: &[Severity]) -> Option<Finding> {
    let first = scale.first()?;
    let silent: Vec<&str> = scale
        .iter()
        .filter(|row| row.respond_within_s.is_none() && !says_when(context.line(&row.source)))
        .map(|row| row.name.as_str())
        .collect();
    let mut open = Vec::new();
    if silent.len() == scale.len() {
        open.push("how soon somebody must respond".to_owned());
    } else if !silent.is_empty() {
        open.push(format!("how soon somebody must respond to {}", quoted(&silent)));
    }
    if context.runbook.escalation.is_empty() {
        open.push("whom to call when nobody answers".to_owned());
    }
    let cadence = scale.iter().all(|row| row.update_every_s.is_none());
    let level = if open.is_empty() { Level::Info } else { Level::Warning };
    if cadence {
        open.push("how often to tell people what goes on".to_owned());
    }
    if open.is_empty() {
        return None;
    }
    let message = format!("the severities do not say {}", open.join(", nor "));
    let help = "add a column for each: response time, who is called next, update every";
    Some(Finding { level, ..Finding::new(&ES02, first.source.clone(), message, help) })
}

/// Words for a time that is no length: `next business day`.
fn says_when(row: &str) -> bool {
    let lower = row.to_lowercase();
    [
        "business day", "working day", "next day", "best effort", "when ", "as needed", "asap", "immediate", "within",
        "sprint", "week", "backlog", "minute", "hour", " min", "same day", "sla", "scheduled", "schedule",
    ]
    .iter()
    .any(|word| lower.contains(word))
}

fn escalation(context: &Context<'_>, found: &mut Vec<Finding>) {
    let steps = &context.runbook.escalation;
    for pair in steps.windows(2) {
        found.extend(backwards(&pair[0], &pair[1]));
    }
    // No chain has more, and each is held against every contact.
    const MOST_ROLES: usize = 200;
    let contacts: Vec<Reached> = context.runbook.contacts.iter().map(Reached::of).collect();
    let mut seen: HashSet<String> = HashSet::new();
    let mut lost: Vec<(Vec<String>, &Source)> = Vec::new();
    for step in steps {
        let fresh: Vec<String> = roles(&step.target)
            .filter(|role| seen.len() < MOST_ROLES && seen.insert(role.to_lowercase()))
            .filter(|role| {
                let wanted = Wanted::of(role);
                !contacts.iter().any(|contact| contact.is(&wanted))
            })
            .map(str::to_owned)
            .collect();
        let reachable = contacts.is_empty() && says_how(context.line(&step.source));
        if !fresh.is_empty() && !reachable {
            match lost
                .last_mut()
                .filter(|(_, source)| source.line == step.source.line && source.file == step.source.file)
            {
                Some((known, _)) => known.extend(fresh),
                None => lost.push((fresh, &step.source)),
            }
        }
    }
    if contacts.is_empty() {
        found.extend(nobody(&lost));
        return;
    }
    for (names, source) in lost {
        let names: Vec<&str> = names.iter().map(String::as_str).collect();
        let verb = if names.len() == 1 { "is" } else { "are" };
        let message = format!("{} {verb} called here and {verb} among no contacts", quoted(&names));
        let help = "add them to the contacts with a way to reach them, or name a role that is there";
        found.push(Finding::new(&ES03, source.clone(), message, help));
    }
}

/// Where there are no contacts at all it is one thing, not one for each role.
fn nobody(lost: &[(Vec<String>, &Source)]) -> Option<Finding> {
    let (_, first) = lost.first()?;
    let names: Vec<&str> = lost.iter().flat_map(|(names, _)| names).map(String::as_str).collect();
    let message = format!("{} would be called, and the document has no contacts", quoted(&names));
    Some(Finding::new(&ES03, (*first).clone(), message, "add a table: role, name, how to reach them"))
}

fn backwards(one: &EscalationStep, next: &EscalationStep) -> Option<Finding> {
    let same = one.source.file == next.source.file && one.severities == next.severities;
    let follows = next.source.line > one.source.line && next.source.line - one.source.line <= 3;
    let plain = one.condition.is_none() && next.condition.is_none();
    let (Some(first), Some(second)) = (one.after_s, next.after_s) else { return None };
    if !same || !follows || !plain || second >= first {
        return None;
    }
    let length = |seconds: u64| crate::time::Span::seconds(seconds).to_string();
    let message = format!(
        "`{}` is called after {}, earlier than `{}` before it (after {})",
        next.target,
        length(second),
        one.target,
        length(first)
    );
    Some(Finding::new(
        &ES03,
        next.source.clone(),
        message,
        "times count from the beginning of the incident: put them in order",
    ))
}

/// The roles in a cell: `Security Lead + Manager`, `CTO/Founder`.
fn roles(target: &str) -> impl Iterator<Item = &str> {
    let parts =
        target.split(['+', ',', '/', '&', ';']).flat_map(|part| part.split(" and ")).flat_map(|p| p.split(" or "));
    parts.map(str::trim).filter(|role| {
        let lower = role.to_lowercase();
        let somebody = [
            "day", "hour", "none", "nobody", "n/a", "ticket", "channel", "status page", "everyone", "all hands",
            "page ",
        ];
        role.len() > 1
            && role.len() < 60
            && role.starts_with(|c: char| c.is_alphabetic())
            && !role.contains(['@', '#'])
            && !role.contains(|c: char| c.is_ascii_digit())
            && !somebody.iter().any(|word| lower.contains(word))
            && lower != "escalate"
    })
}

/// A role that is called, by its words.
struct Wanted {
    all: BTreeSet<String>,
    /// Those that say what it does, and not how high it is.
    telling: BTreeSet<String>,
}

impl Wanted {
    fn of(role: &str) -> Wanted {
        let all = role_words(role);
        Wanted { telling: all.iter().filter(|word| !RANKS.contains(&word.as_str())).cloned().collect(), all }
    }
}

/// The words that a contact goes by: those of its role, and those of its name.
struct Reached(Vec<BTreeSet<String>>);

impl Reached {
    fn of(contact: &Contact) -> Reached {
        Reached([Some(contact.role.as_str()), contact.name.as_deref()].into_iter().flatten().map(role_words).collect())
    }

    fn is(&self, wanted: &Wanted) -> bool {
        let Wanted { all, telling } = wanted;
        self.0.iter().any(|known| {
            let within = !all.is_empty() && all.is_subset(known) || !known.is_empty() && known.is_subset(all);
            within || (!telling.is_empty() && telling.is_subset(known))
        })
    }
}

/// Words of a role that say how high it is and not what it does.
const RANKS: &[&str] =
    &["lead", "team", "manager", "head", "director", "officer", "senior", "primary", "secondary", "backup", "chief"];

fn role_words(role: &str) -> BTreeSet<String> {
    const PLAIN: &[&str] = &["the", "a", "of", "and", "our", "engineer", "engineers", "person", "member", "on", "call"];
    let lower = role.to_lowercase().replace("on-call", "oncall").replace("on call", "oncall");
    let words = lower.split(|c: char| !c.is_alphanumeric()).filter(|word| !word.is_empty() && !PLAIN.contains(word));
    words.map(str::to_owned).collect()
}

/// Whether a row says itself how somebody is reached.
fn says_how(row: &str) -> bool {
    let lower = row.to_lowercase();
    let digits = row.bytes().filter(u8::is_ascii_digit).count();
    digits >= 7
        || ["@", "pagerduty", "opsgenie", "phone", "slack", "telegram", "email", "pager"]
            .iter()
            .any(|w| lower.contains(w))
}

/// `mail down only affects the newsletter`: how bad it is in words, and no severity.
static DOWN: LazyLock<Regex> = LazyLock::new(|| {
    pattern(
        r"^\W*(?:the\s+)?([a-z][\w./-]*)(?:\s+[a-z]+)?\s+(?:is\s+|being\s+)?(?:down|unavailable|outage|failing|failure)\b.{0,20}?\baffects\b",
    )
});

fn unrated(context: &Context<'_>, found: &mut Vec<Finding>) {
    let scale = &context.runbook.severities;
    let Some(first) = scale.first() else { return };
    let words =
        scale.iter().map(|row| format!("{} {}", row.title, row.criteria)).collect::<Vec<_>>().join(" ").to_lowercase();
    let alone: HashSet<&str> = words.split(|c: char| !(c.is_alphanumeric() || c == '-')).collect();
    let named = |name: &str| {
        let lower = name.to_lowercase();
        alone.contains(lower.as_str()) || (lower.contains(' ') && words.contains(&lower))
    };
    prose::each(context, &mut |passage| {
        if passage.cell || !passage.running.text.contains("affects") {
            return;
        }
        for sentence in passage.running.sentences() {
            let Some(said) = DOWN.captures(&passage.small[sentence.clone()]) else { continue };
            let Some(name) = said.get(1) else { continue };
            let name = passage.running.text[sentence.clone()][name.range()].to_owned();
            let bare = name.rsplit_once('-').map_or(name.as_str(), |(_, rest)| rest);
            let text = &passage.running.text[sentence.clone()];
            let rated = text
                .split(|c: char| !c.is_alphanumeric())
                .any(|w| w.len() < 6 && w.chars().any(|c| c.is_ascii_digit()) && severity::rank(w).is_some());
            if !rated && !named(&name) && !named(bare) {
                let message = format!("what it means that `{name}` is down is told, but no severity");
                let help = format!("name `{name}` in the criteria of a severity");
                found.push(Finding::new(&ES04, passage.source(sentence.start), message, help));
            }
        }
    });
    if GENERAL.iter().any(|word| words.contains(word)) {
        return;
    }
    let told = context.runbook.services.iter().filter(|s| s.source.origin != Origin::Derived);
    let (rated, open): (Vec<_>, Vec<_>) = told.map(|s| s.name.as_str()).partition(|name| named(name));
    if !rated.is_empty() && !open.is_empty() {
        let message = format!(
            "no severity says how bad it is when {} {} down",
            quoted(&open),
            if open.len() == 1 { "is" } else { "are" }
        );
        found.push(Finding::new(
            &ES04,
            first.source.clone(),
            message,
            "name them in the criteria, or add a row for any other service",
        ));
    }
}

/// Words of criteria that hold for any service.
const GENERAL: &[&str] = &[
    "service", "any ", "single", "other", "all ", "user", "customer", "system", "platform", "feature", "function",
    "everything", "component", "outage", "production", "degraded", "partial", "major", "minor",
];

#[cfg(test)]
mod tests;
