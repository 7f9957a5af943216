//! Sets that commands name: several units in one command, a loop over names or ports, one command after the other.

use std::collections::{HashMap, HashSet};

use super::claims::{means_all, speaks_of_backup, speaks_of_deploying};
use super::names::Names;
use super::{Claim, Role, ServiceSet};
use crate::command::{Command, Effective};
use crate::runbook::{Procedure, Runbook, Step};
use crate::source::Source;

/// Most words a brace or a loop is followed into.
const MOST: usize = 200;

/// Reads every step.
pub(super) fn read(runbook: &Runbook, names: &Names) -> Vec<ServiceSet> {
    let inside = runbook.procedures.iter().flat_map(|p| p.steps.iter().map(move |step| (Some(p), step)));
    let outside = runbook.asides.iter().map(|step| (None, step));
    let mut found = Vec::new();
    for (procedure, step) in inside.chain(outside).filter(|(_, step)| !step.commands.is_empty()) {
        found.extend(Reader { runbook, names, procedure, step, lists: HashMap::new() }.read());
    }
    found
}

struct Reader<'r> {
    runbook: &'r Runbook,
    names: &'r Names,
    procedure: Option<&'r Procedure>,
    step: &'r Step,
    /// Lists that were put into variables: `SERVICES=(web api)`.
    lists: HashMap<String, Vec<String>>,
}

/// What a step names of one kind, and from which command on.
struct Named<'r> {
    role: Role,
    members: Vec<String>,
    seen: HashSet<String>,
    command: &'r Command,
}

/// What a step names, as it is gathered.
#[derive(Default)]
struct Gathered<'r> {
    all: Vec<Named<'r>>,
    /// Where a set of a role is, by the line of its command; by 0 where it is gathered over several.
    places: HashMap<(Role, u32), usize>,
}

impl<'r> Gathered<'r> {
    /// Ports that are asked one after the other, and backups that are made so, are one set; a list in one command is its own.
    fn take(&mut self, role: Role, members: Vec<String>, command: &'r Command) {
        if members.is_empty() {
            return;
        }
        let gathers = matches!(role, Role::Asked | Role::BackedUp | Role::Deployed);
        let line = if gathers { 0 } else { command.line };
        let at = *self.places.entry((role, line)).or_insert_with(|| {
            self.all.push(Named { role, members: Vec::new(), seen: HashSet::new(), command });
            self.all.len() - 1
        });
        let set = &mut self.all[at];
        set.members.extend(members.into_iter().filter(|member| set.seen.insert(member.clone())));
    }
}

impl<'r> Reader<'r> {
    fn read(mut self) -> Vec<ServiceSet> {
        let mut sets = Gathered::default();
        let step = self.step;
        for command in &step.commands {
            self.assigned(command);
            let looped = looped(&command.text).map(|(name, list)| (name, self.expanded(list)));
            for call in command.effective() {
                let Some((role, words)) = self.call(&call, command) else { continue };
                let words = words.into_iter().flat_map(|word| self.filled(&word, looped.as_ref()));
                let members: Vec<String> = words.take(MOST).filter_map(|word| self.service(&word)).collect();
                sets.take(role, members, command);
            }
        }
        let claim = if means_all(&self.title()) { Claim::TypedAll } else { Claim::Typed };
        // One port alone is asked everywhere; beside the status of many services it is what is left of a list.
        let many = sets.all.iter().any(|set| set.role == Role::Status && set.members.len() >= 3);
        let all = sets.all.into_iter().filter(|set| set.members.len() >= 2 || (set.role == Role::Asked && many));
        all.map(|set| ServiceSet { role: set.role, members: set.members, claim, source: self.source(set.command) })
            .collect()
    }

    fn source(&self, command: &Command) -> Source {
        let lines = command.text.matches('\n').count() as u32;
        Source { line: command.line, end_line: command.line + lines, ..self.step.source.clone() }
    }

    fn title(&self) -> String {
        let procedure = self.procedure.map_or("", |p| p.title.as_str());
        // What everything below a heading is about says less than the comment above the command.
        if self.step.title.is_empty() { procedure.to_owned() } else { self.step.title.clone() }
    }

    fn service(&self, word: &str) -> Option<String> {
        self.names.find(word).map(|at| self.runbook.services[at].name.clone())
    }

    /// What a call does with the services it names.
    fn call(&self, call: &Effective<'_>, command: &Command) -> Option<(Role, Vec<String>)> {
        let titles = || [self.step.title.as_str(), self.procedure.map_or("", |p| p.title.as_str())].into_iter();
        let backs_up = || {
            speaks_of_backup(&self.step.title)
                || self
                    .procedure
                    .is_some_and(|p| speaks_of_backup(&p.title) && !p.title.to_lowercase().contains("restore"))
        };
        let texts = || call.args().iter().map(|w| w.text.clone()).filter(|w| !w.starts_with('-'));
        let behind = |count: usize| texts().skip(count).collect::<Vec<_>>();
        let acts = || if titles().any(speaks_of_deploying) { Role::Deployed } else { Role::Restarted };
        let verb = |at: usize| texts().nth(at).unwrap_or_default();
        Some(match call.program() {
            "systemctl" | "pm2" | "supervisorctl" | "sv" | "rc-service" => match verb(0).as_str() {
                "status" | "is-active" | "is-failed" | "is-enabled" | "show" | "describe" => (Role::Status, behind(1)),
                "restart" | "reload" | "start" | "stop" | "reload-or-restart" | "try-restart" => (acts(), behind(1)),
                _ => return None,
            },
            "service" if texts().count() == 2 => match verb(1).as_str() {
                "status" => (Role::Status, vec![verb(0)]),
                _ => (acts(), vec![verb(0)]),
            },
            "docker-compose" | "docker" | "podman" => {
                let skip = usize::from(verb(0) == "compose");
                match verb(skip).as_str() {
                    "ps" | "inspect" | "top" | "stats" => (Role::Status, behind(skip + 1)),
                    "restart" | "start" | "stop" | "up" => (acts(), behind(skip + 1)),
                    _ => return None,
                }
            }
            "curl" | "wget" | "http" | "httpie" | "nc" | "ncat" | "telnet" => (Role::Asked, self.asked(call, command)),
            "pg_dump" | "mysqldump" | "mongodump" | "sqlite3" | "cp" | "rsync" | "tar" | "restic" | "rclone"
                if backs_up() =>
            {
                (Role::BackedUp, texts().collect())
            }
            _ => return None,
        })
    }

    /// The addresses of this machine that a call asks.
    fn asked(&self, call: &Effective<'_>, command: &Command) -> Vec<String> {
        if call.around.host.is_some() || call.around.container.is_some() || command.host.is_some() {
            return Vec::new();
        }
        let words: Vec<&str> = call.args().iter().map(|w| w.text.as_str()).collect();
        if matches!(call.program(), "nc" | "ncat" | "telnet") {
            let here = words.iter().position(|w| ["localhost", "127.0.0.1"].contains(w));
            return here.and_then(|at| words.get(at + 1)).map(|port| (*port).to_owned()).into_iter().collect();
        }
        let local = |w: &&&str| w.contains("localhost:") || w.contains("127.0.0.1:");
        words.iter().filter(local).map(|w| (**w).to_owned()).collect()
    }

    /// Notes a list that is put into a variable.
    fn assigned(&mut self, command: &Command) {
        let text = command.text.trim_start();
        let Some((name, rest)) = text.split_once('=') else { return };
        let plain = |c: char| c.is_ascii_alphanumeric() || c == '_';
        if name.is_empty() || !name.chars().all(plain) {
            return;
        }
        let inside = match rest.strip_prefix('(') {
            Some(list) => list.split(')').next().unwrap_or_default(),
            None => match rest.strip_prefix(['"', '\'']) {
                Some(list) => list.split(['"', '\'']).next().unwrap_or_default(),
                None => return,
            },
        };
        let words: Vec<String> =
            inside.split_whitespace().take(MOST).map(|w| w.trim_matches(['"', '\'']).to_owned()).collect();
        if words.len() >= 2 {
            self.lists.insert(name.to_owned(), words);
        }
    }

    /// The words of a loop's list, variables and braces filled in.
    fn expanded(&self, list: &str) -> Vec<String> {
        list.split_whitespace().take(MOST).flat_map(|word| self.filled(word, None)).take(MOST).collect()
    }

    /// A word as all it stands for: a variable's list, a loop's values, the names in braces.
    fn filled(&self, word: &str, looped: Option<&(&str, Vec<String>)>) -> Vec<String> {
        if let Some((name, values)) = looped {
            let marks = [format!("${{{name}}}"), format!("${name}")];
            if let Some(mark) = marks.iter().find(|mark| word.contains(mark.as_str())) {
                return values.iter().map(|value| word.replace(mark.as_str(), value)).collect();
            }
        }
        let bare = word.trim_matches(['"', '\'', '$', '{', '}']);
        let name = bare.split('[').next().unwrap_or(bare);
        match self.lists.get(name) {
            Some(values) if word.contains('$') => values.clone(),
            _ => braces(word),
        }
    }
}

/// `for NAME in LIST; do …`: the name and the list.
fn looped(text: &str) -> Option<(&str, &str)> {
    let rest = text.trim_start().strip_prefix("for ")?;
    let (name, rest) = rest.split_once(" in ")?;
    let plain = |c: char| c.is_ascii_alphanumeric() || c == '_';
    let end = rest.find([';', '\n'])?;
    (!name.is_empty() && name.chars().all(plain)).then_some((name, &rest[..end]))
}

/// `app-{web,api}` and `800{1..3}` as their words.
pub(crate) fn braces(word: &str) -> Vec<String> {
    let mut open = vec![word.to_owned()];
    // Each round takes the first pair out; more than a few no person writes.
    for _ in 0..4 {
        let mut next = Vec::new();
        for word in &open {
            let pair = word.find('{').and_then(|at| Some((at, at + word[at..].find('}')?)));
            match pair.filter(|(at, _)| !word[..*at].ends_with('$')) {
                Some((at, end)) => {
                    let (before, inside, after) = (&word[..at], &word[at + 1..end], &word[end + 1..]);
                    next.extend(choices(inside).into_iter().map(|choice| format!("{before}{choice}{after}")));
                }
                None => next.push(word.clone()),
            }
        }
        next.truncate(MOST);
        if next == open {
            break;
        }
        open = next;
    }
    open
}

fn choices(inside: &str) -> Vec<String> {
    if let Some((first, last)) = inside.split_once("..")
        && let (Ok(first), Ok(last)) = (first.parse::<u32>(), last.parse::<u32>())
    {
        let last = last.min(first.saturating_add(MOST as u32));
        return (first..=last).map(|n| n.to_string()).collect();
    }
    inside.split(',').take(MOST).map(str::to_owned).collect()
}
