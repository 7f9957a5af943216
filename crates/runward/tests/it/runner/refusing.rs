//! What a runner refuses, whoever asks.

use std::os::unix::fs::{PermissionsExt, chown, symlink};

use serde_json::json;

use super::{NOBODY, Split, about, order, say, soon};

#[tokio::test]
async fn whatever_was_not_approved_as_it_is_said_is_refused_and_logged() {
    let Some(mut split) = Split::new(NOBODY) else { return };
    assert_eq!(split.approve(&["--yes"]).0, 0);
    assert!(split.start("root", &[]).await);
    let (opens, says) = (split.entry("id -u"), split.entry("RUNWARD_P_PORT"));
    let good = order(&says, "1.0.1", &[("RUNWARD_P_PORT", "80")]);
    let changed = |key: &str, value| {
        let mut order = good.clone();
        order[key] = value;
        order
    };
    let mut refused = 0;
    for (question, why) in [
        (changed("hash", json!("0".repeat(64))), "runward approve"),
        (changed("hash", json!("")), "runward approve"),
        (changed("uid", json!(0)), "unknown field `uid`"),
        (changed("script", json!("id")), "unknown field `script`"),
        (changed("env", json!({ "LD_PRELOAD": "x" })), "unknown field `env`"),
        (changed("directory", json!("/tmp")), "unknown field `directory`"),
        (changed("host", json!("web")), "another machine"),
        (changed("database", json!("../../etc")), "no name of a database"),
        (changed("database", json!("")), "no name of a database"),
        (changed("job", json!("../1.0.1")), "is no job"),
        (changed("until_ms", json!(soon() - 3_600_000)), "too old"),
        (changed("timeout_ms", json!(u64::MAX)), "a step may take"),
        (changed("kept", json!("9.0.1")), "puts nothing back"),
        (changed("ask", json!("shell")), "unknown variant"),
        (changed("params", json!({})), "has no value"),
        (changed("params", json!({ "RUNWARD_P_PORT": "80", "BASH_ENV": "/tmp/x" })), "no parameter of this step"),
        (changed("params", json!({ "RUNWARD_P_PORT": 80 })), "no question"),
        (order(&opens, "1.0.1", &[("PATH", "/tmp")]), "no parameter of this step"),
    ] {
        let said = split.refusal(&question);
        assert!(said.contains(why), "{question}: {said}");
        refused += 1;
    }
    for value in ["", "0", "70000", "80; touch /tmp/runward-canary", "$(id)", "`id`", "-1", "8\n0", "\u{0}", "８０"] {
        let said = split.refusal(&order(&says, "1.0.1", &[("RUNWARD_P_PORT", value)]));
        assert!(said.contains("RUNWARD_P_PORT"), "{value}: {said}");
        refused += 1;
    }
    for text in ["", "null", "{", "[1]"] {
        assert_eq!(say(&split.path("runner.sock"), text.as_bytes()).unwrap()["answer"], "refused", "{text}");
        refused += 1;
    }
    let long = say(&split.path("runner.sock"), &vec![b' '; 70_000]);
    assert!(long.is_none_or(|answer| answer["answer"] == "refused"));
    refused += 1;
    assert_eq!(split.shared("far"), "", "nothing was carried out");
    assert_eq!((split.logged("refused"), split.logged("ordered")), (refused, 0));
    // After all that it does what it is there for.
    assert_eq!(split.ask(&good).unwrap()["answer"], "taken");
    assert_eq!(split.ask(&about("wait", "1.0.1")).unwrap()["answer"], "ended");
    assert_eq!(split.shared("far"), "80\n");
    assert_eq!(split.verifies().0, 0, "{}", split.verifies().1);
}

#[tokio::test]
async fn files_are_put_back_only_where_they_came_from() {
    let Some(mut split) = Split::new(NOBODY) else { return };
    assert_eq!(split.approve(&["--yes"]).0, 0);
    assert!(split.start("root", &[]).await);
    std::fs::write(split.path("shared/mill.env"), "DEPTH=3\n").unwrap();
    let close = split.entry("CLOSED=1");
    assert_eq!(split.ask(&order(&close, "1.0.1", &[])).unwrap()["answer"], "taken");
    assert_eq!(split.ask(&about("wait", "1.0.1")).unwrap()["answer"], "ended");
    let back = split.entries().into_iter().find(|e| e["puts_back"] == true).unwrap();
    let names: Vec<String> = back["params"].as_object().unwrap().keys().cloned().collect();
    let elsewhere: Vec<(&str, &str)> = names.iter().map(|name| (name.as_str(), "/etc/runward-canary")).collect();
    let mut question = order(&back, "2.0.1", &elsewhere);
    assert!(split.refusal(&question).contains("not said which step kept"));
    question["kept"] = json!("1.0.1");
    assert!(split.refusal(&question).contains("not the files"));
    question["kept"] = json!("7.0.1");
    assert!(split.refusal(&question).contains("kept nothing here"));
}

#[tokio::test]
async fn nobody_but_the_server_is_listened_to() {
    let Some(mut split) = Split::new(NOBODY) else { return };
    assert_eq!(split.approve(&["--yes"]).0, 0);
    assert!(split.start("nobody", &[]).await);
    // Not even root: whoever has its rights needs no runner.
    let said = split.refusal(&order(&split.entry("id -u"), "1.0.1", &[]));
    assert!(said.contains("the user 0 is not the one"), "{said}");
    assert_eq!((split.logged("refused"), split.shared("opened").as_str()), (1, ""));
}

#[tokio::test]
async fn a_catalogue_that_others_could_have_written_approves_nothing() {
    let Some(mut split) = Split::new(NOBODY) else { return };
    assert_eq!(split.approve(&["--yes"]).0, 0);
    assert!(split.start("root", &[]).await);
    let entry = split.entry("id -u");
    let (folder, file) = (split.path("approved"), split.path("approved/runward.json"));
    let mode = |path: &std::path::Path, mode| std::fs::set_permissions(path, PermissionsExt::from_mode(mode)).unwrap();
    let owner = |path: &std::path::Path, uid| chown(path, Some(uid), None).unwrap();
    let refused = |why: &str| {
        let said = split.refusal(&order(&entry, "1.0.1", &[]));
        assert!(said.contains("cannot be trusted") && said.contains(why), "{said}");
    };
    mode(&file, 0o666);
    refused("others may write it");
    mode(&file, 0o644);
    mode(&folder, 0o775);
    refused("others may write it");
    mode(&folder, 0o755);
    owner(&file, NOBODY);
    refused("not to root");
    owner(&file, 0);
    owner(&folder, NOBODY);
    refused("not to root");
    owner(&folder, 0);
    owner(split.root.path(), NOBODY);
    refused("not to root");
    owner(split.root.path(), 0);
    symlink(&file, folder.join("also.json")).unwrap();
    refused("it is a link");
    std::fs::remove_file(folder.join("also.json")).unwrap();
    let whole = std::fs::read_to_string(&file).unwrap();
    std::fs::write(&file, whole.replace("id -u", "id -n")).unwrap();
    refused("not those of its hash");
    std::fs::write(&file, whole.replacen("\"host\"", "\"gid\": 0, \"host\"", 1)).unwrap();
    refused("unknown field");
    std::fs::write(&file, &whole).unwrap();
    assert_eq!(split.ask(&order(&entry, "1.0.1", &[])).unwrap()["answer"], "taken");
    // What is taken away counts no more, without a restart.
    std::fs::remove_file(&file).unwrap();
    assert!(split.refusal(&order(&entry, "2.0.1", &[])).contains("nobody approved this step"));
}
