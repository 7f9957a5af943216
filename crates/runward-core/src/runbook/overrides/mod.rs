//! What a team's configuration says of its runbook: every fact can be corrected, and facts be added.
//!
//! What is given stands in the place of what the runbook says; an empty string takes a fact away. A thing
//! that the runbook does not know is added where what is given is enough to know it, and refused where not.

mod apply;
mod entries;
mod facts;
mod procedures;
#[cfg(test)]
mod tests;

use std::collections::{BTreeMap, BTreeSet};

pub use facts::{
    BackupFacts, ContactFacts, DatabaseFacts, DocumentFacts, DutyFacts, EscalationFacts, HealthFacts, HostFacts,
    LogFacts, NewStep, ParameterFacts, ProcedureFacts, ServiceFacts, SeverityFacts, StateFacts, StepFacts,
    TemplateFacts, ThresholdFacts,
};

use super::TemplateKind;
use crate::lints::Allowance;
use crate::source::Source;

/// All corrections of one configuration, by what they are about.
#[derive(Clone, Debug, Default)]
pub struct Overrides {
    /// Services by name.
    pub services: BTreeMap<String, ServiceFacts>,
    /// Services that checks of the configuration are about: they are known by that alone.
    pub watched: BTreeSet<String>,
    /// Severities by name.
    pub severities: BTreeMap<String, SeverityFacts>,
    /// Who is told when; all of the runbook's timed steps go where there is any.
    pub escalation: Vec<EscalationFacts>,
    /// Contacts by role.
    pub contacts: BTreeMap<String, ContactFacts>,
    /// Procedures by id or title.
    pub procedures: BTreeMap<String, ProcedureFacts>,
    /// Steps by id.
    pub steps: BTreeMap<String, StepFacts>,
    /// Parameters by name.
    pub parameters: BTreeMap<String, ParameterFacts>,
    /// What is done again and again.
    pub duties: Vec<DutyFacts>,
    /// Backups by what is kept.
    pub backups: BTreeMap<String, BackupFacts>,
    /// Health addresses.
    pub health: BTreeMap<String, HealthFacts>,
    /// Hosts by name.
    pub hosts: BTreeMap<String, HostFacts>,
    /// Logs by whose they are.
    pub logs: BTreeMap<String, LogFacts>,
    /// Databases by name.
    pub databases: BTreeMap<String, DatabaseFacts>,
    /// From which value on something is wrong; all that the runbook says of the same subject goes.
    pub thresholds: Vec<ThresholdFacts>,
    /// Documents by path, as the configuration names them.
    pub documents: BTreeMap<String, DocumentFacts>,
    /// Texts to fill in.
    pub templates: Vec<(TemplateKind, TemplateFacts)>,
    /// Findings that are known and wanted so.
    pub allowances: Vec<Allowance>,
}

/// Corrections with what is known of where they stand.
pub struct Corrections<'c> {
    /// What is corrected.
    pub overrides: &'c Overrides,
    /// Where a key of the configuration stands, by its path.
    pub place: &'c dyn Fn(&[&str]) -> Source,
    /// What the configuration calls each document, and the name it has here.
    pub names: BTreeMap<String, String>,
    /// Whether every document of the configuration is read. Where only some are, what is not found may stand in
    /// another one and is no mistake.
    pub whole: bool,
}

impl Corrections<'_> {
    /// A document by the name that the configuration gives it.
    pub(crate) fn document<'n>(&'n self, name: &'n str) -> &'n str {
        self.names.get(name).map_or(name, String::as_str)
    }

    /// A refusal of a key, or nothing where what it is about may stand elsewhere.
    fn unknown(&self, path: &[&str], message: String, help: String) -> Result<(), Refused> {
        if self.whole { Err(Refused::new(path, message, help)) } else { Ok(()) }
    }
}

/// A correction that makes no sense.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Refused {
    /// The key it stands under.
    pub path: Vec<String>,
    /// What is wrong.
    pub message: String,
    /// How to mend it.
    pub help: String,
}

impl Refused {
    pub(crate) fn new(path: &[&str], message: impl Into<String>, help: impl Into<String>) -> Refused {
        let path = path.iter().map(|part| (*part).to_owned()).collect();
        Refused { path, message: message.into(), help: help.into() }
    }
}
