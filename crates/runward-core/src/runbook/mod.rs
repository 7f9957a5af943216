//! A runbook as a typed model: what runs where, how bad is bad, whom to call, what to type.
//!
//! Reading never fails: what is not understood stays a manual step or is left out, and what is
//! wrong becomes a [`Finding`]. The document is never written to.

mod about;
mod asides;
mod backup;
mod bracket;
mod checklist;
mod clients;
mod columns;
pub(crate) mod contact;
mod database;
mod derive;
mod described;
mod duty;
mod escalating;
pub mod fence;
mod field;
mod goto;
mod health;
mod hidden;
mod host;
pub mod html;
mod inventory;
mod listed;
mod log;
mod manager;
pub mod markdown;
mod matter;
pub mod overrides;
mod parameter;
mod place;
mod procedure;
mod prompt;
mod reading;
mod rotation;
mod rows;
pub(crate) mod running;
mod scale;
mod section;
pub(crate) mod sets;
mod split;
mod step;
mod tables;
mod template;
#[cfg(test)]
mod tests;
mod threshold;
pub mod typed;
mod typing;
mod walk;
mod whereabouts;
pub mod words;

use std::borrow::Cow;
use std::collections::{HashMap, HashSet};
use std::ops::Range;

use serde::{Deserialize, Serialize};
use sha2::{Digest, Sha256};

pub use backup::Backup;
pub use bracket::Bracket;
pub use checklist::{CheckItem, Checklist};
pub(crate) use clients::{opens_client, ssh_login, without_terminal};
pub use contact::Contact;
pub use database::Database;
pub(crate) use derive::is_stand_in;
pub use duty::{Duty, Every};
pub use goto::Goto;
pub use health::{HealthEndpoint, HealthState};
pub use host::Host;
pub use log::Log;
pub use parameter::Parameter;
pub use procedure::{Procedure, Symptom};
pub use rotation::Rotation;
pub use sets::{Claim, Role, ServiceSet};
pub use step::{Phase, Step, StepKind};
pub use template::{Template, TemplateKind};
pub use threshold::Threshold;
pub(crate) use words::{is_alternative, is_condition};

use crate::check::{Addresses, DerivedCheck};
use crate::hands;
use crate::id::{ProcedureId, ServiceId, StepId};
use crate::lints::{self, Scope};
use crate::service::Service;
use crate::severity::Severity;
use crate::source::{Lines, Source};
use fence::FenceType;
use markdown::Block;
use overrides::{Corrections, Refused};
use reading::Names;

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
    /// Who follows whom on duty.
    pub rotations: Vec<Rotation>,
    /// What to do, by trouble or task.
    pub procedures: Vec<Procedure>,
    /// Placeholders, one entry for each name.
    pub parameters: Vec<Parameter>,
    /// What the document implies should be watched.
    pub checks: Vec<DerivedCheck>,
    /// Texts to fill in.
    pub templates: Vec<Template>,
    /// Points to tick.
    pub checklists: Vec<Checklist>,
    /// What is done again and again.
    pub duties: Vec<Duty>,
    /// What is kept where, in case it is lost.
    pub backups: Vec<Backup>,
    /// What the answers of health addresses mean.
    pub health: Vec<HealthEndpoint>,
    /// The machines it names.
    pub hosts: Vec<Host>,
    /// Where things are logged.
    pub logs: Vec<Log>,
    /// The databases it names.
    pub databases: Vec<Database>,
    /// From which value on something is wrong.
    pub thresholds: Vec<Threshold>,
    /// Services that are named together: all there are, those that are watched, deployed, backed up.
    pub sets: Vec<ServiceSet>,
    /// Commands that stand in no procedure: quick references, tables with commands in their cells.
    #[serde(skip)]
    pub asides: Vec<Step>,
    /// What is wrong with it.
    pub findings: Vec<Finding>,
    /// What is wrong with it and known and wanted so.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub suppressed: Vec<Suppressed>,
}

/// A document as it is written: what rules about its form look at.
#[derive(Debug)]
pub struct Text<'t> {
    /// The text and its lines.
    pub lines: Lines<'t>,
    /// The text as Markdown.
    pub blocks: Vec<Block>,
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
    /// Who looks after it.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub owner: Option<Said>,
    /// When it was last changed, as it says itself.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub updated: Option<Said>,
    /// When it was last looked through.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub reviewed: Option<Said>,
    /// When it is to be looked through again.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub review: Option<Said>,
}

/// A value with the place that gives it.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Said {
    /// The value, as written.
    pub value: String,
    /// Where it stands.
    pub source: Source,
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
    pub rule: Cow<'static, str>,
    /// How bad it is.
    pub level: Level,
    /// What is wrong.
    pub message: String,
    /// How to mend it.
    pub help: String,
    /// The step it is about: by this name it is suppressed.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub step: Option<StepId>,
    /// Changes to the document that would mend it and can do no harm.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub edits: Vec<Edit>,
    /// Where.
    pub source: Source,
}

/// A finding that the configuration allows, with the reason it gives.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Suppressed {
    /// What was found.
    pub finding: Finding,
    /// Why it may stay.
    pub reason: String,
}

/// A change to a document's text.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Edit {
    /// The byte at which it begins.
    pub start: usize,
    /// The byte behind the last one that goes.
    pub end: usize,
    /// What stands there instead.
    pub text: String,
}

impl Finding {
    /// A finding of a rule at a place.
    pub fn new(
        rule: &crate::lints::Kind,
        source: Source,
        message: impl Into<String>,
        help: impl Into<String>,
    ) -> Finding {
        Finding {
            rule: rule.id.into(),
            level: rule.level,
            message: message.into(),
            help: help.into(),
            step: None,
            edits: Vec::new(),
            source,
        }
    }

    /// The same, about a step.
    pub fn of_step(self, step: &Step) -> Finding {
        Finding { step: Some(step.id.clone()), ..self }
    }

    /// The same, with a change that mends it.
    pub fn mended_by(mut self, span: Range<usize>, text: impl Into<String>) -> Finding {
        self.edits.push(Edit { start: span.start, end: span.end, text: text.into() });
        self
    }
}

/// Bytes of documents from which on it pays to share the work.
pub(crate) const MUCH: usize = 8 * 1024;

impl Runbook {
    /// Reads documents, given as name and text, into one model.
    pub fn read<'t>(documents: impl IntoIterator<Item = (&'t str, &'t str)>) -> Runbook {
        Runbook::read_in(documents, &Scope::default())
    }

    /// What the documents say, and the documents, before any rule looks at them.
    pub(crate) fn without_findings<'t>(
        documents: impl IntoIterator<Item = (&'t str, &'t str)>,
    ) -> (Runbook, Vec<Text<'t>>) {
        let (mut runbook, texts, addresses) = Runbook::gather(documents);
        runbook.conclude(&addresses);
        (runbook, texts)
    }

    /// The same, with what is known of the world around the documents: rules that need it are applied too.
    pub fn read_in<'t>(documents: impl IntoIterator<Item = (&'t str, &'t str)>, scope: &Scope<'_>) -> Runbook {
        let (mut runbook, texts) = Runbook::without_findings(documents);
        runbook.sets = sets::read(&runbook, &texts);
        lints::check(&mut runbook, &texts, scope);
        runbook
    }

    /// The same, corrected and completed by what a configuration says.
    /// # Errors
    /// The first correction that makes no sense.
    pub fn read_corrected<'t>(
        documents: impl IntoIterator<Item = (&'t str, &'t str)>,
        scope: &Scope<'_>,
        corrections: &Corrections<'_>,
    ) -> Result<Runbook, Refused> {
        lints::accept_allowances(&corrections.overrides.allowances)?;
        let (mut runbook, texts, addresses) = Runbook::gather(documents);
        runbook.correct_first(corrections)?;
        runbook.conclude(&addresses);
        runbook.correct_rest(corrections)?;
        runbook.sets = sets::read(&runbook, &texts);
        lints::check(&mut runbook, &texts, scope);
        lints::allow(&mut runbook, scope, corrections);
        Ok(runbook)
    }

    /// What the documents say, each for itself; the documents, and the addresses they ask.
    fn gather<'t>(documents: impl IntoIterator<Item = (&'t str, &'t str)>) -> (Runbook, Vec<Text<'t>>, Addresses) {
        let mut seen = HashSet::new();
        let documents = documents.into_iter().map(|(path, text)| (path, text, sha256(text)));
        // The same file may be named twice: by itself and by its folder.
        let documents: Vec<_> = documents.filter(|(path, _, sha256)| seen.insert((*path, sha256.clone()))).collect();
        let much = documents.iter().map(|(_, text, _)| text.len()).sum::<usize>() > MUCH;
        let readings = hands::each(&documents, much, |(path, text, sha256)| reading::read(path, text, sha256));
        let mut runbook = Runbook::default();
        let (mut names, mut derived, mut texts) = (Names::default(), Vec::new(), Vec::new());
        for reading in readings {
            let (implied, text) = reading.join(&mut runbook, &mut names);
            derived.extend(implied);
            texts.extend(text);
        }
        let mut addresses = Addresses::default();
        documents.iter().for_each(|(_, text, _)| addresses.read(text));
        if runbook.services.is_empty() {
            runbook.services = derived;
        }
        runbook.one_service_for_each_name();
        (runbook, texts, addresses)
    }

    /// What follows from what they say together.
    fn conclude(&mut self, addresses: &Addresses) {
        self.checks = self.services.iter().flat_map(|s| DerivedCheck::with(s, addresses)).collect();
        parameter::complete(self);
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

/// A content hash, in hexadecimal.
pub fn sha256(text: &str) -> String {
    hex(&Sha256::digest(text.as_bytes()))
}

/// Bytes in hexadecimal.
pub fn hex(bytes: &[u8]) -> String {
    let digit = |half: u8| char::from(b"0123456789abcdef"[usize::from(half)]);
    bytes.iter().flat_map(|byte| [digit(byte >> 4), digit(byte & 15)]).collect()
}
