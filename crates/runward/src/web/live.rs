//! Live updates: server-sent events that name what changed; pages fetch the parts that show it.

use std::convert::Infallible;
use std::time::Duration;

use axum::Extension;
use axum::extract::State;
use axum::response::sse::{Event, KeepAlive, Sse};
use futures_util::{Stream, StreamExt, future};
use tokio_stream::wrappers::BroadcastStream;
use tokio_stream::wrappers::errors::BroadcastStreamRecvError;

use super::App;
use super::auth::Bearer;

/// The stream of changes. A reader that fell behind is told to look at everything again.
pub async fn stream(
    State(app): State<App>,
    Extension(bearer): Extension<Bearer>,
) -> Sse<impl Stream<Item = Result<Event, Infallible>>> {
    let changes = BroadcastStream::new(app.engine.subscribe());
    // Who is signed out meanwhile, or may do something else now, hears nothing more.
    let auth = app.auth;
    let changes = changes.take_while(move |_| future::ready(auth.still_lets_in(&bearer)));
    let changes = changes.map(|change| {
        let event = match change {
            Ok(change) => Event::default().event("change").id(change.seq.to_string()).data(change.topics.join(" ")),
            Err(BroadcastStreamRecvError::Lagged(_)) => Event::default().event("change").data("everything"),
        };
        Ok(event)
    });
    let hello = futures_util::stream::once(async { Ok(Event::default().event("hello").data("hello")) });
    Sse::new(hello.chain(changes)).keep_alive(KeepAlive::new().interval(Duration::from_secs(15)))
}
