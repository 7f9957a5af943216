//! `runward run` as a conversation: what is shown meanwhile, every answer there is, and leaving and coming back.

use std::io::{BufRead, BufReader};
use std::process::Stdio;
use std::time::{Duration, Instant};

use serde_json::{Value, json};

use crate::harness::{Mill, Place, Server, TEAM, free_port, until};

/// A procedure whose one change takes a while and says how far it is.
const SLOW: &str = "# Bells\n\n## Ring the bells\n\n**Fix:**\n```bash\n# Ring\n\
                    for n in 1 2 3 4; do printf '\\033[31mbell %s\\033[0m\\n' \"$n\"; sleep 0.4; done; echo rung >> rung.txt\n```\n";

fn bells() -> Place {
    Place::with(SLOW, &format!("runbooks = [\"ops.md\"]\nlisten = \"127.0.0.1:{}\"\n", free_port()))
}

#[tokio::test]
async fn a_script_is_told_line_by_line_what_goes_on() {
    let place = bells();
    let _server = Server::start(&place).await;
    let mut command = place.command(&["run", "ring-the-bells", "--yes", "--format", "json"]);
    let mut child = command.stdout(Stdio::piped()).spawn().unwrap();
    let lines = BufReader::new(child.stdout.take().unwrap()).lines().map_while(Result::ok);
    let told: Vec<(Value, Instant)> =
        tokio::task::spawn_blocking(|| lines.map(|l| (serde_json::from_str(&l).unwrap(), Instant::now())).collect())
            .await
            .unwrap();
    assert_eq!(child.wait().unwrap().code(), Some(0), "{told:?}");
    let outputs: Vec<&(Value, Instant)> = told.iter().filter(|(e, _)| e["event"] == "output").collect();
    let text: String = outputs.iter().map(|(e, _)| e["text"].as_str().unwrap()).collect();
    assert_eq!(text, "bell 1\nbell 2\nbell 3\nbell 4\n", "{told:?}");
    let took = outputs[outputs.len() - 1].1 - outputs[0].1;
    assert!(outputs.len() > 1 && took > Duration::from_millis(500), "while it goes on: {told:?}");
    let states: Vec<&str> =
        told.iter().filter(|(e, _)| e["event"] == "step").map(|(e, _)| e["state"].as_str().unwrap()).collect();
    assert_eq!(states, ["asking", "running", "done"], "{told:?}");
    let end = &told[told.len() - 1].0;
    assert_eq!((&end["event"], &end["run"]["outcome"]), (&"end".into(), &"unverified".into()), "{end}");
}

#[tokio::test]
async fn a_page_can_follow_what_a_step_prints_and_go_on_where_it_was() {
    let place = bells();
    let server = Server::start(&place).await;
    let run = server.post("/runs", json!({ "procedure": "ring-the-bells" })).await;
    let path = "/api/v1/runs/1/steps/1/output";
    let early = server.request("GET", path).bearer_auth(&server.token).send().await.unwrap();
    assert_eq!(early.status(), 404, "it was not tried");
    server.post("/runs/1/steps/1/approve", json!({ "hash": run["steps"][0]["hash"] })).await;
    let page = server.request("GET", "/runs/1").bearer_auth(&server.token).send().await.unwrap().text().await.unwrap();
    assert!(page.contains("data-follow=\"/api/v1/runs/1/steps/1/output?attempt=1\""), "{page}");
    let stream = server.request("GET", path).bearer_auth(&server.token).send().await.unwrap();
    assert_eq!(stream.headers()["content-type"], "text/event-stream");
    let told = stream.text().await.unwrap();
    assert!(told.contains(r#"[{"text":"bell 1","as":"red"},{"text":"\n"}]"#), "{told}");
    assert!(told.trim_end().ends_with(r#"data: {"ended":"exit 0"}"#), "{told}");
    let ids: Vec<&str> = told.lines().filter_map(|line| line.strip_prefix("id: ")).collect();
    let again = server.request("GET", path).bearer_auth(&server.token).header("last-event-id", ids[0]);
    let again = again.send().await.unwrap().text().await.unwrap();
    assert!(!again.contains("bell 1") && again.contains("bell 4"), "{again}");
    let stranger = server.request("GET", path).send().await.unwrap();
    assert_eq!(stranger.status(), 401);
}

#[tokio::test]
async fn whoever_is_taken_out_meanwhile_is_told_nothing_more_of_what_a_step_prints() {
    let place = bells();
    let server = Server::start(&place).await;
    let run = server.post("/runs", json!({ "procedure": "ring-the-bells" })).await;
    let made = server.post("/tokens", json!({ "name": "screen", "role": "viewer" })).await;
    server.post("/runs/1/steps/1/approve", json!({ "hash": run["steps"][0]["hash"] })).await;
    let follow = server.request("GET", "/api/v1/runs/1/steps/1/output").bearer_auth(made["token"].as_str().unwrap());
    let mut stream = follow.send().await.unwrap();
    let mut told = String::new();
    while !told.contains("bell 1") {
        told.push_str(std::str::from_utf8(&stream.chunk().await.unwrap().unwrap()).unwrap());
    }
    let revoke = server.request("POST", &format!("/api/v1/tokens/{}/revoke", made["id"].as_str().unwrap()));
    assert_eq!(revoke.bearer_auth(&server.token).send().await.unwrap().status(), 204);
    while let Some(chunk) = stream.chunk().await.unwrap() {
        told.push_str(std::str::from_utf8(&chunk).unwrap());
    }
    assert!(!told.contains("bell 4") && !told.contains("event: over"), "{told}");
    until("it rings to its end all the same", async || (place.read("rung.txt") == "rung\n").then_some(())).await;
}

#[tokio::test]
async fn whoever_leaves_with_ctrl_c_finds_the_run_again() {
    let place = bells();
    let server = Server::start(&place).await;
    let mut child = place.command(&["run", "ring-the-bells", "--yes"]).stderr(Stdio::piped()).spawn().unwrap();
    until("it rings", async || (server.get("/runs").await[0]["active"] == true).then_some(())).await;
    until("the step runs", async || (server.get("/runs/1").await["steps"][0]["state"] == "running").then_some(()))
        .await;
    tokio::time::sleep(Duration::from_millis(400)).await;
    interrupt(child.id());
    let code = until("it leaves", async || child.try_wait().unwrap()).await.code();
    let said = std::io::read_to_string(child.stderr.take().unwrap()).unwrap();
    assert_eq!(code, Some(130), "{said}");
    assert!(said.contains("Run 1 goes on by itself: come back to it with `runward run --resume 1`."), "{said}");
    let said = place.run(&["run", "--resume", "1", "--yes"]).await;
    assert!(said.code == 0 && said.out.contains("The run ended"), "{said:?}");
    assert_eq!(place.read("rung.txt"), "rung\n", "once");
    let over = place.run(&["run", "--resume", "1"]).await;
    assert!(over.code == 0 && over.out.contains("1. Ring mutating done"), "{over:?}");
}

#[tokio::test]
async fn a_server_that_goes_and_comes_back_is_waited_for() {
    let place = bells();
    let mut server = Server::start(&place).await;
    let command =
        place.command(&["run", "ring-the-bells", "--yes"]).stdout(Stdio::piped()).stderr(Stdio::piped()).spawn();
    let child = command.unwrap();
    until("the step runs", async || {
        let run = server.try_get("/runs/1").await?;
        (run.1["steps"][0]["state"] == "running").then_some(())
    })
    .await;
    tokio::time::sleep(Duration::from_millis(500)).await;
    server.kill();
    tokio::time::sleep(Duration::from_millis(700)).await;
    let _server = Server::start(&place).await;
    let output = tokio::task::spawn_blocking(|| child.wait_with_output().unwrap()).await.unwrap();
    let (out, err) = (String::from_utf8_lossy(&output.stdout), String::from_utf8_lossy(&output.stderr));
    assert!(output.status.success(), "{out}{err}");
    assert!(err.contains("The server does not answer: waiting for it."), "{err}");
    assert!(out.contains("bell 4"), "{out}");
    assert_eq!(place.read("rung.txt"), "rung\n", "once");
}

#[tokio::test]
async fn a_command_can_be_changed_a_step_gone_back_to_and_a_run_taken_back() {
    let mill = Mill::new(TEAM).await;
    let server = Server::start(&mill.place).await;
    let word = ["run", "send-word", "--param", "name=mill"];
    let said = mill.place.run_at_terminal(&word, &["c", "echo changed > letter.txt", "y"]).await;
    assert!(said.code == 0 && said.out.contains("Run this instead:"), "{said:?}");
    assert!(said.out.contains("Take it back with `runward run --undo 1`."), "{said:?}");
    assert_eq!(mill.place.read("letter.txt"), "changed\n");

    let said = mill.place.run_at_terminal(&["run", "--undo", "1"], &["y"]).await;
    assert!(said.code == 0 && said.out.contains("Undo: Write the letter"), "{said:?}");
    assert!(!mill.place.path("letter.txt").exists(), "it was not there before");
    let said = mill.place.run(&["run", "--undo", "1", "--yes"]).await;
    assert!(said.code == 1 && said.err.contains("nothing to take back"), "{said:?}");
    let said = mill.place.run(&["run", "--undo", "9"]).await;
    assert!(said.code == 1 && said.err.contains("there is no run 9"), "{said:?}");

    let still = ["run", "the-mill-stands-still", "--service", "mill"];
    let said = mill.place.run_at_terminal(&still, &["y", "b 9", "b 2", "s it turned already", "e", "u", "y"]).await;
    assert_eq!(said.code, 0, "{said:?}");
    let run = server.get("/runs/3").await;
    assert_eq!(run["steps"][1]["skipped_because"], "it turned already", "{run}");
    assert_eq!(run["outcome"], "aborted", "{run}");
    assert!(said.err.contains("A point of no return: nothing takes this back."), "{said:?}");
    assert!(said.out.contains("[u]ndo what it did, or Enter to leave it so:"), "{said:?}");
    assert!(!mill.place.path("wheel.txt").exists(), "taken back: {said:?}");
}

#[tokio::test]
async fn where_two_people_are_needed_the_glass_can_be_broken_with_a_reason() {
    let mill = Mill::new(&format!("{TEAM}\n[approval]\ntwo_people = true\n")).await;
    let server = Server::start(&mill.place).await;
    server.alert("mill", "flood", "gauge").await;
    let incident = server.incident("mill").await["id"].to_string();
    let flood = ["run", "the-mill-stands-still", "--incident", incident.as_str()];
    let said = mill.place.run_at_terminal(&flood, &["y", "mill", "g", "the water rises", "mill"]).await;
    assert!(said.err.contains("Somebody else than"), "{said:?}");
    assert!(said.out.contains("[w]ait for them, break the [g]lass"), "{said:?}");
    assert!(said.err.contains("this needs a second person"), "one's own word is not enough: {said:?}");
    assert!(!mill.place.path("pond").exists(), "{said:?}");
    let run = server.get("/runs").await[0]["id"].to_string();
    let log = server.get(&format!("/runs/{run}")).await["log"].to_string();
    assert!(log.contains("the water rises"), "{log}");
}

fn interrupt(pid: u32) {
    let pid = i32::try_from(pid).ok().and_then(rustix::process::Pid::from_raw).unwrap();
    rustix::process::kill_process(pid, rustix::process::Signal::INT).unwrap();
}
