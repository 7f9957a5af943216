//! The rules, told as documents and what is found in them.

use super::*;
use crate::outside::history::Outcome;
use crate::outside::looks::About;
use crate::outside::{History, Host, Repo};

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
    let (repo, host, history) = world();
    let today = "2026-03-14".parse().ok();
    let scope = Scope { today, repo: Some(&repo), host: Some(&host), history: Some(&history) };
    for kind in kinds().into_iter().filter(|kind| !kind.wrong.is_empty()) {
        let read = |text: &str| Runbook::read_in([("ops.md", text)], &scope);
        let fires = |text: &str| read(text).findings.iter().any(|f| f.rule == kind.id);
        if !fires(kind.wrong) {
            wrong.push(format!("{} does not find its own example:\n{}", kind.id, kind.wrong));
        }
        if fires(kind.right) {
            wrong.push(format!("{} finds its mended example:\n{}", kind.id, kind.right));
        }
    }
    assert!(wrong.is_empty(), "{}", wrong.join("\n"));
}

/// A small world for the examples of rules that need one.
fn world() -> (Repo, Host, History) {
    let mut repo = Repo::default();
    for (path, text) in
        [("Makefile", "up:\n\tx\n"), ("rules/a.yml", "groups:\n- rules:\n  - alert: DiskFull\n    expr: x\n")]
    {
        repo.add(path);
        repo.read(path, text);
    }
    let mut host = Host::default();
    host.read(
        About::Units,
        "",
        "till-web.service loaded active running Till\ntill-job.service loaded active running Job\n",
    );
    host.read(About::Fragments, "", "Id=till-web.service\nFragmentPath=/etc/systemd/system/till-web.service\n");
    let mut history = History::default();
    history.ran(&"disk-full".into(), "2026-03-01".parse().unwrap(), Outcome::Well, false);
    (repo, host, history)
}

#[test]
fn what_mends_a_document_leaves_it_without_the_finding() {
    for kind in kinds().into_iter().filter(|kind| !kind.wrong.is_empty()) {
        let found = Runbook::read([("ops.md", kind.wrong)]).findings;
        for finding in found.into_iter().filter(|f| f.rule == kind.id && !f.edits.is_empty()) {
            let mut mended = kind.wrong.to_owned();
            let mut edits = finding.edits;
            edits.sort_by_key(|edit| std::cmp::Reverse(edit.start));
            edits.iter().for_each(|edit| mended.replace_range(edit.start..edit.end, &edit.text));
            let left = Runbook::read([("ops.md", mended.as_str())]).findings;
            let again = left.iter().any(|f| f.rule == kind.id && f.source.line == finding.source.line);
            assert!(!again, "{} is not mended by its own edits:\n{mended}", kind.id);
        }
    }
}

#[test]
fn what_no_editor_shows_is_taken_out_with_what_belongs_to_it() {
    let text = "# Ops\n\nRe\u{1b}[1;31mstart\u{7}\u{0} it \u{1b} now.\n";
    let found = Runbook::read([("ops.md", text)]).findings;
    let cut: Vec<&str> = found[0].edits.iter().map(|edit| &text[edit.start..edit.end]).collect();
    assert_eq!(cut, ["\u{1b}[1;31m", "\u{7}\u{0}", "\u{1b}"]);
    assert!(found[0].message.ends_with("and 3 more in this document"), "{}", found[0].message);
}

#[test]
fn rules_are_told_apart() {
    let ids: Vec<&str> = kinds().iter().map(|k| k.id).collect();
    let mut once = ids.clone();
    once.dedup();
    assert_eq!(ids, once);
    assert!(kinds().iter().all(|k| k.what.ends_with('.') && k.why.ends_with('.')));
}

mod families;
mod habits;
mod spellings;

/// The document with a finding's edits made.
fn mended(text: &str, finding: &Finding) -> String {
    let mut edits = finding.edits.clone();
    edits.sort_by_key(|edit| std::cmp::Reverse(edit.start));
    edits
        .iter()
        .fold(text.to_owned(), |text, edit| format!("{}{}{}", &text[..edit.start], edit.text, &text[edit.end..]))
}

#[test]
fn a_change_that_is_offered_mends_the_mistake() {
    for kind in kinds().into_iter().filter(|kind| !kind.wrong.is_empty() && Scope::default().meets(kind.needs)) {
        let runbook = Runbook::read([("ops.md", kind.wrong)]);
        for finding in runbook.findings.iter().filter(|f| f.rule == kind.id && !f.edits.is_empty()) {
            let text = mended(kind.wrong, finding);
            let again = Runbook::read([("ops.md", text.as_str())]);
            let left = again.findings.iter().any(|f| f.rule == kind.id && f.source.line == finding.source.line);
            assert!(!left, "{} is still found in\n{text}", kind.id);
        }
    }
}
