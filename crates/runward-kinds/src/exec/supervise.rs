//! The supervisor: a small process that starts one command, takes its output, and writes down how it ended.
//!
//! It knows nothing of the server and does not need it: the server may die and come back while the
//! command runs. Everything it has to say it leaves in the job's folder.

use std::fs::File;
use std::io::{self, Read, Write};
use std::os::fd::{AsFd, AsRawFd, OwnedFd};
use std::os::unix::process::{CommandExt, ExitStatusExt};
use std::path::Path;
use std::process::{Child, Stdio};
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Arc, OnceLock};
use std::time::{Duration, Instant};

use runward_core::run::Exit;
use rustix::event::{PollFd, PollFlags, Timespec};
use rustix::fs::FlockOperation;
use rustix::process::Pid;

use super::group::{Cgroup, Group};
use super::job::{Left, Started, Written, write_durably};
use super::output::{Keeper, Taken};
use super::{keep, orphan, remote};

/// How long a command has between being asked to end and being ended.
pub(super) const GRACE: Duration = Duration::from_secs(10);
/// How often the supervisor looks whether somebody wants the command ended.
const LOOK_EVERY: Duration = Duration::from_millis(200);
/// How long what the command left running may be silent once it ended before it is not waited for any longer.
pub(super) const LINGER: Duration = Duration::from_millis(300);
/// How long what it left behind has between being asked to end and being ended.
const SWEPT_WITHIN: Duration = Duration::from_secs(2);
/// How long it is waited for at all.
const LONGEST_LINGER: Duration = Duration::from_secs(2);

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
    if let Some(there) = &order.there {
        return remote::supervise(folder, &order, there);
    }
    // What loses its parent becomes our child, so that all that the command started can be found.
    let _ = rustix::process::set_child_subreaper(Some(rustix::process::getpid()));
    write_durably(folder, "script", order.script.as_bytes())?;
    keep::files(&folder.join("kept"), &order.directory, &order.keep)?;
    if let Some((uid, gid)) = order.user {
        for theirs in ["script", "kept"].map(|name| folder.join(name)).iter().filter(|path| path.exists()) {
            std::os::unix::fs::chown(theirs, Some(uid), Some(gid))?;
        }
    }
    let (reader, writer) = io::pipe()?;
    let output = File::create(folder.join("output"))?;
    // From here on the command counts as begun.
    let started = Started { pid: std::process::id(), supervised_there: false };
    write_durably(folder, "started.json", &serde_json::to_vec(&started)?)?;
    let began = Instant::now();
    let ended = Arc::new(AtomicBool::new(false));
    let begin = || start(folder, &order, &writer);
    let (begun, cgroup) = match Cgroup::make(&order.job.to_string()) {
        Some(cgroup) => cgroup.within(begin),
        None => (begin(), None),
    };
    let (exit, taken) = match begun {
        Ok(mut child) => {
            let pipe = std::fs::read_link(format!("/proc/self/fd/{}", writer.as_raw_fd())).unwrap_or_default();
            drop(writer);
            let taker = spawn_taker(reader, Keeper::new(output, known_secrets(&order.secrets)), ended.clone());
            let group = Group::of(&child, cgroup, pipe);
            let _ = orphan::note(folder, group.leader(), group.cgroup());
            let exit = wait(&mut child, &group, folder, Duration::from_millis(order.timeout_ms));
            ended.store(true, Ordering::Release);
            let taken = taker.join().unwrap_or_default();
            group.sweep(SWEPT_WITHIN);
            (exit, taken)
        }
        Err(e) => {
            let mut output = output;
            writeln!(output, "bash could not be started: {e}")?;
            (Exit::NotStarted, Taken::default())
        }
    };
    let took_ms = u64::try_from(began.elapsed().as_millis()).unwrap_or(u64::MAX);
    write_durably(folder, "exit.json", &serde_json::to_vec(&Left::of(exit, took_ms, taken))?)
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
    if let Some((uid, gid)) = order.user {
        command.uid(uid).gid(gid);
    }
    command.spawn()
}

/// Waits until the command ends, is to be ended, or takes too long.
fn wait(child: &mut Child, group: &Group, folder: &Path, timeout: Duration) -> Exit {
    let id = i32::try_from(child.id()).ok().and_then(Pid::from_raw);
    let watched = id.and_then(|pid| rustix::process::pidfd_open(pid, rustix::process::PidfdFlags::empty()).ok());
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
        end(child, group);
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

/// Asks all that the command started to end, and ends what does not.
fn end(child: &mut Child, group: &Group) {
    group.ask();
    let until = Instant::now() + GRACE;
    while (!has_ended(child) || group.is_alive()) && Instant::now() < until {
        std::thread::sleep(Duration::from_millis(20));
    }
    group.kill();
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

fn spawn_taker(
    mut reader: io::PipeReader,
    mut keeper: Keeper,
    ended: Arc<AtomicBool>,
) -> std::thread::JoinHandle<Taken> {
    std::thread::spawn(move || {
        let _ = take(&mut reader, &mut keeper, &ended);
        keeper.finish()
    })
}

/// Takes what is printed until nobody is left who could print, or the command has ended and what it left behind is
/// silent or has had its time.
fn take(reader: &mut io::PipeReader, keeper: &mut Keeper, ended: &AtomicBool) -> io::Result<()> {
    let mut piece = vec![0; 64 * 1024];
    let mut until: Option<Instant> = None;
    loop {
        // Read the flag before waiting: what is printed after it was set is only waited for shortly.
        let over = ended.load(Ordering::Acquire);
        if over && Instant::now() > *until.get_or_insert_with(|| Instant::now() + LONGEST_LINGER) {
            return Ok(());
        }
        let ready = readable(&*reader, if over { LINGER } else { LOOK_EVERY });
        if !ready && over {
            return Ok(());
        }
        if !ready {
            continue;
        }
        let n = reader.read(&mut piece)?;
        if n == 0 {
            return Ok(());
        }
        keeper.push(&piece[..n]);
    }
}

/// The secrets among these names, with their values.
pub(super) fn known_secrets(names: &[String]) -> Vec<(String, String)> {
    names.iter().filter_map(|name| Some((name.clone(), secret(name)?))).collect()
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
