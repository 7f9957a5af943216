//! What a catalogue would become, as a unified diff: a person reads it before they approve.

use std::fmt::Write;

use super::Entry;

/// How many lines around a change are shown.
const CONTEXT: usize = 3;

/// What stands in the place of what was, step by step; empty where nothing changes.
pub fn diff(old: &[Entry], new: &[Entry]) -> String {
    let mut out = String::new();
    let mut taken = vec![false; old.len()];
    for entry in new {
        let same = old.iter().position(|o| o == entry);
        let at = same.or_else(|| (0..old.len()).find(|at| !taken[*at] && is_of_one_step(&old[*at], entry, new)));
        if let Some(at) = at {
            taken[at] = true;
        }
        if same.is_none() {
            compare(&mut out, at.map(|at| &old[at]), Some(entry));
        }
    }
    for (entry, _) in old.iter().zip(&taken).filter(|(_, taken)| !**taken) {
        compare(&mut out, Some(entry), None);
    }
    out
}

/// Whether one entry stands in the place of another, and is not itself among the new ones.
fn is_of_one_step(old: &Entry, new: &Entry, all: &[Entry]) -> bool {
    old.document == new.document && old.step == new.step && !all.contains(old)
}

fn compare(out: &mut String, old: Option<&Entry>, new: Option<&Entry>) {
    let name =
        |entry: Option<&Entry>| entry.map_or("/dev/null".to_owned(), |e| shown(&format!("{} {}", e.document, e.step)));
    let _ = writeln!(out, "--- {}\n+++ {}", name(old), name(new));
    let (old, new) = (old.map(lines).unwrap_or_default(), new.map(lines).unwrap_or_default());
    let edits = edits(&old, &new);
    for hunk in hunks(&edits) {
        write_hunk(out, hunk);
    }
}

/// An entry as lines for people.
fn lines(entry: &Entry) -> Vec<String> {
    let mut lines = vec![
        format!("# {}", entry.title.replace('\n', " ")),
        format!(
            "impact {}, as uid {}, on {}, read by {}",
            entry.impact.name(),
            entry.uid,
            entry.host,
            entry.interpreter
        ),
    ];
    for (name, kinds) in &entry.params {
        let kinds: Vec<&str> = kinds.iter().map(|kind| kind.name()).collect();
        lines.push(format!("parameter {name}: {}", kinds.join(" and ")));
    }
    lines.extend(entry.keep.iter().map(|path| format!("keeps {path}")));
    if entry.puts_back {
        lines.push("puts back what the step kept".into());
    }
    lines.extend(entry.script.lines().map(str::to_owned));
    lines.iter().map(|line| shown(line)).collect()
}

/// A text in which nothing hides: what an editor does not show, and what turns the direction of reading, is spelled out.
fn shown(text: &str) -> String {
    let mut shown = String::with_capacity(text.len());
    for c in text.chars() {
        let hidden = (c.is_control() && c != '\t')
            || matches!(u32::from(c), 0xad | 0x34f | 0x61c | 0x200b..=0x200f | 0x2028..=0x202f | 0x2060..=0x206f | 0xfe00..=0xfe0f | 0xfeff | 0xe0000..=0xe01ef | 0xa0);
        if hidden {
            let _ = write!(shown, "\u{2039}U+{:04X}\u{203a}", u32::from(c));
        } else {
            shown.push(c);
        }
    }
    shown
}

/// A line as it stays, goes or comes, with its number on either side.
struct Line<'l> {
    sign: char,
    text: &'l str,
    old: usize,
    new: usize,
}

/// The shortest way from one to the other, by the longest common part.
fn edits<'l>(old: &'l [String], new: &'l [String]) -> Vec<Line<'l>> {
    // A step whose table would be large is shown whole: it goes and comes.
    let common = if old.len() * new.len() <= 4_000_000 { table(old, new) } else { Vec::new() };
    let length = |a: usize, b: usize| common.get(a * (new.len() + 1) + b).copied().unwrap_or(0);
    let (mut a, mut b) = (0, 0);
    let mut lines = Vec::new();
    while a < old.len() || b < new.len() {
        let (sign, text) = if a < old.len() && b < new.len() && old[a] == new[b] && !common.is_empty() {
            (' ', &old[a])
        } else if a < old.len() && (b == new.len() || length(a + 1, b) >= length(a, b + 1)) {
            ('-', &old[a])
        } else {
            ('+', &new[b])
        };
        lines.push(Line { sign, text, old: a, new: b });
        a += usize::from(sign != '+');
        b += usize::from(sign != '-');
    }
    lines
}

/// How long the longest common part of the rests behind each pair of places is.
fn table(old: &[String], new: &[String]) -> Vec<u32> {
    let width = new.len() + 1;
    let mut common = vec![0; (old.len() + 1) * width];
    for a in (0..old.len()).rev() {
        for b in (0..new.len()).rev() {
            common[a * width + b] = if old[a] == new[b] {
                common[(a + 1) * width + b + 1] + 1
            } else {
                common[(a + 1) * width + b].max(common[a * width + b + 1])
            };
        }
    }
    common
}

/// Stretches of changes with what stands around them.
fn hunks<'h, 'l>(edits: &'h [Line<'l>]) -> Vec<&'h [Line<'l>]> {
    let mut found: Vec<(usize, usize)> = Vec::new();
    for (at, _) in edits.iter().enumerate().filter(|(_, line)| line.sign != ' ') {
        let (from, to) = (at.saturating_sub(CONTEXT), (at + CONTEXT + 1).min(edits.len()));
        match found.last_mut().filter(|last| last.1 >= from) {
            Some(last) => last.1 = to,
            None => found.push((from, to)),
        }
    }
    found.into_iter().map(|(from, to)| &edits[from..to]).collect()
}

fn write_hunk(out: &mut String, hunk: &[Line<'_>]) {
    let Some(first) = hunk.first() else { return };
    let (old, new) = (hunk.iter().filter(|l| l.sign != '+').count(), hunk.iter().filter(|l| l.sign != '-').count());
    let start = |at: usize, count: usize| if count == 0 { at } else { at + 1 };
    let _ = writeln!(out, "@@ -{},{old} +{},{new} @@", start(first.old, old), start(first.new, new));
    for line in hunk {
        let _ = writeln!(out, "{}{}", line.sign, line.text);
    }
}
