//! Approvals: who may let a step run, what exactly they let run, and for how long.

use serde::{Deserialize, Serialize};

use super::{JobId, Run, RunStep};
use crate::command::impact::Impact;
use crate::id::{Actor, Role};
use crate::runbook::sha256;
use crate::time::{Span, Timestamp};

/// What an approval needs.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Policy {
    /// Whether what destroys needs a second person beside the one who began the run.
    pub two_people: bool,
    /// How long an approval counts for a step that could not begin.
    pub lasts: Span,
}

impl Default for Policy {
    fn default() -> Self {
        Policy { two_people: false, lasts: Span::seconds(30 * 60) }
    }
}

/// An approval as it is asked for.
#[derive(Clone, Copy, Debug)]
pub struct Request<'r> {
    /// The hash of the step as the person read it.
    pub hash: &'r str,
    /// The name they typed, for what destroys.
    pub confirm: Option<&'r str>,
    /// Who.
    pub by: &'r Actor,
    /// What they may do.
    pub role: Role,
    /// Why it is done without the second person.
    pub break_glass: Option<&'r str>,
}

/// Why an approval is not given.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Denied {
    /// The step no longer says what was read.
    Changed,
    /// The target\u{2019}s name must be typed.
    Confirm,
    /// Somebody else must agree.
    SecondPerson,
    /// Nobody knows which person began the run, or which one approves: a program did.
    Nobody,
    /// Their role does not allow it.
    Role(Role),
}

/// An approval that was given: for exactly this text with these values, by these people, once, until then.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Grant {
    /// The one try it is for: it cannot be used for another.
    pub job: JobId,
    /// The hash of the step: its text, its values, its impact.
    pub hash: String,
    /// The hash of the run\u{2019}s values.
    pub params: String,
    /// Who wanted the run.
    pub requester: Actor,
    /// Who approved.
    pub approver: Actor,
    /// What the approver may do.
    pub role: Role,
    /// Why it was given without a second person.
    pub broke_glass: Option<String>,
    /// When it ends.
    pub until: Timestamp,
}

impl Grant {
    /// Whether it still lets this step run.
    pub fn holds(&self, job: JobId, run: &Run, step: &RunStep, now: Timestamp) -> bool {
        self.job == job && self.hash == step.plan.hash && self.params == params_hash(run) && now <= self.until
    }
}

fn params_hash(run: &Run) -> String {
    sha256(&serde_json::to_string(&run.params).unwrap_or_default())
}

/// Whether a step is one for two people, where that is the policy: it destroys; or somebody wrote its command, of which
/// nobody knows for sure that it does not.
pub fn needs_two(step: &RunStep) -> bool {
    step.plan.impact == Impact::Destructive || (step.edited_by.is_some() && step.plan.impact > Impact::ReadOnly)
}

/// Judges an approval. What only looks needs the right text and nothing else.
/// # Errors
/// [`Denied`], which says what is missing.
pub fn judge(
    policy: &Policy,
    run: &Run,
    step: &RunStep,
    job: JobId,
    request: &Request<'_>,
    now: Timestamp,
) -> Result<Grant, Denied> {
    if step.hash() != request.hash {
        return Err(Denied::Changed);
    }
    if request.role < Role::Responder {
        return Err(Denied::Role(Role::Responder));
    }
    let reason = request.break_glass.map(str::trim).filter(|reason| !reason.is_empty());
    if step.plan.impact == Impact::Destructive && request.confirm != Some(run.target()) {
        return Err(Denied::Confirm);
    }
    let two = policy.two_people && needs_two(step);
    if two && reason.is_none() {
        // A program's token may be in anybody's hands, also in those of the other person.
        let known = |actor: &Actor| actor.is_person();
        if !known(request.by) || !known(&run.by) || !step.edited_by.as_ref().is_none_or(known) {
            return Err(Denied::Nobody);
        }
        // Who wrote the command is no second person to it either.
        let is_first = |actor: &Actor| actor.is_same(request.by);
        if is_first(&run.by) || step.edited_by.as_ref().is_some_and(is_first) {
            return Err(Denied::SecondPerson);
        }
        if request.role < Role::Approver {
            return Err(Denied::Role(Role::Approver));
        }
    }
    Ok(Grant {
        job,
        hash: step.plan.hash.clone(),
        params: params_hash(run),
        requester: run.by.clone(),
        approver: request.by.clone(),
        role: request.role,
        broke_glass: reason.filter(|_| two).map(str::to_owned),
        until: now + policy.lasts.0,
    })
}
