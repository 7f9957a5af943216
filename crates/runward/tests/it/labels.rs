//! What people say of every block and command of real runbooks, against what Runward makes of them.

use std::collections::BTreeMap;
use std::path::{Path, PathBuf};

use runward_core::command::impact::Impact;
use runward_core::runbook::typed::{self, Typed};

/// One row of a list: the file, the line, what a person says of it, and whether people could disagree.
struct Label {
    file: String,
    line: u32,
    says: String,
    doubtful: bool,
}

fn labels(name: &str) -> Vec<Label> {
    let path = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/labels").join(name);
    let text = std::fs::read_to_string(path).unwrap();
    text.lines()
        .map(|line| {
            let parts: Vec<&str> = line.split('\t').collect();
            let [file, line, says, ..] = parts[..] else { panic!("{name}: {line}") };
            Label { file: file.into(), line: line.parse().unwrap(), says: says.into(), doubtful: parts.len() > 3 }
        })
        .collect()
}

/// Every block of the labelled documents by file and line; `None` where the documents are not on this machine.
fn read(labels: &[Label]) -> Option<BTreeMap<(String, u32), Typed>> {
    let shared: PathBuf = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../../shared");
    let mut found = BTreeMap::new();
    let mut files: Vec<&str> = labels.iter().map(|l| l.file.as_str()).collect();
    files.dedup();
    for file in files {
        let Ok(text) = std::fs::read_to_string(shared.join(file)) else {
            eprintln!("skipped: {file} is not here");
            return None;
        };
        found.extend(typed::blocks(&text).into_iter().map(|block| ((file.to_owned(), block.line), block)));
    }
    Some(found)
}

/// How often each label met each answer.
fn confusion(title: &str, table: &BTreeMap<(String, String), usize>) {
    eprintln!("{title}:");
    for ((label, answer), count) in table {
        let sign = if label == answer { ' ' } else { '!' };
        eprintln!("  {sign} {label:<12} {answer:<12} {count:>4}");
    }
}

#[test]
fn blocks_are_what_people_say_they_are() {
    let labels = labels("fences.tsv");
    let Some(blocks) = read(&labels) else { return };
    let mut table = BTreeMap::new();
    let (mut right, mut wrong) = (0_u32, Vec::new());
    for label in &labels {
        let answer = blocks.get(&(label.file.clone(), label.line)).map_or("missing".to_owned(), |block| {
            serde_json::to_value(block.kind).unwrap().as_str().unwrap().to_owned()
        });
        if answer == label.says {
            right += 1;
        } else {
            wrong.push(format!("{}:{}: {}, not {answer}", label.file, label.line, label.says));
        }
        *table.entry((label.says.clone(), answer)).or_default() += 1;
    }
    confusion("blocks", &table);
    let share = f64::from(right) / labels.len() as f64;
    assert!(share >= 0.98, "{right} of {} are typed right:\n{}", labels.len(), wrong.join("\n"));
}

#[test]
fn commands_do_what_people_say_they_do() {
    let fences = labels("fences.tsv");
    let labels = labels("commands.tsv");
    let Some(blocks) = read(&fences) else { return };
    let mut worst: BTreeMap<(String, u32), Impact> = BTreeMap::new();
    for ((file, _), block) in &blocks {
        for command in &block.commands {
            let place = worst.entry((file.clone(), command.line)).or_insert(Impact::ReadOnly);
            *place = (*place).max(command.impact);
        }
    }
    let mut table = BTreeMap::new();
    let (mut called, mut truly, mut missed) = (0_u32, 0_u32, Vec::new());
    for label in &labels {
        let answer = worst.get(&(label.file.clone(), label.line));
        let said = answer.map_or("missing", |impact| impact.name());
        *table.entry((label.says.clone(), said.to_owned())).or_default() += 1;
        if said == "read-only" {
            called += 1;
            truly += u32::from(label.says == "read-only");
        }
        // Where people could disagree it must at least not look harmless.
        let found = said == "destructive" || label.doubtful && said == "mutating";
        if label.says == "destructive" && !found {
            missed.push(format!("{}:{}: {said}", label.file, label.line));
        }
    }
    confusion("commands", &table);
    assert!(missed.is_empty(), "destructive, but not found:\n{}", missed.join("\n"));
    let share = f64::from(truly) / f64::from(called);
    assert!(share >= 0.99 && called > 500, "{truly} of {called} called read-only are");
    assert!(!table.keys().any(|(_, said)| said == "missing"), "every labelled line is judged");
}
