//! Jobs: commands of a run, each in a folder of its own that outlives the server.
//!
//! The folder is the record. `order.json` is written before anything starts; the supervisor holds
//! `lock` while it lives, writes `started.json` before the command begins and `exit.json` after it
//! ended. From what is there a new server tells whether a command never began, still runs, ended,
//! or was lost. A step on another machine has a folder here as well: its supervisor speaks to the
//! one over there, and another takes its place if it is gone.

use std::ffi::OsString;
use std::fs::{self, File};
use std::io::{self, Write};
use std::os::unix::fs::PermissionsExt;
use std::path::{Path, PathBuf};
use std::process::Stdio;
use std::time::Duration;

use runward_core::effect::Order;
use runward_core::run::{Ended, Exit, JobId, KEPT, Remote};
use rustix::fs::FlockOperation;
use serde::{Deserialize, Serialize};

use super::orphan;
use super::output::Taken;
use super::supervise::GRACE;
use super::text::excerpt;
use crate::failpoint;

/// How often a job that is not our child is looked at.
const LOOK_EVERY: Duration = Duration::from_millis(100);
/// How often a supervisor that speaks to another machine is replaced before the step is given up.
const MOST_ATTACHES: u32 = 5;

/// Where and with what commands run.
#[derive(Clone, Debug)]
pub struct Settings {
    /// The folder that holds one folder for each job.
    pub folder: PathBuf,
    /// The program that supervises: this one.
    pub supervisor: PathBuf,
    /// The directory commands start in.
    pub directory: PathBuf,
    /// The environment commands are given.
    pub env: Vec<(String, OsString)>,
    /// The names among them whose values are secret.
    pub secrets: Vec<String>,
    /// The folder in which connections to other machines are shared.
    pub connections: PathBuf,
}

/// What the supervisor is told, beside its environment.
#[derive(Debug, Serialize, Deserialize)]
pub(super) struct Written {
    pub job: JobId,
    pub script: String,
    pub env: std::collections::BTreeMap<String, String>,
    pub timeout_ms: u64,
    pub directory: PathBuf,
    pub secrets: Vec<String>,
    /// Files to keep before the command begins.
    #[serde(default)]
    pub keep: Vec<String>,
    /// The machine that it is handed on to.
    #[serde(default)]
    pub there: Option<There>,
    /// The user it runs as, where that is another one than the supervisor's.
    #[serde(default)]
    pub user: Option<(u32, u32)>,
}

/// What a supervisor hands on to another machine.
#[derive(Debug, Serialize, Deserialize)]
pub(super) struct There {
    pub host: Remote,
    /// The same order, as that machine sees it.
    pub order: Order,
    /// The name under which jobs of this database are kept there.
    pub database: String,
    pub connections: PathBuf,
}

/// What is written down before a command begins.
#[derive(Debug, Serialize, Deserialize)]
pub(super) struct Started {
    pub pid: u32,
    /// Whether it begins on another machine, under a supervisor there that can be asked again.
    #[serde(default)]
    pub supervised_there: bool,
}

/// What the supervisor leaves behind.
#[derive(Debug, Default, Serialize, Deserialize)]
pub(super) struct Left {
    pub exit: Exit,
    pub took_ms: u64,
    pub bytes: u64,
    pub dropped: u64,
    /// Where in `output` its end begins, when its middle was dropped.
    pub tail_at: u64,
    #[serde(default)]
    pub sha256: String,
}

impl Left {
    pub fn of(exit: Exit, took_ms: u64, taken: Taken) -> Left {
        let Taken { bytes, dropped, tail_at, sha256 } = taken;
        Left { exit, took_ms, bytes, dropped, tail_at, sha256 }
    }
}

/// What became of a job while no server was there.
#[derive(Debug)]
pub enum Recovered {
    /// The command never began, and now never will.
    NotStarted,
    /// It still runs.
    Running,
    /// It ended.
    Ended(Ended),
    /// It began, and nobody knows how it ended.
    Lost,
}

/// Starts jobs and finds them again.
#[derive(Clone, Debug)]
pub struct Jobs {
    settings: Settings,
    /// Whether the folder was made just now: then nothing can be told of what was begun before.
    anew: bool,
}

impl Jobs {
    /// Makes the folder if it is not there.
    /// # Errors
    /// Where it cannot be made.
    pub fn open(settings: Settings) -> io::Result<Jobs> {
        let anew = !settings.folder.exists();
        fs::create_dir_all(&settings.folder)?;
        Ok(Jobs { settings, anew })
    }

    pub(super) fn folder(&self, job: JobId) -> PathBuf {
        self.settings.folder.join(job.to_string())
    }

    /// Starts a command and waits for what becomes of it; never [`Recovered::Running`].
    pub async fn run(&self, order: &Order) -> Recovered {
        match self.start(order) {
            Ok(mut child) => {
                failpoint::reach("job spawned");
                let _ = child.wait().await;
                failpoint::reach("job exited");
                self.wait(order.job).await
            }
            Err(e) => {
                let output = format!("the command could not be started: {e}");
                Recovered::Ended(Ended { exit: Exit::NotStarted, output, ..Ended::default() })
            }
        }
    }

    fn start(&self, order: &Order) -> io::Result<tokio::process::Child> {
        self.hand_over(order)?;
        failpoint::reach("job ordered");
        tokio::process::Command::from(self.supervisor(order.job)).spawn()
    }

    /// Writes an order down where its supervisor looks for it; one that is known already is an error.
    pub(super) fn hand_over(&self, order: &Order) -> io::Result<()> {
        self.hand_over_as(order, None)
    }

    /// The same for a command that runs as another user, by number and group.
    pub(super) fn hand_over_as(&self, order: &Order, user: Option<(u32, u32)>) -> io::Result<()> {
        let folder = self.folder(order.job);
        fs::create_dir(&folder)?;
        if user.is_some() {
            // That user reads the script by its name, and finds no others.
            fs::set_permissions(&folder, fs::Permissions::from_mode(0o711))?;
        }
        let mut env = order.env.clone();
        if let Some(kept) = order.kept {
            env.insert(KEPT.into(), self.folder(kept).join("kept").display().to_string());
        }
        let written = Written {
            job: order.job,
            script: order.script.clone(),
            env,
            keep: order.keep.clone(),
            timeout_ms: u64::try_from(order.timeout.0.as_millis()).unwrap_or(u64::MAX),
            directory: self.settings.directory.clone(),
            secrets: self.settings.secrets.clone(),
            there: order.host.clone().map(|host| There {
                host,
                order: Order { host: None, ..order.clone() },
                database: self.settings.folder.file_name().unwrap_or_default().to_string_lossy().into_owned(),
                connections: self.settings.connections.clone(),
            }),
            user,
        };
        write_durably(&folder, "order.json", &serde_json::to_vec(&written)?)?;
        File::open(&self.settings.folder)?.sync_all()
    }

    /// The files that a job was to keep.
    pub(super) fn kept_by(&self, job: JobId) -> Option<Vec<String>> {
        let text = fs::read(self.folder(job).join("order.json")).ok()?;
        let written: Written = serde_json::from_slice(&text).ok()?;
        Some(written.keep).filter(|keep| !keep.is_empty())
    }

    /// The process that looks after a job whose order is written down.
    pub(super) fn supervisor(&self, job: JobId) -> std::process::Command {
        #[allow(clippy::disallowed_methods, reason = "this is the place that spawns")]
        let mut command = std::process::Command::new(&self.settings.supervisor);
        command
            .arg("__supervise")
            .arg(self.folder(job))
            .env_clear()
            .envs(self.settings.env.iter().map(|(name, value)| (name, value)))
            .stdin(Stdio::null())
            .stdout(Stdio::null())
            .stderr(Stdio::null());
        command
    }

    /// Waits for the end of a job, also of one that another life of the server started; never [`Recovered::Running`].
    pub async fn wait(&self, job: JobId) -> Recovered {
        let mut attaches = 0;
        loop {
            match self.look(job) {
                Some(Recovered::Running) if attaches == MOST_ATTACHES => return Recovered::Lost,
                // It may well go on over there: somebody must ask.
                Some(Recovered::Running) => {
                    attaches += 1;
                    match tokio::process::Command::from(self.supervisor(job)).spawn() {
                        Ok(mut child) => drop(child.wait().await),
                        Err(_) => tokio::time::sleep(LOOK_EVERY).await,
                    }
                }
                Some(Recovered::Lost) => {
                    let folder = self.folder(job);
                    let _ = tokio::task::spawn_blocking(move || orphan::end(&folder, GRACE)).await;
                    return Recovered::Lost;
                }
                Some(found) => return found,
                None => tokio::time::sleep(LOOK_EVERY).await,
            }
        }
    }

    /// Finds out what became of a job; one that had not begun is kept from beginning.
    pub fn recover(&self, job: JobId) -> Recovered {
        let folder = self.folder(job);
        if !folder.join("order.json").exists() {
            // The database came back without this folder: what it held may well have begun.
            if self.anew {
                return Recovered::Lost;
            }
            // Nothing was ever handed to a supervisor: a half-made folder is no start.
            let _ = fs::remove_dir_all(&folder);
            return Recovered::NotStarted;
        }
        match self.look(job) {
            // Its supervisor is gone, but it may well go on by itself: whoever waits for it sees to that.
            Some(Recovered::Lost) | None => Recovered::Running,
            Some(found) => found,
        }
    }

    /// `None` while the supervisor lives and the command has not ended; running where only another machine can tell.
    pub(super) fn look(&self, job: JobId) -> Option<Recovered> {
        let folder = self.folder(job);
        if let Some(ended) = ended(&folder) {
            return Some(Recovered::Ended(ended));
        }
        let Ok(lock) = File::options().create(true).truncate(false).write(true).open(folder.join("lock")) else {
            return Some(Recovered::Lost);
        };
        if rustix::fs::flock(&lock, FlockOperation::NonBlockingLockExclusive).is_err() {
            return None;
        }
        // The supervisor is gone. It may have written its last word between our two looks.
        if let Some(ended) = ended(&folder) {
            return Some(Recovered::Ended(ended));
        }
        if folder.join("abandoned").exists() {
            return Some(Recovered::NotStarted);
        }
        if let Ok(text) = fs::read(folder.join("started.json")) {
            let asked = serde_json::from_slice(&text).is_ok_and(|started: Started| started.supervised_there);
            return Some(if asked && !folder.join("lost").exists() { Recovered::Running } else { Recovered::Lost });
        }
        // A supervisor that has not come so far yet must find this when it does.
        match write_durably(&folder, "abandoned", b"") {
            Ok(()) => Some(Recovered::NotStarted),
            Err(_) => Some(Recovered::Lost),
        }
    }

    /// Asks the supervisor to end its command.
    pub fn kill(&self, job: JobId) {
        let _ = File::create(self.folder(job).join("kill"));
    }

    /// Removes what commands printed and how they ended, where that is older than this; the log of events keeps its gist.
    /// # Errors
    /// Where the folder cannot be read; what cannot be removed is left for the next time.
    pub fn prune(&self, older: Duration) -> io::Result<()> {
        for entry in fs::read_dir(&self.settings.folder)? {
            let folder = entry?.path();
            let written = fs::metadata(folder.join("order.json")).and_then(|m| m.modified());
            if written.is_ok_and(|at| at.elapsed().is_ok_and(|age| age > older)) {
                let _ = fs::remove_dir_all(&folder);
            }
        }
        Ok(())
    }
}

/// What a supervisor left behind, once it has.
pub(super) fn left(folder: &Path) -> Option<Left> {
    serde_json::from_slice(&fs::read(folder.join("exit.json")).ok()?).ok()
}

fn ended(folder: &Path) -> Option<Ended> {
    let left = left(folder)?;
    let output = fs::read(folder.join("output")).unwrap_or_default();
    Some(Ended {
        exit: left.exit,
        took_ms: left.took_ms,
        output: excerpt(&output, left.dropped),
        bytes: left.bytes,
        dropped: left.dropped,
        sha256: left.sha256,
    })
}

/// Writes a file so that after a crash it is either whole or not there.
pub(super) fn write_durably(folder: &Path, name: &str, content: &[u8]) -> io::Result<()> {
    let part = folder.join(format!("{name}.part"));
    let mut file = File::create(&part)?;
    file.write_all(content)?;
    file.sync_all()?;
    fs::rename(&part, folder.join(name))?;
    File::open(folder)?.sync_all()
}
