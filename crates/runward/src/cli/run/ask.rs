//! What is to be done with a step that waits: asked of the person at the terminal, or decided for a script.

use super::super::{Failure, out};
use super::Arguments;
use crate::web::api::run::{RunStepView, RunView};

/// What is to be done.
#[derive(Debug, PartialEq, Eq)]
pub(super) enum Choice {
    /// Let it run.
    Approve { confirm: Option<String>, break_glass: Option<String> },
    /// It was done by hand.
    Tick,
    /// Pass it over.
    Skip(String),
    /// Say whether it was carried out.
    Settle(bool),
    /// Put another command in its place.
    Edit(String),
    /// Go back to this step.
    Back(usize),
    /// End the run.
    Abort,
    /// Wait for somebody else.
    Wait,
    /// Leave the run as it is.
    Leave(String),
}

/// `--yes`: what a person would have to decide is skipped, what would have to be typed must have been given.
pub(super) fn unattended(arguments: &Arguments, run: &RunView, step: &RunStepView) -> Choice {
    let destructive = step.step.impact == "destructive";
    match step.state.as_str() {
        "failed" => Choice::Abort,
        "unsure" => Choice::Leave("nobody knows whether the step was carried out: a person must look".into()),
        // What was consented to is what the runbook said when the run began.
        _ if step.changed.is_some() => {
            Choice::Leave(format!("the runbook changed step {} since the run began: a person must look", step.number))
        }
        _ if step.step.manual => Choice::Skip("not done: nobody was there".into()),
        _ if step.step.condition.is_some() => Choice::Skip("only if a person decides so".into()),
        _ if destructive && arguments.confirm.as_deref() != Some(run.target.as_str()) => {
            Choice::Leave(format!("step {} destroys something: --confirm {} lets it run", step.number, run.target))
        }
        _ => Choice::Approve { confirm: arguments.confirm.clone(), break_glass: None },
    }
}

/// Asks until the answer is one.
pub(super) fn choose(run: &RunView, step: &RunStepView) -> Choice {
    announce(run, step);
    loop {
        let Some(answer) = out::ask(&format!("    {}", question(run, step))) else {
            return Choice::Leave(format!("step {} needs a person, and nobody is at a terminal", step.number));
        };
        if let Some(choice) = understood(run, step, answer.trim()) {
            return choice;
        }
    }
}

/// What must be known before the answer.
fn announce(run: &RunView, step: &RunStepView) {
    if is_typed(step) {
        out::complain(&format!("    This destroys something. Its target: {}", run.target));
    }
    if step.step.undo == "never" && !step.step.manual && step.state != "unsure" {
        out::complain("    A point of no return: nothing takes this back.");
    }
    if needs_another(run, step) {
        out::complain(&format!("    Somebody else than {} approves this.", run.by));
    }
    if let Some(changed) = &step.changed {
        let now = changed.shown.as_deref().map_or("this step is not in it any more".to_owned(), |shown| {
            format!("it says now (which is run from the page only):\n      {}", shown.replace('\n', "\n      "))
        });
        out::complain(&format!("    The runbook was changed since the run began: {now}"));
    }
}

fn question(run: &RunView, step: &RunStepView) -> String {
    let back = if step.number > 1 { ", [b]ack" } else { "" };
    let other = if needs_another(run, step) { ", [w]ait for them, break the [g]lass" } else { "" };
    match step.state.as_str() {
        "unsure" => "Was it carried out? [y]es, [n]o, [s]kip, [e]nd the run:".into(),
        "failed" if is_typed(step) => {
            format!(
                "It failed. Type the target's name to run it again, or [s]kip, [c]hange{back}{other}, [e]nd the run:"
            )
        }
        "failed" => format!("It failed. [a]gain, [s]kip, [c]hange{back}{other}, [e]nd the run:"),
        _ if step.step.manual => format!("[d]one, [s]kip{back}, [e]nd the run:"),
        _ if is_typed(step) => {
            format!("Type the target's name to run it, or [s]kip, [c]hange{back}{other}, [e]nd the run:")
        }
        _ => format!("Run it? [y]es, [s]kip, [c]hange{back}{other}, [e]nd the run:"),
    }
}

/// `None` where the answer is not one of those that were offered.
fn understood(run: &RunView, step: &RunStepView, answer: &str) -> Option<Choice> {
    let waits = step.state == "asking" || step.state == "failed";
    let command = waits && !step.step.manual;
    // A name that is typed comes first: a service may be called `s`.
    if command && is_typed(step) && answer == run.target {
        return Some(Choice::Approve { confirm: Some(answer.to_owned()), break_glass: None });
    }
    let (key, rest) = answer.split_once(' ').unwrap_or((answer, ""));
    match key {
        "s" => Some(Choice::Skip(reason(rest))),
        "e" | "q" => Some(Choice::Abort),
        "y" if step.state == "unsure" => Some(Choice::Settle(true)),
        "n" if step.state == "unsure" => Some(Choice::Settle(false)),
        "d" | "y" if step.state == "asking" && step.step.manual => Some(Choice::Tick),
        "y" if step.state == "asking" && command && !is_typed(step) => Some(approve()),
        "a" if step.state == "failed" && command && !is_typed(step) => Some(approve()),
        "c" if command => changed(),
        "b" if waits && step.number > 1 => back(step.number, rest),
        "w" if needs_another(run, step) => Some(Choice::Wait),
        "g" if needs_another(run, step) => glass(run, step),
        _ => None,
    }
}

fn approve() -> Choice {
    Choice::Approve { confirm: None, break_glass: None }
}

/// Whether the target's name must be typed before it runs.
fn is_typed(step: &RunStepView) -> bool {
    step.step.impact == "destructive" && !step.step.manual && step.state != "unsure"
}

fn needs_another(run: &RunView, step: &RunStepView) -> bool {
    run.two_people && step.needs_two && !step.step.manual && step.state != "unsure"
}

fn reason(given: &str) -> String {
    let given = given.trim();
    if !given.is_empty() {
        return given.to_owned();
    }
    out::ask("    Why? (Enter for no reason)").filter(|why| !why.is_empty()).unwrap_or_else(|| "skipped".into())
}

/// The command that is to be run instead; a line that ends in `\` goes on.
fn changed() -> Option<Choice> {
    let mut text = String::new();
    loop {
        let line = out::ask(if text.is_empty() { "    Run this instead:" } else { "    >" })?;
        text.push_str(&line);
        if !line.ends_with('\\') {
            break;
        }
        text.push('\n');
    }
    Some(text).filter(|text| !text.is_empty()).map(Choice::Edit)
}

fn back(from: usize, given: &str) -> Option<Choice> {
    let number = match given.trim() {
        "" => out::ask(&format!("    Back to which step? (1 to {})", from - 1))?,
        number => number.to_owned(),
    };
    let number: usize = number.parse().ok()?;
    (1..from).contains(&number).then_some(Choice::Back(number))
}

fn glass(run: &RunView, step: &RunStepView) -> Option<Choice> {
    let why = out::ask("    Why can it not wait for them? Everybody is told:").filter(|why| !why.is_empty())?;
    let confirm = if is_typed(step) {
        Some(out::ask("    Type the target's name:").filter(|typed| *typed == run.target)?)
    } else {
        None
    };
    Some(Choice::Approve { confirm, break_glass: Some(why) })
}

/// A value for a placeholder.
pub(super) fn value(name: &str, kind: &str, offered: &[&str]) -> Result<String, Failure> {
    let hint = if offered.is_empty() { kind.to_owned() } else { offered.join(", ") };
    out::ask(&format!("{name} ({hint}):")).ok_or_else(|| {
        Failure::Usage(format!("a value for `{name}` ({hint}) is needed\n  help: give it with --param {name}=VALUE"))
    })
}
