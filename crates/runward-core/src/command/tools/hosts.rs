//! What acts on many hosts at once: Ansible, Salt, Puppet, Chef; and what describes them: Terraform and its kin.

use super::super::impact::{self, Verdict};
use super::options::{self, Table};
use super::verbs::by_verb;
use super::{Call, Word, code};

pub(super) fn verdict(call: &Call) -> Option<Verdict> {
    Some(match call.program {
        "ansible" => ad_hoc(call),
        "ansible-playbook" => playbook(call),
        "ansible-inventory" => call.reads("-i: --inventory: --list --graph --host: -l: --limit: --vars -y --yaml"),
        "ansible-doc" | "ansible-config" | "ansible-lint" => Verdict::READS,
        "ansible-vault" => match call.args.first().map(|w| w.text.as_str()) {
            Some("view") => Verdict::READS.telling_secrets(),
            Some("edit") => Verdict::changes("opens an editor").waiting(),
            _ => Verdict::changes("handles secrets"),
        },
        "ansible-galaxy" => {
            by_verb(call.args, "", "list|collection list|role list|info|search", "remove|role remove", "installs roles")
        }
        "salt" | "salt-ssh" => salt(call, 1),
        "salt-call" => salt(call, 0),
        "puppet" => puppet(call),
        "facter" | "ohai" => Verdict::READS,
        "chef-client" | "cinc-client" | "chef-solo" => {
            let looks = call.args.iter().any(|w| matches!(w.text.as_str(), "-W" | "--why-run" | "-v" | "--version"));
            Verdict::reads_if(looks, "applies the host's recipes")
        }
        "knife" => knife(call),
        "terraform" | "tofu" | "terragrunt" | "pulumi" => infrastructure(call),
        _ => return None,
    })
}

const ANSIBLE: Table = "-i: -l: -e: -u: -t: -b -s -K~ -k~ -v -vv -vvv -vvvv -D -f: -C -m: -a: -o -B: -P: -M: -T: -c: --check --diff \
     --list-tasks --list-hosts --list-tags --syntax-check --version --limit: --inventory: --extra-vars: --tags: --skip-tags: \
     --become --become-user: --become-method: --user: --forks: --ask-become-pass~ --ask-pass~ --private-key: --one-line \
     --module-name: --args: --timeout: --start-at-task: --step~ --vault-id:! --vault-password-file:! --connection: --flush-cache!";

/// `ansible web -m shell -a 'uptime'`: the module decides, and of a shell its text.
fn ad_hoc(call: &Call) -> Verdict {
    let parsed = call.options(ANSIBLE);
    if parsed.has(&["--list-hosts", "--version"]) {
        return parsed.verdict;
    }
    let given = parsed.values(&["-a", "--args"]);
    let module = parsed.values(&["-m", "--module-name"]).last().copied().unwrap_or("command");
    let module = module.rsplit('.').next().unwrap_or(module);
    let inner = match module {
        "ping" | "setup" | "debug" | "stat" | "gather_facts" | "service_facts" | "package_facts" | "win_ping"
        | "slurp" => Verdict::READS,
        "command" | "shell" | "raw" | "win_shell" | "script" => {
            let text: Vec<&str> = given.iter().map(|text| text.split(" chdir=").next().unwrap_or(text)).collect();
            match text.is_empty() || module == "script" {
                true => Verdict::changes("runs something on hosts"),
                false => code(
                    parsed.is_dynamic(&["-a", "--args"]),
                    text.iter().map(|t| impact::inner(t, call.depth)).fold(Verdict::READS, Verdict::and),
                ),
            }
        }
        "reboot" => Verdict::destroys("takes hosts down"),
        _ if given.iter().any(|a| a.contains("state=absent")) => Verdict::destroys("removes something from hosts"),
        _ if parsed.has(&["-C", "--check"]) => Verdict::READS,
        _ => Verdict::changes("changes hosts"),
    };
    parsed.verdict.and(inner)
}

fn playbook(call: &Call) -> Verdict {
    let parsed = call.options(ANSIBLE);
    let looks =
        parsed.has(&["-C", "--check", "--list-tasks", "--list-hosts", "--list-tags", "--syntax-check", "--version"]);
    parsed.verdict.and(Verdict::reads_if(looks, "changes hosts"))
}

/// Functions of Salt that only look, by the module they stand in.
const SALT_LOOKS: &[&str] = &[
    "test.", "grains.get", "grains.item", "grains.ls", "grains.items", "status.", "disk.usage", "disk.inodeusage",
    "network.", "pillar.", "service.status", "service.get_all", "service.available", "pkg.version", "pkg.list_pkgs",
    "pkg.list_upgrades", "pkg.latest_version", "state.show_", "state.running", "saltutil.running", "saltutil.find_job",
    "mine.get", "sys.", "config.get", "ps.top", "ps.cpu_percent", "file.read", "file.find", "file.stats", "user.info",
    "user.list_users", "cp.list_", "match.", "schedule.list", "mount.active", "timezone.get_zone", "locale.get_locale",
];

fn salt(call: &Call, targets: usize) -> Verdict {
    let front = call.options(
        "-G -E -L -C -N -S -R -I -l: -t: -b: --batch-size: --out: --output: -c: --config-dir: --local --timeout: --async \
         --static -v --show-timeout --hide-timeout --no-color --force-color --state-output: --retcode-passthrough -i \
         --priv: --user: --askpass~ -r",
    );
    let function = front.operand(targets);
    let rest = front.operands.get(targets + 1..).unwrap_or_default();
    let tested = rest.iter().any(|w| w.text.eq_ignore_ascii_case("test=true"));
    let inner = match function {
        "" => Verdict::changes("acts on hosts"),
        "cmd.run" | "cmd.shell" | "cmd.run_all" | "cmd.run_stdout" | "cmd.retcode" => match rest.first() {
            Some(text) => code(text.dynamic, impact::inner(&text.text, call.depth)),
            None => Verdict::changes("runs something on hosts"),
        },
        function if function.starts_with("state.") && tested => Verdict::READS,
        function if SALT_LOOKS.iter().any(|known| function.starts_with(known)) => Verdict::READS,
        "system.reboot" | "system.shutdown" | "system.poweroff" | "system.halt" | "file.remove" | "pkg.remove"
        | "pkg.purge" | "ps.kill_pid" | "ps.pkill" | "user.delete" | "saltutil.kill_job" | "service.mask" => {
            Verdict::destroys("takes something away from hosts")
        }
        _ => Verdict::changes("changes hosts"),
    };
    front.verdict.and(inner)
}

fn puppet(call: &Call) -> Verdict {
    let given = |option: &str| call.args.iter().any(|w| w.text == option);
    match call.args.first().map(|w| w.text.as_str()) {
        Some("agent" | "apply") if given("--noop") => Verdict::READS,
        Some("resource") if call.args.len() <= 3 && !call.args.iter().any(|w| w.text.contains('=')) => Verdict::READS,
        _ => by_verb(
            call.args,
            "",
            "config print|cert list|node list|module list|lookup|parser validate|facts|describe|--version|query",
            "cert clean|cert revoke|node clean|node deactivate|node purge|module uninstall|ca clean",
            "applies the host's manifest",
        ),
    }
}

fn knife(call: &Call) -> Verdict {
    let front = options::in_front(call.args, "-c: -E: -F: -k: -u: -z -V -y");
    // `knife ssh QUERY 'command'`, with options before, between and behind.
    if let [ssh, rest @ ..] = front.rest
        && ssh.text == "ssh"
    {
        let parsed = options::anywhere(
            rest,
            "-C: -a: -x: -i: -P: -p: -G: -m --concurrency: --attribute: --ssh-user: -A -E: --no-host-key-verify -aipaddress",
        );
        let remote = parsed.operands.get(1..).unwrap_or_default();
        let text: Vec<&str> = remote.iter().map(|w| w.text.as_str()).collect();
        let dynamic = remote.iter().any(|w: &&Word| w.dynamic);
        return match text.as_slice() {
            [] | ["interactive" | "tmux" | "screen" | "macterm"] => {
                Verdict::changes("opens a shell on hosts").waiting()
            }
            _ => parsed.verdict.and(code(dynamic, impact::inner(&text.join(" "), call.depth))),
        };
    }
    front.verdict.and(by_verb(
        front.rest,
        "",
        "node list|node show|role list|role show|environment list|environment show|client list|client show|cookbook list|\
         cookbook show|data bag list|data bag show|search|status|ssl check|ssl fetch --help|list|show|diff|tag list|\
         user list|user show|group list|group show|acl show|vault list|vault show|deps",
        "node delete|client delete|role delete|environment delete|cookbook delete|data bag delete|node bulk delete|\
         client bulk delete|cookbook bulk delete|vault delete|user delete|delete",
        "acts on hosts",
    ))
}

fn infrastructure(call: &Call) -> Verdict {
    const YES: &[&str] = &["-auto-approve", "--auto-approve", "--yes", "-y", "--non-interactive"];
    let parsed = call.options(
        "-chdir: -auto-approve --auto-approve --yes -y -no-color -json -input: -var: -var-file: -target: -lock: -refresh: \
         -detailed-exitcode -raw -compact-warnings -parallelism: -destroy --json --stack: -s: --diff --show-secrets --cwd: \
         --non-interactive --terragrunt-non-interactive --terragrunt-working-dir: --working-dir: -lock-timeout: -refresh-only -check -recursive",
    );
    let waits = !parsed.has(YES);
    // `terragrunt run-all plan`
    let shift = usize::from(matches!(parsed.operand(0), "run-all" | "run" | "stack" if call.program == "terragrunt"));
    let verdict = match (call.program, parsed.operand(shift), parsed.operand(shift + 1)) {
        (_, "plan" | "show" | "output" | "validate" | "version" | "graph" | "preview", _)
        | (_, "state", "list" | "show")
        | (_, "workspace", "list" | "show")
        | (_, "stack", "" | "ls" | "output" | "history")
        | ("pulumi", "whoami" | "about" | "logs", _) => Verdict::READS.telling_secrets(),
        ("terraform" | "tofu", "providers", "") => Verdict::READS,
        ("terraform" | "tofu" | "terragrunt", "fmt", _) if parsed.has(&["-check"]) => Verdict::READS,
        (_, "destroy", _) => Verdict::destroys("destroys infrastructure").waiting_if(waits),
        (_, "apply", _) if parsed.has(&["-destroy"]) => Verdict::destroys("destroys infrastructure").waiting_if(waits),
        (_, "state" | "stack" | "workspace", "rm" | "delete") => Verdict::destroys("forgets infrastructure"),
        (_, "apply" | "up", _) => Verdict::changes("changes infrastructure").waiting_if(waits),
        _ => Verdict::changes("changes infrastructure"),
    };
    verdict.and(parsed.verdict)
}
