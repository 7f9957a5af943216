//! `runward approve`: shows what the runner would carry out from now on, and writes it down once somebody agrees.

use std::path::PathBuf;

use runward_core::run::catalogue::{Entry, diff, entries};
use runward_kinds::exec::runner::{User, read_catalogue, write_catalogue};

use super::out;
use super::runner::CATALOGUE;
use super::{Ended, Failure};
use crate::config;

#[derive(Debug, clap::Args)]
pub(super) struct Arguments {
    /// Only these documents of the configuration; steps of others stay as they
    /// are
    files: Vec<PathBuf>,
    /// The configuration
    #[arg(long, default_value = "runward.toml", value_name = "FILE")]
    config: PathBuf,
    /// The folder of what is approved
    #[arg(long, default_value = CATALOGUE, value_name = "FOLDER")]
    catalogue: PathBuf,
    /// The file in it, without `.json`: one for each configuration
    #[arg(long, default_value = "runward", value_name = "NAME")]
    name: String,
    /// The user steps run as, by name or number
    #[arg(long, default_value = "root", value_name = "USER")]
    user: String,
    /// Do not ask
    #[arg(long)]
    yes: bool,
    /// Only show, and end with 1 where something would change
    #[arg(long, conflicts_with = "yes")]
    check: bool,
}

pub(super) fn run(arguments: &Arguments) -> Ended {
    let plain = |c: char| c.is_ascii_alphanumeric() || matches!(c, '-' | '_');
    if arguments.name.is_empty() || !arguments.name.chars().all(plain) {
        return Err(Failure::Usage(format!("`{}` is no name: letters, digits, `-` and `_`", arguments.name)));
    }
    let user = User::find(&arguments.user).map_err(Failure::Usage)?;
    let (old, others) = known(arguments)?;
    let new = wanted(arguments, user.uid, &old)?;
    let seen = diff(&old, &new);
    if seen.is_empty() {
        out::say("Nothing changes: the catalogue holds every step of the runbook as it is.");
        return Ok(());
    }
    out::raw(&seen);
    let gone = old.iter().filter(|entry| !new.contains(entry)).count();
    let come = new.iter().filter(|entry| !old.contains(entry)).count();
    out::complain(&format!("{} would come and {gone} go; {} stay", out::count(come, "step"), new.len() - come));
    for entry in new.iter().filter(|entry| others.iter().any(|o| o.hash == entry.hash && o.uid != entry.uid)) {
        out::complain(&format!("another file of the catalogue has `{}` for another user", entry.step));
    }
    if arguments.check {
        return Err(Failure::Quiet(1));
    }
    if !arguments.yes && !agreed()? {
        return Err(Failure::Failed("nothing was changed".into()));
    }
    write_catalogue(&arguments.catalogue, &arguments.name, &new).map_err(|e| {
        let help = "the catalogue is root's: use `sudo runward approve`";
        Failure::Failed(format!("{}: cannot be written: {e}\n  help: {help}", arguments.catalogue.display()))
    })?;
    // Whoever approved thinks that the runner takes it: what stands in its way is said now.
    read_catalogue(&arguments.catalogue)
        .map_err(|why| Failure::Failed(format!("it was written, but the runner will not trust it: {why}")))?;
    out::complain(&format!("{} approved", out::count(new.len(), "step")));
    Ok(())
}

/// What stands in the file that is written, and in the others of the catalogue.
fn known(arguments: &Arguments) -> Result<(Vec<Entry>, Vec<Entry>), Failure> {
    let file = arguments.catalogue.join(format!("{}.json", arguments.name));
    let old: Vec<Entry> = match std::fs::read(&file) {
        Ok(text) => serde_json::from_slice(&text)
            .map_err(|e| Failure::Failed(format!("{}: this is no catalogue: {e}", file.display())))?,
        Err(e) if e.kind() == std::io::ErrorKind::NotFound => Vec::new(),
        Err(e) => return Err(Failure::Failed(format!("{}: cannot be read: {e}", file.display()))),
    };
    let all = read_catalogue(&arguments.catalogue).unwrap_or_default();
    let others = all.into_iter().filter(|entry| !old.contains(entry)).collect();
    Ok((old, others))
}

/// What is to stand there: the steps of the documents that are meant, and of all others what stands there now.
fn wanted(arguments: &Arguments, uid: u32, old: &[Entry]) -> Result<Vec<Entry>, Failure> {
    let loaded = config::load(&arguments.config)?;
    config::refuse_broken(&loaded.runbook)?;
    let documents = &loaded.source.config.runbooks;
    for file in &arguments.files {
        if !documents.contains(file) {
            let known: Vec<String> = documents.iter().map(|d| d.display().to_string()).collect();
            let help = format!("it names {}", known.join(", "));
            let message = format!("{} is no runbook of {}", file.display(), arguments.config.display());
            return Err(Failure::Usage(format!("{message}\n  help: {help}")));
        }
    }
    let is_meant = |entry: &Entry| {
        arguments.files.is_empty() || arguments.files.iter().any(|file| file.display().to_string() == entry.document)
    };
    let kept = old.iter().filter(|entry| !is_meant(entry)).cloned();
    let new = entries(&loaded.setup, uid).into_iter().filter(is_meant);
    let mut wanted: Vec<Entry> = Vec::new();
    for entry in kept.chain(new) {
        if !wanted.iter().any(|known| known.hash == entry.hash) {
            wanted.push(entry);
        }
    }
    Ok(wanted)
}

fn agreed() -> Result<bool, Failure> {
    let answer = out::ask("Let the runner carry these out? [y/N]").ok_or_else(|| {
        Failure::Usage("nobody is here to answer\n  help: read what is shown, then give --yes".into())
    })?;
    Ok(matches!(answer.to_lowercase().as_str(), "y" | "yes"))
}
