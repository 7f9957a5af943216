//! YAML as a small tree with its lines: what compose files and alert rules need, and no more.

use saphyr_parser::{Event, Parser};

/// What nests deeper than this is not kept.
const MAX_DEPTH: usize = 32;

/// A value.
#[derive(Clone, Debug, Default, PartialEq)]
pub(super) enum Node {
    /// Nothing, or something that is not followed: an alias.
    #[default]
    Nothing,
    /// A word, a number, a text.
    Scalar(String),
    /// A list.
    List(Vec<Node>),
    /// Names with their values.
    Map(Vec<Entry>),
}

/// One entry of a map.
#[derive(Clone, Debug, PartialEq)]
pub(super) struct Entry {
    pub key: String,
    pub line: u32,
    pub value: Node,
}

impl Node {
    /// The value of a key.
    pub fn get(&self, key: &str) -> Option<&Node> {
        self.entries().iter().find(|entry| entry.key == key).map(|entry| &entry.value)
    }

    /// The entries, where it is a map.
    pub fn entries(&self) -> &[Entry] {
        if let Node::Map(entries) = self { entries } else { &[] }
    }

    /// The text, where it is one.
    pub fn text(&self) -> Option<&str> {
        if let Node::Scalar(text) = self { Some(text) } else { None }
    }

    /// Every map in it, itself included, from the outside inwards.
    pub fn maps(&self, visit: &mut impl FnMut(&[Entry])) {
        match self {
            Node::Map(entries) => {
                visit(entries);
                entries.iter().for_each(|entry| entry.value.maps(visit));
            }
            Node::List(items) => items.iter().for_each(|item| item.maps(visit)),
            Node::Scalar(_) | Node::Nothing => {}
        }
    }
}

/// What is open while reading.
enum Open {
    List(Vec<Node>),
    /// The entries so far, and the key that waits for its value.
    Map(Vec<Entry>, Option<(String, u32)>),
}

/// The documents of a text; `None` where it is not YAML.
pub(super) fn documents(text: &str) -> Option<Vec<Node>> {
    // Somebody else's parser on any input: a panic in it is one more way not to be YAML.
    std::panic::catch_unwind(|| read(text)).ok().flatten()
}

fn read(text: &str) -> Option<Vec<Node>> {
    let mut found = Vec::new();
    let mut open: Vec<Open> = Vec::new();
    // How many containers below `MAX_DEPTH` are open and not kept.
    let mut dropped = 0_usize;
    for event in Parser::new_from_str(text) {
        let (event, span) = event.ok()?;
        let line = u32::try_from(span.start.line()).unwrap_or(u32::MAX);
        let begins = match event {
            Event::SequenceStart(..) => Some(Open::List(Vec::new())),
            Event::MappingStart(..) => Some(Open::Map(Vec::new(), None)),
            _ => None,
        };
        if let Some(container) = begins {
            if open.len() >= MAX_DEPTH {
                dropped += 1;
            } else {
                open.push(container);
            }
            continue;
        }
        let value = match event {
            Event::Scalar(text, ..) => Node::Scalar(text.into_owned()),
            Event::Alias(_) => Node::Nothing,
            Event::SequenceEnd | Event::MappingEnd if dropped > 0 => {
                dropped -= 1;
                Node::Nothing
            }
            Event::SequenceEnd | Event::MappingEnd => match open.pop()? {
                Open::List(items) => Node::List(items),
                Open::Map(entries, _) => Node::Map(entries),
            },
            _ => continue,
        };
        if dropped == 0 {
            put(&mut open, &mut found, value, line);
        }
    }
    Some(found)
}

fn put(open: &mut [Open], found: &mut Vec<Node>, value: Node, line: u32) {
    match open.last_mut() {
        None => found.push(value),
        Some(Open::List(items)) => items.push(value),
        Some(Open::Map(entries, waiting)) => match waiting.take() {
            Some((key, line)) => entries.push(Entry { key, line, value }),
            // What is no text as a key is kept without a name, so that keys and values stay apart.
            None => *waiting = Some((value.text().unwrap_or_default().to_owned(), line)),
        },
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn maps_lists_and_lines_are_read() {
        let read = documents("# a\nservices:\n  web: &x\n    image: a\n  api: *x\nlist: [1, {b: c}]\n").unwrap();
        let services = read[0].get("services").unwrap();
        let names: Vec<_> = services.entries().iter().map(|e| (e.key.as_str(), e.line)).collect();
        assert_eq!(names, [("web", 3), ("api", 5)]);
        assert_eq!(services.get("web").and_then(|w| w.get("image")).and_then(Node::text), Some("a"));
        assert_eq!(read[0].get("list").map(|l| matches!(l, Node::List(items) if items.len() == 2)), Some(true));
    }

    #[test]
    fn what_is_no_yaml_is_refused_and_what_is_deep_is_cut() {
        assert_eq!(documents("a: [1, 2\nb: }"), None);
        let deep = "[".repeat(5000) + &"]".repeat(5000);
        assert!(documents(&deep).is_none_or(|read| read.len() <= 1));
        assert_eq!(documents("").unwrap(), []);
    }
}
