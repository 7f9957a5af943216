//! Who carries a step out: the server's own user, or the runner; and where to ask what became of it.

use std::io;
use std::time::Duration;

use runward_core::effect::Order;
use runward_core::run::{Ended, Exit, JobId};

use super::client::Client;
use crate::exec::job::{Left, write_durably};
use crate::exec::{Jobs, Recovered};

/// What says in a job's folder that the runner has it: whoever asks later asks there, whatever is configured by then.
const HANDED: &str = "handed";

/// Has steps carried out.
#[derive(Clone, Debug)]
pub struct Carrier {
    here: Jobs,
    runner: Option<Client>,
}

impl Carrier {
    /// With a runner, only steps on other machines are this user's own.
    pub fn new(here: Jobs, runner: Option<Client>) -> Carrier {
        Carrier { here, runner }
    }

    /// Carries a step out and waits for what becomes of it; never [`Recovered::Running`].
    pub async fn run(&self, order: &Order) -> Recovered {
        let Some(runner) = self.runner.as_ref().filter(|_| order.host.is_none()) else {
            return self.here.run(order).await;
        };
        // Before it is said: a server that comes back must know whom to ask.
        match self.mark(order.job) {
            Ok(()) => self.told(order.job, runner.run(order).await),
            Err(e) => {
                let output = format!("the step could not be handed over: {e}");
                Recovered::Ended(Ended { exit: Exit::NotStarted, output, ..Ended::default() })
            }
        }
    }

    /// Waits for the end of a step, also of one that another life of the server began; never [`Recovered::Running`].
    pub async fn wait(&self, job: JobId) -> Recovered {
        match &self.runner {
            Some(runner) if self.is_handed(job) => self.told(job, runner.wait(job).await),
            _ if self.is_handed(job) => Recovered::Lost,
            _ => self.here.wait(job).await,
        }
    }

    /// Finds out what became of a step; one that had not begun is kept from beginning.
    pub async fn recover(&self, job: JobId) -> Recovered {
        match &self.runner {
            Some(runner) if self.is_handed(job) => self.told(job, runner.recover(job).await),
            // There is no runner any more that could tell.
            _ if self.is_handed(job) => Recovered::Lost,
            _ => self.here.recover(job),
        }
    }

    /// Asks for a step to be ended.
    pub fn kill(&self, job: JobId) {
        match &self.runner {
            Some(runner) if self.is_handed(job) => {
                let runner = runner.clone();
                drop(tokio::spawn(async move { runner.kill(job).await }));
            }
            _ => self.here.kill(job),
        }
    }

    /// Removes what commands printed and how they ended, where that is older than this.
    /// # Errors
    /// Where the folder cannot be read.
    pub fn prune(&self, older: Duration) -> io::Result<()> {
        self.here.prune(older)
    }

    fn mark(&self, job: JobId) -> io::Result<()> {
        let folder = self.here.folder(job);
        std::fs::create_dir(&folder)?;
        write_durably(&folder, HANDED, b"")?;
        folder.parent().map_or(Ok(()), |all| std::fs::File::open(all)?.sync_all())
    }

    /// Leaves what was printed where transcripts are looked for. What cannot be written there stands in the run anyway.
    fn told(&self, job: JobId, found: Recovered) -> Recovered {
        if let Recovered::Ended(ended) = &found {
            let folder = self.here.folder(job);
            let length = ended.output.len() as u64;
            // An excerpt, which itself says what is left out of it.
            let left = Left {
                exit: ended.exit.clone(),
                took_ms: ended.took_ms,
                bytes: length,
                dropped: 0,
                tail_at: length,
                sha256: ended.sha256.clone(),
            };
            let _ = write_durably(&folder, "output", ended.output.as_bytes())
                .and_then(|()| write_durably(&folder, "exit.json", &serde_json::to_vec(&left)?));
        }
        found
    }

    fn is_handed(&self, job: JobId) -> bool {
        self.here.folder(job).join(HANDED).exists()
    }
}
