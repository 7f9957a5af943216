//! What can be said of each kind of fact: the tables of `runward.toml`, one type each.

use std::collections::BTreeMap;

use schemars::JsonSchema;
use serde::Deserialize;

use crate::check::Health;
use crate::command::impact::Impact;
use crate::command::placeholder::ParamKind;
use crate::runbook::{Every, Phase, StepKind};
use crate::time::Span;

/// What is said of a service.
#[derive(Clone, Debug, Default)]
pub struct ServiceFacts {
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
    /// The machine it runs on.
    pub host: Option<String>,
    /// How its health is asked.
    pub health: Option<String>,
    /// Its public address.
    pub endpoint: Option<String>,
    /// The file with its settings and secrets.
    pub env_file: Option<String>,
    /// Where its data lives.
    pub database: Option<String>,
    /// The services without which it is as good as down.
    pub depends_on: Option<Vec<String>>,
}

/// A row of the severity scale: corrected, or added.
#[derive(Clone, Debug, Default, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields, default)]
pub struct SeverityFacts {
    /// What it is called besides.
    pub title: Option<String>,
    /// When it applies.
    pub criteria: Option<String>,
    /// Within what time somebody must respond.
    pub respond_within: Option<Span>,
    /// How often to post an update while it lasts.
    pub update_every: Option<Span>,
}

/// One step of an escalation.
#[derive(Clone, Debug, Default)]
pub struct EscalationFacts {
    /// How long after the incident began.
    pub after: Option<Span>,
    /// The severities it is for; empty for all.
    pub severities: Vec<String>,
    /// Who is told.
    pub target: String,
    /// The situation it is for, where it is not for every incident.
    pub condition: Option<String>,
}

/// A contact by its role: corrected, or added.
#[derive(Clone, Debug, Default, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields, default)]
pub struct ContactFacts {
    /// Who it is.
    pub name: Option<String>,
    /// Ways to reach them.
    pub channels: Option<Vec<String>>,
}

/// A procedure by its id: corrected, or added with a title and steps.
#[derive(Clone, Debug, Default, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields, default)]
pub struct ProcedureFacts {
    /// What it is called. Its id stays.
    pub title: Option<String>,
    /// The severity it is written for.
    pub severity: Option<String>,
    /// How the trouble shows itself, in words; what names an alert or quotes a log stays.
    pub symptoms: Option<Vec<String>>,
    /// The alerts it is for.
    pub alerts: Option<Vec<String>>,
    /// What is found in a log, as regular expressions.
    pub log_patterns: Option<Vec<String>>,
    /// Further steps, behind those of the runbook.
    pub add: Vec<NewStep>,
}

/// A step that the runbook does not have.
#[derive(Clone, Debug, Default, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields, default)]
pub struct NewStep {
    /// `diagnose`, `fix`, `verify`, `rollback`, `prevent` or `other`; `fix` where it is not given.
    #[schemars(with = "Option<String>")]
    pub phase: Option<Phase>,
    /// What it is about, or what a person is to do.
    pub title: String,
    /// What to type, one command each.
    pub commands: Vec<String>,
    /// The condition under which it is done.
    pub guard: Option<String>,
    /// The host it belongs on.
    pub host: Option<String>,
    /// What should come out.
    pub expected: Option<String>,
}

/// A step by its id, as `runward explain` and `runward lint` name it.
#[derive(Clone, Debug, Default, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields, default)]
pub struct StepFacts {
    /// What it is about.
    pub title: Option<String>,
    /// `diagnose`, `fix`, `verify`, `rollback`, `prevent` or `other`.
    #[schemars(with = "Option<String>")]
    pub phase: Option<Phase>,
    /// `manual`, `decision`, `template` or `sample`: Runward does not run it.
    #[schemars(with = "Option<String>")]
    pub kind: Option<StepKind>,
    /// The condition under which it is done.
    pub guard: Option<String>,
    /// The alternative it belongs to.
    pub variant: Option<String>,
    /// The host its commands belong on.
    pub host: Option<String>,
    /// `read-only`, `mutating` or `destructive`. It may always be raised. It is lowered only to `read-only`, only
    /// where Runward does not know what a command does, and with a `reason`.
    #[schemars(with = "Option<String>")]
    pub impact: Option<Impact>,
    /// Why its impact is another one.
    pub reason: Option<String>,
    /// What should come out.
    pub expected: Option<String>,
}

/// A parameter by its name.
#[derive(Clone, Debug, Default, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields, default)]
pub struct ParameterFacts {
    /// `service`, `host`, `port`, `ip`, `revision`, `date`, `path`, `pid`, `duration`, `secret` or `text`.
    #[serde(rename = "type")]
    #[schemars(with = "Option<String>")]
    pub kind: Option<ParamKind>,
    /// The values that are offered.
    pub values: Option<Vec<String>>,
}

/// Something that is done again and again: how often is corrected, or it is added.
#[derive(Clone, Debug, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct DutyFacts {
    /// `hourly`, `daily`, `weekly`, `monthly`, `quarterly`, `halfyearly` or `yearly`.
    #[schemars(with = "String")]
    pub every: Every,
    /// What to do, in the runbook's own words where it says so too.
    pub text: String,
}

/// A backup by what is kept: corrected, or added.
#[derive(Clone, Debug, Default, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields, default)]
pub struct BackupFacts {
    /// The program or script that does it.
    pub method: Option<String>,
    /// Where it goes.
    pub destination: Option<String>,
    /// When: words or a cron expression.
    pub schedule: Option<String>,
    /// How long it is kept.
    pub keep: Option<String>,
}

/// A health address and what its answers mean: corrected, or added.
#[derive(Clone, Debug, Default, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields, default)]
pub struct HealthFacts {
    /// The answers by their word.
    pub states: BTreeMap<String, StateFacts>,
}

/// One answer of a health address.
#[derive(Clone, Debug, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct StateFacts {
    /// The HTTP code it comes with.
    pub http: Option<u16>,
    /// How well the service is then: `ok`, `warn`, `critical` or `unknown`.
    #[schemars(with = "String")]
    pub level: Health,
}

/// A host by the name people use: corrected, or added.
#[derive(Clone, Debug, Default, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields, default)]
pub struct HostFacts {
    /// Its address, or the alias under which the configuration of `ssh` knows it.
    pub address: Option<String>,
    /// Who logs in there.
    pub user: Option<String>,
    /// The port one logs in at.
    pub port: Option<u16>,
    /// The file with the key to log in with, relative to runward.toml; what `ssh` would take where it is not given.
    pub identity: Option<String>,
    /// Whether it is this machine.
    pub here: Option<bool>,
}

/// A log by whose it is: corrected, or added.
#[derive(Clone, Debug, Default, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields, default)]
pub struct LogFacts {
    /// Its file.
    pub path: Option<String>,
    /// The command that shows it.
    pub command: Option<String>,
}

/// A database by its name: corrected, or added.
#[derive(Clone, Debug, Default, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields, default)]
pub struct DatabaseFacts {
    /// What it is: `sqlite`, `postgresql`, `redis`, `mongodb`, `mysql`, `qdrant`.
    pub engine: Option<String>,
    /// Its file.
    pub path: Option<String>,
    /// The service that owns it.
    pub service: Option<String>,
}

/// From which value on something is wrong. What is given for a subject stands in the place of all that the runbook
/// says of it.
#[derive(Clone, Debug, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct ThresholdFacts {
    /// What is measured: `disk usage`, `CPU`, `response time`.
    pub subject: String,
    /// `>`, `>=`, `<` or `<=`: on which side it is wrong.
    pub comparison: String,
    /// The value.
    pub value: f64,
    /// Its unit: `%`, `ms`, `GB`.
    #[serde(default)]
    pub unit: String,
}

/// What is said of a document, by its path.
#[derive(Clone, Debug, Default, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields, default)]
pub struct DocumentFacts {
    /// Its title.
    pub title: Option<String>,
    /// Who looks after it.
    pub owner: Option<String>,
    /// When it was last changed.
    pub updated: Option<String>,
    /// When it is to be looked through again.
    pub review: Option<String>,
}

/// A text to fill in.
#[derive(Clone, Debug, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct TemplateFacts {
    /// The text.
    pub text: String,
}
