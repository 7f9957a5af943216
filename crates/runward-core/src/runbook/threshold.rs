//! Thresholds: from which value on a runbook calls something wrong.

use serde::{Deserialize, Serialize};

use crate::source::Source;

/// One threshold.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Threshold {
    /// What is measured: `disk usage`, `CPU`, `response time`.
    pub subject: String,
    /// `>`, `>=`, `<` or `<=`: on which side it is wrong.
    pub comparison: String,
    /// The value.
    pub value: f64,
    /// Its unit as written: `%`, `ms`, `GB`; empty where there is none.
    pub unit: String,
    /// Where it stands.
    pub source: Source,
}
