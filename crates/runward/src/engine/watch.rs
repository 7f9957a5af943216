//! The watcher: runs each check when it is due, never two of the same at once, never more than a bounded number.

use std::cmp::Reverse;
use std::collections::{BTreeMap, BinaryHeap, VecDeque};
use std::pin::Pin;
use std::time::Duration;

use futures_util::StreamExt;
use futures_util::stream::FuturesUnordered;
use runward_core::check::{Observation, next_due};
use runward_core::id::CheckId;
use runward_core::time::Timestamp;
use tokio::sync::mpsc;

use super::{Engine, clock, observed};
use crate::config::Prepared;

/// How many looks are taken at once at the most.
const MOST_AT_ONCE: usize = 256;

enum Order {
    Replace(Vec<Prepared>, bool),
    Probe(Vec<CheckId>),
}

/// Tells the watcher what to run.
#[derive(Clone, Debug)]
pub struct Watcher {
    orders: mpsc::UnboundedSender<Order>,
}

impl Watcher {
    /// Starts watching; ends when the last handle is dropped.
    pub fn start(engine: Engine) -> Watcher {
        let (orders, arriving) = mpsc::unbounded_channel();
        tokio::spawn(Task::new(engine).run(arriving));
        Watcher { orders }
    }

    /// Runs these checks from now on, and no others; on schedule, or only when asked to.
    pub fn replace(&self, checks: Vec<Prepared>, on_schedule: bool) {
        let _ = self.orders.send(Order::Replace(checks, on_schedule));
    }

    /// Runs these checks now as well.
    pub fn probe(&self, checks: Vec<CheckId>) {
        let _ = self.orders.send(Order::Probe(checks));
    }
}

struct Slot {
    check: Prepared,
    /// It stands among the ready.
    queued: bool,
    looking: bool,
    /// Asked for while it was looking: that look began too early to count.
    again: bool,
}

impl Slot {
    fn new(check: Prepared) -> Slot {
        Slot { check, queued: false, looking: false, again: false }
    }
}

type Look = Pin<Box<dyn Future<Output = (CheckId, Timestamp, Observation)> + Send>>;

struct Task {
    engine: Engine,
    slots: BTreeMap<CheckId, Slot>,
    due: BinaryHeap<Reverse<(Timestamp, CheckId)>>,
    ready: VecDeque<CheckId>,
    looks: FuturesUnordered<Look>,
}

impl Task {
    fn new(engine: Engine) -> Task {
        Task {
            engine,
            slots: BTreeMap::new(),
            due: BinaryHeap::new(),
            ready: VecDeque::new(),
            looks: FuturesUnordered::new(),
        }
    }

    async fn run(mut self, mut orders: mpsc::UnboundedReceiver<Order>) {
        loop {
            self.collect_due();
            self.begin_looks();
            let sleep = self.sleep();
            tokio::select! {
                order = orders.recv() => match order {
                    Some(order) => self.obey(order),
                    None => return,
                },
                Some((id, begun_at, seen)) = self.looks.next() => self.looked(id, begun_at, seen).await,
                () = tokio::time::sleep(sleep) => {}
            }
        }
    }

    fn sleep(&self) -> Duration {
        self.due.peek().map_or(clock::LONGEST_SLEEP, |Reverse((at, _))| clock::until(*at, clock::now()))
    }

    fn obey(&mut self, order: Order) {
        match order {
            Order::Replace(checks, on_schedule) => self.replace(checks, on_schedule),
            Order::Probe(ids) => {
                for id in ids {
                    match self.slots.get_mut(&id) {
                        Some(slot) if slot.looking => slot.again = true,
                        Some(_) => self.queue(id, true),
                        None => {}
                    }
                }
            }
        }
    }

    fn replace(&mut self, checks: Vec<Prepared>, on_schedule: bool) {
        if let Some(every) = checks.iter().map(|c| c.every).min() {
            self.engine.vitals.expect_looks(every);
        }
        let now = clock::now();
        let mut old = std::mem::take(&mut self.slots);
        self.due.clear();
        for check in checks {
            let (id, every) = (check.id.clone(), check.every);
            let slot = old.remove(&id);
            // A check that is new need not wait a whole interval for its first look, but checks that begin
            // together must not all look together either: the first look comes within two seconds.
            let first = if slot.is_some() { every } else { every.min(Duration::from_secs(2)) };
            if on_schedule {
                self.due.push(Reverse((next_due(&id, first, now), id.clone())));
            }
            let Slot { queued, looking, again, .. } = slot.unwrap_or_else(|| Slot::new(check.clone()));
            self.slots.insert(id, Slot { check, queued, looking, again });
        }
        self.ready.retain(|id| self.slots.contains_key(id));
    }

    fn queue(&mut self, id: CheckId, first: bool) {
        let Some(slot) = self.slots.get_mut(&id).filter(|s| !s.queued && !s.looking) else { return };
        slot.queued = true;
        if first {
            self.ready.push_front(id);
        } else {
            self.ready.push_back(id);
        }
    }

    /// Moves what is due to the looks that are ready, and plans the next look of each.
    fn collect_due(&mut self) {
        let now = clock::now();
        while self.due.peek().is_some_and(|Reverse((at, _))| *at <= now) {
            let Some(Reverse((_, id))) = self.due.pop() else { return };
            let Some(slot) = self.slots.get(&id) else { continue };
            // The next look is planned from now: one that is late is not made up for.
            self.due.push(Reverse((next_due(&id, slot.check.every, now), id.clone())));
            self.queue(id, false);
        }
    }

    fn begin_looks(&mut self) {
        while self.looks.len() < MOST_AT_ONCE {
            let Some(id) = self.ready.pop_front() else { return };
            let Some(slot) = self.slots.get_mut(&id) else { continue };
            (slot.queued, slot.looking) = (false, true);
            let (check, timeout) = (slot.check.check.clone(), slot.check.timeout);
            self.looks.push(Box::pin(async move {
                let begun_at = clock::now();
                let seen = check.look(timeout).await;
                (id, begun_at, seen)
            }));
        }
    }

    async fn looked(&mut self, id: CheckId, begun_at: Timestamp, seen: Observation) {
        if let Some(slot) = self.slots.get_mut(&id) {
            slot.looking = false;
            if std::mem::take(&mut slot.again) {
                self.queue(id.clone(), true);
            }
        }
        self.engine.note(observed(id, seen, begun_at)).await;
    }
}
