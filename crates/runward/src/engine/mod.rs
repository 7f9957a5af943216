//! The engine: one task that takes events, steps the world, commits what it came to, and only then lets anything leave.

pub mod clock;
mod outbox;
mod publish;
mod review;
pub mod through;
mod vitals;
mod watch;

use std::sync::{Arc, PoisonError, RwLock};
use std::time::Duration;

use runward_core::effect::Effect;
use runward_core::event::Event;
use runward_core::id::CheckId;
use runward_core::run::{Ended, Exit};
use runward_core::world::{Made, Refusal, World};
use tokio::sync::{broadcast, mpsc, oneshot};
use tokio::time::Instant;
use tracing::{error, info, warn};

use crate::store::{AccessChange, Batch, Entry, Reader, Store};

use publish::Publisher;

pub use outbox::{Outbox, Tools};
pub use vitals::Vitals;
pub use watch::Watcher;

/// How many events may wait; a sender that finds no room is told to come back.
const ROOM: usize = 50_000;
/// How many events share one commit at the most.
const MOST_AT_ONCE: usize = 512;
/// How long what checks saw may wait for its commit: it is no decision and nobody was told of it.
const SAMPLES_AFTER: Duration = Duration::from_secs(5);
/// How long to wait before a commit that failed is tried again.
const COMMIT_AGAIN: Duration = Duration::from_secs(1);

/// Why an event was not taken.
#[derive(Debug, thiserror::Error)]
pub enum NotTaken {
    /// The world refuses it; nothing has changed.
    #[error("{0}")]
    Refused(Refusal),
    /// It could not be made durable now. It may still be, once the database takes writes again.
    #[error("it could not be written down: the database does not take writes")]
    NotDurable,
    /// Too much is waiting, or the server is stopping.
    #[error("the server cannot take it now")]
    Busy,
}

/// What readers of live pages are told: these things changed.
#[derive(Clone, Debug)]
pub struct Change {
    /// The place of the latest event in the log.
    pub seq: i64,
    /// What changed: `services`, `incidents`, `incident:3`, `run:7`.
    pub topics: Arc<[String]>,
}

enum Input {
    Tell { event: Event, through: Option<String>, reply: Option<oneshot::Sender<Result<Made, NotTaken>>> },
    Access { changes: Vec<AccessChange>, told: Option<Told>, reply: Option<oneshot::Sender<Result<(), NotTaken>>> },
    Configure(Box<runward_core::setup::Setup>),
    Stop(oneshot::Sender<()>),
}

/// What the log says of a change of who may come in.
struct Told {
    events: Vec<Event>,
    through: Option<String>,
}

/// The way in for everybody: checks, pages, the API, results of effects.
#[derive(Clone)]
pub struct Engine {
    inputs: mpsc::Sender<Input>,
    world: Arc<RwLock<World>>,
    live: broadcast::Sender<Change>,
    /// The database, for reading.
    pub reader: Reader,
    /// How the engine itself is doing.
    pub vitals: Arc<Vitals>,
}

/// An engine whose task has not begun.
pub struct Idle {
    engine: Engine,
    inputs: mpsc::Receiver<Input>,
    store: Store,
}

impl Engine {
    /// An engine over a world and its database, whose task has not begun.
    pub fn idle(world: World, store: Store, reader: Reader) -> Idle {
        let (sender, inputs) = mpsc::channel(ROOM);
        let (live, _) = broadcast::channel(1024);
        let engine = Engine {
            inputs: sender,
            world: Arc::new(RwLock::new(world)),
            live,
            reader,
            vitals: Arc::new(Vitals::new(clock::now())),
        };
        Idle { engine, inputs, store }
    }

    /// Tells of an event and waits until what it came to is durable.
    /// # Errors
    /// [`NotTaken`]: it was refused, or nobody may rely on it.
    pub async fn tell(&self, event: Event) -> Result<Made, NotTaken> {
        let (reply, answer) = oneshot::channel();
        let through = through::current().map(|through| through.to_string());
        self.inputs.try_send(Input::Tell { event, through, reply: Some(reply) }).map_err(|_| NotTaken::Busy)?;
        answer.await.unwrap_or(Err(NotTaken::Busy))
    }

    /// Tells of an event that nobody waits for: an observation, an effect's outcome.
    pub async fn note(&self, event: Event) {
        let _ = self.inputs.send(Input::Tell { event, through: None, reply: None }).await;
    }

    /// Changes who may come in, durably, together with what the log says of it.
    /// # Errors
    /// [`NotTaken`] where it could not be kept; then it is not in the log either.
    pub async fn access(&self, changes: Vec<AccessChange>, events: Vec<Event>) -> Result<(), NotTaken> {
        let (reply, answer) = oneshot::channel();
        let through = through::current().map(|through| through.to_string());
        let told = Some(Told { events, through });
        self.inputs.try_send(Input::Access { changes, told, reply: Some(reply) }).map_err(|_| NotTaken::Busy)?;
        answer.await.unwrap_or(Err(NotTaken::Busy))
    }

    /// Notes that a token or session was used. Nobody waits for it, and where it is lost nothing is.
    pub fn used(&self, hash: String, at: runward_core::time::Timestamp) {
        let changes = vec![AccessChange::Used(hash, at)];
        let _ = self.inputs.try_send(Input::Access { changes, told: None, reply: None });
    }

    /// Takes a new runbook or configuration.
    pub async fn configure(&self, setup: runward_core::setup::Setup) {
        let _ = self.inputs.send(Input::Configure(Box::new(setup))).await;
    }

    /// Stops the engine once everything that waits is durable.
    pub async fn stop(&self) {
        let (reply, done) = oneshot::channel();
        if self.inputs.send(Input::Stop(reply)).await.is_ok() {
            let _ = done.await;
        }
    }

    /// Looks at the world as it is now.
    pub fn read<R>(&self, look: impl FnOnce(&World) -> R) -> R {
        // A panic while stepping leaves a world that is still better than none.
        look(&self.world.read().unwrap_or_else(PoisonError::into_inner))
    }

    /// Hears of every change from now on.
    pub fn subscribe(&self) -> broadcast::Receiver<Change> {
        self.live.subscribe()
    }
}

impl Idle {
    /// The engine, before its task has begun.
    pub fn engine(&self) -> Engine {
        self.engine.clone()
    }

    /// Runs until it is told to stop. `begun` are effects left over from another life.
    pub async fn run(self, outbox: Outbox) {
        let Idle { engine, mut inputs, store } = self;
        let publisher = Publisher::new(store.head());
        let mut task = Task {
            publisher,
            engine,
            store,
            outbox,
            batch: Batch::default(),
            waiting: Vec::new(),
            failing: false,
            samples_since: None,
            stopping: None,
        };
        let mut arrived = Vec::with_capacity(MOST_AT_ONCE);
        loop {
            arrived.clear();
            let sleep = task.sleep();
            tokio::select! {
                n = inputs.recv_many(&mut arrived, MOST_AT_ONCE) => if n == 0 { break },
                () = tokio::time::sleep(sleep) => {}
            }
            for input in arrived.drain(..) {
                task.take(input);
            }
            task.tick();
            task.publisher.advanced(task.store.head());
            if task.is_commit_due() {
                task.commit().await;
            }
            if let Some(done) = task.stopping.take() {
                task.commit().await;
                task.publisher.say(task.store.head());
                task.store.close().await;
                let _ = done.send(());
                return;
            }
        }
    }
}

/// Somebody who waits until a batch is durable.
enum Waiting {
    Told(oneshot::Sender<Result<Made, NotTaken>>, Made),
    Granted(oneshot::Sender<Result<(), NotTaken>>),
}

struct Task {
    engine: Engine,
    store: Store,
    outbox: Outbox,
    batch: Batch,
    waiting: Vec<Waiting>,
    /// Whether the latest commit failed; its batch is still there.
    failing: bool,
    samples_since: Option<Instant>,
    publisher: Publisher,
    stopping: Option<oneshot::Sender<()>>,
}

impl Task {
    fn sleep(&self) -> Duration {
        if self.failing {
            return COMMIT_AGAIN;
        }
        let now = clock::now();
        let deadline = self.engine.read(World::deadline);
        let next = deadline.map_or(clock::LONGEST_SLEEP, |at| clock::until(at, now));
        let samples = self.samples_since.map_or(next, |since| SAMPLES_AFTER.saturating_sub(since.elapsed()));
        next.min(samples).min(self.publisher.due().unwrap_or(clock::LONGEST_SLEEP))
    }

    fn take(&mut self, input: Input) {
        match input {
            Input::Tell { event, through, reply } => self.tell(event, through, reply),
            Input::Access { changes, told, reply } => {
                self.batch.access.extend(changes);
                if let Some(Told { events, through }) = told {
                    events.into_iter().for_each(|event| self.tell(event, through.clone(), None));
                }
                self.waiting.extend(reply.map(Waiting::Granted));
            }
            Input::Configure(setup) => {
                self.engine.world.write().unwrap_or_else(PoisonError::into_inner).configure(*setup);
                self.tell(Event::Configured, None, None);
                let topics = ["services".to_owned(), "incidents".to_owned()];
                let _ = self.engine.live.send(Change { seq: self.store.last_seq(), topics: topics.into() });
            }
            Input::Stop(done) => self.stopping = Some(done),
        }
    }

    fn tell(&mut self, event: Event, through: Option<String>, reply: Option<oneshot::Sender<Result<Made, NotTaken>>>) {
        let now = clock::now();
        if let Event::Observed { check, observation, .. } = &event {
            self.batch.samples.add(check, observation, now);
            self.samples_since.get_or_insert_with(Instant::now);
            self.engine.vitals.looked(observation.health);
        }
        let stepped = self.engine.world.write().unwrap_or_else(PoisonError::into_inner).step(&event, now);
        match stepped {
            Ok(turn) => {
                let made = turn.made;
                // Of what nobody asked for, only what changed anything is worth a line in the log.
                if !turn.is_empty() || reply.is_some() || matches!(event, Event::AccessChanged { .. }) {
                    self.batch.entries.push(Entry { at: now, event, through, turn });
                }
                if let Some(reply) = reply {
                    self.waiting.push(Waiting::Told(reply, made));
                }
            }
            Err(refusal) => {
                if let Some(reply) = reply {
                    let _ = reply.send(Err(NotTaken::Refused(refusal)));
                }
            }
        }
    }

    fn tick(&mut self) {
        let due = self.engine.read(World::deadline).is_some_and(|at| at <= clock::now());
        if due {
            self.tell(Event::Tick, None, None);
        }
    }

    fn is_commit_due(&self) -> bool {
        let decided = !self.batch.entries.is_empty() || !self.batch.access.is_empty();
        decided || self.samples_since.is_some_and(|since| since.elapsed() >= SAMPLES_AFTER)
    }

    async fn commit(&mut self) {
        if self.batch.is_empty() {
            return;
        }
        match self.store.commit(&self.batch).await {
            Ok(()) => self.committed(),
            Err(e) => self.not_committed(&e),
        }
    }

    fn committed(&mut self) {
        if std::mem::take(&mut self.failing) {
            info!("the database takes writes again");
        }
        self.engine.vitals.committed(clock::now());
        self.publisher.advanced(self.store.head());
        self.samples_since = None;
        let batch = std::mem::take(&mut self.batch);
        for waiting in self.waiting.drain(..) {
            match waiting {
                Waiting::Told(reply, made) => drop(reply.send(Ok(made))),
                Waiting::Granted(reply) => drop(reply.send(Ok(()))),
            }
        }
        let topics = topics(&batch.entries);
        if !topics.is_empty() {
            let _ = self.engine.live.send(Change { seq: self.store.last_seq(), topics: topics.into() });
        }
        for effect in batch.entries.into_iter().flat_map(|entry| entry.turn.effects) {
            self.outbox.dispatch(effect);
        }
    }

    /// Paging fails open, commands fail closed: people are told, nothing is carried out, nobody is told that it was kept.
    fn not_committed(&mut self, e: &sqlx::Error) {
        if !std::mem::replace(&mut self.failing, true) {
            error!("the database does not take writes: {e}");
        } else {
            warn!("the database still does not take writes: {e}");
        }
        self.engine.vitals.failed();
        for waiting in self.waiting.drain(..) {
            match waiting {
                Waiting::Told(reply, _) => drop(reply.send(Err(NotTaken::NotDurable))),
                Waiting::Granted(reply) => drop(reply.send(Err(NotTaken::NotDurable))),
            }
        }
        self.batch.access.clear();
        // What was not kept, and is not tried again, must not stand in the log as if it had been.
        self.batch.entries.retain(|entry| !matches!(entry.event, Event::AccessChanged { .. }));
        let mut refused = Vec::new();
        for entry in &mut self.batch.entries {
            for effect in std::mem::take(&mut entry.turn.effects) {
                match effect {
                    Effect::Send(_) | Effect::Probe { .. } => self.outbox.dispatch(effect),
                    Effect::Execute(order) => refused.push(order.job),
                    Effect::Kill { .. } | Effect::WriteReview { .. } => entry.turn.effects.push(effect),
                }
            }
        }
        for job in refused {
            let output =
                "not run: the database does not take writes, and nothing is run that is not written down".to_owned();
            let ended = Ended { exit: Exit::NotStarted, output, ..Ended::default() };
            self.tell(Event::CommandEnded { job, ended }, None, None);
        }
    }
}

/// What changed, for live pages.
fn topics(entries: &[Entry]) -> Vec<String> {
    let mut topics: Vec<String> = Vec::new();
    for Entry { turn, .. } in entries {
        if !turn.changed.checks.is_empty() || !turn.changed.alerts.is_empty() {
            topics.push("services".into());
        }
        for incident in turn.facts.iter().filter_map(|f| f.incident).chain(turn.changed.incidents.iter().map(|i| i.id))
        {
            topics.push("incidents".into());
            topics.push(format!("incident:{incident}"));
        }
        topics.extend(turn.changed.runs.iter().map(|r| format!("run:{}", r.id)));
    }
    topics.sort();
    topics.dedup();
    topics
}

/// A check's identity and what was seen, for the watcher.
pub(crate) fn observed(
    check: CheckId,
    observation: runward_core::check::Observation,
    begun_at: runward_core::time::Timestamp,
) -> Event {
    Event::Observed { check, observation, begun_at }
}
