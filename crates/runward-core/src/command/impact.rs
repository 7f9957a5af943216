//! What a command does to the world: only looks, changes, or destroys; and whether it would sit there waiting.
//!
//! An allow-list: what is not known to look is taken to change. Wrappers are unwrapped, pipes and
//! substitutions count with the worst of their parts, and text that is not shell counts as changing.

use std::borrow::Cow;

use serde::{Deserialize, Serialize};

use super::rewrite;
use super::shell::{self, Redirect, Script, Simple, Unparsable, Word};
use super::tools::{self, Call};

/// What a command does.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Impact {
    /// It looks and leaves everything as it was.
    ReadOnly,
    /// It changes something, or nobody can tell.
    #[default]
    Mutating,
    /// It takes something away that does not come back by itself.
    Destructive,
}

impl Impact {
    /// The word the JSON and the pages use.
    pub fn name(self) -> &'static str {
        match self {
            Impact::ReadOnly => "read-only",
            Impact::Mutating => "mutating",
            Impact::Destructive => "destructive",
        }
    }
}

/// What is known about a command.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Verdict {
    /// What it does.
    pub impact: Impact,
    /// Whether it waits for a person or never ends.
    pub interactive: bool,
    /// Whether what it prints is likely to hold secrets.
    pub secrets: bool,
    /// Why, in a few words; empty for the plainly harmless.
    pub why: Cow<'static, str>,
}

impl Verdict {
    /// A command that only looks.
    pub const READS: Verdict = Verdict::new(Impact::ReadOnly, "");

    /// A verdict with its reason.
    pub const fn new(impact: Impact, why: &'static str) -> Verdict {
        Verdict { impact, interactive: false, secrets: false, why: Cow::Borrowed(why) }
    }

    /// It changes something.
    pub const fn changes(why: &'static str) -> Verdict {
        Verdict::new(Impact::Mutating, why)
    }

    /// It destroys something.
    pub const fn destroys(why: &'static str) -> Verdict {
        Verdict::new(Impact::Destructive, why)
    }

    /// Reads if `harmless`, else changes for the given reason.
    pub const fn reads_if(harmless: bool, otherwise: &'static str) -> Verdict {
        if harmless { Verdict::READS } else { Verdict::changes(otherwise) }
    }

    /// The same, waiting for a person or for ever.
    pub fn waiting(mut self) -> Verdict {
        self.interactive = true;
        self
    }

    /// The same, waiting where `waits`.
    pub fn waiting_if(mut self, waits: bool) -> Verdict {
        self.interactive |= waits;
        self
    }

    /// The same, printing secrets.
    pub fn telling_secrets(mut self) -> Verdict {
        self.secrets = true;
        self
    }

    /// The worse of two, with the reason of the worse.
    pub fn and(self, other: Verdict) -> Verdict {
        let (interactive, secrets) = (self.interactive || other.interactive, self.secrets || other.secrets);
        let worse = if other.impact > self.impact || (self.why.is_empty() && other.impact == self.impact) {
            other
        } else {
            self
        };
        Verdict { interactive, secrets, ..worse }
    }
}

/// How deep wrappers may wrap wrappers.
const MAX_WRAPPING: usize = 6;

/// Classes a logical line whose placeholders are masked.
/// # Errors
/// Where it is not shell; such a line counts as mutating and is not run.
pub fn classify(text: &str) -> Result<Verdict, Unparsable> {
    Ok(script(&shell::parse(text)?, 0))
}

/// Classes a parsed script.
pub fn script(script: &Script, depth: usize) -> Verdict {
    let start = if script.opaque { Verdict::changes("holds shell that is not followed") } else { Verdict::READS };
    let one = |(at, command): (usize, &Simple)| {
        let hidden = script.commands.get(at + 1).is_some_and(rewrite::hides_values);
        let verdict = simple(command, depth);
        Verdict { secrets: verdict.secrets && !hidden, ..verdict }
    };
    script.commands.iter().enumerate().map(one).fold(start, Verdict::and)
}

/// Classes text that another command will run as shell.
pub fn inner(text: &str, depth: usize) -> Verdict {
    if depth >= MAX_WRAPPING {
        return Verdict::changes("wrappers nest too deeply to follow");
    }
    match shell::parse(text) {
        Ok(parsed) => script(&parsed, depth + 1),
        Err(_) => Verdict::changes("runs text that is not understood"),
    }
}

/// Classes a command given as words, as `sudo` runs it: what comes in is what came in to the command around it.
pub fn words(words: &[Word], around: &Simple, depth: usize) -> Verdict {
    if depth >= MAX_WRAPPING {
        return Verdict::changes("wrappers nest too deeply to follow");
    }
    let comes_in = |r: &&Redirect| matches!(r, Redirect::Read(_) | Redirect::Text(_));
    let command = Simple {
        words: words.to_vec(),
        piped: around.piped,
        redirects: around.redirects.iter().filter(comes_in).cloned().collect(),
        ..Simple::default()
    };
    simple(&command, depth + 1)
}

/// Classes one simple command.
pub fn of(command: &Simple) -> Verdict {
    simple(command, 0)
}

/// Builtins that expand a subscript in the variable's name they are given.
const EVALUATES: &[&str] = &[
    "[", "declare", "export", "getopts", "local", "mapfile", "printf", "read", "readarray", "readonly", "test",
    "typeset", "unset", "wait",
];

fn simple(command: &Simple, depth: usize) -> Verdict {
    let redirected = command.redirects.iter().map(redirect).fold(Verdict::READS, Verdict::and);
    let assigned = if command.assigns.iter().any(|a| steers_programs(a) || shell::hides_code(a)) {
        Verdict::changes("sets a variable that makes programs run other programs")
    } else {
        Verdict::READS
    };
    let Some(name) = command.words.first() else {
        return if matches!(command.redirects.first(), Some(Redirect::Write(_))) && redirected.impact > Impact::ReadOnly
        {
            Verdict::destroys("empties the file it redirects to")
        } else {
            redirected.and(assigned)
        };
    };
    if name.dynamic {
        return Verdict::changes("the command's name is only known when it runs");
    }
    let Some(program) = program_name(&name.text) else {
        return severe(Verdict::changes("runs a program that is not known").and(redirected), &command.words[1..]);
    };
    if matches!(program, ":" | "true" | "cat" | "echo" | "printf") && empties(command) {
        return Verdict::destroys("empties the file it redirects to");
    }
    if EVALUATES.contains(&program) && command.words.iter().any(|w| shell::hides_code(&w.text)) {
        return Verdict::changes("names a variable with a command in it");
    }
    let call = Call { program, args: &command.words[1..], command, depth };
    severe(tools::verdict(&call).and(redirected).and(assigned), call.args)
}

/// Words by which nearly every tool names what does not come back.
const SEVERE: &[&str] = &[
    "del", "delete", "destroy", "drop", "erase", "flush", "flushall", "flushdb", "mkfs", "purge", "rm", "rmdir",
    "shred", "truncate", "wipe", "wipefs", "--delete", "--purge", "--method=delete",
];

/// What changes something, in a way that no table knows exactly, and says itself that it destroys: `consul kv delete`,
/// `flock /run/lock rm x`, `rails db:drop`.
fn severe(verdict: Verdict, args: &[Word]) -> Verdict {
    let says_so = |word: &Word| {
        let lower = word.text.to_lowercase();
        SEVERE.contains(&lower.as_str()) || [":drop", ":reset", ":fresh"].iter().any(|end| lower.ends_with(end))
    };
    if verdict.impact == Impact::Mutating && args.iter().any(says_so) {
        return Verdict { interactive: verdict.interactive, ..Verdict::destroys("says that it destroys something") };
    }
    verdict
}

/// `: > file`, `true > file`, `cat /dev/null > file`, `echo -n > file`: nothing is left of the file.
fn empties(command: &Simple) -> bool {
    let writes =
        command.redirects.iter().any(|r| matches!(r, Redirect::Write(_)) && redirect(r).impact > Impact::ReadOnly);
    let says = |w: &Word| !w.text.is_empty() && w.text != "-n" && w.text != "/dev/null";
    let fed = command.piped
        || command.redirects.iter().any(|r| match r {
            Redirect::Text(_) => true,
            Redirect::Read(from) => from.text != "/dev/null",
            _ => false,
        });
    // `echo` and its kin do not read what they are fed.
    writes && !(fed && command.words[0].text == "cat") && !command.words[1..].iter().any(says)
}

fn redirect(redirect: &Redirect) -> Verdict {
    let target = match redirect {
        Redirect::Write(word) | Redirect::Append(word) => word,
        Redirect::Read(_) | Redirect::Text(_) | Redirect::Duplicate => return Verdict::READS,
    };
    match target.text.as_str() {
        "/dev/null" | "/dev/stdout" | "/dev/stderr" | "/dev/tty" => Verdict::READS,
        device if device.starts_with("/dev/") => Verdict::destroys("writes to a device"),
        _ => Verdict::changes("writes to a file"),
    }
}

/// Variables through which a harmless reader starts something else.
const STEERING: &[&str] = &[
    "BASH_ENV", "BROWSER", "CDPATH", "CURL_HOME", "EDITOR", "ENV", "FPATH", "GLOBIGNORE", "GREP_OPTIONS", "HOME",
    "IFS", "INPUTRC", "JAVA_TOOL_OPTIONS", "LESSCLOSE", "LESSOPEN", "LESSEDIT", "MANOPT", "MANPAGER", "MANROFFOPT",
    "MYSQL_HOME", "NODE_OPTIONS", "PAGER", "PATH", "PERL5DB", "PERL5LIB", "PERL5OPT", "PROMPT_COMMAND", "PS4",
    "PSQLRC", "PSQL_EDITOR", "PSQL_PAGER", "RIPGREP_CONFIG_PATH", "RSYNC_RSH", "RUBYLIB", "RUBYOPT", "SHELL",
    "SHELLOPTS", "BASHOPTS", "SSH_ASKPASS", "SUDO_ASKPASS", "SYSTEMD_EDITOR", "SYSTEMD_PAGER", "TAR_OPTIONS", "VISUAL",
    "XDG_CONFIG_HOME", "ZDOTDIR",
];

pub(super) fn steers_programs(assignment: &str) -> bool {
    let name = assignment.split(['=', '+', '[']).next().unwrap_or_default();
    ["LD_", "GIT_", "PYTHON", "DYLD_", "BASH_FUNC_"].iter().any(|p| name.starts_with(p)) || STEERING.contains(&name)
}

/// The name a program is known by: bare, or in one of the system's own directories.
pub(super) fn program_name(word: &str) -> Option<&str> {
    const SYSTEM: &[&str] =
        &["/bin/", "/sbin/", "/usr/bin/", "/usr/sbin/", "/usr/local/bin/", "/usr/local/sbin/", "/snap/bin/"];
    if !word.contains('/') {
        return Some(word);
    }
    let name = SYSTEM.iter().find_map(|dir| word.strip_prefix(dir))?;
    (!name.contains('/')).then_some(name)
}
