//! What is known of the world around the documents, for the rules that need it.

use jiff::civil::Date;

use super::Needs;

/// What is known besides the documents.
#[derive(Clone, Copy, Debug, Default)]
pub struct Scope<'s> {
    /// What day it is.
    pub today: Option<Date>,
    _later: std::marker::PhantomData<&'s ()>,
}

impl Scope<'_> {
    /// Whether a rule that needs this can be applied.
    pub fn meets(&self, needs: Needs) -> bool {
        match needs {
            Needs::Document => true,
            Needs::Today => self.today.is_some(),
            Needs::Repo | Needs::Host | Needs::History => false,
        }
    }
}
