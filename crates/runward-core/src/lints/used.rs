//! What commands name of the world: units, containers, compose services, applications, ports.

use super::{Context, Place};
use crate::command::shell::Word;
use crate::command::{Command, ContainerKind, Effective};
use crate::runbook::sets::braces;

/// What a name is the name of.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub(super) enum Sort {
    /// A unit of systemd.
    Unit,
    /// A service of a compose file.
    Service,
    /// A container.
    Container,
    /// An application of pm2.
    App,
    /// A port of this machine.
    Port,
}

impl Sort {
    pub(super) fn name(self) -> &'static str {
        match self {
            Sort::Unit => "unit",
            Sort::Service => "compose service",
            Sort::Container => "container",
            Sort::App => "pm2 application",
            Sort::Port => "port",
        }
    }
}

/// A name in a command.
#[derive(Clone)]
pub(super) struct Used<'r> {
    pub sort: Sort,
    pub name: String,
    pub place: Place<'r>,
}

/// Every name in every command, in the order written.
pub(super) fn used<'r>(context: &Context<'r>) -> Vec<Used<'r>> {
    let mut found = Vec::new();
    for place in &context.places {
        for call in place.command.effective() {
            for (sort, name) in names(&call, place.command) {
                found.push(Used { sort, name, place: *place });
            }
        }
    }
    found
}

/// Whether a word stands as it is: no placeholder, no variable.
pub(super) fn is_certain(word: &Word, command: &Command) -> bool {
    if word.dynamic || word.any || word.text.contains(['$', '*', '<', '>']) {
        return false;
    }
    // Placeholders are masked by `P`s: what is written there differs from the word.
    command.params.is_empty()
        || command
            .text
            .get(word.span.clone())
            .is_some_and(|written| !written.is_empty() && written.contains(&word.text))
}

fn names(call: &Effective<'_>, command: &Command) -> Vec<(Sort, String)> {
    let mut found = Vec::new();
    if let Some(container) = call.around.container.as_ref().filter(|c| is_certain(&c.name, command)) {
        match container.kind {
            ContainerKind::Container => found.push((Sort::Container, container.name.text.clone())),
            ContainerKind::Service => found.push((Sort::Service, container.name.text.clone())),
            ContainerKind::Pod => {}
        }
    }
    let words = Words { call, command };
    match call.program() {
        "systemctl" => found.extend(words.behind_verb(1, UNIT_VERBS).map(|name| (Sort::Unit, unit(&name)))),
        "service" if call.args().len() == 2 => {
            found.extend(words.behind(0, 1).map(|name| (Sort::Unit, unit(&name))));
        }
        "journalctl" => found.extend(words.values(&["-u", "--unit"]).map(|name| (Sort::Unit, unit(&name)))),
        "pm2" => found.extend(words.behind_verb(1, APP_VERBS).take(1).map(|name| (Sort::App, name))),
        "docker" | "podman" if call.arg(0) == "compose" => found.extend(words.services(1)),
        "docker-compose" => found.extend(words.services(0)),
        "docker" | "podman" => {
            let many = ["restart", "stop", "start", "kill", "rm", "inspect", "stats", "wait"].contains(&call.arg(0));
            let names = words.behind_verb(1, CONTAINER_VERBS);
            found.extend(names.take(if many { usize::MAX } else { 1 }).map(|name| (Sort::Container, name)));
        }
        _ => found.extend(words.ports().map(|port| (Sort::Port, port.to_string()))),
    }
    found.retain(|(sort, name)| *sort == Sort::Port || is_name(name));
    found
}

const UNIT_VERBS: &[&str] = &[
    "status", "start", "stop", "restart", "reload", "reload-or-restart", "try-restart", "enable", "disable",
    "is-active", "is-failed", "is-enabled", "show", "cat", "mask", "unmask", "reset-failed", "kill", "edit",
];
const APP_VERBS: &[&str] = &[
    "restart", "reload", "stop", "start", "logs", "log", "describe", "show", "info", "delete", "scale", "flush",
    "status", "env",
];
const CONTAINER_VERBS: &[&str] = &[
    "logs", "restart", "stop", "start", "kill", "rm", "inspect", "top", "stats", "port", "attach", "pause", "unpause",
    "wait", "diff",
];
const SERVICE_VERBS: &[&str] = &[
    "up", "restart", "logs", "stop", "start", "ps", "pull", "build", "rm", "kill", "top", "create", "pause", "unpause",
    "port", "images",
];

/// Options of these programs that take the next word as their value.
const VALUED: &[&str] = &[
    "--tail", "--since", "--until", "-n", "--lines", "-f", "--file", "-p", "--project-name", "--profile", "--scale",
    "-t", "--timeout", "--time", "-e", "--env", "-w", "--workdir", "-u", "--user", "--format", "--filter",
    "--env-file", "-s", "--signal", "--name", "--project-directory", "-c", "--context", "-H", "--host", "--type",
    "--state", "-i",
];

struct Words<'s, 'c> {
    call: &'c Effective<'s>,
    command: &'c Command,
}

impl Words<'_, '_> {
    /// The operands: no options, no values of options; what follows `--tail` in `logs --tail 50 web` is none. `-f` is
    /// a file in front of a verb and follows a log behind it.
    fn operands(&self, front: bool) -> Vec<&Word> {
        let mut found = Vec::new();
        let mut skip = false;
        for word in self.call.args() {
            let text = word.text.as_str();
            if std::mem::take(&mut skip) {
                continue;
            }
            if text.starts_with('-') {
                let follows = text == "-f" && (!front || found.len() > usize::from(self.call.arg(0) == "compose"));
                skip = VALUED.contains(&text) && !follows;
                continue;
            }
            found.push(word);
        }
        found
    }

    fn certain(&self, word: &Word) -> Vec<String> {
        if is_certain(word, self.command) { braces(&word.text) } else { Vec::new() }
    }

    fn behind(&self, skip: usize, count: usize) -> impl Iterator<Item = String> {
        let operands = self.operands(false);
        operands.into_iter().skip(skip).take(count).flat_map(|word| self.certain(word)).collect::<Vec<_>>().into_iter()
    }

    /// The operands behind one of these verbs, which is the operand before `skip`.
    fn behind_verb(&self, skip: usize, verbs: &[&str]) -> impl Iterator<Item = String> {
        let operands = self.operands(skip > 1 || self.call.program().starts_with("docker"));
        let verb = operands.get(skip - 1).is_some_and(|word| verbs.contains(&word.text.as_str()));
        let names = operands.into_iter().skip(if verb { skip } else { usize::MAX });
        names.flat_map(|word| self.certain(word)).collect::<Vec<_>>().into_iter()
    }

    fn services(&self, skip: usize) -> impl Iterator<Item = (Sort, String)> {
        self.behind_verb(skip + 1, SERVICE_VERBS).map(|name| (Sort::Service, name))
    }

    /// The values of an option: `-u web`, `-uweb`, `--unit=web`.
    fn values(&self, options: &[&str]) -> impl Iterator<Item = String> {
        let args = self.call.args();
        let mut found = Vec::new();
        for (at, word) in args.iter().enumerate() {
            if options.contains(&word.text.as_str()) {
                found.extend(args.get(at + 1).into_iter().flat_map(|value| self.certain(value)));
            } else if let Some((name, value)) = word.text.split_once('=').filter(|_| is_certain(word, self.command))
                && options.contains(&name)
            {
                found.push(value.to_owned());
            }
        }
        found.into_iter()
    }

    /// Ports of this machine that are asked or looked for.
    fn ports(&self) -> impl Iterator<Item = u16> {
        let elsewhere = self.call.around.container.is_some();
        let args = if elsewhere { &[] } else { self.call.args() };
        let mut found = Vec::new();
        match self.call.program() {
            "nc" | "ncat" | "telnet" => {
                let here = args.iter().position(|w| ["localhost", "127.0.0.1"].contains(&w.text.as_str()));
                found.extend(here.and_then(|at| args.get(at + 1)).and_then(|w| w.text.parse::<u16>().ok()));
            }
            "lsof" | "fuser" => found.extend(args.iter().filter_map(|w| colon_port(&w.text))),
            "curl" | "wget" | "http" | "httpie" | "grpcurl" | "ab" | "hey" | "wrk" => {
                found.extend(args.iter().filter(|w| is_certain(w, self.command)).filter_map(|w| local_port(&w.text)));
            }
            _ => {}
        }
        found.into_iter()
    }
}

/// `:4001`, `TCP:4001`, `4001/tcp`.
fn colon_port(word: &str) -> Option<u16> {
    let rest = word.rsplit_once(':').map_or_else(|| word.strip_suffix("/tcp"), |(_, port)| Some(port))?;
    rest.parse().ok()
}

/// The port of an address on this machine.
pub(super) fn local_port(address: &str) -> Option<u16> {
    let rest = address.split_once("://").map_or(address, |(_, rest)| rest);
    let rest = ["localhost:", "127.0.0.1:", "0.0.0.0:", "[::1]:"].iter().find_map(|host| rest.strip_prefix(host))?;
    let end = rest.find(|c: char| !c.is_ascii_digit()).unwrap_or(rest.len());
    rest[..end].parse().ok().filter(|port| *port > 0)
}

fn unit(name: &str) -> String {
    name.trim_end_matches(".service").to_owned()
}

fn is_name(name: &str) -> bool {
    let plain = |c: char| c.is_ascii_alphanumeric() || matches!(c, '-' | '_' | '.' | '@' | ':');
    name.len() > 1
        && name.chars().all(plain)
        && name != "all"
        && !name.bytes().all(|b| b.is_ascii_digit())
        && !crate::runbook::is_stand_in(name)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::lints::Scope;
    use crate::runbook::Runbook;

    fn check(line: &str, expected: &str) {
        let text = format!("# Ops\n\n## Web down\n\n**Fix:**\n```bash\n{line}\n```\n");
        let runbook = Runbook::read([("ops.md", text.as_str())]);
        let scope = Scope::default();
        let context = Context::new(&runbook, &[], &scope);
        let found: Vec<String> = used(&context).iter().map(|u| format!("{} {}", u.sort.name(), u.name)).collect();
        assert_eq!(found.join(", "), expected, "{line}");
    }

    #[test]
    fn names_are_found_where_they_stand() {
        check("sudo systemctl restart web.service api", "unit web, unit api");
        check("systemctl status bar-{web,api}", "unit bar-web, unit bar-api");
        check("systemctl daemon-reload", "");
        check("journalctl -u web -n 50 --unit=api", "unit web, unit api");
        check("docker compose -f prod.yml logs --tail 100 -f web", "compose service web");
        check("docker compose up -d web api", "compose service web, compose service api");
        check("docker-compose exec -T db pg_dump shop", "compose service db");
        check("docker logs --since 15m -f shop-web", "container shop-web");
        check("docker exec -it shop-db psql", "container shop-db");
        check("docker ps -a", "");
        check("pm2 scale api +2", "pm2 application api");
        check("pm2 restart all", "");
        check("systemctl restart bar-<name>", "");
        check("systemctl restart $UNIT", "");
        check("curl -fsS http://localhost:4001/health", "port 4001");
        check("ssh box 'curl localhost:4002'", "port 4002");
        check("lsof -i :4000", "port 4000");
        check("nc -zv localhost 25", "port 25");
        check("curl https://shop.example:8443/", "");
    }
}
