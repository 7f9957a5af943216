//! `--format github`: workflow commands that GitHub Actions shows as annotations of the lines.

use std::fmt::Write;

use runward_core::runbook::{Finding, Level};

/// One line for each finding.
pub(super) fn of(findings: &[Finding]) -> String {
    let mut out = String::new();
    for finding in findings {
        let command = match finding.level {
            Level::Error => "error",
            Level::Warning => "warning",
            Level::Info => "notice",
        };
        let source = &finding.source;
        let help = if finding.help.is_empty() { String::new() } else { format!("\nhelp: {}", finding.help) };
        let _ = writeln!(
            out,
            "::{command} file={},line={},endLine={},title={}::{}",
            property(&source.file),
            source.line,
            source.end_line,
            property(&finding.rule),
            message(&format!("{}{help}", finding.message))
        );
    }
    out
}

/// What may stand behind `::`.
fn message(text: &str) -> String {
    text.replace('%', "%25").replace('\r', "%0D").replace('\n', "%0A")
}

/// What may stand behind `file=`.
fn property(text: &str) -> String {
    message(text).replace(':', "%3A").replace(',', "%2C")
}

#[cfg(test)]
mod tests {
    use super::*;
    use runward_core::source::Lines;

    #[test]
    fn nothing_in_a_finding_ends_its_command_early() {
        let kind = runward_core::lints::find("SF01").unwrap();
        let source = Lines::new("docs/a:b,c.md", "ls\n").source(0..2);
        let finding = Finding::new(kind, source, "100 % gone\r\nfor good", "stop: think, then act");
        assert_eq!(
            of(&[finding]),
            "::error file=docs/a%3Ab%2Cc.md,line=1,endLine=1,title=SF01::100 %25 gone%0D%0Afor good%0Ahelp: stop: think, then act\n"
        );
    }
}
