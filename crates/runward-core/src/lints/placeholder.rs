//! Placeholders in commands: what a tired person would paste as it stands.

use super::{Kind, Place};
use crate::command::placeholder::{self, ParamKind};
use crate::runbook::{Finding, Level};

pub(super) const PH01: Kind = Kind {
    id: "PH01",
    level: Level::Error,
    what: "A command holds a placeholder that must be replaced before it works.",
    why: "Pasted as it stands, `<name>` is a redirection and `[name]` a glob: the shell does something else. Runward asks for the value instead.",
};

pub(super) fn check(at: &Place<'_>) -> Option<Finding> {
    let found = placeholder::find(&at.command.text);
    if found.is_empty() {
        return None;
    }
    let mut unique: Vec<String> = found.iter().map(|p| format!("`{}`", &at.command.text[p.span.clone()])).collect();
    unique.dedup();
    let verb = if unique.len() == 1 { "is a placeholder" } else { "are placeholders" };
    Some(Finding {
        rule: PH01.id.into(),
        level: PH01.level,
        message: format!("{} {verb}: the command does not work as it stands", unique.join(", ")),
        help: match found.iter().find(|p| p.kind != ParamKind::Secret) {
            Some(open) => format!(
                "`runward run {} --param {}=...` puts a {} in safely",
                at.procedure.id,
                open.name,
                open.kind.name()
            ),
            None => "take it from an environment variable: a secret is not given to a run".into(),
        },
        source: at.source(),
    })
}
