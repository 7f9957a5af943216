//! A run before it is one: every step as it would be carried out, what it would ask for, hold, and leave behind.

use std::collections::{BTreeMap, BTreeSet};

use serde::{Deserialize, Serialize};

use super::requests::{check_names, check_values};
use super::{Refusal, World};
use crate::command::impact::Impact;
use crate::command::placeholder::{self, ParamKind, Placeholder};
use crate::id::{IncidentId, ProcedureId, RunId, ServiceId};
use crate::run::{Asked, Kind, PlannedStep, Undo, machine_of, missing, offered, plan, values};
use crate::runbook::{Phase, Procedure};
use crate::service::Service;
use crate::time::Span;

/// A run as it would be.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Preview {
    /// The procedure.
    pub procedure: ProcedureId,
    /// Its title.
    pub title: String,
    /// Where it stands: `ops.md:179`.
    pub source: String,
    /// The service it would be for.
    pub service: Option<ServiceId>,
    /// The name that must be typed before something is destroyed.
    pub target: String,
    /// Its parameters.
    pub values: Vec<Value>,
    /// What no other run may work on meanwhile, in words.
    pub locks: Vec<String>,
    /// The run that is at work there now.
    pub busy: Option<RunId>,
    /// Its steps.
    pub steps: Vec<Previewed>,
}

/// A parameter and where its value is from.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Value {
    /// The placeholder's name.
    pub name: String,
    /// What it may hold.
    pub kind: ParamKind,
    /// Its value, where it has one.
    pub value: Option<String>,
    /// Where that is from.
    pub from: From,
    /// The values that are offered for it.
    pub offered: Vec<String>,
}

/// Where a parameter's value is from.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum From {
    /// The person gave it.
    Given,
    /// It follows from the service the run is for.
    Inventory,
    /// It is asked for before the run begins.
    Asked,
    /// Nothing asks for it: the steps that need it are done by hand.
    Nowhere,
}

/// A step of a run that has not begun.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Previewed {
    /// What it says.
    #[serde(flatten)]
    pub plan: PlannedStep,
    /// The machine the runbook says it belongs on; `None` for the one Runward runs on.
    pub host: Option<String>,
    /// What lets it run.
    pub consent: Consent,
    /// Whether it needs a second person.
    pub two_people: bool,
    /// What tells whether it did what it should, in words.
    pub verified_by: Vec<String>,
    /// Whether nothing leads back from behind it.
    pub no_return: bool,
}

/// What lets a step run.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Consent {
    /// Nothing: it only looks.
    Free,
    /// One word.
    Approve,
    /// The name of the target, typed.
    TypeTarget,
    /// A person does it and says so.
    ByHand,
}

/// What is to be previewed.
#[derive(Clone, Debug, Default)]
pub struct Wish<'w> {
    /// The procedure's id.
    pub procedure: &'w str,
    /// For which service.
    pub service: Option<&'w str>,
    /// Because of which incident.
    pub incident: Option<IncidentId>,
    /// Values for its placeholders.
    pub params: BTreeMap<String, String>,
}

impl World {
    /// What a run would be, were it asked for now. Values that are missing are no hindrance.
    /// # Errors
    /// Where no run of that kind could begin: there is no such procedure, or a value is not right.
    pub fn preview(&self, wish: &Wish<'_>) -> Result<Preview, Refusal> {
        let setup = &self.setup;
        let procedure = &ProcedureId(wish.procedure.to_owned());
        let named = wish.service.map(|name| ServiceId(name.to_owned()));
        let (procedure, service) = self.wanted(procedure, named.as_ref(), wish.incident)?;
        check_names(procedure, &wish.params)?;
        let about = service.as_ref().and_then(|s| setup.services.get(s)).map(|plan| &plan.service);
        let known = values(procedure, about, &wish.params, &setup.kinds);
        check_values(procedure, &known, &setup.kinds)?;
        let steps = plan(procedure, &known, setup);
        let previewed = (0..steps.len()).map(|at| self.previewed(&steps, at, procedure, service.as_ref())).collect();
        Ok(Preview {
            procedure: procedure.id.clone(),
            title: procedure.title.clone(),
            source: procedure.source.to_string(),
            target: service.as_ref().map_or(procedure.id.as_str(), ServiceId::as_str).to_owned(),
            values: self.sources(procedure, about, &wish.params),
            locks: locks(procedure, service.as_ref()),
            busy: self.busy(procedure, service.as_ref()),
            steps: previewed,
            service,
        })
    }

    /// The procedure and the service that a request means.
    pub(super) fn wanted(
        &self,
        procedure: &ProcedureId,
        service: Option<&ServiceId>,
        incident: Option<IncidentId>,
    ) -> Result<(&Procedure, Option<ServiceId>), Refusal> {
        let found = self.setup.procedures.iter().find(|p| p.id == *procedure);
        let procedure = found.ok_or_else(|| Refusal::Unknown(format!("procedure `{procedure}`")))?;
        let of_incident = match incident {
            Some(id) => {
                let known = self.incidents.get(&id);
                Some(known.ok_or_else(|| Refusal::Unknown(format!("open incident {id}")))?.service.clone())
            }
            None => None,
        };
        let service = match service {
            Some(name) => {
                let known = self.setup.find_service(name.as_str());
                Some(known.ok_or_else(|| Refusal::Unknown(format!("service `{name}`")))?.service.id())
            }
            None => of_incident.filter(|s| self.setup.services.contains_key(s)),
        };
        Ok((procedure, service))
    }

    /// The run that is at work on this service or carries out this procedure.
    pub(super) fn busy(&self, procedure: &Procedure, service: Option<&ServiceId>) -> Option<RunId> {
        let same = |r: &&crate::run::Run| {
            r.kind != Kind::Diagnosis
                && (r.procedure == procedure.id || (service.is_some() && r.service.as_ref() == service))
        };
        self.runs().find(same).map(|r| r.id)
    }

    fn previewed(
        &self,
        steps: &[PlannedStep],
        at: usize,
        procedure: &Procedure,
        service: Option<&ServiceId>,
    ) -> Previewed {
        let step = &steps[at];
        let consent = match (step.is_command(), step.impact) {
            (false, _) => Consent::ByHand,
            (true, Impact::ReadOnly) => Consent::Free,
            (true, Impact::Mutating) => Consent::Approve,
            (true, Impact::Destructive) => Consent::TypeTarget,
        };
        let of_runbook = procedure.steps.iter().find(|s| s.id == step.id);
        let host = of_runbook.and_then(|s| s.commands.iter().find_map(|c| machine_of(c, &self.setup)));
        Previewed {
            host,
            consent,
            two_people: consent == Consent::TypeTarget && self.setup.approval.two_people,
            verified_by: self.verified_by(steps, at, service),
            no_return: step.undo == Undo::Never,
            plan: step.clone(),
        }
    }

    fn verified_by(&self, steps: &[PlannedStep], at: usize, service: Option<&ServiceId>) -> Vec<String> {
        let step = &steps[at];
        let mut said = Vec::new();
        if let Some(expected) = step.expected.as_ref().filter(|_| step.expects.is_some() && step.is_command()) {
            said.push(format!("its output: {expected}"));
        }
        if step.impact == Impact::ReadOnly || !step.is_command() {
            return said;
        }
        let checks: Vec<&str> =
            service.into_iter().flat_map(|s| self.setup.checks_of(s)).map(|(id, _)| id.as_str()).collect();
        let more = steps[at + 1..].iter().any(|s| s.impact > Impact::ReadOnly && !s.conditional && s.is_command());
        let within = self.setup.limits.verify;
        match (checks.is_empty(), more) {
            (true, _) => {}
            (false, true) => said.push(format!("one look of {}", checks.join(", "))),
            (false, false) => {
                said.push(format!("{} well within {}", checks.join(", "), Span::seconds(within.0.as_secs())))
            }
        }
        let looks = steps[at + 1..].iter().enumerate().filter(|(_, s)| s.phase == Phase::Verify && s.is_command());
        let numbers: Vec<String> = looks.map(|(behind, _)| (at + behind + 2).to_string()).collect();
        match numbers.as_slice() {
            [] => {}
            [one] => said.push(format!("step {one}")),
            many => said.push(format!("steps {}", many.join(", "))),
        }
        said
    }

    fn sources(&self, procedure: &Procedure, about: Option<&Service>, given: &BTreeMap<String, String>) -> Vec<Value> {
        let setup = &self.setup;
        let known = values(procedure, about, given, &setup.kinds);
        let asked: Vec<Asked> = missing(procedure, &known, setup);
        let mut seen: BTreeSet<String> = BTreeSet::new();
        let mut found = Vec::new();
        for command in procedure.steps.iter().flat_map(|s| &s.commands) {
            let placeholders = placeholder::find_as(command.runnable(), &setup.kinds);
            for placeholder in &placeholders {
                if seen.insert(placeholder.name.clone()) {
                    found.push(self.source_of(placeholder, &placeholders, given, &known, &asked));
                }
            }
        }
        found
    }

    fn source_of(
        &self,
        placeholder: &Placeholder,
        beside: &[Placeholder],
        given: &BTreeMap<String, String>,
        known: &BTreeMap<String, String>,
        asked: &[Asked],
    ) -> Value {
        let value = placeholder::value_of(placeholder, beside, known).cloned();
        // Another spelling of a name that is asked for is asked for with it.
        let is_asked = asked
            .iter()
            .any(|a| a.name == placeholder.name || placeholder::canonical(&a.name, a.kind) == placeholder.canonical());
        let from = match &value {
            Some(_) if placeholder::value_of(placeholder, beside, given).is_some() => From::Given,
            Some(_) => From::Inventory,
            None if is_asked => From::Asked,
            None => From::Nowhere,
        };
        Value {
            name: placeholder.name.clone(),
            kind: placeholder.kind,
            offered: if value.is_some() { Vec::new() } else { offered(placeholder, &self.setup) },
            value,
            from,
        }
    }
}

fn locks(procedure: &Procedure, service: Option<&ServiceId>) -> Vec<String> {
    let on = service.map(|s| format!("service {s}"));
    on.into_iter().chain([format!("procedure {}", procedure.id)]).collect()
}
