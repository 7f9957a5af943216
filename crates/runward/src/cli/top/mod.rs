//! `runward top`: services, incidents and runs on one screen, live, with keys to act.

mod board;
mod draw;
#[cfg(test)]
mod tests;

use std::io::IsTerminal;
use std::time::Duration;

use crossterm::event::{Event, KeyEventKind};
use ratatui::DefaultTerminal;
use runward_core::run::transcript::Span;
use serde_json::Value;
use tokio::sync::mpsc;
use tokio::task::JoinHandle;

use super::client::{Acting, Client, Where};
use super::{Ended, Failure};
use crate::config::env;
use crate::web::api::incident::Full;
use crate::web::api::run::{RunSummary, RunView};
use crate::web::api::status::Status;
use board::{Board, Do, Item, Job, Seen};

/// How often everything is looked at where nothing is announced: what checks saw last is not.
const LOOK_EVERY: Duration = Duration::from_secs(3);
/// How often a server that is gone is looked for.
const LOOK_FOR_IT_EVERY: Duration = Duration::from_secs(1);

#[derive(Debug, clap::Args)]
pub(super) struct Arguments {
    #[command(flatten)]
    acting: Acting,
    #[command(flatten)]
    place: Where,
}

/// What wakes the screen.
enum Woken {
    /// A key, or another size.
    Terminal(Event),
    /// Something changed on the server, or it is time to look.
    Changed,
    /// A running step printed something.
    Printed(Job, Vec<Span>),
}

pub(super) async fn run(arguments: Arguments) -> Ended {
    if !std::io::stdout().is_terminal() || !std::io::stdin().is_terminal() {
        return Err(Failure::Usage("`runward top` needs a terminal\n  help: `runward status` needs none".into()));
    }
    let client = Client::of(&arguments.place)?;
    let status: Status = client.get("/status").await?;
    let mut screen = Screen::new(client, arguments, status);
    // From here on the terminal is ours; a panic gives it back as well.
    let mut terminal = ratatui::try_init().map_err(|e| Failure::Failed(format!("cannot use the terminal: {e}")))?;
    let ended = screen.watch(&mut terminal).await;
    ratatui::restore();
    ended
}

struct Screen {
    client: Client,
    arguments: Arguments,
    board: Board,
    wake: mpsc::Sender<Woken>,
    woken: mpsc::Receiver<Woken>,
    /// What is shown while it is printed, and who fetches it.
    following: Option<(Job, JoinHandle<()>)>,
    announcing: Option<JoinHandle<()>>,
}

impl Screen {
    fn new(client: Client, arguments: Arguments, status: Status) -> Screen {
        let (wake, woken) = mpsc::channel(256);
        let board = Board::new(status, env::no_colour());
        Screen { client, arguments, board, wake, woken, following: None, announcing: None }
    }

    async fn watch(&mut self, terminal: &mut DefaultTerminal) -> Ended {
        let keys = self.wake.clone();
        // It reads until the process ends: there is no other way to stop reading a terminal.
        std::thread::spawn(move || {
            while let Ok(event) = crossterm::event::read() {
                if keys.blocking_send(Woken::Terminal(event)).is_err() {
                    return;
                }
            }
        });
        let mut terminated = tokio::signal::unix::signal(tokio::signal::unix::SignalKind::terminate())
            .map_err(|e| Failure::Failed(e.to_string()))?;
        let mut hung_up = tokio::signal::unix::signal(tokio::signal::unix::SignalKind::hangup())
            .map_err(|e| Failure::Failed(e.to_string()))?;
        self.look().await;
        loop {
            let drawn = terminal.draw(|frame| draw::screen(frame, &self.board));
            drawn.map_err(|e| Failure::Failed(format!("cannot draw: {e}")))?;
            let pause = if self.board.lost { LOOK_FOR_IT_EVERY } else { LOOK_EVERY };
            let woken = tokio::select! {
                woken = self.woken.recv() => woken,
                () = tokio::time::sleep(pause) => Some(Woken::Changed),
                _ = terminated.recv() => return Ok(()),
                _ = hung_up.recv() => return Ok(()),
            };
            match woken {
                Some(Woken::Terminal(Event::Key(key))) if key.kind != KeyEventKind::Release => {
                    match self.board.key(key) {
                        Some(Do::Quit) => return Ok(()),
                        Some(Do::Look) => self.look().await,
                        Some(Do::Act { path, body }) => self.act(&path, body).await,
                        None => {}
                    }
                }
                Some(Woken::Terminal(_)) => {}
                Some(Woken::Changed) => self.look().await,
                Some(Woken::Printed(job, spans)) => self.board.printed(job, &spans),
                None => return Ok(()),
            }
        }
    }

    async fn act(&mut self, path: &str, mut body: Value) {
        body["by"] = self.arguments.acting.name().into();
        match self.client.post::<Value>(path, &body).await {
            Ok(Ok(_)) => self.board.said = None,
            Ok(Err(refused)) => {
                if let Failure::Failed(why) = Failure::from(refused) {
                    self.board.said = Some(why.replace("\n  help: ", ": "));
                }
            }
            // Whether it was taken is seen from what is looked at next.
            Err(_) => self.board.lost = true,
        }
        self.look().await;
    }

    /// Looks at everything that is shown.
    async fn look(&mut self) {
        match self.seen().await {
            Some(seen) => {
                self.board.see(seen);
                self.follow().await;
                self.listen().await;
            }
            None => {
                self.board.lost = true;
                self.announcing = None;
                // It may come back at another address.
                if let Ok(client) = Client::of(&self.arguments.place) {
                    self.client = client;
                }
            }
        }
    }

    /// `None` where the server does not answer.
    async fn seen(&self) -> Option<Seen> {
        let status: Status = self.client.look("/status").await?.ok()?;
        let runs: Vec<RunSummary> = self.client.look("/runs").await?.ok()?;
        let runs: Vec<RunSummary> = runs.into_iter().filter(|r| r.active).collect();
        let item = self.board.would_select(&status, &runs);
        let (mut incident, mut run) = (None, None);
        let about = match &item {
            Some(Item::Incident(id)) => Some(*id),
            Some(Item::Service(id)) => status.services.iter().find(|s| s.id == *id).and_then(|s| s.incident),
            _ => None,
        };
        if let Some(id) = about {
            incident = self.client.look::<Full>(&format!("/incidents/{id}")).await?.ok();
        }
        let alone = match &item {
            Some(Item::Run(id)) => Some(*id),
            Some(Item::Service(id)) => runs.iter().find(|r| r.service.as_ref() == Some(id)).map(|r| r.id),
            _ => None,
        };
        if let Some(id) = alone {
            run = self.client.look::<RunView>(&format!("/runs/{id}")).await?.ok();
        }
        Some(Seen { status, runs, item, incident, run })
    }

    /// Has what the running step prints sent here.
    async fn follow(&mut self) {
        let wanted = self.board.job();
        if self.following.as_ref().map(|(job, _)| *job) == wanted {
            return;
        }
        if let Some((_, task)) = self.following.take() {
            task.abort();
        }
        let Some(job) = wanted else { return };
        let path = format!("/runs/{}/steps/{}/output?attempt={}", job.run, job.step, job.attempt);
        let Some(mut told) = self.client.follow(&path).await else { return };
        let wake = self.wake.clone();
        let task = tokio::spawn(async move {
            while let Some((event, content)) = told.next().await {
                let spans = serde_json::from_str(&content).unwrap_or_default();
                if event == "output" && wake.send(Woken::Printed(job, spans)).await.is_err() {
                    return;
                }
            }
        });
        self.following = Some((job, task));
    }

    /// Has the server announce what changes.
    async fn listen(&mut self) {
        if self.announcing.as_ref().is_some_and(|task| !task.is_finished()) {
            return;
        }
        let Some(mut told) = self.client.follow("/live").await else { return };
        let wake = self.wake.clone();
        self.announcing = Some(tokio::spawn(async move {
            while let Some((event, _)) = told.next().await {
                // One that is not taken in time is not missed: everything is looked at each time.
                if event == "change" && wake.try_send(Woken::Changed).is_err() && wake.is_closed() {
                    return;
                }
            }
        }));
    }
}
