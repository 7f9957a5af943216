//! Commands that belong into a container: given to the shell in there as an argument, since nobody types them.

use std::collections::{BTreeMap, BTreeSet};

use super::Work;
use super::undo::Undo;
use crate::command::bind::{Unbound, bind};
use crate::command::placeholder::Kinds;
use crate::command::{Command, Inside};
use crate::runbook::{Procedure, without_terminal};

/// The variable that holds what is run in the container.
const SCRIPT: &str = "RUNWARD_INSIDE";

/// The commands of a procedure that only enter a container, for others to be typed there.
pub(super) fn entries(procedure: &Procedure) -> BTreeSet<String> {
    let commands = procedure.steps.iter().flat_map(|step| &step.commands);
    commands.filter_map(|c| c.inside.as_ref()).map(|inside| inside.enter.clone()).collect()
}

/// The container that all of a step's commands belong into.
/// # Errors
/// Where they belong into different ones.
pub(super) fn of<'c>(commands: &[&'c Command]) -> Result<Option<&'c Inside>, String> {
    let Some(first) = commands.first() else { return Ok(None) };
    if commands.iter().any(|other| other.inside != first.inside) {
        return Err("some of its commands belong into a container and some do not".into());
    }
    Ok(first.inside.as_deref())
}

/// The same work, done in the container. Values are handed over as arguments: not every `exec` can pass variables.
pub(super) fn wrapped(
    inside: &Inside,
    outside: &str,
    work: Work,
    values: &BTreeMap<String, String>,
    kinds: &Kinds,
) -> Result<Work, Unbound> {
    let Work::Command { script, mut env, shown } = work else { return Ok(work) };
    let entering = bind(&without_terminal(&inside.enter), values, kinds)?;
    let variables: Vec<&String> = env.keys().collect();
    let taken: String = (1..).zip(&variables).map(|(at, name)| format!("export {name}=\"${{{at}}}\"\n")).collect();
    let handed: String = variables.iter().map(|name| format!(" \"${{{name}}}\"")).collect();
    let bash = entering.script.trim_end().ends_with("bash");
    let inner = format!("{taken}{}", if bash { script } else { for_any_shell(&script) });
    let script = format!("set -euo pipefail\n{outside}{} -c \"${{{SCRIPT}}}\" runward{handed}\n", entering.script);
    let shown = format!("# {}\n{shown}", entering.shown);
    env.extend(entering.env);
    env.insert(SCRIPT.into(), inner);
    Ok(Work::Command { script, env, shown })
}

/// A small shell knows no `pipefail`.
fn for_any_shell(script: &str) -> String {
    script.replacen("set -euo pipefail\n", "set -eu\n", 1)
}

/// What takes back a command in a container is not known to lie outside of it.
pub(super) fn undo(undo: Undo) -> Undo {
    match undo {
        Undo::Nothing | Undo::Never => undo,
        _ => Undo::Unknown,
    }
}

/// Another script in the place of the one that was to be run in a container; `None` where there was none.
pub(super) fn replaced(
    script: &str,
    old: &str,
    old_env: &BTreeMap<String, String>,
) -> Option<(String, BTreeMap<String, String>)> {
    let before = old_env.get(SCRIPT)?;
    let mut env = old_env.clone();
    let taken: String =
        before.lines().take_while(|line| line.starts_with("export RUNWARD_P_")).map(|l| format!("{l}\n")).collect();
    let strict = before[taken.len()..].starts_with("set -euo");
    env.insert(SCRIPT.into(), format!("{taken}{}", if strict { script.to_owned() } else { for_any_shell(script) }));
    Some((old.to_owned(), env))
}
