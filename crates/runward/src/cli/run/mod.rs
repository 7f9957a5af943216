//! `runward run`: carries a procedure out, step by step, from the terminal.

mod plan;

use std::collections::BTreeMap;
use std::time::Duration;

use serde_json::{Value, json};

use super::client::{Acting, Client, Refused, Where};
use super::out::{self, BOLD, FAINT, WIDTH, of_state, styled};
use super::{Ended, Failure, Format};
use crate::web::api::run::{RunStepView, RunView};

/// How often a run that is under way is looked at.
const LOOK_EVERY: Duration = Duration::from_millis(150);
/// How many lines of a command's output are shown.
const OUTPUT_LINES: usize = 40;

#[derive(Debug, clap::Args)]
pub(super) struct Arguments {
    /// The procedure, by its name in `runward explain`
    procedure: String,
    /// The service it is for
    #[arg(long)]
    service: Option<String>,
    /// The incident it is for
    #[arg(long)]
    incident: Option<i64>,
    /// A value for a placeholder; may be given several times
    #[arg(long = "param", value_name = "NAME=VALUE")]
    params: Vec<String>,
    /// Run steps that change something without asking; conditional and manual steps are skipped
    #[arg(long)]
    yes: bool,
    /// Show what would be done, and do nothing
    #[arg(long, conflicts_with_all = ["yes", "confirm"])]
    dry_run: bool,
    /// The target's name, for steps that destroy something
    #[arg(long, value_name = "NAME")]
    confirm: Option<String>,
    #[command(flatten)]
    acting: Acting,
    #[command(flatten)]
    place: Where,
    /// Text for people or JSON for programs
    #[arg(long, value_enum, default_value_t)]
    format: Format,
}

pub(super) async fn run(arguments: Arguments) -> Ended {
    if arguments.dry_run {
        return plan::show(&arguments, &arguments.procedure).await;
    }
    let client = Client::of_or_own(&arguments.place).await?;
    if client.is_own() {
        out::complain("No server is running: this command runs its own until it ends.");
    }
    let ended = carry_out(&client, &arguments).await;
    client.close().await;
    ended
}

async fn carry_out(client: &Client, arguments: &Arguments) -> Ended {
    let mut run = begin(client, arguments).await?;
    let mut told = Told { arguments, shown: 0 };
    told.heading(&run);
    loop {
        told.progress(&run);
        if !run.active {
            return told.end(&run);
        }
        match run.current.and_then(|n| run.steps.get(n - 1)).cloned() {
            Some(step) if matches!(step.state.as_str(), "asking" | "failed" | "unsure") => {
                run = answer(client, arguments, &run, &step).await?
            }
            _ => {
                tokio::time::sleep(LOOK_EVERY).await;
                run = client.get(&format!("/runs/{}", run.id)).await?;
            }
        }
    }
}

/// Asks for the run; asks the person for values that are missing; joins a run that is already at work.
async fn begin(client: &Client, arguments: &Arguments) -> Result<RunView, Failure> {
    let mut params = given(&arguments.params)?;
    loop {
        let body = json!({
            "procedure": runward_core::id::slug(&arguments.procedure),
            "service": arguments.service,
            "incident": arguments.incident,
            "params": params,
            "by": arguments.acting.name(),
        });
        match client.post::<RunView>("/runs", &body).await? {
            Ok(run) => return Ok(run),
            Err(refused) => match busy(&refused) {
                Some(id) => return join(client, arguments, id).await,
                None => params.extend(asked_for(refused)?),
            },
        }
    }
}

/// Goes on with a run that is already at work, if it is the one that is meant: consent to one is none to another.
async fn join(client: &Client, arguments: &Arguments, id: i64) -> Result<RunView, Failure> {
    let run: RunView = client.get(&format!("/runs/{id}")).await?;
    let slug = runward_core::id::slug;
    let same_service = arguments.service.as_ref().is_none_or(|s| run.service.as_deref() == Some(&*slug(s)));
    // With which values it was begun nobody can tell from here: whoever gives values means a run of their own.
    if run.procedure != slug(&arguments.procedure) || !same_service || !arguments.params.is_empty() {
        let at = run.service.as_deref().map(|s| format!(" on {s}")).unwrap_or_default();
        return Err(Failure::Failed(format!(
            "run {id} of `{}` is at work{at}: one at a time\n  help: go on with `runward run {}`, or end it on its page",
            run.procedure, run.procedure
        )));
    }
    out::complain(&format!("Run {id} is already at work there: going on with it."));
    Ok(run)
}

fn given(params: &[String]) -> Result<BTreeMap<String, String>, Failure> {
    let pair = |param: &String| {
        let (name, value) =
            param.split_once('=').ok_or_else(|| Failure::Usage(format!("`{param}` is not NAME=VALUE")))?;
        Ok((name.to_owned(), value.to_owned()))
    };
    params.iter().map(pair).collect()
}

fn busy(refused: &Refused) -> Option<i64> {
    refused.body.get("run").and_then(Value::as_i64).filter(|_| refused.status == 409)
}

/// The values a person gives for what the server says is missing.
fn asked_for(refused: Refused) -> Result<Vec<(String, String)>, Failure> {
    let missing = refused.body.get("missing").and_then(Value::as_array).cloned().unwrap_or_default();
    if missing.is_empty() {
        return Err(refused.into());
    }
    let mut values = Vec::new();
    for value in &missing {
        let name = value.get("name").and_then(Value::as_str).unwrap_or_default();
        let kind = value.get("kind").and_then(Value::as_str).unwrap_or_default();
        let offered: Vec<&str> = value
            .get("offered")
            .and_then(Value::as_array)
            .map(|o| o.iter().filter_map(Value::as_str).collect())
            .unwrap_or_default();
        let hint = if offered.is_empty() { kind.to_owned() } else { offered.join(", ") };
        match out::ask(&format!("{name} ({hint}):")) {
            Some(answer) => values.push((name.to_owned(), answer)),
            None => {
                return Err(Failure::Usage(format!(
                    "a value for `{name}` ({hint}) is needed\n  help: give it with --param {name}=VALUE"
                )));
            }
        }
    }
    Ok(values)
}

/// Decides what is to be done with the step the run waits at.
async fn answer(client: &Client, arguments: &Arguments, run: &RunView, step: &RunStepView) -> Result<RunView, Failure> {
    let by = arguments.acting.name();
    let post = async |verb: &str, body: Value| -> Result<RunView, Failure> {
        Ok(client.post(&format!("/runs/{}/steps/{}/{verb}", run.id, step.number), &body).await??)
    };
    let choice = if arguments.yes { unattended(arguments, run, step) } else { choose(run, step) };
    match choice {
        Choice::Approve(confirm) => {
            post("approve", json!({ "hash": step.step.hash, "confirm": confirm, "by": by })).await
        }
        Choice::Tick => post("tick", json!({ "by": by })).await,
        Choice::Skip(reason) => post("skip", json!({ "reason": reason, "by": by })).await,
        Choice::Settle(done) => post("settle", json!({ "done": done, "by": by })).await,
        Choice::Abort => Ok(client.post(&format!("/runs/{}/abort", run.id), &json!({ "by": by })).await??),
        Choice::Leave(why) => Err(Failure::Failed(format!(
            "{why}\n  help: run {} waits; go on with `runward run {}`",
            run.id, run.procedure
        ))),
    }
}

enum Choice {
    Approve(Option<String>),
    Tick,
    Skip(&'static str),
    Settle(bool),
    Abort,
    Leave(String),
}

/// `--yes`: what a person would have to decide is skipped, what would have to be typed must have been given.
fn unattended(arguments: &Arguments, run: &RunView, step: &RunStepView) -> Choice {
    let destructive = step.step.impact == "destructive";
    match step.state.as_str() {
        "failed" => Choice::Abort,
        "unsure" => Choice::Leave("nobody knows whether the step was carried out: a person must look".into()),
        // What was consented to is what the runbook said when the run began.
        _ if step.changed.is_some() => {
            Choice::Leave(format!("the runbook changed step {} since the run began: a person must look", step.number))
        }
        _ if step.step.manual => Choice::Skip("not done: nobody was there"),
        _ if step.step.condition.is_some() => Choice::Skip("only if a person decides so"),
        _ if destructive && arguments.confirm.as_deref() != Some(run.target.as_str()) => {
            Choice::Leave(format!("step {} destroys something: --confirm {} lets it run", step.number, run.target))
        }
        _ => Choice::Approve(arguments.confirm.clone()),
    }
}

fn choose(run: &RunView, step: &RunStepView) -> Choice {
    let nobody = || Choice::Leave(format!("step {} needs a person, and nobody is at a terminal", step.number));
    let question = match step.state.as_str() {
        "failed" => "It failed. [a]gain, [s]kip, [e]nd the run?",
        "unsure" => "Was it carried out? [y]es, [n]o, [s]kip?",
        _ if step.step.manual => "[d]one, [s]kip, [e]nd the run?",
        _ if step.step.impact == "destructive" => "Type the target's name to run it, or [s]kip, [e]nd the run:",
        _ => "Run it? [y]es, [s]kip, [e]nd the run:",
    };
    if step.step.impact == "destructive" && !step.step.manual {
        out::complain(&format!("    This destroys something. Its target: {}", run.target));
    }
    if let Some(changed) = &step.changed {
        let now = changed.shown.as_deref().map_or("this step is not in it any more".to_owned(), |shown| {
            format!("it says now (which is run from the page only):\n      {}", shown.replace('\n', "\n      "))
        });
        out::complain(&format!("    The runbook was changed since the run began: {now}"));
    }
    let Some(answer) = out::ask(&format!("    {question}")) else { return nobody() };
    match (step.state.as_str(), answer.as_str()) {
        (_, "s") => Choice::Skip("skipped"),
        ("unsure", "y") => Choice::Settle(true),
        ("unsure", "n") => Choice::Settle(false),
        (_, "e" | "q") => Choice::Abort,
        ("failed", "a") | ("asking", "y") if step.step.impact != "destructive" && !step.step.manual => {
            Choice::Approve(None)
        }
        ("asking", "d" | "y") if step.step.manual => Choice::Tick,
        (_, typed) if step.step.impact == "destructive" && typed == run.target => {
            Choice::Approve(Some(typed.to_owned()))
        }
        _ => choose(run, step),
    }
}

/// What was said already.
struct Told<'a> {
    arguments: &'a Arguments,
    shown: usize,
}

impl Told<'_> {
    fn quiet(&self) -> bool {
        self.arguments.format == Format::Json
    }

    fn heading(&self, run: &RunView) {
        if !self.quiet() {
            let service = run.service.as_ref().map(|s| format!(" for {s}")).unwrap_or_default();
            out::say(&format!("{}{service}  {}", styled(BOLD, &run.title), styled(FAINT, &format!("run {}", run.id))));
        }
    }

    /// Shows each step once it has something to say.
    fn progress(&mut self, run: &RunView) {
        if self.quiet() {
            return;
        }
        while let Some(step) = run.steps.get(self.shown) {
            let settled = matches!(step.state.as_str(), "done" | "skipped");
            let waits = matches!(step.state.as_str(), "asking" | "failed" | "unsure");
            if !settled && !waits {
                return;
            }
            out::print(&step_text(step));
            if waits {
                // It is shown again when it is settled.
                return;
            }
            self.shown += 1;
        }
    }

    fn end(&self, run: &RunView) -> Ended {
        let outcome = run.outcome.as_deref().unwrap_or_default();
        if self.quiet() {
            out::json(run)?;
        } else {
            let words = run.outcome_words.as_deref().unwrap_or_default();
            out::say(&styled(of_state(outcome), &format!("The run {words}.")));
        }
        if matches!(outcome, "verified" | "unverified" | "diagnosed") { Ok(()) } else { Err(Failure::Quiet(1)) }
    }
}

fn step_text(step: &RunStepView) -> String {
    let mut said = String::new();
    let title = if step.step.title.is_empty() { step.step.phase.clone() } else { step.step.title.clone() };
    let impact = if step.step.manual { "by hand" } else { &step.step.impact };
    let state = match step.verified {
        Some(true) => "done, checks well".to_owned(),
        Some(false) => "done, checks not well".to_owned(),
        None => step.state.clone(),
    };
    said.push_str(&format!(
        "\n{:>2}. {} {} {}\n",
        step.number,
        styled(BOLD, &title),
        styled(of_state(impact), impact),
        styled(of_state(&step.state), &state)
    ));
    for line in step.step.shown.lines().flat_map(|l| out::wrap(l, WIDTH - 6)) {
        said.push_str(&format!("    {}\n", styled(out::MARKED, &line)));
    }
    for note in [
        &step.step.by_hand_because,
        &step.step.condition.clone().filter(|c| *c != title),
        &step.skipped_because,
        &step.ended,
    ]
    .into_iter()
    .flatten()
    {
        for line in out::wrap(note, WIDTH - 6) {
            said.push_str(&format!("    {}\n", styled(FAINT, &line)));
        }
    }
    let output: Vec<&str> = step.output.iter().flat_map(|o| o.lines()).collect();
    for line in output.iter().take(OUTPUT_LINES).flat_map(|l| out::wrap(l, WIDTH - 6)) {
        said.push_str(&format!("    │ {line}\n"));
    }
    if output.len() > OUTPUT_LINES {
        said.push_str(&format!("    │ … {} more lines\n", output.len() - OUTPUT_LINES));
    }
    said
}
