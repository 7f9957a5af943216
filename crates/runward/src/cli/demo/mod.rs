//! `runward demo`: the whole story, played with a small fleet of real processes.

pub(super) mod fleet;
mod story;

use std::path::{Path, PathBuf};
use std::sync::Arc;

use anyhow::Context;
use axum::extract::State;
use axum::routing::post;
use axum::{Json, Router};
use serde_json::Value;
use tokio::net::TcpListener;

use super::out;
use super::serve::wait_for_the_end;
use super::{Ended, Failure};
use crate::app::{self, Options, Running};
use crate::config::{self, env};
use crate::web::inbox::Inbox;
use fleet::Service;

/// The runbook that the binary carries.
const RUNBOOK: &str = include_str!("shop.md");
/// The services of the fleet: name, and the one it needs.
const FLEET: &[(&str, Option<&str>)] = &[("ledger", None), ("basket", Some("ledger")), ("window", None)];
/// The one that is killed.
const VICTIM: &str = "ledger";

#[derive(Debug, clap::Args)]
pub(super) struct Arguments {
    /// Play the story unattended and exit; 0 only if every station was reached
    #[arg(long)]
    once: bool,
    /// Where the page listens; another port is taken where this one is in use
    #[arg(long, default_value = "127.0.0.1:7700")]
    listen: String,
}

pub(super) async fn run(arguments: Arguments) -> Ended {
    let demo =
        Demo::start(&arguments).await.map_err(|e| Failure::Failed(format!("the demo could not start: {e:#}")))?;
    let ended = demo.play(arguments.once).await;
    demo.stop().await;
    ended
}

/// A fleet, its watcher, and the folder they live in.
struct Demo {
    folder: PathBuf,
    running: Running,
    inbox: Arc<Inbox>,
}

impl Demo {
    async fn start(arguments: &Arguments) -> anyhow::Result<Demo> {
        let folder = std::env::temp_dir().join(format!("runward-demo-{}", std::process::id()));
        for part in ["logs", "bin", "cache"] {
            std::fs::create_dir_all(folder.join(part)).with_context(|| format!("make {}", folder.display()))?;
        }
        let ports = free_ports(FLEET.len())?;
        write_control(&folder)?;
        for (at, (name, needs)) in FLEET.iter().enumerate() {
            let needs = needs.and_then(|n| FLEET.iter().position(|(other, _)| *other == n)).map(|at| ports[at]);
            Service { name: (*name).into(), port: ports[at], needs, folder: folder.clone() }.start()?;
        }
        let inbox = Arc::new(Inbox::default());
        let hook = receive(inbox.clone()).await?;
        let configuration = write_runbook(&folder, &ports, &hook)?;
        let mut loaded = config::load(&configuration)?;
        loaded.command_path = Some(folder.join("bin"));
        let listen = if TcpListener::bind(&arguments.listen).await.is_ok() {
            arguments.listen.clone()
        } else {
            "127.0.0.1:0".into()
        };
        let options = Options { listen: Some(listen), inbox: Some(inbox.clone()), ..Options::default() };
        let running = match app::start(loaded, options).await {
            Ok(running) => running,
            Err(e) => {
                clear(&folder);
                anyhow::bail!("{e}");
            }
        };
        Ok(Demo { folder, running, inbox })
    }

    /// Tells the story; unless it is told once, stays until somebody ends it.
    async fn play(&self, once: bool) -> Ended {
        tokio::select! {
            told = story::tell(self, once) => {
                let complete = told?;
                if once {
                    return if complete { Ok(()) } else { Err(Failure::Quiet(1)) };
                }
            }
            ended = wait_for_the_end() => return ended,
        }
        self.farewell();
        wait_for_the_end().await
    }

    fn farewell(&self) {
        let pid = fleet::pid(&self.folder, "window").map(|p| p.as_raw_nonzero().to_string()).unwrap_or_default();
        out::say(&format!("\nThe fleet goes on running, and so does its watch: {}", self.running.url()));
        out::say(&format!("Try it yourself: kill -9 {pid}      (that is `window`; Ctrl-C ends the demo)"));
    }

    async fn stop(self) {
        self.running.stop().await;
        clear(&self.folder);
    }
}

/// Ends the fleet and removes its folder.
fn clear(folder: &Path) {
    for (name, _) in FLEET {
        fleet::kill(folder, name);
    }
    let _ = std::fs::remove_dir_all(folder);
}

/// Ports that nobody listens on now.
fn free_ports(count: usize) -> anyhow::Result<Vec<u16>> {
    let listeners: Vec<std::net::TcpListener> =
        (0..count).map(|_| std::net::TcpListener::bind("127.0.0.1:0")).collect::<Result<_, _>>()?;
    listeners.iter().map(|l| Ok(l.local_addr()?.port())).collect()
}

/// `fleetctl`, as the runbook calls it.
fn write_control(folder: &Path) -> anyhow::Result<()> {
    use std::os::unix::fs::PermissionsExt;
    let path = folder.join("bin/fleetctl");
    let program = env::this_program()?;
    let text = format!("#!/bin/sh\nexec '{}' __fleet \"$@\" --folder '{}'\n", program.display(), folder.display());
    std::fs::write(&path, text)?;
    std::fs::set_permissions(&path, std::fs::Permissions::from_mode(0o755))?;
    Ok(())
}

fn write_runbook(folder: &Path, ports: &[u16], hook: &str) -> anyhow::Result<PathBuf> {
    let filled = FLEET
        .iter()
        .zip(ports)
        .fold(RUNBOOK.to_owned(), |text, ((name, _), port)| text.replace(&format!("{{{name}}}"), &port.to_string()));
    std::fs::write(folder.join("shop.md"), filled)?;
    let configuration = folder.join("runward.toml");
    let text = format!(
        "runbooks = [\"shop.md\"]\nlisten = \"127.0.0.1:7700\"\n\n[watch]\nevery = \"500ms\"\ntimeout = \"2s\"\n\n\
         [run]\nverify_within = \"10s\"\n\n[notify.chat]\nurl = \"{hook}\"\n"
    );
    std::fs::write(&configuration, text)?;
    Ok(configuration)
}

/// Receives pages over HTTP as a chat service would; the address to send them to.
async fn receive(inbox: Arc<Inbox>) -> anyhow::Result<String> {
    let listener = TcpListener::bind("127.0.0.1:0").await?;
    let address = listener.local_addr()?;
    let router = Router::new().route("/hook", post(take)).with_state(inbox);
    tokio::spawn(axum::serve(listener, router).into_future());
    Ok(format!("http://{address}/hook"))
}

async fn take(State(inbox): State<Arc<Inbox>>, Json(body): Json<Value>) -> &'static str {
    inbox.receive(&body);
    "ok"
}
