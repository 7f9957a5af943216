//! Hosts: the machines a runbook names, by alias or address.

use std::collections::HashMap;

use serde::{Deserialize, Serialize};

use super::clients::ssh_login;
use super::columns::is_nothing;
use super::fence::FenceType;
use super::field::{Field, labelled};
use super::markdown::{Fence, Inlines, Kind, Table};
use super::place::{is_dotted, is_here, is_ip};
use super::section::Section;
use super::typing::Typing;
use crate::command::Command;
use crate::source::{Lines, Source};

/// One machine.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Host {
    /// The name people use: an alias of `ssh`, a host name.
    pub name: String,
    /// Its address, where it is told.
    pub address: Option<String>,
    /// Who logs in there, where it is told.
    pub user: Option<String>,
    /// The port of its `ssh`, where it is told.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub port: Option<u16>,
    /// Where it stands.
    pub source: Source,
}

/// Reads every machine that a document names.
pub(super) fn read(root: &Section<'_>, lines: &Lines<'_>, typing: &Typing<'_>) -> Vec<Host> {
    let mut hosts = Hosts { lines, found: Vec::new(), known: HashMap::new() };
    root.walk(&mut |section| {
        for block in section.body {
            match &block.kind {
                Kind::Table(table) => hosts.table(table),
                Kind::Fence(fence) if fence.kind == FenceType::Config => hosts.config(fence),
                _ => {}
            }
            for label in labelled(block).iter().filter(|label| label.field == Field::Host) {
                let (user, name) = split_user(label.text.split_whitespace().next().unwrap_or_default());
                if user.is_some() || is_ip(name) {
                    hosts.add(name, None, user, None, lines.source(label.span.clone()));
                }
            }
        }
    });
    for step in typing.all() {
        for command in &step.commands {
            hosts.command(command);
        }
    }
    hosts.found
}

struct Hosts<'d> {
    lines: &'d Lines<'d>,
    found: Vec<Host>,
    /// Where in `found` a name or an address stands.
    known: HashMap<String, usize>,
}

impl Hosts<'_> {
    /// A table of machines: a column of names and one of addresses.
    fn table(&mut self, table: &Table) {
        let fields = Field::columns(table);
        let at = |wanted: Field| fields.iter().position(|field| *field == Some(wanted));
        let Some(address) = at(Field::Address) else { return };
        let Some(name) =
            at(Field::Host).or_else(|| at(Field::What)).or_else(|| fields.iter().position(Option::is_none))
        else {
            return;
        };
        let addressed = |cell: &str| is_ip(cell) || is_dotted(cell);
        for row in &table.rows {
            let cell = |at: usize| row.cells.get(at).map(Inlines::plain).filter(|text| !is_nothing(text));
            let (Some(name), Some(address)) = (cell(name), cell(address)) else { continue };
            if addressed(&address) {
                let user = at(Field::User).and_then(&cell);
                self.add(&name, Some(address), user.as_deref(), None, self.lines.source(row.span.clone()));
            }
        }
    }

    /// `Host kiln`, `HostName 10.0.0.5`, `User potter`: what stands in `~/.ssh/config`.
    fn config(&mut self, fence: &Fence) {
        let mut open: Option<Host> = None;
        for line in &fence.lines {
            let mut words = line.text.split_whitespace();
            let (Some(key), Some(value), None) = (words.next(), words.next(), words.next()) else { continue };
            let span = line.start..line.start + line.text.len();
            match (key.to_ascii_lowercase().as_str(), &mut open) {
                ("host", open) => {
                    self.told(open.take());
                    *open = Some(Host {
                        name: value.to_owned(),
                        address: None,
                        user: None,
                        port: None,
                        source: self.lines.source(span),
                    });
                }
                ("hostname", Some(host)) => host.address = Some(value.to_owned()),
                ("user", Some(host)) => host.user = Some(value.to_owned()),
                ("port", Some(host)) => host.port = value.parse().ok(),
                _ => {}
            }
        }
        self.told(open);
    }

    fn told(&mut self, host: Option<Host>) {
        let Some(Host { name, address: Some(address), user, port, source }) = host else { return };
        if !name.contains('*') {
            self.add(&name, Some(address), user.as_deref(), port, source);
        }
    }

    /// `ssh -p 2222 potter@kiln.example`, `scp FILE kiln:`.
    fn command(&mut self, command: &Command) {
        let code = command.text.split(" #").next().unwrap_or(&command.text);
        let words: Vec<&str> = code.split_whitespace().skip_while(|word| *word == "sudo").collect();
        let target = match words.first().copied() {
            Some("ssh" | "mosh") => ssh_login(&command.text).or_else(|| called(&words)),
            Some("scp" | "rsync" | "sftp") => words.iter().skip(1).find_map(|word| far(word)).map(str::to_owned),
            _ => None,
        };
        let Some(target) = target else { return };
        let (user, name) = split_user(&target);
        let port = words.windows(2).find(|pair| pair[0] == "-p").and_then(|pair| pair[1].parse().ok());
        self.add(name, None, user, port, self.lines.source(self.lines.line_span(command.line)));
    }

    /// Adds a machine, or completes it where it is known; one that is to be filled in is none.
    fn add(&mut self, name: &str, address: Option<String>, user: Option<&str>, port: Option<u16>, source: Source) {
        let name = name.trim_matches('`');
        let plain = name.chars().all(|c| c.is_ascii_alphanumeric() || ".-_:".contains(c));
        if name.is_empty() || is_here(name) || (address.is_none() && !plain) {
            return;
        }
        let user = user.filter(|user| !user.contains(['<', '[', '$'])).map(str::to_owned);
        match self.known.get(name).map(|at| &mut self.found[*at]) {
            Some(host) => {
                host.address = host.address.take().or(address);
                host.user = host.user.take().or(user);
                host.port = host.port.or(port);
            }
            None => {
                let at = self.found.len();
                self.known.entry(name.to_owned()).or_insert(at);
                if let Some(address) = &address {
                    self.known.entry(address.clone()).or_insert(at);
                }
                self.found.push(Host { name: name.to_owned(), address, user, port, source });
            }
        }
    }
}

/// `ssh kiln 'uptime'`: the machine on which something is called.
fn called(words: &[&str]) -> Option<String> {
    let mut words = words.iter().skip(1);
    while let Some(word) = words.next() {
        match word.strip_prefix('-') {
            Some(flags) => {
                if flags.len() == 1 && "bcDEeFIiJLlmOopQRSWw".contains(flags) {
                    words.next();
                }
            }
            None => return Some((*word).to_owned()),
        }
    }
    None
}

/// `potter@kiln:/srv/pots`: the machine of a path that lies elsewhere.
fn far(word: &str) -> Option<&str> {
    let (host, _) = word.split_once(':').filter(|(host, rest)| !host.contains('/') && !rest.starts_with("//"))?;
    let name = host.rsplit('@').next()?;
    (name.len() > 1 && name.chars().all(|c| c.is_ascii_alphanumeric() || ".-_".contains(c))).then_some(host)
}

fn split_user(target: &str) -> (Option<&str>, &str) {
    match target.rsplit_once('@') {
        Some((user, name)) => (Some(user), name),
        None => (None, target),
    }
}

#[cfg(test)]
mod tests {
    use crate::runbook::Runbook;

    /// `line user@name:port=address` of each.
    fn check(markdown: &str, expected: &str) {
        let runbook = Runbook::read([("ops.md", markdown)]);
        let shown: Vec<String> = runbook
            .hosts
            .iter()
            .map(|h| {
                let user = h.user.as_ref().map(|u| format!("{u}@")).unwrap_or_default();
                let port = h.port.map(|p| format!(":{p}")).unwrap_or_default();
                let address = h.address.as_ref().map(|a| format!("={a}")).unwrap_or_default();
                format!("{} {user}{}{port}{address}", h.source.line, h.name)
            })
            .collect();
        assert_eq!(shown.join(", "), expected, "{markdown}");
    }

    #[test]
    fn machines_are_named_by_tables_logins_and_settings() {
        check(
            "# Ops\n\n| Host | IP | User |\n|---|---|---|\n| kiln | 10.0.0.5 | potter |\n| oven | 10.0.0.6 | |\n",
            "5 potter@kiln=10.0.0.5, 6 oven=10.0.0.6",
        );
        check(
            "# Ops\n\n## Down\n\n```bash\nssh kiln\nssh -p 2222 potter@oven.example\nscp a.txt shelf:/tmp\nssh <host>\nssh localhost\n```\n",
            "6 kiln, 7 potter@oven.example:2222, 8 shelf",
        );
        check("# Ops\n\n```sshconfig\nHost kiln\n  HostName 10.0.0.5\n  User potter\n```\n", "4 potter@kiln=10.0.0.5");
        check("# Ops\n\n| Item | Value |\n|---|---|\n| SSH | `root@10.0.0.9` |\n", "5 root@10.0.0.9");
    }
}
