//! How blocks and procedures are put together: what stands in one block, in which order, and what only a comment says.

mod comments;
mod order;

use super::{Kind, Needs};
use crate::runbook::Level;

pub(super) const KINDS: &[Kind] = &[ST01, ST02, ST03, ST04, ST05];

const ST01: Kind = Kind {
    id: "ST01",
    level: Level::Warning,
    needs: Needs::Document,
    what: "Commands that look and a command that changes something stand in one block, or a change stands where one is \
           told to look.",
    why: "What only looks can be run at any time, also by a program. Where a restart stands behind it in the same block, \
          whoever pastes the block to see what is wrong has restarted already, and what could be seen is gone.",
    wrong: "# Ops\n\n## Web down\n\n**Fix:**\n```bash\nsystemctl status web\njournalctl -u web -n 50\nsystemctl restart web\n```\n",
    right: "# Ops\n\n## Web down\n\n**Diagnose:**\n```bash\nsystemctl status web\njournalctl -u web -n 50\n```\n\n\
            **Fix:**\n```bash\nsystemctl restart web\n```\n",
    check: Some(order::mixed),
};

const ST02: Kind = Kind {
    id: "ST02",
    level: Level::Warning,
    needs: Needs::Document,
    what: "A block holds what is to be done only under a condition, or one of several ways to do it, beside other commands.",
    why: "A shell does not read `# If …`: pasted as it stands, the block runs every branch one after the other.",
    wrong: "# Ops\n\n## Web down\n\n**Fix:**\n```bash\nsystemctl restart web\n\n# If the cache is broken\nrm -rf /srv/web/cache\n```\n",
    right: "# Ops\n\n## Web down\n\n**Fix:**\n```bash\nsystemctl restart web\n```\n\n\
            If the cache is broken:\n```bash\nrm -rf /srv/web/cache\n```\n",
    check: Some(comments::branches),
};

const ST03: Kind = Kind {
    id: "ST03",
    level: Level::Info,
    needs: Needs::Document,
    what: "Something a person must do stands only in a comment of a code block.",
    why: "Whoever runs the block, by hand or by a program, sees it end well and takes the step for done.",
    wrong: "# Ops\n\n## Web slow\n\n**Fix:**\n```bash\n# Edit /etc/web.conf and double the workers\n\n# Restart\nsystemctl restart web\n```\n",
    right: "# Ops\n\n## Web slow\n\n**Fix:**\n\n1. Edit `/etc/web.conf` and double the workers.\n2. Restart:\n   ```bash\n   systemctl restart web\n   ```\n",
    check: Some(comments::manual),
};

const ST04: Kind = Kind {
    id: "ST04",
    level: Level::Info,
    needs: Needs::Document,
    what: "The numbers of a block's comments leave one out or have one twice.",
    why: "Either a step was lost, or people will talk of different ones by the same number.",
    wrong: "# Ops\n\n## Web down\n\n**Fix:**\n```bash\n# 1. Stop it\nsystemctl stop web\n\n# 3. Start it\nsystemctl start web\n```\n",
    right: "# Ops\n\n## Web down\n\n**Fix:**\n```bash\n# 1. Stop it\nsystemctl stop web\n\n# 2. Start it\nsystemctl start web\n```\n",
    check: Some(comments::numbers),
};

const ST05: Kind = Kind {
    id: "ST05",
    level: Level::Warning,
    needs: Needs::Document,
    what: "A procedure changes something before it looks, says how trouble shows itself but not what to do, or says what \
           to do but not when.",
    why: "Under stress one works from top to bottom. What stands too late is not seen, and a page that does not say for \
          which trouble it is, or ends where the work begins, is not found or of no use.",
    wrong: "# Ops\n\n## Web down\n\n**Symptom:** no answer\n\n**Fix:**\n```bash\nsystemctl restart web\n```\n\n\
            **Diagnose:**\n```bash\njournalctl -u web -n 50\n```\n",
    right: "# Ops\n\n## Web down\n\n**Symptom:** no answer\n\n**Diagnose:**\n```bash\njournalctl -u web -n 50\n```\n\n\
            **Fix:**\n```bash\nsystemctl restart web\n```\n",
    check: Some(order::procedures),
};
