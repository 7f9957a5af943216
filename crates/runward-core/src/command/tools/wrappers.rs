//! Programs that run another program: what counts is the other one.

use super::super::impact::{self, Verdict};
use super::options::{self, Table};
use super::{Call, Simple, Word, code};

/// Programs that run the words behind their options and so many operands, and those options.
pub(super) const PREFIXES: &[(&str, Table, usize)] = &[
    ("nohup", "", 0),
    ("builtin", "", 0),
    ("command", "-p -v -V", 0),
    ("exec", "-c -l -a:", 0),
    ("time", "-p -v -q -f: --format: --verbose --portability --quiet", 0),
    ("setsid", "-c --ctty -f --fork -w --wait", 0),
    ("ionice", "-c: --class: -n: --classdata: -t --ignore", 0),
    ("nice", "-n: --adjustment: -#", 0),
    ("stdbuf", "-i: -o: -e: --input: --output: --error:", 0),
    ("chronic", "-e -v", 0),
    ("unbuffer", "-p", 0),
    ("busybox", "", 0),
    ("toybox", "", 0),
    ("caffeinate", "-i -s -d -m -u -t:", 0),
    ("flock", "-n -x -s -e -w: -E: -u --nonblock --exclusive --shared --wait: --timeout:", 1),
    ("chroot", "--userspec: --groups: --skip-chdir", 1),
    (
        "nsenter",
        "-t: -m? -n? -p? -u? -i? -U? -C? -a -r? -w? -F -S: -G: --target: --mount? --net? --pid? --uts? --ipc? --all",
        0,
    ),
    ("envdir", "", 1),
    ("setuidgid", "", 1),
    ("softlimit", "-a: -c: -d: -f: -m: -o: -p: -t:", 0),
    ("chpst", "-u: -U: -e: -/: -n: -l: -L: -m: -d: -o: -p: -f: -c: -r: -t: -0 -1 -2 -P -v", 0),
    ("gosu", "", 1),
    ("su-exec", "", 1),
    ("with-contenv", "", 0),
    ("dumb-init", "-v -c --single-child --verbose", 0),
    ("tini", "-s -g -v -p:", 0),
    ("taskset", "-c", 1),
    ("numactl", "--cpunodebind: --membind: -N: -m: --interleave: -l --localalloc", 0),
    ("proxychains", "-q -f:", 0),
    ("proxychains4", "-q -f:", 0),
    ("torsocks", "", 0),
    ("faketime", "-f", 1),
    ("fakeroot", "", 0),
    ("setarch", "-R", 1),
    ("pkexec", "--user:", 0),
    ("systemd-cat", "-t: -p: --identifier: --priority:", 0),
    ("systemd-inhibit", "--what: --who: --why: --mode:", 0),
    ("sshpass", "-p: -f: -d: -e -v", 0),
    ("dotenv", "-f: -e: -o", 0),
    ("aws-okta", "", 2),
];

/// Programs that run the words behind one of their verbs: `bundle exec rake`, `doppler run -- npm start`.
const VERBS: &[(&str, &str, usize)] = &[
    ("bundle", "exec", 0),
    ("poetry", "run", 0),
    ("pipenv", "run", 0),
    ("uv", "run", 0),
    ("pdm", "run", 0),
    ("hatch", "run", 0),
    ("rbenv", "exec", 0),
    ("pyenv", "exec", 0),
    ("asdf", "exec", 0),
    ("mise", "exec", 0),
    ("doppler", "run", 0),
    ("op", "run", 0),
    ("infisical", "run", 0),
    ("aws-vault", "exec", 1),
    ("chamber", "exec", 1),
    ("direnv", "exec", 1),
    ("lxc", "exec", 1),
    ("incus", "exec", 1),
    ("pct", "exec", 1),
    ("heroku", "run", 0),
    ("dokku", "run", 1),
];

/// What a wrapped call does; `None` where the program is no wrapper.
pub(super) fn verdict(call: &Call) -> Option<Verdict> {
    Some(match call.program {
        "sudo" | "doas" => sudo(call),
        "env" => env(call),
        "timeout" => timeout(call),
        "watch" => watch(call),
        "xargs" => xargs(call),
        "parallel" => parallel(call),
        "parallel-ssh" | "pssh" | "pdsh" | "clush" | "dsh" => many_hosts(call),
        "bash" | "sh" | "dash" | "zsh" | "ash" | "ksh" => shell(call),
        "su" => su(call),
        "runuser" => runuser(call),
        "ssh" | "mosh" => ssh(call),
        "eval" => eval(call),
        "source" | "." => match call.args.first() {
            Some(file) if file.dynamic && file.text == "/dev/fd/63" => Verdict::destroys(PRINTED),
            _ => Verdict::changes("runs a file in this shell"),
        },
        "trap" => trap(call),
        "at" | "batch" => later(call),
        "strace" | "ltrace" => trace(call),
        "systemd-run" => {
            let front = call.front(
                "--scope --user --system --wait --pty -t --pipe -P -q --quiet --unit: -u: --property: -p: --uid: --gid: \
                 --slice: --collect -G -r --remain-after-exit --description: --nice: -E: --setenv: -M: --machine: -d \
                 --same-dir --working-directory: --on-active: --on-calendar: --on-boot: --timer-property: --no-block",
            );
            Verdict::changes("starts a unit").and(run(front.rest, call))
        }
        program => match PREFIXES.iter().find(|(name, ..)| *name == program) {
            Some((_, table, operands)) => prefix(call, table, *operands),
            None => run(behind_verb(call)?, call),
        },
    })
}

/// Why what another program prints is taken for the worst.
const PRINTED: &str = "runs whatever the other command prints";

/// The words that a program runs behind one of its verbs.
pub(super) fn behind_verb<'c>(call: &Call<'c>) -> Option<&'c [Word]> {
    let (_, verb, operands) = VERBS.iter().find(|(name, ..)| *name == call.program)?;
    let at = call.args.iter().position(|w| w.text == *verb)?;
    let rest = &call.args[at + 1..];
    // The words behind `--`, or behind options and operands of the wrapper.
    let inner = match rest.iter().position(|w| w.text == "--") {
        Some(dashes) => &rest[dashes + 1..],
        None => {
            let options = rest.iter().take_while(|w| w.text.starts_with('-')).count();
            rest.get(options + operands..).unwrap_or_default()
        }
    };
    (!inner.is_empty()).then_some(inner)
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

/// The command behind a prefix, its options and its operands.
fn prefix(call: &Call, table: Table, operands: usize) -> Verdict {
    let front = call.front(table);
    if call.program == "command" && front.has(&["-v", "-V"]) {
        return front.verdict;
    }
    let mut inner = front.rest.get(operands..).unwrap_or_default();
    if inner.first().is_some_and(|w| w.text == "--") {
        inner = &inner[1..];
    }
    // `flock FILE -c 'text'`
    if let [flag, command, ..] = inner
        && call.program == "flock"
        && matches!(flag.text.as_str(), "-c" | "--command")
    {
        return front.verdict.and(text(std::slice::from_ref(command), call));
    }
    front.verdict.and(run(inner, call))
}

/// `trap 'rm -rf "$TMP"' EXIT`: what it holds is run in the end.
fn trap(call: &Call) -> Verdict {
    match call.args {
        [] => Verdict::READS,
        [command, ..] if command.text != "-" && !command.text.starts_with('-') => {
            Verdict::changes("sets a trap").and(impact::inner(&command.text, call.depth))
        }
        _ => Verdict::changes("sets a trap"),
    }
}

/// `at now + 5 minutes`: what is fed is run then.
fn later(call: &Call) -> Verdict {
    let parsed = call.options("-l -r!! -d!! -c -f:! -m -M -q: -v -V -t:");
    if parsed.has(&["-l", "-c"]) {
        return parsed.verdict;
    }
    let fed = match call.given_text() {
        Some(given) => code(given.dynamic, impact::inner(&given.text, call.depth)),
        None if call.has_input() => Verdict::destroys("runs later whatever it is fed"),
        None => Verdict::changes("runs something later").waiting_if(!parsed.has(&["-f", "-r", "-d"])),
    };
    parsed.verdict.and(Verdict::changes("runs something later")).and(fed)
}

/// Watching the calls of a process that is there, or of one that is started.
fn trace(call: &Call) -> Verdict {
    let front = call.front(
        "-p: --attach: -f -ff -c -C -e: --trace: -t -tt -ttt -T -r -s: -v -x -xx -y -yy -q -qq -i -k -n -u: -E: -P: -S: \
         -w -z -Z -b: -D -d -h -V --summary-only --follow-forks -l: -o:! --output:!",
    );
    let attached = front.has(&["-p", "--attach"]);
    let inner = if attached { Verdict::READS.waiting() } else { run(front.rest, call) };
    front.verdict.and(inner)
}

/// GNU parallel: the words up to `:::` are run with those behind it.
fn parallel(call: &Call) -> Verdict {
    let front = call.front(
        "-j: -P: -k -N: -n: -a: -I: -0 -q -u -v -X -m --jobs: --bar --progress --eta --halt: --colsep: --will-cite --keep-order \
         --line-buffer --ungroup --tag --timeout: --retries: --delay: --joblog:! --dry-run --max-args: --null --arg-file: \
         -S:! --sshlogin:! --nonall --pipe --block:",
    );
    let end = front.rest.iter().position(|w| w.text.starts_with(":::")).unwrap_or(front.rest.len());
    match &front.rest[..end] {
        [] => Verdict::destroys("runs whatever it is fed"),
        [only] if only.text.contains(' ') => front.verdict.and(impact::inner(&only.text, call.depth)),
        words => {
            // What comes in is not known, what stands behind `:::` is.
            let any = appended();
            let given = front.rest.get(end + 1..).unwrap_or_default();
            let given: Vec<Word> = if given.is_empty() { vec![any] } else { given.to_vec() };
            let words: Vec<Word> = words.iter().map(|w| filled(w, "{}")).chain(given).collect();
            front.verdict.and(impact::words(&words, &Simple { piped: true, ..Simple::default() }, call.depth))
        }
    }
}

/// `pssh -h hosts 'uptime'`: what is run on many hosts at once.
fn many_hosts(call: &Call) -> Verdict {
    let front = call.front(
        "-h: -H: -l: -t: -p: -O: -x: -w: -g: -R: -f: -n: -i -P -A -v -b -a -L -B -S -N -q --hosts: --host: --user: \
         --timeout: --par: --inline --group: --nodes: -o:! -e:! --outdir:! --errdir:!",
    );
    if front.rest.is_empty() {
        return Verdict::changes("opens a shell on many hosts").waiting();
    }
    front.verdict.and(text(front.rest, call))
}

/// `runuser -u postgres -- psql`, `runuser -l shop -c 'text'`.
fn runuser(call: &Call) -> Verdict {
    let front = call.front("-u: --user: -g: --group: -G: -m -p --preserve-environment -P --pty");
    if front.has(&["-u", "--user"]) {
        return front.verdict.and(run(front.rest, call));
    }
    su(call)
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
    // `bash -` and `bash -s -- arguments` read what they run.
    let rest = match front.rest {
        _ if front.has(&["-s"]) && !front.has(&["-c"]) => &[],
        [dash, ..] if dash.text == "-" => &[],
        rest => rest,
    };
    match rest {
        // `+n` takes an option back.
        [first, ..] if first.text.starts_with('+') => Verdict::changes("runs a shell"),
        [file, ..] if file.dynamic && file.text == "/dev/fd/63" => Verdict::destroys(PRINTED),
        [first, arguments @ ..] if front.has(&["-c"]) => {
            // `$1` in the text is a word that only the caller knows.
            let filled = first.dynamic || !arguments.is_empty();
            front.verdict.and(code(filled, impact::inner(&first.text, call.depth)))
        }
        [_, ..] if front.has(&["-n"]) => front.verdict,
        [script, arguments @ ..] => impact::project(&script.text, arguments, "runs a script"),
        [] if front.has(&["-c"]) => Verdict::changes("runs a shell"),
        [] => match call.given_text() {
            Some(text) => front.verdict.and(code(text.dynamic, impact::inner(&text.text, call.depth))),
            None if call.command.piped => Verdict::destroys(PRINTED),
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
        ([], None) if call.command.piped => Verdict::destroys(PRINTED),
        ([], None) => Verdict::changes("opens a shell on another host").waiting(),
        // A shell over there reads what comes in here.
        ([shell], Some(given)) if is_shell(&shell.text) => {
            verdict.and(code(given.dynamic, impact::inner(&given.text, call.depth)))
        }
        ([shell, ..], None) if is_shell(&shell.text) && call.command.piped => Verdict::destroys(PRINTED),
        (remote, _) => verdict.and(text(remote, call)),
    }
}

fn is_shell(name: &str) -> bool {
    matches!(name, "bash" | "sh" | "dash" | "zsh" | "ash" | "ksh")
}

fn eval(call: &Call) -> Verdict {
    text(call.args, call)
}
