//! Programs that run another program, from the other side: what they start, where, and as whom.

use super::super::effective::{Container, ContainerKind};
use super::super::impact::program_name;
use super::super::shell::{Simple, Word};
use super::options::{self, Table};
use super::wrappers::{ENV, PREFIXES, SHELL, SSH, SU, SUDO, TIMEOUT, WATCH, XARGS, appended, behind_verb, filled};
use super::{Call, containers, kubernetes};

/// One thing a wrapper starts.
pub(in super::super) struct Found {
    /// What it starts.
    pub(in super::super) runs: Runs,
    /// Where, and as whom.
    pub(in super::super) change: Change,
    /// Whether the wrapper does something of its own before.
    pub(in super::super) acts: bool,
}

/// What a wrapper starts.
pub(in super::super) enum Runs {
    /// A program and its words.
    Words(Vec<Word>),
    /// Words that a shell reads as one text.
    Text(Vec<Word>),
}

/// What is different for what it starts.
pub(in super::super) enum Change {
    /// Nothing.
    Nothing,
    /// Another user.
    User(String),
    /// Another host.
    Host { host: Word, user: Option<String> },
    /// Inside a container.
    Container { container: Container, user: Option<String> },
}

/// Everything a command starts; nothing where it is no wrapper or is one that opens a shell.
pub(in super::super) fn unwrapped(command: &Simple) -> Vec<Found> {
    let Some(program) = command.words.first().filter(|w| !w.dynamic).and_then(|w| program_name(&w.text)) else {
        return Vec::new();
    };
    let call = Call { program, args: &command.words[1..], command, depth: 0 };
    if program == "find" {
        return find(&call);
    }
    let found = match program {
        "sudo" | "doas" => sudo(&call),
        "su" => su(&call),
        "runuser" => runuser(&call),
        "gosu" | "su-exec" | "setuidgid" => call.args.split_first().and_then(|(user, rest)| words(rest, named(user))),
        "env" => env(&call),
        "timeout" => words(call.front(TIMEOUT).rest.get(1..).unwrap_or_default(), Change::Nothing),
        "watch" => text(call.front(WATCH).rest, Change::Nothing),
        "eval" => text(call.args, Change::Nothing),
        "trap" => text(call.args.get(..1).unwrap_or_default(), Change::Nothing),
        "xargs" => xargs(&call),
        "flock" => flock(&call),
        "sshpass" => words(call.front("-p: -f: -d: -e -P: -v").rest, Change::Nothing),
        "bash" | "sh" | "dash" | "zsh" | "ash" | "ksh" => shell(&call),
        "ssh" => ssh(&call),
        "docker" | "podman" | "nerdctl" => docker(&call),
        "docker-compose" | "podman-compose" => compose(call.args),
        "kubectl" | "oc" => kubectl(call.args),
        "k3s" if call.args.first().is_some_and(|w| w.text == "kubectl") => kubectl(&call.args[1..]),
        "lxc" | "incus" => lxc(&call),
        "command" if call.front(prefix("command")).has(&["-v", "-V"]) => None,
        _ => prefixed(&call),
    };
    found.into_iter().collect()
}

fn prefix(program: &str) -> Table {
    PREFIXES.iter().find(|(name, ..)| *name == program).map_or("", |(_, table, _)| table)
}

/// What stands behind a prefix, its options and its operands, or behind the verb of a program that runs others.
fn prefixed(call: &Call) -> Option<Found> {
    let Some((_, table, operands)) = PREFIXES.iter().find(|(name, ..)| *name == call.program) else {
        return words(behind_verb(call)?, Change::Nothing);
    };
    let inner = call.front(table).rest.get(*operands..)?;
    let dashes = usize::from(inner.first().is_some_and(|w| w.text == "--"));
    words(&inner[dashes..], Change::Nothing)
}

fn words(words: &[Word], change: Change) -> Option<Found> {
    (!words.is_empty()).then(|| Found { runs: Runs::Words(words.to_vec()), change, acts: false })
}

fn text(words: &[Word], change: Change) -> Option<Found> {
    (!words.is_empty()).then(|| Found { runs: Runs::Text(words.to_vec()), change, acts: false })
}

fn named(user: &Word) -> Change {
    Change::User(user.text.split(':').next().unwrap_or_default().to_owned())
}

fn last<'w>(front: &options::Parsed<'w>, names: &[&str]) -> Option<&'w str> {
    front.values(names).last().copied()
}

fn sudo(call: &Call) -> Option<Found> {
    let front = call.front(SUDO);
    if front.has(&["-e", "--edit", "-l", "--list", "-v", "--validate", "-V"]) {
        return None;
    }
    let assigns = front.rest.iter().take_while(|w| w.text.contains('=') && !w.text.starts_with('=')).count();
    let user = last(&front, &["-u", "--user"]).unwrap_or("root");
    words(&front.rest[assigns..], Change::User(user.to_owned()))
}

fn su(call: &Call) -> Option<Found> {
    let parsed = call.options(SU);
    let user = parsed.operands.iter().find(|w| w.text != "-").map_or("root", |w| w.text.as_str());
    // The last one counts.
    let given = parsed.value_words(&["-c", "--command"]).pop()?;
    text(&[given], Change::User(user.to_owned()))
}

/// `runuser -u USER -- command` or, as `su` does it, `runuser - USER -c text`.
fn runuser(call: &Call) -> Option<Found> {
    let front = call.front("-u: --user: -g: --group: -G: --supp-group: -P --pty");
    match last(&front, &["-u", "--user"]) {
        Some(user) => words(front.rest, Change::User(user.to_owned())),
        None => su(call),
    }
}

fn env(call: &Call) -> Option<Found> {
    let front = call.front(ENV);
    let assigns = front.rest.iter().take_while(|w| w.text.contains('=')).count();
    words(&front.rest[assigns..], Change::Nothing)
}

fn xargs(call: &Call) -> Option<Found> {
    let front = call.front(XARGS);
    let mark = front.values(&["-I", "-i", "--replace"]).pop();
    let inner: Vec<Word> = match mark {
        Some(mark) => front.rest.iter().map(|w| filled(w, if mark.is_empty() { "{}" } else { mark })).collect(),
        None if front.rest.is_empty() => return None,
        None => front.rest.iter().cloned().chain([appended()]).collect(),
    };
    words(&inner, Change::Nothing)
}

/// `flock FILE command …` or `flock FILE -c text`; with a descriptor's number alone it starts nothing.
fn flock(call: &Call) -> Option<Found> {
    const TABLE: Table = "-s --shared -x -e --exclusive -u --unlock -n --nb --nonblock -w: --wait: --timeout: -o --close \
         -E: --conflict-exit-code: -F --no-fork --verbose";
    let front = call.front(TABLE);
    match front.rest.get(1..).unwrap_or_default() {
        [c, given, ..] if matches!(c.text.as_str(), "-c" | "--command") => {
            text(std::slice::from_ref(given), Change::Nothing)
        }
        inner => words(inner, Change::Nothing),
    }
}

fn shell(call: &Call) -> Option<Found> {
    let front = call.front(SHELL);
    match front.rest {
        [given, ..] if front.has(&["-c"]) && !given.text.starts_with('+') => {
            text(std::slice::from_ref(given), Change::Nothing)
        }
        [] if !front.has(&["-c"]) => text(std::slice::from_ref(call.given_text()?), Change::Nothing),
        _ => None,
    }
}

fn ssh(call: &Call) -> Option<Found> {
    let front = call.front(SSH);
    let (target, rest) = front.rest.split_first()?;
    let behind = options::in_front(rest, SSH);
    let named = target.text.strip_prefix("ssh://").unwrap_or(&target.text);
    let (user, host) = named.rsplit_once('@').map_or((None, named), |(user, host)| (Some(user.to_owned()), host));
    let user = user.or_else(|| last(&behind, &["-l"]).or(last(&front, &["-l"])).map(str::to_owned));
    let change = Change::Host { host: target.ending(host), user };
    match behind.rest {
        [] => text(std::slice::from_ref(call.given_text()?), change),
        remote => text(remote, change),
    }
}

/// A container's name and the command behind it.
fn inside(kind: ContainerKind, given: &options::Parsed, rest: &[Word]) -> Option<Found> {
    let (name, command) = rest.split_first()?;
    let user = last(given, &["-u", "--user"]).map(str::to_owned);
    words(command, Change::Container { container: Container { kind, name: name.clone() }, user })
}

fn docker(call: &Call) -> Option<Found> {
    let front = options::in_front(call.args, containers::DOCKER_GLOBALS);
    let rest = match front.rest {
        [verb, rest @ ..] if verb.text == "compose" => return compose(rest),
        [verb, rest @ ..] if verb.text == "exec" => rest,
        [of, verb, rest @ ..] if of.text == "container" && verb.text == "exec" => rest,
        _ => return None,
    };
    let given = options::in_front(rest, containers::EXEC);
    inside(ContainerKind::Container, &given, given.rest)
}

fn compose(args: &[Word]) -> Option<Found> {
    let front = options::in_front(args, containers::COMPOSE_GLOBALS);
    let [verb, rest @ ..] = front.rest else { return None };
    if verb.text != "exec" {
        return None;
    }
    let given = options::in_front(rest, containers::EXEC);
    inside(ContainerKind::Service, &given, given.rest)
}

fn kubectl(args: &[Word]) -> Option<Found> {
    const TABLE: Table = "-c: --container: -i --stdin -t --tty -q --quiet -n: --namespace: --context: --kubeconfig: \
         --pod-running-timeout:";
    let front = options::in_front(args, kubernetes::KUBE_VALUES);
    let [verb, rest @ ..] = front.rest else { return None };
    let border = rest.iter().position(|w| w.text == "--").filter(|_| verb.text == "exec")?;
    let given = options::anywhere(&rest[..border], TABLE);
    let name = (*given.operands.first()?).clone();
    let container = Container { kind: ContainerKind::Pod, name };
    words(&rest[border + 1..], Change::Container { container, user: None })
}

fn lxc(call: &Call) -> Option<Found> {
    let [verb, name, rest @ ..] = call.args else { return None };
    let border = rest.iter().position(|w| w.text == "--").filter(|_| verb.text == "exec")?;
    let container = Container { kind: ContainerKind::Container, name: name.clone() };
    words(&rest[border + 1..], Change::Container { container, user: None })
}

/// `find … -exec x {} \;`: it looks itself, and each `-exec` starts something.
fn find(call: &Call) -> Vec<Found> {
    let mut found = Vec::new();
    let mut args = call.args;
    let starts = |w: &Word| matches!(w.text.as_str(), "-exec" | "-execdir" | "-ok" | "-okdir");
    while let Some(at) = args.iter().position(starts) {
        let inner = &args[at + 1..];
        let end = inner.iter().position(|w| matches!(w.text.as_str(), ";" | "+")).unwrap_or(inner.len());
        let filled: Vec<Word> = inner[..end].iter().map(|w| Word { any: false, ..filled(w, "{}") }).collect();
        found.extend(words(&filled, Change::Nothing).map(|f| Found { acts: found.is_empty(), ..f }));
        args = inner.get(end + 1..).unwrap_or_default();
    }
    found
}
