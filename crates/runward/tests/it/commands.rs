//! Commands as they are carried out: ended in time, capped, cleaned of secrets, started once, and never guessed at.

use std::time::Duration;

use serde_json::{Value, json};

use crate::harness::{Place, Server, free_port, kill, until};

/// A runbook with one procedure whose fix is this command.
fn runbook(command: &str) -> String {
    format!("# Mill\n\n## Turn it\n\n**Symptom:** it stands\n\n**Fix:**\n```bash\n{command}\n```\n")
}

/// A place whose runbook's only fix is `sh act.sh`, which does this.
fn place(script: &str, settings: &str) -> Place {
    let listen = free_port();
    let place = Place::with(
        &runbook("sh act.sh"),
        &format!("runbooks = [\"ops.md\"]\nlisten = \"127.0.0.1:{listen}\"\n\n[run]\n{settings}"),
    );
    place.write("act.sh", script);
    place
}

/// Asks for the procedure and lets its only step run.
async fn begin(server: &Server) -> Value {
    let run = server.post("/runs", json!({ "procedure": "turn-it", "by": "mara" })).await;
    let step = run["steps"][0].clone();
    assert_eq!((step["state"].as_str(), step["impact"].as_str()), (Some("asking"), Some("mutating")), "{run}");
    server.post(&format!("/runs/{}/steps/1/approve", run["id"]), json!({ "hash": step["hash"] })).await;
    run
}

/// Waits until the step is in this state.
async fn step_is(server: &Server, run: &Value, state: &str) -> Value {
    until(&format!("the step is {state}"), async || {
        let seen = server.get(&format!("/runs/{}", run["id"])).await;
        let step = &seen["steps"][0];
        let over = ["done", "failed", "unsure"].iter().any(|other| step["state"] == *other && *other != state);
        assert!(!over, "the step is not {state}: {step}");
        (step["state"] == state).then(|| step.clone())
    })
    .await
}

/// A file of the first try of a run's first step; its folder bears the name of the database.
fn job(place: &Place, run: &Value, file: &str) -> String {
    let database = std::fs::read_dir(place.path(".runward/jobs")).unwrap().next().unwrap().unwrap();
    format!(".runward/jobs/{}/{}.0.1/{file}", database.file_name().display(), run["id"])
}

fn lives(pid: &str) -> bool {
    std::path::Path::new("/proc").join(pid.trim()).join("cwd").exists()
}

#[tokio::test]
async fn a_command_that_takes_too_long_is_ended_with_all_that_it_started() {
    let place = place("sleep 300 &\necho $! > child\nsleep 300\n", "change_timeout = \"500ms\"");
    let server = Server::start(&place).await;
    let run = begin(&server).await;
    let step = step_is(&server, &run, "failed").await;
    assert!(step["ended"].as_str().unwrap().contains("took too long and was ended"), "{step}");
    until("what it started is gone too", async || (!lives(&place.read("child"))).then_some(())).await;
}

#[tokio::test]
async fn a_command_that_will_not_be_asked_is_ended() {
    let place = place("trap '' TERM\necho $$ > self\nwhile :; do sleep 1; done\n", "change_timeout = \"200ms\"");
    let server = Server::start(&place).await;
    let run = begin(&server).await;
    step_is(&server, &run, "failed").await;
    until("it is gone", async || (!lives(&place.read("self"))).then_some(())).await;
}

#[tokio::test]
async fn nothing_gets_away_by_forking_twice() {
    let script = "(setsid sh -c 'echo $$ > far; exec sleep 300' >/dev/null 2>&1 &)\n\
                  (trap '' TERM; setsid sh -c 'trap \"\" TERM; echo $$ > deaf; while :; do sleep 1; done' &)\n\
                  while [ ! -s far ] || [ ! -s deaf ]; do sleep 0.05; done\nsleep 300\n";
    let place = place(script, "change_timeout = \"1s\"");
    let server = Server::start(&place).await;
    let run = begin(&server).await;
    step_is(&server, &run, "failed").await;
    for name in ["far", "deaf"] {
        assert!(!lives(&place.read(name)), "{name} is gone when the step is over");
    }
}

#[tokio::test]
async fn what_a_step_leaves_behind_is_ended_but_a_service_stays() {
    let script = "sleep 300 &\necho $! > job\n\
                  (setsid sh -c 'echo $$ > loud; exec sleep 300' &)\n\
                  (setsid sh -c 'echo $$ > daemon; exec sleep 300' </dev/null >/dev/null 2>&1 &)\n\
                  nohup sleep 300 </dev/null >/dev/null 2>&1 &\necho $! > nohup\n\
                  while [ ! -s loud ] || [ ! -s daemon ]; do sleep 0.05; done\n";
    let place = place(script, "");
    let server = Server::start(&place).await;
    let run = begin(&server).await;
    step_is(&server, &run, "done").await;
    for (name, stays) in [("job", false), ("loud", false), ("daemon", true), ("nohup", true)] {
        let pid = place.read(name);
        assert_eq!(lives(&pid), stays, "{name}");
        if stays {
            kill(pid.trim().parse().unwrap());
        }
    }
}

#[tokio::test]
async fn what_a_step_left_behind_ends_it_though_it_never_falls_silent() {
    let place = place("yes flood &\necho $! > child\necho over\n", "");
    let server = Server::start(&place).await;
    let run = begin(&server).await;
    step_is(&server, &run, "done").await;
    assert!(!lives(&place.read("child")));
}

#[tokio::test]
async fn a_flood_is_cut_in_its_middle_and_counted() {
    let place = place("echo first; yes flood | head -c 30000000; echo; echo last\n", "");
    let server = Server::start(&place).await;
    let run = begin(&server).await;
    let step = step_is(&server, &run, "done").await;
    let output = step["output"].as_str().unwrap();
    assert!(output.starts_with("first\n") && output.trim_end().ends_with("last"), "{output}");
    assert!(output.contains("bytes left out") && output.len() < 10_000, "{}", output.len());
    let kept = std::fs::metadata(place.path(job(&place, &run, "output"))).unwrap().len();
    assert!(kept <= 2 * 1024 * 1024, "{kept} bytes on disk");
}

#[tokio::test]
async fn a_secret_is_seen_by_the_command_and_by_nobody_else() {
    let secret = "s3cr3t-of-the-mill-9431";
    let mut place =
        place("test \"$MILL_KEY\" = s3cr3t-of-the-mill-9431 && echo \"key: $MILL_KEY\"\n", "env = [\"MILL_KEY\"]");
    place.env.insert("MILL_KEY".into(), secret.into());
    place.env.insert("OTHER".into(), "not for commands".into());
    let server = Server::start(&place).await;
    let run = begin(&server).await;
    let step = step_is(&server, &run, "done").await;
    assert_eq!(step["output"].as_str().unwrap().trim(), "key: ‹MILL_KEY›");
    server.stop().await;
    for file in files(&place.path(".runward")) {
        let bytes = std::fs::read(&file).unwrap();
        assert!(!bytes.windows(secret.len()).any(|w| w == secret.as_bytes()), "{} holds it", file.display());
    }
    assert!(!place.read("serve.log").contains(secret));
}

fn files(folder: &std::path::Path) -> Vec<std::path::PathBuf> {
    let entries = std::fs::read_dir(folder).unwrap().map(|e| e.unwrap().path());
    entries.flat_map(|path| if path.is_dir() { files(&path) } else { vec![path] }).collect()
}

#[tokio::test]
async fn a_command_finds_nobody_to_ask_and_nothing_of_ours() {
    let script = "read answer || echo nobody answers\n( : </dev/tty ) 2>/dev/null || echo no terminal\n\
                  env | grep -c '^RUNWARD_TOKEN\\|^OTHER' \numask\necho $TERM\n";
    let mut place = place(script, "");
    place.env.insert("OTHER".into(), "not for commands".into());
    let server = Server::start(&place).await;
    let run = begin(&server).await;
    let step = step_is(&server, &run, "done").await;
    assert_eq!(step["output"].as_str().unwrap(), "nobody answers\nno terminal\n0\n0077\ndumb\n");
}

#[tokio::test]
async fn a_value_is_never_shell_text() {
    let place = place("", "");
    place.write("ops.md", runbook("printf '%s\\n' <reason> \"because of <reason>\" > written"));
    let server = Server::start(&place).await;
    let reason = "x\"; touch owned; $(touch owned) `touch owned` '";
    let wanted = json!({ "procedure": "turn-it", "params": { "reason": reason } });
    let run = server.post("/runs", wanted).await;
    server.post(&format!("/runs/{}/steps/1/approve", run["id"]), json!({ "hash": run["steps"][0]["hash"] })).await;
    step_is(&server, &run, "done").await;
    assert_eq!(place.read("written"), format!("{reason}\nbecause of {reason}\n"));
    assert!(!place.path("owned").exists());
}

#[tokio::test]
async fn a_command_whose_supervisor_dies_is_never_guessed_at() {
    let place = place("echo $$ > self\nsleep 300 &\necho $! > child\necho once >> started\nsleep 300\n", "");
    let server = Server::start(&place).await;
    let run = begin(&server).await;
    let begun = job(&place, &run, "started.json");
    let text = until("it begins", async || Some(place.read(&begun)).filter(|t| !t.is_empty())).await;
    until("it acts", async || place.path("started").exists().then_some(())).await;
    let pid = serde_json::from_str::<Value>(&text).unwrap()["pid"].as_i64().unwrap();
    let pid = rustix::process::Pid::from_raw(i32::try_from(pid).unwrap()).unwrap();
    rustix::process::kill_process(pid, rustix::process::Signal::KILL).unwrap();
    step_is(&server, &run, "unsure").await;
    for name in ["self", "child"] {
        assert!(!lives(&place.read(name)), "what nobody looks after is ended before anybody is asked");
    }
    // Nothing but a person's word moves it on.
    tokio::time::sleep(Duration::from_millis(300)).await;
    step_is(&server, &run, "unsure").await;
    server.post(&format!("/runs/{}/steps/1/settle", run["id"]), json!({ "done": true, "by": "mara" })).await;
    step_is(&server, &run, "done").await;
    assert_eq!(place.read("started"), "once\n");
}

#[tokio::test]
async fn ending_a_run_ends_its_command() {
    let place = place("echo $$ > self\nsleep 300\n", "");
    let server = Server::start(&place).await;
    let run = begin(&server).await;
    let pid = until("it begins", async || Some(place.read("self")).filter(|t| t.ends_with('\n'))).await;
    assert!(lives(&pid));
    server.post(&format!("/runs/{}/abort", run["id"]), json!({ "by": "mara" })).await;
    until("it is gone", async || (!lives(&pid)).then_some(())).await;
    until("the run is over with it", async || {
        let seen = server.get(&format!("/runs/{}", run["id"])).await;
        (seen["outcome"] == "aborted").then_some(())
    })
    .await;
}

#[tokio::test]
async fn two_clicks_start_one_command() {
    let place = place("echo once >> started\nsleep 0.3\n", "");
    let server = Server::start(&place).await;
    let run = server.post("/runs", json!({ "procedure": "turn-it" })).await;
    let path = format!("/runs/{}/steps/1/approve", run["id"]);
    let body = json!({ "hash": run["steps"][0]["hash"] });
    let (first, second) = tokio::join!(server.try_post(&path, &body), server.try_post(&path, &body));
    let mut statuses = [first.unwrap().0, second.unwrap().0];
    statuses.sort_unstable();
    assert_eq!(statuses, [200, 409]);
    step_is(&server, &run, "done").await;
    assert_eq!(place.read("started"), "once\n");
    assert_eq!(server.try_post("/runs", &json!({ "procedure": "turn-it" })).await.unwrap().0, 201, "it is free again");
}
