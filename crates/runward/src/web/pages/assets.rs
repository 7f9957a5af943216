//! Styles and scripts, compiled into the binary.

use axum::http::header;
use axum::response::{IntoResponse, Response};

use crate::web::error::Problem;
use crate::web::path::Path;

const ASSETS: &[(&str, &str, &str)] = &[
    ("app.css", "text/css; charset=utf-8", include_str!("../assets/app.css")),
    ("app.js", "text/javascript; charset=utf-8", include_str!("../assets/app.js")),
    ("runbook.css", "text/css; charset=utf-8", include_str!("../assets/runbook.css")),
    ("icon.svg", "image/svg+xml", include_str!("../assets/icon.svg")),
];

pub(super) async fn show(Path(name): Path<String>) -> Response {
    match ASSETS.iter().find(|(known, _, _)| *known == name) {
        // Asked for again after an hour, so that a new version of the program is seen soon.
        Some((_, kind, text)) => {
            ([(header::CONTENT_TYPE, *kind), (header::CACHE_CONTROL, "private, max-age=3600")], *text).into_response()
        }
        None => Problem::not_found(format!("asset `{name}`")).into_response(),
    }
}
