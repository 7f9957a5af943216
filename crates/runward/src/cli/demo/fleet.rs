//! The demo's fleet: small real services, and `fleetctl`, which starts and stops them.

use std::io::Write;
use std::path::{Path, PathBuf};
use std::time::Duration;

use anyhow::Context;
use axum::Router;
use axum::extract::State;
use axum::http::StatusCode;
use axum::routing::get;
use clap::Subcommand;
use runward_kinds::exec::detach;
use rustix::process::{Pid, Signal};
use serde_json::{Value, json};
use tokio::net::{TcpListener, TcpStream};

use crate::cli::Ended;
use crate::config::env;
use crate::engine::clock;

#[derive(Debug, clap::Args)]
pub(in crate::cli) struct Arguments {
    #[command(subcommand)]
    verb: Verb,
}

#[derive(Debug, Subcommand)]
enum Verb {
    /// Be a service
    Serve(Service),
    /// End a service and start it again
    Restart {
        /// Its name
        name: String,
        /// The fleet's folder
        #[arg(long)]
        folder: PathBuf,
    },
}

/// One service of the fleet.
#[derive(Clone, Debug, clap::Args)]
pub(super) struct Service {
    /// Its name
    pub(super) name: String,
    /// Its port
    #[arg(long)]
    pub(super) port: u16,
    /// The port of the service it needs
    #[arg(long)]
    pub(super) needs: Option<u16>,
    /// The fleet's folder
    #[arg(long)]
    pub(super) folder: PathBuf,
}

pub(in crate::cli) async fn run(arguments: Arguments) -> Ended {
    match arguments.verb {
        Verb::Serve(service) => serve(service).await?,
        Verb::Restart { name, folder } => restart(&name, &folder).await?,
    }
    Ok(())
}

impl Service {
    fn arguments(&self) -> Vec<String> {
        let mut arguments =
            vec!["__fleet".into(), "serve".into(), self.name.clone(), "--port".into(), self.port.to_string()];
        arguments.extend(self.needs.iter().flat_map(|port| ["--needs".to_owned(), port.to_string()]));
        arguments.extend(["--folder".into(), self.folder.display().to_string()]);
        arguments
    }

    /// Starts it in the background and remembers how.
    pub(super) fn start(&self) -> anyhow::Result<()> {
        let text = self.arguments().join("\n");
        std::fs::write(self.folder.join(format!("{}.start", self.name)), text)?;
        launch(&self.arguments(), &self.name, &self.folder)
    }
}

fn launch(arguments: &[String], name: &str, folder: &Path) -> anyhow::Result<()> {
    let log = folder.join("logs").join(format!("{name}.log"));
    detach(&env::this_program()?, arguments, &log).with_context(|| format!("start {name}"))
}

/// The process of a service, by the file it writes when it starts.
pub(super) fn pid(folder: &Path, name: &str) -> Option<Pid> {
    let text = std::fs::read_to_string(folder.join(format!("{name}.pid"))).ok()?;
    Pid::from_raw(text.trim().parse().ok()?)
}

/// Ends a service as a crash would.
pub(super) fn kill(folder: &Path, name: &str) {
    if let Some(pid) = pid(folder, name) {
        let _ = rustix::process::kill_process(pid, Signal::KILL);
    }
}

async fn restart(name: &str, folder: &Path) -> anyhow::Result<()> {
    let started = folder.join(format!("{name}.start"));
    let text = std::fs::read_to_string(&started).with_context(|| format!("there is no service `{name}`"))?;
    kill(folder, name);
    let _ = std::fs::remove_file(folder.join(format!("{name}.pid")));
    tokio::time::sleep(Duration::from_millis(100)).await;
    let arguments: Vec<String> = text.lines().map(str::to_owned).collect();
    launch(&arguments, name, folder)?;
    for _ in 0..100 {
        if let Some(pid) = pid(folder, name) {
            crate::cli::out::say(&format!("{name} started, process {}", pid.as_raw_nonzero()));
            return Ok(());
        }
        tokio::time::sleep(Duration::from_millis(20)).await;
    }
    anyhow::bail!("{name} did not come up")
}

fn log(text: &str) {
    let _ = writeln!(std::io::stdout().lock(), "{} {text}", clock::now().strftime("%H:%M:%S"));
}

/// Answers under `/health` until it is ended.
async fn serve(service: Service) -> anyhow::Result<()> {
    let listener =
        TcpListener::bind(("127.0.0.1", service.port)).await.with_context(|| format!("listen on {}", service.port))?;
    std::fs::write(service.folder.join(format!("{}.pid", service.name)), std::process::id().to_string())?;
    log(&format!("{} listening on port {}", service.name, service.port));
    let router = Router::new().route("/health", get(health)).with_state(service);
    axum::serve(listener, router).await?;
    Ok(())
}

async fn health(State(service): State<Service>) -> (StatusCode, axum::Json<Value>) {
    if let Some(port) = service.needs
        && TcpStream::connect(("127.0.0.1", port)).await.is_err()
    {
        log(&format!("{}: no answer from port {port}, connection refused", service.name));
        return (StatusCode::SERVICE_UNAVAILABLE, axum::Json(json!({ "status": "down", "service": service.name })));
    }
    (StatusCode::OK, axum::Json(json!({ "status": "healthy", "service": service.name })))
}
