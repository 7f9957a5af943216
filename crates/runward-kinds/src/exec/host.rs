//! The side of a connection that is on the other machine: hands a command to a supervisor there and tells of it.
//!
//! It lives as long as the connection. The supervisor and its folder outlive it, and the next connection finds them.

use std::ffi::OsString;
use std::fs::{self, File};
use std::io::{self, BufRead, Read, Seek, SeekFrom, Write};
use std::os::unix::fs::DirBuilderExt;
use std::path::{Path, PathBuf};
use std::process::Child;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::time::Duration;

use runward_core::run::JobId;

use super::job::{Jobs, Recovered, Settings, left};
use super::orphan;
use super::supervise::GRACE;
use super::wire::{self, Ask, PIECE, Request, SPEAKS, Told};

/// How often a command is looked at.
const LOOK_EVERY: Duration = Duration::from_millis(50);
/// How long what commands printed is kept there.
const KEPT: Duration = Duration::from_secs(90 * 86_400);

/// What of this machine the other side must be given.
pub struct Here {
    /// The folder in which this user keeps such things.
    pub state: PathBuf,
    /// The program that supervises: this one.
    pub supervisor: PathBuf,
    /// The directory commands start in.
    pub directory: PathBuf,
    /// The environment commands are given.
    pub env: Vec<(String, OsString)>,
}

/// What this program can be spoken to as.
pub fn speaks() -> &'static str {
    SPEAKS
}

/// Takes one request from the connection and tells of its command until it has ended or the connection is gone.
/// # Errors
/// Where the request is none, or the connection is gone.
pub fn serve(here: Here, to: &mut impl Write) -> io::Result<()> {
    let mut from = io::stdin().lock();
    let request: Request = wire::read(&mut from)?;
    drop(from);
    let (jobs, job) = match &request.ask {
        Ask::Start { order, secrets } => (open(here, &request.database, secrets)?, order.job),
        Ask::Attach { job } => (open(here, &request.database, &Default::default())?, *job),
    };
    let jobs = Arc::new(jobs);
    let gone = listen(jobs.clone(), job);
    let child = match &request.ask {
        Ask::Start { order, .. } => match start(&jobs, order) {
            Ok(child) => Some(child),
            // Known already: what is known of it counts, and it is not begun a second time.
            Err(e) if e.kind() == io::ErrorKind::AlreadyExists => None,
            Err(e) => return wire::write(to, &Told::Failed(e.to_string())),
        },
        Ask::Attach { job } => {
            never(&jobs, *job)?;
            None
        }
    };
    follow(&jobs, job, child, &gone, to)
}

fn open(here: Here, database: &str, secrets: &std::collections::BTreeMap<String, String>) -> io::Result<Jobs> {
    let plain = |c: char| c.is_ascii_alphanumeric() || matches!(c, '-' | '_');
    if database.is_empty() || !database.chars().all(plain) {
        return Err(io::ErrorKind::InvalidInput.into());
    }
    let folder = here.state.join("jobs").join(database);
    fs::DirBuilder::new().recursive(true).mode(0o700).create(&folder)?;
    let mut env = here.env;
    env.extend(secrets.iter().map(|(name, value)| (name.clone(), value.into())));
    let jobs = Jobs::open(Settings {
        connections: here.state.join("ssh"),
        folder,
        supervisor: here.supervisor,
        directory: here.directory,
        env,
        secrets: secrets.keys().cloned().collect(),
    })?;
    let _ = jobs.prune(KEPT);
    Ok(jobs)
}

fn start(jobs: &Jobs, order: &runward_core::effect::Order) -> io::Result<Child> {
    jobs.hand_over(order)?;
    jobs.supervisor(order.job).spawn()
}

/// What was not heard of may still be on its way here: it finds its place taken.
fn never(jobs: &Jobs, job: JobId) -> io::Result<()> {
    match fs::create_dir(jobs.folder(job)) {
        Err(e) if e.kind() == io::ErrorKind::AlreadyExists => Ok(()),
        made => made,
    }
}

/// Listens on the connection for the wish to end the command, and for the end of the connection.
fn listen(jobs: Arc<Jobs>, job: JobId) -> Arc<AtomicBool> {
    let gone = Arc::new(AtomicBool::new(false));
    let tell = gone.clone();
    std::thread::spawn(move || {
        for line in io::stdin().lock().lines().map_while(Result::ok) {
            if line == "kill" {
                jobs.kill(job);
            }
        }
        tell.store(true, Ordering::Release);
    });
    gone
}

fn follow(jobs: &Jobs, job: JobId, mut child: Option<Child>, gone: &AtomicBool, to: &mut impl Write) -> io::Result<()> {
    let folder = jobs.folder(job);
    let mut told = 0;
    loop {
        // A supervisor that has just been started holds no lock yet: while it lives it is not asked after.
        let lives = child.as_mut().is_some_and(|child| matches!(child.try_wait(), Ok(None)));
        let found = if lives { None } else { jobs.look(job) };
        told += tell(&folder, told, to)?;
        match found {
            Some(Recovered::Ended(_)) => {
                return match left(&folder) {
                    Some(left) => wire::write(to, &Told::Ended(left)),
                    None => wire::write(to, &Told::Lost),
                };
            }
            Some(Recovered::NotStarted) => return wire::write(to, &Told::NotStarted),
            Some(Recovered::Lost | Recovered::Running) => {
                orphan::end(&folder, GRACE);
                return wire::write(to, &Told::Lost);
            }
            None if gone.load(Ordering::Acquire) => return Ok(()),
            None => std::thread::sleep(LOOK_EVERY),
        }
    }
}

/// Tells what was printed since.
fn tell(folder: &Path, told: u64, to: &mut impl Write) -> io::Result<u64> {
    let Ok(mut output) = File::open(folder.join("output")) else { return Ok(0) };
    output.seek(SeekFrom::Start(told))?;
    let mut piece = vec![0; PIECE];
    let mut more = 0;
    loop {
        let n = output.read(&mut piece)?;
        if n == 0 {
            return Ok(more);
        }
        wire::write(to, &Told::Output(n))?;
        to.write_all(&piece[..n])?;
        to.flush()?;
        more += n as u64;
    }
}
