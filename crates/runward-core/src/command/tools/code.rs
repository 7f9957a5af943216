//! Version control, package managers of languages, process managers and build tools.

use super::super::impact::Verdict;
use super::Call;

pub(super) fn verdict(call: &Call) -> Option<Verdict> {
    Some(match call.program {
        "git" => git(call),
        "pm2" => pm2(call),
        "supervisorctl" => Verdict::reads_if(
            matches!(call.verb(&["-c", "-s", "-u", "-p"]), "status" | "pid" | "avail" | "version"),
            "acts on processes",
        )
        .waiting_if(call.args.is_empty() || call.has_word("fg") || (call.has_word("tail") && call.has(&["-f"]))),
        "npm" | "pnpm" | "yarn" | "bun" => node(call),
        "npx" | "bunx" | "pnpx" => npx(call),
        "node" | "python" | "python3" | "ruby" | "perl" | "php" | "deno" | "lua" | "java" => interpreter(call),
        "pip" | "pip3" | "uv" | "poetry" | "pipenv" => Verdict::reads_if(
            matches!(call.verb(&[]), "list" | "show" | "freeze" | "check" | "config" | "tree"),
            "changes packages",
        ),
        "gem" | "bundle" | "composer" | "cargo" | "go" | "mix" | "rake" | "make" | "gradle" | "mvn" => build(call),
        "gh" | "glab" => forge(call),
        "terraform" | "tofu" | "pulumi" => infrastructure(call),
        "ansible-playbook" | "ansible" => Verdict::reads_if(
            call.has(&["--check", "-C", "--list-tasks", "--list-hosts", "--syntax-check", "--version"]),
            "changes hosts",
        ),
        _ => return None,
    })
}

const GIT_VALUES: &[&str] = &["-C", "-c", "--git-dir", "--work-tree", "--namespace"];

fn git(call: &Call) -> Verdict {
    // Some settings name programs that git runs while it looks.
    let steered = call
        .args
        .iter()
        .take_while(|w| w.text.starts_with('-') || w.text.contains('='))
        .any(|w| w.text.contains("core.") || w.text.contains("pager") || w.text.contains("alias."));
    let operands = call.operands(GIT_VALUES);
    let at = |n: usize| operands.get(n).map_or("", |w| w.text.as_str());
    let verdict = match at(0) {
        "status" | "rev-parse" | "describe" | "blame" | "shortlog" | "ls-files" | "ls-remote" | "ls-tree"
        | "cat-file" | "rev-list" | "merge-base" | "name-rev" | "whatchanged" | "cherry" | "count-objects" | "fsck"
        | "help" | "version" | "show-ref" | "var" | "check-ignore" | "for-each-ref" => Verdict::READS,
        "log" | "diff" | "show" | "grep" => Verdict::reads_if(
            !call.has(&["--output", "-O", "--ext-diff", "--open-files-in-pager"]),
            "runs a program or writes a file",
        ),
        "branch" | "tag" | "remote" | "stash" | "worktree" | "config" | "reflog" | "bisect" | "submodule" | "notes" => {
            listed(call, at(0), at(1), operands.len())
        }
        "reset" if call.has(&["--hard", "--merge", "--keep"]) => Verdict::destroys("throws away changes"),
        "clean" if call.has(&["-n", "--dry-run"]) => Verdict::READS,
        "clean" => Verdict::destroys("removes untracked files"),
        "push"
            if call.has(&["-f", "--force", "--force-with-lease", "--delete", "-d", "--mirror", "--prune"])
                || call.args.iter().any(|w| w.text.starts_with('+') || w.text.starts_with(':')) =>
        {
            Verdict::destroys("rewrites or removes what others have")
        }
        "checkout" | "restore" | "switch"
            if call.has(&["-f", "--force", "--discard-changes"]) || call.has_word("--") || call.has_word(".") =>
        {
            Verdict::destroys("throws away changes")
        }
        "rm" | "filter-branch" | "filter-repo" | "gc" | "prune" => Verdict::destroys("removes files or history"),
        "commit" => Verdict::changes("makes a commit").waiting_if(!call.args.iter().any(|w| {
            w.text.starts_with("-m")
                || w.text.starts_with("--message")
                || w.text == "--no-edit"
                || w.text == "-F"
                || w.text.starts_with("-am")
        })),
        "revert" | "merge" => Verdict::changes("changes the checkout")
            .waiting_if(at(0) == "revert" && !call.has(&["--no-edit", "--abort", "--continue", "-n", "--no-commit"])),
        "rebase" => Verdict::changes("rewrites commits").waiting_if(call.has(&["-i", "--interactive"])),
        "add" => Verdict::changes("stages files").waiting_if(call.has(&["-p", "-i"])),
        _ => Verdict::changes("changes the checkout"),
    };
    if steered { verdict.and(Verdict::changes("sets a program for git to run")) } else { verdict }
}

/// Nouns of git whose bare form lists.
fn listed(call: &Call, noun: &str, verb: &str, operands: usize) -> Verdict {
    let harmless = match noun {
        "branch" => {
            operands == 1
                && !call.has(&[
                    "-D", "-d", "-m", "-M", "--delete", "--move", "--edit-description", "-u", "--unset-upstream", "-c",
                    "-C", "--set-upstream-to",
                ])
                || call.has(&["--list", "--contains", "--merged", "--show-current"]) && !call.has(&["-D", "-d"])
        }
        "tag" => operands == 1 && !call.has(&["-d", "-a", "-s"]) || call.has(&["-l", "--list"]) && !call.has(&["-d"]),
        "remote" => matches!(verb, "" | "show" | "get-url"),
        "stash" => matches!(verb, "list" | "show"),
        "worktree" => verb == "list",
        "config" => call.has(&["-l", "--list", "--get", "--get-all"]) || matches!(verb, "list" | "get"),
        "reflog" => matches!(verb, "" | "show"),
        "submodule" => matches!(verb, "" | "status" | "summary"),
        "notes" => matches!(verb, "" | "list" | "show"),
        _ => false,
    };
    let drops = call.has(&["-D", "-d", "--delete"])
        || matches!(verb, "drop" | "clear" | "remove" | "rm" | "delete" | "expire" | "prune");
    if drops {
        Verdict::destroys("removes a branch, tag or stash")
    } else {
        Verdict::reads_if(harmless, "changes the repository")
    }
}

fn pm2(call: &Call) -> Verdict {
    match call.verb(&["-n", "--name", "--lines", "-i"]) {
        "list" | "ls" | "l" | "status" | "show" | "describe" | "desc" | "info" | "id" | "pid" | "ping" | "report"
        | "conf" | "-v" | "--version" => Verdict::READS,
        "jlist" | "prettylist" | "env" => Verdict::READS.telling_secrets(),
        "logs" | "log" => Verdict::READS.waiting_if(!call.has(&["--nostream"])),
        "monit" | "dashboard" | "dash" | "attach" => Verdict::READS.waiting(),
        "delete" | "del" | "kill" | "flush" | "unstartup" | "uninstall" | "deleteModule" => {
            Verdict::destroys("removes applications, logs or pm2 itself")
        }
        _ => Verdict::changes("acts on applications"),
    }
}

fn node(call: &Call) -> Verdict {
    let verb = call.verb(&["-C", "--dir", "--prefix", "-w", "--workspace", "--filter"]);
    let looks = matches!(
        verb,
        "ls" | "list"
            | "outdated"
            | "view"
            | "info"
            | "why"
            | "explain"
            | "root"
            | "prefix"
            | "bin"
            | "ping"
            | "whoami"
            | "doctor"
    ) || (verb == "audit" && !call.has_word("fix") && !call.has(&["--fix"]))
        || call.is_help()
        || (call.args.len() == 1 && call.has(&["-v"]));
    let asks = verb == "init" && !call.has(&["-y", "--yes"]);
    Verdict::reads_if(looks, "runs or changes packages").waiting_if(asks)
}

fn npx(call: &Call) -> Verdict {
    let words: Vec<&str> = call.operands(&["-p", "--package", "-c"]).iter().map(|w| w.text.as_str()).collect();
    match words.as_slice() {
        ["prisma", "migrate", "status", ..] | ["prisma", "validate" | "version", ..] => Verdict::READS,
        ["prisma", "migrate", "reset", ..] | ["prisma", "db", "push", ..] => Verdict::destroys("may drop the database"),
        ["pino-pretty", ..] if call.command.piped => Verdict::READS,
        _ => Verdict::changes("downloads and runs a package"),
    }
}

fn interpreter(call: &Call) -> Verdict {
    if call.is_help() || (call.args.len() == 1 && matches!(call.args[0].text.as_str(), "-v" | "-V")) {
        return Verdict::READS;
    }
    let json_tool = matches!(call.program, "python" | "python3")
        && call.args.len() == 2
        && call.args[0].text == "-m"
        && call.args[1].text == "json.tool";
    if json_tool {
        return Verdict::READS;
    }
    if call.args.is_empty() {
        return if call.command.piped {
            Verdict::destroys("runs whatever the other command prints")
        } else {
            Verdict::changes("opens an interpreter").waiting_if(!call.has_input())
        };
    }
    Verdict::changes("runs a program")
}

fn build(call: &Call) -> Verdict {
    let verb = call.verb(&["-C", "-f"]);
    let looks = match call.program {
        "cargo" => matches!(verb, "tree" | "metadata" | "search"),
        "go" => matches!(verb, "version" | "list" | "env"),
        "gem" | "bundle" | "composer" => matches!(verb, "list" | "show" | "info" | "outdated"),
        _ => false,
    };
    Verdict::reads_if(looks || call.is_help(), "builds or runs a task")
}

fn forge(call: &Call) -> Verdict {
    let operands = call.operands(&["-R", "--repo", "-L", "--limit"]);
    let verb = operands.get(1).map_or("", |w| w.text.as_str());
    match verb {
        "list" | "view" | "status" | "diff" | "checks" => Verdict::READS,
        "watch" => Verdict::READS.waiting(),
        "delete" => Verdict::destroys("deletes at the forge"),
        _ => Verdict::changes("acts at the forge"),
    }
}

fn infrastructure(call: &Call) -> Verdict {
    match call.verb(&["-chdir"]) {
        "plan" | "show" | "output" | "validate" | "version" | "providers" | "graph" | "preview" => {
            Verdict::READS.telling_secrets()
        }
        "destroy" => Verdict::destroys("destroys infrastructure")
            .waiting_if(!call.has(&["-auto-approve", "--auto-approve", "--yes"])),
        "apply" | "up" => Verdict::changes("changes infrastructure")
            .waiting_if(!call.has(&["-auto-approve", "--auto-approve", "--yes"])),
        _ => Verdict::changes("changes infrastructure"),
    }
}
