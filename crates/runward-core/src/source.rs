//! Where a fact came from: file, lines, bytes, and whether the document or the configuration said it.

use std::ops::Range;
use std::sync::Arc;

use serde::{Deserialize, Deserializer, Serialize, Serializer};

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
    #[serde(rename = "bytes", default, with = "bytes")]
    pub span: Range<usize>,
    /// What stands there, as a number: another text has another one.
    #[serde(default)]
    pub hash: ContentHash,
}

/// A text as a number, to tell whether it is still the same. It is kept with runs: how it is reckoned must not change.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct ContentHash(pub u64);

impl ContentHash {
    /// Reckons eight bytes at a time: every fact of a document is hashed whenever it is read.
    pub fn of(text: &str) -> ContentHash {
        const MIX: u64 = 0x9e37_79b9_7f4a_7c15;
        let bytes = text.as_bytes();
        let mut hash = MIX ^ bytes.len() as u64;
        let mut take = |word: u64| hash = (hash ^ word).wrapping_mul(MIX).rotate_left(29);
        let (words, rest) = bytes.as_chunks::<8>();
        for word in words {
            take(u64::from_le_bytes(*word));
        }
        let mut last = [0; 8];
        last[..rest.len()].copy_from_slice(rest);
        take(u64::from_le_bytes(last));
        // The last bytes must reach every digit too.
        hash ^= hash >> 32;
        hash = hash.wrapping_mul(MIX);
        ContentHash(hash ^ (hash >> 29))
    }
}

impl Serialize for ContentHash {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.collect_str(&format_args!("{:016x}", self.0))
    }
}

impl<'de> Deserialize<'de> for ContentHash {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<ContentHash, D::Error> {
        let digits = String::deserialize(deserializer)?;
        u64::from_str_radix(&digits, 16).map(ContentHash).map_err(serde::de::Error::custom)
    }
}

/// Bytes as `[start, end]`.
mod bytes {
    use super::{Deserialize, Deserializer, Range, Serialize, Serializer};

    pub fn serialize<S: Serializer>(span: &Range<usize>, serializer: S) -> Result<S::Ok, S::Error> {
        [span.start, span.end].serialize(serializer)
    }

    pub fn deserialize<'de, D: Deserializer<'de>>(deserializer: D) -> Result<Range<usize>, D::Error> {
        let [start, end] = <[usize; 2]>::deserialize(deserializer)?;
        Ok(start..end)
    }
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

    /// The name facts carry.
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
        // A block's range often ends behind its line end: that next line is not part of it.
        let text = self.text[span.start..span.end.min(self.text.len())].trim_end();
        let last =
            if text.is_empty() { span.end.saturating_sub(1).max(span.start) } else { span.start + text.len() - 1 };
        Source {
            file: self.file.clone(),
            line: self.line_of(span.start),
            end_line: self.line_of(last),
            origin: Origin::Document,
            span: span.start..span.start + text.len(),
            hash: ContentHash::of(text),
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

    #[test]
    fn a_source_tells_whether_its_text_is_still_the_same() {
        let source = |text: &str, span| Lines::new("ops.md", text).source(span);
        let first = source("one\ntwo\n", 4..8);
        assert_eq!(first.hash, source("one more line\ntwo", 14..17).hash);
        assert_ne!(first.hash, source("one\ntoo\n", 4..8).hash);
        let stored = serde_json::to_string(&first).unwrap();
        assert!(stored.contains("\"bytes\":[4,7]") && stored.contains("\"hash\":\""), "{stored}");
        assert_eq!(serde_json::from_str::<Source>(&stored).unwrap(), first);
        let old = r#"{"file":"ops.md","line":2,"end_line":2,"origin":"document"}"#;
        assert_eq!(serde_json::from_str::<Source>(old).unwrap().hash, ContentHash::default());
    }
}
