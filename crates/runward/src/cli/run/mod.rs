//! `runward run`: carries a procedure out, step by step, from the terminal.

mod ask;
mod by_hand;
mod follow;
mod plan;
mod told;

use std::collections::BTreeMap;
use std::time::{Duration, Instant};

use serde_json::{Value, json};

use super::client::{Acting, Client, Refused, Where};
use super::{Ended, Failure, Format, out};
use crate::web::api::run::{RunStepView, RunView};
use ask::{Choice, choose, unattended};
use told::Told;

/// How often a run that is under way is looked at.
const LOOK_EVERY: Duration = Duration::from_millis(150);
/// How often a server that is gone is looked for.
const LOOK_FOR_IT_EVERY: Duration = Duration::from_millis(500);
/// How long a server that is gone is waited for where nobody is there.
const WAIT_ALONE: Duration = Duration::from_secs(120);
/// The exit code of a command that was ended with Ctrl-C.
const INTERRUPTED: u8 = 130;

#[derive(Debug, clap::Args)]
pub(super) struct Arguments {
    /// The procedure, by its name in `runward explain`
    #[arg(required_unless_present_any = ["undo", "resume"])]
    procedure: Option<String>,
    /// The service it is for
    #[arg(long)]
    service: Option<String>,
    /// The incident it is for
    #[arg(long)]
    incident: Option<i64>,
    /// A value for a placeholder; may be given several times
    #[arg(long = "param", value_name = "NAME=VALUE")]
    params: Vec<String>,
    /// Take back what a run did, the last step first
    #[arg(long, value_name = "RUN", conflicts_with_all = ["procedure", "service", "incident", "params", "resume"])]
    undo: Option<i64>,
    /// Go on with a run that was left
    #[arg(long, value_name = "RUN", conflicts_with_all = ["procedure", "service", "incident", "params"])]
    resume: Option<i64>,
    /// Run steps that change something without asking; conditional and manual steps are skipped
    #[arg(long)]
    yes: bool,
    /// Show what would be done, and do nothing
    #[arg(long, conflicts_with_all = ["yes", "confirm", "undo", "resume"])]
    dry_run: bool,
    /// Show what to paste and keep what is done; no server, nothing is run
    #[arg(long, conflicts_with_all = ["yes", "confirm", "undo", "resume", "dry_run", "incident"])]
    by_hand: bool,
    /// The target's name, for steps that destroy something
    #[arg(long, value_name = "NAME")]
    confirm: Option<String>,
    #[command(flatten)]
    acting: Acting,
    #[command(flatten)]
    place: Where,
    /// Text for people, or for programs one JSON event on each line
    #[arg(long, value_enum, default_value_t)]
    format: Format,
}

pub(super) async fn run(arguments: Arguments) -> Ended {
    if arguments.dry_run {
        return plan::show(&arguments, arguments.procedure.as_deref().unwrap_or_default()).await;
    }
    if arguments.by_hand {
        return by_hand::run(&arguments, arguments.procedure.as_deref().unwrap_or_default());
    }
    let client = Client::of_or_own(&arguments.place).await?;
    if client.is_own() {
        out::complain("No server is running: this command runs its own until it ends.");
    }
    let mut talk = Talk { client, arguments: &arguments, run: None };
    let ended = tokio::select! {
        ended = talk.carry_out() => ended,
        _ = tokio::signal::ctrl_c() => talk.interrupted(),
    };
    talk.client.close().await;
    ended
}

/// The values given on the command line.
fn given(params: &[String]) -> Result<BTreeMap<String, String>, Failure> {
    let pair = |param: &String| {
        let (name, value) =
            param.split_once('=').ok_or_else(|| Failure::Usage(format!("`{param}` is not NAME=VALUE")))?;
        Ok((name.to_owned(), value.to_owned()))
    };
    params.iter().map(pair).collect()
}

/// One run between a server and whoever carries it out.
struct Talk<'a> {
    client: Client,
    arguments: &'a Arguments,
    /// The run, once it is known.
    run: Option<(i64, bool)>,
}

impl Talk<'_> {
    async fn carry_out(&mut self) -> Ended {
        let mut run = self.begin().await?;
        let mut told = Told::new(self.arguments);
        told.heading(&run);
        loop {
            let runs = run.steps.iter().any(|s| matches!(s.state.as_str(), "running" | "verifying"));
            self.run = Some((run.id, runs));
            told.progress(&run);
            if !run.active {
                match self.offer_undo(&run).await? {
                    Some(undo) => {
                        run = undo;
                        told = Told::new(self.arguments);
                        told.heading(&run);
                        continue;
                    }
                    None => return told.end(&run),
                }
            }
            let current = run.current.and_then(|n| run.steps.get(n - 1)).cloned();
            run = match current {
                Some(step) if matches!(step.state.as_str(), "asking" | "failed" | "unsure") => {
                    self.answer(&run, &step).await?
                }
                current => {
                    tokio::time::sleep(LOOK_EVERY).await;
                    let later = self.look(run.id).await?;
                    let still = current.filter(|step| step.state == "running").filter(|step| {
                        let now = later.steps.get(step.number - 1);
                        now.is_some_and(|now| now.state == "running" && now.attempt == step.attempt)
                    });
                    // What takes longer than a moment is shown while it goes on.
                    if let Some(step) = still {
                        follow::output(&self.client, &later, &step, &mut told).await;
                    }
                    later
                }
            };
        }
    }

    fn interrupted(&self) -> Ended {
        if let Some((run, runs)) = self.run {
            let goes_on = if runs { "goes on by itself" } else { "waits" };
            out::complain(&format!("\nRun {run} {goes_on}: come back to it with `runward run --resume {run}`."));
        }
        Err(Failure::Quiet(INTERRUPTED))
    }

    /// Asks for the run; asks the person for values that are missing; joins a run that is already at work.
    async fn begin(&self) -> Result<RunView, Failure> {
        let arguments = self.arguments;
        if let Some(run) = arguments.resume {
            return self.client.get(&format!("/runs/{run}")).await;
        }
        if let Some(of) = arguments.undo {
            return self.undo(of).await;
        }
        let procedure = arguments.procedure.as_deref().unwrap_or_default();
        let mut params = given(&arguments.params)?;
        loop {
            let body = json!({
                "procedure": runward_core::id::slug(procedure),
                "service": arguments.service,
                "incident": arguments.incident,
                "params": params,
                "by": arguments.acting.name(),
            });
            match self.client.post::<RunView>("/runs", &body).await? {
                Ok(run) => return Ok(run),
                Err(refused) => match busy(&refused) {
                    Some(id) => return self.join(procedure, id).await,
                    None => {
                        let given = tokio::task::spawn_blocking(move || asked_for(refused)).await;
                        params.extend(given.map_err(|e| Failure::Failed(e.to_string()))??);
                    }
                },
            }
        }
    }

    async fn undo(&self, of: i64) -> Result<RunView, Failure> {
        let body = json!({ "by": self.arguments.acting.name() });
        match self.client.post::<RunView>(&format!("/runs/{of}/undo"), &body).await? {
            Ok(run) => Ok(run),
            Err(refused) => Err(match busy(&refused) {
                Some(id) => Failure::Failed(format!(
                    "run {id} is at work there: one at a time\n  help: go on with `runward run --resume {id}`, or end it"
                )),
                None => refused.into(),
            }),
        }
    }

    /// Goes on with a run that is already at work, if it is the one that is meant: consent to one is none to another.
    async fn join(&self, procedure: &str, id: i64) -> Result<RunView, Failure> {
        let arguments = self.arguments;
        let run: RunView = self.client.get(&format!("/runs/{id}")).await?;
        let slug = runward_core::id::slug;
        let same_service = arguments.service.as_ref().is_none_or(|s| run.service.as_deref() == Some(&*slug(s)));
        // With which values it was begun nobody can tell from here: whoever gives values means a run of their own.
        if run.procedure != slug(procedure) || !same_service || !arguments.params.is_empty() {
            let at = run.service.as_deref().map(|s| format!(" on {s}")).unwrap_or_default();
            return Err(Failure::Failed(format!(
                "run {id} of `{}` is at work{at}: one at a time\n  help: go on with `runward run {}`, or end it on its page",
                run.procedure, run.procedure
            )));
        }
        out::complain(&format!("Run {id} is already at work there: going on with it."));
        Ok(run)
    }

    /// The run as it is now. A server that is gone may come back, and what it began goes on meanwhile.
    async fn look(&mut self, id: i64) -> Result<RunView, Failure> {
        let path = format!("/runs/{id}");
        let since = Instant::now();
        let mut said = false;
        loop {
            if let Some(run) = self.client.look(&path).await {
                return run;
            }
            if self.arguments.yes && since.elapsed() > WAIT_ALONE {
                return Err(Failure::Failed(format!(
                    "the server is gone\n  help: what it began goes on; when it is back, `runward run --resume {id}`"
                )));
            }
            if !std::mem::replace(&mut said, true) {
                out::complain("    The server does not answer: waiting for it. What it began goes on meanwhile.");
            }
            tokio::time::sleep(LOOK_FOR_IT_EVERY).await;
            // It may come back at another address.
            if !self.client.is_own()
                && let Ok(client) = Client::of(&self.arguments.place)
            {
                self.client = client;
            }
        }
    }

    /// Decides what is to be done with the step the run waits at, and has it done.
    async fn answer(&mut self, run: &RunView, step: &RunStepView) -> Result<RunView, Failure> {
        let alone = self.arguments.yes || self.arguments.format == Format::Json;
        let choice = if self.arguments.yes {
            unattended(self.arguments, run, step)
        } else if alone {
            Choice::Leave(format!("step {} needs a person: --yes decides what a script can", step.number))
        } else {
            let (asked, about) = (run.clone(), step.clone());
            // Reading a line must not keep Ctrl-C from being heard.
            let chosen = tokio::task::spawn_blocking(move || choose(&asked, &about)).await;
            chosen.map_err(|e| Failure::Failed(e.to_string()))?
        };
        let by = self.arguments.acting.name();
        let on_step = |verb: &str| format!("/runs/{}/steps/{}/{verb}", run.id, step.number);
        let (path, body) = match choice {
            Choice::Approve { confirm, break_glass } => (
                on_step("approve"),
                json!({ "hash": step.step.hash, "confirm": confirm, "break_glass": break_glass, "by": by }),
            ),
            Choice::Tick => (on_step("tick"), json!({ "by": by })),
            Choice::Skip(reason) => (on_step("skip"), json!({ "reason": reason, "by": by })),
            Choice::Settle(done) => (on_step("settle"), json!({ "done": done, "by": by })),
            Choice::Edit(text) => (on_step("edit"), json!({ "text": text, "by": by })),
            Choice::Back(to) => (format!("/runs/{}/steps/{to}/back", run.id), json!({ "by": by })),
            Choice::Abort => (format!("/runs/{}/abort", run.id), json!({ "by": by })),
            Choice::Wait => return self.until_it_moves(run, step).await,
            Choice::Leave(why) => {
                return Err(Failure::Failed(format!(
                    "{why}\n  help: run {} waits; go on with `runward run {}`",
                    run.id, run.procedure
                )));
            }
        };
        match self.client.post::<RunView>(&path, &body).await {
            Ok(Ok(run)) => Ok(run),
            Ok(Err(refused)) if alone => Err(refused.into()),
            Ok(Err(refused)) => {
                // Somebody else may have been quicker, or it takes another answer: look again and ask again.
                if let Failure::Failed(why) = Failure::from(refused) {
                    out::complain(&format!("    {}", why.replace('\n', "\n    ")));
                }
                self.look(run.id).await
            }
            // Whether it was taken is seen from the run itself; nothing is asked for twice.
            Err(_) => self.look(run.id).await,
        }
    }

    /// Waits until somebody else did something about a step.
    async fn until_it_moves(&mut self, run: &RunView, step: &RunStepView) -> Result<RunView, Failure> {
        out::complain("    Waiting for somebody else; Ctrl-C leaves.");
        loop {
            tokio::time::sleep(LOOK_EVERY).await;
            let later = self.look(run.id).await?;
            let now = later.steps.get(step.number - 1);
            let same = |now: &RunStepView| now.state == step.state && now.step.hash == step.step.hash;
            if !later.active || !now.is_some_and(same) {
                return Ok(later);
            }
        }
    }

    /// What a run left behind that did not help can be taken back at once.
    async fn offer_undo(&self, run: &RunView) -> Result<Option<RunView>, Failure> {
        let helped = matches!(run.outcome.as_deref(), Some("verified" | "unverified" | "diagnosed"));
        let alone = self.arguments.yes || self.arguments.format == Format::Json || !out::somebody_is_there();
        if helped || alone || !run.changed || run.kind == "undo" {
            return Ok(None);
        }
        let words = run.outcome_words.clone().unwrap_or_default();
        let question = format!("The run {words}. [u]ndo what it did, or Enter to leave it so:");
        let answer = tokio::task::spawn_blocking(move || out::ask(&question)).await;
        match answer.map_err(|e| Failure::Failed(e.to_string()))?.as_deref() {
            Some("u") => self.undo(run.id).await.map(Some),
            _ => Ok(None),
        }
    }
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
        values.push((name.to_owned(), ask::value(name, kind, &offered)?));
    }
    Ok(values)
}
