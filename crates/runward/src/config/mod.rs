//! `runward.toml`: which runbooks, what is watched how, where alerts go, what may run by itself.
//!
//! The runbook is the source; the configuration corrects and completes it. Reading it yields either
//! a whole configuration or one message that says what is wrong, where, and how to mend it.

mod channels;
mod checks;
mod corrections;
mod document;
pub mod env;
mod escalation;
pub mod init;
mod kept;
mod places;
mod sane;
mod setup;

use std::collections::BTreeMap;
use std::path::{Path, PathBuf};

use runward_core::id::ProcedureId;
use runward_core::near::closest;
use runward_core::run::approval::Policy;
use runward_core::runbook::overrides::{
    BackupFacts, ContactFacts, DatabaseFacts, DocumentFacts, DutyFacts, HealthFacts, HostFacts, LogFacts,
    ParameterFacts, ProcedureFacts, SeverityFacts, StepFacts, ThresholdFacts,
};
use runward_core::time::Span;
use schemars::JsonSchema;
use serde::Deserialize;

pub use channels::Channel;
#[cfg(test)]
pub use checks::Common as CheckSettings;
pub use checks::Prepared;
pub use corrections::{Beside, Lint, Templates};
pub use document::{read_documents, read_texts, refuse_broken};
pub use env::program_folders;
pub use kept::{keep, last_good};
pub use setup::{Loaded, load};

/// What is wrong with what the user gave: a file that cannot be read, a key that is not known.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Wrong {
    /// The file, as the user named it.
    pub file: String,
    /// The line, where there is one.
    pub line: Option<u32>,
    /// What is wrong.
    pub message: String,
    /// How to mend it.
    pub help: String,
}

impl std::fmt::Display for Wrong {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        match self.line {
            Some(line) => write!(f, "{}:{line}: {}", self.file, self.message)?,
            None => write!(f, "{}: {}", self.file, self.message)?,
        }
        if !self.help.is_empty() {
            write!(f, "\n  help: {}", self.help)?;
        }
        Ok(())
    }
}

impl std::error::Error for Wrong {}

impl Wrong {
    /// A problem with a file as a whole.
    pub fn file(path: &Path, message: impl Into<String>, help: impl Into<String>) -> Wrong {
        Wrong { file: path.display().to_string(), line: None, message: message.into(), help: help.into() }
    }
}

/// The whole of `runward.toml`.
#[derive(Debug, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct Config {
    /// The runbook's files, relative to this one. Needed to serve.
    #[serde(default)]
    pub runbooks: Vec<PathBuf>,
    /// Where Runward keeps its database and the output of commands.
    #[serde(default = "default_data")]
    pub data: PathBuf,
    /// Where drafts of reviews are written.
    #[serde(default = "default_reviews")]
    pub reviews: PathBuf,
    /// The address the page and the API listen on.
    #[serde(default = "default_listen")]
    pub listen: String,
    /// The address people use, for links in pages; where it is not given, the one it listens on.
    pub public_url: Option<String>,
    /// How things are watched unless a check says otherwise.
    #[serde(default)]
    pub watch: Watch,
    /// How commands are run.
    #[serde(default)]
    pub run: Run,
    /// What an approval needs.
    #[serde(default)]
    pub approval: Approval,
    /// Ways to reach people, by name.
    #[serde(default)]
    pub notify: BTreeMap<String, Notify>,
    /// Who is paged when; the runbook's own escalation where it is not given.
    #[serde(default)]
    pub escalation: Vec<Level>,
    /// Corrections to services of the runbook, and services it does not name.
    #[serde(default)]
    pub services: BTreeMap<String, ServiceOverride>,
    /// Corrections to checks that follow from the runbook, and further checks.
    #[serde(default)]
    #[schemars(with = "BTreeMap<String, checks::Common>")]
    pub checks: BTreeMap<String, toml::Table>,
    /// Corrections to the severity scale, and further severities.
    #[serde(default)]
    pub severities: BTreeMap<String, SeverityFacts>,
    /// Whom to reach, by role.
    #[serde(default)]
    pub contacts: BTreeMap<String, ContactFacts>,
    /// Corrections to procedures, by id, and further procedures.
    #[serde(default)]
    pub procedures: BTreeMap<String, ProcedureFacts>,
    /// Corrections to steps, by id.
    #[serde(default)]
    pub steps: BTreeMap<String, StepFacts>,
    /// Corrections to parameters, by name.
    #[serde(default)]
    pub parameters: BTreeMap<String, ParameterFacts>,
    /// What is done again and again.
    #[serde(default)]
    pub duties: Vec<DutyFacts>,
    /// What is kept where in case it is lost, by what is kept.
    #[serde(default)]
    pub backups: BTreeMap<String, BackupFacts>,
    /// What health addresses answer, by address.
    #[serde(default)]
    pub health: BTreeMap<String, HealthFacts>,
    /// Machines, by name.
    #[serde(default)]
    pub hosts: BTreeMap<String, HostFacts>,
    /// Where things are logged, by whose log it is.
    #[serde(default)]
    pub logs: BTreeMap<String, LogFacts>,
    /// Databases, by name.
    #[serde(default)]
    pub databases: BTreeMap<String, DatabaseFacts>,
    /// From which value on something is wrong.
    #[serde(default)]
    pub thresholds: Vec<ThresholdFacts>,
    /// What is said of documents, by path.
    #[serde(default)]
    pub documents: BTreeMap<String, DocumentFacts>,
    /// Texts to fill in.
    #[serde(default)]
    pub templates: Templates,
    /// What is said of findings.
    #[serde(default)]
    pub lint: Lint,
}

/// Where a server keeps its data that is told nothing else.
pub fn default_data() -> PathBuf {
    ".runward".into()
}

fn default_reviews() -> PathBuf {
    "incidents".into()
}

fn default_listen() -> String {
    "127.0.0.1:7700".into()
}

/// How things are watched.
#[derive(Debug, Clone, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields, default)]
pub struct Watch {
    /// How often each check looks.
    pub every: Span,
    /// How long a look may take.
    pub timeout: Span,
    /// How many bad looks in a row make a check bad.
    pub fail_after: u32,
    /// How many good looks in a row make it well again.
    pub recover_after: u32,
    /// Whether checks that follow from the runbook are run without being named here.
    pub derive: bool,
}

impl Default for Watch {
    fn default() -> Self {
        Watch { every: Span::seconds(30), timeout: Span::seconds(10), fail_after: 3, recover_after: 2, derive: true }
    }
}

/// How commands are run.
#[derive(Debug, Clone, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields, default)]
pub struct Run {
    /// Whether the read-only commands of the fitting procedure are run when an incident begins.
    pub diagnose: bool,
    /// How long a command that only looks may take.
    pub look_timeout: Span,
    /// How long a command that changes something may take.
    pub change_timeout: Span,
    /// How long the service's checks may take to be well after a fix.
    pub verify_within: Span,
    /// The directory commands start in, relative to this file.
    pub directory: PathBuf,
    /// Environment variables that commands are given, by name; their values stay secret.
    pub env: Vec<String>,
    /// Hosts of the runbook (`ssh HOST`) that are this machine.
    pub here: Vec<String>,
    /// The socket of a `runward runner`, which carries out what root approved and nothing else, so that the server needs no rights of its own. `directory` and `env` are its own then. Without it commands run as the server's own user.
    pub runner: Option<PathBuf>,
}

impl Default for Run {
    fn default() -> Self {
        Run {
            diagnose: true,
            look_timeout: Span::seconds(30),
            change_timeout: Span::seconds(300),
            verify_within: Span::seconds(60),
            directory: ".".into(),
            env: Vec::new(),
            here: Vec::new(),
            runner: None,
        }
    }
}

/// What an approval needs.
#[derive(Debug, Clone, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields, default)]
pub struct Approval {
    /// Whether what destroys, and every command that a person put in the place of the runbook's and that does not only
    /// look, needs a second person beside the one who began the run and the one who wrote the command. The name under which somebody came in counts, not the one they give with a request.
    pub two_people: bool,
    /// How long an approval counts for a step that could not begin at once.
    pub lasts: Span,
}

impl Default for Approval {
    fn default() -> Self {
        let Policy { two_people, lasts } = Policy::default();
        Approval { two_people, lasts }
    }
}

/// A way to reach people.
#[derive(Debug, Clone, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct Notify {
    /// `slack`, `discord` or `webhook`; told from the address where it is not given.
    pub kind: Option<String>,
    /// The address messages go to: a secret.
    pub url: Secret,
}

/// A secret, by reference rather than by value.
#[derive(Clone, Deserialize, JsonSchema)]
#[serde(untagged, expecting = "expected an address, { env = \"NAME\" } or { file = \"PATH\" }")]
pub enum Secret {
    /// The value of an environment variable.
    Env {
        /// Its name.
        env: String,
    },
    /// The first line of a file.
    File {
        /// Its path, relative to this file.
        file: PathBuf,
    },
    /// The value itself; only for addresses that are no secret.
    Plain(String),
}

impl std::fmt::Debug for Secret {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        match self {
            Secret::Env { env } => write!(f, "env {env}"),
            Secret::File { file } => write!(f, "file {}", file.display()),
            Secret::Plain(_) => f.write_str("***"),
        }
    }
}

/// One level of an escalation.
#[derive(Debug, Clone, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct Level {
    /// How long after the incident began.
    pub after: Span,
    /// Names under `[notify]`; all of them where none is given.
    #[serde(default)]
    pub notify: Vec<String>,
    /// Whom the message is for, in words.
    #[serde(default)]
    pub target: String,
    /// The severities it is for; all where none is given.
    #[serde(default)]
    pub severities: Vec<String>,
    /// The situation it is for, in words: such a level is shown, and pages nobody by itself.
    pub condition: Option<String>,
}

/// What the configuration says of a service.
#[derive(Debug, Clone, Default, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields, default)]
pub struct ServiceOverride {
    /// The services without which it is as good as down.
    pub depends_on: Option<Vec<String>>,
    /// The severity of its being down.
    pub severity: Option<String>,
    /// Its systemd unit.
    pub unit: Option<String>,
    /// Its container.
    pub container: Option<String>,
    /// Its pm2 application.
    pub pm2: Option<String>,
    /// Words of its command line.
    pub process: Option<String>,
    /// Its port.
    pub port: Option<u16>,
    /// Its public address.
    pub endpoint: Option<String>,
    /// The machine it runs on, where that is another one.
    pub host: Option<String>,
    /// How its health is asked: a path or an address.
    pub health: Option<String>,
    /// The file with its settings and secrets.
    pub env_file: Option<String>,
    /// Where its data lives.
    pub database: Option<String>,
    /// What may be done about it without a person; nothing where this is not given.
    pub automatic: Option<Automatic>,
}

/// Permission to repair a service without a person.
#[derive(Debug, Clone, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct Automatic {
    /// The procedure; the one that fits best where none is given.
    pub procedure: Option<String>,
    /// How often within the window.
    #[serde(default = "two")]
    pub max_runs: u32,
    /// The window.
    #[serde(default = "one_hour")]
    pub window: Span,
}

fn two() -> u32 {
    2
}

fn one_hour() -> Span {
    Span::seconds(3600)
}

impl Automatic {
    fn procedure(&self) -> Option<ProcedureId> {
        self.procedure.as_deref().map(|p| ProcedureId(runward_core::id::slug(p)))
    }
}

/// A configuration with the text it was read from, which its errors point into.
#[derive(Debug)]
pub struct Source {
    /// The file.
    pub path: PathBuf,
    /// Its text.
    pub text: String,
    /// What it says.
    pub config: Config,
}

impl Source {
    /// Reads a configuration file.
    /// # Errors
    /// [`Wrong`] where it is missing, cannot be read, or holds a key or a type that is not known.
    pub fn read(path: &Path) -> Result<Source, Wrong> {
        let text = match std::fs::metadata(path)
            .and_then(|about| if about.is_file() { std::fs::read(path) } else { Err(not_a_file()) })
        {
            Ok(bytes) => {
                String::from_utf8(bytes).map_err(|_| Wrong::file(path, "this is not UTF-8 text", "save it as UTF-8"))?
            }
            Err(e) if e.kind() == std::io::ErrorKind::NotFound => {
                return Err(Wrong::file(path, "there is no such file", "make one with `runward init RUNBOOK.md`"));
            }
            Err(e) => {
                let help = "name a file this user may read with --config";
                return Err(Wrong::file(path, format!("cannot be read: {e}"), help));
            }
        };
        let config = toml::from_str(&text).map_err(|e| wrong_toml(path, &text, &e))?;
        Ok(Source { path: path.to_owned(), text, config })
    }

    /// The folder that relative paths start from.
    pub fn folder(&self) -> &Path {
        self.path.parent().filter(|p| !p.as_os_str().is_empty()).unwrap_or(Path::new("."))
    }

    /// A path of the configuration, relative to its file.
    pub fn resolve(&self, path: &Path) -> PathBuf {
        self.folder().join(path)
    }

    /// A problem at the place where `key` is given in the section that begins with `section`.
    pub fn wrong_at(&self, section: &str, key: &str, message: impl Into<String>, help: impl Into<String>) -> Wrong {
        let line = find_line(&self.text, section, key);
        Wrong { file: self.path.display().to_string(), line, message: message.into(), help: help.into() }
    }
}

/// A folder, or a pipe that may never end.
fn not_a_file() -> std::io::Error {
    std::io::Error::other("it is no regular file")
}

/// The line on which `key` stands behind the first mention of `section`.
fn find_line(text: &str, section: &str, key: &str) -> Option<u32> {
    let mut inside = section.is_empty();
    let mut found = None;
    for (number, line) in (1..).zip(text.lines()) {
        let trimmed = line.trim_start();
        if trimmed.starts_with('#') {
            continue;
        }
        if !section.is_empty() && trimmed.contains(section) {
            inside = true;
            found = Some(number);
        } else if inside && !section.is_empty() && trimmed.starts_with('[') && found.is_some() {
            break;
        }
        let names = |part: &str| part.trim().trim_matches('"') == key;
        let given = trimmed.split(['{', ',']).any(|part| part.split_once('=').is_some_and(|(name, _)| names(name)));
        if inside && given {
            return Some(number);
        }
    }
    found
}

fn wrong_toml(path: &Path, text: &str, e: &toml::de::Error) -> Wrong {
    let line = e.span().map(|span| text[..span.start.min(text.len())].matches('\n').count() as u32 + 1);
    let (message, help) = explained(e.message());
    Wrong { file: path.display().to_string(), line, message, help }
}

/// What the parser calls things, and what people call them.
const PLAINER: &[(&str, &str)] = &[
    ("expected a sequence", "expected a list"),
    ("expected u32", "expected a whole number"),
    ("expected u16", "expected a whole number up to 65535"),
];

/// The parser's message in plain words, with the closest key where one was misspelt.
fn explained(message: &str) -> (String, String) {
    let message = message.trim().replace('\n', ": ");
    let quoted: Vec<&str> = message.split('`').skip(1).step_by(2).collect();
    if message.starts_with("unknown field")
        && let Some((wrong, known)) = quoted.split_first()
    {
        let help = match closest(wrong, known) {
            Some(near) => format!("did you mean `{near}`?"),
            None => format!("known here: {}", known.join(", ")),
        };
        return (format!("unknown key `{wrong}`"), help);
    }
    if message.starts_with("unknown variant")
        && let Some((wrong, known)) = quoted.split_first()
    {
        return (format!("`{wrong}` is not known here"), runward_core::near::help(wrong, known));
    }
    if let Some(rest) = message.strip_prefix("missing field ") {
        return (format!("{rest} is missing"), "add it".into());
    }
    let plain = PLAINER.iter().fold(message, |said, (term, words)| said.replace(term, words));
    (plain, "see docs/reference/configuration.md".into())
}

#[cfg(test)]
mod tests;
