//! Runs: the buttons that carry a procedure out.

use std::collections::BTreeMap;

use axum::extract::State;
use axum::extract::rejection::FormRejection;
use axum::http::{HeaderMap, StatusCode};
use axum::response::{Html, Response};
use axum::{Extension, Form};
use runward_core::event::Event;
use runward_core::id::{IncidentId, ProcedureId, RunId, ServiceId};
use secrecy::SecretString;
use serde_json::json;

use super::{done, render};
use crate::web::App;
use crate::web::api::run::{RunView, undone};
use crate::web::auth::Bearer;
use crate::web::error::Problem;
use crate::web::path::Path;

type Fields = Result<Form<BTreeMap<String, String>>, FormRejection>;

pub(super) async fn show(State(app): State<App>, Path(id): Path<i64>) -> Result<Html<String>, Response> {
    let run = RunView::of(&app, RunId(id)).await.map_err(|e| e.page())?;
    let title = format!("Run {id}: {}", run.title);
    render(&app, "run.html", json!({ "title": title, "run": run })).map_err(|e| e.page())
}

/// Begins a run; parameters arrive as `param.NAME`.
pub(super) async fn request(
    State(app): State<App>,
    Extension(bearer): Extension<Bearer>,
    headers: HeaderMap,
    form: Fields,
) -> Response {
    let outcome = begin(&app, bearer, form).await;
    done(&headers, outcome)
}

async fn begin(app: &App, bearer: Bearer, form: Fields) -> Result<String, Problem> {
    let Form(fields) = form?;
    let field = |name: &str| fields.get(name).filter(|v| !v.is_empty()).cloned();
    let procedure =
        field("procedure").ok_or_else(|| Problem::new(StatusCode::BAD_REQUEST, "no procedure is named", ""))?;
    let incident = field("incident").and_then(|i| i.parse().ok()).map(IncidentId);
    let params = fields
        .iter()
        .filter_map(|(name, value)| Some((name.strip_prefix("param.")?.to_owned(), value.clone())))
        .collect();
    let service = field("service").map(ServiceId);
    let made = app
        .engine
        .tell(Event::RunRequested { procedure: ProcedureId(procedure), service, incident, params, by: bearer.name })
        .await?;
    Ok(match (incident, made.run) {
        (Some(incident), _) => format!("/incidents/{incident}"),
        (None, Some(run)) => format!("/runs/{run}"),
        (None, None) => "/".into(),
    })
}

pub(super) async fn abort(
    State(app): State<App>,
    Extension(bearer): Extension<Bearer>,
    Path(id): Path<i64>,
    headers: HeaderMap,
) -> Response {
    let event = Event::RunAborted { run: RunId(id), by: bearer.name };
    let outcome = told(&app, RunId(id), event).await;
    done(&headers, outcome)
}

pub(super) async fn undo(
    State(app): State<App>,
    Extension(bearer): Extension<Bearer>,
    Path(id): Path<i64>,
    headers: HeaderMap,
) -> Response {
    let outcome = undone(&app, RunId(id), bearer.name).await.map(|undo| format!("/runs/{undo}"));
    done(&headers, outcome)
}

/// `approve`, `tick`, `edit`, `back`, `skip` or `settle` a step, counted from 1.
pub(super) async fn act(
    State(app): State<App>,
    Extension(bearer): Extension<Bearer>,
    Path((id, step, act)): Path<(i64, usize, String)>,
    headers: HeaderMap,
    form: Fields,
) -> Response {
    let acted = async {
        let Form(mut fields) = form?;
        let step = step.checked_sub(1).ok_or_else(|| Problem::not_found("step 0"))?;
        if act == "approve" {
            let password = fields.remove("password").map(SecretString::from);
            app.proved(&bearer, RunId(id), step, password).await?;
        }
        told(&app, RunId(id), event(bearer, RunId(id), step, &act, fields)?).await
    };
    done(&headers, acted.await)
}

fn event(
    bearer: Bearer,
    run: RunId,
    step: usize,
    act: &str,
    mut fields: BTreeMap<String, String>,
) -> Result<Event, Problem> {
    let by = bearer.name;
    Ok(match act {
        "approve" => {
            let hash = fields.remove("hash").unwrap_or_default();
            Event::StepApproved {
                run,
                step,
                hash,
                confirm: fields.remove("confirm"),
                break_glass: fields.remove("break_glass").filter(|reason| !reason.trim().is_empty()),
                by,
                role: bearer.role,
            }
        }
        "tick" => Event::StepTicked { run, step, by },
        "edit" => Event::StepEdited { run, step, text: fields.remove("text").unwrap_or_default(), by },
        "back" => Event::StepReopened { run, step, by },
        "skip" => Event::StepSkipped { run, step, by, reason: fields.remove("reason") },
        "settle" => Event::StepSettled { run, step, by, done: fields.get("done").is_some_and(|d| d == "true") },
        other => return Err(Problem::not_found(format!("way to `{other}` a step"))),
    })
}

/// Where to look next: the incident the run is for, else the run itself.
async fn told(app: &App, run: RunId, event: Event) -> Result<String, Problem> {
    let incident = app.engine.read(|world| world.run(run).and_then(|r| r.incident));
    app.engine.tell(event).await?;
    Ok(incident.map_or_else(|| format!("/runs/{run}"), |id| format!("/incidents/{id}")))
}
