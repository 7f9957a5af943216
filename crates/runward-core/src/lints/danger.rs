//! Commands that take something away.

use super::{Kind, Needs, Place};
use crate::command::impact::Impact;
use crate::runbook::{Finding, Level};

pub(super) const KINDS: &[Kind] = &[SF01];

const SF01: Kind = Kind {
    id: "SF01",
    level: Level::Error,
    needs: Needs::Document,
    what: "A step destroys something that does not come back by itself.",
    why: "It is pasted by somebody tired, often as one line among harmless ones. Runward runs it only after its target was typed.",
    wrong: "# Ops\n\n## Web down\n\n**Fix:**\n```bash\ndf -h\nrm -rf /srv/cache\n```\n",
    right: "# Ops\n\n## Web down\n\n**Fix:**\n```bash\ndf -h\n```\n",
    check: Some(|context, found| found.extend(context.places.iter().filter_map(look))),
};

fn look(at: &Place<'_>) -> Option<Finding> {
    if at.command.impact != Impact::Destructive {
        return None;
    }
    let short = at.command.text.lines().next().unwrap_or_default();
    let message = format!("`{short}` is destructive: it {}", at.command.why);
    let help = "say above it what must be true first and how to undo it; Runward asks for the target's name before it runs this";
    Some(at.finding(&SF01, message, help))
}
