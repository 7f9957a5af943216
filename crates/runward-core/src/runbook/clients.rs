//! Commands that go somewhere to type more: to a host with `ssh`, into the client of a database.

use crate::command::Command;

/// Where a command goes to type more.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) enum Login {
    /// To another machine.
    Host(String),
    /// Into a container of this one.
    Container(String),
}

/// Where a command goes, if it only does that: `ssh HOST`, `docker exec -it NAME bash`.
pub(super) fn login(command: &Command) -> Option<Login> {
    if let Some(host) = ssh_login(&command.text) {
        return Some(Login::Host(host));
    }
    // Only what waits for a person opens a shell.
    if command.interactive { entered(&command.text).map(Login::Container) } else { None }
}

/// `ssh HOST` with nothing behind it: the commands that follow are meant for there.
pub(crate) fn ssh_login(text: &str) -> Option<String> {
    const WITH_VALUE: &str = "bcDEeFIiJLlmOopQRSWw";
    let code = text.split(" #").next().unwrap_or(text);
    let mut words = code.split_whitespace();
    if !matches!(words.next(), Some("ssh" | "mosh")) {
        return None;
    }
    let mut host = None;
    while let Some(word) = words.next() {
        match word.strip_prefix('-') {
            // It only forwards ports.
            Some(flags) if flags.starts_with(['N', 'f']) => return None,
            Some(flags) => {
                if flags.len() == 1 && WITH_VALUE.contains(flags) {
                    words.next();
                }
            }
            None if host.is_some() || word.contains(['|', '&', ';', '<', '>']) && !is_placeholder(word) => return None,
            None => host = Some(word.to_owned()),
        }
    }
    host
}

/// `deploy@<production-ip>`.
fn is_placeholder(word: &str) -> bool {
    let bare = word.rsplit('@').next().unwrap_or(word);
    bare.starts_with('<') && bare.ends_with('>') && !bare[1..bare.len() - 1].contains(['|', '&', ';', '<', '>'])
}

/// The container or pod in which a command opens a shell: `docker compose exec db bash`, `kubectl exec -it web -- sh`.
fn entered(text: &str) -> Option<String> {
    const WITH_VALUE: &[&str] =
        &["-n", "--namespace", "-c", "--container", "-u", "--user", "-w", "--workdir", "-e", "-f"];
    let code = text.split(" #").next().unwrap_or(text);
    let mut words = code.split_whitespace().skip_while(|word| *word == "sudo");
    if !matches!(words.next(), Some("docker" | "docker-compose" | "podman" | "kubectl" | "oc" | "lxc")) {
        return None;
    }
    let mut words = words.skip_while(|word| *word != "exec").skip(1);
    let mut name = None;
    while let Some(word) = words.next() {
        if WITH_VALUE.contains(&word) {
            words.next();
        } else if !word.starts_with('-') {
            match name {
                None => name = Some(word.to_owned()),
                Some(_) => {
                    let shell = matches!(word.rsplit('/').next(), Some("bash" | "sh" | "ash" | "zsh" | "dash"));
                    return name.filter(|_| shell && words.next().is_none());
                }
            }
        }
    }
    None
}

/// Programs that take statements on their standard input.
const CLIENTS: &[&str] = &[
    "psql", "mysql", "mariadb", "sqlite3", "redis-cli", "valkey-cli", "mongosh", "mongo", "cqlsh", "clickhouse-client",
];

/// The client's own name in the command that opens it.
pub(super) fn client_program(command: &str) -> Option<&str> {
    command.split_whitespace().find(|word| CLIENTS.contains(word))
}

/// Whether a command opens a database client that then waits for statements.
pub(crate) fn opens_client(command: &Command) -> bool {
    command.interactive && command.why.starts_with("opens a") && client_program(&command.text).is_some()
}

/// A statement as an argument to the client, so that it runs without a terminal.
pub(super) fn given_to(client: &str, sql: &str) -> Option<String> {
    if sql.contains(['"', '`', '$', '\\', '!']) {
        return None;
    }
    let program = client.split_whitespace().find(|w| CLIENTS.contains(w))?;
    let client = without_terminal(client);
    Some(match program {
        "psql" => format!("{client} -X -v ON_ERROR_STOP=1 -c \"{sql}\""),
        "mysql" | "mariadb" => format!("{client} -e \"{sql}\""),
        "sqlite3" => format!("{client} \"{sql}\""),
        "redis-cli" | "valkey-cli" => format!("{client} {sql}"),
        "mongosh" | "mongo" => format!("{client} --quiet --eval \"{sql}\""),
        _ => return None,
    })
}

/// `docker exec -it db psql` as it is called where there is no terminal; compose has one unless told otherwise.
pub(crate) fn without_terminal(client: &str) -> String {
    if client.split_whitespace().next().is_some_and(|first| CLIENTS.contains(&first)) {
        return client.to_owned();
    }
    let words = client.split_whitespace();
    let mut kept: Vec<&str> =
        words.filter(|w| !matches!(*w, "-it" | "-ti" | "-t" | "-i" | "--tty" | "--interactive")).collect();
    let composed = kept.first() == Some(&"docker-compose") || kept.get(1) == Some(&"compose");
    if let Some(at) = kept.iter().position(|w| *w == "exec").filter(|_| composed && !kept.contains(&"-T")) {
        kept.insert(at + 1, "-T");
    }
    kept.join(" ")
}

#[cfg(test)]
mod tests {
    use super::*;

    fn check(text: &str, expected: impl Into<Option<Login>>) {
        assert_eq!(login(&Command::read(text, 1)), expected.into(), "{text}");
    }

    #[test]
    fn a_command_that_only_goes_somewhere_says_where() {
        let host = |name: &str| Login::Host(name.to_owned());
        let container = |name: &str| Login::Container(name.to_owned());
        check("ssh kiln", host("kiln"));
        check("ssh -p 2222 -i ~/.ssh/key potter@kiln.example  # the big one", host("potter@kiln.example"));
        check("ssh potter@kiln -p 2222", host("potter@kiln"));
        check("ssh potter@<kiln-ip>", host("potter@<kiln-ip>"));
        check("ssh kiln uptime", None);
        check("ssh kiln < fire.sh", None);
        check("ssh -N -L 5432:localhost:5432 kiln", None);
        check("docker exec -it glaze bash", container("glaze"));
        check("docker compose exec -u root glaze /bin/sh", container("glaze"));
        check("kubectl exec -it -n pots glaze-0 -- sh", container("glaze-0"));
        check("docker exec glaze ls", None);
        check("docker exec -it glaze psql", None);
    }
}
