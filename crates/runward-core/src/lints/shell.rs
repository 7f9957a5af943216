//! Commands that a shell does not understand.

use super::{Kind, Place};
use crate::runbook::{Finding, Level};

pub(super) const SH01: Kind = Kind {
    id: "SH01",
    level: Level::Error,
    what: "A command is not valid shell, even with its placeholders filled in.",
    why: "It fails at the moment it is needed. Runward treats it as a step done by hand.",
};

pub(super) fn check(at: &Place<'_>) -> Option<Finding> {
    let why = at.command.unparsable.as_deref()?;
    Some(Finding {
        rule: SH01.id.into(),
        level: SH01.level,
        message: format!("this is not a valid shell command: {}", why.lines().next().unwrap_or(why)),
        help: "close its quotes and brackets, or move text that is no command out of the shell block".into(),
        source: at.source(),
    })
}
