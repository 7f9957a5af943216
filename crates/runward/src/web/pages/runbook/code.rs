//! A code block of the document: what it holds, in words, and what is said of each of its steps beside it.

use std::fmt::Write;

use runward_core::command::Command;
use runward_core::command::placeholder;
use runward_core::runbook::Level;
use runward_core::runbook::fence::FenceType;
use runward_core::runbook::html::{Escaped, Leaf};

use super::article::Article;
use super::index::{Placed, worst_at};
use super::{notes, steps};

/// How far below the beginning of its stretch a finding may stand before the stretch is cut at its line.
const FAR: u32 = 8;

/// Lines of a code block that belong together, from one number to the one behind the last.
struct Stretch {
    first: u32,
    end: u32,
}

/// What the lines of a stretch need to know of its step.
#[derive(Clone, Copy)]
struct InCode {
    /// The step's first line, where there is a step.
    begins: Option<u32>,
    /// Whether anything in it is to be filled in.
    fills: bool,
}

/// What a block holds, for people.
fn words(kind: Option<FenceType>, tag: &str) -> &'static str {
    match kind {
        Some(FenceType::Shell) => "Commands",
        Some(FenceType::Sql) => "Statements for a database",
        Some(FenceType::Transcript) => "A terminal: what was typed and what it printed",
        Some(FenceType::Output) => "Output, not to be typed",
        Some(FenceType::Config) => "Configuration",
        Some(FenceType::Template) => "A text to fill in",
        Some(FenceType::Checklist) => "A checklist",
        Some(FenceType::Diagram) => "A diagram",
        Some(FenceType::Code) => "Source text",
        Some(FenceType::Json) => "JSON",
        None if tag == "front matter" => "About this document",
        Some(FenceType::Other) | None => "Text",
    }
}

impl Article<'_> {
    /// Writes a code block whose text begins on line `first`.
    pub(super) fn code(&mut self, leaf: &Leaf, tag: &str, text: &str, first: u32) {
        let kind = self.index.kind(leaf.line);
        let lines: Vec<&str> = text.lines().collect();
        let end = first + lines.len() as u32;
        let is_typed = !self.index.steps(first, end.max(leaf.end_line)).is_empty();
        let class = if is_typed { "block typed" } else { "block" };
        self.out.push_str("<div");
        self.line_id(leaf.line);
        let _ = write!(self.out, "><div class=\"{class}\">");
        // Of commands each step says more than their block could.
        if !is_typed || kind != Some(FenceType::Shell) {
            let _ = write!(self.out, "<p class=\"block-head\"><span>{}</span>", words(kind, tag));
            if !tag.is_empty() && tag != "front matter" {
                let _ = write!(self.out, "<span class=\"tag\">{}</span>", Escaped(tag));
            }
            self.out.push_str("</p>");
        }
        let stretches = self.stretches(first, end);
        for (at, stretch) in stretches.iter().enumerate() {
            let is_last = at + 1 == stretches.len();
            self.stretch(stretch, &lines, first, if is_last { leaf.end_line } else { stretch.end - 1 });
        }
        self.out.push_str("</div></div>");
    }

    /// Cuts a block where its steps begin, and at findings far below.
    fn stretches(&self, first: u32, end: u32) -> Vec<Stretch> {
        let begins = self.index.steps(first, end).iter().map(|placed| placed.step.source.line);
        let found = self.ahead().iter().map(|finding| finding.source.line).take_while(|line| *line < end);
        let mut cuts: Vec<(u32, bool)> =
            begins.map(|line| (line, true)).chain(found.map(|line| (line, false))).collect();
        cuts.sort_unstable();
        let mut stretches: Vec<Stretch> = vec![Stretch { first, end }];
        // What stands above the first step belongs to it.
        let mut steps = 0;
        for (line, is_step) in cuts {
            let Some(last) = stretches.last_mut() else { break };
            let wanted = if is_step { steps > 0 } else { line > last.first + FAR };
            steps += usize::from(is_step);
            if wanted && line > last.first && line < end {
                last.end = line;
                stretches.push(Stretch { first: line, end });
            }
        }
        stretches
    }

    /// Writes one stretch; findings up to line `until` stand beside it.
    fn stretch(&mut self, stretch: &Stretch, lines: &[&str], first: u32, until: u32) {
        let index = self.index;
        let placed = index.steps(stretch.first, stretch.end.saturating_sub(1));
        let findings = self.take_findings(until);
        let number = self.taken - findings.len() + 1;
        if !findings.is_empty() {
            self.out.push_str("<div class=\"noted\">");
        }
        self.out.push_str("<div class=\"stretch\">");
        if !placed.is_empty() {
            steps::strip(&mut self.out, placed, self.history);
        }
        self.out.push_str("<pre><code>");
        let text = |line: u32| lines.get((line - first) as usize).copied().unwrap_or_default();
        // The blank line before the next step is not worth one here.
        let filled = (stretch.first..stretch.end).rev().find(|line| !text(*line).trim().is_empty());
        let mut commands = placed.iter().flat_map(|placed| &placed.step.commands);
        let step = InCode {
            begins: placed.first().map(|placed| placed.step.source.line),
            fills: commands.any(|command| !command.params.is_empty()),
        };
        let mut instead = rewritten(placed).into_iter().peekable();
        for line in stretch.first..filled.map_or(stretch.end, |last| last + 1) {
            self.code_line(line, text(line), step, worst_at(findings, line));
            while let Some((_, rewrite)) = instead.next_if(|(last, _)| *last <= line) {
                let says = "<span class=\"says\">Runward runs </span>";
                let _ = writeln!(self.out, "<span class=\"instead\">{says}{}", Escaped(rewrite));
                self.out.push_str("</span>");
            }
        }
        self.out.push_str("</code></pre>");
        steps::facts(&mut self.out, placed, index);
        self.out.push_str("</div>");
        if !findings.is_empty() {
            let lines = (stretch.end - stretch.first) as usize;
            notes::notes(&mut self.out, findings, number, index, lines + if placed.is_empty() { 2 } else { 4 });
            self.out.push_str("</div>");
        }
    }

    fn code_line(&mut self, line: u32, text: &str, step: InCode, found: Option<Level>) {
        let commands = || self.index.commands(line, line);
        let impact = commands().iter().map(|command| command.impact).max();
        let begins = step.begins == Some(line);
        let is_comment = step.begins.is_some() && impact.is_none() && text.trim_start().starts_with('#');
        if impact.is_some() || found.is_some() || begins || is_comment {
            self.out.push_str("<span class=\"l");
            if let Some(impact) = impact {
                let _ = write!(self.out, " {}", impact.name());
            }
            if is_comment {
                self.out.push_str(" comment");
            }
            if let Some(level) = found {
                let _ = write!(self.out, " found is-{}", notes::level(level).0);
            }
            self.out.push('"');
            self.line_id(line);
            self.out.push('>');
            self.code_text(text, step.fills);
            self.out.push_str("\n</span>");
        } else {
            self.code_text(text, step.fills);
            self.out.push('\n');
        }
    }

    /// The text of a line; with `fills` the placeholders in it stand out.
    fn code_text(&mut self, text: &str, fills: bool) {
        let mut at = 0;
        for found in if fills { placeholder::find(text) } else { Vec::new() } {
            // One may stand in another: what is written already is not written again.
            if found.span.start >= at {
                let (before, name) = (Escaped(&text[at..found.span.start]), Escaped(&text[found.span.clone()]));
                let _ = write!(self.out, "{before}<mark>{name}</mark>");
                at = found.span.end;
            }
        }
        let _ = write!(self.out, "{}", Escaped(&text[at..]));
    }
}

/// The forms in which commands are run where those are others, each with the last line of its command.
fn rewritten<'r>(placed: &[Placed<'r>]) -> Vec<(u32, &'r str)> {
    let last = |command: &Command| command.line + command.text.matches('\n').count() as u32;
    let commands = placed.iter().flat_map(|placed| &placed.step.commands);
    let mut found: Vec<(u32, &str)> = commands
        .filter_map(|command| Some((last(command), command.rewrite.as_deref().filter(|form| *form != command.text)?)))
        .collect();
    found.sort_by_key(|(line, _)| *line);
    found
}
