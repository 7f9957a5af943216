//! Commands that take something away, and commands that hit more than they need to.

use super::acts;
use super::calls::{Call, shorten};
use super::stated;
use super::{Context, Kind, Needs};
use crate::command::impact::Impact;
use crate::runbook::{Finding, Level};

pub(super) const KINDS: &[Kind] = &[SF01, SF02];

const SF01: Kind = Kind {
    id: "SF01",
    level: Level::Error,
    needs: Needs::Document,
    what: "A step destroys something that does not come back by itself, and nothing says what must be true first.",
    why: "It is pasted by somebody tired, often as one line among harmless ones. A condition in the words above it, a copy made before, or a look at the same thing before is enough; Runward asks for the target's name in any case.",
    wrong: "# Ops\n\n## Web down\n\n**Fix:**\n```bash\ndf -h\nrm -rf /srv/cache\n```\n",
    right: "# Ops\n\n## Web down\n\n**Fix:**\n```bash\ndf -h\n# Only after the web service was stopped: it keeps its sessions there\nrm -rf /srv/cache\n```\n",
    check: Some(destroys),
};

fn destroys(context: &Context<'_>, found: &mut Vec<Finding>) {
    for (number, at) in context.places.iter().enumerate() {
        let mentioned = context.calls.at(number).iter().any(is_mention);
        if at.command.impact != Impact::Destructive || mentioned || stated::is_stated(context, number) {
            continue;
        }
        let message = format!("`{}` is destructive: it {}", shorten(&at.command.text), at.command.why);
        let help = "say above it what must be true first and how to undo it, or make a copy before; Runward asks for the target's name before it runs this";
        found.push(at.finding(&SF01, message, help));
    }
}

/// `kill -9` and `truncate -s 0` in a sentence: the name of a command, not a command.
fn is_mention(call: &Call<'_>) -> bool {
    let lone = || call.operands(&["-s", "--size", "--signal", "-u"]).is_empty() && !acts::is_fed(call);
    match call.program {
        "kill" | "pkill" | "killall" | "rm" | "truncate" | "shred" | "dd" | "unlink" | "userdel" | "rmdir" => lone(),
        "git" => call.args().len() == 1 && call.arg(0).starts_with("filter-"),
        _ => false,
    }
}

const SF02: Kind = Kind {
    id: "SF02",
    level: Level::Warning,
    needs: Needs::Document,
    what: "A command hits more than the trouble it is meant for: everything of a kind, or a process without a chance to end well.",
    why: "`docker compose down` removes every container with its logs where one was to be restarted; `pkill -f node` ends each program whose command line holds the word; `kill -9` leaves no time to finish writing.",
    wrong: "# Ops\n\n## Api hangs\n\n**Fix:**\n```bash\npkill -f node\n```\n",
    right: "# Ops\n\n## Api hangs\n\n**Fix:**\n```bash\nsystemctl restart harbour-api\n```\n",
    check: Some(|context, found| {
        let programs = &[
            "docker", "podman", "docker-compose", "podman-compose", "pm2", "pkill", "killall", "kill", "supervisorctl",
            "kubectl", "systemctl", "rm", "chown", "chmod",
        ];
        found.extend(
            context.calls.of(programs).filter(|call| !is_mention(call)).filter_map(|call| over_broad(context, call)),
        );
    }),
};

fn over_broad(context: &Context<'_>, call: &Call<'_>) -> Option<Finding> {
    let (what, help) = match call.program {
        "docker" | "podman" | "docker-compose" | "podman-compose" => containers(context, call)?,
        "pm2" | "supervisorctl" if is_all(call) => {
            ("restarts everything that runs there, also what works".to_owned(), "name the one that is in trouble")
        }
        "pkill" | "killall" => {
            (ends_all(call)?, "stop the service by its unit, or match what only its command line holds")
        }
        "kill" => (kills_at_once(context, call)?, "send TERM first (`kill PID`), wait, and only then KILL"),
        "kubectl"
            if call.has(&["--all", "--all-namespaces", "-A"]) && call.has(&["delete", "restart", "drain", "scale"]) =>
        {
            ("hits everything of its kind".to_owned(), "name the one that is in trouble, or select it by label")
        }
        "systemctl"
            if call.has(&["restart", "stop", "kill"])
                && call.texts().any(|text| text == "*" || text == "*.service") =>
        {
            ("hits every unit".to_owned(), "name the units")
        }
        "rm" if call.operands(&[]).iter().any(|word| is_root(&word.text)) && call.flag('r', "--recursive") => (
            "removes from the root of the file system, or from wherever one stands".to_owned(),
            "name the folder in full",
        ),
        "chown" | "chmod"
            if call.flag('R', "--recursive") && call.operands(&[]).iter().skip(1).any(|word| is_root(&word.text)) =>
        {
            ("changes every file of the system".to_owned(), "name the folder in full")
        }
        _ => return None,
    };
    Some(call.finding(&SF02, format!("`{}` {what}", call.short(6)), help))
}

fn is_root(path: &str) -> bool {
    matches!(path, "/" | "/*" | "*" | "./*" | "." | "~" | "~/*" | "/etc" | "/usr" | "/var" | "/home")
}

fn is_all(call: &Call<'_>) -> bool {
    call.has(&["all"]) && call.has(&["restart", "delete", "del", "kill", "shutdown"])
}

fn containers(context: &Context<'_>, call: &Call<'_>) -> Option<(String, &'static str)> {
    if let Some((verb, rest)) = acts::compose(call) {
        let named = rest.iter().any(|word| !word.text.starts_with('-'));
        let meant = || stated::means_everything(&context.near.said(&call.place));
        return (verb == "down" && !named && !meant()).then(|| {
            let what = "removes every container of the project, and their logs with them".to_owned();
            (what, "`docker compose up -d` takes changed settings over, `restart SERVICE` restarts one, `stop` keeps the containers")
        });
    }
    let words = acts::docker(call)?;
    let first = words[0].text.as_str();
    let every = words.iter().any(|word| word.dynamic && is_list_of_all(&word.text));
    if matches!(first, "stop" | "rm" | "kill" | "restart" | "rmi") && every {
        return Some(("hits every container of the host".to_owned(), "name the container that is in trouble"));
    }
    let prunes = words.get(1).is_some_and(|word| word.text == "prune");
    let volumes = words.iter().any(|word| word.text == "--volumes");
    if !prunes || first == "builder" || !(volumes || acts::given(words, 'a', "--all")) {
        return None;
    }
    let what = if volumes || first == "volume" {
        "also removes the volumes that no container uses at the moment, with the data in them"
    } else {
        "removes every image that no running container uses"
    };
    Some((what.to_owned(), "leave `-a` out, or keep what is needed by a label: `--filter label!=keep`"))
}

/// `$(docker ps -q)`, `$(docker ps -aq)`; not where a filter picks some.
fn is_list_of_all(text: &str) -> bool {
    let lists = (text.contains("ps") || text.contains("images")) && text.contains("q");
    lists && (text.contains("docker") || text.contains("podman")) && !text.contains("filter") && !text.contains(" -f")
}

/// Names of interpreters: a pattern that is nothing but one of them fits every program written for it.
const INTERPRETERS: &[&str] = &[
    "node", "nodejs", "python", "python3", "java", "ruby", "php", "php-fpm", "bun", "deno", "go", "bash", "sh", "perl",
    "dotnet", "beam", "uwsgi", "gunicorn", "npm",
];

fn ends_all(call: &Call<'_>) -> Option<String> {
    let patterns = call.operands(&["-u", "-U", "-s", "--signal", "-g", "-P", "-t", "-n"]);
    let name = patterns.first()?.text.trim_matches(['^', '$', '"', '\'']);
    if INTERPRETERS.contains(&name) && !call.texts().any(|text| matches!(text, "-u" | "--euid" | "-P" | "--parent")) {
        return Some(format!("ends every program that runs on {name}, also what works"));
    }
    let hard = call.has(&["-9", "-KILL", "-SIGKILL", "--signal=KILL", "--signal=9"]);
    hard.then(|| "leaves the program no time to finish what it is writing".to_owned())
}

fn kills_at_once(context: &Context<'_>, call: &Call<'_>) -> Option<String> {
    let hard = call.has(&["-9", "-KILL", "-SIGKILL"])
        || matches!(call.value("-s", "--signal"), Some("9" | "KILL" | "SIGKILL"));
    let asked_before = context.calls.before(call).iter().any(|other| {
        let soft = !other.has(&["-9", "-KILL", "-SIGKILL", "-0"]);
        matches!(other.program, "kill" | "pkill" | "killall") && soft
            || acts::service_change(other).is_some_and(|(change, _)| change == acts::Change::Stops)
    });
    (hard && !asked_before).then(|| "leaves the program no time to finish what it is writing".to_owned())
}
