//! The outbox: carries out what is committed, and tells the engine what came of it.

use std::collections::BTreeMap;
use std::path::PathBuf;
use std::sync::{Arc, PoisonError, RwLock};
use std::time::Duration;

use runward_core::effect::{Effect, Order};
use runward_core::event::Event;
use runward_core::id::ChannelId;
use runward_core::notice::{Notice, Sent};
use runward_core::run::JobId;
use runward_kinds::exec::Recovered;
use runward_kinds::exec::runner::Carrier;
use runward_kinds::failpoint;
use runward_kinds::send::Sender;
use secrecy::ExposeSecret;
use tracing::{info, warn};

use super::{Engine, Watcher, review};
use crate::config::Channel;

/// How long what commands printed is kept beside the log of events.
const OUTPUT_KEPT: Duration = Duration::from_secs(90 * 86_400);
/// How often is looked for what is older.
const PRUNE_EVERY: Duration = Duration::from_secs(6 * 3600);

/// What effects are carried out with.
pub struct Tools {
    /// Runs commands.
    pub jobs: Carrier,
    /// Sends requests.
    pub sender: Sender,
    /// Runs checks.
    pub watcher: Watcher,
    /// Ways to reach people.
    pub channels: Vec<Channel>,
    /// Where drafts of reviews are written.
    pub reviews: PathBuf,
    /// The team's own review template.
    pub review_template: Option<String>,
}

/// Carries effects out.
#[derive(Clone)]
pub struct Outbox {
    engine: Engine,
    jobs: Arc<RwLock<Carrier>>,
    sender: Sender,
    watcher: Watcher,
    channels: Arc<RwLock<BTreeMap<ChannelId, Channel>>>,
    reviews: Arc<RwLock<(PathBuf, Option<String>)>>,
}

impl Outbox {
    /// An outbox that tells this engine.
    pub fn new(engine: Engine, tools: Tools) -> Outbox {
        let channels = tools.channels.into_iter().map(|c| (c.id.clone(), c)).collect();
        Outbox {
            engine,
            jobs: Arc::new(RwLock::new(tools.jobs)),
            sender: tools.sender,
            watcher: tools.watcher,
            channels: Arc::new(RwLock::new(channels)),
            reviews: Arc::new(RwLock::new((tools.reviews, tools.review_template))),
        }
    }

    /// Takes what a new configuration gives it; commands that run go on as they began.
    pub fn configure(&self, jobs: Carrier, channels: Vec<Channel>, reviews: PathBuf, template: Option<String>) {
        *self.jobs.write().unwrap_or_else(PoisonError::into_inner) = jobs;
        *self.channels.write().unwrap_or_else(PoisonError::into_inner) =
            channels.into_iter().map(|c| (c.id.clone(), c)).collect();
        *self.reviews.write().unwrap_or_else(PoisonError::into_inner) = (reviews, template);
    }

    fn jobs(&self) -> Carrier {
        self.jobs.read().unwrap_or_else(PoisonError::into_inner).clone()
    }

    /// Forgets, now and then, what commands printed long ago.
    pub async fn prune(self) {
        loop {
            tokio::time::sleep(PRUNE_EVERY).await;
            let jobs = self.jobs();
            if let Ok(Err(e)) = tokio::task::spawn_blocking(move || jobs.prune(OUTPUT_KEPT)).await {
                warn!("Old output of commands could not be removed: {e}");
            }
        }
    }

    /// Begins to carry out an effect and returns at once; its outcome comes back as an event.
    pub fn dispatch(&self, effect: Effect) {
        match effect {
            Effect::Send(notice) => drop(tokio::spawn(self.clone().send(notice))),
            Effect::Execute(order) => drop(tokio::spawn(self.clone().execute(*order))),
            Effect::Kill { job } => self.jobs().kill(job),
            Effect::WriteReview { incident } => drop(tokio::spawn(self.clone().write_review(incident))),
            Effect::Probe { checks } => self.watcher.probe(checks),
        }
    }

    /// Takes up an effect that was committed in another life of the server and whose outcome is not known.
    pub fn resume(&self, effect: Effect) {
        match effect {
            // A page of unknown outcome is sent again, with the same key.
            Effect::Send(notice) => {
                info!(key = %notice.key, "Sending again what may or may not have been sent");
                self.dispatch(Effect::Send(notice));
            }
            Effect::Execute(order) => drop(tokio::spawn(self.clone().recover(*order))),
            other => self.dispatch(other),
        }
    }

    async fn send(self, notice: Box<Notice>) {
        failpoint::reach("before send");
        let channel = self.channels.read().unwrap_or_else(PoisonError::into_inner).get(&notice.channel).cloned();
        let sent = match channel {
            Some(channel) => {
                let request = (channel.kind.request)(channel.url.expose_secret(), &notice);
                self.sender.send(&request, &notice.key).await
            }
            None => Sent::Failed {
                error: "the channel is no longer configured".into(),
                permanent: true,
                retry_after_s: None,
            },
        };
        failpoint::reach("after send");
        if let Sent::Failed { error, .. } = &sent {
            warn!(channel = %notice.channel, "Could not tell `{}`: {error}", notice.channel);
        }
        self.engine.vitals.sent(sent == Sent::Delivered);
        self.engine.note(Event::NoticeSent { key: notice.key, sent }).await;
    }

    async fn execute(self, order: Order) {
        failpoint::reach("before execute");
        let became = self.jobs().run(&order).await;
        self.became(order.job, became).await;
    }

    async fn recover(self, order: Order) {
        let known = self.engine.read(|world| world.run(order.job.run).is_some());
        if !known {
            // Its run was ended before the crash.
            self.jobs().kill(order.job);
        }
        let became = match self.jobs().recover(order.job).await {
            Recovered::Running => {
                info!(job = %order.job, "Found a command of an earlier life still running");
                self.jobs().wait(order.job).await
            }
            found => found,
        };
        self.became(order.job, became).await;
    }

    async fn became(&self, job: JobId, became: Recovered) {
        let event = match became {
            Recovered::Ended(ended) => Event::CommandEnded { job, ended },
            Recovered::NotStarted => Event::CommandNotStarted { job },
            Recovered::Lost | Recovered::Running => Event::CommandLost { job },
        };
        failpoint::reach("command ended");
        self.engine.note(event).await;
    }

    async fn write_review(self, incident: runward_core::id::IncidentId) {
        let (folder, template) = self.reviews.read().unwrap_or_else(PoisonError::into_inner).clone();
        let event = match review::write(&self.engine, incident, &folder, template.as_deref()).await {
            Ok(path) => Event::ReviewWritten { incident, path },
            Err(e) => {
                warn!(%incident, "The review could not be written: {e:#}");
                Event::ReviewFailed { incident, error: format!("{e:#}") }
            }
        };
        self.engine.note(event).await;
    }
}
