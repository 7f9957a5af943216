//! A command whose supervisor died: ended, since nobody takes its output or its time any more, and a person who is
//! asked what became of it must not be overtaken by it.

use std::fs;
use std::io;
use std::path::{Path, PathBuf};
use std::time::{Duration, Instant};

use rustix::process::{Pid, Signal};
use serde::{Deserialize, Serialize};

use super::group::{self, Cgroup, Process, processes};

/// Where a supervisor writes down what it started.
const FILE: &str = "group.json";
/// How often what is to end is looked at.
const LOOK_EVERY: Duration = Duration::from_millis(20);

/// What a supervisor started, so that it is known again and nothing else is taken for it.
#[derive(Debug, Serialize, Deserialize)]
struct Trace {
    leader: i32,
    /// When the leader began, in the kernel's own count since this boot.
    began: u64,
    boot: String,
    cgroup: Option<PathBuf>,
}

/// Writes down what was started.
/// # Errors
/// Where the folder cannot be written.
pub(super) fn note(folder: &Path, leader: Pid, cgroup: Option<&Cgroup>) -> io::Result<()> {
    let Some(began) = Process::of(leader).map(|process| process.began) else { return Ok(()) };
    let cgroup = cgroup.map(|cgroup| cgroup.path().to_path_buf());
    let trace = Trace { leader: leader.as_raw_nonzero().get(), began, boot: boot(), cgroup };
    // Another boot ends the command as well: this need not survive one.
    fs::write(folder.join(FILE), serde_json::to_vec(&trace)?)
}

/// Ends what is left of a command, with this much time for what is asked to. Blocks until it is gone.
pub(super) fn end(folder: &Path, grace: Duration) {
    let Some(trace) = fs::read(folder.join(FILE)).ok().and_then(|text| serde_json::from_slice::<Trace>(&text).ok())
    else {
        return;
    };
    if trace.boot != boot() {
        return;
    }
    let until = Instant::now() + grace;
    let mut signal = Signal::TERM;
    loop {
        let left = trace.left();
        let late = Instant::now() > until;
        if left.is_empty() || Instant::now() > until + grace {
            break;
        }
        if signal == Signal::TERM || late {
            for process in left {
                let _ = rustix::process::kill_process(process, signal);
            }
            signal = Signal::KILL;
        }
        if let Some(cgroup) = trace.cgroup.as_ref().filter(|_| late) {
            let _ = fs::write(cgroup.join("cgroup.kill"), "1");
        }
        std::thread::sleep(LOOK_EVERY);
    }
    if let Some(cgroup) = trace.cgroup {
        group::remove(&cgroup);
    }
}

impl Trace {
    fn left(&self) -> Vec<Pid> {
        let all = processes();
        // Another process may have the leader's number by now; then nothing bears its group's.
        let taken = all.iter().any(|p| p.is(self.leader) && p.began != self.began);
        let enclosed = self.cgroup.as_ref().and_then(|path| fs::read_to_string(path.join("cgroup.procs")).ok());
        let enclosed = enclosed.unwrap_or_default();
        let enclosed = |process: &Process| enclosed.lines().any(|line| line.parse().is_ok_and(|id| process.is(id)));
        let grouped = |process: &Process| !taken && process.is_in(self.leader) && process.began >= self.began;
        all.iter().filter(|p| !p.over && (enclosed(p) || grouped(p))).map(|p| p.id).collect()
    }
}

fn boot() -> String {
    fs::read_to_string("/proc/sys/kernel/random/boot_id").unwrap_or_default().trim().to_owned()
}
