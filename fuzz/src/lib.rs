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

/// With the instruments, four times the text takes not much more than four times as long. As it is shipped
/// (`fuzz/shipped`), a MiB takes less than a second.
pub fn repeated(shape: &str) {
    let (once, again) = shape.split_once("%%").unwrap_or(("", shape));
    if again.is_empty() {
        return;
    }
    let took = |size: usize| {
        let text = format!("{once}{}", again.repeat(size / again.len() + 1));
        let began = used();
        drop(std::hint::black_box(Runbook::read([("ops.md", text.as_str())])));
        drop(std::hint::black_box(html::render(&text)));
        used() - began
    };
    if cfg!(fuzzing) {
        // Hash maps, sorting and the clock's ticks are forgiven; a square would be sixteen.
        let long = took(LONG);
        assert!(long < 1.0 || long < 8.0 * took(LONG / 4), "{long} s for {LONG} bytes of {shape:?}");
    } else {
        let whole = took(1024 * 1024);
        assert!(whole < 1.0, "{whole} s for a MiB of {shape:?}");
    }
}

const LONG: usize = 128 * 1024;

/// Seconds of the processor that this program has used: others may keep it waiting.
fn used() -> f64 {
    let stat = std::fs::read_to_string("/proc/self/stat").unwrap_or_default();
    let fields = stat.rsplit_once(')').map_or("", |(_, rest)| rest).split_whitespace();
    let ticks: u32 = fields.skip(11).take(2).filter_map(|field| field.parse::<u32>().ok()).sum();
    f64::from(ticks) / 100.0
}
