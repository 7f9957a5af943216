//! What a configuration says of the runbook's facts, and for which documents it does.

use std::collections::BTreeMap;
use std::path::{Path, PathBuf};

use runward_core::id::slug;
use runward_core::lints::{Allowance, Scope};
use runward_core::runbook::overrides::{Corrections, EscalationFacts, Overrides, Refused, ServiceFacts, TemplateFacts};
use runward_core::runbook::{Runbook, TemplateKind};
use schemars::JsonSchema;
use serde::Deserialize;

use super::places::Places;
use super::{Config, ServiceOverride, Source, Wrong, checks, sane};

/// The file that is looked for where none is named.
const USUAL: &str = "runward.toml";

/// What is said of findings.
#[derive(Debug, Clone, Default, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields, default)]
pub struct Lint {
    /// Findings that are known and wanted so.
    pub allow: Vec<Allowance>,
}

/// Texts to fill in, in the place of those of the runbook.
#[derive(Debug, Clone, Default, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields, default, rename_all = "kebab-case")]
pub struct Templates {
    /// A message while the incident lasts: `{ text = "..." }`.
    pub status_update: Option<TemplateFacts>,
    /// A call for help: `{ text = "..." }`.
    pub escalation: Option<TemplateFacts>,
    /// The review when it is over: `{ text = "..." }`.
    pub review: Option<TemplateFacts>,
}

/// A configuration beside the documents that are read with it.
pub struct Beside {
    source: Source,
    /// What it calls each document, and the name it was given.
    names: BTreeMap<String, String>,
    /// Whether all of its documents are read.
    whole: bool,
}

impl Beside {
    /// The configuration that is named, or the one that lies in this folder and is about any of these files.
    /// # Errors
    /// [`Wrong`] where it cannot be read or makes no sense.
    pub fn find(named: Option<&Path>, files: &[PathBuf]) -> Result<Option<Beside>, Wrong> {
        let usual = Path::new(USUAL);
        if named.is_none() && !usual.exists() {
            return Ok(None);
        }
        let source = Source::read(named.unwrap_or(usual))?;
        sane::check(&source)?;
        let given: Vec<Option<PathBuf>> = files.iter().map(|file| file.canonicalize().ok()).collect();
        let at = |name: &Path| {
            let path = source.resolve(name).canonicalize().ok()?;
            given.iter().position(|file| file.as_ref() == Some(&path))
        };
        let config = &source.config;
        let read = config.runbooks.iter().filter(|name| at(name).is_some()).count();
        // What lies here by chance and is about other documents says nothing of these.
        if named.is_none() && read == 0 && !config.runbooks.is_empty() {
            return Ok(None);
        }
        let listed = config.runbooks.iter().map(|path| path.display().to_string());
        let allowed = config.lint.allow.iter().filter_map(|allowance| allowance.document.clone());
        let all = listed.chain(config.documents.keys().cloned()).chain(allowed);
        let names = all.filter_map(|name| Some((files[at(Path::new(&name))?].display().to_string(), name)));
        let names = names.map(|(shown, name)| (name, shown)).collect();
        let whole = read == config.runbooks.len();
        Ok(Some(Beside { source, names, whole }))
    }

    /// The configuration's file and its text, which findings may point into.
    pub fn text(&self) -> (String, &str) {
        (self.source.path.display().to_string(), &self.source.text)
    }

    /// The runbook in these texts, corrected.
    /// # Errors
    /// [`Wrong`] for the first correction that makes no sense.
    pub fn understood(&self, texts: &[(String, String)], scope: &Scope<'_>) -> Result<Runbook, Wrong> {
        let mut runbook = self.source.corrected(texts, scope, self.names.clone(), self.whole)?;
        checks::correct(&self.source, &mut runbook.checks, self.whole)?;
        Ok(runbook)
    }
}

impl Source {
    /// The runbook in these texts, corrected by what this configuration says of it.
    pub(super) fn corrected(
        &self,
        texts: &[(String, String)],
        scope: &Scope<'_>,
        names: BTreeMap<String, String>,
        whole: bool,
    ) -> Result<Runbook, Wrong> {
        let places = Places::of(&self.path, &self.text);
        let overrides = self.config.overrides();
        let corrections = Corrections { overrides: &overrides, place: &|path| places.of_key(path), names, whole };
        let documents = texts.iter().map(|(name, text)| (name.as_str(), text.as_str()));
        Runbook::read_corrected(documents, scope, &corrections).map_err(|Refused { path, message, help }| {
            let path: Vec<&str> = path.iter().map(String::as_str).collect();
            let place = places.of_key(&path);
            Wrong { file: place.file.to_string(), line: Some(place.line), message, help }
        })
    }
}

impl Config {
    /// What is said of facts.
    fn overrides(&self) -> Overrides {
        let watched = self.services.keys().filter(|name| self.has_checks(name)).cloned();
        let templates = [
            (TemplateKind::StatusUpdate, &self.templates.status_update),
            (TemplateKind::Escalation, &self.templates.escalation),
            (TemplateKind::Review, &self.templates.review),
        ];
        Overrides {
            services: self.services.iter().map(|(name, given)| (name.clone(), ServiceFacts::from(given))).collect(),
            watched: watched.collect(),
            severities: self.severities.clone(),
            escalation: self.escalation.iter().map(|level| self.escalation_facts(level)).collect(),
            contacts: self.contacts.clone(),
            procedures: self.procedures.clone(),
            steps: self.steps.clone(),
            parameters: self.parameters.clone(),
            duties: self.duties.clone(),
            backups: self.backups.clone(),
            health: self.health.clone(),
            hosts: self.hosts.clone(),
            logs: self.logs.clone(),
            databases: self.databases.clone(),
            thresholds: self.thresholds.clone(),
            documents: self.documents.clone(),
            templates: templates.into_iter().filter_map(|(kind, given)| Some((kind, given.clone()?))).collect(),
            allowances: self.lint.allow.clone(),
        }
    }

    /// Whether `[checks]` names checks of a service that the runbook need not know.
    fn has_checks(&self, name: &str) -> bool {
        self.checks.keys().any(|check| check.split('/').next().map(slug) == Some(slug(name)))
    }

    fn escalation_facts(&self, level: &super::Level) -> EscalationFacts {
        let everybody = if level.notify.is_empty() { "everybody".to_owned() } else { level.notify.join(", ") };
        EscalationFacts {
            after: Some(level.after).filter(|_| level.condition.is_none()),
            severities: level.severities.clone(),
            target: if level.target.is_empty() { everybody } else { level.target.clone() },
            condition: level.condition.clone(),
        }
    }
}

impl From<&ServiceOverride> for ServiceFacts {
    fn from(given: &ServiceOverride) -> ServiceFacts {
        ServiceFacts {
            unit: given.unit.clone(),
            container: given.container.clone(),
            pm2: given.pm2.clone(),
            process: given.process.clone(),
            port: given.port,
            host: given.host.clone(),
            health: given.health.clone(),
            endpoint: given.endpoint.clone(),
            env_file: given.env_file.clone(),
            database: given.database.clone(),
            depends_on: given.depends_on.clone(),
        }
    }
}
