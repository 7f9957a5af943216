//! Statements of databases, whether they stand in a block of their own or behind a client's option.

use std::ops::Range;

use super::{Context, Kind, Place, acts};
use crate::runbook::Finding;
use crate::source::Source;

/// One text of statements.
pub(super) struct Statement<'r> {
    /// The text: one statement or several.
    pub(super) text: &'r str,
    /// The client; empty for a block of SQL.
    pub(super) program: &'r str,
    /// Where it stands.
    pub(super) place: Place<'r>,
}

/// Clients that are given statements as arguments.
pub(super) const CLIENTS: &[&str] =
    &["psql", "mysql", "mariadb", "sqlite3", "mongosh", "mongo", "cqlsh", "clickhouse-client"];

/// Every text of statements.
pub(super) fn all<'r>(context: &Context<'r>) -> Vec<Statement<'r>> {
    let mut found: Vec<Statement<'r>> = Vec::new();
    for place in context.places.iter().filter(|place| place.step.language.as_deref() == Some("sql")) {
        found.push(Statement { text: &place.command.text, program: "", place: *place });
    }
    for call in context.calls.of(CLIENTS) {
        for text in acts::statements(call) {
            found.push(Statement { text, program: call.program, place: call.place });
        }
    }
    found
}

impl Statement<'_> {
    /// Where its text begins in the command's text, if it stands there as it is.
    fn start(&self) -> Option<usize> {
        self.place.command.text.find(self.text)
    }

    /// The bytes of the document where these bytes of it stand.
    pub(super) fn bytes(&self, context: &Context<'_>, span: Range<usize>) -> Option<Range<usize>> {
        let start = self.start()?;
        context.near.bytes(&self.place, start + span.start..start + span.end)
    }

    /// A finding about what stands at a byte of it.
    pub(super) fn finding(
        &self,
        rule: &Kind,
        at: usize,
        message: impl Into<String>,
        help: impl Into<String>,
    ) -> Finding {
        let whole = self.place.source();
        let before = self.start().and_then(|start| self.place.command.text.get(..start + at));
        let line = whole.line + before.map_or(0, |before| before.matches('\n').count() as u32);
        let source = Source { line, end_line: whole.end_line.max(line), ..whole };
        Finding::new(rule, source, message, help).of_step(self.place.step)
    }
}
