//! The runner: what root approved is carried out with rights that the server does not have, and nothing else is.

mod refusing;
mod surviving;
mod units;

use std::collections::BTreeMap;
use std::fs::File;
use std::io::{Read, Write};
use std::os::unix::fs::{PermissionsExt, chown};
use std::os::unix::net::UnixStream;
use std::path::{Path, PathBuf};
use std::process::{Child, Stdio};

use serde_json::{Value, json};

use crate::harness::{Place, Server, free_port, missing, until};

/// The user of the server: one without rights.
const NOBODY: u32 = 65_534;

const RUNBOOK: &str = "\
# Mill

| Service | Port |
|---|---|
| weir | 4 |

## Open the weir

**Fix:**
```bash
# Open it
id -u >> SHARED/opened

# Say how far
echo '<port>' >> SHARED/far
```

## Close the mill

**Fix:**
```bash
# Say so
echo 'CLOSED=1' >> SHARED/mill.env
touch SHARED/closed
```
";

/// A server without rights, a runner with them, and the catalogue between them.
struct Split {
    place: Place,
    /// What belongs to root: catalogue, the runner's folder, what steps write.
    root: tempfile::TempDir,
    runner: Option<Child>,
}

impl Split {
    /// `None`, and a word, where there is only one user to run as.
    fn new(server: u32) -> Option<Split> {
        if !rustix::process::geteuid().is_root() {
            missing("another user (these tests need root)");
            return None;
        }
        let root = tempfile::tempdir().unwrap();
        open_to_all(root.path());
        for (folder, mode) in [("shared", 0o755), ("approved", 0o755)] {
            std::fs::create_dir(root.path().join(folder)).unwrap();
            std::fs::set_permissions(root.path().join(folder), PermissionsExt::from_mode(mode)).unwrap();
        }
        let runbook = RUNBOOK.replace("SHARED", &root.path().join("shared").display().to_string());
        let configuration = format!(
            "runbooks = [\"ops.md\"]\nlisten = \"127.0.0.1:{}\"\n[watch]\nderive = false\n[run]\nrunner = \"{}\"\n",
            free_port(),
            root.path().join("runner.sock").display()
        );
        let mut place = Place::with(&runbook, &configuration);
        place.user = Some(server);
        for path in [".", "ops.md", "runward.toml", "bin"] {
            chown(place.path(path), Some(server), Some(server)).unwrap();
        }
        open_to_all(&place.path("."));
        Some(Split { place, root, runner: None })
    }

    fn path(&self, name: &str) -> PathBuf {
        self.root.path().join(name)
    }

    fn shared(&self, name: &str) -> String {
        std::fs::read_to_string(self.path("shared").join(name)).unwrap_or_default()
    }

    /// `runward approve` as root, and what it said.
    fn approve(&self, more: &[&str]) -> (i32, String) {
        let (config, catalogue) = (self.place.path("runward.toml"), self.path("approved"));
        let mut command = self.place.command(&["approve", "--config"]);
        command.arg(config).arg("--catalogue").arg(catalogue).args(more);
        std::os::unix::process::CommandExt::uid(&mut command, 0);
        let said = command.output().unwrap();
        let text = [said.stdout, said.stderr].concat();
        (said.status.code().unwrap(), String::from_utf8(text).unwrap())
    }

    fn entries(&self) -> Vec<Value> {
        let text = std::fs::read(self.path("approved/runward.json")).unwrap();
        serde_json::from_slice(&text).unwrap()
    }

    fn entry(&self, words: &str) -> Value {
        let entries = self.entries();
        entries.iter().find(|e| e["script"].as_str().unwrap().contains(words)).unwrap().clone()
    }

    /// Starts a runner for this user and waits until it listens; false where it ended before.
    async fn start(&mut self, server: &str, env: &[(&str, &str)]) -> bool {
        let socket = self.path("runner.sock");
        let _ = std::fs::remove_file(&socket);
        let before = self.said().matches("works for").count();
        let log = File::options().create(true).append(true).open(self.path("runner.log")).unwrap();
        let mut command = self.place.command(&["runner", "--server", server, "--directory", "/"]);
        command.arg("--socket").arg(&socket).arg("--data").arg(self.path("runner"));
        command.arg("--catalogue").arg(self.path("approved"));
        command.envs(env.iter().copied()).stdout(Stdio::null()).stderr(log);
        std::os::unix::process::CommandExt::uid(&mut command, 0);
        let mut child = command.spawn().unwrap();
        let listens = until("the runner listens", async || {
            let ended = child.try_wait().unwrap().is_some();
            if ended { Some(false) } else { (self.said().matches("works for").count() > before).then_some(true) }
        });
        let listens = listens.await;
        self.runner = Some(child);
        listens
    }

    /// Ends the runner as a power cut would.
    fn kill(&mut self) {
        if let Some(mut runner) = self.runner.take() {
            let _ = runner.kill();
            let _ = runner.wait();
        }
    }

    fn said(&self) -> String {
        std::fs::read_to_string(self.path("runner.log")).unwrap_or_default()
    }

    /// What the runner's log holds.
    fn log(&self) -> Vec<Value> {
        let text = std::fs::read_to_string(self.path("runner/log.jsonl")).unwrap_or_default();
        text.lines().map(|line| serde_json::from_str(line).unwrap()).collect()
    }

    fn logged(&self, kind: &str) -> usize {
        self.log().iter().filter(|line| line["kind"] == kind).count()
    }

    /// Whether the log is what was written, also against what the runner published.
    fn verifies(&self) -> (i32, String) {
        let mut command = self.place.command(&["runner", "verify", "--data"]);
        command.arg(self.path("runner")).arg("--journal").arg(self.path("runner.log"));
        std::os::unix::process::CommandExt::uid(&mut command, 0);
        let said = command.output().unwrap();
        (said.status.code().unwrap(), String::from_utf8([said.stdout, said.stderr].concat()).unwrap())
    }

    /// One question, and its answer; `None` where there is none.
    fn ask(&self, question: &Value) -> Option<Value> {
        say(&self.path("runner.sock"), question.to_string().as_bytes())
    }

    fn refusal(&self, question: &Value) -> String {
        let answer = self.ask(question).unwrap();
        assert_eq!(answer["answer"], "refused", "{question}: {answer}");
        answer["why"].as_str().unwrap().to_owned()
    }
}

impl Drop for Split {
    fn drop(&mut self) {
        self.kill();
    }
}

fn open_to_all(folder: &Path) {
    std::fs::set_permissions(folder, PermissionsExt::from_mode(0o755)).unwrap();
}

fn say(socket: &Path, text: &[u8]) -> Option<Value> {
    let mut stream = UnixStream::connect(socket).ok()?;
    stream.write_all(&(text.len() as u32).to_be_bytes()).ok()?;
    let _ = stream.write_all(text);
    let mut length = [0; 4];
    stream.read_exact(&mut length).ok()?;
    let mut answer = vec![0; u32::from_be_bytes(length) as usize];
    stream.read_exact(&mut answer).ok()?;
    serde_json::from_slice(&answer).ok()
}

fn soon() -> u64 {
    let now = std::time::SystemTime::now().duration_since(std::time::UNIX_EPOCH).unwrap();
    now.as_millis() as u64 + 30_000
}

/// An order for an entry, as the server would give it.
fn order(entry: &Value, job: &str, params: &[(&str, &str)]) -> Value {
    let params: BTreeMap<&str, &str> = params.iter().copied().collect();
    json!({
        "ask": "start", "database": "ab12", "job": job, "hash": entry["hash"], "host": "local", "params": params,
        "timeout_ms": 20_000, "until_ms": soon(),
    })
}

fn about(ask: &str, job: &str) -> Value {
    json!({ "ask": ask, "database": "ab12", "job": job })
}

#[tokio::test]
async fn a_server_without_rights_has_done_what_root_approved_and_nothing_else() {
    let Some(mut split) = Split::new(NOBODY) else { return };
    let (code, seen) = split.approve(&["--check"]);
    assert_eq!(code, 1, "{seen}");
    assert!(seen.contains("+id -u >> ") && seen.contains("parameter RUNWARD_P_PORT: port"), "{seen}");
    assert!(!split.path("approved/runward.json").exists());
    let (code, said) = split.approve(&[]);
    assert_eq!(code, 2, "nobody is asked without a terminal: {said}");
    assert_eq!(split.approve(&["--yes"]).0, 0);
    assert!(split.approve(&["--check"]).1.contains("Nothing changes"));

    assert!(split.start("nobody", &[]).await, "{}", split.said());
    let server = Server::start(&split.place).await;
    let wanted = json!({ "procedure": "open-the-weir", "params": { "port": "8443" } });
    let run = server.post("/runs", wanted.clone()).await;
    let run = server.carry_out(run["id"].as_i64().unwrap()).await;
    assert_eq!(run["steps"][0]["state"], "done", "{run}\n{}", split.said());
    assert_eq!((split.shared("opened"), split.shared("far")), ("0\n".into(), "8443\n".into()), "{run}");

    // A command that somebody typed in its place is nobody's approved step.
    let run = server.post("/runs", wanted.clone()).await;
    let steps = format!("/runs/{}/steps/1", run["id"]);
    server.post(&format!("{steps}/edit"), json!({ "text": "touch /etc/canary", "by": "mara" })).await;
    let run = server.get(&format!("/runs/{}", run["id"])).await;
    let approval = json!({ "hash": run["steps"][0]["hash"], "by": "mara", "confirm": run["target"] });
    server.post(&format!("{steps}/approve"), approval).await;
    let run = until("the edited step is refused", async || {
        let run = server.get(&format!("/runs/{}", run["id"])).await;
        (run["steps"][0]["state"] == "failed").then_some(run)
    })
    .await;
    assert!(run.to_string().contains("runward approve"), "{run}");
    assert!(!Path::new("/etc/canary").exists());
    server.post(&format!("/runs/{}/abort", run["id"]), json!({})).await;

    // Neither is a text that changed, until root has seen it.
    let text = split.place.read("ops.md").replace("id -u >>", "id -ru >>");
    split.place.write("ops.md", text);
    server.post("/reload", json!({})).await;
    let refused = server.post("/runs", wanted.clone()).await;
    let first = json!({ "hash": refused["steps"][0]["hash"], "by": "mara", "confirm": refused["target"] });
    server.post(&format!("/runs/{}/steps/1/approve", refused["id"]), first).await;
    until("the changed step is refused", async || {
        let run = server.get(&format!("/runs/{}", refused["id"])).await;
        (run["steps"][0]["state"] == "failed").then_some(())
    })
    .await;
    server.post(&format!("/runs/{}/abort", refused["id"]), json!({})).await;
    assert_eq!(split.shared("opened"), "0\n");
    let (_, seen) = split.approve(&["--yes", "--user", "root"]);
    assert!(seen.contains("-id -u >> ") && seen.contains("+id -ru >> "), "{seen}");
    let run = server.post("/runs", wanted).await;
    server.carry_out(run["id"].as_i64().unwrap()).await;
    assert_eq!(split.shared("opened"), "0\n0\n");

    let (code, said) = split.verifies();
    assert_eq!(code, 0, "{said}");
    assert_eq!(split.logged("refused"), 2, "{:?}", split.log());
}

#[tokio::test]
async fn what_a_step_changed_is_put_back_by_the_runner_too() {
    let Some(mut split) = Split::new(NOBODY) else { return };
    std::fs::write(split.path("shared/mill.env"), "DEPTH=3\n").unwrap();
    assert_eq!(split.approve(&["--yes"]).0, 0);
    assert!(split.start("nobody", &[]).await);
    let server = Server::start(&split.place).await;
    let run = server.post("/runs", json!({ "procedure": "close-the-mill" })).await;
    let run = server.carry_out(run["id"].as_i64().unwrap()).await;
    assert_eq!(split.shared("mill.env"), "DEPTH=3\nCLOSED=1\n", "{run}\n{}", split.said());
    let undo = server.post(&format!("/runs/{}/undo", run["id"]), json!({ "by": "mara" })).await;
    let undone = server.carry_out(undo["id"].as_i64().unwrap()).await;
    assert_eq!(split.shared("mill.env"), "DEPTH=3\n", "{undone}\n{}", split.said());
    assert!(!split.path("shared/closed").exists());
}

#[tokio::test]
async fn a_step_runs_as_the_user_that_root_chose_for_it() {
    let Some(mut split) = Split::new(NOBODY) else { return };
    std::fs::set_permissions(split.path("shared"), PermissionsExt::from_mode(0o777)).unwrap();
    assert_eq!(split.approve(&["--yes", "--user", "nobody"]).0, 0);
    assert!(split.start("root", &[]).await);
    let entry = split.entry("id -u");
    assert_eq!(split.ask(&order(&entry, "1.0.1", &[])).unwrap()["answer"], "taken");
    let ended = split.ask(&about("wait", "1.0.1")).unwrap();
    assert_eq!(ended["ended"]["exit"], json!({ "how": "code", "with": 0 }), "{ended}");
    assert_eq!(split.shared("opened"), format!("{NOBODY}\n"));
}

#[tokio::test]
async fn whoever_carries_out_commands_is_said_at_the_start() {
    let place = Place::with("# Mill\n", &format!("runbooks = [\"ops.md\"]\nlisten = \"127.0.0.1:{}\"\n", free_port()));
    let server = Server::start(&place).await;
    let log = place.read("serve.log");
    assert!(log.contains("so will the commands it carries out"), "{log}");
    let health = server.request("GET", "/health").send().await.unwrap().text().await.unwrap();
    assert!(health.contains("commands run as the server's own user"), "{health}");
}
