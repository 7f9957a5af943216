//! Commands that a shell does not understand, or takes for something else than was meant.

mod bashism;
mod order;
mod outdated;
mod repeat;
mod values;
mod variables;

use std::collections::HashMap;

use super::{Context, Kind, Needs, Place};
use crate::runbook::{Finding, Level};

pub(super) const KINDS: &[Kind] = &[SH01, SH02, SH03, SH04, SH05, SH06, SH07];

const SH01: Kind = Kind {
    id: "SH01",
    level: Level::Error,
    needs: Needs::Document,
    what: "A command is not valid shell, even with its placeholders filled in.",
    why: "It fails at the moment it is needed. Runward treats it as a step done by hand.",
    wrong: "# Ops\n\n## Web down\n\n**Fix:**\n```bash\necho 'open\n```\n",
    right: "# Ops\n\n## Web down\n\n**Fix:**\n```bash\necho 'closed'\n```\n",
    check: Some(invalid),
};

const SH02: Kind = Kind {
    id: "SH02",
    level: Level::Warning,
    needs: Needs::Document,
    what: "Commands for `sh` use what only bash understands.",
    why: "On Debian and Ubuntu `sh` is dash, in small containers it is ash. There `{a,b}` is one odd name, `[[` is no \
          command, and an array ends the script.",
    wrong: "# Ops\n\n## Web down\n\n**Diagnose:**\n```sh\nsystemctl status web-{eu,us}\n```\n",
    right: "# Ops\n\n## Web down\n\n**Diagnose:**\n```bash\nsystemctl status web-{eu,us}\n```\n",
    check: Some(bashism::check),
};

const SH03: Kind = Kind {
    id: "SH03",
    level: Level::Warning,
    needs: Needs::Document,
    what: "Commands that build on each other are run one after the other whatever comes of them, or a service is stopped \
           for some work and only started again if that work goes well.",
    why: "A shell goes on behind a command that failed: it restarts what was not built, changes what was not saved, and \
          deletes in the folder it did not leave. A service that was stopped stays down where the work behind it fails.",
    wrong: "# Ops\n\n## Move the data\n\n```bash\nsystemctl stop web\ntar czf /srv/web.tgz /srv/web\nsystemctl start web\n```\n",
    right: "# Ops\n\n## Move the data\n\n```bash\n(\n  trap 'systemctl start web' EXIT\n  systemctl stop web && tar czf /srv/web.tgz /srv/web\n)\n```\n",
    check: Some(order::check),
};

const SH04: Kind = Kind {
    id: "SH04",
    level: Level::Warning,
    needs: Needs::Document,
    what: "A variable is used that nothing in the runbook sets or explains.",
    why: "A shell puts nothing in the place of a variable that is not set: `rm -rf $DIR/` then means `rm -rf /`, and a \
          password is empty.",
    wrong: "# Ops\n\n## Web down\n\n**Diagnose:**\n```bash\npsql \"$SHOP_DB\" -c 'SELECT 1'\n```\n",
    right: "# Ops\n\n`SHOP_DB` is set in `/etc/shop/env`: `. /etc/shop/env`\n\n## Web down\n\n**Diagnose:**\n```bash\npsql \"$SHOP_DB\" -c 'SELECT 1'\n```\n",
    check: Some(variables::check),
};

const SH05: Kind = Kind {
    id: "SH05",
    level: Level::Warning,
    needs: Needs::Document,
    what: "The name of a variable stands where its value is meant: `Bearer NEW_TOKEN`.",
    why: "The command takes the word itself: it looks for what is not there, or sends it as a password, and often \
          succeeds all the same.",
    wrong: "# Ops\n\n## Ask with the new token\n\n```bash\nNEW_TOKEN=$(cat /etc/shop/token)\ncurl -H 'Authorization: Bearer NEW_TOKEN' http://localhost:8000/\n```\n",
    right: "# Ops\n\n## Ask with the new token\n\n```bash\nNEW_TOKEN=$(cat /etc/shop/token)\ncurl -H \"Authorization: Bearer $NEW_TOKEN\" http://localhost:8000/\n```\n",
    check: Some(values::check),
};

const SH06: Kind = Kind {
    id: "SH06",
    level: Level::Warning,
    needs: Needs::Document,
    what: "A command does something else when it is run for the second time: a folder is moved into its copy, a line is \
           added again.",
    why: "Procedures are begun anew after a mistake. `mv app app-old` moves the new folder into the old one where that is \
          still there, and says nothing.",
    wrong: "# Ops\n\n## Bad release\n\n**Fix:**\n```bash\nmv /srv/shop /srv/shop-broken\n```\n",
    right: "# Ops\n\n## Bad release\n\n**Fix:**\n```bash\nmv -T /srv/shop /srv/shop-broken\n```\n",
    check: Some(repeat::check),
};

const SH07: Kind = Kind {
    id: "SH07",
    level: Level::Info,
    needs: Needs::Document,
    what: "A program or an option is out of use, is on few machines, or does not do what its name says.",
    why: "On a machine that was set up anew the command is not there when it is needed.",
    wrong: "# Ops\n\n## Web down\n\n**Diagnose:**\n```bash\nnetstat -tlnp\n```\n",
    right: "# Ops\n\n## Web down\n\n**Diagnose:**\n```bash\nss -tlnp\n```\n",
    check: Some(outdated::check),
};

/// With more lines than this that are no shell, a block is told of once.
const MOST_OF_BLOCK: usize = 3;

fn invalid(context: &Context<'_>, found: &mut Vec<Finding>) {
    let fences = context.fences();
    let mut of_block: HashMap<usize, (usize, usize)> = HashMap::new();
    let mut findings: Vec<(Finding, Option<usize>)> = Vec::new();
    for place in &context.places {
        let Some(finding) = look(place) else { continue };
        let block = fences.around(place);
        if let Some(block) = block {
            of_block.entry(block).or_insert((findings.len(), 0)).1 += 1;
        }
        findings.push((finding, block));
    }
    for (at, (mut finding, block)) in findings.into_iter().enumerate() {
        match block.and_then(|block| of_block.get(&block)) {
            Some((first, count)) if *count > MOST_OF_BLOCK && *first != at => continue,
            Some((_, count)) if *count > MOST_OF_BLOCK => {
                finding.message.push_str(&format!("; nor are {} other lines of this block", count - 1));
            }
            _ => {}
        }
        found.push(finding);
    }
}

fn look(at: &Place<'_>) -> Option<Finding> {
    let why = at.command.unparsable.as_deref()?;
    let message = format!("this is not a valid shell command: {}", why.lines().next().unwrap_or(why));
    let help = "close its quotes and brackets, or move text that is no command out of the shell block";
    Some(at.finding(&SH01, message, help))
}
