//! How Runward itself is doing, as `application/health+json` (draft-inadarei-api-health-check).
//! It tells of the watcher, not of what it watches, and needs no token.

use axum::extract::State;
use axum::http::{StatusCode, header};
use axum::response::{IntoResponse, Response};
use serde_json::{Value, json};

use super::App;
use crate::engine::clock;

/// 200 for pass and warn, 503 for fail.
pub(super) async fn show(State(app): State<App>) -> Response {
    let vitals = &app.engine.vitals;
    let warnings = app.warnings();
    let pages_fail = app.engine.read(|world| world.incidents().any(|i| !i.unreached.is_empty()));
    let mut notes: Vec<String> = Vec::new();
    let storage = if vitals.writing_fails() { "fail" } else { "pass" };
    let paging = if pages_fail {
        "fail"
    } else if app.engine.read(|w| w.setup().channels.is_empty()) {
        "warn"
    } else {
        "pass"
    };
    let configuration = if vitals.reload_failed() || !warnings.is_empty() { "warn" } else { "pass" };
    if vitals.reload_failed() {
        notes.push("the configuration on disk could not be taken; the old one is in force".into());
    }
    let watched = app.engine.read(|world| world.setup().checks.len());
    let silent = watched > 0 && vitals.is_blind();
    let watching = if silent { "fail" } else { "pass" };
    if vitals.is_one_user() {
        notes.push("commands run as the server's own user; a runner would keep them apart".into());
    }
    let parts = [
        ("storage:writes", storage, "datastore"),
        ("paging:reach", paging, "component"),
        ("configuration:state", configuration, "component"),
        ("watching:looks", watching, "component"),
    ];
    let status = overall(parts.iter().map(|(_, s, _)| *s));
    let checks: serde_json::Map<String, Value> = parts
        .iter()
        .map(|(name, status, kind)| {
            ((*name).to_owned(), json!([{ "componentType": kind, "status": status, "time": clock::now() }]))
        })
        .collect();
    let body = json!({
        "status": status,
        "version": env!("CARGO_PKG_VERSION"),
        "serviceId": "runward",
        "description": "the watcher itself; what it watches stands at /api/v1/status",
        "notes": notes,
        "checks": checks,
    });
    let code = if status == "fail" { StatusCode::SERVICE_UNAVAILABLE } else { StatusCode::OK };
    (code, [(header::CONTENT_TYPE, "application/health+json"), (header::CACHE_CONTROL, "max-age=5")], body.to_string())
        .into_response()
}

fn overall<'s>(states: impl Iterator<Item = &'s str>) -> &'s str {
    let rank = |s: &&str| match *s {
        "fail" => 2,
        "warn" => 1,
        _ => 0,
    };
    states.max_by_key(rank).unwrap_or("pass")
}

/// The process answers.
pub(super) async fn live() -> &'static str {
    "ok\n"
}

/// It can take events.
pub(super) async fn ready(State(app): State<App>) -> Response {
    if app.engine.vitals.writing_fails() {
        return (StatusCode::SERVICE_UNAVAILABLE, "the database does not take writes\n").into_response();
    }
    "ok\n".into_response()
}
