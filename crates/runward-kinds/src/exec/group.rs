//! All that a command started: found through its ancestors, and ended with it.
//!
//! The supervisor adopts what loses its parent, so that nothing gets away by forking twice. Where this user may make
//! a cgroup, the command has one of its own as well, which the kernel ends as a whole: no fork is fast enough.

use std::collections::BTreeMap;
use std::fs;
use std::path::{Path, PathBuf};
use std::process::Child;
use std::time::{Duration, Instant};

use rustix::process::{Pid, Signal};

/// How often what is to end is looked at.
const LOOK_EVERY: Duration = Duration::from_millis(20);
/// How long what is killed may take to be gone.
const GONE_WITHIN: Duration = Duration::from_secs(5);

/// A command with everything that came of it.
pub(super) struct Group {
    leader: Pid,
    cgroup: Option<Cgroup>,
    /// The pipe that the output goes into, as `/proc` names it.
    pipe: PathBuf,
}

impl Group {
    /// Of a command that was started as the leader of its process group.
    pub fn of(command: &Child, cgroup: Option<Cgroup>, pipe: PathBuf) -> Group {
        Group { leader: Pid::from_child(command), cgroup, pipe }
    }

    pub fn leader(&self) -> Pid {
        self.leader
    }

    pub fn cgroup(&self) -> Option<&Cgroup> {
        self.cgroup.as_ref()
    }

    /// Asks everything to end.
    pub fn ask(&self) {
        let _ = rustix::process::kill_process_group(self.leader, Signal::TERM);
        for process in self.members().iter().filter(|p| p.group != self.leader) {
            let _ = rustix::process::kill_process(process.id, Signal::TERM);
        }
    }

    /// Whether anything of it still runs.
    pub fn is_alive(&self) -> bool {
        !self.members().is_empty()
    }

    /// Ends everything, whatever it is.
    pub fn kill(&self) {
        let _ = rustix::process::kill_process_group(self.leader, Signal::KILL);
        if let Some(cgroup) = &self.cgroup {
            cgroup.kill();
        }
        self.kill_until_gone(|_| true);
    }

    /// Ends what the command left behind. What let go of the output and either left the group or was told to outlive
    /// a logout (`nohup`) was meant to go on: a service.
    pub fn sweep(&self, grace: Duration) {
        let left = |process: &Process| {
            let apart = process.group != self.leader || process.ignores_hangup();
            !apart || process.holds(&self.pipe)
        };
        let asked: Vec<Process> = self.members().into_iter().filter(left).collect();
        if asked.is_empty() {
            return;
        }
        for process in &asked {
            let _ = rustix::process::kill_process(process.id, Signal::TERM);
        }
        let until = Instant::now() + grace;
        while self.members().iter().any(left) && Instant::now() < until {
            std::thread::sleep(LOOK_EVERY);
        }
        self.kill_until_gone(left);
    }

    fn kill_until_gone(&self, doomed: impl Fn(&Process) -> bool) {
        let until = Instant::now() + GONE_WITHIN;
        let mut seen_none = 0;
        // What loses its parent while we look is seen by the next look.
        while seen_none < 2 && Instant::now() < until {
            let left: Vec<Process> = self.members().into_iter().filter(&doomed).collect();
            seen_none = if left.is_empty() { seen_none + 1 } else { 0 };
            for process in left {
                let _ = rustix::process::kill_process(process.id, Signal::KILL);
            }
            if seen_none < 2 {
                std::thread::sleep(if seen_none == 0 { LOOK_EVERY } else { Duration::from_millis(1) });
            }
        }
    }

    /// Everything that lives and descends from us, or is in the command's cgroup.
    fn members(&self) -> Vec<Process> {
        let all = processes();
        let mut found: BTreeMap<i32, Process> = BTreeMap::new();
        let mut parents = vec![rustix::process::getpid()];
        while let Some(parent) = parents.pop() {
            for process in all.iter().filter(|p| p.parent == Some(parent)) {
                if found.insert(process.id.as_raw_nonzero().get(), process.clone()).is_none() {
                    parents.push(process.id);
                }
            }
        }
        let enclosed = self.cgroup.as_ref().map(Cgroup::members).unwrap_or_default();
        for process in all.iter().filter(|p| enclosed.contains(&p.id.as_raw_nonzero().get())) {
            found.insert(process.id.as_raw_nonzero().get(), process.clone());
        }
        found.into_values().filter(|process| !process.over).collect()
    }
}

#[derive(Clone, Debug)]
pub(super) struct Process {
    pub id: Pid,
    parent: Option<Pid>,
    group: Pid,
    /// When it began, in the kernel's own count.
    pub began: u64,
    /// It has ended and waits for its parent to take notice.
    pub over: bool,
}

impl Process {
    pub fn of(id: Pid) -> Option<Process> {
        Process::read(&Path::new("/proc").join(id.as_raw_nonzero().to_string()))
    }

    pub fn is(&self, id: i32) -> bool {
        self.id.as_raw_nonzero().get() == id
    }

    pub fn is_in(&self, group: i32) -> bool {
        self.group.as_raw_nonzero().get() == group
    }

    fn read(folder: &Path) -> Option<Process> {
        let id = folder.file_name()?.to_str()?.parse().ok().and_then(Pid::from_raw)?;
        let stat = fs::read_to_string(folder.join("stat")).ok()?;
        // The name stands in brackets and may hold anything, also brackets.
        let fields: Vec<&str> = stat.rsplit_once(')')?.1.split_whitespace().collect();
        let id_at = |at: usize| fields.get(at)?.parse().ok().and_then(Pid::from_raw);
        let began = fields.get(19)?.parse().ok()?;
        Some(Process { id, parent: id_at(1), group: id_at(2)?, began, over: matches!(fields[0], "Z" | "X") })
    }

    fn folder(&self) -> PathBuf {
        Path::new("/proc").join(self.id.as_raw_nonzero().to_string())
    }

    fn holds(&self, pipe: &Path) -> bool {
        let Ok(files) = fs::read_dir(self.folder().join("fd")) else { return false };
        files.flatten().any(|file| fs::read_link(file.path()).is_ok_and(|to| to == pipe))
    }

    fn ignores_hangup(&self) -> bool {
        let Ok(status) = fs::read_to_string(self.folder().join("status")) else { return false };
        let ignored = status.lines().find_map(|line| line.strip_prefix("SigIgn:"));
        ignored.and_then(|mask| u64::from_str_radix(mask.trim(), 16).ok()).is_some_and(|mask| mask & 1 == 1)
    }
}

pub(super) fn processes() -> Vec<Process> {
    let entries = fs::read_dir("/proc").into_iter().flatten().flatten();
    entries.filter_map(|entry| Process::read(&entry.path())).collect()
}

/// A cgroup below our own.
#[derive(Debug)]
pub(super) struct Cgroup {
    ours: PathBuf,
    path: PathBuf,
}

impl Cgroup {
    /// Makes one, where this user may.
    pub fn make(name: &str) -> Option<Cgroup> {
        let ours = ours()?;
        let path = ours.join(format!("runward-{name}-{}", std::process::id()));
        fs::create_dir(&path).ok()?;
        Some(Cgroup { ours, path })
    }

    /// Does something, such as starting a process, within it.
    pub fn within<T>(self, start: impl FnOnce() -> T) -> (T, Option<Cgroup>) {
        let myself = std::process::id().to_string();
        if fs::write(self.path.join("cgroup.procs"), &myself).is_err() {
            let _ = fs::remove_dir(&self.path);
            return (start(), None);
        }
        let started = start();
        // Who cannot get out again must not end what it is in.
        let out = fs::write(self.ours.join("cgroup.procs"), &myself).is_ok();
        (started, out.then_some(self))
    }

    pub fn path(&self) -> &Path {
        &self.path
    }

    fn members(&self) -> Vec<i32> {
        let text = fs::read_to_string(self.path.join("cgroup.procs")).unwrap_or_default();
        text.lines().filter_map(|line| line.parse().ok()).collect()
    }

    fn kill(&self) {
        let _ = fs::write(self.path.join("cgroup.kill"), "1");
    }
}

impl Drop for Cgroup {
    /// What stays lives on where we do; an empty cgroup is removed.
    fn drop(&mut self) {
        for process in self.members() {
            let _ = fs::write(self.ours.join("cgroup.procs"), process.to_string());
        }
        remove(&self.path);
    }
}

/// Removes a cgroup. What has just ended still counts for a moment.
pub(super) fn remove(path: &Path) {
    let until = Instant::now() + GONE_WITHIN;
    while fs::remove_dir(path).is_err() && path.exists() && Instant::now() < until {
        std::thread::sleep(LOOK_EVERY);
    }
}

/// The folder of the cgroup that we are in; `None` where there is no version 2.
fn ours() -> Option<PathBuf> {
    let mounts = fs::read_to_string("/proc/self/mounts").ok()?;
    let mount = mounts.lines().find_map(|line| {
        let mut words = line.split(' ');
        let (place, kind) = (words.nth(1)?, words.next()?);
        (kind == "cgroup2").then(|| PathBuf::from(place))
    })?;
    let cgroups = fs::read_to_string("/proc/self/cgroup").ok()?;
    let path = cgroups.lines().find_map(|line| line.strip_prefix("0::"))?;
    Some(mount.join(path.trim_start_matches('/')))
}
