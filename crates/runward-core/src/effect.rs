//! Everything that can be done to the outside. An effect is carried out only after it is committed.

use std::collections::BTreeMap;

use serde::{Deserialize, Serialize};

use crate::id::{CheckId, IncidentId};
use crate::notice::Notice;
use crate::run::{JobId, Remote};
use crate::time::Span;

/// One thing to do.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case", tag = "effect")]
pub enum Effect {
    /// Send a notice.
    Send(Box<Notice>),
    /// Run a command.
    Execute(Box<Order>),
    /// End a command before its end.
    Kill {
        /// Which.
        job: JobId,
    },
    /// Write the review of an incident.
    WriteReview {
        /// Which.
        incident: IncidentId,
    },
    /// Run checks now rather than when they are due.
    Probe {
        /// Which.
        checks: Vec<CheckId>,
    },
}

/// A command to run.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Order {
    /// Which run, step and attempt it is.
    pub job: JobId,
    /// Shell text; its parameters are variables.
    pub script: String,
    /// The variables and their values.
    pub env: BTreeMap<String, String>,
    /// After this long it is ended.
    pub timeout: Span,
    /// Whether it only looks, so that it may be run again after a crash.
    pub read_only: bool,
    /// The machine it runs on, where that is another one.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub host: Option<Remote>,
    /// Files that are kept before it begins, so that they can be put back.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub keep: Vec<String>,
    /// The try whose kept files it puts back.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub kept: Option<JobId>,
}

impl Effect {
    /// The name under which the outbox keeps it until its outcome is known; `None` for what need not survive a crash.
    pub fn key(&self) -> Option<String> {
        match self {
            Effect::Send(notice) => Some(Effect::send_key(&notice.key)),
            Effect::Execute(order) => Some(Effect::execute_key(&order.job)),
            Effect::WriteReview { incident } => Some(Effect::review_key(*incident)),
            Effect::Kill { .. } | Effect::Probe { .. } => None,
        }
    }

    /// The outbox key of a notice.
    pub fn send_key(key: &crate::id::NoticeKey) -> String {
        format!("send/{key}")
    }

    /// The outbox key of a command.
    pub fn execute_key(job: &JobId) -> String {
        format!("run/{job}")
    }

    /// The outbox key of a review.
    pub fn review_key(incident: IncidentId) -> String {
        format!("review/{incident}")
    }
}
