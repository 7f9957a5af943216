//! Programs that run another program: what counts is the other one.

use super::super::impact::{self, Verdict};
use super::{Call, Word};

/// What a wrapped call does; `None` where the program is no wrapper.
pub(super) fn verdict(call: &Call) -> Option<Verdict> {
    Some(match call.program {
        "sudo" | "doas" => sudo(call),
        "env" => env(call),
        "nohup" | "command" | "builtin" | "exec" | "time" | "setsid" | "ionice" | "nice" | "stdbuf" | "chronic" => {
            prefix(call, &["-n", "-c", "-p", "-i", "-o", "-e"])
        }
        "timeout" => timeout(call),
        "watch" => watch(call),
        "xargs" => xargs(call),
        "bash" | "sh" | "dash" | "zsh" | "ash" => shell(call),
        "su" => su(call),
        "ssh" => ssh(call),
        "eval" => eval(call),
        "source" | "." => Verdict::changes("runs a file in this shell"),
        "trap" => Verdict::changes("sets a trap"),
        _ => return None,
    })
}

fn run(words: &[Word], call: &Call) -> Verdict {
    if words.is_empty() {
        return Verdict::READS;
    }
    impact::words(words, call.command.piped, call.depth)
}

/// The command behind a prefix and its options.
fn prefix(call: &Call, with_value: &[&str]) -> Verdict {
    if call.program == "command" && call.has(&["-v", "-V"]) {
        return Verdict::READS;
    }
    run(after_options(call.args, with_value), call)
}

fn after_options<'w>(args: &'w [Word], with_value: &[&str]) -> &'w [Word] {
    let mut at = 0;
    while let Some(word) = args.get(at) {
        if word.text == "--" {
            return &args[at + 1..];
        }
        if !word.text.starts_with('-') {
            break;
        }
        at += if with_value.contains(&word.text.as_str()) { 2 } else { 1 };
    }
    args.get(at..).unwrap_or_default()
}

fn sudo(call: &Call) -> Verdict {
    let rest = after_options(call.args, &["-u", "-g", "-h", "-p", "-C", "-r", "-t", "--user", "--group"]);
    let skipped = &call.args[..call.args.len() - rest.len()];
    if skipped.iter().any(|w| matches!(w.text.as_str(), "-e" | "--edit")) {
        return Verdict::changes("opens an editor").waiting();
    }
    let assigns = rest.iter().take_while(|w| w.text.contains('=') && !w.text.starts_with('=')).count();
    if rest.len() == assigns {
        return if skipped.iter().any(|w| matches!(w.text.as_str(), "-l" | "-v" | "-k")) {
            Verdict::READS
        } else {
            Verdict::changes("opens a root shell").waiting()
        };
    }
    let inner = run(&rest[assigns..], call);
    if assigns > 0 { inner.and(Verdict::changes("sets variables for root")) } else { inner }
}

fn env(call: &Call) -> Verdict {
    let rest = after_options(call.args, &["-u", "-C", "--unset", "--chdir"]);
    if call.has(&["-S", "--split-string"]) {
        return Verdict::changes("runs text that is not followed");
    }
    let assigns = rest.iter().take_while(|w| w.text.contains('=')).count();
    match &rest[assigns..] {
        [] => Verdict::READS.telling_secrets(),
        inner => {
            let steered = rest[..assigns].iter().any(|w| {
                w.text.starts_with("LD_")
                    || w.text.starts_with("PATH=")
                    || w.text.starts_with("GIT_")
                    || w.text.contains("PAGER=")
            });
            let verdict = run(inner, call);
            if steered {
                verdict.and(Verdict::changes("sets a variable that makes programs run other programs"))
            } else {
                verdict
            }
        }
    }
}

fn timeout(call: &Call) -> Verdict {
    let rest = after_options(call.args, &["-s", "-k", "--signal", "--kill-after"]);
    // What never ends by itself is ended by the time-out.
    let inner = run(rest.get(1..).unwrap_or_default(), call);
    Verdict { interactive: false, ..inner }
}

fn watch(call: &Call) -> Verdict {
    let rest = after_options(call.args, &["-n", "--interval"]);
    let text: Vec<&str> = rest.iter().map(|w| w.text.as_str()).collect();
    let inner =
        if rest.iter().any(|w| w.dynamic) { run(rest, call) } else { impact::inner(&text.join(" "), call.depth) };
    inner.waiting()
}

fn xargs(call: &Call) -> Verdict {
    let with_value =
        ["-n", "-I", "-P", "-L", "-d", "-a", "-s", "-E", "--max-args", "--max-procs", "--replace", "--delimiter"];
    match after_options(call.args, &with_value) {
        [] => Verdict::READS,
        // What xargs appends is unknown: `xargs sh -c`, or a reader given options by its input.
        inner => impact::words(inner, true, call.depth),
    }
}

fn shell(call: &Call) -> Verdict {
    if call.has(&["-n"]) && !call.has(&["-c"]) {
        return Verdict::READS;
    }
    if let Some(at) =
        call.args.iter().position(|w| w.text.starts_with('-') && !w.text.starts_with("--") && w.text.contains('c'))
    {
        return match call.args.get(at + 1) {
            Some(text) if !text.dynamic => impact::inner(&text.text, call.depth),
            Some(text) => {
                impact::inner(&text.text, call.depth).and(Verdict::changes("runs text that is only known when it runs"))
            }
            None => Verdict::changes("runs a shell"),
        };
    }
    if let Some(text) = call.given_text() {
        return impact::inner(text, call.depth);
    }
    if call.command.piped {
        return Verdict::destroys("runs whatever the other command prints");
    }
    match call.operands(&["-o", "-O", "--rcfile", "--init-file"]).first() {
        Some(_) => Verdict::changes("runs a script"),
        None if call.has_input() => Verdict::changes("runs a script"),
        None => Verdict::changes("opens a shell").waiting(),
    }
}

fn su(call: &Call) -> Verdict {
    match call.value(&["-c", "--command"]) {
        Some(text) if !text.dynamic => impact::inner(&text.text, call.depth),
        Some(_) => Verdict::changes("runs text that is only known when it runs"),
        None => Verdict::changes("opens another user's shell").waiting(),
    }
}

fn ssh(call: &Call) -> Verdict {
    let with_value = [
        "-p", "-i", "-l", "-o", "-F", "-J", "-L", "-R", "-D", "-b", "-c", "-E", "-e", "-I", "-m", "-O", "-Q", "-S",
        "-W", "-w",
    ];
    let rest = after_options(call.args, &with_value);
    let starts_program = call.args.iter().any(|w| w.text.contains("ProxyCommand") || w.text.contains("LocalCommand"));
    if starts_program {
        return Verdict::changes("starts a program on this side");
    }
    match rest.get(1..) {
        Some(remote) if !remote.is_empty() => {
            let text: Vec<&str> = remote.iter().map(|w| w.text.as_str()).collect();
            impact::inner(&text.join(" "), call.depth)
        }
        _ => match call.given_text() {
            Some(text) => impact::inner(text, call.depth),
            None => Verdict::changes("opens a shell on another host").waiting(),
        },
    }
}

fn eval(call: &Call) -> Verdict {
    if call.any_dynamic() {
        return Verdict::changes("runs text that is only known when it runs");
    }
    let text: Vec<&str> = call.args.iter().map(|w| w.text.as_str()).collect();
    impact::inner(&text.join(" "), call.depth)
}
