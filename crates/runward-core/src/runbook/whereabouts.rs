//! Where commands are typed: the host that `ssh` went to, the directory that `cd` went to, the client that was opened.

use super::clients::{Login, login, opens_client};
use crate::command::{Command, Inside};

/// Who sits where, from one command to the next.
#[derive(Clone, Debug, Default, PartialEq)]
pub(super) struct Whereabouts {
    /// The hosts that `ssh` went to, each from the one before, and containers on them.
    hosts: Vec<Login>,
    /// The directory that `cd` went to on each host; the first is this machine's.
    directories: Vec<(Option<String>, String)>,
    /// The command that entered the container where people are.
    entered: Option<String>,
    /// The database client that was opened.
    pub client: Option<String>,
    /// Whether the last command only went to a host, and whether words beside it say what for.
    login: Option<bool>,
    /// Whether logins stand beside each other to choose from: nobody knows then where the next command belongs.
    choice: bool,
}

impl Whereabouts {
    /// The host the next command is meant for, where it is another one.
    pub fn host(&self) -> Option<&String> {
        let (Login::Host(name) | Login::Container(name)) = self.hosts.last().filter(|_| !self.choice)?;
        Some(name)
    }

    /// The directory the next command runs in, where the runbook went to one.
    pub fn directory(&self) -> Option<&String> {
        let host = self.host();
        self.directories.iter().find(|(at, _)| at.as_ref() == host).map(|(_, directory)| directory)
    }

    /// Back to this machine.
    pub fn go_home(&mut self) {
        *self = Whereabouts { directories: std::mem::take(&mut self.directories), ..Whereabouts::default() };
    }

    /// Notes on a command where it is typed, then goes where it goes. `told` says that words of its own lead to it.
    pub fn take(&mut self, command: &mut Command, told: bool) {
        if let Some(login) = login(command) {
            self.log_in(login, command, told);
            return;
        }
        if matches!(command.text.as_str(), "exit" | "logout") {
            command.host = self.host().cloned();
            if self.client.take().is_none() {
                self.hosts.pop();
                self.entered = None;
            }
            return;
        }
        self.login = None;
        if opens_client(command) {
            self.client = Some(command.text.clone());
        }
        command.host = self.host().cloned();
        command.inside = self.inside();
        command.directory = self.directory().cloned();
        self.follow(command);
    }

    fn inside(&self) -> Option<Box<Inside>> {
        let enter = self.entered.clone().filter(|_| !self.choice)?;
        let machine = self.hosts.iter().rev().find_map(|login| match login {
            Login::Host(name) => Some(name.clone()),
            Login::Container(_) => None,
        });
        Some(Box::new(Inside { enter, machine }))
    }

    fn log_in(&mut self, login: Login, command: &mut Command, told: bool) {
        let told = told || command.text.contains(" #");
        match &login {
            Login::Host(host) => {
                // `ssh a # for this` above `ssh b # for that`: one or the other. Without words it is the way from a to b.
                self.choice = told && self.login == Some(true);
                if self.choice || self.login.is_none() {
                    self.hosts.clear();
                }
                self.login = Some(told);
                command.host = Some(host.clone());
            }
            // The command itself is typed outside.
            Login::Container(_) => command.host = self.host().cloned(),
        }
        command.directory = self.directory().filter(|_| matches!(login, Login::Container(_))).cloned();
        self.client = None;
        self.entered = matches!(login, Login::Container(_)).then(|| command.text.clone());
        self.hosts.push(login);
    }

    /// At the end of a block people are out of a container again; on a host they stay.
    pub fn end_block(&mut self) {
        self.hosts.retain(|login| matches!(login, Login::Host(_)));
        self.entered = None;
        self.login = None;
        // Where `cd frontend` leads is known in its own block; the next one begins wherever its writer thought.
        self.directories.retain(|(_, directory)| is_rooted(directory));
    }

    /// Goes where the `cd` of a command goes, unless that is in brackets.
    fn follow(&mut self, command: &Command) {
        let Some(script) = &command.script.0 else { return };
        if command.text.trim_start().starts_with('(') {
            return;
        }
        for simple in script.commands.iter().filter(|c| !c.substituted && !c.piped) {
            let mut words = simple.words.iter();
            if !words.next().is_some_and(|first| matches!(first.text.as_str(), "cd" | "pushd")) {
                continue;
            }
            // Placeholders are masked in the grammar: the text says what was written.
            let target = words.find(|word| !word.text.starts_with("--")).map(|word| {
                let written = command.text.get(word.span.clone()).filter(|text| !text.is_empty());
                written.unwrap_or(&word.text).trim_matches(['"', '\'']).to_owned()
            });
            self.go_to(target.unwrap_or_else(|| "~".to_owned()));
        }
    }

    fn go_to(&mut self, target: String) {
        let host = self.host().cloned();
        let known = self.directories.iter().position(|(at, _)| *at == host);
        let directory = match known.map(|at| self.directories[at].1.as_str()) {
            _ if target == "-" => return,
            // Said again rather than gone deeper: `cd frontend && npm ci`, `cd frontend && npm test`.
            Some(from) if !is_rooted(&target) && (from == target || from.ends_with(&format!("/{target}"))) => return,
            Some(from) => joined(from, &target),
            None => target,
        };
        match known {
            Some(at) => self.directories[at].1 = directory,
            None => self.directories.push((host, directory)),
        }
    }
}

/// Whether a directory is the same wherever one comes from.
fn is_rooted(directory: &str) -> bool {
    directory.starts_with(['/', '~', '$', '<'])
}

/// Where `cd` leads from a directory.
fn joined(from: &str, target: &str) -> String {
    if is_rooted(target) {
        return target.to_owned();
    }
    let mut path = from.trim_end_matches('/').to_owned();
    for part in target.split('/').filter(|part| !part.is_empty() && *part != ".") {
        match (part, path.rfind('/')) {
            ("..", Some(at)) if !path.ends_with("..") => path.truncate(at.max(usize::from(at == 0 && path.len() > 1))),
            _ => {
                if !path.ends_with('/') {
                    path.push('/');
                }
                path.push_str(part);
            }
        }
    }
    path
}

#[cfg(test)]
mod tests {
    use super::*;

    /// `host:directory` of each command; `-` where none is known.
    fn check(commands: &[&str], expected: &str) {
        let mut whereabouts = Whereabouts::default();
        let places: Vec<String> = commands
            .iter()
            .map(|text| {
                let mut command = Command::read(text, 1);
                whereabouts.take(&mut command, false);
                let known = |place: Option<String>| place.unwrap_or_else(|| "-".to_owned());
                format!("{}:{}", known(command.host), known(command.directory))
            })
            .collect();
        assert_eq!(places.join(" "), expected, "{commands:?}");
    }

    #[test]
    fn what_follows_a_login_is_meant_for_that_host() {
        check(&["uptime", "ssh kiln", "uptime", "exit", "uptime"], "-:- kiln:- kiln:- kiln:- -:-");
        check(&["ssh door", "ssh kiln", "uptime", "exit", "uptime"], "door:- kiln:- kiln:- kiln:- door:-");
        check(&["ssh kiln", "uptime", "ssh oven", "uptime"], "kiln:- kiln:- oven:- oven:-");
        check(&["ssh kiln 'uptime'", "uptime"], "-:- -:-");
    }

    #[test]
    fn logins_to_choose_from_lead_nowhere() {
        check(&["ssh kiln # as the potter", "ssh oven # as root", "uptime"], "kiln:- oven:- -:-");
    }

    #[test]
    fn what_is_typed_in_a_container_is_meant_for_it() {
        check(&["docker exec -it glaze bash", "ls", "exit", "ls"], "-:- glaze:- glaze:- -:-");
    }

    #[test]
    fn a_directory_lasts_on_its_host() {
        check(&["cd /srv/pots", "make", "cd glaze && make", "make"], "-:- -:/srv/pots -:/srv/pots -:/srv/pots/glaze");
        check(
            &["cd /srv", "ssh kiln", "ls", "cd ~/fire", "ls", "exit", "ls"],
            "-:- kiln:- kiln:- kiln:- kiln:~/fire kiln:- -:/srv",
        );
        check(&["(cd /srv && make)", "ls", "cd <folder>", "ls"], "-:- -:- -:- -:<folder>");
    }

    #[test]
    fn directories_are_joined_as_a_shell_does() {
        for (from, target, expected) in [
            ("/srv", "a/b", "/srv/a/b"),
            ("/srv/a", "..", "/srv"),
            ("/srv", "..", "/"),
            ("/", "a", "/a"),
            ("~/app", "../b", "~/b"),
            ("/srv", "~", "~"),
            ("app", "..", "app/.."),
        ] {
            assert_eq!(joined(from, target), expected, "{from} {target}");
        }
    }
}
