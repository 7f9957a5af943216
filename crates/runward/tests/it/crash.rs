//! The server is killed at every place where something becomes durable or leaves the house, started again, and
//! must have lost nothing, doubled no command, and sent a page of unknown outcome again under the same key.

use std::collections::{BTreeMap, BTreeSet};

use futures_util::future::join_all;
use serde_json::{Value, json};

use crate::harness::{Fleet, Hook, PATIENCE, Place, Server, free_port};

/// How many drills go on side by side.
const SIDE_BY_SIDE: u32 = 6;

/// Every kind of place a kill is tried at.
const PLACES: [&str; 9] = [
    "before commit", "after commit", "before send", "after send", "before execute", "job ordered", "job spawned",
    "job exited", "command ended",
];

#[tokio::test]
async fn a_kill_at_any_place_loses_nothing_and_does_nothing_twice() {
    let mut seen = BTreeSet::new();
    let mut count = 1;
    loop {
        let places = join_all((count..count + SIDE_BY_SIDE).map(|n| drill(vec![format!("*:{n}")]))).await;
        count += SIDE_BY_SIDE;
        seen.extend(places.iter().flatten().cloned());
        // Beyond the last place that a life comes by nothing is killed any more.
        if places.iter().all(Vec::is_empty) {
            break;
        }
    }
    eprintln!("killed at {} places one by one", count - 1 - SIDE_BY_SIDE);
    for place in PLACES {
        // What happens side by side comes in another order each time: a place that no count hit is asked for by name.
        if !seen.contains(place) {
            seen.extend(drill(vec![format!("{place}:1")]).await);
        }
        assert!(seen.contains(place), "no kill was tried `{place}`: {seen:?}");
    }
}

#[tokio::test]
async fn a_second_kill_while_the_first_is_being_mended_is_no_worse() {
    let kills = [
        ("job spawned:3", "*:1"),
        ("job spawned:3", "*:3"),
        ("job ordered:3", "*:2"),
        ("before execute:3", "*:4"),
        ("before send:1", "*:2"),
        ("after send:1", "*:3"),
    ];
    let places = join_all(kills.map(|(first, second)| drill(vec![first.into(), second.into()]))).await;
    assert!(places.iter().all(|p| p.len() == 2), "both kills happened: {places:?}");
}

const RUNBOOK: &str = "# Mill\n\n| Service | Port |\n|---|---|\n| mill | {port} |\n\n## The mill stands still\n\n\
    **Symptom:** mill down, connection refused\n\n**Diagnose:**\n```bash\ncat fleet/logs/mill.log\n```\n\n\
    **Fix:**\n```bash\n# Open the sluice\nsh sluice.sh\n\n# Turn the wheel\nsh wheel.sh\n```\n\n\
    **Verify:**\n```bash\ncat fleet/logs/mill.log\n```\n";

/// One life story of a service: it dies, a person repairs it with the runbook's procedure, and the
/// server is killed at the given places on the way. Returns where it was killed.
async fn drill(kills: Vec<String>) -> Vec<String> {
    let hook = Hook::start().await;
    let port = free_port();
    let place = Place::with(
        &RUNBOOK.replace("{port}", &port.to_string()),
        &format!(
            "runbooks = [\"ops.md\"]\nlisten = \"127.0.0.1:{}\"\n\n[watch]\nevery = \"100ms\"\nfail_after = 2\n\
             recover_after = 1\n\n[notify.team]\nurl = \"{}\"\n\n[[escalation]]\nafter = \"0s\"\n",
            free_port(),
            hook.url
        ),
    );
    let mut fleet = Fleet::of(&place);
    place.write("sluice.sh", "echo once >> opened\n");
    let restart = format!("{} __fleet restart mill --folder fleet", env!("CARGO_BIN_EXE_runward"));
    place.write("wheel.sh", format!("echo once >> turned\nsleep 0.2\n{restart}\n"));
    fleet.start(&place, "mill", "mill", port).await;
    fleet.kill("mill");

    let mut drill =
        Drill { _fleet: fleet, place, hook, kills: kills.into_iter().rev().collect(), server: None, kept: Vec::new() };
    tokio::time::timeout(PATIENCE, drill.play()).await.unwrap_or_else(|_| {
        panic!("a drill came to no end: {}\n{:?}", drill.place.read("serve.log"), drill.hook.pages())
    });
    drill.judge().await
}

struct Drill {
    /// Before the place: it finds its processes by the files there.
    _fleet: Fleet,
    place: Place,
    hook: Hook,
    /// Where the next lives are to be killed; the next one last.
    kills: Vec<String>,
    server: Option<Server>,
    /// What the server said it had kept.
    kept: Vec<String>,
}

impl Drill {
    /// The server, started again where it was killed.
    async fn server(&mut self) -> &Server {
        loop {
            if self.server.as_mut().is_some_and(|server| !server.has_ended()) {
                break;
            }
            let kill = self.kills.pop();
            let env: Vec<(&str, &str)> = kill.iter().map(|k| ("RUNWARD_FAILPOINT", k.as_str())).collect();
            self.server = Server::try_start(&self.place, &env).await;
        }
        self.server.as_ref().unwrap()
    }

    async fn get(&mut self, path: &str) -> Option<Value> {
        let (status, body) = self.server().await.try_get(path).await?;
        (status == 200).then_some(body)
    }

    /// The same, however often the server is killed before it answers: a kill may come after the last thing that was done.
    async fn told(&mut self, path: &str) -> Value {
        for _ in 0..100 {
            if let Some(told) = self.get(path).await {
                return told;
            }
            pause().await;
        }
        panic!("nobody tells {path}: {}", self.place.read("serve.log"));
    }

    /// Whether it was acknowledged.
    async fn post(&mut self, path: &str, body: Value) -> Option<Value> {
        let (status, answer) = self.server().await.try_post(path, &body).await?;
        (200..300).contains(&status).then_some(answer)
    }

    async fn play(&mut self) {
        let id = loop {
            let found = self.get("/incidents?state=all").await.and_then(|all| all[0]["id"].as_i64());
            match found {
                Some(id) => break id,
                None => pause().await,
            }
        };
        self.say(id, "looking at the wheel").await;
        self.say(id, "the sluice is shut").await;
        self.repair(id).await;
        loop {
            let told = |status: &str| self.hook.pages().iter().any(|page| page.body["status"] == status);
            let told = told("firing") && told("resolved");
            let incident = self.get(&format!("/incidents/{id}")).await;
            if incident.is_some_and(|i| i["stage"] == "resolved" && i["review"].is_string()) && told {
                return;
            }
            pause().await;
        }
    }

    /// Writes an update, as often as it takes until the server says that it has it.
    async fn say(&mut self, id: i64, text: &str) {
        for attempt in 0.. {
            let text = format!("{text} ({attempt})");
            if self.post(&format!("/incidents/{id}/updates"), json!({ "text": text })).await.is_some() {
                self.kept.push(text);
                return;
            }
            pause().await;
        }
    }

    async fn repair(&mut self, id: i64) {
        loop {
            let Some(runs) = self.get("/runs").await else { continue };
            let Some(run) = runs.as_array().unwrap().iter().find(|r| r["kind"] == "person").cloned() else {
                let wanted = json!({ "procedure": "the-mill-stands-still", "service": "mill", "incident": id });
                self.post("/runs", wanted).await;
                pause().await;
                continue;
            };
            let Some(run) = self.get(&format!("/runs/{}", run["id"])).await else { continue };
            if run["active"] == false {
                assert_eq!(run["outcome"], "verified", "{run}");
                return;
            }
            self.step(&run).await;
            pause().await;
        }
    }

    /// Does what a careful person does with the step that waits.
    async fn step(&mut self, run: &Value) {
        let Some(step) = run["steps"].as_array().unwrap().iter().find(|s| s["number"] == run["current"]) else {
            return;
        };
        let path = |verb: &str| format!("/runs/{}/steps/{}/{verb}", run["id"], step["number"]);
        match step["state"].as_str().unwrap() {
            "asking" => drop(self.post(&path("approve"), json!({ "hash": step["hash"] })).await),
            "unsure" => {
                // Looks whether it was done: the two scripts leave their trace as the first thing they do.
                let trace = if step["shown"].as_str().unwrap().contains("sluice") { "opened" } else { "turned" };
                let done = !self.place.read(trace).is_empty();
                self.post(&path("settle"), json!({ "done": done })).await;
            }
            "failed" => panic!("a step failed: {run}"),
            _ => {}
        }
    }

    async fn judge(mut self) -> Vec<String> {
        let log = self.place.read("serve.log");
        let killed: Vec<String> =
            log.lines().filter_map(|l| l.strip_prefix("killed at: ")).map(str::to_owned).collect();
        for trace in ["opened", "turned"] {
            assert_eq!(self.place.read(trace), "once\n", "killed at {killed:?}: {trace} exactly once");
        }
        let incidents = self.told("/incidents?state=all").await;
        assert_eq!(incidents.as_array().unwrap().len(), 1, "killed at {killed:?}: one trouble, one incident");
        let incident = self.told(&format!("/incidents/{}", incidents[0]["id"])).await;
        let timeline = incident["timeline"].to_string();
        for text in &self.kept {
            assert!(timeline.contains(text), "killed at {killed:?}: `{text}` was acknowledged and is gone");
        }
        self.judge_pages(&killed);
        assert!(std::path::Path::new(&self.place.path(incident["review"].as_str().unwrap())).exists());
        killed
    }

    fn judge_pages(&self, killed: &[String]) {
        let mut sent: BTreeMap<String, usize> = BTreeMap::new();
        let mut keys: BTreeMap<String, BTreeSet<String>> = BTreeMap::new();
        for page in self.hook.pages() {
            *sent.entry(page.key.clone()).or_default() += 1;
            keys.entry(page.body["status"].to_string()).or_default().insert(page.key);
        }
        for (key, times) in &sent {
            assert!(*times <= 1 + killed.len(), "killed at {killed:?}: {key} was sent {times} times");
        }
        for (status, keys) in &keys {
            assert_eq!(keys.len(), 1, "killed at {killed:?}: {status} was told under several keys: {keys:?}");
        }
    }
}

async fn pause() {
    tokio::time::sleep(std::time::Duration::from_millis(30)).await;
}
