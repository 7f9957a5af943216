//! Alerts from outside, in a plain form of our own.

use axum::extract::State;
use axum::http::StatusCode;
use axum::{Extension, Json};
use runward_core::alert::Incoming;
use runward_core::check::Health;
use runward_core::event::Event;
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

use super::body::Body;
use crate::web::App;
use crate::web::auth::Bearer;
use crate::web::error::Problem;

/// An alert.
#[derive(Debug, Serialize, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub(super) struct Alert {
    /// The service, by any of its names.
    service: String,
    /// What is wrong: `down`, `queue stuck`. The same service and symptom are the same alert.
    symptom: String,
    /// `firing` or `resolved`.
    #[serde(default = "firing")]
    status: String,
    /// `critical` or `warn`.
    #[serde(default = "critical")]
    level: String,
    /// More, in a few words.
    #[serde(default)]
    summary: String,
    /// Who reports it; behind the token's name, unless that is an admin's. It resolves only what it reported itself.
    source: Option<String>,
}

fn firing() -> String {
    "firing".into()
}

fn critical() -> String {
    "critical".into()
}

/// What was made of it.
#[derive(Debug, Serialize, ToSchema)]
pub(super) struct Taken {
    /// The incident it opened, if it opened one.
    incident: Option<i64>,
}

/// Takes an alert in. The answer means that it is on disk.
#[utoipa::path(post, path = "/alerts", request_body = Alert, responses((status = 202, body = Taken), (status = 422, body = Problem), (status = 503, body = Problem)), tag = "alerts")]
pub(super) async fn take(
    State(app): State<App>,
    Extension(bearer): Extension<Bearer>,
    Body(body): Body<Alert>,
) -> Result<(StatusCode, Json<Taken>), Problem> {
    let wrong = |error: String, help: &str| Problem::new(StatusCode::UNPROCESSABLE_ENTITY, error, help);
    let firing = match body.status.as_str() {
        "firing" => true,
        "resolved" => false,
        other => return Err(wrong(format!("`{other}` is no status of an alert"), "firing or resolved")),
    };
    let health = match body.level.as_str() {
        "critical" => Health::Critical,
        "warn" | "warning" => Health::Warn,
        other => return Err(wrong(format!("`{other}` is no level of an alert"), "critical or warn")),
    };
    let most = |text: &str| text.len() <= 1024;
    if !most(&body.service) || !most(&body.symptom) || body.summary.len() > 8192 {
        return Err(wrong(
            "the alert is too long".into(),
            "at most 1024 bytes of service and symptom, 8192 of summary",
        ));
    }
    let given = body.source.filter(|source| !source.is_empty());
    let source = match given {
        Some(given) if bearer.may_speak_for_others() => given,
        // Whatever a program calls itself: it must not resolve what another one reported.
        Some(given) => format!("{} ({given})", bearer.name),
        None => bearer.name.0.clone(),
    };
    let incoming = Incoming {
        source,
        service: body.service,
        symptom: body.symptom.trim().to_lowercase(),
        health,
        summary: body.summary,
        firing,
    };
    let made = app.engine.tell(Event::Alerted(incoming)).await?;
    Ok((StatusCode::ACCEPTED, Json(Taken { incident: made.incident.map(|i| i.0) })))
}
