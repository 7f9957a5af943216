//! What a step's command prints, while it prints: server-sent events with text and how it looks.

use std::collections::VecDeque;
use std::convert::Infallible;
use std::time::Duration;

use axum::Extension;
use axum::extract::{Query, State};
use axum::http::HeaderMap;
use axum::response::sse::{Event, KeepAlive, Sse};
use futures_util::{Stream, stream};
use runward_core::id::RunId;
use runward_core::run::transcript::Reader;
use runward_core::run::{JobId, StepState};
use runward_kinds::exec::{Piece, Transcript};
use serde::{Deserialize, Serialize};
use utoipa::{IntoParams, ToSchema};

use crate::web::App;
use crate::web::auth::Bearer;
use crate::web::error::Problem;
use crate::web::path::Path;

/// How often is looked for more.
const LOOK_EVERY: Duration = Duration::from_millis(100);

/// Which try.
#[derive(Debug, Deserialize, IntoParams)]
pub(super) struct Which {
    /// The try, from 1; the latest where it is not given.
    attempt: Option<u32>,
}

/// The end of what a command prints: the data of the event `over`.
#[derive(Debug, Serialize, Deserialize, ToSchema)]
pub struct Over {
    /// How it ended, in words; `None` where that is not known.
    pub ended: Option<String>,
}

/// What a step's command prints. Events: `output` (a list of `{"text", "as"}`, where `as` names colours and the like),
/// `left-out` (so many bytes were not kept), `over`. The id of an event is how far the output was read; a reader that
/// comes back with `Last-Event-ID` goes on from there.
#[utoipa::path(get, path = "/runs/{id}/steps/{step}/output", params(("id" = i64, Path), ("step" = usize, Path, description = "from 1"), Which), responses((status = 200, content_type = "text/event-stream", body = Over), (status = 404, body = Problem)), tag = "runs")]
pub(super) async fn follow(
    State(app): State<App>,
    Extension(bearer): Extension<Bearer>,
    Path((id, step)): Path<(i64, usize)>,
    Query(which): Query<Which>,
    headers: HeaderMap,
) -> Result<Sse<impl Stream<Item = Result<Event, Infallible>>>, Problem> {
    let run = RunId(id);
    let found = app.engine.reader.run(run).await?.ok_or_else(|| Problem::not_found(format!("run {id}")))?;
    let at = step.checked_sub(1).filter(|at| *at < found.steps.len());
    let at = at.ok_or_else(|| Problem::not_found(format!("step {step} in run {id}")))?;
    let latest = found.steps[at].tries.max(found.steps[at].state.attempt());
    let attempt = which.attempt.unwrap_or(latest);
    if attempt == 0 || attempt > latest {
        return Err(Problem::not_found(format!("output of step {step} of run {id}: it was not tried")));
    }
    let job = JobId { run, step: at, attempt };
    let seen = headers.get("last-event-id").and_then(|v| v.to_str().ok()).and_then(|id| id.parse().ok());
    let tail = Tail {
        transcript: app.transcripts.of(job),
        app,
        bearer,
        job,
        reader: Reader::default(),
        seen: seen.unwrap_or_default(),
        waiting: VecDeque::new(),
        over: false,
    };
    let events = stream::unfold(tail, |mut tail| async { tail.next().await.map(|event| (Ok(event), tail)) });
    Ok(Sse::new(events).keep_alive(KeepAlive::new().interval(Duration::from_secs(15))))
}

/// A reader of one transcript.
struct Tail {
    app: App,
    /// Who follows.
    bearer: Bearer,
    job: JobId,
    transcript: Transcript,
    reader: Reader,
    /// How far its reader had come before.
    seen: u64,
    waiting: VecDeque<Event>,
    over: bool,
}

impl Tail {
    async fn next(&mut self) -> Option<Event> {
        loop {
            // Who may not come in any more is told nothing more.
            if !self.app.auth.still_lets_in(&self.bearer) {
                return None;
            }
            if let Some(event) = self.waiting.pop_front() {
                return Some(event);
            }
            if self.over {
                return None;
            }
            // Before reading: what is printed until the step is over is there to be read then.
            let runs = self.runs();
            match self.transcript.next(Some(self.seen)) {
                Ok(Piece::Printed(bytes)) => {
                    let spans = self.reader.push(&bytes);
                    // It is read again for its colours, and told only once.
                    if self.transcript.at() > self.seen && !spans.is_empty() {
                        self.waiting.push_back(self.event("output", &spans));
                    }
                }
                Ok(Piece::LeftOut(bytes)) => self.waiting.push_back(self.event("left-out", &bytes)),
                Ok(Piece::Over(exit)) => self.end(Some(exit.to_string())),
                Ok(Piece::Nothing) if runs => tokio::time::sleep(LOOK_EVERY).await,
                // Its outcome is known by other means, or its output is gone.
                Ok(Piece::Nothing) | Err(_) => self.end(None),
            }
        }
    }

    fn end(&mut self, ended: Option<String>) {
        self.over = true;
        self.waiting.push_back(self.event("over", &Over { ended }));
    }

    fn event(&self, name: &str, content: &impl Serialize) -> Event {
        let text = serde_json::to_string(content).unwrap_or_default();
        Event::default().event(name).id(self.transcript.at().to_string()).data(text)
    }

    fn runs(&self) -> bool {
        let JobId { run, step, attempt } = self.job;
        self.app.engine.read(|world| {
            let state = world.run(run).and_then(|r| r.steps.get(step)).map(|s| &s.state);
            matches!(state, Some(StepState::Running { attempt: now, .. }) if *now == attempt)
        })
    }
}
