//! Escalation: who is paged, in which order, until somebody acknowledges.

use std::time::Duration;

use serde::{Deserialize, Serialize};

use crate::id::{Actor, ChannelId};
use crate::time::{Span, Timestamp};

/// One level of a policy.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Rule {
    /// How long after the incident began.
    pub after: Span,
    /// Whom the runbook names for it.
    pub target: String,
    /// Through what they are reached.
    pub channels: Vec<ChannelId>,
    /// The severities it is for; empty for all.
    #[serde(default)]
    pub severities: Vec<String>,
}

/// The levels of an escalation, in the order of their times. An incident keeps the policy it began with.
pub type Policy = Vec<Rule>;

/// The levels that apply to a severity, in the order of their times; all of them where nobody knows the severity.
pub fn policy_for(rules: &[Rule], severity: Option<&str>) -> Policy {
    let applies = |rule: &&Rule| {
        rule.severities.is_empty() || severity.is_none_or(|s| rule.severities.iter().any(|r| r.eq_ignore_ascii_case(s)))
    };
    let mut policy: Policy = rules.iter().filter(applies).cloned().collect();
    policy.sort_by_key(|rule| rule.after);
    policy
}

/// How far an escalation has come.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "lowercase", tag = "state")]
pub enum Escalation {
    /// Levels below `next` were paged.
    Paging {
        /// The level whose time comes next.
        next: usize,
    },
    /// Somebody is on it.
    Acknowledged {
        /// Who.
        by: Actor,
        /// When.
        at: Timestamp,
    },
    /// Every level was paged and nobody answered.
    Exhausted,
    /// The incident is over.
    Ended,
}

/// What an escalation reacts to.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Push {
    /// Time went by.
    Tick,
    /// Nobody of this level could be reached: the next one is due now.
    Unreachable(usize),
    /// Somebody is on it.
    Acknowledged(Actor),
    /// The incident is over.
    Ended,
}

impl Escalation {
    /// An escalation that has paged nobody yet.
    pub const BEGUN: Escalation = Escalation::Paging { next: 0 };

    /// When the next level is due.
    pub fn deadline(&self, policy: &Policy, began: Timestamp) -> Option<Timestamp> {
        match self {
            Escalation::Paging { next } => policy.get(*next).map(|rule| began + rule.after.0),
            _ => None,
        }
    }

    /// The next state and the levels to page now.
    pub fn step(&self, policy: &Policy, push: &Push, began: Timestamp, now: Timestamp) -> (Escalation, Vec<usize>) {
        let Escalation::Paging { next } = self else {
            // Whoever acknowledged stays responsible; only the end of the incident ends that.
            let ended = matches!(push, Push::Ended);
            return (if ended { Escalation::Ended } else { self.clone() }, Vec::new());
        };
        match push {
            Push::Ended => (Escalation::Ended, Vec::new()),
            Push::Acknowledged(by) => (Escalation::Acknowledged { by: by.clone(), at: now }, Vec::new()),
            Push::Unreachable(level) if level + 1 == *next && *next < policy.len() => paged(policy, *next, next + 1),
            Push::Tick | Push::Unreachable(_) => {
                let due = |rule: &&Rule| began + rule.after.0 <= now;
                let until = *next + policy.iter().skip(*next).take_while(due).count();
                paged(policy, *next, until)
            }
        }
    }
}

fn paged(policy: &Policy, from: usize, until: usize) -> (Escalation, Vec<usize>) {
    let state = if until >= policy.len() { Escalation::Exhausted } else { Escalation::Paging { next: until } };
    (state, (from..until).collect())
}

/// How long to wait before trying a page again: 1, 2, 4 … 60 s, spread by a quarter so that channels do not beat in time.
pub fn back_off(attempt: u32, seed: u64) -> Duration {
    let base = 1_u64 << attempt.saturating_sub(1).min(6);
    let millis = base.min(60) * 1000;
    Duration::from_millis(millis * 3 / 4 + seed % (millis / 2).max(1))
}

#[cfg(test)]
mod tests;
