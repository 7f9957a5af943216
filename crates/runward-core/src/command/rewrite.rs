//! The form of a command that ends by itself and shows no secrets: offered beside the original, never put in its place unseen.

mod secrets;

use std::ops::Range;

pub(super) use secrets::likely as likely_secret;

use super::impact::{self, Verdict};
use super::placeholder;
use super::shell::{Redirect, Script, Simple, Word};
use super::tools::files_hold_secrets;

/// The form of a command to offer: read again, it ends by itself, tells nothing secret and does no more than the original.
pub(super) fn offered(text: &str, script: &Script, original: &Verdict) -> Option<String> {
    let form = non_interactive(text, script)?;
    let read = impact::classify(&placeholder::masked(&form, &placeholder::find(&form))).ok()?;
    (!read.interactive && !read.secrets && read.impact <= original.impact).then_some(form)
}

/// Rewrites a logical line so that it neither waits nor tells secrets; `None` where it does neither or no such form is known.
/// `script` is what the text comes to with its placeholders masked: both have the same positions.
fn non_interactive(text: &str, script: &Script) -> Option<String> {
    let mut edits: Vec<Edit> =
        (0..script.commands.len()).flat_map(|at| rewritten(&script.commands[at..], text)).collect();
    if edits.is_empty() {
        return None;
    }
    edits.sort_by_key(|e| (e.span.start, e.span.end));
    let mut result = String::new();
    let mut at = 0;
    for edit in edits {
        if edit.span.start < at {
            return None;
        }
        result.push_str(text.get(at..edit.span.start)?);
        result.push_str(&edit.new);
        at = edit.span.end;
    }
    result.push_str(text.get(at..)?);
    Some(result)
}

/// One replacement in the text.
struct Edit {
    span: Range<usize>,
    new: String,
}

/// A simple command and the way to change it.
struct Target<'c> {
    /// The words from the program on, behind `sudo` and its kin.
    words: &'c [Word],
    text: &'c str,
    piped: bool,
    /// The whole command and those behind it.
    onwards: &'c [Simple],
}

/// How the first of these commands is to be changed.
fn rewritten(onwards: &[Simple], text: &str) -> Vec<Edit> {
    let Some(command) = onwards.first().filter(|c| !c.substituted) else { return Vec::new() };
    let words = behind_sudo(&command.words);
    let Some(program) = words.first().filter(|w| !w.span.is_empty()) else { return Vec::new() };
    let target = Target { words, text, piped: command.piped, onwards };
    let has_input = command.piped || !command.redirects.is_empty();
    let mut edits = match program.text.rsplit('/').next().unwrap_or_default() {
        "top" | "htop" | "atop" | "btop" | "glances" => target.samples(),
        "watch" => target.looks(),
        "tail" => target.drop_follow(&["-f", "-F", "--follow"], &["-n"], " -n 200"),
        "journalctl" => target.journal(),
        "systemctl" if target.verb() == "status" && !target.has("--no-pager") => target.append(" --no-pager -l"),
        "pm2" => target.pm2(),
        "docker" | "podman" => target.docker(),
        "docker-compose" => target.compose(1),
        // `-n` is a namespace there.
        "kubectl" if target.has("logs") => target.behind("logs").logs(&["--since", "--tail"]),
        "ping" | "ping6" if !target.any_prefix("-c") => target.insert_after_program(" -c 5"),
        "mtr" if !target.any_prefix("-r") => target.insert_after_program(" -r -c 5"),
        "iostat" | "vmstat" | "sar" | "ifstat" | "mpstat" => target.bounded(),
        "apt" | "apt-get"
            if matches!(
                target.verb(),
                "install" | "upgrade" | "full-upgrade" | "dist-upgrade" | "remove" | "purge" | "autoremove"
            ) && !target.any_prefix("-y") =>
        {
            target.insert_after_program(" -y")
        }
        "git" if target.verb() == "revert" && !target.has("--no-edit") && !target.has("--abort") => {
            target.append(" --no-edit")
        }
        "ufw" if matches!(target.verb(), "enable" | "delete" | "reset") => target.insert_after_program(" --force"),
        "less" | "more" if words.len() > 1 => {
            let mut edits = target.hide_values();
            edits.push(Edit { span: program.span.clone(), new: "cat".into() });
            edits
        }
        "openssl" if target.verb() == "s_client" && !has_input => target.append(" </dev/null"),
        "psql" if !has_input && target.words.len() <= 2 => target.append(r" -X -c '\conninfo'"),
        "mysql" | "mariadb" if !has_input && target.words.len() == 1 => target.append(" -e status"),
        "mongosh" if !has_input && target.words.len() == 1 => target.append(" --quiet --eval 'db.hello()'"),
        "cat" | "grep" | "egrep" | "head" | "tac" | "nl" => target.hide_values(),
        _ => Vec::new(),
    };
    // What `sudo` is given is seen as well.
    if words.len() == command.words.len() && command.words.iter().all(|w| !w.span.is_empty()) {
        edits.extend(secrets::moved(&target));
    }
    edits
}

fn behind_sudo(words: &[Word]) -> &[Word] {
    match words.first().map(|w| w.text.as_str()) {
        Some("sudo" | "doas") => {
            let mut at = 1;
            while let Some(word) = words.get(at).filter(|w| w.text.starts_with('-')) {
                at += if matches!(word.text.as_str(), "-u" | "-g") { 2 } else { 1 };
            }
            words.get(at..).unwrap_or_default()
        }
        _ => words,
    }
}

impl Target<'_> {
    fn has(&self, option: &str) -> bool {
        self.words.iter().any(|w| w.text == option)
    }

    fn any_prefix(&self, prefix: &str) -> bool {
        self.words.iter().any(|w| w.text.starts_with(prefix))
    }

    fn verb(&self) -> &str {
        self.words[1..].iter().find(|w| !w.text.starts_with('-')).map_or("", |w| w.text.as_str())
    }

    fn end(&self) -> usize {
        self.words.iter().map(|w| w.span.end).max().unwrap_or_default()
    }

    fn whole(&self) -> Range<usize> {
        self.words[0].span.start..self.end()
    }

    fn append(&self, addition: &str) -> Vec<Edit> {
        vec![Edit { span: self.end()..self.end(), new: addition.into() }]
    }

    fn insert_after_program(&self, addition: &str) -> Vec<Edit> {
        let at = self.words[0].span.end;
        vec![Edit { span: at..at, new: addition.into() }]
    }

    /// `top` as one picture of the busiest processes.
    fn samples(&self) -> Vec<Edit> {
        if self.words.iter().any(|w| w.text.starts_with("-b")) {
            return Vec::new();
        }
        let options: String =
            self.words[1..].iter().filter(|w| self.words[0].text == "top" && w.text == "-c").map(|_| " -c").collect();
        vec![Edit { span: self.whole(), new: format!("top -b -n1{options} | head -20") }]
    }

    /// `watch -n 5 'x'` as three looks at x, five seconds between them; as one where that would take long.
    fn looks(&self) -> Vec<Edit> {
        let mut at = 1;
        let mut interval = "2";
        while let Some(word) = self.words.get(at).filter(|w| w.text.starts_with('-')) {
            let given = matches!(word.text.as_str(), "-n" | "--interval");
            let joined = word.text.strip_prefix("-n").or_else(|| word.text.strip_prefix("--interval="));
            interval = match joined.filter(|joined| !joined.is_empty()) {
                Some(joined) => joined,
                None if given => self.words.get(at + 1).map_or("2", |w| w.text.as_str()),
                None => interval,
            };
            at += if given { 2 } else { 1 };
        }
        let often = interval.parse::<f32>().is_ok_and(|seconds| seconds > 0.0 && seconds <= 10.0);
        let (before, behind) = if often {
            ("for look in 1 2 3; do ".to_owned(), format!("; sleep {interval}; done"))
        } else {
            (String::new(), String::new())
        };
        let whole = self.whole();
        match &self.words[at.min(self.words.len())..] {
            [] => Vec::new(),
            [only] => match unquoted(&self.text[only.span.clone()]) {
                Some(inner) => vec![Edit { span: whole, new: format!("{before}{inner}{behind}") }],
                None => Vec::new(),
            },
            [first, ..] => vec![
                Edit { span: whole.start..first.span.start, new: before },
                Edit { span: whole.end..whole.end, new: behind },
            ],
        }
    }

    /// Takes following options away and bounds what is shown instead.
    fn drop_follow(&self, follow: &[&str], bounds: &[&str], bound: &str) -> Vec<Edit> {
        let mut edits: Vec<Edit> = Vec::new();
        for (at, word) in self.words.iter().enumerate().skip(1) {
            if follow.contains(&word.text.as_str()) {
                edits.push(Edit { span: self.words[at - 1].span.end..word.span.end, new: String::new() });
            } else if let Some(f) = following(&word.text).filter(|_| follow.contains(&"-f") && word.text.len() > 2) {
                let start = word.span.start + f;
                edits.push(Edit { span: start..start + 1, new: String::new() });
            }
        }
        if !edits.is_empty() && !self.is_bounded(bounds) {
            edits.extend(self.insert_after_program(bound));
        }
        edits
    }

    /// Whether one of these options, or a bare number, says how much is to be shown; also in a cluster such as `-fn`.
    fn is_bounded(&self, bounds: &[&str]) -> bool {
        self.words.iter().skip(1).filter(|w| w.text != "--no-pager").any(|w| {
            let text = match following(&w.text) {
                Some(f) => format!("{}{}", &w.text[..f], &w.text[f + 1..]),
                None => w.text.clone(),
            };
            let digits = text.strip_prefix('-').is_some_and(|d| !d.is_empty() && d.chars().all(|c| c.is_ascii_digit()));
            digits || bounds.iter().any(|b| text.starts_with(b))
        })
    }

    fn journal(&self) -> Vec<Edit> {
        // These print a line and end.
        if ["--disk-usage", "--vacuum", "--rotate", "--list-boots", "--flush", "--sync", "--verify"]
            .iter()
            .any(|o| self.any_prefix(o))
        {
            return Vec::new();
        }
        let mut edits = self.drop_follow(&["-f", "--follow"], &["-n", "--lines", "--since", "-S"], "");
        let followed = !edits.is_empty();
        let bounded = self.is_bounded(&["-n", "--lines"]);
        edits.retain(|e| !(e.span.is_empty() && e.new.is_empty()));
        let mut addition = String::new();
        if followed && !bounded {
            addition.push_str(" -n 200");
        }
        if !self.has("--no-pager") {
            addition.push_str(" --no-pager");
        }
        if !addition.is_empty() {
            edits.extend(self.append(&addition));
        }
        edits
    }

    fn pm2(&self) -> Vec<Edit> {
        match self.verb() {
            "logs" | "log" if !self.has("--nostream") => {
                let lines = if self.any_prefix("--lines") { "" } else { " --lines 200" };
                // `--out FILE` writes no file: it only picks the stream.
                self.append(&format!(" --nostream{lines}"))
            }
            "monit" => vec![Edit { span: self.whole(), new: "pm2 list".into() }],
            _ => Vec::new(),
        }
    }

    fn docker(&self) -> Vec<Edit> {
        let verb = self.verb();
        match verb {
            "compose" => {
                let at = self.words.iter().position(|w| w.text == "compose").unwrap_or(0);
                self.compose(at + 1)
            }
            "logs" => self.behind("logs").logs(&["--since", "--tail", "-n"]),
            "stats" if !self.has("--no-stream") => self.append(" --no-stream"),
            "system" | "image" | "container" | "volume" | "network" | "builder"
                if self.has("prune") && !self.has("-f") && !self.has("--force") =>
            {
                self.append(" -f")
            }
            "exec" => self.without_terminal(),
            _ => Vec::new(),
        }
    }

    /// Recent lines, where a follow without a bound was dropped.
    /// The words from a verb on: what stands before it belongs to the program, as `-f` in `compose -f file logs`.
    fn behind(&self, verb: &str) -> Target<'_> {
        let at = self.words.iter().position(|w| w.text == verb).unwrap_or(0);
        Target { words: &self.words[at..], ..*self }
    }

    /// Logs as far as they go now, of the last minutes unless one of these options says otherwise.
    fn logs(&self, bounds: &[&str]) -> Vec<Edit> {
        let mut edits = self.drop_follow(&["-f", "--follow"], bounds, "");
        let followed = edits.iter().any(|e| !e.span.is_empty());
        edits.retain(|e| !e.span.is_empty());
        if followed && !self.is_bounded(bounds) {
            edits.extend(self.append(" --since 15m"));
        }
        edits
    }

    fn compose(&self, verb_at: usize) -> Vec<Edit> {
        // Options before the verb have values, as `-f stack.yml`: only a verb that is known is taken for one.
        let mut words = self.words.iter().skip(verb_at).map(|w| w.text.as_str());
        let verb = words.find(|w| ["logs", "stats", "exec", "rm", "up"].contains(w)).unwrap_or_default();
        match verb {
            "logs" => self.behind("logs").logs(&["--since", "--tail", "-n"]),
            "stats" if !self.has("--no-stream") => self.append(" --no-stream"),
            "exec" if !self.has("-T") => {
                let Some(exec) = self.words.iter().find(|w| w.text == "exec") else { return Vec::new() };
                vec![Edit { span: exec.span.end..exec.span.end, new: " -T".into() }]
            }
            "up" if !self.has("-d") && !self.has("--detach") && !self.has("--wait") => self.append(" -d"),
            "rm" if !self.has("-f") => self.append(" -f"),
            _ => Vec::new(),
        }
    }

    /// `docker exec -it` without the terminal nobody sits at.
    fn without_terminal(&self) -> Vec<Edit> {
        let drop = |(at, w): (usize, &Word)| Edit { span: self.words[at - 1].span.end..w.span.end, new: String::new() };
        self.words
            .iter()
            .enumerate()
            .skip(2)
            .take_while(|(_, w)| w.text.starts_with('-'))
            .filter(|(_, w)| matches!(w.text.as_str(), "-it" | "-ti" | "-i" | "-t" | "--tty" | "--interactive"))
            .map(drop)
            .collect()
    }

    /// `iostat -x 1` ends after three samples.
    fn bounded(&self) -> Vec<Edit> {
        let numbers = self.words[1..].iter().filter(|w| w.text.chars().all(|c| c.is_ascii_digit())).count();
        if numbers == 1 { self.append(" 3") } else { Vec::new() }
    }

    /// A file of settings is shown by their names only, where what is shown goes to nobody but the reader.
    fn hide_values(&self) -> Vec<Edit> {
        let files: Vec<&str> =
            self.words[1..].iter().map(|w| w.text.as_str()).filter(|w| files_hold_secrets(w)).collect();
        let settings = files.iter().all(|f| f.contains(".env") || f.contains("env."));
        // `-o` prints a value without its name.
        let harmless =
            |w: &Word| w.text.strip_prefix('-').is_none_or(|o| o.chars().all(|c| "EFHhinsvwnc0123456789".contains(c)));
        if self.piped
            || files.is_empty()
            || !settings
            || !self.words[1..].iter().all(harmless)
            || !self.ends_at_reader()
        {
            return Vec::new();
        }
        self.append(&format!(" | sed -E '{HIDE}'"))
    }

    /// Whether what is printed passes only through filters of lines and into no file.
    fn ends_at_reader(&self) -> bool {
        const FILTERS: &[&str] = &["grep", "egrep", "head", "tail", "sort", "uniq", "wc", "cat", "less", "more"];
        let filters = self.onwards[1..].iter().take_while(|c| c.piped);
        let kept = |c: &Simple| c.redirects.iter().any(|r| matches!(r, Redirect::Write(_) | Redirect::Append(_)));
        let known = |c: &Simple| c.words.first().is_some_and(|w| FILTERS.contains(&w.text.as_str()));
        !kept(&self.onwards[0]) && filters.clone().all(|c| known(c) && !kept(c))
    }
}

/// Leaves of `NAME=value` the name.
const HIDE: &str = r"s/^([^=:]{1,64}[=:]).*/\1(hidden)/";

/// Whether a command leaves nothing of the values it is fed.
pub(super) fn hides_values(command: &Simple) -> bool {
    command.piped
        && matches!(command.words.as_slice(), [sed, e, script] if sed.text == "sed" && e.text == "-E" && script.text == HIDE)
}

/// What stands inside one pair of quotes; `None` where quotes are put together in other ways.
fn unquoted(written: &str) -> Option<&str> {
    let quoted = |quote: char| written.strip_prefix(quote)?.strip_suffix(quote).filter(|w| !w.contains(quote));
    match written.chars().next()? {
        '\'' => quoted('\''),
        '"' => quoted('"').filter(|w| !w.contains(['$', '`', '\\'])),
        _ => (!written.contains(['\'', '"', '\\', '$', '`'])).then_some(written),
    }
}

/// Where the `f` stands in a cluster such as `-fu`, `-xefu`, `-100f`: behind flags that take no value, so that it is one itself.
fn following(word: &str) -> Option<usize> {
    let cluster = word.strip_prefix('-').filter(|rest| !rest.starts_with('-'))?;
    let at = cluster.find('f')?;
    let flags = |c: char| c.is_ascii_digit() || "aexrqklmtvz".contains(c);
    cluster[..at].chars().all(flags).then_some(at + 1)
}

#[cfg(test)]
mod tests;
