//! The server's side: hands steps to the runner by their hash and asks what came of them.

use std::io;
use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::time::Duration;

use runward_core::effect::Order;
use runward_core::run::catalogue::{self, Entry, LOCAL};
use runward_core::run::{Ended, Exit, JobId};
use tokio::net::UnixStream;
use tokio::time::{Instant, sleep, timeout};

use super::frame::{self, Answer, Ask, LONGEST_ANSWER, LONGEST_ASK};
use super::serve::until_ms;
use crate::exec::Recovered;

/// How long an order may wait for the runner; it is refused when it comes later.
const LASTS: Duration = Duration::from_secs(30);
/// How long one answer may take; longer than the runner waits before it says that a step still runs.
const PATIENCE: Duration = Duration::from_secs(40);
/// How often a runner that does not answer is asked again.
const ASK_EVERY: Duration = Duration::from_millis(500);
/// How long a runner may be away before a step that it was given counts as lost.
const GIVEN_UP: Duration = Duration::from_secs(600);

/// A way to the runner.
#[derive(Clone, Debug)]
pub struct Client {
    socket: PathBuf,
    database: String,
    /// The runbook's steps, which tell the hash of what is to be run.
    steps: Arc<Vec<Entry>>,
}

/// Why there is no answer.
enum Silent {
    /// Nothing was said, so nothing was begun.
    Unreached(io::Error),
    /// Something was said, and nobody knows whether it was heard.
    Broken,
}

impl Client {
    /// A way to the runner that listens on `socket`, for the jobs of this database and these steps.
    pub fn new(socket: &Path, database: &str, steps: Vec<Entry>) -> Client {
        Client { socket: socket.to_owned(), database: database.to_owned(), steps: Arc::new(steps) }
    }

    /// Has a step carried out and waits for its end; never [`Recovered::Running`].
    pub(super) async fn run(&self, order: &Order) -> Recovered {
        let known = catalogue::find(&self.steps, &order.script, &order.env);
        let hash = known.map_or_else(|| catalogue::hash_of_unknown(&order.script, &order.env), |e| e.hash.clone());
        let ask = Ask::Start {
            database: self.database.clone(),
            job: order.job,
            hash,
            host: LOCAL.into(),
            params: order.env.clone(),
            timeout_ms: u64::try_from(order.timeout.0.as_millis()).unwrap_or(u64::MAX),
            kept: order.kept,
            until_ms: until_ms(LASTS),
        };
        match self.ask(&ask).await {
            Ok(Answer::Refused { why }) => refused(format!("the runner refuses this step: {why}")),
            Ok(_) => self.wait(order.job).await,
            Err(Silent::Unreached(e)) => refused(format!(
                "the runner cannot be reached at {}: {e}\n`systemctl status runward-runner.socket` may tell why",
                self.socket.display()
            )),
            Err(Silent::Broken) => match self.recover(order.job).await {
                Recovered::Running => self.wait(order.job).await,
                found => found,
            },
        }
    }

    /// Waits for a step's end; never [`Recovered::Running`].
    pub(super) async fn wait(&self, job: JobId) -> Recovered {
        self.insist(|| Ask::Wait { database: self.database.clone(), job }, false).await
    }

    /// Finds out what became of a step; one that had not begun is kept from beginning.
    pub(super) async fn recover(&self, job: JobId) -> Recovered {
        self.insist(|| Ask::Recover { database: self.database.clone(), job }, true).await
    }

    /// Asks until there is an answer. A runner that stays away, or refuses to tell, leaves nothing known.
    async fn insist(&self, ask: impl Fn() -> Ask, running_will_do: bool) -> Recovered {
        let mut heard = Instant::now();
        loop {
            match self.ask(&ask()).await {
                Ok(Answer::Ended { ended }) => return Recovered::Ended(ended),
                Ok(Answer::NotStarted) => return Recovered::NotStarted,
                Ok(Answer::Lost) => return Recovered::Lost,
                Ok(Answer::Running) if running_will_do => return Recovered::Running,
                Ok(Answer::Running) => heard = Instant::now(),
                Ok(Answer::Taken | Answer::Refused { .. }) | Err(_) => {
                    if heard.elapsed() > GIVEN_UP {
                        return Recovered::Lost;
                    }
                    sleep(ASK_EVERY).await;
                }
            }
        }
    }

    /// Has a step ended.
    pub(super) async fn kill(&self, job: JobId) {
        let until = Instant::now() + GIVEN_UP;
        while Instant::now() < until {
            if self.ask(&Ask::Kill { database: self.database.clone(), job }).await.is_ok() {
                return;
            }
            sleep(ASK_EVERY).await;
        }
    }

    async fn ask(&self, ask: &Ask) -> Result<Answer, Silent> {
        let mut stream = UnixStream::connect(&self.socket).await.map_err(Silent::Unreached)?;
        let talk = async {
            frame::write(&mut stream, ask, LONGEST_ASK).await?;
            let text = frame::read(&mut stream, LONGEST_ANSWER).await?;
            let text = text.ok_or(io::ErrorKind::UnexpectedEof)?;
            Ok::<Answer, io::Error>(serde_json::from_slice(&text)?)
        };
        match timeout(PATIENCE, talk).await {
            Ok(Ok(answer)) => Ok(answer),
            _ => Err(Silent::Broken),
        }
    }
}

fn refused(output: String) -> Recovered {
    Recovered::Ended(Ended { exit: Exit::NotStarted, output, ..Ended::default() })
}
