//! Programs that run another program: what counts is the other one.

use super::super::impact::{self, Verdict};
use super::options::{self, Table};
use super::{Call, Simple, Word, code};

/// Programs that run the words behind their options, and those options.
pub(super) const PREFIXES: &[(&str, Table)] = &[
    ("nohup", ""),
    ("builtin", ""),
    ("command", "-p -v -V"),
    ("exec", "-c -l -a:"),
    ("time", "-p -v -q -f: --format: --verbose --portability --quiet"),
    ("setsid", "-c --ctty -f --fork -w --wait"),
    ("ionice", "-c: --class: -n: --classdata: -t --ignore"),
    ("nice", "-n: --adjustment: -#"),
    ("stdbuf", "-i: -o: -e: --input: --output: --error:"),
    ("chronic", "-e -v"),
];

/// What a wrapped call does; `None` where the program is no wrapper.
pub(super) fn verdict(call: &Call) -> Option<Verdict> {
    Some(match call.program {
        "sudo" | "doas" => sudo(call),
        "env" => env(call),
        "timeout" => timeout(call),
        "watch" => watch(call),
        "xargs" => xargs(call),
        "bash" | "sh" | "dash" | "zsh" | "ash" | "ksh" => shell(call),
        "su" => su(call),
        "ssh" => ssh(call),
        "eval" => eval(call),
        "source" | "." => Verdict::changes("runs a file in this shell"),
        "trap" => Verdict::changes("sets a trap"),
        program => prefix(call, PREFIXES.iter().find(|(name, _)| *name == program)?.1),
    })
}

fn run(words: &[Word], call: &Call) -> Verdict {
    if words.is_empty() {
        return Verdict::READS;
    }
    impact::words(words, call.command, call.depth)
}

/// Words that a shell will read as text.
fn text(words: &[Word], call: &Call) -> Verdict {
    let text: Vec<&str> = words.iter().map(|w| w.text.as_str()).collect();
    code(words.iter().any(|w| w.dynamic), impact::inner(&text.join(" "), call.depth))
}

/// The command behind a prefix and its options.
fn prefix(call: &Call, table: Table) -> Verdict {
    let front = call.front(table);
    if call.program == "command" && front.has(&["-v", "-V"]) {
        return front.verdict;
    }
    front.verdict.and(run(front.rest, call))
}

pub(super) const SUDO: Table = "-u: -g: -n -E -H -S -k -K -b -i -s -l -v -V -h: -p: -C: -r: -t: -D: -T: -U: -e --edit --user: \
     --group: --non-interactive --preserve-env? --set-home --stdin --login --shell --list --validate --chdir: \
     --prompt: --host:";

fn sudo(call: &Call) -> Verdict {
    let front = call.front(SUDO);
    if front.has(&["-e", "--edit"]) {
        return Verdict::changes("opens an editor").waiting();
    }
    let assigns = front.rest.iter().take_while(|w| w.text.contains('=') && !w.text.starts_with('=')).count();
    if front.rest.len() == assigns {
        return if front.has(&["-l", "-v", "-k", "-K", "-V", "--list", "--validate"]) {
            front.verdict
        } else {
            Verdict::changes("opens a root shell").waiting()
        };
    }
    let inner = front.verdict.and(run(&front.rest[assigns..], call));
    if assigns > 0 { inner.and(Verdict::changes("sets variables for root")) } else { inner }
}

pub(super) const ENV: Table = "-i --ignore-environment -u: --unset: -C: --chdir: -0 --null -v --debug";

fn env(call: &Call) -> Verdict {
    let front = call.front(ENV);
    let assigns = front.rest.iter().take_while(|w| w.text.contains('=')).count();
    let (assigned, inner) = front.rest.split_at(assigns);
    if inner.is_empty() {
        return front.verdict.telling_secrets();
    }
    let verdict = front.verdict.and(run(inner, call));
    if assigned.iter().any(|w| impact::steers_programs(&w.text)) {
        verdict.and(Verdict::changes("sets a variable that makes programs run other programs"))
    } else {
        verdict
    }
}

pub(super) const TIMEOUT: Table = "-s: -k: --signal: --kill-after: --foreground --preserve-status -v --verbose";

fn timeout(call: &Call) -> Verdict {
    let front = call.front(TIMEOUT);
    // What never ends by itself is ended by the time-out.
    let inner = front.verdict.and(run(front.rest.get(1..).unwrap_or_default(), call));
    Verdict { interactive: false, ..inner }
}

pub(super) const WATCH: Table =
    "-n: --interval: -d? --differences? -t --no-title -b --beep -e --errexit -g --chgexit -c --color -x --exec";

fn watch(call: &Call) -> Verdict {
    let front = call.front(WATCH);
    front.verdict.and(text(front.rest, call)).waiting()
}

pub(super) const XARGS: Table = "-0 --null -r --no-run-if-empty -t --verbose -n: --max-args: -I: --replace? -i? -P: \
     --max-procs: -L: -l? --max-lines? -d: --delimiter: -a: --arg-file: -s: --max-chars: -E: -e? --eof? -x --exit -p~ \
     --interactive~";

fn xargs(call: &Call) -> Verdict {
    let front = call.front(XARGS);
    if front.rest.is_empty() {
        return front.verdict;
    }
    let replaced = front.values(&["-I", "-i", "--replace"]);
    let inner: Vec<Word> = match replaced.last() {
        Some(mark) => front.rest.iter().map(|w| filled(w, if mark.is_empty() { "{}" } else { mark })).collect(),
        None => front.rest.iter().cloned().chain([appended()]).collect(),
    };
    front.verdict.and(impact::words(&inner, &Simple { piped: true, ..Simple::default() }, call.depth))
}

/// What xargs appends is unknown: a verb, an option, a script.
pub(super) fn appended() -> Word {
    Word { text: "$@".into(), dynamic: true, any: true, ..Word::default() }
}

/// A word in which a mark is replaced by something nobody knows.
pub(super) fn filled(word: &Word, mark: &str) -> Word {
    let marked = word.text.contains(mark);
    Word { dynamic: word.dynamic || marked, any: word.any || word.text.starts_with(mark), ..word.clone() }
}

pub(super) const SHELL: Table = "-c -e -u -x -v -f -l -i -n -s -p -o: -O: --login --noprofile --norc --posix --verbose";

fn shell(call: &Call) -> Verdict {
    let front = call.front(SHELL);
    match front.rest {
        // `+n` takes an option back.
        [first, ..] if first.text.starts_with('+') => Verdict::changes("runs a shell"),
        [first, arguments @ ..] if front.has(&["-c"]) => {
            // `$1` in the text is a word that only the caller knows.
            let filled = first.dynamic || !arguments.is_empty();
            front.verdict.and(code(filled, impact::inner(&first.text, call.depth)))
        }
        [_, ..] if front.has(&["-n"]) => front.verdict,
        [_, ..] => Verdict::changes("runs a script"),
        [] if front.has(&["-c"]) => Verdict::changes("runs a shell"),
        [] => match call.given_text() {
            Some(text) => front.verdict.and(code(text.dynamic, impact::inner(&text.text, call.depth))),
            None if call.command.piped => Verdict::destroys("runs whatever the other command prints"),
            None if call.has_input() => Verdict::changes("runs a script"),
            None => Verdict::changes("opens a shell").waiting(),
        },
    }
}

pub(super) const SU: Table = "-c: --command: -l --login -m -p -P --preserve-environment --pty -g: --group:";

fn su(call: &Call) -> Verdict {
    let parsed = call.options(SU);
    let texts = parsed.values(&["-c", "--command"]);
    if texts.is_empty() {
        return Verdict::changes("opens another user's shell").waiting();
    }
    let inner = texts.iter().map(|t| impact::inner(t, call.depth)).fold(parsed.verdict.clone(), Verdict::and);
    // Words behind the user's name go to that user's shell.
    let words = parsed.operands.iter().filter(|w| w.text != "-").count();
    code(words > 1 || parsed.is_dynamic(&["-c", "--command"]), inner)
}

pub(super) const SSH: Table = "-4 -6 -A -a -C -f -g -K -k -n -q -T -t -V -v -X -x -Y -y -N~ -B: -b: -c: -e: -i: -J: -l: -m: -o: \
     -p: -Q: -S: -L:! -R:! -D:! -F:!";

/// Settings of ssh that start nothing and write nothing.
const SSH_SETTINGS: &[&str] = &[
    "addressfamily", "batchmode", "checkhostip", "ciphers", "compression", "connectionattempts", "connecttimeout",
    "forwardagent", "gssapiauthentication", "hostkeyalgorithms", "identitiesonly", "identityfile", "loglevel",
    "numberofpasswordprompts", "passwordauthentication", "port", "preferredauthentications", "proxyjump",
    "pubkeyacceptedalgorithms", "pubkeyauthentication", "requesttty", "serveralivecountmax", "serveraliveinterval",
    "stricthostkeychecking", "user",
];

fn ssh(call: &Call) -> Verdict {
    let front = call.front(SSH);
    // Options may follow the host as well.
    let behind = options::in_front(front.rest.get(1..).unwrap_or_default(), SSH);
    let settings = front.values(&["-o"]).into_iter().chain(behind.values(&["-o"]));
    let harmless = settings.map(str::to_lowercase).all(|setting| {
        let name = setting.split(['=', ' ']).next().unwrap_or_default();
        SSH_SETTINGS.contains(&name) || setting == "userknownhostsfile=/dev/null"
    });
    let verdict = front.verdict.and(behind.verdict).and(Verdict::reads_if(harmless, "starts a program on this side"));
    match (behind.rest, call.given_text()) {
        ([], Some(given)) => verdict.and(code(given.dynamic, impact::inner(&given.text, call.depth))),
        ([], None) => Verdict::changes("opens a shell on another host").waiting(),
        (remote, _) => verdict.and(text(remote, call)),
    }
}

fn eval(call: &Call) -> Verdict {
    text(call.args, call)
}
