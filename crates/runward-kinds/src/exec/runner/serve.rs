//! The runner: carries out approved steps for one server, and nothing else for anybody.

use std::collections::{BTreeMap, BTreeSet};
use std::ffi::OsString;
use std::fs::{self, File, Permissions};
use std::io;
use std::os::unix::fs::PermissionsExt;
use std::path::PathBuf;
use std::sync::{Arc, Mutex, PoisonError};
use std::time::{Duration, SystemTime};

use runward_core::effect::Order;
use runward_core::run::catalogue::{Entry, LOCAL};
use runward_core::run::{Exit, JobId};
use runward_core::time::Span;
use rustix::fs::FlockOperation;
use serde_json::{Value, json};
use tokio::net::{UnixListener, UnixStream};
use tokio::sync::{Notify, Semaphore};
use tokio::time::{Instant, sleep, sleep_until, timeout};

use super::approved;
use super::frame::{self, Answer, Ask, LONGEST_ANSWER, LONGEST_ASK};
use super::journal::{self, Journal};
use super::users::User;
use crate::exec::job::write_durably;
use crate::exec::{Jobs, Recovered};
use crate::failpoint;

/// More questions at once wait.
const MOST_CONNECTIONS: usize = 64;
/// More databases than this belong to no one server.
const MOST_DATABASES: usize = 64;
/// How long a question may take to arrive.
const PATIENCE: Duration = Duration::from_secs(10);
/// How long one answer is waited for before it is said that the step still runs.
const WAITED: Duration = Duration::from_secs(10);
/// No step may take longer.
const LONGEST_STEP: Duration = Duration::from_secs(86_400);
/// Refusals come one by one, so that nobody fills the log with them.
const BETWEEN_REFUSALS: Duration = Duration::from_millis(200);
/// How long what commands printed is kept, and how often is looked for what is older.
const OUTPUT_KEPT: Duration = Duration::from_secs(90 * 86_400);
const PRUNE_EVERY: Duration = Duration::from_secs(6 * 3600);

/// What a runner is started with. Nothing of it can be changed over its socket.
#[derive(Clone, Debug)]
pub struct Settings {
    /// The folder with what is approved.
    pub catalogue: PathBuf,
    /// The runner's own folder: its log and its jobs.
    pub data: PathBuf,
    /// The only user who is listened to.
    pub server: u32,
    /// The program that supervises: this one.
    pub supervisor: PathBuf,
    /// The directory steps start in.
    pub directory: PathBuf,
    /// The environment steps are given.
    pub env: Vec<(String, OsString)>,
    /// The names among them whose values are secret.
    pub secrets: Vec<String>,
    /// Where it is said, line by line, what goes on.
    pub tell: fn(&str),
}

/// A runner at work.
pub struct Runner {
    settings: Settings,
    journal: Mutex<Journal>,
    databases: Mutex<BTreeMap<String, Jobs>>,
    /// Jobs of an earlier life of which the log does not say how they ended.
    open: Mutex<BTreeSet<(String, JobId)>>,
    /// Jobs whose supervisor is our child. It may not have come to its lock yet, which would look as if it were gone.
    ours: Mutex<BTreeSet<(String, JobId)>>,
    ended: Notify,
    one_by_one: tokio::sync::Mutex<()>,
    /// Held while it lives: two runners would not know of each other's jobs.
    _lock: File,
}

impl Runner {
    /// Takes up its folder and its log.
    /// # Errors
    /// Where the folder cannot be used, another runner uses it, or the log is not what was written.
    pub fn open(settings: Settings) -> io::Result<Arc<Runner>> {
        // Commands of other users reach their own folder through these, and see no others.
        for folder in [settings.data.clone(), settings.data.join("jobs")] {
            fs::create_dir_all(&folder)?;
            fs::set_permissions(&folder, Permissions::from_mode(0o711))?;
        }
        let lock = File::options().create(true).truncate(false).write(true).open(settings.data.join("lock"))?;
        rustix::fs::flock(&lock, FlockOperation::NonBlockingLockExclusive)
            .map_err(|_| io::Error::other(format!("another runner uses {}", settings.data.display())))?;
        let mut open = BTreeSet::new();
        let mut journal = Journal::open(&journal::place(&settings.data), &mut |kind, body| {
            let Some(job) = named(body) else { return };
            match kind {
                "ordered" => drop(open.insert(job)),
                "ended" => drop(open.remove(&job)),
                _ => {}
            }
        })?;
        let begun =
            json!({ "pid": std::process::id(), "version": env!("CARGO_PKG_VERSION"), "server": settings.server });
        let head = journal.write("started", begun)?;
        (settings.tell)(&format!("audit head {head}"));
        Ok(Arc::new(Runner {
            settings,
            journal: Mutex::new(journal),
            databases: Mutex::default(),
            open: Mutex::new(open),
            ours: Mutex::default(),
            ended: Notify::new(),
            one_by_one: tokio::sync::Mutex::default(),
            _lock: lock,
        }))
    }

    /// Answers whoever comes, until the program ends.
    /// # Errors
    /// Where the socket cannot be listened on any more.
    pub async fn serve(self: Arc<Runner>, listener: UnixListener) -> io::Result<()> {
        for (database, job) in std::mem::take(&mut *held(&self.open)) {
            match self.recover(&database, job) {
                Ok(_) => drop(tokio::spawn(self.clone().watch(database, job, None))),
                Err(why) => (self.settings.tell)(&format!("{database}/{job}: {why}")),
            }
        }
        tokio::spawn(self.clone().prune());
        let room = Arc::new(Semaphore::new(MOST_CONNECTIONS));
        loop {
            let Ok(place) = room.clone().acquire_owned().await else { return Ok(()) };
            match listener.accept().await {
                Ok((stream, _)) => {
                    let runner = self.clone();
                    tokio::spawn(async move {
                        let _ = runner.attend(stream).await;
                        drop(place);
                    });
                }
                // Out of file descriptors, or the caller went away: both pass.
                Err(e) if e.kind() != io::ErrorKind::InvalidInput => sleep(Duration::from_millis(100)).await,
                Err(e) => return Err(e),
            }
        }
    }

    /// Takes one question and answers it.
    async fn attend(self: &Arc<Runner>, mut stream: UnixStream) -> io::Result<()> {
        let peer = stream.peer_cred()?.uid();
        let refused = if peer != self.settings.server {
            let why = format!("the user {peer} is not the one this runner works for ({})", self.settings.server);
            Err((json!({}), why))
        } else {
            match timeout(PATIENCE, frame::read(&mut stream, LONGEST_ASK)).await {
                Ok(Ok(None)) => return Ok(()),
                Ok(Ok(Some(text))) => match serde_json::from_slice::<Ask>(&text) {
                    Ok(ask) => self.take(ask).await,
                    Err(e) => Err((json!({}), format!("this is no question to a runner: {e}"))),
                },
                Ok(Err(e)) => Err((json!({}), e.to_string())),
                Err(_) => Err((json!({}), "the question did not come in time".to_owned())),
            }
        };
        let answer = match refused {
            Ok(answer) => answer,
            Err((about, why)) => self.refuse(peer, about, why).await,
        };
        frame::write(&mut stream, &answer, LONGEST_ANSWER).await
    }

    async fn refuse(&self, peer: u32, mut about: Value, why: String) -> Answer {
        let _turn = self.one_by_one.lock().await;
        sleep(BETWEEN_REFUSALS).await;
        about["peer"] = json!(peer);
        about["why"] = json!(why);
        (self.settings.tell)(&format!("refused: {why}"));
        // It is refused all the same where the log cannot be written.
        let _ = self.note("refused", about);
        Answer::Refused { why }
    }

    fn note(&self, kind: &str, body: Value) -> Result<(), String> {
        let mut journal = held(&self.journal);
        match journal.write(kind, body) {
            Ok(head) => {
                (self.settings.tell)(&format!("audit head {head}"));
                Ok(())
            }
            Err(e) => Err(format!("the runner's log cannot be written, so nothing is carried out: {e}")),
        }
    }

    async fn take(self: &Arc<Runner>, ask: Ask) -> Result<Answer, (Value, String)> {
        match ask {
            Ask::Start { .. } => {
                let about = match &ask {
                    Ask::Start { database, job, hash, .. } => json!({ "database": database, "job": job, "hash": hash }),
                    _ => json!({}),
                };
                self.start(ask).map_err(|why| (about, why))
            }
            Ask::Wait { database, job } => {
                let jobs = self.jobs(&database).map_err(|why| (json!({ "database": database, "job": job }), why))?;
                Ok(self.wait(&jobs, &database, job).await)
            }
            Ask::Recover { database, job } => {
                let about = json!({ "database": database, "job": job });
                self.recover(&database, job).map(answer).map_err(|why| (about, why))
            }
            Ask::Kill { database, job } => {
                let about = json!({ "database": database, "job": job });
                let jobs = self.jobs(&database).map_err(|why| (about.clone(), why))?;
                if jobs.folder(job).join("order.json").exists() {
                    self.note("kill", about.clone()).map_err(|why| (about, why))?;
                    jobs.kill(job);
                }
                Ok(Answer::Taken)
            }
        }
    }

    /// Begins a step, unless it is known already. Everything it needs is the catalogue's and the runner's own, but
    /// for the values of its parameters.
    fn start(self: &Arc<Runner>, ask: Ask) -> Result<Answer, String> {
        let Ask::Start { database, job, hash, host, params, timeout_ms, kept, until_ms } = ask else {
            return Err("this is no order".into());
        };
        if host != LOCAL {
            return Err(format!("`{host}` is another machine, and a runner works on its own only"));
        }
        if now_ms() > until_ms {
            return Err("the order is too old: it waited too long to be taken".into());
        }
        let longest = u64::try_from(LONGEST_STEP.as_millis()).unwrap_or(u64::MAX);
        if timeout_ms == 0 || timeout_ms > longest {
            return Err(format!("a step may take from 1 ms to a day, and not {timeout_ms} ms"));
        }
        let jobs = self.jobs(&database)?;
        if jobs.folder(job).exists() {
            return Ok(Answer::Taken);
        }
        let entry = self.approved(&hash)?;
        entry.accept(&params)?;
        let files = entry.kept(&params);
        if files.iter().any(|path| path.split('/').any(|part| part == "..") || path.contains('\0')) {
            return Err("a file to keep leads out of its folder".into());
        }
        self.puts_back(&entry, &jobs, kept, &params)?;
        let user = User::find(&entry.uid.to_string())?;
        self.note(
            "ordered",
            json!({
                "database": database, "job": job, "hash": hash, "step": entry.step, "document": entry.document,
                "uid": user.uid, "params": entry.shown(&params),
            }),
        )?;
        failpoint::reach("runner ordered");
        let mut env = params;
        for (name, value) in [("HOME", user.home.display().to_string()), ("USER", user.name.clone())] {
            env.insert(name.into(), value);
        }
        env.insert("LOGNAME".into(), user.name);
        let order = Order {
            job,
            script: entry.script,
            env,
            timeout: Span(Duration::from_millis(timeout_ms)),
            read_only: false,
            host: None,
            keep: files,
            kept,
        };
        let theirs = (user.uid != rustix::process::geteuid().as_raw()).then_some((user.uid, user.gid));
        let begun = jobs.hand_over_as(&order, theirs).and_then(|()| {
            failpoint::reach("runner handed over");
            tokio::process::Command::from(jobs.supervisor(job)).spawn()
        });
        failpoint::reach("runner began");
        match begun {
            Ok(child) => {
                held(&self.ours).insert((database.clone(), job));
                tokio::spawn(self.clone().watch(database, job, Some(child)));
                Ok(Answer::Taken)
            }
            Err(e) => {
                // Nothing was begun, and nothing will be: what waits for it is told so.
                tokio::spawn(self.clone().watch(database, job, None));
                Err(format!("the step could not be started: {e}"))
            }
        }
    }

    fn approved(&self, hash: &str) -> Result<Entry, String> {
        let folder = self.settings.catalogue.display();
        let entries = approved::read(&self.settings.catalogue)
            .map_err(|why| format!("nothing counts as approved, because the catalogue cannot be trusted: {why}"))?;
        entries.into_iter().find(|entry| entry.hash == hash).ok_or_else(|| {
            format!(
                "nobody approved this step: no entry in {folder} has its hash. Where the runbook changed, root \
                 approves it with `runward approve`; a command that was edited in a run is not carried out"
            )
        })
    }

    /// A step that puts files back may do so only with what was kept for the very same files.
    fn puts_back(
        &self,
        entry: &Entry,
        jobs: &Jobs,
        kept: Option<JobId>,
        params: &BTreeMap<String, String>,
    ) -> Result<(), String> {
        match (entry.puts_back, kept) {
            (false, None) => Ok(()),
            (false, Some(_)) => Err("this step puts nothing back".into()),
            (true, None) => Err("it is not said which step kept the files that are to be put back".into()),
            (true, Some(kept)) => {
                let files: BTreeMap<String, String> = jobs
                    .kept_by(kept)
                    .ok_or_else(|| format!("step {kept} kept nothing here"))?
                    .into_iter()
                    .enumerate()
                    .map(|(at, path)| (format!("RUNWARD_FILE_{at}"), path))
                    .collect();
                if files == *params { Ok(()) } else { Err(format!("these are not the files that step {kept} kept")) }
            }
        }
    }

    /// The jobs of a database.
    fn jobs(&self, database: &str) -> Result<Jobs, String> {
        let plain = |c: char| c.is_ascii_alphanumeric();
        if database.is_empty() || database.len() > 64 || !database.chars().all(plain) {
            return Err("this is no name of a database".into());
        }
        let mut databases = held(&self.databases);
        if let Some(jobs) = databases.get(database) {
            return Ok(jobs.clone());
        }
        let folder = self.settings.data.join("jobs");
        let known = fs::read_dir(&folder).map_err(|e| e.to_string())?.count();
        let folder = folder.join(database);
        if known >= MOST_DATABASES && !folder.exists() {
            return Err(format!("there are jobs of {known} databases already: remove those that are no more"));
        }
        let settings = crate::exec::Settings {
            folder: folder.clone(),
            supervisor: self.settings.supervisor.clone(),
            directory: self.settings.directory.clone(),
            env: self.settings.env.clone(),
            secrets: self.settings.secrets.clone(),
            connections: self.settings.data.join("ssh"),
        };
        let jobs = Jobs::open(settings).and_then(|jobs| {
            fs::set_permissions(&folder, Permissions::from_mode(0o711))?;
            Ok(jobs)
        });
        let jobs = jobs.map_err(|e| format!("{} cannot be used: {e}", folder.display()))?;
        databases.insert(database.to_owned(), jobs.clone());
        Ok(jobs)
    }

    /// What became of a job; one that has not begun never may from here on, however late its order comes.
    fn recover(&self, database: &str, job: JobId) -> Result<Recovered, String> {
        let jobs = self.jobs(database)?;
        if self.is_ours(database, job) {
            return Ok(Recovered::Running);
        }
        let folder = jobs.folder(job);
        if folder.join("abandoned").exists() && !folder.join("order.json").exists() {
            return Ok(Recovered::NotStarted);
        }
        let found = jobs.recover(job);
        if !folder.exists() {
            let forgone = fs::create_dir(&folder).and_then(|()| write_durably(&folder, "abandoned", b""));
            forgone.map_err(|e| format!("{} cannot be written: {e}", folder.display()))?;
        }
        Ok(found)
    }

    fn is_ours(&self, database: &str, job: JobId) -> bool {
        held(&self.ours).contains(&(database.to_owned(), job))
    }

    async fn wait(&self, jobs: &Jobs, database: &str, job: JobId) -> Answer {
        let until = Instant::now() + WAITED;
        loop {
            let mut ended = std::pin::pin!(self.ended.notified());
            // From here on no end is missed, also one that comes before it is waited for.
            ended.as_mut().enable();
            let ours = self.is_ours(database, job);
            tokio::select! {
                found = jobs.wait(job), if !ours => return answer(found),
                () = ended => {}
                () = sleep_until(until) => return Answer::Running,
            }
        }
    }

    /// Waits for a job's end, so that the log tells it whether anybody asks or not.
    async fn watch(self: Arc<Runner>, database: String, job: JobId, child: Option<tokio::process::Child>) {
        if let Some(mut child) = child {
            let _ = child.wait().await;
            failpoint::reach("runner saw the end");
            held(&self.ours).remove(&(database.clone(), job));
        }
        let Ok(jobs) = self.jobs(&database) else { return };
        let found = jobs.wait(job).await;
        let (how, bytes, sha256) = match &found {
            Recovered::Ended(ended) => (ended.exit.to_string(), ended.bytes, ended.sha256.as_str()),
            Recovered::NotStarted => (Exit::NotStarted.to_string(), 0, ""),
            Recovered::Lost | Recovered::Running => ("nobody knows how".to_owned(), 0, ""),
        };
        let body = json!({ "database": database, "job": job, "how": how, "bytes": bytes, "sha256": sha256 });
        if let Err(why) = self.note("ended", body) {
            (self.settings.tell)(&why);
        }
        self.ended.notify_waiters();
    }

    async fn prune(self: Arc<Runner>) {
        loop {
            let all: Vec<Jobs> = held(&self.databases).values().cloned().collect();
            for jobs in all {
                if let Ok(Err(e)) = tokio::task::spawn_blocking(move || jobs.prune(OUTPUT_KEPT)).await {
                    (self.settings.tell)(&format!("old output of commands could not be removed: {e}"));
                }
            }
            sleep(PRUNE_EVERY).await;
        }
    }
}

fn answer(found: Recovered) -> Answer {
    match found {
        Recovered::NotStarted => Answer::NotStarted,
        Recovered::Running => Answer::Running,
        Recovered::Lost => Answer::Lost,
        Recovered::Ended(ended) => Answer::Ended { ended },
    }
}

/// The job that a line of the log is about.
fn named(body: &Value) -> Option<(String, JobId)> {
    Some((body["database"].as_str()?.to_owned(), body["job"].as_str()?.parse().ok()?))
}

fn now_ms() -> u64 {
    let now = SystemTime::now().duration_since(SystemTime::UNIX_EPOCH).unwrap_or_default();
    u64::try_from(now.as_millis()).unwrap_or(u64::MAX)
}

/// When an order that is given now is too old.
pub(super) fn until_ms(lasts: Duration) -> u64 {
    now_ms().saturating_add(u64::try_from(lasts.as_millis()).unwrap_or(u64::MAX))
}

fn held<T>(of: &Mutex<T>) -> std::sync::MutexGuard<'_, T> {
    of.lock().unwrap_or_else(PoisonError::into_inner)
}
