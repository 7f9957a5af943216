//! One parameter that is spelled in several ways.

use std::collections::hash_map::Entry;
use std::collections::{HashMap, HashSet};

use super::super::{Context, Place};
use super::PH03;
use crate::command::placeholder::{self, ParamKind, Placeholder};
use crate::runbook::Finding;

/// A command with more placeholders than this is none that anybody fills in.
const MOST_OF_COMMAND: usize = 50;

pub(super) fn check(context: &Context<'_>, found: &mut Vec<Finding>) {
    let mut seen = Seen::default();
    let mut places: Vec<&Place<'_>> = context.places.iter().filter(|place| !place.command.params.is_empty()).collect();
    places.sort_by_key(|place| place.command.line);
    for place in places {
        let text = place.command.text.as_str();
        let placeholders = placeholder::find(text);
        if placeholders.len() > MOST_OF_COMMAND {
            continue;
        }
        for (at, placeholder) in placeholders.iter().enumerate() {
            let written = &text[placeholder.span.clone()];
            // A path or a sample is no name of anything.
            if placeholder.kind == ParamKind::Path || !written.starts_with(['<', '[']) && !written.starts_with("YOUR_")
            {
                continue;
            }
            found.extend(seen.take(place, written, placeholder, &position(text, &placeholders, at)));
        }
    }
}

/// The spellings of a document so far.
#[derive(Default)]
struct Seen<'c> {
    /// By file and by what is meant.
    meant: HashMap<(&'c str, String), (String, u32)>,
    /// By file and by where it stands in a command.
    stands: HashMap<(&'c str, String), (String, u32, String)>,
    /// Pairs that were told.
    told: HashSet<(&'c str, String, String)>,
}

impl<'c> Seen<'c> {
    fn take(&mut self, place: &Place<'c>, written: &str, placeholder: &Placeholder, position: &str) -> Option<Finding> {
        let file: &'c str = &place.step.source.file;
        let meant = meant(&placeholder.name);
        let same_words = match self.meant.entry((file, meant.clone())) {
            Entry::Occupied(first) => Some(first.get().clone()),
            Entry::Vacant(free) => {
                free.insert((written.to_owned(), place.command.line));
                None
            }
        };
        let same_place = match self.stands.entry((file, position.to_owned())) {
            Entry::Occupied(first) => {
                let (other, line, what) = first.get();
                let generic = placeholder.kind == ParamKind::Service && is_generic(&meant) && is_generic(what);
                (generic && *what != meant && !position.is_empty()).then(|| (other.clone(), *line))
            }
            Entry::Vacant(free) => {
                if placeholder.kind == ParamKind::Service {
                    free.insert((written.to_owned(), place.command.line, meant));
                }
                None
            }
        };
        let (other, line) = same_words.filter(|(other, _)| other != written).or(same_place)?;
        if !self.told.insert((file, other.clone(), written.to_owned())) {
            return None;
        }
        let message = format!("`{written}` asks for what is spelled `{other}` in line {line}");
        Some(place.finding(&PH03, message, format!("write `{other}` here too, if the same thing is meant")))
    }
}

/// What a name asks for, without the words that say nothing: `your-service-name` is a service.
fn meant(name: &str) -> String {
    let words = name.split('-').filter(|w| !w.is_empty());
    let mut kept: Vec<&str> = words.skip_while(|w| matches!(*w, "your" | "my" | "the" | "a")).collect();
    while kept.len() > 1 && matches!(kept.last(), Some(&"name" | &"here" | &"value")) {
        kept.pop();
    }
    let joined = kept.join("-");
    match joined.as_str() {
        "svc" => "service".into(),
        "application" => "app".into(),
        "commit-hash" | "commit-sha" | "commit-id" | "git-hash" | "git-sha" | "sha" | "hash" => "commit".into(),
        "ip-address" => "ip".into(),
        "hostname" => "host".into(),
        "db" => "database".into(),
        "process-id" => "pid".into(),
        "directory" => "dir".into(),
        _ => joined,
    }
}

/// Names that say only that it is a service of some kind.
fn is_generic(meant: &str) -> bool {
    matches!(meant, "name" | "service" | "app" | "unit" | "component" | "part")
}

/// Where a placeholder stands: the word around it, or what it is an argument of; empty where that says nothing.
fn position(text: &str, placeholders: &[Placeholder], at: usize) -> String {
    let span = placeholders[at].span.clone();
    let edge = |c: char| c.is_ascii_whitespace() || "'\"`|;&()=".contains(c);
    let start = text[..span.start].rfind(edge).map_or(0, |at| at + 1);
    let end = text[span.end..].find(edge).map_or(text.len(), |at| span.end + at);
    let beside = placeholders.iter().enumerate().any(|(n, p)| n != at && start <= p.span.start && p.span.end <= end);
    let (before, behind) = (&text[start..span.start], &text[span.end..end]);
    if beside {
        return String::new();
    }
    if before.chars().chain(behind.chars()).filter(|c| c.is_ascii_alphanumeric()).count() >= 3 {
        return format!("{before}<>{behind}");
    }
    if !before.is_empty() || !behind.is_empty() {
        return String::new();
    }
    let words: Vec<&str> = text[..start].split_whitespace().filter(|w| *w != "sudo").collect();
    match words.as_slice() {
        ["systemctl", _] | ["journalctl", "-u"] | ["service"] => "a unit".into(),
        ["pm2", _] => "a process of pm2".into(),
        ["docker", "restart" | "logs" | "stop" | "start" | "inspect" | "exec" | "kill" | "rm" | "stats" | "top"] => {
            "a container".into()
        }
        ["docker", "compose", _] | ["docker-compose", _] => "a service of compose".into(),
        _ => String::new(),
    }
}
