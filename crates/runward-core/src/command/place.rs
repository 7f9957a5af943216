//! Whether a value may stand where a placeholder stands: quoting keeps it one word, but some programs run their words.

use std::ops::Range;

use super::impact::steers_programs;
use super::placeholder::{self, ParamKind, Placeholder};
use super::shell::{self, Redirect, Script, Simple};

/// Programs that take every word as it is: a name, a pattern or a message.
const PLAIN: &[&str] = &[
    "[", "basename", "cat", "cd", "cut", "df", "dirname", "du", "echo", "egrep", "false", "fgrep", "file", "grep",
    "head", "id", "logger", "ls", "md5sum", "mkdir", "nl", "printf", "ps", "readlink", "realpath", "sha256sum",
    "sleep", "ss", "stat", "tac", "tail", "tee", "test", "touch", "tr", "true", "uniq", "wc",
];

/// Programs whose operands name files or things and are neither printed nor run, with the verbs that must stand before.
const OPERANDS: &[(&str, &str)] = &[
    ("cat", ""),
    ("cd", ""),
    ("chmod", ""),
    ("chown", ""),
    ("cp", ""),
    ("du", ""),
    ("head", ""),
    ("ls", ""),
    ("md5sum", ""),
    ("mkdir", ""),
    ("mv", ""),
    ("rm", ""),
    ("sha256sum", ""),
    ("stat", ""),
    ("tail", ""),
    ("touch", ""),
    ("kubectl", "get|describe|logs|top|delete|rollout|scale"),
    ("docker", "logs|inspect|restart|start|stop|rm|top|port|stats|kill"),
    ("systemctl", "status|show|is-active|is-enabled|is-failed|cat|start|stop|restart|reload|enable|disable"),
    ("pm2", "show|describe|logs|restart|reload|stop|delete|info"),
];

/// Builtins to which a word is a variable's name or a sum.
const EVALUATES: &[&str] =
    &["declare", "eval", "getopts", "let", "local", "mapfile", "read", "readarray", "trap", "typeset", "unset", "wait"];

/// What is known about the line the placeholders stand in.
pub(super) struct Line<'t> {
    text: &'t str,
    masked: String,
    script: Option<Script>,
}

impl<'t> Line<'t> {
    pub(super) fn read(text: &'t str, placeholders: &[Placeholder]) -> Line<'t> {
        let masked = placeholder::masked(text, placeholders);
        Line { text, script: shell::parse(&masked).ok(), masked }
    }

    /// Refuses a value of this kind at this place, with the reason.
    pub(super) fn accept(&self, kind: ParamKind, span: &Range<usize>) -> Result<(), &'static str> {
        if kind == ParamKind::Secret {
            return if self.is_assigned(span) {
                Ok(())
            } else {
                Err("is a secret and would become an argument that every user of the host can see")
            };
        }
        if !matches!(kind, ParamKind::Port | ParamKind::Pid) && self.is_evaluated(span) {
            return Err("stands where the shell would evaluate it");
        }
        if kind.is_plain() || self.is_taken_as_it_is(span) || self.is_assigned(span) {
            return Ok(());
        }
        Err("is free text to a program that may run it or read it in another language")
    }

    /// `NAME=<value>` or `export NAME=<value>` at the very beginning, with nothing behind the value in its word.
    fn is_assigned(&self, span: &Range<usize>) -> bool {
        let before = self.text[..span.start].trim_start();
        let before = before.strip_prefix("export ").unwrap_or(before).trim_start();
        let (before, quote) = match before.strip_suffix('"') {
            Some(before) => (before, "\""),
            None => (before, ""),
        };
        let Some(name) = before.strip_suffix('=') else { return false };
        let named = name.starts_with(|c: char| c.is_ascii_alphabetic() || c == '_')
            && name.chars().all(|c| c.is_ascii_alphanumeric() || c == '_');
        let behind = self.text[span.end..].strip_prefix(quote);
        named && !steers_programs(name) && behind.is_some_and(|b| b.is_empty() || b.starts_with(char::is_whitespace))
    }

    /// Arithmetic and tests run a subscript in what they are given: `a[$(id)]`.
    fn is_evaluated(&self, span: &Range<usize>) -> bool {
        let before = &self.masked[..span.start];
        let within =
            |open: &str, close: &str| before.rfind(open).is_some_and(|at| !before[at + open.len()..].contains(close));
        let brackets = within("[[", "]]") || within("((", "))") || within("$[", "]") || within("${", "}");
        brackets || self.holders(span).any(|(holder, _)| evaluates(holder))
    }

    /// The commands of which the placeholder is part of a word, and that word; the innermost first.
    fn holders<'s>(&'s self, span: &'s Range<usize>) -> impl Iterator<Item = (&'s Simple, usize)> {
        let holds = |word: &shell::Word| word.span.start <= span.start && span.end <= word.span.end;
        let commands = self.script.as_ref().map_or(&[][..], |script| &script.commands);
        commands.iter().filter_map(move |c| Some((c, c.words.iter().position(holds)?)))
    }

    fn is_taken_as_it_is(&self, span: &Range<usize>) -> bool {
        let Some(script) = self.script.as_ref().filter(|s| !s.opaque) else { return false };
        let plain = |c: &Simple| program(c).is_none_or(|p| PLAIN.contains(&p)) && !evaluates(c) && c.assigns.is_empty();
        if script.commands.iter().all(plain) {
            return true;
        }
        let mut holders = self.holders(span);
        // Inside `$(…)` it also becomes a part of what the command around that is given.
        let (Some((command, at)), None) = (holders.next(), holders.next()) else { return false };
        let Some((_, verbs)) = program(command).and_then(|p| OPERANDS.iter().find(|(name, _)| *name == p)) else {
            return false;
        };
        let fed = command.redirects.iter().any(|r| matches!(r, Redirect::Text(_)));
        let words = behind_sudo(command);
        let Some(at) = at.checked_sub(command.words.len() - words.len()) else { return false };
        let verb_first =
            verbs.is_empty() || words.get(1).is_some_and(|w| verbs.split('|').any(|v| v == w.text)) && at > 1;
        let operand = at > 0 && !words[at].text.starts_with('-');
        let substituted = command.substituted || ["$(", "`", "/dev/fd/63"].iter().any(|s| words[at].text.contains(s));
        verb_first && operand && !fed && !substituted
    }
}

fn behind_sudo(command: &Simple) -> &[shell::Word] {
    match command.words.as_slice() {
        [sudo, rest @ ..] if sudo.text == "sudo" => rest,
        words => words,
    }
}

fn program(command: &Simple) -> Option<&str> {
    behind_sudo(command).first().map(|w| w.text.as_str())
}

fn evaluates(command: &Simple) -> bool {
    let word = |wanted: &[&str]| command.words.iter().any(|w| wanted.contains(&w.text.as_str()));
    match program(command) {
        Some("test" | "[") => word(&["-v", "-R", "-eq", "-ne", "-lt", "-le", "-gt", "-ge", "-t"]),
        Some("printf") => command.words.iter().skip(1).take(1).any(|w| w.text.starts_with("-v")),
        Some(program) => EVALUATES.contains(&program),
        None => false,
    }
}
