//! Where a step runs: on this machine, or on another one that is reached by SSH.

use std::collections::BTreeMap;

use serde::{Deserialize, Serialize};

use crate::command::Command;
use crate::command::placeholder::{self, Placeholder};
use crate::runbook::overrides::HostFacts;
use crate::setup::Setup;

/// Another machine, as `ssh` is told of it. What is left out is for its own configuration to say.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
pub struct Remote {
    /// What people call it: what stands behind `ssh` in the runbook.
    pub name: String,
    /// Its alias, name or address.
    pub address: String,
    /// Who logs in.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub user: Option<String>,
    /// The port of its `sshd`.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub port: Option<u16>,
    /// The file with the key that opens it.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub identity: Option<String>,
}

/// Where commands belong.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) enum Place {
    Here,
    There(Remote),
    /// Nobody can say, or not in a form that could be trusted; the reason.
    Unclear(String),
}

/// Where a step's commands belong, as one place.
pub(super) fn of(commands: &[&Command], values: &BTreeMap<String, String>, setup: &Setup) -> Place {
    let mut places = commands.iter().map(|command| of_command(command, values, setup));
    let Some(first) = places.next() else { return Place::Here };
    match places.find(|other| *other != first) {
        Some(Place::Unclear(why)) => Place::Unclear(why),
        Some(_) if !matches!(first, Place::Unclear(_)) => {
            Place::Unclear("its commands belong on different machines".into())
        }
        _ => first,
    }
}

fn of_command(command: &Command, values: &BTreeMap<String, String>, setup: &Setup) -> Place {
    let Some(host) = machine(command) else { return Place::Here };
    let filled = filled(host, values, setup);
    let spellings = [Some(host), bare(host), filled.as_deref(), filled.as_deref().and_then(bare)];
    let known = |name: &&str| setup.hosts.get(*name);
    if spellings.iter().flatten().any(|name| setup.here.iter().any(|h| h == name))
        || spellings.iter().flatten().filter_map(known).any(|facts| facts.here == Some(true))
    {
        return Place::Here;
    }
    let facts = spellings.iter().flatten().find_map(known).cloned().unwrap_or_default();
    let Some(named) = filled.or_else(|| facts.address.clone()) else {
        return Place::Unclear(format!(
            "it belongs on `{host}`, and nothing tells which machine that is: give its value, or its `address` below \
             [hosts.\"{host}\"] in runward.toml, or `here = true` if it is this one"
        ));
    };
    reached(host, &named, facts)
}

/// The machine a command belongs on, as the runbook calls it; `None` where it is the one Runward runs on.
pub fn machine_of(command: &Command, setup: &Setup) -> Option<String> {
    let here = matches!(of_command(command, &BTreeMap::new(), setup), Place::Here);
    machine(command).filter(|_| !here).map(str::to_owned)
}

/// The machine a command belongs on; a container is no machine.
fn machine(command: &Command) -> Option<&str> {
    match &command.inside {
        Some(inside) => inside.machine.as_deref(),
        None => command.host.as_deref(),
    }
}

/// The machine's name with its placeholders filled in; `None` where a value is missing.
fn filled(host: &str, values: &BTreeMap<String, String>, setup: &Setup) -> Option<String> {
    let placeholders = placeholder::find_as(host, &setup.kinds);
    let mut text = String::new();
    let mut at = 0;
    for one in &placeholders {
        text.push_str(&host[at..one.span.start]);
        text.push_str(placeholder::value_of(one, &placeholders, values)?);
        at = one.span.end;
    }
    text.push_str(&host[at..]);
    Some(text)
}

fn bare(host: &str) -> Option<&str> {
    host.rsplit_once('@').map(|(_, name)| name)
}

/// What ends up before the command line of `ssh` must be a name and nothing else: no option, no shell, no second word.
fn reached(host: &str, named: &str, facts: HostFacts) -> Place {
    let (typed, name) = named.rsplit_once('@').map_or((None, named), |(user, name)| (Some(user), name));
    let address = facts.address.as_deref().unwrap_or(name);
    let user = typed.map(str::to_owned).or(facts.user);
    let plain = |text: &str, also: &str| {
        !text.is_empty()
            && !text.starts_with('-')
            && text.len() <= 255
            && text.chars().all(|c| c.is_ascii_alphanumeric() || also.contains(c))
    };
    if !plain(address, ".-_:%") || user.as_deref().is_some_and(|user| !plain(user, ".-_")) {
        return Place::Unclear(format!("`{named}` is no name of a machine that `ssh` could be given"));
    }
    Place::There(Remote {
        name: host.to_owned(),
        address: address.to_owned(),
        user,
        port: facts.port,
        identity: facts.identity,
    })
}

/// The placeholders in the name of the machine that a command belongs on, where nothing else tells which it is.
pub(super) fn asks(command: &Command, setup: &Setup) -> Vec<Placeholder> {
    let Some(host) = machine(command) else { return Vec::new() };
    match of_command(command, &BTreeMap::new(), setup) {
        Place::Unclear(_) => placeholder::find_as(host, &setup.kinds),
        _ => Vec::new(),
    }
}

#[cfg(test)]
mod tests {
    use super::super::{Work, missing, plan};
    use super::*;
    use crate::runbook::Runbook;

    /// A procedure whose fix is this block, with these values; `HOST: command` of each step, `?` for what is by hand.
    fn check(block: &str, given: &[(&str, &str)], expected: &str) {
        let mut setup = Setup { here: vec!["attic".into()], ..Setup::default() };
        let facts = |address: &str| HostFacts { address: Some(address.into()), ..HostFacts::default() };
        setup
            .hosts
            .insert("shed".into(), HostFacts { user: Some("potter".into()), port: Some(2222), ..facts("10.0.0.4") });
        setup.hosts.insert("cellar".into(), HostFacts { here: Some(true), ..HostFacts::default() });
        setup.hosts.insert("trap".into(), facts("-oProxyCommand=id"));
        let text = format!("# Ops\n\n## Cold\n\n**Fix:**\n```bash\n{block}\n```\n");
        setup.procedures = Runbook::read([("ops.md", text.as_str())]).procedures;
        let values = given.iter().map(|(n, v)| ((*n).to_owned(), (*v).to_owned())).collect();
        let line = |step: &super::super::PlannedStep| {
            let at = step.host.as_ref().map_or_else(
                || "-".into(),
                |h| {
                    let user = h.user.as_ref().map(|u| format!("{u}@")).unwrap_or_default();
                    format!("{user}{}{}", h.address, h.port.map(|p| format!(":{p}")).unwrap_or_default())
                },
            );
            match &step.work {
                Work::Command { script, .. } => format!("{at}: {}", script.trim().replace('\n', "; ")),
                Work::Manual { why, .. } => format!("? {}", why.split([',', ':']).next().unwrap_or_default()),
            }
        };
        let shown: Vec<String> = plan(&setup.procedures[0], &values, &setup).iter().map(line).collect();
        assert_eq!(shown.join(" | "), expected, "{block}");
    }

    #[test]
    fn what_follows_a_login_runs_on_that_machine() {
        check("ssh kiln\nuptime", &[], "kiln: uptime");
        check("ssh potter@kiln\nuptime", &[], "potter@kiln: uptime");
        check("ssh shed\nuptime", &[], "potter@10.0.0.4:2222: uptime");
        check("ssh root@shed\nuptime", &[], "root@10.0.0.4:2222: uptime");
        check("ssh attic\nuptime", &[], "-: uptime");
        check("ssh cellar\nuptime", &[], "-: uptime");
        check("uptime", &[], "-: uptime");
        check("ssh kiln 'uptime'", &[], "-: ssh kiln 'uptime'");
    }

    #[test]
    fn a_machine_that_is_to_be_filled_in_is_asked_for_and_must_be_a_name() {
        let unknown = "? it belongs on `potter@<kiln-ip>`";
        check("ssh potter@<kiln-ip>\nuptime", &[], unknown);
        check("ssh potter@<kiln-ip>\nuptime", &[("kiln-ip", "10.0.0.9")], "potter@10.0.0.9: uptime");
        for evil in ["-oProxyCommand=id", "10.0.0.9 id", "$(id)", "a;id", "a\nb", ""] {
            let shown = format!("? `potter@{evil}` is no name of a machine that `ssh` could be given");
            check("ssh potter@<kiln-ip>\nuptime", &[("kiln-ip", evil)], &shown);
        }
        check("ssh trap\nuptime", &[], "? `trap` is no name of a machine that `ssh` could be given");
        let text = "# Ops\n\n## Cold\n\n**Fix:**\n```bash\nssh potter@<kiln-ip>\nuptime\n```\n";
        let setup = Setup { procedures: Runbook::read([("ops.md", text)]).procedures, ..Setup::default() };
        let asked = missing(&setup.procedures[0], &BTreeMap::new(), &setup);
        assert_eq!(asked.iter().map(|a| a.name.as_str()).collect::<Vec<_>>(), ["kiln-ip"]);
    }

    #[test]
    fn an_approval_covers_the_machine() {
        let hash = |host: &str| {
            let text = format!("# Ops\n\n## Cold\n\n**Fix:**\n```bash\nssh {host}\n./fire\n```\n");
            let setup = Setup { procedures: Runbook::read([("ops.md", text.as_str())]).procedures, ..Setup::default() };
            plan(&setup.procedures[0], &BTreeMap::new(), &setup)[0].hash.clone()
        };
        assert_eq!(hash("kiln"), hash("kiln"));
        assert_ne!(hash("kiln"), hash("oven"));
    }

    #[test]
    fn what_follows_the_entering_of_a_container_runs_in_it() {
        check(
            "docker exec -it glaze bash\n./mix --colour <colour>",
            &[("colour", "blue")],
            "? `colour` is free text to a program that may run it or read it in another language",
        );
        check(
            "ssh kiln\ncd /srv/pots\ndocker compose exec glaze sh\ncat /etc/colours",
            &[],
            "kiln: set -euo pipefail; cd /srv/pots || exit; docker compose exec -T glaze sh -c \"${RUNWARD_INSIDE}\" runward",
        );
        let text = "# Ops\n\n## Cold\n\n**Fix:**\n```bash\ndocker exec -it glaze bash\ntouch /tmp/<name>\n```\n";
        let setup = Setup { procedures: Runbook::read([("ops.md", text)]).procedures, ..Setup::default() };
        let values = BTreeMap::from([("name".to_owned(), "shelf-2".to_owned())]);
        let plan = plan(&setup.procedures[0], &values, &setup);
        let Work::Command { script, env, shown } = &plan[0].work else { panic!("{plan:?}") };
        assert_eq!(
            script,
            "set -euo pipefail\ndocker exec glaze bash -c \"${RUNWARD_INSIDE}\" runward \"${RUNWARD_P_NAME}\"\n"
        );
        assert_eq!(shown, "# docker exec glaze bash\ntouch /tmp/shelf-2");
        assert_eq!(
            env["RUNWARD_INSIDE"],
            "export RUNWARD_P_NAME=\"${1}\"\nset -euo pipefail\ntouch /tmp/\"${RUNWARD_P_NAME}\"\n"
        );
    }
}
