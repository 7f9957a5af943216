//! What must hold for any text at all, for the fuzzer's targets and for the long texts of `repeated`.

// The judge of the HTML lives beside what it judges.
#[path = "../../crates/runward-core/src/runbook/html/oracle.rs"]
mod oracle;

use runward_core::command::Command;
use runward_core::command::impact::Impact;
use runward_core::command::lines::{LineKind, logical_lines};
use runward_core::command::placeholder;
use runward_core::runbook::{Runbook, html, typed};
use runward_core::source::Source;

/// A document is read into a model, and every fact of it stands in the document.
pub fn model(text: &str) {
    let lines = text.split('\n').count() as u32;
    let stands = |source: &Source| {
        assert!(source.line >= 1 && source.line <= source.end_line.max(1), "{source:?}");
        assert!(source.end_line <= lines, "{source:?} of {lines} lines");
        assert!(text.get(source.span.clone()).is_some(), "{source:?} is cut through a character");
    };
    let runbook = Runbook::read([("ops.md", text)]);
    runbook.services.iter().for_each(|s| stands(&s.source));
    runbook.findings.iter().for_each(|f| stands(&f.source));
    for procedure in &runbook.procedures {
        stands(&procedure.source);
        procedure.steps.iter().for_each(|step| stands(&step.source));
    }
    runbook.asides.iter().for_each(|step| stands(&step.source));
    for edit in runbook.findings.iter().flat_map(|f| &f.edits) {
        assert!(text.get(edit.start..edit.end).is_some(), "an edit is cut through a character: {edit:?}");
    }
    for block in typed::blocks(text) {
        assert!(block.line >= 1 && block.line <= lines);
        assert!(block.commands.iter().all(|c| c.line >= block.line && c.line <= lines));
    }
}

/// A block of shell is split so that every line of it is in exactly one logical line, and each command is classed.
pub fn lines(text: &str) {
    let physical: Vec<&str> = text.lines().collect();
    let mut next = 0;
    for logical in logical_lines(&physical) {
        assert!(logical.first == next && logical.last >= logical.first, "{logical:?} after line {next}");
        next = logical.last + 1;
        if matches!(logical.kind, LineKind::Command | LineKind::Broken) {
            command(&logical.text);
        }
    }
    assert_eq!(next, physical.len(), "lines are missing");
}

fn command(text: &str) {
    let mut end = 0;
    for placeholder in placeholder::find(text) {
        assert!(placeholder.span.start >= end && text.get(placeholder.span.clone()).is_some(), "{placeholder:?}");
        end = placeholder.span.end;
    }
    let read = Command::read(text, 1);
    for effective in read.effective() {
        for word in &effective.command.words {
            assert!(text.get(word.span.clone()).is_some(), "{word:?} is cut through a character");
        }
    }
    // What is offered in its place does no more, and ends.
    if let Some(form) = &read.rewrite {
        let form = Command::read(form, 1);
        assert!(form.impact <= read.impact && !form.interactive, "{text:?} is offered as {form:?}");
    }
    // Somebody else's rights change nothing about what it does.
    if read.unparsable.is_none() && read.impact == Impact::Destructive && !text.contains(['\n', '#']) {
        let grouped = Command::read(&format!("( {text} )"), 1);
        assert!(grouped.impact > Impact::ReadOnly, "{text:?} looks harmless in brackets");
    }
}

/// A document becomes HTML of which every tag, attribute and scheme is known.
pub fn page(text: &str) {
    if let Err(why) = oracle::judge(&html::render(text)) {
        panic!("{why}");
    }
}
