//! When the database takes no writes: people are still told, nothing is carried out, nobody is told that it was kept.

use serde_json::json;
use sqlx::{Connection, SqliteConnection};

use crate::harness::{Fleet, Hook, Place, Server, free_port, until};

const RUNBOOK: &str = "# Mill\n\n| Service | Port |\n|---|---|\n| mill | {port} |\n\n## The mill stands still\n\n\
    **Symptom:** mill down, connection refused\n\n**Fix:**\n```bash\nsh wheel.sh\n```\n";

/// Makes a place's database refuse events, as a full disk would, or take them again.
pub async fn refuse_writes(place: &Place, refuse: bool) {
    let url = format!("sqlite://{}", place.path(".runward/runward.db").display());
    let mut database = SqliteConnection::connect(&url).await.unwrap();
    let change = match refuse {
        true => "CREATE TRIGGER full BEFORE INSERT ON event BEGIN SELECT RAISE(FAIL, 'database or disk is full'); END",
        false => "DROP TRIGGER full",
    };
    sqlx::query(change).execute(&mut database).await.unwrap();
    database.close().await.unwrap();
}

#[tokio::test]
async fn without_a_database_people_are_told_and_nothing_is_run() {
    let hook = Hook::start().await;
    let port = free_port();
    let place = Place::with(
        &RUNBOOK.replace("{port}", &port.to_string()),
        &format!(
            "runbooks = [\"ops.md\"]\nlisten = \"127.0.0.1:{}\"\n\n[watch]\nevery = \"100ms\"\n\n\
             [notify.team]\nurl = \"{}\"\n",
            free_port(),
            hook.url
        ),
    );
    place.write("wheel.sh", "echo once >> turned\n");
    let mut fleet = Fleet::of(&place);
    fleet.start(&place, "mill", "mill", port).await;
    let server = Server::start(&place).await;
    server.all_well().await;
    let run = server.post("/runs", json!({ "procedure": "the-mill-stands-still", "service": "mill" })).await;

    refuse_writes(&place, true).await;
    let approve = json!({ "hash": run["steps"][0]["hash"], "by": "mara" });
    let path = format!("/runs/{}/steps/1/approve", run["id"]);
    let (status, answer) = server.try_post(&path, &approve).await.unwrap();
    assert_eq!(status, 503, "{answer}");
    assert!(answer["error"].as_str().unwrap().contains("database does not take writes"), "{answer}");
    let health = server.request("GET", "/health").send().await.unwrap();
    assert_eq!(health.status(), 503);
    assert!(health.text().await.unwrap().contains(r#""status":"fail""#));

    fleet.kill("mill");
    let page = until("somebody is paged all the same", async || hook.pages().first().cloned()).await;
    assert_eq!(page.body["service"], "mill");
    assert!(!place.path("turned").exists(), "a command that is not written down is not run");

    refuse_writes(&place, false).await;
    until("the incident is written down", async || {
        let open = server.get("/incidents").await;
        open.as_array().unwrap().iter().any(|i| i["service"] == "mill").then_some(())
    })
    .await;
    until("it is well again", async || {
        server.request("GET", "/health").send().await.unwrap().status().is_success().then_some(())
    })
    .await;
    assert!(!place.path("turned").exists(), "nor is it run later, when nobody expects it");
    assert_eq!(hook.pages().iter().filter(|p| p.key == page.key).count(), 1, "nobody is told twice");
}
