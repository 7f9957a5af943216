//! Upkeep, told as documents.

use super::date;
use crate::id::ProcedureId;
use crate::lints::Scope;
use crate::outside::History;
use crate::outside::history::Outcome;
use crate::runbook::Runbook;

fn day(text: &str) -> jiff::civil::Date {
    text.parse().unwrap()
}

fn check_in(scope: &Scope<'_>, rule: &str, text: &str, expected: &[&str]) {
    let runbook = Runbook::read_in([("ops.md", text)], scope);
    let found = runbook.findings.iter().filter(|f| f.rule == rule);
    let said: Vec<String> = found.map(|f| format!("{} {}", f.source.line, f.message)).collect();
    assert_eq!(said, expected, "{text}");
}

fn long(text: &str) -> String {
    format!("{text}{}", "\nword\n".repeat(30))
}

#[test]
fn dates_are_read_as_people_write_them() {
    for (text, expected) in [
        ("2026-03-04", Some("2026-03-04")),
        ("2026-03-04T10:00:00Z", Some("2026-03-04")),
        ("March 4, 2026", Some("2026-03-04")),
        ("4 Mar 2026 (Ada)", Some("2026-03-04")),
        ("04.03.2026", Some("2026-03-04")),
        ("03/04/2026", None),
        ("quarterly", None),
        ("", None),
    ] {
        assert_eq!(date(text).map(|d| d.to_string()).as_deref(), expected, "{text}");
    }
}

#[test]
fn a_review_that_is_overdue_says_by_how_many_days() {
    let scope = Scope { today: Some(day("2026-03-14")), ..Scope::default() };
    let text = "# Ops\n\n**Next review:** 2026-03-04\n";
    check_in(&scope, "MT01", text, &["3 the review was due on 2026-03-04, 10 days ago"]);
    check_in(&Scope::default(), "MT01", text, &[]);
    check_in(&Scope { today: Some(day("2026-03-04")), ..Scope::default() }, "MT01", text, &[]);
}

#[test]
fn without_a_date_it_is_said_once_and_only_of_whole_documents() {
    check_in(&Scope::default(), "MT01", "# Ops\n", &[]);
    check_in(
        &Scope::default(),
        "MT01",
        &long("# Ops\n"),
        &["1 no date says when this document is to be looked through again"],
    );
    check_in(&Scope::default(), "MT02", &long("# Ops\n"), &["1 nobody is named who looks after this document"]);
    check_in(&Scope::default(), "MT02", &long("# Ops\n\n**Owner:** Ada\n"), &[]);
}

#[test]
fn what_was_run_and_how_it_went_is_told() {
    let text = "# Ops\n\n## Web down\n\n**Fix:**\n```bash\ntrue\n```\n\n## Disk full\n\n**Fix:**\n```bash\ndf\n```\n\n## Mail down\n\n**Fix:**\n```bash\ndf\n```\n";
    let mut history = History::default();
    history.ran(&ProcedureId("web-down".into()), day("2026-03-01"), Outcome::Failed, false);
    history.ran(&ProcedureId("web-down".into()), day("2026-02-01"), Outcome::Well, false);
    history.ran(&ProcedureId("disk-full".into()), day("2025-01-01"), Outcome::Well, false);
    let scope = Scope { today: Some(day("2026-03-14")), history: Some(&history), ..Scope::default() };
    check_in(
        &scope,
        "MT03",
        text,
        &[
            "3 the last run of `Web down`, on 2026-03-01, did not go well",
            "10 `Disk full` last went well 437 days ago",
            "17 `Mail down` was never run through Runward",
        ],
    );
}

#[test]
fn what_is_rarely_done_is_to_be_practised() {
    let text = "# Ops\n\n## Restore the database\n\n**Steps:**\n```bash\npg_restore -d shop x.dump\n```\n";
    check_in(&Scope::default(), "MT04", text, &["3 nothing says that this is ever practised: restoring (line 3)"]);
    check_in(&Scope::default(), "MT04", &format!("{text}\n## Quarterly\n\n- Disaster recovery drill\n"), &[]);
    check_in(&Scope::default(), "MT04", &format!("{text}\n## Weekly\n\n- Check backup integrity\n"), &[]);
    let mut history = History::default();
    history.ran(&ProcedureId("restore-the-database".into()), day("2026-03-01"), Outcome::Well, true);
    let scope = Scope { today: Some(day("2026-03-14")), history: Some(&history), ..Scope::default() };
    check_in(&scope, "MT04", text, &[]);
}
