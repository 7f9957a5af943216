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
pub mod token;
pub mod user;

use axum::Router;
use axum::http::StatusCode;
use axum::routing::get;
use runward_core::id::Actor;
use utoipa_axum::router::OpenApiRouter;
use utoipa_axum::routes;

pub use login::{Link as LoginLink, link as login_link};
pub use reload::Reloaded;

use super::App;
use super::auth::Bearer;
use super::error::Problem;

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
        .routes(routes!(user::me))
        .routes(routes!(user::list, user::add))
        .routes(routes!(user::set_role))
        .routes(routes!(user::set_password))
        .routes(routes!(user::sign_out))
        .routes(routes!(user::remove))
        .routes(routes!(token::list, token::make))
        .routes(routes!(token::revoke))
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

/// Who acts: the user or program that came in. A token of an admin may speak for others by name, and the log says both;
/// but where two people are needed, a name that anybody can give is no second person.
fn actor(app: &App, given: Option<&str>, bearer: &Bearer) -> Result<Actor, Problem> {
    let given = given.map(str::trim).filter(|name| !name.is_empty() && name.len() <= 80);
    // What Runward or a program did by itself must stay told from what people did.
    let given = given.map(Actor::from).filter(|given| given.is_person() && !given.is_same(&bearer.name));
    match given {
        None => Ok(bearer.name.clone()),
        Some(_) if !bearer.may_speak_for_others() => Err(Problem::new(
            StatusCode::FORBIDDEN,
            format!("you act as `{}`: only an admin's token may act under another name", bearer.name),
            "leave `by` out",
        )),
        Some(_) if app.engine.read(|world| world.setup().approval.two_people) => Ok(bearer.name.clone()),
        Some(given) => Ok(given),
    }
}
