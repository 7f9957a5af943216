//! The command that takes back what another one does, where that follows from its words: stop and start, a move and the
//! move back, a firewall rule and its deletion. And the files that must be kept before a command, so that they can be
//! put back.
//!
//! The text itself is changed word by word, so wrappers, quotes and placeholders around it stay as they are.

use std::ops::Range;

use super::effective::{Effective, effective};
use super::impact::{self, Impact};
use super::placeholder;
use super::shell::{self, Redirect, Word};

/// What takes a command back.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Inverse {
    /// It leaves nothing behind that would have to be taken back.
    Nothing,
    /// This text.
    Run(String),
    /// Putting back what stood in these files; a file that was not there is removed again.
    Files(Vec<String>),
    /// Nobody can tell.
    Unknown,
    /// Nothing takes it back: a point of no return.
    Never,
}

/// What takes back a command as the runbook writes it, placeholders and all.
pub fn inverse(text: &str) -> Inverse {
    let masked = placeholder::masked(text, &placeholder::find(text));
    let Ok(script) = shell::parse(&masked) else { return Inverse::Unknown };
    let impact = impact::of(&script, &masked).impact;
    if impact == Impact::ReadOnly {
        return Inverse::Nothing;
    }
    let changing: Vec<Effective<'_>> = effective(&script).into_iter().filter(changes).collect();
    if script.opaque || changing.is_empty() {
        return unknown(impact);
    }
    let mut edits: Vec<Edit> = Vec::new();
    let mut files: Vec<String> = Vec::new();
    for command in &changing {
        if let Some(found) = edited(command) {
            edits.extend(found);
        } else if is_passing(command) {
        } else if let Some(written) = written(command, text) {
            files.extend(written);
        } else {
            return unknown(impact);
        }
    }
    match (edits.is_empty(), files.is_empty()) {
        (true, true) => Inverse::Nothing,
        (true, false) => Inverse::Files(files),
        // Several commands on a line are taken back in reverse, which words in their places cannot tell.
        (false, true) if changing.len() == 1 => apply(text, edits).map_or(Inverse::Unknown, Inverse::Run),
        _ => unknown(impact),
    }
}

fn unknown(impact: Impact) -> Inverse {
    if impact == Impact::Destructive { Inverse::Never } else { Inverse::Unknown }
}

fn changes(command: &Effective<'_>) -> bool {
    impact::command(command.command).impact > Impact::ReadOnly
}

/// A change of the text: these bytes give way to that.
struct Edit {
    span: Range<usize>,
    text: String,
}

fn apply(text: &str, mut edits: Vec<Edit>) -> Option<String> {
    edits.sort_by_key(|edit| edit.span.start);
    let mut changed = String::with_capacity(text.len() + 8);
    let mut at = 0;
    for edit in edits {
        changed.push_str(text.get(at..edit.span.start)?);
        changed.push_str(&edit.text);
        at = edit.span.end;
    }
    changed.push_str(text.get(at..)?);
    Some(changed)
}

/// Two verbs, of which the second takes the first back.
type Pair = (&'static str, &'static str);

/// Verbs that take each other back, by program.
const PAIRS: &[(&[&str], &[Pair])] = &[
    (
        &["systemctl", "service", "rc-service", "supervisorctl", "monit", "sv"],
        &[
            ("stop", "start"),
            ("start", "stop"),
            ("enable", "disable"),
            ("disable", "enable"),
            ("mask", "unmask"),
            ("unmask", "mask"),
        ],
    ),
    (
        &["docker", "podman", "docker-compose", "nerdctl"],
        &[("stop", "start"), ("start", "stop"), ("pause", "unpause"), ("unpause", "pause"), ("down", "up -d")],
    ),
    (&["pm2"], &[("stop", "start"), ("start", "stop")]),
    (&["kubectl"], &[("cordon", "uncordon"), ("uncordon", "cordon"), ("drain", "uncordon")]),
    (&["fail2ban-client"], &[("banip", "unbanip"), ("unbanip", "banip")]),
];

/// Programs whose name alone is one half of a pair.
const NAMES: &[Pair] = &[
    ("a2ensite", "a2dissite"),
    ("a2dissite", "a2ensite"),
    ("a2enmod", "a2dismod"),
    ("a2dismod", "a2enmod"),
    ("swapon", "swapoff"),
    ("swapoff", "swapon"),
];

/// The words that change so that the command does the opposite.
fn edited(command: &Effective<'_>) -> Option<Vec<Edit>> {
    let program = command.program();
    if let Some((_, other)) = NAMES.iter().find(|(name, _)| *name == program) {
        return Some(vec![replaced(command.command.words.first()?, other)?]);
    }
    match program {
        "mv" => return moved_back(command),
        "ufw" => return ufw(command),
        "iptables" | "ip6tables" => return iptables(command),
        "mkdir" => return made(command),
        _ => {}
    }
    let pairs = PAIRS.iter().find(|(programs, _)| programs.contains(&program)).map(|(_, pairs)| *pairs)?;
    let (word, other) =
        command.args().iter().find_map(|word| Some((word, pairs.iter().find(|(verb, _)| word.text == *verb)?.1)))?;
    // `compose down -v` and `--rmi` take volumes and images with them.
    if word.text == "down" && command.args().iter().any(|w| w.text.starts_with('-')) {
        return None;
    }
    Some(vec![replaced(word, other)?])
}

fn replaced(word: &Word, text: &str) -> Option<Edit> {
    (!word.span.is_empty()).then(|| Edit { span: word.span.clone(), text: text.to_owned() })
}

/// The operands that are no options.
fn operands<'e>(command: &Effective<'e>) -> Vec<&'e Word> {
    command.args().iter().filter(|word| !word.text.starts_with('-')).collect()
}

/// `mv a b` is taken back by `mv b a`; into a folder (`mv a dir/`) the name behind it would have to be known.
fn moved_back(command: &Effective<'_>) -> Option<Vec<Edit>> {
    let named = operands(command);
    let [from, to] = named.as_slice() else { return None };
    let plain = |w: &Word| !w.text.contains(['*', '?', '[', '{']) && !w.text.ends_with('/') && !w.any;
    let options = command.args().len() - named.len();
    if !plain(from) || !plain(to) || from.span.is_empty() || to.span.is_empty() || options > 1 {
        return None;
    }
    Some(vec![swapped(from, to)?, swapped(to, from)?])
}

fn swapped(at: &Word, with: &Word) -> Option<Edit> {
    (!at.dynamic && !with.dynamic).then(|| Edit { span: at.span.clone(), text: quoted(&with.text) })
}

/// A word as the shell takes it: quoted where it must be.
fn quoted(text: &str) -> String {
    let plain = |c: char| c.is_ascii_alphanumeric() || "/._-+:@%,=~".contains(c);
    if !text.is_empty() && text.chars().all(plain) {
        return text.to_owned();
    }
    format!("'{}'", text.replace('\'', "'\\''"))
}

/// `ufw insert 1 deny from X` is taken back by `ufw delete deny from X`.
fn ufw(command: &Effective<'_>) -> Option<Vec<Edit>> {
    let args: Vec<&Word> = command.args().iter().filter(|word| word.text != "--force").collect();
    let first = *args.first()?;
    match first.text.as_str() {
        "allow" | "deny" | "reject" | "limit" => {
            let start = first.span.start;
            (!first.span.is_empty()).then(|| vec![Edit { span: start..start, text: "delete ".into() }])
        }
        "prepend" => Some(vec![replaced(first, "delete")?]),
        "insert" => {
            let number = args.get(1).filter(|w| w.text.bytes().all(|b| b.is_ascii_digit()))?;
            let span = first.span.start..number.span.end;
            (!span.is_empty()).then(|| vec![Edit { span, text: "delete".into() }])
        }
        "enable" => Some(vec![replaced(first, "disable")?]),
        "disable" => Some(vec![replaced(first, "--force enable")?]),
        _ => None,
    }
}

/// `iptables -I CHAIN 1 RULE` is taken back by `iptables -D CHAIN RULE`.
fn iptables(command: &Effective<'_>) -> Option<Vec<Edit>> {
    let at = command.args().iter().position(|w| matches!(w.text.as_str(), "-A" | "-I" | "--append" | "--insert"))?;
    let mut edits = vec![replaced(&command.args()[at], "-D")?];
    if let Some(number) = command.args().get(at + 2).filter(|w| w.text.bytes().all(|b| b.is_ascii_digit())) {
        edits.push(replaced(number, "")?);
    }
    Some(edits)
}

/// `mkdir x` is taken back by `rmdir x`, which leaves a folder alone that holds something by then.
fn made(command: &Effective<'_>) -> Option<Vec<Edit>> {
    let options: Vec<&Word> = command.args().iter().filter(|w| w.text.starts_with('-')).collect();
    let name = command.command.words.first()?;
    options.is_empty().then(|| replaced(name, "rmdir")).flatten().map(|edit| vec![edit])
}

/// Commands that change what runs and leave nothing to take back: a restart, a reload.
fn is_passing(command: &Effective<'_>) -> bool {
    const PASSING: &[&str] =
        &["restart", "reload", "try-restart", "reload-or-restart", "daemon-reload", "reset-failed"];
    let runs = ["systemctl", "service", "docker", "docker-compose", "podman", "pm2", "supervisorctl", "nginx", "caddy"];
    runs.contains(&command.program())
        && (command.args().iter().any(|w| PASSING.contains(&w.text.as_str()))
            || (command.program() == "nginx" && command.arg(0) == "-s" && command.arg(1) == "reload"))
}

/// The files a command writes, where it writes nothing else and they are known by name.
fn written(command: &Effective<'_>, text: &str) -> Option<Vec<String>> {
    let mut files: Vec<&Word> = Vec::new();
    for redirect in &command.command.redirects {
        match redirect {
            Redirect::Write(word) | Redirect::Append(word) if !word.text.starts_with("/dev/") => files.push(word),
            _ => {}
        }
    }
    let named = operands(command);
    match command.program() {
        "cp" | "install" => {
            let [_, to] = named.as_slice() else { return None };
            if command.args().iter().any(|w| w.text.starts_with('-') && w.text.contains(['r', 'R', 'a', 't'])) {
                return None;
            }
            files.push(to);
        }
        "sed" if command.args().iter().any(|w| w.text.starts_with("-i") || w.text.starts_with("--in-place")) => {
            // Its first operand is the program, unless options carry it.
            let carried = command
                .args()
                .iter()
                .any(|w| matches!(w.text.as_str(), "-e" | "-f") || w.text.starts_with("--expression"));
            if carried {
                return None;
            }
            files.extend(named.get(1..)?);
        }
        "tee" => files.extend(named),
        "touch" | "chmod" | "chown" | "chgrp" => {
            if command.args().iter().any(|w| w.text.starts_with("-R") || w.text == "--recursive") {
                return None;
            }
            let skip = usize::from(command.program() != "touch");
            files.extend(named.get(skip..)?);
        }
        "echo" | "printf" | "cat" | ":" | "" => {}
        _ => return None,
    }
    let here = command.around.host.is_none() && command.around.container.is_none();
    let known = |word: &Word| {
        let plain = !word.any && !word.text.contains(['*', '?', '[', '{', '$', '`']) && !word.text.is_empty();
        // What the shell would read otherwise than it is written is no path as it stands.
        let path =
            Some(original(word, text)).filter(|path| !path.starts_with('~') && !path.contains(['\\', '"', '\'']));
        path.filter(|_| plain && !word.span.is_empty())
    };
    (here && !files.is_empty()).then(|| files.into_iter().map(known).collect())?
}

/// The word as the runbook writes it, its placeholders unmasked, without quotes around it.
fn original(word: &Word, text: &str) -> String {
    let written = text.get(word.span.clone()).unwrap_or(&word.text);
    written.trim_matches(['"', '\'']).to_owned()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn check(text: &str, expected: &str) {
        let shown = match inverse(text) {
            Inverse::Nothing => "nothing".into(),
            Inverse::Run(text) => text,
            Inverse::Files(files) => format!("put back {}", files.join(", ")),
            Inverse::Unknown => "unknown".into(),
            Inverse::Never => "never".into(),
        };
        assert_eq!(shown, expected, "{text}");
    }

    #[test]
    fn what_was_stopped_is_started_and_the_other_way_round() {
        check("systemctl stop mill-wheel", "systemctl start mill-wheel");
        check("sudo systemctl stop mill-<name>", "sudo systemctl start mill-<name>");
        check("ssh till 'systemctl stop till-web'", "ssh till 'systemctl start till-web'");
        check("docker compose stop mail", "docker compose start mail");
        check("docker compose down", "docker compose up -d");
        check("docker compose down -v", "never");
        check("pm2 stop till", "pm2 start till");
        check("kubectl drain node-3", "kubectl uncordon node-3");
        check("service cron start", "service cron stop");
        check("systemctl restart mill-wheel", "nothing");
    }

    #[test]
    fn what_was_moved_is_moved_back() {
        check("mv /srv/till /srv/till-broken", "mv /srv/till-broken /srv/till");
        check("mv 'old name' new", "mv new 'old name'");
        check("mv a b c", "unknown");
        check("mv *.log old", "unknown");
        check("mkdir /srv/x", "rmdir /srv/x");
    }

    #[test]
    fn a_rule_of_the_firewall_is_deleted() {
        check("ufw insert 1 deny from <ip>", "ufw delete deny from <ip>");
        check("sudo ufw deny from 192.0.2.7", "sudo ufw delete deny from 192.0.2.7");
        check("ufw disable", "ufw --force enable");
        check("ufw --force enable", "ufw --force disable");
        check("iptables -I INPUT 1 -s 192.0.2.7 -j DROP", "iptables -D INPUT  -s 192.0.2.7 -j DROP");
        check("fail2ban-client set sshd banip <ip>", "fail2ban-client set sshd unbanip <ip>");
    }

    #[test]
    fn files_are_kept_before_they_are_written() {
        check("cp /root/site.backup /etc/nginx/sites-enabled/till", "put back /etc/nginx/sites-enabled/till");
        check("echo 'OFF=1' >> /srv/till/.env", "put back /srv/till/.env");
        check("sed -i 's/a/b/' /srv/till/.env", "put back /srv/till/.env");
        check("touch /srv/till/maintenance", "put back /srv/till/maintenance");
        check("chmod 600 /srv/till/<name>.env", "put back /srv/till/<name>.env");
        check("ssh till 'touch /srv/x'", "unknown");
        check("touch ~/maintenance", "unknown");
        check(r"touch /srv/a\ b", "unknown");
    }

    #[test]
    fn what_does_not_come_back_is_said() {
        check("rm -rf /srv/till/cache", "never");
        check("docker system prune -af", "never");
        check("npm install", "unknown");
        check("df -h", "nothing");
        check("systemctl stop a && rm -rf /srv/a", "never");
    }
}
