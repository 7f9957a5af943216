//! `runward run --dry-run`: the plan of a run, from the server that would carry it out or from the files alone.

use std::fmt::Write;

use runward_core::id::{IncidentId, slug};
use runward_core::world::{Wish, World};
use serde_json::json;

use super::super::client::Client;
use super::super::out::{self, BAD, BOLD, DOUBTFUL, FAINT, WIDTH, of_state, styled, wrap};
use super::super::{Ended, Failure, Format};
use super::{Arguments, given};
use crate::config;
use crate::web::api::plan::{ParamView, PlanStepView, PlanView};

/// How far what is said of a step stands in.
const INDENT: usize = 4;

pub(super) async fn show(arguments: &Arguments, procedure: &str) -> Ended {
    let plan = match Client::of(&arguments.place) {
        Ok(client) if client.is_there().await => of_server(&client, arguments, procedure).await?,
        _ => of_files(arguments, procedure)?,
    };
    match arguments.format {
        Format::Json => out::json(&plan),
        Format::Text => {
            out::print(&text(&plan));
            Ok(())
        }
    }
}

async fn of_server(client: &Client, arguments: &Arguments, procedure: &str) -> Result<PlanView, Failure> {
    let body = json!({
        "service": arguments.service,
        "incident": arguments.incident,
        "params": given(&arguments.params)?,
    });
    Ok(client.post(&format!("/procedures/{}/plan", slug(procedure)), &body).await??)
}

/// What a server would plan that had just read these files; no other run is at work then, and no incident open.
fn of_files(arguments: &Arguments, procedure: &str) -> Result<PlanView, Failure> {
    let loaded = config::load(&arguments.place.config)?;
    let wish = Wish {
        procedure: &slug(procedure),
        service: arguments.service.as_deref(),
        incident: arguments.incident.map(IncidentId),
        params: given(&arguments.params)?,
    };
    let plan = World::new(loaded.setup).preview(&wish).map_err(|refusal| Failure::Failed(refusal.to_string()))?;
    Ok(PlanView::from(&plan))
}

fn text(plan: &PlanView) -> String {
    let mut said = String::new();
    let service = plan.service.as_ref().map(|s| format!(" for {s}")).unwrap_or_default();
    for line in wrap(&format!("{}{service}", plan.title), WIDTH) {
        let _ = writeln!(said, "{}", styled(BOLD, &line));
    }
    fact(&mut said, "", FAINT, &format!("{}; nothing is run, this is what would be", plan.source));
    for param in &plan.params {
        fact(&mut said, "", FAINT, &param_text(param));
    }
    fact(&mut said, "", FAINT, &format!("holds: {}", plan.locks.join(", ")));
    if let Some(run) = plan.busy {
        fact(&mut said, "", DOUBTFUL, &format!("run {run} is at work there now: it would have to end first"));
    }
    for step in &plan.steps {
        step_text(&mut said, step, &plan.target);
    }
    if plan.steps.is_empty() {
        let _ = writeln!(said, "\nIt has no steps.");
    }
    said
}

fn param_text(param: &ParamView) -> String {
    let name = &param.name;
    let offered = if param.offered.is_empty() { String::new() } else { format!(": {}", param.offered.join(", ")) };
    match (&param.value, param.from.as_str()) {
        (Some(value), "given") => format!("{name} = {value}  (given)"),
        (Some(value), _) => format!("{name} = {value}  (from the inventory)"),
        (None, "asked") => format!("{name}  (asked for, {}{offered})", param.kind),
        (None, _) if param.kind == "secret" => format!("{name}  (a secret is never asked for)"),
        (None, _) => format!("{name}  (no value: what needs it is done by hand)"),
    }
}

fn step_text(said: &mut String, step: &PlanStepView, target: &str) {
    let about = &step.step;
    let title = if about.title.is_empty() { &about.phase } else { &about.title };
    let impact = if about.manual { "by hand" } else { &about.impact };
    let lead = format!("{:>2}. ", step.number);
    for (at, line) in wrap(title, WIDTH - INDENT - impact.len() - 1).iter().enumerate() {
        let lead = if at == 0 { &lead } else { "    " };
        let class = if at == 0 { format!(" {}", styled(of_state(impact), impact)) } else { String::new() };
        let _ = writeln!(said, "{}{lead}{}{class}", if at == 0 { "\n" } else { "" }, styled(BOLD, line));
    }
    for line in about.shown.lines().flat_map(|line| wrap(line, WIDTH - INDENT - 2)) {
        let _ = writeln!(said, "      {}", styled(out::MARKED, &line));
    }
    fact(said, "where", FAINT, &format!("{}, {}", about.host.as_deref().unwrap_or("this machine"), about.source));
    for note in [about.by_hand_because.clone(), about.condition.clone().filter(|c| c != title)].into_iter().flatten() {
        fact(said, "note", FAINT, &note);
    }
    let two = if step.two_people { ", by a second person" } else { "" };
    match step.consent.as_str() {
        "free" => fact(said, "runs", FAINT, "by itself: it only looks"),
        "approve" => fact(said, "runs", FAINT, "once somebody approves it"),
        "type-target" => fact(said, "runs", BAD, &format!("once `{target}` is typed{two}: it {}", about.why)),
        _ => fact(said, "runs", FAINT, "by hand, and is ticked off"),
    }
    if about.impact != "read-only" && !about.manual {
        undo(said, step);
    }
    if let Some(opener) = step.closes {
        fact(said, "always", FAINT, &format!("run after step {opener}, however the run ends"));
    }
    for by in &step.verified_by {
        fact(said, "checked", FAINT, &format!("by {by}"));
    }
}

fn undo(said: &mut String, step: &PlanStepView) {
    let shown = step.step.undo_shown.as_deref().unwrap_or_default().replace('\n', "; ");
    match step.step.undo.as_str() {
        "nothing" => fact(said, "undo", FAINT, "leaves nothing to take back"),
        "run" => fact(said, "undo", FAINT, &shown),
        "files" => fact(said, "undo", FAINT, &format!("puts back {shown}, kept before")),
        "never" => fact(said, "undo", BAD, "POINT OF NO RETURN: nothing takes this back"),
        _ => fact(said, "undo", DOUBTFUL, "the runbook does not tell what takes this back"),
    }
}

/// A line about a step: what kind of fact it is, and the fact.
fn fact(said: &mut String, kind: &str, style: anstyle::Style, text: &str) {
    let lead = if kind.is_empty() { 2 } else { INDENT + 10 };
    for (at, line) in wrap(&super::super::columns::visible(text), WIDTH - lead).iter().enumerate() {
        let kind = if at == 0 { kind } else { "" };
        let head = if lead == 2 { "  ".to_owned() } else { format!("{:INDENT$}{kind:<10}", "") };
        let _ = writeln!(said, "{head}{}", styled(style, line));
    }
}
