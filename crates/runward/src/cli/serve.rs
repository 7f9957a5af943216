//! `runward serve`: watches until it is told to stop.

use std::path::{Path, PathBuf};

use tokio::signal::unix::{SignalKind, signal};
use tracing::{info, warn};
use tracing_subscriber::EnvFilter;

use super::out;
use super::{Ended, Failure};
use crate::app::{self, NotStarted, Options};
use crate::config::{self, Loaded, env};
use crate::web::auth::ForWhom;

#[derive(Debug, clap::Args)]
pub(super) struct Arguments {
    /// The configuration
    #[arg(long, default_value = "runward.toml", value_name = "FILE")]
    config: PathBuf,
    /// Another address than the configuration's
    #[arg(long, value_name = "ADDRESS")]
    listen: Option<String>,
}

pub(super) async fn run(arguments: Arguments) -> Ended {
    log();
    if let Some(place) = env::failpoint() {
        runward_kinds::failpoint::arm(&place);
    }
    let loaded = load(&arguments.config)?;
    let (checks, services) = (loaded.checks.len(), loaded.setup.services.len());
    let warnings = loaded.warnings.clone();
    let carried_out = carried_out(&loaded);
    let options = Options { listen: arguments.listen, ..Options::default() };
    let running = app::start(loaded, options).await.map_err(|e| failure(&e))?;
    // Only now: where it does not start, that alone is to be said.
    for warning in &warnings {
        warn!("{warning}");
    }
    let (services, checks) = (out::count(services, "service"), out::count(checks, "check"));
    out::say(&format!("Runward watches {services} with {checks}: {}", running.url()));
    if running.app.auth.has_nobody() {
        out::say("Nobody has an account here yet. Become its first user, within 15 minutes, with:");
        out::say(&format!("  {}", running.app.login_link(ForWhom::First)));
        out::say("Later, `runward login` prints a link, and `runward user add` lets others in.");
    }
    info!("{carried_out}");
    wait_for_the_end().await?;
    info!("Stopping");
    running.stop().await;
    Ok(())
}

/// The configuration and its runbook; where the runbook is missing or damaged, the last good one, if there was one.
fn load(path: &Path) -> Result<Loaded, Failure> {
    match config::load(path) {
        Ok(loaded) => match config::refuse_broken(&loaded.runbook) {
            Ok(()) => Ok(loaded),
            Err(wrong) => config::last_good(path, &wrong).ok_or_else(|| Failure::Failed(wrong.to_string())),
        },
        Err(wrong) => config::last_good(path, &wrong).ok_or_else(|| wrong.into()),
    }
}

/// What cannot be listened on or opened is a failure; an address that could never do is wrongly given.
fn failure(e: &NotStarted) -> Failure {
    match e {
        NotStarted::Unsuitable { .. } => Failure::Usage(e.to_string()),
        _ => Failure::Failed(e.to_string()),
    }
}

/// Who carries out commands, said at every start: it decides what a stolen session could do.
fn carried_out(loaded: &Loaded) -> String {
    let user = rustix::process::geteuid();
    match &loaded.source.config.run.runner {
        Some(socket) => format!(
            "Commands are carried out by the runner at {}, and only those that root approved",
            loaded.source.resolve(socket).display()
        ),
        None if user.is_root() => "Runs as root: so will the commands it carries out. A runner would keep them apart: \
                                   docs/security.md"
            .into(),
        None => format!(
            "Everything runs as one user ({}): so will the commands it carries out. A runner would keep them apart: \
             docs/security.md",
            user.as_raw()
        ),
    }
}

/// Logs go to standard error; what is logged is chosen by `RUNWARD_LOG`.
pub(super) fn log() {
    let filter = EnvFilter::try_new(env::log_filter()).unwrap_or_else(|_| EnvFilter::new("warn,runward=info"));
    // Without its published heads nobody can tell that the audit log was cut off: however little else is logged.
    let heads = "runward::engine::publish=info".parse().expect("a valid directive");
    let filter = filter.add_directive(heads);
    let colours = anstream::AutoStream::choice(&std::io::stderr()) != anstream::ColorChoice::Never;
    let _ = tracing_subscriber::fmt()
        .with_env_filter(filter)
        .with_writer(std::io::stderr)
        .with_ansi(colours)
        .with_target(false)
        .try_init();
}

/// Waits for SIGTERM or Ctrl-C.
pub(super) async fn wait_for_the_end() -> Ended {
    let cannot = |e: std::io::Error| Failure::Failed(format!("cannot listen for signals: {e}"));
    let mut terminate = signal(SignalKind::terminate()).map_err(cannot)?;
    let mut interrupt = signal(SignalKind::interrupt()).map_err(cannot)?;
    tokio::select! {
        _ = terminate.recv() => {}
        _ = interrupt.recv() => {}
    }
    Ok(())
}
