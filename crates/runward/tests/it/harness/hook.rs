//! A receiver of pages that remembers every request it was sent.

use std::sync::atomic::{AtomicU16, Ordering};
use std::sync::{Arc, Mutex};

use axum::Router;
use axum::extract::State;
use axum::http::{HeaderMap, StatusCode};
use axum::routing::post;
use serde_json::Value;
use tokio::net::TcpListener;

/// One request.
#[derive(Clone, Debug)]
pub struct Page {
    /// Its `Idempotency-Key`.
    pub key: String,
    pub body: Value,
}

#[derive(Clone, Default)]
struct Shared {
    pages: Arc<Mutex<Vec<Page>>>,
    answer: Arc<AtomicU16>,
}

pub struct Hook {
    pub url: String,
    shared: Shared,
}

impl Hook {
    pub async fn start() -> Hook {
        let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
        let url = format!("http://{}/hook", listener.local_addr().unwrap());
        let shared = Shared::default();
        shared.answer.store(200, Ordering::Relaxed);
        let router = Router::new().route("/hook", post(take)).with_state(shared.clone());
        tokio::spawn(axum::serve(listener, router).into_future());
        Hook { url, shared }
    }

    /// What it answers from now on.
    pub fn answer(&self, status: u16) {
        self.shared.answer.store(status, Ordering::Relaxed);
    }

    pub fn pages(&self) -> Vec<Page> {
        self.shared.pages.lock().unwrap().clone()
    }
}

async fn take(State(shared): State<Shared>, headers: HeaderMap, body: String) -> StatusCode {
    let key = headers.get("idempotency-key").map(|k| k.to_str().unwrap().to_owned()).unwrap_or_default();
    let body = serde_json::from_str(&body).unwrap();
    shared.pages.lock().unwrap().push(Page { key, body });
    StatusCode::from_u16(shared.answer.load(Ordering::Relaxed)).unwrap()
}
