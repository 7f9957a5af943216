//! The one door: each request is looked at here, against the table of routes, before anything answers it.

use std::net::IpAddr;

use axum::extract::{MatchedPath, Request, State};
use axum::http::{HeaderMap, Method, StatusCode, header};
use axum::middleware::Next;
use axum::response::{IntoResponse, Response};
use runward_core::id::Role;
use runward_core::world::Refusal;

use super::routes::{Needs, needs};
use super::{Auth, Bearer, Hosts};
use crate::engine::{Engine, through};
use crate::store::AccessKind;
use crate::web::error::{Problem, wants_page};
use crate::web::{App, pages};

/// Who is at the other end of the connection.
#[derive(Clone, Copy, Debug)]
pub struct Peer(pub IpAddr);

tokio::task_local! {
    static BEARER: Bearer;
}

/// Who asks for what is being answered, for pages that show it.
pub fn current() -> Option<Bearer> {
    BEARER.try_with(Clone::clone).ok()
}

/// Lets through who may come in, and turns away the others and what looks like another site's doing.
pub async fn require(State(app): State<App>, mut request: Request, next: Next) -> Response {
    let path = request.extensions().get::<MatchedPath>().map(|path| path.as_str().to_owned());
    let headers = request.headers();
    let needs = path.as_deref().map_or(Needs::Role(Role::Viewer), |path| needs(request.method(), path));
    if needs != Needs::NothingAtAll && !app.hosts.is_known(headers) {
        return Problem::new(
            StatusCode::MISDIRECTED_REQUEST,
            "this server does not go by that name",
            "set `public_url` in runward.toml to the address people use",
        )
        .into_response();
    }
    let bearer = app.auth.came_in(&app.engine, &app.hosts, headers);
    let is_open = matches!(needs, Needs::NothingAtAll | Needs::Nothing);
    if bearer.is_none() && !is_open {
        return turned_away(&app, &request);
    }
    let by_cookie = bearer.as_ref().is_none_or(Bearer::is_session);
    if by_cookie && !is_safe(request.method()) && !app.hosts.is_own_page(headers) {
        return Problem::new(StatusCode::FORBIDDEN, "this request comes from another site", "").into_response();
    }
    let Some(bearer) = bearer else { return next.run(request).await };
    match needs {
        Needs::Role(least) if bearer.role < least => Problem::from(Refusal::Role(least)).into_answer(headers),
        Needs::AnotherMethod => pages::not_this_way(request).await,
        Needs::MoreThanAnybodyHas => {
            Problem::new(StatusCode::FORBIDDEN, "nobody may do this", "").into_answer(headers)
        }
        _ => {
            request.extensions_mut().insert(bearer.clone());
            let answered = through::answering(bearer.through(), next.run(request));
            BEARER.scope(bearer, answered).await
        }
    }
}

impl Auth {
    /// Who sends a request with these headers.
    fn came_in(&self, engine: &Engine, hosts: &Hosts, headers: &HeaderMap) -> Option<Bearer> {
        match token(headers) {
            Some(token) => self.bearer(engine, &token, AccessKind::Token),
            None => self.bearer(engine, &hosts.session(headers)?, AccessKind::Session),
        }
    }
}

fn token(headers: &HeaderMap) -> Option<String> {
    let value = headers.get(header::AUTHORIZATION)?.to_str().ok()?;
    let token = value.strip_prefix("Bearer ").or(value.strip_prefix("bearer "))?;
    Some(token.trim().to_owned())
}

fn is_safe(method: &Method) -> bool {
    matches!(*method, Method::GET | Method::HEAD | Method::OPTIONS)
}

/// A browser is shown where to sign in, a program is told what to send.
fn turned_away(app: &App, request: &Request) -> Response {
    if wants_page(request.headers()) {
        let next = request.uri().path_and_query().map(|path| path.as_str()).filter(|_| is_safe(request.method()));
        return pages::login::form(app, StatusCode::UNAUTHORIZED, "", next.unwrap_or("/"));
    }
    Problem::new(
        StatusCode::UNAUTHORIZED,
        "sign in first",
        "people sign in at /login, `runward login` prints a link; programs send `Authorization: Bearer TOKEN`",
    )
    .into_response()
}
