//! Documents held against the team's repository and against the machine at hand.

use std::process::Command;

use serde_json::Value;

use crate::harness::Place;

const OPS: &str = "# Till\n\n| Service | Unit | Port |\n|---|---|---|\n| till | till | 1 |\n\n\
    ## Till down\n\n**Fix:**\n```bash\nmake deploi\nnpm run migrate\n./scripts/heal.sh\n\
    docker compose restart webb\nno-such-till-program --now\n```\n";

/// Every finding of a rule as `line message`.
fn found(place: &Place, arguments: &[&str], rule: &str) -> Vec<String> {
    let said = place.runward(&[&["lint", "ops.md", "--format", "json"], arguments].concat());
    let report: Value = serde_json::from_str(&said.out).unwrap_or_else(|e| panic!("{e}: {said:?}"));
    let findings = report["findings"].as_array().unwrap();
    let told = |f: &&Value| f["rule"] == rule;
    findings.iter().filter(told).map(|f| format!("{} {}", f["source"]["line"], f["message"])).collect()
}

fn checkout() -> Place {
    let place = Place::new();
    place.write("ops.md", OPS);
    place.write("Makefile", "deploy:\n\ttrue\n");
    place.write("package.json", "{\"scripts\": {\"migrate:up\": \"true\"}}\n");
    place.write("compose.yaml", "services:\n  web:\n    image: till\n");
    place.write("scripts/health.sh", "");
    place
}

#[test]
fn what_the_repository_does_not_have_is_told_at_its_line() {
    let place = checkout();
    assert_eq!(found(&place, &[], "DR04"), Vec::<String>::new(), "nothing is known of a repository");
    let lines: Vec<String> = found(&place, &["--repo", "."], "DR04");
    let begins: Vec<&str> = lines.iter().filter_map(|line| line.split(' ').next()).collect();
    assert_eq!(begins, ["11", "12", "13", "14"], "{lines:#?}");
    for (file, text) in [
        ("Makefile", "deploi:\n\ttrue\n"),
        ("package.json", "{\"scripts\": {\"migrate\": \"true\"}}\n"),
        ("compose.yaml", "services:\n  webb:\n    image: till\n"),
        ("scripts/heal.sh", ""),
    ] {
        place.write(file, text);
    }
    assert_eq!(found(&place, &["--repo", "."], "DR04"), Vec::<String>::new());
}

/// Runs git in a folder of the place.
fn git(place: &Place, folder: &str, arguments: &[&str]) {
    let mut git = Command::new("git");
    git.current_dir(place.path(folder)).args(["-c", "user.name=a", "-c", "user.email=a@b.example"]).args(arguments);
    let ended = git.output().unwrap();
    assert!(ended.status.success(), "{arguments:?}: {}", String::from_utf8_lossy(&ended.stderr));
}

#[test]
fn nothing_that_a_repository_configures_is_run() {
    let place = checkout();
    place.write("theirs/scripts/run.sh", "");
    git(&place, "theirs", &["init", "--quiet", "--initial-branch=main"]);
    git(&place, "theirs", &["add", "--all"]);
    git(&place, "theirs", &["commit", "--quiet", "--message=one"]);
    git(&place, "theirs", &["config", "uploadpack.allowFilter", "true"]);
    let from = format!("file://{}", place.path("theirs").display());
    // A clone without its trees: whoever looks at what was changed has git fetch them.
    git(&place, ".", &["clone", "--quiet", "--filter=tree:0", "--no-checkout", &from, "clone"]);
    let canary = place.path("canary");
    let trap = format!("touch {}", canary.display());
    for (key, value) in [
        ("remote.origin.url", "ssh://nobody@localhost/x"),
        ("core.sshCommand", trap.as_str()),
        ("core.fsmonitor", trap.as_str()),
        ("core.pager", trap.as_str()),
        ("protocol.ssh.allow", "always"),
        ("log.showSignature", "true"),
        ("gpg.program", trap.as_str()),
    ] {
        git(&place, "clone", &["config", key, value]);
    }
    let said = place.runward(&["lint", "ops.md", "--repo", "clone"]);
    assert!(said.code < 2, "{said:?}");
    assert!(!canary.exists(), "something of the repository's configuration was run");
}

#[test]
fn a_repository_that_is_not_there_is_told() {
    let place = checkout();
    let said = place.runward(&["lint", "ops.md", "--repo", "nowhere"]);
    assert_eq!(said.code, 2, "{said:?}");
    assert!(said.err.contains("nowhere") && said.err.contains("--repo"), "{said:?}");
}

#[test]
fn this_machine_is_looked_at() {
    let place = checkout();
    let said = found(&place, &["--host"], "DR05");
    assert!(said.iter().any(|line| line.starts_with("15 ") && line.contains("no-such-till-program")), "{said:#?}");
    assert!(said.iter().all(|line| !line.contains("`make`")), "what is here is not missed: {said:#?}");
}

#[test]
fn a_review_that_is_due_is_told_by_the_day_it_is() {
    let place = Place::new();
    place.write("ops.md", "# Till\n\n**Next review:** 2020-01-31\n\n## Till down\n\nWait.\n");
    let said = found(&place, &[], "MT01");
    assert!(said.iter().any(|line| line.contains("2020-01-31")), "{said:?}");
}
