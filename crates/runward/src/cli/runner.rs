//! `runward runner`: the small process with rights, beside a server without any.

use std::os::fd::AsFd;
use std::os::unix::fs::PermissionsExt;
use std::os::unix::net::UnixListener;
use std::path::{Path, PathBuf};

use clap::Subcommand;
use runward_core::audit::Head;
use runward_kinds::exec::runner::{Runner, Settings, User, verify};

use super::out;
use super::{Ended, Failure, audit, block_on, serve};
use crate::config::env;

/// Where everything lies that is approved.
pub(super) const CATALOGUE: &str = "/etc/runward/approved";
const DATA: &str = "/var/lib/runward-runner";

#[derive(Debug, clap::Args)]
#[command(args_conflicts_with_subcommands = true)]
pub(super) struct Arguments {
    #[command(subcommand)]
    command: Option<Command>,
    /// The folder of what is approved; only root may be able to write it
    #[arg(long, default_value = CATALOGUE, value_name = "FOLDER")]
    catalogue: PathBuf,
    /// The runner's own folder: its log, and what commands print
    #[arg(long, default_value = DATA, value_name = "FOLDER")]
    data: PathBuf,
    /// The user the server runs as, by name or number; nobody else is listened
    /// to
    #[arg(long, default_value = "runward", value_name = "USER")]
    server: String,
    /// The socket to make and listen on; without it, the one that systemd hands
    /// over as standard input
    #[arg(long, value_name = "PATH")]
    socket: Option<PathBuf>,
    /// The directory steps start in
    #[arg(long, default_value = "/", value_name = "FOLDER")]
    directory: PathBuf,
    /// A variable of the runner's own environment that steps are given; its value
    /// stays secret; can be given again
    #[arg(long, value_name = "NAME")]
    env: Vec<String>,
}

#[derive(Debug, Subcommand)]
enum Command {
    /// Hold the runner's log against its hashes and published heads
    Verify(Verify),
}

#[derive(Debug, clap::Args)]
struct Verify {
    /// The runner's folder; the runner may be running
    #[arg(long, default_value = DATA, value_name = "FOLDER")]
    data: PathBuf,
    /// A file with lines that end in `audit head SEQ:HASH`, as the journal holds them; `-` for standard input
    #[arg(long, value_name = "FILE")]
    journal: Option<PathBuf>,
}

pub(super) fn run(arguments: Arguments) -> Ended {
    match &arguments.command {
        Some(Command::Verify(verify)) => self::check(verify),
        None => block_on(work(arguments))?,
    }
}

async fn work(arguments: Arguments) -> Ended {
    if let Some(place) = env::failpoint() {
        runward_kinds::failpoint::arm(&place);
    }
    // What it writes is nobody else's; a socket is opened to the server alone below.
    rustix::process::umask(rustix::fs::Mode::from_raw_mode(0o077));
    let server = User::find(&arguments.server).map_err(Failure::Usage)?;
    let secrets = arguments.env;
    let settings = Settings {
        catalogue: arguments.catalogue,
        data: std::path::absolute(&arguments.data).map_err(|e| Failure::Failed(e.to_string()))?,
        server: server.uid,
        supervisor: env::this_program().map_err(|e| Failure::Failed(format!("cannot find this program: {e}")))?,
        directory: arguments.directory,
        env: env::for_runner(&secrets),
        secrets,
        tell: out::complain,
    };
    let data = settings.data.display().to_string();
    let runner = Runner::open(settings).map_err(|e| Failure::Failed(format!("{data}: {e}")))?;
    let listener = match &arguments.socket {
        Some(path) => bind(path, &server)?,
        None => handed_over()?,
    };
    let listener = listener.set_nonblocking(true).and_then(|()| tokio::net::UnixListener::from_std(listener));
    let listener = listener.map_err(|e| Failure::Failed(format!("the socket cannot be listened on: {e}")))?;
    out::complain(&format!("works for {} ({})", server.name, server.uid));
    tokio::select! {
        ended = runner.serve(listener) => ended.map_err(|e| Failure::Failed(format!("the socket: {e}"))),
        ended = serve::wait_for_the_end() => ended,
    }
}

/// A socket that the server's user, and root, can speak to.
fn bind(path: &Path, server: &User) -> Result<UnixListener, Failure> {
    let wrong = |e: std::io::Error| Failure::Failed(format!("cannot listen on {}: {e}", path.display()));
    match std::fs::remove_file(path) {
        Err(e) if e.kind() != std::io::ErrorKind::NotFound => return Err(wrong(e)),
        _ => {}
    }
    let listener = UnixListener::bind(path).map_err(wrong)?;
    std::fs::set_permissions(path, std::fs::Permissions::from_mode(0o600)).map_err(wrong)?;
    if server.uid != rustix::process::geteuid().as_raw() {
        std::os::unix::fs::chown(path, Some(server.uid), Some(server.gid)).map_err(wrong)?;
    }
    Ok(listener)
}

/// The socket that systemd listens on for us: `StandardInput=socket`.
fn handed_over() -> Result<UnixListener, Failure> {
    let listener = std::io::stdin().as_fd().try_clone_to_owned().map(UnixListener::from);
    let listener = listener.and_then(|listener| listener.local_addr().map(|_| listener));
    listener.map_err(|_| {
        let help = "name one with --socket, or start it by its runward-runner.socket";
        Failure::Usage(format!("standard input is no socket\n  help: {help}"))
    })
}

fn check(arguments: &Verify) -> Ended {
    let published: Vec<Head> = arguments.journal.as_deref().map(audit::heads).transpose()?.unwrap_or_default();
    let held = published.len();
    let path = arguments.data.join("log.jsonl");
    let verified = verify(&path, published).map_err(|e| Failure::Failed(format!("{}: {e}", path.display())))?;
    let mut said = format!("{} lines: whole\n  head {}", verified.chained, verified.head);
    if held > 0 {
        said.push_str(&format!("\n  fits {} that the journal holds", out::count(held, "head")));
    }
    out::say(&said);
    Ok(())
}
