//! Commands that take something away.

use super::{Kind, Place};
use crate::command::impact::Impact;
use crate::runbook::{Finding, Level};

pub(super) const SF01: Kind = Kind {
    id: "SF01",
    level: Level::Error,
    what: "A step destroys something that does not come back by itself.",
    why: "It is pasted by somebody tired, often as one line among harmless ones. Runward runs it only after its target was typed.",
};

pub(super) fn check(at: &Place<'_>) -> Option<Finding> {
    if at.command.impact != Impact::Destructive {
        return None;
    }
    let short = at.command.text.lines().next().unwrap_or_default();
    Some(Finding {
        rule: SF01.id.into(),
        level: SF01.level,
        message: format!("`{short}` is destructive: it {}", at.command.why),
        help: "say above it what must be true first and how to undo it; Runward asks for the target's name before it runs this".into(),
        source: at.source(),
    })
}
