//! The command line as people and scripts meet it: what is printed, where, how wide, and which code it ends with.

use std::path::Path;

use serde_json::Value;

use crate::harness::{Mill, Place, Said, Server, TEAM, free_port};

const ESCAPE: char = '\x1b';

/// Everything about it is too long, or not in English letters.
const ODD: &str = "# A title that goes on and on because somebody thought that a heading should say everything at once\n\n\
    | Service | Unit | Port | URL |\n|---|---|---|---|\n\
    | a-service-with-a-name-that-is-much-longer-than-anybody-would-ever-like-it-to-be | long | 8001 | https://a-service-with-a-name-that-is-much-longer.example.org/with/a/path/that/is/long |\n\
    | Ünïcödé-dïénst | ünï | 8002 | |\n\n\
    ## The service does not answer, and nobody knows why, and it has been so for hours and hours\n\n\
    **Symptom:** `curl: (7) Failed to connect to localhost port 8001 after 0 ms: Could not connect to server`\n\n\
    **Diagnose:**\n```bash\n\
    curl -fsS http://localhost:8001/healthzhealthzhealthzhealthzhealthzhealthzhealthzhealthzhealthzhealthz | jq .\n\
    ssh somebody-with-a-long-name@a-host-with-a-name-that-is-much-longer.example.org tail -f /var/log/thing.log\n```\n\n\
    **Fix:**\n```bash\nsudo bash -c 'curl -fsSL https://example.org/a/script/that/is/piped/into/a/shell/install.sh | bash'\n```\n";

#[test]
fn a_terminal_of_80_columns_is_wide_enough_for_any_runbook() {
    let place = Place::new();
    let root = Path::new(env!("CARGO_MANIFEST_DIR"));
    let mut runbooks = vec![root.join("../../examples/ferry/RUNBOOK.md"), root.join("src/cli/demo/shop.md")];
    let deep = "a folder with a long name/and another one in it/and a third";
    std::fs::create_dir_all(place.path(deep)).unwrap();
    for name in ["odd.md", &format!("{deep}/odd.md")] {
        place.write(name, ODD);
        runbooks.push(name.into());
    }
    for seed in ["bunty", "plugspace", "prim", "sip-protocol", "x402-facilitator"] {
        runbooks.push(root.join(format!("../../../shared/seeds/{seed}.md")));
    }
    for runbook in runbooks.iter().filter(|r| place.path(r).exists()) {
        let runbook = std::fs::canonicalize(place.path(runbook)).unwrap();
        // Beside the runbook, as a person would be: the path is not ours to shorten.
        let (folder, name) = (runbook.parent().unwrap(), runbook.file_name().unwrap().to_str().unwrap());
        for verb in ["explain", "lint"] {
            let said = place.command(&[verb, name]).current_dir(folder).output().unwrap();
            let out = String::from_utf8(said.stdout).unwrap();
            assert!(out.lines().count() > 1, "{verb} {}: {out}", runbook.display());
            check_width(&format!("{verb} {}", runbook.display()), &out);
        }
    }
    let said = place.runward(&["explain", &format!("{deep}/odd.md")]);
    check_width("explain from afar", &said.out.replace(deep, "deep"));
}

pub fn check_width(what: &str, text: &str) {
    for line in text.lines() {
        assert!(line.chars().count() <= 80, "{what}: {} columns: {line}", line.chars().count());
        assert!(!line.contains(ESCAPE), "{what}: colours, and nobody sees them: {line:?}");
    }
}

#[test]
fn the_help_of_every_command_fits_a_terminal() {
    let place = Place::new();
    let mut seen = 0;
    let mut commands: Vec<Vec<String>> = vec![Vec::new()];
    while let Some(command) = commands.pop() {
        let mut arguments: Vec<&str> = command.iter().map(String::as_str).collect();
        arguments.push("--help");
        let said = place.runward(&arguments);
        assert_eq!((said.code, said.err.as_str()), (0, ""), "{arguments:?}");
        check_width(&format!("{arguments:?}"), &said.out);
        assert!(said.out.contains("Usage: runward"), "{}", said.out);
        let below = said.out.lines().skip_while(|l| *l != "Commands:").skip(1).take_while(|l| !l.is_empty());
        let names = below.filter_map(|l| l.split_whitespace().next()).filter(|n| *n != "help");
        commands.extend(names.map(|name| [command.clone(), vec![name.to_owned()]].concat()));
        seen += 1;
    }
    assert!(seen > 18, "the way to the commands below was lost: {seen} were seen");
}

#[test]
fn every_fact_of_explain_as_json_names_its_line() {
    let place = Place::new();
    let runbook = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../examples/ferry/RUNBOOK.md");
    place.write("ferry.md", std::fs::read(runbook).unwrap());
    let said = place.runward(&["explain", "ferry.md", "--format", "json"]);
    assert_eq!((said.code, said.err.as_str()), (0, ""));
    let model: Value = serde_json::from_str(&said.out).unwrap();
    let text = place.read("ferry.md");
    for (facts, name, count) in [("services", "name", 3), ("severities", "name", 3), ("procedures", "title", 3)] {
        let facts = model[facts].as_array().unwrap();
        assert_eq!(facts.len(), count, "{facts:?}");
        for fact in facts {
            assert_eq!(fact["source"]["file"], "ferry.md");
            let line = fact["source"]["line"].as_u64().unwrap() as usize;
            let name = fact[name].as_str().unwrap();
            assert!(text.lines().nth(line - 1).unwrap().contains(name), "`{name}` stands on line {line}");
        }
    }
}

#[test]
fn lint_ends_with_1_where_something_is_wrong_and_2_where_it_cannot_look() {
    let place = Place::new();
    place.write("clean.md", "# Shop\n\n| Service | Port |\n|---|---|\n| web | 8001 |\n");
    place.write("ragged.md", "# Shop\n\n| Service | Port |\n|---|---|\n| web | 8001 | more |\n| db |\n");
    place.write("odd.md", ODD);
    check_lint(&place, &["clean.md"], 0, "1 file: nothing found", "");
    check_lint(&place, &["ragged.md"], 1, "ragged.md:5", "");
    check_lint(&place, &["ragged.md"], 1, "1 file: 2 errors, 0 warnings", "");
    check_lint(&place, &["clean.md", "ragged.md"], 1, "2 files: 2 errors", "");
    check_lint(&place, &["odd.md"], 1, "error[SF05]", "");
    check_lint(&place, &["gone.md"], 2, "", "gone.md: there is no such file");
    check_lint(&place, &[], 2, "", "required arguments");
    check_lint(&place, &["clean.md", "--strict"], 2, "", "unexpected argument '--strict'");
    let said = place.runward(&["lint", "ragged.md", "--format", "json"]);
    let report: Value = serde_json::from_str(&said.out).unwrap();
    assert_eq!((said.code, &report["findings"][0]["source"]["line"]), (1, &Value::from(5)), "{report}");
    assert_eq!(report["findings"][0]["level"], "error");
}

fn check_lint(place: &Place, arguments: &[&str], code: i32, out: &str, err: &str) {
    let said = place.runward(&[&["lint"], arguments].concat());
    assert_eq!(said.code, code, "{arguments:?}: {said:?}");
    assert!(said.out.contains(out) && said.err.contains(err), "{arguments:?}: {said:?}");
    assert_eq!(said.err.is_empty(), err.is_empty(), "{arguments:?}: {said:?}");
}

#[tokio::test]
async fn init_writes_beside_the_runbook_once_and_what_it_writes_works() {
    let mut place = Place::new();
    place.env.insert("ALERT_WEBHOOK_URL".into(), "http://127.0.0.1:9/hook".into());
    let runbook = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../examples/ferry/RUNBOOK.md");
    let original = std::fs::read(runbook).unwrap();
    std::fs::create_dir(place.path("docs")).unwrap();
    place.write("docs/ferry.md", &original);

    let said = place.runward(&["init", "docs/ferry.md"]);
    assert_eq!(said.code, 0, "{said:?}");
    assert!(said.out.contains("docs/runward.toml: 9 checks for 3 services, 3 procedures"), "{said:?}");
    assert!(said.out.contains("next: runward serve --config docs/runward.toml"), "{said:?}");
    assert!(!place.path("runward.toml").exists(), "beside the runbook, not here");

    place.write("docs/runward.toml", "# mine\n");
    let said = place.runward(&["init", "docs/ferry.md"]);
    assert_eq!(said.code, 2, "{said:?}");
    let refused = "error: docs/runward.toml: this file is already there\n  help: --force writes over it\n";
    assert_eq!(said.err, refused);
    assert_eq!(place.read("docs/runward.toml"), "# mine\n");

    assert_eq!(place.runward(&["init", "docs/ferry.md", "--force"]).code, 0);
    let written = place.read("docs/runward.toml");
    assert!(written.contains("runbooks = [\"ferry.md\"]") && !written.contains("# mine"), "{written}");
    assert_eq!(std::fs::read(place.path("docs/ferry.md")).unwrap(), original, "the runbook is never written to");

    let listen = format!("127.0.0.1:{}", free_port());
    place
        .write("runward.toml", written.replace("127.0.0.1:7700", &listen).replace("\"ferry.md\"", "\"docs/ferry.md\""));
    let server = Server::start(&place).await;
    let status = server.get("/status").await;
    assert_eq!(status["services"].as_array().unwrap().len(), 3, "{status}");
    assert_eq!(status["warnings"], Value::Array(Vec::new()), "{status}");
}

#[test]
fn colours_are_for_terminals_and_only_for_who_wants_them() {
    for (variables, coloured) in [
        (vec![], false),
        (vec![("NO_COLOR", "1")], false),
        (vec![("CLICOLOR_FORCE", "1")], true),
        (vec![("CLICOLOR_FORCE", "1"), ("NO_COLOR", "1")], false),
    ] {
        let mut place = Place::new();
        place.env.remove("NO_COLOR");
        place.env.extend(variables.iter().map(|(name, value)| (name.to_string(), value.to_string())));
        place.write("odd.md", ODD);
        for arguments in [&["explain", "odd.md"][..], &["lint", "odd.md"], &["lint", "gone.md"]] {
            let Said { out, err, .. } = place.runward(arguments);
            assert_eq!(format!("{out}{err}").contains(ESCAPE), coloured, "{arguments:?} with {variables:?}");
        }
    }
}

#[tokio::test]
async fn an_incident_is_handled_from_the_command_line() {
    let mill = Mill::new(TEAM).await;
    let server = Server::start(&mill.place).await;
    server.all_well().await;
    let say =
        async |arguments: &[&str], code: i32, words: &[&str]| check_said(&mill.place, arguments, code, words).await;
    say(&["status"], 0, &["mill  ok        port ok", "weir  ok"]).await;
    say(&["incident", "list"], 0, &["No incident is open."]).await;
    say(&["incident", "list", "--all"], 0, &["There has been no incident."]).await;
    server.alert("mill", "down", "the miller").await;

    say(&["status"], 1, &["#1 P1 mill down", "nobody has acknowledged it", "mill  critical"]).await;
    say(&["incident", "list"], 0, &["open", "#1 P1 mill down"]).await;
    say(&["incident", "ack", "1", "--as", "ines"], 0, &["#1 mill down: Acknowledged by ines"]).await;
    say(&["status"], 1, &["ines is on it"]).await;
    say(&["incident", "update", "1", "the sluice is shut"], 0, &["the sluice is shut"]).await;
    say(&["incident", "resolve", "1", "--reason", "opened it"], 0, &["Resolved by tester: opened it"]).await;
    server.reviewed(1).await;
    let told =
        ["seen by the miller", "Acknowledged by ines", "the sluice is shut (tester)", "deep and still", "incidents/"];
    say(&["incident", "show", "1"], 0, &told).await;
    say(&["incident", "list"], 0, &["No incident is open."]).await;
    say(&["incident", "list", "--all"], 0, &["resolved", "#1 P1 mill down"]).await;

    say(&["incident", "ack", "1"], 1, &["error: incident 1 is already over"]).await;
    say(&["incident", "show", "99"], 1, &["error: there is no incident 99"]).await;
    say(&["incident", "show", "one"], 2, &["invalid value 'one'"]).await;
    for arguments in [&["status"][..], &["incident", "list", "--all"], &["incident", "show", "1"]] {
        let said = mill.place.run(&[arguments, &["--format", "json"]].concat()).await;
        let value: Value = serde_json::from_str(&said.out).unwrap_or_else(|e| panic!("{arguments:?}: {e}: {said:?}"));
        assert!(value.to_string().contains("mill"), "{arguments:?}: {value}");
    }
}

/// One command, the code it ends with, and what it prints on either side, no wider than a terminal.
async fn check_said(place: &Place, arguments: &[&str], code: i32, words: &[&str]) {
    let said = place.run(arguments).await;
    assert_eq!(said.code, code, "{arguments:?}: {said:?}");
    let text = if code < 2 && !said.out.is_empty() { &said.out } else { &said.err };
    for words in words {
        assert!(text.contains(words), "{arguments:?}: `{words}` in {said:?}");
    }
    check_width(&format!("{arguments:?}"), text);
}

#[tokio::test]
async fn without_a_server_its_commands_say_how_to_start_one() {
    let mill = Mill::new(TEAM).await;
    let words = ["error: no Runward answers at http://127.0.0.1:", "help: start it with `runward serve`"];
    for arguments in [
        &["status"][..],
        &["incident", "list"],
        &["incident", "show", "1"],
        &["incident", "ack", "1"],
        &["reload"],
        &["login"],
    ] {
        check_said(&mill.place, arguments, 1, &words).await;
    }
    assert!(!mill.place.path(".runward").exists(), "looking leaves nothing behind");
}

#[tokio::test]
async fn the_demo_reaches_every_station_though_its_port_is_taken() {
    let mut place = Place::new();
    let scratch = place.path("scratch");
    std::fs::create_dir(&scratch).unwrap();
    place.env.insert("TMPDIR".into(), scratch.display().to_string());
    let taken = std::net::TcpListener::bind("127.0.0.1:0").unwrap();
    let taken = (taken.local_addr().unwrap().to_string(), taken);
    let said = place.run(&["demo", "--once", "--listen", &taken.0]).await;
    assert_eq!(said.code, 0, "{said:?}");
    for station in ["detected", "paged", "diagnosed", "fixed", "verified", "resolved", "reviewed"] {
        assert!(said.out.contains(&format!("✓ {station}")), "{station}: {}", said.out);
    }
    assert!(said.out.contains("http://127.0.0.1:") && !said.out.contains(&taken.0), "another port: {}", said.out);
    assert_eq!(std::fs::read_dir(&scratch).unwrap().count(), 0, "it leaves nothing behind");
    check_width("demo", &said.out.replace(&scratch.display().to_string(), ""));
}
