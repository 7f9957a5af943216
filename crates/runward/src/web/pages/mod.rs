//! Pages for people: rendered on the server, live by naming what changed, working without a script.

mod account;
mod assets;
mod incident;
pub(super) mod login;
mod overview;
mod procedure;
mod run;
mod runbook;
mod users;

use std::sync::OnceLock;

use axum::Router;
use axum::extract::Request;
use axum::http::{HeaderMap, StatusCode};
use axum::response::{Html, IntoResponse, Redirect, Response};
use axum::routing::{get, post};
use minijinja::value::Serde;
use minijinja::{Environment, HtmlEscape, UndefinedBehavior, Value};
use runward_core::time::Timestamp;
use serde_json::json;

use super::App;
use super::auth;
use super::error::{Problem, wants_page};

pub(super) fn routes() -> Router<App> {
    Router::new()
        .route("/", get(overview::show))
        .route("/incidents", get(incident::list))
        .route("/incidents/{id}", get(incident::show))
        .route("/incidents/{id}/acknowledge", post(incident::acknowledge))
        .route("/incidents/{id}/updates", post(incident::update))
        .route("/incidents/{id}/resolve", post(incident::resolve))
        .route("/procedures", get(procedure::list))
        .route("/procedures/{id}", get(procedure::show))
        .route("/runbook", get(runbook::index))
        .route("/runbooks", get(runbook::index))
        .route("/runbooks/{number}", get(runbook::show))
        .route("/runs", post(run::request))
        .route("/runs/{id}", get(run::show))
        .route("/runs/{id}/abort", post(run::abort))
        .route("/runs/{id}/undo", post(run::undo))
        .route("/runs/{id}/steps/{step}/{act}", post(run::act))
        .route("/login", get(login::show).post(login::sign_in))
        .route("/logout", post(login::sign_out))
        .route("/account", get(account::show))
        .route("/account/password", post(account::password))
        .route("/account/sign-out", post(account::sign_out))
        .route("/account/tokens", post(account::make_token))
        .route("/account/tokens/{id}/revoke", post(account::revoke_token))
        .route("/users", get(users::show).post(users::add))
        .route("/users/{name}/role", post(users::set_role))
        .route("/users/{name}/link", post(users::link))
        .route("/users/{name}/sign-out", post(users::sign_out))
        .route("/users/{name}/remove", post(users::remove))
        .route("/tokens", post(users::make_token))
        .route("/tokens/{id}/revoke", post(users::revoke_token))
        .route("/assets/{name}", get(assets::show))
}

/// Nothing is there.
pub(super) async fn not_found(request: Request) -> Response {
    Problem::not_found(format!("page {}", request.uri().path())).into_answer(request.headers())
}

/// Something is there, but it cannot be asked for like this.
pub(super) async fn not_this_way(request: Request) -> Response {
    let error = format!("{} cannot be asked for with {}", request.uri().path(), request.method());
    Problem::new(StatusCode::METHOD_NOT_ALLOWED, error, "/api/v1/openapi.json says what can be asked for and how")
        .into_answer(request.headers())
}

const TEMPLATES: &[(&str, &str)] = &[
    ("account.html", include_str!("../templates/account.html")),
    ("base.html", include_str!("../templates/base.html")),
    ("inbox.html", include_str!("../templates/inbox.html")),
    ("incident.html", include_str!("../templates/incident.html")),
    ("incidents.html", include_str!("../templates/incidents.html")),
    ("login.html", include_str!("../templates/login.html")),
    ("macros.html", include_str!("../templates/macros.html")),
    ("overview.html", include_str!("../templates/overview.html")),
    ("procedure.html", include_str!("../templates/procedure.html")),
    ("procedures.html", include_str!("../templates/procedures.html")),
    ("run.html", include_str!("../templates/run.html")),
    ("runbook.html", include_str!("../templates/runbook.html")),
    ("runbooks.html", include_str!("../templates/runbooks.html")),
    ("users.html", include_str!("../templates/users.html")),
];

fn templates() -> &'static Environment<'static> {
    static TEMPLATE_SET: OnceLock<Environment<'static>> = OnceLock::new();
    TEMPLATE_SET.get_or_init(|| {
        let mut environment = Environment::new();
        environment.set_undefined_behavior(UndefinedBehavior::Strict);
        environment.add_filter("clock", clock);
        environment.add_filter("day", day);
        environment.add_filter("millis", millis);
        environment.add_filter("in_address", in_address);
        environment.add_filter("marked", |text: &str| Value::from_safe_string(marked(text)));
        environment.add_filter("what", |name: &str| name.rsplit('/').next().unwrap_or(name).to_owned());
        environment.add_filter("lines", |text: &str| text.lines().count());
        environment.add_filter("first_line", |text: &str| text.lines().next().unwrap_or_default().to_owned());
        for (name, source) in TEMPLATES {
            if let Err(e) = environment.add_template(name, source) {
                unreachable!("{name} is part of the program and a test renders it: {e}");
            }
        }
        environment
    })
}

/// A time of day, as people in the middle of something read it.
fn clock(at: &str) -> String {
    at.parse::<Timestamp>().map_or_else(|_| at.to_owned(), |t| t.strftime("%H:%M:%S").to_string())
}

/// A moment of any day, for lists that reach back.
fn day(at: &str) -> String {
    at.parse::<Timestamp>().map_or_else(|_| at.to_owned(), |t| t.strftime("%Y-%m-%d %H:%M").to_string())
}

/// Text as HTML, with what stands between backticks as code.
fn marked(text: &str) -> String {
    let mut marked = String::new();
    let mut rest = text;
    // A backtick without its partner is one.
    while let Some((before, (code, after))) = rest.split_once('`').and_then(|(b, r)| Some((b, r.split_once('`')?))) {
        marked.push_str(&format!("{}<code>{}</code>", HtmlEscape(before), HtmlEscape(code)));
        rest = after;
    }
    marked.push_str(&HtmlEscape(rest).to_string());
    marked
}

/// Text as a value in an address: `ops.md:57` is `ops.md%3A57`.
fn in_address(text: &str) -> String {
    let mut written = String::new();
    for byte in text.bytes() {
        match byte {
            b'a'..=b'z' | b'A'..=b'Z' | b'0'..=b'9' | b'-' | b'.' | b'_' | b'~' => written.push(char::from(byte)),
            other => written.push_str(&format!("%{other:02X}")),
        }
    }
    written
}

fn millis(took: f64) -> String {
    if took < 10.0 { format!("{took:.1} ms") } else { format!("{took:.0} ms") }
}

/// A page.
pub(super) fn render(app: &App, name: &str, mut context: serde_json::Value) -> Result<Html<String>, Problem> {
    context["demo"] = app.inbox.is_some().into();
    context["me"] = match auth::current() {
        Some(who) => json!({ "name": who.name, "role": who.role, "is_person": who.is_session() }),
        None => json!({ "name": "", "role": "viewer", "is_person": false }),
    };
    let rendered = templates().get_template(name).and_then(|t| t.render(Serde(context)));
    rendered.map(Html).map_err(|e| {
        tracing::error!("{name} could not be rendered: {e:#}");
        Problem::new(StatusCode::INTERNAL_SERVER_ERROR, "this page could not be made", "the server's log says why")
    })
}

/// What a form's sender gets: a script the place to look at next, a browser without one the place itself.
fn done(headers: &HeaderMap, outcome: Result<String, Problem>) -> Response {
    match outcome {
        Ok(location) if wants_page(headers) => Redirect::to(&location).into_response(),
        Ok(location) => axum::Json(json!({ "location": location })).into_response(),
        Err(problem) => problem.into_answer(headers),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_template_is_well_formed() {
        for (name, _) in TEMPLATES {
            assert!(templates().get_template(name).is_ok(), "{name}");
        }
        assert_eq!(marked("run `a<b` & `c"), "run <code>a&lt;b</code> &amp; `c");
        assert_eq!(marked("one ` alone"), "one ` alone");
        assert_eq!(in_address("runs/ä.md:5"), "runs%2F%C3%A4.md%3A5");
        assert_eq!(clock("2026-03-01T03:04:05.678Z"), "03:04:05");
        assert_eq!((millis(1.234), millis(123.4)), ("1.2 ms".into(), "123 ms".into()));
    }
}
