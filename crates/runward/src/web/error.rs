//! What went wrong with a request, for programs as JSON and for people as a page.

use axum::extract::rejection::{FormRejection, JsonRejection, PathRejection, QueryRejection};
use axum::http::{HeaderMap, StatusCode, header};
use axum::response::{Html, IntoResponse, Response};
use minijinja::HtmlEscape;
use runward_core::run::Asked;
use runward_core::world::Refusal;
use serde::Serialize;
use utoipa::ToSchema;

use crate::engine::NotTaken;

/// A problem, in the one form all errors have.
#[derive(Debug, Serialize, ToSchema)]
pub struct Problem {
    #[serde(skip)]
    status: u16,
    /// What is wrong.
    error: String,
    /// How to mend it.
    #[serde(skip_serializing_if = "String::is_empty")]
    help: String,
    /// The values that are needed, where some are missing.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    missing: Vec<MissingValue>,
    /// The name that must be typed, where one must.
    #[serde(skip_serializing_if = "Option::is_none")]
    confirm: Option<String>,
    /// The run that is in the way, where one is.
    #[serde(skip_serializing_if = "Option::is_none")]
    run: Option<i64>,
}

/// A value that is needed.
#[derive(Debug, Serialize, ToSchema)]
pub struct MissingValue {
    /// The placeholder's name.
    name: String,
    /// What it may hold.
    kind: String,
    /// The values the inventory offers.
    offered: Vec<String>,
}

impl From<Asked> for MissingValue {
    fn from(asked: Asked) -> MissingValue {
        MissingValue { name: asked.name, kind: asked.kind.name().to_owned(), offered: asked.offered }
    }
}

impl Problem {
    /// A problem in words.
    pub fn new(status: StatusCode, error: impl Into<String>, help: impl Into<String>) -> Problem {
        Problem {
            status: status.as_u16(),
            error: error.into(),
            help: help.into(),
            missing: Vec::new(),
            confirm: None,
            run: None,
        }
    }

    /// There is no such thing.
    pub fn not_found(what: impl std::fmt::Display) -> Problem {
        Problem::new(StatusCode::NOT_FOUND, format!("there is no {what}"), "")
    }

    /// A page for a browser, JSON for a program.
    pub fn into_answer(self, headers: &HeaderMap) -> Response {
        if wants_page(headers) { self.page() } else { self.into_response() }
    }

    /// The same for people.
    pub fn page(&self) -> Response {
        let (error, help) = (HtmlEscape(&self.error), HtmlEscape(&self.help));
        let text = format!(
            "<!doctype html><html lang=en><meta name=viewport content=\"width=device-width\"><meta name=color-scheme content=\"light dark\"><title>Runward</title><h1>{error}</h1><p>{help}</p>"
        );
        (self.code(), Html(text)).into_response()
    }

    fn code(&self) -> StatusCode {
        StatusCode::from_u16(self.status).unwrap_or(StatusCode::INTERNAL_SERVER_ERROR)
    }
}

/// Whether a browser asks, for a person to read.
pub fn wants_page(headers: &HeaderMap) -> bool {
    headers.get(header::ACCEPT).and_then(|v| v.to_str().ok()).is_some_and(|v| v.contains("text/html"))
}

impl IntoResponse for Problem {
    fn into_response(self) -> Response {
        let mut response = (self.code(), axum::Json(&self)).into_response();
        if self.status == 503 {
            response.headers_mut().insert(header::RETRY_AFTER, header::HeaderValue::from_static("5"));
        }
        response
    }
}

impl From<NotTaken> for Problem {
    fn from(why: NotTaken) -> Problem {
        match why {
            NotTaken::Refused(refusal) => refusal.into(),
            NotTaken::NotDurable | NotTaken::Busy => {
                Problem::new(StatusCode::SERVICE_UNAVAILABLE, why.to_string(), "try again shortly")
            }
        }
    }
}

impl From<Refusal> for Problem {
    fn from(refusal: Refusal) -> Problem {
        let (status, help) = match &refusal {
            Refusal::Unknown(_) => (StatusCode::NOT_FOUND, ""),
            Refusal::NotNow(_) => (StatusCode::CONFLICT, ""),
            Refusal::Busy(_) => (StatusCode::CONFLICT, "go on with that run, or end it first"),
            Refusal::Missing(_) => (StatusCode::UNPROCESSABLE_ENTITY, "give them under `params`"),
            Refusal::Invalid(_) => (StatusCode::UNPROCESSABLE_ENTITY, ""),
            Refusal::Confirm(_) => (StatusCode::FORBIDDEN, "give the name under `confirm`"),
            Refusal::SecondPerson => {
                (StatusCode::FORBIDDEN, "ask an approver, or say under `break_glass` why it cannot wait")
            }
            Refusal::Nobody => {
                (StatusCode::FORBIDDEN, "sign in as a user; `runward token create --user` makes a token of one's own")
            }
            Refusal::Role(_) => (StatusCode::FORBIDDEN, "ask somebody who has it"),
            Refusal::Changed => (StatusCode::CONFLICT, "read the run again and approve what it says now"),
        };
        let mut problem = Problem::new(status, refusal.to_string(), help);
        match refusal {
            Refusal::Missing(asked) => problem.missing = asked.into_iter().map(Into::into).collect(),
            Refusal::Confirm(target) => problem.confirm = Some(target),
            Refusal::Busy(run) => problem.run = Some(run.0),
            _ => {}
        }
        problem
    }
}

impl From<sqlx::Error> for Problem {
    fn from(e: sqlx::Error) -> Problem {
        tracing::error!("the database could not be read: {e}");
        Problem::new(StatusCode::INTERNAL_SERVER_ERROR, "the database could not be read", "the server's log says why")
    }
}

impl From<JsonRejection> for Problem {
    fn from(rejection: JsonRejection) -> Problem {
        if rejection.status() == StatusCode::PAYLOAD_TOO_LARGE {
            return Problem::new(StatusCode::PAYLOAD_TOO_LARGE, "the body is too large", "send 1 MiB at the most");
        }
        let status = match &rejection {
            JsonRejection::MissingJsonContentType(_) => StatusCode::UNSUPPORTED_MEDIA_TYPE,
            JsonRejection::JsonDataError(_) => StatusCode::UNPROCESSABLE_ENTITY,
            other => other.status(),
        };
        Problem::new(
            status,
            rejection.body_text(),
            "send JSON with `Content-Type: application/json`; /api/v1/openapi.json says what it holds",
        )
    }
}

impl From<PathRejection> for Problem {
    fn from(rejection: PathRejection) -> Problem {
        let help = format!("incidents, runs and steps go by numbers ({})", rejection.body_text());
        Problem::new(StatusCode::NOT_FOUND, "there is nothing at this address", help)
    }
}

impl From<QueryRejection> for Problem {
    fn from(rejection: QueryRejection) -> Problem {
        Problem::new(StatusCode::BAD_REQUEST, rejection.body_text(), "")
    }
}

impl From<FormRejection> for Problem {
    fn from(rejection: FormRejection) -> Problem {
        Problem::new(StatusCode::BAD_REQUEST, rejection.body_text(), "")
    }
}
