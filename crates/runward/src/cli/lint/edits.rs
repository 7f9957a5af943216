//! Edits of documents as changes of whole lines.

use std::collections::BTreeMap;

use runward_core::runbook::{Edit, Finding};
use runward_core::source::Lines;

/// Lines that go, and lines that come in their place; line ends are part of them.
#[derive(Debug, PartialEq, Eq)]
pub(super) struct Change<'t> {
    /// The first line that goes, from 1; where none goes, the one that the new lines come before.
    pub first: usize,
    /// What goes.
    pub old: Vec<&'t str>,
    /// What comes.
    pub new: Vec<String>,
}

/// The edits of findings that can be made together: the first wins where two want the same place, and a finding is
/// mended whole or not at all.
pub(super) fn agreed<'f>(text: &str, findings: impl Iterator<Item = &'f Finding>) -> Vec<&'f Edit> {
    let mut taken: BTreeMap<usize, &Edit> = BTreeMap::new();
    for finding in findings.filter(|f| !f.edits.is_empty()) {
        let fits = |edit: &Edit| is_valid(text, edit) && is_free(&taken, edit);
        if finding.edits.iter().all(fits) && apart(&finding.edits) {
            taken.extend(finding.edits.iter().map(|edit| (edit.start, edit)));
        }
    }
    taken.into_values().collect()
}

/// Whether an edit is about bytes that there are, and cuts no letter in two.
fn is_valid(text: &str, edit: &Edit) -> bool {
    text.get(edit.start..edit.end).is_some()
}

fn is_free(taken: &BTreeMap<usize, &Edit>, edit: &Edit) -> bool {
    let before = taken.range(..=edit.start).next_back();
    let behind = taken.range(edit.start..).next();
    before.is_none_or(|(start, other)| other.end <= edit.start && *start < edit.start)
        && behind.is_none_or(|(start, _)| edit.end <= *start)
}

/// Whether the edits of one finding touch each other nowhere.
fn apart(edits: &[Edit]) -> bool {
    let mut sorted: Vec<&Edit> = edits.iter().collect();
    sorted.sort_by_key(|edit| edit.start);
    sorted.windows(2).all(|pair| pair[0].end <= pair[1].start && pair[0].start < pair[1].start)
}

/// What edits, ordered and apart from each other, do to the lines of a text.
pub(super) fn changes<'t>(text: &'t str, lines: &Lines<'t>, edits: &[&Edit]) -> Vec<Change<'t>> {
    let mut found = Vec::new();
    let mut rest = edits;
    while let Some((first, later)) = rest.split_first() {
        let begin = lines.line_of(first.start);
        let mut last = lines.line_of(first.end);
        let mut count = 1;
        for edit in later {
            if lines.line_of(edit.start) > last {
                break;
            }
            last = last.max(lines.line_of(edit.end));
            count += 1;
        }
        let (here, behind) = rest.split_at(count);
        rest = behind;
        let whole = lines.line_span(begin).start..lines.line_span(last).end;
        let mut new = String::new();
        let mut at = whole.start;
        for edit in here {
            new.push_str(&text[at..edit.start]);
            new.push_str(&edit.text);
            at = edit.end;
        }
        new.push_str(&text[at..whole.end]);
        found.extend(change(begin as usize, &text[whole], &new));
    }
    found
}

/// The lines that really differ; `None` where all is as it was.
fn change<'t>(first: usize, old: &'t str, new: &str) -> Option<Change<'t>> {
    let old: Vec<&str> = old.split_inclusive('\n').collect();
    let new: Vec<&str> = new.split_inclusive('\n').collect();
    let same = old.iter().zip(&new).take_while(|(a, b)| a == b).count();
    let (old, new) = (&old[same..], &new[same..]);
    let alike = old.iter().rev().zip(new.iter().rev()).take_while(|(a, b)| a == b).count();
    let (old, new) = (&old[..old.len() - alike], &new[..new.len() - alike]);
    let differs = !old.is_empty() || !new.is_empty();
    let new = new.iter().map(|line| (*line).to_owned()).collect();
    differs.then(|| Change { first: first + same, old: old.to_vec(), new })
}

#[cfg(test)]
mod tests {
    use super::*;

    fn edit(start: usize, end: usize, text: &str) -> Edit {
        Edit { start, end, text: text.into() }
    }

    fn finding(edits: Vec<Edit>) -> Finding {
        let kind = runward_core::lints::find("MD09").unwrap();
        let finding = Finding::new(kind, Lines::new("ops.md", "").source(0..0), "", "");
        Finding { edits, ..finding }
    }

    /// The text with the edits made, by way of the changed lines.
    fn check(text: &str, edits: &[Edit], expected: &str) {
        let lines = Lines::new("ops.md", text);
        let edits: Vec<&Edit> = edits.iter().collect();
        let mut all: Vec<String> = text.split_inclusive('\n').map(str::to_owned).collect();
        for change in changes(text, &lines, &edits).into_iter().rev() {
            let from = change.first - 1;
            assert_eq!(all[from..from + change.old.len()], change.old, "{change:?}");
            all.splice(from..from + change.old.len(), change.new);
        }
        assert_eq!(all.concat(), expected, "{text:?} {edits:?}");
    }

    #[test]
    fn edits_become_changed_lines() {
        check("one\ntwo\nthree\n", &[edit(4, 7, "zwei")], "one\nzwei\nthree\n");
        check("one\ntwo\nthree\n", &[edit(4, 8, "")], "one\nthree\n");
        check("one\ntwo\n", &[edit(4, 4, "and a half\n")], "one\nand a half\ntwo\n");
        check("one\ntwo", &[edit(7, 7, "\n")], "one\ntwo\n");
        check("one\ntwo\n", &[edit(8, 8, "three")], "one\ntwo\nthree");
        check("one two\r\n", &[edit(0, 3, "1"), edit(4, 7, "2")], "1 2\r\n");
        check("one\ntwo\nthree\n", &[edit(2, 5, "-"), edit(6, 7, "O")], "on-wO\nthree\n");
        check("", &[edit(0, 0, "x")], "x");
    }

    #[test]
    fn a_change_is_no_wider_than_what_differs() {
        let text = "one\ntwo\nthree\n";
        let edit = edit(0, 13, "one\n2\nthree");
        let found = changes(text, &Lines::new("ops.md", text), &[&edit]);
        assert_eq!(found, [Change { first: 2, old: vec!["two\n"], new: vec!["2\n".into()] }]);
    }

    #[test]
    fn of_two_that_want_the_same_place_the_first_wins_whole() {
        let text = "ünd so weiter";
        let found = [
            finding(vec![edit(5, 7, "a")]),
            finding(vec![edit(0, 2, "u"), edit(6, 8, "b")]),
            finding(vec![edit(1, 2, "cuts the letter in two")]),
            finding(vec![edit(8, 99, "beyond the end")]),
            finding(vec![edit(8, 9, "c"), edit(8, 10, "with itself")]),
            finding(vec![edit(0, 2, "u")]),
        ];
        let made: Vec<(usize, &str)> = agreed(text, found.iter()).iter().map(|e| (e.start, e.text.as_str())).collect();
        assert_eq!(made, [(0, "u"), (5, "a")]);
    }
}
