//! Users and the tokens of programs, for admins.

use axum::extract::State;
use axum::extract::rejection::FormRejection;
use axum::http::{HeaderMap, StatusCode};
use axum::response::{IntoResponse, Response};
use axum::{Extension, Form};
use runward_core::id::Role;
use serde::Deserialize;
use serde_json::json;

use super::{done, render};
use crate::web::App;
use crate::web::api::token::{MadeToken, TokenView, lasts};
use crate::web::api::user::{UserView, role};
use crate::web::api::{LoginLink, login_link};
use crate::web::auth::Bearer;
use crate::web::error::Problem;
use crate::web::path::Path;

/// The roles that somebody of this role can give, the least first.
pub(super) fn roles(most: Role) -> Vec<&'static str> {
    Role::ALL.into_iter().filter(|role| *role <= most).map(Role::name).collect()
}

pub(super) async fn show(State(app): State<App>) -> Response {
    page(&app, StatusCode::OK, None, None)
}

fn page(app: &App, status: StatusCode, link: Option<&LoginLink>, made: Option<&MadeToken>) -> Response {
    let users: Vec<UserView> = app.auth.users().into_iter().map(UserView::from).collect();
    let tokens: Vec<TokenView> = app.auth.tokens(None).iter().map(TokenView::from).collect();
    let context = json!({
        "title": "Users", "users": users, "tokens": tokens, "roles": roles(Role::Admin), "link": link, "made": made,
    });
    match render(app, "users.html", context) {
        Ok(page) => (status, page).into_response(),
        Err(problem) => problem.page(),
    }
}

#[derive(Debug, Deserialize)]
pub(super) struct NewUser {
    name: String,
    role: String,
}

/// Lets somebody new come in: with a link, so that nobody else ever knows their password.
pub(super) async fn add(
    State(app): State<App>,
    Extension(bearer): Extension<Bearer>,
    headers: HeaderMap,
    sent: Result<Form<NewUser>, FormRejection>,
) -> Response {
    let added = async {
        let Form(sent) = sent?;
        let user = app.auth.add_user(&app.engine, &sent.name, role(&sent.role)?, None, &bearer.name).await?;
        login_link(&app, Some(&user.name), &bearer.name).await
    };
    linked(&app, &headers, added.await)
}

/// Makes a link for somebody who has no password, or forgot it.
pub(super) async fn link(
    State(app): State<App>,
    Extension(bearer): Extension<Bearer>,
    Path(name): Path<String>,
    headers: HeaderMap,
) -> Response {
    let made = login_link(&app, Some(&name), &bearer.name).await;
    linked(&app, &headers, made)
}

/// The link stands on the page that answers and nowhere else.
fn linked(app: &App, headers: &HeaderMap, made: Result<LoginLink, Problem>) -> Response {
    match made {
        Ok(link) => page(app, StatusCode::CREATED, Some(&link), None),
        Err(problem) => problem.into_answer(headers),
    }
}

#[derive(Debug, Deserialize)]
pub(super) struct NewRole {
    role: String,
}

pub(super) async fn set_role(
    State(app): State<App>,
    Extension(bearer): Extension<Bearer>,
    Path(name): Path<String>,
    headers: HeaderMap,
    sent: Result<Form<NewRole>, FormRejection>,
) -> Response {
    let set = async {
        let Form(sent) = sent?;
        app.auth.set_role(&app.engine, &name, role(&sent.role)?, &bearer.name).await
    };
    done(&headers, set.await.map(|_| "/users".to_owned()))
}

pub(super) async fn sign_out(
    State(app): State<App>,
    Extension(bearer): Extension<Bearer>,
    Path(name): Path<String>,
    headers: HeaderMap,
) -> Response {
    let ended = async {
        let user = app.auth.user(&name)?;
        app.auth.sign_out_everywhere(&app.engine, &user.name, &bearer.name).await.map_err(Problem::from)
    };
    done(&headers, ended.await.map(|()| "/users".to_owned()))
}

pub(super) async fn remove(
    State(app): State<App>,
    Extension(bearer): Extension<Bearer>,
    Path(name): Path<String>,
    headers: HeaderMap,
) -> Response {
    let removed = app.auth.remove_user(&app.engine, &name, &bearer.name).await;
    done(&headers, removed.map(|()| "/users".to_owned()))
}

#[derive(Debug, Deserialize)]
pub(super) struct NewToken {
    name: String,
    role: String,
    #[serde(default)]
    lasts: String,
}

/// Makes a token for a program; the page that answers is the only place where it stands.
pub(super) async fn make_token(
    State(app): State<App>,
    Extension(bearer): Extension<Bearer>,
    headers: HeaderMap,
    sent: Result<Form<NewToken>, FormRejection>,
) -> Response {
    let made = async {
        let Form(sent) = sent?;
        let (role, lasts) = (role(&sent.role)?, lasts(Some(&sent.lasts))?);
        let made = app.auth.make_token(&app.engine, &sent.name, role, None, lasts, &bearer.name).await?;
        Ok::<MadeToken, Problem>(made.into())
    };
    match made.await {
        Ok(made) => page(&app, StatusCode::CREATED, None, Some(&made)),
        Err(problem) => problem.into_answer(&headers),
    }
}

pub(super) async fn revoke_token(
    State(app): State<App>,
    Extension(bearer): Extension<Bearer>,
    Path(id): Path<String>,
    headers: HeaderMap,
) -> Response {
    let revoked = app.auth.revoke_token(&app.engine, &id, None, &bearer.name).await;
    done(&headers, revoked.map(|()| "/users".to_owned()))
}
