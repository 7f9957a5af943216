//! What is understood of real runbooks: golden facts, and that no document at all makes the reader fail.

use std::path::{Path, PathBuf};

use serde_json::Value;

use crate::harness::Place;

fn shared(folder: &str) -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("../../../shared").join(folder)
}

/// The model of a document, or `None` where the document is not on this machine.
fn explained(path: &Path) -> Option<Value> {
    if !path.exists() {
        eprintln!("skipped: {} is not here", path.display());
        return None;
    }
    let said = Place::new().runward(&["explain", "--format", "json", path.to_str().unwrap()]);
    assert!(said.code == 0 || said.code == 1, "{}: {said:?}", path.display());
    Some(serde_json::from_str(&said.out).unwrap())
}

fn list<'v>(model: &'v Value, name: &str) -> &'v Vec<Value> {
    model[name].as_array().unwrap()
}

/// Every fact says where it comes from, in a line that the document has.
fn is_sourced(path: &Path, model: &Value) {
    let lines = std::fs::read_to_string(path).unwrap().lines().count() as u64;
    for kind in ["services", "severities", "escalation", "contacts", "procedures", "parameters", "checks", "templates"]
    {
        for fact in list(model, kind) {
            let line = fact["source"]["line"].as_u64().unwrap();
            assert!(fact["source"]["file"].is_string() && (1..=lines).contains(&line), "{kind}: {fact}");
        }
    }
}

#[test]
fn prim_is_understood() {
    let path = shared("seeds/prim.md");
    let Some(model) = explained(&path) else { return };
    is_sourced(&path, &model);
    let services = list(&model, "services");
    assert_eq!(services.len(), 11);
    let wallet = services.iter().find(|s| s["name"] == "wallet").unwrap();
    assert_eq!(
        (wallet["unit"].as_str(), wallet["port"].as_u64(), wallet["endpoint"].as_str()),
        (Some("prim-wallet"), Some(3001), Some("wallet.prim.sh"))
    );
    assert_eq!((wallet["env_file"].as_str(), wallet["source"]["line"].as_u64()), (Some("wallet.env"), Some(59)));
    assert!(wallet["database"].as_str().unwrap().starts_with("wallet.db"));
    let names: Vec<&str> = list(&model, "severities").iter().map(|s| s["name"].as_str().unwrap()).collect();
    assert_eq!(names, ["P0", "P1", "P2", "P3"]);
    let procedures = list(&model, "procedures");
    let with_symptoms: Vec<&Value> =
        procedures.iter().filter(|p| !p["symptoms"].as_array().unwrap().is_empty()).collect();
    assert_eq!(with_symptoms.len(), 8, "the eight of section 5");
    for procedure in with_symptoms {
        let phases: Vec<&str> =
            procedure["steps"].as_array().unwrap().iter().filter_map(|s| s["phase"].as_str()).collect();
        assert!(phases.contains(&"diagnose") && phases.contains(&"fix"), "{}: {phases:?}", procedure["id"]);
    }
}

#[test]
fn the_other_seeds_are_understood() {
    for (name, procedures, severities) in
        [("bunty", 5, 4), ("x402-facilitator", 5, 0), ("plugspace", 9, 4), ("sip-protocol", 7, 4)]
    {
        let path = shared("seeds").join(format!("{name}.md"));
        let Some(model) = explained(&path) else { continue };
        is_sourced(&path, &model);
        assert!(list(&model, "procedures").len() >= procedures, "{name}");
        assert_eq!(list(&model, "severities").len(), severities, "{name}");
    }
}

#[test]
fn other_peoples_runbooks_are_read_to_their_end() {
    let Ok(entries) = std::fs::read_dir(shared("corpus")) else {
        eprintln!("skipped: the corpus is not here");
        return;
    };
    for entry in entries.map(|e| e.unwrap().path()).filter(|p| p.extension().is_some_and(|e| e == "md")) {
        if let Some(model) = explained(&entry) {
            is_sourced(&entry, &model);
        }
    }
}

#[test]
fn the_projects_own_runbook_is_understood() {
    let path = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../examples/ferry/RUNBOOK.md");
    let model = explained(&path).unwrap();
    is_sourced(&path, &model);
    let booking = &list(&model, "services")[1];
    assert_eq!(
        (booking["name"].as_str(), booking["unit"].as_str(), booking["port"].as_u64()),
        (Some("booking"), Some("ferry-booking"), Some(4102))
    );
    assert_eq!(booking["depends_on"][0], "seats");
    let worst = &list(&model, "severities")[0];
    assert_eq!((worst["name"].as_str(), worst["title"].as_str()), (Some("SEV1"), Some("Nobody can board")));
    assert_eq!((worst["respond_within_s"].as_u64(), worst["update_every_s"].as_u64()), (Some(0), Some(900)));
    let after: Vec<Option<u64>> = list(&model, "escalation").iter().map(|e| e["after_s"].as_u64()).collect();
    assert_eq!(after, [Some(0), Some(900), Some(2700)]);
    assert_eq!(list(&model, "templates")[0]["kind"], "review");
    assert_eq!(list(&model, "parameters")[0]["values"], serde_json::json!(["seats", "booking", "tides"]));
}
