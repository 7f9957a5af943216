//! Notifiers: how a message reaches people. One file per service; each turns a notice into a request and sends nothing itself.

mod discord;
mod slack;
mod webhook;

use std::collections::BTreeMap;

use runward_core::notice::{Notice, Purpose};
use serde_json::Value;

/// A request to send, as data.
#[derive(Clone, Debug, PartialEq)]
pub struct Request {
    /// Where to, made from the channel's secret address.
    pub url: String,
    /// What to send, as JSON.
    pub body: Value,
    /// Header fields besides the usual ones.
    pub headers: BTreeMap<String, String>,
}

/// A kind of notifier.
pub struct Kind {
    /// Its name: the name of its file.
    pub name: &'static str,
    /// What it speaks to, in a sentence.
    pub what: &'static str,
    /// An address of the form it takes.
    pub example: &'static str,
    /// Whether an address is plainly this service's.
    pub owns: fn(&str) -> bool,
    /// The request that says a notice at an address.
    pub request: fn(&str, &Notice) -> Request,
}

/// Every notifier. To add one: a file in this folder, a `mod` line above, an entry here.
pub const KINDS: &[Kind] = &[discord::KIND, slack::KIND, webhook::KIND];

/// The kind of that name.
pub fn kind(name: &str) -> Option<&'static Kind> {
    KINDS.iter().find(|kind| kind.name == name)
}

/// The kind for an address whose service nobody named: what owns it, else the one that anything understands.
pub fn kind_of_address(url: &str) -> &'static Kind {
    KINDS.iter().find(|kind| (kind.owns)(url)).unwrap_or(&webhook::KIND)
}

/// The host of an address.
fn host(url: &str) -> &str {
    let rest = url.split("://").nth(1).unwrap_or(url);
    rest.split(['/', '?', ':']).next().unwrap_or_default()
}

/// A notice as lines of plain text, the headline first.
fn lines(notice: &Notice) -> Vec<String> {
    let mut lines = vec![format!("{} {}", mark(notice.purpose), notice.headline)];
    if !notice.target.is_empty() && notice.level > 0 {
        lines.push(format!("Escalated to: {}", notice.target));
    } else if !notice.target.is_empty() {
        lines.push(format!("For: {}", notice.target));
    }
    lines.push(format!("Since {}", notice.since.strftime("%Y-%m-%d %H:%M:%S UTC")));
    lines.extend(notice.body.iter().cloned());
    lines.extend(notice.link.clone());
    lines
}

fn mark(purpose: Purpose) -> &'static str {
    match purpose {
        Purpose::Page => "🔴",
        Purpose::Stopped | Purpose::GlassBroken => "🟠",
        Purpose::Resolved => "🟢",
    }
}

/// A text of at most `most` characters, cut with a mark.
fn cut(text: &str, most: usize) -> String {
    if text.chars().count() <= most {
        return text.to_owned();
    }
    text.chars().take(most.saturating_sub(1)).chain(['…']).collect()
}

#[cfg(test)]
mod tests;
