//! Reviews, told as templates and what becomes of them.

use std::collections::BTreeSet;

use super::*;
use crate::escalation::Escalation;
use crate::id::IncidentId;
use crate::incident::Stage;
use crate::incident::timeline::EntryKind;

fn at(clock: &str) -> Timestamp {
    format!("2026-03-01T{clock}Z").parse().unwrap()
}

fn incident() -> Incident {
    Incident {
        id: IncidentId(7),
        service: "mail".into(),
        service_name: "mail".into(),
        title: "mail down".into(),
        severity: Some("P2".into()),
        stage: Stage::Resolved { by: RUNWARD.into(), at: at("03:17:30") },
        acknowledged_by: None,
        opened_at: at("03:02:00"),
        alerts: BTreeSet::new(),
        folded: ["web".into()].into(),
        policy: Vec::new(),
        escalation: Escalation::Ended,
        told: BTreeSet::new(),
        reached: BTreeSet::new(),
        unreached: BTreeSet::new(),
        procedure: None,
        runs: Vec::new(),
        automatic_stopped: false,
        raised: 0,
        review: None,
    }
}

fn timeline() -> Vec<Entry> {
    let entry = |clock: &str, by: &str, kind, text: &str| Entry {
        seq: 1,
        at: at(clock),
        by: by.into(),
        kind,
        text: text.into(),
        detail: None,
        run: None,
        step: None,
        ended: None,
    };
    vec![
        entry("03:02:00", RUNWARD, EntryKind::Alert, "mail down, seen by mail/unit: failed"),
        entry("03:05:00", "lena", EntryKind::Person, "Acknowledged by lena"),
        entry("03:17:30", RUNWARD, EntryKind::Well, "mail is no longer down"),
    ]
}

fn check(template: &str, expected: &[&str], gone: &[&str]) {
    let text = draft(template, &incident(), &timeline(), &[]);
    for line in expected {
        assert!(text.lines().any(|l| l == *line), "no line `{line}` in:\n{text}");
    }
    for part in gone {
        assert!(!text.contains(part), "`{part}` is still in:\n{text}");
    }
}

#[test]
fn the_built_in_template_is_filled() {
    check(
        BUILT_IN,
        &[
            "# Post-Incident Review: P2 mail down", "- **Date:** 2026-03-01", "- **Severity:** P2",
            "- **Duration:** 03:02:00 - 03:17:30 UTC (Total: 15 min)", "- **Affected services:** mail, web",
            "- **Responders:** lena", "- **Response:** 03:05:00 Acknowledged by lena",
            "- **2026-03-01 03:05:00** - Acknowledged by lena", "[What caused it, and what made it possible]",
        ],
        &["[Incident Title]"],
    );
}

#[test]
fn a_teams_own_template_keeps_its_words() {
    check(
        "# Report: [Title]\n\n**Severity:** P0/P1/P2\n**Date:** YYYY-MM-DD\n\n## Timeline\n\n- **HH:MM** - What happened\n\n## Costs\n\n[How much]\n",
        &[
            "# Report: P2 mail down", "**Severity:** P2", "**Date:** 2026-03-01", "## Costs", "[How much]",
            "- **2026-03-01 03:17:30** - mail is no longer down",
        ],
        &["HH:MM", "P0/P1"],
    );
}

#[test]
fn labels_are_known_by_what_they_mean() {
    check(
        "# Review: [what happened]\n\n- Who was there: [names]\n- From / to: HH:MM - HH:MM\n- Next review date: [date]\n\n\
         ## Affected services\n\n[which]\n\n## Why\n\n[why]\n",
        &[
            "- Who was there: lena", "- From / to: 03:02:00 - 03:17:30 UTC (Total: 15 min)",
            "- Next review date: [date]", "mail, web", "[why]",
        ],
        &["[names]", "[which]"],
    );
}

#[test]
fn tables_are_filled_as_tables() {
    check(
        "# Report\n\n| Field | Value |\n|---|---|\n| Severity | P0/P1 |\n| Owner | [name] |\n\n## Timeline\n\n\
         | Time (UTC) | Event | Who |\n|---|---|---|\n| HH:MM | [what] | [who] |\n\n## Why\n",
        &["| Severity | P2 |", "| Owner | [name] |", "| 2026-03-01 03:05:00 | Acknowledged by lena | lena |", "## Why"],
        &["HH:MM", "P0/P1", "- **2026-03-01 03:05:00**"],
    );
}

#[test]
fn a_template_without_a_timeline_gets_one() {
    check("# Notes\n\nWrite here.\n", &["## Timeline", "- **2026-03-01 03:05:00** - Acknowledged by lena"], &[]);
}

#[test]
fn the_file_is_named_after_day_and_trouble() {
    assert_eq!(file_name(&incident(), 1), "2026-03-01-mail-down.md");
    assert_eq!(file_name(&incident(), 2), "2026-03-01-mail-down-2.md");
}
