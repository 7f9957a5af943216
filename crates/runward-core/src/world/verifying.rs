//! Verification: after a change the service's checks look again; "fixed" means that they are well.

use std::time::Duration;

use super::Step;
use crate::check::Health;
use crate::effect::Effect;
use crate::fact::What;
use crate::id::{CheckId, RunId, ServiceId};
use crate::run::{Look, Run, Seen, StepState, look};
use crate::time::Timestamp;

/// How often checks are looked at while a fix is verified.
const LOOK_EVERY: Duration = Duration::from_secs(1);
/// How long checks may take for one look between two steps.
const QUICK_LOOK: Duration = Duration::from_secs(15);

impl Step<'_> {
    /// Looks at the service's checks after a change: patiently if nothing more will change, else once.
    pub(super) fn verify(&mut self, id: RunId, at: usize, attempt: u32) {
        let Some(run) = self.world.runs.get(&id) else { return };
        let checks: Vec<CheckId> = match &run.service {
            Some(service) => self.world.setup.checks_of(service).map(|(id, _)| id.clone()).collect(),
            None => Vec::new(),
        };
        if checks.is_empty() {
            self.set(id, at, StepState::Done { verified: None, attempt });
            self.advance(id);
            return;
        }
        let patience = if run.changes_after(at) { QUICK_LOOK } else { self.world.setup.limits.verify.0 };
        let since = self.now;
        self.set(id, at, StepState::Verifying { since, until: since + patience, look_at: since + LOOK_EVERY, attempt });
        self.effect(Effect::Probe { checks });
    }

    /// A check of this service has looked: maybe that settles a verification.
    pub(super) fn verify_seen(&mut self, service: &ServiceId) {
        let concerned = |r: &&Run| r.service.as_ref() == Some(service) && r.deadline().is_some();
        let ids: Vec<RunId> = self.world.runs().filter(concerned).map(|r| r.id).collect();
        for id in ids {
            self.judge_verification(id);
        }
    }

    pub(super) fn verify_due(&mut self) {
        let ids: Vec<RunId> =
            self.world.runs().filter(|r| r.deadline().is_some_and(|at| at <= self.now)).map(|r| r.id).collect();
        for id in ids {
            self.judge_verification(id);
        }
    }

    fn judge_verification(&mut self, id: RunId) {
        let Some(run) = self.world.runs.get(&id) else { return };
        let verifying = run.steps.iter().enumerate().find_map(|(at, s)| match s.state {
            StepState::Verifying { since, until, look_at, attempt } => Some((at, since, until, look_at, attempt)),
            _ => None,
        });
        let (Some((at, since, until, look_at, attempt)), Some(service)) = (verifying, run.service.clone()) else {
            return;
        };
        let quick = run.changes_after(at);
        let seen = self.seen_since(&service, since);
        let states: Vec<Seen> = seen.iter().map(|(_, s)| *s).collect();
        match look(&states, !quick) {
            Look::Well => self.verified(id, at, attempt, true, &seen),
            Look::Bad if quick => self.verified(id, at, attempt, false, &seen),
            _ if until <= self.now => self.verified(id, at, attempt, false, &seen),
            _ if look_at <= self.now => {
                self.set(id, at, StepState::Verifying { since, until, look_at: self.now + LOOK_EVERY, attempt });
                self.effect(Effect::Probe { checks: seen.into_iter().map(|(id, _)| id).collect() });
            }
            _ => {}
        }
    }

    fn seen_since(&self, service: &ServiceId, since: Timestamp) -> Vec<(CheckId, Seen)> {
        let seen = |id: &CheckId| {
            let state = self.world.checks.get(id);
            let fresh = state.and_then(|s| s.last.as_ref()).filter(|(_, begun)| *begun >= since).map(|(o, _)| o.health);
            Seen { believed: state.map_or(Health::Unknown, |s| s.health), since: fresh }
        };
        self.world.setup.checks_of(service).map(|(id, _)| (id.clone(), seen(id))).collect()
    }

    fn verified(&mut self, id: RunId, at: usize, attempt: u32, well: bool, seen: &[(CheckId, Seen)]) {
        self.set(id, at, StepState::Done { verified: Some(well), attempt });
        let Some(run) = self.world.runs.get_mut(&id) else { return };
        run.fixed |= well && run.was_bad;
        let incident = run.incident;
        let checks = seen.iter().map(|(id, s)| (id.0.clone(), s.since.unwrap_or(Health::Unknown))).collect();
        self.fact(incident, What::Verified { run: id, step: at, well, checks });
        self.advance(id);
    }
}
