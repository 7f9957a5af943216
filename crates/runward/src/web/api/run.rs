//! Runs: carrying out a procedure step by step.

use std::collections::BTreeMap;

use axum::extract::State;
use axum::http::StatusCode;
use axum::{Extension, Json};
use runward_core::event::Event;
use runward_core::id::{Actor, IncidentId, ProcedureId, RunId, ServiceId};
use runward_core::incident::timeline::{self, Entry};
use runward_core::run::approval::needs_two;
use runward_core::run::{Came, Changed, Outcome, Run, StepState, taken_back, undoing};
use secrecy::SecretString;
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

use super::actor;
use super::body::Body;
use super::incident::Line;
use super::procedure::StepView;
use crate::web::App;
use crate::web::auth::Bearer;
use crate::web::error::Problem;
use crate::web::path::Path;

/// A run with its steps.
#[derive(Debug, Clone, Serialize, Deserialize, ToSchema)]
pub struct RunView {
    /// Its number.
    pub id: i64,
    /// The procedure.
    pub procedure: String,
    /// The procedure's title.
    pub title: String,
    /// `diagnosis`, `person`, `automatic` or `undo`.
    pub kind: String,
    /// The incident it is for.
    pub incident: Option<i64>,
    /// The service it is for.
    pub service: Option<String>,
    /// Who wanted it.
    pub by: String,
    /// Whether it goes on.
    pub active: bool,
    /// How it ended: `diagnosed`, `verified`, `not-verified`, `unverified`, `failed` or `aborted`.
    pub outcome: Option<String>,
    /// The same in words.
    pub outcome_words: Option<String>,
    /// The name that must be typed before something is destroyed.
    pub target: String,
    /// Whether what destroys needs a second person.
    #[serde(default)]
    pub two_people: bool,
    /// When it began.
    pub started_at: String,
    /// When it ended.
    pub ended_at: Option<String>,
    /// Whether it changed anything that could be taken back.
    pub changed: bool,
    /// The step that is next or under way, from 1.
    pub current: Option<usize>,
    /// Its steps.
    pub steps: Vec<RunStepView>,
    /// What happened, oldest first.
    pub log: Vec<Line>,
}

/// A step and how far it is.
#[derive(Debug, Clone, Serialize, Deserialize, ToSchema)]
pub struct RunStepView {
    /// The step, from 1.
    pub number: usize,
    /// What it says.
    #[serde(flatten)]
    pub step: StepView,
    /// `waiting`, `asking`, `running`, `verifying`, `done`, `failed`, `unsure` or `skipped`.
    pub state: String,
    /// The latest try, from 1; 0 where there was none.
    #[serde(default)]
    pub attempt: u32,
    /// Whether the service's checks were well after it.
    pub verified: Option<bool>,
    /// Why it was skipped.
    pub skipped_because: Option<String>,
    /// Whether what was expected came out; `None` where nothing was, or nobody can tell.
    pub came: Option<bool>,
    /// What the runbook says in its place now, where it was changed since the run began.
    pub changed: Option<ChangedView>,
    /// Whether it is one for two people, where the run needs two.
    #[serde(default)]
    pub needs_two: bool,
    /// Who changed its command.
    #[serde(default)]
    pub edited_by: Option<String>,
    /// Who approved its latest try.
    pub approved_by: Option<String>,
    /// How its command ended.
    pub ended: Option<String>,
    /// What its command printed, without secrets.
    pub output: Option<String>,
}

/// A step's text as the runbook has it now.
#[derive(Debug, Clone, Serialize, Deserialize, ToSchema)]
pub struct ChangedView {
    /// The command or instruction; `None` where the step is not there any more.
    pub shown: Option<String>,
    /// The hash with which this text is approved instead.
    pub hash: Option<String>,
    /// What it does.
    pub impact: Option<String>,
}

impl From<&Changed> for ChangedView {
    fn from(changed: &Changed) -> ChangedView {
        let now = if let Changed::Says(step) = changed { Some(step) } else { None };
        ChangedView {
            shown: now.map(|s| s.shown().to_owned()),
            hash: now.map(|s| s.hash.clone()),
            impact: now.map(|s| s.impact.name().to_owned()),
        }
    }
}

impl RunView {
    /// A run, with what its timeline says of its commands.
    pub fn new(run: &Run, timeline: &[Entry]) -> RunView {
        let mine: Vec<&Entry> = timeline.iter().filter(|e| e.run == Some(run.id)).collect();
        let steps = run.steps.iter().enumerate().map(|(at, step)| step_view(at, step, &mine)).collect();
        RunView {
            id: run.id.0,
            procedure: run.procedure.0.clone(),
            title: run.title.clone(),
            kind: run.kind.name().to_owned(),
            incident: run.incident.map(|i| i.0),
            service: run.service.as_ref().map(|s| s.0.clone()),
            by: run.by.0.clone(),
            active: run.is_active(),
            outcome: run.ended.map(|(_, o)| outcome(o).to_owned()),
            outcome_words: run.ended.map(|(_, o)| o.words().to_owned()),
            target: run.target().to_owned(),
            two_people: false,
            started_at: run.started_at.to_string(),
            ended_at: run.ended.map(|(at, _)| at.to_string()),
            changed: !run.is_active() && !undoing(run).is_empty(),
            current: run.current().filter(|_| run.is_active()).map(|at| at + 1),
            steps,
            log: mine.into_iter().cloned().map(Line::from).collect(),
        }
    }

    /// Reads a run with all that happened in it.
    pub async fn of(app: &App, id: RunId) -> Result<RunView, Problem> {
        let run = app.engine.reader.run(id).await?.ok_or_else(|| Problem::not_found(format!("run {id}")))?;
        let records = app.engine.reader.events_of_run(id).await?;
        let two_people = app.engine.read(|world| world.setup().approval.two_people);
        Ok(RunView { two_people, ..RunView::new(&run, &timeline::of_run(&records, id)) })
    }
}

fn outcome(outcome: Outcome) -> &'static str {
    match outcome {
        Outcome::Diagnosed => "diagnosed",
        Outcome::Verified => "verified",
        Outcome::NotVerified => "not-verified",
        Outcome::Unverified => "unverified",
        Outcome::Failed => "failed",
        Outcome::Aborted => "aborted",
    }
}

fn step_view(at: usize, step: &runward_core::run::RunStep, timeline: &[&Entry]) -> RunStepView {
    let (state, verified, skipped) = match &step.state {
        StepState::Waiting => ("waiting", None, None),
        StepState::Asking => ("asking", None, None),
        StepState::Running { .. } => ("running", None, None),
        StepState::Verifying { .. } => ("verifying", None, None),
        StepState::Done { verified, .. } => ("done", *verified, None),
        StepState::Failed { .. } => ("failed", None, None),
        StepState::Unsure { .. } => ("unsure", None, None),
        StepState::Skipped { reason } => ("skipped", None, Some(reason.clone())),
    };
    let latest_end = timeline.iter().rev().find(|e| e.step == Some(at) && e.ended.is_some());
    RunStepView {
        number: at + 1,
        step: StepView { hash: step.hash(), ..StepView::from(&step.plan) },
        state: state.to_owned(),
        attempt: step.tries.max(step.state.attempt()),
        verified,
        skipped_because: skipped,
        came: match &step.came {
            Some(Came::Met) => Some(true),
            Some(Came::NotMet(_)) => Some(false),
            Some(Came::Untold(_)) | None => None,
        },
        changed: step.changed.as_ref().map(ChangedView::from),
        needs_two: needs_two(step),
        edited_by: step.edited_by.as_ref().map(|by| by.0.clone()),
        approved_by: step.grant.as_ref().map(|g| g.approver.0.clone()),
        ended: latest_end.and_then(|e| e.ended.clone()),
        output: latest_end.and_then(|e| e.detail.clone()),
    }
}

/// What is to be run.
#[derive(Debug, Serialize, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub(super) struct Request {
    /// The procedure's id.
    procedure: String,
    /// The service it is for; the incident's where it is not given.
    service: Option<String>,
    /// The incident it is for.
    incident: Option<i64>,
    /// Values for its placeholders.
    #[serde(default)]
    params: BTreeMap<String, String>,
    /// The name to act under.
    by: Option<String>,
}

/// Begins a run: what only looks runs at once, everything else waits for approval.
#[utoipa::path(post, path = "/runs", request_body = Request, responses((status = 201, body = RunView), (status = 404, body = Problem), (status = 409, body = Problem), (status = 422, body = Problem)), tag = "runs")]
pub(super) async fn request(
    State(app): State<App>,
    Extension(bearer): Extension<Bearer>,
    Body(body): Body<Request>,
) -> Result<(StatusCode, Json<RunView>), Problem> {
    let made = app
        .engine
        .tell(Event::RunRequested {
            procedure: ProcedureId(body.procedure),
            service: body.service.filter(|s| !s.is_empty()).map(ServiceId),
            incident: body.incident.map(IncidentId),
            params: body.params,
            by: actor(&app, body.by.as_deref(), &bearer)?,
        })
        .await?;
    let id = made.run.ok_or_else(|| Problem::new(StatusCode::INTERNAL_SERVER_ERROR, "no run was made", ""))?;
    Ok((StatusCode::CREATED, Json(RunView::of(&app, id).await?)))
}

/// A run in short.
#[derive(Debug, Clone, Serialize, Deserialize, ToSchema)]
pub struct RunSummary {
    /// Its number.
    pub id: i64,
    /// The procedure.
    pub procedure: String,
    /// The procedure's title.
    pub title: String,
    /// `diagnosis`, `person`, `automatic` or `undo`.
    pub kind: String,
    /// The incident it is for.
    pub incident: Option<i64>,
    /// The service it is for.
    pub service: Option<String>,
    /// Who wanted it.
    pub by: String,
    /// Whether it goes on.
    pub active: bool,
    /// How it ended.
    pub outcome: Option<String>,
    /// When it began.
    pub started_at: String,
}

impl From<&Run> for RunSummary {
    fn from(run: &Run) -> RunSummary {
        RunSummary {
            id: run.id.0,
            procedure: run.procedure.0.clone(),
            title: run.title.clone(),
            kind: run.kind.name().to_owned(),
            incident: run.incident.map(|i| i.0),
            service: run.service.as_ref().map(|s| s.0.clone()),
            by: run.by.0.clone(),
            active: run.is_active(),
            outcome: run.ended.map(|(_, o)| outcome(o).to_owned()),
            started_at: run.started_at.to_string(),
        }
    }
}

/// How many runs a list holds at the most.
const MOST_LISTED: i64 = 200;

/// The latest runs, newest first.
#[utoipa::path(get, path = "/runs", responses((status = 200, body = Vec<RunSummary>)), tag = "runs")]
pub(super) async fn list(State(app): State<App>) -> Result<Json<Vec<RunSummary>>, Problem> {
    let runs = app.engine.reader.runs(MOST_LISTED).await?;
    Ok(Json(runs.iter().map(RunSummary::from).collect()))
}

/// One run.
#[utoipa::path(get, path = "/runs/{id}", params(("id" = i64, Path)), responses((status = 200, body = RunView), (status = 404, body = Problem)), tag = "runs")]
pub(super) async fn show(State(app): State<App>, Path(id): Path<i64>) -> Result<Json<RunView>, Problem> {
    Ok(Json(RunView::of(&app, RunId(id)).await?))
}

/// An approval.
#[derive(Debug, Serialize, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub(super) struct Approval {
    /// The hash of the step as it was read.
    hash: String,
    /// The run's target, typed, for a destructive step.
    confirm: Option<String>,
    /// Why it is done without the second person it needs; everybody is told.
    break_glass: Option<String>,
    /// The password, where a browser's session is older than five minutes and the step destroys.
    #[schema(value_type = Option<String>)]
    #[serde(skip_serializing)]
    password: Option<SecretString>,
    /// The name to act under.
    by: Option<String>,
}

/// Who acts on a step, and why.
#[derive(Debug, Default, Serialize, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub(super) struct Act {
    /// Why.
    reason: Option<String>,
    /// The name to act under.
    by: Option<String>,
}

/// A command in the place of a step's own.
#[derive(Debug, Serialize, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub(super) struct Edited {
    /// The command, without placeholders.
    text: String,
    /// The name to act under.
    by: Option<String>,
}

/// What became of a step of unknown outcome.
#[derive(Debug, Serialize, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub(super) struct Settlement {
    /// Whether it was carried out.
    done: bool,
    /// The name to act under.
    by: Option<String>,
}

/// Steps count from 1 for people and from 0 inside.
fn index(step: usize) -> Result<usize, Problem> {
    step.checked_sub(1).ok_or_else(|| Problem::not_found("step 0: steps count from 1"))
}

async fn told(app: &App, run: i64, event: Event) -> Result<Json<RunView>, Problem> {
    app.engine.tell(event).await?;
    Ok(Json(RunView::of(app, RunId(run)).await?))
}

/// Lets a step run.
#[utoipa::path(post, path = "/runs/{id}/steps/{step}/approve", params(("id" = i64, Path), ("step" = usize, Path, description = "from 1")), request_body = Approval, responses((status = 200, body = RunView), (status = 403, body = Problem), (status = 404, body = Problem), (status = 409, body = Problem)), tag = "runs")]
pub(super) async fn approve(
    State(app): State<App>,
    Extension(bearer): Extension<Bearer>,
    Path((id, step)): Path<(i64, usize)>,
    Body(body): Body<Approval>,
) -> Result<Json<RunView>, Problem> {
    let by = actor(&app, body.by.as_deref(), &bearer)?;
    app.proved(&bearer, RunId(id), index(step)?, body.password).await?;
    told(
        &app,
        id,
        Event::StepApproved {
            run: RunId(id),
            step: index(step)?,
            hash: body.hash,
            confirm: body.confirm,
            break_glass: body.break_glass,
            by,
            role: bearer.role,
        },
    )
    .await
}

/// Says that a manual step is done.
#[utoipa::path(post, path = "/runs/{id}/steps/{step}/tick", params(("id" = i64, Path), ("step" = usize, Path, description = "from 1")), request_body = Act, responses((status = 200, body = RunView), (status = 404, body = Problem), (status = 409, body = Problem)), tag = "runs")]
pub(super) async fn tick(
    State(app): State<App>,
    Extension(bearer): Extension<Bearer>,
    Path((id, step)): Path<(i64, usize)>,
    Body(body): Body<Act>,
) -> Result<Json<RunView>, Problem> {
    let by = actor(&app, body.by.as_deref(), &bearer)?;
    told(&app, id, Event::StepTicked { run: RunId(id), step: index(step)?, by }).await
}

/// Passes over a step.
#[utoipa::path(post, path = "/runs/{id}/steps/{step}/skip", params(("id" = i64, Path), ("step" = usize, Path, description = "from 1")), request_body = Act, responses((status = 200, body = RunView), (status = 404, body = Problem), (status = 409, body = Problem)), tag = "runs")]
pub(super) async fn skip(
    State(app): State<App>,
    Extension(bearer): Extension<Bearer>,
    Path((id, step)): Path<(i64, usize)>,
    Body(body): Body<Act>,
) -> Result<Json<RunView>, Problem> {
    let by = actor(&app, body.by.as_deref(), &bearer)?;
    told(&app, id, Event::StepSkipped { run: RunId(id), step: index(step)?, by, reason: body.reason }).await
}

/// Puts another command in the place of a step's own; it is classed anew and approved like any other.
#[utoipa::path(post, path = "/runs/{id}/steps/{step}/edit", params(("id" = i64, Path), ("step" = usize, Path, description = "from 1")), request_body = Edited, responses((status = 200, body = RunView), (status = 404, body = Problem), (status = 409, body = Problem), (status = 422, body = Problem)), tag = "runs")]
pub(super) async fn edit(
    State(app): State<App>,
    Extension(bearer): Extension<Bearer>,
    Path((id, step)): Path<(i64, usize)>,
    Body(body): Body<Edited>,
) -> Result<Json<RunView>, Problem> {
    let by = actor(&app, body.by.as_deref(), &bearer)?;
    told(&app, id, Event::StepEdited { run: RunId(id), step: index(step)?, text: body.text, by }).await
}

/// Goes back to an earlier step; it and those behind it wait again.
#[utoipa::path(post, path = "/runs/{id}/steps/{step}/back", params(("id" = i64, Path), ("step" = usize, Path, description = "from 1")), request_body = Act, responses((status = 200, body = RunView), (status = 404, body = Problem), (status = 409, body = Problem)), tag = "runs")]
pub(super) async fn back(
    State(app): State<App>,
    Extension(bearer): Extension<Bearer>,
    Path((id, step)): Path<(i64, usize)>,
    Body(body): Body<Act>,
) -> Result<Json<RunView>, Problem> {
    let by = actor(&app, body.by.as_deref(), &bearer)?;
    told(&app, id, Event::StepReopened { run: RunId(id), step: index(step)?, by }).await
}

/// Says what became of a step of unknown outcome.
#[utoipa::path(post, path = "/runs/{id}/steps/{step}/settle", params(("id" = i64, Path), ("step" = usize, Path, description = "from 1")), request_body = Settlement, responses((status = 200, body = RunView), (status = 404, body = Problem), (status = 409, body = Problem)), tag = "runs")]
pub(super) async fn settle(
    State(app): State<App>,
    Extension(bearer): Extension<Bearer>,
    Path((id, step)): Path<(i64, usize)>,
    Body(body): Body<Settlement>,
) -> Result<Json<RunView>, Problem> {
    let by = actor(&app, body.by.as_deref(), &bearer)?;
    told(&app, id, Event::StepSettled { run: RunId(id), step: index(step)?, by, done: body.done }).await
}

/// Ends a run before its end; a command that runs is ended too.
#[utoipa::path(post, path = "/runs/{id}/abort", params(("id" = i64, Path)), request_body = Act, responses((status = 200, body = RunView), (status = 404, body = Problem), (status = 409, body = Problem)), tag = "runs")]
pub(super) async fn abort(
    State(app): State<App>,
    Extension(bearer): Extension<Bearer>,
    Path(id): Path<i64>,
    Body(body): Body<Act>,
) -> Result<Json<RunView>, Problem> {
    let by = actor(&app, body.by.as_deref(), &bearer)?;
    told(&app, id, Event::RunAborted { run: RunId(id), by }).await
}

/// Takes back what a run did, the last step first: a run of its own, each of whose steps is approved.
#[utoipa::path(post, path = "/runs/{id}/undo", params(("id" = i64, Path)), request_body = Act, responses((status = 201, body = RunView), (status = 404, body = Problem), (status = 409, body = Problem)), tag = "runs")]
pub(super) async fn undo(
    State(app): State<App>,
    Extension(bearer): Extension<Bearer>,
    Path(id): Path<i64>,
    Body(body): Body<Act>,
) -> Result<(StatusCode, Json<RunView>), Problem> {
    let by = actor(&app, body.by.as_deref(), &bearer)?;
    let undo = undone(&app, RunId(id), by).await?;
    Ok((StatusCode::CREATED, Json(RunView::of(&app, undo).await?)))
}

/// Begins the run that takes another one back.
pub async fn undone(app: &App, id: RunId, by: Actor) -> Result<RunId, Problem> {
    let of = app.engine.reader.run(id).await?.ok_or_else(|| Problem::not_found(format!("run {id}")))?;
    let taken = taken_back(&app.engine.reader.undos(&of.procedure).await?, id);
    let made = app.engine.tell(Event::UndoRequested { of: Box::new(of), taken, by }).await?;
    made.run.ok_or_else(|| Problem::new(StatusCode::INTERNAL_SERVER_ERROR, "no run was made", ""))
}
