//! What words around a list of names claim of it, and the names in it.

use std::collections::HashSet;
use std::sync::LazyLock;

use regex::Regex;

use super::Role;
use super::names::Names;
use crate::pattern::pattern;
use crate::service::Service;

/// A list of names as it is written.
#[derive(Clone, Debug, Default, PartialEq)]
pub(super) struct Listed {
    /// The names: those of the inventory where they have one there.
    pub members: Vec<String>,
    /// How many of them the inventory has.
    pub known: usize,
    /// How many items there were that are no name at all.
    pub others: usize,
    seen: HashSet<String>,
}

/// Words without one of these claim nothing: most are looked at no closer.
pub(super) static CUES: LazyLock<Regex> = LazyLock::new(|| {
    pattern("(?i)restart|reload|deploy|monitor|watch|back|dump|snapshot|prob|ping|health|uptime|ship|roll|rebuil")
});

/// What words claim: `Currently monitored`, `Databases backed up`, `deploy.sh restarts`.
pub(super) fn claimed(words: &str) -> Option<Role> {
    if !CUES.is_match(words) {
        return None;
    }
    let words = words.to_lowercase();
    let has = |list: &[&str]| list.iter().any(|w| words.contains(w));
    let not = has(&[
        "not ", "n't ", "without ", "except", "exclud", "unmonitored", "unwatched", "missing", "no backup", "never ",
        "no monitoring",
    ]) || words.ends_with("not");
    if has(&["backed up", "backed-up", "backs up", "backup", "back-up", "dumped", "dumps", "snapshotted"]) {
        return Some(if not { Role::NotBackedUp } else { Role::BackedUp });
    }
    if has(&[
        "monitor", "watched", "watches", "health check", "healthcheck", "health-check", "healthchecks", "probed",
        "probes", "pinged", "pings", "uptime",
    ]) {
        return Some(if not { Role::NotMonitored } else { Role::Monitored });
    }
    let restarted = has(&["restarted", "restarts", "reloaded", "reloads"]);
    if restarted && has(&["manually", "by hand", "yourself", "separately", "on their own"]) {
        return Some(Role::DeployedByHand);
    }
    let deployed =
        restarted || has(&["deploys", "deployed", "rolls out", "rolled out", "rebuilds", "rebuilt", "ships"]);
    (deployed && !not).then_some(Role::Deployed)
}

/// Whether words speak of a deployment.
pub(super) fn speaks_of_deploying(words: &str) -> bool {
    let words = words.to_lowercase();
    ["deploy", "release", "rollout", "roll out", "ship "].iter().any(|w| words.contains(w))
}

/// Whether words speak of backups.
pub(super) fn speaks_of_backup(words: &str) -> bool {
    let words = words.to_lowercase();
    ["backup", "back up", "backed up", "back-up", "dump"].iter().any(|w| words.contains(w))
}

/// Whether words mean everything there is.
pub(super) fn means_all(words: &str) -> bool {
    let words = words.to_lowercase();
    let all = |w: &str| words.split(|c: char| !c.is_alphanumeric()).any(|word| word == w);
    all("all") || all("every") || all("everything") || all("each")
}

/// The names of a list in running text: `web, api and worker`, up to where the sentence goes on.
pub(super) fn listed(text: &str, services: &[Service], names: &Names) -> Listed {
    const MOST: usize = 200;
    let text = without_brackets(text);
    let end = ENDS.iter().filter_map(|end| text.find(end)).min().unwrap_or(text.len());
    let items = text[..end].split([',', ';', '\n']).flat_map(|part| part.split(" and ")).flat_map(|p| p.split(" & "));
    let mut found = Listed::default();
    for item in items.take(MOST) {
        found.take(item, services, names);
    }
    found
}

/// What ends a list in running text.
const ENDS: &[&str] = &[
    ". ", " when ", " if ", " after ", " every ", " via ", " — ", " – ", " -- ", " using ", " with ", " because ",
    " by ", " from ", " to ", " on ", " at ", " in ", "; ", " only ",
];

impl Listed {
    /// Takes one item.
    pub fn take(&mut self, item: &str, services: &[Service], names: &Names) {
        let bare = item.trim().trim_end_matches(['.', ':', '!']).trim();
        let bare = ["and ", "the ", "also ", "services ", "service "].iter().fold(bare, |text, word| {
            let cut = text.get(..word.len()).is_some_and(|start| start.eq_ignore_ascii_case(word));
            if cut { text[word.len()..].trim_start() } else { text }
        });
        if bare.is_empty() {
            return;
        }
        let known = names.find(bare);
        let name = match known {
            Some(at) => services[at].name.clone(),
            None if is_name(bare) => bare.trim_matches(['`', '*']).to_owned(),
            None => {
                self.others += 1;
                return;
            }
        };
        if self.seen.insert(name.clone()) {
            self.known += usize::from(known.is_some());
            self.members.push(name);
        }
    }

    /// Whether it is a list of services: most of its items are known, or, where nobody wrote an inventory, all are names.
    pub fn is_services(&self, inventory: bool) -> bool {
        let items = self.members.len() + self.others;
        if inventory {
            return self.known >= 2 && self.known * 3 >= items * 2;
        }
        let lower = |name: &String| !name.contains(|c: char| c.is_ascii_uppercase());
        self.members.len() >= 2 && self.others == 0 && (self.known >= 2 || self.members.iter().all(lower))
    }
}

/// Text without what stands in brackets: ports and remarks.
fn without_brackets(text: &str) -> String {
    let mut depth = 0_usize;
    let mut kept = String::with_capacity(text.len());
    for c in text.chars() {
        match c {
            '(' | '[' => depth += 1,
            ')' | ']' => depth = depth.saturating_sub(1),
            c if depth == 0 => kept.push(c),
            _ => {}
        }
    }
    kept
}

/// A word that could be the name of a service, and is not what services are measured by.
fn is_name(word: &str) -> bool {
    const MEASURES: &[&str] = &[
        "cpu", "memory", "ram", "disk", "disks", "latency", "errors", "logs", "traffic", "network", "uptime", "load",
        "metrics", "alerts", "bandwidth", "requests", "throughput", "saturation", "certificates", "backups", "none",
        "nothing", "everything", "all", "daily", "weekly", "monthly", "hourly", "nightly", "yes", "no", "others",
        "etc", "them", "it", "this", "these", "those",
    ];
    let bare = word.trim_matches(['`', '*']);
    let plain = |c: char| c.is_ascii_alphanumeric() || matches!(c, '-' | '_' | '.');
    let lower = bare.to_lowercase();
    bare.len() >= 2
        && bare.len() <= 40
        && bare.chars().all(plain)
        && bare.starts_with(|c: char| c.is_ascii_alphabetic())
        && bare.bytes().filter(u8::is_ascii_uppercase).count() <= 1
        && !MEASURES.contains(&lower.as_str())
}
