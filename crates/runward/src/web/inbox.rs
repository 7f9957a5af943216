//! The demo's receiver of pages: shows what a team's chat would have shown. Not there outside the demo.

use std::collections::VecDeque;
use std::sync::{Arc, Mutex, PoisonError};

use axum::Router;
use axum::extract::State;
use axum::response::{Html, Response};
use axum::routing::get;
use runward_core::time::Timestamp;
use serde::Serialize;
use serde_json::{Value, json};

use super::error::Problem;
use super::{App, pages};
use crate::engine::clock;

/// How many messages are kept.
const MOST: usize = 100;

/// One message as it arrived.
#[derive(Clone, Debug, Serialize)]
pub struct Message {
    /// When.
    pub at: Timestamp,
    /// Its key, by which a repeat is known.
    pub key: String,
    /// What it says.
    pub text: String,
    /// Whether trouble goes on or is over.
    pub status: String,
}

/// Messages, newest first.
#[derive(Debug, Default)]
pub struct Inbox(Mutex<VecDeque<Message>>);

impl Inbox {
    /// Takes a message in; a repeat of one that is there is the same message.
    pub fn receive(&self, body: &Value) {
        let text = |name: &str| body.get(name).and_then(Value::as_str).unwrap_or_default().to_owned();
        let message = Message { at: clock::now(), key: text("key"), text: text("text"), status: text("status") };
        let mut messages = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        if !messages.iter().any(|m| m.key == message.key && !m.key.is_empty()) {
            messages.push_front(message);
            messages.truncate(MOST);
        }
    }

    /// All messages, newest first.
    pub fn messages(&self) -> Vec<Message> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner).iter().cloned().collect()
    }
}

pub(super) fn routes(wanted: bool) -> Router<App> {
    if wanted { Router::new().route("/inbox", get(show)) } else { Router::new() }
}

async fn show(State(app): State<App>) -> Result<Html<String>, Response> {
    let messages: Vec<Message> = app.inbox.as_ref().map(|inbox: &Arc<Inbox>| inbox.messages()).unwrap_or_default();
    pages::render(&app, "inbox.html", json!({ "title": "Inbox", "messages": messages })).map_err(|e: Problem| e.page())
}
