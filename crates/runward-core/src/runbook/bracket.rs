//! What is stopped and started again around something else: if that goes wrong, the start must not be forgotten.

use std::collections::HashMap;

use serde::{Deserialize, Serialize};

use super::step::Step;
use crate::command::Command;
use crate::command::shell::{Simple, Word};
use crate::id::StepId;

/// A stop and the start that belongs to it.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Bracket {
    /// What is stopped: a unit, a container, an application; `*` for all of them.
    pub what: String,
    /// The step that stops it.
    pub stop: StepId,
    /// The line of that command.
    pub stop_line: u32,
    /// The step that starts it again; `None` where nothing does.
    pub start: Option<StepId>,
    /// The line of that command.
    pub start_line: Option<u32>,
}

/// Pairs what the steps of a procedure stop with what starts it again.
pub(super) fn of(steps: &[Step]) -> Vec<Bracket> {
    let mut brackets: Vec<Bracket> = Vec::new();
    let mut open: HashMap<(Option<&str>, Held), Vec<usize>> = HashMap::new();
    for step in steps {
        for command in &step.commands {
            let host = command.host.as_deref();
            for (turn, held) in turns(command) {
                match turn {
                    Turn::Stop => {
                        open.entry((host, held.clone())).or_default().push(brackets.len());
                        brackets.push(Bracket {
                            what: held.name,
                            stop: step.id.clone(),
                            stop_line: command.line,
                            start: None,
                            start_line: None,
                        });
                    }
                    Turn::Start => {
                        let all = Held { name: "*".to_owned(), ..held };
                        let closed = open.remove(&(host, held)).or_else(|| open.remove(&(host, all)));
                        for at in closed.into_iter().flatten() {
                            brackets[at].start = Some(step.id.clone());
                            brackets[at].start_line = Some(command.line);
                        }
                    }
                }
            }
        }
    }
    brackets
}

/// What is taken hold of: by which tool, and which of its things.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
struct Held {
    tool: &'static str,
    name: String,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Turn {
    Stop,
    Start,
}

/// What a command stops and starts.
fn turns(command: &Command) -> Vec<(Turn, Held)> {
    let Some(script) = &command.script.0 else { return Vec::new() };
    script.commands.iter().flat_map(|simple| of_call(&command.text, simple)).collect()
}

fn of_call(text: &str, simple: &Simple) -> Vec<(Turn, Held)> {
    // Placeholders are masked in the grammar: the text says what was written.
    let written = |word: &Word| text.get(word.span.clone()).filter(|text| !text.is_empty()).map(str::to_owned);
    let words: Vec<String> =
        simple.words.iter().map(|word| written(word).unwrap_or_else(|| word.text.clone())).collect();
    let words: Vec<&str> = words.iter().map(String::as_str).skip_while(|word| *word == "sudo").collect();
    let plain: Vec<&str> = words.iter().copied().filter(|word| !word.starts_with('-')).collect();
    let (tool, verb, names): (&str, &str, &[&str]) = match plain.as_slice() {
        ["systemctl", verb, names @ ..] => ("systemd", verb, names),
        ["service", name, verb] => return turn(verb).map(|turn| (turn, held("systemd", name))).into_iter().collect(),
        ["pm2", verb, names @ ..] => ("pm2", verb, names),
        ["supervisorctl", verb, names @ ..] => ("supervisor", verb, names),
        ["docker", "compose", verb, names @ ..] | ["docker-compose", verb, names @ ..] => ("compose", verb, names),
        ["docker" | "podman", verb, names @ ..] => ("docker", verb, names),
        ["kubectl", "scale", names @ ..] => return scaled(&words, names),
        ["php", "artisan", verb] => ("artisan", verb, &[]),
        ["brew", "services", verb, names @ ..] => ("brew", verb, names),
        _ => return Vec::new(),
    };
    // `artisan down` takes a site away, `compose down` its containers; `up` brings both back.
    let turn = turn(verb).or(match (tool, verb) {
        ("compose" | "artisan", "down") => Some(Turn::Stop),
        ("compose" | "artisan", "up") | ("pm2", "restart" | "reload") => Some(Turn::Start),
        _ => None,
    });
    let Some(turn) = turn else { return Vec::new() };
    let names: Vec<&str> = names.iter().copied().filter(|name| *name != "all").collect();
    if names.is_empty() {
        return vec![(turn, held(tool, "*"))];
    }
    names.into_iter().map(|name| (turn, held(tool, name))).collect()
}

fn held(tool: &str, name: &str) -> Held {
    let tool = ["systemd", "pm2", "supervisor", "compose", "docker", "artisan", "brew", "kubectl"]
        .into_iter()
        .find(|t| *t == tool);
    Held { tool: tool.unwrap_or_default(), name: name.trim_end_matches(".service").to_owned() }
}

fn turn(verb: &str) -> Option<Turn> {
    match verb {
        "stop" => Some(Turn::Stop),
        "start" => Some(Turn::Start),
        _ => None,
    }
}

/// `kubectl scale deployment/web --replicas=0` stops, with more it starts.
fn scaled(words: &[&str], names: &[&str]) -> Vec<(Turn, Held)> {
    let count = words
        .iter()
        .find_map(|word| word.strip_prefix("--replicas="))
        .or_else(|| words.iter().position(|word| *word == "--replicas").and_then(|at| words.get(at + 1)).copied());
    let (Some(count), false) = (count, names.is_empty()) else { return Vec::new() };
    let name: Vec<&str> = names.iter().copied().filter(|name| *name != count).collect();
    vec![(if count == "0" { Turn::Stop } else { Turn::Start }, held("kubectl", &name.join("/")))]
}

#[cfg(test)]
mod tests {
    use crate::runbook::Runbook;

    /// `what stop-start` by their lines; `-` where nothing starts it again.
    fn check(commands: &str, expected: &str) {
        let text = format!("# Ops\n\n## Save the clay\n\n```bash\n{commands}\n```\n");
        let runbook = Runbook::read([("ops.md", text.as_str())]);
        let shown: Vec<String> = runbook.procedures[0]
            .brackets
            .iter()
            .map(|b| format!("{} {}-{}", b.what, b.stop_line, b.start_line.map_or("".into(), |l| l.to_string())))
            .collect();
        assert_eq!(shown.join(", "), expected, "{commands}");
    }

    #[test]
    fn a_stop_is_paired_with_the_start_of_the_same_thing() {
        check("cd /srv\ndocker compose stop\ntar czf clay.tgz clay\ndocker compose start", "* 7-9");
        check("systemctl stop kiln door\nls\nsudo systemctl start kiln.service", "kiln 6-8, door 6-");
        check("docker compose down\ndocker compose up -d web", "* 6-7");
        check("pm2 stop all\n\n# later\npm2 start all", "* 6-9");
        check("kubectl scale deploy/kiln --replicas=0\nkubectl scale deploy/kiln --replicas=2", "deploy/kiln 6-7");
        check("systemctl restart kiln", "");
    }
}
