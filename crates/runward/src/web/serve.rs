//! Taking connections: so many and no more, and none that only pretends to ask something.

use std::sync::Arc;
use std::time::Duration;

use hyper::body::Incoming;
use hyper::server::conn::http1;
use hyper::service::{Service, service_fn};
use hyper_util::rt::{TokioIo, TokioTimer};
use hyper_util::service::TowerToHyperService;
use tokio::net::{TcpListener, TcpStream};
use tokio::sync::{OwnedSemaphorePermit, Semaphore, watch};
use tracing::warn;

use super::auth::Peer;
use super::{App, router};

/// How many connections may be open; the next one waits.
const MOST_CONNECTIONS: usize = 512;
/// How long a client may take to say what it wants.
const HEADERS_WITHIN: Duration = Duration::from_secs(20);
/// How long open connections may take to end when the server stops: live pages never end by themselves.
const GOODBYE: Duration = Duration::from_secs(2);
/// How long to wait when no connection can be taken, for want of file descriptors.
const BREATHE: Duration = Duration::from_millis(100);

/// Serves until `stop` resolves.
pub async fn serve(listener: TcpListener, app: App, stop: impl Future<Output = ()>) {
    let room = Arc::new(Semaphore::new(MOST_CONNECTIONS));
    let service = TowerToHyperService::new(router(app));
    let (goodbye, leaving) = watch::channel(false);
    let mut stop = std::pin::pin!(stop);
    loop {
        let next = async {
            let place = room.clone().acquire_owned().await;
            (place, listener.accept().await)
        };
        tokio::select! {
            (place, accepted) = next => match (place, accepted) {
                (Ok(place), Ok((stream, from))) => {
                    tokio::spawn(converse(stream, Peer(from.ip()), service.clone(), leaving.clone(), place));
                }
                (_, Err(e)) => {
                    warn!("no connection can be taken: {e}");
                    tokio::time::sleep(BREATHE).await;
                }
                (Err(_), _) => break,
            },
            () = &mut stop => break,
        }
    }
    let _ = goodbye.send(true);
    let everybody_left = room.acquire_many(MOST_CONNECTIONS as u32);
    let _ = tokio::time::timeout(GOODBYE, everybody_left).await;
}

/// One connection, until either side ends it.
async fn converse(
    stream: TcpStream,
    peer: Peer,
    service: TowerToHyperService<axum::Router>,
    mut leaving: watch::Receiver<bool>,
    place: OwnedSemaphorePermit,
) {
    // Small answers are many here: none waits for the next.
    let _ = stream.set_nodelay(true);
    let answer = service_fn(move |mut request: hyper::Request<Incoming>| {
        request.extensions_mut().insert(peer);
        service.call(request)
    });
    let connection = http1::Builder::new()
        .timer(TokioTimer::new())
        .header_read_timeout(HEADERS_WITHIN)
        .serve_connection(TokioIo::new(stream), answer);
    let mut connection = std::pin::pin!(connection);
    tokio::select! {
        _ = connection.as_mut() => {}
        () = async { drop(leaving.wait_for(|leave| *leave).await) } => {
            connection.as_mut().graceful_shutdown();
            let _ = tokio::time::timeout(GOODBYE, connection).await;
        }
    }
    drop(place);
}
