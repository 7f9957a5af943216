//! The plan of a run: each step as it would be carried out, before anything is.

use std::collections::{BTreeMap, BTreeSet};

use serde::{Deserialize, Serialize};

use super::expect::Expectation;
use super::inside;
use super::place::{self, Place, Remote};
use super::undo::{self, Undo};
use crate::command::bind::{Bound, bind};
use crate::command::impact::Impact;
use crate::command::lines::{LineKind, logical_lines};
use crate::command::placeholder::{self, Kinds, ParamKind, Placeholder};
use crate::command::redact;
use crate::command::{Command, Inside};
use crate::id::StepId;
use crate::runbook::{Phase, Procedure, Step, StepKind, sha256};
use crate::service::Service;
use crate::setup::Setup;

/// A step as it would be carried out.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct PlannedStep {
    /// The runbook's step.
    pub id: StepId,
    /// What it is about.
    pub title: String,
    /// Which part of the procedure it belongs to.
    pub phase: Phase,
    /// The worst its commands do.
    pub impact: Impact,
    /// Why it does that, in a few words.
    pub why: String,
    /// Whether it is only done if a person decides so.
    pub conditional: bool,
    /// The condition or the alternative it belongs to, for people.
    pub condition: Option<String>,
    /// The machine it is done on, where that is another one.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub host: Option<Remote>,
    /// What to do.
    pub work: Work,
    /// What the runbook says, where that differs from what is run.
    pub original: Option<String>,
    /// What should come out.
    pub expected: Option<String>,
    /// The same as something to check, where it can be checked.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub expects: Option<Expectation>,
    /// What takes it back.
    #[serde(default)]
    pub undo: Undo,
    /// The earlier step that it ends: what that one stopped, this one starts again.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub closes: Option<usize>,
    /// Where it stands: `ops.md:198`.
    pub source: String,
    /// The hash of all that an approval covers.
    pub hash: String,
}

/// What a step does.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "lowercase", tag = "work")]
pub enum Work {
    /// Run this.
    Command {
        /// Shell text; its parameters are variables.
        script: String,
        /// The variables and their values.
        env: BTreeMap<String, String>,
        /// The same with the values in place, for people.
        shown: String,
    },
    /// A person does it.
    Manual {
        /// What.
        text: String,
        /// Why Runward does not; empty where the runbook asks for a person anyway.
        why: String,
    },
}

/// The hash of all that an approval covers: what is done, and where.
pub(super) fn hash(work: &Work, id: &StepId, impact: Impact, host: Option<&Remote>) -> String {
    let covered = match host {
        None => serde_json::to_string(&(work, id, impact)),
        Some(host) => serde_json::to_string(&(work, id, impact, host)),
    };
    sha256(&covered.unwrap_or_default())
}

impl PlannedStep {
    /// Whether Runward carries it out.
    pub fn is_command(&self) -> bool {
        matches!(self.work, Work::Command { .. })
    }

    /// The command or the instruction, for people.
    pub fn shown(&self) -> &str {
        match &self.work {
            Work::Command { shown, .. } => shown,
            Work::Manual { text, .. } => text,
        }
    }
}

/// A value that is asked for.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Asked {
    /// The placeholder's name.
    pub name: String,
    /// What it may hold.
    pub kind: ParamKind,
    /// The values the inventory offers.
    pub offered: Vec<String>,
}

/// The values that the inventory gives for a procedure's placeholders, for one service; what a person gave wins.
pub fn values(
    procedure: &Procedure,
    service: Option<&Service>,
    given: &BTreeMap<String, String>,
    kinds: &Kinds,
) -> BTreeMap<String, String> {
    let mut values = BTreeMap::new();
    if let Some(service) = service {
        for command in procedure.steps.iter().flat_map(|s| &s.commands) {
            for text in [Some(&command.text), command.rewrite.as_ref()].into_iter().flatten() {
                for (name, value) in of_service(text, service, kinds) {
                    values.entry(name).or_insert(value);
                }
            }
        }
    }
    values.extend(given.iter().map(|(name, value)| (name.clone(), value.clone())));
    values
}

/// What each placeholder of a command means for a service: in `app-<name>` the part of its unit behind `app-`.
fn of_service(text: &str, service: &Service, kinds: &Kinds) -> Vec<(String, String)> {
    let mut found = Vec::new();
    for placeholder in placeholder::find_as(text, kinds) {
        let value = match placeholder.kind {
            ParamKind::Port => service.port.map(|p| p.to_string()),
            ParamKind::Service => Some(name_for(service, &placeholder, text)),
            // `<part>` in `app-<part>` means a service whatever it is called, where one is named so.
            ParamKind::Text => {
                let (before, after) = around(&placeholder, text);
                part_of(service, &before, &after).filter(|_| before.len() >= 2)
            }
            _ => None,
        };
        found.extend(value.map(|v| (placeholder.name, v)));
    }
    found
}

fn is_name_char(c: char) -> bool {
    c.is_ascii_alphanumeric() || matches!(c, '-' | '_' | '.' | '@')
}

/// The letters of the same word before and behind a placeholder.
fn around(placeholder: &Placeholder, text: &str) -> (String, String) {
    let before: String = text[..placeholder.span.start].chars().rev().take_while(|c| is_name_char(*c)).collect();
    let after = text[placeholder.span.end..].chars().take_while(|c| is_name_char(*c)).collect();
    (before.chars().rev().collect(), after)
}

/// What a placeholder for a service means here: the name its tool knows it by, or the part of a name that is left open.
fn name_for(service: &Service, placeholder: &Placeholder, text: &str) -> String {
    let by_tool = [
        ("systemctl", &service.unit),
        ("journalctl", &service.unit),
        ("pm2", &service.pm2),
        ("docker", &service.container),
    ];
    let (before, after) = around(placeholder, text);
    let known = if before.is_empty() && after.is_empty() {
        by_tool.iter().find(|(tool, name)| text.contains(tool) && name.is_some()).and_then(|(_, name)| (*name).clone())
    } else {
        part_of(service, &before, &after)
    };
    known.unwrap_or_else(|| service.name.clone())
}

/// The part of one of the service's names that stands between `before` and `after`.
fn part_of(service: &Service, before: &str, after: &str) -> Option<String> {
    let names = service.names().chain(service.env_file.as_deref()).chain(service.endpoint.as_deref());
    names
        .filter_map(|name| name.strip_prefix(before)?.strip_suffix(after))
        .find(|part| !part.is_empty())
        .map(str::to_owned)
}

/// The values a person must still give before the procedure's unconditional steps can be run.
pub fn missing(procedure: &Procedure, values: &BTreeMap<String, String>, setup: &Setup) -> Vec<Asked> {
    let mut asked: Vec<Asked> = Vec::new();
    let commands =
        procedure.steps.iter().filter(|s| s.kind == StepKind::Command && !s.is_conditional()).flat_map(|s| &s.commands);
    for command in commands.filter(|command| !is_login(command)) {
        for placeholders in [place::asks(command, setup), placeholder::find_as(command.runnable(), &setup.kinds)] {
            for placeholder in &placeholders {
                let known = placeholder::value_of(placeholder, &placeholders, values).is_some()
                    || asked
                        .iter()
                        .any(|a| a.name == placeholder.name || same_but_apart(a, placeholder, &placeholders));
                if !known && placeholder.kind != ParamKind::Secret {
                    asked.push(Asked {
                        offered: offered(placeholder, setup),
                        name: placeholder.name.clone(),
                        kind: placeholder.kind,
                    });
                }
            }
        }
    }
    asked
}

/// Whether a value asked for already is this one in another spelling; two beside each other are two.
fn same_but_apart(asked: &Asked, placeholder: &Placeholder, beside: &[Placeholder]) -> bool {
    placeholder::canonical(&asked.name, asked.kind) == placeholder.canonical()
        && !beside.iter().any(|other| other.name == asked.name)
}

/// The values that are offered for a placeholder.
pub fn offered(placeholder: &Placeholder, setup: &Setup) -> Vec<String> {
    if let Some(values) = setup.offered.get(&placeholder.name) {
        return values.clone();
    }
    let services = setup.services.values().map(|p| &p.service);
    match placeholder.kind {
        ParamKind::Service => services.map(|s| s.name.clone()).collect(),
        ParamKind::Port => services.filter_map(|s| s.port.map(|p| p.to_string())).collect(),
        ParamKind::Host => services.filter_map(|s| s.endpoint.clone()).collect(),
        _ => Vec::new(),
    }
}

/// The steps of a procedure as they would be carried out with these values.
pub fn plan(procedure: &Procedure, values: &BTreeMap<String, String>, setup: &Setup) -> Vec<PlannedStep> {
    let mut directories = Directories::new();
    let entries = inside::entries(procedure);
    let mut planned = Vec::new();
    for step in &procedure.steps {
        if matches!(step.kind, StepKind::Template | StepKind::Sample) {
            continue;
        }
        if let Some(step) = planned_step(step, values, setup, &entries, &mut directories) {
            planned.push(step);
        }
    }
    undo::brackets(&mut planned);
    planned
}

/// The directory that was entered on each machine, where `None` is this one, and in each container there.
type Directories = BTreeMap<(Option<Remote>, Option<String>), String>;

/// `None` for a step that only goes to this host or changes the directory for those that follow.
fn planned_step(
    step: &Step,
    values: &BTreeMap<String, String>,
    setup: &Setup,
    entries: &BTreeSet<String>,
    directories: &mut Directories,
) -> Option<PlannedStep> {
    let commands: Vec<&Command> = step.commands.iter().filter(|c| !is_login(c) && !entries.contains(&c.text)).collect();
    if commands.is_empty() && !step.commands.is_empty() {
        return None;
    }
    let impact = commands.iter().map(|c| c.impact).max().unwrap_or(Impact::ReadOnly);
    let place = place::of(&commands, values, setup);
    let host = if let Place::There(host) = &place { Some(host.clone()) } else { None };
    // `cd` and then into the container: the directory in which it is entered.
    let outside = commands.iter().take_while(|c| c.inside.is_none() && is_cd(c)).count();
    let commands = if outside < commands.len() && commands[outside].inside.is_some() {
        if let Some(cd) = outside.checked_sub(1).map(|last| commands[last]) {
            directories.insert((host.clone(), None), cd.text.clone());
        }
        commands[outside..].to_vec()
    } else {
        commands
    };
    let container = inside::of(&commands);
    let at = (host.clone(), container.as_ref().ok().and_then(|inside| inside.map(|inside| inside.enter.clone())));
    let directory = directories.get(&at).cloned();
    let work = match (step.kind, by_hand(step, &commands, &place), &container) {
        (StepKind::Command, None, Ok(inside)) => {
            let work = bound(&commands, values, &setup.kinds, impact, directory.as_deref());
            let outside = directories.get(&(host.clone(), None)).map(String::as_str);
            match inside {
                Some(inside) => within(inside, outside, work, &commands, values, &setup.kinds),
                None => work,
            }
        }
        (StepKind::Command, None, Err(why)) => Work::Manual { text: texts(&commands), why: why.clone() },
        (StepKind::Command, Some(why), _) => Work::Manual { text: texts(&commands), why },
        _ => Work::Manual { text: instruction(step, &commands), why: String::new() },
    };
    if let Some(command) = commands.iter().rev().find(|c| is_cd(c)) {
        directories.insert(at.clone(), command.text.clone());
        if commands.len() == 1 {
            return None;
        }
    }
    let original = match &work {
        Work::Command { shown, .. } if *shown != texts(&commands) => Some(texts(&commands)),
        _ => None,
    };
    let why = commands.iter().max_by_key(|c| c.impact).map(|c| c.why.clone()).unwrap_or_default();
    let undo = undo::of(&commands, &work, values, &setup.kinds, directories.get(&at).map(String::as_str));
    let undo = if at.1.is_some() { inside::undo(undo) } else { undo };
    let host = host.filter(|_| matches!(work, Work::Command { .. }));
    let hash = hash(&work, &step.id, impact, host.as_ref());
    Some(PlannedStep {
        id: step.id.clone(),
        title: step.title.clone(),
        phase: step.phase,
        impact,
        why,
        conditional: step.is_conditional(),
        condition: step.guard.clone().or_else(|| step.variant.clone()),
        host,
        work,
        original,
        expected: step.expected.clone(),
        expects: step.expected.as_deref().and_then(Expectation::read),
        undo,
        closes: None,
        source: step.source.to_string(),
        hash,
    })
}

/// A step with another command in the place of its own, typed by a person: classed anew, its hash another.
/// # Errors
/// Where it could not be run: it is not shell, waits for a person, holds a secret, or still holds a placeholder.
pub fn edited(step: &PlannedStep, text: &str) -> Result<PlannedStep, String> {
    let text = text.trim();
    if redact::holds_secret(text) {
        return Err(
            "it holds a secret, which would be kept with the run: name a variable that holds it under `env` of \
                    [run] in runward.toml"
                .into(),
        );
    }
    let physical: Vec<&str> = text.lines().collect();
    let commands: Vec<Command> = logical_lines(&physical)
        .into_iter()
        .filter(|line| matches!(line.kind, LineKind::Command | LineKind::Broken))
        .map(|line| Command::read(&line.text, line.first as u32 + 1))
        .collect();
    let commands: Vec<&Command> = commands.iter().collect();
    if commands.is_empty() {
        return Err("a command is needed; a step that is not wanted can be skipped".into());
    }
    for command in &commands {
        if let Some(open) = command.params.first() {
            return Err(format!("`{open}` is still a placeholder: put its value in its place"));
        }
        if let Some(why) = &command.unparsable {
            return Err(format!("the shell would not understand it ({})", why.lines().next().unwrap_or_default()));
        }
        if command.interactive && command.rewrite.is_none() {
            return Err(format!("`{}` waits for a person and has no form that does not", command.text));
        }
        if command.secrets && command.rewrite.is_none() {
            return Err(format!("`{}` prints secrets", command.text));
        }
    }
    let impact = commands.iter().map(|c| c.impact).max().unwrap_or(Impact::ReadOnly);
    // Nothing is left open, so no value is needed and no kind counts.
    let (values, kinds) = (BTreeMap::new(), Kinds::new());
    let here = bound(&commands, &values, &kinds, impact, None);
    let undo = undo::of(&commands, &here, &values, &kinds, None);
    let (work, undo) = in_the_same_place(here, undo, &step.work);
    let hash = hash(&work, &step.id, impact, step.host.as_ref());
    let original = step.original.clone().or_else(|| Some(step.shown().to_owned()));
    let why = commands.iter().max_by_key(|c| c.impact).map(|c| c.why.clone()).unwrap_or_default();
    Ok(PlannedStep { work, impact, why, undo, original, hash, ..step.clone() })
}

/// The directory a step was to run in is where its changed command runs too.
fn in_the_same_place(work: Work, undo: Undo, before: &Work) -> (Work, Undo) {
    let Work::Command { script: old, env: old_env, .. } = before else { return (work, undo) };
    let Work::Command { script, mut env, shown } = work else { return (work, undo) };
    if let Some((script, env)) = inside::replaced(&script, old, old_env) {
        return (Work::Command { script, env, shown }, inside::undo(undo));
    }
    let Some(enter) = old.lines().take(2).find(|line| line.starts_with("cd ") && line.ends_with(ENTER)) else {
        return (Work::Command { script, env, shown }, undo);
    };
    let undo = undo::inside(undo, enter, old_env);
    let strict = script.strip_prefix(STRICT);
    let script = format!("{}{enter}\n{}", strict.map_or("", |_| STRICT), strict.unwrap_or(&script));
    env.extend(old_env.clone());
    (Work::Command { script, env, shown }, undo)
}

/// Work that is done in a container, entered from the directory that was entered before it.
fn within(
    inside: &Inside,
    outside: Option<&str>,
    work: Work,
    commands: &[&Command],
    values: &BTreeMap<String, String>,
    kinds: &Kinds,
) -> Work {
    let entered = outside.map_or(Ok(Bound::default()), |cd| bind(cd, values, kinds));
    let wrapped = entered.and_then(|cd| {
        let first = if cd.script.is_empty() { String::new() } else { format!("{}{ENTER}\n", cd.script) };
        let mut work = inside::wrapped(inside, &first, work, values, kinds)?;
        if let Work::Command { env, .. } = &mut work {
            env.extend(cd.env);
        }
        Ok(work)
    });
    wrapped.unwrap_or_else(|why| Work::Manual { text: texts(commands), why: why.to_string() })
}

/// Whether a command only enters a directory.
fn is_cd(command: &Command) -> bool {
    command.text.starts_with("cd ") && !command.text.contains(['\n', '|', '&', ';'])
}

fn is_login(command: &Command) -> bool {
    command.interactive && command.text.starts_with("ssh ") && command.rewrite.is_none()
}

fn texts(commands: &[&Command]) -> String {
    commands.iter().map(|c| c.text.as_str()).collect::<Vec<_>>().join("\n")
}

fn instruction(step: &Step, commands: &[&Command]) -> String {
    if commands.is_empty() {
        step.title.clone()
    } else {
        format!("{}\n{}", step.title, texts(commands)).trim().to_owned()
    }
}

/// Why a person has to do it; `None` where Runward can.
fn by_hand(step: &Step, commands: &[&Command], place: &Place) -> Option<String> {
    if step.language.as_deref().is_some_and(|language| language != "bash")
        && commands.iter().any(|c| c.rewrite.is_none())
    {
        return Some("these are statements for a database, and it is not said which client takes them".into());
    }
    commands.iter().find_map(|command| {
        if let Some(why) = &command.unparsable {
            return Some(format!("the shell would not understand it ({})", why.lines().next().unwrap_or_default()));
        }
        if let Place::Unclear(why) = place {
            return Some(why.clone());
        }
        if command.interactive && command.rewrite.is_none() {
            return Some("it waits for a person and has no form that does not".into());
        }
        if command.secrets && command.rewrite.is_none() {
            return Some("it prints secrets".into());
        }
        None
    })
}

/// A change stops at the first thing that goes wrong; an undefined variable goes wrong before anything runs.
const STRICT: &str = "set -euo pipefail\n";
/// Behind a change of directory: nothing is done elsewhere.
const ENTER: &str = " || exit";

fn bound(
    commands: &[&Command],
    values: &BTreeMap<String, String>,
    kinds: &Kinds,
    impact: Impact,
    directory: Option<&str>,
) -> Work {
    let mut script = String::new();
    let mut env = BTreeMap::new();
    let mut shown: Vec<String> = Vec::new();
    if impact > Impact::ReadOnly {
        script.push_str(STRICT);
    }
    if let Some(directory) = directory {
        match bind(directory, values, kinds) {
            Ok(bound) => {
                script.push_str(&format!("{}{ENTER}\n", bound.script));
                env.extend(bound.env);
            }
            Err(why) => return Work::Manual { text: texts(commands), why: why.to_string() },
        }
    }
    for (at, command) in commands.iter().enumerate() {
        match bind(command.runnable(), values, kinds) {
            Ok(bound) => {
                let closer = undo::closer(command, &commands[at + 1..]);
                if let Some(closing) = closer.and_then(|closer| bind(closer.runnable(), values, kinds).ok()) {
                    // Whatever goes wrong in between: what was stopped is started again.
                    script.push_str(&undo::guard(&closing.script));
                    env.extend(closing.env);
                }
                script.push_str(&bound.script);
                script.push('\n');
                env.extend(bound.env);
                shown.push(bound.shown);
            }
            Err(why) => return Work::Manual { text: texts(commands), why: why.to_string() },
        }
    }
    Work::Command { script, env, shown: shown.join("\n") }
}
