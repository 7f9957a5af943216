//! Sets of services that a runbook names in one place: all of them in the inventory, those that are watched, deployed,
//! backed up, asked for their status. Where one place forgets what another knows, the runbook has drifted.

mod claims;
pub(crate) mod names;
mod said;
mod typed;

use serde::{Deserialize, Serialize};

use super::{Runbook, Text};
use crate::source::{Origin, Source};
use names::Names;
pub(crate) use typed::braces;

/// What a set says of its members.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Role {
    /// They are all there is.
    Inventory,
    /// One command shows how they are.
    Status,
    /// Their ports are asked one after the other.
    Asked,
    /// They are restarted together.
    Restarted,
    /// A deployment restarts them.
    Deployed,
    /// They are restarted by hand after a deployment.
    DeployedByHand,
    /// They are watched.
    Monitored,
    /// They are not watched.
    NotMonitored,
    /// Their data is backed up.
    BackedUp,
    /// Their data is not backed up.
    NotBackedUp,
}

impl Role {
    /// The word for it in messages.
    pub fn name(self) -> &'static str {
        match self {
            Role::Inventory => "in the inventory",
            Role::Status => "shown by this status command",
            Role::Asked => "asked here",
            Role::Restarted => "restarted here",
            Role::Deployed => "deployed",
            Role::DeployedByHand => "restarted by hand",
            Role::Monitored => "monitored",
            Role::NotMonitored => "not monitored",
            Role::BackedUp => "backed up",
            Role::NotBackedUp => "not backed up",
        }
    }
}

/// How sure it is that a set means to be all there is of its kind.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Claim {
    /// The text says so, or says what a program does.
    #[default]
    Said,
    /// Commands that happen to name several.
    Typed,
    /// Commands below words such as `all services`.
    TypedAll,
}

/// One set.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct ServiceSet {
    /// What it says of its members.
    pub role: Role,
    /// Their names: those of the inventory where they have one there, else as they are written.
    pub members: Vec<String>,
    /// Whether it means to be all there is.
    #[serde(skip)]
    pub claim: Claim,
    /// Where it stands.
    pub source: Source,
}

/// Every set of the runbook, in the order of its lines within each way of saying so.
pub(super) fn read(runbook: &Runbook, texts: &[Text<'_>]) -> Vec<ServiceSet> {
    let names = Names::of(&runbook.services);
    let mut found: Vec<ServiceSet> = inventory(runbook).into_iter().collect();
    for text in texts {
        found.extend(said::read(text, runbook, &names));
    }
    let typed = typed::read(runbook, &names);
    // What a text says is restarted by hand is often typed right below it.
    let by_hand: Vec<String> =
        found.iter().filter(|set| set.role == Role::DeployedByHand).flat_map(|set| set.members.clone()).collect();
    let told = |set: &ServiceSet| set.role == Role::Deployed && set.members.iter().all(|m| by_hand.contains(m));
    found.extend(typed.into_iter().filter(|set| !told(set)));
    found
}

/// The services that a table or a list names as such.
fn inventory(runbook: &Runbook) -> Option<ServiceSet> {
    let told: Vec<_> = runbook.services.iter().filter(|s| s.source.origin != Origin::Derived).collect();
    let first = told.first()?;
    if told.len() < 2 {
        return None;
    }
    let last = told.iter().rfind(|s| s.source.file == first.source.file).unwrap_or(first);
    let (start, end) = (first.source.span.start, last.source.span.end.max(first.source.span.end));
    let source =
        Source { end_line: last.source.end_line.max(first.source.line), span: start..end, ..first.source.clone() };
    let members = told.iter().map(|s| s.name.clone()).collect();
    Some(ServiceSet { role: Role::Inventory, members, claim: Claim::Said, source })
}

#[cfg(test)]
mod tests;
