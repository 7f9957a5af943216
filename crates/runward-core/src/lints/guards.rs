//! What keeps strangers out, switched off: code from the net, open permissions, firewalls, certificates nobody checks.

use super::acts;
use super::calls::Call;
use super::{Context, Kind, Needs, Place};
use crate::runbook::{Finding, Level};

pub(super) const KINDS: &[Kind] = &[SF05, UNPINNED];

const SF05: Kind = Kind {
    id: "SF05",
    level: Level::Error,
    needs: Needs::Document,
    what: "A command switches off what protects the machine, or runs whatever the net hands out.",
    why: "`curl … | sh` runs what the other side sends at that moment, as whoever typed it. `chmod 777`, a firewall or SELinux that is off, and certificates or host keys that are not checked stay that way when the incident is long over.",
    wrong: "# Ops\n\n## Tool missing\n\n**Fix:**\n```bash\ncurl -fsSL https://get.harbour.example/install | sh\n```\n",
    right: "# Ops\n\n## Tool missing\n\n**Fix:**\n```bash\ncurl -fsSLo /tmp/tool.tgz https://get.harbour.example/tool-1.4.2.tgz\necho \"$TOOL_SHA256  /tmp/tool.tgz\" | sha256sum -c -\n```\n",
    check: Some(|context, found| {
        found.extend(context.calls.all().iter().filter_map(|call| guard_down(context, call)));
        found.extend(context.places.iter().filter_map(unchecked_login));
    }),
};

fn guard_down(context: &Context<'_>, call: &Call<'_>) -> Option<Finding> {
    let (what, help) = match call.program {
        "bash" | "sh" | "zsh" | "dash" | "ash" | "python" | "python3" | "perl" | "ruby" | "node" | "source" | "."
        | "eval" | "php" => runs_the_net(context, call)?,
        "" => (evaluates_the_net(call)?, "fetch a fixed version into a file, compare its checksum, and run that"),
        "chmod" => (open_to_all(call)?, "give it to the user or group that needs it: `chown`, `chmod 750`"),
        "ufw" if call.has(&["disable", "reset"]) => ("switches the firewall off", "open the one port that is needed"),
        "iptables" | "ip6tables" | "nft" => {
            (firewall_off(call)?, "open the one port that is needed, and save the rules first")
        }
        "setenforce" if matches!(call.arg(0), "0" | "Permissive" | "permissive") => {
            ("switches SELinux off", "find what it refuses with `ausearch -m avc` and allow that")
        }
        "systemctl" | "service" => (guard_stopped(call)?, "open the one port that is needed, or allow the one program"),
        "curl" => (unchecked_curl(call)?, "name the certificate that is to be trusted: `--cacert FILE`"),
        "wget" if call.has(&["--no-check-certificate"]) => {
            ("does not check whom it talks to", "name the certificate: `--ca-certificate=FILE`")
        }
        "git" if call.texts().any(|text| text.eq_ignore_ascii_case("http.sslVerify=false")) => {
            ("does not check whom it talks to", "name the certificate: `http.sslCAInfo`")
        }
        "npm"
            if call.texts().any(|text| text.starts_with("strict-ssl"))
                && call.texts().any(|text| text.ends_with("false")) =>
        {
            ("does not check whom it talks to", "name the certificate: `npm config set cafile`")
        }
        "kubectl" | "helm" | "oc"
            if call.texts().any(|text| text.starts_with("--insecure-skip-tls-verify") && !text.ends_with("=false")) =>
        {
            ("does not check whom it talks to", "name the cluster's certificate in the kubeconfig")
        }
        "apt" | "apt-get"
            if call
                .texts()
                .any(|text| text == "--allow-unauthenticated" || text.ends_with("AllowUnauthenticated=true")) =>
        {
            ("installs packages nobody signed", "add the repository's key")
        }
        _ => (unchecked_by_setting(call)?, "name the certificate that is to be trusted"),
    };
    Some(call.finding(&SF05, format!("`{}` {what}", call.short(5)), help))
}

/// `curl … | sh`, `bash <(curl …)`, `sh -c "$(curl …)"`, `eval "$(wget -qO- …)"`.
fn runs_the_net(context: &Context<'_>, call: &Call<'_>) -> Option<(&'static str, &'static str)> {
    let fetches = |other: &Call<'_>| matches!(other.program, "curl" | "wget" | "http" | "fetch");
    let beside = context.calls.beside(call);
    // `python3 -m json.tool` and `python3 -c …` read what comes in as data.
    let reads_code = || {
        call.operands(&["-o", "-O"]).iter().all(|word| matches!(word.text.as_str(), "-" | "-s"))
            || call.texts().any(|text| text == "-s" || text.starts_with("/dev/stdin"))
    };
    let data = call.texts().any(|text| matches!(text, "-c" | "-m" | "-e" | "-n" | "-p" | "-ne" | "-pe" | "-r"));
    let fed = call.command.piped && !data && reads_code() && feeds(context, call, fetches);
    let substituted = beside.iter().any(|other| {
        other.command.substituted
            && other.number < call.number
            && fetches(other)
            && (call.has(&["/dev/fd/63"])
                || call
                    .texts()
                    .any(|text| text.contains("$(curl") || text.contains("$(wget") || text.contains("`curl")))
    }) && !matches!(call.program, "python" | "python3" | "node" | "perl" | "php");
    (fed || substituted).then_some((
        "runs what the net hands out at that moment",
        "fetch a fixed version into a file, compare its checksum, and run that",
    ))
}

/// `$(curl …)` as a command of its own, as `sh -c "$(curl …)"` comes to.
fn evaluates_the_net(call: &Call<'_>) -> Option<&'static str> {
    let first = call.command.words.first()?.text.as_str();
    let fetches = ["$(curl", "$(wget", "`curl", "`wget"].iter().any(|start| first.starts_with(start));
    fetches.then_some("runs what the net hands out at that moment")
}

/// Whether what comes in by the pipe was fetched.
fn feeds(context: &Context<'_>, call: &Call<'_>, fetches: impl Fn(&Call<'_>) -> bool) -> bool {
    let beside = context.calls.beside(call);
    let Some(mine) = beside.iter().position(|other| other.number == call.number) else { return false };
    for other in beside[..mine].iter().rev() {
        if fetches(other) {
            return true;
        }
        if !other.command.piped && !other.command.substituted {
            return false;
        }
    }
    false
}

fn open_to_all(call: &Call<'_>) -> Option<&'static str> {
    let open = call.texts().any(|text| {
        let digits = !text.is_empty() && text.chars().all(|c| c.is_ascii_digit());
        let others_write =
            digits && text.len() >= 3 && matches!(text.as_bytes()[text.len() - 1], b'7' | b'6' | b'3' | b'2');
        // The sticky bit keeps a shared folder safe: `chmod 1777 /tmp`.
        let sticky = text.len() == 4 && text.starts_with('1');
        others_write && !sticky
            || matches!(
                text,
                "a+rwx" | "a+w" | "o+w" | "o+rwx" | "ugo+rwx" | "a=rwx" | "+rwx" | "go+w" | "ugo+w" | "a+rw" | "o+rw"
            )
    });
    open.then_some("lets every user of the machine change it")
}

fn firewall_off(call: &Call<'_>) -> Option<&'static str> {
    if call.program == "nft" {
        return (call.arg(0) == "flush" && call.arg(1) == "ruleset").then_some("switches the firewall off");
    }
    let table = call.value("-t", "--table").unwrap_or("filter");
    let chain = || call.args().iter().skip_while(|word| !matches!(word.text.as_str(), "-F" | "--flush")).nth(1);
    let all = call.has(&["-F", "--flush"])
        && table == "filter"
        && chain().is_none_or(|word| matches!(word.text.as_str(), "INPUT") || word.text.starts_with('-'));
    let opens = call.has(&["-P", "--policy"]) && call.has(&["INPUT"]) && call.has(&["ACCEPT"]);
    (all || opens).then_some("switches the firewall off")
}

fn guard_stopped(call: &Call<'_>) -> Option<&'static str> {
    const GUARDS: &[&str] = &["firewalld", "ufw", "nftables", "iptables", "apparmor", "auditd", "fail2ban"];
    let stops = call.has(&["stop", "disable", "mask"]);
    let guard = call.texts().any(|text| GUARDS.contains(&text.trim_end_matches(".service")));
    (stops && guard).then_some("switches off what guards the machine")
}

fn unchecked_curl(call: &Call<'_>) -> Option<&'static str> {
    let unchecked = call.texts().take_while(|text| *text != "--").any(|text| match text.strip_prefix('-') {
        Some(rest) if rest.starts_with('-') => text == "--insecure",
        // `-ksS`, but not the value in `-okfile`.
        Some(letters) => letters.chars().take_while(|c| !"odHXumAbcCeEFKTUwxYyzDPQrt".contains(*c)).any(|c| c == 'k'),
        None => false,
    });
    let here = call.texts().any(|text| ["localhost", "127.0.0.1", "[::1]"].iter().any(|host| text.contains(host)));
    (unchecked && !here).then_some("does not check whom it talks to")
}

/// `ssh -o StrictHostKeyChecking=no HOST …`: a wrapper, which calls do not show.
fn unchecked_login(place: &Place<'_>) -> Option<Finding> {
    const PROGRAMS: &[&str] = &["ssh", "scp", "sftp", "rsync", "ssh-copy-id", "sshpass", "ansible", "ansible-playbook"];
    let off = |text: &str| {
        let small = text.to_ascii_lowercase();
        small.contains("stricthostkeychecking=no")
            || small.contains("stricthostkeychecking no")
            || small.contains("userknownhostsfile=/dev/null")
    };
    let login = place.simple().iter().find(|command| {
        let named = command.words.iter().take(3).any(|word| PROGRAMS.contains(&word.text.as_str()));
        named && command.words.iter().any(|word| off(&word.text))
    })?;
    let name = login.words.first().map_or("ssh", |word| word.text.as_str());
    let message = format!("`{name}` talks to whichever host answers");
    Some(place.finding(&SF05, message, "put the host's key into known_hosts once: `ssh-keyscan`, and compare it"))
}

fn unchecked_by_setting(call: &Call<'_>) -> Option<&'static str> {
    let settings =
        call.command.assigns.iter().map(String::as_str).chain(call.texts().filter(|_| call.program == "export"));
    let mut off = settings.filter(|text| {
        matches!(
            *text,
            "NODE_TLS_REJECT_UNAUTHORIZED=0" | "GIT_SSL_NO_VERIFY=1" | "GIT_SSL_NO_VERIFY=true" | "PYTHONHTTPSVERIFY=0"
        )
    });
    off.next().map(|_| "does not check whom it talks to")
}

const UNPINNED: Kind = Kind {
    id: "unpinned-code",
    level: Level::Warning,
    needs: Needs::Document,
    what: "A command fetches a program of no fixed version and runs it on the machine in trouble.",
    why: "`npx tool` and `pm2 install module` run the newest version that the registry has at that moment, with whatever is piped into it. Nobody tried that version, and the registry may not be reachable.",
    wrong: "# Ops\n\n## Read the logs\n\n```bash\ndocker logs harbour-api | npx log-beautifier\n```\n",
    right: "# Ops\n\n## Read the logs\n\n```bash\ndocker logs harbour-api | jq -r .msg\n```\n",
    check: Some(|context, found| {
        let programs = &["npx", "bunx", "pnpm", "yarn", "npm", "pm2", "pipx", "uvx"];
        found.extend(context.calls.of(programs).filter_map(unpinned));
    }),
};

fn unpinned(call: &Call<'_>) -> Option<Finding> {
    let operands = call.operands(&["-p", "--package", "-c", "--call", "--from", "--with"]);
    let first = operands.first()?.text.as_str();
    let second = operands.get(1).map_or("", |word| word.text.as_str());
    let name = match call.program {
        // Where the project has it, npx takes that; piped into or told not to ask, it is fetched.
        "npx" if call.command.piped || call.has(&["-y", "--yes"]) => first,
        "bunx" | "uvx" if call.command.piped => first,
        "pnpm" | "yarn" if first == "dlx" => second,
        "pipx" if first == "run" => second,
        "pm2" if first == "install" => second,
        "npm" if matches!(first, "install" | "i") && call.has(&["-g", "--global"]) => second,
        _ => return None,
    };
    let pinned = name.trim_start_matches('@').contains('@') || name.contains("==") || name.starts_with(['.', '/']);
    if name.is_empty() || pinned || acts::is_env_file(name) {
        return None;
    }
    let message = format!("`{}` runs the newest `{name}` that the registry has at that moment", call.short(3));
    Some(call.finding(
        &UNPINNED,
        message,
        format!("name the version (`{name}@1.2.3`), or install it beforehand with everything else"),
    ))
}
