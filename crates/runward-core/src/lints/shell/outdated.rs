//! Programs and options that are out of use or on few machines.

use std::collections::HashMap;

use super::super::{Context, each_document};
use super::SH07;
use crate::command::Effective;
use crate::runbook::Finding;

/// What is out of use, and what to write instead.
#[derive(Clone, Copy, PartialEq, Eq, Hash)]
struct Old {
    what: &'static str,
    because: &'static str,
    instead: &'static str,
}

const fn old(what: &'static str, because: &'static str, instead: &'static str) -> Option<Old> {
    Some(Old { what, because, instead })
}

pub(super) fn check(context: &Context<'_>, found: &mut Vec<Finding>) {
    for (_, places) in each_document(context) {
        let mut first: HashMap<Old, usize> = HashMap::new();
        let mut findings: Vec<(Finding, Old, usize)> = Vec::new();
        for place in places {
            let installs = place.command.text.contains("install");
            for old in place.command.effective().iter().filter(|_| !installs).filter_map(outdated) {
                match first.get(&old) {
                    Some(at) => findings[*at].2 += 1,
                    None => {
                        first.insert(old, findings.len());
                        findings.push((place.finding(&SH07, "", old.instead), old, 1));
                    }
                }
            }
        }
        found.extend(findings.into_iter().map(|(mut finding, old, times)| {
            let often =
                if times == 1 { String::new() } else { format!(", and so it is in {} other places", times - 1) };
            finding.message = format!("`{}` {}{often}", old.what, old.because);
            finding
        }));
    }
}

const NET_TOOLS: &str = "belongs to net-tools, which newer systems do not install";
const GONE: &str = "is out of use";

fn outdated(command: &Effective<'_>) -> Option<Old> {
    // A container has what its image has.
    let inside = command.around.container.is_some();
    match command.program() {
        "netstat" => old("netstat", NET_TOOLS, "use `ss`: `ss -tlnp` for what listens, `ss -s` for a summary"),
        "ifconfig" => old("ifconfig", NET_TOOLS, "use `ip addr`, and `ip -s link` for counts"),
        "route" => old("route", NET_TOOLS, "use `ip route`"),
        "arp" => old("arp", NET_TOOLS, "use `ip neigh`"),
        "brctl" => old("brctl", GONE, "use `bridge` or `ip link`"),
        "iwconfig" => old("iwconfig", GONE, "use `iw`"),
        "ifstat" => old("ifstat", "is installed on few machines", "use `ip -s link`, or say where it comes from"),
        "iftop" | "nethogs" | "iotop" | "nload" | "bmon" | "dstat" | "glances" if !inside => rare(command.program()),
        "docker-compose" => old(
            "docker-compose",
            "is version 1, without updates since 2023",
            "use `docker compose`; names of containers have hyphens there",
        ),
        "docker-machine" => old("docker-machine", GONE, "use `docker context` or ssh"),
        "egrep" => old("egrep", "is out of use and warns", "use `grep -E`"),
        "fgrep" => old("fgrep", "is out of use and warns", "use `grep -F`"),
        "apt-key" => old(
            "apt-key",
            "is taken out of newer systems",
            "put the key into `/etc/apt/keyrings` and name it with `signed-by`",
        ),
        "certbot-auto" | "letsencrypt-auto" => old("certbot-auto", GONE, "use `certbot` of the system or of snap"),
        "mongo" => old("mongo", "is not part of MongoDB 6 and later", "use `mongosh`"),
        "ntpdate" => old("ntpdate", GONE, "use `chronyc makestep`, or `timedatectl` to look"),
        "initctl" | "chkconfig" => old("initctl", "belongs to systems without systemd", "use `systemctl`"),
        "pm2" => pm2(command),
        "kubectl" => kubectl(command),
        "npm" => npm(command),
        "docker" if command.has("--link") => old("docker run --link", GONE, "put both containers into one network"),
        "helm" if command.has("init") || command.has("--purge") => {
            old("helm 2", "has had no updates since 2020", "helm 3 needs neither `init` nor `--purge`")
        }
        "python2" | "pip2" => old("python2", "has had no updates since 2020", "use `python3`"),
        "redis-cli" if command.has("SLAVEOF") || command.has("slaveof") => old("SLAVEOF", GONE, "use `REPLICAOF`"),
        _ => None,
    }
}

/// Programs that hardly any machine has until somebody installs them.
fn rare(program: &str) -> Option<Old> {
    const INSTALL: &str = "say that it must be installed, or use what is there: `top -b -n1`, `ss -s`, `ip -s link`";
    const BECAUSE: &str = "is installed on few machines";
    match program {
        "iftop" => old("iftop", BECAUSE, INSTALL),
        "nethogs" => old("nethogs", BECAUSE, INSTALL),
        "iotop" => old("iotop", BECAUSE, INSTALL),
        "nload" => old("nload", BECAUSE, INSTALL),
        "bmon" => old("bmon", BECAUSE, INSTALL),
        "dstat" => old("dstat", "is out of use", "use `vmstat 1 5`, or `dool`"),
        _ => old("glances", BECAUSE, INSTALL),
    }
}

fn pm2(command: &Effective<'_>) -> Option<Old> {
    let writes = command.args().windows(2).any(|pair| pair[0].text == "--out" && !pair[1].text.starts_with('-'));
    if command.has("logs") && writes {
        return old(
            "pm2 logs --out FILE", "writes no file: `--out` shows one of two streams",
            "write `pm2 logs NAME --nostream --lines 1000 > FILE`",
        );
    }
    None
}

fn kubectl(command: &Effective<'_>) -> Option<Old> {
    if command.has("--delete-local-data") {
        return old("--delete-local-data", "was taken out of kubectl", "use `--delete-emptydir-data`");
    }
    if command.has("rolling-update") {
        return old("kubectl rolling-update", "was taken out of kubectl", "use `kubectl rollout`");
    }
    if command.has("--export") {
        return old("--export", "was taken out of kubectl", "use `-o yaml`, and leave out what the cluster added");
    }
    if command.has("--record") {
        return old("--record", "is out of use in kubectl", "write an annotation `kubernetes.io/change-cause`");
    }
    if command.has("componentstatuses") || command.has("cs") && command.has("get") {
        return old("kubectl get componentstatuses", "is out of use and tells nothing", "ask `/readyz?verbose`");
    }
    None
}

fn npm(command: &Effective<'_>) -> Option<Old> {
    let installs = matches!(command.arg(0), "install" | "ci" | "i");
    (installs && (command.has("--production") || command.has("--only=production") || command.has("--only=prod")))
        .then(|| old("npm --production", "is out of use and warns", "use `--omit=dev`"))
        .flatten()
}
