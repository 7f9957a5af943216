//! Procedures in the layouts people write them in, told as documents and what is read of them.

use crate::runbook::{Runbook, StepKind};

/// Each procedure as `title [severity] ? symptom / phase (variant): command or words = expected`.
fn check(markdown: &str, expected: &str) {
    let runbook = Runbook::read([("ops.md", markdown)]);
    let mut shown = Vec::new();
    for procedure in &runbook.procedures {
        let severity = procedure.severity.as_ref().map(|s| format!(" [{s}]")).unwrap_or_default();
        let mut parts = vec![format!("{}{severity}", procedure.title)];
        parts.extend(procedure.symptoms.iter().map(|s| format!("? {}", s.text)));
        for step in &procedure.steps {
            let commands: Vec<&str> = step.commands.iter().map(|c| c.text.as_str()).collect();
            let said = if commands.is_empty() { step.title.clone() } else { commands.join(" && ") };
            let by_hand = if step.kind == StepKind::Manual && commands.is_empty() { "!" } else { "" };
            let variant = step.variant.as_ref().map(|v| format!(" ({v})")).unwrap_or_default();
            let outcome = step.expected.as_ref().map(|e| format!(" = {e}")).unwrap_or_default();
            parts.push(format!("{}{variant}: {by_hand}{said}{outcome}", step.phase.name()));
        }
        shown.push(parts.join(" / "));
    }
    assert_eq!(shown.join("\n"), expected, "{markdown}");
}

fn bash(commands: &str) -> String {
    format!("\n```bash\n{commands}\n```\n\n")
}

#[test]
fn bullets_are_steps_where_they_look_and_change_something() {
    let bullets = "- Check: `systemctl status till`\n- Restart: `sudo systemctl restart till`\n- Verify: `curl -f http://localhost:7001/up`\n";
    let steps =
        "diagnose: systemctl status till / fix: sudo systemctl restart till / verify: curl -f http://localhost:7001/up";
    check(&format!("# Ops\n\n## Till down\n\n{bullets}"), &format!("Till down / {steps}"));
    let boxes = bullets.replace("- ", "- [ ] ");
    check(&format!("# Ops\n\n## Till down\n\n{boxes}"), &format!("Till down / {steps}"));
    check(
        "# Ops\n\n## Handy\n\n- Restart the till: `systemctl restart till`\n- Restart the bar: `systemctl restart bar`\n",
        "",
    );
    check("# Ops\n\n## Logs\n\n- Till: `journalctl -u till`\n- Bar: `journalctl -u bar`\n", "");
}

#[test]
fn bullets_may_be_the_parts_of_a_procedure() {
    check(
        "# Ops\n\n## Till silent\n\n- **Trigger:** the bell stays quiet\n- **Severity:** P1\n- **Steps:**\n  1. Look: `systemctl status till`\n  2. Wake it: `sudo systemctl restart till`\n  3. Confirm: `systemctl is-active till`\n",
        "Till silent [P1] / ? the bell stays quiet / diagnose: systemctl status till / fix: sudo systemctl restart till / verify: systemctl is-active till",
    );
}

#[test]
fn numbered_commands_below_the_signs_are_steps() {
    check(
        "# Ops\n\n## Till slow\n\n**Symptoms:**\n- a queue\n\n1. Look: `uptime -p`\n2. Wake it: `systemctl restart till`\n",
        "Till slow / ? a queue / diagnose: uptime -p / fix: systemctl restart till",
    );
}

#[test]
fn a_scenario_is_a_procedure_unless_something_stands_above_it() {
    let two = format!(
        "### Scenario 1: Till is down\n\n**Symptoms**: no receipts\n\n**Fix**\n{}### Scenario B - Printer jams\n{}",
        bash("systemctl restart till"),
        bash("systemctl restart printer")
    );
    check(
        &format!("# Ops\n\n## Scenarios\n\n{two}"),
        "Till is down / ? no receipts / fix: systemctl restart till\nPrinter jams / fix: systemctl restart printer",
    );
    let ways = format!(
        "### Option 1: wake it\n{}### Option 2: move it\n{}",
        bash("systemctl restart till"),
        bash("systemctl restart bar")
    );
    check(
        &format!("# Ops\n\n## Till slow\n\n{ways}"),
        "Till slow / fix (Option 1: wake it): systemctl restart till / fix (Option 2: move it): systemctl restart bar",
    );
}

#[test]
fn alternatives_may_be_set_in_italics() {
    let markdown = format!(
        "# Ops\n\n## Books locked\n\n**Fix**\n\n*Option A: wake it*\n{}*Option B: restore it*\n{}**After**\n{}",
        bash("systemctl restart books"),
        bash("dropdb books"),
        bash("systemctl status books")
    );
    check(
        &markdown,
        "Books locked / fix (Option A: wake it): systemctl restart books / fix (Option B: restore it): dropdb books / verify: systemctl status books",
    );
}

#[test]
fn a_cause_and_its_cure_is_one_of_several_ways() {
    check(
        "# Ops\n\n## Till is down\n\n**Symptoms**: no receipts\n\n**Possible causes**\n- **It crashed**: `sudo systemctl restart till`\n- **No paper**: change the roll\n",
        "Till is down / ? no receipts / fix (It crashed): sudo systemctl restart till",
    );
}

#[test]
fn labels_need_no_bold() {
    let markdown = format!(
        "# Ops\n\n## Till is down\n\nSymptoms: the bell stays quiet\n\nSeverity: SEV-2\n\nFix:\n{}## Bar is down\n\n**Symptom.** no drinks\n\n**Remedy.** Wake it:\n{}",
        bash("systemctl restart till"),
        bash("systemctl restart bar")
    );
    check(
        &markdown,
        "Till is down [SEV-2] / ? the bell stays quiet / fix: systemctl restart till\nBar is down / ? no drinks / fix: systemctl restart bar",
    );
}

#[test]
fn what_changes_something_is_never_a_look() {
    for label in ["First look", "Triage", "Analysis", "Remedy", "What to do", "Restore"] {
        let markdown = format!(
            "# Ops\n\n## Till is slow\n\n**Signs:** a queue\n\n**{label}:**\n{}",
            bash("systemctl restart till")
        );
        check(&markdown, "Till is slow / ? a queue / fix: systemctl restart till");
    }
}

#[test]
fn a_restore_is_a_task_of_its_own() {
    let tasks = format!("### Restore\n{}### Verify\n{}", bash("cp books.bak books"), bash("ls -l books"));
    check(
        &format!("# Ops\n\n## Books\n\n{tasks}"),
        "Restore / fix: cp books.bak books\nVerify / diagnose: ls -l books",
    );
}

#[test]
fn what_a_terminal_printed_is_not_typed() {
    check(
        "# Ops\n\n## Till is down\n\n```console\nroot@till:~# systemctl status till\n● till.service - Till\nroot@till:~# systemctl restart till\n```\n",
        "Till is down / fix: systemctl status till && systemctl restart till",
    );
}

#[test]
fn a_title_may_carry_the_severity_anywhere() {
    for title in ["Till down (P2)", "P2: Till down", "[P2] Till down", "Till down - P2", "3. Till down – P2"] {
        check(
            &format!("# Ops\n\n## {title}\n{}", bash("systemctl restart till")),
            "Till down [P2] / fix: systemctl restart till",
        );
    }
}

#[test]
fn each_row_of_troubles_is_a_procedure() {
    let rows = "| No receipts | crashed | `sudo systemctl restart till` |\n| Jammed | paper | open the lid |\n";
    check(
        &format!("# Ops\n\n## Troubles\n\n| Symptom | Cause | Fix |\n|---|---|---|\n{rows}"),
        "No receipts / ? No receipts / fix: sudo systemctl restart till\nJammed / ? Jammed / fix: !open the lid",
    );
    check("# Ops\n\n## Troubles\n\n| Symptom | Fix |\n|---|---|\n| Jammed | open the lid |\n", "");
    check("# Ops\n\n## Plan\n\n| When | Action |\n|---|---|\n| Daily | `apt-get update` |\n", "");
}

#[test]
fn a_table_of_steps_is_worked_through_row_by_row() {
    let rows = "| 1 | Look | `systemctl status till` | active |\n| 2 | Wake it | `sudo systemctl restart till` | |\n| 3 | Verify | `curl -s localhost:7001/up` | ok |\n";
    check(
        &format!("# Ops\n\n## Till down\n\n| Step | Action | Command | Expected |\n|---|---|---|---|\n{rows}"),
        "Till down / diagnose: systemctl status till = active / fix: sudo systemctl restart till / verify: curl -s localhost:7001/up = ok",
    );
    check("# Ops\n\n## Commands\n\n| Action | Command |\n|---|---|\n| Wake | `systemctl restart till` |\n", "");
}

#[test]
fn a_comment_behind_a_command_may_say_what_comes_out() {
    let lag = bash(
        "curl -s localhost:7001/lag   # expect < 10\nredis-cli ping  # should return PONG\necho '# expect nothing'",
    );
    check(
        &format!("# Ops\n\n## Till slow\n\n**Verify**\n{lag}"),
        "Till slow / verify: curl -s localhost:7001/lag   # expect < 10 = < 10 / verify: redis-cli ping  # should return PONG = should return PONG / verify: echo '# expect nothing'",
    );
}

#[test]
fn a_review_may_be_outlined_in_bullets_or_headings() {
    let outline = "# Post-Incident Review: [Incident Title]\n\n## Summary\n";
    for points in ["- **Summary:**\n- **Timeline:**\n- **Cause:**\n", "### Summary\n\n### Timeline\n\n### Cause\n"] {
        let runbook = Runbook::read([("ops.md", format!("# Ops\n\n## Postmortem template\n\n{points}").as_str())]);
        let texts: Vec<&str> = runbook.templates.iter().map(|t| t.text.as_str()).collect();
        assert!(texts.len() == 1 && texts[0].starts_with(outline), "{texts:?}");
    }
}

#[test]
fn front_matter_speaks_of_the_one_procedure() {
    let markdown = format!(
        "---\ntitle: Till\nseverity: P2\ntrigger:\n  - \"queue > 9\"\n---\n\n# Till slow\n\n## Diagnosis\n{}",
        bash("uptime")
    );
    check(&markdown, "Till slow [P2] / ? queue > 9 / diagnose: uptime");
    check(&format!("---\n\n# Till slow\n\nseverity: P2\n{}", bash("uptime")), "Till slow / diagnose: uptime");
}
