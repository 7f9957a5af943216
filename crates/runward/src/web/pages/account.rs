//! One's own account: password, sessions, tokens.

use axum::extract::State;
use axum::extract::rejection::FormRejection;
use axum::http::{HeaderMap, StatusCode, header};
use axum::response::{IntoResponse, Redirect, Response};
use axum::{Extension, Form};
use secrecy::SecretString;
use serde::Deserialize;
use serde_json::{Value, json};

use super::login::{same, sentence};
use super::{done, render};
use crate::web::App;
use crate::web::api::token::{MadeToken, TokenView, lasts};
use crate::web::api::user::{UserView, role};
use crate::web::auth::{Bearer, NotIn, id_of};
use crate::web::error::Problem;
use crate::web::path::Path;

/// An account is a person's: a token must not be able to make itself another one that outlives it.
fn session(bearer: &Bearer) -> Result<&str, Problem> {
    if bearer.is_session() {
        return Ok(bearer.name.as_str());
    }
    Err(Problem::new(StatusCode::FORBIDDEN, "a token has no account", "sign in with a browser"))
}

pub(super) async fn show(State(app): State<App>, Extension(bearer): Extension<Bearer>) -> Response {
    page(&app, &bearer, StatusCode::OK, "", None)
}

fn page(app: &App, bearer: &Bearer, status: StatusCode, said: &str, made: Option<&MadeToken>) -> Response {
    match rendered(app, bearer, said, made) {
        Ok(page) => (status, page).into_response(),
        Err(problem) => problem.page(),
    }
}

fn rendered(
    app: &App,
    bearer: &Bearer,
    said: &str,
    made: Option<&MadeToken>,
) -> Result<axum::response::Html<String>, Problem> {
    let name = session(bearer)?;
    let user = UserView::from(app.auth.user(name)?);
    let sessions: Vec<Value> = app
        .auth
        .sessions(&user.name)
        .iter()
        .map(|session| {
            let (id, used) = (id_of(&session.hash), session.used_at.unwrap_or(session.created_at));
            json!({ "id": id, "own": id == bearer.id(), "created_at": session.created_at, "used_at": used })
        })
        .collect();
    let tokens: Vec<TokenView> = app.auth.tokens(Some(&user.name)).iter().map(TokenView::from).collect();
    let context = json!({
        "title": "Account", "user": user, "sessions": sessions, "tokens": tokens, "said": said, "made": made,
        "roles": super::users::roles(bearer.role),
    });
    render(app, "account.html", context)
}

#[derive(Debug, Deserialize)]
pub(super) struct Passwords {
    #[serde(default)]
    old: SecretString,
    new: SecretString,
    again: SecretString,
}

pub(super) async fn password(
    State(app): State<App>,
    Extension(bearer): Extension<Bearer>,
    headers: HeaderMap,
    sent: Result<Form<Passwords>, FormRejection>,
) -> Result<Response, Response> {
    session(&bearer).map_err(|e| e.into_answer(&headers))?;
    let Form(sent) = sent.map_err(|e| Problem::from(e).page())?;
    if !same(&sent.new, &sent.again) {
        return Err(page(&app, &bearer, StatusCode::UNPROCESSABLE_ENTITY, "The two new passwords differ.", None));
    }
    let changed = app.auth.change_password(&app.engine, &bearer, (sent.old, sent.new)).await;
    let session = changed.map_err(|why| match why {
        NotIn::Wrong => page(&app, &bearer, StatusCode::FORBIDDEN, "The old password is not right.", None),
        NotIn::Wait(wait) => {
            page(&app, &bearer, StatusCode::TOO_MANY_REQUESTS, &format!("Too many tries. Wait {wait}."), None)
        }
        NotIn::Invalid(why) => page(&app, &bearer, StatusCode::UNPROCESSABLE_ENTITY, &sentence(&why), None),
        NotIn::Busy => page(&app, &bearer, StatusCode::SERVICE_UNAVAILABLE, "Too many at once. Try again.", None),
        NotIn::Problem(problem) => problem.page(),
    })?;
    let cookie = app.hosts.signed_in(&headers, &session);
    Ok(([(header::SET_COOKIE, cookie)], Redirect::to("/account")).into_response())
}

/// Ends all sessions of one's own, this one too.
pub(super) async fn sign_out(
    State(app): State<App>,
    Extension(bearer): Extension<Bearer>,
    headers: HeaderMap,
) -> Result<Response, Response> {
    let name = session(&bearer).map_err(|e| e.into_answer(&headers))?;
    app.auth
        .sign_out_everywhere(&app.engine, name, &bearer.name)
        .await
        .map_err(|e| Problem::from(e).into_answer(&headers))?;
    Ok(super::login::form(&app, StatusCode::OK, "Signed out everywhere.", "/"))
}

#[derive(Debug, Deserialize)]
pub(super) struct NewToken {
    name: String,
    role: String,
    #[serde(default)]
    lasts: String,
}

/// Makes a token of one's own; the page that answers is the only place where it stands.
pub(super) async fn make_token(
    State(app): State<App>,
    Extension(bearer): Extension<Bearer>,
    headers: HeaderMap,
    sent: Result<Form<NewToken>, FormRejection>,
) -> Result<Response, Response> {
    let made = make(&app, &bearer, sent).await.map_err(|e| e.into_answer(&headers))?;
    Ok(page(&app, &bearer, StatusCode::CREATED, "", Some(&made)))
}

async fn make(app: &App, bearer: &Bearer, sent: Result<Form<NewToken>, FormRejection>) -> Result<MadeToken, Problem> {
    let name = session(bearer)?;
    let Form(sent) = sent?;
    let (wanted, lasts) = (role(&sent.role)?, lasts(Some(&sent.lasts))?);
    let role = wanted.min(bearer.role);
    Ok(app.auth.make_token(&app.engine, &sent.name, role, Some(name), lasts, &bearer.name).await?.into())
}

/// Takes back a token of one's own.
pub(super) async fn revoke_token(
    State(app): State<App>,
    Extension(bearer): Extension<Bearer>,
    Path(id): Path<String>,
    headers: HeaderMap,
) -> Response {
    let outcome = match session(&bearer) {
        Ok(name) => app.auth.revoke_token(&app.engine, &id, Some(name), &bearer.name).await,
        Err(problem) => Err(problem),
    };
    done(&headers, outcome.map(|()| "/account".to_owned()))
}
