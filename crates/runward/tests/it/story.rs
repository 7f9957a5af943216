//! The main job, end to end: a runbook as it is, a service that dies, and all that follows until the review lies there.

use std::path::{Path, PathBuf};

use serde_json::Value;

use crate::harness::{Fleet, Hook, Place, Server, free_port, until};

/// One runbook, and what it says about the service that dies in its story.
struct Story {
    runbook: PathBuf,
    dies: &'static str,
    unit: &'static str,
    severity: &'static str,
    procedure: &'static str,
    /// A line of the team's own review template.
    template: Option<&'static str>,
}

#[tokio::test]
async fn the_projects_own_runbook_is_made_live() {
    let runbook = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../examples/ferry/RUNBOOK.md");
    let story = Story {
        runbook,
        dies: "seats",
        unit: "ferry-seats",
        severity: "SEV1",
        procedure: "a-part-is-down",
        template: Some("## Why it happened"),
    };
    story.tell().await;
}

#[tokio::test]
async fn the_seed_prim_is_made_live() {
    let runbook = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../../shared/seeds/prim.md");
    if !runbook.exists() {
        eprintln!(
            "skipped: the seed {} is not here; the project's own runbook tells the same story",
            runbook.display()
        );
        return;
    }
    let story = Story {
        runbook,
        dies: "wallet",
        unit: "prim-wallet",
        severity: "P1",
        procedure: "service-wont-start-crash-loop",
        template: None,
    };
    story.tell().await;
}

impl Story {
    async fn tell(&self) {
        let original = std::fs::read(&self.runbook).unwrap();
        let hook = Hook::start().await;
        let mut place = Place::new();
        place.write("RUNBOOK.md", &original);
        place.env.insert("ALERT_WEBHOOK_URL".into(), hook.url.clone());
        let fleet = self.fleet(&place).await;
        self.configure(&place).await;

        let server = Server::start(&place).await;
        server.all_well().await;
        fleet.kill(self.dies);

        let incident = server.incident(self.dies).await;
        let id = incident["id"].as_i64().unwrap();
        assert_eq!(incident["severity"], self.severity, "{incident}");
        assert_eq!(incident["procedure"], self.procedure, "{incident}");
        self.is_paged(&hook).await;
        self.is_diagnosed(&server, id).await;

        let number = id.to_string();
        let acknowledged = place.run(&["incident", "ack", &number, "--as", "mara"]).await;
        assert_eq!(acknowledged.code, 0, "{acknowledged:?}");
        let ask = ["run", self.procedure, "--incident", &number, "--service", self.dies, "--yes", "--as", "mara"];
        let run = place.run(&ask).await;
        assert_eq!(run.code, 0, "{run:?}");
        assert_eq!(fleet.calls(), [format!("restart {}", self.unit)], "the runbook's own restart, once");

        let over = server.reviewed(id).await;
        self.is_reviewed(&over, &place);
        until("the end is told too", async || {
            hook.pages().iter().any(|p| p.body["status"] == "resolved").then_some(())
        })
        .await;
        assert_eq!(std::fs::read(place.path("RUNBOOK.md")).unwrap(), original, "the runbook is never written to");
    }

    /// Every service of the inventory as a process, on the ports the runbook names.
    async fn fleet(&self, place: &Place) -> Fleet {
        let mut fleet = Fleet::of(place);
        let told = place.run(&["explain", "RUNBOOK.md", "--format", "json"]).await;
        let model: Value = serde_json::from_str(&told.out).unwrap();
        for service in model["services"].as_array().unwrap() {
            let (name, unit) = (service["name"].as_str().unwrap(), service["unit"].as_str().unwrap());
            let port = service["port"].as_u64().map_or_else(free_port, |p| u16::try_from(p).unwrap());
            fleet.start(place, name, unit, port).await;
        }
        fleet
    }

    /// What `init` writes, made quicker, and without the addresses of other people's machines.
    async fn configure(&self, place: &Place) {
        let init = place.run(&["init", "RUNBOOK.md"]).await;
        assert_eq!(init.code, 0, "{init:?}");
        let text = place.read("runward.toml");
        let off = |line: &str| match line.contains("/endpoint\"") {
            true => line.replace("= {}", "= { enabled = false }"),
            false => line.to_owned(),
        };
        let lines: Vec<String> = text.lines().map(off).collect();
        let text = lines.join("\n").replace("every = \"30s\"", "every = \"300ms\"");
        place.write("runward.toml", text.replace("127.0.0.1:7700", &format!("127.0.0.1:{}", free_port())));
    }

    async fn is_paged(&self, hook: &Hook) {
        let page = until("somebody is paged", async || hook.pages().first().cloned()).await;
        assert_eq!(page.body["service"], self.dies);
        assert_eq!(page.body["severity"], self.severity);
        let text = page.body["text"].as_str().unwrap();
        assert!(text.contains(self.dies) && text.contains("http://127.0.0.1:"), "{text}");
    }

    /// What the service last said is on the timeline, by the runbook's own diagnosis, before anybody did anything.
    async fn is_diagnosed(&self, server: &Server, id: i64) {
        until("the diagnosis is on the timeline", async || {
            let incident = server.get(&format!("/incidents/{id}")).await;
            let lines = incident["timeline"].as_array().unwrap().clone();
            let said = format!("{} listening on port", self.dies);
            lines.iter().any(|l| l["detail"].as_str().is_some_and(|d| d.contains(&said))).then_some(())
        })
        .await;
    }

    fn is_reviewed(&self, incident: &Value, place: &Place) {
        let path = incident["review"].as_str().unwrap();
        let review = std::fs::read_to_string(place.path(path)).unwrap();
        assert!(path.contains("incidents/") && path.ends_with(".md"), "{path}");
        for expected in [self.severity, self.dies, self.unit, "mara", "restart"] {
            assert!(review.contains(expected), "`{expected}` is missing in:\n{review}");
        }
        if let Some(line) = self.template {
            assert!(review.contains(line), "the team's own template is used:\n{review}");
        }
        let runs = incident["runs"].as_array().unwrap();
        assert!(runs.iter().any(|r| r["outcome"] == "verified" && r["by"] == "mara"), "{runs:?}");
    }
}
