//! A runner that is killed: nothing is lost and nothing is done twice.

use serde_json::json;

use super::{NOBODY, Split, about, order};
use crate::harness::{Place, Server, until};

/// Gives the runbook a step that takes its time, before anything is approved.
fn slowly(place: &Place) {
    let text = place.read("ops.md").replace("id -u >>", "sleep 1; echo once >>");
    place.write("ops.md", text);
}

#[tokio::test]
async fn a_runner_that_is_killed_while_a_step_runs_tells_afterwards_how_it_ended() {
    let Some(mut split) = Split::new(NOBODY) else { return };
    slowly(&split.place);
    assert_eq!(split.approve(&["--yes"]).0, 0);
    assert!(split.start("root", &[]).await);
    let order = order(&split.entry("echo once"), "1.0.1", &[]);
    assert_eq!(split.ask(&order).unwrap()["answer"], "taken");
    split.kill();
    assert!(split.start("root", &[]).await, "{}", split.said());
    assert_eq!(split.ask(&order).unwrap()["answer"], "taken", "what is known is not begun again");
    let found = split.ask(&about("wait", "1.0.1")).unwrap();
    assert_eq!(found["ended"]["exit"], json!({ "how": "code", "with": 0 }), "{found}");
    assert_eq!(split.shared("opened"), "once\n");
    until("the log tells the end", async || (split.logged("ended") == 1).then_some(())).await;
    assert_eq!((split.logged("ordered"), split.logged("started")), (1, 2));
    assert_eq!(split.verifies().0, 0, "{}", split.verifies().1);
}

#[tokio::test]
async fn a_kill_at_any_place_of_an_order_never_has_it_done_twice() {
    for (place, begun) in [("runner ordered", false), ("runner handed over", false), ("runner began", true)] {
        let Some(mut split) = Split::new(NOBODY) else { return };
        assert_eq!(split.approve(&["--yes"]).0, 0);
        assert!(split.start("root", &[("RUNWARD_FAILPOINT", &format!("{place}:1"))]).await);
        let order = order(&split.entry("id -u"), "1.0.1", &[]);
        assert_eq!(split.ask(&order), None, "killed at {place}");
        split.kill();
        assert!(split.said().contains("killed at"), "{}", split.said());
        assert!(split.start("root", &[]).await, "{}", split.said());
        let found = until("it is known what became of it", async || {
            let found = split.ask(&about("recover", "1.0.1"))?;
            (found["answer"] != "running").then_some(found)
        })
        .await;
        // Nobody may be told that it did not begin when it did.
        let done = split.shared("opened");
        match found["answer"].as_str().unwrap() {
            "ended" => assert!(begun && done == "0\n", "{place}: {found} {done}"),
            "not-started" => assert_eq!(done, "", "{place}"),
            "lost" => {}
            other => panic!("{place}: {other}"),
        }
        // The same order comes late, out of a queue.
        assert_eq!(split.ask(&order).unwrap()["answer"], "taken");
        split.ask(&about("wait", "1.0.1"));
        assert_eq!(split.shared("opened"), done, "{place}: done again");
        assert_eq!(split.verifies().0, 0, "{}", split.verifies().1);
    }
}

#[tokio::test]
async fn an_order_that_was_given_up_is_not_carried_out_when_it_comes_late() {
    let Some(mut split) = Split::new(NOBODY) else { return };
    assert_eq!(split.approve(&["--yes"]).0, 0);
    assert!(split.start("root", &[]).await);
    split.ask(&about("recover", "1.0.1")).unwrap();
    assert_eq!(split.ask(&order(&split.entry("id -u"), "1.0.1", &[])).unwrap()["answer"], "taken");
    assert_eq!(split.ask(&about("wait", "1.0.1")).unwrap()["answer"], "not-started");
    assert_eq!((split.shared("opened"), split.logged("ordered")), (String::new(), 0));
}

#[tokio::test]
async fn a_step_is_ended_when_the_server_asks() {
    let Some(mut split) = Split::new(NOBODY) else { return };
    let text = split.place.read("ops.md").replace("id -u >>", "sleep 50; echo once >>");
    split.place.write("ops.md", text);
    assert_eq!(split.approve(&["--yes"]).0, 0);
    assert!(split.start("root", &[]).await);
    assert_eq!(split.ask(&order(&split.entry("sleep 50"), "1.0.1", &[])).unwrap()["answer"], "taken");
    assert_eq!(split.ask(&about("kill", "1.0.1")).unwrap()["answer"], "taken");
    assert_eq!(split.ask(&about("wait", "1.0.1")).unwrap()["ended"]["exit"]["how"], "killed");
    assert_eq!((split.shared("opened"), split.logged("kill")), (String::new(), 1));
}

#[tokio::test]
async fn a_log_that_was_changed_is_found_out_and_no_runner_goes_on_with_it() {
    let Some(mut split) = Split::new(NOBODY) else { return };
    assert_eq!(split.approve(&["--yes"]).0, 0);
    assert!(split.start("root", &[]).await);
    split.refusal(&json!({ "ask": "shell" }));
    split.kill();
    let log = split.path("runner/log.jsonl");
    let whole = std::fs::read_to_string(&log).unwrap();
    let first = whole.lines().next().unwrap();
    std::fs::write(&log, format!("{first}\n")).unwrap();
    let (code, said) = split.verifies();
    assert!(code == 1 && said.contains("which was published"), "cut off: {said}");
    std::fs::write(&log, whole.replace("shell", "wait")).unwrap();
    assert_eq!(split.verifies().0, 1);
    assert!(!split.start("root", &[]).await);
    assert!(split.said().contains("the log was changed"), "{}", split.said());
}

#[tokio::test]
async fn server_and_runner_are_both_killed_and_the_run_goes_on_where_it_was() {
    let Some(mut split) = Split::new(NOBODY) else { return };
    slowly(&split.place);
    assert_eq!(split.approve(&["--yes"]).0, 0);
    assert!(split.start("nobody", &[]).await);
    let mut server = Server::start(&split.place).await;
    let run = server.post("/runs", json!({ "procedure": "open-the-weir", "params": { "port": "80" } })).await;
    let approval = json!({ "hash": run["steps"][0]["hash"], "by": "mara", "confirm": run["target"] });
    server.post(&format!("/runs/{}/steps/1/approve", run["id"]), approval).await;
    until("the runner has the order", async || (split.logged("ordered") == 1).then_some(())).await;
    server.kill();
    split.kill();
    assert!(split.start("nobody", &[]).await);
    let server = Server::start(&split.place).await;
    let run = server.carry_out(run["id"].as_i64().unwrap()).await;
    assert_eq!(run["steps"][0]["state"], "done", "{run}\n{}", split.said());
    assert_eq!((split.shared("opened"), split.shared("far")), ("once\n".into(), "80\n".into()));
    assert_eq!(split.verifies().0, 0, "{}", split.verifies().1);
}
