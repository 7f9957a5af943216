//! The runbook as it was understood.

use std::sync::Arc;

use axum::Json;
use axum::extract::State;
use runward_core::runbook::Runbook;

use crate::web::App;

/// All that was understood of the runbook, in the shape of `runward explain --format json`.
#[utoipa::path(get, path = "/runbook", responses((status = 200, body = Object)), tag = "status")]
pub(super) async fn show(State(app): State<App>) -> Json<Arc<Runbook>> {
    Json(app.runbook())
}
