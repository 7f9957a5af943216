//! Comments that say one thing above commands that do another.

use super::acts::{self, Change};
use super::calls::Call;
use super::near::{begin, has_word};
use super::{Context, Kind, Needs};
use crate::command::impact::Impact;
use crate::runbook::{Finding, Level, Step};

pub(super) const KINDS: &[Kind] = &[SF08];

const SF08: Kind = Kind {
    id: "SF08",
    level: Level::Warning,
    needs: Needs::Document,
    what: "The comment above a command says something else than the command does.",
    why: "Under stress people read the comment and paste the command. `# Clear old logs` above `docker image prune -a` deletes images and no log.",
    wrong: "# Ops\n\n## Disk full\n\n**Fix:**\n```bash\n# Clear old logs\ndocker image prune -f\n```\n",
    right: "# Ops\n\n## Disk full\n\n**Fix:**\n```bash\n# Remove images that no tag names\ndocker image prune -f\n```\n",
    check: Some(check),
};

fn check(context: &Context<'_>, found: &mut Vec<Finding>) {
    let mut at = 0;
    while at < context.places.len() {
        let step = context.places[at].step;
        let count = context.places[at..].iter().take_while(|place| std::ptr::eq(place.step, step)).count();
        found.extend(contradicted(context, step, at..at + count));
        at += count;
    }
}

fn contradicted(context: &Context<'_>, step: &Step, places: std::ops::Range<usize>) -> Option<Finding> {
    let said = begin(&step.title).to_lowercase();
    let verb = said.split(|c: char| !c.is_alphabetic()).find(|word| !word.is_empty())?;
    let calls = context.calls.within(places);
    if REMOVES.contains(&verb) {
        return removes_else(context, &said, calls);
    }
    if CHANGES.contains(&verb) {
        return changes_else(verb, calls);
    }
    let dry = said.contains("dry run") || said.contains("dry-run");
    if dry || LOOKS.contains(&verb) {
        return does_more(&said, dry, calls);
    }
    None
}

const REMOVES: &[&str] = &[
    "clear", "clean", "cleanup", "remove", "delete", "prune", "purge", "flush", "empty", "truncate", "drop", "wipe",
    "rotate",
];
const CHANGES: &[&str] = &["stop", "start", "reload", "enable", "disable", "restart"];
const LOOKS: &[&str] = &["check", "show", "list", "view", "see", "look", "inspect", "display", "print"];

/// Kinds of things, by the words people have for them.
const THINGS: &[(&str, &[&str])] = &[
    ("logs", &["log", "logs", "logfiles", "journal", "logging"]),
    ("images", &["image", "images"]),
    ("containers", &["container", "containers"]),
    ("volumes", &["volume", "volumes"]),
    ("networks", &["network", "networks"]),
    ("backups", &["backup", "backups", "snapshots", "dumps"]),
    ("cache", &["cache", "caches", "cached"]),
    ("temporary files", &["temp", "tmp", "temporary"]),
    ("sessions", &["session", "sessions"]),
    ("packages", &["package", "packages", "kernels"]),
];

fn removes_else(context: &Context<'_>, said: &str, calls: &[Call<'_>]) -> Option<Finding> {
    let spoken: Vec<&str> = THINGS
        .iter()
        .filter(|(_, words)| words.iter().any(|word| has_word(said, word)))
        .map(|(thing, _)| *thing)
        .collect();
    if spoken.is_empty() {
        return None;
    }
    let done: Vec<(&Call<'_>, &[&str])> = calls.iter().filter_map(|call| Some((call, taken(context, call)?))).collect();
    if done.iter().any(|(_, things)| things.iter().any(|thing| spoken.contains(thing))) {
        return None;
    }
    // What stands beside it and cannot be told may be what the comment means.
    let unclear = |call: &Call<'_>| taken(context, call).is_none() && call.place.command.impact != Impact::ReadOnly;
    if calls.iter().any(unclear) {
        return None;
    }
    let (call, things) = done.first()?;
    let message =
        format!("the comment speaks of {}, but `{}` takes away {}", spoken.join(" and "), call.short(4), things[0]);
    Some(call.finding(&SF08, message, "say what the command really does, or write the command that does what is said"))
}

/// What a call takes away, where that is plain.
fn taken(context: &Context<'_>, call: &Call<'_>) -> Option<&'static [&'static str]> {
    if let Some(words) = acts::docker(call) {
        let (first, second) = (words[0].text.as_str(), words.get(1).map_or("", |word| word.text.as_str()));
        return match (first, second) {
            ("system", "prune") => Some(&["images", "containers", "networks", "cache"]),
            ("image", "prune" | "rm") | ("rmi", _) => Some(&["images"]),
            ("volume", "prune" | "rm") => Some(&["volumes"]),
            ("container", "prune" | "rm") | ("rm", _) => Some(&["containers"]),
            ("network", "prune" | "rm") => Some(&["networks"]),
            ("builder", "prune") => Some(&["cache", "images"]),
            _ => None,
        };
    }
    match call.program {
        "journalctl" if call.texts().any(|text| text.starts_with("--vacuum")) => Some(&["logs"]),
        "pm2" if call.arg(0) == "flush" => Some(&["logs"]),
        "redis-cli" | "valkey-cli" if call.texts().any(|text| text.to_ascii_lowercase().starts_with("flush")) => {
            Some(&["cache", "sessions"])
        }
        _ => {
            let paths = acts::removed(&context.calls, call);
            let path = paths.first()?.text.to_lowercase();
            let is = |words: &[&str]| words.iter().any(|word| path.contains(word));
            if is(&["/var/log", "/logs", ".log"]) {
                Some(&["logs"])
            } else if acts::is_backup_path(&path) {
                Some(&["backups"])
            } else {
                None
            }
        }
    }
}

fn changes_else(verb: &str, calls: &[Call<'_>]) -> Option<Finding> {
    let enables = |call: &Call<'_>, word: &str| call.program == "systemctl" && call.has(&[word]);
    let wrong = match verb {
        "enable" => {
            calls.iter().find(|call| enables(call, "disable")).filter(|_| !calls.iter().any(|c| enables(c, "enable")))
        }
        "disable" => {
            calls.iter().find(|call| enables(call, "enable")).filter(|_| !calls.iter().any(|c| enables(c, "disable")))
        }
        _ => {
            let done: Vec<(&Call<'_>, Change)> =
                calls.iter().filter_map(|call| Some((call, acts::service_change(call)?.0))).collect();
            let contradicts = |change: Change| match verb {
                "stop" => matches!(change, Change::Starts | Change::Restarts),
                "start" => change == Change::Stops,
                "restart" => change == Change::Stops,
                _ => change == Change::Restarts,
            };
            let all = !done.is_empty() && done.iter().all(|(_, change)| contradicts(*change));
            done.first().filter(|_| all).map(|(call, _)| *call)
        }
    }?;
    let message = format!("the comment says {verb}, but the command is `{}`", wrong.short(4));
    Some(wrong.finding(&SF08, message, "say what the command really does, or write the command that does what is said"))
}

/// `# Dry run` above what is done in earnest, `# Check …` above what destroys.
fn does_more(said: &str, dry: bool, calls: &[Call<'_>]) -> Option<Finding> {
    const DRY: &[&str] =
        &["--dry-run", "-n", "--check", "--simulate", "-s", "--noop", "--no-act", "plan", "--pretend", "diff"];
    let harmless = |call: &Call<'_>| call.texts().any(|text| text.contains("dry") || DRY.contains(&text));
    let wrong = calls.iter().find(|call| match dry {
        true => call.place.command.impact == Impact::Destructive && !harmless(call),
        false => call.place.command.impact == Impact::Destructive && calls.len() == 1 && !said.contains(" and "),
    })?;
    let what = if dry { "a dry run" } else { "a look" };
    let message = format!("the comment says this is {what}, but `{}` destroys something", wrong.short(4));
    Some(wrong.finding(&SF08, message, "say what the command really does, or write the command that does what is said"))
}
