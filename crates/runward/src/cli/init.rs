//! `runward init`: writes `runward.toml` beside a runbook. Never touches the runbook.

use std::io::Write;
use std::path::PathBuf;

use super::out;
use super::{Ended, Failure};
use crate::config::{Wrong, init, read_documents, refuse_broken};

#[derive(Debug, clap::Args)]
pub(super) struct Arguments {
    /// The runbook's Markdown file
    file: PathBuf,
    /// Write over a configuration that is there
    #[arg(long)]
    force: bool,
}

pub(super) fn run(arguments: &Arguments) -> Ended {
    let shown = arguments
        .file
        .file_name()
        .map_or_else(|| arguments.file.display().to_string(), |n| n.to_string_lossy().into_owned());
    let named = arguments.file.display().to_string();
    // Findings carry the name that was typed; the configuration names the file as seen from beside it.
    let whole = read_documents(std::slice::from_ref(&arguments.file), std::slice::from_ref(&named))?;
    refuse_broken(&whole).map_err(|wrong| Failure::Failed(wrong.to_string()))?;
    let runbook = read_documents(std::slice::from_ref(&arguments.file), std::slice::from_ref(&shown))?;
    let text = std::fs::read_to_string(&arguments.file)
        .map_err(|e| Wrong::file(&arguments.file, format!("cannot be read: {e}"), ""))?;
    let target = arguments.file.with_file_name("runward.toml");
    let configuration = init::configuration(&runbook, &shown, &text);
    write(&target, &configuration, arguments.force)?;
    out::say(&format!(
        "{}: {} for {}, {}",
        target.display(),
        out::count(runbook.checks.len(), "check"),
        out::count(runbook.services.len(), "service"),
        out::count(runbook.procedures.len(), "procedure")
    ));
    let flag = if target.parent().is_none_or(|p| p.as_os_str().is_empty()) {
        String::new()
    } else {
        format!(" --config {}", target.display())
    };
    out::say(&format!("next: runward serve{flag}"));
    Ok(())
}

fn write(target: &std::path::Path, text: &str, force: bool) -> Ended {
    let mut options = std::fs::File::options();
    options.write(true);
    if force {
        options.create(true).truncate(true)
    } else {
        options.create_new(true)
    };
    let mut file = options.open(target).map_err(|e| match e.kind() {
        std::io::ErrorKind::AlreadyExists => {
            Failure::from(Wrong::file(target, "this file is already there", "--force writes over it"))
        }
        _ => Failure::Failed(format!("{}: cannot be written: {e}", target.display())),
    })?;
    file.write_all(text.as_bytes())
        .map_err(|e| Failure::Failed(format!("{}: cannot be written: {e}", target.display())))
}
