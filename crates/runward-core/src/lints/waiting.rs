//! Commands that wait: for a person, for ever, for another host, or for a folder and rights that nobody said.

mod asks;
pub(super) mod clients;
mod ends;
mod folders;
mod hosts;
mod network;
mod rights;

use super::{Kind, Needs};
use crate::runbook::Level;

pub(super) const KINDS: &[Kind] = &[EX01, EX02, EX03, EX04, EX05, EX06, EX07];

const EX01: Kind = Kind {
    id: "EX01",
    level: Level::Warning,
    needs: Needs::Document,
    what: "A command needs somebody at a terminal or never ends: `top`, an editor, a log that is followed.",
    why: "A program that runs the step waits for it until its time is over, and of several lines that are pasted those \
          behind it are taken for keys. Most such commands have a form that shows the same once and ends.",
    wrong: "# Ops\n\n## Web slow\n\n**Diagnose:**\n```bash\ntop\n```\n",
    right: "# Ops\n\n## Web slow\n\n**Diagnose:**\n```bash\ntop -b -n1 | head -20\n```\n",
    check: Some(ends::check),
};

const EX02: Kind = Kind {
    id: "EX02",
    level: Level::Warning,
    needs: Needs::Document,
    what: "A command asks a question before it works: `apt install` without `-y`, `mysql -p` without a password.",
    why: "Where no terminal is, it waits or gives up; and of several lines that are pasted the next one is taken for the \
          answer. Where it asks because it destroys something, the question belongs into the text above it.",
    wrong: "# Ops\n\n## Disk full\n\n**Fix:**\n```bash\nsudo apt install ncdu\n```\n",
    right: "# Ops\n\n## Disk full\n\n**Fix:**\n```bash\nsudo apt -y install ncdu\n```\n",
    check: Some(asks::check),
};

const EX03: Kind = Kind {
    id: "EX03",
    level: Level::Warning,
    needs: Needs::Document,
    what: "A block goes to another host by a bare `ssh`, or names a host of which the runbook does not say which machine \
           it is.",
    why: "What stands below a bare `ssh` runs there only if it is typed there. A script that holds the block runs it on \
          this machine once the session is over. An alias works only for whoever has it in their own settings.",
    wrong: "# Ops\n\n## Web down\n\n**Diagnose:**\n```bash\nssh web1\nuptime\n```\n",
    right: "# Ops\n\n| Host | Address |\n|---|---|\n| `web1` | 10.0.0.5 |\n\n## Web down\n\n**Diagnose:**\n```bash\nssh web1 uptime\n```\n",
    check: Some(hosts::check),
};

const EX04: Kind = Kind {
    id: "EX04",
    level: Level::Info,
    needs: Needs::Document,
    what: "Commands depend on the folder they are run in, and nothing says which.",
    why: "`docker compose` and `git` act on what lies in the present folder or above it. Somewhere else they fail, or act \
          on something else.",
    wrong: "# Ops\n\n## Web down\n\n**Fix:**\n```bash\ndocker compose restart web\n```\n",
    right: "# Ops\n\n## Web down\n\n**Fix:**\n```bash\ncd /srv/web\ndocker compose restart web\n```\n",
    check: Some(folders::check),
};

const EX05: Kind = Kind {
    id: "EX05",
    level: Level::Info,
    needs: Needs::Document,
    what: "Commands need another user's rights, and nothing says who has them.",
    why: "Without them the step fails when it is needed. `sudo` that asks for a password waits where nobody types one.",
    wrong: "# Ops\n\n## Web down\n\n**Fix:**\n```bash\nsystemctl restart web\n```\n",
    right: "# Ops\n\nAll commands are run as root.\n\n## Web down\n\n**Fix:**\n```bash\nsystemctl restart web\n```\n",
    check: Some(rights::check),
};

const EX06: Kind = Kind {
    id: "EX06",
    level: Level::Info,
    needs: Needs::Document,
    what: "A command asks another host and sets no limit for the answer.",
    why: "A host that takes the connection and then says nothing is what one looks for in trouble: `curl` waits for it \
          without end.",
    wrong: "# Ops\n\n## Web down\n\n**Diagnose:**\n```bash\ncurl -f http://localhost:8080/health\n```\n",
    right: "# Ops\n\n## Web down\n\n**Diagnose:**\n```bash\ncurl --max-time 10 -f http://localhost:8080/health\n```\n",
    check: Some(network::check),
};

const EX07: Kind = Kind {
    id: "EX07",
    level: Level::Warning,
    needs: Needs::Document,
    what: "A database client or an interpreter is opened without anything to do.",
    why: "It waits for somebody to type. Where the block is run as a script, the statements below it go to the shell, \
          which takes their first words for programs.",
    wrong: "# Ops\n\n## Table locked\n\n**Diagnose:**\n```bash\npsql shop\nSELECT pid, query FROM pg_stat_activity;\n```\n",
    right: "# Ops\n\n## Table locked\n\n**Diagnose:**\n```bash\npsql shop -c 'SELECT pid, query FROM pg_stat_activity;'\n```\n",
    check: Some(clients::check),
};
