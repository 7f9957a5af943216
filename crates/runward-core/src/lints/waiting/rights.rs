//! Commands that need another user's rights.

use std::sync::LazyLock;

use regex::Regex;

use super::super::{Context, Place, each_document};
use super::EX05;
use crate::command::Effective;
use crate::command::shell::Redirect;
use crate::pattern::pattern;
use crate::runbook::Finding;

/// Words by which a document says as whom its commands are run.
static SAYS_WHO: LazyLock<Regex> = LazyLock::new(|| {
    pattern(
        r"\bas (?:the )?`?root\b|\broot@|nopasswd|password-?less|\broot (?:user|shell|access|privileges|rights|login)|\bsudo(?:`|ers)? ?(?:access|rights|privileges|permissions?|group|user)|\bsudoers\b|\b(?:with|has|have|needs?|requires?|via) `?sudo\b|\bsudo -i\b|\bsudo su\b|administrator rights|\buser: root",
    )
});

pub(super) fn check(context: &Context<'_>, found: &mut Vec<Finding>) {
    for (_, places) in each_document(context) {
        let mut bare: Vec<&Place<'_>> = Vec::new();
        let mut sudo: Vec<&Place<'_>> = Vec::new();
        for place in places {
            let commands = place.command.effective();
            if commands.iter().any(|c| c.around.wrappers.iter().any(|w| w == "sudo" || w == "doas")) {
                sudo.push(place);
            } else if commands.iter().any(needs_root) {
                bare.push(place);
            }
        }
        let Some(first) = bare.first().or(sudo.first()) else { continue };
        if context.near.page(&first.step.source).is_some_and(|page| SAYS_WHO.is_match(page.lower())) {
            continue;
        }
        let short = first.command.text.lines().next().unwrap_or_default();
        let others = |count: usize| match count {
            0 | 1 => String::new(),
            2 => ", and so does another command in this document".to_owned(),
            more => format!(", and so do {} other commands in this document", more - 1),
        };
        let (message, help) = if bare.is_empty() {
            (
                format!("`{short}` uses sudo{}: nothing says who may do so without a password", others(sudo.len())),
                "say who may: where sudo asks, a step that nobody watches waits and fails",
            )
        } else {
            (
                format!("`{short}` needs root{}, and nothing says as whom it is run", others(bare.len())),
                "write `sudo` before it, or say above as whom one logs in",
            )
        };
        found.push(first.finding(&EX05, message, help));
    }
}

/// Whether only root can do this.
fn needs_root(command: &Effective<'_>) -> bool {
    if command.around.user.is_some() || command.around.container.is_some() {
        return false;
    }
    let verb = command.args().iter().map(|w| w.text.as_str()).find(|w| !w.starts_with('-')).unwrap_or_default();
    let has = |wanted: &[&str]| wanted.iter().any(|w| command.has(w));
    let writes = command.command.redirects.iter().any(|redirect| match redirect {
        Redirect::Write(word) | Redirect::Append(word) => is_roots(&word.text),
        _ => false,
    });
    let last = command.args().last().map_or("", |w| w.text.as_str());
    writes
        || match command.program() {
            "systemctl" => {
                !has(&["--user"])
                    && matches!(
                        verb,
                        "start"
                            | "stop"
                            | "restart"
                            | "reload"
                            | "enable"
                            | "disable"
                            | "mask"
                            | "unmask"
                            | "kill"
                            | "daemon-reload"
                            | "edit"
                            | "reload-or-restart"
                            | "reset-failed"
                            | "isolate"
                    )
            }
            "service" => has(&["start", "stop", "restart", "reload"]),
            "apt" | "apt-get" | "yum" | "dnf" | "zypper" => {
                !matches!(verb, "" | "list" | "show" | "search" | "policy" | "info" | "download" | "check-update")
            }
            "ufw" | "iptables" | "ip6tables" | "nft" | "fail2ban-client" | "firewall-cmd" | "reboot" | "shutdown"
            | "poweroff" | "halt" | "mkfs" | "fdisk" | "parted" | "swapon" | "swapoff" | "useradd" | "userdel"
            | "usermod" | "groupadd" | "visudo" | "update-grub" | "mkswap" | "modprobe" | "lvextend" | "resize2fs" => {
                true
            }
            "certbot" => matches!(verb, "" | "renew" | "certonly" | "run" | "delete" | "revoke" | "certificates"),
            "nginx" | "apachectl" | "apache2ctl" => !has(&["-v", "-V", "-h"]),
            "mount" => !command.args().is_empty(),
            "umount" => true,
            "sysctl" => has(&["-w", "-p", "--system"]),
            "journalctl" => command.args().iter().any(|w| w.text.starts_with("--vacuum") || w.text == "--rotate"),
            "timedatectl" | "hostnamectl" => verb.starts_with("set-"),
            "cp" | "mv" | "ln" | "install" => is_roots(last),
            "rm" | "chmod" | "chown" | "mkdir" | "touch" | "truncate" | "nano" | "vim" | "vi" | "tee" => {
                command.args().iter().any(|w| is_roots(&w.text))
            }
            "sed" => has(&["-i"]) && command.args().iter().any(|w| is_roots(&w.text)),
            "crontab" => has(&["-u"]),
            _ => false,
        }
}

/// Folders that belong to root on any machine.
fn is_roots(path: &str) -> bool {
    ["/etc/", "/usr/", "/boot/", "/root/", "/lib/systemd/"].iter().any(|dir| path.starts_with(dir))
}
