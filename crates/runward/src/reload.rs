//! Reading the configuration again while everything runs: what is wrong leaves the old one in force, whole.

use std::path::PathBuf;
use std::sync::{Arc, RwLock};

use tokio::sync::{mpsc, oneshot};
use tracing::{error, info, warn};

use crate::app;
use crate::config::{self, Loaded};
use crate::engine::{Outbox, Watcher};
use crate::web::{App, InForce};

/// What came of it: the keys that only a restart puts in force, or what is wrong.
pub type Reloaded = Result<Vec<&'static str>, String>;
/// A wish to read the configuration again, with where to say what came of it.
pub type Wish = oneshot::Sender<Reloaded>;

/// Reads the configuration again when it is asked to.
pub struct Reloader {
    /// The configuration.
    pub path: PathBuf,
    /// What handlers work with.
    pub app: App,
    /// Runs checks.
    pub watcher: Watcher,
    /// Carries effects out.
    pub outbox: Outbox,
    /// What was in force at the start and stays so.
    pub fixed: Fixed,
}

/// What a running server cannot change: where it listens, where it keeps its data, the name it goes by.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Fixed {
    listen: String,
    data: PathBuf,
    public_url: Option<String>,
    /// The address for links where the configuration gives none.
    url: String,
    /// Where commands leave what they print.
    jobs: PathBuf,
}

impl Fixed {
    /// What a configuration says of it; `url` is where the server listens, `jobs` where commands leave what they print.
    pub fn of(loaded: &Loaded, url: String, jobs: PathBuf) -> Fixed {
        let config = &loaded.source.config;
        Fixed {
            listen: config.listen.clone(),
            data: config.data.clone(),
            public_url: config.public_url.clone(),
            url,
            jobs,
        }
    }

    /// The keys in which a new configuration differs.
    fn changed(&self, loaded: &Loaded) -> Vec<&'static str> {
        let new = Fixed::of(loaded, self.url.clone(), self.jobs.clone());
        [
            ("listen", new.listen != self.listen),
            ("data", new.data != self.data),
            ("public_url", new.public_url != self.public_url),
        ]
        .into_iter()
        .filter_map(|(key, differs)| differs.then_some(key))
        .collect()
    }
}

impl Reloader {
    /// Waits for wishes and for SIGHUP.
    pub async fn run(self, mut asked: mpsc::Receiver<Wish>) {
        let Ok(mut hangup) = tokio::signal::unix::signal(tokio::signal::unix::SignalKind::hangup()) else {
            error!("cannot listen for SIGHUP");
            return;
        };
        loop {
            tokio::select! {
                reply = asked.recv() => match reply {
                    Some(reply) => drop(reply.send(self.reload().await)),
                    None => return,
                },
                _ = hangup.recv() => drop(self.reload().await),
            }
        }
    }

    async fn reload(&self) -> Reloaded {
        let path = self.path.clone();
        let loaded = tokio::task::spawn_blocking(move || {
            let loaded = config::load(&path)?;
            // Half a runbook would watch half of what there is: the whole one that is in force stays.
            config::refuse_broken(&loaded.runbook)?;
            Ok(loaded)
        });
        let loaded = match loaded.await {
            Ok(Ok(loaded)) => loaded,
            Ok(Err(wrong)) => return Err(self.kept(&wrong)),
            Err(e) => return Err(self.kept(&config::Wrong::file(&self.path, format!("could not be read: {e}"), ""))),
        };
        let later = self.fixed.changed(&loaded);
        self.take(loaded).await?;
        info!("The configuration was read again");
        if !later.is_empty() {
            warn!("Only a restart puts in force: {}", later.join(", "));
        }
        Ok(later)
    }

    fn kept(&self, wrong: &config::Wrong) -> String {
        self.app.engine.vitals.reloaded(false);
        warn!("The old configuration stays in force: {wrong}");
        wrong.to_string()
    }

    async fn take(&self, loaded: Loaded) -> Result<(), String> {
        for warning in &loaded.warnings {
            warn!("{warning}");
        }
        let jobs = app::jobs(&loaded, &self.fixed.jobs).map_err(|e| format!("{e:#}"))?;
        self.app.engine.vitals.runs_as_one_user(loaded.source.config.run.runner.is_none());
        let mut setup = loaded.setup.clone();
        setup.public_url = Some(self.fixed.public_url.clone().unwrap_or_else(|| self.fixed.url.clone()));
        let data = loaded.source.resolve(&self.fixed.data);
        if let Err(e) = config::keep(&loaded, &data) {
            warn!("The runbook could not be kept for the next start: {e}");
        }
        let reviews = loaded.source.resolve(&loaded.source.config.reviews);
        self.outbox.configure(jobs, loaded.channels, reviews, loaded.review_template);
        self.app.engine.configure(setup).await;
        self.watcher.replace(loaded.checks, true);
        let names = &loaded.source.config.runbooks;
        replace(&self.app.in_force, Arc::new(InForce::new(loaded.runbook, names, loaded.texts)));
        replace(&self.app.warnings, loaded.warnings);
        self.app.engine.vitals.reloaded(true);
        Ok(())
    }
}

fn replace<T>(slot: &RwLock<T>, value: T) {
    *slot.write().unwrap_or_else(std::sync::PoisonError::into_inner) = value;
}
