//! Running text as one line, with where in the document each stretch of it stands.

use std::ops::Range;

use super::markdown::Inlines;
use crate::source::{Lines, Source};

/// A paragraph, a list item or a cell as one line.
#[derive(Debug)]
pub(crate) struct Running {
    /// The text; line breaks are blanks.
    pub text: String,
    /// Where a stretch begins in the text and in the document.
    pieces: Vec<(usize, usize)>,
}

impl Running {
    pub(crate) fn of(text: &Inlines) -> Running {
        let length = text.0.iter().map(|inline| inline.text.len()).sum();
        let mut running = Running { text: String::with_capacity(length), pieces: Vec::with_capacity(text.0.len()) };
        for inline in &text.0 {
            running.pieces.push((running.text.len(), inline.span.start));
            for (at, line) in inline.text.split('\n').enumerate() {
                running.text.push_str(if at == 0 { "" } else { " " });
                running.text.push_str(line);
            }
        }
        running
    }

    /// The line of the document in which byte `at` of the text stands.
    pub(crate) fn source(&self, at: usize, lines: &Lines<'_>) -> Source {
        let piece = self.pieces.partition_point(|(start, _)| *start <= at).saturating_sub(1);
        let byte = self.pieces.get(piece).map_or(0, |(_, byte)| *byte);
        let line = lines.line_span(lines.line_of(byte));
        lines.source(byte..line.end.max(byte))
    }

    /// Its sentences.
    pub(crate) fn sentences(&self) -> impl Iterator<Item = Range<usize>> {
        let mut start = 0;
        std::iter::from_fn(move || {
            let rest = self.text.get(start..).filter(|rest| !rest.is_empty())?;
            let end = rest.find(". ").map_or(self.text.len(), |at| start + at + 1);
            let sentence = start..end;
            start = end + 1;
            Some(sentence)
        })
    }
}
