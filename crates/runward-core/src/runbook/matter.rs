//! Front matter: what the lines between `---` at the head of a document say of its one procedure.

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
    for (label, value) in pairs(lines.text()) {
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

/// `trigger: memory above 90 %`, and lists below a label: `- one`.
fn pairs(text: &str) -> Vec<(&str, &str)> {
    const MOST_LINES: usize = 100;
    let mut found = Vec::new();
    let mut lines = text.lines();
    if lines.next().map(str::trim_end) != Some("---") {
        return found;
    }
    let mut label = "";
    for line in lines.take(MOST_LINES) {
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
            found.push((label, value));
        }
    }
    // Never closed: a rule at the head of a document, not front matter.
    Vec::new()
}
