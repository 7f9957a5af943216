//! Which machine a command is for.

use std::collections::{HashMap, HashSet};

use super::super::{Context, Place};
use super::EX03;
use crate::runbook::fence::FenceType;
use crate::runbook::markdown::{Block, Inlines, Kind};
use crate::runbook::{Finding, ssh_login};

/// What is known of a host that commands go to.
struct Target<'c> {
    place: &'c Place<'c>,
    /// Its name, as written.
    name: String,
    /// In how many blocks a bare `ssh` goes there with commands below it.
    blocks: usize,
    /// How many commands stand below the first of them.
    below: usize,
}

pub(super) fn check(context: &Context<'_>, found: &mut Vec<Finding>) {
    let fences = context.fences();
    let mut targets: Vec<Target<'_>> = Vec::new();
    let mut known: HashMap<(&str, String), usize> = HashMap::new();
    for place in &context.places {
        let Some((name, bare)) = goes_to(place) else { continue };
        let block = fences.around(place).filter(|_| bare);
        let below = block.map_or(0, |at| {
            let places = fences.places(at);
            places.len() - places.partition_point(|other| other.command.line <= place.command.line)
        });
        let at = *known.entry((&*place.step.source.file, bare_name(&name).to_owned())).or_insert_with(|| {
            targets.push(Target { place, name: name.clone(), blocks: 0, below: 0 });
            targets.len() - 1
        });
        let target = &mut targets[at];
        target.blocks += usize::from(below > 0);
        if below > 0 && target.below == 0 {
            (target.place, target.name, target.below) = (place, name, below);
        }
    }
    let listed = context.runbook.hosts.iter().filter(|host| host.address.is_some()).map(|host| host.name.as_str());
    let listed: HashSet<&str> = listed.collect();
    let mut explained: HashMap<&str, HashSet<String>> = HashMap::new();
    for target in &targets {
        let file = &*target.place.step.source.file;
        let names = explained.entry(file).or_insert_with(|| named(context, file));
        found.extend(told(target, &listed, names));
    }
}

fn told(target: &Target<'_>, listed: &HashSet<&str>, explained: &HashSet<String>) -> Option<Finding> {
    let name = bare_name(&target.name);
    let strange = is_alias(name) && !listed.contains(name) && !explained.contains(name);
    let again = match target.blocks {
        0 | 1 => String::new(),
        2 => ", and another block begins so".to_owned(),
        more => format!(", and {} other blocks begin so", more - 1),
    };
    let (message, help) = match (target.blocks > 0, strange) {
        (false, false) => return None,
        (true, false) => (
            format!("run as a script, what stands below `ssh {}` runs here and not there{again}", target.name),
            format!("write `ssh {} 'command'`, or hand the commands over with `<<'EOF'`", target.name),
        ),
        (true, true) => (
            format!(
                "run as a script, what stands below `ssh {}` runs here and not there{again}; nothing says which machine `{name}` is",
                target.name
            ),
            format!("write `ssh {} 'command'`, and name `{name}` with its address in a table of hosts", target.name),
        ),
        (false, true) => (
            format!("nothing in the runbook says which machine `{name}` is"),
            format!("name `{name}` with its address in a table of hosts: the alias is known only where it was set up"),
        ),
    };
    Some(target.place.finding(&EX03, message, help))
}

/// The host a command goes to as it is written, and whether by a bare `ssh`.
fn goes_to(place: &Place<'_>) -> Option<(String, bool)> {
    let text = place.command.text.as_str();
    if !["ssh", "scp", "rsync"].iter().any(|program| text.contains(program)) {
        return None;
    }
    if let Some(host) = ssh_login(text) {
        return Some((host, true));
    }
    let commands = place.command.effective();
    if let Some(host) = commands.iter().find_map(|c| c.around.host.as_ref()) {
        let written = if host.span.is_empty() { host.text.as_str() } else { text.get(host.span.clone())? };
        return (!host.dynamic).then(|| (written.to_owned(), false));
    }
    let copies = commands.iter().find(|c| matches!(c.program(), "scp" | "rsync"))?;
    let remote = copies.args().iter().filter(|w| !w.dynamic && !w.text.starts_with(['-', '/', '.'])).find_map(|w| {
        let (host, _) = text.get(w.span.clone())?.trim_matches(['"', '\'']).split_once(':')?;
        (!host.contains('/') && !host.is_empty() && !host.eq_ignore_ascii_case("rsync")).then(|| host.to_owned())
    })?;
    Some((remote, false))
}

fn bare_name(name: &str) -> &str {
    name.rsplit_once('@').map_or(name, |(_, host)| host)
}

/// A name that only settings of ssh explain: no address, no name of the network, nothing to fill in.
fn is_alias(name: &str) -> bool {
    !name.is_empty()
        && !["localhost", "hostname", "host", "server", "remote", "target"].contains(&name)
        && name.chars().all(|c| c.is_ascii_alphanumeric() || c == '-' || c == '_')
        && !name.chars().all(|c| c.is_ascii_uppercase() || c == '_')
        && !["your-", "my-"].iter().any(|start| name.starts_with(start))
}

/// Names that a document tells about: set as code or alone in a cell, bold, or below `Host` in settings of ssh.
fn named(context: &Context<'_>, file: &str) -> HashSet<String> {
    let mut names = HashSet::new();
    for text in context.texts.iter().filter(|text| text.lines.file() == file) {
        gather(&text.blocks, &mut names);
    }
    for block in context.fences().all.iter().filter(|b| b.text.lines.file() == file && b.kind != FenceType::Shell) {
        let hosts = block.fence.lines.iter().filter_map(|line| line.text.trim().strip_prefix("Host "));
        names.extend(hosts.flat_map(str::split_whitespace).map(str::to_owned));
    }
    names
}

fn gather(blocks: &[Block], names: &mut HashSet<String>) {
    let mut set_apart = |text: &Inlines| {
        let apart = text.0.iter().filter(|i| i.code || i.strong);
        names.extend(apart.map(|i| i.text.trim_matches([' ', ':']).to_owned()).filter(|name| is_alias(name)));
    };
    for block in blocks {
        match &block.kind {
            Kind::Paragraph(text) | Kind::Heading(_, text) => set_apart(text),
            Kind::Table(table) => {
                for cell in table.rows.iter().flat_map(|row| &row.cells) {
                    set_apart(cell);
                }
            }
            _ => {}
        }
    }
    for block in blocks {
        match &block.kind {
            Kind::Table(table) => {
                let cells = table.rows.iter().flat_map(|row| &row.cells).map(Inlines::plain);
                names.extend(cells.filter(|cell| is_alias(cell)));
            }
            Kind::List(list) => list.items.iter().for_each(|item| gather(&item.blocks, names)),
            Kind::Quote(inner) => gather(inner, names),
            _ => {}
        }
    }
}
