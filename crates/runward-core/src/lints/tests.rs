//! The rules, told as documents and what is found in them.

use super::*;

/// `rule line` for each finding.
fn check_text(text: &str, expected: &str) {
    let runbook = Runbook::read([("ops.md", text)]);
    let found: Vec<String> = runbook.findings.iter().map(|f| format!("{} {}", f.rule, f.source.line)).collect();
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
fn rules_are_in_order_and_told_apart() {
    let ids: Vec<&str> = KINDS.iter().map(|k| k.id).collect();
    let mut sorted = ids.clone();
    sorted.sort_unstable();
    sorted.dedup();
    assert_eq!(ids, sorted);
    assert!(KINDS.iter().all(|k| k.what.ends_with('.') && k.why.ends_with('.')));
}
