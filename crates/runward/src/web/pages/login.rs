//! Signing in with a one-time link, and out again.

use axum::Form;
use axum::extract::rejection::{FormRejection, QueryRejection};
use axum::extract::{Query, State};
use axum::http::{HeaderMap, StatusCode, header};
use axum::response::{Html, IntoResponse, Redirect, Response};
use runward_core::runbook::sha256;
use serde::Deserialize;
use serde_json::json;

use super::render;
use crate::web::App;
use crate::web::error::Problem;

#[derive(Debug, Default, Deserialize)]
#[serde(default)]
pub(super) struct Link {
    code: String,
    next: String,
}

/// Looking at a link does not use it up: chat programs open links to preview them.
pub(super) async fn show(
    State(app): State<App>,
    link: Result<Query<Link>, QueryRejection>,
) -> Result<Response, Response> {
    let Query(link) = link.unwrap_or_default();
    let works = app.auth.link_works(&link.code);
    // The page must show without the style sheet, which stands behind the sign-in.
    let nonce = sha256(&link.code)[..16].to_owned();
    let policy = format!(
        "default-src 'none'; style-src 'nonce-{nonce}'; form-action 'self'; base-uri 'none'; frame-ancestors 'none'"
    );
    let page = render(
        &app,
        "login.html",
        json!({ "works": works, "code": link.code, "next": own_path(&link.next), "nonce": nonce }),
    )
    .map_err(|e| e.page())?;
    Ok(([(header::CONTENT_SECURITY_POLICY, policy)], page).into_response())
}

#[derive(Debug, Deserialize)]
pub(super) struct SignIn {
    code: String,
    #[serde(default)]
    name: String,
    #[serde(default)]
    next: String,
}

pub(super) async fn sign_in(
    State(app): State<App>,
    form: Result<Form<SignIn>, FormRejection>,
) -> Result<Response, Response> {
    let Form(form) = form.map_err(|e| Problem::from(e).page())?;
    let name: String = form.name.trim().chars().filter(|c| !c.is_control()).take(80).collect();
    let taken = name.eq_ignore_ascii_case(runward_core::id::RUNWARD);
    let name = if name.is_empty() || taken { "admin".to_owned() } else { name };
    match app.auth.sign_in(&app.engine, &form.code, &name).await {
        Ok(Some(cookie)) => Ok(([(header::SET_COOKIE, cookie)], Redirect::to(&own_path(&form.next))).into_response()),
        Ok(None) => Err(Problem::new(
            StatusCode::FORBIDDEN,
            "This link does not work any more",
            "On the server, `runward login` prints a new one.",
        )
        .page()),
        Err(e) => Err(Problem::from(e).page()),
    }
}

pub(super) async fn sign_out(State(app): State<App>, headers: HeaderMap) -> Response {
    app.auth.sign_out(&app.engine, &headers).await;
    let gone = "runward_session=; Path=/; HttpOnly; SameSite=Lax; Max-Age=0";
    ([(header::SET_COOKIE, gone)], Html("<!doctype html><title>Runward</title><p>Signed out.</p>")).into_response()
}

/// A path on this server; anything else leads to the first page.
fn own_path(next: &str) -> String {
    if next.starts_with('/') && !next.starts_with("//") && !next.contains('\\') {
        next.to_owned()
    } else {
        "/".to_owned()
    }
}
