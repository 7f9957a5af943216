//! Logs: where a runbook says that things are logged.

use serde::{Deserialize, Serialize};

use crate::source::Source;

/// One place of logs.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Log {
    /// Whose log it is.
    pub what: String,
    /// Its file, where it is one.
    pub path: Option<String>,
    /// The command that shows it, where there is one.
    pub command: Option<String>,
    /// Where it stands.
    pub source: Source,
}
