//! Placeholders in commands: where they stand, what they ask for, and which values fit.

mod meaning;

use std::collections::BTreeMap;
use std::ops::Range;
use std::sync::LazyLock;

use regex::Regex;

use crate::pattern::pattern;
use serde::{Deserialize, Serialize};

pub use meaning::{canonical, value_of};

/// A stretch of a command that a person was meant to replace: `<name>`, `[service]`, `YOUR_KEY`.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Placeholder {
    /// Its bytes in the text searched.
    pub span: Range<usize>,
    /// Its name in lower case with hyphens: `ip-address`.
    pub name: String,
    /// What it asks for.
    pub kind: ParamKind,
}

/// What a parameter may hold.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum ParamKind {
    /// A service of the inventory, by name, unit, container or pm2 name.
    Service,
    /// A host name or address.
    Host,
    /// A TCP or UDP port.
    Port,
    /// An IP address or network.
    Ip,
    /// A git revision or image tag.
    Revision,
    /// A date or time stamp.
    Date,
    /// A file path.
    Path,
    /// A process id.
    Pid,
    /// A length of time.
    Duration,
    /// Something that must not be seen.
    Secret,
    /// Any single line.
    Text,
}

impl ParamKind {
    /// The word the JSON and the pages use.
    pub fn name(self) -> &'static str {
        match self {
            ParamKind::Service => "service",
            ParamKind::Host => "host",
            ParamKind::Port => "port",
            ParamKind::Ip => "ip",
            ParamKind::Revision => "revision",
            ParamKind::Date => "date",
            ParamKind::Path => "path",
            ParamKind::Pid => "pid",
            ParamKind::Duration => "duration",
            ParamKind::Secret => "secret",
            ParamKind::Text => "text",
        }
    }

    /// What a placeholder's name asks for; `commit-hash` asks for a revision.
    pub fn of_name(name: &str) -> ParamKind {
        meaning::of_name(name)
    }

    /// Refuses a value that is not of this kind, with the reason.
    /// A value never holds a line end, a NUL, or a leading `-` that a tool would read as an option.
    pub fn accept(self, value: &str) -> Result<(), String> {
        let refuse = |why: &str| Err(format!("`{}` {why}", value.escape_debug()));
        if value.is_empty() {
            return Err("a value is needed".into());
        }
        if value.len() > 1024 || value.chars().any(char::is_control) {
            return refuse("holds a control character or is longer than 1024 bytes");
        }
        if value.starts_with('-') {
            return refuse("begins with `-`, which a tool would read as an option");
        }
        let fits = match self {
            ParamKind::Service => starts_alphanumeric(value) && only(value, "._@-", 128),
            ParamKind::Host => only(value, ".:[]_-", 253),
            ParamKind::Port => value.parse::<u16>().is_ok_and(|port| port > 0),
            ParamKind::Ip => is_address(value),
            ParamKind::Revision => starts_alphanumeric(value) && only(value, "._/+-", 128),
            ParamKind::Date => value.starts_with(|c: char| c.is_ascii_digit()) && only(value, ":._+-", 40),
            ParamKind::Path => only(value, "/._~+@=:,-", 1024) && value.split('/').all(|part| part != ".."),
            ParamKind::Pid => value.parse::<u32>().is_ok_and(|pid| pid > 1),
            ParamKind::Duration => value.starts_with(|c: char| c.is_ascii_digit()) && only(value, "", 20),
            ParamKind::Secret | ParamKind::Text => true,
        };
        if fits { Ok(()) } else { refuse(&format!("is not {}", self.wanted())) }
    }

    fn wanted(self) -> &'static str {
        match self {
            ParamKind::Service => "a service name",
            ParamKind::Host => "a host name or address",
            ParamKind::Port => "a port from 1 to 65535",
            ParamKind::Ip => "an IP address or network",
            ParamKind::Revision => "a revision, tag or version",
            ParamKind::Date => "a date or time stamp",
            ParamKind::Path => "a path without `..`, spaces or shell characters",
            ParamKind::Pid => "a process id above 1",
            ParamKind::Duration => "a length of time",
            ParamKind::Secret | ParamKind::Text => "one line of text",
        }
    }

    /// Whether every accepted value is free of characters that mean something to a program's own language,
    /// so that it may stand inside SQL, JavaScript or a sed script.
    pub fn is_plain(self) -> bool {
        !matches!(self, ParamKind::Secret | ParamKind::Text | ParamKind::Path)
    }
}

fn starts_alphanumeric(value: &str) -> bool {
    value.starts_with(|c: char| c.is_ascii_alphanumeric())
}

/// Only ASCII letters, digits and the given others, at most `most` of them.
fn only(value: &str, others: &str, most: usize) -> bool {
    value.len() <= most && value.chars().all(|c| c.is_ascii_alphanumeric() || others.contains(c))
}

fn is_address(value: &str) -> bool {
    let (address, prefix) = value.split_once('/').map_or((value, None), |(a, p)| (a, Some(p)));
    let Ok(address) = address.parse::<std::net::IpAddr>() else { return false };
    let most = if address.is_ipv4() { 32 } else { 128 };
    prefix.is_none_or(|p| p.parse::<u8>().is_ok_and(|bits| bits <= most))
}

static ANGLE: LazyLock<Regex> = LazyLock::new(|| {
    // A redirection has a space somewhere inside (`<in >out`); a placeholder does not end in one.
    Regex::new(r"<(?:[A-Za-z][\w ./@-]*\w|[A-Za-z])>").expect("a valid pattern")
});
static SQUARE: LazyLock<Regex> = LazyLock::new(|| pattern(r"\[[A-Za-z][A-Za-z0-9]+(?:[ _-][A-Za-z0-9]+)*\]"));
static STAND_IN: LazyLock<Regex> = LazyLock::new(|| {
    pattern(
        r"\bYOUR_[A-Z0-9_]+\b|\byour-[a-z0-9]+(?:-[a-z0-9]+)*\b|/path/to(?:/[A-Za-z0-9._-]+)*|\b(?:sha-)?abc1234?5?6?\b|\bX{3,}(?:-X+)*\b",
    )
});

/// Every placeholder of a command text, in order.
pub fn find(text: &str) -> Vec<Placeholder> {
    let mut found: Vec<Placeholder> = Vec::new();
    for m in ANGLE.find_iter(text) {
        // `<<EOF` is a here-document, `<(…)` a process substitution.
        if !text[..m.start()].ends_with('<') {
            found.push(placeholder(m.range(), &text[m.start() + 1..m.end() - 1]));
        }
    }
    for m in SQUARE.find_iter(text) {
        let name = &text[m.start() + 1..m.end() - 1];
        if stands_alone(text, m.range()) && !is_character_class(name) {
            found.push(placeholder(m.range(), name));
        }
    }
    found.sort_by_key(|p| p.span.start);
    let bracketed = found.len();
    for m in STAND_IN.find_iter(text) {
        // Those in brackets lie one behind the other: only the last that begins before it can reach into it.
        let before = found[..bracketed].partition_point(|p| p.span.start < m.end());
        if found[..before].last().is_none_or(|p| p.span.end <= m.start()) {
            found.push(placeholder(m.range(), m.as_str()));
        }
    }
    found.sort_by_key(|p| p.span.start);
    for placeholder in &mut found {
        placeholder.kind = meaning::by_place(text, placeholder);
    }
    found
}

/// What parameters ask for where the configuration says so, by name.
pub type Kinds = BTreeMap<String, ParamKind>;

/// The same, with the kinds that the configuration gives them.
pub fn find_as(text: &str, kinds: &Kinds) -> Vec<Placeholder> {
    let mut found = find(text);
    for placeholder in &mut found {
        placeholder.kind = kinds.get(&placeholder.name).copied().unwrap_or(placeholder.kind);
    }
    found
}

fn placeholder(span: Range<usize>, written: &str) -> Placeholder {
    let lower = written.trim_matches('/').to_lowercase();
    let name = lower.replace(['_', ' ', '/', '.', '@'], "-");
    let kind = match &lower {
        stand_in if stand_in.starts_with("path-to") || stand_in.starts_with("path/to") => ParamKind::Path,
        other => ParamKind::of_name(&other.replace([' ', '_'], "-")),
    };
    Placeholder { span, name, kind }
}

fn stands_alone(text: &str, span: Range<usize>) -> bool {
    let before = text[..span.start].chars().next_back();
    let after = text[span.end..].chars().next();
    before.is_none_or(|c| c.is_whitespace() || "/=\":".contains(c))
        && after.is_none_or(|c| c.is_whitespace() || "/\".:,;)".contains(c))
}

/// `[abc]` and `[a-z]` are globs: a square placeholder names something known or has two words.
fn is_character_class(name: &str) -> bool {
    let mut parts = name.split(['-', '_', ' ']);
    let several = name.contains(['-', '_', ' ']);
    parts.any(|part| part.len() < 2) || (!several && ParamKind::of_name(&name.to_lowercase()) == ParamKind::Text)
}

/// The text with every placeholder replaced by a word of the same length, so that a shell grammar
/// reads what the writer meant and every position stays where it was.
pub fn masked(text: &str, placeholders: &[Placeholder]) -> String {
    let mut masked = String::with_capacity(text.len());
    let mut at = 0;
    for placeholder in placeholders {
        masked.push_str(&text[at..placeholder.span.start]);
        // A masked path stays a path, so that `cat /path/to/x` is still read as a path.
        masked.extend(
            text[placeholder.span.clone()].chars().map(|c| if c == '/' { "/" } else { "P" }.repeat(c.len_utf8())),
        );
        at = placeholder.span.end;
    }
    masked.push_str(&text[at..]);
    masked
}

#[cfg(test)]
mod tests {
    use super::*;

    fn check(text: &str, expected: &str) {
        let found: Vec<String> = find(text).iter().map(|p| format!("{}:{}", p.name, p.kind.name())).collect();
        assert_eq!(found.join(" "), expected, "{text}");
    }

    #[test]
    fn placeholders_are_found_however_they_are_spelled() {
        check("systemctl restart app-<name>", "name:service");
        check("ufw deny from <IP_ADDRESS>", "ip-address:ip");
        check("docker compose restart [service-name]", "service-name:service");
        check("git checkout <commit-hash>", "commit-hash:revision");
        check("ssh deploy@<production-ip>", "production-ip:host");
        check("ssh root@<OFFICE_IP>", "office-ip:host");
        check("export PASSWORD=your-secure-password-here", "your-secure-password-here:secret");
        check("cd /path/to/site", "path-to-site:path");
        check("git revert abc1234", "abc1234:revision");
        check("kill <problem pid> <port>", "problem-pid:pid port:port");
    }

    #[test]
    fn shell_syntax_is_no_placeholder() {
        for text in [
            "sort <in >out", "cat <<EOF", "diff <(a) <(b)", "ls [a-z]*", "grep '[abc]' f", "[ -f x ]",
            "docker ps --format '{{.Names}}'",
        ] {
            check(text, "");
        }
    }

    #[test]
    fn a_value_must_be_of_its_kind() {
        for (kind, value, fits) in [
            (ParamKind::Service, "wallet", true),
            (ParamKind::Service, "wallet; rm -rf /", false),
            (ParamKind::Service, "-rf", false),
            (ParamKind::Port, "3001", true),
            (ParamKind::Port, "70000", false),
            (ParamKind::Ip, "203.0.113.9", true),
            (ParamKind::Ip, "203.0.113.9/33", false),
            (ParamKind::Ip, "::1/128", true),
            (ParamKind::Path, "/var/lib/../etc", false),
            (ParamKind::Text, "two words", true),
            (ParamKind::Text, "two\nlines", false),
            (ParamKind::Pid, "1", false),
        ] {
            assert_eq!(kind.accept(value).is_ok(), fits, "{kind:?} {value}");
        }
    }

    #[test]
    fn masking_keeps_every_position() {
        let text = "cp <src file> /path/to/x && echo ok";
        let masked = masked(text, &find(text));
        assert_eq!(masked.len(), text.len());
        assert!(!masked.contains('<'));
    }
}
