//! The page and the API: everything that speaks HTTP to the outside.

pub mod api;
pub mod auth;
pub mod error;
mod health;
mod in_force;
pub mod inbox;
mod live;
mod metrics;
mod pages;
mod path;
mod serve;

use std::sync::{Arc, PoisonError, RwLock};
use std::time::Duration;

use axum::extract::DefaultBodyLimit;
use axum::http::{HeaderName, HeaderValue, StatusCode, header};
use axum::routing::get;
use axum::{Router, middleware};
use runward_core::runbook::Runbook;
use runward_kinds::exec::Transcripts;
use tower_http::catch_panic::CatchPanicLayer;
use tower_http::set_header::SetResponseHeaderLayer;
use tower_http::timeout::TimeoutLayer;

use crate::engine::Engine;
use auth::{Auth, ForWhom, Hosts};
pub use in_force::InForce;
use inbox::Inbox;
pub use serve::serve;

/// The largest body a request may have.
const MOST_BODY: usize = 1024 * 1024;

/// What handlers work with.
#[derive(Clone)]
pub struct App {
    /// The way to the world.
    pub engine: Engine,
    /// Who may come in.
    pub auth: Arc<Auth>,
    /// The names this server goes by.
    pub hosts: Arc<Hosts>,
    /// The runbook as it was read last.
    pub in_force: Arc<RwLock<Arc<InForce>>>,
    /// What is not as it should be but no reason not to watch.
    pub warnings: Arc<RwLock<Vec<String>>>,
    /// Asks for the configuration to be read again.
    pub reload: Reload,
    /// What commands printed.
    pub transcripts: Transcripts,
    /// The demo's built-in receiver of pages.
    pub inbox: Option<Arc<Inbox>>,
}

/// Asks for the configuration to be read again; the answer says what was wrong with it.
pub type Reload = tokio::sync::mpsc::Sender<crate::reload::Wish>;

impl App {
    /// The runbook as it was read last, with its texts.
    pub fn in_force(&self) -> Arc<InForce> {
        self.in_force.read().unwrap_or_else(PoisonError::into_inner).clone()
    }

    /// The runbook as it was read last.
    pub fn runbook(&self) -> Arc<Runbook> {
        self.in_force().runbook.clone()
    }

    /// A link that signs one browser in, once, at the address people use.
    pub fn login_link(&self, who: ForWhom) -> String {
        let base = self.engine.read(|world| world.setup().public_url.clone()).unwrap_or_default();
        format!("{}/login?code={}", base.trim_end_matches('/'), self.auth.new_link(who))
    }

    /// What is not as it should be but no reason not to watch.
    pub fn warnings(&self) -> Vec<String> {
        self.warnings.read().unwrap_or_else(PoisonError::into_inner).clone()
    }
}

/// Everything that can be asked for.
pub fn router(app: App) -> Router {
    let guarded = Router::new()
        .merge(pages::routes())
        .merge(inbox::routes(app.inbox.is_some()))
        .nest("/api/v1", api::routes())
        .route("/api/v1/live", get(live::stream))
        .route("/metrics", get(metrics::show))
        .route("/health", get(health::show))
        .route("/health/live", get(health::live))
        .route("/health/ready", get(health::ready))
        .fallback(pages::not_found)
        .method_not_allowed_fallback(pages::not_this_way);
    guarded
        .layer(middleware::from_fn_with_state(app.clone(), auth::require))
        .layer(DefaultBodyLimit::max(MOST_BODY))
        .layer(TimeoutLayer::with_status_code(StatusCode::REQUEST_TIMEOUT, ANSWER_WITHIN))
        .layer(header_layer(header::X_CONTENT_TYPE_OPTIONS, "nosniff"))
        .layer(header_layer(header::REFERRER_POLICY, "same-origin"))
        .layer(header_layer(header::CONTENT_SECURITY_POLICY, POLICY))
        .layer(header_layer(header::CACHE_CONTROL, "no-store"))
        .layer(CatchPanicLayer::new())
        .with_state(app)
}

/// How long a request may take, its body included; a live page is answered at once and goes on.
const ANSWER_WITHIN: Duration = Duration::from_secs(60);

/// Nothing from elsewhere, nothing inline, no frame around it.
const POLICY: &str = "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self' data:; connect-src 'self'; \
                      form-action 'self'; base-uri 'none'; frame-ancestors 'none'";

fn header_layer(name: HeaderName, value: &'static str) -> SetResponseHeaderLayer<HeaderValue> {
    SetResponseHeaderLayer::if_not_present(name, HeaderValue::from_static(value))
}
