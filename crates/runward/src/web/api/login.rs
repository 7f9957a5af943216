//! One-time links that sign a browser in.

use axum::Json;
use axum::extract::State;
use axum::http::StatusCode;
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

use crate::web::App;

/// A link.
#[derive(Debug, Serialize, Deserialize, ToSchema)]
pub struct Link {
    /// The address to open; it works once, for 15 minutes.
    pub url: String,
}

/// Makes a link that signs one browser in, once.
#[utoipa::path(post, path = "/login-links", responses((status = 201, body = Link)), tag = "access")]
pub(super) async fn new_link(State(app): State<App>) -> (StatusCode, Json<Link>) {
    (StatusCode::CREATED, Json(Link { url: app.login_link() }))
}
