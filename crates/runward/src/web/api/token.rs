//! Tokens for programs.

use axum::extract::State;
use axum::http::StatusCode;
use axum::{Extension, Json};
use runward_core::time::Span;
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

use super::body::Body;
use super::user::role;
use crate::store::Access;
use crate::web::App;
use crate::web::auth::{Bearer, Made, id_of};
use crate::web::error::Problem;
use crate::web::path::Path;

/// A token, without what lets anybody in.
#[derive(Debug, Serialize, Deserialize, ToSchema)]
pub struct TokenView {
    /// Its number.
    pub id: String,
    /// What it is called.
    pub name: String,
    /// Whose it is; nobody's for a program's own.
    pub user: Option<String>,
    /// The most it may do.
    pub role: String,
    /// When it was made.
    pub created_at: String,
    /// When it ends.
    pub expires_at: Option<String>,
    /// When it was used last, to some minutes.
    pub used_at: Option<String>,
}

impl From<&Access> for TokenView {
    fn from(access: &Access) -> TokenView {
        TokenView {
            id: id_of(&access.hash).to_owned(),
            name: access.name.clone(),
            user: access.person.clone(),
            role: access.role.name().to_owned(),
            created_at: access.created_at.to_string(),
            expires_at: access.expires_at.map(|at| at.to_string()),
            used_at: access.used_at.map(|at| at.to_string()),
        }
    }
}

/// A token that was made just now.
#[derive(Serialize, Deserialize, ToSchema)]
pub struct MadeToken {
    /// What it is.
    #[serde(flatten)]
    pub view: TokenView,
    /// The token itself: it is shown this once.
    pub token: String,
}

impl From<Made> for MadeToken {
    fn from(made: Made) -> MadeToken {
        MadeToken { view: TokenView::from(&made.access), token: made.secret }
    }
}

/// All tokens, the oldest first.
#[utoipa::path(get, path = "/tokens", responses((status = 200, body = Vec<TokenView>)), tag = "access")]
pub(super) async fn list(State(app): State<App>) -> Json<Vec<TokenView>> {
    Json(app.auth.tokens(None).iter().map(TokenView::from).collect())
}

/// A new token.
#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub(super) struct NewToken {
    /// What it is called.
    name: String,
    /// The most it may do: `viewer`, `responder`, `approver` or `admin`.
    role: String,
    /// The user it acts as; without one it acts as `token:NAME`.
    user: Option<String>,
    /// How long it lasts, such as `90d`; without it, for ever.
    lasts: Option<String>,
}

/// The longest a token that ends may last.
const LONGEST: Span = Span::seconds(10 * 366 * 86_400);

/// How long a token lasts, as people write it.
pub fn lasts(text: Option<&str>) -> Result<Option<Span>, Problem> {
    let Some(text) = text.map(str::trim).filter(|text| !text.is_empty()) else { return Ok(None) };
    match Span::parse(text).filter(|span| (Span::seconds(1)..=LONGEST).contains(span)) {
        Some(span) => Ok(Some(span)),
        None => Err(Problem::new(
            StatusCode::UNPROCESSABLE_ENTITY,
            format!("`{text}` is no length of time for a token"),
            "write it like 30m, 12h, 90d; ten years at the most",
        )),
    }
}

/// Makes a token; the answer is the only place where it stands.
#[utoipa::path(post, path = "/tokens", request_body = NewToken, responses((status = 201, body = MadeToken), (status = 404, body = Problem), (status = 422, body = Problem)), tag = "access")]
pub(super) async fn make(
    State(app): State<App>,
    Extension(bearer): Extension<Bearer>,
    Body(body): Body<NewToken>,
) -> Result<(StatusCode, Json<MadeToken>), Problem> {
    let (role, lasts) = (role(&body.role)?, lasts(body.lasts.as_deref())?);
    let user = body.user.as_deref();
    let made = app.auth.make_token(&app.engine, &body.name, role, user, lasts, &bearer.name).await?;
    Ok((StatusCode::CREATED, Json(made.into())))
}

/// Lets nobody in any more by a token.
#[utoipa::path(post, path = "/tokens/{id}/revoke", params(("id" = String, Path)), responses((status = 204), (status = 404, body = Problem)), tag = "access")]
pub(super) async fn revoke(
    State(app): State<App>,
    Extension(bearer): Extension<Bearer>,
    Path(id): Path<String>,
) -> Result<StatusCode, Problem> {
    app.auth.revoke_token(&app.engine, &id, None, &bearer.name).await?;
    Ok(StatusCode::NO_CONTENT)
}
