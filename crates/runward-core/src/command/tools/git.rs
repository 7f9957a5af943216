//! git: which of its verbs look, with which options.

use super::super::impact::Verdict;
use super::super::shell::Word;
use super::Call;
use super::options::{self, Parsed, Table};

const GLOBALS: Table = "-C: -c: --git-dir: --work-tree: --namespace: --no-pager --bare --no-optional-locks \
     --no-replace-objects --literal-pathspecs --version --help";

/// Settings given with `-c` that name no program; every other one may.
const SETTINGS: &[&str] = &[
    "color.", "user.name", "user.email", "core.quotepath", "core.abbrev", "log.", "safe.directory", "advice.",
    "column.",
];

const LOG: Table = "-n: -# --oneline --graph --all --stat? --since: --until: --after: --before: --author: --committer: \
     --grep: --format: --pretty? -p -u --name-only --name-status --decorate? --no-merges --merges --first-parent --follow \
     --reverse --abbrev-commit --date: -S: -G: -L: --max-count: --skip: --numstat --shortstat --branches? --tags? \
     --remotes? --cached --staged --no-color --color? --word-diff? --color-words? -w -b --summary --no-patch -s --patch \
     --diff-filter: -M? --no-ext-diff --left-right --cherry-pick --merge-base -i -E --no-decorate --abbrev? -U: \
     --unified: --quiet -q --exit-code --check -z --raw --topo-order --date-order --no-renames --ignore-space-change \
     --ignore-all-space --relative? --dirstat? --ignore-submodules? --no-textconv -e -c -l -h -v -I --line-number \
     --files-with-matches --count --show-function -sn -ne -sne --porcelain --numbered --email";

/// Verbs that look, and their options.
const LOOKS: &[(&str, Table)] = &[
    ("log diff show grep shortlog whatchanged blame", LOG),
    (
        "status",
        "-s -b -sb -u? --short --branch --porcelain? --untracked-files? --ignored? -v --long --ahead-behind -z \
         --show-stash --no-renames",
    ),
    (
        "rev-parse",
        "--short? --abbrev-ref? --verify -q --quiet --show-toplevel --git-dir --is-inside-work-tree \
                   --symbolic-full-name --show-cdup --show-prefix --absolute-git-dir",
    ),
    ("describe", "--tags --always --abbrev: --long --dirty? --all --match: --exact-match --contains --first-parent"),
    (
        "ls-files ls-tree cat-file rev-list merge-base name-rev cherry count-objects fsck help version show-ref var \
         check-ignore for-each-ref",
        "-r -l -t -p -s -e -z -d -m -o -c -v -H -vH -a -q --heads --tags --count --all --name-only --max-count: -n: \
         --is-ancestor --others --exclude-standard --modified --deleted --stage --format: --sort: --left-right \
         --no-merges --merges --since: --full --strict --connectivity-only --abbrev? --batch --batch-check --verify \
         --points-at: --contains: --merged: --human-readable --list",
    ),
    ("ls-remote", "--heads --tags --refs -h -t -q --symref --sort: --get-url --exit-code"),
];

pub(super) fn verdict(call: &Call) -> Option<Verdict> {
    (call.program == "git").then(|| git(call))
}

fn git(call: &Call) -> Verdict {
    let front = call.front(GLOBALS);
    let plain = front.values(&["-c"]).iter().all(|set| {
        let set = set.to_lowercase();
        SETTINGS.iter().any(|known| set.starts_with(known))
    });
    let settings = Verdict::reads_if(plain, "sets a program for git to run");
    let verdict = match front.rest {
        [] => Verdict::READS,
        [verb, rest @ ..] => of_verb(&verb.text, rest),
    };
    verdict.and(front.verdict).and(settings)
}

fn of_verb(verb: &str, rest: &[Word]) -> Verdict {
    if let Some((_, table)) = LOOKS.iter().find(|(verbs, _)| verbs.split(' ').any(|v| v == verb)) {
        // `ext::sh -c …` is a transport that runs its address.
        let transport = verb == "ls-remote" && rest.iter().any(|w| w.text.contains("::"));
        let verdict = options::anywhere(rest, table).verdict;
        return verdict.and(Verdict::reads_if(!transport, "runs a program to reach the other side"));
    }
    let given =
        |options: &[&str]| rest.iter().take_while(|w| w.text != "--").any(|w| options.contains(&w.text.as_str()));
    let letter = |letter| rest.iter().take_while(|w| w.text != "--").any(|w| is_flag(&w.text, letter));
    match verb {
        "branch" | "tag" | "remote" | "stash" | "worktree" | "config" | "reflog" | "submodule" | "notes" => {
            listed(verb, rest)
        }
        "update-ref" if given(&["-d", "--delete"]) => Verdict::destroys("removes a branch or tag"),
        "verify-tag" | "verify-commit" | "diff-tree" | "diff-index" | "check-ref-format" | "get-tar-commit-id"
        | "range-diff" => Verdict::READS,
        "bisect" if matches!(rest.first().map(|w| w.text.as_str()), Some("log" | "view" | "visualize")) => {
            Verdict::READS
        }
        "bundle" if matches!(rest.first().map(|w| w.text.as_str()), Some("verify" | "list-heads")) => Verdict::READS,
        "lfs" => match rest.first().map(|w| w.text.as_str()) {
            Some("ls-files" | "status" | "env" | "version" | "logs") => Verdict::READS,
            Some("prune") => Verdict::destroys("removes files or history"),
            _ => Verdict::changes("changes the checkout"),
        },
        "reset" if given(&["--hard", "--merge", "--keep"]) => Verdict::destroys("throws away changes"),
        "clean" => match options::anywhere(rest, "-n -d -x -X -f -q -e: --dry-run --force --exclude:") {
            parsed if parsed.has(&["-n", "--dry-run"]) => parsed.verdict,
            _ => Verdict::destroys("removes untracked files"),
        },
        "push" if pushes_away(rest) || letter('f') || letter('d') => {
            Verdict::destroys("rewrites or removes what others have")
        }
        "checkout" | "restore" | "switch"
            if given(&["--force", "--discard-changes"])
                || letter('f')
                || rest.iter().any(|w| w.text == "--" || w.text == ".")
                || verb == "restore" && !given(&["--staged", "-S"]) =>
        {
            Verdict::destroys("throws away changes")
        }
        "rm" | "filter-branch" | "filter-repo" | "gc" | "prune" => Verdict::destroys("removes files or history"),
        "commit" => {
            let said = given(&["--no-edit"])
                || letter('m')
                || letter('F')
                || rest.iter().any(|w| w.text.starts_with("--message"));
            Verdict::changes("makes a commit").waiting_if(!said)
        }
        "revert" => Verdict::changes("changes the checkout")
            .waiting_if(!given(&["--no-edit", "--abort", "--continue", "-n", "--no-commit"])),
        "rebase" => Verdict::changes("rewrites commits").waiting_if(letter('i') || given(&["--interactive"])),
        "add" => Verdict::changes("stages files").waiting_if(letter('p') || letter('i')),
        _ => Verdict::changes("changes the checkout"),
    }
}

/// Whether a cluster of short options holds a letter; one read as a value too much only makes a call worse.
fn is_flag(word: &str, letter: char) -> bool {
    word.strip_prefix('-').is_some_and(|w| !w.starts_with('-') && w.contains(letter))
}

fn pushes_away(rest: &[Word]) -> bool {
    rest.iter().any(|w| {
        let text = w.text.as_str();
        ["--force", "--delete", "--mirror", "--prune", "+", ":"].iter().any(|start| text.starts_with(start))
    })
}

/// Nouns of git whose bare form lists.
fn listed(noun: &str, rest: &[Word]) -> Verdict {
    const LISTS: &[&str] = &[
        "-l", "--list", "--contains", "--no-contains", "--merged", "--no-merged", "--points-at", "-n", "--show-current",
    ];
    let parsed = options::anywhere(
        rest,
        match noun {
            "branch" => {
                "-a -r -v -vv -l --list --all --remotes --verbose --show-current --contains? --merged? --no-merged? \
                 --no-contains? --sort: --format: --points-at: --column? --no-color --color? -D!! -d!! --delete!!"
            }
            "tag" => "-l --list -n? --contains? --merged? --points-at: --sort: --format: --column? -d!! --delete!!",
            "config" => {
                "-l --list --get: --get-all: --get-regexp: --global --system --local --worktree -z --name-only \
                 --show-origin --show-scope --null --type: -f: --file: --includes"
            }
            "remote" => "-v --verbose -n --all --push",
            "worktree" => "--porcelain -v -z",
            "submodule" => "--recursive --cached -q --quiet --summary-limit:",
            _ => LOG,
        },
    );
    let verb = parsed.operand(0);
    let bare = parsed.operands.is_empty();
    let harmless = match noun {
        "branch" | "tag" => bare || parsed.has(LISTS),
        "remote" => matches!(verb, "" | "show" | "get-url"),
        "stash" => matches!(verb, "list" | "show"),
        "worktree" => verb == "list",
        "config" => reads_config(&parsed),
        "reflog" => matches!(verb, "" | "show"),
        "submodule" => matches!(verb, "" | "status" | "summary"),
        "notes" => matches!(verb, "" | "list" | "show"),
        _ => false,
    };
    let drops = !matches!(noun, "branch" | "tag" | "config")
        && matches!(verb, "drop" | "clear" | "remove" | "rm" | "delete" | "expire" | "prune");
    if drops {
        return Verdict::destroys("removes a branch, tag or stash");
    }
    parsed.verdict.and(Verdict::reads_if(harmless, "changes the repository"))
}

fn reads_config(parsed: &Parsed) -> bool {
    let operands = parsed.operands.len();
    match parsed.operand(0) {
        "list" => operands == 1,
        "get" => operands == 2,
        // `git config KEY` shows, `git config KEY VALUE` sets.
        _ => operands == usize::from(!parsed.has(&["-l", "--list", "--get", "--get-all", "--get-regexp"])),
    }
}
