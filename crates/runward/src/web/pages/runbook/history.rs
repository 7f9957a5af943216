//! When procedures and steps of the runbook were carried out last, and how that went.

use std::collections::HashMap;

use runward_core::run::{Kind, Outcome, Run, RunStep, StepState};
use runward_core::runbook::Phase;

/// What is known of earlier runs.
#[derive(Debug, Default)]
pub(super) struct History {
    procedures: HashMap<String, Vec<Last>>,
    steps: HashMap<String, Last>,
}

/// The last time something was carried out.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Last {
    /// The run.
    pub run: i64,
    /// When that run began.
    pub at: String,
    /// Who or what carried it out.
    pub by: String,
    /// How it went, in words.
    pub how: String,
    /// Whether it only looked, by itself, because an incident began.
    pub looked: bool,
    /// Whether it went well; `None` where that cannot be told, or not yet.
    pub well: Option<bool>,
}

impl History {
    /// What these runs tell, oldest first.
    pub(super) fn of(runs: &[Run]) -> History {
        let mut history = History::default();
        for run in runs {
            let known = history.procedures.entry(run.procedure.0.clone()).or_default();
            known.push(of_run(run));
            for step in &run.steps {
                if let Some(last) = of_step(run, step) {
                    history.steps.insert(step.plan.id.0.clone(), last);
                }
            }
        }
        history
    }

    /// The last runs of a procedure, the latest first: of each kind one at the most.
    pub(super) fn procedure(&self, id: &str) -> impl Iterator<Item = &Last> {
        self.procedures.get(id).into_iter().flatten().rev()
    }

    /// The last time a step was carried out.
    pub(super) fn step(&self, id: &str) -> Option<&Last> {
        self.steps.get(id)
    }
}

fn by(run: &Run) -> String {
    match run.kind {
        Kind::Diagnosis => "diagnosis".into(),
        Kind::Person => format!("by {}", run.by),
        Kind::Automatic => "by itself".into(),
        Kind::Undo => format!("undo, by {}", run.by),
    }
}

fn last(run: &Run, well: Option<bool>) -> Last {
    let looked = run.kind == Kind::Diagnosis;
    Last { run: run.id.0, at: run.started_at.to_string(), by: by(run), how: String::new(), looked, well }
}

fn of_run(run: &Run) -> Last {
    let (how, well) = match run.ended {
        None => ("under way".to_owned(), None),
        Some((_, outcome)) => {
            let well = match outcome {
                Outcome::Diagnosed | Outcome::Verified => Some(true),
                Outcome::NotVerified | Outcome::Failed => Some(false),
                Outcome::Unverified | Outcome::Aborted => None,
            };
            (outcome.words().to_owned(), well)
        }
    };
    Last { how, ..last(run, well) }
}

/// `None` where it was passed over, or its turn never came.
fn of_step(run: &Run, step: &RunStep) -> Option<Last> {
    let (how, well) = match &step.state {
        StepState::Done { verified: Some(true), .. } => ("done, checks well", Some(true)),
        StepState::Done { verified: Some(false), .. } => ("done, checks not well", Some(false)),
        // That a look ended is no verdict on what it saw.
        StepState::Done { .. } if step.plan.phase == Phase::Diagnose => ("done", None),
        StepState::Done { .. } => ("done", Some(true)),
        StepState::Failed { .. } => ("failed", Some(false)),
        StepState::Unsure { .. } => ("nobody knows how it ended", Some(false)),
        StepState::Running { .. } | StepState::Verifying { .. } => ("running", None),
        StepState::Asking if run.is_active() => ("waits for a person", None),
        StepState::Asking | StepState::Waiting | StepState::Skipped { .. } => return None,
    };
    Some(Last { how: how.to_owned(), ..last(run, well) })
}
