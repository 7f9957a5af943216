//! Where a fact came from: file, lines, bytes, and whether the document or the configuration said it.

use std::ops::Range;
use std::sync::Arc;

use serde::{Deserialize, Serialize};

/// Who said a fact.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum Origin {
    /// The runbook says it in so many words.
    #[default]
    Document,
    /// `runward.toml` says it, and wins over the runbook.
    Override,
    /// Runward concluded it from other facts.
    Derived,
}

/// The place of a fact. Lines count from 1 and include both ends; bytes count from 0, end excluded.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Source {
    /// The file as it was named to Runward.
    pub file: Arc<str>,
    /// First line.
    pub line: u32,
    /// Last line.
    pub end_line: u32,
    /// Who said it.
    pub origin: Origin,
    /// Bytes in the file.
    #[serde(skip)]
    pub span: Range<usize>,
}

impl Source {
    /// The same place, marked as concluded rather than said.
    pub fn derived(&self) -> Source {
        Source { origin: Origin::Derived, ..self.clone() }
    }
}

impl std::fmt::Display for Source {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "{}:{}", self.file, self.line)
    }
}

/// A file's text with the byte at which each line begins.
#[derive(Debug)]
pub struct Lines<'t> {
    file: Arc<str>,
    text: &'t str,
    starts: Vec<usize>,
}

impl<'t> Lines<'t> {
    /// Finds the lines of `text`; `file` is the name facts will carry.
    pub fn new(file: &str, text: &'t str) -> Lines<'t> {
        let starts = std::iter::once(0).chain(text.match_indices('\n').map(|(at, _)| at + 1)).collect();
        Lines { file: file.into(), text, starts }
    }

    /// The name its facts carry.
    pub fn file(&self) -> &str {
        &self.file
    }

    /// The whole text.
    pub fn text(&self) -> &'t str {
        self.text
    }

    /// The line, from 1, that holds byte `at`.
    pub fn line_of(&self, at: usize) -> u32 {
        self.starts.partition_point(|start| *start <= at) as u32
    }

    /// The text of line `line` (from 1), without its line end; empty beyond the last.
    pub fn line(&self, line: u32) -> &'t str {
        let range = self.line_span(line);
        self.text[range].trim_end_matches(['\n', '\r'])
    }

    /// The bytes of line `line` (from 1), line end included; empty beyond the last.
    pub fn line_span(&self, line: u32) -> Range<usize> {
        let index = (line as usize).saturating_sub(1);
        let at = |i: usize| self.starts.get(i).copied().unwrap_or(self.text.len());
        at(index)..at(index + 1)
    }

    /// The source of a byte range.
    pub fn source(&self, span: Range<usize>) -> Source {
        let last = span.end.saturating_sub(1).max(span.start);
        // A block's range often ends behind its line end: that next line is not part of it.
        let trimmed = self.text[span.start..span.end.min(self.text.len())].trim_end().len();
        let last = if trimmed == 0 { last } else { span.start + trimmed - 1 };
        Source {
            file: self.file.clone(),
            line: self.line_of(span.start),
            end_line: self.line_of(last),
            origin: Origin::Document,
            span,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_source_names_its_first_and_last_line() {
        let lines = Lines::new("ops.md", "one\ntwo\nthree\n");
        let source = lines.source(4..14);
        assert_eq!((source.line, source.end_line), (2, 3));
        assert_eq!(source.to_string(), "ops.md:2");
        assert_eq!(lines.line(2), "two");
        assert_eq!(lines.line(9), "");
    }
}
