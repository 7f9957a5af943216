//! How the engine itself is doing, in numbers that anybody may read without asking it.

use std::sync::atomic::{AtomicBool, AtomicI64, AtomicU64, Ordering};
use std::sync::{Mutex, PoisonError};
use std::time::{Duration, Instant};

use runward_core::check::Health;
use runward_core::time::Timestamp;

/// Even where checks look often, this long without one is no cause for alarm.
const QUIET: Duration = Duration::from_secs(60);

/// Counters since the start, and whether writing works.
#[derive(Debug)]
pub struct Vitals {
    /// When the server began.
    pub started_at: Timestamp,
    looks: [AtomicU64; 4],
    /// When a check looked last, and how long it may be until one looks again, both on the clock that only goes on.
    last_look: Mutex<(Instant, Duration)>,
    commits: AtomicU64,
    commit_failures: AtomicU64,
    last_commit_us: AtomicI64,
    writing_fails: AtomicBool,
    sent: AtomicU64,
    not_sent: AtomicU64,
    reload_failed: AtomicBool,
    one_user: AtomicBool,
}

impl Vitals {
    /// Everything is well so far.
    pub fn new(now: Timestamp) -> Vitals {
        Vitals {
            started_at: now,
            looks: Default::default(),
            last_look: Mutex::new((Instant::now(), QUIET)),
            commits: AtomicU64::new(0),
            commit_failures: AtomicU64::new(0),
            last_commit_us: AtomicI64::new(now.as_microsecond()),
            writing_fails: AtomicBool::new(false),
            sent: AtomicU64::new(0),
            not_sent: AtomicU64::new(0),
            reload_failed: AtomicBool::new(false),
            one_user: AtomicBool::new(true),
        }
    }

    /// A check looked.
    pub fn looked(&self, health: Health) {
        self.looks[health as usize].fetch_add(1, Ordering::Relaxed);
        self.last_look.lock().unwrap_or_else(PoisonError::into_inner).0 = Instant::now();
    }

    /// Takes note of how often some check looks.
    pub fn expect_looks(&self, every: Duration) {
        let mut last = self.last_look.lock().unwrap_or_else(PoisonError::into_inner);
        *last = (Instant::now(), every.saturating_mul(2).max(QUIET));
    }

    /// Whether no check has looked for longer than can be.
    pub fn is_blind(&self) -> bool {
        let (at, most) = *self.last_look.lock().unwrap_or_else(PoisonError::into_inner);
        at.elapsed() > most
    }

    /// How often checks looked, by what they saw.
    pub fn looks(&self) -> [(Health, u64); 4] {
        let count = |h: Health| (h, self.looks[h as usize].load(Ordering::Relaxed));
        [count(Health::Ok), count(Health::Unknown), count(Health::Warn), count(Health::Critical)]
    }

    /// A commit succeeded.
    pub fn committed(&self, now: Timestamp) {
        self.commits.fetch_add(1, Ordering::Relaxed);
        self.last_commit_us.store(now.as_microsecond(), Ordering::Relaxed);
        self.writing_fails.store(false, Ordering::Relaxed);
    }

    /// A commit failed.
    pub fn failed(&self) {
        self.commit_failures.fetch_add(1, Ordering::Relaxed);
        self.writing_fails.store(true, Ordering::Relaxed);
    }

    /// Whether the latest commit failed.
    pub fn writing_fails(&self) -> bool {
        self.writing_fails.load(Ordering::Relaxed)
    }

    /// How many commits succeeded and failed.
    pub fn commits(&self) -> (u64, u64) {
        (self.commits.load(Ordering::Relaxed), self.commit_failures.load(Ordering::Relaxed))
    }

    /// A try to send a notice ended.
    pub fn sent(&self, arrived: bool) {
        let counter = if arrived { &self.sent } else { &self.not_sent };
        counter.fetch_add(1, Ordering::Relaxed);
    }

    /// How many tries to send arrived and did not.
    pub fn sends(&self) -> (u64, u64) {
        (self.sent.load(Ordering::Relaxed), self.not_sent.load(Ordering::Relaxed))
    }

    /// Notes how the latest reload of the configuration went.
    pub fn reloaded(&self, well: bool) {
        self.reload_failed.store(!well, Ordering::Relaxed);
    }

    /// Notes whether commands run as the server's own user.
    pub fn runs_as_one_user(&self, one: bool) {
        self.one_user.store(one, Ordering::Relaxed);
    }

    /// Whether commands run as the server's own user.
    pub fn is_one_user(&self) -> bool {
        self.one_user.load(Ordering::Relaxed)
    }

    /// Whether the configuration on disk could not be taken.
    pub fn reload_failed(&self) -> bool {
        self.reload_failed.load(Ordering::Relaxed)
    }
}
