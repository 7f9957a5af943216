//! One-time links that sign a browser in.

use axum::Json;
use axum::extract::State;
use axum::http::StatusCode;
use runward_core::access::Change;
use runward_core::event::Event;
use runward_core::id::{Actor, Role};
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

use axum::Extension;

use super::body::Body;
use crate::web::App;
use crate::web::auth::{Bearer, ForWhom};
use crate::web::error::Problem;

/// Whom a link is to sign in.
#[derive(Debug, Default, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub(super) struct Wanted {
    /// The user; without one, the only admin, or the first user of all.
    user: Option<String>,
}

/// A link.
#[derive(Debug, Serialize, Deserialize, ToSchema)]
pub struct Link {
    /// The address to open; it works once, for 15 minutes.
    pub url: String,
    /// Whom it signs in; nobody where there is no user yet, and whoever opens it becomes the first.
    pub user: Option<String>,
}

/// Makes a link that signs a user in, once.
#[utoipa::path(post, path = "/login-links", request_body = Wanted, responses((status = 201, body = Link), (status = 404, body = Problem), (status = 422, body = Problem)), tag = "access")]
pub(super) async fn new_link(
    State(app): State<App>,
    Extension(bearer): Extension<Bearer>,
    Body(wanted): Body<Wanted>,
) -> Result<(StatusCode, Json<Link>), Problem> {
    Ok((StatusCode::CREATED, Json(link(&app, wanted.user.as_deref(), &bearer.name).await?)))
}

/// A link for a user, written down.
pub async fn link(app: &App, user: Option<&str>, by: &Actor) -> Result<Link, Problem> {
    let user = match user {
        Some(name) => Some(app.auth.user(name)?.name),
        None => usual(app)?,
    };
    if let Some(user) = &user {
        app.engine
            .tell(Event::AccessChanged { change: Change::LinkMade { user: user.clone() }, by: by.clone() })
            .await?;
    }
    let who = user.clone().map_or(ForWhom::First, ForWhom::User);
    Ok(Link { url: app.login_link(who), user })
}

/// Who is meant where nobody is named.
fn usual(app: &App) -> Result<Option<String>, Problem> {
    if app.auth.has_nobody() {
        return Ok(None);
    }
    let admins: Vec<String> =
        app.auth.users().into_iter().filter(|user| user.role == Role::Admin).map(|user| user.name).collect();
    match admins.as_slice() {
        [one] => Ok(Some(one.clone())),
        several => {
            let there = if several.is_empty() { "no user is an admin".into() } else { several.join(", ") };
            let help = format!("say who is to be signed in: `runward login --user NAME` (admins: {there})");
            Err(Problem::new(StatusCode::UNPROCESSABLE_ENTITY, "there is more than one user it could be for", help))
        }
    }
}
