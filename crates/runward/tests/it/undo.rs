//! Going back: what a step stops runs again though the step fails, and what a run changed is put back as it was.

use serde_json::{Value, json};

use crate::harness::{Place, Server, free_port, until};

const RUNBOOK: &str = "\
# Mill

| Service | Port |
|---|---|
| weir | 4 |

## Copy the pond

**Fix:**
```bash
systemctl stop mill-wheel
cp pond.txt /nowhere/at/all
systemctl start mill-wheel
```

## Close the mill

**Fix:**
```bash
# Say so
echo 'CLOSED=1' >> mill.env

# Show it
touch closed
```
";

/// A place whose `systemctl` only writes down what it was asked.
fn place() -> Place {
    let place = Place::with(
        RUNBOOK,
        &format!("runbooks = [\"ops.md\"]\nlisten = \"127.0.0.1:{}\"\n[watch]\nderive = false\n", free_port()),
    );
    place.program("systemctl", "#!/bin/sh\necho \"$*\" >> calls\n");
    place.write("mill.env", "DEPTH=3\n");
    place.write("pond.txt", "deep\n");
    place
}

async fn run(server: &Server, procedure: &str) -> i64 {
    server.post("/runs", json!({ "procedure": procedure })).await["id"].as_i64().unwrap()
}

/// Approves each step as it comes; the run as it ended or as it waits after a step that failed.
async fn approve(server: &Server, run: i64) -> Value {
    loop {
        let now = until("the run waits or ends", async || {
            let now = server.get(&format!("/runs/{run}")).await;
            let state = now["current"].as_u64().map(|at| now["steps"][at as usize - 1]["state"].clone());
            let waits = state.is_none_or(|s| s == "asking" || s == "failed");
            waits.then_some(now)
        })
        .await;
        let Some(at) = now["current"].as_u64() else { return now };
        let step = &now["steps"][at as usize - 1];
        if step["state"] == "failed" {
            return now;
        }
        let path = format!("/runs/{run}/steps/{at}/approve");
        server.post(&path, json!({ "hash": step["hash"], "confirm": now["target"] })).await;
    }
}

#[tokio::test]
async fn what_a_step_stopped_runs_again_though_the_step_failed() {
    let place = place();
    let server = Server::start(&place).await;
    let failed = approve(&server, run(&server, "copy-the-pond").await).await;
    assert_eq!(failed["steps"][0]["state"], "failed", "{failed}");
    assert_eq!(place.read("calls"), "stop mill-wheel\nstart mill-wheel\n");
}

#[tokio::test]
async fn what_a_run_changed_is_put_back_as_it_was() {
    let place = place();
    let server = Server::start(&place).await;
    let id = run(&server, "close-the-mill").await;
    let closed = approve(&server, id).await;
    assert_eq!((&closed["active"], &closed["changed"]), (&false.into(), &true.into()), "{closed}");
    assert_eq!(closed["steps"][0]["undo"], "files");
    assert_eq!(place.read("mill.env"), "DEPTH=3\nCLOSED=1\n");

    let undo = server.post(&format!("/runs/{id}/undo"), json!({ "by": "mara" })).await;
    assert_eq!(undo["kind"], "undo");
    assert_eq!(undo["steps"][0]["shown"], "put back closed", "the last thing done is the first taken back");
    let back = approve(&server, undo["id"].as_i64().unwrap()).await;
    assert_eq!(back["outcome"], "unverified", "{back}");
    assert_eq!(place.read("mill.env"), "DEPTH=3\n");
    assert!(!place.path("closed").exists());
}
