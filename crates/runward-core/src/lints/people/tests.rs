//! Contacts, severities and escalations, told as documents.

use crate::runbook::Runbook;

/// `line message` for each finding of a rule.
fn check(rule: &str, text: &str, expected: &[&str]) {
    let whole = format!("# Ops\n\n{text}");
    let runbook = Runbook::read([("ops.md", whole.as_str())]);
    let found = runbook.findings.iter().filter(|f| f.rule == rule);
    let said: Vec<String> = found.map(|f| format!("{} {}", f.source.line, f.message)).collect();
    assert_eq!(said, expected, "{text}");
}

#[test]
fn placeholders_are_told_at_their_rows_and_a_whole_table_once() {
    let head = "## Contacts\n\n| Role | Name | Phone |\n|---|---|---|\n";
    check(
        "ES01",
        &format!("{head}| On-call | Ada | +49 30 1234567 |\n| Lead | [Name] | TBD |\n"),
        &["8 `Lead` is still a placeholder: `[Name]`"],
    );
    check(
        "ES01",
        &format!("{head}| On-call | [Rotation] | <phone> |\n| Lead | [Name] | +1-XXX-XXX-XXXX |\n"),
        &["7 all 2 contacts are still placeholders, nobody can be reached: `On-call` and `Lead`"],
    );
    check(
        "ES01",
        "## Contacts\n\n- **On-call**: [phone]\n- **Lead**: ada@bar.example\n",
        &["5 `On-call` is still a placeholder: `[phone]`"],
    );
}

#[test]
fn severities_promise_how_soon_and_who_and_how_often() {
    let table = |rows: &str| format!("## Severities\n\n| Severity | Criteria | Response time |\n|---|---|---|\n{rows}");
    check(
        "ES02",
        &table("| P1 | down | 5 minutes |\n| P2 | slow | |\n"),
        &[
            "7 the severities do not say how soon somebody must respond to `P2`, nor whom to call when nobody answers, nor how often to tell people what goes on",
        ],
    );
    check(
        "ES02",
        "## Severities\n\n- **P1**: all down\n- **P2**: slow\n",
        &[
            "5 the severities do not say how soon somebody must respond, nor whom to call when nobody answers, nor how often to tell people what goes on",
        ],
    );
}

#[test]
fn a_severity_that_is_used_is_on_the_scale() {
    let fix = "\n**Fix:**\n```bash\ndf\n```\n";
    let scale = "## Severities\n\n| Severity | Criteria | Response time | Updates | Escalation |\n|---|---|---|---|---|\n| P1 | down | 5 minutes | 1 hour | Lead |\n| P2 | slow | 1 hour | 1 hour | Lead |\n\n";
    check("ES02", &format!("{scale}## Web down (P1)\n{fix}"), &[]);
    check("ES02", &format!("{scale}## Web down (P5)\n{fix}"), &["10 `P5` is none of the severities `P1` and `P2`"]);
    check(
        "ES02",
        &format!("## Web down (P1)\n{fix}\n## Disk full (P2)\n{fix}"),
        &["3 `P1` is used, and nothing in the document says what it means"],
    );
}

#[test]
fn whoever_is_called_is_among_the_contacts() {
    let escalation = "## Escalation\n\n| Role | Escalate after |\n|---|---|\n| On-call engineer | 5 minutes |\n| Security lead | 30 minutes |\n| Team lead | 20 minutes |\n\n";
    let contacts =
        "## Contacts\n\n| Role | Phone |\n|---|---|\n| Primary on-call | 1234567 |\n| Security team | 1234568 |\n";
    check(
        "ES03",
        &format!("{escalation}{contacts}"),
        &[
            "9 `Team lead` is called after 20m, earlier than `Security lead` before it (after 30m)",
            "9 `Team lead` is called here and is among no contacts",
        ],
    );
    check(
        "ES03",
        escalation,
        &[
            "7 `On-call engineer`, `Security lead` and `Team lead` would be called, and the document has no contacts",
            "9 `Team lead` is called after 20m, earlier than `Security lead` before it (after 30m)",
        ],
    );
}

#[test]
fn every_service_has_a_severity() {
    let rows = "| Service | Unit |\n|---|---|\n| till | till |\n| mail | mail |\n\n";
    let scale = |criteria: &str| {
        format!(
            "{rows}## Severities\n\n| Severity | Criteria | Response time |\n|---|---|---|\n| P1 | till down | 5 minutes |\n| P2 | {criteria} | 1 hour |\n"
        )
    };
    check("ES04", &scale("till slow"), &["12 no severity says how bad it is when `mail` is down"]);
    check("ES04", &scale("any other service down"), &[]);
    check(
        "ES04",
        &format!("{}\n- Mail down only affects the newsletter.\n", scale("any other service down")),
        &["15 what it means that `Mail` is down is told, but no severity"],
    );
}
