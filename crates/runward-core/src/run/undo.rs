//! Going back: what takes a step back, which step ends what another began, and the run that undoes a run.

use std::collections::{BTreeMap, BTreeSet};

use serde::{Deserialize, Serialize};

use super::{JobId, PlannedStep, Run, RunStep, StepState, Work, plan};
use crate::command::Command;
use crate::command::bind::bind;
use crate::command::impact::Impact;
use crate::command::inverse::{Inverse, inverse};
use crate::command::placeholder::Kinds;
use crate::id::{RunId, StepId};
use crate::runbook::Phase;

/// What takes a step back.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case", tag = "undo")]
pub enum Undo {
    /// There is nothing to take back.
    Nothing,
    /// These commands.
    Run {
        /// Shell text; its parameters are variables.
        script: String,
        /// The variables and their values.
        env: BTreeMap<String, String>,
        /// The same with the values in place, for people.
        shown: String,
    },
    /// Putting back these files, which are kept before the step.
    Files {
        /// Their paths.
        paths: Vec<String>,
    },
    /// Nobody can tell.
    #[default]
    Unknown,
    /// Nothing does: a point of no return.
    Never,
}

impl Undo {
    /// The files that must be kept before the step.
    pub fn files(&self) -> &[String] {
        if let Undo::Files { paths } = self { paths } else { &[] }
    }
}

/// What takes back a step with these commands, the last one first.
pub(super) fn of(
    commands: &[&Command],
    work: &Work,
    values: &BTreeMap<String, String>,
    kinds: &Kinds,
    directory: Option<&str>,
) -> Undo {
    if !matches!(work, Work::Command { .. }) {
        return Undo::Unknown;
    }
    let mut undo = Undo::Nothing;
    for (at, command) in commands.iter().enumerate().rev() {
        // What starts again within the step what the step stopped leaves nothing to take back.
        let within = closer(command, &commands[at + 1..]).is_some() || opens(command, &commands[..at]);
        if within || command.impact == Impact::ReadOnly {
            continue;
        }
        undo = both(undo, of_command(command, values, kinds));
    }
    // Words in their places keep a `cd` of their own line, but neither files nor other lines know of it.
    let moves = commands.iter().any(|command| moves(&command.text));
    let undo = match undo {
        Undo::Files { paths } if moves && paths.iter().any(|p| !p.starts_with('/')) => Undo::Unknown,
        Undo::Run { .. } if moves && commands.len() > 1 => Undo::Unknown,
        undo => undo,
    };
    match directory.and_then(|cd| bind(cd, values, kinds).ok()) {
        Some(cd) => inside(undo, &format!("{} || exit", cd.script), &cd.env),
        None => undo,
    }
}

/// The same for a step that begins by entering a directory.
pub(super) fn inside(undo: Undo, enter: &str, entering: &BTreeMap<String, String>) -> Undo {
    match undo {
        Undo::Run { script, mut env, shown } => {
            env.extend(entering.clone());
            Undo::Run { script: format!("{enter}\n{script}"), env, shown }
        }
        // Relative paths would be looked for elsewhere.
        Undo::Files { paths } if paths.iter().any(|p| !p.starts_with('/')) => Undo::Unknown,
        undo => undo,
    }
}

/// Whether a line changes the directory for what comes behind it.
fn moves(text: &str) -> bool {
    text.split(|c: char| c.is_whitespace() || ";&|(){}".contains(c)).any(|word| matches!(word, "cd" | "pushd" | "popd"))
}

fn of_command(command: &Command, values: &BTreeMap<String, String>, kinds: &Kinds) -> Undo {
    match inverse(command.runnable()) {
        Inverse::Nothing => Undo::Nothing,
        Inverse::Never => Undo::Never,
        Inverse::Unknown => Undo::Unknown,
        Inverse::Run(text) => match bind(&text, values, kinds) {
            Ok(bound) => Undo::Run { script: format!("{}\n", bound.script), env: bound.env, shown: bound.shown },
            Err(_) => Undo::Unknown,
        },
        Inverse::Files(files) => {
            let paths = files.iter().map(|file| bind(file, values, kinds).ok().map(|bound| bound.shown)).collect();
            Option::map_or(paths, Undo::Unknown, |paths| Undo::Files { paths })
        }
    }
}

/// What takes back two commands, of which `later` is taken back first.
fn both(later: Undo, earlier: Undo) -> Undo {
    match (later, earlier) {
        (Undo::Never, _) | (_, Undo::Never) => Undo::Never,
        (Undo::Nothing, other) | (other, Undo::Nothing) => other,
        (Undo::Run { script, mut env, shown }, Undo::Run { script: next, env: more, shown: said }) => {
            env.extend(more);
            Undo::Run { script: format!("{script}{next}"), env, shown: format!("{shown}\n{said}") }
        }
        (Undo::Files { mut paths }, Undo::Files { paths: more }) => {
            paths.extend(more.into_iter().filter(|path| !paths.contains(path)).collect::<Vec<_>>());
            Undo::Files { paths }
        }
        _ => Undo::Unknown,
    }
}

/// Words alone, so that two spaces make no other command.
fn same(a: &str, b: &str) -> bool {
    a.split_whitespace().eq(b.split_whitespace())
}

/// Whether a command stops something: only what is stopped must run again whatever happens.
fn stops(text: &str) -> bool {
    text.split_whitespace().any(|word| {
        matches!(word.trim_matches(['\'', '"']), "stop" | "down" | "pause" | "cordon" | "drain" | "disable" | "mask")
    })
}

/// The later command that starts again what this one stops.
pub(super) fn closer<'c>(command: &Command, later: &[&'c Command]) -> Option<&'c Command> {
    if command.impact == Impact::ReadOnly || !stops(&command.text) {
        return None;
    }
    let Inverse::Run(wanted) = inverse(command.runnable()) else { return None };
    later.iter().copied().find(|other| same(other.runnable(), &wanted))
}

fn opens(command: &Command, earlier: &[&Command]) -> bool {
    earlier.iter().any(|opener| closer(opener, &[command]).is_some())
}

/// Shell text that sees to it that `closing` is run however the script ends before its end.
pub(super) fn guard(closing: &str) -> String {
    format!(
        "runward_close() {{\n{closing}\n}}\n\
         trap 'code=$?; trap - EXIT; [ \"$code\" = 0 ] || {{ set +e; runward_close; }}; exit \"$code\"' EXIT\n\
         trap 'exit 143' TERM\n"
    )
}

/// Finds for each step the earlier one whose stop it ends.
pub(super) fn brackets(steps: &mut [PlannedStep]) {
    for at in 0..steps.len() {
        let plans: Vec<&PlannedStep> = steps.iter().collect();
        if let Some(other) = closing(&plans, at) {
            steps[other].closes = Some(at);
        }
    }
}

/// The first step behind this one that starts again what this one stops and ends no other.
fn closing(steps: &[&PlannedStep], at: usize) -> Option<usize> {
    let wanted = start_of(steps.get(at)?)?;
    (at + 1..steps.len()).find(|other| {
        let step = steps[*other];
        step.closes.is_none() && step.is_command() && step.shown().lines().any(|line| same(line, &wanted))
    })
}

/// The command that starts again what a step stops.
fn start_of(step: &PlannedStep) -> Option<String> {
    match inverse(step.shown()) {
        Inverse::Run(start) if step.is_command() && stops(step.shown()) => Some(start),
        _ => None,
    }
}

/// Finds the bracket of a step anew whose text was changed, unless its stop was carried out before: that one stays.
pub fn rebracket(run: &mut Run, at: usize) {
    if run.steps.get(at).is_none_or(RunStep::has_begun) {
        return;
    }
    run.steps.iter_mut().filter(|s| s.plan.closes == Some(at)).for_each(|s| s.plan.closes = None);
    let plans: Vec<&PlannedStep> = run.steps.iter().map(|s| &s.plan).collect();
    if let Some(other) = closing(&plans, at) {
        run.steps[other].plan.closes = Some(at);
    }
}

/// Whether a step does nothing but start again what an earlier one stopped, as it was planned: then nobody needs to
/// be asked. Whatever else stands in it, or destroys, is approved by a person like any other step.
pub fn only_starts(run: &Run, at: usize) -> bool {
    let Some(step) = run.steps.get(at) else { return false };
    let Some(opener) = step.plan.closes.and_then(|opener| run.steps.get(opener)) else { return false };
    let as_planned = step.changed.is_none() && step.edited_by.is_none();
    let mut stops = opener.earlier.iter().map(|(plan, _)| plan).chain([&opener.plan]);
    let starts = stops.any(|stop| start_of(stop).is_some_and(|start| same(&start, step.plan.shown())));
    step.plan.is_command() && step.plan.impact < Impact::Destructive && as_planned && starts
}

/// The steps that undo a run, the last thing done first; each with the try whose kept files it puts back.
/// What nobody can take back stands among them as something a person decides on.
pub fn undoing(run: &Run) -> Vec<(PlannedStep, Option<JobId>)> {
    let closed = |at: usize| {
        let closer = run.steps.iter().find(|s| s.plan.closes == Some(at));
        closer.is_some_and(|s| matches!(s.state, StepState::Done { .. }))
    };
    let mut steps = Vec::new();
    for (at, step) in run.steps.iter().enumerate().rev() {
        // What was stopped and started again is as it was.
        if closed(at) || step.plan.closes.is_some() {
            continue;
        }
        let latest = step.first_try().map(|first| (&step.plan, first));
        // The first try is what counts: what it kept is how things were before any of them.
        for (plan, attempt) in latest.into_iter().chain(step.earlier.iter().rev().map(|(plan, first)| (plan, *first))) {
            if plan.impact > Impact::ReadOnly {
                steps.extend(back(plan, JobId { run: run.id, step: at, attempt }));
            }
        }
    }
    steps
}

/// What earlier runs took back of a run.
pub fn taken_back<'r>(runs: impl IntoIterator<Item = &'r Run>, of: RunId) -> BTreeSet<StepId> {
    let steps = runs.into_iter().filter(|run| run.undoes == Some(of)).flat_map(|run| &run.steps);
    steps.filter(|s| matches!(s.state, StepState::Done { .. })).map(|s| s.plan.id.clone()).collect()
}

/// The step that takes this one back.
pub(super) fn back(step: &PlannedStep, job: JobId) -> Option<(PlannedStep, Option<JobId>)> {
    let (work, kept) = match &step.undo {
        Undo::Nothing => return None,
        Undo::Run { script, env, shown } => {
            let script = format!("set -euo pipefail\n{script}");
            (Work::Command { script, env: env.clone(), shown: shown.clone() }, None)
        }
        Undo::Files { paths } => (put_back(paths), Some(job)),
        Undo::Unknown => {
            let why = "nothing in the runbook tells what takes this back".to_owned();
            (Work::Manual { text: step.shown().to_owned(), why }, None)
        }
        Undo::Never => {
            let why = "this cannot be taken back; what it removed must come from a backup".to_owned();
            (Work::Manual { text: step.shown().to_owned(), why }, None)
        }
    };
    // One step may have been carried out with several texts: each is taken back by a step of its own.
    let id = StepId(format!("{}.undo.{}.{}", step.id, job.step, job.attempt));
    // What takes back may destroy as well: it is judged like any command.
    let impact = match &step.undo {
        Undo::Run { shown, .. } => shown.lines().map(|line| Command::read(line, 1).impact).max(),
        _ => None,
    };
    let impact = impact.unwrap_or(Impact::Mutating).max(Impact::Mutating);
    // It is undone where it was done.
    let host = step.host.clone().filter(|_| matches!(work, Work::Command { .. }));
    let hash = plan::hash(&work, &id, impact, host.as_ref());
    let planned = PlannedStep {
        title: format!("Undo: {}", if step.title.is_empty() { step.shown() } else { &step.title }),
        phase: Phase::Rollback,
        impact,
        why: "takes back what the run did".into(),
        conditional: false,
        condition: None,
        original: None,
        expected: None,
        expects: None,
        undo: Undo::Unknown,
        closes: None,
        source: step.source.clone(),
        host,
        work,
        id,
        hash,
    };
    Some((planned, kept))
}

/// The variable that names the folder with the files kept before a step.
pub const KEPT: &str = "RUNWARD_KEPT";

/// A file that was there comes back as it was; one that was not is removed again.
fn put_back(paths: &[String]) -> Work {
    let mut script = String::from("set -euo pipefail\n");
    let mut env = BTreeMap::new();
    for (at, path) in paths.iter().enumerate() {
        let variable = format!("RUNWARD_FILE_{at}");
        script.push_str(&format!(
            "if [ -e \"${KEPT}/{at}\" ] || [ -L \"${KEPT}/{at}\" ]; then\n\
             \x20 cp -a --remove-destination -- \"${KEPT}/{at}\" \"${variable}\"\n\
             \x20 if [ -e \"${KEPT}/{at}.behind\" ]; then cp -p -- \"${KEPT}/{at}.behind\" \"${variable}\"; fi\n\
             elif [ -e \"${KEPT}/{at}.absent\" ]; then\n\
             \x20 rm -f -- \"${variable}\"\n\
             else\n\
             \x20 echo \"no copy of ${variable} was kept\" >&2; exit 1\n\
             fi\n"
        ));
        env.insert(variable, path.clone());
    }
    Work::Command { script, env, shown: format!("put back {}", paths.join(", ")) }
}
