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
    looking: bool,
    /// Asked for while it was looking: that look began too early to count.
    again: bool,
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
                        Some(_) => self.ready.push_front(id),
                        None => {}
                    }
                }
            }
        }
    }

    fn replace(&mut self, checks: Vec<Prepared>, on_schedule: bool) {
        let now = clock::now();
        let looking: Vec<CheckId> = self.slots.iter().filter(|(_, s)| s.looking).map(|(id, _)| id.clone()).collect();
        let known: Vec<CheckId> = self.slots.keys().cloned().collect();
        self.slots = checks
            .into_iter()
            .map(|check| (check.id.clone(), Slot { looking: looking.contains(&check.id), again: false, check }))
            .collect();
        self.due.clear();
        self.ready.retain(|id| self.slots.contains_key(id));
        if !on_schedule {
            return;
        }
        for (id, slot) in &self.slots {
            // A check that is new need not wait a whole interval for its first look, but checks that begin
            // together must not all look together either: the first look comes within two seconds.
            let first = slot.check.every.min(Duration::from_secs(2));
            let every = if known.contains(id) { slot.check.every } else { first };
            self.due.push(Reverse((next_due(id, every, now), id.clone())));
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
            if !slot.looking && !self.ready.contains(&id) {
                self.ready.push_back(id);
            }
        }
    }

    fn begin_looks(&mut self) {
        while self.looks.len() < MOST_AT_ONCE {
            let Some(id) = self.ready.pop_front() else { return };
            let Some(slot) = self.slots.get_mut(&id).filter(|s| !s.looking) else { continue };
            slot.looking = true;
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
                self.ready.push_front(id.clone());
            }
        }
        self.engine.note(observed(id, seen, begun_at)).await;
    }
}
