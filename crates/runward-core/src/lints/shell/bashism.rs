//! What only bash understands, in commands for `sh`.

use std::collections::HashSet;

use super::super::{Context, Place};
use super::SH02;
use crate::runbook::Finding;

pub(super) fn check(context: &Context<'_>, found: &mut Vec<Finding>) {
    let fences = context.fences();
    let mut told = HashSet::new();
    for place in &context.places {
        let block = fences.around(place);
        let for_sh = block.filter(|at| matches!(fences.all[*at].fence.tag.as_str(), "sh" | "dash" | "ash" | "posix"));
        let inner = || given_to_sh(place).and_then(|text| bashism(&text));
        let (construct, tagged) = match for_sh.and_then(|_| bashism(&place.command.text)) {
            Some(construct) => (construct, true),
            None => match inner() {
                Some(construct) => (construct, false),
                None => continue,
            },
        };
        // A block is told of once.
        if block.is_some_and(|at| !told.insert(at)) {
            continue;
        }
        let (message, help) = if tagged {
            (format!("{construct} is bash, but the block is tagged `sh`"), "tag it `bash`, or write it for every shell")
        } else {
            (
                format!("{construct} is bash, but the command is given to `sh`"),
                "give it to `bash -c`, or write it for every shell",
            )
        };
        found.push(place.finding(&SH02, message, help));
    }
}

/// The text of `sh -c 'text'`, wherever it stands.
fn given_to_sh(place: &Place<'_>) -> Option<String> {
    if !place.command.text.contains("sh -c ") {
        return None;
    }
    place.simple().iter().find_map(|simple| {
        let mut words = simple.words.iter();
        words.find(|w| matches!(w.text.as_str(), "sh" | "/bin/sh" | "dash" | "ash"))?;
        words.next().filter(|w| w.text == "-c")?;
        words.next().map(|w| w.text.clone())
    })
}

/// The first construct of bash in a text.
fn bashism(text: &str) -> Option<&'static str> {
    let (bare, expanded) = without_quotes(text);
    constructs(&bare).or_else(|| expansions(&expanded)).or_else(|| commands(&bare))
}

/// The text with what stands in any quotes blanked, and with what stands in single quotes blanked; comments go.
fn without_quotes(text: &str) -> (String, String) {
    let (mut bare, mut expanded) = (String::new(), String::new());
    let mut quote = None;
    let mut before = ' ';
    let mut chars = text.chars();
    while let Some(c) = chars.next() {
        let (in_bare, in_expanded) = match (quote, c) {
            (None, '#') if before.is_whitespace() => {
                let rest = chars.by_ref().find(|c| *c == '\n');
                bare.extend(rest);
                expanded.extend(rest);
                continue;
            }
            (None, '\'' | '"') => {
                quote = Some(c);
                (c, c)
            }
            (Some(open), _) if open == c => {
                quote = None;
                (c, c)
            }
            (Some('\''), _) => ('_', '_'),
            (Some(_), _) => ('_', c),
            (None, _) => (c, c),
        };
        if c == '\\' && quote != Some('\'') {
            chars.next();
        }
        bare.push(in_bare);
        expanded.push(in_expanded);
        before = c;
    }
    (bare, expanded)
}

fn constructs(bare: &str) -> Option<&'static str> {
    const SIGNS: &[(&str, &str)] = &[
        ("<(", "`<(…)`"),
        (">(", "`>(…)`"),
        ("<<<", "`<<<`"),
        ("&>", "`&>`"),
        ("|&", "`|&`"),
        ("$'", "`$'…'`"),
        ("pipefail", "`set -o pipefail`"),
    ];
    if let Some((_, shown)) = SIGNS.iter().find(|(sign, _)| bare.contains(sign)) {
        return Some(shown);
    }
    if bare.match_indices("((").any(|(at, _)| !bare[..at].ends_with('$')) {
        return Some("`((…))`");
    }
    if bare.contains("[ ") && bare.contains(" == ") {
        return Some("`==` in `[ … ]`");
    }
    if bare.match_indices('{').any(|(at, _)| is_expanded_brace(bare, at)) {
        return Some("`{a,b}`");
    }
    let arrays = bare
        .match_indices("=(")
        .any(|(at, _)| bare[..at].ends_with(|c: char| c.is_ascii_alphanumeric() || c == '_' || c == '+'));
    arrays.then_some("an array")
}

/// `{a,b}` or `{1..5}` in a word.
fn is_expanded_brace(bare: &str, at: usize) -> bool {
    if bare[..at].ends_with('$') || bare[..at].ends_with('{') {
        return false;
    }
    let rest = &bare[at + 1..];
    let Some(end) = rest.find(['}', ' ', '\n', '{', '$']).filter(|end| rest[*end..].starts_with('}')) else {
        return false;
    };
    let inside = &rest[..end];
    inside.contains(',') || inside.contains("..")
}

/// `${x^^}`, `${x//a/b}`, `${x:0:3}`, `${!x}`, `${x[0]}`.
fn expansions(text: &str) -> Option<&'static str> {
    text.match_indices("${").find_map(|(at, _)| {
        let rest = &text[at + 2..];
        let name = rest.find(|c: char| !c.is_ascii_alphanumeric() && c != '_').unwrap_or(rest.len());
        let behind = &rest[name..];
        match behind.chars().next()? {
            '!' if name == 0 => Some("`${!…}`"),
            '^' => Some("`${…^^}`"),
            ',' => Some("`${…,,}`"),
            '/' => Some("`${…/a/b}`"),
            '[' => Some("an array"),
            ':' if behind[1..].starts_with(|c: char| c.is_ascii_digit() || c == ' ') => Some("`${…:0:3}`"),
            _ => None,
        }
    })
}

/// Words at the beginning of a command.
fn commands(bare: &str) -> Option<&'static str> {
    bare.split([';', '|', '&', '\n', '(']).find_map(|command| {
        const KEYWORDS: &[&str] = &["if", "then", "do", "else", "while", "until", "!", "elif"];
        let mut words = command.split_whitespace().skip_while(|w| KEYWORDS.contains(w));
        match (words.next()?, words.next().unwrap_or_default()) {
            ("[[", _) => Some("`[[`"),
            ("function", _) => Some("`function`"),
            ("source", _) => Some("`source`"),
            ("pushd" | "popd", _) => Some("`pushd`"),
            ("shopt", _) => Some("`shopt`"),
            ("declare" | "typeset", _) => Some("`declare`"),
            ("mapfile" | "readarray", _) => Some("`mapfile`"),
            ("let", _) => Some("`let`"),
            ("select", _) => Some("`select`"),
            ("disown", _) => Some("`disown`"),
            ("echo", "-e") => Some("`echo -e`"),
            ("read", "-p" | "-s" | "-a" | "-t" | "-n" | "-rp" | "-sp") => Some("`read -p`"),
            _ => None,
        }
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_only_bash_understands_is_told_from_what_every_shell_does() {
        for (text, expected) in [
            ("systemctl status web-{eu,us}", Some("`{a,b}`")),
            ("for i in {1..5}; do echo $i; done", Some("`{a,b}`")),
            ("if [[ -f x ]]; then ls; fi", Some("`[[`")),
            ("diff <(ls a) <(ls b)", Some("`<(…)`")),
            ("hosts=(a b)", Some("an array")),
            ("echo \"${name^^}\"", Some("`${…^^}`")),
            ("make &> log", Some("`&>`")),
            ("source ./env", Some("`source`")),
            ("set -euo pipefail", Some("`set -o pipefail`")),
            ("[ \"$a\" == b ] && ls", Some("`==` in `[ … ]`")),
            ("[ \"$a\" = b ] && ls # [[ no ]]", None),
            ("awk '{print $1, $2}' f; echo \"{a,b}\"", None),
            ("echo $((1 + 2)) ${x:-y} ${x%.*} > log 2>&1", None),
            ("docker ps --format '{{.Names}}' && f() { ls; }", None),
            ("find . -exec ls {} +", None),
            ("curl -d '{\"a\":1,\"b\":2}' x", None),
        ] {
            assert_eq!(bashism(text), expected, "{text}");
        }
    }
}
