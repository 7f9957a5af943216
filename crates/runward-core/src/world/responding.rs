//! What people do about an incident, and how it ends.

use super::{Refusal, Step};
use crate::effect::Effect;
use crate::escalation::Push;
use crate::fact::What;
use crate::id::{Actor, IncidentId, RUNWARD};
use crate::incident::{Incident, Stage};
use crate::notice::Purpose;
use crate::run::Kind;

impl Step<'_> {
    fn going(&self, id: IncidentId) -> Result<&Incident, Refusal> {
        match self.world.incidents.get(&id) {
            Some(incident) if incident.is_open() => Ok(incident),
            Some(incident) => Err(Refusal::NotNow(format!("incident {id} is already {}", incident.stage.name()))),
            None if id.0 > 0 && id <= self.world.last_incident => {
                Err(Refusal::NotNow(format!("incident {id} is already over")))
            }
            None => Err(Refusal::Unknown(format!("incident {id}"))),
        }
    }

    pub(super) fn acknowledged(&mut self, id: IncidentId, by: &Actor) -> Result<(), Refusal> {
        if let Stage::Acknowledged { by: other, .. } = &self.going(id)?.stage {
            // The same person twice is one acknowledgement; a second person takes over.
            if other == by {
                return Err(Refusal::NotNow(format!("{by} has already acknowledged incident {id}")));
            }
        }
        self.push_escalation(id, &Push::Acknowledged(by.clone()));
        if let Some(incident) = self.world.incidents.get_mut(&id) {
            incident.stage = Stage::Acknowledged { by: by.clone(), at: self.now };
            incident.acknowledged_by = Some(by.clone());
        }
        self.touched.incidents.insert(id);
        self.fact(id, What::Acknowledged { by: by.clone() });
        Ok(())
    }

    pub(super) fn updated(&mut self, id: IncidentId, by: &Actor, text: &str) -> Result<(), Refusal> {
        if !self.world.incidents.contains_key(&id) && (id.0 < 1 || id > self.world.last_incident) {
            return Err(Refusal::Unknown(format!("incident {id}")));
        }
        if text.trim().is_empty() {
            return Err(Refusal::Invalid("an update needs a text".into()));
        }
        self.fact(id, What::Updated { by: by.clone(), text: text.trim().to_owned() });
        Ok(())
    }

    pub(super) fn resolved(&mut self, id: IncidentId, by: &Actor, reason: Option<&str>) -> Result<(), Refusal> {
        self.going(id)?;
        let alerts: Vec<String> = self.going(id)?.alerts.iter().map(ToString::to_string).collect();
        let still = if alerts.is_empty() { String::new() } else { format!("still firing: {}", alerts.join(", ")) };
        let said = reason.map(str::trim).filter(|r| !r.is_empty()).map(str::to_owned);
        let words: Vec<String> = said.into_iter().chain((!still.is_empty()).then_some(still)).collect();
        self.resolve(id, by, &words.join("; "));
        Ok(())
    }

    /// Ends an incident whose alerts are all gone, unless somebody is still at work on it.
    pub(super) fn resolve_if_well(&mut self, id: IncidentId) {
        let well = self.world.incidents.get(&id).is_some_and(|i| i.is_open() && i.alerts.is_empty());
        let at_work = self.world.runs().any(|r| r.incident == Some(id) && r.kind != Kind::Diagnosis);
        if well && !at_work {
            self.resolve(id, &RUNWARD.into(), "all checks are well again");
        }
    }

    fn resolve(&mut self, id: IncidentId, by: &Actor, reason: &str) {
        self.push_escalation(id, &Push::Ended);
        let Some(incident) = self.world.incidents.get_mut(&id) else { return };
        incident.stage = Stage::Resolved { by: by.clone(), at: self.now };
        incident.alerts.clear();
        self.touched.incidents.insert(id);
        self.fact(id, What::Resolved { by: by.clone(), reason: reason.to_owned() });
        self.notify(id, Purpose::Resolved, 0);
        self.effect(Effect::WriteReview { incident: id });
    }

    pub(super) fn review_written(&mut self, id: IncidentId, path: &str) {
        self.turn.settled.push(Effect::review_key(id));
        if let Some(incident) = self.world.incidents.get_mut(&id) {
            incident.review = Some(path.to_owned());
            self.touched.incidents.insert(id);
        }
        self.fact(id, What::ReviewWritten { path: path.to_owned() });
    }

    pub(super) fn review_failed(&mut self, id: IncidentId, error: &str) {
        self.turn.settled.push(Effect::review_key(id));
        if let Some(incident) = self.world.incidents.get_mut(&id) {
            // Nothing waits for it any more; the timeline keeps what it would have said.
            incident.review = Some(String::new());
            self.touched.incidents.insert(id);
        }
        self.fact(id, What::ReviewFailed { error: error.to_owned() });
    }
}
