//! `runward run --by-hand`: a procedure for a person to carry out, when no server can: what to paste, and what is done.

use std::collections::BTreeMap;
use std::fmt::Write;
use std::fs;
use std::io::Write as _;
use std::os::unix::fs::{DirBuilderExt, OpenOptionsExt};
use std::path::{Path, PathBuf};

use anyhow::Context;
use runward_core::id::slug;
use runward_core::run::Undo;
use runward_core::runbook::sha256;
use runward_core::setup::Setup;
use runward_core::world::{From, Preview, Previewed, Refusal, Wish, World};
use serde::{Deserialize, Serialize};
use serde_json::json;

use super::super::columns::visible;
use super::super::out::{self, BAD, BOLD, FAINT, GOOD, WIDTH, of_state, styled, wrap};
use super::super::{Ended, Failure, Format};
use super::{Arguments, ask, given};
use crate::config::{self, Loaded, env};
use crate::engine::clock;

/// What a person has done of a procedure.
#[derive(Debug, Default, Serialize, Deserialize)]
struct State {
    procedure: String,
    service: Option<String>,
    params: BTreeMap<String, String>,
    /// By the hash of the step: a step that says something else by now is another one.
    steps: BTreeMap<String, Tick>,
}

/// What became of a step.
#[derive(Debug, Clone, Serialize, Deserialize)]
struct Tick {
    title: String,
    at: String,
    /// Why it was passed over, where it was.
    skipped: Option<String>,
}

pub(super) fn run(arguments: &Arguments, procedure: &str) -> Ended {
    let loaded = loaded(&arguments.place.config)?;
    let path = state_file(arguments, procedure);
    let mut state = path.as_deref().and_then(read).unwrap_or_default();
    state.procedure = slug(procedure);
    state.service = arguments.service.clone();
    state.params.extend(given(&arguments.params)?);
    let asking = arguments.format == Format::Text && out::somebody_is_there();
    let plan = planned(loaded, &mut state, asking)?;
    match arguments.format {
        Format::Json => return out::json(&in_short(&plan, &state)),
        Format::Text => out::print(&heading(&plan, &state)),
    }
    if !asking {
        for at in 0..plan.steps.len() {
            out::print(&step_text(&plan, at, &state));
        }
        return Ok(());
    }
    let mut talk = Talk { plan: &plan, state, path };
    talk.carry_out()
}

/// The configuration, or the last one that was good: the worst moment for a half-written runbook is this one.
fn loaded(path: &Path) -> Result<Loaded, Failure> {
    match config::load(path) {
        Ok(loaded) => Ok(loaded),
        Err(wrong) => match config::last_good(path, &wrong) {
            Some(loaded) => {
                out::complain(loaded.warnings.first().map_or("", String::as_str));
                Ok(loaded)
            }
            None => Err(wrong.into()),
        },
    }
}

/// The plan, with all values that its steps need, as far as somebody is there to give them.
fn planned(loaded: Loaded, state: &mut State, asking: bool) -> Result<Preview, Failure> {
    let steps = loaded.runbook.procedures.iter().flat_map(|p| &p.steps);
    let hosts: Vec<String> = steps.flat_map(|s| &s.commands).filter_map(|c| c.host.clone()).collect();
    // A person can go to any machine; where that is, a plan for this machine alone says.
    let there = World::new(Setup { here: hosts, ..loaded.setup.clone() });
    let told = World::new(Setup { here: Vec::new(), ..loaded.setup });
    loop {
        let wish = |params: &BTreeMap<String, String>| Wish {
            procedure: &state.procedure,
            service: state.service.as_deref(),
            incident: None,
            params: params.clone(),
        };
        let refused = |refusal: Refusal| Failure::Failed(refusal.to_string());
        let mut plan = there.preview(&wish(&state.params)).map_err(refused)?;
        let named = told.preview(&wish(&state.params)).map_err(refused)?;
        for (step, named) in plan.steps.iter_mut().zip(&named.steps) {
            step.host = named.host.clone();
        }
        let asked: Vec<_> = plan.values.iter().filter(|v| v.from == From::Asked).collect();
        if asked.is_empty() || !asking {
            return Ok(plan);
        }
        for value in asked {
            let offered: Vec<&str> = value.offered.iter().map(String::as_str).collect();
            let answer = ask::value(&value.name, value.kind.name(), &offered)?;
            match value.kind.accept(&answer) {
                Ok(()) => drop(state.params.insert(value.name.clone(), answer)),
                Err(why) => out::complain(&why),
            }
        }
    }
}

/// Where it is kept what is done: one file for each configuration, procedure and service.
fn state_file(arguments: &Arguments, procedure: &str) -> Option<PathBuf> {
    let config = fs::canonicalize(&arguments.place.config).unwrap_or_else(|_| arguments.place.config.clone());
    let of = sha256(&config.display().to_string());
    let service = arguments.service.as_deref().map(|s| format!(".{}", slug(s))).unwrap_or_default();
    let name = format!("{}{service}.{}.json", slug(procedure), &of[..8]);
    Some(env::state_folder()?.join("by-hand").join(name))
}

fn read(path: &Path) -> Option<State> {
    serde_json::from_slice(&fs::read(path).ok()?).ok()
}

/// Writes it so that after a power cut the old state or the new one is there.
fn keep(path: &Path, state: &State) -> anyhow::Result<()> {
    let folder = path.parent().unwrap_or(Path::new("."));
    fs::DirBuilder::new().recursive(true).mode(0o700).create(folder)?;
    let part = path.with_extension("part");
    let mut file = fs::File::options().write(true).create(true).truncate(true).mode(0o600).open(&part)?;
    file.write_all(&serde_json::to_vec_pretty(state)?)?;
    file.sync_all()?;
    fs::rename(&part, path).with_context(|| format!("rename {}", part.display()))?;
    fs::File::open(folder)?.sync_all()?;
    Ok(())
}

fn in_short(plan: &Preview, state: &State) -> serde_json::Value {
    let steps = plan.steps.iter().enumerate().map(|(at, step)| {
        let tick = state.steps.get(&step.plan.hash);
        json!({
            "number": at + 1, "title": step.plan.title, "impact": step.plan.impact.name(), "host": step.host,
            "condition": step.plan.condition, "paste": step.plan.to_paste(), "expected": step.plan.expected,
            "no_return": step.no_return, "done": tick.is_some_and(|t| t.skipped.is_none()),
            "skipped_because": tick.and_then(|t| t.skipped.clone()),
        })
    });
    json!({
        "procedure": plan.procedure, "title": plan.title, "service": plan.service, "source": plan.source,
        "steps": steps.collect::<Vec<_>>(),
    })
}

fn heading(plan: &Preview, state: &State) -> String {
    let mut said = String::new();
    let service = plan.service.as_ref().map(|s| format!(" for {s}")).unwrap_or_default();
    for line in wrap(&visible(&format!("{}{service}, by hand", plan.title)), WIDTH) {
        let _ = writeln!(said, "{}", styled(BOLD, &line));
    }
    let done = plan.steps.iter().filter(|s| state.steps.contains_key(&s.plan.hash)).count();
    let words = "Runward runs nothing here: paste each command yourself";
    let _ =
        writeln!(said, "  {}", styled(FAINT, &format!("{}; {done} of {} behind you", plan.source, plan.steps.len())));
    let _ = writeln!(said, "  {}", styled(FAINT, words));
    for value in plan.values.iter().filter(|v| v.value.is_none() && v.from == From::Asked) {
        let _ = writeln!(said, "  {}", styled(FAINT, &format!("{} is still open: give it with --param", value.name)));
    }
    said
}

fn step_text(plan: &Preview, at: usize, state: &State) -> String {
    let step: &Previewed = &plan.steps[at];
    let tick = state.steps.get(&step.plan.hash);
    let (mark, style) = match tick {
        None => ("[ ]", FAINT),
        Some(Tick { skipped: None, .. }) => ("[x]", GOOD),
        Some(_) => ("[-]", FAINT),
    };
    let title = if step.plan.title.is_empty() { step.plan.phase.name() } else { &step.plan.title };
    let impact = if step.plan.is_command() { step.plan.impact.name() } else { "by hand" };
    let mut said = String::new();
    let room = WIDTH - 9 - impact.len();
    let lines = wrap(&visible(title), room);
    for (n, line) in lines.iter().enumerate() {
        let last = n + 1 == lines.len();
        let class = if last { format!(" {}", styled(of_state(impact), impact)) } else { String::new() };
        let lead = if n == 0 { format!("\n{} {:>2}. ", styled(style, mark), at + 1) } else { " ".repeat(8) };
        let _ = writeln!(said, "{lead}{}{class}", styled(BOLD, line));
    }
    let mut note = |style, text: &str| {
        for line in wrap(&visible(text), WIDTH - 8) {
            let _ = writeln!(said, "        {}", styled(style, &line));
        }
    };
    if let Some(skipped) = tick.and_then(|t| t.skipped.as_ref()) {
        note(FAINT, &format!("passed over: {skipped}"));
    }
    if let Some(condition) = step.plan.condition.as_ref().filter(|c| *c != title) {
        note(FAINT, &format!("only: {condition}"));
    }
    if let Some(host) = &step.host {
        note(FAINT, &format!("on {host}"));
    }
    if step.no_return && step.plan.is_command() {
        note(BAD, &format!("POINT OF NO RETURN: it {}", step.plan.why));
    }
    // What is pasted is not broken into lines that were not there.
    for line in visible(&step.plan.to_paste()).lines() {
        let _ = writeln!(said, "{}", styled(out::MARKED, line));
    }
    let mut note = |text: &str| {
        for line in wrap(&visible(text), WIDTH - 8) {
            let _ = writeln!(said, "        {}", styled(FAINT, &line));
        }
    };
    if let Some(expected) = &step.plan.expected {
        note(&format!("expected: {expected}"));
    }
    if let Undo::Run { shown, .. } = &step.plan.undo {
        note(&format!("to take it back: {}", shown.replace('\n', "; ")));
    }
    said
}

/// One person, one procedure.
struct Talk<'p> {
    plan: &'p Preview,
    state: State,
    path: Option<PathBuf>,
}

impl Talk<'_> {
    fn carry_out(&mut self) -> Ended {
        let mut at = 0;
        while at < self.plan.steps.len() {
            out::print(&step_text(self.plan, at, &self.state));
            let step = &self.plan.steps[at].plan;
            if self.state.steps.contains_key(&step.hash) {
                at += 1;
                continue;
            }
            let back = if at > 0 { ", [b]ack" } else { "" };
            let Some(answer) = out::ask(&format!("        [d]one, [s]kip{back}, [q]uit:")) else {
                return self.left();
            };
            let (key, rest) = answer.split_once(' ').unwrap_or((&answer, ""));
            match key {
                "d" | "y" => self.tick(at, None),
                "s" => self.tick(at, Some(if rest.trim().is_empty() { "skipped" } else { rest.trim() }.to_owned())),
                "b" if at > 0 => {
                    at -= 1;
                    self.state.steps.remove(&self.plan.steps[at].plan.hash);
                    self.keep();
                    continue;
                }
                "q" | "e" => return self.left(),
                _ => continue,
            }
            at += 1;
        }
        out::say(&styled(GOOD, "\nAll steps are behind you."));
        self.put_away();
        Ok(())
    }

    fn tick(&mut self, at: usize, skipped: Option<String>) {
        let step = &self.plan.steps[at].plan;
        let tick = Tick { title: step.title.clone(), at: clock::now().to_string(), skipped };
        self.state.steps.insert(step.hash.clone(), tick);
        self.keep();
    }

    fn keep(&mut self) {
        let Some(path) = &self.path else { return };
        if let Err(why) = keep(path, &self.state) {
            out::complain(&format!("        What is done cannot be kept ({}: {why:#}): go on without", path.display()));
            self.path = None;
        }
    }

    fn left(&self) -> Ended {
        let kept = match &self.path {
            Some(path) if path.exists() => format!("what is done is kept in {}", path.display()),
            _ => "nothing is kept".to_owned(),
        };
        Err(Failure::Failed(format!("left before the end: {kept}\n  help: the same command goes on")))
    }

    /// The next time begins anew; what was done is still there to be read.
    fn put_away(&self) {
        let Some(path) = self.path.as_ref().filter(|path| path.exists()) else { return };
        let done = path.with_extension(format!("{}.done", clock::now().strftime("%Y%m%dT%H%M%SZ")));
        if fs::rename(path, &done).is_ok() {
            out::say(&styled(FAINT, &format!("What was done, and when: {}", done.display())));
        }
    }
}
