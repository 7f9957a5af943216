//! The last good runbook, kept in the data folder: a file that is half written when the server begins again must not blind it.

use std::io::Write;
use std::path::{Path, PathBuf};

use super::{Loaded, Source, Wrong, refuse_broken, setup};

/// Keeps a copy of the runbook's files for the next start.
/// # Errors
/// Where it cannot be written; the copy that was there stays whole.
pub fn keep(loaded: &Loaded, data: &Path) -> std::io::Result<()> {
    let folder = data.join("runbook");
    std::fs::create_dir_all(&folder)?;
    for (at, text) in loaded.texts.iter().enumerate() {
        let kept = copy(&folder, at);
        if std::fs::read(&kept).is_ok_and(|there| there == text.as_bytes()) {
            continue;
        }
        let part = kept.with_extension("part");
        let mut file = std::fs::File::create(&part)?;
        file.write_all(text.as_bytes())?;
        file.sync_all()?;
        std::fs::rename(&part, &kept)?;
    }
    Ok(())
}

fn copy(folder: &Path, at: usize) -> PathBuf {
    folder.join(format!("{at}.md"))
}

/// The configuration with the runbook as it was when it was last good; `None` where there is none, or where the
/// configuration itself is what is wrong.
pub fn last_good(path: &Path, wrong: &Wrong) -> Option<Loaded> {
    let source = Source::read(path).ok()?;
    let folder = source.resolve(&source.config.data).join("runbook");
    let paths: Vec<PathBuf> = (0..source.config.runbooks.len()).map(|at| copy(&folder, at)).collect();
    if paths.is_empty() || !paths.iter().all(|p| p.is_file()) {
        return None;
    }
    let mut loaded = setup::load_from(source, &paths).ok()?;
    refuse_broken(&loaded.runbook).ok()?;
    let place = wrong.line.map_or_else(|| wrong.file.clone(), |line| format!("{}:{line}", wrong.file));
    let warning = format!("{place}: {}: the last good runbook stays in force until this is mended", wrong.message);
    loaded.warnings.insert(0, warning);
    Some(loaded)
}
