//! Going back: what a step stops runs again though the step fails, and what a run changed is put back as it was.

use futures_util::future::join_all;
use serde_json::{Value, json};

use crate::harness::{PATIENCE, Place, Server, free_port, until};

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

## Stop the mill

**Fix:**
```bash
# Say so
echo 'CLOSED=1' >> mill.env

# Stop it
systemctl stop mill-wheel
```

## Drain the pond

**Fix:**
```bash
rm -rf pond.d
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

/// How many drills go on side by side.
const SIDE_BY_SIDE: u32 = 4;

#[tokio::test]
async fn a_kill_at_any_place_of_a_run_and_of_its_undo_does_nothing_twice_and_leaves_all_as_it_was() {
    let mut count = 1;
    loop {
        let killed = join_all((count..count + SIDE_BY_SIDE).map(drill)).await;
        count += SIDE_BY_SIDE;
        if !killed.contains(&true) {
            break;
        }
    }
    assert!(count > 20, "the server was killed at many places, not at {count}");
}

/// A run and its undo with a server that is killed at the given place; whether it came by there.
async fn drill(count: u32) -> bool {
    let place = place();
    let kill = format!("*:{count}");
    let mut server = Server::try_start(&place, &[("RUNWARD_FAILPOINT", &kill)]).await;
    let play = async {
        loop {
            if server.as_mut().is_none_or(Server::has_ended) {
                server = Server::try_start(&place, &[]).await;
                continue;
            }
            if go_on(server.as_ref().unwrap(), &place).await == Some(true) {
                return;
            }
            tokio::time::sleep(std::time::Duration::from_millis(10)).await;
        }
    };
    tokio::time::timeout(PATIENCE, play).await.unwrap_or_else(|_| panic!("no end: {}", place.read("serve.log")));
    assert_eq!(place.read("mill.env"), "DEPTH=3\n", "killed at place {count}");
    assert_eq!(place.read("calls"), "stop mill-wheel\nstart mill-wheel\n", "killed at place {count}");
    let audit = place.run(&["audit", "verify"]).await;
    assert_eq!(audit.code, 0, "killed at place {count}: {}", audit.err);
    place.read("serve.log").contains("killed at:")
}

/// Does what a careful person does next; true when run and undo are over. `None` where the server gave no answer.
async fn go_on(server: &Server, place: &Place) -> Option<bool> {
    let (_, runs) = server.try_get("/runs").await?;
    let of_kind = |kind: &str| runs.as_array()?.iter().find(|r| r["kind"] == kind).map(|r| r["id"].clone());
    let Some(run) = of_kind("person") else {
        server.try_post("/runs", &json!({ "procedure": "stop-the-mill" })).await?;
        return Some(false);
    };
    let (_, run) = server.try_get(&format!("/runs/{run}")).await?;
    if run["active"] == true {
        step(server, place, &run).await;
        return Some(false);
    }
    let Some(undo) = of_kind("undo") else {
        server.try_post(&format!("/runs/{}/undo", run["id"]), &json!({})).await?;
        return Some(false);
    };
    let (_, undo) = server.try_get(&format!("/runs/{undo}")).await?;
    if undo["active"] == false {
        assert_eq!(runs.as_array()?.len(), 2, "one run and one undo: {runs}");
        return Some(true);
    }
    step(server, place, &undo).await;
    Some(false)
}

async fn step(server: &Server, place: &Place, run: &Value) {
    let Some(at) = run["current"].as_u64() else { return };
    let step = &run["steps"][at as usize - 1];
    let path = format!("/runs/{}/steps/{at}", run["id"]);
    match step["state"].as_str().unwrap() {
        "asking" | "failed" => {
            let approval = json!({ "hash": step["hash"], "confirm": run["target"] });
            server.try_post(&format!("{path}/approve"), &approval).await;
        }
        "unsure" => {
            let calls = if place.path("calls").exists() { place.read("calls") } else { String::new() };
            let done = match step["shown"].as_str().unwrap() {
                "systemctl stop mill-wheel" => calls.contains("stop"),
                "systemctl start mill-wheel" => calls.contains("start"),
                "put back mill.env" => !place.read("mill.env").contains("CLOSED"),
                _ => place.read("mill.env").contains("CLOSED"),
            };
            server.try_post(&format!("{path}/settle"), &json!({ "done": done })).await;
        }
        _ => {}
    }
}

#[tokio::test]
async fn of_many_undos_and_approvals_at_once_one_counts() {
    let place = place();
    let server = Server::start(&place).await;
    let id = run(&server, "stop-the-mill").await;
    let closed = approve(&server, id).await;
    assert_eq!(closed["active"], false);
    let undo = format!("/runs/{id}/undo");
    let nothing = json!({});
    let answers = join_all((0..20).map(|_| server.try_post(&undo, &nothing))).await;
    let made: Vec<Value> = answers.into_iter().flatten().filter(|(status, _)| *status == 201).map(|(_, r)| r).collect();
    assert_eq!(made.len(), 1, "twenty clicks make one run");
    let back = &made[0];
    assert_eq!(back["steps"][0]["shown"], "systemctl start mill-wheel");
    let path = format!("/runs/{}/steps/1/approve", back["id"]);
    let approval = json!({ "hash": back["steps"][0]["hash"] });
    let answers = join_all((0..20).map(|_| server.try_post(&path, &approval))).await;
    assert_eq!(answers.iter().flatten().filter(|(status, _)| *status == 200).count(), 1);
    approve(&server, back["id"].as_i64().unwrap()).await;
    assert_eq!(place.read("calls"), "stop mill-wheel\nstart mill-wheel\n");
    let (status, said) = server.try_post(&undo, &nothing).await.unwrap();
    assert_eq!(status, 409, "what was taken back is not taken back again: {said}");
}

#[tokio::test]
async fn another_name_is_no_second_person() {
    let place = Place::with(
        RUNBOOK,
        &format!(
            "runbooks = [\"ops.md\"]\nlisten = \"127.0.0.1:{}\"\n[watch]\nderive = false\n[approval]\ntwo_people = true\n",
            free_port()
        ),
    );
    std::fs::create_dir(place.path("pond.d")).unwrap();
    let server = Server::start(&place).await;
    let begun = server.post("/runs", json!({ "procedure": "drain-the-pond", "by": "lena" })).await;
    let path = format!("/runs/{}/steps/1/approve", begun["id"]);
    let step = &begun["steps"][0];
    let approval = |more: Value| {
        let mut approval = json!({ "hash": step["hash"], "confirm": begun["target"], "by": "mara" });
        approval.as_object_mut().unwrap().extend(more.as_object().unwrap().clone());
        approval
    };
    let (status, said) = server.try_post(&path, &approval(json!({}))).await.unwrap();
    assert_eq!(status, 403);
    assert!(said.to_string().contains("second person"), "{said}");
    let (status, said) = server.try_post(&path, &approval(json!({ "break_glass": "it rains" }))).await.unwrap();
    assert_eq!(status, 422, "without an incident nobody would hear of it: {said}");
    assert!(place.path("pond.d").exists());
}

#[tokio::test]
async fn consent_beforehand_is_none_to_what_the_runbook_says_by_now() {
    let place = place();
    let server = Server::start(&place).await;
    let id = run(&server, "stop-the-mill").await;
    place.write("ops.md", RUNBOOK.replace("echo 'CLOSED=1' >> mill.env", "echo 'CLOSED=2' >> mill.env"));
    server.post("/reload", json!({})).await;
    let changed = until("the change is seen", async || {
        let now = server.get(&format!("/runs/{id}")).await;
        now["steps"][0]["changed"].is_object().then_some(now)
    })
    .await;
    assert_eq!(changed["steps"][0]["changed"]["shown"], "echo 'CLOSED=2' >> mill.env");
    let said = place.run(&["run", "stop-the-mill", "--yes"]).await;
    assert_eq!(said.code, 1);
    assert!(said.err.contains("the runbook changed step 1 since the run began"), "{}", said.err);
    assert_eq!(place.read("mill.env"), "DEPTH=3\n");
    let path = format!("/runs/{id}/steps/1/approve");
    server.post(&path, json!({ "hash": changed["steps"][0]["changed"]["hash"] })).await;
    approve(&server, id).await;
    assert_eq!(place.read("mill.env"), "DEPTH=3\nCLOSED=2\n", "what was read is what ran");
}

#[tokio::test]
async fn what_lies_behind_a_link_is_put_back_and_the_link_stays() {
    let place = place();
    std::fs::rename(place.path("mill.env"), place.path("real.env")).unwrap();
    std::os::unix::fs::symlink("real.env", place.path("mill.env")).unwrap();
    let server = Server::start(&place).await;
    let id = run(&server, "close-the-mill").await;
    approve(&server, id).await;
    assert_eq!(place.read("real.env"), "DEPTH=3\nCLOSED=1\n");
    let undo = server.post(&format!("/runs/{id}/undo"), json!({})).await;
    approve(&server, undo["id"].as_i64().unwrap()).await;
    assert_eq!(place.read("real.env"), "DEPTH=3\n");
    assert_eq!(std::fs::read_link(place.path("mill.env")).unwrap().to_str(), Some("real.env"));
}
