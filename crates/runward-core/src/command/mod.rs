//! A command as data: what a runbook tells a person to type, and what is known about it before anybody does.

pub mod bind;
mod effective;
pub mod impact;
pub mod inverse;
mod language;
pub mod lines;
mod place;
pub mod placeholder;
pub mod redact;
pub mod rewrite;
pub mod shell;
pub(crate) mod tools;

use std::collections::HashSet;
use std::sync::Arc;

use serde::{Deserialize, Serialize};

pub use effective::{Around, Container, ContainerKind, Effective, effective};
use impact::Impact;
pub use language::{Language, is_redis};
use shell::Script;

/// One command of a step.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Command {
    /// What the runbook says, placeholders and all.
    pub text: String,
    /// The line it begins on.
    pub line: u32,
    /// What it does.
    pub impact: Impact,
    /// Whether it waits for a person or never ends.
    pub interactive: bool,
    /// The host it is meant for, where the runbook names one (`ssh HOST` before it).
    pub host: Option<String>,
    /// Where that is a container (`docker exec -it NAME bash` before it): how it was entered.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub inside: Option<Box<Inside>>,
    /// The directory the runbook went to before it.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub directory: Option<String>,
    /// A form that ends by itself and hides secrets, where the original does not.
    pub rewrite: Option<String>,
    /// The names of its placeholders.
    pub params: Vec<String>,
    /// Whether what it prints is likely to hold secrets.
    #[serde(default, skip_serializing_if = "std::ops::Not::not")]
    pub secrets: bool,
    /// Why it is classed so; empty for the plainly harmless.
    #[serde(default, skip_serializing_if = "String::is_empty")]
    pub why: String,
    /// Why the shell would not understand it.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub unparsable: Option<String>,
    /// What the shell would make of it, its placeholders masked; not there where it is not shell, or was read back
    /// from storage.
    #[serde(skip)]
    pub script: Parsed,
}

/// How the container was entered that a command is meant for.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Inside {
    /// The command, as the runbook says it; it opens a shell.
    pub enter: String,
    /// The machine it was typed on, where that is another one.
    pub machine: Option<String>,
}

/// A command's grammar. It follows from the text, so two commands never differ by it alone.
#[derive(Clone, Debug, Default)]
pub struct Parsed(pub Option<Arc<Script>>);

impl PartialEq for Parsed {
    fn eq(&self, _: &Parsed) -> bool {
        true
    }
}

impl Command {
    /// Reads one logical line of shell.
    pub fn read(text: &str, line: u32) -> Command {
        let placeholders = placeholder::find(text);
        let masked = placeholder::masked(text, &placeholders);
        let (verdict, unparsable, script) = match shell::parse(&masked) {
            Ok(script) => (impact::of(&script, &masked), None, Some(Arc::new(script))),
            Err(why) => (impact::unreadable(&masked), Some(why.0), None),
        };
        let wanted = verdict.interactive || verdict.secrets || pages(&masked) || rewrite::likely_secret(&masked);
        let rewrite = script.as_deref().filter(|_| wanted).and_then(|script| rewrite::offered(text, script, &verdict));
        let mut seen = HashSet::new();
        let params = placeholders.into_iter().map(|p| p.name).filter(|name| seen.insert(name.clone())).collect();
        Command {
            text: text.to_owned(),
            line,
            impact: verdict.impact,
            interactive: verdict.interactive,
            host: None,
            inside: None,
            directory: None,
            rewrite,
            params,
            secrets: verdict.secrets,
            why: verdict.why.into_owned(),
            unparsable,
            script: Parsed(script),
        }
    }

    /// Every simple command in it that acts, wrappers such as `sudo`, `ssh` and `docker exec` unwrapped; none where it
    /// is not shell. Placeholders are masked by `P`s in the words; `self.text[word.span]` is what is written.
    pub fn effective(&self) -> Vec<Effective<'_>> {
        self.script.0.as_deref().map(effective).unwrap_or_default()
    }

    /// What would be run: the form that ends by itself where there is one.
    pub fn runnable(&self) -> &str {
        self.rewrite.as_deref().unwrap_or(&self.text)
    }
}

/// Programs that start a pager on a terminal: they end without one, but say so to be safe.
fn pages(masked: &str) -> bool {
    masked.contains("journalctl") || masked.contains("systemctl")
}
