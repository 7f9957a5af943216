//! Steps: what a procedure asks for, one thing at a time, and which part of it each belongs to.

use std::collections::HashMap;

use serde::{Deserialize, Serialize};

use super::clients::{opens_client, ssh_login};
use super::goto::Goto;
use super::sha256;
use super::words::{Meaning, is_question, loose_meaning, meaning, unnumbered};
use crate::command::Command;
use crate::command::impact::Impact;
use crate::id::{ProcedureId, StepId};
use crate::source::Source;

/// Which part of a procedure a step belongs to.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum Phase {
    /// Looking closer.
    Diagnose,
    /// Making it work.
    Fix,
    /// Seeing that it works.
    Verify,
    /// Going back.
    Rollback,
    /// Keeping it from happening again.
    Prevent,
    /// None of these.
    Other,
}

impl Phase {
    /// The word the JSON and the pages use.
    pub fn name(self) -> &'static str {
        match self {
            Phase::Diagnose => "diagnose",
            Phase::Fix => "fix",
            Phase::Verify => "verify",
            Phase::Rollback => "rollback",
            Phase::Prevent => "prevent",
            Phase::Other => "other",
        }
    }

    /// The phase a label announces.
    pub(super) fn of(meaning: Meaning) -> Option<Phase> {
        Some(match meaning {
            Meaning::Diagnose => Phase::Diagnose,
            Meaning::Fix => Phase::Fix,
            Meaning::Verify => Phase::Verify,
            Meaning::Rollback => Phase::Rollback,
            Meaning::Prevent => Phase::Prevent,
            Meaning::Symptom | Meaning::Remark | Meaning::Severity | Meaning::Alert | Meaning::Expected => return None,
        })
    }
}

/// What a step asks for.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum StepKind {
    /// Commands to run.
    Command,
    /// Something a person does.
    Manual,
    /// Something a person decides.
    Decision,
    /// A text to fill in.
    Template,
    /// An example, not to be run.
    Sample,
}

/// One step of a procedure.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Step {
    /// Stays the same while its text does, whatever changes elsewhere.
    pub id: StepId,
    /// What it is about.
    pub title: String,
    /// Its number, where the runbook counts.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub number: Option<u32>,
    /// Which part of the procedure it belongs to.
    pub phase: Phase,
    /// What it asks for.
    pub kind: StepKind,
    /// The condition under which it is done: `If replica set issue`.
    pub guard: Option<String>,
    /// The alternative it belongs to: `Option 1: Docker tag rollback`.
    pub variant: Option<String>,
    /// Where it sends the reader.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub goto: Option<Goto>,
    /// The language of its commands: `bash` or `sql`; `None` for a manual step.
    pub language: Option<String>,
    /// What to type.
    pub commands: Vec<Command>,
    /// What should come out, where the runbook says.
    pub expected: Option<String>,
    /// Where the configuration corrects it.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub corrected: Option<Source>,
    /// Where it stands.
    pub source: Source,
}

impl Step {
    /// A step of which nothing more is known.
    pub(super) fn new(kind: StepKind, phase: Phase, source: Source) -> Step {
        Step {
            id: StepId::default(),
            title: String::new(),
            number: None,
            phase,
            kind,
            guard: None,
            variant: None,
            goto: None,
            language: None,
            commands: Vec::new(),
            expected: None,
            corrected: None,
            source,
        }
    }

    /// One more thing that should come out.
    pub(super) fn expect(&mut self, text: &str) {
        match &mut self.expected {
            Some(known) => {
                known.push('\n');
                known.push_str(text);
            }
            None => self.expected = Some(text.to_owned()),
        }
    }

    /// The worst impact of its commands; a step without commands changes nothing by itself.
    pub fn impact(&self) -> Impact {
        self.commands.iter().map(|c| c.impact).max().unwrap_or(Impact::ReadOnly)
    }

    /// The same without going to a host or opening a database client, which change nothing.
    fn effective_impact(&self) -> Impact {
        let counts = |c: &&Command| ssh_login(&c.text).is_none() && !opens_client(c);
        self.commands.iter().filter(counts).map(|c| c.impact).max().unwrap_or(Impact::ReadOnly)
    }

    /// Whether a command is known to change something, rather than taken to because nobody can tell: what an unknown
    /// program does below `Diagnose:` the author knows better.
    pub(super) fn surely_changes(&self) -> bool {
        const GUESSES: &[&str] = &["not known", "only known when", "not understood", "not followed", "may change"];
        let sure = |c: &&Command| {
            c.unparsable.is_none()
                && ssh_login(&c.text).is_none()
                && !opens_client(c)
                && !GUESSES.iter().any(|guess| c.why.contains(guess))
        };
        self.commands.iter().filter(sure).any(|c| c.impact > Impact::ReadOnly)
    }

    /// Whether it may be done at all without a person deciding so: neither conditional nor one of several ways.
    pub fn is_conditional(&self) -> bool {
        self.guard.is_some() || self.variant.is_some()
    }
}

/// What a step is called: by its procedure and what it says.
pub(super) fn base_name(procedure: &ProcedureId, step: &Step) -> String {
    format!("{procedure}.{}", signature(step))
}

/// What a step says, in eight letters.
fn signature(step: &Step) -> String {
    let texts: Vec<&str> = step.commands.iter().map(|c| c.text.as_str()).collect();
    let what = format!("{}\n{}", if texts.is_empty() { step.title.as_str() } else { "" }, texts.join("\n"));
    let mut hash = sha256(&what);
    hash.truncate(8);
    hash
}

/// Calls each step by what it says, until its procedure has a name.
pub(super) fn sign(steps: &mut [Step]) {
    steps.iter_mut().for_each(|step| step.id = StepId(signature(step)));
}

/// Puts the name of their procedure before what steps were called until now.
pub(super) fn name(procedure: &ProcedureId, steps: &mut [Step]) {
    let mut seen: HashMap<String, usize> = HashMap::new();
    for step in steps {
        let base = format!("{procedure}.{}", step.id);
        let times = seen.entry(base.clone()).or_default();
        *times += 1;
        step.id = StepId(if *times == 1 { base } else { format!("{base}-{times}") });
    }
}

/// Settles the phases of a procedure's steps once all are known.
pub(super) fn settle_phases(title: &str, steps: &mut [Step]) {
    // All of a procedure that goes back goes back.
    let goes_back = loose_meaning(title) == Some(Meaning::Rollback);
    let diagnoses = steps.iter().any(|s| s.phase == Phase::Diagnose);
    let last_change = steps.iter().rposition(|step| step.effective_impact() > Impact::ReadOnly);
    let (mut changed, mut acted) = (false, false);
    for (at, step) in steps.iter_mut().enumerate() {
        let title = unnumbered(&step.title);
        let verifies = loose_meaning(title) == Some(Meaning::Verify)
            || title.split_once(':').is_some_and(|(label, _)| meaning(label) == Some(Meaning::Verify))
            || title.to_lowercase().starts_with("verify ");
        let impact = step.effective_impact();
        let looks = !step.commands.is_empty() && impact == Impact::ReadOnly;
        step.phase = match step.phase {
            Phase::Other | Phase::Fix if verifies => Phase::Verify,
            // Looking closer may be done by itself: whatever its label says, what changes something is no look.
            Phase::Diagnose if step.surely_changes() => Phase::Fix,
            // Many runbooks have one list of actions: what only looks before the first change is the diagnosis.
            Phase::Fix if !diagnoses && !changed && looks => Phase::Diagnose,
            Phase::Other if impact > Impact::ReadOnly || step.commands.is_empty() => Phase::Fix,
            Phase::Other if changed => Phase::Verify,
            Phase::Other => Phase::Diagnose,
            known => known,
        };
        // What is looked at before anything was done says how things are, not that it worked.
        if step.phase == Phase::Verify && looks && !acted && last_change.is_some_and(|last| at < last) {
            step.phase = Phase::Diagnose;
        }
        if step.phase == Phase::Fix && goes_back {
            step.phase = Phase::Rollback;
        }
        changed |= impact > Impact::ReadOnly;
        acted |= changed || (step.commands.is_empty() && step.phase == Phase::Fix && !is_question(&step.title));
    }
}
