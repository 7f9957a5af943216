//! Findings that a team knows and wants so: allowed in its configuration, each with a reason.

use std::collections::HashMap;

use schemars::JsonSchema;
use serde::Deserialize;

use super::{Kind, Needs, Scope, kinds};
use crate::near;
use crate::runbook::overrides::{Corrections, Refused};
use crate::runbook::{Finding, Level, Procedure, Runbook, Suppressed};

pub(super) const KINDS: &[Kind] = &[CF01];

const CF01: Kind = Kind {
    id: "CF01",
    level: Level::Warning,
    needs: Needs::Document,
    what: "An entry of `[[lint.allow]]` in runward.toml allows nothing any more.",
    why: "What it allowed was mended, or its step was written anew and has another name. Left there, it would one day hide a finding nobody has looked at.",
    wrong: "",
    right: "",
    check: None,
};

/// A finding that is known and wanted so.
#[derive(Clone, Debug, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct Allowance {
    /// The rule, by its name.
    pub rule: String,
    /// The step it is about, by its name as `runward lint` gives it.
    pub step: Option<String>,
    /// The procedure it is about, by its id; everything in it.
    pub procedure: Option<String>,
    /// The document it is about, by its path; everything in it.
    pub document: Option<String>,
    /// Why it may stay.
    pub reason: String,
}

/// Refuses what allows nothing that there is, or says no reason.
/// # Errors
/// The first such entry.
pub(crate) fn accept(allowances: &[Allowance]) -> Result<(), Refused> {
    for (at, allowance) in allowances.iter().enumerate() {
        let at = at.to_string();
        let refuse =
            |key: &str, message: String, help: String| Refused::new(&["lint", "allow", &at, key], message, help);
        if !kinds().iter().any(|kind| kind.id == allowance.rule) {
            let known: Vec<&str> = kinds().iter().map(|kind| kind.id).collect();
            let message = format!("there is no rule `{}`", allowance.rule);
            return Err(refuse("rule", message, near::help(&allowance.rule, &known)));
        }
        if allowance.reason.trim().is_empty() {
            let help = "say why it may stay: others will read it";
            return Err(refuse("reason", "a finding is allowed without a reason".into(), help.into()));
        }
    }
    Ok(())
}

/// Takes the findings that are allowed out, and reports what allows nothing.
pub(crate) fn apply(runbook: &mut Runbook, scope: &Scope<'_>, corrections: &Corrections<'_>) {
    let allowances = &corrections.overrides.allowances;
    if allowances.is_empty() {
        return;
    }
    let mut used = vec![false; allowances.len()];
    let findings = std::mem::take(&mut runbook.findings);
    let owners = Owners::of(runbook);
    let (mut kept, mut suppressed) = (Vec::new(), Vec::new());
    for finding in findings {
        let mut reason = None;
        for (allowance, used) in allowances.iter().zip(&mut used) {
            if allowance.is_about(&finding, &owners, corrections) {
                *used = true;
                reason.get_or_insert(allowance.reason.trim());
            }
        }
        match reason {
            Some(reason) => suppressed.push(Suppressed { finding, reason: reason.to_owned() }),
            None => kept.push(finding),
        }
    }
    // Where only some of the documents were read, it may be about another one.
    let unused = used.iter().enumerate().filter(|(_, used)| corrections.whole && !**used).map(|(at, _)| at);
    kept.extend(unused.filter_map(|at| report(&allowances[at], at, scope, corrections)));
    runbook.findings = kept;
    runbook.suppressed = suppressed;
}

fn report(allowance: &Allowance, at: usize, scope: &Scope<'_>, corrections: &Corrections<'_>) -> Option<Finding> {
    // A rule that was not applied for want of a repository or a host has found nothing either.
    let kind = kinds().into_iter().find(|kind| kind.id == allowance.rule)?;
    if !scope.meets(kind.needs) {
        return None;
    }
    let about = [("step", &allowance.step), ("procedure", &allowance.procedure), ("document", &allowance.document)];
    let about = about.iter().find_map(|(what, name)| Some(format!(" about the {what} `{}`", name.as_ref()?)));
    let message = format!("{} finds nothing{} to allow any more", allowance.rule, about.unwrap_or_default());
    let help = "take this entry out; if its step was written anew, look at the step and name it again";
    let source = (corrections.place)(&["lint", "allow", &at.to_string()]);
    Some(Finding::new(&CF01, source, message, help))
}

/// Which procedure each finding is about.
struct Owners<'r> {
    steps: HashMap<&'r str, &'r str>,
    /// Procedures by the file and the lines they stand on.
    places: Vec<(&'r str, u32, u32, &'r str)>,
}

impl<'r> Owners<'r> {
    fn of(runbook: &'r Runbook) -> Owners<'r> {
        let steps = runbook.procedures.iter().flat_map(|p| p.steps.iter().map(|s| (s.id.as_str(), p.id.as_str())));
        let place = |p: &'r Procedure| (&*p.source.file, p.source.line, p.source.end_line, p.id.as_str());
        Owners { steps: steps.collect(), places: runbook.procedures.iter().map(place).collect() }
    }

    /// Whether a finding is about a procedure: about one of its steps, or about a line of it.
    fn includes(&self, finding: &Finding, procedure: &str) -> bool {
        match finding.step.as_ref().and_then(|step| self.steps.get(step.as_str())) {
            Some(owner) => *owner == procedure,
            None => self.places.iter().any(|(file, first, last, id)| {
                *id == procedure && *file == &*finding.source.file && (*first..=*last).contains(&finding.source.line)
            }),
        }
    }
}

impl Allowance {
    fn is_about(&self, finding: &Finding, owners: &Owners<'_>, corrections: &Corrections<'_>) -> bool {
        finding.rule == self.rule.as_str()
            && self.step.as_ref().is_none_or(|step| finding.step.as_ref().is_some_and(|s| s.as_str() == step))
            && self.procedure.as_ref().is_none_or(|id| owners.includes(finding, id))
            && self.document.as_ref().is_none_or(|name| corrections.document(name) == &*finding.source.file)
    }
}
