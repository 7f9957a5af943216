//! Commands that a shell does not understand.

use super::{Kind, Needs, Place};
use crate::runbook::{Finding, Level};

pub(super) const KINDS: &[Kind] = &[SH01];

const SH01: Kind = Kind {
    id: "SH01",
    level: Level::Error,
    needs: Needs::Document,
    what: "A command is not valid shell, even with its placeholders filled in.",
    why: "It fails at the moment it is needed. Runward treats it as a step done by hand.",
    wrong: "# Ops\n\n## Web down\n\n**Fix:**\n```bash\necho 'open\n```\n",
    right: "# Ops\n\n## Web down\n\n**Fix:**\n```bash\necho 'closed'\n```\n",
    check: Some(|context, found| found.extend(context.places.iter().filter_map(look))),
};

fn look(at: &Place<'_>) -> Option<Finding> {
    let why = at.command.unparsable.as_deref()?;
    let message = format!("this is not a valid shell command: {}", why.lines().next().unwrap_or(why));
    let help = "close its quotes and brackets, or move text that is no command out of the shell block";
    Some(at.finding(&SH01, message, help))
}
