//! Programs that say with a verb what they do, and need no rule of their own: what looks, what destroys.

mod platforms;
mod services;

use std::sync::LazyLock;

use rustc_hash::FxHashMap;

use super::super::impact::Verdict;
use super::options::{Table, anywhere, behind_known, leads};
use super::{Call, Word};

/// A program, or several that agree.
struct Tool {
    /// Its names.
    names: &'static str,
    /// Options in front of the verb.
    globals: Table,
    /// Verbs that look, `|` between them; an empty one stands for the bare call.
    looks: &'static str,
    /// Options that a looking verb must not have; every other is harmless.
    options: Table,
    /// Verbs that take something away.
    destroys: &'static str,
    /// What the other verbs do.
    acts: &'static str,
}

/// One with no options worth a word.
const fn tool(
    names: &'static str,
    globals: Table,
    looks: &'static str,
    destroys: &'static str,
    acts: &'static str,
) -> Tool {
    Tool { names, globals, looks, options: "*", destroys, acts }
}

/// The tools by their names.
static BY_NAME: LazyLock<FxHashMap<&'static str, &'static Tool>> = LazyLock::new(|| {
    [platforms::TOOLS, services::TOOLS]
        .into_iter()
        .flatten()
        .flat_map(|tool| tool.names.split(' ').map(move |name| (name, tool)))
        .collect()
});

/// The names of all of them.
#[cfg(test)]
pub(super) fn names() -> impl Iterator<Item = &'static str> {
    BY_NAME.keys().copied()
}

pub(super) fn verdict(call: &Call) -> Option<Verdict> {
    let tool = BY_NAME.get(call.program)?;
    // Programs all of whose options are harmless and that have no verbs.
    if call.is_help() || tool.globals == "*" {
        return Some(Verdict::READS);
    }
    Some(judged(call.args, tool))
}

fn judged(args: &[Word], tool: &Tool) -> Verdict {
    let words = behind_known(args, tool.globals);
    if words.is_empty() {
        return Verdict::reads_if(tool.looks.is_empty() || tool.looks.starts_with('|'), tool.acts);
    }
    let longest = |verbs: &str| verbs.split('|').filter(|v| !v.is_empty()).filter_map(|verb| leads(verb, words)).max();
    let (gone, seen) = (longest(tool.destroys), longest(tool.looks));
    if gone.is_some() && gone >= seen {
        return Verdict::destroys("takes away what does not come back by itself");
    }
    match seen {
        Some(length) => anywhere(&words[length..], tool.options).verdict,
        None => Verdict::changes(tool.acts),
    }
}

/// What a program with a short table of verbs does, for families that have rules of their own besides.
pub(super) fn by_verb(
    args: &[Word],
    globals: Table,
    looks: &'static str,
    destroys: &'static str,
    acts: &'static str,
) -> Verdict {
    judged(args, &tool("", globals, looks, destroys, acts))
}
