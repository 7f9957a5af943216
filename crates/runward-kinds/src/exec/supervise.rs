//! The supervisor: a small process that starts one command, takes its output, and writes down how it ended.
//!
//! It knows nothing of the server and does not need it: the server may die and come back while the
//! command runs. Everything it has to say it leaves in the job's folder.

use std::fs::File;
use std::io::{self, Read, Write};
use std::os::fd::{AsFd, OwnedFd};
use std::os::unix::process::{CommandExt, ExitStatusExt};
use std::path::Path;
use std::process::{Child, Stdio};
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Arc, OnceLock};
use std::time::{Duration, Instant};

use runward_core::command::redact::{Redactor, Stream};
use runward_core::run::Exit;
use rustix::event::{PollFd, PollFlags, Timespec};
use rustix::fs::FlockOperation;
use rustix::process::{Pid, Signal};

use super::job::{Left, Written, write_durably};
use super::keep;

/// How much of an output's beginning and of its end is kept.
pub(super) const KEPT: usize = 1024 * 1024;
/// How long a command has between being asked to end and being ended.
const GRACE: Duration = Duration::from_secs(10);
/// How often the supervisor looks whether somebody wants the command ended.
const LOOK_EVERY: Duration = Duration::from_millis(200);
/// How long what the command left running may still print once it ended.
const LINGER: Duration = Duration::from_millis(300);

/// Supervises the job in `folder`; the exit status says only whether it could.
pub fn main(folder: &Path) -> i32 {
    match supervise(folder) {
        Ok(()) => 0,
        Err(_) => 1,
    }
}

fn supervise(folder: &Path) -> io::Result<()> {
    // A session of its own: Ctrl-C at the server's terminal is not meant for it, and nothing it runs
    // finds a terminal to ask for a password at.
    let _ = rustix::process::setsid();
    let lock = File::options().create(true).truncate(false).write(true).open(folder.join("lock"))?;
    if rustix::fs::flock(&lock, FlockOperation::NonBlockingLockExclusive).is_err() || folder.join("abandoned").exists()
    {
        return Ok(());
    }
    let order: Written = serde_json::from_slice(&std::fs::read(folder.join("order.json"))?)?;
    rustix::process::umask(rustix::fs::Mode::from_raw_mode(0o077));
    write_durably(folder, "script", order.script.as_bytes())?;
    keep::files(&folder.join("kept"), &order.directory, &order.keep)?;
    let (reader, writer) = io::pipe()?;
    let output = File::create(folder.join("output"))?;
    // From here on the command counts as begun.
    write_durably(folder, "started.json", format!("{{\"pid\":{}}}", std::process::id()).as_bytes())?;
    let began = Instant::now();
    let ended = Arc::new(AtomicBool::new(false));
    let (exit, taken) = match start(folder, &order, &writer) {
        Ok(mut child) => {
            drop(writer);
            let taker = spawn_taker(reader, output, &order.secrets, ended.clone());
            let exit = wait(&mut child, folder, Duration::from_millis(order.timeout_ms));
            ended.store(true, Ordering::Release);
            (exit, taker.join().unwrap_or_default())
        }
        Err(e) => {
            let mut output = output;
            writeln!(output, "bash could not be started: {e}")?;
            (Exit::NotStarted, Taken::default())
        }
    };
    let took_ms = u64::try_from(began.elapsed().as_millis()).unwrap_or(u64::MAX);
    let left = Left { exit, took_ms, bytes: taken.bytes, dropped: taken.dropped, tail_at: taken.tail_at };
    write_durably(folder, "exit.json", &serde_json::to_vec(&left)?)
}

fn start(folder: &Path, order: &Written, writer: &io::PipeWriter) -> io::Result<Child> {
    #[allow(clippy::disallowed_methods, reason = "this is the place that spawns")]
    let mut command = std::process::Command::new("bash");
    command
        .arg("--noprofile")
        .arg("--norc")
        .arg(folder.join("script"))
        .current_dir(&order.directory)
        .envs(&order.env)
        .env("TERM", "dumb")
        .env("PAGER", "cat")
        .env("SYSTEMD_PAGER", "cat")
        .env("GIT_PAGER", "cat")
        .env("DEBIAN_FRONTEND", "noninteractive")
        .stdin(Stdio::null())
        .stdout(writer.try_clone()?)
        .stderr(writer.try_clone()?)
        .process_group(0);
    command.spawn()
}

/// Waits until the command ends, is to be ended, or takes too long.
fn wait(child: &mut Child, folder: &Path, timeout: Duration) -> Exit {
    let group = i32::try_from(child.id()).ok().and_then(Pid::from_raw);
    let watched = group.and_then(|pid| rustix::process::pidfd_open(pid, rustix::process::PidfdFlags::empty()).ok());
    let until = Instant::now() + timeout;
    let ended_by = loop {
        if has_ended(child) {
            break None;
        }
        if folder.join("kill").exists() {
            break Some(Exit::Killed);
        }
        let left = until.saturating_duration_since(Instant::now());
        if left.is_zero() {
            break Some(Exit::TimedOut);
        }
        pause(watched.as_ref(), left.min(LOOK_EVERY));
    };
    if ended_by.is_some() {
        end(child, group, watched.as_ref());
    }
    let status = child.wait();
    match (ended_by, status) {
        (Some(exit), _) => exit,
        (None, Ok(status)) => status.code().map_or_else(|| Exit::Signal(status.signal().unwrap_or(0)), Exit::Code),
        (None, Err(_)) => Exit::NotStarted,
    }
}

fn has_ended(child: &mut Child) -> bool {
    matches!(child.try_wait(), Ok(Some(_)) | Err(_))
}

/// Asks the whole group to end, and ends it if it does not.
fn end(child: &mut Child, group: Option<Pid>, watched: Option<&OwnedFd>) {
    let Some(group) = group else { return };
    let _ = rustix::process::kill_process_group(group, Signal::TERM);
    let until = Instant::now() + GRACE;
    while !has_ended(child) && Instant::now() < until {
        pause(watched, LOOK_EVERY);
    }
    let _ = rustix::process::kill_process_group(group, Signal::KILL);
}

/// Waits for the process to end, at most this long.
fn pause(watched: Option<&OwnedFd>, most: Duration) {
    let Some(watched) = watched else {
        std::thread::sleep(most.min(Duration::from_millis(20)));
        return;
    };
    readable(watched, most);
}

fn readable(fd: impl AsFd, most: Duration) -> bool {
    let mut fds = [PollFd::new(&fd, PollFlags::IN)];
    let timeout = Timespec { tv_sec: most.as_secs() as i64, tv_nsec: i64::from(most.subsec_nanos()) };
    rustix::event::poll(&mut fds, Some(&timeout)).is_ok_and(|n| n > 0)
}

/// How much was printed and kept.
#[derive(Debug, Default)]
struct Taken {
    bytes: u64,
    dropped: u64,
    tail_at: u64,
}

fn spawn_taker(
    reader: io::PipeReader,
    output: File,
    secrets: &[String],
    ended: Arc<AtomicBool>,
) -> std::thread::JoinHandle<Taken> {
    let redactor = Redactor::new(secrets.iter().filter_map(|name| Some((name.clone(), secret(name)?))));
    std::thread::spawn(move || {
        let mut taker = Taker { output, kept: 0, tail: Vec::new(), taken: Taken::default() };
        let _ = taker.take(reader, Stream::new(redactor), &ended);
        taker.finish()
    })
}

/// The supervisor's own environment holds the secrets it was given for the command.
fn secret(name: &str) -> Option<String> {
    static ENVIRONMENT: OnceLock<Vec<(String, String)>> = OnceLock::new();
    #[allow(clippy::disallowed_methods, reason = "what the server handed over, not configuration")]
    let environment = ENVIRONMENT.get_or_init(|| {
        std::env::vars_os().filter_map(|(n, v)| Some((n.into_string().ok()?, v.into_string().ok()?))).collect()
    });
    environment.iter().find(|(n, _)| n == name).map(|(_, value)| value.clone())
}

/// Takes output without ever holding up who prints it: beginning and end are kept, the middle is counted.
struct Taker {
    output: File,
    kept: usize,
    tail: Vec<u8>,
    taken: Taken,
}

impl Taker {
    fn take(&mut self, mut reader: io::PipeReader, mut stream: Stream, ended: &AtomicBool) -> io::Result<()> {
        let mut piece = vec![0; 64 * 1024];
        let mut clean = Vec::new();
        loop {
            // Read the flag before waiting: what is printed after it was set is only waited for shortly.
            let over = ended.load(Ordering::Acquire);
            let ready = readable(&reader, if over { LINGER } else { LOOK_EVERY });
            if !ready && over {
                break;
            }
            if !ready {
                continue;
            }
            let n = reader.read(&mut piece)?;
            if n == 0 {
                break;
            }
            self.taken.bytes += n as u64;
            stream.push(&piece[..n], &mut clean);
            self.keep(&clean)?;
            clean.clear();
        }
        stream.finish(&mut clean);
        self.keep(&clean)
    }

    fn keep(&mut self, bytes: &[u8]) -> io::Result<()> {
        let room = KEPT.saturating_sub(self.kept).min(bytes.len());
        self.output.write_all(&bytes[..room])?;
        self.kept += room;
        self.tail.extend_from_slice(&bytes[room..]);
        // Trimmed seldom, so that a flood costs one copy of its bytes and no more.
        if self.tail.len() > 2 * KEPT {
            let excess = self.tail.len() - KEPT;
            self.tail.drain(..excess);
            self.taken.dropped += excess as u64;
        }
        Ok(())
    }

    fn finish(mut self) -> Taken {
        if self.tail.len() > KEPT {
            let excess = self.tail.len() - KEPT;
            self.tail.drain(..excess);
            self.taken.dropped += excess as u64;
        }
        self.taken.tail_at = self.kept as u64;
        let _ = self.output.write_all(&self.tail);
        let _ = self.output.sync_all();
        self.taken
    }
}
