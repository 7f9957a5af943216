//! Programs that look after the host: services, processes, logs, packages, users, kernel.

use super::super::impact::Verdict;
use super::Call;

pub(super) fn verdict(call: &Call) -> Option<Verdict> {
    let verdict = match call.program {
        "systemctl" => systemctl(call),
        "service" => Verdict::reads_if(
            call.args.last().is_some_and(|w| w.text == "status") || call.has(&["--status-all"]),
            "acts on a service",
        ),
        "journalctl" => journalctl(call),
        "systemd-analyze" | "loginctl" | "hostnamectl" | "timedatectl" | "localectl" | "networkctl" | "resolvectl" => {
            control(call)
        }
        "ps"
        | "mpstat"
        | "pidstat"
        | "nfsstat"
        | "lsns"
        | "lslocks"
        | "systemd-cgls"
        | "systemd-detect-virt"
        | "needs-restarting"
        | "lsb_release" => Verdict::READS,
        "lsof" => {
            Verdict::READS.waiting_if(call.args.iter().any(|w| w.text.starts_with("-r") || w.text.starts_with("+r")))
        }
        "iostat" | "vmstat" | "sar" | "ifstat" | "dstat" | "nstat" => sampler(call),
        "top" | "htop" | "atop" | "btop" | "glances" | "iotop" | "nethogs" | "iftop" | "nload" | "bmon"
        | "systemd-cgtop" | "nvtop" | "slurm" => {
            let batch = (call.program == "top" || call.program == "iotop")
                && call.has(&["-b"])
                && (call.has(&["-n"]) || call.args.iter().any(|w| w.text.contains('n')));
            Verdict::READS.waiting_if(!batch)
        }
        "dmesg" => Verdict::reads_if(
            !call.has(&["-C", "-c", "-D", "-E", "-n", "--clear", "--read-clear", "--console-level"]),
            "changes the kernel's log",
        )
        .waiting_if(call.has(&["-w", "--follow"])),
        "sysctl" => Verdict::reads_if(
            !call.has(&["-w", "-p", "--write", "--load", "--system"])
                && !call.args.iter().any(|w| w.text.contains('=')),
            "sets a kernel parameter",
        ),
        "mount" => Verdict::reads_if(
            call.operands(&[]).is_empty() && !call.has(&["-a", "-o", "--all"]),
            "mounts a file system",
        ),
        "ip" => ip(call),
        "ifconfig" | "route" | "arp" => Verdict::reads_if(
            call.operands(&[]).len() < 2 && !call.has(&["-d", "-s", "-f", "add", "del"]),
            "changes the network",
        ),
        "iptables" | "ip6tables" => {
            firewall(call, &["-L", "-S", "--list", "--list-rules"], &["-F", "--flush", "-X", "-Z"])
        }
        "nft" => nft(call),
        "ufw" => ufw(call),
        "fail2ban-client" => Verdict::reads_if(
            matches!(call.verb(&[]), "status" | "ping" | "version" | "banned" | "get"),
            "acts on fail2ban",
        ),
        "firewall-cmd" => Verdict::reads_if(
            call.args.iter().all(|w| {
                w.text.starts_with("--list")
                    || w.text.starts_with("--get")
                    || w.text.starts_with("--query")
                    || w.text.starts_with("--zone")
                    || w.text == "--state"
            }),
            "changes the firewall",
        ),
        "kill" => kill(call),
        "pkill" | "killall" | "skill" | "fuser" => {
            let looks = call.program == "fuser" && !call.has(&["-k", "--kill"]);
            if looks { Verdict::READS } else { Verdict::destroys("kills every process that matches") }
        }
        "reboot" | "shutdown" | "poweroff" | "halt" | "init" | "telinit" => power(call),
        "crontab" => crontab(call),
        "visudo" | "vipw" | "vigr" | "passwd" | "chfn" | "chsh" => Verdict::changes("edits the host's users").waiting(),
        "userdel" | "groupdel" | "deluser" | "delgroup" => Verdict::destroys("removes a user"),
        "mkfs" | "wipefs" | "fdisk" | "sfdisk" | "gdisk" | "parted" | "cfdisk" | "lvremove" | "vgremove"
        | "pvremove" | "blkdiscard" | "mkswap" => disk(call),
        "zfs" | "zpool" | "btrfs" | "lvs" | "vgs" | "pvs" | "mdadm" => volumes(call),
        "apt" | "apt-get" | "aptitude" => apt(call),
        "apt-cache" | "dpkg-query" | "rpmquery" => Verdict::READS,
        "dpkg" => dpkg(call),
        "yum" | "dnf" | "zypper" | "apk" | "pacman" | "snap" | "brew" => packages(call),
        "ss" => Verdict::reads_if(!call.has(&["-K", "--kill"]), "closes connections"),
        "netstat" => Verdict::READS.waiting_if(call.has(&["-c", "--continuous"])),
        "smartctl" => Verdict::reads_if(!call.has(&["-t", "-s", "-X", "--test", "--set"]), "acts on a disk"),
        "loginctl-session" | "mesg" | "wall" => Verdict::changes("speaks to other users"),
        program if program.starts_with("mkfs.") => Verdict::destroys("makes a new file system"),
        _ => return None,
    };
    Some(verdict)
}

const SYSTEMCTL_VALUES: &[&str] =
    &["-p", "-t", "-n", "-o", "-H", "-M", "-P", "--property", "--type", "--state", "--lines", "--output", "--host"];

fn systemctl(call: &Call) -> Verdict {
    let verb = call.verb(SYSTEMCTL_VALUES);
    match verb {
        "" => Verdict::READS,
        "status" | "show" | "cat" | "help" | "get-default" | "list-units" | "list-timers" | "list-sockets"
        | "list-unit-files" | "list-dependencies" | "list-jobs" | "list-machines" | "is-active" | "is-enabled"
        | "is-failed" | "is-system-running" => Verdict::READS,
        "show-environment" => Verdict::READS.telling_secrets(),
        "reboot" | "poweroff" | "halt" | "kexec" | "rescue" | "emergency" | "suspend" | "hibernate" => {
            Verdict::destroys("takes the host down")
        }
        "kill" => Verdict::destroys("kills a unit's processes"),
        "edit" => Verdict::changes("opens an editor").waiting(),
        _ => Verdict::changes("acts on a unit"),
    }
}

fn journalctl(call: &Call) -> Verdict {
    let vacuums = call.args.iter().any(|w| w.text.starts_with("--vacuum"));
    if vacuums {
        return Verdict::destroys("deletes journal entries");
    }
    let acts = [
        "--rotate", "--flush", "--sync", "--relinquish-var", "--setup-keys", "--update-catalog",
        "--smart-relinquish-var",
    ];
    Verdict::reads_if(!call.has(&acts), "acts on the journal").waiting_if(call.has(&["-f", "--follow"]))
}

/// `timedatectl`, `hostnamectl` and their kin: looking verbs look, the others act.
fn control(call: &Call) -> Verdict {
    let verb = call.verb(&["-p", "-H", "-M"]);
    let looks = matches!(
        verb,
        "" | "status"
            | "show"
            | "query"
            | "statistics"
            | "time"
            | "blame"
            | "critical-chain"
            | "security"
            | "verify"
            | "list"
            | "lldp"
    ) || verb.starts_with("list-")
        || verb.starts_with("show-")
        || verb.ends_with("-status");
    Verdict::reads_if(looks && !(call.program == "hostnamectl" && call.operands(&[]).len() > 1), "acts on the host")
}

/// `iostat 1 5` ends, `iostat 1` does not.
fn sampler(call: &Call) -> Verdict {
    if call.program == "sar" && call.has(&["-o"]) {
        return Verdict::changes("writes samples into a file");
    }
    let numbers = call
        .operands(&["-p", "-c", "-f", "-i", "-w"])
        .iter()
        .filter(|w| w.text.chars().all(|c| c.is_ascii_digit()))
        .count();
    let endless_alone = call.program == "dstat";
    Verdict::READS.waiting_if(numbers == 1 || (numbers == 0 && endless_alone))
}

fn ip(call: &Call) -> Verdict {
    let operands = call.operands(&["-n", "-netns"]);
    let verb = operands.get(1).map_or("show", |w| w.text.as_str());
    if verb == "monitor" || operands.first().is_some_and(|w| w.text == "monitor") {
        return Verdict::READS.waiting();
    }
    let looks = ["show", "list", "ls", "get"].iter().any(|v| *v == verb || (verb.len() >= 2 && v.starts_with(verb)));
    Verdict::reads_if(looks && !call.has(&["-b", "-batch"]), "changes the network")
}

fn firewall(call: &Call, lists: &[&str], flushes: &[&str]) -> Verdict {
    if call.has(flushes) {
        return Verdict::destroys("empties the firewall");
    }
    Verdict::reads_if(call.has(lists), "changes the firewall")
}

fn nft(call: &Call) -> Verdict {
    match call.verb(&["-f"]) {
        "list" | "describe" => Verdict::READS,
        "monitor" => Verdict::READS.waiting(),
        "flush" | "delete" | "destroy" | "reset" => Verdict::destroys("empties the firewall"),
        _ => Verdict::changes("changes the firewall"),
    }
}

fn ufw(call: &Call) -> Verdict {
    let asks = !call.has_word("--force");
    match call.verb(&[]) {
        "status" | "show" | "version" | "app" if !call.has_word("update") => Verdict::READS,
        "reset" | "disable" => Verdict::destroys("takes the firewall down").waiting_if(asks && call.has_word("reset")),
        "delete" | "enable" => Verdict::changes("changes the firewall").waiting_if(asks),
        _ => Verdict::changes("changes the firewall"),
    }
}

fn kill(call: &Call) -> Verdict {
    if call.has(&["-l", "-L", "--list"]) || call.has_word("-0") {
        return Verdict::READS;
    }
    let hard = call
        .args
        .iter()
        .any(|w| matches!(w.text.to_uppercase().as_str(), "-9" | "-KILL" | "-SIGKILL" | "KILL" | "SIGKILL" | "9"));
    if hard { Verdict::destroys("kills without letting it finish") } else { Verdict::changes("signals a process") }
}

fn power(call: &Call) -> Verdict {
    let cancels = call.program == "shutdown" && call.has(&["-c", "--show"]);
    if cancels { Verdict::changes("cancels a shutdown") } else { Verdict::destroys("takes the host down") }
}

fn crontab(call: &Call) -> Verdict {
    if call.has(&["-r"]) {
        return Verdict::destroys("removes the whole crontab");
    }
    if call.has(&["-e"]) {
        return Verdict::changes("opens an editor").waiting();
    }
    Verdict::reads_if(call.has(&["-l"]), "replaces the crontab")
}

fn disk(call: &Call) -> Verdict {
    if call.has(&["-l", "--list", "-n", "--no-act"]) && !call.has(&["-w"]) && call.program != "lvremove" {
        return Verdict::READS;
    }
    Verdict::destroys("changes a disk's layout")
        .waiting_if(matches!(call.program, "fdisk" | "gdisk" | "parted" | "cfdisk"))
}

fn volumes(call: &Call) -> Verdict {
    let verb = call.verb(&[]);
    match (call.program, verb) {
        ("lvs" | "vgs" | "pvs", _) | (_, "list" | "status" | "get" | "history" | "show" | "usage" | "df") => {
            Verdict::READS
        }
        ("mdadm", _) => Verdict::reads_if(call.has(&["--detail", "-D", "--examine", "-E"]), "acts on an array"),
        (_, "destroy" | "rollback" | "labelclear" | "delete") => Verdict::destroys("destroys a volume"),
        _ => Verdict::changes("acts on a volume"),
    }
}

fn apt(call: &Call) -> Verdict {
    let yes = call.has(&["-y", "--yes", "--assume-yes", "-s", "--simulate", "--dry-run"]);
    match call.verb(&["-o", "-t", "-c"]) {
        "list" | "search" | "show" | "policy" | "depends" | "rdepends" | "changelog" | "check" | "madison" => {
            Verdict::READS
        }
        _ if call.has(&["-s", "--simulate", "--dry-run"]) => Verdict::READS,
        "update" => Verdict::changes("refreshes the package lists"),
        "remove" | "purge" | "autoremove" | "autopurge" => Verdict::destroys("removes packages").waiting_if(!yes),
        _ => Verdict::changes("installs packages").waiting_if(!yes),
    }
}

fn dpkg(call: &Call) -> Verdict {
    if call.has(&["-r", "-P", "--remove", "--purge"]) {
        return Verdict::destroys("removes packages");
    }
    Verdict::reads_if(
        call.has(&[
            "-l", "-L", "-s", "-S", "--list", "--listfiles", "--status", "--search", "--get-selections", "--audit",
            "-V",
        ]),
        "installs packages",
    )
}

fn packages(call: &Call) -> Verdict {
    let verb = call.verb(&["-c", "--repo"]);
    let yes =
        call.has(&["-y", "--yes", "--assumeyes", "--noconfirm"]) || matches!(call.program, "apk" | "brew" | "snap");
    match verb {
        "list" | "info" | "search" | "provides" | "repolist" | "check-update" | "history" | "find" | "services"
        | "outdated" | "version" => Verdict::READS,
        "remove" | "erase" | "autoremove" | "del" | "uninstall" => {
            Verdict::destroys("removes packages").waiting_if(!yes)
        }
        _ if call.program == "pacman" && call.args.first().is_some_and(|w| w.text.starts_with("-Q")) => Verdict::READS,
        _ => Verdict::changes("installs packages").waiting_if(!yes),
    }
}
