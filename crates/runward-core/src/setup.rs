//! What a world is set up with: the runbook, corrected and completed by the configuration.

use std::collections::{BTreeMap, BTreeSet};

use serde::{Deserialize, Serialize};

use crate::check::Patience;
use crate::command::placeholder::Kinds;
use crate::escalation::Rule;
use crate::id::{ChannelId, CheckId, ProcedureId, ServiceId};
use crate::run::approval::Policy;
use crate::runbook::Procedure;
use crate::runbook::overrides::HostFacts;
use crate::service::Service;
use crate::severity::Severity;
use crate::time::Span;

/// Everything the decisions rest on that does not change by itself.
#[derive(Clone, Debug)]
pub struct Setup {
    /// What runs.
    pub services: BTreeMap<ServiceId, ServicePlan>,
    /// How bad is bad, worst first.
    pub severities: Vec<Severity>,
    /// What is watched.
    pub checks: Checks,
    /// What to do.
    pub procedures: Vec<Procedure>,
    /// Who is paged when.
    pub escalation: Vec<Rule>,
    /// The channels that exist.
    pub channels: BTreeSet<ChannelId>,
    /// Whether an incident's procedure is diagnosed by itself.
    pub diagnose: bool,
    /// How long things may take.
    pub limits: Limits,
    /// What an approval needs.
    pub approval: Policy,
    /// What parameters ask for where the configuration says so, by name.
    pub kinds: Kinds,
    /// The values it offers for them.
    pub offered: BTreeMap<String, Vec<String>>,
    /// Hosts of the runbook that are this machine.
    pub here: Vec<String>,
    /// What is known of the others, by the name that stands behind `ssh`.
    pub hosts: BTreeMap<String, HostFacts>,
    /// The address that links in pages begin with.
    pub public_url: Option<String>,
}

impl Default for Setup {
    fn default() -> Self {
        Setup {
            services: BTreeMap::new(),
            severities: Vec::new(),
            checks: Checks::default(),
            procedures: Vec::new(),
            escalation: Vec::new(),
            channels: BTreeSet::new(),
            diagnose: true,
            limits: Limits::default(),
            approval: Policy::default(),
            kinds: Kinds::new(),
            offered: BTreeMap::new(),
            here: Vec::new(),
            hosts: BTreeMap::new(),
            public_url: None,
        }
    }
}

/// A service and how it is looked after.
#[derive(Clone, Debug)]
pub struct ServicePlan {
    /// What the runbook says of it.
    pub service: Service,
    /// The services without which it is as good as down.
    pub depends_on: Vec<ServiceId>,
    /// The severity of its being down, where the configuration says so.
    pub severity: Option<String>,
    /// What may be done about it without a person.
    pub automatic: Option<Remediation>,
}

/// Permission to repair a service without a person.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Remediation {
    /// The procedure; `None` for the one that fits best.
    pub procedure: Option<ProcedureId>,
    /// How often within the window.
    pub max_runs: u32,
    /// The window.
    pub window: Span,
}

/// A check as far as decisions are concerned.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct CheckPlan {
    /// The service it is about.
    pub service: ServiceId,
    /// Its kind's name.
    pub kind: String,
    /// What it looks at, for people.
    pub target: String,
    /// How many observations in a row it takes.
    pub patience: Patience,
    /// The symptom it reports: `down`, `unreachable`.
    pub symptom: String,
}

/// What is watched, found by its name and by the service it is about: every observation asks for both.
#[derive(Clone, Debug, Default)]
pub struct Checks {
    plans: BTreeMap<CheckId, CheckPlan>,
    of_service: BTreeMap<ServiceId, BTreeSet<CheckId>>,
}

impl Checks {
    /// The check of that name.
    pub fn get(&self, id: &CheckId) -> Option<&CheckPlan> {
        self.plans.get(id)
    }

    /// Every check by name.
    pub fn iter(&self) -> impl Iterator<Item = (&CheckId, &CheckPlan)> {
        self.plans.iter()
    }

    /// How many there are.
    pub fn len(&self) -> usize {
        self.plans.len()
    }

    /// Whether nothing is watched.
    pub fn is_empty(&self) -> bool {
        self.plans.is_empty()
    }

    fn of(&self, service: &ServiceId) -> impl Iterator<Item = (&CheckId, &CheckPlan)> {
        let ids = self.of_service.get(service).into_iter().flatten();
        ids.filter_map(|id| self.plans.get_key_value(id))
    }
}

impl FromIterator<(CheckId, CheckPlan)> for Checks {
    fn from_iter<I: IntoIterator<Item = (CheckId, CheckPlan)>>(plans: I) -> Checks {
        let plans: BTreeMap<CheckId, CheckPlan> = plans.into_iter().collect();
        let mut of_service: BTreeMap<ServiceId, BTreeSet<CheckId>> = BTreeMap::new();
        for (id, plan) in &plans {
            of_service.entry(plan.service.clone()).or_default().insert(id.clone());
        }
        Checks { plans, of_service }
    }
}

/// How long things may take.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Limits {
    /// A step that only looks.
    pub look: Span,
    /// A step that changes something.
    pub change: Span,
    /// Until checks must be well again after a fix.
    pub verify: Span,
}

impl Default for Limits {
    fn default() -> Self {
        Limits { look: Span::seconds(30), change: Span::seconds(300), verify: Span::seconds(60) }
    }
}

impl Setup {
    /// The service by any of its names.
    pub fn find_service(&self, name: &str) -> Option<&ServicePlan> {
        let by_id = self.services.get(&ServiceId(crate::id::slug(name)));
        by_id.or_else(|| self.services.values().find(|plan| plan.service.names().any(|n| n == name)))
    }

    /// The procedure by its id, or by its title in any spelling.
    pub fn find_procedure(&self, name: &str) -> Option<&Procedure> {
        let slug = crate::id::slug(name);
        self.procedures
            .iter()
            .find(|p| p.id.as_str() == name)
            .or_else(|| self.procedures.iter().find(|p| p.id.as_str() == slug))
    }

    /// The checks of a service.
    pub fn checks_of(&self, service: &ServiceId) -> impl Iterator<Item = (&CheckId, &CheckPlan)> {
        self.checks.of(service)
    }

    /// Every service this one needs, directly or through others, nearest first.
    pub fn needs(&self, service: &ServiceId) -> Vec<ServiceId> {
        let mut found: Vec<ServiceId> = Vec::new();
        let mut open = vec![service.clone()];
        while let Some(next) = open.pop() {
            for needed in self.services.get(&next).map(|p| p.depends_on.as_slice()).unwrap_or_default() {
                if needed != service && !found.contains(needed) {
                    found.push(needed.clone());
                    open.insert(0, needed.clone());
                }
            }
        }
        found
    }
}
