//! The bytes of a document that a finding is about.

use std::ops::Range;

use runward_core::runbook::Finding;
use runward_core::source::Lines;

/// What a finding names exactly, within its lines; where it names nothing there, its lines without the space around them.
pub(super) fn bytes(finding: &Finding, lines: &Lines<'_>) -> Range<usize> {
    let source = &finding.source;
    let text = lines.text();
    let whole = lines.line_span(source.line).start..lines.line_span(source.end_line.max(source.line)).end;
    let inside = &text[whole.clone()];
    let start = whole.start + inside.len() - inside.trim_start().len();
    let end = start + inside.trim().len();
    let exact = source.span.start.max(start)..source.span.end.min(end);
    let fits = whole.contains(&source.span.start) && exact.start < exact.end && text.get(exact.clone()).is_some();
    if fits { exact } else { start..end }
}

/// Its share of the first line, as bytes of that line.
pub(super) fn on_first_line(finding: &Finding, lines: &Lines<'_>) -> Range<usize> {
    let bytes = bytes(finding, lines);
    let first = lines.line_of(bytes.start).max(finding.source.line);
    let line = lines.line_span(first);
    if first > finding.source.line {
        return 0..0;
    }
    let shown = line.start + lines.text()[line.clone()].trim_end().len();
    bytes.start - line.start..bytes.end.min(shown).max(bytes.start) - line.start
}

#[cfg(test)]
mod tests {
    use super::*;
    use runward_core::source::Source;

    fn check(text: &str, line: u32, end_line: u32, span: Range<usize>, expected: &str) {
        let lines = Lines::new("ops.md", text);
        let kind = runward_core::lints::find("MD09").unwrap();
        let source = Source { line, end_line, span, ..lines.source(0..0) };
        let finding = Finding::new(kind, source, "", "");
        let first = &lines.line(line)[on_first_line(&finding, &lines)];
        assert_eq!(format!("{:?} {first:?}", &text[bytes(&finding, &lines)]), expected);
    }

    #[test]
    fn a_finding_is_about_what_it_names_or_its_lines() {
        let text = "one\n  two three  \n\nfour ü\n";
        check(text, 2, 2, 10..15, "\"three\" \"three\"");
        check(text, 2, 2, 0..24, "\"two three\" \"two three\"");
        check(text, 2, 4, 4..26, "\"two three  \\n\\nfour ü\" \"two three\"");
        check(text, 3, 3, 0..0, "\"\" \"\"");
        check(text, 4, 4, 24..25, "\"four ü\" \"four ü\"");
        check(text, 9, 9, 3..4, "\"\" \"\"");
    }
}
