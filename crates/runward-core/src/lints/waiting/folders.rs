//! Commands that depend on the folder they are run in.

use std::sync::LazyLock;

use regex::Regex;

use super::super::{Context, Place, each_document};
use super::EX04;
use crate::command::Effective;
use crate::command::shell::Redirect;
use crate::pattern::pattern;
use crate::runbook::{Finding, StepKind};

/// Words by which a document says where its commands are run.
static SAYS_WHERE: LazyLock<Regex> = LazyLock::new(|| {
    pattern(
        r"(?:repo(?:sitory)?|project|checkout)(?:'s)? root|root of the (?:repo|project|checkout)|working directory (?:is|of)|run (?:all |these |the )?(?:commands? )?(?:from|in|inside) (?:the |`?/|`?~)|(?:commands|everything) (?:is |are )?(?:run|executed) (?:from|in) |from the `?[\w./~-]+`? (?:folder|directory)|(?:assume|assumes|assuming) .{0,40}(?:folder|directory)",
    )
});

pub(super) fn check(context: &Context<'_>, found: &mut Vec<Finding>) {
    for (_, places) in each_document(context) {
        let mut stands = Stands::default();
        let mut depending: Vec<&Place<'_>> = Vec::new();
        for place in places {
            if stands.depends(place) {
                depending.push(place);
            }
        }
        let Some(first) = depending.first() else { continue };
        if context.near.page(&first.step.source).is_some_and(|page| SAYS_WHERE.is_match(page.lower())) {
            continue;
        }
        let short = first.command.text.lines().next().unwrap_or_default();
        let message = match depending.len() {
            1 => format!("what `{short}` does depends on the folder, and nothing says which"),
            2 => format!(
                "what `{short}` does depends on the folder, and nothing says which; so does another command in this document"
            ),
            more => format!(
                "what `{short}` does depends on the folder, and nothing says which; so do {} other commands in this document",
                more - 1
            ),
        };
        found.push(first.finding(
            &EX04,
            message,
            "begin with `cd`, or name the folder or the file: `-C`, `-f`, a whole path",
        ));
    }
}

/// Where one stands while a document is read.
#[derive(Default)]
struct Stands {
    /// The procedure and the host for which this holds.
    of: (u32, Option<String>),
    known: bool,
}

impl Stands {
    /// Whether a command depends on a folder that nobody named.
    fn depends(&mut self, place: &Place<'_>) -> bool {
        let of = (place.procedure.map_or(place.step.source.line, |p| p.source.line), place.command.host.clone());
        if of != self.of {
            *self = Stands { of, known: false };
        }
        // What is told about a script is not typed.
        if place.step.kind == StepKind::Sample {
            return false;
        }
        let mut depends = false;
        for command in place.command.effective() {
            match command.program() {
                "cd" | "pushd" => {
                    let target = command.args().iter().find(|w| !w.text.starts_with('-') || w.text == "-");
                    let named = target.is_none_or(|w| w.dynamic || w.text.starts_with(['/', '~', '$', '-']));
                    depends |= !named && !self.known;
                    self.known |= named;
                }
                _ if command.around.container.is_some() => {}
                _ => depends |= !self.known && wants_a_folder(&command),
            }
        }
        depends
    }
}

/// Whether a command acts on what lies in the present folder.
fn wants_a_folder(command: &Effective<'_>) -> bool {
    let has =
        |options: &[&str]| command.args().iter().any(|w| options.iter().any(|o| w.text.split('=').next() == Some(*o)));
    let verb = command.args().iter().map(|w| w.text.as_str()).find(|w| !w.starts_with('-')).unwrap_or_default();
    let written = command.command.redirects.iter().any(|redirect| match redirect {
        Redirect::Write(word) | Redirect::Append(word) | Redirect::Read(word) => is_relative(&word.text),
        Redirect::Text(_) | Redirect::Duplicate => false,
    });
    let asks = matches!(verb, "" | "help" | "version") || has(&["--version", "--help", "-v", "-V"]);
    written
        || match command.program() {
            "docker" => verb == "compose" && !has(&["-f", "--file", "--project-directory", "-p", "--project-name"]),
            "docker-compose" => !asks && !has(&["-f", "--file", "--project-directory", "-p", "--project-name"]),
            "git" => !asks && !matches!(verb, "clone" | "config" | "ls-remote" | "init") && !has(&["-C", "--git-dir"]),
            "npm" | "pnpm" | "yarn" => {
                !asks
                    && !has(&["--prefix", "-C", "--dir", "--cwd", "-g", "--global"])
                    && !matches!(verb, "view" | "info" | "login" | "whoami" | "config")
            }
            "npx" | "bundle" | "rails" | "rake" | "alembic" | "poetry" | "cargo" | "mix" | "composer" => !asks,
            "make" => !has(&["-C", "--directory", "-f", "--file"]),
            "terraform" | "tofu" => !asks && !has(&["-chdir"]),
            "cat" | "less" | "tail" | "head" | "nano" | "vim" | "vi" | "cp" | "mv" | "rm" | "source" | "." | "bash"
            | "sh" | "chmod" | "chown" | "tar" | "gunzip" | "gzip" | "python" | "python3" | "node" | "php" => {
                command.args().iter().any(|w| !w.dynamic && is_relative(&w.text))
            }
            _ => command.command.words.first().is_some_and(|w| !w.dynamic && w.text.starts_with("./")),
        }
}

/// A path from the present folder on: `docker-compose.yml`, `./x`, `scripts/x.sh`.
fn is_relative(word: &str) -> bool {
    let plain = word.chars().all(|c| c.is_ascii_alphanumeric() || "._/-".contains(c));
    let path = word.contains('/')
        || word.rsplit_once('.').is_some_and(|(name, ending)| {
            !name.is_empty() && (1..=6).contains(&ending.len()) && ending.chars().all(|c| c.is_ascii_alphabetic())
        });
    plain && path && !word.starts_with(['/', '-']) && word.contains(|c: char| c.is_ascii_alphabetic())
}
