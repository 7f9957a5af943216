//! Parameters: the values a person must give, one for each thing that is meant, however it is spelled.

use std::collections::{HashMap, HashSet};

use serde::Serialize;

use super::Runbook;
use super::step::{Step, StepKind};
use crate::command::Command;
use crate::command::placeholder::{self, ParamKind, Placeholder};
use crate::source::Source;

/// A value a person must give before commands can be run.
#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct Parameter {
    /// Its name: as it is spelled, or what all its spellings mean.
    pub name: String,
    /// What it may hold.
    #[serde(rename = "type")]
    pub kind: ParamKind,
    /// The values the inventory offers.
    pub values: Vec<String>,
    /// How the runbook writes it: `<name>`, `[service-name]`.
    pub spellings: Vec<String>,
    /// Where it is first used.
    pub source: Source,
}

/// More spellings of one name are not kept.
const MOST_SPELLINGS: usize = 20;

/// One name that stands in commands.
struct Named {
    placeholder: Placeholder,
    /// How it is written.
    written: Vec<String>,
    source: Source,
}

/// Gathers the parameters of all commands, and names them in each command as they are named here.
pub(super) fn complete(runbook: &mut Runbook) {
    let mut named: Vec<Named> = Vec::new();
    let mut places: HashMap<String, usize> = HashMap::new();
    let mut apart: HashSet<String> = HashSet::new();
    for step in steps(runbook) {
        for command in step.commands.iter().filter(|command| !command.params.is_empty()) {
            let found = placeholder::find(&command.text);
            apart.extend(beside_each_other(&found));
            for placeholder in found {
                let written = command.text[placeholder.span.clone()].to_owned();
                match places.get(&placeholder.name) {
                    Some(at) => {
                        let known = &mut named[*at];
                        // What one command leaves open another may tell.
                        if known.placeholder.kind == ParamKind::Text {
                            known.placeholder.kind = placeholder.kind;
                        }
                        if known.written.len() < MOST_SPELLINGS && !known.written.contains(&written) {
                            known.written.push(written);
                        }
                    }
                    None => {
                        places.insert(placeholder.name.clone(), named.len());
                        named.push(Named { placeholder, written: vec![written], source: source(step, command) });
                    }
                }
            }
        }
    }
    let mut names: HashMap<String, String> = HashMap::new();
    let mut parameters = together(named, &apart, &mut names);
    for parameter in &mut parameters {
        parameter.values = offered(parameter.kind, runbook);
    }
    let all = runbook.procedures.iter_mut().flat_map(|p| &mut p.steps).chain(&mut runbook.asides);
    for command in all.flat_map(|step| &mut step.commands).filter(|command| !command.params.is_empty()) {
        let mut seen = HashSet::new();
        command.params = std::mem::take(&mut command.params)
            .into_iter()
            .map(|name| names.get(&name).cloned().unwrap_or(name))
            .filter(|name| seen.insert(name.clone()))
            .collect();
    }
    runbook.parameters = parameters;
}

/// Every step in which something is asked for.
fn steps(runbook: &Runbook) -> impl Iterator<Item = &Step> {
    let asides = runbook.asides.iter().filter(|step| step.kind != StepKind::Sample);
    runbook.procedures.iter().flat_map(|p| &p.steps).chain(asides)
}

fn source(step: &Step, command: &Command) -> Source {
    Source { line: command.line, end_line: command.line, ..step.source.clone() }
}

/// What stands twice in one command under two names is two things, whatever else it is.
fn beside_each_other(found: &[Placeholder]) -> Vec<String> {
    let mut first: HashMap<String, &str> = HashMap::new();
    let mut twice = Vec::new();
    for placeholder in found {
        let meant = placeholder.canonical();
        let known = *first.entry(meant.clone()).or_insert(placeholder.name.as_str());
        if known != placeholder.name {
            twice.push(meant);
        }
    }
    twice
}

/// Puts names that mean the same together, in the order they are first used; `names` learns what each is called now.
fn together(named: Vec<Named>, apart: &HashSet<String>, names: &mut HashMap<String, String>) -> Vec<Parameter> {
    let meant = |named: &Named| {
        let meant = named.placeholder.canonical();
        if apart.contains(&meant) { named.placeholder.name.clone() } else { meant }
    };
    let mut groups: Vec<(String, Vec<Named>)> = Vec::new();
    let mut places: HashMap<String, usize> = HashMap::new();
    for one in named {
        let meant = meant(&one);
        match places.get(&meant) {
            Some(at) => groups[*at].1.push(one),
            None => {
                places.insert(meant.clone(), groups.len());
                groups.push((meant, vec![one]));
            }
        }
    }
    let mut parameters: Vec<Parameter> = Vec::with_capacity(groups.len());
    for (meant, group) in groups {
        let Some(first) = group.first() else { continue };
        let name = if group.len() == 1 { first.placeholder.name.clone() } else { meant };
        let (kind, source) = (first.placeholder.kind, first.source.clone());
        group.iter().for_each(|one| {
            names.insert(one.placeholder.name.clone(), name.clone());
        });
        let spellings = group.into_iter().flat_map(|one| one.written).collect();
        parameters.push(Parameter { name, kind, values: Vec::new(), spellings, source });
    }
    parameters.sort_by_key(|parameter| parameter.source.line);
    parameters
}

fn offered(kind: ParamKind, runbook: &Runbook) -> Vec<String> {
    let services = || runbook.services.iter();
    match kind {
        ParamKind::Service => services().map(|s| s.name.clone()).collect(),
        ParamKind::Port => services().filter_map(|s| s.port.map(|p| p.to_string())).collect(),
        ParamKind::Host => {
            let hosts = runbook.hosts.iter().map(|host| host.name.clone());
            hosts.chain(services().filter_map(|s| s.endpoint.clone())).collect()
        }
        _ => Vec::new(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// `name type (spellings)` of each, and what the commands ask for.
    fn check(commands: &str, expected: &str, params: &str) {
        let text = format!("# Ops\n\n## Kiln down\n\n```bash\n{commands}\n```\n");
        let runbook = Runbook::read([("ops.md", text.as_str())]);
        let shown: Vec<String> = runbook
            .parameters
            .iter()
            .map(|p| format!("{} {} ({})", p.name, p.kind.name(), p.spellings.join(" ")))
            .collect();
        assert_eq!(shown.join(", "), expected, "{commands}");
        let asked: Vec<String> = steps(&runbook).flat_map(|s| &s.commands).map(|c| c.params.join(" ")).collect();
        assert_eq!(asked.join(" / "), params, "{commands}");
    }

    #[test]
    fn one_thing_is_asked_for_once() {
        check(
            "systemctl restart <name>\ndocker restart [service-name]\npm2 restart <app-name>",
            "service service (<name> [service-name] <app-name>)",
            "service / service / service",
        );
        check("systemctl restart <name>\njournalctl -u <name>", "name service (<name>)", "name / name");
        check("kill <old-pid>\nkill <pid>", "old-pid pid (<old-pid>), pid pid (<pid>)", "old-pid / pid");
    }

    #[test]
    fn two_things_beside_each_other_stay_two() {
        check(
            "docker cp <container>:/a <service>\ndocker restart <name>",
            "container service (<container>), service service (<service>), name service (<name>)",
            "container service / name",
        );
    }
}
