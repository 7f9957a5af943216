//! Automatic remediation: repairs without a person, as far as the configuration allows, and no further.

use std::collections::BTreeMap;

use super::Step;
use super::running::Wanted;
use crate::fact::What;
use crate::id::{IncidentId, RUNWARD};
use crate::incident::Stage;
use crate::notice::Purpose;
use crate::run::{Kind, missing, values};

impl Step<'_> {
    /// Repairs a service without a person, where the configuration allows it and nobody is on it.
    pub(super) fn consider_repair(&mut self, id: IncidentId) {
        let Some(incident) = self.world.incidents.get(&id).filter(|i| i.is_open() && !i.automatic_stopped).cloned()
        else {
            return;
        };
        let acknowledged = matches!(incident.stage, Stage::Acknowledged { .. });
        let Some(allowed) = self.world.setup.services.get(&incident.service).and_then(|p| p.automatic.clone()) else {
            return;
        };
        let active =
            self.world.runs().any(|r| r.kind != Kind::Diagnosis && r.service.as_ref() == Some(&incident.service));
        if acknowledged || active || incident.alerts.is_empty() {
            return;
        }
        let wanted = allowed.procedure.as_ref().or(incident.procedure.as_ref());
        let procedure = wanted.and_then(|p| self.world.setup.procedures.iter().find(|q| q.id == *p)).cloned();
        let Some(procedure) = procedure else {
            self.stop_repairing(id, "no procedure fits");
            return;
        };
        let since = self.now - allowed.window.0;
        let repairs = self.world.repairs.entry(incident.service.clone()).or_default();
        repairs.retain(|at| *at > since);
        if repairs.len() >= allowed.max_runs as usize {
            let reason = format!("it ran {} in {}, which is all it may", times(repairs.len()), allowed.window);
            self.stop_repairing(id, &reason);
            return;
        }
        let plan = self.world.setup.services.get(&incident.service);
        let params = values(&procedure, plan.map(|p| &p.service), &BTreeMap::new(), &self.world.setup.kinds);
        let asked = missing(&procedure, &params, &self.world.setup);
        if let Some(asked) = asked.first() {
            let reason = format!("no value for `{}`", asked.name);
            self.stop_repairing(id, &reason);
            return;
        }
        let now = self.now;
        self.world.repairs.entry(incident.service.clone()).or_default().push(now);
        self.touched.repairs.insert(incident.service.clone());
        let service = Some(incident.service);
        self.start(Wanted {
            procedure: &procedure,
            service,
            incident: Some(id),
            params,
            kind: Kind::Automatic,
            by: RUNWARD.into(),
        });
    }

    pub(super) fn stop_repairing(&mut self, id: IncidentId, reason: &str) {
        let Some(incident) = self.world.incidents.get_mut(&id).filter(|i| !i.automatic_stopped) else { return };
        incident.automatic_stopped = true;
        self.touched.incidents.insert(id);
        self.fact(id, What::AutomaticStopped { reason: reason.to_owned() });
        self.notify(id, Purpose::Stopped, 0);
    }
}

fn times(n: usize) -> String {
    if n == 1 { "once".to_owned() } else { format!("{n} times") }
}
