//! Incidents: what goes on, what happened, and what people do about it.

use axum::extract::{Query, State};
use axum::{Extension, Json};
use runward_core::event::Event;
use runward_core::id::IncidentId;
use runward_core::incident::Incident;
use runward_core::incident::timeline::{self, Entry};
use serde::{Deserialize, Serialize};
use utoipa::{IntoParams, ToSchema};

use super::actor;
use super::body::Body;
use super::run::RunView;
use crate::web::App;
use crate::web::auth::Bearer;
use crate::web::error::Problem;
use crate::web::path::Path;

/// An incident in short.
#[derive(Debug, Clone, Serialize, Deserialize, ToSchema)]
pub struct Summary {
    /// Its number.
    pub id: i64,
    /// What is wrong.
    pub title: String,
    /// Its severity by the runbook's scale.
    pub severity: Option<String>,
    /// The service it began with.
    pub service: String,
    /// `open`, `acknowledged`, `resolved` or `merged`.
    pub stage: String,
    /// Who acknowledged it.
    pub acknowledged_by: Option<String>,
    /// When it began.
    pub opened_at: String,
    /// When it was over.
    pub resolved_at: Option<String>,
    /// The symptoms that are still there.
    pub alerts: Vec<String>,
    /// Services whose trouble is part of it.
    pub folded: Vec<String>,
    /// The procedure that fits best.
    pub procedure: Option<String>,
    /// Where the draft of its review lies.
    pub review: Option<String>,
    /// Whether a level of its escalation could not be reached at all.
    pub unreached: bool,
}

impl From<&Incident> for Summary {
    fn from(incident: &Incident) -> Summary {
        Summary {
            id: incident.id.0,
            title: incident.title.clone(),
            severity: incident.severity.clone(),
            service: incident.service.0.clone(),
            stage: incident.stage.name().to_owned(),
            acknowledged_by: incident.acknowledged_by.as_ref().map(|by| by.0.clone()),
            opened_at: incident.opened_at.to_string(),
            resolved_at: incident.resolved_at().map(|t| t.to_string()),
            alerts: incident.alerts.iter().map(ToString::to_string).collect(),
            folded: incident.folded.iter().map(|s| s.0.clone()).collect(),
            procedure: incident.procedure.as_ref().map(|p| p.0.clone()),
            review: incident.review.clone().filter(|r| !r.is_empty()),
            unreached: !incident.unreached.is_empty(),
        }
    }
}

/// An incident with its timeline and runs.
#[derive(Debug, Serialize, Deserialize, ToSchema)]
pub struct Full {
    /// The incident.
    #[serde(flatten)]
    pub incident: Summary,
    /// All that happened, oldest first.
    pub timeline: Vec<Line>,
    /// Runs because of it, oldest first.
    pub runs: Vec<RunView>,
}

/// One line of a timeline.
#[derive(Debug, Clone, Serialize, Deserialize, ToSchema)]
pub struct Line {
    /// When.
    pub at: String,
    /// Who: a person, or `runward`.
    pub by: String,
    /// What kind of line: `alert`, `incident`, `page`, `person`, `run`, `problem`, `well`.
    pub kind: String,
    /// What happened.
    pub text: String,
    /// A command, or what one printed.
    pub detail: Option<String>,
    /// The run it belongs to.
    pub run: Option<i64>,
    /// The step of that run, from 1.
    pub step: Option<usize>,
}

impl From<Entry> for Line {
    fn from(entry: Entry) -> Line {
        let kind =
            serde_json::to_value(entry.kind).ok().and_then(|v| v.as_str().map(str::to_owned)).unwrap_or_default();
        Line {
            at: entry.at.to_string(),
            by: entry.by,
            kind,
            text: entry.text,
            detail: entry.detail,
            run: entry.run.map(|r| r.0),
            step: entry.step.map(|s| s + 1),
        }
    }
}

/// Which incidents are wanted.
#[derive(Debug, Deserialize, IntoParams)]
#[serde(deny_unknown_fields)]
pub(super) struct Wanted {
    /// `open` for those that go on, `all` for every one.
    #[serde(default = "open")]
    state: String,
    /// How many at the most, newest first.
    #[serde(default = "hundred")]
    limit: i64,
}

fn open() -> String {
    "open".into()
}

fn hundred() -> i64 {
    100
}

/// Incidents, newest first.
#[utoipa::path(get, path = "/incidents", params(Wanted), responses((status = 200, body = Vec<Summary>)), tag = "incidents")]
pub(super) async fn list(
    State(app): State<App>,
    wanted: Result<Query<Wanted>, axum::extract::rejection::QueryRejection>,
) -> Result<Json<Vec<Summary>>, Problem> {
    let Query(wanted) = wanted?;
    if !matches!(wanted.state.as_str(), "open" | "all") {
        return Err(Problem::new(
            axum::http::StatusCode::BAD_REQUEST,
            format!("`{}` is no state of incidents", wanted.state),
            "open or all",
        ));
    }
    let found = app.engine.reader.incidents(wanted.state == "open", wanted.limit.clamp(1, 1000)).await?;
    Ok(Json(found.iter().map(Summary::from).collect()))
}

/// One incident with its timeline and runs.
#[utoipa::path(get, path = "/incidents/{id}", params(("id" = i64, Path)), responses((status = 200, body = Full), (status = 404, body = Problem)), tag = "incidents")]
pub(super) async fn show(State(app): State<App>, Path(id): Path<i64>) -> Result<Json<Full>, Problem> {
    Ok(Json(Full::of(&app, IncidentId(id)).await?))
}

impl Full {
    /// Reads an incident with all that belongs to it.
    pub async fn of(app: &App, id: IncidentId) -> Result<Full, Problem> {
        let incident =
            app.engine.reader.incident(id).await?.ok_or_else(|| Problem::not_found(format!("incident {id}")))?;
        let records = app.engine.reader.events_of_incident(id).await?;
        let timeline = timeline::of_incident(&records, id);
        let runs = app.engine.reader.runs_of(id).await?;
        let two_people = app.engine.read(|world| world.setup().approval.two_people);
        let runs = runs.iter().map(|run| RunView { two_people, ..RunView::new(run, &timeline) }).collect();
        Ok(Full { incident: Summary::from(&incident), timeline: timeline.into_iter().map(Line::from).collect(), runs })
    }
}

/// Who acts.
#[derive(Debug, Default, Serialize, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub(super) struct By {
    /// The name to act under; the one of the token or session where it is not given.
    by: Option<String>,
}

/// An update.
#[derive(Debug, Serialize, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub(super) struct Update {
    /// How it stands.
    text: String,
    /// The name to act under.
    by: Option<String>,
}

/// The end.
#[derive(Debug, Serialize, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub(super) struct End {
    /// Why it is over.
    reason: Option<String>,
    /// The name to act under.
    by: Option<String>,
}

/// Says that somebody is on it: the escalation stops.
#[utoipa::path(post, path = "/incidents/{id}/acknowledge", params(("id" = i64, Path)), request_body = By, responses((status = 200, body = Full), (status = 404, body = Problem), (status = 409, body = Problem)), tag = "incidents")]
pub(super) async fn acknowledge(
    State(app): State<App>,
    Extension(bearer): Extension<Bearer>,
    Path(id): Path<i64>,
    Body(body): Body<By>,
) -> Result<Json<Full>, Problem> {
    let by = actor(&app, body.by.as_deref(), &bearer)?;
    told(&app, id, Event::Acknowledged { incident: IncidentId(id), by }).await
}

/// Writes down how it stands.
#[utoipa::path(post, path = "/incidents/{id}/updates", params(("id" = i64, Path)), request_body = Update, responses((status = 200, body = Full), (status = 404, body = Problem)), tag = "incidents")]
pub(super) async fn update(
    State(app): State<App>,
    Extension(bearer): Extension<Bearer>,
    Path(id): Path<i64>,
    Body(body): Body<Update>,
) -> Result<Json<Full>, Problem> {
    let by = actor(&app, body.by.as_deref(), &bearer)?;
    told(&app, id, Event::Updated { incident: IncidentId(id), by, text: body.text }).await
}

/// Says that it is over: a draft of the review is written.
#[utoipa::path(post, path = "/incidents/{id}/resolve", params(("id" = i64, Path)), request_body = End, responses((status = 200, body = Full), (status = 404, body = Problem), (status = 409, body = Problem)), tag = "incidents")]
pub(super) async fn resolve(
    State(app): State<App>,
    Extension(bearer): Extension<Bearer>,
    Path(id): Path<i64>,
    Body(body): Body<End>,
) -> Result<Json<Full>, Problem> {
    let by = actor(&app, body.by.as_deref(), &bearer)?;
    told(&app, id, Event::Resolved { incident: IncidentId(id), by, reason: body.reason }).await
}

async fn told(app: &App, id: i64, event: Event) -> Result<Json<Full>, Problem> {
    app.engine.tell(event).await?;
    Ok(Json(Full::of(app, IncidentId(id)).await?))
}
