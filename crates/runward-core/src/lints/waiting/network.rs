//! Commands that ask another host without a limit.

use super::super::written::Written;
use super::super::{Context, Place, each_document};
use super::EX06;
use crate::command::Effective;
use crate::command::impact::Impact;
use crate::command::shell::Word;
use crate::runbook::Finding;

pub(super) fn check(context: &Context<'_>, found: &mut Vec<Finding>) {
    let written = Written::new(context);
    for (_, places) in each_document(context) {
        let mut asking: Vec<&Place<'_>> = Vec::new();
        let mut edits = Vec::new();
        for place in places {
            let commands = place.command.effective();
            let unlimited: Vec<&Effective<'_>> = commands.iter().filter(|c| is_unlimited(c)).collect();
            if unlimited.is_empty() {
                continue;
            }
            asking.push(place);
            for command in unlimited {
                let short = place.command.impact == Impact::ReadOnly && is_short(command);
                let end = end_of_name(place, command).unwrap_or_default();
                let span = written.span(place, end..end).filter(|_| end > 0);
                edits.extend(span.map(|span| (span, limit(command.program(), short))));
            }
        }
        let Some(first) = asking.first() else { continue };
        let program = first.command.effective().iter().find(|c| is_unlimited(c)).map_or("", Effective::program);
        let others = match asking.len() {
            1 => String::new(),
            2 => "; so does another command in this document".to_owned(),
            more => format!("; so do {} other commands in this document", more - 1),
        };
        let message = format!("`{program}` waits for an answer without limit here{others}");
        let help = format!("add `{}`, or put `timeout 30` before it", limit(program, true).trim());
        let finding = first.finding(&EX06, message, help);
        edits.sort_by_key(|(span, _)| span.start);
        edits.dedup();
        found.push(edits.into_iter().fold(finding, |finding, (span, text)| finding.mended_by(span, text)));
    }
}

/// The option that limits a program, as it is put behind its name. Where much may come, or something is changed that
/// must not be broken off, only the connecting is limited.
fn limit(program: &str, short: bool) -> &'static str {
    match (program, short) {
        ("wget", true) => " --timeout=10",
        ("wget", false) => " --connect-timeout=10",
        ("nc" | "ncat" | "netcat", _) => " -w 5",
        (_, true) => " --max-time 10",
        (_, false) => " --connect-timeout 10",
    }
}

/// Where a program's name ends in the command's text. Inside of `$(…)` it is looked for: there it must be the only one.
fn end_of_name(place: &Place<'_>, command: &Effective<'_>) -> Option<usize> {
    let span = command.command.words.first()?.span.clone();
    if !span.is_empty() {
        return Some(span.end);
    }
    let text = place.command.text.as_str();
    let program = command.program();
    let mut found = text.match_indices(program).filter(|(at, _)| {
        let before = text[..*at].chars().next_back();
        before.is_none_or(|c| c.is_whitespace() || "(`|;&".contains(c)) && text[at + program.len()..].starts_with(' ')
    });
    match (found.next(), found.next()) {
        (Some((at, _)), None) => Some(at + program.len()),
        _ => None,
    }
}

fn is_unlimited(command: &Effective<'_>) -> bool {
    let args = command.args();
    let has = |options: &[&str]| args.iter().any(|w| options.iter().any(|o| w.text.split('=').next() == Some(*o)));
    let asks = !args.is_empty() && !has(&["--version", "--help", "-V"]);
    if !asks || command.around.wrappers.iter().any(|w| w == "timeout") {
        return false;
    }
    match command.program() {
        "curl" => !has(&["--max-time", "--connect-timeout", "-m", "--speed-time"]) && !args.iter().any(limits),
        "wget" => !has(&["-T", "--timeout", "--connect-timeout", "--read-timeout"]) && !joined(args, "-T"),
        "nc" | "ncat" | "netcat" => {
            !has(&["-w", "--wait", "-l", "--listen"])
                && !joined(args, "-w")
                && !args.iter().any(|w| w.text.starts_with('-') && w.text.contains(['l', 'w']))
        }
        _ => false,
    }
}

fn joined(args: &[Word], option: &str) -> bool {
    args.iter().any(|w| w.text.starts_with(option))
}

/// `-m5`, `-sm 5`, `-fsSm`: the letter that takes the limit, behind letters that take nothing.
fn limits(word: &Word) -> bool {
    let Some(letters) = word.text.strip_prefix('-').filter(|l| !l.starts_with('-')) else { return false };
    letters.trim_start_matches(|c| "fsSkLIivgGN#0146".contains(c)).starts_with('m')
}

/// Whether an answer is a matter of seconds: nothing is sent or fetched that may be large.
fn is_short(command: &Effective<'_>) -> bool {
    const LONG: &[&str] =
        &["-O", "--remote-name", "-T", "--upload-file", "-F", "--form", "-C", "--continue-at", "-N", "--no-buffer"];
    let args = command.args();
    let kept = args.windows(2).any(|pair| {
        let into = matches!(pair[0].text.as_str(), "-o" | "--output")
            || pair[0].text.starts_with('-') && !pair[0].text.starts_with("--") && pair[0].text.ends_with('o');
        into && pair[1].text != "/dev/null"
    });
    match command.program() {
        "wget" => args.iter().any(|w| matches!(w.text.as_str(), "--spider" | "-qO-" | "-O-" | "/dev/null")),
        "curl" => !kept && !args.iter().any(|w| LONG.contains(&w.text.as_str())),
        _ => true,
    }
}
