//! Putting a backup back: over what is there, into a database that goes on at errors, under a log that belongs to the old one.

use super::acts::{self, Change};
use super::calls::{Call, shorten};
use super::{Context, Kind, Needs, undo};
use crate::command::impact::Impact;
use crate::command::shell::Word;
use crate::runbook::{Finding, Level};

pub(super) const KINDS: &[Kind] = &[SF09, STALE, PSQL];

/// What a call puts back.
pub(super) enum Restored {
    /// Data: a database, a volume, a data folder; and where it goes.
    Data(String),
    /// A file of settings.
    File(String),
}

/// Whether a call puts a backup over what is live, and where.
pub(super) fn restored(context: &Context<'_>, call: &Call<'_>) -> Option<Restored> {
    let restored = match call.program {
        "psql" | "mysql" | "mariadb" => loaded(context, call)?,
        "pg_restore" => {
            let target = call.value("-d", "--dbname")?;
            (!call.has(&["-l", "--list"])).then(|| Restored::Data(target.to_owned()))?
        }
        "mongorestore" => Restored::Data(call.value("-d", "--db").unwrap_or("the database").to_owned()),
        "redis-cli" if call.has(&["--pipe"]) => Restored::Data("Redis".to_owned()),
        "cp" | "mv" | "install" | "rsync" | "scp" | "docker" | "podman" | "rclone" | "aws" | "gsutil" | "gunzip"
        | "zcat" | "gzip" | "cat" | "kubectl" | "zstdcat" | "xzcat" | "openssl" | "gpg" | "age" => {
            copied(context, call)?
        }
        "tar" | "bsdtar" if !acts::is_packing(call) => unpacked(context, call)?,
        "restic" | "borg" | "velero" | "influx" if call.has(&["restore", "extract"]) => {
            let target = call.value("-t", "--target").or_else(|| call.value("", "--target"))?;
            (!is_aside(target)).then(|| Restored::Data(target.to_owned()))?
        }
        _ => return None,
    };
    let (Restored::Data(target) | Restored::File(target)) = &restored;
    (!is_scratch(target) && !call.has(&["--dry-run", "-n", "--dryrun"])).then_some(restored)
}

/// A dump read into a database: `psql … < dump.sql`, `gunzip -c dump.gz | mysql …`.
fn loaded(context: &Context<'_>, call: &Call<'_>) -> Option<Restored> {
    let mut files: Vec<&str> = call.input().map(|word| word.text.as_str()).into_iter().collect();
    files.extend(call.value("-f", "--file"));
    if call.command.piped {
        let beside = context.calls.beside(call);
        let fills = |other: &&Call<'_>| other.number < call.number && !other.command.substituted;
        for other in beside.iter().filter(fills) {
            files.extend(other.input().map(|word| word.text.as_str()));
            files.extend(other.texts().filter(|text| !text.starts_with('-')));
        }
    }
    let dump = files.iter().any(|file| acts::is_backup_path(file) || file.to_lowercase().contains("dump"));
    let spoken = || !files.is_empty() && speaks(context, call);
    if !(dump || spoken()) || call.place.command.impact == Impact::ReadOnly {
        return None;
    }
    let target = call.value("-d", "--dbname").map(str::to_owned);
    let target = target.or_else(|| {
        call.operands(&["-U", "-h", "-p", "-d", "-f", "-v", "-u", "-P", "-e", "-c"])
            .first()
            .map(|word| call.written(word).to_owned())
    });
    Some(Restored::Data(shorten(target.as_deref().unwrap_or("the database").trim_matches(['"', '\'']))))
}

/// A copy of a backup to where the live thing is.
fn copied(context: &Context<'_>, call: &Call<'_>) -> Option<Restored> {
    let (from, to) = copy(call)?;
    let target = without_host(call.written(to)).trim_matches(['"', '\'']);
    let source = call.written(from);
    let data = is_sqlite(context, target)
        || is_sqlite(context, source)
        || target.contains("/var/lib/")
        || target.ends_with(".rdb");
    let from_backup = acts::is_backup_path(source)
        || ["restore", "recover"].iter().any(|word| source.contains(word))
        || acts::is_way_back(source)
        || is_fetched(context, call, source)
        || [".orig", ".old", ".save"].iter().any(|end| source.trim_end_matches(['"', '\'']).ends_with(end));
    let kept = acts::is_backup_path(target) || acts::is_put_aside(target) || target.contains("restore");
    let live = !is_aside(target) && !kept;
    if !live || !(from_backup || data && speaks(context, call)) {
        return None;
    }
    let settings = target.starts_with("/etc/")
        || acts::is_env_file(target)
        || target.ends_with(".conf")
        || target.contains("sites-");
    match (data, settings) {
        (true, _) => Some(Restored::Data(shorten(target))),
        (false, true) => Some(Restored::File(shorten(target))),
        // A release or a program that is put back is no data.
        _ => None,
    }
}

/// Whether a file was brought here before, from where backups are kept.
fn is_fetched(context: &Context<'_>, call: &Call<'_>, path: &str) -> bool {
    let brings = |other: &Call<'_>| {
        matches!(other.program, "rclone" | "aws" | "gsutil" | "scp" | "rsync" | "mc" | "s3cmd")
            && copy(other).is_some_and(|(from, to)| from.text.contains(':') && call.written(to) == path)
    };
    path.contains('/') && context.calls.before(call).iter().any(brings)
}

/// Where a call copies from and to.
fn copy<'r>(call: &Call<'r>) -> Option<(&'r Word, &'r Word)> {
    let operands = match call.program {
        "docker" | "podman" | "kubectl" => {
            let (verb, rest) = acts::verb(call.args(), &["-n", "--namespace", "--context"])?;
            if verb != "cp" {
                return None;
            }
            rest.iter().filter(|word| !word.text.starts_with('-')).collect()
        }
        "rclone" if matches!(call.arg(0), "copy" | "copyto" | "sync" | "move" | "moveto") => {
            call.operands(&[]).split_off(1)
        }
        "aws" if call.arg(0) == "s3" && matches!(call.arg(1), "cp" | "sync" | "mv") => {
            call.operands(&["--profile", "--region"]).split_off(2)
        }
        "gsutil" => call.operands(&[]).split_off(1),
        "cp" | "mv" | "install" | "rsync" | "scp" => call.operands(&["-m", "-o", "-g", "-i", "-P", "-e", "--exclude"]),
        "rclone" | "aws" => return None,
        // `gunzip -c x.gz > app.db`, `cat x > app.db`
        _ => {
            let to = call.redirected().next()?;
            let from = call.operands(&[]).first().copied().or_else(|| call.input())?;
            return Some((from, to));
        }
    };
    match operands.as_slice() {
        [from, .., to] => Some((from, to)),
        _ => None,
    }
}

/// An archive that is unpacked where the live data is.
fn unpacked(context: &Context<'_>, call: &Call<'_>) -> Option<Restored> {
    let unpacks = call.flag('x', "--extract")
        || call.arg(0).starts_with('x')
        || call.arg(0).contains('x') && !call.arg(0).contains('/');
    let archive = call.texts().any(acts::is_backup_path) || speaks(context, call);
    let target = call.value("-C", "--directory").unwrap_or(".");
    (unpacks && archive && !is_aside(target) && target != ".").then(|| Restored::Data(target.to_owned()))
}

/// `root@host:/srv/app.db`, `container:/data/app.db` without what stands before the colon.
fn without_host(path: &str) -> &str {
    match path.split_once(":/") {
        Some((before, _)) if !before.contains('/') => &path[before.len() + 1..],
        _ => path,
    }
}

/// Whether the words around a call speak of putting data back.
fn speaks(context: &Context<'_>, call: &Call<'_>) -> bool {
    acts::speaks_of_restoring(&context.near.said(&call.place))
        || acts::speaks_of_restoring(&context.near.titles(&call.place))
}

/// A place where nothing lives: `/tmp`, a mounted spare disk.
fn is_aside(path: &str) -> bool {
    let path = path.trim_matches(['"', '\'']);
    ["/tmp", "/var/tmp", "/mnt", "/media", "./", "~/"].iter().any(|start| path.starts_with(start))
        || path == "."
        || !path.contains('/') && !path.contains('.')
}

/// A database or folder that is there for trying: `restore_test`, `scratch`.
pub(super) fn is_scratch(target: &str) -> bool {
    let small = target.to_lowercase();
    let words = [
        "test", "tests", "scratch", "verify", "tmp", "temp", "staging", "drill", "sandbox", "restored", "recovered",
        "copy", "new", "check", "try", "restore",
    ];
    small.split(|c: char| !c.is_alphanumeric()).any(|part| words.contains(&part))
        || small.contains("s3://")
        || small.contains("gs://")
}

const SF09: Kind = Kind {
    id: "SF09",
    level: Level::Warning,
    needs: Needs::Document,
    what: "A backup is put over what is live, and what is there now is kept nowhere.",
    why: "What is broken may still hold the last hours that the backup does not. If the backup is empty or too old, the only copy was just overwritten.",
    wrong: "# Ops\n\n## Proxy broken\n\n**Fix:**\n```bash\nsudo cp /etc/nginx/nginx.conf.bak /etc/nginx/nginx.conf\nsudo nginx -t && sudo systemctl reload nginx\n```\n",
    right: "# Ops\n\n## Proxy broken\n\n**Fix:**\n```bash\nsudo cp /etc/nginx/nginx.conf /etc/nginx/nginx.conf.$(date +%s)\nsudo cp /etc/nginx/nginx.conf.bak /etc/nginx/nginx.conf\nsudo nginx -t && sudo systemctl reload nginx\n```\n",
    check: Some(|context, found| {
        found.extend(context.calls.all().iter().filter_map(|call| overwrites(context, call)));
    }),
};

fn overwrites(context: &Context<'_>, call: &Call<'_>) -> Option<Finding> {
    let (Restored::Data(target) | Restored::File(target)) = restored(context, call)?;
    let moved = |other: &Call<'_>| {
        matches!(other.program, "cp" | "mv") && other.operands(&[]).first().is_some_and(|from| from.text == target)
    };
    let kept = context.calls.copied_before(call) || context.calls.before(call).iter().any(moved);
    if kept || call.has(&["-b", "--backup"]) || undo::goes_back(context, call) && call.place.procedure.is_some() {
        return None;
    }
    let message = format!("this puts a backup over `{target}`, and what is there now is kept nowhere");
    Some(call.finding(&SF09, message, format!("copy it first: `cp -p {target} {target}.$(date +%s)`")))
}

const STALE: Kind = Kind {
    id: "sqlite-restore-stale-wal",
    level: Level::Error,
    needs: Needs::Document,
    what: "A backup of an SQLite database is put in place while the old database's `-wal` and `-shm` files stay beside it.",
    why: "SQLite reads the `-wal` file as the newest part of whatever database lies beside it. After the restore the old state comes back row by row, or the indexes no longer fit their tables.",
    wrong: "# Ops\n\nThe harbour keeps its data in SQLite.\n\n## Restore the database\n\n```bash\nsystemctl stop harbour\ncp -p /srv/harbour/harbour.db /srv/harbour/harbour.db.$(date +%s)\ncp /srv/backups/harbour.db /srv/harbour/harbour.db\nsystemctl start harbour\n```\n",
    right: "# Ops\n\nThe harbour keeps its data in SQLite.\n\n## Restore the database\n\n```bash\nsystemctl stop harbour\ncp -p /srv/harbour/harbour.db /srv/harbour/harbour.db.$(date +%s)\nrm -f /srv/harbour/harbour.db-wal /srv/harbour/harbour.db-shm\ncp /srv/backups/harbour.db /srv/harbour/harbour.db\nsystemctl start harbour\n```\n",
    check: Some(stale),
};

fn stale(context: &Context<'_>, found: &mut Vec<Finding>) {
    let programs = &[
        "cp", "mv", "install", "rsync", "scp", "docker", "podman", "rclone", "aws", "gsutil", "gunzip", "zcat", "gzip",
        "cat", "kubectl", "zstdcat", "xzcat", "zstd", "age", "gpg", "openssl",
    ];
    for call in context.calls.of(programs) {
        let Some(Restored::Data(target)) = restored(context, call) else { continue };
        let joined = copy(call).and_then(|(from, to)| within_folder(call.written(from), call.written(to)));
        let path = joined.as_deref().unwrap_or(&target);
        if !is_sqlite(context, path) || clears_log(context, call) {
            continue;
        }
        let name = path.rsplit('/').next().unwrap_or(path);
        let message = format!(
            "`{name}-wal` and `{name}-shm` of the old database stay beside the restored one: SQLite mixes them"
        );
        let help = format!("with the service stopped: `rm -f {path}-wal {path}-shm`, then put the file in place");
        found.push(call.finding(&STALE, message, help));
    }
}

/// `cp /backups/app.db /srv/app/` writes `/srv/app/app.db`.
fn within_folder(from: &str, to: &str) -> Option<String> {
    let name = from.trim_matches(['"', '\'']).rsplit('/').next()?;
    to.trim_matches(['"', '\'']).strip_suffix('/').map(|folder| format!("{folder}/{name}"))
}

/// Whether the procedure clears the old log away, or says so.
fn clears_log(context: &Context<'_>, call: &Call<'_>) -> bool {
    let clears = |other: &Call<'_>| {
        matches!(other.program, "rm" | "mv" | "unlink" | "find")
            && other.texts().any(|text| {
                names_log(text)
                    || text.contains(".db*")
                    || text.contains(".db-*")
                    || text.contains(".sqlite*")
                    || text.contains(".sqlite3*")
                    || text.contains(".sqlite-*")
                    || text.contains("{,-wal")
            })
    };
    let calls = context.calls.around(call);
    calls.iter().any(clears) || said_in_words(context, call)
}

fn said_in_words(context: &Context<'_>, call: &Call<'_>) -> bool {
    let Some(page) = context.near.page(&call.place.step.source) else { return false };
    let source = call.place.procedure.map_or(&call.place.step.source, |procedure| &procedure.source);
    let line = call.place.command.line;
    let text = page.lower_lines(source.line.max(line.saturating_sub(200)), (source.end_line + 1).min(line + 200));
    names_log(text) || text.contains("wal file") || text.contains("wal/shm")
}

/// `app.db-wal`, `{,-wal,-shm}`; not `app-wallet`.
fn names_log(text: &str) -> bool {
    text.match_indices("-wal").any(|(at, word)| !text[at + word.len()..].starts_with(|c: char| c.is_alphanumeric()))
}

/// Whether a path is an SQLite database: by its ending, and where that may be another's, by what the documents say.
pub(super) fn is_sqlite(context: &Context<'_>, path: &str) -> bool {
    let path = path.trim_matches(['"', '\'']).to_lowercase();
    let ends = |ending: &str| path.ends_with(ending);
    ends(".sqlite") || ends(".sqlite3") || ends(".db3") || (ends(".db") && context.near.mentions("sqlite"))
}

/// Whether a service was stopped before and not started again; a document whose sections are its steps may have done
/// so in another one.
pub(super) fn is_stopped(context: &Context<'_>, call: &Call<'_>) -> bool {
    let file = &call.place.step.source.file;
    let before =
        context.calls.all()[..call.number].iter().rev().take_while(|other| other.place.step.source.file == *file);
    let last = before.take(200).find_map(|other| {
        let scaled = other.texts().any(|text| text == "--replicas=0");
        if scaled { Some(Change::Stops) } else { acts::service_change(other).map(|(change, _)| change) }
    });
    last == Some(Change::Stops)
}

const PSQL: Kind = Kind {
    id: "psql-continues",
    level: Level::Error,
    needs: Needs::Document,
    what: "A file of SQL is fed to `psql`, which goes on after an error and ends with 0.",
    why: "Into a database that is not empty, a restore fails statement by statement, the rest is applied, and `psql` ends as if all were well. A dump that was cut off restores no rows, and ends with 0 too.",
    wrong: "# Ops\n\n## Restore the database\n\n```bash\ngunzip -c /srv/backups/harbour.sql.gz | psql \"$DATABASE_URL\"\n```\n",
    right: "# Ops\n\n## Restore the database\n\n```bash\ngunzip -c /srv/backups/harbour.sql.gz | psql -X -v ON_ERROR_STOP=1 -1 -d harbour_restored\n```\n",
    check: Some(|context, found| {
        found.extend(context.calls.of(&["psql"]).filter_map(|call| goes_on(context, call)));
    }),
};

fn goes_on(context: &Context<'_>, call: &Call<'_>) -> Option<Finding> {
    let file = call.value("-f", "--file");
    let handed = call.handed().is_some();
    let fed = file.is_some() || acts::is_fed(call);
    let asks = call.texts().any(|text| text == "-l" || text == "--list")
        || (file.is_none() && !acts::statements(call).is_empty() && !handed);
    if !fed || asks || call.place.command.impact == Impact::ReadOnly {
        return None;
    }
    let stops = |text: &str| text.contains("ON_ERROR_STOP");
    let set = call.texts().any(stops) || stops(&call.place.command.text);
    let settings = context.calls.before(call).iter().any(|other| other.texts().any(stops));
    if set || settings {
        return None;
    }
    let message =
        "`psql` goes on after an error and ends with 0: a restore that failed half-way looks like one that worked";
    let help =
        "add `-v ON_ERROR_STOP=1`, and `-1` so that all of it or nothing is applied; try it on a spare database first";
    let finding = call.finding(&PSQL, message, help);
    match call.behind_program(&context.near) {
        Some(bytes) => Some(finding.mended_by(bytes, " -v ON_ERROR_STOP=1")),
        None => Some(finding),
    }
}
