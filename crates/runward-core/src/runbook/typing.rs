//! What is typed where: every step of a document by the place it stands at.

use std::ops::Range;

use super::step::Step;

/// The steps of a document in the order they stand.
#[derive(Debug)]
pub(super) struct Typing<'r> {
    steps: Vec<&'r Step>,
}

impl<'r> Typing<'r> {
    pub fn of(steps: impl Iterator<Item = &'r Step>) -> Typing<'r> {
        let mut steps: Vec<&Step> = steps.filter(|step| !step.commands.is_empty()).collect();
        steps.sort_by_key(|step| step.source.span.start);
        Typing { steps }
    }

    /// Those that begin within these bytes.
    pub fn within(&self, span: Range<usize>) -> &[&'r Step] {
        let from = self.steps.partition_point(|step| step.source.span.start < span.start);
        let to = self.steps.partition_point(|step| step.source.span.start < span.end);
        &self.steps[from..to.max(from)]
    }

    /// All of them.
    pub fn all(&self) -> &[&'r Step] {
        &self.steps
    }
}
