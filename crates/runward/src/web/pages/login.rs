//! Signing in with a password or a one-time link, and out again.

use axum::extract::rejection::{FormRejection, QueryRejection};
use axum::extract::{Query, State};
use axum::http::{HeaderMap, HeaderValue, StatusCode, header};
use axum::response::{IntoResponse, Redirect, Response};
use axum::{Extension, Form};
use secrecy::{ExposeSecret, SecretString};
use serde::Deserialize;
use serde_json::json;

use super::render;
use crate::web::App;
use crate::web::auth::{ForWhom, NotIn, Peer};
use crate::web::error::Problem;

#[derive(Debug, Default, Deserialize)]
#[serde(default)]
pub(super) struct Asked {
    code: String,
    next: String,
}

/// Looking at a link does not use it up: chat programs open links to preview them.
pub(super) async fn show(State(app): State<App>, asked: Result<Query<Asked>, QueryRejection>) -> Response {
    let Query(asked) = asked.unwrap_or_default();
    if asked.code.is_empty() {
        return form(&app, StatusCode::OK, "", &asked.next);
    }
    page(&app, StatusCode::OK, "", &asked)
}

/// The form to sign in at with a password, with what was wrong before.
pub(in crate::web) fn form(app: &App, status: StatusCode, said: &str, next: &str) -> Response {
    page(app, status, said, &Asked { code: String::new(), next: next.to_owned() })
}

fn page(app: &App, status: StatusCode, said: &str, asked: &Asked) -> Response {
    let link = app.auth.link_works(&asked.code);
    let user = match &link {
        Some(ForWhom::User(name)) => Some(name.clone()),
        _ => None,
    };
    let context = json!({
        "code": asked.code, "next": own_path(&asked.next), "said": said, "user": user,
        "works": link.is_some(), "first": link == Some(ForWhom::First), "nobody": app.auth.has_nobody(),
    });
    match render(app, "login.html", context) {
        Ok(page) => (status, page).into_response(),
        Err(problem) => problem.page(),
    }
}

#[derive(Debug, Deserialize)]
pub(super) struct SignIn {
    #[serde(default)]
    code: String,
    #[serde(default)]
    name: String,
    #[serde(default)]
    password: SecretString,
    #[serde(default)]
    next: String,
}

pub(super) async fn sign_in(
    State(app): State<App>,
    Extension(Peer(peer)): Extension<Peer>,
    headers: HeaderMap,
    sent: Result<Form<SignIn>, FormRejection>,
) -> Result<Response, Response> {
    let Form(sent) = sent.map_err(|e| Problem::from(e).page())?;
    let came_in = if sent.code.is_empty() {
        let address = app.hosts.address(peer, &headers);
        app.auth.sign_in(&app.engine, &sent.name, sent.password, &address).await
    } else {
        app.auth.sign_in_by_link(&app.engine, &sent.code, &sent.name, sent.password).await
    };
    let asked = Asked { code: sent.code, next: sent.next };
    let session = came_in.map_err(|why| refused(&app, why, &asked))?;
    // Whoever held another session here holds it no more: it may have been somebody else's doing.
    app.auth.sign_out(&app.engine, &app.hosts, &headers).await;
    let cookie = app.hosts.signed_in(&headers, &session);
    Ok(([(header::SET_COOKIE, cookie)], Redirect::to(&own_path(&asked.next))).into_response())
}

fn refused(app: &App, why: NotIn, asked: &Asked) -> Response {
    match why {
        NotIn::Wrong if asked.code.is_empty() => {
            page(app, StatusCode::FORBIDDEN, "This name and this password do not go together.", asked)
        }
        NotIn::Wrong => Problem::new(
            StatusCode::FORBIDDEN,
            "This link does not work any more",
            "On the server, `runward login` prints a new one.",
        )
        .page(),
        NotIn::Wait(wait) => {
            let said = format!("Too many tries. Wait {wait}, or ask an admin for a link.");
            let mut answer = page(app, StatusCode::TOO_MANY_REQUESTS, &said, asked);
            answer.headers_mut().insert(header::RETRY_AFTER, HeaderValue::from(wait.0.as_secs()));
            answer
        }
        NotIn::Busy => page(app, StatusCode::SERVICE_UNAVAILABLE, "Too many people sign in at once. Try again.", asked),
        NotIn::Invalid(why) => page(app, StatusCode::UNPROCESSABLE_ENTITY, &sentence(&why), asked),
        NotIn::Problem(problem) => problem.page(),
    }
}

/// What is wrong, as a sentence of its own.
pub(super) fn sentence(why: &str) -> String {
    let mut chars = why.chars();
    chars.next().map_or_else(String::new, |first| format!("{}{}.", first.to_uppercase(), chars.as_str()))
}

pub(super) async fn sign_out(State(app): State<App>, headers: HeaderMap) -> Response {
    app.auth.sign_out(&app.engine, &app.hosts, &headers).await;
    let mut answer = form(&app, StatusCode::OK, "Signed out.", "/");
    if let Ok(gone) = app.hosts.signed_out(&headers).parse() {
        answer.headers_mut().insert(header::SET_COOKIE, gone);
    }
    answer
}

/// A path on this server; anything else leads to the first page.
fn own_path(next: &str) -> String {
    let is_own = next.starts_with('/') && !next.starts_with("//") && !next.contains(['\\', '\t', '\r', '\n']);
    if is_own { next.to_owned() } else { "/".to_owned() }
}

/// Whether two fields hold the same new password.
pub(super) fn same(one: &SecretString, other: &SecretString) -> bool {
    one.expose_secret() == other.expose_secret()
}
