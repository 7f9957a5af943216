//! Whether a runbook says what must be true before something is destroyed: in words, by a copy, or by a look.

use super::Context;
use super::acts;
use super::calls::Call;
use super::near::{has_any, has_word};
use super::restore;
use crate::command::impact::{self, Impact};

/// Words that name a condition or ask for somebody's word, in the languages of runbooks.
const CONDITIONS: &[&str] = &[
    "only if", "only when", "only after", "only once", "once", "make sure", "ensure", "confirm", "confirmed",
    "check that", "verify that", "after", "before", "as long as", "provided that", "must", "never", "do not", "don't",
    "unless", "until", "approval", "approved", "approve", "permission", "sign-off", "signed off", "last resort",
    "backed up", "nobody", "nur wenn", "nur falls", "falls", "erst wenn", "nachdem", "sicherstellen", "vorher",
    "freigabe", "solo si", "sólo si", "asegúrate", "asegurarse", "después de", "antes de", "seulement si",
    "uniquement si", "assurez-vous", "après", "avant de", "apenas se", "somente se", "certifique", "depois de",
    "solo se", "assicurati", "dopo", "prima di", "alleen als", "zorg dat", "nadat", "voordat", "ancak", "eğer",
    "emin ol", "emin olun", "sadece",
];

/// What behind `if` says nothing: `if needed`.
const VAGUE: &[&str] = &[
    "needed", "necessary", "required", "available", "recent", "applicable", "possible", "present", "desired", "wanted",
    "appropriate", "so", "any", "nötig", "applicable", "helpful",
];

/// Whether what a place destroys is destroyed on a condition that the document states, or behind a copy or a look.
pub(super) fn is_stated(context: &Context<'_>, place: usize) -> bool {
    let at = &context.places[place];
    let titles = context.near.titles(at);
    let by_title =
        titles.lines().any(|title| title.trim_start_matches(|c: char| !c.is_alphabetic()).starts_with("if "));
    if by_title || names_a_condition(&context.near.said(at)) {
        return true;
    }
    let calls = context.calls.at(place);
    let Some(first) = calls.first() else { return looked_before(context, place, &at.command.text) };
    // `[ -d x ] && rm -r x`, `test -s new && mv new old`
    let tested = |call: &Call<'_>| matches!(call.program, "[" | "test" | "[[");
    if calls.iter().any(tested) || at.command.text.starts_with("if ") || asks(calls) {
        return true;
    }
    if comes_back(context, calls) {
        return true;
    }
    // A copy of anything is taken for one of this: which tables a dump holds cannot be told.
    context.calls.copied_before(first) || looked_before(context, place, &at.command.text)
}

/// What is made anew by the next build, or was made by this procedure a few lines above.
pub(super) fn comes_back(context: &Context<'_>, calls: &[Call<'_>]) -> bool {
    let mut removed =
        calls.iter().flat_map(|call| acts::removed(&context.calls, call).into_iter().map(move |word| (call, word)));
    let mut any = false;
    let all = removed.all(|(call, word)| {
        any = true;
        let path = call.written(word).trim_end_matches(['/', '*']);
        let name = path.rsplit('/').next().unwrap_or_default();
        MADE_ANEW.contains(&name) || path.len() > 4 && made_before(context, call, path)
    });
    // Into a spare database: what is there can be made again.
    let spare = |call: &Call<'_>| {
        let client =
            matches!(call.program, "sqlite3" | "psql" | "mysql" | "mariadb" | "pg_restore") && acts::is_fed(call);
        client && call.texts().any(restore::is_scratch)
    };
    let only_cache = |call: &Call<'_>| {
        acts::docker(call).is_some_and(|words| {
            let kind = words[0].text.as_str();
            let prunes = words.get(1).is_some_and(|word| word.text == "prune");
            // Images without a name, and the cache of builds.
            prunes && (kind == "builder" || kind == "image" && !acts::given(words, 'a', "--all"))
        })
    };
    any && all || calls.iter().any(|call| only_cache(call) || spare(call))
}

/// Folders and files that tools write whenever they are missing.
const MADE_ANEW: &[&str] = &[
    "node_modules", "package-lock.json", "yarn.lock", "dist", "build", ".next", ".nuxt", "__pycache__", ".cache",
    ".pytest_cache", "target", ".venv", "venv", "coverage",
];

/// Whether a call before this one names the file as what it works on: `perf record`, `openssl … > .secrets/key`.
fn made_before(context: &Context<'_>, call: &Call<'_>, path: &str) -> bool {
    let before = context.calls.before(call);
    let near = &before[before.len().saturating_sub(60)..];
    let file = path.rsplit('/').next().unwrap_or_default();
    let profile = file == "perf.data" && near.iter().any(|other| other.program == "perf");
    let writes = |other: &Call<'_>| acts::written(other).iter().any(|word| word.text.starts_with(path));
    profile || near.iter().any(writes)
}

/// `if the queue is empty`, `only after the dump was checked`; not `if needed`.
pub(super) fn names_a_condition(said: &str) -> bool {
    if has_any(said, CONDITIONS) {
        return true;
    }
    let starts = |word: &str| said.lines().any(|line| line.starts_with(word));
    if ["si ", "se ", "als ", "wenn "].iter().any(|word| starts(word)) {
        return true;
    }
    ["if ", "when ", "unless "].iter().any(|word| {
        said.match_indices(word).any(|(at, _)| {
            let whole = said[..at].chars().next_back().is_none_or(|c| !c.is_alphanumeric());
            let next = said[at + word.len()..].split(|c: char| !c.is_alphanumeric()).next().unwrap_or_default();
            whole && !next.is_empty() && !VAGUE.contains(&next)
        })
    })
}

/// `rm -i`, `read -p "sure?"`: the command asks for itself.
fn asks(calls: &[Call<'_>]) -> bool {
    calls.iter().any(|call| match call.program {
        "rm" | "mv" | "cp" => call.flag('i', "--interactive") || call.flag('I', "--interactive"),
        "read" => true,
        _ => false,
    })
}

/// Whether the same thing was listed or tried before: `ls x` before `rm x`, `docker system df` before a prune.
fn looked_before(context: &Context<'_>, place: usize, text: &str) -> bool {
    let unit = context.calls.unit(place);
    let at = &context.places[place];
    // A long unit is looked through near the command only: what stands far above is forgotten by then.
    const FAR: usize = 40;
    let earlier = &context.places[unit.start.max(place.saturating_sub(FAR))..place];
    let looks = earlier.iter().filter(|other| other.command.impact == Impact::ReadOnly);
    let small = text.to_lowercase();
    let mut subjects = subjects(context, place);
    subjects.extend(words_of_statement(text));
    looks.into_iter().any(|look| {
        let seen = &look.command.text;
        let same = subjects.iter().any(|subject| seen.contains(subject.as_str()));
        same || dry_run_of(seen, &at.command.text) || is_look_of_kind(seen, &small)
    })
}

/// What a command names that it destroys: files, folders, containers, hosts.
fn subjects(context: &Context<'_>, place: usize) -> Vec<String> {
    let mut found = Vec::new();
    for call in context.calls.at(place) {
        if impact::words(&call.command.words, call.command, 0).impact != Impact::Destructive {
            continue;
        }
        let named = acts::removed(&context.calls, call);
        let words = if named.is_empty() { call.operands(&[]) } else { named };
        let telling = |text: &&str| text.len() > 3 && !is_verb(text) && !text.starts_with("$@");
        for text in words.into_iter().map(|word| call.written(word)).filter(telling) {
            let bare = text.trim_end_matches(['*', '/', '"', '\'']).trim_start_matches(['"', '\'']);
            if bare.len() > 3 {
                found.push(bare.to_owned());
            }
        }
    }
    found
}

fn is_verb(text: &str) -> bool {
    matches!(
        text,
        "system"
            | "prune"
            | "image"
            | "volume"
            | "delete"
            | "destroy"
            | "remove"
            | "purge"
            | "drop"
            | "flush"
            | "pod"
            | "deployment"
            | "container"
            | "builder"
            | "network"
            | "apply"
            | "autoremove"
            | "clean"
            | "reset"
            | "push"
    )
}

/// The tables and databases that a statement names behind `from`, `table`, `database`, `into`.
fn words_of_statement(text: &str) -> Vec<String> {
    let mut found = Vec::new();
    let mut words = text.split(|c: char| c.is_whitespace() || "\"';(),".contains(c)).filter(|word| !word.is_empty());
    while let Some(word) = words.next() {
        let names =
            ["from", "table", "database", "into", "update"].iter().any(|known| word.eq_ignore_ascii_case(known));
        if names && let Some(next) = words.next().filter(|next| next.len() > 2) {
            found.push(next.to_owned());
        }
    }
    found
}

/// The same command without its deed: `find x -mtime +7` before `find x -mtime +7 -delete`, `… --dry-run`.
fn dry_run_of(seen: &str, text: &str) -> bool {
    let program = |text: &str| text.split_whitespace().find(|word| *word != "sudo").unwrap_or_default().to_owned();
    let dry = ["--dry-run", "-n ", "--simulate", "--check"].iter().any(|word| seen.contains(word));
    dry && program(seen) == program(text)
}

/// Looks that show what a kind of command takes away.
const LOOKS: &[(&str, &[&str])] = &[
    ("prune", &["system df", "docker images", "image ls", "docker ps -a", "volume ls", "podman images"]),
    ("docker rm", &["docker ps", "docker images", "compose ps"]),
    ("kill", &["ps ", "pgrep", "lsof", "fuser", "ss -", "netstat", "top", "pidof"]),
    ("vacuum", &["--disk-usage"]),
    ("reset --hard", &["git status", "git diff", "git stash list"]),
    ("git clean", &["git status", "git clean -n", "clean --dry-run"]),
    ("pg_terminate_backend", &["pg_stat_activity"]),
    ("pg_cancel_backend", &["pg_stat_activity"]),
    ("flush", &["dbsize", "info keyspace", "--bigkeys"]),
    ("autoremove", &["--dry-run", "apt list"]),
];

fn is_look_of_kind(seen: &str, small: &str) -> bool {
    let seen = seen.to_lowercase();
    LOOKS.iter().any(|(deed, looks)| small.contains(deed) && looks.iter().any(|look| seen.contains(look)))
}

/// Whether a text in small letters tells that everything is meant: `stop all services`.
pub(super) fn means_everything(said: &str) -> bool {
    has_any(
        said,
        &["all", "everything", "entire", "whole", "nuclear", "shut down", "shutdown", "tear down", "alle", "todo"],
    ) || has_word(said, "all services")
}
