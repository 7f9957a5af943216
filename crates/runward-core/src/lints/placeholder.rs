//! Placeholders and samples in commands: what a tired person would paste as it stands.

mod samples;
mod spellings;

use super::{Kind, Needs, Place};
use crate::command::placeholder::{self, ParamKind};
use crate::runbook::{Finding, Level, StepKind};

pub(super) const KINDS: &[Kind] = &[PH01, PH02, PH03];

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

const PH02: Kind = Kind {
    id: "PH02",
    level: Level::Warning,
    needs: Needs::Document,
    what: "A command that changes something holds a value from an example: a date, a process id, a revision, an address.",
    why: "It looks as if it were right, and was right once. Pasted on another day it restores the wrong backup, kills \
          another process or goes back to the wrong revision, and says nothing.",
    wrong: "# Ops\n\n## Lost orders\n\n**Fix:**\n```bash\ngunzip -c /srv/backup/orders-2024-03-01.sql.gz > /tmp/orders.sql\n```\n",
    right: "# Ops\n\n## Lost orders\n\n**Fix:**\n```bash\ngunzip -c /srv/backup/orders-<date>.sql.gz > /tmp/orders.sql\n```\n",
    check: Some(|context, found| found.extend(context.places.iter().filter_map(samples::look))),
};

const PH03: Kind = Kind {
    id: "PH03",
    level: Level::Info,
    needs: Needs::Document,
    what: "One value that is to be put in is spelled in several ways: `<service>` here and `<service-name>` there.",
    why: "People wonder whether two things are meant, and a form asks for the same thing twice.",
    wrong: "# Ops\n\n## Web down\n\n**Fix:**\n```bash\nsystemctl restart web-<region>\njournalctl -u web-<region-name> -n 50\n```\n",
    right: "# Ops\n\n## Web down\n\n**Fix:**\n```bash\nsystemctl restart web-<region>\njournalctl -u web-<region> -n 50\n```\n",
    check: Some(spellings::check),
};

/// `Start command pattern: …`, `Backup method: …`: what is told about commands elsewhere, which nobody types.
fn describes(at: &Place<'_>) -> bool {
    const LABELS: &[&str] = &["pattern", "method", "format", "syntax", "convention", "schema"];
    let label = at.step.title.split_once(':').map_or("", |(label, _)| label).to_lowercase();
    at.step.kind == StepKind::Sample && label.rsplit(' ').next().is_some_and(|last| LABELS.contains(&last))
}

fn look(at: &Place<'_>) -> Option<Finding> {
    if at.command.params.is_empty() || describes(at) {
        return None;
    }
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
            format!("`runward run {} --param {}=...` puts the {} in safely", procedure.id, open.name, open.kind.name())
        }
        (Some(open), None) => format!("put the {} in before you type it", open.kind.name()),
        (None, _) => "take it from an environment variable: a secret is not given to a run".into(),
    };
    Some(at.finding(&PH01, message, help))
}
