//! Reading the configuration again.

use axum::Json;
use axum::extract::State;
use axum::http::StatusCode;
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

use crate::web::App;
use crate::web::error::Problem;

/// The new configuration is in force.
#[derive(Debug, Serialize, Deserialize, ToSchema)]
pub struct Reloaded {
    /// Keys that changed and that only a restart puts in force.
    pub needs_restart: Vec<String>,
}

/// Reads the configuration and the runbooks again; where something is wrong the old ones stay in force.
#[utoipa::path(post, path = "/reload", responses((status = 200, body = Reloaded), (status = 422, body = Problem)), tag = "access")]
pub(super) async fn reload(State(app): State<App>) -> Result<Json<Reloaded>, Problem> {
    let (reply, answer) = tokio::sync::oneshot::channel();
    let gone = || Problem::new(StatusCode::SERVICE_UNAVAILABLE, "the server is stopping", "");
    app.reload.send(reply).await.map_err(|_| gone())?;
    match answer.await {
        Ok(Ok(later)) => Ok(Json(Reloaded { needs_restart: later.into_iter().map(str::to_owned).collect() })),
        Ok(Err(why)) => {
            Err(Problem::new(StatusCode::UNPROCESSABLE_ENTITY, why, "the old configuration stays in force"))
        }
        Err(_) => Err(gone()),
    }
}
