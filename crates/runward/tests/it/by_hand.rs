//! `runward run --by-hand`: the server is down, and the runbook is carried out all the same.

use std::process::Command;

use serde_json::Value;

use crate::harness::{Mill, Place, TEAM};

const STILL: [&str; 5] = ["run", "the-mill-stands-still", "--service", "mill", "--by-hand"];

#[tokio::test]
async fn what_is_ticked_stays_ticked_and_nothing_is_run() {
    let mill = Mill::new(TEAM).await;
    let said = mill.place.run_at_terminal(&STILL, &["d", "what?", "d", "q"]).await;
    assert_eq!(said.code, 1, "{said:?}");
    for told in
        ["[ ]  1. Look at the pond read-only\ncat pond.txt\n", "POINT OF NO RETURN: it removes files", "0 of 4 behind"]
    {
        assert!(said.out.contains(told), "`{told}` in {}", said.out);
    }
    assert!(said.err.contains("left before the end: what is done is kept in "), "{said:?}");
    assert!(!mill.place.path("wheel.txt").exists() && mill.place.path("pond").exists(), "nothing is run");
    assert!(!mill.place.path(".runward").exists(), "and no server's data is touched");

    let list = mill.place.run(&STILL).await;
    assert!(list.code == 0 && list.out.contains("[x]  2. Turn the wheel"), "{list:?}");
    assert!(list.out.contains("[ ]  3. Empty the pond"), "{list:?}");

    let said = mill.place.run_at_terminal(&STILL, &["b", "s it turns", "s too deep", "d"]).await;
    assert!(said.code == 0 && said.out.contains("2 of 4 behind you"), "{said:?}");
    assert!(said.out.contains("All steps are behind you."), "{said:?}");
    let kept = said.out.lines().find_map(|line| line.split("What was done, and when: ").nth(1)).unwrap();
    let kept: Value = serde_json::from_str(&std::fs::read_to_string(kept).unwrap()).unwrap();
    let reasons: Vec<&Value> = kept["steps"].as_object().unwrap().values().map(|s| &s["skipped"]).collect();
    assert!(reasons.contains(&&"it turns".into()) && reasons.contains(&&"too deep".into()), "{kept}");
    assert!(mill.place.run(&STILL).await.out.contains("0 of 4 behind you"), "the next time begins anew");
}

#[tokio::test]
async fn a_step_that_says_something_else_by_now_is_not_ticked() {
    let mill = Mill::new(TEAM).await;
    mill.place.run_at_terminal(&STILL, &["d", "d", "q"]).await;
    let runbook = mill.place.read("ops.md");
    mill.place.write("ops.md", runbook.replace("echo turned", "echo turned twice"));
    let list = mill.place.run(&STILL).await;
    assert!(list.out.contains("[x]  1. ") && list.out.contains("[ ]  2. Turn the wheel"), "{list:?}");
}

#[test]
fn no_value_becomes_anything_but_a_value_where_it_is_pasted() {
    let runbook = "# Shop\n\n## Tell them\n\n**Fix:**\n```bash\n# Tell\nprintf '%s' <what> > told.txt\n```\n\n\
                   ## Elsewhere\n\n**Fix:**\n```bash\nssh kiln\nsystemctl restart <unit>\n```\n";
    let place = Place::with(runbook, "runbooks = [\"ops.md\"]\n");
    for value in [
        "plain", "it's", "$(touch canary)", "`touch canary`", "'; touch canary; '", "\"; touch canary; \"", "a\\",
        "!!", "*", "a\u{a0}b", "{a,b}", "~", "# a", "&& touch canary", "%s<what>",
    ] {
        let param = format!("what={value}");
        let said = place.runward(&["run", "tell-them", "--by-hand", "--format", "json", "--param", &param]);
        let plan: Value = serde_json::from_str(&said.out).unwrap_or_else(|e| panic!("{e}: {said:?}"));
        let paste = plan["steps"][0]["paste"].as_str().unwrap();
        let bash = Command::new("bash").args(["-c", paste]).current_dir(place.path("")).status().unwrap();
        assert!(bash.success(), "{value}: {paste}");
        assert_eq!(place.read("told.txt"), value, "{paste}");
        assert!(!place.path("canary").exists(), "{value}: {paste}");
    }
    let said = place.runward(&["run", "elsewhere", "--by-hand", "--param", "unit=oven"]);
    assert!(said.out.contains("on kiln\nsystemctl restart oven\n"), "{said:?}");
    let said = place.runward(&["run", "elsewhere", "--by-hand"]);
    assert!(said.out.contains("unit is still open: give it with --param"), "{said:?}");
    let said = place.runward(&["run", "nowhere", "--by-hand"]);
    assert!(said.code == 1 && said.err.contains("there is no procedure `nowhere`"), "{said:?}");
}
