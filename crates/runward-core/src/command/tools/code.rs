//! Package managers of languages, process managers and build tools.

use super::super::impact::Verdict;
use super::Call;
use super::options::{Table, Verbs};

pub(super) fn verdict(call: &Call) -> Option<Verdict> {
    Some(match call.program {
        "pm2" => pm2(call),
        "supervisorctl" => supervisor(call),
        "npm" | "pnpm" | "yarn" | "bun" => node(call),
        "npx" | "bunx" | "pnpx" => npx(call),
        "node" | "python" | "python3" | "ruby" | "perl" | "php" | "deno" | "lua" | "java" => interpreter(call),
        "pip" | "pip3" | "uv" | "poetry" | "pipenv" => PIP.verdict(call.args),
        "cargo" | "go" | "gem" | "bundle" | "composer" | "mix" | "rake" | "make" | "gradle" | "mvn" => build(call),
        "gh" | "glab" => forge(call),
        "terraform" | "tofu" | "pulumi" => infrastructure(call),
        "ansible-playbook" | "ansible" => ansible(call),
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
    let looks = matches!(front.operand(0), "status" | "pid" | "avail" | "version" | "tail");
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
    let asks = verb == "init" && !parsed.has(&["-y", "--yes"]);
    parsed.verdict.clone().and(Verdict::reads_if(looks, "runs or changes packages")).waiting_if(asks)
}

fn npx(call: &Call) -> Verdict {
    let parsed = call.options("-y --yes --no-install --schema: --force --skip-seed --skip-generate --accept-data-loss");
    match parsed.texts().as_slice() {
        ["prisma", "migrate", "status"] | ["prisma", "validate" | "version"] => parsed.verdict,
        ["prisma", "migrate", "reset", ..] | ["prisma", "db", "push", ..] => Verdict::destroys("may drop the database"),
        ["pino-pretty"] if call.command.piped => parsed.verdict,
        _ => Verdict::changes("downloads and runs a package"),
    }
}

fn interpreter(call: &Call) -> Verdict {
    let words: Vec<&str> = call.args.iter().map(|w| w.text.as_str()).collect();
    match words.as_slice() {
        ["-v" | "-V" | "--version" | "--help" | "-version"] => Verdict::READS,
        // Its second operand is the file it writes.
        ["-m", "json.tool"] => Verdict::reads_if(call.program.starts_with("python"), "runs a program"),
        [] if call.command.piped => Verdict::destroys("runs whatever the other command prints"),
        [] => Verdict::changes("opens an interpreter").waiting_if(!call.has_input()),
        _ => Verdict::changes("runs a program"),
    }
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
    Verdict::reads_if(reads || call.is_help(), "builds or runs a task")
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
    let verdict = match parsed.operand(1) {
        "list" | "view" | "status" | "diff" | "checks" if group => Verdict::READS,
        "status" if parsed.operand(0) == "auth" => Verdict::READS,
        "watch" if group => Verdict::READS.waiting(),
        "delete" => Verdict::destroys("deletes at the forge"),
        _ => Verdict::changes("acts at the forge"),
    };
    verdict.and(parsed.verdict)
}

fn infrastructure(call: &Call) -> Verdict {
    const YES: &[&str] = &["-auto-approve", "--auto-approve", "--yes", "-y"];
    let parsed = call.options(
        "-chdir: -auto-approve --auto-approve --yes -y -no-color -json -input: -var: -var-file: -target: -lock: -refresh: \
         -detailed-exitcode -raw -compact-warnings -parallelism: -destroy --json --stack: -s: --diff --show-secrets --cwd:",
    );
    let waits = !parsed.has(YES);
    let verdict = match (call.program, parsed.operand(0), parsed.operand(1)) {
        (_, "plan" | "show" | "output" | "validate" | "version" | "graph" | "preview", _)
        | (_, "state", "list" | "show")
        | (_, "workspace", "list" | "show")
        | (_, "stack", "" | "ls" | "output" | "history") => Verdict::READS.telling_secrets(),
        ("terraform" | "tofu", "providers", "") => Verdict::READS,
        (_, "destroy", _) => Verdict::destroys("destroys infrastructure").waiting_if(waits),
        (_, "apply" | "up", _) => Verdict::changes("changes infrastructure").waiting_if(waits),
        _ => Verdict::changes("changes infrastructure"),
    };
    verdict.and(parsed.verdict)
}

fn ansible(call: &Call) -> Verdict {
    let parsed = call.options(
        "-i: -l: -e: -u: -t: -b -K~ -k~ -v -vv -vvv -D -f: -C --check --diff --list-tasks --list-hosts --list-tags \
         --syntax-check --version --limit: --inventory: --extra-vars: --tags: --skip-tags: --become --user: --forks: \
         --ask-become-pass~ --vault-password-file:!",
    );
    let looks =
        parsed.has(&["-C", "--check", "--list-tasks", "--list-hosts", "--list-tags", "--syntax-check", "--version"]);
    parsed.verdict.and(Verdict::reads_if(looks, "changes hosts"))
}
