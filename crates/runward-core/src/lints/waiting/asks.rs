//! Commands that ask a question before they work.

use std::collections::HashMap;
use std::sync::LazyLock;

use super::super::written::Written;
use super::super::{Context, Place};
use super::EX02;
use crate::command::impact::Impact;
use crate::command::shell::Word;
use crate::command::{Command, Effective};
use crate::runbook::Finding;

/// What a command asks, and how to spare the question.
pub(super) struct Asked {
    /// What it waits for.
    pub(super) what: &'static str,
    /// The option that answers beforehand; empty where there is none.
    answer: &'static str,
    /// Whether the answer may be given by whoever writes the runbook.
    harmless: bool,
    /// Behind which of its words the option may stand.
    behind: usize,
}

pub(super) fn check(context: &Context<'_>, found: &mut Vec<Finding>) {
    let written = Written::new(context);
    for place in &context.places {
        let commands = place.command.effective();
        let asked = commands.iter().find_map(|c| Some((c, asked(place.command, c)?)));
        if let Some((command, asked)) = asked {
            found.push(told(place, command, &asked, &written));
        }
    }
}

fn told(place: &Place<'_>, command: &Effective<'_>, asked: &Asked, written: &Written<'_>) -> Finding {
    let short = place.command.text.lines().next().unwrap_or_default();
    let message = format!("`{short}` {}", asked.what);
    let answers = asked.harmless && place.command.impact != Impact::Destructive;
    let help = match asked.answer {
        "" => "hand it over in another way: a file, an environment variable, or an option of its own".to_owned(),
        answer if answers => format!("`{answer}` answers beforehand"),
        answer => format!(
            "say above it what must be true first; with that, `{answer}` answers beforehand where nobody sits at a terminal"
        ),
    };
    let finding = place.finding(&EX02, message, help);
    if !answers || asked.answer.is_empty() {
        return finding;
    }
    let end = command.command.words.get(asked.behind).map_or(0, |word| word.span.end);
    match written.span(place, end..end).filter(|_| end > 0) {
        Some(span) => finding.mended_by(span, format!(" {}", asked.answer)),
        None => finding,
    }
}

/// Programs with verbs that ask: program, verbs, options that spare the question (the first is offered), whether the
/// answer is harmless, what they do.
type Row = (&'static str, &'static str, &'static str, bool, &'static str);

const CONFIRMS: &str = "asks whether to go on";

const ROWS: &[Row] = &[
    (
        "apt apt-get aptitude", "install upgrade full-upgrade dist-upgrade reinstall",
        "-y --yes --assume-yes -qq -s --simulate --dry-run", true, CONFIRMS,
    ),
    (
        "apt apt-get aptitude", "remove purge autoremove autopurge",
        "-y --yes --assume-yes -qq -s --simulate --dry-run", false, CONFIRMS,
    ),
    ("yum dnf microdnf", "install update upgrade", "-y --assumeyes", true, CONFIRMS),
    ("yum dnf microdnf", "remove erase autoremove", "-y --assumeyes", false, CONFIRMS),
    ("zypper", "install in update up dup patch", "-n --non-interactive", true, CONFIRMS),
    ("add-apt-repository", "", "-y --yes", true, CONFIRMS),
    ("certbot", "certonly run", "--non-interactive -n", true, "asks which names and which way"),
    ("certbot", "delete revoke", "--non-interactive -n", false, CONFIRMS),
    (
        "git", "revert", "--no-edit --abort --continue --skip --quit -n --no-commit", true,
        "opens an editor for the message",
    ),
    ("ufw", "enable delete reset", "--force", false, CONFIRMS),
    ("terraform tofu", "apply destroy", "-auto-approve --auto-approve -input=false", false, CONFIRMS),
    ("pip pip3", "uninstall", "-y --yes", false, CONFIRMS),
    ("npm", "init", "-y --yes", true, "asks about the package"),
    ("npm", "login adduser", "", false, "asks for a name and a password"),
    ("aws", "configure", "", false, "asks for keys"),
    ("heroku", "apps:destroy pg:reset pg:copy domains:clear", "--confirm", false, CONFIRMS),
    ("fly flyctl", "destroy", "--yes -y", false, CONFIRMS),
    ("doctl", "delete rm", "--force -f", false, CONFIRMS),
    ("gcloud", "delete", "--quiet -q", false, CONFIRMS),
    ("az", "delete", "--yes -y", false, CONFIRMS),
    ("do-release-upgrade", "", "-f", false, CONFIRMS),
    ("dpkg-reconfigure", "", "-fnoninteractive -f --frontend", true, "asks in a dialogue"),
    ("mysql_secure_installation", "", "", false, "asks question after question"),
    ("adduser", "", "--disabled-password --system -D --gecos", false, "asks about the user"),
    ("passwd", "", "--stdin -S -l -u -d -e", false, "asks for the new password"),
    ("ssh-copy-id", "", "", false, "asks for a password"),
    ("lvremove vgremove pvremove lvreduce", "", "-y --yes -f --force", false, CONFIRMS),
    ("fsck e2fsck fsck.ext4 xfs_repair", "", "-y -p -n -a", false, CONFIRMS),
    ("kubeadm", "reset", "-f --force", false, CONFIRMS),
    ("prisma", "reset", "-f --force", false, CONFIRMS),
    ("gpg", "--gen-key --full-generate-key --full-gen-key", "--batch", false, "asks about the key"),
    ("ansible-vault", "edit create", "", false, "opens an editor"),
];

/// The rows of each program.
static BY_PROGRAM: LazyLock<HashMap<&str, Vec<usize>>> = LazyLock::new(|| {
    let mut rows: HashMap<&str, Vec<usize>> = HashMap::new();
    for (at, (programs, ..)) in ROWS.iter().enumerate() {
        programs.split(' ').for_each(|program| rows.entry(program).or_default().push(at));
    }
    rows
});

/// What a command asks, if it does.
pub(super) fn asked(whole: &Command, command: &Effective<'_>) -> Option<Asked> {
    let words = &command.command.words;
    let program = command.program();
    if program.is_empty() || command.command.substituted {
        return None;
    }
    // `yes | apt install x` and `echo y | …` answer.
    if command.command.piped && !matches!(program, "mysql" | "mariadb" | "docker" | "podman") {
        return None;
    }
    let asked = |what, answer, harmless, behind| Some(Asked { what, answer, harmless, behind });
    match program {
        "docker" | "podman" if command.has("prune") => {
            let free = !any(words, &["-f", "--force"]) && !command.command.piped;
            let verb = words.iter().position(|w| w.text == "prune").unwrap_or_default();
            return if free { asked(CONFIRMS, "-f", false, verb) } else { None };
        }
        "docker" | "podman" if words.get(1).is_some_and(|w| w.text == "login") => {
            let given = ["-p", "--password", "--password-stdin"].iter().any(|o| starts(words, o));
            return if given || command.command.piped { None } else { asked("asks for a password", "", false, 0) };
        }
        "docker" | "docker-compose" if compose_rm(command) => return asked(CONFIRMS, "-f", false, 0),
        "mysql" | "mariadb" | "mysqldump" | "mysqladmin" | "mariadb-dump" | "mariadb-admin" | "mysqlcheck" => {
            let bare = any(words, &["-p", "--password"]);
            return if bare { asked("asks for a password", "", false, 0) } else { None };
        }
        "psql" | "pg_dump" | "pg_restore" | "pg_dumpall" | "createdb" | "dropdb" => {
            let wanted = any(words, &["-W", "--password"]);
            return if wanted { asked("asks for a password", "", false, 0) } else { None };
        }
        "mongosh" | "mongo" | "mongodump" | "mongorestore" => {
            let bare = words.iter().enumerate().any(|(at, w)| {
                matches!(w.text.as_str(), "-p" | "--password")
                    && words.get(at + 1).is_none_or(|v| v.text.starts_with('-'))
            });
            return if bare { asked("asks for a password", "", false, 0) } else { None };
        }
        "rm" | "cp" | "mv" => {
            let asks = words[1..].iter().any(|w| cluster(&w.text, &['i', 'I']));
            return if asks { asked("asks for each file", "", false, 0) } else { None };
        }
        "ssh-keygen" => {
            let makes = !any(words, &["-N", "-l", "-R", "-y", "-F", "-A"]) && !starts(words, "-lf");
            return if makes { asked("asks where to put the key and for a password", "-N ''", false, 0) } else { None };
        }
        "read" if starts(words, "-p") || whole.text.contains("read -rp") => {
            return asked("asks a question", "", false, 0);
        }
        "pacman" if words.get(1).is_some_and(|w| w.text.starts_with("-S") && !w.text.contains('s')) => {
            return if any(words, &["--noconfirm"]) { None } else { asked(CONFIRMS, "--noconfirm", true, 0) };
        }
        "ansible-playbook" | "ansible"
            if any(words, &["-K", "-k", "--ask-become-pass", "--ask-pass", "--ask-vault-pass"]) =>
        {
            return asked("asks for a password", "", false, 0);
        }
        "git"
            if words.get(1).is_some_and(|w| w.text == "commit")
                && whole.why.contains("commit")
                && whole.interactive =>
        {
            return asked("opens an editor for the message", "", false, 0);
        }
        _ => {}
    }
    let rows = BY_PROGRAM.get(program)?;
    rows.iter().find_map(|at| {
        let (_, verbs, answers, harmless, what) = &ROWS[*at];
        let verb = |w: &Word| verbs.split(' ').any(|v| v == w.text);
        let at = if verbs.is_empty() { 0 } else { words.iter().position(verb)? };
        let given = answers
            .split(' ')
            .filter(|a| !a.is_empty())
            .any(|answer| starts(words, answer) && answer.len() > 2 || any(words, &[answer]) || short(words, answer));
        (!given).then(|| Asked {
            what,
            answer: answers.split(' ').next().unwrap_or_default(),
            harmless: *harmless,
            behind: if matches!(program, "certbot" | "git" | "npm") { at } else { 0 },
        })
    })
}

fn any(words: &[Word], options: &[&str]) -> bool {
    words.iter().any(|w| options.contains(&w.text.as_str()))
}

fn starts(words: &[Word], option: &str) -> bool {
    words.iter().any(|w| w.text.starts_with(option))
}

/// `-y` inside a cluster such as `-qy`.
fn short(words: &[Word], option: &str) -> bool {
    let Some(letter) = option.strip_prefix('-').filter(|o| o.len() == 1).and_then(|o| o.chars().next()) else {
        return false;
    };
    words.iter().any(|w| cluster(&w.text, &[letter]))
}

fn cluster(word: &str, letters: &[char]) -> bool {
    word.strip_prefix('-').is_some_and(|rest| {
        !rest.is_empty() && rest.chars().all(|c| c.is_ascii_alphabetic()) && rest.contains(|c| letters.contains(&c))
    })
}

/// `docker compose rm` without `-f`.
fn compose_rm(command: &Effective<'_>) -> bool {
    let words: Vec<&str> = command.args().iter().map(|w| w.text.as_str()).collect();
    let behind = match command.program() {
        "docker-compose" => Some(&words[..]),
        _ => words.iter().position(|w| *w == "compose").map(|at| &words[at + 1..]),
    };
    let verb = behind.and_then(|rest| rest.iter().position(|w| *w == "rm").map(|at| &rest[at + 1..]));
    verb.is_some_and(|rest| !rest.iter().any(|w| *w == "--force" || cluster(w, &['f'])))
}
