//! Programs that look after the host: services, processes, logs, users, kernel, disks.

use super::super::impact::Verdict;
use super::options::{Table, Verbs};
use super::{Call, Parsed};

/// Readers and the options that keep them readers.
const READERS: &[(&str, Table)] = &[
    (
        "ps mpstat pidstat nfsstat lsns lslocks systemd-cgls systemd-detect-virt needs-restarting lsb_release lvs vgs \
         pvs",
        "*",
    ),
    (
        "lsof",
        "-r~ -r?~ +r~ -i? -n -P -p: -u: -c: -t -a -b -d: -l -L? -N -U -w -s? -S? -T? -g? -F? -O -R -V -X +D: +c: +L?",
    ),
    (
        "netstat",
        "-t -u -l -n -p -a -r -i -s -e -o -x -W -4 -6 -g -v -c~ --continuous~ --tcp --udp --listening --numeric \
                 --program --all --route --interfaces --statistics --wide --extend --numeric-ports",
    ),
    (
        "ss",
        "-t -u -l -n -p -a -r -s -e -o -m -i -x -w -4 -6 -H -O -b -Z -z -f: -A: -0 --tcp --udp --listening --numeric \
            --processes --all --summary --resolve --extended --memory --info --no-header --family: --query:",
    ),
    (
        "dmesg",
        "-T -H -k -l: -f: -x -d -e -t -L? -P -r -u -S -w~ -W~ --follow~ --ctime --human --level: --facility: \
               --kernel --color? --nopager --time-format: --since: --until: --reltime --decode",
    ),
    ("smartctl", "-a -x -H -i -A -l: -d: -c -n: --all --xall --health --info --attributes --scan --log: --device:"),
    ("fuser", "-v -m -n: -a -u -4 -6 --verbose --mount --all --namespace: --user"),
];

pub(super) fn verdict(call: &Call) -> Option<Verdict> {
    Some(match call.program {
        "systemctl" => systemctl(call),
        "service" => service(call),
        "journalctl" => journalctl(call),
        "systemd-analyze" | "loginctl" | "hostnamectl" | "timedatectl" | "localectl" | "networkctl" | "resolvectl" => {
            control(call)
        }
        "iostat" | "vmstat" | "sar" | "ifstat" | "dstat" | "nstat" => sampler(call),
        "top" | "iotop" => top(call),
        "htop" | "atop" | "btop" | "glances" | "nethogs" | "iftop" | "nload" | "bmon" | "systemd-cgtop" | "nvtop"
        | "slurm" => screen(call),
        "sysctl" => {
            let parsed = call.options("-a -n -N -e -r: --all --values --names --pattern: -A");
            let sets = parsed.operands.iter().any(|w| w.text.contains('='));
            parsed.verdict.and(Verdict::reads_if(!sets, "sets a kernel parameter"))
        }
        "mount" => bare(call, "-l -v -t: --show-labels --types:", 0, "mounts a file system"),
        "ifconfig" => bare(call, "-a -s -v", 1, "changes the network"),
        "route" => bare(call, "-n -e -v -4 -6", 0, "changes the network"),
        "arp" => bare(call, "-a -n -e -v -i:", 1, "changes the network"),
        "kill" => kill(call),
        "pkill" | "killall" | "skill" => Verdict::destroys("kills every process that matches"),
        "reboot" | "shutdown" | "poweroff" | "halt" | "init" | "telinit" => power(call),
        "crontab" => crontab(call),
        "visudo" | "vipw" | "vigr" | "passwd" | "chfn" | "chsh" => Verdict::changes("edits the host's users").waiting(),
        "userdel" | "groupdel" | "deluser" | "delgroup" => Verdict::destroys("removes a user"),
        "mkfs" | "wipefs" | "fdisk" | "sfdisk" | "gdisk" | "parted" | "cfdisk" | "lvremove" | "vgremove"
        | "pvremove" | "blkdiscard" | "mkswap" => disk(call),
        "zfs" => ZFS.verdict(call.args),
        "zpool" => ZPOOL.verdict(call.args),
        "btrfs" => BTRFS.verdict(call.args),
        "mdadm" => {
            let parsed = call.options("-D -E -Q -s -v -b --detail --examine --query --scan --verbose --brief");
            let looks = parsed.has(&["-D", "-E", "-Q", "--detail", "--examine", "--query"]);
            parsed.verdict.and(Verdict::reads_if(looks, "acts on an array"))
        }
        "mesg" | "wall" => Verdict::changes("speaks to other users"),
        program if program.starts_with("mkfs.") => Verdict::destroys("makes a new file system"),
        program => call.reads(READERS.iter().find(|(names, _)| names.split(' ').any(|n| n == program))?.1),
    })
}

/// A reader with at most so many operands.
fn bare(call: &Call, table: Table, operands: usize, otherwise: &'static str) -> Verdict {
    let parsed = call.options(table);
    parsed.verdict.and(Verdict::reads_if(parsed.operands.len() <= operands, otherwise))
}

const SYSTEMCTL: Table = "-p: -t: -n: -o: -H: -M: -P: -l -a -q -r --property: --type: --state: --lines: --output: --host: \
     --machine: --no-pager --full --all --quiet --failed --user --system --plain --no-legend --legend? --recursive \
     --value --reverse --after --before --with-dependencies --show-types --root:";

const SYSTEMCTL_DESTROYERS: &[&str] =
    &["reboot", "poweroff", "halt", "kexec", "rescue", "emergency", "suspend", "hibernate", "soft-reboot", "exit"];

fn systemctl(call: &Call) -> Verdict {
    let parsed = call.options(SYSTEMCTL);
    let verdict = match parsed.operand(0) {
        "" | "status" | "show" | "cat" | "help" | "get-default" | "list-units" | "list-timers" | "list-sockets"
        | "list-unit-files" | "list-dependencies" | "list-jobs" | "list-machines" | "is-active" | "is-enabled"
        | "is-failed" | "is-system-running" => Verdict::READS,
        "show-environment" => Verdict::READS.telling_secrets(),
        "kill" => Verdict::destroys("kills a unit's processes"),
        "edit" => Verdict::changes("opens an editor").waiting(),
        verb if SYSTEMCTL_DESTROYERS.contains(&verb) => Verdict::destroys("takes the host down"),
        _ => Verdict::changes("acts on a unit"),
    };
    verdict.and(parsed.verdict)
}

/// `service NAME status`.
fn service(call: &Call) -> Verdict {
    let parsed = call.options("--status-all");
    let looks = parsed.has(&["--status-all"]) && parsed.operands.is_empty()
        || parsed.operands.len() == 2 && parsed.operand(1) == "status";
    parsed.verdict.and(Verdict::reads_if(looks, "acts on a service"))
}

const JOURNALCTL: Table = "-u: -n: -# -f~ -e -r -x -k -b? -q -a -m -o: -p: -S: -U: -t: -g: -c: -D: -M: -N -F: -l --unit: \
     --user-unit: --lines? --follow~ --since: --until: --no-pager --output: --priority: --grep: --boot? --dmesg --reverse \
     --catalog --quiet --all --merge --utc --no-hostname --no-full --full --no-tail --identifier: --facility: \
     --output-fields: --case-sensitive? --cursor: --after-cursor: --show-cursor --list-boots --disk-usage --fields \
     --field: --verify --header --user --system --pager-end --directory: --file: --root: --machine: --namespace:";

fn journalctl(call: &Call) -> Verdict {
    // Cut short as well: `--vac-time`.
    let vacuums = call.args.iter().any(|w| w.text.starts_with("--va"));
    if vacuums { Verdict::destroys("deletes journal entries") } else { call.reads(JOURNALCTL) }
}

/// `timedatectl`, `hostnamectl` and their kin: looking verbs look, the others act.
fn control(call: &Call) -> Verdict {
    let parsed = call.options(
        "-p: -H: -M: -a -l -n: -q --no-pager --all --full --property: --host: --machine: --lines: \
         --no-legend --no-ask-password --user --system --value --json: --order --man? --fuzz:",
    );
    let verb = parsed.operand(0);
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
            | "session-status"
            | "user-status"
            | "seat-status"
            | "timesync-status"
    ) || ["list-", "show-"].iter().any(|start| verb.starts_with(start));
    let names_host = call.program == "hostnamectl" && parsed.operands.len() > 1;
    parsed.verdict.and(Verdict::reads_if(looks && !names_host, "acts on the host"))
}

/// `iostat 1 5` ends, `iostat 1` does not.
fn sampler(call: &Call) -> Verdict {
    let parsed = call.options(
        "-x -d -c -k -m -h -t -z -y -N -p? -j: -a -s -w -S: -u -r -q -b -n: -W -P: -A -B -H -v -R -1 -l -f: -i:",
    );
    let numbers = parsed.operands.iter().filter(|w| w.text.bytes().all(|b| b.is_ascii_digit())).count();
    let endless = numbers == 1 || numbers == 0 && call.program == "dstat";
    parsed.verdict.waiting_if(endless)
}

fn top(call: &Call) -> Verdict {
    let parsed = call.options("-b -n: -d: -o: -c -p: -u: -U: -H -i -w? -e: -E: -1 -s -S -P -a -k -t -q -l:");
    let ends = parsed.has(&["-b"]) && parsed.has(&["-n"]);
    parsed.verdict.waiting_if(!ends)
}

/// Whole-screen programs; options that write a recording are not known.
fn screen(call: &Call) -> Verdict {
    call.reads("-u: -d: -t -C -p: -s: -i: -n -P -m -H -h -1 -2 -3 -4 -a -v: -f: --tree --user: --delay:").waiting()
}

fn kill(call: &Call) -> Verdict {
    let words: Vec<String> = call.args.iter().map(|w| w.text.to_uppercase()).collect();
    // `-9`, `-KILL`, `-s KILL`, `-sSIGKILL`, `-n9`, `--signal=KILL`.
    let hard = words.iter().any(|w| {
        let signal = w.trim_start_matches('-');
        signal == "9" || signal == "N9" || signal == "S9" || signal.ends_with("KILL")
    });
    if hard {
        return Verdict::destroys("kills without letting it finish");
    }
    // Exactly these: `-ALRM` is a signal, no list.
    let looks = call.args.first().is_some_and(|w| matches!(w.text.as_str(), "-l" | "-L" | "--list" | "--table" | "-0"));
    Verdict::reads_if(looks && !call.args.iter().any(|w| w.any), "signals a process")
}

fn power(call: &Call) -> Verdict {
    let cancels = call.program == "shutdown" && call.args.iter().any(|w| matches!(w.text.as_str(), "-c" | "--show"));
    if cancels { Verdict::changes("cancels a shutdown") } else { Verdict::destroys("takes the host down") }
}

fn crontab(call: &Call) -> Verdict {
    let parsed = call.options("-l -e -r -u: -i");
    if parsed.has(&["-r"]) {
        return Verdict::destroys("removes the whole crontab");
    }
    if parsed.has(&["-e"]) {
        return Verdict::changes("opens an editor").waiting();
    }
    let looks = parsed.has(&["-l"]) && parsed.operands.is_empty();
    parsed.verdict.and(Verdict::reads_if(looks, "replaces the crontab"))
}

fn disk(call: &Call) -> Verdict {
    let looks = |parsed: Parsed, names: &[&str]| parsed.verdict == Verdict::READS && parsed.has(names);
    let reads = match call.program {
        "fdisk" | "sfdisk" | "gdisk" => looks(call.options("-l --list -o: -u? -x"), &["-l", "--list"]),
        "parted" => {
            let parsed = call.options("-l -s -m --list --script --machine");
            let prints = parsed.operand(1) == "print" && parsed.operands.len() <= 3;
            looks(parsed, &["-l", "--list"]) && call.args.len() <= 2 || prints && call.reads("-s -m") == Verdict::READS
        }
        "wipefs" => looks(call.options("-n --no-act -a --all"), &["-n", "--no-act"]),
        _ => false,
    };
    if reads {
        return Verdict::READS;
    }
    Verdict::destroys("changes a disk's layout")
        .waiting_if(matches!(call.program, "fdisk" | "gdisk" | "parted" | "cfdisk"))
}

const ZFS: Verbs = Verbs {
    globals: "",
    looks: &[("list|get|diff|holds|version", "-r -H -p -o: -t: -s: -S: -d: -a")],
    destroys: "destroy|rollback",
    loses: "destroys a volume",
    otherwise: "acts on a volume",
};

const ZPOOL: Verbs = Verbs {
    globals: "",
    looks: &[("list|status|get|history|version|iostat", "-v -x -H -p -o: -P -L -T: -i -l -t -s -D")],
    destroys: "destroy|labelclear",
    loses: "destroys a pool",
    otherwise: "acts on a pool",
};

const BTRFS: Verbs = Verbs {
    globals: "",
    looks: &[
        ("filesystem df|filesystem show|filesystem usage|fi df|fi show|fi usage", "-h -b -T -m -d"),
        ("subvolume list|subvolume show|scrub status|device stats|balance status", "-p -a -c -s -t -r -d -o"),
    ],
    destroys: "subvolume delete|device remove|device delete",
    loses: "destroys a volume",
    otherwise: "acts on a volume",
};
