//! What was run before, and how it went: what rules about practice look at.

use std::collections::HashMap;

use jiff::civil::Date;

use crate::id::ProcedureId;

/// The last runs of each procedure.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct History {
    /// By procedure.
    pub procedures: HashMap<ProcedureId, Ran>,
}

/// How the last runs of one procedure went.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Ran {
    /// The last run, and whether it went well.
    pub last: Option<(Date, Outcome)>,
    /// The last that went well.
    pub well: Option<Date>,
    /// The last that was practice and went well.
    pub drilled: Option<Date>,
}

/// How a run ended.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Outcome {
    /// It did what it was run for.
    Well,
    /// A step failed, or what came out was not what was expected.
    Failed,
    /// It was given up.
    Stopped,
}

impl History {
    /// Takes in one more run; they may come in any order.
    pub fn ran(&mut self, procedure: &ProcedureId, day: Date, outcome: Outcome, drill: bool) {
        let ran = self.procedures.entry(procedure.clone()).or_default();
        if ran.last.is_none_or(|(last, _)| day >= last) {
            ran.last = Some((day, outcome));
        }
        if outcome == Outcome::Well {
            ran.well = ran.well.max(Some(day));
            if drill {
                ran.drilled = ran.drilled.max(Some(day));
            }
        }
    }
}
