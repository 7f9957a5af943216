//! Commands that take the way back: backups, the images and releases one would return to, the traces of what happened.

use std::collections::HashMap;
use std::sync::LazyLock;

use regex::Regex;

use super::acts;
use super::calls::Call;
use super::near::has_any;
use super::{Context, Kind, Needs};
use crate::command::shell::{Redirect, Word};
use crate::pattern::any_of;
use crate::runbook::{Finding, Level};

pub(super) const KINDS: &[Kind] = &[SF03, SF04, AGE, PRUNE];

const SF03: Kind = Kind {
    id: "SF03",
    level: Level::Error,
    needs: Needs::Document,
    what: "A command deletes backups, or what one would go back to.",
    why: "It is typed in the middle of a trouble, and what it deletes is what would help if the next step goes wrong. A pattern also takes the file that is being written at that moment.",
    wrong: "# Ops\n\n## Disk full\n\n**Fix:**\n```bash\nrm -f /srv/backups/*.sql.gz\n```\n",
    right: "# Ops\n\n## Disk full\n\n**Fix:**\n```bash\n# Keeps the seven newest\nls -1t /srv/backups/*.sql.gz | tail -n +8 | xargs -r rm --\n```\n",
    check: Some(|context, found| {
        let programs = &[
            "rm", "unlink", "shred", "trash", "find", "gfind", "rclone", "aws", "gsutil", "mc", "s3cmd", "truncate",
            "srm",
        ];
        found.extend(context.calls.of(programs).filter_map(|call| deletes_backups(context, call)));
    }),
};

fn deletes_backups(context: &Context<'_>, call: &Call<'_>) -> Option<Finding> {
    let named = acts::removed(&context.calls, call);
    if named.is_empty() || call.around.wrappers.last().is_some_and(|last| last == "find" || last == "xargs") {
        return None;
    }
    let target = named.iter().copied().find(|word| {
        let path = call.written(word);
        acts::is_backup_path(path) || acts::is_way_back(path)
    });
    let said = || context.near.said(&call.place);
    let target = match target {
        Some(target) => target,
        // The comment says what they are, whatever they are called.
        None => named.iter().copied().find(|word| word.text.contains('*')).filter(|_| {
            let said = said();
            has_any(
                &said,
                &["backup", "backups", "dump", "dumps", "snapshots", "sauvegarde", "copia de seguridad", "yedek"],
            )
        })?,
    };
    let path = call.written(target);
    if is_made_here(context, call, path) || keeps_some(context, call) {
        return None;
    }
    let passing = ["/tmp/", "/var/tmp/"].iter().any(|folder| path.starts_with(folder));
    let (message, help) = if passing {
        (
            format!("`{}` also deletes what a backup that runs at that moment is writing: `{path}`", call.short(3)),
            "wait until no backup runs, or delete only what is old: `find … -mmin +120 -delete`",
        )
    } else {
        (
            format!("`{}` deletes what one would go back to: `{path}`", call.short(3)),
            "keep the newest ones by count, and delete none before a newer one was checked",
        )
    };
    Some(call.finding(&SF03, message, help))
}

/// A copy that the same procedure made or fetched is cleared away at its end.
fn is_made_here(context: &Context<'_>, call: &Call<'_>, path: &str) -> bool {
    let whole = !path.contains(['*', '?']);
    let known = |other: &Call<'_>| {
        !matches!(other.program, "ls" | "du" | "rm" | "stat" | "df")
            && (other.texts().any(|text| text.contains(path)) || other.redirected().any(|word| word.text == path))
    };
    whole && context.calls.before(call).iter().any(known)
}

/// Whether what is deleted is told by count: `ls -t | tail -n +8`, or counted before.
fn keeps_some(context: &Context<'_>, call: &Call<'_>) -> bool {
    context.calls.beside(call).iter().any(|other| match other.program {
        "tail" => other.texts().any(|text| text.starts_with('+') || text.starts_with("-n+")),
        "head" => other.texts().any(|text| text.starts_with("-n-") || (text.starts_with('-') && text.len() > 2)),
        "wc" | "[" | "test" | "[[" => true,
        _ => false,
    })
}

const AGE: Kind = Kind {
    id: "age-delete-last-backup",
    level: Level::Error,
    needs: Needs::Document,
    what: "Backups are deleted by their age alone.",
    why: "When the backup job has failed for a week, all backups are older than a week: `find DIR -mtime +7 -delete` then deletes every one of them and ends with 0.",
    wrong: "# Ops\n\n## Disk full\n\n**Fix:**\n```bash\nfind /srv/backups -mtime +7 -delete\n```\n",
    right: "# Ops\n\n## Disk full\n\n**Fix:**\n```bash\n# Deletes old ones only where a fresh one is there\n[ -n \"$(find /srv/backups -mtime -1 -size +1k)\" ] && find /srv/backups -mtime +7 -delete\n```\n",
    check: Some(|context, found| {
        let programs = &["find", "gfind", "rclone", "mc", "tmpwatch", "tmpreaper"];
        found.extend(context.calls.of(programs).filter_map(|call| deletes_by_age(context, call)));
    }),
};

fn deletes_by_age(context: &Context<'_>, call: &Call<'_>) -> Option<Finding> {
    let places: Vec<&Word> = match call.program {
        "find" | "gfind" => {
            let find = acts::find(&context.calls, call)?;
            if !(find.by_age && find.removes) {
                return None;
            }
            let names = call.args().iter().zip(call.args().iter().skip(1));
            let named =
                names.filter(|(option, _)| matches!(option.text.as_str(), "-name" | "-iname" | "-path" | "-wholename"));
            find.paths.into_iter().chain(named.map(|(_, name)| name)).collect()
        }
        "rclone" if acts::removed(&context.calls, call).is_empty() || call.value("", "--min-age").is_none() => {
            return None;
        }
        "mc" if call.value("", "--older-than").is_none() => return None,
        "rclone" | "mc" => acts::removed(&context.calls, call),
        _ => call.operands(&[]),
    };
    let held = places.into_iter().find(|word| acts::is_backup_path(call.written(word)));
    let spoken = || {
        let said = context.near.said(&call.place);
        has_any(&said, &["backup", "backups", "dumps", "snapshots"])
    };
    if held.is_none() && !spoken() || sees_a_new_one(context, call) {
        return None;
    }
    let message =
        format!("`{}` deletes by age alone: if no new backup was made, it deletes the last one too", call.short(2));
    let help = "delete only where a newer backup was found and checked, or keep a number of them whatever their age";
    Some(call.finding(&AGE, message, help))
}

/// Whether it was seen before that a new one is there, and the deleting depends on it or follows in the same breath.
fn sees_a_new_one(context: &Context<'_>, call: &Call<'_>) -> bool {
    let fresh = |other: &Call<'_>| {
        let new = other.program == "find"
            && other.texts().any(|text| text.starts_with('-') && text[1..].starts_with(|c: char| c.is_ascii_digit()));
        new || matches!(other.program, "[" | "test" | "[[" | "wc")
            || other.texts().any(|text| text.starts_with("$(find") && text.contains("-mtime -"))
    };
    let beside = || context.calls.beside(call);
    let made = beside().iter().any(|other| other.number < call.number && acts::backs_up(other))
        && call.place.command.text.contains("&&");
    made || beside().iter().any(|other| other.number != call.number && fresh(other))
        || context
            .calls
            .before(call)
            .iter()
            .any(|other| fresh(other) && (other.texts().any(acts::is_backup_path) || other.program == "find"))
}

const PRUNE: Kind = Kind {
    id: "prune-eats-rollback",
    level: Level::Error,
    needs: Needs::Document,
    what: "A cleaning command deletes every image that no container uses, the one to roll back to among them.",
    why: "`docker image prune -a` and `docker system prune -a` delete each image without a container. The image of the release before is just that: after it, going back means pulling or building it again, if it still can be had.",
    wrong: "# Ops\n\n## Disk full\n\n**Fix:**\n```bash\ndocker system prune -a\n```\n",
    right: "# Ops\n\n## Disk full\n\n**Fix:**\n```bash\n# Only what no tag names any more\ndocker image ls --filter dangling=true\ndocker image prune -f\n```\n",
    check: Some(prunes),
};

fn prunes(context: &Context<'_>, found: &mut Vec<Finding>) {
    // Where a document goes back to an earlier image is looked up once for each document.
    let mut back: HashMap<usize, Option<u32>> = HashMap::new();
    for call in context.calls.of(&["docker", "podman", "nerdctl", "crictl"]) {
        if prunes_images(call) {
            let file = context.near.section(&call.place).0;
            let line = *back.entry(file).or_insert_with(|| rollback_by_image(context, call));
            let needed = line.map_or(String::new(), |line| format!(", also the one that line {line} goes back to"));
            let message = format!("`{}` deletes every image that no container uses{needed}", call.short(4));
            let help =
                "leave `-a` out, or keep the last releases: `--filter \"label!=keep\"`, or remove old tags by name";
            found.push(call.finding(&PRUNE, message, help));
        }
    }
}

fn prunes_images(call: &Call<'_>) -> bool {
    let words = match call.program {
        "crictl" => call.args(),
        _ => acts::docker(call).unwrap_or_default(),
    };
    let texts: Vec<&str> = words.iter().map(|word| word.text.as_str()).collect();
    let filtered = texts.iter().any(|text| text.starts_with("--filter"));
    match texts.as_slice() {
        ["system" | "image", "prune", ..] => acts::given(words, 'a', "--all") && !filtered,
        ["rmi", ..] if call.program == "crictl" => texts.contains(&"--prune"),
        ["rmi", rest @ ..] | ["image", "rm", rest @ ..] => rest.iter().any(|text| {
            text.starts_with("$(") && text.contains("images") && !text.contains("dangling") && !text.contains("grep")
        }),
        _ => false,
    }
}

static BACK: LazyLock<Regex> = LazyLock::new(|| any_of(&["rollback", "roll back"]));

/// Where the document goes back to an earlier image.
fn rollback_by_image(context: &Context<'_>, call: &Call<'_>) -> Option<u32> {
    let page = context.near.page(&call.place.step.source)?;
    let small = page.lower();
    let mut lines = page.places(&BACK).map(|at| page.lines.line_of(at));
    let heading = lines.find(|line| {
        let title = page.lower_lines(*line, line + 1);
        (title.starts_with('#') || title.starts_with("**"))
            && ["image", "tag", "docker"].iter().any(|word| title.contains(word))
    });
    heading.or_else(|| {
        let at = ["docker tag rollback", "previous image", "previous tag", "older image", "old image"]
            .iter()
            .find_map(|words| small.find(words))?;
        Some(page.lines.line_of(at))
    })
}

const SF04: Kind = Kind {
    id: "SF04",
    level: Level::Warning,
    needs: Needs::Document,
    what: "Logs are emptied or deleted before anybody has saved them.",
    why: "They tell what happened. Once they are gone the review of the incident is guesswork, and in a break-in they are the evidence.",
    wrong: "# Ops\n\n## Disk full\n\n**Fix:**\n```bash\ntruncate -s 0 /var/log/harbour/app.log\n```\n",
    right: "# Ops\n\n## Disk full\n\n**Fix:**\n```bash\ngzip -c /var/log/harbour/app.log > /mnt/evidence/app.log.gz\ntruncate -s 0 /var/log/harbour/app.log\n```\n",
    check: Some(|context, found| {
        found.extend(context.calls.all().iter().filter_map(|call| destroys_traces(context, call)))
    }),
};

fn destroys_traces(context: &Context<'_>, call: &Call<'_>) -> Option<Finding> {
    let what = traces(context, call)?;
    if saved_before(context, call) {
        return None;
    }
    let message =
        format!("`{}` destroys {what} before they are saved: nobody can tell afterwards what happened", call.short(4));
    let help = "copy or pack them first, and let logrotate or a size limit do the rest";
    Some(call.finding(&SF04, message, help))
}

fn traces(context: &Context<'_>, call: &Call<'_>) -> Option<String> {
    let path = match call.program {
        "journalctl" => {
            let vacuums = call.texts().any(|text| text.starts_with("--vacuum"));
            return vacuums.then(|| "entries of the journal".to_owned());
        }
        "pm2" => return (call.arg(0) == "flush").then(|| "the logs of pm2".to_owned()),
        "dmesg" => {
            return call
                .flag('c', "--read-clear")
                .then(|| "the kernel's messages".to_owned())
                .or_else(|| call.flag('C', "--clear").then(|| "the kernel's messages".to_owned()));
        }
        "rm" | "unlink" | "shred" | "truncate" | "find" | "gfind" => {
            if call.around.wrappers.last().is_some_and(|last| last == "find") {
                return None;
            }
            acts::removed(&context.calls, call).into_iter().find(|word| is_log(call.written(word)))?
        }
        "" | ":" | "true" | "echo" | "cat" | "cp" | "dd" | "tee" => emptied(call)?,
        _ => return None,
    };
    Some(format!("the logs in `{}`", call.written(path)))
}

/// `> app.log`, `: > app.log`, `cat /dev/null > app.log`, `cp /dev/null app.log`.
fn emptied<'r>(call: &Call<'r>) -> Option<&'r Word> {
    let says = |word: &Word| !matches!(word.text.as_str(), "-n" | "" | "/dev/null" | "''" | "\"\"");
    match call.program {
        "cp" if call.arg(0) == "/dev/null" => call.args().last().filter(|word| is_log(&word.text)),
        "dd" | "tee" | "cp" => None,
        _ if call.args().iter().any(says) || acts::is_fed(call) || !call.command.assigns.is_empty() => None,
        _ => call.command.redirects.iter().find_map(|redirect| match redirect {
            Redirect::Write(word) if is_log(&word.text) => Some(word),
            _ => None,
        }),
    }
}

fn is_log(path: &str) -> bool {
    let small = path.to_lowercase();
    let name = small.rsplit('/').next().unwrap_or_default();
    small.starts_with("/var/log")
        || small.contains("/logs/")
        || small.ends_with("/logs")
        || small.contains("logpath")
        || name.ends_with(".log")
        || name.starts_with("*.log")
        || name.contains(".log.")
}

/// Whether logs were copied, packed or written away before.
fn saved_before(context: &Context<'_>, call: &Call<'_>) -> bool {
    context.calls.before(call).iter().any(|other| match other.program {
        "cp" | "rsync" | "scp" | "tar" | "zip" | "aws" | "rclone" => {
            other.texts().any(is_log) || other.texts().any(|text| text.contains("/var/log"))
        }
        "gzip" | "xz" | "zstd" | "bzip2" => other.texts().any(is_log),
        "journalctl" | "docker" | "kubectl" | "pm2" | "dmesg" => other.redirected().next().is_some(),
        "logrotate" => true,
        _ => false,
    })
}
