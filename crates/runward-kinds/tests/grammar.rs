//! The grammar of commands beside the real bash: both take and refuse the same lines.
#![allow(
    clippy::disallowed_methods,
    clippy::unwrap_used,
    reason = "the tests ask bash, which core must not start, and fail by panicking"
)]

use std::collections::BTreeSet;
use std::path::Path;
use std::process::{Command, Stdio};

use runward_core::command::{lines, shell};

/// Whether bash takes a text. It only reads it (`-n`) and carries nothing out.
fn bash_takes(text: &str, options: &[&str]) -> bool {
    let mut bash = Command::new("bash");
    bash.args(["--norc", "-n"]).args(options).args(["-c", &format!(" {text}")]);
    let output = bash.stdin(Stdio::null()).stdout(Stdio::null()).output().unwrap();
    let said = String::from_utf8_lossy(&output.stderr);
    output.status.success() && (said.is_empty() || said.contains("warning")) && !said.contains("here-document")
}

/// Whether there is a bash whose grammar is the one that is meant.
fn is_there() -> bool {
    let version = Command::new("bash").args(["--norc", "-c", "echo $BASH_VERSINFO"]).output();
    version.is_ok_and(|v| String::from_utf8_lossy(&v.stdout).trim().parse::<u32>().is_ok_and(|major| major >= 5))
}

/// Patterns such as `@(a|b)` are switched on in most people's shells, and off in scripts.
fn bash_may_take(text: &str) -> bool {
    bash_takes(text, &[]) || bash_takes(text, &["-O", "extglob"])
}

fn check(list: &str, bash: bool, runward: bool) {
    let wrong: Vec<String> = list
        .lines()
        .map(|line| line.replace('⏎', "\n"))
        .filter_map(|text| {
            let parsed = shell::parse(&text);
            let found = (bash_may_take(&text), parsed.is_ok());
            (found != (bash, runward)).then(|| format!("{text:?}: (bash, runward) {found:?} {:?}", parsed.err()))
        })
        .collect();
    assert!(wrong.is_empty(), "{}", wrong.join("\n"));
}

#[test]
fn what_bash_takes_is_taken() {
    if is_there() {
        check(include_str!("grammar/accepted.txt"), true, true);
    }
}

#[test]
fn what_bash_refuses_is_refused() {
    if is_there() {
        check(include_str!("grammar/refused.txt"), false, false);
    }
}

#[test]
fn the_few_things_that_are_refused_beyond_that_are_known() {
    if is_there() {
        check(include_str!("grammar/stricter.txt"), true, false);
    }
}

/// Lines of fences, as they stand and as logical lines, of documents that people really wrote.
fn lines_of_fences(folder: &Path, found: &mut BTreeSet<String>) {
    for path in std::fs::read_dir(folder).into_iter().flatten().map(|entry| entry.unwrap().path()) {
        if path.extension().is_none_or(|extension| extension != "md") {
            continue;
        }
        let text = String::from_utf8_lossy(&std::fs::read(&path).unwrap()).into_owned();
        let mut block: Option<Vec<&str>> = None;
        for line in text.lines() {
            match (&mut block, line.trim_start().starts_with("```")) {
                (None, true) => block = Some(Vec::new()),
                (Some(lines), false) => lines.push(line),
                (Some(_), true) => {
                    let lines = block.take().unwrap_or_default();
                    found.extend(lines.iter().map(|line| line.trim().to_owned()));
                    found.extend(lines::logical_lines(&lines).into_iter().map(|logical| logical.text));
                }
                (None, false) => {}
            }
        }
    }
}

#[test]
fn lines_of_real_runbooks_are_read_as_bash_reads_them() {
    let shared = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../../shared");
    let mut texts = BTreeSet::new();
    lines_of_fences(&shared.join("seeds"), &mut texts);
    lines_of_fences(&shared.join("corpus"), &mut texts);
    if !is_there() {
        return;
    }
    let fits = |text: &&String| {
        let runward = shell::parse(text).is_ok();
        // A `\` at the end and a here-document without its end wait for more.
        let waits = text.ends_with('\\') || text.contains("<<");
        runward == bash_may_take(text) || (!runward && waits)
    };
    let wrong: Vec<&String> = texts.iter().filter(|text| !fits(text)).collect();
    assert!(wrong.is_empty(), "{wrong:#?}");
}
