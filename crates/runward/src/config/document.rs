//! Reading the runbook's files: what cannot be a runbook is refused with its line.

use std::path::{Path, PathBuf};

use runward_core::runbook::{Level, MAX_BYTES, Runbook};

use super::Wrong;

/// The runbook in these files, as it is written.
/// # Errors
/// [`Wrong`] where a file is missing, empty, too large, or not text.
pub fn read_documents(paths: &[PathBuf], shown: &[String]) -> Result<Runbook, Wrong> {
    let texts = read_texts(paths, shown)?;
    Ok(Runbook::read(texts.iter().map(|(name, text)| (name.as_str(), text.as_str()))))
}

/// The texts of these files, each with its name.
/// # Errors
/// [`Wrong`] where a file is missing, empty, too large, or not text.
pub fn read_texts(paths: &[PathBuf], shown: &[String]) -> Result<Vec<(String, String)>, Wrong> {
    paths.iter().zip(shown).map(|(path, name)| Ok((name.clone(), read(path, name)?))).collect()
}

fn read(path: &Path, name: &str) -> Result<String, Wrong> {
    let wrong =
        |line, message: String, help: &str| Wrong { file: name.to_owned(), line, message, help: help.to_owned() };
    let size = match std::fs::metadata(path) {
        Ok(about) if about.is_dir() => {
            return Err(wrong(None, "this is a folder".into(), "name the Markdown files in it"));
        }
        // A pipe or a device may never end.
        Ok(about) if !about.is_file() => {
            return Err(wrong(None, "this is no regular file".into(), "name a Markdown file"));
        }
        Ok(about) => about.len(),
        Err(e) if e.kind() == std::io::ErrorKind::NotFound => {
            return Err(wrong(None, "there is no such file".into(), "check the name, or the folder you are in"));
        }
        Err(e) => return Err(wrong(None, format!("cannot be read: {e}"), "check its path and its permissions")),
    };
    if size > MAX_BYTES as u64 {
        let message = format!("the file has {size} bytes, a runbook may have {MAX_BYTES} (2 MiB)");
        return Err(wrong(None, message, "split it, and name its parts under `runbooks` in runward.toml"));
    }
    let bytes = std::fs::read(path).map_err(|e| wrong(None, format!("cannot be read: {e}"), ""))?;
    let text = String::from_utf8(bytes).map_err(|e| {
        let line = e.as_bytes()[..e.utf8_error().valid_up_to()].iter().filter(|b| **b == b'\n').count() as u32 + 1;
        wrong(
            Some(line),
            "this is not UTF-8 text".into(),
            "save the file as UTF-8; if it was being written, finish writing it",
        )
    })?;
    if text.trim().is_empty() {
        return Err(wrong(
            None,
            "the file is empty".into(),
            "write the runbook first, or check whether it was being written",
        ));
    }
    // A byte order mark is not part of the first heading.
    Ok(text.strip_prefix('\u{feff}').map(str::to_owned).unwrap_or(text))
}

/// Refuses a runbook with damage that makes its facts doubtful: a half-written file, a ragged table.
/// # Errors
/// The first such finding.
pub fn refuse_broken(runbook: &Runbook) -> Result<(), Wrong> {
    let broken = |rule: &str| rule.starts_with("MD");
    match runbook.findings.iter().find(|f| f.level == Level::Error && broken(&f.rule)) {
        None => Ok(()),
        Some(finding) => Err(Wrong {
            file: finding.source.file.to_string(),
            line: Some(finding.source.line),
            message: finding.message.clone(),
            help: finding.help.clone(),
        }),
    }
}
