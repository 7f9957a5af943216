//! Users: who may come in, and what they may do.

use axum::extract::State;
use axum::http::StatusCode;
use axum::{Extension, Json};
use runward_core::id::Role;
use secrecy::SecretString;
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

use super::body::Body;
use crate::web::App;
use crate::web::auth::{Bearer, Seen};
use crate::web::error::Problem;
use crate::web::path::Path;

/// A user.
#[derive(Debug, Serialize, Deserialize, ToSchema)]
pub struct UserView {
    /// The name.
    pub name: String,
    /// `viewer`, `responder`, `approver` or `admin`.
    pub role: String,
    /// Whether they can sign in with a password.
    pub has_password: bool,
    /// Since when there is such a user.
    pub created_at: String,
    /// How many browsers they are signed in with.
    pub sessions: usize,
    /// When they did something last, to some minutes.
    pub seen_at: Option<String>,
}

impl From<Seen> for UserView {
    fn from(seen: Seen) -> UserView {
        UserView {
            name: seen.name,
            role: seen.role.name().to_owned(),
            has_password: seen.has_password,
            created_at: seen.created_at.to_string(),
            sessions: seen.sessions,
            seen_at: seen.seen_at.map(|at| at.to_string()),
        }
    }
}

/// A role by its name.
pub fn role(name: &str) -> Result<Role, Problem> {
    Role::of_name(name).ok_or_else(|| {
        let names: Vec<&str> = Role::ALL.iter().map(|role| role.name()).collect();
        let error = format!("there is no role `{name}`");
        Problem::new(StatusCode::UNPROCESSABLE_ENTITY, error, format!("the roles are {}", names.join(", ")))
    })
}

/// Who asks.
#[derive(Debug, Serialize, ToSchema)]
pub(super) struct Me {
    /// The name they act under; `token:NAME` for a program's token.
    name: String,
    /// What they may do.
    role: String,
}

/// Tells who asks, and what they may do.
#[utoipa::path(get, path = "/me", responses((status = 200, body = Me)), tag = "access")]
pub(super) async fn me(Extension(bearer): Extension<Bearer>) -> Json<Me> {
    Json(Me { name: bearer.name.0, role: bearer.role.name().to_owned() })
}

/// All users, by name.
#[utoipa::path(get, path = "/users", responses((status = 200, body = Vec<UserView>)), tag = "access")]
pub(super) async fn list(State(app): State<App>) -> Json<Vec<UserView>> {
    Json(app.auth.users().into_iter().map(UserView::from).collect())
}

/// A new user.
#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub(super) struct NewUser {
    /// The name.
    name: String,
    /// `viewer`, `responder`, `approver` or `admin`.
    role: String,
    /// A password of ten characters at least; without one they come in by links only.
    #[schema(value_type = Option<String>)]
    password: Option<SecretString>,
}

/// Lets somebody new come in.
#[utoipa::path(post, path = "/users", request_body = NewUser, responses((status = 201, body = UserView), (status = 409, body = Problem), (status = 422, body = Problem)), tag = "access")]
pub(super) async fn add(
    State(app): State<App>,
    Extension(bearer): Extension<Bearer>,
    Body(body): Body<NewUser>,
) -> Result<(StatusCode, Json<UserView>), Problem> {
    let role = role(&body.role)?;
    let user = app.auth.add_user(&app.engine, &body.name, role, body.password, &bearer.name).await?;
    Ok((StatusCode::CREATED, Json(user.into())))
}

/// Another role.
#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub(super) struct NewRole {
    /// `viewer`, `responder`, `approver` or `admin`.
    role: String,
}

/// Lets somebody do more or less; all their sessions end.
#[utoipa::path(post, path = "/users/{name}/role", params(("name" = String, Path)), request_body = NewRole, responses((status = 200, body = UserView), (status = 404, body = Problem), (status = 422, body = Problem)), tag = "access")]
pub(super) async fn set_role(
    State(app): State<App>,
    Extension(bearer): Extension<Bearer>,
    Path(name): Path<String>,
    Body(body): Body<NewRole>,
) -> Result<Json<UserView>, Problem> {
    let role = role(&body.role)?;
    Ok(Json(app.auth.set_role(&app.engine, &name, role, &bearer.name).await?.into()))
}

/// Another password.
#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub(super) struct NewPassword {
    /// The password; without one they come in by links only.
    #[schema(value_type = Option<String>)]
    password: Option<SecretString>,
}

/// Gives somebody another password, or takes theirs away; all their sessions end.
#[utoipa::path(post, path = "/users/{name}/password", params(("name" = String, Path)), request_body = NewPassword, responses((status = 200, body = UserView), (status = 404, body = Problem), (status = 422, body = Problem)), tag = "access")]
pub(super) async fn set_password(
    State(app): State<App>,
    Extension(bearer): Extension<Bearer>,
    Path(name): Path<String>,
    Body(body): Body<NewPassword>,
) -> Result<Json<UserView>, Problem> {
    Ok(Json(app.auth.set_password(&app.engine, &name, body.password, &bearer.name).await?.into()))
}

/// Ends all sessions of somebody.
#[utoipa::path(post, path = "/users/{name}/sign-out", params(("name" = String, Path)), responses((status = 200, body = UserView), (status = 404, body = Problem)), tag = "access")]
pub(super) async fn sign_out(
    State(app): State<App>,
    Extension(bearer): Extension<Bearer>,
    Path(name): Path<String>,
) -> Result<Json<UserView>, Problem> {
    let user = app.auth.user(&name)?;
    app.auth.sign_out_everywhere(&app.engine, &user.name, &bearer.name).await?;
    Ok(Json(app.auth.user(&name)?.into()))
}

/// Lets somebody in no more; all their sessions and tokens end.
#[utoipa::path(post, path = "/users/{name}/remove", params(("name" = String, Path)), responses((status = 204), (status = 404, body = Problem)), tag = "access")]
pub(super) async fn remove(
    State(app): State<App>,
    Extension(bearer): Extension<Bearer>,
    Path(name): Path<String>,
) -> Result<StatusCode, Problem> {
    app.auth.remove_user(&app.engine, &name, &bearer.name).await?;
    Ok(StatusCode::NO_CONTENT)
}
