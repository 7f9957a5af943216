//! What is known of the world around the documents, for the rules that need it.

use jiff::civil::Date;

use super::Needs;
use crate::outside::{History, Host, Repo};

/// What is known besides the documents.
#[derive(Clone, Copy, Debug, Default)]
pub struct Scope<'s> {
    /// What day it is.
    pub today: Option<Date>,
    /// The team's repository.
    pub repo: Option<&'s Repo>,
    /// The machine that is described.
    pub host: Option<&'s Host>,
    /// What was run before.
    pub history: Option<&'s History>,
}

impl Scope<'_> {
    /// Whether a rule that needs this can be applied.
    pub fn meets(&self, needs: Needs) -> bool {
        match needs {
            Needs::Document => true,
            Needs::Today => self.today.is_some(),
            Needs::Repo => self.repo.is_some(),
            Needs::Host => self.host.is_some(),
            Needs::History => self.history.is_some(),
        }
    }
}
