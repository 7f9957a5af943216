//! Procedures of the runbook.

use std::collections::BTreeMap;

use axum::Json;
use axum::extract::State;
use runward_core::id::ProcedureId;
use runward_core::run::{Undo, Work, missing, plan, values};
use runward_core::runbook::Procedure;
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

use crate::web::App;
use crate::web::error::{MissingValue, Problem};
use crate::web::path::Path;

/// A procedure in short.
#[derive(Debug, Serialize, Deserialize, ToSchema)]
pub struct ProcedureSummary {
    /// Its id.
    pub id: String,
    /// Its title.
    pub title: String,
    /// The severity it is written for.
    pub severity: Option<String>,
    /// How the trouble shows itself.
    pub symptoms: Vec<String>,
    /// How many steps it has.
    pub steps: usize,
    /// Where it stands in the runbook.
    pub source: String,
}

impl From<&Procedure> for ProcedureSummary {
    fn from(procedure: &Procedure) -> ProcedureSummary {
        ProcedureSummary {
            id: procedure.id.0.clone(),
            title: procedure.title.clone(),
            severity: procedure.severity.clone(),
            symptoms: procedure.symptoms.iter().map(|s| s.text.clone()).collect(),
            steps: procedure.steps.len(),
            source: procedure.source.to_string(),
        }
    }
}

/// A procedure with its steps.
#[derive(Debug, Serialize, ToSchema)]
pub struct ProcedureView {
    /// The procedure in short.
    #[serde(flatten)]
    pub summary: ProcedureSummary,
    /// Values that must be given before it can run.
    pub asks: Vec<MissingValue>,
    /// Its steps as they would be run.
    pub plan: Vec<StepView>,
}

/// A step as it would be run.
#[derive(Debug, Clone, Serialize, Deserialize, ToSchema)]
pub struct StepView {
    /// What it is about.
    pub title: String,
    /// `diagnose`, `fix`, `verify`, `rollback`, `prevent` or `other`.
    pub phase: String,
    /// `read-only`, `mutating` or `destructive`.
    pub impact: String,
    /// Why it is classed so.
    pub why: String,
    /// Whether a person does it.
    pub manual: bool,
    /// The machine it belongs on; `null` for the one Runward runs on.
    #[serde(default)]
    pub host: Option<String>,
    /// The command with its values, or the instruction.
    pub shown: String,
    /// Why Runward does not run it, where it is a command that a person must run.
    pub by_hand_because: Option<String>,
    /// What the runbook says, where that differs from what is run.
    pub original: Option<String>,
    /// The condition or alternative it belongs to.
    pub condition: Option<String>,
    /// What should come out.
    pub expected: Option<String>,
    /// Whether that is held against what comes out.
    pub asserted: bool,
    /// What takes it back: `nothing`, `run`, `files`, `unknown` or `never`.
    pub undo: String,
    /// The commands or files of that.
    pub undo_shown: Option<String>,
    /// Where it stands in the runbook.
    pub source: String,
    /// The hash an approval must name.
    pub hash: String,
}

impl From<&runward_core::run::PlannedStep> for StepView {
    fn from(step: &runward_core::run::PlannedStep) -> StepView {
        let (manual, because) = match &step.work {
            Work::Command { .. } => (false, None),
            Work::Manual { why, .. } => (true, Some(why.clone()).filter(|w| !w.is_empty())),
        };
        let (undo, undo_shown) = match &step.undo {
            Undo::Nothing => ("nothing", None),
            Undo::Run { shown, .. } => ("run", Some(shown.clone())),
            Undo::Files { paths } => ("files", Some(paths.join("\n"))),
            Undo::Unknown => ("unknown", None),
            Undo::Never => ("never", None),
        };
        StepView {
            title: step.title.clone(),
            phase: step.phase.name().to_owned(),
            impact: step.impact.name().to_owned(),
            why: step.why.clone(),
            manual,
            host: step.host.as_ref().map(|host| host.name.clone()),
            shown: step.shown().to_owned(),
            by_hand_because: because,
            original: step.original.clone(),
            condition: step.condition.clone(),
            expected: step.expected.clone(),
            asserted: step.expects.is_some(),
            undo: undo.to_owned(),
            undo_shown,
            source: step.source.clone(),
            hash: step.hash.clone(),
        }
    }
}

/// Every procedure of the runbook.
#[utoipa::path(get, path = "/procedures", responses((status = 200, body = Vec<ProcedureSummary>)), tag = "procedures")]
pub(super) async fn list(State(app): State<App>) -> Json<Vec<ProcedureSummary>> {
    Json(app.engine.read(|world| world.setup().procedures.iter().map(ProcedureSummary::from).collect()))
}

/// One procedure, as it would be run.
#[utoipa::path(get, path = "/procedures/{id}", params(("id" = String, Path)), responses((status = 200, body = ProcedureView), (status = 404, body = Problem)), tag = "procedures")]
pub(super) async fn show(State(app): State<App>, Path(id): Path<String>) -> Result<Json<ProcedureView>, Problem> {
    ProcedureView::of(&app, &ProcedureId(id.clone()), None)
        .map(Json)
        .ok_or_else(|| Problem::not_found(format!("procedure `{id}`")))
}

impl ProcedureView {
    /// A procedure as it would be run for a service.
    pub fn of(app: &App, id: &ProcedureId, service: Option<&str>) -> Option<ProcedureView> {
        app.engine.read(|world| {
            let setup = world.setup();
            let procedure = setup.procedures.iter().find(|p| p.id == *id)?;
            let service = service.and_then(|name| setup.find_service(name)).map(|plan| &plan.service);
            let known = values(procedure, service, &BTreeMap::new(), &setup.kinds);
            let asks = missing(procedure, &known, setup).into_iter().map(MissingValue::from).collect();
            let steps = plan(procedure, &known, setup).iter().map(StepView::from).collect();
            Some(ProcedureView { summary: ProcedureSummary::from(procedure), asks, plan: steps })
        })
    }
}
