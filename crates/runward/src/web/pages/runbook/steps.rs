//! What is said of steps beside what the document says: impact, conditions, hosts, placeholders, earlier runs.

use std::fmt::Write;

use runward_core::command::Command;
use runward_core::command::impact::Impact;
use runward_core::command::placeholder::ParamKind;
use runward_core::runbook::html::Escaped;
use runward_core::runbook::{Phase, Procedure, StepKind};

use super::history::{History, Last};
use super::index::{Index, Placed};
use crate::web::pages::day;

/// How many of the values that the inventory offers are named.
const MOST_VALUES: usize = 12;
/// How many placeholders are named below one step.
const MOST_NAMES: usize = 40;
/// How much of a condition is shown; the document says it in full.
const MOST_WORDS: usize = 48;

/// What a command does, in a word and a shape.
pub(super) fn impact(out: &mut String, impact: Impact) {
    let name = impact.name();
    let _ =
        write!(out, "<span class=\"impact {name}\"><span aria-hidden=\"true\">{}</span> {name}</span>", shape(impact));
}

fn shape(impact: Impact) -> char {
    match impact {
        Impact::ReadOnly => '○',
        Impact::Mutating => '◐',
        Impact::Destructive => '◆',
    }
}

/// Something a person does, at the end of the text that says so.
pub(super) fn by_hand(out: &mut String, kind: StepKind) {
    let words = match kind {
        StepKind::Manual => "by hand",
        StepKind::Decision => "a person decides",
        StepKind::Command | StepKind::Template | StepKind::Sample => return,
    };
    let _ = write!(out, " <span class=\"impact hand\"><span aria-hidden=\"true\">☞</span> {words}</span>");
}

/// One line above the commands of a step, or of steps that begin together.
pub(super) fn strip(out: &mut String, steps: &[Placed<'_>], history: &History) {
    out.push_str("<div class=\"strip\">");
    let commands = || steps.iter().flat_map(|placed| &placed.step.commands);
    match commands().map(|command| command.impact).max() {
        Some(worst) => {
            impact(out, worst);
            let (as_bad, all) = (commands().filter(|c| c.impact == worst).count(), commands().count());
            if worst > Impact::ReadOnly && as_bad < all {
                let _ = write!(out, "<span class=\"muted\">{as_bad} of {all} commands</span>");
            }
        }
        None => steps.iter().take(1).for_each(|placed| by_hand(out, placed.step.kind)),
    }
    if let Some(placed) = steps.first() {
        phase(out, placed.step.phase);
    }
    marks(out, steps, true);
    out.push_str("<span class=\"then\">");
    let mut last: Vec<&Last> = steps.iter().filter_map(|placed| history.step(placed.step.id.as_str())).collect();
    last.sort_by_key(|last| last.run);
    if let Some(last) = last.last() {
        link_to_run(out, last);
    }
    if let Some(procedure) = steps.iter().find_map(|placed| placed.procedure) {
        let (id, title) = (Escaped(procedure.id.as_str()), Escaped(&procedure.title));
        let _ = write!(
            out,
            "<a class=\"go\" href=\"/procedures/{id}\">Run procedure<span class=\"sr\">: {title}</span></a>"
        );
    }
    out.push_str("</span></div>");
}

fn phase(out: &mut String, phase: Phase) {
    if phase != Phase::Other {
        let _ = write!(out, "<span class=\"muted\">{}</span>", phase.name());
    }
}

/// What makes a step different from one that is simply typed.
fn marks(out: &mut String, steps: &[Placed<'_>], conditions: bool) {
    let commands = || steps.iter().flat_map(|placed| &placed.step.commands);
    let waits = || commands().filter(|command| command.interactive);
    if waits().any(|command| command.rewrite.is_none()) {
        chip(out, "waits for a person or never ends");
    } else if waits().next().is_some() {
        chip(out, "would wait: Runward runs another form");
    }
    if commands().any(|command| command.secrets) {
        chip(out, "prints secrets");
    }
    let mut hosts: Vec<&str> = commands().filter_map(|command| command.host.as_deref()).collect();
    hosts.dedup();
    for host in hosts.into_iter().take(MOST_VALUES) {
        chip(out, &format!("on {host}"));
    }
    for line in steps.iter().filter_map(|placed| placed.step.goto.as_ref()?.line).take(1) {
        let _ = write!(out, "<a href=\"#L{line}\">on to line {line}</a>");
    }
    if !conditions {
        return;
    }
    if let Some((guard, step)) = steps.iter().find_map(|placed| Some((placed.step.guard.as_deref()?, placed.step))) {
        // Where the condition is the step's title, it is read right below.
        let is_title = step.title.contains(guard);
        chip(out, &if is_title { "conditional".to_owned() } else { format!("conditional: {}", shortened(guard)) });
    } else if let Some(variant) = steps.iter().find_map(|placed| placed.step.variant.as_deref()) {
        chip(out, &format!("one of several ways: {}", shortened(variant)));
    }
}

fn chip(out: &mut String, words: &str) {
    let _ = write!(out, "<span class=\"chip\">{}</span>", Escaped(words));
}

fn shortened(text: &str) -> String {
    let line = text.lines().next().unwrap_or_default();
    match line.char_indices().nth(MOST_WORDS) {
        Some((end, _)) => format!("{}…", line[..end].trim_end()),
        None => line.to_owned(),
    }
}

/// When something ran last, as a link to that run.
fn link_to_run(out: &mut String, last: &Last) {
    let state = match last.well {
        Some(true) => "ok",
        Some(false) => "critical",
        None => "unknown",
    };
    let _ = write!(
        out,
        "<a class=\"last state {state}\" href=\"/runs/{run}\"><span aria-hidden=\"true\" class=\"dot\"></span>{how}, \
         <time datetime=\"{at}\">{day}</time></a>",
        run = last.run,
        how = Escaped(&last.how),
        at = Escaped(&last.at),
        day = Escaped(&day(&last.at)),
    );
}

/// What is told below the commands of steps: why they destroy, what is to be filled in, what no shell understands.
pub(super) fn facts(out: &mut String, steps: &[Placed<'_>], index: &Index<'_>) {
    let mut said = String::new();
    let commands: Vec<&Command> = steps.iter().flat_map(|placed| &placed.step.commands).collect();
    let mut reasons: Vec<&str> = Vec::new();
    for command in commands.iter().filter(|c| c.impact == Impact::Destructive && !c.why.is_empty()) {
        if reasons.len() < MOST_VALUES && !reasons.contains(&command.why.as_str()) {
            reasons.push(&command.why);
            let _ = write!(said, "<p class=\"warning\">It {}.</p>", Escaped(&command.why));
        }
    }
    for command in &commands {
        if let Some(why) = &command.unparsable {
            let why = why.lines().next().unwrap_or_default();
            let _ = write!(
                said,
                "<p class=\"fact\"><span>No shell understands</span> line {}: {}</p>",
                command.line,
                Escaped(why)
            );
        }
    }
    parameters(&mut said, &commands, index);
    if !said.is_empty() {
        let _ = write!(out, "<div class=\"facts\">{said}</div>");
    }
}

fn parameters(out: &mut String, commands: &[&Command], index: &Index<'_>) {
    let mut named: Vec<&str> = Vec::new();
    for name in commands.iter().flat_map(|command| &command.params) {
        if named.len() < MOST_NAMES && !named.contains(&name.as_str()) {
            named.push(name);
        }
    }
    if named.is_empty() {
        return;
    }
    out.push_str("<ul class=\"params\">");
    for name in named {
        let known = index.parameter(name);
        let kind = known.map_or(ParamKind::of_name(name), |parameter| parameter.kind);
        let _ = write!(out, "<li><span>Fill in</span> <code>{}</code>, {}", Escaped(name), kind.name());
        let values = known.map_or(&[][..], |parameter| &parameter.values);
        if !values.is_empty() {
            let shown: Vec<&str> = values.iter().take(MOST_VALUES).map(String::as_str).collect();
            let _ = write!(out, ": {}", Escaped(&shown.join(", ")));
            if values.len() > MOST_VALUES {
                let _ = write!(out, " and {} more", values.len() - MOST_VALUES);
            }
        }
        out.push_str("</li>");
    }
    out.push_str("</ul>");
}

/// What is told below running text with commands in it: the same, for each command that has something to tell.
pub(super) fn inline(out: &mut String, steps: &[Placed<'_>], index: &Index<'_>, history: &History) {
    let mut said = String::new();
    for placed in steps {
        marks(&mut said, std::slice::from_ref(placed), false);
        if let Some(last) = history.step(placed.step.id.as_str()) {
            link_to_run(&mut said, last);
        }
    }
    let mut out_of_line = String::new();
    for command in steps.iter().flat_map(|placed| &placed.step.commands) {
        if let Some(rewrite) = &command.rewrite {
            let (text, rewrite) = (Escaped(&command.text), Escaped(rewrite));
            let _ = write!(
                out_of_line,
                "<p class=\"fact\"><code>{text}</code> <span>Runward runs</span> <code>{rewrite}</code></p>"
            );
        }
    }
    if !said.is_empty() {
        let _ = write!(out, "<div class=\"strip\">{said}</div>");
    }
    out.push_str(&out_of_line);
    facts(out, steps, index);
}

/// Below the heading of a procedure: how to run it, and how that went before.
pub(super) fn procedure(out: &mut String, procedure: &Procedure, history: &History) {
    let (id, title) = (procedure.id.as_str(), &procedure.title);
    out.push_str("<div class=\"strip procedure\">");
    if let Some(severity) = &procedure.severity {
        let _ = write!(out, "<span class=\"severity\">{}</span>", Escaped(severity));
    }
    let _ = write!(
        out,
        "<a class=\"go\" href=\"/procedures/{}\">Run this procedure<span class=\"sr\">: {}</span></a>",
        Escaped(id),
        Escaped(title)
    );
    let mut told = 0;
    let latest = history.procedure(id).next();
    let carried_out = history.procedure(id).find(|last| !last.looked);
    for last in latest.into_iter().chain(carried_out.filter(|last| Some(*last) != latest)) {
        told += 1;
        link_to_run(out, last);
        let _ = write!(out, "<span class=\"muted\">{}</span>", Escaped(&last.by));
    }
    if told == 0 {
        out.push_str("<span class=\"muted\">not run yet</span>");
    }
    out.push_str("</div>");
}
