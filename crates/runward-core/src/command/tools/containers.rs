//! Containers and what runs them: docker, compose, podman, kubectl, helm.

use super::super::impact::{self, Verdict};
use super::{Call, Word};

pub(super) fn verdict(call: &Call) -> Option<Verdict> {
    Some(match call.program {
        "docker" | "podman" | "nerdctl" => docker(call),
        "docker-compose" | "podman-compose" => compose(call, call.args),
        "kubectl" | "oc" | "k3s" => kubectl(call),
        "helm" => helm(call),
        "crictl" => Verdict::reads_if(
            matches!(call.verb(&[]), "ps" | "pods" | "images" | "inspect" | "logs" | "stats" | "info" | "version"),
            "acts on containers",
        ),
        _ => return None,
    })
}

/// Skips a program's global options: the words from its verb on.
fn from_verb<'w>(args: &'w [Word], with_value: &[&str]) -> &'w [Word] {
    let mut at = 0;
    while let Some(word) = args.get(at).filter(|w| w.text.starts_with('-')) {
        at += if with_value.contains(&word.text.as_str()) { 2 } else { 1 };
    }
    args.get(at..).unwrap_or_default()
}

fn text(words: &[Word], at: usize) -> &str {
    words.get(at).map_or("", |w| w.text.as_str())
}

fn any(words: &[Word], options: &[&str]) -> bool {
    words.iter().take_while(|w| w.text != "--").any(|w| options.iter().any(|o| super::is_option(&w.text, o)))
}

fn docker(call: &Call) -> Verdict {
    let words = from_verb(call.args, &["-H", "--host", "-c", "--context", "--config", "-l", "--log-level"]);
    let rest = words.get(1..).unwrap_or_default();
    match text(words, 0) {
        "compose" => compose(call, rest),
        "" => Verdict::READS,
        "container" | "image" | "volume" | "network" | "system" | "builder" | "buildx" | "context" | "manifest"
        | "plugin" | "swarm" | "node" | "service" | "stack" | "secret" | "config" => {
            managed(call, text(words, 0), rest)
        }
        verb => plain(call, verb, rest),
    }
}

/// `docker VERB …`.
fn plain(call: &Call, verb: &str, rest: &[Word]) -> Verdict {
    match verb {
        "ps" | "images" | "version" | "info" | "port" | "top" | "diff" | "history" | "search" => Verdict::READS,
        "inspect" => Verdict::READS.telling_secrets(),
        "logs" => Verdict::READS.waiting_if(any(rest, &["-f", "--follow"])),
        "stats" => Verdict::READS.waiting_if(!any(rest, &["--no-stream"])),
        "events" => Verdict::READS.waiting_if(!any(rest, &["--until"])),
        "exec" => exec(call, rest),
        "rm" | "rmi" | "kill" => Verdict::destroys("removes or kills containers or images"),
        "attach" => Verdict::changes("attaches to a container").waiting(),
        "run" => Verdict::changes("starts a container")
            .waiting_if(any(rest, &["-i", "-t", "--interactive", "--tty"]) && !any(rest, &["-d", "--detach"])),
        "login" => Verdict::changes("logs in").waiting_if(!any(rest, &["--password-stdin", "-p", "--password"])),
        _ => Verdict::changes("acts on containers"),
    }
}

/// `docker NOUN VERB …`.
fn managed(call: &Call, noun: &str, rest: &[Word]) -> Verdict {
    let asks = !any(rest, &["-f", "--force"]);
    match text(rest, 0) {
        "prune" => Verdict::destroys("removes what nothing uses, rollback images too").waiting_if(asks),
        "rm" | "remove" | "rmi" | "kill" | "leave" => Verdict::destroys("removes containers, images or volumes"),
        "ls" | "list" | "df" | "history" | "port" | "top" | "diff" | "ps" | "du" | "info" | "show" | "services" => {
            Verdict::READS
        }
        "inspect" => Verdict::READS.telling_secrets(),
        "events" => Verdict::READS.waiting(),
        "logs" => Verdict::READS.waiting_if(any(rest, &["-f", "--follow"])),
        "stats" => Verdict::READS.waiting_if(!any(rest, &["--no-stream"])),
        "exec" if noun == "container" => exec(call, &rest[1..]),
        _ => Verdict::changes("acts on containers"),
    }
}

const EXEC_VALUES: &[&str] =
    &["-u", "--user", "-w", "--workdir", "-e", "--env", "--env-file", "--index", "--detach-keys"];

/// `docker exec [options] CONTAINER command …`.
fn exec(call: &Call, rest: &[Word]) -> Verdict {
    let words = from_verb(rest, EXEC_VALUES);
    let options = &rest[..rest.len() - words.len()];
    let terminal = any(options, &["-t", "--tty"]);
    let inner = impact::words(words.get(1..).unwrap_or_default(), call.command.piped, call.depth);
    if words.len() < 2 { Verdict::changes("runs something in a container") } else { inner.waiting_if(terminal) }
}

const COMPOSE_VALUES: &[&str] = &[
    "-f", "--file", "-p", "--project-name", "--profile", "--env-file", "--project-directory", "--ansi", "--progress",
    "--parallel",
];

fn compose(call: &Call, args: &[Word]) -> Verdict {
    let words = from_verb(args, COMPOSE_VALUES);
    let rest = words.get(1..).unwrap_or_default();
    match text(words, 0) {
        "" | "ps" | "images" | "top" | "port" | "version" | "ls" => Verdict::READS,
        "config" | "convert" => Verdict::READS.telling_secrets(),
        "logs" => Verdict::READS.waiting_if(any(rest, &["-f", "--follow"])),
        "stats" => Verdict::READS.waiting_if(!any(rest, &["--no-stream"])),
        "events" => Verdict::READS.waiting(),
        "exec" => {
            let words = from_verb(rest, EXEC_VALUES);
            // Unlike docker, compose gives a terminal unless told not to.
            let terminal = !any(&rest[..rest.len() - words.len()], &["-T", "--no-TTY", "-d", "--detach"]);
            let inner = impact::words(words.get(1..).unwrap_or_default(), call.command.piped, call.depth);
            if words.len() < 2 {
                Verdict::changes("runs something in a container")
            } else {
                inner.waiting_if(terminal && opens_shell(words))
            }
        }
        "down" if any(rest, &["-v", "--volumes", "--rmi"]) => {
            Verdict::destroys("removes containers with their volumes or images")
        }
        "rm" | "kill" => Verdict::destroys("removes or kills containers")
            .waiting_if(text(words, 0) == "rm" && !any(rest, &["-f", "--force"])),
        "down" => Verdict::changes("removes the containers and their logs"),
        "up" => Verdict::changes("starts containers").waiting_if(!any(rest, &["-d", "--detach", "--wait"])),
        "watch" | "attach" => Verdict::changes("follows containers").waiting(),
        _ => Verdict::changes("acts on containers"),
    }
}

fn opens_shell(words: &[Word]) -> bool {
    words.len() == 2
        && matches!(text(words, 1), "bash" | "sh" | "ash" | "zsh" | "psql" | "redis-cli" | "mysql" | "mongosh")
}

const KUBE_VALUES: &[&str] =
    &["-n", "--namespace", "--context", "--kubeconfig", "-s", "--server", "--cluster", "--user"];

fn kubectl(call: &Call) -> Verdict {
    let words = from_verb(call.args, KUBE_VALUES);
    let rest = words.get(1..).unwrap_or_default();
    let second = rest.iter().find(|w| !w.text.starts_with('-')).map_or("", |w| w.text.as_str());
    match text(words, 0) {
        "get" if second.starts_with("secret") => {
            Verdict::READS.telling_secrets().waiting_if(any(rest, &["-w", "--watch"]))
        }
        "get" => Verdict::READS.waiting_if(any(rest, &["-w", "--watch"])),
        "describe" | "top" | "version" | "explain" | "api-resources" | "api-versions" | "cluster-info" | "diff"
        | "events" => Verdict::READS,
        "logs" => Verdict::READS.waiting_if(any(rest, &["-f", "--follow"])),
        "rollout" if matches!(second, "status" | "history") => Verdict::READS,
        "config" if matches!(second, "view" | "current-context" | "get-contexts" | "get-clusters") => {
            Verdict::READS.telling_secrets()
        }
        "auth" if second == "can-i" => Verdict::READS,
        "port-forward" | "proxy" | "attach" => Verdict::changes("opens a connection and keeps it").waiting(),
        "edit" => Verdict::changes("opens an editor").waiting(),
        "exec" => match rest.iter().position(|w| w.text == "--") {
            Some(at) => impact::words(&rest[at + 1..], call.command.piped, call.depth)
                .waiting_if(any(&rest[..at], &["-t", "--tty"])),
            None => Verdict::changes("runs something in a pod").waiting_if(any(rest, &["-t", "--tty"])),
        },
        "delete" | "drain" | "evict" => Verdict::destroys("removes things from the cluster"),
        "replace" if any(rest, &["--force"]) => Verdict::destroys("removes and makes anew"),
        _ => Verdict::changes("acts on the cluster"),
    }
}

fn helm(call: &Call) -> Verdict {
    match call.verb(KUBE_VALUES) {
        "list" | "ls" | "status" | "history" | "show" | "search" | "version" | "template" | "lint" | "verify"
        | "env" => Verdict::READS,
        "get" => Verdict::READS.telling_secrets(),
        "uninstall" | "delete" | "del" => Verdict::destroys("removes a release"),
        _ => Verdict::changes("acts on a release"),
    }
}
