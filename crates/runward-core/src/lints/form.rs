//! The document's form: what Markdown makes of it, and what an editor would not show.

mod headings;
mod links;
mod numbered;
pub(super) mod tags;

use super::{Kind, Needs};
use crate::runbook::Level;

pub(super) const KINDS: &[Kind] = &[MD00, MD01, MD02, MD03, MD04, MD05, MD06, MD07, MD08, MD09];

pub(crate) const MD00: Kind = Kind {
    id: "MD00",
    level: Level::Error,
    needs: Needs::Document,
    what: "A document could not be read as Markdown at all.",
    why: "This is a defect of Runward. Nothing in the document is watched or run until it is mended.",
    wrong: "",
    right: "",
    check: None,
};

const MD01: Kind = Kind {
    id: "MD01",
    level: Level::Info,
    needs: Needs::Document,
    what: "A block of shell commands does not say that it is shell.",
    why: "What it holds must be guessed from its lines: by Runward, by editors that colour it, and by people who wonder \
          whether it is a command or what one prints.",
    wrong: "# Ops\n\n## Web down\n\n**Fix:**\n```\nsystemctl restart web\n```\n",
    right: "# Ops\n\n## Web down\n\n**Fix:**\n```bash\nsystemctl restart web\n```\n",
    check: Some(tags::untagged),
};

const MD02: Kind = Kind {
    id: "MD02",
    level: Level::Warning,
    needs: Needs::Document,
    what: "A code block holds something else than its tag says: SQL, JSON or a request in a block for the shell.",
    why: "Whoever pastes the block gives all of it to the shell, which takes the first word of each line for a program. \
          A word of a query may well be one.",
    wrong: "# Ops\n\n## Table locked\n\n**Diagnose:**\n```bash\nSELECT pid, query FROM pg_stat_activity;\n```\n",
    right: "# Ops\n\n## Table locked\n\n**Diagnose:**\n```sql\nSELECT pid, query FROM pg_stat_activity;\n```\n",
    check: Some(tags::contradicting),
};

const MD03: Kind = Kind {
    id: "MD03",
    level: Level::Info,
    needs: Needs::Document,
    what: "A numbered list is broken by a block that is not indented below its item.",
    why: "To Markdown the list ends at the block and another begins behind it. Pages show several lists instead of one, \
          often each beginning with 1, and the order of the steps is lost.",
    wrong: "# Ops\n\n## Web down\n\n1. Restart it\n```bash\nsystemctl restart web\n```\n2. Tell the team\n",
    right: "# Ops\n\n## Web down\n\n1. Restart it\n   ```bash\n   systemctl restart web\n   ```\n2. Tell the team\n",
    check: Some(numbered::broken),
};

pub(crate) const MD04: Kind = Kind {
    id: "MD04",
    level: Level::Error,
    needs: Needs::Document,
    what: "A code block is never closed, a heading stands inside of one, or a heading stands twice in the same place.",
    why: "Everything behind an open block is read as code: procedures, tables and headings disappear. It is also what a \
          half-written file looks like. Of two headings with the same words, links reach only the first.",
    wrong: "# Ops\n\n## Web down\n\n**Fix:**\n```bash\nsystemctl restart web\n",
    right: "# Ops\n\n## Web down\n\n**Fix:**\n```bash\nsystemctl restart web\n```\n",
    check: Some(headings::check),
};

const MD05: Kind = Kind {
    id: "MD05",
    level: Level::Warning,
    needs: Needs::Document,
    what: "A link leads to a place in this document that it does not have.",
    why: "Somebody in a hurry clicks it in the table of contents, and nothing happens. It is also how one sees that a \
          section was renamed or taken out.",
    wrong: "# Ops\n\n- [Web is down](#web-is-down)\n\n## Web down\n\nRestart it.\n",
    right: "# Ops\n\n- [Web is down](#web-down)\n\n## Web down\n\nRestart it.\n",
    check: Some(links::broken),
};

pub(crate) const MD06: Kind = Kind {
    id: "MD06",
    level: Level::Error,
    needs: Needs::Document,
    what: "A row of a table that states facts has more or fewer cells than its heading.",
    why: "Markdown pads short rows and drops extra cells in silence, so a port may be read as a unit, or an endpoint not at all.",
    wrong: "# Ops\n\n| Service | Unit | Port |\n|---|---|---|\n| web | web | 81 |\n| api | 82 |\n",
    right: "# Ops\n\n| Service | Unit | Port |\n|---|---|---|\n| web | web | 81 |\n| api | | 82 |\n",
    check: None,
};

pub(crate) const MD07: Kind = Kind {
    id: "MD07",
    level: Level::Error,
    needs: Needs::Document,
    what: "Where a port should stand, there is a number that no port can have.",
    why: "Nothing would watch the service on its port. Ports go from 1 to 65535.",
    wrong: "# Ops\n\n| Service | Unit | Port |\n|---|---|---|\n| web | web | 81000 |\n",
    right: "# Ops\n\n| Service | Unit | Port |\n|---|---|---|\n| web | web | 8100 |\n",
    check: None,
};

pub(crate) const MD08: Kind = Kind {
    id: "MD08",
    level: Level::Error,
    needs: Needs::Document,
    what: "Two rows of the inventory have the same name.",
    why: "Only the first is a service; what the second says is watched under no name at all.",
    wrong: "# Ops\n\n| Service | Unit | Port |\n|---|---|---|\n| web | a | 81 |\n| web | b | 82 |\n",
    right: "# Ops\n\n| Service | Unit | Port |\n|---|---|---|\n| web-a | a | 81 |\n| web-b | b | 82 |\n",
    check: None,
};

pub(crate) const MD09: Kind = Kind {
    id: "MD09",
    level: Level::Warning,
    needs: Needs::Document,
    what: "The document holds characters that no editor shows.",
    why: "They come from a damaged file or from a terminal, break names and commands, and nobody sees them.",
    wrong: "# Ops\n\n## Web down\n\nRestart\u{7} it.\n",
    right: "# Ops\n\n## Web down\n\nRestart it.\n",
    check: None,
};
