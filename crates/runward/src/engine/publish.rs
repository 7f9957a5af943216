//! Publishing the head of the audit chain where the database's owner cannot change it: the system's journal takes
//! what the server logs.

use std::time::Duration;

use runward_core::audit::Head;
use tokio::time::Instant;
use tracing::info;

/// The head is said after this many entries,
const ENTRIES: i64 = 100;
/// or after this long, if there were any.
const AFTER: Duration = Duration::from_secs(60);

/// When the head is said next.
#[derive(Debug)]
pub(super) struct Publisher {
    said: i64,
    since: Option<Instant>,
}

impl Publisher {
    /// Says where the chain stands at the start.
    pub(super) fn new(head: &Head) -> Publisher {
        let mut publisher = Publisher { said: 0, since: None };
        publisher.say(head);
        publisher
    }

    /// Says the head if it is time.
    pub(super) fn advanced(&mut self, head: &Head) {
        if head.seq == self.said {
            return;
        }
        let since = *self.since.get_or_insert_with(Instant::now);
        if head.seq - self.said >= ENTRIES || since.elapsed() >= AFTER {
            self.say(head);
        }
    }

    /// How long until it is time; `None` where nothing is new.
    pub(super) fn due(&self) -> Option<Duration> {
        self.since.map(|since| AFTER.saturating_sub(since.elapsed()))
    }

    /// Says the head, as `runward audit verify --head` takes it.
    pub(super) fn say(&mut self, head: &Head) {
        if head.seq > self.said && !head.hash.is_empty() {
            info!("audit head {head}");
        }
        self.said = head.seq;
        self.since = None;
    }
}
