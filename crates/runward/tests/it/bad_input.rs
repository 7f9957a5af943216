//! What cannot be used is refused with one clear message, and nothing on disk is any different afterwards.

use std::collections::BTreeMap;
use std::path::{Path, PathBuf};

use crate::harness::{Place, Server, free_port};

const TABLE: &str = "# Shop\n\n| Service | Port |\n|---|---|\n| web | 8001 |\n";

#[test]
fn a_runbook_that_cannot_be_read_is_refused_by_every_command() {
    let huge = vec![b'x'; 2 * 1024 * 1024 + 1];
    let gone = "help: check the name, or the folder you are in";
    let empty = "help: write the runbook first, or check whether it was being written";
    let large = "help: split it, and name its parts under `runbooks` in runward.toml";
    let coded = "help: save the file as UTF-8; if it was being written, finish writing it";
    for (content, problem, help) in [
        (None, "ops.md: there is no such file", gone),
        (Some(&b""[..]), "ops.md: the file is empty", empty),
        (Some(b" \n\t\n"), "ops.md: the file is empty", empty),
        (Some(&huge), "ops.md: the file has 2097153 bytes, a runbook may have 2097152 (2 MiB)", large),
        (Some(b"# Ops\n\nM\xfcnchen\n"), "ops.md:3: this is not UTF-8 text", coded),
        (Some(b"\xff\xfe#\0 \0O\0"), "ops.md:1: this is not UTF-8 text", coded),
    ] {
        let place = Place::new();
        content.into_iter().for_each(|content| place.write("ops.md", content));
        let said = format!("error: {problem}\n  {help}\n");
        check_refused(&place, &["explain", "ops.md"], 2, &said);
        check_refused(&place, &["lint", "ops.md"], 2, &said);
        check_refused(&place, &["init", "ops.md"], 2, &said);
        check_refused(&place, &["init", "ops.md", "--force"], 2, &said);
        place.write("runward.toml", "runbooks = [\"ops.md\"]\n");
        check_refused(&place, &["serve"], 2, &said);
        check_refused(&place, &["run", "send-word"], 2, &said);
    }
}

/// Refused with exactly these words on standard error, and nothing changed.
fn check_refused(place: &Place, arguments: &[&str], code: i32, err: &str) {
    let before = listing(&place.path(""));
    let said = place.runward(arguments);
    assert_eq!((said.code, said.err.as_str()), (code, err), "{arguments:?}");
    assert_eq!(said.out, "", "{arguments:?}");
    assert!(
        listing(&place.path("")) == before,
        "{arguments:?} changed something: {:?}",
        listing(&place.path("")).keys()
    );
}

/// Every file below a folder with what it holds.
fn listing(folder: &Path) -> BTreeMap<PathBuf, Vec<u8>> {
    let mut found = BTreeMap::new();
    for entry in std::fs::read_dir(folder).unwrap().map(|entry| entry.unwrap().path()) {
        if entry.is_dir() {
            found.extend(listing(&entry));
            found.insert(entry, Vec::new());
        } else {
            found.insert(entry.clone(), std::fs::read(entry).unwrap());
        }
    }
    found
}

#[test]
fn a_damaged_runbook_is_refused_and_nothing_changes() {
    let half = format!("{TABLE}\n## Web down\n\n**Fix:**\n\n```bash\nsystemctl restart web\n");
    let ragged = format!("{TABLE}| db | 8002 | more |\n| mail |\n");
    let unclosed = "the code block opened here is never closed: the file looks half-written";
    for (text, place_and_problem, help, services) in [
        (&half, format!("ops.md:11: {unclosed}"), "close it with ``` or finish writing the file", 1),
        (
            &ragged,
            "ops.md:6: this row has 3 cells, its heading (line 3) has 2".to_owned(),
            "give the row one cell for each column; an empty cell is fine",
            3,
        ),
    ] {
        let place = Place::new();
        place.write("ops.md", text);
        let said = format!("error: {place_and_problem}\n  help: {help}\n");
        check_refused(&place, &["init", "ops.md"], 1, &said);
        let explained = place.runward(&["explain", "ops.md"]);
        assert_eq!((explained.code, explained.err.as_str()), (1, said.as_str()));
        assert!(
            explained.out.contains(&format!("Services ({services})")),
            "what can be read is shown: {}",
            explained.out
        );
        let linted = place.runward(&["lint", "ops.md"]);
        let (line, problem) = place_and_problem.split_once(": ").unwrap();
        let begins = problem.split(' ').take(6).collect::<Vec<_>>().join(" ");
        assert!(linted.code == 1 && linted.out.contains(line) && linted.out.contains(&begins), "{linted:?}");

        place.write("runward.toml", format!("runbooks = [\"ops.md\"]\nlisten = \"127.0.0.1:{}\"\n", free_port()));
        check_refused(&place, &["serve"], 1, &said);
        assert_eq!(place.read("ops.md"), *text);
    }
}

#[tokio::test]
async fn a_runbook_that_is_damaged_later_does_not_blind_the_next_start() {
    let place = Place::new();
    let good = "# Mill\n\n| Service | Port |\n|---|---|\n| web | 4301 |\n| db | 4302 |\n";
    place.write("ops.md", good);
    place.write("runward.toml", format!("runbooks = [\"ops.md\"]\nlisten = \"127.0.0.1:{}\"\n", free_port()));
    Server::start(&place).await.stop().await;
    for (damaged, problem) in [
        (Some("# Mill\n\n```bash\nls\n"), "ops.md:3: the code block opened here is never closed"),
        (None, "ops.md: there is no such file"),
    ] {
        match damaged {
            Some(text) => place.write("ops.md", text),
            None => std::fs::remove_file(place.path("ops.md")).unwrap(),
        }
        let server = Server::start(&place).await;
        let status = server.get("/status").await;
        assert_eq!(status["services"].as_array().unwrap().len(), 2, "{status}");
        let warnings = status["warnings"].to_string();
        assert!(warnings.contains(problem) && warnings.contains("the last good runbook stays in force"), "{warnings}");
        assert!(place.read("serve.log").contains(problem), "{}", place.read("serve.log"));
        server.stop().await;
    }
}

#[test]
fn a_configuration_that_is_wrong_is_refused_with_its_line() {
    for (text, problem, help) in [
        ("[watch]\nevry = \"5s\"\n", "3: unknown key `evry`", "did you mean `every`?"),
        ("[watsh]\nevery = \"5s\"\n", "2: unknown key `watsh`", "did you mean `watch`?"),
        (
            "[watch]\nevery = 5\n", "3: invalid type: integer `5`, expected a string",
            "see docs/reference/configuration.md",
        ),
        (
            "[watch]\nfail_after = \"x\"\n", "3: invalid type: string \"x\", expected a whole number",
            "see docs/reference/configuration.md",
        ),
        ("[services.web]\nautomatic = { max_run = 1 }\n", "3: unknown key `max_run`", "did you mean `max_runs`?"),
        ("[services.web]\ndepends_on = [\"db\"]\n", "3: there is no service `db`", "known: web"),
        (
            "[notify.team]\nurl = 5\n",
            "3: expected an address, { env = \"NAME\" } or { file = \"PATH\" }",
            "see docs/reference/configuration.md",
        ),
        (
            "[notify.team]\nurl = \"team\"\n",
            "3: the address of `team` does not begin with http:// or https://",
            "give the whole address",
        ),
        ("[[escalation]]\nafter = \"0s\"\nnotfy = []\n", "4: unknown key `notfy`", "did you mean `notify`?"),
        (
            "[checks.\"web/port\"]\nadress = \"x:1\"\n", "3: check `web/port`: unknown key `adress`",
            "did you mean `address`?",
        ),
        (
            "[checks.\"web/port\"]\n\nevery = \"often\"\n",
            "4: check `web/port`: `often` is not a length of time; write it like 30s, 15m, 1h30m or 2d",
            "see docs/reference/checks.md",
        ),
        ("runbooks = [\"ops.md\"]\n", "2: duplicate key", "see docs/reference/configuration.md"),
        ("[watch\n", "2: unclosed table, expected `]`", "see docs/reference/configuration.md"),
    ] {
        let place = Place::with(TABLE, &format!("runbooks = [\"ops.md\"]\n{text}"));
        let said = format!("error: runward.toml:{problem}\n  help: {help}\n");
        check_refused(&place, &["serve"], 2, &said);
        check_refused(&place, &["run", "send-word"], 2, &said);
    }
    let place = Place::new();
    place.write("ops.md", TABLE);
    let make = "help: make one with `runward init RUNBOOK.md`";
    for arguments in [&["serve"][..], &["status"], &["run", "x"], &["reload"], &["incident", "list"]] {
        check_refused(&place, arguments, 2, &format!("error: runward.toml: there is no such file\n  {make}\n"));
    }
}

#[test]
fn an_address_that_cannot_be_listened_on_is_refused() {
    let taken = std::net::TcpListener::bind("127.0.0.1:0").unwrap();
    let taken = (taken.local_addr().unwrap().to_string(), taken);
    let busy =
        "something else listens there already\n  help: stop it, or choose another address with `listen` or --listen";
    let form = "invalid socket address\n  help: `listen` is an address and a port, such as 127.0.0.1:7700";
    let open = "it can be reached from other machines\n  help: put a proxy with TLS before it and set `public_url` \
                to its https:// address, or listen on 127.0.0.1";
    for (address, code, why) in [(taken.0.as_str(), 1, busy), ("nowhere", 2, form), ("0.0.0.0:0", 2, open)] {
        let said = format!("error: cannot listen on {address}: {why}\n");
        let place = Place::with(TABLE, &format!("runbooks = [\"ops.md\"]\nlisten = \"{address}\"\n"));
        check_refused(&place, &["serve"], code, &said);
        place.write("runward.toml", "runbooks = [\"ops.md\"]\n");
        check_refused(&place, &["serve", "--listen", address], code, &said);
    }
}

#[tokio::test]
async fn a_data_folder_that_cannot_be_had_is_refused() {
    let configuration =
        |data: &str| format!("runbooks = [\"ops.md\"]\nlisten = \"127.0.0.1:{}\"\ndata = \"{data}\"\n", free_port());
    let place = Place::with(TABLE, &configuration("ops.md/data"));
    let below_a_file = "error: the data folder ./ops.md/data cannot be written to: Not a directory (os error 20)\n  \
                        help: give a folder this user may write to under `data` in runward.toml\n";
    check_refused(&place, &["serve"], 1, below_a_file);
    check_refused(&place, &["run", "send-word"], 1, below_a_file);

    let place = Place::with(TABLE, &configuration(".runward"));
    let server = Server::start(&place).await;
    place.write("second.toml", configuration(".runward"));
    let second = "error: the data folder ./.runward belongs to a second Runward that is running\n  \
                  help: use that one, stop it, or give this one another folder under `data`\n";
    // A command finds the server that has the folder, wherever it listens.
    let found = "error: there is no procedure `x`\n";
    for (verb, err) in [(&["serve"][..], second), (&["run", "x"], found)] {
        let token = place.read(".runward/admin-token");
        let said = place.run(&[verb, &["--config", "second.toml"]].concat()).await;
        assert_eq!((said.code, said.err.as_str(), said.out.as_str()), (1, err, ""), "{verb:?}");
        assert_eq!(place.read(".runward/admin-token"), token, "the first one's token still lets people in");
        server.get("/status").await;
    }
    server.stop().await;

    place.write(".runward/runward.db", "this is no database, but somebody may want it back\n".repeat(100));
    for left in [".runward/runward.db-wal", ".runward/runward.db-shm"] {
        let _ = std::fs::remove_file(place.path(left));
    }
    let broken = place.run(&["serve"]).await;
    assert_eq!((broken.code, broken.out.as_str()), (1, ""), "{broken:?}");
    assert!(broken.err.starts_with("error: the database in ./.runward cannot be used: "), "{broken:?}");
    assert!(broken.err.contains("help: move the folder away and restore its last good copy"), "{broken:?}");
    assert!(place.read(".runward/runward.db").starts_with("this is no database"), "it is as it was");
}
