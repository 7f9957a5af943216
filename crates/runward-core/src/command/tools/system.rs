//! Programs that look after the host: services, processes, logs, users, kernel.

use super::super::impact::Verdict;
use super::options::Table;
use super::verbs::by_verb;
use super::{ByName, Call, by_name};

/// Readers and the options that keep them readers.
const READERS: &[(&str, Table)] = &[
    (
        "ps mpstat pidstat nfsstat lsns lslocks systemd-cgls systemd-detect-virt needs-restarting lsb_release pwdx pmap \
         numastat dmidecode lshw inxi sensors vnstat prlimit getconf lastb faillog sestatus getenforce aa-status ausearch \
         aureport ntpq jobs times hash dirs modinfo getsebool matchpathcon runlevel hwinfo acpi \
         cal uuidgen factor bc atq getcap clear reset tabs",
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
        "-t -u -l -n -p -a -r -s -e -o -m -i -x -w -4 -6 -H -O -b -Z -z -f: -A: -0 -K!! --kill!! -E~ --tcp --udp --listening --numeric \
            --processes --all --summary --resolve --extended --memory --info --no-header --family: --query:",
    ),
    (
        "dmesg",
        "-T -H -k -l: -f: -x -d -e -t -L? -P -r -u -S -w~ -W~ --follow~ --ctime --human --level: --facility: \
               --kernel --color? --nopager --time-format: --since: --until: --reltime --decode",
    ),
    ("fuser", "-v -m -n: -a -u -4 -6 --verbose --mount --all --namespace: --user -k!! --kill!! -i -I -s -w -M"),
    ("slabtop", "-o -s: -d: --once --sort:"),
    (
        "nvidia-smi",
        "-q -L -l~ -i: -d: -x -a --query-gpu: --format: --query-compute-apps: -lms:~ --loop:~ --id: --list-gpus",
    ),
];

static BY_NAME: ByName = ByName::new(|| by_name(READERS));

pub(super) fn verdict(call: &Call) -> Option<Verdict> {
    Some(match call.program {
        "systemctl" => systemctl(call),
        "service" | "invoke-rc.d" => service(call),
        "/etc/init.d" | "rc-service" => {
            // `/etc/init.d/nginx status`, `rc-service nginx status`
            let verb = usize::from(call.program == "rc-service");
            let looks = call.args.len() == verb + 1 && matches!(call.args[verb].text.as_str(), "status" | "describe");
            Verdict::reads_if(looks, "acts on a service")
        }
        "chkconfig" => Verdict::reads_if(call.args.iter().all(|w| w.text == "--list"), "acts on a service"),
        "journalctl" => journalctl(call),
        "systemd-analyze" | "loginctl" | "hostnamectl" | "timedatectl" | "localectl" | "networkctl" | "resolvectl" => {
            control(call)
        }
        "iostat" | "vmstat" | "sar" | "ifstat" | "dstat" | "nstat" => sampler(call),
        "top" | "iotop" => top(call),
        "tmux" => by_verb(
            call.args,
            "-L: -S: -f:",
            "ls|list-sessions|list-windows|list-panes|info|has-session|capture-pane -p|display-message -p|-V",
            "kill-session|kill-server|kill-pane|kill-window",
            "opens or changes a session",
        )
        .waiting_if(matches!(
            call.args.first().map(|w| w.text.as_str()),
            None | Some("attach" | "a" | "attach-session")
        )),
        "screen" => {
            let first = call.args.first().map_or("", |w| w.text.as_str());
            let ends = call.args.iter().any(|w| matches!(w.text.as_str(), "quit" | "kill"));
            match first {
                "-ls" | "-list" | "-v" => Verdict::READS,
                "-wipe" => Verdict::changes("opens or changes a session"),
                _ if ends => Verdict::destroys("ends a session and what runs in it"),
                _ => Verdict::changes("opens or changes a session").waiting_if(!first.starts_with("-d")),
            }
        }
        "htop" | "atop" | "btop" | "glances" | "nethogs" | "iftop" | "nload" | "bmon" | "systemd-cgtop" | "nvtop"
        | "slurm" => screen(call),
        "sysctl" => {
            let parsed = call.options("-a -n -N -e -r: --all --values --names --pattern: -A");
            let sets = parsed.operands.iter().any(|w| w.text.contains('='));
            parsed.verdict.and(Verdict::reads_if(!sets, "sets a kernel parameter"))
        }
        "ifconfig" => bare(call, "-a -s -v", 1, "changes the network"),
        "route" => bare(call, "-n -e -v -4 -6", 0, "changes the network"),
        "arp" => bare(call, "-a -n -e -v -i:", 1, "changes the network"),
        "kill" => kill(call),
        "pkill" | "killall" | "skill" => Verdict::destroys("kills every process that matches"),
        "reboot" | "shutdown" | "poweroff" | "halt" | "init" | "telinit" => power(call),
        "crontab" => crontab(call),
        "visudo" if call.args.iter().any(|w| w.text == "-c" || w.text == "--check") => Verdict::READS,
        "passwd" if call.args.iter().any(|w| w.text == "-S" || w.text == "--status") => Verdict::READS,
        "passwd"
            if call
                .args
                .iter()
                .any(|w| matches!(w.text.as_str(), "-l" | "-u" | "-d" | "-e" | "--lock" | "--unlock")) =>
        {
            Verdict::changes("edits the host's users")
        }
        "visudo" | "vipw" | "vigr" | "passwd" | "chfn" | "chsh" => Verdict::changes("edits the host's users").waiting(),
        "chage" => {
            let looks = call.options("-l --list -i").has(&["-l", "--list"]);
            Verdict::reads_if(looks, "changes when a password ends").waiting_if(!looks && call.args.len() < 2)
        }
        "faillock" => {
            let parsed = call.options("--user: --dir: --reset! --no-log-info --conf:");
            parsed.verdict
        }
        "useradd" | "adduser" | "usermod" | "groupadd" | "addgroup" | "groupmod" | "gpasswd" | "chpasswd"
        | "newusers" | "ssh-copy-id" => Verdict::changes("changes the host's users"),
        "renice" | "chrt" | "cgset" => Verdict::changes("changes a process"),
        "modprobe"
        | "insmod"
        | "rmmod"
        | "depmod"
        | "setenforce"
        | "setsebool"
        | "update-grub"
        | "ldconfig"
        | "update-ca-certificates"
        | "update-alternatives"
        | "locale-gen"
        | "dpkg-reconfigure"
        | "ntpdate"
        | "hwclock" => Verdict::changes("changes the system"),
        "kexec" => Verdict::destroys("takes the host down"),
        "history" if call.args.iter().any(|w| w.text == "-c" || w.text == "-d") => {
            Verdict::destroys("deletes the history")
        }
        "history" => Verdict::READS,
        "alias" => Verdict::reads_if(call.args.is_empty(), "changes what a word means"),
        "sshd" => {
            let parsed = call.options("-t -T -f: -C: -q -V");
            parsed.verdict.clone().and(Verdict::reads_if(parsed.has(&["-t", "-T", "-V"]), "starts a server"))
        }
        "systemd-tmpfiles" => {
            let clears = call.args.iter().any(|w| matches!(w.text.as_str(), "--clean" | "--remove"));
            if clears { Verdict::destroys("removes files") } else { Verdict::changes("makes files") }
        }
        "tmpwatch" | "tmpreaper" => Verdict::destroys("removes files"),
        "atrm" => Verdict::destroys("takes jobs away"),
        "userdel" | "groupdel" | "deluser" | "delgroup" => Verdict::destroys("removes a user"),
        "mesg" | "wall" => Verdict::changes("speaks to other users"),
        program => call.reads(BY_NAME.get(program)?),
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
        "isolate" => Verdict::destroys("stops everything that does not belong to the target"),
        "clean" => Verdict::destroys("removes a unit's files"),
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
    if verb.starts_with("terminate-") || verb.starts_with("kill-") {
        return Verdict::destroys("ends sessions");
    }
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

/// Signals that a process is told something by, rather than ended.
const TELLING: &[&str] = &[
    "HUP", "1", "USR1", "10", "USR2", "12", "CONT", "18", "STOP", "19", "TSTP", "20", "TTIN", "21", "TTOU", "22",
    "URG", "WINCH", "28", "QUIT", "3", "ALRM", "14", "CHLD", "17", "PIPE", "13",
];

fn kill(call: &Call) -> Verdict {
    let words: Vec<String> = call.args.iter().map(|w| w.text.to_ascii_uppercase()).collect();
    // Exactly these: `-ALRM` is a signal, no list.
    let looks = call.args.first().is_some_and(|w| matches!(w.text.as_str(), "-l" | "-L" | "--list" | "--table" | "-0"));
    if looks && !call.args.iter().any(|w| w.any) {
        return Verdict::READS;
    }
    // `-9`, `-KILL`, `-s KILL`, `-sSIGKILL`, `-n9`, `--signal=KILL`; without one it is asked to end.
    let signal = match words.first().map(String::as_str) {
        Some("-S" | "-N" | "--SIGNAL") => words.get(1).map(String::as_str),
        Some(first) => first
            .strip_prefix("--SIGNAL=")
            .or_else(|| {
                first.strip_prefix("-S").filter(|rest| rest.starts_with("SIG") || !rest.starts_with(['T', 'I']))
            })
            .or_else(|| first.strip_prefix("-N").filter(|rest| rest.bytes().all(|b| b.is_ascii_digit())))
            .or_else(|| first.strip_prefix('-')),
        None => None,
    };
    let signal = signal.map(|s| s.strip_prefix("SIG").unwrap_or(s)).unwrap_or("TERM");
    let told = TELLING.contains(&signal) || TELLING.iter().any(|known| signal == format!("IG{known}"));
    if told { Verdict::changes("signals a process") } else { Verdict::destroys("ends a process") }
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
