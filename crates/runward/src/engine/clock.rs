//! The only clock of the server; everything else is told what time it is.

use std::time::Duration;

use runward_core::time::Timestamp;

/// No sleep is longer than this, so that a step of the wall clock is noticed soon.
pub const LONGEST_SLEEP: Duration = Duration::from_secs(1);

/// What time it is.
#[allow(clippy::disallowed_methods, reason = "this is the clock")]
pub fn now() -> Timestamp {
    // The database keeps microseconds: what is not kept must not decide anything either.
    let now = Timestamp::now();
    Timestamp::from_microsecond(now.as_microsecond()).unwrap_or(now)
}

/// How long to sleep until a moment, at most [`LONGEST_SLEEP`].
pub fn until(moment: Timestamp, now: Timestamp) -> Duration {
    let micros = moment.as_microsecond().saturating_sub(now.as_microsecond());
    u64::try_from(micros).map_or(Duration::ZERO, Duration::from_micros).min(LONGEST_SLEEP)
}
