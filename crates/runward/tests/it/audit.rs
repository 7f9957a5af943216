//! The log of what happened: whole, and found out where somebody changed it.

use serde_json::{Value, json};
use sqlx::{Connection, SqliteConnection};

use crate::harness::{Place, Server, free_port};

#[tokio::test]
async fn what_was_changed_in_the_log_is_found() {
    let place = Place::with(
        "# Mill\n\n| Service | Port |\n|---|---|\n| mill | 4 |\n",
        &format!("runbooks = [\"ops.md\"]\nlisten = \"127.0.0.1:{}\"\n", free_port()),
    );
    // The head is published however little is logged.
    let server = Server::try_start(&place, &[("RUNWARD_LOG", "error")]).await.unwrap();
    server.alert("mill", "it stands still", "test").await;
    server.incident("mill").await;
    server.post("/incidents/1/acknowledge", json!({ "by": "mara" })).await;

    let verified: Value = serde_json::from_str(&audit(&place, &["--format", "json"]).0).unwrap();
    assert_eq!(verified["whole"], true);
    assert!(verified["entries"].as_u64().unwrap() >= 2, "{verified}");
    server.stop().await;
    let journal = place.read("serve.log");
    assert!(journal.contains("audit head "), "the head is published when the server stops: {journal}");
    let (said, code) = audit(&place, &["--journal", "serve.log"]);
    assert_eq!(code, 0, "{said}");
    assert!(said.contains("whole") && said.contains("published"), "{said}");

    let database = place.path(".runward/runward.db");
    let mut connection = open(&database).await;
    sqlx::raw_sql("PRAGMA wal_checkpoint(TRUNCATE)").execute(&mut connection).await.unwrap();
    connection.close().await.unwrap();
    let whole = std::fs::read(&database).unwrap();
    // What somebody did to the log, and whether it takes the journal to find it.
    let done = [
        ("UPDATE event SET body = replace(body, 'mara', 'nobody')", false),
        ("UPDATE event SET facts = '[]' WHERE facts != '[]'", false),
        ("UPDATE event SET at = at + 1 WHERE seq = 2", false),
        ("UPDATE event SET kind = 'tick' WHERE seq = 2", false),
        ("UPDATE event SET chain = '' WHERE seq > 1", false),
        ("DELETE FROM event WHERE seq = 1", false),
        ("DELETE FROM event WHERE seq = 2", false),
        ("DELETE FROM event WHERE seq = 2; UPDATE event SET seq = seq - 1 WHERE seq > 2", false),
        (
            "UPDATE event SET seq = -5 WHERE seq = 2; UPDATE event SET seq = 2 WHERE seq = 3; \
          UPDATE event SET seq = 3 WHERE seq = -5",
            false,
        ),
        ("INSERT INTO event (seq, at, kind, body, facts) VALUES (0, 0, 'tick', '\"tick\"', '[]')", false),
        (
            "INSERT INTO event (seq, at, kind, body, facts) SELECT -1, at, kind, body, facts FROM event WHERE seq = 2",
            false,
        ),
        (
            "INSERT INTO event (seq, at, kind, body, facts) SELECT max(seq) + 1, 0, 'tick', '\"tick\"', '[]' FROM event",
            false,
        ),
        ("DELETE FROM event WHERE seq = (SELECT max(seq) FROM event)", true),
        ("DELETE FROM event", true),
        ("UPDATE event SET chain = ''", true),
    ];
    for (statements, by_journal) in done {
        std::fs::write(&database, &whole).unwrap();
        let mut connection = open(&database).await;
        sqlx::raw_sql("PRAGMA foreign_keys = OFF").execute(&mut connection).await.unwrap();
        sqlx::raw_sql(statements).execute(&mut connection).await.unwrap();
        connection.close().await.unwrap();
        let (said, code) = audit(&place, &["--journal", "serve.log"]);
        assert_eq!(code, 1, "{statements}: {said}");
        assert!(said.contains("the log was changed"), "{said}");
        assert_eq!(audit(&place, &[]).1, i32::from(!by_journal), "without the journal: {statements}");
    }
}

#[test]
fn what_cannot_be_verified_is_said_plainly() {
    let place = Place::with("# Mill\n", "");
    let (said, code) = audit(&place, &[]);
    assert_eq!(code, 2);
    assert!(said.contains("there is no database here") && said.contains("--data"), "{said}");
    let (said, code) = audit(&place, &["--head", "7:abc"]);
    assert_eq!(code, 2);
    assert!(said.contains("SEQ:HASH"), "{said}");
}

async fn open(database: &std::path::Path) -> SqliteConnection {
    SqliteConnection::connect(&format!("sqlite://{}", database.display())).await.unwrap()
}

/// What `runward audit verify` prints, and its exit code.
fn audit(place: &Place, arguments: &[&str]) -> (String, i32) {
    let said = place.runward(&[&["audit", "verify"], arguments].concat());
    (format!("{}{}", said.out, said.err), said.code)
}
