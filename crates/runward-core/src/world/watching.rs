//! From observations to alerts, and from alerts to incidents.

use std::collections::BTreeSet;
use std::time::Duration;

use super::{Refusal, Step};
use crate::alert::{Alert, AlertKey, Incoming};
use crate::check::{Health, Observation};
use crate::effect::Effect;
use crate::escalation::{Escalation, policy_for};
use crate::fact::What;
use crate::id::{CheckId, IncidentId, ServiceId, slug};
use crate::incident::{Incident, Stage};
use crate::setup::ServicePlan;
use crate::severity::{Trouble, judge};
use crate::symptom::{Evidence, best};
use crate::time::Timestamp;

/// Incidents of dependent services that began this shortly before belong to the one they depend on:
/// checks look at different moments, so the dependent may be seen first.
const FOLD_WINDOW: Duration = Duration::from_secs(300);

/// A dependent's alert waits this long for a cause that is suspected but not yet believed: one page instead of two.
pub(super) const HOLD: Duration = Duration::from_secs(60);

/// A report of trouble, whoever sent it.
struct Report<'r> {
    service: ServiceId,
    symptom: &'r str,
    health: Health,
    source: &'r str,
    kind: &'r str,
    summary: &'r str,
}

impl Step<'_> {
    /// The server began again: look at everything at once where a run waits for it, and end what was to be ended.
    pub(super) fn started(&mut self) {
        self.forget_checks();
        let aborting: Vec<_> =
            self.world.runs().filter_map(|run| run.aborting.as_ref().and(run.running_job())).collect();
        for job in aborting {
            self.effect(Effect::Kill { job });
        }
        let waiting: Vec<ServiceId> = self.world.runs().filter_map(|run| run.service.clone()).collect();
        for service in waiting {
            let checks = self.world.setup.checks_of(&service).map(|(id, _)| id.clone()).collect();
            self.effect(Effect::Probe { checks });
        }
    }

    /// Checks that are no longer there report nothing, or their incidents would never end.
    pub(super) fn forget_checks(&mut self) {
        let gone = |id: &&CheckId| self.world.setup.checks.get(id).is_none();
        let gone: Vec<CheckId> = self.world.checks.keys().filter(gone).cloned().collect();
        for id in gone {
            self.world.checks.remove(&id);
            let reported = |a: &&Alert| a.sources.contains(id.as_str());
            let keys: Vec<AlertKey> = self.world.alerts.values().filter(reported).map(|a| a.key.clone()).collect();
            for key in keys {
                self.clear(&key, id.as_str());
            }
        }
    }

    pub(super) fn observed(&mut self, id: &CheckId, seen: &Observation, begun_at: Timestamp) {
        let Some(plan) = self.world.setup.checks.get(id).cloned() else { return };
        let state = self.world.checks.entry(id.clone()).or_default();
        let before = state.health;
        let first = state.since.is_none();
        state.observe(seen, begun_at, plan.patience, self.now);
        let after = state.health;
        // A row of bad looks that may yet come to nothing is not worth a line in the log; after a crash it is counted anew.
        if before != after || (first && state.since.is_some()) {
            self.touched.checks.insert(id.clone());
        }
        if before != after {
            if after.is_bad() {
                let report = Report {
                    service: plan.service.clone(),
                    symptom: if after == Health::Warn { "degraded" } else { &plan.symptom },
                    health: after,
                    source: id.as_str(),
                    kind: &plan.kind,
                    summary: &seen.summary,
                };
                // A check that got worse or better without getting well reports another symptom now; the new one
                // comes first, or the incident would be over in between.
                let symptom = report.symptom.to_owned();
                self.raise(&report);
                self.clear_other(id.as_str(), &plan.service, &symptom);
            } else if after == Health::Ok {
                self.clear_other(id.as_str(), &plan.service, "");
            }
        }
        self.attach_waiting();
        self.verify_seen(&plan.service);
    }

    pub(super) fn alerted(&mut self, incoming: &Incoming) -> Result<(), Refusal> {
        if incoming.service.trim().is_empty() || incoming.symptom.trim().is_empty() {
            return Err(Refusal::Invalid("an alert needs a service and a symptom".into()));
        }
        let known = self.world.setup.find_service(&incoming.service).map(|plan| plan.service.id());
        let service = known.unwrap_or_else(|| ServiceId(slug(&incoming.service)));
        if incoming.firing {
            let report = Report {
                service,
                symptom: &incoming.symptom,
                health: if incoming.health == Health::Warn { Health::Warn } else { Health::Critical },
                source: &incoming.source,
                kind: "alert",
                summary: &incoming.summary,
            };
            self.raise(&report);
        } else {
            let key = AlertKey { service, symptom: incoming.symptom.clone() };
            self.clear(&key, &incoming.source);
        }
        Ok(())
    }

    fn raise(&mut self, report: &Report<'_>) {
        let key = AlertKey { service: report.service.clone(), symptom: report.symptom.to_owned() };
        self.touched.alerts.insert(key.clone());
        if let Some(alert) = self.world.alerts.get_mut(&key) {
            let joined = alert.sources.insert(report.source.to_owned());
            alert.kinds.insert(report.kind.to_owned());
            alert.health = alert.health.max(report.health);
            let incident = alert.incident;
            if joined {
                let (source, summary) = (report.source.to_owned(), report.summary.to_owned());
                self.fact(incident, What::AlertJoined { service: key.service.clone(), source, summary });
            }
            let over = incident.is_some_and(|id| !self.world.incidents.get(&id).is_some_and(Incident::is_open));
            // Somebody ended the incident while it fired: only a report that is new opens another.
            if over && joined {
                self.attach(&key);
            }
            return;
        }
        self.world.alerts.insert(
            key.clone(),
            Alert {
                key: key.clone(),
                health: report.health,
                sources: BTreeSet::from([report.source.to_owned()]),
                kinds: BTreeSet::from([report.kind.to_owned()]),
                summary: report.summary.to_owned(),
                since: self.now,
                incident: None,
            },
        );
        self.attach(&key);
    }

    /// Finds the incident an alert belongs to, or opens one.
    fn attach(&mut self, key: &AlertKey) {
        let Some(alert) = self.world.alerts.get(key) else { return };
        let fired = What::AlertFired {
            service: key.service.clone(),
            symptom: key.symptom.clone(),
            health: alert.health,
            source: alert.sources.iter().next().cloned().unwrap_or_default(),
            summary: alert.summary.clone(),
        };
        let waits_until = alert.since + HOLD;
        if let Some(id) = self.open_incident(&key.service) {
            self.join(key, id);
            self.fact(id, fired);
            self.raise_severity(id, key);
            return;
        }
        let needed = self.world.setup.needs(&key.service);
        if let Some(id) = needed.iter().find_map(|service| self.open_incident(service)) {
            self.join(key, id);
            self.fact(id, fired);
            self.fact(id, What::Folded { service: key.service.clone(), from: None });
            if let Some(incident) = self.world.incidents.get_mut(&id) {
                incident.folded.insert(key.service.clone());
            }
            return;
        }
        if self.now < waits_until && needed.iter().any(|service| self.is_suspected(service)) {
            return;
        }
        self.open(key, fired);
    }

    /// Whether a service was seen badly but not often enough to be believed.
    fn is_suspected(&self, service: &ServiceId) -> bool {
        let bad =
            |id: &CheckId| self.world.checks.get(id).and_then(|s| s.streak).is_some_and(|(health, _)| health.is_bad());
        self.world.setup.checks_of(service).any(|(id, _)| bad(id))
    }

    /// Alerts that wait for a suspected cause: it may be believed by now, or cleared of suspicion, or taking too long.
    pub(super) fn attach_waiting(&mut self) {
        let waiting: Vec<AlertKey> =
            self.world.alerts.values().filter(|a| a.incident.is_none()).map(|a| a.key.clone()).collect();
        for key in waiting {
            self.attach(&key);
        }
    }

    fn open_incident(&self, service: &ServiceId) -> Option<IncidentId> {
        self.world.incidents().find(|i| i.service == *service || i.folded.contains(service)).map(|i| i.id)
    }

    fn join(&mut self, key: &AlertKey, id: IncidentId) {
        if let Some(alert) = self.world.alerts.get_mut(key) {
            alert.incident = Some(id);
        }
        if let Some(incident) = self.world.incidents.get_mut(&id) {
            incident.alerts.insert(key.clone());
        }
        self.touched.alerts.insert(key.clone());
        self.touched.incidents.insert(id);
    }

    fn open(&mut self, key: &AlertKey, fired: What) {
        self.world.last_incident.0 += 1;
        let id = self.world.last_incident;
        let plan = self.world.setup.services.get(&key.service).cloned();
        let name = plan.as_ref().map_or_else(|| key.service.0.clone(), |p| p.service.name.clone());
        let severity = self.severity(key, plan.as_ref());
        let procedure = self.fitting(key, plan.as_ref());
        let incident = Incident {
            id,
            service: key.service.clone(),
            title: format!("{name} {}", key.symptom),
            service_name: name,
            policy: policy_for(&self.world.setup.escalation, severity.as_deref()),
            severity: severity.clone(),
            stage: Stage::Open,
            acknowledged_by: None,
            opened_at: self.now,
            alerts: BTreeSet::new(),
            folded: BTreeSet::new(),
            escalation: Escalation::BEGUN,
            told: BTreeSet::new(),
            reached: BTreeSet::new(),
            unreached: BTreeSet::new(),
            procedure: procedure.clone(),
            runs: Vec::new(),
            automatic_stopped: false,
            raised: 0,
            review: None,
        };
        let title = incident.title.clone();
        self.world.incidents.insert(id, incident);
        self.join(key, id);
        self.fact(id, fired);
        self.fact(id, What::Opened { service: key.service.clone(), title, severity, procedure });
        self.turn.made.incident = Some(id);
        self.fold_dependents(id, &key.service);
        self.begin_escalation(id);
        self.begin_diagnosis(id);
    }

    /// What was slow is down now: the incident is worse than it was, and those whom that concerns are told.
    fn raise_severity(&mut self, id: IncidentId, key: &AlertKey) {
        let plan = self.world.setup.services.get(&key.service).cloned();
        let Some(worse) = self.severity(key, plan.as_ref()) else { return };
        let rank = |name: &str| self.world.setup.severities.iter().position(|s| s.name == name);
        let Some(incident) = self.world.incidents.get(&id) else { return };
        let known = incident.severity.as_deref().and_then(rank);
        if incident.service != key.service || known.is_none() || rank(&worse) >= known {
            return;
        }
        let title = format!("{} {}", incident.service_name, key.symptom);
        let policy = policy_for(&self.world.setup.escalation, Some(&worse));
        if let Some(incident) = self.world.incidents.get_mut(&id) {
            incident.severity = Some(worse.clone());
            incident.title = title;
            incident.policy = policy;
            incident.raised += 1;
        }
        self.touched.incidents.insert(id);
        self.fact(id, What::SeverityRaised { to: worse });
        self.begin_escalation_again(id);
    }

    /// The severity by configuration, else by the runbook's own table.
    fn severity(&self, key: &AlertKey, plan: Option<&ServicePlan>) -> Option<String> {
        let health = self.world.alerts.get(key).map_or(Health::Critical, |a| a.health);
        if let Some(named) = plan.and_then(|p| p.severity.clone()).filter(|_| health == Health::Critical) {
            return Some(named);
        }
        let known = self.world.setup.services.len();
        let down = self.world.setup.services.keys().filter(|s| self.world.health_of(s) == Health::Critical).count();
        let share_down = if known > 1 { down as f64 / known as f64 } else { 0.0 };
        let names = plan.map(|p| p.service.names().collect()).unwrap_or_else(|| vec![key.service.as_str()]);
        let trouble = Trouble { service: names, degraded: health == Health::Warn, share_down };
        judge(&self.world.setup.severities, &trouble).map(|at| self.world.setup.severities[at].name.clone())
    }

    fn fitting(&self, key: &AlertKey, plan: Option<&ServicePlan>) -> Option<crate::id::ProcedureId> {
        let alert = self.world.alerts.get(key)?;
        let mut summaries = vec![alert.summary.clone(), alert.key.symptom.clone()];
        let checks = self.world.setup.checks_of(&key.service);
        // What the other checks of the service say right now is evidence too.
        let bad = checks.filter_map(|(id, plan)| {
            let (seen, _) = self.world.checks.get(id)?.last.as_ref()?;
            seen.health.is_bad().then(|| (plan.kind.clone(), seen.summary.clone()))
        });
        let (mut kinds, more): (Vec<String>, Vec<String>) = bad.unzip();
        summaries.extend(more);
        kinds.extend(alert.kinds.iter().cloned());
        let evidence = Evidence { kinds, summaries, alert: Some(key.symptom.clone()) };
        let services: Vec<&crate::service::Service> = self.world.setup.services.values().map(|p| &p.service).collect();
        best(&self.world.setup.procedures, &evidence, plan.map(|p| &p.service), &services).map(|p| p.id.clone())
    }

    /// Fresh incidents of services that need this one become part of its incident.
    fn fold_dependents(&mut self, into: IncidentId, service: &ServiceId) {
        let fresh = |i: &&Incident| i.id != into && i.stage == Stage::Open && i.opened_at + FOLD_WINDOW >= self.now;
        let dependents: Vec<IncidentId> = self
            .world
            .incidents()
            .filter(fresh)
            .filter(|i| self.world.setup.needs(&i.service).contains(service))
            .map(|i| i.id)
            .collect();
        for id in dependents {
            self.merge(id, into);
        }
    }

    fn merge(&mut self, id: IncidentId, into: IncidentId) {
        let Some(incident) = self.world.incidents.get_mut(&id) else { return };
        incident.stage = Stage::Merged { into, at: self.now };
        incident.escalation = Escalation::Ended;
        let (service, alerts) = (incident.service.clone(), std::mem::take(&mut incident.alerts));
        let told = incident.told.clone();
        self.touched.incidents.insert(id);
        for key in alerts {
            self.join(&key, into);
        }
        if let Some(parent) = self.world.incidents.get_mut(&into) {
            parent.folded.insert(service.clone());
            parent.told.extend(told);
        }
        self.fact(id, What::Merged { into });
        self.fact(into, What::Folded { service, from: Some(id) });
    }

    /// Takes a source back from every alert of the service but the one with `keep` as its symptom.
    fn clear_other(&mut self, source: &str, service: &ServiceId, keep: &str) {
        let reported = |a: &&Alert| a.key.service == *service && a.key.symptom != keep && a.sources.contains(source);
        let keys: Vec<AlertKey> = self.world.alerts.values().filter(reported).map(|a| a.key.clone()).collect();
        for key in keys {
            self.clear(&key, source);
        }
    }

    fn clear(&mut self, key: &AlertKey, source: &str) {
        let Some(alert) = self.world.alerts.get_mut(key) else { return };
        if !alert.sources.remove(source) {
            return;
        }
        self.touched.alerts.insert(key.clone());
        if !alert.sources.is_empty() {
            return;
        }
        let incident = alert.incident;
        self.world.alerts.remove(key);
        self.fact(incident, What::AlertCleared { service: key.service.clone(), symptom: key.symptom.clone() });
        if let Some(id) = incident {
            if let Some(incident) = self.world.incidents.get_mut(&id) {
                incident.alerts.remove(key);
                self.touched.incidents.insert(id);
            }
            self.resolve_if_well(id);
        }
    }
}
