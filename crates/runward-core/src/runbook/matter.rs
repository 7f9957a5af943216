//! Front matter: what the lines between `---` at the head of a document say of its one procedure.

use std::ops::Range;

use super::procedure::Procedure;
use super::scale::scale_name;
use super::walk::Walk;
use super::words::{Meaning, meaning};
use crate::source::Lines;

/// Completes the procedure of a document that has one: the first, where it stands below the first heading, or the only one.
pub(super) fn complete(procedures: &mut [Procedure], first_heading: u32, lines: &Lines<'_>) {
    let only = procedures.len() == 1;
    let Some(procedure) = procedures.first_mut().filter(|p| only || p.source.line == first_heading) else { return };
    let mut walk = Walk::new(lines);
    for Pair { label, value, .. } in pairs(lines.text()) {
        match meaning(label) {
            Some(Meaning::Severity) if procedure.severity.is_none() => {
                procedure.severity = scale_name(value).map(|(name, _)| name);
            }
            Some(Meaning::Symptom) => walk.symptom(value),
            Some(Meaning::Alert) => walk.symptom(&format!("Alert: {value}")),
            _ => {}
        }
    }
    let known: Vec<String> = procedure.symptoms.iter().map(|s| s.text.clone()).collect();
    procedure.symptoms.extend(walk.symptoms.into_iter().filter(|s| !known.contains(&s.text)));
}

/// A label of front matter with what it says.
pub(super) struct Pair<'t> {
    pub label: &'t str,
    pub value: &'t str,
    /// Where the value stands.
    pub span: Range<usize>,
}

/// `trigger: memory above 90 %`, and lists below a label: `- one`.
pub(super) fn pairs(text: &str) -> Vec<Pair<'_>> {
    const MOST_LINES: usize = 100;
    let mut found = Vec::new();
    let mut lines = text.split_inclusive('\n');
    let Some(first) = lines.next().filter(|line| line.trim_end() == "---") else { return found };
    let mut at = first.len();
    let mut label = "";
    for line in lines.take(MOST_LINES) {
        let start = at;
        at += line.len();
        let trimmed = line.trim();
        if trimmed == "---" || trimmed == "..." {
            return found;
        }
        let value = match trimmed.strip_prefix("- ") {
            Some(item) => item,
            None => match trimmed.split_once(':').filter(|_| !line.starts_with(char::is_whitespace)) {
                Some((key, value)) => {
                    label = key;
                    value
                }
                None => continue,
            },
        };
        let value = value.trim().trim_matches(['"', '\'']);
        if !value.is_empty() {
            let from = start + line.find(value).unwrap_or(0);
            found.push(Pair { label, value, span: from..from + value.len() });
        }
    }
    // Never closed: a rule at the head of a document, not front matter.
    Vec::new()
}
