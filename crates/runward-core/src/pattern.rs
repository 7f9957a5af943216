//! Patterns that are read fast: their classes and word boundaries are those of ASCII.
//!
//! With the boundaries of Unicode, one letter beyond ASCII in a document sends the whole search to the slowest of the
//! engines, and each `\w` of Unicode costs a millisecond when a pattern is built.

use regex::Regex;

/// The pattern of a text written in this program.
///
/// # Panics
/// When the text is no valid pattern.
pub(crate) fn pattern(text: &str) -> Regex {
    Regex::new(&ascii(text)).expect("a valid pattern")
}

/// A pattern of plain texts.
pub(crate) fn any_of(texts: &[&str]) -> Regex {
    let escaped: Vec<String> = texts.iter().map(|text| regex::escape(text)).collect();
    Regex::new(&escaped.join("|")).expect("plain texts are a valid pattern")
}

fn ascii(text: &str) -> String {
    let mut written = String::with_capacity(text.len() * 2);
    let mut letters = text.chars();
    let mut in_class = false;
    while let Some(letter) = letters.next() {
        match letter {
            '\\' => {
                let escaped = letters.next().unwrap_or('\\');
                match (escaped, in_class) {
                    ('b', false) => written.push_str(r"(?-u:\b)"),
                    ('w', false) => written.push_str("[0-9A-Za-z_]"),
                    ('w', true) => written.push_str("0-9A-Za-z_"),
                    ('d', false) => written.push_str("[0-9]"),
                    ('d', true) => written.push_str("0-9"),
                    ('s', false) => written.push_str(r"[\t-\r\x20]"),
                    ('s', true) => written.push_str(r"\t-\r\x20"),
                    _ => written.extend(['\\', escaped]),
                }
                continue;
            }
            '[' => in_class = true,
            ']' => in_class = false,
            _ => {}
        }
        written.push(letter);
    }
    written
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn classes_and_boundaries_are_those_of_ascii() {
        assert_eq!(ascii(r"\b[\w.\]-]+\s\d\."), r"(?-u:\b)[0-9A-Za-z_.\]-]+[\t-\r\x20][0-9]\.");
        assert!(pattern(r"(?i)\bevery\s+(\d+)\s*min").is_match("– Every 5 min"));
    }
}
