//! Backups that are none: failures that nobody sees, copies of a file that is being written, copies in the wrong place.

use std::sync::LazyLock;

use regex::Regex;

use super::acts;
use super::calls::Call;
use super::near::{has_any, has_word};
use super::restore::{self, is_sqlite};
use super::{Context, Kind, Needs};
use crate::command::impact::Impact;
use crate::command::shell::Word;
use crate::pattern::any_of;
use crate::runbook::{Finding, Level};
use crate::source::Source;

pub(super) const KINDS: &[Kind] = &[PIPE, LIVE, STEPPED, TMP, SHARED];

const PIPE: Kind = Kind {
    id: "pipe-hides-failure",
    level: Level::Error,
    needs: Needs::Document,
    what: "A backup or a change fails, and what is run goes on as if it had worked.",
    why: "A pipe ends as its last program does: `pg_dump | gzip > FILE` with a wrong password leaves 20 bytes and ends with 0. A dump written with `>` leaves an empty file, and the next pasted line is run all the same.",
    wrong: "# Ops\n\n## Back up the database\n\n```bash\npg_dump harbour | gzip > /srv/backups/harbour.sql.gz\n```\n",
    right: "# Ops\n\n## Back up the database\n\n```bash\npg_dump -Fc -f /srv/backups/harbour.dump harbour && pg_restore -l /srv/backups/harbour.dump > /dev/null\n```\n",
    check: Some(|context, found| {
        found.extend(context.calls.all().iter().filter_map(|call| failure_unseen(context, call)));
    }),
};

fn failure_unseen(context: &Context<'_>, call: &Call<'_>) -> Option<Finding> {
    let dumps = is_dump(call);
    if let Some(reader) = context.calls.reader(call) {
        let changes = reader.program == "tee" && changes_surely(call);
        if !(dumps && keeps(context, reader) || changes) || acts::has_pipefail(&context.calls, call) {
            return None;
        }
        let message =
            format!("if `{}` fails, nobody sees it: the pipe ends as `{}` does", call.short(1), reader.program);
        let help = if dumps {
            "write without a pipe (`pg_dump -Fc -f FILE`, `mysqldump --result-file=FILE`), or put `set -o pipefail` before it"
        } else {
            "put `set -o pipefail` before it"
        };
        return Some(call.finding(&PIPE, message, help));
    }
    if !dumps || call.command.substituted || call.redirected().next().is_none() {
        return None;
    }
    let next = relied_on(context, call)?;
    let message =
        format!("if `{}` fails, it leaves an empty file and `{}` is run all the same", call.short(1), next.short(2));
    let help = "join them with `&&`, or put `set -e` before, and look whether the file is whole before going on";
    Some(call.finding(&PIPE, message, help))
}

/// Programs that write a database or a tree to their output.
fn is_dump(call: &Call<'_>) -> bool {
    match call.program {
        "pg_dump" | "pg_dumpall" | "mysqldump" | "mariadb-dump" | "pg_basebackup" | "xtrabackup" | "mariabackup" => {
            true
        }
        "mongodump" => call.texts().any(|text| text.starts_with("--archive")),
        "tar" | "bsdtar" => {
            acts::is_packing(call)
                && (call.redirected().next().is_some() || !call.flag('f', "--file") || call.has(&["-"]))
        }
        "sqlite3" => acts::statements(call).iter().any(|text| text.trim_start().starts_with(".dump")),
        "slapcat" | "influxd" => true,
        "zfs" => call.arg(0) == "send",
        _ => false,
    }
}

/// Whether what a dump is piped into keeps it: a packer, a file, another host.
fn keeps(context: &Context<'_>, reader: &Call<'_>) -> bool {
    let mut at = Some(reader);
    let mut seen = 0;
    while let Some(call) = at.filter(|_| seen < 8) {
        let packs = matches!(
            call.program,
            "gzip"
                | "pigz"
                | "zstd"
                | "xz"
                | "bzip2"
                | "lz4"
                | "openssl"
                | "gpg"
                | "age"
                | "aws"
                | "rclone"
                | "gsutil"
                | "ssh"
                | "cat"
                | "tee"
                | "split"
                | "mc"
                | "s3cmd"
                | "restic"
                | "dd"
                | "pv"
        );
        if packs || call.redirected().next().is_some() {
            return true;
        }
        at = context.calls.reader(call);
        seen += 1;
    }
    // Into another database it goes at once: that is no backup.
    false
}

/// A change or a script of the team whose failure matters.
fn changes_surely(call: &Call<'_>) -> bool {
    let script = call.command.words.first().is_some_and(|word| word.text.contains('/') || word.text.ends_with(".sh"));
    let known = matches!(
        call.program,
        "make"
            | "ansible-playbook"
            | "terraform"
            | "helm"
            | "docker"
            | "docker-compose"
            | "kubectl"
            | "npm"
            | "npx"
            | "yarn"
            | "pnpm"
            | "apt"
            | "apt-get"
            | "rsync"
            | "psql"
            | "mysql"
            | "pg_restore"
            | "rails"
            | "rake"
            | "alembic"
            | "flyway"
    );
    (script || known)
        && call.place.command.impact > Impact::ReadOnly
        && !call.has(&["logs", "ps", "get", "list", "plan", "status"])
}

/// The change that follows in the same block and counts on the dump, where nothing between looks at it.
fn relied_on<'c, 'r>(context: &'c Context<'r>, call: &Call<'_>) -> Option<&'c Call<'r>> {
    if acts::stops_at_errors(&context.calls, call) {
        return None;
    }
    let text = &call.place.command.text;
    let behind = text.get(call.span().end..).unwrap_or_default();
    if behind.contains("&&") || behind.contains("||") {
        return None;
    }
    let file = call.redirected().next()?.text.as_str();
    let here = context.near.fence(&call.place)?.lines.clone();
    for next in context.calls.after(call).iter().take_while(|next| here.contains(&next.place.command.line)) {
        let checks = matches!(
            next.program,
            "test" | "[" | "[[" | "ls" | "stat" | "wc" | "du" | "gzip" | "head" | "tail" | "file" | "pg_restore"
        ) && next.texts().any(|text| text.contains(file) || file.contains(text) && text.len() > 4);
        if checks {
            return None;
        }
        if next.place.command.impact > Impact::ReadOnly && !next.command.substituted && !acts::backs_up(next) {
            return Some(next);
        }
    }
    None
}

const LIVE: Kind = Kind {
    id: "sqlite-live-cp",
    level: Level::Error,
    needs: Needs::Document,
    what: "An SQLite database is copied as a file while the service writes to it.",
    why: "The newest pages are in the `-wal` file and others change while they are read: of twelve such copies of a busy database two failed their integrity check. Nobody sees that before the copy is needed.",
    wrong: "# Ops\n\nThe harbour keeps its data in SQLite.\n\n## Back up\n\n```bash\ncp /srv/harbour/harbour.db /srv/backups/harbour-$(date +%F).db\n```\n",
    right: "# Ops\n\nThe harbour keeps its data in SQLite.\n\n## Back up\n\n```bash\nsqlite3 /srv/harbour/harbour.db \"VACUUM INTO '/srv/backups/harbour.db'\"\n```\n",
    check: Some(|context, found| {
        let programs = &[
            "cp", "rsync", "scp", "tar", "docker", "podman", "kubectl", "aws", "rclone", "gsutil", "gzip", "cat", "zip",
        ];
        found.extend(context.calls.of(programs).filter_map(|call| copies_live(context, call)));
    }),
};

fn copies_live(context: &Context<'_>, call: &Call<'_>) -> Option<Finding> {
    let mut read = call.operands(&["-e", "-i", "-P", "--exclude", "-C", "-f"]);
    match call.program {
        "cp" | "rsync" | "scp" => drop(read.pop()),
        "docker" | "podman" | "kubectl" | "aws" | "rclone" | "gsutil" => {
            let copies = read.iter().any(|word| matches!(word.text.as_str(), "cp" | "copy" | "copyto"));
            read.pop().filter(|_| copies)?;
        }
        "tar" if !acts::is_packing(call) => return None,
        "gzip" if call.flag('d', "--decompress") => return None,
        "cat" if call.redirected().next().is_none() => return None,
        _ => {}
    }
    let live = |word: &&&Word| {
        let path = call.written(word).trim_matches(['"', '\'']);
        // What lies in a store of `rclone` is written to by nobody.
        let stored = call.program == "rclone" && path.contains(':');
        let aside = stored
            || ["/tmp", "/var/tmp"].iter().any(|start| path.starts_with(start))
            || acts::is_backup_path(path)
            || path.contains("restore")
            || path.contains("://");
        is_sqlite(context, path) && !aside
    };
    let source = read.iter().find(live)?;
    let titles = || context.near.titles(&call.place) + &context.near.said(&call.place);
    if restore::is_stopped(context, call)
        || acts::speaks_of_restoring(&titles()) && restore::restored(context, call).is_some()
    {
        return None;
    }
    if has_any(&titles(), &["stopped", "offline", "after stopping", "while the service is down"]) {
        return None;
    }
    let message = format!(
        "`{}` is copied while it may be written to: such a copy can be broken, and looks whole",
        call.written(source)
    );
    let help =
        "let SQLite copy it: `sqlite3 FILE \".backup 'COPY'\"` or `VACUUM INTO 'COPY'`; or stop the service first";
    Some(call.finding(&LIVE, message, help))
}

const STEPPED: Kind = Kind {
    id: "sqlite-stepped-backup-starves",
    level: Level::Warning,
    needs: Needs::Document,
    what: "An SQLite backup is made a few pages at a time while others write.",
    why: "Each write by another process makes the backup start again from the first page. Steps of 16 pages were still restarting after seconds and thousands of steps, where one step over all pages took a third of a second.",
    wrong: "# Ops\n\n## Back up\n\n```python\nsource.backup(copy, pages=16, sleep=0.005)\n```\n",
    right: "# Ops\n\n## Back up\n\n```python\nsource.backup(copy, pages=-1)\n```\n",
    check: Some(stepped),
};

fn stepped(context: &Context<'_>, found: &mut Vec<Finding>) {
    const STEPS: &[&str] = &["pages", "backup_step(", "run_to_completion(", "backup.step("];
    for page in context.near.pages() {
        if !STEPS.iter().any(|word| page.lower().contains(word)) {
            continue;
        }
        for at in &page.fences {
            for line in &at.fence.lines {
                let Some(pages) = few_pages(&line.text) else { continue };
                let source = page.lines.source(line.start..line.start + line.text.len());
                let message =
                    format!("the backup copies {pages} pages at a time and starts again whenever somebody writes");
                found.push(Finding::new(
                    &STEPPED, source, message, "copy all pages in one step (-1), or use `VACUUM INTO`",
                ));
            }
        }
    }
}

/// `backup(copy, pages=16)`, `sqlite3_backup_step(b, 16)`, `backup.step(16)`, `run_to_completion(16, …)`.
fn few_pages(line: &str) -> Option<u32> {
    if !line.contains("backup") && !line.contains("run_to_completion") {
        return None;
    }
    let number = |text: &str| {
        let digits: String = text.trim_start().chars().take_while(char::is_ascii_digit).collect();
        digits.parse::<u32>().ok().filter(|pages| (1..10_000).contains(pages))
    };
    let behind = |word: &str| line.find(word).map(|at| &line[at + word.len()..]);
    if let Some(rest) = behind("backup(").and_then(|rest| rest.split_once("pages")).map(|(_, rest)| rest) {
        return number(rest.trim_start().strip_prefix(['=', ':'])?);
    }
    if let Some(rest) = behind("backup_step(") {
        return number(rest.split_once(',')?.1);
    }
    ["backup.step(", "run_to_completion("].iter().find_map(|word| behind(word)).and_then(number)
}

const TMP: Kind = Kind {
    id: "backup-in-tmp",
    level: Level::Warning,
    needs: Needs::Document,
    what: "A backup is written to `/tmp`.",
    why: "Every user of the machine can read there unless the file was protected first, the name can be guessed, a reboot or a cleaner empties the folder, and it often lies on the disk that is about to be full.",
    wrong: "# Ops\n\n## Back up the mail\n\n```bash\ntar czf /tmp/mail-$(date +%F).tar.gz /srv/mail\n```\n",
    right: "# Ops\n\n## Back up the mail\n\n```bash\numask 077\ntar czf /srv/backups/mail-$(date +%F).tar.gz /srv/mail\n```\n",
    check: Some(|context, found| {
        found.extend(context.calls.all().iter().filter_map(|call| backs_up_to_tmp(context, call)))
    }),
};

fn backs_up_to_tmp(context: &Context<'_>, call: &Call<'_>) -> Option<Finding> {
    let holds_data = is_dump(call)
        || matches!(call.program, "tar" | "bsdtar") && acts::is_packing(call)
        || matches!(call.program, "pg_dump" | "mongodump" | "sqlite3" | "zip") && acts::backs_up(call);
    if !holds_data || call.around.container.is_some() {
        return None;
    }
    let in_tmp = |text: &str| text.starts_with("/tmp/") || text.starts_with("/var/tmp/");
    let beside = context.calls.beside(call);
    let redirected = beside.iter().flat_map(Call::redirected).map(|word| word.text.as_str());
    let named = call.texts().map(|text| text.rsplit_once('=').map_or(text, |(_, value)| value));
    let target = match call.program {
        "tar" | "bsdtar" => acts::archive(call).into_iter().chain(redirected).find(|text| in_tmp(text))?,
        _ => named.chain(redirected).find(|text| in_tmp(text))?,
    };
    let guarded = |other: &Call<'_>| matches!(other.program, "umask" | "mktemp" | "chmod");
    let calls = context.calls.around(call);
    let moved_on = |other: &Call<'_>| {
        matches!(
            other.program,
            "rm" | "mv" | "scp" | "rsync" | "aws" | "rclone" | "gsutil" | "docker" | "kubectl" | "shred"
        ) && other.texts().any(|text| text.contains(target))
    };
    if calls.iter().any(|other| guarded(other) || other.number > call.number && moved_on(other)) {
        return None;
    }
    let message =
        format!("the backup is written to `{target}`, where every user can read it and the next cleaning removes it");
    Some(call.finding(&TMP, message, "write it to a folder that only root can read, with `umask 077` before"))
}

const SHARED: Kind = Kind {
    id: "backup-credentials-shared",
    level: Level::Warning,
    needs: Needs::Document,
    what: "The backup is written with credentials that the application has too.",
    why: "Whoever breaks into the application can then delete the backups as well, which is what extortionists do first.",
    wrong: "# Ops\n\n## Backup\n\n- **Credentials:** sourced from `/etc/harbour/store.env` (`S3_ACCESS_KEY_ID`, `S3_SECRET_ACCESS_KEY`)\n",
    right: "# Ops\n\n## Backup\n\n- **Credentials:** `/root/.config/rclone/rclone.conf`, a key of its own that may write and not delete\n",
    check: Some(shared),
};

static ENV: LazyLock<Regex> = LazyLock::new(|| any_of(&[".env"]));

fn shared(context: &Context<'_>, found: &mut Vec<Finding>) {
    for page in context.near.pages() {
        if !page.lower().contains(".env") || !page.lower().contains("backup") {
            continue;
        }
        for prose in page.prose_with(&ENV) {
            let small = page.lower().get(prose.span.clone()).unwrap_or_default();
            let credentials =
                has_any(small, &["credentials", "credential", "access key", "access keys", "keys", "token", "secret"])
                    || small.contains("access_key");
            let heading = prose.heading.map(|at| page.headings[at].small()).unwrap_or_default();
            let of_backup =
                |text: &str| text.contains("backup") || has_word(text, "rclone") || has_word(text, "restic");
            // A file of its own is what is wanted.
            let own = prose
                .text
                .codes()
                .any(|code| code.text.contains(".env") && code.text.to_lowercase().contains("backup"));
            let taken = ["sourced", "taken from", "read from", "from", "same", "reuse", "shared", "uses"]
                .iter()
                .any(|word| has_word(small, word));
            let app = prose.text.codes().find(|code| acts::is_env_file(code.text.trim()));
            let (true, true, true, false, Some(app)) =
                (credentials, taken, of_backup(&heading) || of_backup(small), own, app)
            else {
                continue;
            };
            let source = Source { ..page.lines.source(app.span.clone()) };
            let message =
                format!("the backup is written with the application's own credentials (`{}`)", app.text.trim());
            let help =
                "give the backup a key of its own that may write and not delete, in a file that only root can read";
            found.push(Finding::new(&SHARED, source, message, help));
        }
    }
}
