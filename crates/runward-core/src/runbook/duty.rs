//! Duties: what a runbook asks to be done again and again, and how often.

use serde::{Deserialize, Serialize};

use crate::source::Source;

/// How often.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum Every {
    /// Each hour.
    Hourly,
    /// Each day.
    Daily,
    /// Each week.
    Weekly,
    /// Each second week.
    Fortnightly,
    /// Each month.
    Monthly,
    /// Each quarter of a year.
    Quarterly,
    /// Each half of a year.
    HalfYearly,
    /// Each year.
    Yearly,
}

/// Something that is done again and again.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Duty {
    /// How often.
    pub every: Every,
    /// What to do.
    pub text: String,
    /// Where it stands.
    pub source: Source,
}
