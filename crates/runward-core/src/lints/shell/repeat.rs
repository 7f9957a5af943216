//! Commands that do something else when they are run again.

use std::collections::HashSet;

use super::super::{Context, Place};
use super::SH06;
use crate::command::Effective;
use crate::command::shell::{Redirect, Word};
use crate::runbook::Finding;

pub(super) fn check(context: &Context<'_>, found: &mut Vec<Finding>) {
    // Two folders that change places are one thing to mend.
    let mut told = HashSet::new();
    for place in &context.places {
        let commands = place.command.effective();
        let Some((kind, message, help)) = commands.iter().find_map(|command| again(place, command, &commands)) else {
            continue;
        };
        if kind == "folder" && !told.insert(&place.step.id) {
            continue;
        }
        found.push(place.finding(&SH06, message, help));
    }
}

type Told = (&'static str, String, &'static str);

fn again(place: &Place<'_>, command: &Effective<'_>, all: &[Effective<'_>]) -> Option<Told> {
    let operands: Vec<&Word> = command.args().iter().filter(|w| !w.text.starts_with('-')).collect();
    let shown = |word: &Word| place.command.text.get(word.span.clone()).unwrap_or(&word.text).to_owned();
    let has = |letters: &[char]| {
        command.args().iter().any(|w| {
            w.text.strip_prefix('-').is_some_and(|o| !o.starts_with('-') && o.contains(|c| letters.contains(&c)))
        })
    };
    match (command.program(), operands.as_slice()) {
        ("mv", [from, to]) if !has(&['T', 'n']) && !command.has("--no-target-directory") && is_kin(from, to) => Some((
            "folder",
            format!("where `{}` is there already, `{}` is moved into it and not in its place", shown(to), shown(from)),
            "use `mv -T`, which refuses that, or a name that is new each time: `…-$(date +%s)`",
        )),
        ("cp", [from, to])
            if has(&['r', 'R', 'a']) && !has(&['T', 'n']) && is_kin(from, to) && !from.text.ends_with("/.") =>
        {
            Some((
                "folder",
                format!(
                    "where `{}` is there already, `{}` is copied into it and not in its place",
                    shown(to),
                    shown(from)
                ),
                "use `cp -T`, or a name that is new each time: `…-$(date +%s)`",
            ))
        }
        ("ln", [from, to])
            if has(&['s']) && !has(&['n', 'T']) && !command.has("--no-dereference") && is_current(from, to) =>
        {
            Some((
                "link",
                format!("where `{}` is a link to a folder already, the new link is made inside that folder", shown(to)),
                "use `ln -sfn`, or make a new link and rename it over the old one: `mv -T`",
            ))
        }
        ("echo" | "printf" | "cat" | "tee", _) => appended(command, all).map(|file| {
            (
                "line",
                format!("run again, this adds the same to `{file}` a second time"),
                "look first whether it is there: `grep -q … || …`, or write the whole file",
            )
        }),
        ("crontab", _) if command.arg(0) == "-" && keeps_what_was_there(all) => Some((
            "line",
            "run again, this adds the same line to the crontab a second time".to_owned(),
            "take it out first: `crontab -l | grep -v …`, or put a file into `/etc/cron.d`",
        )),
        ("pm2", [verb, _, count]) if verb.text == "scale" && count.text.starts_with(['+', '-']) => Some((
            "count",
            format!("run again, this changes the number of processes by `{}` once more", count.text),
            "name the number that there should be",
        )),
        _ => None,
    }
}

/// Two folders of which one is named after the other: `app` and `app-old`. Files are replaced, folders are entered.
fn is_kin(from: &Word, to: &Word) -> bool {
    let (a, b) = (from.text.trim_end_matches('/'), to.text.trim_end_matches('/'));
    let folder = |path: &str| !path.rsplit('/').next().unwrap_or_default().trim_start_matches('.').contains('.');
    if from.dynamic || to.dynamic || to.text.ends_with('/') || a == b || !folder(a) {
        return false;
    }
    let behind = |long: &str, short: &str| {
        long.strip_prefix(short).is_some_and(|rest| rest.starts_with(['-', '_', '.']) && !rest.contains('/'))
    };
    (behind(a, b) || behind(b, a) && !b.rsplit('/').next().unwrap_or_default().contains('*')) && !a.contains('*')
}

/// A link to a folder by which the present version is known.
fn is_current(from: &Word, to: &Word) -> bool {
    const NAMES: &[&str] = &["current", "latest", "live", "active", "stable", "previous", "release", "www", "app"];
    let name = to.text.rsplit('/').next().unwrap_or_default();
    let file = |path: &str| {
        path.rsplit('/')
            .next()
            .unwrap_or_default()
            .rsplit_once('.')
            .is_some_and(|(n, e)| !n.is_empty() && e.chars().all(|c| c.is_ascii_alphabetic()))
    };
    NAMES.contains(&name) && !file(&from.text)
}

/// The file that a command adds a fixed text to, unless it is a log or was looked into before.
fn appended(command: &Effective<'_>, all: &[Effective<'_>]) -> Option<String> {
    let file = match command.program() {
        "tee" if command.has("-a") || command.has("--append") => {
            let fed_by_text = all.iter().any(|c| matches!(c.program(), "echo" | "printf" | "cat")) || given(command);
            command.args().iter().find(|w| !w.text.starts_with('-')).filter(|_| fed_by_text)?
        }
        "tee" => return None,
        "cat" if !given(command) => return None,
        _ => command
            .command
            .redirects
            .iter()
            .find_map(|r| if let Redirect::Append(word) = r { Some(word) } else { None })?,
    };
    let looked = all.iter().any(|c| matches!(c.program(), "grep" | "egrep" | "test" | "["));
    (!looked && !file.dynamic && is_kept(&file.text)).then(|| file.text.clone())
}

fn given(command: &Effective<'_>) -> bool {
    command.command.redirects.iter().any(|r| matches!(r, Redirect::Text(_)))
}

/// Whether a file is read again as settings: logs and notes are added to.
fn is_kept(file: &str) -> bool {
    let lower = file.to_ascii_lowercase();
    let name = lower.rsplit('/').next().unwrap_or_default();
    let noted =
        [".log", ".md", ".txt", ".csv", ".out", ".jsonl", ".sql", ".html"].iter().any(|end| name.ends_with(end))
            || ["log", "incident", "timeline", "notes", "report"]
                .iter()
                .any(|word| name.contains(word) && !name.contains("logrotate"))
            || lower.contains("/log/")
            || lower.starts_with("/tmp/")
            || lower.starts_with("/dev/")
            || lower.starts_with("/proc/");
    !noted
}

/// `(crontab -l; echo '…') | crontab -`
fn keeps_what_was_there(all: &[Effective<'_>]) -> bool {
    let lists = all.iter().any(|c| c.program() == "crontab" && c.has("-l"));
    let adds = all.iter().any(|c| matches!(c.program(), "echo" | "printf"));
    lists && adds && !all.iter().any(|c| matches!(c.program(), "grep" | "sed" | "sort" | "uniq"))
}

#[cfg(test)]
mod tests {
    use crate::runbook::Runbook;

    fn check(command: &str, expected: bool) {
        let text = format!("# Ops\n\n## Web down\n\n**Fix:**\n```bash\n{command}\n```\n");
        let found = Runbook::read([("ops.md", text.as_str())]).findings.iter().any(|f| f.rule == "SH06");
        assert_eq!(found, expected, "{command}");
    }

    #[test]
    fn what_differs_the_second_time_is_found() {
        for command in [
            "mv shop shop-broken", "sudo mv /srv/shop-previous /srv/shop", "cp -r /srv/shop /srv/shop.bak",
            "ln -sf /srv/releases/v2 /srv/current", "echo 'DEBUG=1' >> /srv/shop/.env",
            "echo x | sudo tee -a /etc/hosts", "cat >> /etc/sysctl.conf <<EOF\na = 1\nEOF",
            "(crontab -l; echo '0 3 * * * /x') | crontab -", "pm2 scale api +2",
        ] {
            check(command, true);
        }
        for command in [
            "mv -T shop shop-broken",
            "mv shop shop-$(date +%s)",
            "mv shop.conf shop.conf.bak",
            "mv a/x.sql /srv/",
            "cp shop.db shop.db.bak",
            "ln -sfn /srv/releases/v2 /srv/current",
            "ln -s /etc/nginx/sites-available/a /etc/nginx/sites-enabled/",
            "echo \"$(date) restarted\" >> /var/log/shop.log",
            "grep -q DEBUG .env || echo DEBUG=1 >> .env",
            "echo x > /etc/shop.conf",
            "pm2 scale api 4",
            "ps aux >> incident.txt",
            "mv shop-* /srv/old",
        ] {
            check(command, false);
        }
    }
}
