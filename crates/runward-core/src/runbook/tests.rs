//! Whatever stands in a document, the reader comes to its end, and what it says of the document is there.

use proptest::prelude::*;

use super::fence::FenceType;
use super::*;

/// Pieces of which messy documents are made: the marks that mean something to the reader, and anything else.
fn piece() -> impl Strategy<Value = String> {
    let marks = prop::sample::select(vec![
        "# ", "## Redis down\n", "### ", "**Fix:**\n", "**Symptom:** ", "```bash\n", "```\n", "~~~\n",
        "| a | Port |\n", "|---|---|\n", "| web | 80 |\n", "| P1 | down | 5 min |\n", "1. ", "- [ ] ", "> ", "    ",
        "\n\n", "# If it fails\n", "systemctl restart <name>\n", "rm -rf /srv/<x>\n", "psql -c 'SELECT 1'\n",
        "cat <<EOF\n", "EOF\n", "ssh web1\n", "$(", "`", "\"", "'", "\\\n", "&& ", "| ", "\t", "\r\n", "\u{feff}", "ü",
        "🔴", "---\n", "## Services\n", "## Escalation\n", "## Severity\n", "- **till** (port 99, unit `t`)\n",
        "- 5 min: ä\n", "L1 → 5 min → L2\n", "Escalate to Ä after 5 min. ", "**Critical**: ü\n", "### SEV1 – ä\n",
        "| Symptom | Fix |\n", "| Step | Command |\n", "| ä | `ls -l` |\n", "| Service | Host | Port |\n",
        "| ü | 10.0.0.1 | 70000 |\n", "*Option A*\n", "Symptoms: ä\n", "root@ü:~# ls\n", "root@a:~# ls\n",
        "ls # should be ä\n", "- **Trigger:** ö\n", "### Scenario 1: ä\n", "**Possible causes**\n", "severity: P1\n",
        "## Backup\n", "### Daily\n", "**Retention:** 3 ö\n", "| DB | Path |\n",
        "ü is dumped nightly to s3://ä, kept 3 days.\n", "0 3 * * * /x/backup.sh\n", "`GET /health` says:\n",
        "| Status | HTTP |\n", "| degraded | 200 |\n", "- `up` (200) ä\n", "## Logs\n", "`/var/log/ä.log` ",
        "ä > 80 % ", "üben über 3 s\n", "| Metric | Threshold |\n", "## On-call rotation\n", "| Week | Primary |\n",
        "Ä rotates weekly: Ö → Ü\n", "- [ ] ß\n", "**1. Ä**\n", "- **Lösung:** ä\n", "see section 1.2\n",
        "# go to step 2\n", "cd ä && ls\n", "docker compose stop\n", "docker compose start\n", "pg_dump ü > ä.sql\n",
        "tar czf a.tgz -C /x .\n", "kill <ä>\n", "# Expected:\n", "{\"status\": \"ü\"}\n",
        "**Owner:** ä | **Next review:** 2026\n", "Expected: ä\n", "exit\n",
    ]);
    prop_oneof![4 => marks.prop_map(str::to_owned), 1 => "\\PC{0,12}"]
}

fn document() -> impl Strategy<Value = String> {
    prop::collection::vec(piece(), 0..120).prop_map(|pieces| pieces.concat())
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 400, failure_persistence: None, ..ProptestConfig::default() })]

    #[test]
    fn any_document_is_read_and_every_fact_stands_in_it(text in document()) {
        let runbook = Runbook::read([("ops.md", text.as_str())]);
        let lines = text.lines().count().max(1) as u32;
        let facts = runbook.services.iter().map(|s| &s.source)
            .chain(runbook.severities.iter().map(|s| &s.source))
            .chain(runbook.procedures.iter().map(|p| &p.source))
            .chain(runbook.procedures.iter().flat_map(|p| &p.steps).map(|s| &s.source))
            .chain(runbook.findings.iter().map(|f| &f.source))
            .chain(runbook.escalation.iter().map(|f| &f.source))
            .chain(runbook.contacts.iter().map(|f| &f.source))
            .chain(runbook.rotations.iter().map(|f| &f.source))
            .chain(runbook.parameters.iter().map(|f| &f.source))
            .chain(runbook.templates.iter().map(|f| &f.source))
            .chain(runbook.checklists.iter().flat_map(|c| &c.items).map(|f| &f.source))
            .chain(runbook.duties.iter().map(|f| &f.source))
            .chain(runbook.backups.iter().map(|f| &f.source))
            .chain(runbook.health.iter().map(|f| &f.source))
            .chain(runbook.hosts.iter().map(|f| &f.source))
            .chain(runbook.logs.iter().map(|f| &f.source))
            .chain(runbook.databases.iter().map(|f| &f.source))
            .chain(runbook.thresholds.iter().map(|f| &f.source))
            .chain(runbook.asides.iter().map(|f| &f.source));
        for source in facts {
            prop_assert!(source.line >= 1 && source.line <= lines && source.end_line >= source.line, "{source:?}");
            prop_assert!(text.get(source.span.clone()).is_some(), "{source:?} cuts a letter in two");
        }
        prop_assert!(!runbook.findings.iter().any(|f| f.rule == "MD00"));
    }

    #[test]
    fn steps_keep_their_names_when_the_document_grows_before_them(text in document()) {
        let step = "## Redis down\n\n**Fix:**\n```bash\nsystemctl restart redis\n```\n\n";
        let before = names(&format!("# Ops\n\n{step}{text}"));
        let after = names(&format!("# Ops\n\nA word of greeting.\n\n{step}{text}"));
        prop_assert_eq!(before, after);
    }
}

/// The names of all steps and asides, in order.
fn names(text: &str) -> Vec<String> {
    let runbook = Runbook::read([("ops.md", text)]);
    let steps = runbook.procedures.iter().flat_map(|p| &p.steps).chain(&runbook.asides);
    steps.map(|s| s.id.0.clone()).collect()
}

#[test]
fn a_step_keeps_its_name_whatever_is_edited_elsewhere() {
    let text = "# Ops\n\n## Kiln cold\n\n**Fix:**\n```bash\n# Look\nuptime\n\n# Wake it\nsystemctl restart kiln\n```\n\n## Door stuck\n\n**Fix:**\n```bash\nsystemctl restart door\n```\n\n## Quick reference\n\n```bash\ndf -h\n```\n";
    let kept = names(text);
    assert_eq!(kept.len(), 4);
    for (what, edited) in [
        ("a paragraph", text.replace("## Door", "Some words.\n\n- and points\n\n## Door")),
        ("a section", text.replace("## Kiln", "## Glaze runs\n\n```bash\nls\n```\n\n## Kiln")),
        ("a step before it", text.replace("# Look\n", "# First\ndate\n\n# Look\n")),
        ("another comment", text.replace("# Wake it", "# Now wake it up again")),
        ("another heading's name", text.replace("## Door stuck", "## The door is stuck")),
        ("another order", text.replace("## Kiln cold", "## Last\n\n## Kiln cold").replace("# Ops", "# Operations")),
    ] {
        let now = names(&edited);
        let renamed = what == "another heading's name";
        let lost: Vec<&String> = kept.iter().filter(|name| !now.contains(name)).collect();
        assert!(
            lost.is_empty() || (renamed && lost.len() == 1 && lost[0].starts_with("door-stuck")),
            "{what}: {lost:?}"
        );
    }
}

/// The lines of every block in which something is typed, with how many procedures or asides have taken it.
fn taken(text: &str) -> Vec<(u32, usize)> {
    let runbook = Runbook::read([("ops.md", text)]);
    let typed = runbook.blocks.iter().filter(|block| {
        matches!(block.kind, FenceType::Shell | FenceType::Sql | FenceType::Transcript)
            && text.lines().skip(block.line as usize).take((block.end_line - block.line) as usize).any(|line| {
                let bare = line.trim().trim_start_matches(['>', ' ']);
                !bare.is_empty() && !bare.starts_with("```") && !bare.starts_with("~~~")
            })
    });
    let within = |step: &Step, block: &CodeBlock| (block.line..=block.end_line).contains(&step.source.line);
    typed
        .map(|block| {
            let procedures =
                runbook.procedures.iter().filter(|p| p.steps.iter().any(|step| within(step, block))).count();
            let aside = usize::from(runbook.asides.iter().any(|step| within(step, block)));
            (block.line, procedures + aside)
        })
        .collect()
}

#[test]
fn what_is_typed_is_in_one_procedure_or_in_an_aside() {
    let layouts = [
        "# Ops\n\n```bash\nuptime\n```\n",
        "# Ops\n\n## Quick reference\n\n### Kiln\n\n```bash\nsystemctl status kiln\n```\n",
        "# Ops\n\n## Kiln down\n\n### Symptoms\n\n- cold\n  ```bash\n  uptime\n  ```\n\n### Fix\n\n#### First\n\n##### Then\n\n```bash\nreboot\n```\n",
        "# Ops\n\n## Kiln down\n\n1. Look\n```bash\nuptime\n```\n\n2. Fix\n   ```bash\n   reboot\n   ```\n",
        "# Ops\n\n## Notes\n\n```bash\n# nothing to do here\n# at all\n```\n",
        "# Ops\n    systemctl restart <name>\n    \u{feff}",
        "# Ops\n\n## Kiln down\n\n> ```bash\n> uptime\n> ```\n",
        "# Ops\n\n## Kiln down\n\n**Expected:**\n\n```bash\nsystemctl restart kiln\n```\n",
        "# Ops\n\n## Overview\n\n```sql\nselect 1;\n```\n\n## Down\n\n```console\n$ uptime\n 12:00 up\n```\n",
    ];
    for text in layouts {
        for (line, times) in taken(text) {
            assert_eq!(times, 1, "line {line} of {text}");
        }
    }
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 300, failure_persistence: None, ..ProptestConfig::default() })]

    #[test]
    fn whatever_stands_around_it_what_is_typed_is_taken_once(text in document()) {
        for (line, times) in taken(&text) {
            prop_assert_eq!(times, 1, "line {}", line);
        }
    }
}

fn steps_of(text: &str) -> Vec<String> {
    let runbook = Runbook::read([("ops.md", text)]);
    let told = |p: &super::Procedure| p.steps.iter().map(|s| format!("{}: {}", p.title, s.title)).collect::<Vec<_>>();
    runbook.procedures.iter().flat_map(told).collect()
}

#[test]
fn what_stands_in_comments_alone_is_work_for_people() {
    let told = "## Kiln cold\n\n**A. Gas is out**\n```bash\n# Call the supplier\n\n# If it takes long, light the old kiln\n```\n\n**B. Burner hangs**\n```bash\nsystemctl restart burner\n```\n";
    let steps = ["Kiln cold: Call the supplier", "Kiln cold: If it takes long, light the old kiln"];
    assert_eq!(steps_of(told)[..2], steps);
    let counted = "## Clean\n\n```bash\n# 1. Everybody out\n\n# 2. Stop\nsystemctl stop burner\n```\n";
    assert_eq!(steps_of(counted), ["Clean: Everybody out", "Clean: Stop"], "what is counted is a step");
}

#[test]
fn a_chapter_of_a_handbook_is_no_part_of_one_procedure() {
    let handbook = "# Kiln handbook\n\n## Severity\n\nBad.\n\n## Burner\n\nHot.\n\n## Rollback\n\n### Older firmware\n\n```bash\nflash old.bin\n```\n\n## People\n\nMia.\n\n## Ports\n\nNone.\n";
    assert_eq!(steps_of(handbook).len(), 1);
    assert!(steps_of(handbook)[0].starts_with("Older firmware:"), "{:?}", steps_of(handbook));
    let page = "# BurnerDown\n\n## Symptoms\n\n- Cold\n\n## Actions\n\n```bash\nsystemctl restart burner\n```\n\n## Notes\n\nNone.\n\n## History\n\nOld.\n\n## Links\n\nNone.\n";
    assert!(steps_of(page)[0].starts_with("BurnerDown:"), "{:?}", steps_of(page));
}

#[test]
fn odds_and_ends_are_no_services() {
    let services = |text: &str| -> Vec<String> {
        Runbook::read([("ops.md", text)]).services.into_iter().map(|s| s.name).collect()
    };
    let places =
        "| Thing | Where |\n|---|---|\n| Keys | the safe |\n| Code | `/srv/kiln` |\n| Open ports | 22, 443 |\n";
    assert!(services(places).is_empty());
    assert_eq!(services("## Look\n\n```bash\ndocker logs --since 1h kiln\n```\n"), ["kiln"]);
}

#[test]
fn letters_that_change_their_length_in_lower_case_break_nothing() {
    // One grows and one shrinks, so that the whole is as long as before.
    Runbook::read([("ops.md", "- **till** (port 99, unit `t`)\n**Fix:**\n\u{23a}<\u{3220}\u{a7dc}0\n")]);
}
