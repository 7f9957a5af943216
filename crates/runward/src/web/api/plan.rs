//! Plans: what a run would be, step by step, before there is one.

use std::collections::BTreeMap;

use axum::Json;
use axum::extract::State;
use runward_core::id::IncidentId;
use runward_core::world::{Consent, From as Origin, Preview, Previewed, Value, Wish};
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

use super::body::Body;
use super::procedure::StepView;
use crate::web::App;
use crate::web::error::Problem;
use crate::web::path::Path;

/// A run as it would be.
#[derive(Debug, Clone, Serialize, Deserialize, ToSchema)]
pub struct PlanView {
    /// The procedure.
    pub procedure: String,
    /// Its title.
    pub title: String,
    /// Where it stands in the runbook.
    pub source: String,
    /// The service it would be for.
    pub service: Option<String>,
    /// The name that must be typed before something is destroyed.
    pub target: String,
    /// Its parameters and where their values are from.
    pub params: Vec<ParamView>,
    /// What no other run may work on meanwhile.
    pub locks: Vec<String>,
    /// The run that is at work there now.
    pub busy: Option<i64>,
    /// Its steps.
    pub steps: Vec<PlanStepView>,
}

/// A parameter of a run that has not begun.
#[derive(Debug, Clone, Serialize, Deserialize, ToSchema)]
pub struct ParamView {
    /// The placeholder's name.
    pub name: String,
    /// What it may hold.
    pub kind: String,
    /// Its value, where it has one.
    pub value: Option<String>,
    /// `given`, `inventory`, `asked` (before the run begins) or `nowhere` (the steps that need it are done by hand).
    pub from: String,
    /// The values that are offered for it.
    pub offered: Vec<String>,
}

/// A step of a run that has not begun.
#[derive(Debug, Clone, Serialize, Deserialize, ToSchema)]
pub struct PlanStepView {
    /// The step, from 1.
    pub number: usize,
    /// What it says.
    #[serde(flatten)]
    pub step: StepView,
    /// What lets it run: `free`, `approve`, `type-target` or `by-hand`.
    pub consent: String,
    /// Whether it needs a second person.
    pub two_people: bool,
    /// What tells whether it did what it should.
    pub verified_by: Vec<String>,
    /// Whether nothing leads back from behind it.
    pub no_return: bool,
    /// The step whose stop it ends, from 1; the run never ends without it then.
    pub closes: Option<usize>,
}

impl From<&Preview> for PlanView {
    fn from(plan: &Preview) -> PlanView {
        PlanView {
            procedure: plan.procedure.0.clone(),
            title: plan.title.clone(),
            source: plan.source.clone(),
            service: plan.service.as_ref().map(|s| s.0.clone()),
            target: plan.target.clone(),
            params: plan.values.iter().map(ParamView::from).collect(),
            locks: plan.locks.clone(),
            busy: plan.busy.map(|run| run.0),
            steps: plan.steps.iter().enumerate().map(|(at, step)| step_view(at + 1, step)).collect(),
        }
    }
}

impl From<&Value> for ParamView {
    fn from(value: &Value) -> ParamView {
        let from = match value.from {
            Origin::Given => "given",
            Origin::Inventory => "inventory",
            Origin::Asked => "asked",
            Origin::Nowhere => "nowhere",
        };
        ParamView {
            name: value.name.clone(),
            kind: value.kind.name().to_owned(),
            value: value.value.clone(),
            from: from.to_owned(),
            offered: value.offered.clone(),
        }
    }
}

fn step_view(number: usize, step: &Previewed) -> PlanStepView {
    let consent = match step.consent {
        Consent::Free => "free",
        Consent::Approve => "approve",
        Consent::TypeTarget => "type-target",
        Consent::ByHand => "by-hand",
    };
    PlanStepView {
        number,
        // A step by hand belongs on a machine as well.
        step: StepView { host: step.host.clone(), ..StepView::from(&step.plan) },
        consent: consent.to_owned(),
        two_people: step.two_people,
        verified_by: step.verified_by.clone(),
        no_return: step.no_return,
        closes: step.plan.closes.map(|at| at + 1),
    }
}

/// What a run would be for.
#[derive(Debug, Default, Serialize, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub(super) struct Wanted {
    /// The service it is for; the incident's where it is not given.
    service: Option<String>,
    /// The incident it is for.
    incident: Option<i64>,
    /// Values for its placeholders.
    #[serde(default)]
    params: BTreeMap<String, String>,
}

/// What a run would be, step by step. Nothing is begun.
#[utoipa::path(post, path = "/procedures/{id}/plan", params(("id" = String, Path)), request_body = Wanted, responses((status = 200, body = PlanView), (status = 404, body = Problem), (status = 422, body = Problem)), tag = "procedures")]
pub(super) async fn show(
    State(app): State<App>,
    Path(id): Path<String>,
    Body(wanted): Body<Wanted>,
) -> Result<Json<PlanView>, Problem> {
    let service = wanted.service.as_deref().filter(|s| !s.is_empty());
    let wish = Wish { procedure: &id, service, incident: wanted.incident.map(IncidentId), params: wanted.params };
    Ok(Json(PlanView::from(&app.engine.read(|world| world.preview(&wish))?)))
}
