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
    Ok(of(&shell::parse(text)?, text))
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

/// Classes a parsed script of which the text is at hand: what the grammar does not follow is searched for words that
/// destroy.
pub fn of(script: &Script, text: &str) -> Verdict {
    of_depth(script, text, 0)
}

fn of_depth(script: &Script, text: &str, depth: usize) -> Verdict {
    let verdict = match fed(script, text) {
        Some(fed) => self::script(&fed, depth),
        None => self::script(script, depth),
    };
    if script.opaque && verdict.impact < Impact::Destructive { verdict.and(unreadable(text)) } else { verdict }
}

/// `echo 'select 1' | psql` is `psql <<< 'select 1'`: what is printed is known, so what it does is known as well.
fn fed(script: &Script, text: &str) -> Option<Script> {
    let mut changed: Option<Script> = None;
    for at in 1..script.commands.len() {
        let (printer, reader) = (&script.commands[at - 1], &script.commands[at]);
        let (Some(said), true) = (printed(printer), reader.piped && !reader.substituted) else { continue };
        let end = printer.words.iter().map(|w| w.span.end).max().unwrap_or_default();
        let start = reader.words.first().map_or(0, |w| w.span.start);
        // Nothing but the pipe, and settings for the reader, stands between them.
        let between = text.get(end..start).and_then(|between| between.trim_start().strip_prefix('|'));
        if between.is_none_or(|between| between.contains(['|', ';', '&', '(', ')', '{', '}', '<', '>', '`', '$'])) {
            continue;
        }
        let reader = &mut changed.get_or_insert_with(|| script.clone()).commands[at];
        reader.piped = false;
        reader.redirects.push(Redirect::Text(Word { text: said, ..Word::default() }));
    }
    changed
}

/// What `echo` and `printf` print, where that is known beforehand.
fn printed(command: &Simple) -> Option<String> {
    let (name, args) = command.words.split_first()?;
    let prints = matches!(name.text.as_str(), "echo" | "printf");
    let plain = !command.piped && command.redirects.is_empty() && !args.iter().any(|w| w.dynamic || w.any);
    if !prints || !plain || name.span.is_empty() {
        return None;
    }
    let said =
        args.iter().map(|w| w.text.as_str()).filter(|w| !matches!(*w, "-n" | "-e" | "-E" | "-ne" | "%s" | "%s\\n"));
    Some(said.collect::<Vec<_>>().join(" ").replace("\\n", "\n"))
}

/// What is known of text that is no shell, or not followed: its words still say whether it destroys.
pub fn unreadable(text: &str) -> Verdict {
    if destroys_somehow(text) {
        return Verdict::destroys("is not understood, and says that it destroys something");
    }
    Verdict::changes("is not understood")
}

/// Whether text in any language at all says that it destroys.
pub(super) fn destroys_somehow(text: &str) -> bool {
    let mut words = text.split(|c: char| !(c.is_ascii_alphanumeric() || c == '_'));
    words.any(|word| DESTROYING.contains(&word.to_ascii_lowercase().as_str())) || text.contains(").clear")
}

/// Words that destroy in whatever language they stand.
const DESTROYING: &[&str] = &[
    "bulkdelete", "delete", "delete_all", "delete_by", "delete_if", "deletemany", "deleteone", "destroy",
    "destroy_all", "destroy_by", "drop", "drop_table", "dropdatabase", "dropindex", "erase", "flushall", "flushdb",
    "killall", "mkfs", "pg_terminate_backend", "pkill", "poweroff", "prune", "purge", "reboot", "removedirs",
    "remove_tree", "rm", "rm_rf", "rmdir", "rmdirsync", "rmsync", "rmtree", "shred", "shutdown", "terminate",
    "truncate", "unlink", "unlinksync", "wipe", "wipefs",
];

/// Classes text that another command will run as shell.
pub fn inner(text: &str, depth: usize) -> Verdict {
    if depth >= MAX_WRAPPING {
        return Verdict::changes("wrappers nest too deeply to follow");
    }
    match shell::parse(text) {
        Ok(parsed) => of_depth(&parsed, text, depth + 1),
        Err(_) => unreadable(text),
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
pub fn command(command: &Simple) -> Verdict {
    simple(command, 0)
}

/// Builtins that expand a subscript in the variable's name they are given.
const EVALUATES: &[&str] = &[
    "[", "declare", "export", "getopts", "local", "mapfile", "printf", "read", "readarray", "readonly", "test",
    "typeset", "unset", "wait",
];

/// The same with every word that braces make: `{rm,x}` is `rm x`.
fn without_braces(command: &Simple) -> Simple {
    let words = command.words.iter().flat_map(|word| {
        word.expanded().into_iter().map(|text| Word { text, braces: false, verbatim: None, ..word.clone() })
    });
    Simple { words: words.collect(), ..command.clone() }
}

fn simple(command: &Simple, depth: usize) -> Verdict {
    if command.words.iter().any(|word| word.braces) {
        return simple(&without_braces(command), depth);
    }
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
        // `sh -c "$(curl …)"`
        let fetched = name.text.starts_with(['$', '`']) && ["curl ", "wget "].iter().any(|get| name.text.contains(get));
        return if fetched {
            Verdict::destroys("runs what it gets from elsewhere")
        } else {
            Verdict::changes("the command's name is only known when it runs")
        };
    }
    let Some(program) = program_name(&name.text) else {
        return elsewhere(command, depth).and(redirected);
    };
    if matches!(program, ":" | "true" | "cat" | "echo" | "printf") && empties(command) {
        return Verdict::destroys("empties the file it redirects to");
    }
    if EVALUATES.contains(&program) && command.words.iter().any(|w| shell::hides_code(&w.text)) {
        return Verdict::changes("names a variable with a command in it");
    }
    let call = Call { program, args: &command.words[1..], command, depth };
    let verdict = match tools::known(&call) {
        Some(verdict) => verdict,
        None => project(program, call.args, UNKNOWN),
    };
    severe(verdict.and(redirected).and(assigned), program, call.args)
}

/// Why a program is taken to change something.
const UNKNOWN: &str = "runs a program that is not known";

/// A program of somebody's own folder. One that is named like a destroyer is believed to be it, a reader is not.
fn elsewhere(command: &Simple, depth: usize) -> Verdict {
    let (path, args) = (command.words[0].text.as_str(), &command.words[1..]);
    let base = path.rsplit('/').next().unwrap_or_default();
    let call = Call { program: base, args, command, depth };
    let known = tools::known(&call).filter(|verdict| verdict.impact == Impact::Destructive);
    severe(known.unwrap_or_else(|| project(path, args, UNKNOWN)), base, args)
}

/// A script or program that no table knows: its name says at most that it destroys.
pub(super) fn project(path: &str, args: &[Word], why: &'static str) -> Verdict {
    let base = path.rsplit('/').next().unwrap_or_default().to_ascii_lowercase();
    let only_shown = args.iter().any(|w| {
        matches!(
            w.text.as_str(),
            "--dry-run"
                | "--dry-run=yes"
                | "--dry-run=true"
                | "--help"
                | "-h"
                | "--version"
                | "--check"
                | "--list"
                | "--status"
                | "help"
        )
    });
    if is_severe_task(&base) && !only_shown {
        Verdict::destroys("says that it destroys something")
    } else {
        Verdict::changes(why)
    }
}

/// Whether a task of `make`, `npm run` and their kin is named like one that destroys: `db:reset`, `clean-data`.
pub(super) fn is_severe_task(name: &str) -> bool {
    let lower = name.to_ascii_lowercase();
    let mut parts = lower.split(['-', '_', '.', ':', '/']);
    // `test-restore`, `check-purge`: those only try.
    let tries = lower.split(['-', '_', '.', ':', '/']).any(|part| TRYING.contains(&part));
    !tries && parts.any(|part| NAMED.contains(&part))
}

const TRYING: &[&str] = &["check", "dry", "list", "show", "simulate", "status", "test", "validate", "verify"];

/// Words by which people name scripts that take something away.
const NAMED: &[&str] = &[
    "delete", "destroy", "drop", "erase", "flush", "nuke", "prune", "purge", "reset", "restore", "teardown",
    "truncate", "uninstall", "wipe",
];

/// Words by which nearly every tool names what does not come back.
const SEVERE: &[&str] = &[
    "del", "delete", "destroy", "drop", "erase", "flush", "flushall", "flushdb", "mkfs", "purge", "rm", "rmdir",
    "shred", "terminate", "truncate", "uninstall", "wipe", "wipefs", "--delete", "--purge", "-purge",
    "--method=delete",
];

/// How the tasks end that take a whole database away: `db:drop`.
const TASKS: &[&str] = &["destroy", "drop", "fresh", "purge", "reset", "wipe"];

/// Programs of which a severe word is no more than a name: `postfix flush` sends what waits.
const MILD: &[(&str, &str)] = &[
    ("ip6tables", "drop"),
    ("iptables", "drop"),
    ("nft", "drop"),
    ("nodetool", "flush"),
    ("postfix", "flush"),
    ("rndc", "flush"),
    ("redis-cli", "purge"),
    ("wp", "flush"),
    ("resolvectl", "flush"),
];

/// What changes something, in a way that no table knows exactly, and says itself that it destroys: `consul kv delete`,
/// `flock /run/lock rm x`, `rails db:drop`.
fn severe(verdict: Verdict, program: &str, args: &[Word]) -> Verdict {
    if verdict.impact != Impact::Mutating {
        return verdict;
    }
    let says_so = |word: &Word| {
        let text = word.text.as_str();
        let mild = || MILD.iter().any(|(name, word)| *name == program && word.eq_ignore_ascii_case(text));
        let task = || text.rsplit_once(':').is_some_and(|(_, task)| TASKS.contains(&task));
        SEVERE.iter().any(|severe| severe.eq_ignore_ascii_case(text)) && !mild() || task()
    };
    if args.iter().any(says_so) {
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
        "/proc/sysrq-trigger" => Verdict::destroys("takes the host down"),
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

/// The name a program is known by: bare, or in one of the system's own directories, where only an administrator installs.
pub(super) fn program_name(word: &str) -> Option<&str> {
    let Some((folder, name)) = word.rsplit_once('/') else { return Some(word) };
    if folder == "/etc/init.d" {
        return Some("/etc/init.d");
    }
    let installed = folder.ends_with("/bin") || folder.ends_with("/sbin");
    let systems = ["/bin", "/sbin", "/snap/bin"].contains(&folder)
        || ["/usr/", "/opt/"].iter().any(|root| folder.starts_with(root))
            && !folder.split('/').any(|part| part == "..");
    // Scripts that Rails, Symfony and their kin put into every project.
    let binstub =
        matches!(word, "bin/rails" | "bin/rake" | "bin/console" | "bin/magento" | "./bin/rails" | "./bin/rake");
    (installed && systems || binstub).then_some(name)
}
