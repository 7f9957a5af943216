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
    let peer = request.extensions().get::<Peer>().map_or(IpAddr::from([127, 0, 0, 1]), |Peer(peer)| *peer);
    let bearer = app.auth.came_in(&app.engine, &app.hosts, headers, peer);
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
        Needs::MoreThanAnybodyHas => Problem::new(StatusCode::FORBIDDEN, "nobody may do this", "").into_answer(headers),
        _ => {
            request.extensions_mut().insert(bearer.clone());
            let answered = through::answering(bearer.through(), next.run(request));
            BEARER.scope(bearer, answered).await
        }
    }
}

impl Auth {
    /// Who sends a request with these headers.
    fn came_in(&self, engine: &Engine, hosts: &Hosts, headers: &HeaderMap, peer: IpAddr) -> Option<Bearer> {
        let address = hosts.address(peer, headers);
        match token(headers) {
            Some(token) => self.bearer(engine, &token, AccessKind::Token, address),
            None => self.bearer(engine, &hosts.session(headers)?, AccessKind::Session, address),
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

#[cfg(test)]
mod tests {
    use std::sync::{Arc, RwLock};

    use axum::body::Body;
    use axum::routing::{get, post};
    use axum::{Router, middleware};
    use hyper::service::Service;
    use hyper_util::service::TowerToHyperService;
    use runward_core::runbook::{Runbook, sha256};
    use runward_core::setup::Setup;
    use runward_core::world::World;
    use runward_kinds::exec::Transcripts;

    use super::*;
    use crate::store::{Access, Store};
    use crate::web::InForce;

    async fn app(folder: &std::path::Path) -> App {
        let (store, reader, _) = Store::open(folder).await.unwrap();
        let token = |role: Role| Access {
            hash: sha256(role.name()),
            kind: AccessKind::Token,
            name: role.name().to_owned(),
            person: None,
            role,
            created_at: crate::engine::clock::now(),
            expires_at: None,
            used_at: None,
        };
        App {
            engine: Engine::idle(World::new(Setup::default()), store, reader).engine(),
            auth: Arc::new(Auth::new(Vec::new(), Role::ALL.map(token).to_vec())),
            hosts: Arc::new(Hosts::new("localhost:1", None)),
            in_force: Arc::new(RwLock::new(Arc::new(InForce::new(Runbook::default(), &[], Vec::new())))),
            warnings: Arc::default(),
            reload: tokio::sync::mpsc::channel(1).0,
            inbox: None,
            transcripts: Transcripts::new(folder.to_owned()),
        }
    }

    #[tokio::test]
    async fn a_route_that_somebody_forgot_to_enter_is_for_nobody() {
        let folder = tempfile::tempdir().unwrap();
        let app = app(folder.path()).await;
        let forgotten = || async { "secrets" };
        let router: Router<App> = Router::new()
            .route("/forgotten", get(forgotten).post(forgotten))
            // A method that is not entered beside one that is.
            .route("/runbooks", get(forgotten).delete(forgotten))
            .nest("/api/v1", Router::new().route("/forgotten/{id}", post(forgotten)));
        let router = router.layer(middleware::from_fn_with_state(app.clone(), require)).with_state(app);
        let service = TowerToHyperService::new(router);
        let ask = async |method: &str, path: &str, token: &str| {
            let request = Request::builder().method(method).uri(path).header("host", "localhost");
            let request = request.header("authorization", format!("Bearer {token}")).body(Body::empty()).unwrap();
            service.call(request).await.unwrap().status().as_u16()
        };
        for role in Role::ALL {
            for (method, path, status) in [
                ("GET", "/forgotten", 403),
                ("POST", "/forgotten", 403),
                ("POST", "/api/v1/forgotten/1", 403),
                ("DELETE", "/runbooks", 405),
                ("GET", "/runbooks", 200),
            ] {
                assert_eq!(ask(method, path, role.name()).await, status, "{} asks {method} {path}", role.name());
                assert_eq!(ask(method, path, "nobody").await, 401, "nobody asks {method} {path}");
            }
        }
    }
}
