//! The proven defects of real runbooks are found at their lines, and so is what the catalogue of rules names as evidence.

use std::collections::HashMap;
use std::path::Path;

use serde_json::Value;

use crate::harness::Place;

/// The first and the last line between which a finding may stand.
type Lines = (u64, u64);

/// Rule, seed, and for each entry the lines of which one must be named.
const PROVEN: &[(&str, &str, &[Lines])] = &[
    ("alertmanager-content-type", "plugspace", &[(393, 393)]),
    ("ufw-append-after-allow", "plugspace", &[(436, 436)]),
    ("docker-bypasses-input", "plugspace", &[(436, 436)]),
    ("fail2ban-port-scope", "plugspace", &[(439, 439)]),
    ("sed-literal-var", "plugspace", &[(423, 423)]),
    (
        "pm2-logs-follow",
        "bunty",
        // The list names the fence of the second one; the command stands in the line below.
        &[(193, 193), (285, 286), (463, 463), (466, 466), (469, 469), (556, 556), (559, 559), (562, 562)],
    ),
    ("pm2-logs-follow", "plugspace", &[(192, 192)]),
    ("pm2-logs-out-flag", "bunty", &[(446, 446)]),
    ("pm2-env-not-reloaded", "bunty", &[(248, 249), (346, 347)]),
    ("pipe-hides-failure", "bunty", &[(374, 374), (400, 400)]),
    ("psql-continues", "bunty", &[(403, 403), (613, 613), (377, 377)]),
    ("sqlite-restore-stale-wal", "prim", &[(370, 370)]),
    ("mv-rollback-nests", "bunty", &[(125, 126), (601, 602)]),
    ("prune-eats-rollback", "plugspace", &[(272, 272)]),
    ("prune-eats-rollback", "sip-protocol", &[(448, 448), (451, 451)]),
    ("age-delete-last-backup", "plugspace", &[(275, 275)]),
    ("compose-restart-ignores-edits", "sip-protocol", &[(906, 906)]),
    ("compose-wait-no-rollback", "sip-protocol", &[(649, 649)]),
    ("reindex-concurrently", "bunty", &[(393, 393)]),
];

/// The same for the families and for the habits that can be seen.
const EVIDENCE: &[(&str, &str, &[u64])] = &[
    ("SF01", "prim", &[146, 281]),
    ("SF02", "plugspace", &[62, 324, 426]),
    ("SF02", "sip-protocol", &[468, 609]),
    ("SF03", "prim", &[283]),
    ("SF04", "prim", &[280]),
    ("SF04", "plugspace", &[269, 278]),
    ("SF05", "prim", &[297]),
    ("SF06", "plugspace", &[317]),
    ("SF07", "bunty", &[291, 484]),
    ("SF07", "plugspace", &[117, 242]),
    ("SF08", "sip-protocol", &[448]),
    ("SF09", "sip-protocol", &[273]),
    ("SE01", "bunty", &[52, 109, 240, 280, 281, 291, 541, 544, 547]),
    ("SE01", "plugspace", &[87, 134, 137, 143, 215, 418, 423]),
    ("SE01", "x402-facilitator", &[148]),
    ("SE02", "prim", &[192]),
    ("SE02", "bunty", &[164, 229, 361]),
    ("SE03", "prim", &[400]),
    ("SE03", "x402-facilitator", &[28, 34]),
    ("VE02", "prim", &[155, 215]),
    ("VE02", "plugspace", &[384]),
    ("VE03", "x402-facilitator", &[50]),
    ("VE04", "x402-facilitator", &[85]),
    ("RB01", "x402-facilitator", &[40]),
    ("RB02", "plugspace", &[297, 418]),
    ("RB02", "prim", &[370]),
    ("maintenance-without-server", "bunty", &[590]),
    ("root-runs-owned-file", "prim", &[47]),
    ("ssh-as-root", "prim", &[6]),
    ("backup-credentials-shared", "prim", &[329]),
    ("backup-in-tmp", "prim", &[355]),
    ("reload-untested-config", "sip-protocol", &[277]),
    ("sites-enabled-copy", "sip-protocol", &[273]),
    ("image-latest", "sip-protocol", &[643]),
    ("unpinned-code", "bunty", &[453]),
    ("unpinned-code", "x402-facilitator", &[129]),
    ("silence-too-wide", "plugspace", &[393]),
    ("rollback-ignores-migrations", "plugspace", &[317]),
];

/// Rule and line of everything that is found in a seed; `None` where the seeds are not on this machine.
fn found(seed: &str) -> Option<Vec<(String, u64)>> {
    let path = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../../shared/seeds").join(format!("{seed}.md"));
    if !path.exists() {
        eprintln!("skipped: {} is not here", path.display());
        return None;
    }
    let said = Place::new().runward(&["lint", "--format", "json", path.to_str().unwrap()]);
    assert!(said.code <= 1, "{said:?}");
    let report: Value = serde_json::from_str(&said.out).unwrap();
    let findings = report["findings"].as_array().unwrap();
    let line = |finding: &Value| finding["source"]["line"].as_u64().unwrap();
    Some(findings.iter().map(|f| (f["rule"].as_str().unwrap().to_owned(), line(f))).collect())
}

#[test]
fn each_proven_defect_is_found_at_its_line() {
    let mut seeds: HashMap<&str, Vec<(String, u64)>> = HashMap::new();
    let mut missed = Vec::new();
    let entries = EVIDENCE.iter().map(|(rule, seed, lines)| (rule, seed, lines.iter().map(|l| (*l, *l)).collect()));
    let proven = PROVEN.iter().map(|(rule, seed, lines)| (rule, seed, lines.to_vec()));
    for (rule, seed, ranges) in proven.chain(entries) {
        if !seeds.contains_key(seed) {
            let Some(findings) = found(seed) else { return };
            seeds.insert(seed, findings);
        }
        for (first, last) in ranges {
            let here = |(name, line): &(String, u64)| name == rule && (first..=last).contains(line);
            if !seeds[seed].iter().any(here) {
                missed.push(format!("{rule} {seed}:{first}"));
            }
        }
    }
    assert!(missed.is_empty(), "not found: {}", missed.join(", "));
}

#[test]
fn a_line_is_told_one_thing_once() {
    for seed in ["prim", "bunty", "plugspace", "sip-protocol", "x402-facilitator"] {
        let Some(findings) = found(seed) else { return };
        let mut seen = std::collections::HashSet::new();
        for finding in &findings {
            assert!(seen.insert(finding), "{seed}: {finding:?} twice");
        }
    }
}
