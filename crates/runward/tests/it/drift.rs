//! Documents held against the team's repository and against the machine at hand.

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
