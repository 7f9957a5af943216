//! Placeholders in commands: what a tired person would paste as it stands.

use super::{Kind, Needs, Place};
use crate::command::placeholder::{self, ParamKind};
use crate::runbook::{Finding, Level};

pub(super) const KINDS: &[Kind] = &[PH01];

const PH01: Kind = Kind {
    id: "PH01",
    level: Level::Error,
    needs: Needs::Document,
    what: "A command holds a placeholder that must be replaced before it works.",
    why: "Pasted as it stands, `<name>` is a redirection and `[name]` a glob: the shell does something else. Runward asks for the value instead.",
    wrong: "# Ops\n\n## Web down\n\n**Fix:**\n```bash\nsystemctl restart web-<name>\n```\n",
    right: "# Ops\n\n## Web down\n\n**Fix:**\n```bash\nsystemctl restart web-eu\n```\n",
    check: Some(|context, found| found.extend(context.places.iter().filter_map(look))),
};

fn look(at: &Place<'_>) -> Option<Finding> {
    let found = placeholder::find(&at.command.text);
    if found.is_empty() {
        return None;
    }
    let mut unique: Vec<String> = found.iter().map(|p| format!("`{}`", &at.command.text[p.span.clone()])).collect();
    unique.dedup();
    let verb = if unique.len() == 1 { "is a placeholder" } else { "are placeholders" };
    let message = format!("{} {verb}: the command does not work as it stands", unique.join(", "));
    let help = match (found.iter().find(|p| p.kind != ParamKind::Secret), at.procedure) {
        (Some(open), Some(procedure)) => {
            format!("`runward run {} --param {}=...` puts a {} in safely", procedure.id, open.name, open.kind.name())
        }
        (Some(open), None) => format!("put the {} in before you type it", open.kind.name()),
        (None, _) => "take it from an environment variable: a secret is not given to a run".into(),
    };
    Some(at.finding(&PH01, message, help))
}
