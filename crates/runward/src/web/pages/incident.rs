//! One incident: what happened, what to do, and the buttons to do it.

use axum::Extension;
use axum::Form;
use axum::extract::State;
use axum::extract::rejection::FormRejection;
use axum::http::HeaderMap;
use axum::response::{Html, Response};
use runward_core::event::Event;
use runward_core::id::{IncidentId, ProcedureId};
use serde::Deserialize;
use serde_json::json;

use super::{done, render};
use crate::web::App;
use crate::web::api::incident::{Full, Summary};
use crate::web::api::procedure::ProcedureView;
use crate::web::api::run::RunView;
use crate::web::api::status::Status;
use crate::web::auth::Bearer;
use crate::web::error::Problem;
use crate::web::path::Path;

/// How many incidents the list shows.
const MOST: i64 = 200;

pub(super) async fn list(State(app): State<App>) -> Result<Html<String>, Response> {
    let found = app.engine.reader.incidents(false, MOST).await.map_err(|e| Problem::from(e).page())?;
    let incidents: Vec<Summary> = found.iter().map(Summary::from).collect();
    render(&app, "incidents.html", json!({ "title": "Incidents", "incidents": incidents })).map_err(|e| e.page())
}

pub(super) async fn show(State(app): State<App>, Path(id): Path<i64>) -> Result<Html<String>, Response> {
    let full = Full::of(&app, IncidentId(id)).await.map_err(|e| e.page())?;
    let incident = full.incident;
    let open = matches!(incident.stage.as_str(), "open" | "acknowledged");
    let service = Status::of(&app).services.into_iter().find(|s| s.id == incident.service);
    let procedure = incident
        .procedure
        .as_deref()
        .and_then(|p| ProcedureView::of(&app, &ProcedureId(p.to_owned()), Some(&incident.service)));
    let (diagnoses, runs): (Vec<RunView>, Vec<RunView>) =
        full.runs.into_iter().partition(|run| run.kind == "diagnosis");
    let run = runs.last().cloned();
    let title = format!("#{id} {}", incident.title);
    let timeline = full.timeline;
    let diagnosis = diagnoses.into_iter().last();
    render(
        &app,
        "incident.html",
        json!({ "title": title, "incident": incident, "open": open, "service": service, "procedure": procedure, "run": run, "runs": runs, "diagnosis": diagnosis, "timeline": timeline }),
    )
    .map_err(|e| e.page())
}

pub(super) async fn acknowledge(
    State(app): State<App>,
    Extension(bearer): Extension<Bearer>,
    Path(id): Path<i64>,
    headers: HeaderMap,
) -> Response {
    let event = Event::Acknowledged { incident: IncidentId(id), by: bearer.name };
    told(&app, &headers, id, event).await
}

#[derive(Debug, Deserialize)]
pub(super) struct Update {
    text: String,
}

pub(super) async fn update(
    State(app): State<App>,
    Extension(bearer): Extension<Bearer>,
    Path(id): Path<i64>,
    headers: HeaderMap,
    form: Result<Form<Update>, FormRejection>,
) -> Response {
    match form {
        Ok(Form(update)) => {
            told(&app, &headers, id, Event::Updated { incident: IncidentId(id), by: bearer.name, text: update.text })
                .await
        }
        Err(rejection) => done(&headers, Err(rejection.into())),
    }
}

pub(super) async fn resolve(
    State(app): State<App>,
    Extension(bearer): Extension<Bearer>,
    Path(id): Path<i64>,
    headers: HeaderMap,
) -> Response {
    let event = Event::Resolved { incident: IncidentId(id), by: bearer.name, reason: None };
    told(&app, &headers, id, event).await
}

async fn told(app: &App, headers: &HeaderMap, id: i64, event: Event) -> Response {
    let outcome = app.engine.tell(event).await.map(|_| format!("/incidents/{id}")).map_err(Problem::from);
    done(headers, outcome)
}
