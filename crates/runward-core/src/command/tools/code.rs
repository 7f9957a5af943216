//! Package managers of languages, process managers and build tools.

use super::super::impact::{self, Verdict};
use super::options::{self, Table, Verbs};
use super::verbs::by_verb;
use super::{Call, Word, frameworks};

pub(super) fn verdict(call: &Call) -> Option<Verdict> {
    Some(match call.program {
        "pm2" => pm2(call),
        "supervisorctl" => supervisor(call),
        "npm" | "pnpm" | "yarn" | "bun" => node(call),
        "npx" | "bunx" | "pnpx" => npx(call),
        "node" | "python" | "python2" | "python3" | "ruby" | "perl" | "php" | "deno" | "lua" | "java" | "iex"
        | "elixir" | "tsx" | "ts-node" => interpreter(call),
        "pip" | "pip3" | "uv" | "poetry" | "pipenv" => PIP.verdict(call.args),
        "cargo" | "go" | "gem" | "bundle" | "composer" | "make" | "gradle" | "mvn" => build(call),
        "gh" | "glab" => forge(call),
        "conda" | "mamba" => by_verb(
            call.args, "", "list|env list|info|search|config --show|--version", "remove|uninstall|env remove|clean",
            "changes packages",
        ),
        "nvm" | "rbenv" | "pyenv" | "asdf" | "mise" | "rvm" | "fnm" | "volta" | "sdk" => by_verb(
            call.args, "", "ls|list|current|version|versions|which|ls-remote|--version", "uninstall|remove|prune",
            "changes which version is used",
        ),
        "cap" | "fab" | "invoke" | "just" | "task" | "nx" | "turbo" | "gulp" | "grunt" | "ant" | "sbt" | "lein"
        | "bazel" | "dotnet" => task(call),
        "jps" | "jstack" | "jstat" | "jinfo" | "javap" | "py-spy" | "rbspy" | "jmap" | "jcmd" | "perf" | "gdb"
        | "gcore" | "bpftrace" => profiler(call),
        _ => return None,
    })
}

fn pm2(call: &Call) -> Verdict {
    let parsed = call.options(
        "--lines: --nostream --no-color --raw --err --out --json --format --timestamp? --sort: -m --mini-list -v --version \
         --no-daemon -s --silent",
    );
    let operands = parsed.operands.len();
    let verdict = match parsed.operand(0) {
        "" if parsed.has(&["-v", "--version"]) => Verdict::READS,
        "conf" | "get" if operands < 2 => Verdict::READS,
        "get" if operands == 2 => Verdict::READS,
        "list" | "ls" | "l" | "status" | "show" | "describe" | "desc" | "info" | "id" | "pid" | "ping" | "report" => {
            Verdict::READS
        }
        "jlist" | "prettylist" | "env" => Verdict::READS.telling_secrets(),
        "logs" | "log" => Verdict::READS.waiting_if(!parsed.has(&["--nostream"])),
        "monit" | "dashboard" | "dash" | "attach" => Verdict::READS.waiting(),
        "delete" | "del" | "kill" | "flush" | "unstartup" | "uninstall" | "deleteModule" => {
            Verdict::destroys("removes applications, logs or pm2 itself")
        }
        _ => Verdict::changes("acts on applications"),
    };
    verdict.and(parsed.verdict)
}

fn supervisor(call: &Call) -> Verdict {
    let front = call.front("-c: -s: -u: -p:");
    if matches!(front.operand(0), "clear" | "remove") {
        return Verdict::destroys("takes logs or processes away");
    }
    let looks = matches!(front.operand(0), "status" | "pid" | "avail" | "version" | "tail" | "maintail" | "help");
    let follows = front.operand(0) == "tail" && front.rest.iter().any(|w| w.text == "-f");
    front
        .verdict
        .clone()
        .and(Verdict::reads_if(looks, "acts on processes"))
        .waiting_if(call.args.is_empty() || front.operand(0) == "fg" || follows)
}

fn node(call: &Call) -> Verdict {
    let parsed = call.options(
        "-C: --dir: --prefix: -w: --workspace: --filter: --depth: --depth? -g --global -v --version --help -y --yes -a --all \
         --json --long --prod --production --omit: --level: --audit-level: -r --recursive --parseable --loglevel:",
    );
    let verb = parsed.operand(0);
    let looks = match verb {
        "ls" | "list" | "outdated" | "view" | "why" | "explain" | "root" | "bin" | "ping" | "whoami" | "doctor" => true,
        "info" | "prefix" => true,
        "audit" => parsed.operands.len() == 1,
        "" => parsed.has(&["-v", "--version", "--help"]),
        "version" => parsed.operands.len() == 1 && call.program == "npm",
        _ => false,
    };
    match verb {
        "uninstall" | "remove" | "rm" | "un" | "unlink" | "prune" | "unpublish" | "r" => {
            return Verdict::destroys("removes packages");
        }
        "run" | "run-script" if impact::is_severe_task(parsed.operand(1)) => {
            return Verdict::destroys("runs a task that says that it destroys something");
        }
        "exec" | "dlx" | "x" if parsed.operands.len() > 1 => {
            let at = call.args.iter().position(|w| w.text == verb).unwrap_or(0);
            return behind_npx(call, &call.args[at + 1..]);
        }
        // `yarn db:reset`: a task by its name alone.
        task if call.program != "npm" && impact::is_severe_task(task) => {
            return Verdict::destroys("runs a task that says that it destroys something");
        }
        _ => {}
    }
    let asks = verb == "init" && !parsed.has(&["-y", "--yes"]);
    parsed.verdict.clone().and(Verdict::reads_if(looks, "runs or changes packages")).waiting_if(asks)
}

fn npx(call: &Call) -> Verdict {
    behind_npx(call, call.args)
}

/// A package that is fetched where it is not there, and then run.
fn behind_npx(call: &Call, args: &[Word]) -> Verdict {
    let front = options::in_front(args, "-y --yes --no-install --no -q --quiet -p:! --package:! --bun");
    if call.is_help() {
        return Verdict::READS;
    }
    let [package, rest @ ..] = front.rest else { return front.verdict };
    let name = package.text.split('@').next().unwrap_or_default();
    if name == "pino-pretty" && call.command.piped && rest.is_empty() {
        return front.verdict;
    }
    front.verdict.and(frameworks::fetched(name, rest))
}

/// Programs in another language, given as text: its words say at least whether they destroy.
const TEXT_OPTIONS: &[&str] =
    &["-c", "-e", "-E", "-ne", "-pe", "-le", "-r", "--eval", "-p", "-lne", "-0777", "-i", "-pi", "--print"];

fn interpreter(call: &Call) -> Verdict {
    let words: Vec<&str> = call.args.iter().map(|w| w.text.as_str()).collect();
    if let [file] = call.args
        && file.dynamic
        && file.text == "/dev/fd/63"
    {
        return Verdict::destroys("runs whatever the other command prints");
    }
    match words.as_slice() {
        ["-v" | "-V" | "--version" | "--help" | "-version" | "-m" | "-i"]
            if !matches!(words[0], "-m" | "-i") || call.program == "php" =>
        {
            Verdict::READS
        }
        // Its second operand is the file it writes.
        ["-m", "json.tool"] => Verdict::reads_if(call.program.starts_with("python"), "runs a program"),
        [script, ..] if script.ends_with("manage.py") => frameworks::django(&call.args[1..]),
        ["artisan", ..] => frameworks::artisan(&call.args[1..]),
        ["bin/console" | "app/console", ..] => frameworks::symfony(&call.args[1..]),
        ["-m", module, ..] => frameworks::of(module, &call.args[2..]).unwrap_or(Verdict::changes("runs a program")),
        [] | ["-"] if call.command.piped => Verdict::destroys("runs whatever the other command prints"),
        [] | ["-"] => match call.given_text() {
            Some(given) => frameworks::runs(&given.text),
            None => Verdict::changes("opens an interpreter").waiting_if(!call.has_input()),
        },
        [option, ..] if TEXT_OPTIONS.contains(option) => frameworks::runs(&words.join(" ")),
        [script, ..] => impact::project(script, &call.args[1..], "runs a program"),
    }
}

/// `cap production deploy`, `just db-reset`: tasks of a project.
fn task(call: &Call) -> Verdict {
    if call.is_help()
        || call
            .args
            .iter()
            .any(|w| matches!(w.text.as_str(), "-T" | "--list" | "-l" | "-n" | "--dry-run" | "--info" | "--list-sdks"))
    {
        return Verdict::READS;
    }
    let severe = call.args.iter().any(|w| !w.text.starts_with('-') && impact::is_severe_task(&w.text));
    if severe {
        Verdict::destroys("runs a task that says that it destroys something")
    } else {
        Verdict::changes("builds or runs a task")
    }
}

/// What looks into running programs, and what writes down what it saw.
fn profiler(call: &Call) -> Verdict {
    let verb = call.args.first().map_or("", |w| w.text.as_str());
    let (looks, waits) = match call.program {
        "jps" | "jstack" | "jinfo" | "javap" => (!call.args.iter().any(|w| w.text == "-flag"), false),
        "jstat" => (true, call.args.len() == 3),
        "jmap" => (!call.args.iter().any(|w| w.text.starts_with("-dump") || w.text.contains(":live")), false),
        "jcmd" => {
            let asked = call.args.get(1).map_or("", |w| w.text.as_str());
            (
                call.args.len() < 2
                    || matches!(
                        asked,
                        "help"
                            | "Thread.print"
                            | "VM.flags"
                            | "VM.version"
                            | "VM.uptime"
                            | "VM.system_properties"
                            | "VM.command_line"
                            | "GC.heap_info"
                            | "GC.class_histogram"
                            | "VM.native_memory"
                            | "VM.info"
                    ),
                false,
            )
        }
        "perf" => (
            matches!(verb, "top" | "stat" | "report" | "list" | "annotate")
                && !call.args.iter().any(|w| w.text == "-o" || w.text == "--output"),
            verb == "top" || verb == "stat",
        ),
        "py-spy" | "rbspy" => (matches!(verb, "top" | "dump"), verb == "top"),
        _ => (false, call.program == "gdb" && !call.args.iter().any(|w| w.text == "-batch" || w.text == "--batch")),
    };
    Verdict::reads_if(looks, "acts on a running program").waiting_if(waits)
}

const PIP: Verbs = Verbs {
    globals: "-q -V --version --no-color --disable-pip-version-check --directory: -C:",
    looks: &[(
        "list|show|freeze|check|tree|pip list|pip show|pip freeze|config list|config get|env info",
        "-o --outdated -u \
          --uptodate -l --local --user --format: -v --verbose -f --files --all --no-dev --tree -q --depth:",
    )],
    destroys: "uninstall|remove",
    loses: "removes packages",
    otherwise: "changes packages",
};

/// Build tools that can also just look: verb and options.
const TOOLS: &[(&str, &str, Table)] = &[
    ("cargo", "tree|metadata|search", "--depth: --format-version: --no-deps -i: -e: --limit: --locked --offline"),
    ("go", "version|list|env", "-m -json -f: -v"),
    ("gem bundle composer", "list|show|info|outdated", "-l -a -i -d --local --all --latest --direct --no-dev --tree"),
];

fn build(call: &Call) -> Verdict {
    let row = TOOLS.iter().find(|(names, ..)| names.split(' ').any(|n| n == call.program));
    let reads = row.is_some_and(|(_, verbs, table)| {
        let parsed = call.options(table);
        let lists = verbs.split('|').any(|v| v == parsed.operand(0));
        // `go env -w` is no known option; `go env GOPATH` shows, and nothing here takes `NAME=value` to look.
        lists && parsed.verdict == Verdict::READS && !parsed.operands.iter().any(|w| w.text.contains('='))
    });
    if reads || call.is_help() {
        return Verdict::READS;
    }
    let verb = call.args.iter().map(|w| w.text.as_str()).find(|w| !w.starts_with('-')).unwrap_or_default();
    let removes = matches!(
        (call.program, verb),
        ("gem", "uninstall" | "cleanup")
            | ("composer", "remove")
            | ("cargo", "uninstall" | "remove")
            | ("bundle", "remove" | "clean")
    );
    let runs = matches!(call.program, "make" | "gradle" | "mvn" | "composer");
    let severe = runs
        && call
            .args
            .iter()
            .any(|w| !w.text.starts_with('-') && !w.text.contains('=') && impact::is_severe_task(&w.text));
    let dry = call.program == "make"
        && call.args.iter().any(|w| matches!(w.text.as_str(), "-n" | "--dry-run" | "--just-print"));
    match () {
        () if removes => Verdict::destroys("removes packages"),
        () if severe && !dry => Verdict::destroys("runs a task that says that it destroys something"),
        () => Verdict::changes("builds or runs a task"),
    }
}

/// `gh api PATH`: a request as `curl` makes it.
fn api(call: &Call) -> Verdict {
    let method = call.args.iter().enumerate().find_map(|(at, w)| match w.text.as_str() {
        "-X" | "--method" => call.args.get(at + 1).map(|w| w.text.to_ascii_uppercase()),
        text => text.strip_prefix("-X").or_else(|| text.strip_prefix("--method=")).map(str::to_ascii_uppercase),
    });
    let sends =
        call.args.iter().any(|w| matches!(w.text.as_str(), "-f" | "-F" | "--field" | "--raw-field" | "--input"));
    match method.as_deref() {
        Some("DELETE") => Verdict::destroys("deletes at the forge"),
        Some("GET" | "HEAD") => Verdict::READS,
        Some(_) => Verdict::changes("acts at the forge"),
        None => Verdict::reads_if(!sends, "acts at the forge"),
    }
}

fn forge(call: &Call) -> Verdict {
    let parsed = call.options(
        "-R: --repo: -B: --base: -H: --head: -L: --limit: -s: --state: --json: -q: --jq: -t: --template: -l: --label: -a: --author: -b: --branch: -w: \
         --workflow: --log --log-failed -v --verbose -c --comments -j: --job: -u: --user: --search: -S: --name-only --patch \
         --exit-status --required --watch~",
    );
    let group = matches!(
        parsed.operand(0),
        "pr" | "mr"
            | "issue"
            | "run"
            | "ci"
            | "pipeline"
            | "repo"
            | "release"
            | "workflow"
            | "label"
            | "cache"
            | "job"
            | "secret"
            | "variable"
            | "gist"
            | "org"
            | "project"
    );
    if parsed.operand(0) == "api" {
        return api(call);
    }
    let verdict = match parsed.operand(1) {
        "" if matches!(parsed.operand(0), "status" | "version") => Verdict::READS,
        _ if matches!(parsed.operand(0), "search" | "browse") => Verdict::READS,
        "list" | "view" | "status" | "diff" | "checks" if group => Verdict::READS,
        "status" if parsed.operand(0) == "auth" => Verdict::READS,
        "watch" if group => Verdict::READS.waiting(),
        "delete" => Verdict::destroys("deletes at the forge"),
        _ => Verdict::changes("acts at the forge"),
    };
    verdict.and(parsed.verdict)
}
