//! `--format sarif`: SARIF 2.1.0, which code hosts and editors show beside the text.

use std::collections::HashMap;
use std::fmt::Write;
use std::ops::Range;
use std::path::{Component, Path};

use runward_core::lints::{self, Kind};
use runward_core::runbook::{Edit, Finding, Level, Runbook, sha256};
use runward_core::source::Lines;
use serde::{Serialize, Serializer};
use serde_json::{Value, json};

use super::place::bytes;
use crate::cli::columns;
use crate::cli::reading::{Reading, Text};

const SCHEMA: &str = "https://docs.oasis-open.org/sarif/sarif/v2.1.0/errata01/os/schemas/sarif-schema-2.1.0.json";

/// The whole log, which is made while it is written: a document may have as many results as lines.
#[derive(Serialize)]
pub(super) struct Log<'r> {
    #[serde(rename = "$schema")]
    schema: &'static str,
    version: &'static str,
    runs: [Run<'r>; 1],
}

#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
struct Run<'r> {
    tool: Value,
    invocations: Value,
    column_kind: &'static str,
    artifacts: Vec<Value>,
    results: Results<'r>,
}

struct Results<'r> {
    runbook: &'r Runbook,
    files: Files<'r>,
}

/// What is found, as SARIF.
pub(super) fn of(reading: &Reading) -> Log<'_> {
    let files = Files::of(reading);
    let driver = json!({
        "name": "Runward",
        "semanticVersion": env!("CARGO_PKG_VERSION"),
        "rules": lints::kinds().into_iter().map(rule).collect::<Vec<_>>(),
    });
    let run = Run {
        tool: json!({ "driver": driver }),
        invocations: json!([{ "executionSuccessful": true }]),
        column_kind: "unicodeCodePoints",
        artifacts: files.all.iter().map(|file| artifact(file.text)).collect(),
        results: Results { runbook: &reading.runbook, files },
    };
    Log { schema: SCHEMA, version: "2.1.0", runs: [run] }
}

impl Serialize for Results<'_> {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        let kinds = lints::kinds();
        let mut seen: HashMap<String, usize> = HashMap::new();
        let found = self.runbook.findings.iter().map(|finding| (finding, None));
        let suppressed = self.runbook.suppressed.iter().map(|s| (&s.finding, Some(s.reason.as_str())));
        serializer.collect_seq(found.chain(suppressed).map(|(finding, reason)| {
            let mut result = result(finding, &kinds, &self.files, &mut seen);
            if let Some(reason) = reason {
                result["suppressions"] = json!([{ "kind": "external", "status": "accepted", "justification": reason }]);
            }
            result
        }))
    }
}

/// A file that results point into.
struct File<'r> {
    text: &'r Text,
    lines: Lines<'r>,
    characters: Characters,
}

impl<'r> File<'r> {
    fn new(text: &'r Text) -> File<'r> {
        File { text, lines: Lines::new(&text.name, &text.text), characters: Characters::of(&text.text) }
    }

    /// Line and column, both from 1; columns are characters.
    fn position(&self, at: usize) -> (u32, usize) {
        let line = self.lines.line_of(at);
        let text = self.lines.text();
        let start = self.lines.line_span(line).start;
        (line, self.characters.before(text, at) - self.characters.before(text, start) + 1)
    }
}

/// How many characters stand before each block of a text: a line may be as long as the document.
struct Characters(Vec<usize>);

impl Characters {
    const BLOCK: usize = 256;

    fn of(text: &str) -> Characters {
        let mut before = vec![0];
        let mut count = 0;
        for block in text.as_bytes().chunks(Characters::BLOCK) {
            count += block.iter().filter(|byte| begins_character(**byte)).count();
            before.push(count);
        }
        Characters(before)
    }

    fn before(&self, text: &str, at: usize) -> usize {
        let block = at / Characters::BLOCK;
        let rest = &text.as_bytes()[block * Characters::BLOCK..at];
        self.0[block] + rest.iter().filter(|byte| begins_character(**byte)).count()
    }
}

fn begins_character(byte: u8) -> bool {
    byte & 0xc0 != 0x80
}

struct Files<'r> {
    all: Vec<File<'r>>,
    places: HashMap<&'r str, usize>,
}

impl<'r> Files<'r> {
    fn of(reading: &'r Reading) -> Files<'r> {
        let mut files = Files { all: Vec::new(), places: HashMap::new() };
        for text in &reading.texts {
            if !files.places.contains_key(text.name.as_str()) {
                files.places.insert(&text.name, files.all.len());
                files.all.push(File::new(text));
            }
        }
        files
    }
}

fn rule(kind: &Kind) -> Value {
    let page = lints::page(kind);
    json!({
        "id": kind.id,
        "shortDescription": { "text": kind.what },
        "fullDescription": { "text": kind.why },
        "help": { "text": page, "markdown": page },
        "defaultConfiguration": { "level": level(kind.level) },
        "properties": { "tags": [lints::family(kind.id)] },
    })
}

fn level(level: Level) -> &'static str {
    match level {
        Level::Error => "error",
        Level::Warning => "warning",
        Level::Info => "note",
    }
}

fn artifact(text: &Text) -> Value {
    let whole = format!("{}{}", text.mark(), text.text);
    let kind = if text.name.ends_with(".toml") { "application/toml" } else { "text/markdown" };
    json!({
        "location": { "uri": uri(Path::new(&text.name)) },
        "length": whole.len(),
        "encoding": "UTF-8",
        "mimeType": kind,
        "hashes": { "sha-256": sha256(&whole) },
    })
}

fn result(finding: &Finding, kinds: &[&Kind], files: &Files<'_>, seen: &mut HashMap<String, usize>) -> Value {
    let at = files.places.get(&*finding.source.file).copied();
    let file = at.map(|at| &files.all[at]);
    let about = file.map_or("", |file| &file.lines.text()[bytes(finding, &file.lines)]);
    let mut location = json!({ "uri": uri(Path::new(&*finding.source.file)) });
    if let Some(at) = at {
        location["index"] = json!(at);
    }
    let region = match file {
        Some(file) => region(&bytes(finding, &file.lines), file),
        None => json!({ "startLine": finding.source.line, "endLine": finding.source.end_line }),
    };
    let help = if finding.help.is_empty() { String::new() } else { format!("\n{}", finding.help) };
    let mut result = json!({
        "ruleId": finding.rule,
        "level": level(finding.level),
        "message": { "text": format!("{}{help}", finding.message) },
        "locations": [{ "physicalLocation": { "artifactLocation": location.clone(), "region": region } }],
        "partialFingerprints": { "runward/v1": fingerprint(finding, about, seen) },
    });
    if let Some(index) = kinds.iter().position(|kind| kind.id == finding.rule) {
        result["ruleIndex"] = json!(index);
    }
    if let Some(step) = &finding.step {
        result["properties"] = json!({ "step": step });
    }
    if let Some(fix) = file.and_then(|file| fix(finding, &location, file)) {
        result["fixes"] = json!([fix]);
    }
    result
}

/// The same for the same trouble wherever it moves in the document, another for each of several in one step.
fn fingerprint(finding: &Finding, about: &str, seen: &mut HashMap<String, usize>) -> String {
    // Of what it is about, the first line will do, and of that no more than tells it from others.
    let first = about.lines().next().unwrap_or_default();
    let known = columns::end(first, 400).map_or(first, |end| &first[..end]);
    let step = finding.step.as_ref().map_or("", |step| step.as_str());
    let hash = sha256(&format!("{}\n{step}\n{known}", finding.rule));
    let times = seen.entry(hash.clone()).or_default();
    *times += 1;
    format!("{}:{times}", &hash[..32])
}

/// A stretch of a file, by lines and columns and by bytes; the byte order mark counts among the bytes.
fn region(span: &Range<usize>, file: &File<'_>) -> Value {
    let (start_line, start_column) = file.position(span.start);
    let (end_line, end_column) = file.position(span.end);
    json!({
        "startLine": start_line,
        "startColumn": start_column,
        "endLine": end_line,
        "endColumn": end_column,
        "byteOffset": span.start + file.text.mark().len(),
        "byteLength": span.len(),
    })
}

fn fix(finding: &Finding, location: &Value, file: &File<'_>) -> Option<Value> {
    let fits = |edit: &Edit| file.lines.text().get(edit.start..edit.end).is_some();
    if finding.edits.is_empty() || !finding.edits.iter().all(fits) {
        return None;
    }
    let replacements: Vec<Value> = finding
        .edits
        .iter()
        .map(|edit| {
            let deleted = region(&(edit.start..edit.end), file);
            json!({ "deletedRegion": deleted, "insertedContent": { "text": edit.text } })
        })
        .collect();
    let said = if finding.help.is_empty() { &finding.message } else { &finding.help };
    Some(json!({
        "description": { "text": said },
        "artifactChanges": [{ "artifactLocation": location, "replacements": replacements }],
    }))
}

/// A file's address: relative to this folder, or in full where the file was named so.
fn uri(path: &Path) -> String {
    let mut out = String::new();
    if path.is_absolute() {
        out.push_str("file://");
    }
    let mut first = true;
    for part in path.components() {
        let text = match part {
            Component::Normal(text) => text.to_string_lossy(),
            Component::ParentDir => "..".into(),
            Component::RootDir | Component::CurDir | Component::Prefix(_) => continue,
        };
        if !first || path.is_absolute() {
            out.push('/');
        }
        first = false;
        for byte in text.bytes() {
            if byte.is_ascii_alphanumeric() || matches!(byte, b'-' | b'.' | b'_' | b'~') {
                out.push(char::from(byte));
            } else {
                let _ = write!(out, "%{byte:02X}");
            }
        }
    }
    out
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_address_holds_nothing_that_means_something_else() {
        assert_eq!(uri(Path::new("./docs/my ops.md")), "docs/my%20ops.md");
        assert_eq!(uri(Path::new("../a:b#c.md")), "../a%3Ab%23c.md");
        assert_eq!(uri(Path::new("/srv/ü.md")), "file:///srv/%C3%BC.md");
    }

    #[test]
    fn columns_are_characters_and_bytes_count_from_the_start_of_the_file() {
        let text = Text { name: "ops.md".into(), text: "ä\nüü ls\n".into(), marked: true };
        let file = File::new(&text);
        let found = region(&(8..10), &file);
        let expected = json!({
            "startLine": 2, "startColumn": 4, "endLine": 2, "endColumn": 6, "byteOffset": 11, "byteLength": 2
        });
        assert_eq!(found, expected);
    }
}
