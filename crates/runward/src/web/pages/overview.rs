//! The first page: what is watched and how it is doing.

use axum::extract::State;
use axum::response::{Html, Response};
use serde_json::json;

use super::render;
use crate::web::App;
use crate::web::api::status::Status;

pub(super) async fn show(State(app): State<App>) -> Result<Html<String>, Response> {
    let status = Status::of(&app);
    render(&app, "overview.html", json!({ "title": "Watch", "status": status })).map_err(|e| e.page())
}
