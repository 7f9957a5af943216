//! Reading the configuration again.

use axum::extract::State;
use axum::http::StatusCode;

use crate::web::App;
use crate::web::error::Problem;

/// Reads the configuration and the runbooks again; where something is wrong the old ones stay in force.
#[utoipa::path(post, path = "/reload", responses((status = 204), (status = 422, body = Problem)), tag = "access")]
pub(super) async fn reload(State(app): State<App>) -> Result<StatusCode, Problem> {
    let (reply, answer) = tokio::sync::oneshot::channel();
    let gone = || Problem::new(StatusCode::SERVICE_UNAVAILABLE, "the server is stopping", "");
    app.reload.send(reply).await.map_err(|_| gone())?;
    match answer.await {
        Ok(Ok(())) => Ok(StatusCode::NO_CONTENT),
        Ok(Err(why)) => {
            Err(Problem::new(StatusCode::UNPROCESSABLE_ENTITY, why, "the old configuration stays in force"))
        }
        Err(_) => Err(gone()),
    }
}
