//! Alerts: one for each service and symptom, however many checks and senders report it.

use std::collections::BTreeSet;

use serde::{Deserialize, Serialize};

use crate::check::Health;
use crate::id::{IncidentId, ServiceId};
use crate::time::Timestamp;

/// What makes two reports the same alert.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
pub struct AlertKey {
    /// The service it is about.
    pub service: ServiceId,
    /// What is wrong with it: `down`, `unreachable`, `degraded`.
    pub symptom: String,
}

impl std::fmt::Display for AlertKey {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "{} {}", self.service, self.symptom)
    }
}

/// An alert that fires.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Alert {
    /// Service and symptom.
    pub key: AlertKey,
    /// How bad it is: warn or critical.
    pub health: Health,
    /// Who reports it: names of checks and of senders. It fires until none does.
    pub sources: BTreeSet<String>,
    /// The kinds of checks among them.
    pub kinds: BTreeSet<String>,
    /// What the first report said.
    pub summary: String,
    /// Since when.
    pub since: Timestamp,
    /// The incident it belongs to.
    pub incident: Option<IncidentId>,
}

/// A report that arrives from outside.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Incoming {
    /// Who sends it.
    pub source: String,
    /// The service it is about, by any of its names.
    pub service: String,
    /// What is wrong.
    pub symptom: String,
    /// How bad it is.
    pub health: Health,
    /// In a few words.
    pub summary: String,
    /// Whether it begins (true) or is over (false).
    pub firing: bool,
}
