//! Whatever stands in a document, the reader comes to its end, and what it says of the document is there.

use proptest::prelude::*;

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
            .chain(runbook.findings.iter().map(|f| &f.source));
        for source in facts {
            prop_assert!(source.line >= 1 && source.line <= lines && source.end_line >= source.line, "{source:?}");
            prop_assert!(text.get(source.span.clone()).is_some(), "{source:?} cuts a letter in two");
        }
        prop_assert!(!runbook.findings.iter().any(|f| f.rule == "MD00"));
    }

    #[test]
    fn steps_keep_their_names_when_the_document_grows_before_them(text in document()) {
        let names = |text: &str| -> Vec<String> {
            let runbook = Runbook::read([("ops.md", text)]);
            runbook.procedures.iter().flat_map(|p| &p.steps).map(|s| s.id.0.clone()).collect()
        };
        let before = names(&format!("# Ops\n\n## Redis down\n\n**Fix:**\n```bash\nsystemctl restart redis\n```\n\n{text}"));
        let after = names(&format!("# Ops\n\nA word of greeting.\n\n## Redis down\n\n**Fix:**\n```bash\nsystemctl restart redis\n```\n\n{text}"));
        prop_assert_eq!(before, after);
    }
}
