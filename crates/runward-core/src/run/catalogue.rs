//! The catalogue: the steps that somebody with the right to has read and approved, each by the hash of its script with
//! its parameters as variables. The runner carries out these and nothing else.

mod diff;
#[cfg(test)]
mod tests;

use std::collections::{BTreeMap, BTreeSet};

use serde::{Deserialize, Serialize};
use sha2::{Digest, Sha256};

use super::undo;
use super::{JobId, PlannedStep, Work, plan};
use crate::command::bind::variable;
use crate::command::impact::Impact;
use crate::command::placeholder::{self, ParamKind};
use crate::id::RunId;
use crate::runbook::{Procedure, hex};
use crate::setup::Setup;

pub use diff::diff;

/// The only program that reads a script.
pub const INTERPRETER: &str = "bash";
/// The only machine that a runner works on: its own.
pub const LOCAL: &str = "local";

/// What each parameter may hold: a value must be of all of its kinds.
pub type Params = BTreeMap<String, BTreeSet<ParamKind>>;

/// One approved step.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Entry {
    /// The hash of its interpreter, script and parameters.
    pub hash: String,
    /// The document it comes from.
    pub document: String,
    /// The runbook's step, and what takes it back behind `.undo`.
    pub step: String,
    /// What it is about, for people.
    pub title: String,
    /// The worst it does.
    pub impact: Impact,
    /// What reads the script.
    pub interpreter: String,
    /// The machine it is for.
    pub host: String,
    /// The user it runs as, by number.
    pub uid: u32,
    /// Its parameters: variables of the script.
    pub params: Params,
    /// Files to keep before it begins; `${NAME}` in them is the value of a parameter.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub keep: Vec<String>,
    /// Whether it puts back what an earlier step kept: then its parameters are the paths of these very files.
    #[serde(default, skip_serializing_if = "std::ops::Not::not")]
    pub puts_back: bool,
    /// Shell text; its parameters are variables.
    pub script: String,
}

/// The hash that an approval of a step stands for: SHA-256 over what reads the script, the script, and each
/// parameter's name and kinds, every field with its length before it. No value is in it.
pub fn hash(interpreter: &str, script: &str, params: &Params) -> String {
    let mut digest = Sha256::new();
    let mut field = |text: &str| {
        digest.update((text.len() as u64).to_be_bytes());
        digest.update(text.as_bytes());
    };
    ["runward step 1", interpreter, script, &params.len().to_string()].into_iter().for_each(&mut field);
    for (name, kinds) in params {
        field(name);
        field(&kinds.len().to_string());
        kinds.iter().for_each(|kind| field(kind.name()));
    }
    hex(&digest.finalize())
}

/// The hash of a script that no catalogue of ours knows: its parameters may hold any text.
pub fn hash_of_unknown(script: &str, env: &BTreeMap<String, String>) -> String {
    let params = env.keys().map(|name| (name.clone(), BTreeSet::from([ParamKind::Text]))).collect();
    hash(INTERPRETER, script, &params)
}

impl Entry {
    /// Refuses an entry that is not what its hash says, or that asks for what no runner does.
    /// # Errors
    /// The reason.
    pub fn check(&self) -> Result<(), String> {
        if self.interpreter != INTERPRETER {
            return Err(format!("`{}` reads no script here, only {INTERPRETER} does", self.interpreter));
        }
        if self.host != LOCAL {
            return Err(format!("it is for the host `{}`, and a runner works on its own only", self.host));
        }
        if let Some(name) = self.params.keys().find(|name| !is_ours(name)) {
            return Err(format!("`{name}` is no variable of a parameter"));
        }
        if hash(&self.interpreter, &self.script, &self.params) != self.hash {
            return Err("its script or parameters are not those of its hash".into());
        }
        Ok(())
    }

    /// Refuses parameters that are not this step's, or values that are not of their kinds.
    /// # Errors
    /// The reason; it holds no value of a secret.
    pub fn accept(&self, params: &BTreeMap<String, String>) -> Result<(), String> {
        if let Some(name) = params.keys().find(|name| !self.params.contains_key(*name)) {
            return Err(format!("`{name}` is no parameter of this step"));
        }
        for (name, kinds) in &self.params {
            let Some(value) = params.get(name) else { return Err(format!("the parameter `{name}` has no value")) };
            // Held against the very files that were kept, which is more than any kind can tell.
            if self.puts_back {
                continue;
            }
            for kind in kinds {
                kind.accept(value).map_err(|why| match kind {
                    ParamKind::Secret => format!("the value of `{name}` is not one line of text"),
                    _ => format!("`{name}`: {why}"),
                })?;
            }
        }
        Ok(())
    }

    /// The files to keep before it begins, with these values.
    pub fn kept(&self, params: &BTreeMap<String, String>) -> Vec<String> {
        self.keep.iter().map(|path| params.iter().fold(path.clone(), |p, (n, v)| p.replace(&in_path(n), v))).collect()
    }

    /// The values that may stand in a log: those of no secret.
    pub fn shown(&self, params: &BTreeMap<String, String>) -> BTreeMap<String, String> {
        let secret = |name: &String| self.params.get(name).is_none_or(|kinds| kinds.contains(&ParamKind::Secret));
        params.iter().map(|(n, v)| (n.clone(), if secret(n) { "***".into() } else { v.clone() })).collect()
    }
}

/// Whether a name can only be a parameter's: nothing that a shell or a loader listens to.
fn is_ours(name: &str) -> bool {
    let prefixed = name.strip_prefix("RUNWARD_P_").or_else(|| name.strip_prefix("RUNWARD_FILE_"));
    let plain = |c: char| c.is_ascii_uppercase() || c.is_ascii_digit() || c == '_';
    prefixed.is_some_and(|rest| !rest.is_empty() && rest.chars().all(plain))
}

fn in_path(variable: &str) -> String {
    format!("${{{variable}}}")
}

/// The entry that a script with these parameters is carried out by; `None` where nobody could have approved it.
pub fn find<'e>(entries: &'e [Entry], script: &str, env: &BTreeMap<String, String>) -> Option<&'e Entry> {
    entries.iter().find(|entry| entry.script == script && entry.accept(env).is_ok())
}

/// Every step of a runbook that can be carried out, and what takes it back, as entries for `uid`.
pub fn entries(setup: &Setup, uid: u32) -> Vec<Entry> {
    let mut found: Vec<Entry> = Vec::new();
    for procedure in &setup.procedures {
        for entry in of_procedure(procedure, setup, uid) {
            match found.iter_mut().find(|known| known.hash == entry.hash) {
                // The same script in two places is one step; what either changes is kept.
                Some(known) => {
                    known.impact = known.impact.max(entry.impact);
                    let more: Vec<String> = entry.keep.into_iter().filter(|path| !known.keep.contains(path)).collect();
                    known.keep.extend(more);
                }
                None => found.push(entry),
            }
        }
    }
    found
}

fn of_procedure(procedure: &Procedure, setup: &Setup, uid: u32) -> Vec<Entry> {
    let asked = asked(procedure, setup);
    let samples = samples(procedure, &asked);
    let params: Params = asked.iter().map(|(name, kinds)| (variable(name), kinds.clone())).collect();
    let mut found = Vec::new();
    for step in plan(procedure, &samples, setup) {
        // Any run and any try: what takes a step back has the same script each time.
        let job = JobId { run: RunId(1), step: 0, attempt: 1 };
        let back = undo::back(&step, job).filter(|_| step.impact > Impact::ReadOnly);
        let keep = step.undo.files().iter().map(|path| template(path, &samples)).collect();
        found.extend(entry(&step, step.id.to_string(), procedure, &params, uid).map(|entry| Entry { keep, ..entry }));
        let named = format!("{}.undo", step.id);
        found.extend(back.and_then(|(step, kept)| {
            let entry = entry(&step, named, procedure, &params, uid)?;
            Some(Entry { puts_back: kept.is_some(), ..entry })
        }));
    }
    found
}

fn entry(step: &PlannedStep, named: String, procedure: &Procedure, params: &Params, uid: u32) -> Option<Entry> {
    // What is done on another machine is not this one's runner's.
    let Work::Command { script, env, .. } = step.host.is_none().then_some(&step.work)? else { return None };
    let any = BTreeSet::from([ParamKind::Text]);
    let params: Params = env.keys().map(|name| (name.clone(), params.get(name).unwrap_or(&any).clone())).collect();
    Some(Entry {
        hash: hash(INTERPRETER, script, &params),
        document: procedure.source.file.to_string(),
        step: named,
        title: step.title.clone(),
        impact: step.impact,
        interpreter: INTERPRETER.into(),
        host: LOCAL.into(),
        uid,
        params,
        keep: Vec::new(),
        puts_back: false,
        script: script.clone(),
    })
}

/// Every placeholder of a procedure by name, with all that it means in one place or another.
fn asked(procedure: &Procedure, setup: &Setup) -> BTreeMap<String, BTreeSet<ParamKind>> {
    let mut asked: BTreeMap<String, BTreeSet<ParamKind>> = BTreeMap::new();
    for command in procedure.steps.iter().flat_map(|step| &step.commands) {
        for text in [Some(&command.text), command.rewrite.as_ref()].into_iter().flatten() {
            for placeholder in placeholder::find_as(text, &setup.kinds) {
                asked.entry(placeholder.name).or_default().insert(placeholder.kind);
            }
        }
    }
    asked
}

/// A value for each placeholder that stands nowhere in the procedure, so that it is found again where it was put.
fn samples(procedure: &Procedure, asked: &BTreeMap<String, BTreeSet<ParamKind>>) -> BTreeMap<String, String> {
    let texts: Vec<&str> = procedure.steps.iter().flat_map(|s| &s.commands).map(|c| c.runnable()).collect();
    let is_free = |value: &String| !texts.iter().any(|text| text.contains(value.as_str()));
    let mut numbers = (40_000..60_000).map(|n: u32| n.to_string()).filter(&is_free);
    // Three digits each: none is the beginning of another.
    let mut addresses = (100..255).map(|n: u32| format!("192.0.2.{n}")).filter(&is_free);
    let values = asked.iter().filter_map(|(name, kinds)| {
        let value = if kinds.contains(&ParamKind::Ip) { addresses.next() } else { numbers.next() };
        Some((name.clone(), value?))
    });
    values.collect()
}

/// A path in which values stand, with the variables in their places.
fn template(path: &str, samples: &BTreeMap<String, String>) -> String {
    samples.iter().fold(path.to_owned(), |path, (name, value)| path.replace(value.as_str(), &in_path(&variable(name))))
}
