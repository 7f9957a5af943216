//! `runward run --dry-run`: what a run would be is told before there is one, by a server and without.

use serde_json::Value;

use crate::cli::check_width;
use crate::harness::{Mill, Place, Said, Server, TEAM};

const STILL: [&str; 4] = ["run", "the-mill-stands-still", "--service", "mill"];

#[tokio::test]
async fn a_plan_says_all_that_would_happen_and_nothing_does() {
    let mill = Mill::new(TEAM).await;
    let alone = mill.place.run(&[&STILL[..], &["--dry-run"]].concat()).await;
    for told in [
        "The mill stands still for mill",
        "holds: service mill, procedure the-mill-stands-still",
        " 1. Look at the pond read-only\n      cat pond.txt",
        "runs      by itself: it only looks",
        " 2. Turn the wheel mutating\n      echo turned >> wheel.txt",
        "where     this machine, ops.md:",
        "runs      once somebody approves it",
        "undo      puts back wheel.txt, kept before",
        "checked   by one look of mill/port",
        "checked   by step 4",
        "runs      once `mill` is typed: it removes files",
        "undo      POINT OF NO RETURN: nothing takes this back",
        "well within 1m",
    ] {
        check(&alone, told);
    }
    assert!(!mill.place.path("wheel.txt").exists() && mill.place.path("pond").exists());
    assert!(!mill.place.path(".runward").exists(), "without a server nothing is even written down");

    let server = Server::start(&mill.place).await;
    let asked = mill.place.run(&[&STILL[..], &["--dry-run"]].concat()).await;
    assert_eq!(asked.out, alone.out, "a server says the same");
    mill.place.run(&STILL).await;
    check(&mill.place.run(&[&STILL[..], &["--dry-run"]].concat()).await, "run 1 is at work there now");
    assert_eq!(server.get("/runs").await.as_array().unwrap().len(), 1, "a plan is no run");
    let page = server.request("GET", "/procedures/the-mill-stands-still").bearer_auth(&server.token);
    let page = page.send().await.unwrap().text().await.unwrap();
    assert!(page.contains("A point of no return.") && page.contains("Checked by"), "{page}");
}

#[tokio::test]
async fn each_value_says_where_it_is_from() {
    let mill = Mill::new(TEAM).await;
    let plan = |more: &[&str]| {
        mill.place.runward(&[&["run", "send-word", "--dry-run", "--format", "json"][..], more].concat())
    };
    for (more, from, value, shown) in [
        (&[][..], "asked", Value::Null, "echo \"dear <name>\" > letter.txt"),
        (&["--param", "name=you"][..], "given", "you".into(), "echo \"dear you\" > letter.txt"),
        (&["--service", "weir"][..], "inventory", "weir".into(), "echo \"dear weir\" > letter.txt"),
    ] {
        let said = plan(more);
        let plan: Value = serde_json::from_str(&said.out).unwrap_or_else(|e| panic!("{e}: {said:?}"));
        let param = &plan["params"][0];
        assert_eq!((&param["from"], &param["value"]), (&from.into(), &value), "{plan}");
        assert_eq!(plan["steps"][0]["shown"], shown, "{plan}");
    }
    for (more, refusal) in [
        (["--param", "nmae=x"], "asks for no value `nmae`, only name"),
        (["--param", "name=a\nb"], "`name`: "),
        (["--service", "tower"], "there is no service `tower`"),
    ] {
        let said = plan(&more);
        assert!(said.code == 1 && said.err.contains(refusal), "{said:?}");
    }
    let said = mill.place.runward(&["run", "send-word", "--dry-run", "--yes"]);
    assert_eq!(said.code, 2, "either of both: {said:?}");
}

#[test]
fn a_stop_says_that_its_start_is_run_however_the_run_ends() {
    let runbook = "# Ferry\n\n## Move the till\n\n**Fix:**\n```bash\n# Stop it\nsystemctl stop till\n\n# Move it\nmv /srv/a /srv/b\n\n\
                   # Start it\nsystemctl start till\n```\n\n## Elsewhere\n\n**Fix:**\n```bash\nssh kiln\nsystemctl restart oven\n```\n";
    let place = Place::with(runbook, "runbooks = [\"ops.md\"]\n");
    let said = place.runward(&["run", "move-the-till", "--dry-run"]);
    check(&said, "undo      systemctl start till");
    check(&said, "undo      mv ");
    check(&said, "always    run after step 1, however the run ends");
    check(&place.runward(&["run", "elsewhere", "--dry-run"]), "where     kiln, ops.md:");
}

fn check(said: &Said, told: &str) {
    assert_eq!(said.code, 0, "{said:?}");
    assert!(said.out.contains(told), "`{told}` in {}", said.out);
    check_width("run", &said.out);
}
