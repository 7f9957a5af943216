//! `--patch`: every safe edit as one unified diff, which `git apply` and `patch -p1` take. The files stay as they are.

use std::fmt::Write;
use std::path::{Component, Path};

use runward_core::runbook::Edit;
use runward_core::source::Lines;

use super::edits::{Change, agreed, changes};
use crate::cli::reading::{Reading, Text};

/// How many lines around a change are shown.
const CONTEXT: usize = 3;

/// The patch; empty where nothing can be mended.
pub(super) fn of(reading: &Reading) -> String {
    let mut out = String::new();
    for document in &reading.runbook.documents {
        if let Some(text) = reading.text(&document.path) {
            let findings = reading.runbook.findings.iter().filter(|f| *f.source.file == document.path);
            let edits = agreed(&text.text, findings);
            if !edits.is_empty() {
                out.push_str(&diff(text, &edits));
            }
        }
    }
    out
}

fn diff(text: &Text, edits: &[&Edit]) -> String {
    // A byte order mark is part of the file's first line, though of no finding.
    let whole = format!("{}{}", text.mark(), text.text);
    let shift = text.mark().len();
    let moved: Vec<Edit> =
        edits.iter().map(|e| Edit { start: e.start + shift, end: e.end + shift, text: e.text.clone() }).collect();
    let lines = Lines::new(&text.name, &whole);
    let changes = changes(&whole, &lines, &moved.iter().collect::<Vec<_>>());
    let mut out = String::new();
    if changes.is_empty() {
        return out;
    }
    let name = name(Path::new(&text.name));
    let _ = write!(out, "--- {}\n+++ {}\n", quoted("a", &name), quoted("b", &name));
    let all: Vec<&str> = whole.split_inclusive('\n').collect();
    let mut grown: isize = 0;
    for hunk in hunks(&changes) {
        write_hunk(&mut out, hunk, &all, &mut grown);
    }
    out
}

/// Changes that stand so near each other that their surroundings meet.
fn hunks<'c, 't>(changes: &'c [Change<'t>]) -> impl Iterator<Item = &'c [Change<'t>]> {
    changes.chunk_by(|a, b| b.first - (a.first + a.old.len()) <= 2 * CONTEXT)
}

fn write_hunk(out: &mut String, hunk: &[Change<'_>], all: &[&str], grown: &mut isize) {
    let (Some(head), Some(last)) = (hunk.first(), hunk.last()) else { return };
    let from = head.first.saturating_sub(CONTEXT).max(1);
    let to = (last.first + last.old.len() + CONTEXT).min(all.len() + 1);
    let (gone, come): (usize, usize) = hunk.iter().fold((0, 0), |(g, c), h| (g + h.old.len(), c + h.new.len()));
    let old = to - from;
    let new = old - gone + come;
    // Where a side has no line, its number is that of the line before.
    let start = |first: isize, count: usize| if count == 0 { first - 1 } else { first };
    let first = from as isize;
    let _ = writeln!(out, "@@ -{},{old} +{},{new} @@", start(first, old), start(first + *grown, new));
    *grown += come as isize - gone as isize;
    let mut at = from;
    for change in hunk {
        all[at - 1..change.first - 1].iter().for_each(|line| push(out, ' ', line));
        change.old.iter().for_each(|line| push(out, '-', line));
        change.new.iter().for_each(|line| push(out, '+', line));
        at = change.first + change.old.len();
    }
    all[at - 1..to - 1].iter().for_each(|line| push(out, ' ', line));
}

fn push(out: &mut String, sign: char, line: &str) {
    out.push(sign);
    out.push_str(line);
    if !line.ends_with('\n') {
        out.push_str("\n\\ No newline at end of file\n");
    }
}

/// A file's name as patches have it: from this folder, or from the root where it lies elsewhere.
fn name(path: &Path) -> String {
    let climbs = path.components().any(|part| part == Component::ParentDir);
    let absolute = if climbs { path.canonicalize().unwrap_or_else(|_| path.to_owned()) } else { path.to_owned() };
    let here = Path::new(".").canonicalize().unwrap_or_default();
    let from_here = absolute.strip_prefix(&here).unwrap_or(&absolute);
    let plain = from_here.components().filter(|part| matches!(part, Component::Normal(_)));
    plain.map(|part| part.as_os_str().to_string_lossy()).collect::<Vec<_>>().join("/")
}

/// The name behind `---` or `+++`: in quotes where a character would be misread, with a tab behind it where a space would.
fn quoted(side: &str, name: &str) -> String {
    if name.contains(|c: char| c.is_control() || matches!(c, '"' | '\\')) {
        let mut out = format!("\"{side}/");
        for c in name.chars() {
            match c {
                '"' | '\\' => out.extend(['\\', c]),
                c if c.is_control() => c.to_string().bytes().for_each(|b| out.push_str(&format!("\\{b:03o}"))),
                c => out.push(c),
            }
        }
        out.push('"');
        return out;
    }
    let tab = if name.contains(' ') { "\t" } else { "" };
    format!("{side}/{name}{tab}")
}

#[cfg(test)]
mod tests {
    use super::*;

    fn check(text: &str, edits: &[(usize, usize, &str)], expected: &str) {
        let edits: Vec<Edit> =
            edits.iter().map(|(start, end, t)| Edit { start: *start, end: *end, text: (*t).into() }).collect();
        let text = Text { name: "ops.md".into(), text: text.into(), marked: false };
        assert_eq!(diff(&text, &edits.iter().collect::<Vec<_>>()), format!("--- a/ops.md\n+++ b/ops.md\n{expected}"));
    }

    #[test]
    fn a_change_stands_between_three_lines_on_either_side() {
        let text = "1\n2\n3\n4\n5\n6\n7\n8\n9\n";
        check(text, &[(8, 9, "five")], "@@ -2,7 +2,7 @@\n 2\n 3\n 4\n-5\n+five\n 6\n 7\n 8\n");
        check(text, &[(0, 0, "0\n")], "@@ -1,3 +1,4 @@\n+0\n 1\n 2\n 3\n");
        check(text, &[(16, 18, "")], "@@ -6,4 +6,3 @@\n 6\n 7\n 8\n-9\n");
    }

    #[test]
    fn changes_far_from_each_other_are_hunks_of_their_own_and_count_on() {
        let text: String = (1..=20).map(|n| format!("line {n}\n")).collect();
        let last = text.find("line 20").unwrap();
        check(
            &text,
            &[(0, 0, "line 0\n"), (last, last + 4, "Line")],
            "@@ -1,3 +1,4 @@\n+line 0\n line 1\n line 2\n line 3\n@@ -17,4 +18,4 @@\n line 17\n line 18\n line 19\n-line 20\n+Line 20\n",
        );
    }

    #[test]
    fn a_last_line_without_an_end_is_told() {
        check(
            "ls",
            &[(0, 2, "df")],
            "@@ -1,1 +1,1 @@\n-ls\n\\ No newline at end of file\n+df\n\\ No newline at end of file\n",
        );
        check("ls", &[(2, 2, "\n")], "@@ -1,1 +1,1 @@\n-ls\n\\ No newline at end of file\n+ls\n");
    }

    #[test]
    fn names_that_would_be_misread_are_quoted() {
        assert_eq!(quoted("a", "docs/ops.md"), "a/docs/ops.md");
        assert_eq!(quoted("a", "my docs/ops.md"), "a/my docs/ops.md\t");
        assert_eq!(quoted("b", "o\"p\u{7}s.md"), "\"b/o\\\"p\\007s.md\"");
        assert_eq!(name(Path::new("./docs//ops.md")), "docs/ops.md");
    }
}
