//! Whether anybody would notice that it did not work: procedures without a check, and checks that cannot fail.

use std::ops::Range;
use std::sync::LazyLock;

use regex::Regex;

use super::acts;
use super::calls::Call;
use super::near::{Page, TableAt, begin, has_any, has_word};
use super::restore;
use super::{Context, Kind, Needs, Place};
use crate::command::impact::{self, Impact};
use crate::command::shell::Word;
use crate::pattern::any_of;
use crate::runbook::markdown::{Inlines, Table};
use crate::runbook::words::{Meaning, is_imperative, loose_meaning, step_number};
use crate::runbook::{Finding, Level, Phase, Procedure};

pub(super) const KINDS: &[Kind] = &[VE01, VE02, VE03, VE04];

const VE01: Kind = Kind {
    id: "VE01",
    level: Level::Warning,
    needs: Needs::Document,
    what: "A procedure changes something and does not say how to tell that it worked.",
    why: "The step is ticked off and the trouble goes on. A restart that fails a second later looks like one that works.",
    wrong: "# Ops\n\n## Web down\n\n**Fix:**\n```bash\nsystemctl restart harbour\n```\n",
    right: "# Ops\n\n## Web down\n\n**Fix:**\n```bash\nsystemctl restart harbour\n```\n\n**Verify:**\n```bash\ncurl -fsS http://localhost:8080/up\n```\n",
    check: Some(unverified),
};

fn unverified(context: &Context<'_>, found: &mut Vec<Finding>) {
    let mut at = 0;
    while let Some(procedure) = context.places.get(at).and_then(|place| place.procedure) {
        let unit = context.calls.unit(at);
        at = unit.end;
        if procedure.steps.iter().any(|step| step.phase == Phase::Verify) || is_verification(&procedure.title) {
            continue;
        }
        let changes = |at: &usize| context.calls.at(*at).iter().any(|call| changes_service(context, call));
        let Some(last) = unit.clone().rev().find(changes) else { continue };
        if looks_after(context, last, unit.end) || says_how(context, procedure, &context.places[last]) {
            continue;
        }
        let mut source = procedure.source.clone();
        source.end_line = source.line;
        let line = context.places[last].command.line;
        let message =
            format!("nothing says how to tell that `{}` worked (its last change is in line {line})", procedure.title);
        let help = "add a **Verify** step whose command fails when the service is not well: `curl -fsS URL`, `systemctl is-active UNIT`";
        found.push(Finding::new(&VE01, source, message, help));
    }
}

/// What only makes files, looks, or prepares: whether it worked is seen at once.
const PREPARES: &[&str] = &[
    "", "mkdir", "touch", "chmod", "chown", "cd", "export", "sort", "split", "wget", "journalctl", "dmesg", "openssl",
    "ssh-keygen", "tcpdump", "perf", "base64", "cat", "echo", "printf", "grep", "gzip", "gunzip", "zip", "unzip", "ln",
    "source", ".", "sleep", "set", "umask", "ssh", "scp", "rsync", "sftp", "kill", "strace", "ps", "vi", "vim", "nano",
    "npm", "npx", "yarn", "pnpm", "bun", "node", "python", "python3", "ruby", "awk", "make", "shred", "cargo", "go",
    "parallel",
];

/// Whether a call changes how a service runs, or makes a backup.
fn changes_service(context: &Context<'_>, call: &Call<'_>) -> bool {
    let place = &call.place;
    if place.command.impact == Impact::ReadOnly
        || place.command.unparsable.is_some()
        || is_guess(&place.command.why) && !acts::backs_up(call)
    {
        return false;
    }
    if super::undo::migration(call).is_some() {
        return true;
    }
    let config = |word: &Word| word.text.starts_with("/etc/") || acts::is_env_file(&word.text);
    let sets = || acts::written(call).into_iter().any(config);
    match call.program {
        "cp" | "mv" | "tar" | "sed" | "tee" | "install" | "gsutil" | "aws" | "rclone" => {
            sets() || restore::restored(context, call).is_some()
        }
        program if PREPARES.contains(&program) => sets(),
        "docker" | "podman" if acts::compose(call).is_none() => acts::docker(call).is_some_and(|words| {
            !matches!(
                words[0].text.as_str(),
                "build" | "pull" | "images" | "ps" | "cp" | "save" | "tag" | "push" | "login" | "logs" | "network"
            )
        }),
        "git" => {
            matches!(call.arg(0), "pull" | "reset" | "revert" | "merge")
                || call.arg(0) == "checkout" && !call.has(&["-b"])
        }
        "curl" => call.has(&["POST", "PUT", "PATCH", "DELETE", "-XPOST", "-XPUT", "-XDELETE", "-XPATCH"]),
        "apt" | "apt-get" | "yum" | "dnf" => !call.has(&["update"]),
        "kubectl" | "oc" if call.texts().any(|text| text.starts_with("--dry-run")) => false,
        "rm" => !super::stated::comes_back(context, std::slice::from_ref(call)),
        // Alone in its line it is what the line is.
        _ if context.calls.beside(call).len() == 1 => !place.command.why.contains("writes to a file") || sets(),
        _ => {
            let verdict = impact::words(&call.command.words, call.command, 0);
            verdict.impact > Impact::ReadOnly && (!is_guess(&verdict.why) || acts::backs_up(call))
        }
    }
}

/// What nobody knows is not held against the author.
fn is_guess(why: &str) -> bool {
    const GUESSES: &[&str] = &[
        "not known", "only known when", "not understood", "not followed", "may change", "opens a",
        "runs a file in this shell",
    ];
    GUESSES.iter().any(|guess| why.contains(guess))
}

/// Whether something looks behind the last change: in the same line or below it.
fn looks_after(context: &Context<'_>, last: usize, end: usize) -> bool {
    let below = (last + 1..end).any(|at| context.places[at].command.impact == Impact::ReadOnly);
    let calls = context.calls.at(last);
    let Some(change) = calls.iter().rposition(|call| changes_service(context, call)) else { return below };
    let looks = |call: &Call<'_>| {
        let idle = matches!(call.program, "echo" | "sleep" | ":" | "true" | "cd" | "xargs");
        !call.command.substituted && !call.command.piped && !idle
    };
    let itself = calls.iter().any(|call| call.has(&["--wait", "--atomic", "rollout", "--verify"]));
    below || itself || calls[change + 1..].iter().any(looks)
}

/// Whether the words behind the last change ask to look. Where sections are the steps of one task, or one of them is
/// the verification of all, it may be a later one that does.
fn says_how(context: &Context<'_>, procedure: &Procedure, last: &Place<'_>) -> bool {
    let Some(page) = context.near.page(&procedure.source) else { return false };
    let own = page.heading_of(procedure.source.line).map(|at| (at, page.headings[at].level));
    let is_step = is_imperative(&procedure.title) || step_number(&procedure.title).is_some();
    let mut end = procedure.source.end_line + 1;
    if let Some((at, level)) = own {
        // No further than a person would scroll.
        const FAR: usize = 64;
        let siblings = page.headings[at + 1..].iter().take(FAR).take_while(|heading| heading.level >= level);
        for heading in siblings {
            if heading.level == level && is_verification(&heading.small()) {
                return true;
            }
            if is_step {
                end = end.max(heading.line + 12);
            }
        }
    }
    let behind = page.lower_lines(last.command.line + 1, end.min(last.command.line + 120));
    const WORDS: &[&str] = &[
        "verify", "verified", "confirm", "check", "make sure", "ensure", "should", "monitor", "watch", "test",
        "validate", "expected", "look for", "prüfe", "prüfen", "überprüfen", "sollte", "comprobar", "vérifier",
        "controleer",
    ];
    has_any(behind, WORDS) || ["verif", "kontrol", "doğrula", "dogrula"].iter().any(|word| behind.contains(word))
}

/// Whether a heading announces how to tell that all of it worked.
fn is_verification(title: &str) -> bool {
    let small = title.to_lowercase();
    ["verif", "validat", "confirm", "smoke test", "post-check", "doğrula", "dogrula", "überprüf", "comprobac", "vérif"]
        .iter()
        .any(|word| small.contains(word))
}

const VE02: Kind = Kind {
    id: "VE02",
    level: Level::Warning,
    needs: Needs::Document,
    what: "A verification ends well whatever it finds.",
    why: "`curl` ends with 0 when the answer is 500; `pm2 status` and `docker ps` end with 0 when the service is down; `docker ps | grep web` also finds a container that restarts for ever. A runner, and a tired person, take that for success.",
    wrong: "# Ops\n\n## Web down\n\n**Fix:**\n```bash\nsystemctl restart harbour\n```\n\n**Verify:**\n```bash\ncurl -s http://localhost:8080/up\n```\n",
    right: "# Ops\n\n## Web down\n\n**Fix:**\n```bash\nsystemctl restart harbour\n```\n\n**Verify:**\n```bash\ncurl -fsS http://localhost:8080/up\n```\n",
    check: Some(cannot_fail),
};

fn cannot_fail(context: &Context<'_>, found: &mut Vec<Finding>) {
    let mut at = 0;
    while at < context.places.len() {
        let step = context.places[at].step;
        let count = context.places[at..].iter().take_while(|place| std::ptr::eq(place.step, step)).count();
        let places = at..at + count;
        at += count;
        let weak = |call: &Call<'_>| asks_in_vain(context, call) || is_weak(context, call);
        if context.calls.within(places.clone()).iter().any(weak) && verifies(context, &context.places[places.start]) {
            found.extend(weak_step(context, places));
        }
    }
}

/// Whether a step is there to tell whether things are well, by what is written around it.
fn verifies(context: &Context<'_>, place: &Place<'_>) -> bool {
    let title = begin(&place.step.title).to_lowercase();
    let first = title.split(|c: char| !c.is_alphanumeric()).next().unwrap_or_default();
    if matches!(first, "verify" | "confirm" | "validate")
        || title.contains("health check")
        || title.contains("healthcheck")
    {
        return true;
    }
    let titles = context.near.titles(place);
    let heading = titles.lines().next_back().unwrap_or_default();
    let looks_closer = matches!(loose_meaning(heading), Some(Meaning::Diagnose | Meaning::Symptom));
    let around = ["health check", "healthcheck", "verif", "post-deploy", "smoke test", "doğrula", "dogrula"];
    let said = || context.near.said(place);
    match place.step.phase {
        Phase::Verify => {
            let words = [
                "verif", "confirm", "validat", "health", "check", "make sure", "test", "prüf", "doğrula", "dogrula",
                "kontrol", "after",
            ];
            !looks_closer && words.iter().any(|word| titles.contains(word) || said().contains(word))
        }
        Phase::Other | Phase::Diagnose => {
            !looks_closer && (around.iter().any(|words| titles.contains(words)) || has_word(heading, "health"))
        }
        _ => false,
    }
}

fn weak_step(context: &Context<'_>, places: Range<usize>) -> Option<Finding> {
    let calls = context.calls.within(places);
    let asks: Vec<&Call<'_>> = calls.iter().filter(|call| asks_in_vain(context, call)).collect();
    if let Some(first) = asks.first() {
        let many = match asks.len() {
            1 => String::new(),
            2 => " (and so does one more here)".to_owned(),
            more => format!(" (and so do {} more here)", more - 1),
        };
        let message = format!("`{}` ends well also where the answer is an error{many}", first.short(3));
        let help = "add `-f`: then `curl` fails where the answer is 400 or above";
        let edits = asks.iter().filter_map(|call| with_fail(context, call));
        return Some(edits.fold(first.finding(&VE02, message, help), |finding, at| finding.mended_by(at, " -f")));
    }
    if calls.iter().any(|call| !is_weak(context, call) && !is_beside_the_point(call)) {
        return None;
    }
    let weak = calls.iter().find(|call| is_weak(context, call))?;
    let message = format!("`{}` ends well whatever it finds: nothing in this step can fail", weak.short(3));
    Some(weak.finding(&VE02, message, help_for(weak)))
}

fn help_for(call: &Call<'_>) -> &'static str {
    match call.program {
        "pm2" => {
            "ask the service itself (`curl -fsS URL`), or let it fail: `pm2 jlist | jq -e 'all(.[]; .pm2_env.status == \"online\")'`"
        }
        "docker" | "docker-compose" | "podman" => {
            "ask for its state: `docker inspect --format '{{.State.Health.Status}}' NAME | grep -qx healthy`"
        }
        "kubectl" => "wait for it: `kubectl rollout status deployment/NAME --timeout=120s`",
        _ => "compare it with what it should be, so that the command fails where it is not: `grep -q`, `test`, `jq -e`",
    }
}

/// `curl` of a page without `-f`, whose answer nobody compares.
fn asks_in_vain(context: &Context<'_>, call: &Call<'_>) -> bool {
    if call.program != "curl" || call.command.substituted {
        return false;
    }
    let fails = call.flag('f', "--fail") || call.has(&["--fail-with-body", "--fail-early"]);
    let counted = call.flag('w', "--write-out");
    let page = call.texts().any(|text| {
        text.starts_with("http")
            || text.starts_with("localhost")
            || text.contains("://")
            || text.contains(':') && text.contains('/')
    });
    !fails && !counted && page && !context.calls.reader(call).is_some_and(|reader| can_fail(context, reader))
}

/// Whether a filter fails where it does not find what it should.
fn can_fail(context: &Context<'_>, reader: &Call<'_>) -> bool {
    match reader.program {
        "grep" | "egrep" | "rg" | "diff" | "cmp" => true,
        "jq" => reader.flag('e', "--exit-status"),
        "head" | "tail" | "cat" | "tee" | "tr" | "sed" | "awk" | "cut" | "sort" | "wc" | "less" => context
            .calls
            .reader(reader)
            .is_some_and(|next| matches!(next.program, "grep" | "egrep" | "rg" | "diff" | "cmp")),
        "python" | "python3" | "json_pp" | "xargs" | "npx" => false,
        _ => true,
    }
}

fn with_fail(context: &Context<'_>, call: &Call<'_>) -> Option<Range<usize>> {
    // With a filter behind it the pipe's end is the filter's.
    if context.calls.reader(call).is_some() {
        return None;
    }
    call.behind_program(&context.near)
}

/// Lists and views that end with 0 whatever they show.
fn is_weak(context: &Context<'_>, call: &Call<'_>) -> bool {
    let state_is_searched = |reader: &Call<'_>| {
        reader.texts().any(|text| {
            let small = text.to_ascii_lowercase();
            ["online", "up", "running", "healthy", "active", "ready"].iter().any(|word| has_word(&small, word))
        })
    };
    let compared = || {
        context.calls.reader(call).is_some_and(|reader| match reader.program {
            // `docker ps | grep web` finds the name in whatever state the thing is.
            "grep" | "egrep" if lists_states(call) => state_is_searched(reader),
            _ => can_fail(context, reader),
        })
    };
    let lists = match call.program {
        "pm2" => matches!(call.arg(0), "status" | "list" | "ls" | "logs" | "monit" | "show" | "info"),
        "docker" | "podman" | "docker-compose" => match acts::compose(call) {
            Some((verb, _)) => matches!(verb, "ps" | "logs" | "top" | "images"),
            None => acts::docker(call)
                .is_some_and(|words| matches!(words[0].text.as_str(), "ps" | "stats" | "logs" | "images")),
        },
        "kubectl" => call.has(&["get", "logs", "top", "describe"]) && !call.has(&["-w", "--watch"]),
        "ufw" => call.arg(0) == "status",
        "fail2ban-client" => call.arg(0) == "status",
        "jq" => call.command.piped && !call.flag('e', "--exit-status"),
        "journalctl" => true,
        _ => false,
    };
    lists && !compared()
}

/// Whether a call lists things whatever state they are in.
fn lists_states(call: &Call<'_>) -> bool {
    match call.program {
        "pm2" => matches!(call.arg(0), "status" | "list" | "ls"),
        "kubectl" => call.has(&["get"]),
        _ => call.has(&["ps"]),
    }
}

/// What says nothing about the service either way, or belongs to a weak call before it.
fn is_beside_the_point(call: &Call<'_>) -> bool {
    matches!(
        call.program,
        "cd" | "echo"
            | "sleep"
            | "ssh"
            | "cat"
            | "head"
            | "tail"
            | "grep"
            | "export"
            | ""
            | "sort"
            | "less"
            | "date"
            | "uptime"
            | "sudo"
            | "tr"
            | "wc"
            | "awk"
            | "column"
    )
}

const VE03: Kind = Kind {
    id: "VE03",
    level: Level::Warning,
    needs: Needs::Document,
    what: "The document says what should come out, but nothing compares it.",
    why: "A person has to remember to compare, at night, letter by letter; a runner takes whatever comes out for success.",
    wrong: "# Ops\n\n## Cache down\n\n**Verify:**\n```bash\nredis-cli ping\n# Expected: PONG\n```\n",
    right: "# Ops\n\n## Cache down\n\n**Verify:**\n```bash\n# Expected: PONG\nredis-cli ping | grep -qx PONG\n```\n",
    check: Some(uncompared),
};

fn uncompared(context: &Context<'_>, found: &mut Vec<Finding>) {
    let mut at = 0;
    while at < context.places.len() {
        let step = context.places[at].step;
        let count = context.places[at..].iter().take_while(|place| std::ptr::eq(place.step, step)).count();
        let places = at..at + count;
        at += count;
        let Some(expected) = step.expected.as_deref().filter(|expected| !expected.trim().is_empty()) else { continue };
        let compares = |call: &Call<'_>| {
            matches!(call.program, "grep" | "egrep" | "test" | "[" | "[[" | "diff" | "cmp" | "sha256sum")
                || call.program == "jq" && call.flag('e', "--exit-status")
        };
        if context.calls.within(places.clone()).iter().any(compares) {
            continue;
        }
        let last = &context.places[places.end - 1];
        let words: Vec<&str> = expected.split_whitespace().collect();
        let shown = super::calls::shorten(words.join(" ").trim_matches('`'));
        let message = format!("the document says what comes out (`{shown}`), but nothing compares it");
        found.push(last.finding(&VE03, message, assertion(expected.trim())));
    }
}

fn assertion(expected: &str) -> String {
    let word = expected.split_whitespace().next().unwrap_or_default().trim_matches(['`', '"', '\'', '.', ',']);
    let one_word = expected.split_whitespace().count() == 1 && word.chars().all(|c| c.is_ascii_alphanumeric());
    if one_word && word.len() == 3 && word.chars().all(|c| c.is_ascii_digit()) {
        return format!(
            "let the command fail where it differs: `test \"$(curl -s -o /dev/null -w '%{{http_code}}' URL)\" = {word}`"
        );
    }
    if one_word {
        return format!("let the command fail where it differs: `… | grep -qx {word}`");
    }
    "let the command fail where it differs: `… | grep -q 'what matters'`, or `… | jq -e '.status == \"healthy\"'`"
        .to_owned()
}

const VE04: Kind = Kind {
    id: "VE04",
    level: Level::Warning,
    needs: Needs::Document,
    what: "Two states of a health address that are not equally well have the same HTTP code.",
    why: "Monitors and load balancers look at the code. A service that is degraded and answers 200 is well to all of them, and nobody is told.",
    wrong: "# Ops\n\n## Health\n\n| Status | HTTP | Meaning |\n|---|---|---|\n| healthy | 200 | all is well |\n| degraded | 200 | the cache is gone |\n",
    right: "# Ops\n\n## Health\n\n| Status | HTTP | Meaning |\n|---|---|---|\n| healthy | 200 | all is well |\n| degraded | 503 | the cache is gone |\n",
    check: Some(|context, found| {
        for page in context.near.pages() {
            const BAD: &[&str] = &["degraded", "unhealthy", "down", "warn", "fail", "partial", "impaired", "limited"];
            let small = page.lower();
            let speaks = |at: &&TableAt<'_>| {
                small.get(at.span.clone()).is_some_and(|text| BAD.iter().any(|word| text.contains(word)))
            };
            found.extend(page.tables.iter().filter(speaks).filter_map(|at| same_code(page, at.table)));
            found.extend(page.prose_with(&DEGRADED).into_iter().filter_map(|prose| said_same(page, prose.text)));
        }
    }),
};

static DEGRADED: LazyLock<Regex> = LazyLock::new(|| any_of(&["degraded"]));

/// How well a state is: 0 well, 1 half, 2 not; `None` where the word is none of health's.
fn wellness(word: &str) -> Option<u8> {
    let word = word.trim().trim_matches(['`', '*', '"', '\'']).to_lowercase();
    Some(match word.as_str() {
        "healthy" | "ok" | "up" | "pass" | "passing" | "green" | "operational" | "ready" => 0,
        "degraded" | "warn" | "warning" | "yellow" | "partial" | "limited" | "impaired" => 1,
        "unhealthy" | "down" | "fail" | "failing" | "failed" | "red" | "critical" | "error" | "unavailable" => 2,
        _ => return None,
    })
}

fn http_code(text: &str) -> Option<u16> {
    let digits: String = text.trim().trim_matches('`').chars().take_while(char::is_ascii_digit).collect();
    digits.parse().ok().filter(|code| digits.len() == 3 && (100..600).contains(code))
}

fn same_code(page: &Page<'_>, table: &Table) -> Option<Finding> {
    let mut well = Vec::new();
    for row in &table.rows {
        let cells: Vec<String> = row.cells.iter().map(Inlines::plain).collect();
        let state = cells.iter().find_map(|cell| wellness(cell));
        let code = cells.iter().find_map(|cell| http_code(cell).filter(|_| cell.trim().len() <= 8));
        let (Some(state), Some(code)) = (state, code) else { continue };
        if state == 0 {
            well.push(code);
        } else if well.contains(&code) {
            let name = cells.iter().find(|cell| wellness(cell).is_some())?;
            return Some(answers_well(page, row.span.clone(), name, code));
        }
    }
    None
}

/// `degraded` returns 200, in a sentence.
fn said_same(page: &Page<'_>, text: &Inlines) -> Option<Finding> {
    let span = text.span();
    let small = page.lower().get(span.clone())?;
    let at = small.find("degraded")?;
    let sentence = small[at..].split(['.', '\n', ';']).next()?;
    let answers = ["returns", "return", "answers", "responds with", "http"].iter().any(|word| has_word(sentence, word));
    let code = sentence.split(|c: char| !c.is_ascii_digit()).find(|part| part.len() == 3)?;
    let negated = has_any(sentence, &["not", "never", "instead"]);
    (answers && code == "200" && !negated)
        .then(|| answers_well(page, span.start + at..span.start + at + 8, "degraded", 200))
}

fn answers_well(page: &Page<'_>, span: Range<usize>, name: &str, code: u16) -> Finding {
    let message =
        format!("`{}` answers {code}, as when all is well: who looks at the code alone sees nothing", name.trim());
    let help = "give it a code of its own, or watch for the word in the answer as well";
    Finding::new(&VE04, page.lines.source(span), message, help)
}
