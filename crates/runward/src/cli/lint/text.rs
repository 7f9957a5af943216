//! What is found, for people: in the order of the lines, one drawing for each line, the sum of it below.

use std::collections::HashMap;

use runward_core::runbook::{Finding, Level};
use runward_core::source::Lines;

use super::Counts;
use super::draw::{Drawing, draw};
use crate::cli::out;
use crate::cli::reading::Reading;

/// Every finding and the sum.
pub(super) fn of(reading: &Reading, counts: Counts) -> String {
    let files: HashMap<&str, Lines<'_>> =
        reading.texts.iter().rev().map(|text| (text.name.as_str(), Lines::new(&text.name, &text.text))).collect();
    let mut said = String::new();
    for drawing in drawings(&reading.runbook.findings) {
        let file = drawing.findings.first().and_then(|finding| files.get(&*finding.source.file));
        said.push_str(&draw(&drawing, file));
        said.push('\n');
    }
    said.push_str(&sum(reading, counts));
    said
}

/// The findings by their line. What is only good to know and was told already is told with its first line.
fn drawings(findings: &[Finding]) -> Vec<Drawing<'_>> {
    let mut again: HashMap<(&str, &str), Vec<u32>> = HashMap::new();
    let mut drawn: Vec<&Finding> = Vec::new();
    for finding in findings {
        let key = (&*finding.source.file, &*finding.rule);
        match again.get_mut(&key) {
            Some(lines) if finding.level == Level::Info => {
                if lines.last() != Some(&finding.source.line) {
                    lines.push(finding.source.line);
                }
            }
            _ => {
                if finding.level == Level::Info {
                    again.insert(key, Vec::new());
                }
                drawn.push(finding);
            }
        }
    }
    let one_line = |a: &&Finding, b: &&Finding| a.source.file == b.source.file && a.source.line == b.source.line;
    let mut found = Vec::new();
    for group in drawn.chunk_by(one_line) {
        let mut findings = group.to_vec();
        findings.sort_by_key(|finding| std::cmp::Reverse(finding.level));
        let told = findings.iter().filter(|f| f.level == Level::Info);
        let again = told
            .filter_map(|finding| {
                let lines = again.remove(&(&*finding.source.file, &*finding.rule))?;
                let others: Vec<u32> = lines.into_iter().filter(|line| *line != finding.source.line).collect();
                (!others.is_empty()).then_some((&*finding.rule, others))
            })
            .collect();
        found.push(Drawing { findings, again });
    }
    found
}

fn sum(reading: &Reading, counts: Counts) -> String {
    let findings = &reading.runbook.findings;
    let files = out::count(counts.files, "file");
    let allowed = match counts.suppressed {
        0 => String::new(),
        n => format!(", {n} allowed"),
    };
    if findings.is_empty() {
        return format!("{files}: nothing found{allowed}\n");
    }
    let mendable = findings.iter().filter(|finding| !finding.edits.is_empty()).count();
    let mend = if mendable == 0 { String::new() } else { format!("; --patch mends {mendable} of these") };
    let (errors, warnings) = (out::count(counts.errors, "error"), out::count(counts.warnings, "warning"));
    let notes = out::count(counts.notes, "note");
    format!("a rule's page: runward lint --explain RULE{mend}\n{files}: {errors}, {warnings}, {notes}{allowed}\n")
}
