//! Which rule says all that another one says of the same lines: one mistake is one finding.

use std::collections::HashMap;

use crate::runbook::Finding;

/// Covers: where the first of these finds something, the others have nothing to add about the same lines.
/// What a rule says besides (a password in the arguments, a command that waits) stays.
const COVERS: &[(&str, &[&str])] = &[
    ("SF02", &["SF01"]),
    ("SF03", &["SF01"]),
    ("SF04", &["SF01"]),
    ("SF05", &["SF01"]),
    ("SF06", &["SF01"]),
    ("SF07", &["SF01"]),
    ("RB02", &["SF09", "SF01"]),
    ("age-delete-last-backup", &["SF01", "SF03"]),
    ("mv-rollback-nests", &["SH06"]),
    ("pipe-hides-failure", &["SH03"]),
    ("pm2-logs-follow", &["EX01"]),
    ("pm2-logs-out-flag", &["SH07"]),
    ("prune-eats-rollback", &["SF01", "SF02", "SF03"]),
    ("psql-continues", &["SF09"]),
    ("reindex-concurrently", &["SF07"]),
    ("sed-literal-var", &["SH05"]),
];

/// Drops what a more exact finding about the same lines says too; that one then is as bad as both.
pub(super) fn one_for_each_mistake(findings: &mut Vec<Finding>) {
    let covered = |rule: &str| COVERS.iter().find(|(name, _)| *name == rule).map_or(&[][..], |(_, covered)| covered);
    let mut exact: HashMap<(std::sync::Arc<str>, u32), Vec<usize>> = HashMap::new();
    for (at, finding) in findings.iter().enumerate().filter(|(_, finding)| !covered(&finding.rule).is_empty()) {
        for line in finding.source.line..=finding.source.end_line {
            exact.entry((finding.source.file.clone(), line)).or_default().push(at);
        }
    }
    if exact.is_empty() {
        return;
    }
    let mut kept = vec![true; findings.len()];
    for at in 0..findings.len() {
        let rule = &*findings[at].rule;
        if !COVERS.iter().any(|(_, covered)| covered.contains(&rule)) {
            continue;
        }
        let source = &findings[at].source;
        let by = (source.line..=source.end_line).find_map(|line| {
            let found = exact.get(&(source.file.clone(), line))?;
            let fitting = found.iter().copied().filter(|by| *by != at && covered(&findings[*by].rule).contains(&rule));
            // The most exact of several: it is covered by no other.
            fitting.max_by_key(|by| covered(&findings[*by].rule).len())
        });
        if let Some(by) = by {
            kept[at] = false;
            if findings[by].edits.is_empty() {
                findings[by].edits = std::mem::take(&mut findings[at].edits);
            }
            findings[by].level = findings[by].level.max(findings[at].level);
        }
    }
    let mut kept = kept.into_iter();
    findings.retain(|_| kept.next().unwrap_or(true));
}
