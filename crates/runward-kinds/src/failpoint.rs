//! Places where a test may have the process killed, to prove that nothing is lost or done twice there.
//!
//! A place is armed by name and count; reaching it that many times ends the process as `kill -9` does.
//! In release builds reaching a place costs one load of a word that is never set.

use std::io::Write;
use std::sync::Mutex;
use std::sync::atomic::{AtomicBool, Ordering};

static ARMED: AtomicBool = AtomicBool::new(false);
static PLACE: Mutex<Option<(String, u32)>> = Mutex::new(None);

/// Arms a place: `commit:3` kills at the third commit, `*:17` at the seventeenth place of any name.
/// What is not of that form arms nothing.
pub fn arm(spec: &str) {
    let Some((name, count)) = spec.rsplit_once(':') else { return };
    let Ok(count) = count.parse() else { return };
    if let Ok(mut place) = PLACE.lock() {
        *place = Some((name.to_owned(), count));
        ARMED.store(true, Ordering::Release);
    }
}

/// Called at a place. Does nothing unless a test armed it.
pub fn reach(name: &str) {
    if !ARMED.load(Ordering::Acquire) {
        return;
    }
    let Ok(mut place) = PLACE.lock() else { return };
    let Some((armed, left)) = place.as_mut() else { return };
    if armed != "*" && armed != name {
        return;
    }
    *left = left.saturating_sub(1);
    if *left == 0 {
        // A test reads where it was; the line is whole because nothing is written after it.
        let _ = writeln!(std::io::stderr().lock(), "killed at: {name}");
        let _ = rustix::process::kill_process(rustix::process::getpid(), rustix::process::Signal::KILL);
        // The signal is on its way; nothing more may happen here.
        loop {
            std::thread::park();
        }
    }
}
