//! Telling people: which level is due, through which channels, and what if nothing gets through.

use super::Step;
use crate::effect::Effect;
use crate::escalation::{Escalation, Push};
use crate::fact::What;
use crate::id::{ChannelId, IncidentId, NoticeKey};
use crate::incident::{Incident, Stage};
use crate::notice::{Delivery, Notice, Purpose, Sent};

impl Step<'_> {
    pub(super) fn begin_escalation(&mut self, id: IncidentId) {
        let Some(incident) = self.world.incidents.get(&id) else { return };
        if incident.policy.is_empty() {
            self.fact(id, What::Unrouted);
        }
        self.push_escalation(id, &Push::Tick);
    }

    /// Everybody whose turn has come by now is told once more: of something worse. Whoever is on it stays on it.
    pub(super) fn begin_escalation_again(&mut self, id: IncidentId) {
        let Some(incident) = self.world.incidents.get_mut(&id) else { return };
        if !matches!(incident.escalation, Escalation::Paging { .. } | Escalation::Exhausted) {
            return;
        }
        incident.escalation = Escalation::BEGUN;
        self.begin_escalation(id);
    }

    pub(super) fn escalate_due(&mut self) {
        let due = |i: &&Incident| i.deadline().is_some_and(|at| at <= self.now);
        let ids: Vec<IncidentId> = self.world.incidents().filter(due).map(|i| i.id).collect();
        for id in ids {
            self.push_escalation(id, &Push::Tick);
        }
    }

    pub(super) fn push_escalation(&mut self, id: IncidentId, push: &Push) {
        let Some(incident) = self.world.incidents.get_mut(&id) else { return };
        let (next, levels) = incident.escalation.step(&incident.policy, push, incident.opened_at, self.now);
        if next != incident.escalation {
            incident.escalation = next;
            self.touched.incidents.insert(id);
        }
        for level in levels {
            if !self.notify(id, Purpose::Page, level) {
                self.unrouted(id, level);
            }
        }
    }

    /// A level through which nobody can be told: that is said, and the next one is due now.
    fn unrouted(&mut self, id: IncidentId, level: usize) {
        let Some(incident) = self.world.incidents.get_mut(&id) else { return };
        let first = incident.unreached.is_empty();
        incident.unreached.insert(level);
        self.touched.incidents.insert(id);
        if first {
            self.fact(id, What::Unrouted);
        }
        self.push_escalation(id, &Push::Unreachable(level));
    }

    /// Queues one notice for each channel it goes through; false where there is none.
    pub(super) fn notify(&mut self, id: IncidentId, purpose: Purpose, level: usize) -> bool {
        let Some(incident) = self.world.incidents.get(&id).cloned() else { return false };
        let channels: Vec<ChannelId> = match purpose {
            Purpose::Page => incident.policy.get(level).map(|r| r.channels.clone()).unwrap_or_default(),
            // Where the first level was to wait for the repair, nobody was told yet.
            Purpose::Stopped if incident.told.is_empty() => {
                incident.policy.first().map(|r| r.channels.clone()).unwrap_or_default()
            }
            Purpose::Resolved | Purpose::Stopped => incident.told.iter().cloned().collect(),
            Purpose::GlassBroken => self.world.setup.channels.iter().cloned().collect(),
        };
        let target = match purpose {
            Purpose::Page => incident.policy.get(level).map(|r| r.target.clone()).unwrap_or_default(),
            Purpose::Resolved | Purpose::Stopped | Purpose::GlassBroken => String::new(),
        };
        let mut routed = false;
        for channel in channels {
            if !self.world.setup.channels.contains(&channel) {
                continue;
            }
            routed = true;
            let key = notice_key(&incident, purpose, level, &channel);
            if self.world.notices.contains_key(&key) {
                continue;
            }
            let notice = self.written(&incident, purpose, level, &target, &channel, key.clone());
            self.fact(
                id,
                What::NoticeQueued { key: key.clone(), channel: channel.clone(), purpose, target: target.clone() },
            );
            self.effect(Effect::Send(Box::new(notice.clone())));
            self.world.notices.insert(key.clone(), notice);
            self.touched.notices.insert(key);
            if let Some(incident) = self.world.incidents.get_mut(&id) {
                incident.told.insert(channel);
            }
            self.touched.incidents.insert(id);
        }
        routed
    }

    fn written(
        &self,
        incident: &Incident,
        purpose: Purpose,
        level: usize,
        target: &str,
        channel: &ChannelId,
        key: NoticeKey,
    ) -> Notice {
        let headline = match purpose {
            Purpose::Page => incident.headline(),
            Purpose::Stopped => format!("{}: automatic remediation gave up", incident.headline()),
            Purpose::Resolved => format!("Resolved: {}", incident.headline()),
            Purpose::GlassBroken => format!("{}: a destructive step was approved by one person", incident.headline()),
        };
        let mut body = Vec::new();
        // Said in the same step as this is written.
        body.extend(self.turn.facts.iter().rev().filter(|_| purpose == Purpose::Stopped).find_map(|f| match &f.what {
            What::AutomaticStopped { reason } if f.incident == Some(incident.id) => Some(format!("Why: {reason}")),
            _ => None,
        }));
        body.extend(self.turn.facts.iter().rev().filter(|_| purpose == Purpose::GlassBroken).find_map(
            |f| match &f.what {
                What::GlassBroken { shown, by, reason, .. } => {
                    Some(format!("{by} runs `{shown}` alone. Why: {reason}"))
                }
                _ => None,
            },
        ));
        if purpose != Purpose::Resolved {
            let first = incident.alerts.iter().find_map(|key| self.world.alerts.get(key));
            let summary = first.map(|alert| alert.summary.as_str()).filter(|s| !s.is_empty());
            body.extend(summary.map(|summary| format!("First symptom: {summary}")));
            let procedure =
                incident.procedure.as_ref().and_then(|id| self.world.setup.procedures.iter().find(|p| p.id == *id));
            body.extend(procedure.map(|p| format!("Procedure: {} ({})", p.title, p.source)));
            body.extend((!incident.folded.is_empty()).then(|| {
                let names: Vec<&str> = incident.folded.iter().map(|s| s.as_str()).collect();
                format!("Also affected: {}", names.join(", "))
            }));
        }
        let base = self.world.setup.public_url.as_deref();
        Notice {
            key,
            incident: incident.id,
            channel: channel.clone(),
            purpose,
            level,
            target: target.to_owned(),
            severity: incident.severity.clone(),
            service: incident.service_name.clone(),
            headline,
            body,
            since: incident.opened_at,
            link: base.map(|base| format!("{}/incidents/{}", base.trim_end_matches('/'), incident.id)),
            delivery: Delivery::Sending { attempt: 1 },
        }
    }

    pub(super) fn send_due(&mut self) {
        let mut started = Vec::new();
        for (key, notice) in &mut self.world.notices {
            let due = notice.deadline().is_some_and(|at| at <= self.now);
            let calls = notice.purpose == Purpose::Page;
            if due && calls && self.world.incidents.get(&notice.incident).is_none_or(|i| i.stage != Stage::Open) {
                // A call that did not arrive in time calls nobody any more.
                notice.give_up("somebody is on it, or it is over", self.now);
                self.touched.notices.insert(key.clone());
            } else if notice.start_if_due(self.now) {
                started.push((key.clone(), notice.clone()));
            }
        }
        for (key, notice) in started {
            self.touched.notices.insert(key);
            self.effect(Effect::Send(Box::new(notice)));
        }
    }

    pub(super) fn notice_sent(&mut self, key: &NoticeKey, sent: &Sent) {
        let Some(notice) = self.world.notices.get_mut(key) else {
            self.turn.settled.push(Effect::send_key(key));
            return;
        };
        if !matches!(notice.delivery, Delivery::Sending { .. }) {
            return;
        }
        notice.sent(sent, self.now);
        let notice = notice.clone();
        self.turn.settled.push(Effect::send_key(key));
        self.touched.notices.insert(key.clone());
        let channel = notice.channel.clone();
        match &notice.delivery {
            Delivery::Delivered { .. } => {
                self.fact(notice.incident, What::NoticeDelivered { channel, purpose: notice.purpose });
                self.reached(&notice);
            }
            Delivery::Failed { error, .. } => {
                self.fact(notice.incident, What::NoticeFailed { channel, error: error.clone() });
                self.unreachable(&notice);
            }
            Delivery::Waiting { .. } | Delivery::Sending { .. } => {
                let error = if let Sent::Failed { error, .. } = sent { error.clone() } else { String::new() };
                // A line for each of many tries would bury the timeline.
                if !notice.is_overdue() {
                    self.fact(notice.incident, What::NoticeDelayed { channel, error });
                } else if notice.has_just_become_overdue() {
                    self.fact(notice.incident, What::NoticeOverdue { channel, error });
                    self.unreachable(&notice);
                }
            }
        }
    }

    fn reached(&mut self, notice: &Notice) {
        if notice.purpose != Purpose::Page {
            return;
        }
        if let Some(incident) = self.world.incidents.get_mut(&notice.incident) {
            incident.reached.insert(notice.level);
            incident.unreached.remove(&notice.level);
            self.touched.incidents.insert(notice.incident);
        }
    }

    /// No channel of a level got through: the next level is due now.
    fn unreachable(&mut self, failed: &Notice) {
        let same = |n: &&Notice| n.incident == failed.incident && n.purpose == Purpose::Page && n.level == failed.level;
        let hopes = self
            .world
            .notices
            .values()
            .filter(same)
            .any(|n| !n.is_overdue() && !matches!(n.delivery, Delivery::Failed { .. }));
        let reached = self.world.incidents.get(&failed.incident).is_some_and(|i| i.reached.contains(&failed.level));
        if failed.purpose == Purpose::Page && !hopes && !reached {
            if let Some(incident) = self.world.incidents.get_mut(&failed.incident) {
                incident.unreached.insert(failed.level);
                self.touched.incidents.insert(failed.incident);
            }
            self.push_escalation(failed.incident, &Push::Unreachable(failed.level));
        }
    }
}

/// The incident's time is part of the key: a new database counts from 1 again, a provider remembers.
fn notice_key(incident: &Incident, purpose: Purpose, level: usize, channel: &ChannelId) -> NoticeKey {
    let what = match purpose {
        Purpose::Page if incident.raised > 0 => format!("raised-{}-level-{level}", incident.raised),
        Purpose::Page => format!("level-{level}"),
        Purpose::Stopped => "stopped".to_owned(),
        Purpose::Resolved => "resolved".to_owned(),
        Purpose::GlassBroken => format!("glass-{level}"),
    };
    NoticeKey(format!("incident-{}-{}-{what}-{channel}", incident.id, incident.opened_at.as_second()))
}
