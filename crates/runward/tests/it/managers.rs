//! Service managers as they really are: a pm2 with an application of its own.

use std::path::{Path, PathBuf};
use std::process::{Command, Output};

use serde_json::Value;

use crate::harness::{Place, Server, free_port, missing, tools, until};

/// A pm2 daemon of its own; it ends with the story.
struct Pm2 {
    program: PathBuf,
    home: PathBuf,
}

impl Pm2 {
    fn run(&self, arguments: &[&str]) -> Output {
        let mut command = Command::new(&self.program);
        command.args(arguments).env("PM2_HOME", &self.home).current_dir(self.home.parent().unwrap());
        command.output().unwrap()
    }
}

impl Drop for Pm2 {
    fn drop(&mut self) {
        self.run(&["kill"]);
    }
}

async fn health_of(server: &Server, check: &str) -> Option<String> {
    let status = server.get("/status").await;
    let services = status["services"].as_array().unwrap();
    let found = services.iter().flat_map(|s| s["checks"].as_array().unwrap()).find(|c| c["name"] == check)?;
    found["health"].as_str().map(str::to_owned)
}

async fn becomes(server: &Server, check: &str, health: &str) {
    until(&format!("{check} is {health}"), async || {
        (health_of(server, check).await.as_deref() == Some(health)).then_some(())
    })
    .await;
}

#[tokio::test]
async fn an_application_of_a_real_pm2_is_watched_and_restarted() {
    let Some(tools) = tools("pm2") else {
        missing("pm2");
        return;
    };
    let mut place = Place::new();
    let pm2 = Pm2 { program: Path::new(&tools).join(".bin/pm2"), home: place.path("pm2") };
    let port = free_port();
    place.write("app.js", format!("require('http').createServer((q, a) => a.end('ok')).listen({port}, '127.0.0.1')"));
    let started = pm2.run(&["start", "app.js", "--name", "mill-api"]);
    assert!(started.status.success(), "{started:?}");
    let path = format!("{}:{}", Path::new(&tools).join(".bin").display(), place.env["PATH"]);
    place.env.insert("PATH".into(), path);
    place.env.insert("PM2_HOME".into(), place.path("pm2").display().to_string());
    place.write(
        "ops.md",
        format!(
            "# Mill\n\n| Service | pm2 | Port |\n|---|---|---|\n| api | mill-api | {port} |\n| gone | mill-gone | |\n\n\
             ## api down\n\n**Symptom:** mill-api is stopped\n\n**Diagnose:**\n```bash\npm2 list\npm2 logs mill-api\n\
             ```\n\n**Fix:**\n```bash\npm2 restart mill-api\n```\n"
        ),
    );
    let listen = free_port();
    place.write(
        "runward.toml",
        format!("runbooks = [\"ops.md\"]\nlisten = \"127.0.0.1:{listen}\"\n[watch]\nevery = \"500ms\"\n"),
    );
    let server = Server::start(&place).await;
    becomes(&server, "api/pm2", "ok").await;
    becomes(&server, "gone/pm2", "critical").await;
    pm2.run(&["stop", "mill-api"]);
    becomes(&server, "api/pm2", "critical").await;
    let incident = server.incident("api").await;
    assert_eq!(incident["procedure"], "api-down");
    let run = server.post("/runs", serde_json::json!({ "procedure": "api-down", "incident": incident["id"] })).await;
    let over: Value = server.carry_out(run["id"].as_i64().unwrap()).await;
    assert_eq!(over["outcome"], "verified", "{over}");
    becomes(&server, "api/pm2", "ok").await;
}
