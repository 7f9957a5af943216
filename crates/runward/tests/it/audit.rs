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
    let server = Server::start(&place).await;
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

    let url = format!("sqlite://{}", place.path(".runward/runward.db").display());
    let mut database = SqliteConnection::connect(&url).await.unwrap();
    sqlx::query("UPDATE event SET body = replace(body, 'mara', 'nobody')").execute(&mut database).await.unwrap();
    database.close().await.unwrap();
    let (said, code) = audit(&place, &[]);
    assert_eq!(code, 1);
    assert!(said.contains("is not what was written"), "{said}");
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

/// What `runward audit verify` prints, and its exit code.
fn audit(place: &Place, arguments: &[&str]) -> (String, i32) {
    let said = place.runward(&[&["audit", "verify"], arguments].concat());
    (format!("{}{}", said.out, said.err), said.code)
}
