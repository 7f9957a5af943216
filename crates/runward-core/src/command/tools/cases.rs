//! Commands of every day and commands meant to deceive, each with what it does: labelled before anything was run.

use super::super::impact::classify;
use super::super::{Command, placeholder};

/// What is said of a command, as the list says it.
fn class(text: &str) -> &'static str {
    Command::read(text, 1).impact.name()
}

/// The lines of the list: what the command does, and the command; `⏎` stands for a line end.
fn cases() -> impl Iterator<Item = (&'static str, String)> {
    let lines = include_str!("impact-cases.tsv").lines();
    lines.filter_map(|line| line.split_once('\t')).map(|(label, text)| (label, text.replace('⏎', "\n")))
}

#[test]
fn every_command_of_the_list_does_what_the_list_says() {
    let wrong: Vec<String> = cases()
        .filter_map(|(label, text)| {
            let found = class(&text);
            (found != label).then(|| format!("{label}, not {found}: {text}"))
        })
        .collect();
    assert!(wrong.is_empty(), "{} of {}:\n{}", wrong.len(), cases().count(), wrong.join("\n"));
}

/// Ways in which runbooks write one command; none of them changes what it does.
const FORMS: &[&str] =
    &["sudo {}", "cd /srv && {}", "{} # as said", "({})", "{{ {}; }}", "if true; then {}; fi", "env A=1 {}"];

#[test]
fn what_stands_around_a_destroyer_hides_it_from_nobody() {
    for (label, text) in cases().filter(|(label, text)| *label == "destructive" && !text.contains(['\n', '#'])) {
        for form in FORMS {
            let written = form.replace("{}", &text).replace("{{", "{").replace("}}", "}");
            let masked = placeholder::masked(&written, &placeholder::find(&written));
            let Ok(verdict) = classify(&masked) else { continue };
            let hidden = verdict.impact.name() == "read-only";
            assert!(!hidden, "{label}: {written}");
        }
    }
}
