//! What the database keeps, and what it refuses.

use runward_core::check::{Health, Observation};
use runward_core::id::{CheckId, Role, RunId};
use runward_core::run::{Kind, Outcome, Run};
use runward_core::setup::Setup;
use runward_core::world::World;

use super::*;

fn now() -> Timestamp {
    "2026-03-01T03:00:00Z".parse().unwrap()
}

/// An alert from outside, taken in by a world without a runbook.
fn alerted(world: &mut World) -> Entry {
    let event = Event::Alerted(runward_core::alert::Incoming {
        source: "test".into(),
        service: "web".into(),
        symptom: "down".into(),
        health: Health::Critical,
        summary: "it is".into(),
        firing: true,
    });
    let turn = world.step(&event, now()).unwrap();
    Entry { at: now(), event, through: None, turn }
}

#[tokio::test]
async fn what_is_committed_is_there_after_the_next_start() {
    let folder = tempfile::tempdir().unwrap();
    let mut world = World::new(Setup::default());
    {
        let (mut store, reader, kept) = Store::open(folder.path()).await.unwrap();
        assert_eq!(kept.saved, Saved::default());
        let mut samples = Samples::default();
        samples.add(&CheckId("web/port".into()), &Observation::new(Health::Ok, "ok"), now());
        store.commit(&Batch { entries: vec![alerted(&mut world)], samples, ..Batch::default() }).await.unwrap();
        assert_eq!(reader.incidents(true, 10).await.unwrap().len(), 1);
        store.close().await;
    }
    let (_store, reader, kept) = Store::open(folder.path()).await.unwrap();
    assert_eq!(kept.saved, world.save());
    let records = reader.events_of_incident(runward_core::id::IncidentId(1)).await.unwrap();
    assert_eq!(records.len(), 1);
    assert!(records[0].facts.len() >= 2);
}

fn run(id: i64, procedure: &str, kind: Kind) -> Run {
    Run {
        id: RunId(id),
        procedure: procedure.into(),
        title: procedure.to_owned(),
        source: "ops.md:1".into(),
        kind,
        incident: None,
        service: None,
        by: "mara".into(),
        params: std::collections::BTreeMap::new(),
        steps: Vec::new(),
        was_bad: false,
        fixed: false,
        started_at: now(),
        aborting: None,
        closing: None,
        undoes: None,
        ended: Some((now(), Outcome::Unverified)),
    }
}

#[tokio::test]
async fn the_latest_runs_of_each_procedure_are_found_also_those_of_an_older_version() {
    let folder = tempfile::tempdir().unwrap();
    let (mut store, reader, _) = Store::open(folder.path()).await.unwrap();
    let mut entry = alerted(&mut World::new(Setup::default()));
    entry.turn.changed.runs = vec![
        run(1, "a", Kind::Person),
        run(2, "a", Kind::Diagnosis),
        run(3, "b", Kind::Person),
        run(4, "a", Kind::Person),
    ];
    store.commit(&Batch { entries: vec![entry], ..Batch::default() }).await.unwrap();
    let ids = |runs: Vec<Run>| runs.iter().map(|run| run.id.0).collect::<Vec<i64>>();
    assert_eq!(ids(reader.latest_runs().await.unwrap()), [2, 3, 4]);
    // As the version before wrote them.
    sqlx::query("UPDATE run SET procedure = '', kind = ''").execute(&mut store.connection).await.unwrap();
    assert_eq!(ids(reader.latest_runs().await.unwrap()), [4]);
    store.close().await;
    let (_store, reader, _) = Store::open(folder.path()).await.unwrap();
    assert_eq!(ids(reader.latest_runs().await.unwrap()), [2, 3, 4]);
}

#[tokio::test]
async fn of_a_version_without_users_the_token_lets_its_bearer_in_and_no_session_does() {
    let folder = tempfile::tempdir().unwrap();
    let options = SqliteConnectOptions::new().filename(folder.path().join("runward.db")).create_if_missing(true);
    let mut old = SqliteConnection::connect_with(&options).await.unwrap();
    let before = Migrator::with_migrations(migrations().into_iter().take(3).collect());
    before.run_direct(None, &mut old, false).await.unwrap();
    let rows = "INSERT INTO access (hash, kind, name, created_at) VALUES ('aa', 'token', 'admin', 1), ('bb', 'session', 'Ada', 1)";
    sqlx::query(rows).execute(&mut old).await.unwrap();
    old.close().await.unwrap();

    let (mut store, _, kept) = Store::open(folder.path()).await.unwrap();
    let [token] = kept.access.as_slice() else { panic!("{:?}", kept.access) };
    assert_eq!((token.hash.as_str(), token.role, token.person.clone()), ("aa", Role::Admin, None));
    assert!(kept.people.is_empty());

    let person = |role| Person { name: "ada".into(), role, password: "$argon2id$x".into(), created_at: now() };
    let theirs = |hash: &str, kind| Access {
        hash: hash.into(),
        kind,
        name: "phone".into(),
        person: Some("ada".into()),
        role: Role::Viewer,
        created_at: now(),
        expires_at: None,
        used_at: Some(now()),
    };
    let mut keep = async |access: Vec<AccessChange>| {
        store.commit(&Batch { access, ..Batch::default() }).await.unwrap();
        let access = access::all(&mut store.connection).await.unwrap();
        (access::people(&mut store.connection).await.unwrap(), access)
    };
    let came = vec![
        AccessChange::Put(person(Role::Viewer)),
        AccessChange::Granted(theirs("cc", AccessKind::Token)),
        AccessChange::Granted(theirs("dd", AccessKind::Session)),
        AccessChange::Put(person(Role::Approver)),
    ];
    let (people, access) = keep(came).await;
    assert_eq!(people, [person(Role::Approver)]);
    assert!(!format!("{people:?}").contains("argon2id"), "a hash is in no log");
    assert_eq!(access[1..], [theirs("cc", AccessKind::Token), theirs("dd", AccessKind::Session)]);
    assert_eq!(keep(vec![AccessChange::SignedOut("ada".into())]).await.1.len(), 2);
    let (people, access) = keep(vec![AccessChange::Removed("ada".into())]).await;
    assert!(people.is_empty() && access.len() == 1, "{access:?}");
}

#[tokio::test]
async fn what_somebody_does_is_kept_with_what_they_came_in_through() {
    let folder = tempfile::tempdir().unwrap();
    let (mut store, reader, _) = Store::open(folder.path()).await.unwrap();
    let entry = Entry { through: Some("mara by session 3f9a01".into()), ..alerted(&mut World::new(Setup::default())) };
    let told = entry.event.clone();
    store.commit(&Batch { entries: vec![entry], ..Batch::default() }).await.unwrap();
    let kept = reader.events_of_incident(runward_core::id::IncidentId(1)).await.unwrap();
    assert_eq!(kept[0].event, told);
    let body: String =
        sqlx::query("SELECT body FROM event").fetch_one(&mut store.connection).await.unwrap().get("body");
    assert!(
        body.starts_with(r#"{"event":"alerted""#) && body.ends_with(r#""through":"mara by session 3f9a01"}"#),
        "{body}"
    );
}

#[tokio::test]
async fn a_second_server_is_refused_until_the_first_is_gone() {
    let folder = tempfile::tempdir().unwrap();
    let first = Store::open(folder.path()).await.unwrap();
    assert!(matches!(Store::open(folder.path()).await, Err(NoStore::InUse(_))));
    first.0.close().await;
    Store::open(folder.path()).await.unwrap();
}

#[tokio::test]
async fn what_is_no_database_is_refused_and_left_alone() {
    let folder = tempfile::tempdir().unwrap();
    let file = folder.path().join("runward.db");
    std::fs::write(&file, "this is somebody's shopping list, and a long one at that".repeat(40)).unwrap();
    let before = std::fs::read(&file).unwrap();
    assert!(matches!(Store::open(folder.path()).await, Err(NoStore::Broken(..))));
    assert_eq!(std::fs::read(&file).unwrap(), before);
}

#[tokio::test]
async fn a_folder_that_cannot_be_written_to_is_refused() {
    let refused = Store::open(Path::new("/proc/runward")).await;
    assert!(matches!(refused, Err(NoStore::NotWritable(..))), "{refused:?}");
}

#[test]
fn an_sqlite_that_may_corrupt_is_too_old() {
    for (version, too_old) in [("3.51.2", true), ("3.51.3", false), ("3.52.0", false), ("3.9.9", true), ("4.0", false)]
    {
        assert_eq!(is_too_old(version), too_old, "{version}");
    }
}

#[tokio::test]
async fn a_log_that_was_changed_behind_our_back_is_found() {
    let folder = tempfile::tempdir().unwrap();
    let mut world = World::new(Setup::default());
    let published = {
        let (mut store, _, _) = Store::open(folder.path()).await.unwrap();
        for _ in 0..3 {
            store.commit(&Batch { entries: vec![alerted(&mut world)], ..Batch::default() }).await.unwrap();
        }
        let head = store.head().clone();
        store.close().await;
        head
    };
    // The next life goes on where the last one ended.
    {
        let (mut store, _, _) = Store::open(folder.path()).await.unwrap();
        assert_eq!(*store.head(), published);
        store.commit(&Batch { entries: vec![alerted(&mut world)], ..Batch::default() }).await.unwrap();
        store.close().await;
    }
    let whole = verify(folder.path(), vec![published.clone()]).await.unwrap().unwrap();
    assert_eq!((whole.chained, whole.head.seq), (4, 4));
    change(folder.path(), "UPDATE event SET at = at + 1 WHERE seq = 2").await;
    assert_eq!(verify(folder.path(), vec![]).await.unwrap(), Err(Broken::Changed(2)));
    change(folder.path(), "DELETE FROM event WHERE seq >= 2").await;
    assert_eq!(verify(folder.path(), vec![]).await.unwrap().unwrap().chained, 1, "a cut-off end breaks no chain");
    assert_eq!(verify(folder.path(), vec![published.clone()]).await.unwrap(), Err(Broken::Short(published)));
}

async fn change(folder: &Path, statement: &'static str) {
    let options = SqliteConnectOptions::new().filename(folder.join("runward.db"));
    let mut connection = SqliteConnection::connect_with(&options).await.unwrap();
    sqlx::query(statement).execute(&mut connection).await.unwrap();
    connection.close().await.unwrap();
}
