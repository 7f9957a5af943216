//! Steps on another machine, over a real `sshd`: run there, found again after a lost connection or a killed server,
//! ended when they are to end, and never guessed at.

use std::time::Duration;

use serde_json::{Value, json};

use crate::harness::{Place, Server, Sshd, free_port, kill, until};

/// A place whose runbook's only fix is this, on the machine `kiln`.
fn place(commands: &str, settings: &str) -> Place {
    let listen = free_port();
    Place::with(
        &format!("# Mill\n\n## Turn it\n\n**Symptom:** it stands\n\n**Fix:**\n```bash\nssh kiln\n{commands}\n```\n"),
        &format!("runbooks = [\"ops.md\"]\nlisten = \"127.0.0.1:{listen}\"\n\n[run]\n{settings}"),
    )
}

/// The same, where that fix is a script of that machine.
async fn story(script: &str, settings: &str, with_runward: bool) -> Option<(Place, Sshd)> {
    let place = place("sh act.sh", settings);
    let far = Sshd::start(&place, with_runward).await?;
    // The login begins in the user's home, wherever that is: the script says where it is itself.
    let act = far.path("act.sh");
    std::fs::write(&act, format!("cd {}\n{script}", far.path("home").display())).unwrap();
    let text = place.read("ops.md").replace("act.sh", &act.display().to_string());
    place.write("ops.md", text);
    Some((place, far))
}

/// Asks for the procedure and lets its only step run.
async fn begin(server: &Server) -> Value {
    let run = server.post("/runs", json!({ "procedure": "turn-it", "by": "mara" })).await;
    let step = run["steps"][0].clone();
    assert_eq!((step["state"].as_str(), step["host"].as_str()), (Some("asking"), Some("kiln")), "{run}");
    server.post(&format!("/runs/{}/steps/1/approve", run["id"]), json!({ "hash": step["hash"] })).await;
    run
}

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

fn lives(pid: &str) -> bool {
    std::path::Path::new("/proc").join(pid.trim()).join("cwd").exists()
}

async fn written(far: &Sshd, name: &str) -> String {
    until(name, async || Some(far.read(name)).filter(|text| text.ends_with('\n'))).await
}

const WAITS: &str = "echo begun; echo once >> started; while [ ! -e go ]; do sleep 0.05; done; echo ended\n";

#[tokio::test]
async fn a_step_runs_on_the_machine_that_the_runbook_names() {
    for with_runward in [true, false] {
        let script = "echo $HOME; read answer || echo nobody answers; umask; echo $TERM; echo oops >&2; exit 3\n";
        let Some((place, far)) = story(script, "", with_runward).await else { return };
        let server = Server::start(&place).await;
        let run = begin(&server).await;
        let step = step_is(&server, &run, "failed").await;
        let home = far.path("home").display().to_string();
        let expected = format!("{home}\nnobody answers\n0077\ndumb\noops\n");
        assert_eq!(step["output"].as_str().unwrap(), expected, "with runward there: {with_runward}");
        assert!(step["ended"].as_str().unwrap().starts_with("exit 3"), "{step}");
        assert_eq!(far.path("home/state").exists(), with_runward);
    }
}

#[tokio::test]
async fn after_a_lost_connection_the_step_is_found_again() {
    let Some((place, far)) = story(WAITS, "", true).await else { return };
    let server = Server::start(&place).await;
    let run = begin(&server).await;
    written(&far, "home/started").await;
    for _ in 0..2 {
        far.hang_up();
        tokio::time::sleep(Duration::from_millis(400)).await;
        step_is(&server, &run, "running").await;
    }
    std::fs::write(far.path("home/go"), "").unwrap();
    let step = step_is(&server, &run, "done").await;
    assert_eq!(step["output"], "begun\nended\n");
    assert_eq!(far.read("home/started"), "once\n");
}

#[tokio::test]
async fn what_ends_while_nobody_can_reach_the_machine_is_fetched_later() {
    let Some((place, mut far)) = story(WAITS, "", true).await else { return };
    let server = Server::start(&place).await;
    let run = begin(&server).await;
    written(&far, "home/started").await;
    far.hang_up();
    far.go_away();
    std::fs::write(far.path("home/go"), "").unwrap();
    tokio::time::sleep(Duration::from_millis(500)).await;
    step_is(&server, &run, "running").await;
    let port = far.port;
    far.come_back().await;
    assert_eq!(far.port, port);
    let step = step_is(&server, &run, "done").await;
    assert_eq!((step["output"].as_str(), far.read("home/started").as_str()), (Some("begun\nended\n"), "once\n"));
}

#[tokio::test]
async fn without_runward_there_a_lost_connection_leaves_the_outcome_to_a_person() {
    let script = format!("echo $$ > self\n{WAITS}");
    let Some((place, far)) = story(&script, "", false).await else { return };
    let server = Server::start(&place).await;
    let run = begin(&server).await;
    written(&far, "home/started").await;
    far.hang_up();
    step_is(&server, &run, "unsure").await;
    let pid = far.read("home/self");
    until("what nobody looks after is ended", async || (!lives(&pid)).then_some(())).await;
    server.post(&format!("/runs/{}/steps/1/settle", run["id"]), json!({ "done": true, "by": "mara" })).await;
    step_is(&server, &run, "done").await;
    assert_eq!(far.read("home/started"), "once\n");
}

#[tokio::test]
async fn a_server_that_is_killed_finds_the_step_again() {
    for with_runward in [true, false] {
        let Some((place, far)) = story(WAITS, "", with_runward).await else { return };
        let mut server = Server::start(&place).await;
        let run = begin(&server).await;
        written(&far, "home/started").await;
        server.kill();
        let server = Server::start(&place).await;
        step_is(&server, &run, "running").await;
        std::fs::write(far.path("home/go"), "").unwrap();
        let step = step_is(&server, &run, "done").await;
        assert_eq!(step["output"], "begun\nended\n", "with runward there: {with_runward}");
        assert_eq!(far.read("home/started"), "once\n");
    }
}

/// The process that looks after the step on this side.
fn supervisor(place: &Place) -> u32 {
    let jobs = std::fs::read_dir(place.path(".runward/jobs")).unwrap().next().unwrap().unwrap().path();
    let job = std::fs::read_dir(jobs).unwrap().next().unwrap().unwrap().path();
    let started: Value = serde_json::from_slice(&std::fs::read(job.join("started.json")).unwrap()).unwrap();
    u32::try_from(started["pid"].as_u64().unwrap()).unwrap()
}

#[tokio::test]
async fn a_step_outlives_all_that_looked_after_it_on_this_side() {
    for (with_runward, state) in [(true, "done"), (false, "unsure")] {
        let Some((place, far)) = story(WAITS, "", with_runward).await else { return };
        let mut server = Server::start(&place).await;
        let run = begin(&server).await;
        written(&far, "home/started").await;
        server.kill();
        kill(supervisor(&place));
        let server = Server::start(&place).await;
        tokio::time::sleep(Duration::from_millis(300)).await;
        std::fs::write(far.path("home/go"), "").unwrap();
        step_is(&server, &run, state).await;
        assert_eq!(far.read("home/started"), "once\n");
    }
}

#[tokio::test]
async fn where_the_supervisor_over_there_dies_nobody_guesses() {
    let Some((place, far)) = story(&format!("echo $$ > self\n{WAITS}"), "", true).await else { return };
    let server = Server::start(&place).await;
    let run = begin(&server).await;
    written(&far, "home/started").await;
    let jobs = std::fs::read_dir(far.path("home/state/runward/jobs")).unwrap().next().unwrap().unwrap().path();
    let text = std::fs::read(jobs.join(format!("{}.0.1/started.json", run["id"]))).unwrap();
    let started: Value = serde_json::from_slice(&text).unwrap();
    kill(u32::try_from(started["pid"].as_u64().unwrap()).unwrap());
    step_is(&server, &run, "unsure").await;
    assert!(!lives(&far.read("home/self")), "what nobody looks after is ended before anybody is asked");
    assert_eq!(far.read("home/started"), "once\n");
}

#[tokio::test]
async fn a_machine_that_cannot_be_reached_has_run_nothing() {
    let Some((place, mut far)) = story("echo once >> started\n", "", true).await else { return };
    let known = far.read("known_hosts");
    std::fs::write(far.path("known_hosts"), "").unwrap();
    let server = Server::start(&place).await;
    let run = begin(&server).await;
    let step = step_is(&server, &run, "failed").await;
    let output = step["output"].as_str().unwrap();
    assert!(output.starts_with("kiln cannot be reached, so nothing was run there:"), "{output}");
    assert!(output.contains("Host key verification failed") && output.contains("check the key"), "{output}");
    std::fs::write(far.path("known_hosts"), known).unwrap();
    far.go_away();
    let approve = json!({ "hash": step["hash"] });
    server.post(&format!("/runs/{}/steps/1/approve", run["id"]), approve).await;
    let refused = until("it is refused", async || {
        let seen = server.get(&format!("/runs/{}", run["id"])).await;
        let output = seen["steps"][0]["output"].as_str().unwrap_or_default().to_owned();
        output.contains("Connection refused").then_some(output)
    })
    .await;
    assert!(refused.starts_with("kiln cannot be reached, so nothing was run there:"), "{refused}");
    assert!(!far.path("home/started").exists());
}

#[tokio::test]
async fn ending_a_run_ends_its_command_over_there() {
    for with_runward in [true, false] {
        let Some((place, far)) = story("echo $$ > self\nsleep 300\n", "", with_runward).await else { return };
        let server = Server::start(&place).await;
        let run = begin(&server).await;
        let pid = written(&far, "home/self").await;
        assert!(lives(&pid));
        server.post(&format!("/runs/{}/abort", run["id"]), json!({ "by": "mara" })).await;
        until("it is gone", async || (!lives(&pid)).then_some(())).await;
        until("the run is over with it", async || {
            let seen = server.get(&format!("/runs/{}", run["id"])).await;
            (seen["outcome"] == "aborted").then_some(())
        })
        .await;
    }
}

#[tokio::test]
async fn a_command_that_takes_too_long_is_ended_over_there() {
    for with_runward in [true, false] {
        let script = "sleep 300 &\necho $! > child\necho $$ > self\nsleep 300\n";
        let Some((place, far)) = story(script, "change_timeout = \"500ms\"", with_runward).await else { return };
        let server = Server::start(&place).await;
        let run = begin(&server).await;
        let step = step_is(&server, &run, "failed").await;
        assert!(step["ended"].as_str().unwrap().contains("took too long and was ended"), "{step}");
        for name in ["home/self", "home/child"] {
            let pid = far.read(name);
            until("it is gone with all that it started", async || (!lives(&pid)).then_some(())).await;
        }
    }
}

#[tokio::test]
async fn values_and_secrets_travel_unseen_and_a_flood_is_cut() {
    for with_runward in [true, false] {
        let place = place("act <reason>", "env = [\"MILL_KEY\", \"OTHER_KEY\"]");
        let Some(far) = Sshd::start(&place, with_runward).await else { return };
        let act = far.path("act.sh");
        let commands = format!("printf '%s\\n' <reason>\necho \"key $MILL_KEY\"\nsh {}", act.display());
        place.write("ops.md", place.read("ops.md").replace("act <reason>", &commands));
        std::fs::write(
            &act,
            format!(
                "cd {}\necho \"other ${{OTHER_KEY:-none}}\"\nyes flood | head -c 20000000\n\
                 echo $$ > self; while [ ! -e go ]; do sleep 0.05; done; echo last\n",
                far.path("home").display()
            ),
        )
        .unwrap();
        let (secret, other) = ("s3cr3t-of-the-mill-9431", "s3cr3t-of-another-7712");
        let mut place = place;
        place.env.insert("MILL_KEY".into(), secret.into());
        place.env.insert("OTHER_KEY".into(), other.into());
        let server = Server::start(&place).await;
        let reason = "x'\"; touch owned; $(touch owned) `touch owned`";
        let wanted = json!({ "procedure": "turn-it", "params": { "reason": reason } });
        let run = server.post("/runs", wanted).await;
        let hash = &run["steps"][0]["hash"];
        server.post(&format!("/runs/{}/steps/1/approve", run["id"]), json!({ "hash": hash })).await;
        written(&far, "home/self").await;
        for process in std::fs::read_dir("/proc").unwrap().flatten() {
            let line = std::fs::read(process.path().join("cmdline")).unwrap_or_default();
            let line = String::from_utf8_lossy(&line).into_owned();
            assert!(!line.contains(secret) && !line.contains("touch owned"), "{line}");
        }
        std::fs::write(far.path("home/go"), "").unwrap();
        let step = step_is(&server, &run, "done").await;
        let output = step["output"].as_str().unwrap();
        let first = format!("{reason}\nkey ‹MILL_KEY›\nother none\nflood\n");
        assert!(output.starts_with(&first) && output.trim_end().ends_with("last"), "{output}");
        assert!(output.contains("bytes left out") && output.len() < 10_000, "{}", output.len());
        for file in files(&place.path("")) {
            let bytes = std::fs::read(&file).unwrap_or_default();
            assert!(!bytes.windows(secret.len()).any(|w| w == secret.as_bytes()), "{} holds it", file.display());
        }
        assert!(!far.path("home/owned").exists() && !place.path("owned").exists());
    }
}

fn files(folder: &std::path::Path) -> Vec<std::path::PathBuf> {
    let entries = std::fs::read_dir(folder).unwrap().map(|e| e.unwrap());
    let kind = |entry: &std::fs::DirEntry| entry.file_type().unwrap();
    entries
        .flat_map(|e| match kind(&e) {
            k if k.is_dir() => files(&e.path()),
            k if k.is_file() => vec![e.path()],
            _ => vec![],
        })
        .collect()
}

#[tokio::test]
async fn one_connection_serves_many_steps() {
    let place = place("true", "");
    let Some(far) = Sshd::start(&place, true).await else { return };
    let steps: String = (0..5).map(|n| format!("```bash\ntouch {}/{n}\n```\n\n", far.path("home").display())).collect();
    place.write("ops.md", format!("# Mill\n\n## Turn it\n\n**Fix:**\n```bash\nssh kiln\n```\n\n{steps}"));
    let server = Server::start(&place).await;
    let run = server.post("/runs", json!({ "procedure": "turn-it", "by": "mara" })).await;
    let run = server.carry_out(run["id"].as_i64().unwrap()).await;
    assert_eq!(run["outcome"], "unverified", "{run}");
    assert!((0..5).all(|n| far.path(&format!("home/{n}")).exists()));
    assert_eq!(far.read("sshd.log").matches("Accepted publickey").count(), 1, "{}", far.read("sshd.log"));
}

#[tokio::test]
async fn what_a_step_wrote_over_there_is_put_back_over_there() {
    let place = place("echo new > FILE", "");
    let Some(far) = Sshd::start(&place, true).await else { return };
    let file = far.path("home/settings");
    place.write("ops.md", place.read("ops.md").replace("FILE", &file.display().to_string()));
    std::fs::write(&file, "old\n").unwrap();
    let server = Server::start(&place).await;
    let run = begin(&server).await;
    step_is(&server, &run, "done").await;
    assert_eq!(far.read("home/settings"), "new\n");
    until("the run is over", async || {
        (server.get(&format!("/runs/{}", run["id"])).await["active"] == false).then_some(())
    })
    .await;
    let back = server.post(&format!("/runs/{}/undo", run["id"]), json!({ "by": "mara" })).await;
    assert_eq!(back["steps"][0]["host"], "kiln", "{back}");
    server.carry_out(back["id"].as_i64().unwrap()).await;
    assert_eq!(far.read("home/settings"), "old\n");
}

#[tokio::test]
async fn a_look_that_was_lost_is_taken_again() {
    let place = place("ls FOLDER; sleep 2", "");
    let Some(far) = Sshd::start(&place, false).await else { return };
    place.write("ops.md", place.read("ops.md").replace("FOLDER", &far.path("home").display().to_string()));
    let server = Server::start(&place).await;
    let run = server.post("/runs", json!({ "procedure": "turn-it", "by": "mara" })).await;
    until("it looks", async || {
        let jobs = std::fs::read_dir(place.path(".runward/jobs")).ok()?.next()?.ok()?.path();
        jobs.join(format!("{}.0.1/started.json", run["id"])).exists().then_some(())
    })
    .await;
    tokio::time::sleep(Duration::from_millis(200)).await;
    far.hang_up();
    let step = step_is(&server, &run, "done").await;
    assert_eq!(step["attempt"], 2, "{step}");
}

#[tokio::test]
async fn what_is_typed_in_a_container_is_run_in_it() {
    let text = "# Mill\n\n## Turn it\n\n**Fix:**\n```bash\ndocker exec -it glaze bash\ntouch <name>\necho \"in $WHERE\"\n```\n";
    let place = Place::with(text, &format!("runbooks = [\"ops.md\"]\nlisten = \"127.0.0.1:{}\"\n", free_port()));
    place.program(
        "docker",
        "#!/bin/sh\n[ \"$1 $2\" = 'exec glaze' ] || exit 9\nshift 2\nmkdir -p glaze; cd glaze\nexec env -i PATH=\"$PATH\" WHERE=glaze \"$@\"\n",
    );
    let server = Server::start(&place).await;
    let wanted = json!({ "procedure": "turn-it", "params": { "name": "shelf-2" } });
    let run = server.post("/runs", wanted).await;
    assert_eq!(run["steps"][0]["shown"], "# docker exec glaze bash\ntouch shelf-2\necho \"in $WHERE\"", "{run}");
    let run = server.carry_out(run["id"].as_i64().unwrap()).await;
    assert_eq!((&run["outcome"], &run["steps"][0]["output"]), (&"unverified".into(), &"in glaze\n".into()), "{run}");
    assert!(place.path("glaze/shelf-2").exists());
}
