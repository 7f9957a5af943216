//! What the programs of runbooks do, argument by argument. One file per family of programs.

mod cloud;
mod code;
mod containers;
mod data;
mod files;
mod network;
mod statements;
mod system;
mod wrappers;

pub(super) use files::holds_secrets as files_hold_secrets;
pub(crate) use statements::sql;

use super::impact::Verdict;
use super::shell::{Redirect, Simple, Word};

/// One call of a program.
#[derive(Clone, Copy)]
pub(super) struct Call<'c> {
    /// The program's bare name.
    pub(super) program: &'c str,
    /// Its arguments.
    pub(super) args: &'c [Word],
    /// The whole command.
    pub(super) command: &'c Simple,
    /// How many wrappers stand around it.
    pub(super) depth: usize,
}

/// A family of programs: `None` where the program is not of the family.
type Family = fn(&Call) -> Option<Verdict>;

const FAMILIES: &[Family] = &[
    wrappers::verdict,
    files::verdict,
    system::verdict,
    containers::verdict,
    data::verdict,
    network::verdict,
    code::verdict,
    cloud::verdict,
];

/// What a call does; a program that no family knows changes something.
pub(super) fn verdict(call: &Call) -> Verdict {
    FAMILIES
        .iter()
        .find_map(|family| family(call))
        .unwrap_or_else(|| Verdict::changes("runs a program that is not known"))
}

impl<'c> Call<'c> {
    /// Whether one of the given options is set: `-f`, `--follow`, `--follow=…`; a short one also inside a cluster (`-xf`).
    fn has(&self, options: &[&str]) -> bool {
        self.args
            .iter()
            .take_while(|w| w.text != "--")
            .any(|word| options.iter().any(|option| is_option(&word.text, option)))
    }

    /// Whether a word stands among the arguments exactly so.
    fn has_word(&self, word: &str) -> bool {
        self.args.iter().any(|w| w.text == word)
    }

    /// Arguments that are no options, skipping the values of those options that take one.
    fn operands(&self, with_value: &[&str]) -> Vec<&'c Word> {
        let mut found = Vec::new();
        let mut words = self.args.iter();
        while let Some(word) = words.next() {
            if word.text == "--" {
                found.extend(words);
                break;
            }
            if with_value.contains(&word.text.as_str()) {
                words.next();
            } else if !word.text.starts_with('-') || word.text == "-" {
                found.push(word);
            }
        }
        found
    }

    /// The text of the first operand.
    fn verb(&self, with_value: &[&str]) -> &'c str {
        self.operands(with_value).first().map_or("", |w| w.text.as_str())
    }

    /// The value of an option: `-c VALUE`, `--command VALUE`, `--command=VALUE`, `-cVALUE`.
    fn value(&self, options: &[&str]) -> Option<&'c Word> {
        self.args.iter().enumerate().find_map(|(at, word)| {
            let exact = options.contains(&word.text.as_str());
            let joined = options.iter().any(|o| {
                word.text.starts_with(&format!("{o}="))
                    || (o.len() == 2 && word.text.starts_with(*o) && word.text.len() > 2)
            });
            if exact {
                self.args.get(at + 1)
            } else if joined {
                Some(word)
            } else {
                None
            }
        })
    }

    /// Every value of an option given several times (`psql -c A -c B`).
    fn values(&self, options: &[&str]) -> Vec<&'c str> {
        let mut found = Vec::new();
        for (at, word) in self.args.iter().enumerate() {
            if options.contains(&word.text.as_str()) {
                found.extend(self.args.get(at + 1).map(|w| w.text.as_str()));
            } else {
                found.extend(
                    options
                        .iter()
                        .filter(|o| o.starts_with("--"))
                        .find_map(|o| word.text.strip_prefix(*o)?.strip_prefix('=')),
                );
            }
        }
        found
    }

    /// Text handed in by `<<` or `<<<`.
    fn given_text(&self) -> Option<&'c str> {
        self.command.redirects.iter().find_map(|r| match r {
            Redirect::Text(text) => Some(text.as_str()),
            _ => None,
        })
    }

    /// Whether standard input comes from a file or another command.
    fn has_input(&self) -> bool {
        self.command.piped || self.command.redirects.iter().any(|r| matches!(r, Redirect::Read(_) | Redirect::Text(_)))
    }

    /// Whether a word's value is only known at run time.
    fn any_dynamic(&self) -> bool {
        self.args.iter().any(|w| w.dynamic)
    }

    /// Asked for help or version only.
    fn is_help(&self) -> bool {
        self.args.len() == 1 && matches!(self.args[0].text.as_str(), "--version" | "--help" | "-V" | "version")
    }
}

fn is_option(word: &str, option: &str) -> bool {
    if word == option || word.strip_prefix(option).is_some_and(|rest| option.starts_with("--") && rest.starts_with('='))
    {
        return true;
    }
    let short = option.strip_prefix('-').filter(|s| s.len() == 1 && *s != "-");
    let cluster = word.strip_prefix('-').filter(|w| !w.starts_with('-'));
    match (short, cluster) {
        (Some(short), Some(cluster)) => cluster.chars().all(|c| c.is_ascii_alphanumeric()) && cluster.contains(short),
        _ => false,
    }
}

#[cfg(test)]
mod tests;
