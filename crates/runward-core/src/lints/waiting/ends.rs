//! Commands that sit there: for a person, or for ever.

use std::ops::Range;

use super::super::form::tags;
use super::super::written::Written;
use super::super::{Context, Place};
use super::{EX01, asks, clients};
use crate::command::{Command, Effective};
use crate::runbook::{Finding, ssh_login};

pub(super) fn check(context: &Context<'_>, found: &mut Vec<Finding>) {
    let written = Written::new(context);
    for place in context.places.iter().filter(|place| place.command.interactive) {
        let commands = place.command.effective();
        // Other rules say more about these.
        let told = |c: &Effective<'_>| {
            let installs = matches!(c.program(), "apt" | "apt-get" | "aptitude" | "yum" | "dnf" | "certbot");
            installs || asks::asked(place.command, c).is_some() || clients::opened(c).is_some()
        };
        if commands.iter().any(told) || ssh_login(&place.command.text).is_some() {
            continue;
        }
        found.push(waits(place, &commands, &written));
    }
}

fn waits(place: &Place<'_>, commands: &[Effective<'_>], written: &Written<'_>) -> Finding {
    let command = place.command;
    let short = command.text.lines().next().unwrap_or_default();
    let kind = kind(command, commands);
    let message = format!("`{short}` {}", kind.says());
    let help = match (&command.rewrite, &kind) {
        (Some(form), _) if !form.contains('\n') => format!("`{form}` shows what there is and ends"),
        (_, Sits::Editor) => "say in a sentence what to change, or change it by a command".to_owned(),
        (_, Sits::Shell) => "give the shell what it is to do: as its argument, or with `-c`".to_owned(),
        _ => "say in a sentence what to look at, or limit it: `timeout 30 …`".to_owned(),
    };
    let finding = place.finding(&EX01, message, help);
    let Some(form) = command.rewrite.as_deref().filter(|_| shows_the_same(commands)) else { return finding };
    match differing(&command.text, form) {
        Some((within, new)) => match written.span(place, within) {
            Some(span) => finding.mended_by(span, new),
            None => finding,
        },
        None => finding,
    }
}

/// What a command sits there for.
enum Sits {
    Editor,
    Shell,
    Pager,
    Ever,
    Terminal,
}

impl Sits {
    fn says(&self) -> &'static str {
        match self {
            Sits::Editor => "opens an editor and waits for somebody to type",
            Sits::Shell => "opens a shell and waits for somebody to type",
            Sits::Pager => "waits for keys",
            Sits::Ever => "never ends by itself",
            Sits::Terminal => "needs somebody at a terminal",
        }
    }
}

fn kind(command: &Command, commands: &[Effective<'_>]) -> Sits {
    const EVER: &[&str] = &[
        "top", "htop", "atop", "btop", "glances", "watch", "tail", "journalctl", "ping", "ping6", "mtr", "iostat",
        "vmstat", "sar", "ifstat", "mpstat", "iftop", "nethogs", "iotop", "tcpdump", "yes", "nload", "bmon", "dstat",
        "openssl",
    ];
    const FOLLOWERS: &[&str] = &["docker", "docker-compose", "podman", "kubectl", "oc", "pm2", "stern", "redis-cli"];
    let follows = |c: &Effective<'_>| {
        ["logs", "log", "stats", "up", "events", "port-forward", "monit", "monitor"].iter().any(|v| c.has(v))
    };
    if tags::opens_editor(&command.text) || command.why.contains("editor") {
        return Sits::Editor;
    }
    let watched = |c: &Effective<'_>| c.around.wrappers.iter().any(|w| w == "watch");
    if commands
        .iter()
        .any(|c| EVER.contains(&c.program()) || watched(c) || FOLLOWERS.contains(&c.program()) && follows(c))
    {
        return Sits::Ever;
    }
    if commands.iter().any(|c| matches!(c.program(), "less" | "more" | "most" | "man")) {
        return Sits::Pager;
    }
    if command.why.contains("shell")
        || commands.iter().any(|c| matches!(c.program(), "bash" | "sh" | "zsh" | "ash" | "su"))
    {
        return Sits::Shell;
    }
    Sits::Terminal
}

/// Whether the form that ends shows what the original is for. What follows or watches is for what comes yet, unless
/// what it prints is searched.
fn shows_the_same(commands: &[Effective<'_>]) -> bool {
    const ONCE: &[&str] =
        &["ping", "ping6", "mtr", "iostat", "vmstat", "sar", "ifstat", "mpstat", "less", "more", "openssl"];
    let wrapped = |c: &Effective<'_>| c.around.container.is_some();
    commands.iter().enumerate().filter(|(_, c)| !c.command.piped).all(|(at, c)| {
        let searched = commands.get(at + 1).is_some_and(|next| next.command.piped);
        match c.program() {
            "watch" => false,
            // The picture of the busiest processes is not that of one.
            "top" | "htop" | "atop" | "btop" | "glances" => c.args().iter().all(|w| w.text == "-c"),
            _ if c.around.wrappers.iter().any(|w| w == "watch") => false,
            "pm2" => c.has("logs") && (searched || c.has("--lines")),
            "docker" | "podman" => c.has("stats") || !c.has("logs") && !c.has("compose"),
            "docker-compose" | "kubectl" | "tail" | "journalctl" => wrapped(c),
            program => ONCE.contains(&program) || wrapped(c) || !c.command.words.is_empty() && commands.len() > 1,
        }
    })
}

/// Where two forms of a command differ, and what stands there in the second; `None` where that goes over a line end.
fn differing<'n>(old: &str, new: &'n str) -> Option<(Range<usize>, &'n str)> {
    let same = |(a, b): &(char, char)| a == b;
    let front: usize = old.chars().zip(new.chars()).take_while(same).map(|(c, _)| c.len_utf8()).sum();
    let (old_rest, new_rest) = (&old[front..], &new[front..]);
    let back: usize =
        old_rest.chars().rev().zip(new_rest.chars().rev()).take_while(same).map(|(c, _)| c.len_utf8()).sum();
    let (old_part, new_part) = (&old_rest[..old_rest.len() - back], &new_rest[..new_rest.len() - back]);
    (!old_part.contains('\n') && !new_part.contains('\n')).then(|| (front..front + old_part.len(), new_part))
}
