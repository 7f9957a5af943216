//! `runward run`: a procedure carried out from the command line, with somebody at the terminal and with nobody.

use serde_json::Value;

use crate::cli::check_width;
use crate::harness::{Mill, Place, Said, Server, TEAM};

const STILL: [&str; 4] = ["run", "the-mill-stands-still", "--service", "mill"];

#[tokio::test]
async fn with_yes_everything_is_done_but_what_destroys_and_that_only_under_its_name() {
    let mill = Mill::new(TEAM).await;
    let _server = Server::start(&mill.place).await;
    let said = mill.place.run(&[&STILL[..], &["--yes"]].concat()).await;
    check(&said, 1, "1. Look at the pond read-only done", "step 3 destroys something: --confirm mill lets it run");
    check(&said, 1, "│ deep and still", "help: run 1 waits; go on with `runward run the-mill-stands-still`");
    check(&said, 1, "2. Turn the wheel mutating done, checks well", "");
    assert_eq!(mill.place.read("wheel.txt"), "turned\n");

    let said = mill.place.run(&[&STILL[..], &["--yes", "--confirm", "weir"]].concat()).await;
    check(&said, 1, "3. Empty the pond destructive asking", "step 3 destroys something");
    assert!(mill.place.path("pond").exists(), "another name destroys nothing");

    let said = mill.place.run(&[&STILL[..], &["--yes", "--confirm", "mill"]].concat()).await;
    check(&said, 0, "The run fixed it", "Run 1 is already at work there: going on with it.");
    assert!(!mill.place.path("pond").exists(), "{said:?}");
    assert_eq!(mill.place.read("wheel.txt"), "turned\n", "what was done is not done again");
}

#[tokio::test]
async fn a_person_at_a_terminal_is_asked_before_each_change() {
    let mill = Mill::new(TEAM).await;
    let server = Server::start(&mill.place).await;
    let said = mill.place.run_at_terminal(&STILL, &["what?", "y", "y", "weir", "mill"]).await;
    check(&said, 0, "Run it? [y]es, [s]kip, [c]hange, [b]ack, [e]nd the run:", "");
    check(&said, 0, "", "This destroys something. Its target: mill");
    check(&said, 0, "Type the target's name to run it", "");
    check(&said, 0, "The run fixed it: the service's checks are well.", "");
    assert_eq!(mill.place.read("wheel.txt"), "turned\n");
    assert!(!mill.place.path("pond").exists(), "{said:?}");
    let run = server.get("/runs/1").await;
    assert_eq!((&run["by"], &run["outcome"]), (&"tester".into(), &"verified".into()), "{run}");

    let said = mill.place.run_at_terminal(&STILL, &["s no wind", "e"]).await;
    check(&said, 1, "The run was ended before its end.", "");
    let run = server.get("/runs/2").await;
    assert_eq!((&run["steps"][1]["state"], &run["outcome"]), (&"skipped".into(), &"aborted".into()), "{run}");
    assert_eq!(mill.place.read("wheel.txt"), "turned\n", "what was skipped was not done");

    let said = mill.place.run_at_terminal(&STILL, &[]).await;
    check(&said, 1, "2. Turn the wheel mutating asking", "step 2 needs a person, and nobody is at a terminal");
}

#[tokio::test]
async fn a_missing_value_is_asked_for_and_a_wrong_one_is_refused() {
    let mill = Mill::new(TEAM).await;
    let _server = Server::start(&mill.place).await;
    let missing = "a value for `name` (mill, weir) is needed\n  help: give it with --param name=VALUE";
    for (arguments, code, err) in [
        (&["run", "send-word", "--yes"][..], 2, missing),
        (&["run", "send-word", "--yes", "--param", "name"], 2, "`name` is not NAME=VALUE"),
        (&["run", "send-word", "--yes", "--param", "nmae=x"], 1, "asks for no value `nmae`, only name"),
        (&["run", "send-word", "--yes", "--param", "name=x; rm y"], 1, "`name`: "),
        (&["run", "sendword", "--yes"], 1, "there is no procedure `sendword`"),
        (&["run", "send-word", "--service", "tower"], 1, "there is no service `tower`"),
        (&["run", "send-word", "--incident", "7"], 1, "there is no open incident 7"),
        (&["run"], 2, "required arguments"),
    ] {
        check(&mill.place.run(arguments).await, code, "", err);
        assert!(!mill.place.path("letter.txt").exists(), "{arguments:?}: nothing was done");
    }
    let said = mill.place.run_at_terminal(&["run", "send-word"], &["weir", "y"]).await;
    check(&said, 0, "name (mill, weir):", "");
    assert_eq!(mill.place.read("letter.txt"), "dear weir\n");
    let said = mill.place.run(&["run", "Send word", "--param", "name=mill", "--yes", "--format", "json"]).await;
    let events: Vec<Value> = said.out.lines().map(|line| serde_json::from_str(line).unwrap()).collect();
    let told: Vec<&str> = events.iter().map(|e| e["event"].as_str().unwrap()).collect();
    assert_eq!((told[0], told[told.len() - 1]), ("run", "end"), "{told:?}");
    let run = &events[events.len() - 1]["run"];
    assert_eq!((said.code, &run["outcome"]), (0, &"unverified".into()), "{run}");
    assert_eq!(run["steps"][0]["shown"], "echo \"dear mill\" > letter.txt");
    assert_eq!(mill.place.read("letter.txt"), "dear mill\n");
}

#[tokio::test]
async fn a_run_that_waits_is_joined_only_by_who_means_that_one() {
    let mill = Mill::new(TEAM).await;
    let server = Server::start(&mill.place).await;
    let said = mill.place.run(&["run", "send-word", "--service", "mill", "--param", "name=mill"]).await;
    check(&said, 1, "1. Write the letter mutating asking", "step 1 needs a person");
    for other in [
        &["run", "send-word", "--param", "name=weir", "--yes"][..],
        &["run", "send-word", "--service", "weir", "--yes"],
        &["run", "the-mill-stands-still", "--service", "mill", "--yes"],
    ] {
        let said = mill.place.run(other).await;
        check(&said, 1, "", "run 1 of `send-word` is at work on mill: one at a time");
        check(&said, 1, "", "help: go on with `runward run send-word`, or end it on its page");
        assert!(!mill.place.path("letter.txt").exists() && !mill.place.path("wheel.txt").exists(), "{other:?}");
    }
    check(&mill.place.run(&["run", "send-word", "--yes"]).await, 0, "", "Run 1 is already at work there");
    assert_eq!(mill.place.read("letter.txt"), "dear mill\n");
    assert_eq!(server.get("/runs").await.as_array().unwrap().len(), 1);
}

#[tokio::test]
async fn where_no_server_runs_the_command_is_its_own_and_leaves_nothing_running() {
    let mill = Mill::new(TEAM).await;
    let alone = "No server is running: this command runs its own until it ends.";
    let said = mill.place.run(&["run", "send-word", "--param", "name=mill", "--yes"]).await;
    check(&said, 0, "1. Write the letter mutating done", alone);
    assert_eq!(mill.place.read("letter.txt"), "dear mill\n");
    let said = mill.place.run(&[&STILL[..], &["--yes"]].concat()).await;
    check(&said, 1, "2. Turn the wheel mutating done, checks well", alone);
    assert_eq!(running_in(&mill.place), Vec::<String>::new());

    let server = Server::start(&mill.place).await;
    let runs = server.get("/runs").await;
    let seen: Vec<(&Value, &Value)> =
        runs.as_array().unwrap().iter().map(|r| (&r["procedure"], &r["active"])).collect();
    let expected: [(Value, Value); 2] =
        [("the-mill-stands-still".into(), true.into()), ("send-word".into(), false.into())];
    assert_eq!(seen, expected.each_ref().map(|(p, a)| (p, a)), "what was begun is known to the next server");
    check(
        &mill.place.run(&["run", "the-mill-stands-still", "--yes", "--confirm", "mill"]).await,
        0,
        "The run fixed it",
        "",
    );
}

/// The processes whose folder is this place's.
fn running_in(place: &Place) -> Vec<String> {
    let folder = std::fs::canonicalize(place.path("")).unwrap();
    let processes = std::fs::read_dir("/proc").into_iter().flatten().flatten();
    let here = processes.filter(|p| std::fs::read_link(p.path().join("cwd")).is_ok_and(|cwd| cwd == folder));
    here.map(|p| std::fs::read_to_string(p.path().join("cmdline")).unwrap_or_default()).collect()
}

/// What a run printed on either side, and how it ended.
fn check(said: &Said, code: i32, out: &str, err: &str) {
    assert_eq!(said.code, code, "{said:?}");
    assert!(said.out.contains(out), "`{out}` in {}", said.out);
    assert!(said.err.contains(err), "`{err}` in {}", said.err);
    // What a person types breaks the line of each question; here it is not shown.
    let asked = |line: &str| line.contains("[e]nd the run");
    check_width("run", &said.out.lines().filter(|line| !asked(line)).collect::<Vec<_>>().join("\n"));
    check_width("run", &said.err);
}
