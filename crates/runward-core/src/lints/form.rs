//! The document's form: what Markdown makes of it, and what an editor would not show.

use super::{Kind, Needs};
use crate::runbook::Level;

pub(super) const KINDS: &[Kind] = &[MD00, MD04, MD06, MD07, MD08, MD09];

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

pub(crate) const MD04: Kind = Kind {
    id: "MD04",
    level: Level::Error,
    needs: Needs::Document,
    what: "A code block is never closed.",
    why: "Everything behind it is read as code: procedures, tables and headings disappear. It is also what a half-written file looks like.",
    wrong: "# Ops\n\n## Web down\n\n**Fix:**\n```bash\nsystemctl restart web\n",
    right: "# Ops\n\n## Web down\n\n**Fix:**\n```bash\nsystemctl restart web\n```\n",
    check: None,
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
