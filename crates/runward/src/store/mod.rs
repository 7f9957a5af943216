//! The database: the only SQL. One writer, which commits what a batch of events came to; readers beside it.

mod access;
mod alert;
mod check;
mod event;
mod identity;
mod incident;
mod notice;
mod outbox;
mod repair;
mod run;
mod sample;

use std::fs::File;
use std::path::{Path, PathBuf};
use std::time::Duration;

use runward_core::audit::{Broken, Head, Verified, Verifier};
use runward_core::effect::Effect;
use runward_core::event::Event;
use runward_core::incident::timeline::Record;
use runward_core::time::Timestamp;
use runward_core::world::{Saved, Turn};
use runward_kinds::failpoint;
use rustix::fs::FlockOperation;
use sqlx::migrate::{Migration, MigrationType, Migrator};
use sqlx::sqlite::{SqliteConnectOptions, SqliteJournalMode, SqlitePool, SqlitePoolOptions, SqliteSynchronous};
use sqlx::{ConnectOptions, Connection, Row, SqliteConnection};

pub use access::{Access, AccessChange, AccessKind, Person};
pub use sample::Samples;

/// The oldest SQLite without the defect that could corrupt a database when its log is reset.
const OLDEST_SQLITE: (u32, u32, u32) = (3, 51, 3);

/// Why a database cannot be used.
#[derive(Debug, thiserror::Error)]
pub enum NoStore {
    /// Another server has it.
    #[error("the data folder {0} belongs to a second Runward that is running")]
    InUse(PathBuf),
    /// The folder cannot be made or written to.
    #[error("the data folder {0} cannot be written to: {1}")]
    NotWritable(PathBuf, std::io::Error),
    /// The SQLite library is too old to be trusted.
    #[error("SQLite {0} is too old: 3.51.3 is the first that cannot corrupt a database when its log is reset")]
    TooOld(String),
    /// The database was written by a newer Runward.
    #[error("the database in {0} was written by a newer Runward: {1}")]
    Newer(PathBuf, String),
    /// The database is damaged or something else is wrong with it.
    #[error("the database in {0} cannot be used: {1}")]
    Broken(PathBuf, sqlx::Error),
}

/// One event with what it came to, ready to be kept.
#[derive(Debug)]
pub struct Entry {
    /// When it was taken in.
    pub at: Timestamp,
    /// What happened.
    pub event: Event,
    /// Through what it came in, where somebody had it done.
    pub through: Option<String>,
    /// What it came to.
    pub turn: Turn,
}

/// What is kept in one transaction.
#[derive(Debug, Default)]
pub struct Batch {
    /// Events and what they came to.
    pub entries: Vec<Entry>,
    /// Who may come in, and with what, as far as that changed.
    pub access: Vec<AccessChange>,
    /// What checks saw.
    pub samples: Samples,
}

impl Batch {
    /// Whether there is nothing to keep.
    pub fn is_empty(&self) -> bool {
        self.entries.is_empty() && self.access.is_empty() && self.samples.is_empty()
    }
}

/// What a server finds when it starts.
#[derive(Debug)]
pub struct Kept {
    /// The world's state.
    pub saved: Saved,
    /// Effects whose outcome is not known.
    pub outbox: Vec<Effect>,
    /// Tokens and sessions.
    pub access: Vec<Access>,
    /// Who may come in.
    pub people: Vec<Person>,
    /// The database's own name: what lies beside it under another one is not its own.
    pub id: String,
}

/// The writer.
#[derive(Debug)]
pub struct Store {
    connection: SqliteConnection,
    head: Head,
    /// Held as long as the server lives, so that no second one writes here.
    _lock: File,
}

/// Readers.
#[derive(Clone, Debug)]
pub struct Reader {
    pool: SqlitePool,
}

impl Store {
    /// Opens the database in a folder, making both where they are not there.
    /// # Errors
    /// [`NoStore`], which says what is in the way.
    pub async fn open(folder: &Path) -> Result<(Store, Reader, Kept), NoStore> {
        let lock = own(folder)?;
        let broken = |e| NoStore::Broken(folder.to_owned(), e);
        let options = SqliteConnectOptions::new()
            .filename(folder.join("runward.db"))
            .create_if_missing(true)
            .journal_mode(SqliteJournalMode::Wal)
            .synchronous(SqliteSynchronous::Full)
            .busy_timeout(Duration::from_secs(5))
            // Statements hold what people wrote; a log is not where that belongs.
            .disable_statement_logging();
        let mut connection = SqliteConnection::connect_with(&options).await.map_err(broken)?;
        check_version(&mut connection, folder).await?;
        migrate(&mut connection, folder).await?;
        run::complete(&mut connection).await.map_err(broken)?;
        let head = event::head(&mut connection).await.map_err(broken)?;
        let kept = load(&mut connection).await.map_err(broken)?;
        let readers = options.read_only(true).create_if_missing(false);
        let pool = SqlitePoolOptions::new()
            .max_connections(2)
            .min_connections(0)
            .idle_timeout(Duration::from_secs(60))
            .connect_lazy_with(readers);
        Ok((Store { connection, head, _lock: lock }, Reader { pool }, kept))
    }

    /// Keeps a batch: all of it, durably, or nothing.
    /// # Errors
    /// Where the database refuses; the batch can be tried again.
    pub async fn commit(&mut self, batch: &Batch) -> Result<(), sqlx::Error> {
        failpoint::reach("before commit");
        let mut head = self.head.clone();
        let mut tx = self.connection.begin_with("BEGIN IMMEDIATE").await?;
        for entry in &batch.entries {
            head.seq += 1;
            head.hash = keep(&mut tx, &head, entry).await?;
        }
        for change in &batch.access {
            access::apply(&mut tx, change).await?;
        }
        sample::add(&mut tx, &batch.samples).await?;
        sample::forget(&mut tx, &batch.samples).await?;
        tx.commit().await?;
        self.head = head;
        failpoint::reach("after commit");
        Ok(())
    }

    /// The place of the latest event in the log.
    pub fn last_seq(&self) -> i64 {
        self.head.seq
    }

    /// The latest entry of the audit chain.
    pub fn head(&self) -> &Head {
        &self.head
    }

    /// Closes the database in order.
    pub async fn close(self) {
        let _ = self.connection.close().await;
    }
}

/// Keeps one entry at `head.seq`, behind the one whose hash is `head.hash`; its own hash.
async fn keep(tx: &mut SqliteConnection, head: &Head, entry: &Entry) -> Result<String, sqlx::Error> {
    let Entry { at, event, through, turn } = entry;
    let record = Record { seq: head.seq, at: *at, event: event.clone(), facts: turn.facts.clone() };
    let hash = event::insert(tx, &record, through.as_deref(), &head.hash).await?;
    for (id, state) in &turn.changed.checks {
        check::put(tx, id, state).await?;
    }
    for (key, alert) in &turn.changed.alerts {
        alert::put(tx, key, alert.as_ref()).await?;
    }
    for incident in &turn.changed.incidents {
        incident::put(tx, incident).await?;
    }
    for run in &turn.changed.runs {
        run::put(tx, run).await?;
    }
    for notice in &turn.changed.notices {
        notice::put(tx, notice).await?;
    }
    for (service, repairs) in &turn.changed.repairs {
        repair::put(tx, service, repairs).await?;
    }
    for key in &turn.settled {
        outbox::delete(tx, key).await?;
    }
    for effect in &turn.effects {
        if let Some(key) = effect.key() {
            outbox::put(tx, &key, *at, effect).await?;
        }
    }
    Ok(hash)
}

/// Goes along the audit chain of the database in a folder, which may be in use; nothing is changed.
/// # Errors
/// Where there is no database, or it cannot be read.
pub async fn verify(folder: &Path, published: Vec<Head>) -> Result<Result<Verified, Broken>, sqlx::Error> {
    let options = SqliteConnectOptions::new()
        .filename(folder.join("runward.db"))
        .read_only(true)
        .busy_timeout(Duration::from_secs(5))
        .disable_statement_logging();
    let mut connection = SqliteConnection::connect_with(&options).await?;
    let found = event::verify(&mut connection, Verifier::new(published)).await;
    let _ = connection.close().await;
    found
}

async fn load(connection: &mut SqliteConnection) -> Result<Kept, sqlx::Error> {
    let saved = Saved {
        checks: check::all(connection).await?,
        alerts: alert::all(connection).await?,
        incidents: incident::wanted(connection).await?,
        runs: run::active(connection).await?,
        notices: notice::unsettled(connection).await?,
        repairs: repair::all(connection).await?,
        last_incident: incident::last(connection).await?,
        last_run: run::last(connection).await?,
    };
    let access = access::all(connection).await?;
    let people = access::people(connection).await?;
    Ok(Kept { saved, outbox: outbox::all(connection).await?, access, people, id: identity::of(connection).await? })
}

/// Makes the folder and takes its lock.
fn own(folder: &Path) -> Result<File, NoStore> {
    let not_writable = |e| NoStore::NotWritable(folder.to_owned(), e);
    std::fs::create_dir_all(folder).map_err(not_writable)?;
    let private = std::os::unix::fs::PermissionsExt::from_mode(0o700);
    // What cannot be made private is somebody else's folder: the lock below will tell.
    let _ = std::fs::set_permissions(folder, private);
    let lock =
        File::options().create(true).truncate(false).write(true).open(folder.join("lock")).map_err(not_writable)?;
    match rustix::fs::flock(&lock, FlockOperation::NonBlockingLockExclusive) {
        Ok(()) => Ok(lock),
        Err(_) => Err(NoStore::InUse(folder.to_owned())),
    }
}

async fn check_version(connection: &mut SqliteConnection, folder: &Path) -> Result<(), NoStore> {
    let broken = |e| NoStore::Broken(folder.to_owned(), e);
    let row = sqlx::query("SELECT sqlite_version()").fetch_one(connection).await.map_err(broken)?;
    let version: String = row.get(0);
    if is_too_old(&version) { Err(NoStore::TooOld(version)) } else { Ok(()) }
}

fn is_too_old(version: &str) -> bool {
    let mut parts = version.split('.').map(|part| part.parse::<u32>().unwrap_or(0));
    let mut next = || parts.next().unwrap_or(0);
    (next(), next(), next()) < OLDEST_SQLITE
}

/// What made the database what it is, one after the other.
fn migrations() -> Vec<Migration> {
    let files = [
        ("first", include_str!("../../migrations/0001_first.sql")),
        ("run procedure", include_str!("../../migrations/0002_run_procedure.sql")),
        ("audit", include_str!("../../migrations/0003_audit.sql")),
        ("users", include_str!("../../migrations/0004_users.sql")),
    ];
    let migrations = (1..).zip(files).map(|(version, (name, text))| {
        let text = sqlx::SqlSafeStr::into_sql_str(text);
        Migration::new(version, name.into(), MigrationType::Simple, text, false)
    });
    migrations.collect()
}

async fn migrate(connection: &mut SqliteConnection, folder: &Path) -> Result<(), NoStore> {
    let migrator = Migrator::with_migrations(migrations());
    migrator.run_direct(None, connection, false).await.map_err(|e| match e {
        sqlx::migrate::MigrateError::Execute(e) => NoStore::Broken(folder.to_owned(), e),
        other => NoStore::Newer(folder.to_owned(), other.to_string()),
    })
}

/// A noun's own state as it is kept.
fn to_json<T: serde::Serialize>(value: &T) -> Result<String, sqlx::Error> {
    serde_json::to_string(value).map_err(|e| sqlx::Error::Encode(e.into()))
}

/// A noun's own state as it was kept.
fn from_json<T: serde::de::DeserializeOwned>(text: &str) -> Result<T, sqlx::Error> {
    serde_json::from_str(text).map_err(|e| sqlx::Error::Decode(e.into()))
}

/// The `body` of each row.
fn bodies<T: serde::de::DeserializeOwned>(rows: &[sqlx::sqlite::SqliteRow]) -> Result<Vec<T>, sqlx::Error> {
    rows.iter().map(|row| from_json(row.try_get("body")?)).collect()
}

#[cfg(test)]
mod tests;
