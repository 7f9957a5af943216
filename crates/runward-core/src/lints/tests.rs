//! The rules, told as documents and what is found in them.

use super::*;

/// `rule line` for each error.
fn check_text(text: &str, expected: &str) {
    let runbook = Runbook::read([("ops.md", text)]);
    let errors = runbook.findings.iter().filter(|f| f.level == Level::Error);
    let found: Vec<String> = errors.map(|f| format!("{} {}", f.rule, f.source.line)).collect();
    assert_eq!(found.join(", "), expected, "{text}");
}

#[test]
fn each_rule_finds_its_line() {
    check_text("# Ops\n\n## Web down\n\n**Fix:**\n```bash\nsystemctl restart web-<name>\n```\n", "PH01 7");
    check_text("# Ops\n\n## Web down\n\n**Fix:**\n```bash\necho 'open\n```\n", "SH01 7");
    check_text("# Ops\n\n## Disk full\n\n**Fix:**\n```bash\ndf -h\nrm -rf /srv/cache\n```\n", "SF01 8");
    check_text("# Ops\n\n## Web down\n\n**Fix:**\n```bash\nsystemctl restart web\n", "MD04 6");
    check_text("# Ops\n\n| Service | Unit | Port |\n|---|---|---|\n| web | web | 1 |\n| api | 2 |\n", "MD06 6");
    check_text("# Ops\n\n## Web down\n\n**Fix:**\n```bash\nsystemctl restart web\n```\n", "");
}

#[test]
fn every_rule_finds_its_wrong_example_and_leaves_the_right_one_alone() {
    let mut wrong = Vec::new();
    for kind in kinds().into_iter().filter(|kind| !kind.wrong.is_empty() && Scope::default().meets(kind.needs)) {
        let fires = |text: &str| Runbook::read([("ops.md", text)]).findings.iter().any(|f| f.rule == kind.id);
        if !fires(kind.wrong) {
            wrong.push(format!("{} does not find its own example:\n{}", kind.id, kind.wrong));
        }
        if fires(kind.right) {
            wrong.push(format!("{} finds its mended example:\n{}", kind.id, kind.right));
        }
    }
    assert!(wrong.is_empty(), "{}", wrong.join("\n"));
}

#[test]
fn rules_are_told_apart() {
    let ids: Vec<&str> = kinds().iter().map(|k| k.id).collect();
    let mut once = ids.clone();
    once.dedup();
    assert_eq!(ids, once);
    assert!(kinds().iter().all(|k| k.what.ends_with('.') && k.why.ends_with('.')));
}
