//! Findings in the margin, each with the way to the one before and the one after.

use std::fmt::Write;

use runward_core::runbook::html::Escaped;
use runward_core::runbook::{Finding, Level};

use super::index::Index;
use crate::web::pages::marked;

/// The word and the shape of a level.
pub(super) fn level(level: Level) -> (&'static str, char) {
    match level {
        Level::Error => ("error", '■'),
        Level::Warning => ("warning", '▲'),
        Level::Info => ("info", '●'),
    }
}

/// How many letters of a message stand on one line of the margin.
const MARGIN: usize = 36;

/// Findings that belong beside one another; the first is number `first` of the document's. Beside something that is
/// only `room` lines high, those that find no room there are folded up: the document is what people read.
pub(super) fn notes(out: &mut String, findings: &[&Finding], first: usize, index: &Index<'_>, room: usize) {
    let mut used = 0;
    let fits = |finding: &&&Finding| {
        used += 2 + finding.message.len() / MARGIN;
        used <= room
    };
    let shown = findings.iter().take_while(fits).count().max(1).min(findings.len());
    let (shown, folded) = findings.split_at(shown);
    out.push_str("<div class=\"margin\">");
    for (finding, number) in shown.iter().zip(first..) {
        note(out, finding, number, index);
    }
    if let Some(worst) = folded.iter().map(|finding| finding.level).max() {
        let (name, shape) = level(worst);
        let _ = write!(
            out,
            "<details class=\"folded\"><summary><span class=\"level is-{name}\"><span aria-hidden=\"true\">{shape}</span>\
             <span class=\"sr\">{name}: </span></span> {} more here</summary>",
            folded.len()
        );
        for (finding, number) in folded.iter().zip(first + shown.len()..) {
            note(out, finding, number, index);
        }
        out.push_str("</details>");
    }
    out.push_str("</div>");
}

fn note(out: &mut String, finding: &Finding, number: usize, index: &Index<'_>) {
    let (name, shape) = level(finding.level);
    let (line, rule) = (finding.source.line, Escaped(&finding.rule));
    let _ = write!(
        out,
        "<div class=\"finding is-{name}\" id=\"f{number}\" tabindex=\"-1\"><p class=\"finding-head\"><span class=\"level is-{name}\">\
         <span aria-hidden=\"true\">{shape}</span> {name}</span> <span class=\"rule\">{rule}</span> <a href=\"#L{line}\">line \
         {line}</a><span class=\"then\">",
    );
    let mut way = |to: usize, shape: char, words: &str| {
        if (1..=index.findings.len()).contains(&to) {
            let _ = write!(
                out,
                "<a class=\"way\" href=\"#f{to}\" data-way=\"{words}\"><span aria-hidden=\"true\">{shape}</span>\
                                 <span class=\"sr\">{words} finding</span></a>"
            );
        }
    };
    way(number - 1, '↑', "previous");
    way(number + 1, '↓', "next");
    out.push_str("</span></p>");
    let message = marked(&finding.message);
    let why = index.reason(&finding.rule);
    let more: Vec<&str> = [Some(finding.help.as_str()), why].into_iter().flatten().filter(|t| !t.is_empty()).collect();
    if more.is_empty() {
        let _ = write!(out, "<p>{message}</p>");
    } else {
        let _ = write!(out, "<details><summary>{message}</summary>");
        for text in more {
            let _ = write!(out, "<p>{}</p>", marked(text));
        }
        out.push_str("</details>");
    }
    out.push_str("</div>");
}
