//! In which order things are done: looking before changing, and a procedure from its sign to its end.

use std::collections::{HashMap, HashSet};

use super::super::{Context, Place};
use super::{ST01, ST05};
use crate::command::impact::Impact;
use crate::command::{Command, effective};
use crate::runbook::markdown::{Inlines, Kind};
use crate::runbook::words::{Meaning, loose_meaning, normal};
use crate::runbook::{Finding, Phase, Procedure, Text, opens_client, ssh_login};

/// Blocks in which something is changed behind looking, and changes where one is told to look: once for each procedure.
pub(super) fn mixed(context: &Context<'_>, found: &mut Vec<Finding>) {
    let fences = context.fences();
    let mut looked: HashMap<usize, u32> = HashMap::new();
    let mut told: HashMap<(&str, u32), usize> = HashMap::new();
    let mut mixed: Vec<(Finding, usize)> = Vec::new();
    let mut done = HashSet::new();
    for place in context.places.iter().filter(|place| place.procedure.is_some()) {
        let Some(at) = fences.around(place) else { continue };
        if looks(place.command) {
            looked.entry(at).or_insert(place.command.line);
            continue;
        }
        if !surely_changes(place.command) || place.step.is_conditional() || done.contains(&at) {
            continue;
        }
        let short = first_line(place.command);
        let message = match looked.get(&at) {
            _ if fences.all[at].announced() == Some(Meaning::Diagnose) => {
                format!("`{short}` changes something, but stands where one is told to look")
            }
            Some(line) => {
                format!("`{short}` changes something, in one block with the looking that begins in line {line}")
            }
            None => continue,
        };
        done.insert(at);
        let procedure = place.procedure.map_or(("", 0), |p| (&*p.source.file, p.source.line));
        match told.get(&procedure) {
            Some(first) => mixed[*first].1 += 1,
            None => {
                told.insert(procedure, mixed.len());
                let help =
                    "put what looks and what changes into blocks of their own: the first may then be run at any time";
                mixed.push((place.finding(&ST01, message, help), 0));
            }
        }
    }
    found.extend(mixed.into_iter().map(|(mut finding, more)| {
        if more > 0 {
            finding.message.push_str(&format!("; {more} more blocks of this procedure do so"));
        }
        finding
    }));
}

fn first_line(command: &Command) -> &str {
    command.text.lines().next().unwrap_or_default()
}

/// Whether a command finds something out: going somewhere, waiting, or testing a file before it is used does not.
fn looks(command: &Command) -> bool {
    const OTHERWISE: &[&str] = &[
        "cd", "echo", "printf", "sleep", "ssh", "export", "set", "source", "date", "true", "pwd", "whoami", "clear",
        "alias", "umask", ":", "wait", "read",
    ];
    /// Programs that, where they only look, test what is about to be put to use.
    const TESTS: &[&str] =
        &["nginx", "caddy", "apachectl", "sshd", "haproxy", "visudo", "named-checkconf", "promtool", "amtool"];
    let Some(script) = command.script.0.as_deref().filter(|_| command.impact == Impact::ReadOnly) else { return false };
    let commands = effective(script);
    let mut programs = commands.iter().filter(|c| !c.command.substituted).map(|c| c.program());
    programs.any(|program| !program.is_empty() && !OTHERWISE.contains(&program))
        && !commands.iter().any(|c| TESTS.contains(&c.program()))
        && ssh_login(&command.text).is_none()
        && !opens_client(command)
}

/// Whether a command is known to change something, rather than taken to because nobody can tell.
fn surely_changes(command: &Command) -> bool {
    const GUESSES: &[&str] =
        &["not known", "only known when", "not understood", "not followed", "may change", "runs a script"];
    command.impact > Impact::ReadOnly
        && command.unparsable.is_none()
        && !command.interactive
        && ssh_login(&command.text).is_none()
        && !opens_client(command)
        && !GUESSES.iter().any(|guess| command.why.contains(guess))
}

/// Procedures with a part missing or in the wrong place.
pub(super) fn procedures(context: &Context<'_>, found: &mut Vec<Finding>) {
    let shows = |p: &&Procedure| !p.symptoms.is_empty() && !p.steps.is_empty();
    let mut showing: HashMap<&str, usize> = HashMap::new();
    for procedure in context.runbook.procedures.iter().filter(shows) {
        *showing.entry(&procedure.source.file).or_default() += 1;
    }
    for procedure in &context.runbook.procedures {
        let usual = showing.get(&*procedure.source.file).copied().unwrap_or_default() >= 2;
        found.extend(changes_first(procedure));
        found.extend(ends_early(context, procedure));
        found.extend(unannounced(procedure).filter(|_| usual));
    }
}

/// The first change, where what looks for the cause comes only behind it.
fn changes_first(procedure: &Procedure) -> Option<Finding> {
    if procedure.symptoms.is_empty() {
        return None;
    }
    let steps = || procedure.steps.iter().filter(|s| !s.is_conditional());
    let change = steps().position(|s| s.commands.iter().any(surely_changes))?;
    let diagnoses = |phase: Phase| phase == Phase::Diagnose;
    if steps().take(change + 1).any(|s| diagnoses(s.phase) || s.commands.iter().any(looks)) {
        return None;
    }
    let late = steps().skip(change + 1).find(|s| diagnoses(s.phase) && s.commands.iter().any(looks))?;
    let step = steps().nth(change)?;
    let command = step.commands.iter().find(|c| surely_changes(c))?;
    // Only its lines are asked for, and the document tells nothing more of them.
    let place = Place { procedure: Some(procedure), step, command, text: None };
    let message = format!(
        "`{}` comes before anything is looked at: the diagnosis begins in line {}",
        first_line(command),
        late.source.line
    );
    Some(place.finding(&ST05, message, "put what finds the cause first: a restart takes away what there was to see"))
}

/// A trouble that is described and then left alone: nothing else stands below its heading or in its row.
fn ends_early(context: &Context<'_>, procedure: &Procedure) -> Option<Finding> {
    // `When to roll back` describes a decision, not a trouble.
    let decides = ["when ", "how ", "why ", "what "].iter().any(|w| normal(&procedure.title).starts_with(w));
    if procedure.symptoms.is_empty() || !procedure.steps.is_empty() || decides {
        return None;
    }
    let text = context.texts.iter().find(|text| text.lines.file() == &*procedure.source.file)?;
    if goes_on(text, procedure.source.span.start) {
        return None;
    }
    let message = format!("`{}` says how the trouble shows itself, but not what to do about it", procedure.title);
    Some(Finding::new(&ST05, procedure.source.clone(), message, "write down how to look closer and what to do"))
}

/// Whether below the heading at this byte there is more than a description: code, a table, further headings, several
/// lists, or a label that begins something else.
fn goes_on(text: &Text<'_>, start: usize) -> bool {
    let at = text.blocks.partition_point(|block| block.span.start < start);
    let Some(Kind::Heading(level, _)) = text.blocks.get(at).map(|block| &block.kind) else { return false };
    let ends = |kind: &Kind| matches!(kind, Kind::Heading(next, _) if next <= level);
    let below = || text.blocks[at + 1..].iter().map(|block| &block.kind).take_while(|kind| !ends(kind));
    let lists = below().filter(|kind| matches!(kind, Kind::List(_))).count();
    let labelled = |words: &Inlines| {
        words.0.iter().filter(|i| i.strong).any(|i| !matches!(loose_meaning(&i.text), Some(Meaning::Symptom)))
    };
    lists > 1
        || below().any(|kind| match kind {
            Kind::Heading(_, words) => loose_meaning(&words.plain()) != Some(Meaning::Symptom),
            Kind::Paragraph(words) => labelled(words) || words.0.iter().any(|i| i.code || i.link.is_some()),
            Kind::Fence(_) | Kind::Table(_) | Kind::Quote(_) => true,
            Kind::List(_) => false,
        })
}

/// A trouble without its signs, in a document that names them elsewhere.
fn unannounced(procedure: &Procedure) -> Option<Finding> {
    if !procedure.symptoms.is_empty() || !names_trouble(&procedure.title) {
        return None;
    }
    procedure.steps.iter().flat_map(|s| &s.commands).find(|c| surely_changes(c))?;
    let message = format!("`{}` does not say how the trouble shows itself", procedure.title);
    let help = "name the signs or the alert it is for, as the other procedures here do";
    Some(Finding::new(&ST05, procedure.source.clone(), message, help))
}

/// `API down`, `Disk full`, `High latency`; not `Deploy` or `Backup`.
fn names_trouble(title: &str) -> bool {
    const TROUBLES: &[&str] = &[
        "down", "fails", "failed", "failing", "failure", "failures", "error", "errors", "slow", "slowness", "crash",
        "crashes", "crashed", "crashing", "expired", "expiring", "unreachable", "unresponsive", "unavailable",
        "outage", "leak", "lag", "stuck", "corrupt", "corrupted", "corruption", "degraded", "exhausted", "timeout",
        "timeouts", "refused", "broken", "issue", "issues", "locked", "overload", "overloaded", "lost",
    ];
    let words = normal(title);
    let adjective = words.starts_with("high ") || words.starts_with("low ") || words.ends_with(" full");
    adjective || words.split(' ').any(|word| TROUBLES.contains(&word))
}
