//! Health vocabulary: what the answers of a health address mean, by their words and HTTP codes.

use serde::{Deserialize, Serialize};

use crate::check::Health;
use crate::source::Source;

/// A health address and what it may answer.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct HealthEndpoint {
    /// The address or path.
    pub url: String,
    /// The answers the runbook tells apart.
    pub states: Vec<HealthState>,
    /// Where it stands.
    pub source: Source,
}

/// One answer.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct HealthState {
    /// The word: `degraded`.
    pub name: String,
    /// The HTTP code it comes with.
    pub http: Option<u16>,
    /// How well the service is then.
    pub level: Health,
}
