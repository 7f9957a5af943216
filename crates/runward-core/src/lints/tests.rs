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
    for kind in kinds().into_iter().filter(|kind| !kind.wrong.is_empty() && Scope::default().meets(kind.needs)) {
        let fires = |text: &str| Runbook::read([("ops.md", text)]).findings.iter().any(|f| f.rule == kind.id);
        assert!(fires(kind.wrong), "{} does not find its own example:\n{}", kind.id, kind.wrong);
        assert!(!fires(kind.right), "{} finds its mended example:\n{}", kind.id, kind.right);
    }
}

#[test]
fn rules_are_told_apart() {
    let ids: Vec<&str> = kinds().iter().map(|k| k.id).collect();
    let mut once = ids.clone();
    once.dedup();
    assert_eq!(ids, once);
    assert!(kinds().iter().all(|k| k.what.ends_with('.') && k.why.ends_with('.')));
}

#[test]
fn scratch_timing() {
    let mut text = String::new();
    for name in ["bunty", "plugspace", "prim", "sip-protocol", "x402-facilitator"] {
        text.push_str(&std::fs::read_to_string(format!("/work/shared/seeds/{name}.md")).unwrap());
    }
    let text = text.repeat(17);
    let t = std::time::Instant::now();
    let runbook = Runbook::read([("ops.md", text.as_str())]);
    let total = t.elapsed();
    println!("{} bytes, total {total:?}, findings {}", text.len(), runbook.findings.len());
    let lines = crate::source::Lines::new("ops.md", &text);
    let t = std::time::Instant::now();
    let blocks = crate::runbook::markdown::blocks(&text);
    println!("markdown {:?}", t.elapsed());
    let texts = [Text { lines, blocks }];
    let scope = Scope::default();
    let t = std::time::Instant::now();
    let context =
        Context { runbook: &runbook, texts: &texts, places: places(&runbook), scope: &scope, fences: OnceCell::new() };
    println!("places {:?} {}", t.elapsed(), context.places.len());
    let mut all = std::time::Duration::ZERO;
    for kind in FAMILIES.iter().copied().flatten() {
        if let Some(check) = kind.check {
            let mut found = Vec::new();
            let t = std::time::Instant::now();
            check(&context, &mut found);
            all += t.elapsed();
            println!("{} {:?} {}", kind.id, t.elapsed(), found.len());
        }
    }
    println!("all {all:?}");
}
