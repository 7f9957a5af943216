//! What the programs of runbooks do, argument by argument. One file per family of programs.

mod cloud;
mod code;
mod containers;
mod data;
mod disks;
mod files;
mod firewall;
mod frameworks;
mod git;
mod hosts;
mod kubernetes;
mod mail;
mod mongo;
mod network;
mod options;
mod packages;
mod statements;
mod storage;
mod system;
mod text;
mod unwrap;
mod verbs;
mod wrappers;

pub(super) use files::holds_secrets as files_hold_secrets;
pub(super) use mongo::mongo;
pub(crate) use statements::sql;
pub(super) use statements::{is_redis, redis};
pub(super) use unwrap::{Change, Found, Runs, unwrapped};

use std::sync::LazyLock;

use rustc_hash::FxHashMap;

use super::impact::Verdict;
use super::shell::{Redirect, Simple, Word};
use options::{Parsed, Table};

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
    disks::verdict,
    firewall::verdict,
    packages::verdict,
    containers::verdict,
    kubernetes::verdict,
    data::verdict,
    network::verdict,
    mail::verdict,
    code::verdict,
    frameworks::verdict,
    git::verdict,
    hosts::verdict,
    storage::verdict,
    cloud::verdict,
    verbs::verdict,
];

/// What a call does; `None` where no family knows the program.
pub(super) fn known(call: &Call) -> Option<Verdict> {
    FAMILIES.iter().find_map(|family| family(call))
}

impl<'c> Call<'c> {
    /// Its options and operands, whatever their order.
    fn options(&self, table: Table) -> Parsed<'c> {
        options::anywhere(self.args, table)
    }

    /// Its options up to the first operand.
    fn front(&self, table: Table) -> Parsed<'c> {
        options::in_front(self.args, table)
    }

    /// A looking call whose options are all in the table.
    fn reads(&self, table: Table) -> Verdict {
        self.options(table).verdict
    }

    /// Text handed in by `<<` or `<<<`, where that is all that comes in.
    fn given_text(&self) -> Option<&'c Word> {
        let mut inputs = self.command.redirects.iter().filter(|r| matches!(r, Redirect::Read(_) | Redirect::Text(_)));
        match (inputs.next(), inputs.next()) {
            (Some(Redirect::Text(text)), None) => Some(text),
            _ => None,
        }
    }

    /// Whether standard input comes from a file or another command.
    fn has_input(&self) -> bool {
        self.command.piped || self.command.redirects.iter().any(|r| matches!(r, Redirect::Read(_) | Redirect::Text(_)))
    }

    /// Asked for help or version only.
    fn is_help(&self) -> bool {
        self.args.len() == 1 && matches!(self.args[0].text.as_str(), "--version" | "--help" | "-V" | "version")
    }
}

/// Programs with the options that keep them readers, several names in a row, as they are looked up.
pub(super) type ByName = LazyLock<FxHashMap<&'static str, Table>>;

/// Makes a list of readers one to look names up in: every command of every document is.
fn by_name(readers: &'static [(&'static str, Table)]) -> FxHashMap<&'static str, Table> {
    readers.iter().flat_map(|(names, table)| names.split_ascii_whitespace().map(|name| (name, *table))).collect()
}

/// Whether what is written there is not kept.
fn is_nowhere(file: &str) -> bool {
    matches!(file, "-" | "/dev/null" | "/dev/stdout" | "/dev/stderr")
}

/// What text in a program's own language does; where part of it is only known at run time, nobody can tell.
fn code(dynamic: bool, verdict: Verdict) -> Verdict {
    if dynamic { verdict.and(Verdict::changes("runs text that is only known when it runs")) } else { verdict }
}

#[cfg(test)]
mod cases;
#[cfg(test)]
mod hardening;
#[cfg(test)]
mod tests;
