//! Backups: what a runbook says is kept, how, where, when and for how long.

use serde::{Deserialize, Serialize};

use crate::source::Source;

/// One set of data that is backed up.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Backup {
    /// What is kept: a database, a volume, a folder.
    pub dataset: String,
    /// The program or script that does it.
    pub method: Option<String>,
    /// Where it goes.
    pub destination: Option<String>,
    /// When: words or a cron expression, as written.
    pub schedule: Option<String>,
    /// How long it is kept, as written.
    pub keep: Option<String>,
    /// Where it stands.
    pub source: Source,
}
