//! Notices: one message for one channel, sent until it arrives or nothing more can be hoped for.

use serde::{Deserialize, Serialize};
use sha2::{Digest, Sha256};

use crate::escalation::back_off;
use crate::id::{ChannelId, IncidentId, NoticeKey};
use crate::time::Timestamp;

/// Why people are told.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum Purpose {
    /// An incident began, or nobody answered yet.
    Page,
    /// Automatic remediation gave up.
    Stopped,
    /// It is over.
    Resolved,
    /// Something was destroyed without the second person it needs.
    GlassBroken,
}

/// What is said, in parts that each kind of channel puts in its own form.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Notice {
    /// The same for every attempt to send it.
    pub key: NoticeKey,
    /// The incident it is about.
    pub incident: IncidentId,
    /// Through what it goes.
    pub channel: ChannelId,
    /// Why.
    pub purpose: Purpose,
    /// The escalation level, from 0.
    pub level: usize,
    /// Whom the runbook names for this level.
    pub target: String,
    /// The severity.
    pub severity: Option<String>,
    /// The service.
    pub service: String,
    /// One line that says it all.
    pub headline: String,
    /// More lines: first symptom, procedure, what to do.
    pub body: Vec<String>,
    /// Since when.
    pub since: Timestamp,
    /// Where to look and act.
    pub link: Option<String>,
    /// How far the sending is.
    pub delivery: Delivery,
}

/// How far the sending of a notice is.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "lowercase", tag = "state")]
pub enum Delivery {
    /// On its way, or its outcome is not known yet.
    Sending {
        /// Which try this is, from 1.
        attempt: u32,
    },
    /// Waiting for its next try.
    Waiting {
        /// Which try is next.
        attempt: u32,
        /// When.
        due: Timestamp,
    },
    /// It arrived.
    Delivered {
        /// When the provider said so.
        at: Timestamp,
    },
    /// It will not arrive.
    Failed {
        /// When that was known.
        at: Timestamp,
        /// Why.
        error: String,
    },
}

/// How a try ended.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "lowercase", tag = "result")]
pub enum Sent {
    /// The provider has it.
    Delivered,
    /// It has not, or nobody knows.
    Failed {
        /// Why, without secrets.
        error: String,
        /// Whether trying again cannot help (`404`, `410`).
        permanent: bool,
        /// How long the provider asks to wait, in seconds.
        retry_after_s: Option<u64>,
    },
}

/// A page that was tried this often goes to somebody else as well; it is tried further for as long as nobody is on it.
pub const MOST_ATTEMPTS: u32 = 8;

impl Notice {
    /// When the next try is due.
    pub fn deadline(&self) -> Option<Timestamp> {
        match self.delivery {
            Delivery::Waiting { due, .. } => Some(due),
            _ => None,
        }
    }

    /// Whether it is settled for good.
    pub fn is_settled(&self) -> bool {
        matches!(self.delivery, Delivery::Delivered { .. } | Delivery::Failed { .. })
    }

    /// Takes the outcome of a try in.
    pub fn sent(&mut self, sent: &Sent, now: Timestamp) {
        let attempt = match self.delivery {
            Delivery::Sending { attempt } | Delivery::Waiting { attempt, .. } => attempt,
            Delivery::Delivered { .. } | Delivery::Failed { .. } => return,
        };
        self.delivery = match sent {
            Sent::Delivered => Delivery::Delivered { at: now },
            Sent::Failed { error, permanent, .. }
                if *permanent || (attempt >= MOST_ATTEMPTS && self.purpose == Purpose::Resolved) =>
            {
                Delivery::Failed { at: now, error: error.clone() }
            }
            Sent::Failed { retry_after_s, .. } => {
                let asked = std::time::Duration::from_secs(retry_after_s.unwrap_or(0).min(300));
                let wait = back_off(attempt, self.seed(attempt)).max(asked);
                Delivery::Waiting { attempt: attempt + 1, due: now + wait }
            }
        };
    }

    /// Whether it was tried so often that somebody else must be told as well.
    pub fn is_overdue(&self) -> bool {
        matches!(self.delivery, Delivery::Sending { attempt } | Delivery::Waiting { attempt, .. } if attempt > MOST_ATTEMPTS)
    }

    /// Whether its latest try was the one that made it so.
    pub fn has_just_become_overdue(&self) -> bool {
        matches!(self.delivery, Delivery::Waiting { attempt, .. } if attempt == MOST_ATTEMPTS + 1)
    }

    /// Tries no more.
    pub fn give_up(&mut self, why: &str, now: Timestamp) {
        self.delivery = Delivery::Failed { at: now, error: why.to_owned() };
    }

    /// Starts the next try if its time has come; true where it did.
    pub fn start_if_due(&mut self, now: Timestamp) -> bool {
        match self.delivery {
            Delivery::Waiting { attempt, due } if due <= now => {
                self.delivery = Delivery::Sending { attempt };
                true
            }
            _ => false,
        }
    }

    fn seed(&self, attempt: u32) -> u64 {
        let digest = Sha256::digest(format!("{} {attempt}", self.key).as_bytes());
        u64::from_le_bytes([digest[0], digest[1], digest[2], digest[3], digest[4], digest[5], digest[6], digest[7]])
    }
}
