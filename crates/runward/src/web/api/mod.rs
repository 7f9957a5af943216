//! The HTTP API. One file per noun; its types are its own, made from core's.

mod alert;
mod body;
pub mod incident;
mod login;
mod openapi;
pub mod output;
pub mod plan;
pub mod procedure;
mod reload;
pub mod run;
mod runbook;
pub mod status;

use axum::Router;
use axum::routing::get;
use runward_core::id::{Actor, RUNWARD};
use utoipa_axum::router::OpenApiRouter;
use utoipa_axum::routes;

pub use login::Link as LoginLink;
pub use reload::Reloaded;

use super::App;
use super::auth::Bearer;

/// Every route of the API with its description.
fn described() -> OpenApiRouter<App> {
    OpenApiRouter::with_openapi(openapi::base())
        .routes(routes!(status::show))
        .routes(routes!(incident::list))
        .routes(routes!(incident::show))
        .routes(routes!(incident::acknowledge))
        .routes(routes!(incident::update))
        .routes(routes!(incident::resolve))
        .routes(routes!(procedure::list))
        .routes(routes!(procedure::show))
        .routes(routes!(plan::show))
        .routes(routes!(runbook::show))
        .routes(routes!(run::request, run::list))
        .routes(routes!(run::show))
        .routes(routes!(output::follow))
        .routes(routes!(run::approve))
        .routes(routes!(run::tick))
        .routes(routes!(run::skip))
        .routes(routes!(run::settle))
        .routes(routes!(run::edit))
        .routes(routes!(run::back))
        .routes(routes!(run::abort))
        .routes(routes!(run::undo))
        .routes(routes!(alert::take))
        .routes(routes!(login::new_link))
        .routes(routes!(reload::reload))
}

/// The routes below `/api/v1`.
pub(super) fn routes() -> Router<App> {
    let (router, description) = described().split_for_parts();
    let text = description.to_json().unwrap_or_default();
    router.route("/openapi.json", get(move || openapi::show(text)))
}

/// The description of the API as JSON, for the book.
#[cfg(test)]
pub fn description() -> String {
    described().split_for_parts().1.to_pretty_json().unwrap_or_default()
}

/// Who acts: the name somebody gives, else the one they came in under. Where two people are needed only the latter
/// counts: a name that anybody can give is no second person.
fn actor(app: &App, given: Option<&str>, bearer: &Bearer) -> Actor {
    let given = given.map(str::trim).filter(|name| !name.is_empty() && name.len() <= 80);
    // What Runward did by itself must stay told from what people did.
    let given = given.filter(|name| !name.eq_ignore_ascii_case(RUNWARD));
    let given = given.filter(|_| !app.engine.read(|world| world.setup().approval.two_people));
    given.map_or_else(|| bearer.name.clone(), Into::into)
}
