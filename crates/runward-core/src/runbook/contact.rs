//! Whom to reach, and whether the runbook really says how.

use serde::{Deserialize, Serialize};

use crate::source::Source;

/// One line of a contact table or list.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Contact {
    /// What the person is: `Primary On-Call`.
    pub role: String,
    /// Who it is.
    pub name: Option<String>,
    /// Ways to reach them, as written.
    pub channels: Vec<String>,
    /// Whether what stands there was meant to be replaced and never was: `[Name]`, `+1-XXX-XXX-XXXX`.
    pub placeholder: bool,
    /// Where the runbook says so.
    pub source: Source,
}

impl Contact {
    /// A contact; whether it is a placeholder is read off its words.
    pub fn new(role: &str, name: Option<String>, channels: Vec<String>, source: Source) -> Contact {
        let written = name.iter().chain(&channels);
        let placeholder =
            written.into_iter().any(|text| is_placeholder(text)) || (name.is_none() && channels.is_empty());
        Contact { role: role.to_owned(), name, channels, placeholder, source }
    }
}

/// Whether a text was meant to be replaced.
pub(crate) fn is_placeholder(text: &str) -> bool {
    let text = text.trim();
    let upper = text.to_uppercase();
    let bracketed = |open: char, close: char| text.starts_with(open) && text.ends_with(close);
    bracketed('[', ']')
        || bracketed('<', '>')
        || bracketed('{', '}')
        || upper.contains("XXX")
        || upper.starts_with("YOUR ")
        || matches!(upper.as_str(), "TBD" | "TODO" | "FIXME" | "?" | "???")
}
