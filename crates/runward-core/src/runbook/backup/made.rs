//! Commands that make a backup: what they copy, with what, and where to.

use crate::command::Command;
use crate::command::shell::{Redirect, Simple, Word};

/// A copy that a command makes.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Made {
    /// What is copied; empty where the command does not say it.
    pub dataset: String,
    /// The program or the script.
    pub method: String,
    /// Whether that is a script of the team's.
    pub script: bool,
    pub destination: Option<String>,
}

/// What a command copies, if it makes a backup.
pub(super) fn of(command: &Command) -> Option<Made> {
    let script = command.script.0.as_ref()?;
    let made = script.commands.iter().find_map(|simple| Call { command, simple }.made())?;
    // `pg_dump … | gzip > FILE`: the file stands behind the last of them.
    let file = || {
        script.commands.iter().flat_map(|c| &c.redirects).find_map(|r| match r {
            Redirect::Write(word) | Redirect::Append(word) if word.text != "/dev/null" => Some(written(command, word)),
            _ => None,
        })
    };
    Some(Made { destination: made.destination.clone().or_else(file), ..made })
}

/// A word as the runbook writes it: the grammar has its placeholders masked.
fn written(command: &Command, word: &Word) -> String {
    let text = command.text.get(word.span.clone()).filter(|text| !text.is_empty()).unwrap_or(&word.text);
    text.trim_matches(['"', '\'']).to_owned()
}

struct Call<'c> {
    command: &'c Command,
    simple: &'c Simple,
}

impl Call<'_> {
    fn made(&self) -> Option<Made> {
        let words: Vec<String> = self.simple.words.iter().map(|word| written(self.command, word)).collect();
        // `docker exec db pg_dump …`, `sudo -u postgres pg_dump …`: the program stands behind who calls it.
        let at = words.iter().position(|word| DUMPS.contains(&base(word)) || COPIES.contains(&base(word)))?;
        let wrapped = at > 0
            && !matches!(
                base(&words[0]),
                "docker" | "docker-compose" | "podman" | "kubectl" | "sudo" | "ssh" | "nice" | "time" | "oc"
            );
        let program = base(&words[at]).to_owned();
        let rest = &words[at + 1..];
        if wrapped {
            return self.script(&words);
        }
        let plain = |dataset: Option<String>, destination| {
            Some(Made { dataset: dataset.unwrap_or_default(), method: program.clone(), script: false, destination })
        };
        match program.as_str() {
            "pg_dump" => plain(
                value(rest, &["-d", "--dbname"]).or_else(|| last_operand(rest, "dUhpfFnNtTZj")),
                value(rest, &["-f", "--file"]),
            ),
            "pg_dumpall" | "pg_basebackup" | "pgbackrest" | "wal-g" | "xtrabackup" | "mariabackup" => plain(
                Some("all databases".to_owned()),
                value(rest, &["-f", "--file", "-D", "--pgdata", "--target-dir"]),
            ),
            "mysqldump" | "mariadb-dump" => {
                let all = rest.iter().any(|w| w == "--all-databases" || w == "-A").then(|| "all databases".to_owned());
                plain(all.or_else(|| first_operand(rest, "uhPp")), value(rest, &["-r", "--result-file"]))
            }
            "mongodump" => plain(
                value(rest, &["-d", "--db"])
                    .or_else(|| value(rest, &["--uri"]))
                    .or_else(|| Some("all databases".to_owned())),
                value(rest, &["-o", "--out", "--archive"]),
            ),
            "sqlite3" => {
                let order =
                    rest.iter().find(|w| w.starts_with(".backup") || w.to_uppercase().starts_with("VACUUM INTO"))?;
                let to = order
                    .split(['\'', '"', ' '])
                    .rfind(|piece| !piece.is_empty() && *piece != ".backup")
                    .map(str::to_owned);
                plain(rest.iter().find(|w| !w.starts_with(['-', '.'])).cloned(), to)
            }
            "redis-cli" => {
                let saves = rest
                    .iter()
                    .any(|w| w.eq_ignore_ascii_case("bgsave") || w.eq_ignore_ascii_case("save") || w == "--rdb");
                if saves { plain(Some("redis".to_owned()), value(rest, &["--rdb"])) } else { None }
            }
            "etcdctl" => rest
                .windows(2)
                .any(|w| w[0] == "snapshot" && w[1] == "save")
                .then(|| plain(Some("etcd".to_owned()), rest.last().cloned()))?,
            "tar" => self.tar(rest, program),
            "restic" | "borg" | "kopia" => {
                let verb = rest.iter().position(|w| matches!(w.as_str(), "backup" | "create"))?;
                plain(
                    rest[verb + 1..].iter().rfind(|w| !w.starts_with('-') && !w.contains("::")).cloned(),
                    value(rest, &["-r", "--repo"]),
                )
            }
            "velero" => rest.iter().any(|w| w == "create").then(|| plain(rest.last().cloned(), None))?,
            "rclone" | "rsync" | "aws" | "gsutil" | "scp" => {
                sent(rest).and_then(|(from, to)| plain(Some(from), Some(to)))
            }
            _ => None,
        }
    }

    fn tar(&self, rest: &[String], method: String) -> Option<Made> {
        let flags = rest.first()?;
        let bundled = flags.trim_start_matches('-');
        let creates = rest.iter().any(|w| w == "--create")
            || (!flags.starts_with("--") && bundled.contains('c') && !bundled.contains('x'));
        if !creates {
            return None;
        }
        let operands: Vec<&String> = rest.iter().skip(1).filter(|w| !w.starts_with('-')).collect();
        let folder = value(rest, &["-C", "--directory"]);
        let (archive, sources) = operands.split_first()?;
        let sources: Vec<&str> = sources.iter().map(|w| w.as_str()).filter(|w| Some(*w) != folder.as_deref()).collect();
        let dataset =
            if sources.is_empty() || sources == ["."] { folder.unwrap_or_default() } else { sources.join(" ") };
        Some(Made { dataset, method, script: false, destination: Some((*archive).clone()) })
    }

    /// `/opt/pots/backup.sh`, `make backup`.
    fn script(&self, words: &[String]) -> Option<Made> {
        let named = |word: &String| {
            let name = base(word).to_lowercase();
            name.contains("backup") && !word.starts_with('-') && !name.contains("restore")
        };
        let at = words.iter().position(named)?;
        let runs = match base(&words[0]) {
            "bash" | "sh" | "make" | "npm" | "pnpm" | "yarn" | "sudo" | "python" | "python3" | "node" => at >= 1,
            _ => at == 0,
        };
        let method = words[at].clone();
        runs.then_some(Made { dataset: String::new(), method, script: true, destination: None })
    }
}

const DUMPS: &[&str] = &[
    "pg_dump", "pg_dumpall", "pg_basebackup", "pgbackrest", "wal-g", "xtrabackup", "mariabackup", "mysqldump",
    "mariadb-dump", "mongodump", "sqlite3", "redis-cli", "etcdctl", "restic", "borg", "kopia", "velero",
];
const COPIES: &[&str] = &["tar", "rclone", "rsync", "aws", "gsutil", "scp"];

fn base(word: &str) -> &str {
    word.rsplit('/').next().unwrap_or(word)
}

/// What an option is given: `-f FILE`, `--file=FILE`.
fn value(words: &[String], options: &[&str]) -> Option<String> {
    for (at, word) in words.iter().enumerate() {
        for option in options {
            if word == option {
                return words.get(at + 1).cloned();
            }
            if let Some(value) = word.strip_prefix(option).and_then(|rest| rest.strip_prefix('=')) {
                return Some(value.trim_matches(['"', '\'']).to_owned());
            }
        }
    }
    None
}

/// The operands of a call whose short options in `valued` take a value.
fn operands<'w>(words: &'w [String], valued: &'w str) -> impl DoubleEndedIterator<Item = &'w String> {
    let skipped = move |at: &usize| {
        let short = words[*at].strip_prefix('-').filter(|flag| flag.len() == 1);
        short.is_some_and(|flag| valued.contains(flag))
    };
    (0..words.len())
        .filter(move |at| !words[*at].starts_with('-') && !at.checked_sub(1).is_some_and(|b| skipped(&b)))
        .map(|at| &words[at])
}

fn last_operand(words: &[String], valued: &str) -> Option<String> {
    operands(words, valued).next_back().cloned()
}

fn first_operand(words: &[String], valued: &str) -> Option<String> {
    operands(words, valued).next().cloned()
}

/// What is sent away, and where to: `rclone copy /srv/pots remote:pots`, `aws s3 sync /srv s3://pots`.
fn sent(words: &[String]) -> Option<(String, String)> {
    let sends = words.iter().any(|w| matches!(w.as_str(), "copy" | "copyto" | "sync" | "cp"))
        || words.iter().any(|w| w.contains(":"));
    let paths: Vec<&String> =
        operands(words, "eip").filter(|w| !matches!(w.as_str(), "copy" | "copyto" | "sync" | "cp" | "s3")).collect();
    let [from, to] = paths.as_slice() else { return None };
    let remote = |path: &str| path.split('/').next().is_some_and(|first| first.contains(':'));
    (sends && !remote(from) && remote(to)).then(|| ((*from).clone(), (*to).clone()))
}
