//! What calls do, as far as several rules ask the same: back up, remove, write, stop, start.

use super::calls::{Call, Calls};
use super::near::has_word;
use crate::command::shell::{Redirect, Word};

/// Editors.
pub(super) const EDITORS: &[&str] =
    &["nano", "vi", "vim", "nvim", "emacs", "ed", "micro", "pico", "joe", "mcedit", "code", "sudoedit", "$EDITOR"];

/// The verb of a compose call with the words behind it: `docker compose -f x.yml up -d`.
pub(super) fn compose<'r>(call: &Call<'r>) -> Option<(&'r str, &'r [Word])> {
    const VALUED: &[&str] = &[
        "-f", "--file", "-p", "--project-name", "--profile", "--env-file", "--project-directory", "--ansi",
        "--parallel", "--progress",
    ];
    let words = match call.program {
        "docker-compose" | "podman-compose" => call.args(),
        "docker" | "podman" | "nerdctl" => {
            let (verb, rest) = verb(call.args(), DOCKER_VALUED)?;
            (verb == "compose").then_some(rest)?
        }
        _ => return None,
    };
    verb(words, VALUED)
}

const DOCKER_VALUED: &[&str] = &["-H", "--host", "-c", "--context", "--config", "-l", "--log-level"];

/// The words of a call to docker and its kin behind its own options: `image prune -a`.
pub(super) fn docker<'r>(call: &Call<'r>) -> Option<&'r [Word]> {
    if !matches!(call.program, "docker" | "podman" | "nerdctl") {
        return None;
    }
    let (first, rest) = verb(call.args(), DOCKER_VALUED)?;
    let at = call.args().len() - rest.len() - 1;
    (first != "compose").then(|| &call.args()[at..])
}

/// The first word that is no option, with those behind it.
pub(super) fn verb<'r>(words: &'r [Word], valued: &[&str]) -> Option<(&'r str, &'r [Word])> {
    let mut at = 0;
    while let Some(option) = words.get(at).filter(|word| word.text.starts_with('-')) {
        at += if valued.contains(&option.text.as_str()) { 2 } else { 1 };
    }
    Some((words.get(at)?.text.as_str(), &words[at + 1..]))
}

/// Whether one of some words is this option, or a cluster such as `-af` holds its letter.
pub(super) fn given(words: &[Word], letter: char, long: &str) -> bool {
    words.iter().map(|word| word.text.as_str()).any(|text| match text.strip_prefix('-') {
        Some(rest) if rest.starts_with('-') => text == long,
        Some(letters) => letters.contains(letter),
        None => false,
    })
}

/// What a call to `find` looks through and what it does with it.
pub(super) struct Find<'r> {
    /// Where it looks.
    pub(super) paths: Vec<&'r Word>,
    /// Whether it picks by age.
    pub(super) by_age: bool,
    /// Whether what it finds is deleted or emptied.
    pub(super) removes: bool,
}

/// Reads a call to `find`.
pub(super) fn find<'r>(calls: &Calls<'r>, call: &Call<'r>) -> Option<Find<'r>> {
    if !matches!(call.program, "find" | "gfind") {
        return None;
    }
    let args = call.args();
    let flags = args.iter().take_while(|word| matches!(word.text.as_str(), "-H" | "-L" | "-P")).count();
    let ends = |word: &&Word| !word.text.starts_with('-') && !matches!(word.text.as_str(), "(" | "!");
    let paths: Vec<&Word> = args[flags..].iter().take_while(ends).collect();
    const AGES: &[&str] =
        &["-mtime", "-mmin", "-ctime", "-cmin", "-atime", "-amin", "-newermt", "-newer", "-newerct", "-mtime+"];
    let by_age = call.texts().any(|text| AGES.contains(&text));
    let inner = |other: &&Call<'r>| {
        let started = other.around.wrappers.last().is_some_and(|last| last == "find" || last == "xargs");
        other.number > call.number && (started || other.command.piped)
    };
    let beside = calls.beside(call).iter().filter(inner);
    let removes = call.has(&["-delete"]) || beside.clone().any(|other| REMOVERS.contains(&other.program));
    Some(Find { paths, by_age, removes })
}

/// Programs that remove or empty the files they are given.
pub(super) const REMOVERS: &[&str] = &["rm", "unlink", "shred", "truncate", "trash", "rmdir", "srm"];

/// The files and folders a call removes or empties, by their names.
pub(super) fn removed<'r>(calls: &Calls<'r>, call: &Call<'r>) -> Vec<&'r Word> {
    match call.program {
        "rm" | "unlink" | "shred" | "trash" | "rmdir" | "srm" => call.operands(&["-n", "--iterations"]),
        "truncate" => call.operands(&["-s", "--size", "-r", "--reference"]),
        "find" | "gfind" => find(calls, call).filter(|find| find.removes).map(|find| find.paths).unwrap_or_default(),
        "rclone" if matches!(call.arg(0), "delete" | "purge" | "deletefile" | "cleanup" | "rmdirs") => {
            call.operands(&["--min-age", "--max-age", "--include", "--exclude"]).split_off(1)
        }
        "aws" if call.arg(0) == "s3" && matches!(call.arg(1), "rm" | "rb") => {
            call.operands(&["--include", "--exclude", "--profile", "--region"]).split_off(2)
        }
        "gsutil" | "mc" | "s3cmd" | "s5cmd" => {
            let words = call.operands(&["--older-than", "--newer-than"]);
            let at = words.iter().position(|word| matches!(word.text.as_str(), "rm" | "rb" | "del" | "mirror"));
            at.map(|at| words[at + 1..].to_vec()).unwrap_or_default()
        }
        _ => Vec::new(),
    }
}

/// Whether a path names a backup: `/var/backups/x.sql.gz`, `nightly-backup/`, `app.db.bak`.
pub(super) fn is_backup_path(path: &str) -> bool {
    let small = path.to_lowercase();
    let word = |w: &str| matches!(w, "bak" | "bkp" | "bck" | "snapshots" | "dumps" | "backup" | "backups");
    let ends = [".dump", ".sql.gz", ".sql.zst", ".sql.xz", ".sql.bz2", ".pgdump", ".archive.gz"];
    small.contains("backup")
        || small.split(|c: char| !c.is_alphanumeric()).any(word)
        || ends.iter().any(|end| small.ends_with(end))
}

/// Whether a path names what one goes back to: the release before this one.
pub(super) fn is_way_back(path: &str) -> bool {
    let small = path.to_lowercase();
    let word = |w: &str| matches!(w, "previous" | "prev" | "rollback" | "lastgood" | "stable");
    small.split(|c: char| !c.is_alphanumeric()).any(word) || small.contains("last-good") || small.contains("last_good")
}

/// Whether a call makes a copy from which one can go back.
pub(super) fn backs_up(call: &Call<'_>) -> bool {
    let verbs = |wanted: &[&str]| call.texts().any(|text| wanted.contains(&text));
    match call.program {
        "pg_dump" | "pg_dumpall" | "pg_basebackup" | "mysqldump" | "mariadb-dump" | "mydumper" | "xtrabackup"
        | "mariabackup" | "mongodump" | "mysqlpump" | "rsnapshot" | "rdiff-backup" | "iptables-save" | "slapcat"
        | "neo4j-admin" | "pg_backup" | "automysqlbackup" | "influxd" | "clickhouse-backup" | "zip" | "etckeeper" => {
            true
        }
        "restic" | "kopia" | "duplicity" | "pgbackrest" | "barman" | "velero" | "influx" | "consul" => {
            verbs(&["backup", "snapshot", "create", "save", "full", "incremental"]) && !verbs(&["restore"])
        }
        "borg" | "borgmatic" => verbs(&["create"]),
        "wal-g" | "wal-e" => verbs(&["backup-push"]),
        "etcdctl" => verbs(&["snapshot"]) && verbs(&["save"]),
        "tar" | "bsdtar" => is_packing(call),
        "cp" | "mv" | "rsync" | "scp" | "install" | "rclone" | "aws" | "gsutil" | "mc" => saves_a_copy(call),
        "redis-cli" | "valkey-cli" => {
            call.texts().any(|text| ["bgsave", "save", "--rdb"].iter().any(|verb| text.eq_ignore_ascii_case(verb)))
        }
        "sqlite3" => statements(call).iter().any(|text| {
            let small = text.to_ascii_lowercase();
            small.contains(".backup") || small.contains("vacuum into") || small.contains(".dump")
        }),
        "zfs" | "lvcreate" | "btrfs" | "virsh" | "gcloud" | "az" | "doctl" | "hcloud" | "openstack" | "vgcfgbackup" => {
            call.texts().any(|text| text.contains("snapshot") || text.contains("backup") || text == "export")
                && !verbs(&["delete", "restore", "list", "destroy"])
        }
        "docker" | "podman" => docker(call).is_some_and(|words| matches!(words[0].text.as_str(), "commit" | "save")),
        "kubectl" | "oc" | "crontab" | "helm" | "nft" | "ufw" | "systemctl" if call.redirected().next().is_some() => {
            true
        }
        "git" => matches!(call.arg(0), "stash" | "bundle" | "tag"),
        _ => names_a_backup(call),
    }
}

/// `/usr/local/bin/backup.sh`, `make backup`, `app db backup FILE`, `systemctl start backup.service`.
fn names_a_backup(call: &Call<'_>) -> bool {
    const LOOKS: &[&str] = &[
        "ls", "cat", "du", "find", "grep", "tail", "head", "less", "journalctl", "echo", "rm", "stat", "cd", "test",
        "[",
    ];
    if LOOKS.contains(&call.program) || call.command.words.is_empty() {
        return false;
    }
    let other = |text: &str| {
        let small = text.to_lowercase();
        ["restore", "list", "verify", "delete", "prune", "status", "cleanup"].iter().any(|word| small.contains(word))
    };
    let makes = |word: &Word| {
        let name = word.text.rsplit('/').next().unwrap_or_default();
        holds_small(name, "backup") || holds_small(name, "snapshot")
    };
    let mut leading = call.command.words.iter().take(4);
    leading.clone().any(makes) && !leading.any(|word| other(&word.text))
}

/// Whether a text holds another one in whatever letters.
fn holds_small(text: &str, small: &str) -> bool {
    text.as_bytes().windows(small.len()).any(|part| part.eq_ignore_ascii_case(small.as_bytes()))
}

/// `tar czf x.tgz data/`, `tar --create`.
pub(super) fn is_packing(call: &Call<'_>) -> bool {
    let first = call.arg(0);
    let bundled = !first.starts_with('-') && first.contains('c') && first.chars().all(|c| c.is_ascii_alphabetic());
    bundled || call.flag('c', "--create")
}

/// The archive that a call to `tar` packs or unpacks, where it names one.
pub(super) fn archive<'r>(call: &Call<'r>) -> Option<&'r str> {
    let args = call.args();
    let at = args.iter().position(|word| {
        let letters = word.text.strip_prefix('-').unwrap_or(&word.text);
        !word.text.starts_with("--") && letters.ends_with('f') && letters.chars().all(|c| c.is_ascii_alphabetic())
    });
    let next = at.and_then(|at| args.get(at + 1)).map(|word| word.text.as_str());
    next.or_else(|| call.value("", "--file")).filter(|file| *file != "-")
}

/// A copy beside or away from what it is a copy of: `cp app.db app.db.bak`, `mv x x.$(date +%s)`, `scp x host:/backups`.
fn saves_a_copy(call: &Call<'_>) -> bool {
    let copies = ["cp", "copy", "copyto", "sync", "mv", "move", "moveto", "mirror"];
    if matches!(call.program, "rclone" | "aws" | "gsutil" | "mc") && !call.has(&copies) {
        return false;
    }
    let operands = call.operands(&[]);
    let [.., from, to] = operands.as_slice() else { return false };
    let dated = to.text.contains("$(date") || to.text.contains("`date");
    !is_backup_path(&from.text) && (is_backup_path(&to.text) || dated || is_put_aside(&to.text))
}

/// A name under which something is kept that is replaced: `app.db.corrupted`, `web-old`.
pub(super) fn is_put_aside(path: &str) -> bool {
    let small = path.to_lowercase();
    [".old", ".orig", ".save", ".saved", ".before", ".pre-", "corrupt", "-before", "-old", "broken", ".prev"]
        .iter()
        .any(|end| small.contains(end))
}

/// The files a call writes: its redirections, `tee`, `sed -i`, editors, the target of `cp` and `mv`.
pub(super) fn written<'r>(call: &Call<'r>) -> Vec<&'r Word> {
    let mut found: Vec<&Word> = call.redirected().collect();
    match call.program {
        "tee" | "sponge" => found.extend(call.operands(&[])),
        "sed" | "perl" if edits_in_place(call) => found.extend(
            call.operands(&["-e", "-f"])
                .into_iter()
                .skip(usize::from(!call.has(&["-e", "-f", "--expression", "--file"]) && call.program == "sed")),
        ),
        "yq" if call.flag('i', "--inplace") => found.extend(call.operands(&["-e"]).into_iter().skip(1)),
        "cp" | "mv" | "install" | "ln" | "scp" | "rsync" => found.extend(call.operands(&[]).into_iter().skip(1).last()),
        "dotenv" | "crudini" | "truncate" => found.extend(call.operands(&[])),
        program if EDITORS.contains(&program) => found.extend(call.operands(&[])),
        _ => {}
    }
    found
}

/// Whether `sed` or `perl` changes the files it is given.
pub(super) fn edits_in_place(call: &Call<'_>) -> bool {
    call.texts().any(|text| {
        let letters = text.strip_prefix('-').filter(|rest| !rest.starts_with('-'));
        text == "--in-place"
            || text.starts_with("--in-place=")
            || letters.is_some_and(|rest| {
                rest.starts_with('i')
                    || rest
                        .split('i')
                        .next()
                        .is_some_and(|before| rest.contains('i') && before.chars().all(|c| "nErspz".contains(c)))
            })
    })
}

/// Whether a file holds settings in the form `NAME=value`: `.env`, `.env.production`, `web.env`.
pub(super) fn is_env_file(path: &str) -> bool {
    let name = path.rsplit('/').next().unwrap_or_default();
    let sample = ["example", "sample", "template", "dist"].iter().any(|word| name.contains(word));
    !sample && (name == ".env" || name.starts_with(".env.") || name.ends_with(".env"))
}

/// The statements of SQL a call to a database client is given, and the commands of `sqlite3`.
pub(super) fn statements<'r>(call: &Call<'r>) -> Vec<&'r str> {
    let mut found = Vec::new();
    let valued: &[&str] = match call.program {
        "psql" => &["-c", "--command"],
        "mysql" | "mariadb" => &["-e", "--execute"],
        "sqlite3" => &[],
        "mongosh" | "mongo" => &["--eval", "-eval"],
        "cqlsh" | "clickhouse-client" => &["-e", "-q", "--query", "--execute"],
        _ => return found,
    };
    let args = call.args();
    for (at, word) in args.iter().enumerate() {
        let text = word.text.as_str();
        if valued.contains(&text) {
            found.extend(args.get(at + 1).map(|next| next.text.as_str()));
        } else if let Some((_, value)) = text.split_once('=').filter(|(name, _)| valued.contains(name)) {
            found.push(value);
        } else if let Some(letters) = text.strip_prefix('-').filter(|rest| !rest.starts_with('-'))
            && valued.iter().any(|option| option.len() == 2 && letters.ends_with(&option[1..]))
            && letters.len() > 1
        {
            // `-Atc 'select 1'`
            found.extend(args.get(at + 1).map(|next| next.text.as_str()));
        }
    }
    if call.program == "sqlite3" {
        found.extend(
            call.operands(&["-separator", "-cmd", "-newline", "-nullvalue"])
                .into_iter()
                .skip(1)
                .map(|w| w.text.as_str()),
        );
    }
    found.extend(call.handed().map(|word| word.text.as_str()));
    found
}

/// What happens to a service.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Change {
    Stops,
    Starts,
    Restarts,
    Reloads,
}

/// What a call does to services, and their names; none named may be all of a compose file.
pub(super) fn service_change<'r>(call: &Call<'r>) -> Option<(Change, Vec<&'r str>)> {
    let (verb, rest): (&str, &[Word]) = match call.program {
        "systemctl" | "supervisorctl" | "rc-service" | "sv" | "pm2" | "brew" => {
            verb(call.args(), &["-H", "-M", "-t", "-s", "-c"])?
        }
        "service" | "invoke-rc.d" => {
            let [name, verb, ..] = call.args() else { return None };
            return Some((change(&verb.text)?, vec![&name.text]));
        }
        _ => match compose(call) {
            Some(found) => found,
            None => {
                let words = docker(call)?;
                (words[0].text.as_str(), &words[1..])
            }
        },
    };
    let names = rest.iter().map(|word| word.text.as_str()).filter(|text| !text.starts_with('-')).collect();
    Some((change(verb)?, names))
}

fn change(verb: &str) -> Option<Change> {
    Some(match verb {
        "stop" | "down" | "kill" => Change::Stops,
        "start" | "up" => Change::Starts,
        "restart" | "try-restart" | "force-reload" => Change::Restarts,
        "reload" | "reload-or-restart" | "gracefulReload" => Change::Reloads,
        _ => return None,
    })
}

/// Whether a command is followed only where it succeeded: `&&`, or a shell that stops at the first error.
pub(super) fn stops_at_errors(calls: &Calls<'_>, call: &Call<'_>) -> bool {
    let sets = |other: &Call<'_>, letter: char, name: &str| {
        let asked = other.texts().any(|text| text == name) && other.has(&["-o"])
            || other.texts().any(|text| {
                text.strip_prefix('-').is_some_and(|letters| !letters.starts_with('-') && letters.contains(letter))
            });
        other.program == "set" && asked
    };
    let shell = || call.place.command.text.contains("bash -e") || call.place.command.text.contains("sh -e");
    calls.before(call).iter().any(|other| sets(other, 'e', "errexit")) || shell()
}

/// Whether a failing first part of a pipe is noticed: `set -o pipefail` stands before.
pub(super) fn has_pipefail(calls: &Calls<'_>, call: &Call<'_>) -> bool {
    let sets = |other: &Call<'_>| other.program == "set" && other.texts().any(|text| text == "pipefail");
    call.place.command.text.contains("pipefail") || calls.before(call).iter().any(sets)
}

/// Whether a text in small letters speaks of putting data back.
pub(super) fn speaks_of_restoring(small: &str) -> bool {
    ["restore", "restoring", "recover", "recovery", "restoration", "wiederherstell", "restaur", "roll back", "rollback"]
        .iter()
        .any(|word| small.contains(word))
        || has_word(small, "ripristin")
}

/// Whether what a call reads comes from `<`, `<<` or a pipe.
pub(super) fn is_fed(call: &Call<'_>) -> bool {
    call.command.piped || call.command.redirects.iter().any(|r| matches!(r, Redirect::Read(_) | Redirect::Text(_)))
}
