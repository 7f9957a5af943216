//! What the stories share: a place to work in, a server, a receiver of pages, and a fleet of real processes.

mod browser;
mod fleet;
mod hook;
mod mill;
mod place;
mod server;
mod sshd;

use std::sync::atomic::{AtomicU16, Ordering};
use std::time::{Duration, Instant};

pub use browser::{Browser, FORM, form_value};
pub use fleet::Fleet;
pub use hook::{Hook, Page};
pub use mill::{Mill, TEAM};
pub use place::{Place, Said, terminal};
pub use server::{Server, header};
pub use sshd::{Sshd, kill};

/// How long anything may take before a story has failed. Nothing waits this long when all is well.
pub const PATIENCE: Duration = Duration::from_secs(60);

/// Waits until something holds.
pub async fn until<T>(what: &str, mut look: impl AsyncFnMut() -> Option<T>) -> T {
    let until = Instant::now() + PATIENCE;
    loop {
        if let Some(found) = look().await {
            return found;
        }
        assert!(Instant::now() < until, "waited too long: {what}");
        tokio::time::sleep(Duration::from_millis(40)).await;
    }
}

/// A port that nobody listens on, below those that outgoing connections are given.
pub fn free_port() -> u16 {
    static NEXT: AtomicU16 = AtomicU16::new(0);
    let first = 20_000 + (std::process::id() % 300) as u16 * 40;
    loop {
        let port = first + NEXT.fetch_add(1, Ordering::Relaxed);
        if std::net::TcpListener::bind(("127.0.0.1", port)).is_ok() {
            return port;
        }
    }
}

/// The folder that `./test` installed npm packages into, if this one is among them.
pub fn tools(package: &str) -> Option<String> {
    let folder = std::path::Path::new(env!("CARGO_MANIFEST_DIR")).join("../../target/tools/node_modules");
    folder.join(package).exists().then(|| folder.canonicalize().unwrap().display().to_string())
}

/// Something that a story needs is not on this machine: said, and a failure where everything was to be run.
pub fn missing(what: &str) {
    assert!(std::env::var_os("RUNWARD_TEST_ALL").is_none(), "{what} is not here");
    eprintln!("skipped: {what} is not here; `./test` installs it");
}
