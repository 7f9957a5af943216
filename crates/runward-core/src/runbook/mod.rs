//! A runbook as a typed model: what runs where, how bad is bad, whom to call, what to type.
//!
//! Reading never fails: what is not understood stays a manual step or is left out, and what is
//! wrong becomes a [`Finding`]. The document is never written to.

mod columns;
mod contact;
mod derive;
mod described;
mod escalating;
pub mod fence;
mod inventory;
mod listed;
mod manager;
pub mod markdown;
mod matter;
mod place;
mod procedure;
mod prompt;
mod rows;
mod scale;
mod section;
mod split;
mod step;
mod tables;
mod template;
#[cfg(test)]
mod tests;
mod walk;
pub mod words;

use std::collections::{HashMap, HashSet};

use serde::{Deserialize, Serialize};
use sha2::{Digest, Sha256};

pub use contact::Contact;
pub use procedure::{Procedure, Symptom};
pub use step::{Phase, Step, StepKind};
pub use template::{Template, TemplateKind};

use crate::check::{Addresses, DerivedCheck};
use crate::command::placeholder::ParamKind;
use crate::id::{ProcedureId, ServiceId};
use crate::service::Service;
use crate::severity::Severity;
use crate::source::{Lines, Source};
use fence::FenceType;
use markdown::{Block, Kind};

/// A document larger than this is not read.
pub const MAX_BYTES: usize = 2 * 1024 * 1024;

/// All that was understood of a team's runbook, which may be several documents.
#[derive(Clone, Debug, Default, Serialize)]
pub struct Runbook {
    /// The documents, in the order given.
    pub documents: Vec<Document>,
    /// Every code block and what it holds.
    pub blocks: Vec<CodeBlock>,
    /// The service inventory.
    pub services: Vec<Service>,
    /// The severity scale, worst first.
    pub severities: Vec<Severity>,
    /// Who is told when nobody answers.
    pub escalation: Vec<EscalationStep>,
    /// Whom to reach.
    pub contacts: Vec<Contact>,
    /// What to do, by trouble or task.
    pub procedures: Vec<Procedure>,
    /// Placeholders, one entry for each name.
    pub parameters: Vec<Parameter>,
    /// What the document implies should be watched.
    pub checks: Vec<DerivedCheck>,
    /// Texts to fill in.
    pub templates: Vec<Template>,
    /// What is wrong with it.
    pub findings: Vec<Finding>,
}

/// One file of a runbook.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Document {
    /// The file as it was named to Runward.
    pub path: String,
    /// Its first heading.
    pub title: String,
    /// Its length.
    pub bytes: usize,
    /// Its content hash, in hexadecimal.
    pub sha256: String,
}

/// One code block.
#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct CodeBlock {
    /// The file it stands in.
    pub file: std::sync::Arc<str>,
    /// The line of its opening fence.
    pub line: u32,
    /// The line of its closing fence.
    pub end_line: u32,
    /// The word behind the opening fence.
    pub tag: String,
    /// What it really holds.
    #[serde(rename = "type")]
    pub kind: FenceType,
}

/// One step of an escalation.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct EscalationStep {
    /// Seconds after the incident began; `None` where the runbook gives no length.
    pub after_s: Option<u64>,
    /// The severities it is for; empty for all.
    pub severities: Vec<String>,
    /// Who is told.
    pub target: String,
    /// The situation it is for, where it is not for every incident.
    pub condition: Option<String>,
    /// Where the runbook says so.
    pub source: Source,
}

/// A value a person must give before commands can be run.
#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct Parameter {
    /// Its name.
    pub name: String,
    /// What it may hold.
    #[serde(rename = "type")]
    pub kind: ParamKind,
    /// The values the inventory offers.
    pub values: Vec<String>,
    /// Where it is first used.
    pub source: Source,
}

/// How bad a finding is.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum Level {
    /// Good to know.
    Info,
    /// Should be mended.
    Warning,
    /// Stops something from working.
    Error,
}

/// Something wrong with the document, and how to mend it.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Finding {
    /// The rule's name: `PH01`.
    pub rule: String,
    /// How bad it is.
    pub level: Level,
    /// What is wrong.
    pub message: String,
    /// How to mend it.
    pub help: String,
    /// Where.
    pub source: Source,
}

impl Runbook {
    /// Reads documents, given as name and text, into one model.
    pub fn read<'t>(documents: impl IntoIterator<Item = (&'t str, &'t str)>) -> Runbook {
        let mut runbook = Runbook::default();
        let mut derived = Vec::new();
        let mut addresses = Addresses::default();
        let mut seen = HashSet::new();
        for (path, text) in documents {
            // The same file may be named twice: by itself and by its folder.
            if seen.insert((path, sha256(text))) {
                derived.extend(runbook.read_document(path, text));
                addresses.read(text);
            }
        }
        if runbook.services.is_empty() {
            runbook.services = derived;
        }
        runbook.one_service_for_each_name();
        runbook.checks = runbook.services.iter().flat_map(|s| DerivedCheck::with(s, &addresses)).collect();
        derive::complete(&mut runbook);
        crate::lints::check(&mut runbook);
        runbook
    }

    /// What several documents say of one service is put together.
    fn one_service_for_each_name(&mut self) {
        let mut kept: Vec<Service> = Vec::new();
        let mut places: HashMap<ServiceId, usize> = HashMap::new();
        for service in std::mem::take(&mut self.services) {
            match places.get(&service.id()) {
                Some(at) => kept[*at].complete(service),
                None => {
                    places.insert(service.id(), kept.len());
                    kept.push(service);
                }
            }
        }
        self.services = kept;
    }

    /// Reads one document; returns the services it implies where no inventory names any.
    fn read_document(&mut self, path: &str, text: &str) -> Vec<Service> {
        let lines = Lines::new(path, text);
        // Somebody else's parser on any input at all: a panic in it must not take the reader down.
        let Ok(blocks) = std::panic::catch_unwind(|| markdown::blocks(text)) else {
            self.findings.push(Finding {
                rule: "MD00".into(),
                level: Level::Error,
                message: "this document could not be read as Markdown".into(),
                help: "this is a defect of Runward: please report it with the document".into(),
                source: lines.source(0..0),
            });
            return Vec::new();
        };
        self.findings.extend(control_characters(&lines));
        let root = section::tree(&blocks);
        let title = blocks.iter().find_map(|b| match &b.kind {
            Kind::Heading(_, text) => Some(text.plain()),
            _ => None,
        });
        self.documents.push(Document {
            path: path.to_owned(),
            title: title.unwrap_or_default(),
            bytes: text.len(),
            sha256: sha256(text),
        });
        self.code_blocks(&blocks, &lines, "");
        let facts = tables::read(&root, &lines);
        self.services.extend(facts.services);
        self.severities.extend(facts.severities);
        self.escalation.extend(facts.escalation);
        self.contacts.extend(facts.contacts);
        self.findings.extend(facts.findings);
        self.templates.extend(template::read(&root, &lines));
        let mut procedures = procedure::read(&root, &lines);
        let first_heading = blocks.iter().find(|b| matches!(b.kind, Kind::Heading(..)));
        matter::complete(&mut procedures, first_heading.map_or(0, |h| lines.line_of(h.span.start)), &lines);
        self.procedures.extend(procedures);
        derive::services(&root, &lines)
    }

    /// Notes every code block, also those inside lists and quotations.
    fn code_blocks(&mut self, blocks: &[Block], lines: &Lines<'_>, lead: &str) {
        let mut before = lead.to_owned();
        for block in blocks {
            match &block.kind {
                Kind::Fence(fence) => {
                    let source = lines.source(block.span.clone());
                    self.blocks.push(CodeBlock {
                        file: source.file.clone(),
                        line: source.line,
                        end_line: source.end_line,
                        tag: fence.tag.clone(),
                        kind: fence::of(fence, &before),
                    });
                    if !fence.closed {
                        self.findings.push(unclosed(&source));
                    }
                }
                Kind::Paragraph(text) | Kind::Heading(_, text) => before = text.plain().to_lowercase(),
                Kind::List(list) => list.items.iter().for_each(|item| self.code_blocks(&item.blocks, lines, &before)),
                Kind::Quote(inner) => self.code_blocks(inner, lines, &before),
                Kind::Table(_) => {}
            }
        }
    }

    /// The service by any of the names it goes by.
    pub fn service(&self, name: &str) -> Option<&Service> {
        self.services.iter().find(|s| s.id().as_str() == name || s.names().any(|n| n == name))
    }

    /// The service by its id.
    pub fn service_by_id(&self, id: &ServiceId) -> Option<&Service> {
        self.services.iter().find(|s| s.id() == *id)
    }

    /// The procedure by its id.
    pub fn procedure(&self, id: &ProcedureId) -> Option<&Procedure> {
        self.procedures.iter().find(|p| p.id == *id)
    }
}

/// Characters that no editor shows: the document was damaged, or is no text.
fn control_characters(lines: &Lines<'_>) -> Option<Finding> {
    let is_control = |c: char| c.is_control() && !matches!(c, '\n' | '\r' | '\t');
    let mut found = lines.text().char_indices().filter(|(_, c)| is_control(*c));
    let (at, first) = found.next()?;
    let others = found.count();
    let others = if others == 0 { String::new() } else { format!(", and {others} more in this document") };
    Some(Finding {
        rule: "MD09".into(),
        level: Level::Warning,
        message: format!("the control character U+{:04X} stands here{others}", u32::from(first)),
        help: "remove it; if the file is no plain text, give Runward the text it was made from".into(),
        source: lines.source(at..at + first.len_utf8()),
    })
}

fn unclosed(source: &Source) -> Finding {
    Finding {
        rule: "MD04".into(),
        level: Level::Error,
        message: "the code block opened here is never closed: the file looks half-written".into(),
        help: "close it with ``` or finish writing the file".into(),
        source: source.clone(),
    }
}

/// A content hash, in hexadecimal.
pub fn sha256(text: &str) -> String {
    hex(&Sha256::digest(text.as_bytes()))
}

/// Bytes in hexadecimal.
pub fn hex(bytes: &[u8]) -> String {
    use std::fmt::Write;
    bytes.iter().fold(String::with_capacity(bytes.len() * 2), |mut out, byte| {
        let _ = write!(out, "{byte:02x}");
        out
    })
}
