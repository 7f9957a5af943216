//! The runbook's procedures, as they would be run.

use axum::extract::State;
use axum::response::{Html, Response};
use runward_core::id::ProcedureId;
use runward_core::world::Wish;
use serde_json::json;

use super::render;
use crate::web::App;
use crate::web::api::plan::PlanView;
use crate::web::api::procedure::{ProcedureSummary, ProcedureView};
use crate::web::error::Problem;
use crate::web::path::Path;

pub(super) async fn list(State(app): State<App>) -> Result<Html<String>, Response> {
    let procedures: Vec<ProcedureSummary> =
        app.engine.read(|w| w.setup().procedures.iter().map(ProcedureSummary::from).collect());
    render(&app, "procedures.html", json!({ "title": "Procedures", "procedures": procedures })).map_err(|e| e.page())
}

pub(super) async fn show(State(app): State<App>, Path(id): Path<String>) -> Result<Html<String>, Response> {
    let found = ProcedureView::of(&app, &ProcedureId(id.clone()), None);
    let procedure = found.ok_or_else(|| Problem::not_found(format!("procedure `{id}`")).page())?;
    let title = procedure.summary.title.clone();
    let plan =
        app.engine.read(|world| world.preview(&Wish { procedure: &id, ..Wish::default() }).map(|p| PlanView::from(&p)));
    let plan = plan.map_err(|refusal| Problem::from(refusal).page())?;
    render(&app, "procedure.html", json!({ "title": title, "procedure": procedure, "plan": plan }))
        .map_err(|e| e.page())
}
