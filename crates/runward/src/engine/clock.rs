//! The only clock of the server; everything else is told what time it is.

use std::sync::{Mutex, PoisonError};
use std::time::{Duration, Instant};

use runward_core::time::Timestamp;

/// No sleep is longer than this, so that a step of the wall clock is noticed soon.
pub const LONGEST_SLEEP: Duration = Duration::from_secs(1);

/// A moment on both clocks: the wall's, which people read and which may be set back, and the one that only goes on.
static ANCHOR: Mutex<Option<(Timestamp, Instant)>> = Mutex::new(None);

/// What time it is. It never goes back while the server runs: a clock that is set back by an hour must not stop
/// the watch for an hour. Set forward, it follows at once.
#[allow(clippy::disallowed_methods, reason = "this is the clock")]
pub fn now() -> Timestamp {
    let mut anchor = ANCHOR.lock().unwrap_or_else(PoisonError::into_inner);
    let (wall, moment) = (Timestamp::now(), Instant::now());
    let steady = anchor.map_or(wall, |(at, since)| at + moment.duration_since(since));
    if wall >= steady {
        *anchor = Some((wall, moment));
    }
    // The database keeps microseconds: what is not kept must not decide anything either.
    let now = wall.max(steady);
    Timestamp::from_microsecond(now.as_microsecond()).unwrap_or(now)
}

/// How long to sleep until a moment, at most [`LONGEST_SLEEP`].
pub fn until(moment: Timestamp, now: Timestamp) -> Duration {
    let micros = moment.as_microsecond().saturating_sub(now.as_microsecond());
    u64::try_from(micros).map_or(Duration::ZERO, Duration::from_micros).min(LONGEST_SLEEP)
}
