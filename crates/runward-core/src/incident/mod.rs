//! An incident: trouble that people are told about, from its opening to its review.

pub mod review;
pub mod timeline;

use std::collections::BTreeSet;

use serde::{Deserialize, Serialize};

use crate::alert::AlertKey;
use crate::escalation::{Escalation, Policy};
use crate::id::{Actor, ChannelId, IncidentId, ProcedureId, RunId, ServiceId};
use crate::time::Timestamp;

/// One incident.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Incident {
    /// Its number.
    pub id: IncidentId,
    /// The service it began with.
    pub service: ServiceId,
    /// That service's name for people.
    pub service_name: String,
    /// What is wrong, in a few words.
    pub title: String,
    /// Its severity by the runbook's scale; `None` where the runbook has none.
    pub severity: Option<String>,
    /// How far it is.
    pub stage: Stage,
    /// Who was on it last.
    #[serde(default)]
    pub acknowledged_by: Option<Actor>,
    /// When it began.
    pub opened_at: Timestamp,
    /// The alerts that fire.
    pub alerts: BTreeSet<AlertKey>,
    /// Services of incidents that were folded into this one.
    pub folded: BTreeSet<ServiceId>,
    /// Who is paged when; it keeps the policy it began with.
    pub policy: Policy,
    /// How far that is.
    pub escalation: Escalation,
    /// The channels that were used.
    pub told: BTreeSet<ChannelId>,
    /// Levels of which at least one page arrived.
    #[serde(default)]
    pub reached: BTreeSet<usize>,
    /// Levels of which no page could be delivered.
    #[serde(default)]
    pub unreached: BTreeSet<usize>,
    /// The procedure that fits best.
    pub procedure: Option<ProcedureId>,
    /// Runs because of it.
    pub runs: Vec<RunId>,
    /// How often its severity was raised.
    #[serde(default)]
    pub raised: u32,
    /// Set once automatic remediation has given up.
    #[serde(default)]
    pub automatic_stopped: bool,
    /// Where its review was written.
    pub review: Option<String>,
}

/// How far an incident is.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "lowercase", tag = "stage")]
pub enum Stage {
    /// Nobody is on it.
    Open,
    /// Somebody is on it.
    Acknowledged {
        /// Who.
        by: Actor,
        /// Since when.
        at: Timestamp,
    },
    /// It is over.
    Resolved {
        /// Who or what says so.
        by: Actor,
        /// When.
        at: Timestamp,
    },
    /// It turned out to be part of another.
    Merged {
        /// The other.
        into: IncidentId,
        /// When.
        at: Timestamp,
    },
}

impl Stage {
    /// The word the JSON and the pages use.
    pub fn name(&self) -> &'static str {
        match self {
            Stage::Open => "open",
            Stage::Acknowledged { .. } => "acknowledged",
            Stage::Resolved { .. } => "resolved",
            Stage::Merged { .. } => "merged",
        }
    }
}

impl Incident {
    /// Whether it still goes on.
    pub fn is_open(&self) -> bool {
        matches!(self.stage, Stage::Open | Stage::Acknowledged { .. })
    }

    /// When the next page is due.
    pub fn deadline(&self) -> Option<Timestamp> {
        self.escalation.deadline(&self.policy, self.opened_at)
    }

    /// When it was over.
    pub fn resolved_at(&self) -> Option<Timestamp> {
        match self.stage {
            Stage::Resolved { at, .. } => Some(at),
            _ => None,
        }
    }

    /// `P1 wallet down`
    pub fn headline(&self) -> String {
        match &self.severity {
            Some(severity) => format!("{severity} {}", self.title),
            None => self.title.clone(),
        }
    }
}
