//! The team's repository: which files it has, what some of them say, and when each was last changed.

use std::collections::VecDeque;
use std::path::{Path, PathBuf};
use std::time::Duration;

use runward_core::outside::Repo;
use runward_kinds::exec::capture;

use crate::config::Wrong;

const TIMEOUT: Duration = Duration::from_secs(30);
/// More files than this are not looked at, and nothing is then said to be missing.
const MOST_FILES: usize = 200_000;
/// A manifest that is longer is not one that people wrote.
const LONGEST: u64 = 1024 * 1024;
/// Where there is no git: folders of what was made or fetched, not written.
const MADE: &[&str] = &[".git", "node_modules", "target", "vendor", ".venv", "venv", "__pycache__", "dist", ".next"];

/// Takes in a repository, or a folder of one.
pub(super) async fn collect(folder: &Path, texts: &[(String, String)], files: &[PathBuf]) -> Result<Repo, Wrong> {
    const HELP: &str = "give `--repo` the folder of the team's checkout";
    let root = folder.canonicalize().map_err(|e| Wrong::file(folder, format!("cannot be read: {e}"), HELP))?;
    if !root.is_dir() {
        return Err(Wrong::file(folder, "is not a folder", HELP));
    }
    let mut repo = Repo::default();
    let mut paths = match listed(&root).await {
        Some(paths) => paths,
        None => walked(&root),
    };
    if paths.len() > MOST_FILES {
        paths.truncate(MOST_FILES);
        repo.cut = true;
    }
    for path in &paths {
        if repo.add(path) {
            match text(&root.join(path)) {
                Some(text) => repo.read(path, &text),
                None => repo.unread.push(path.clone()),
            }
        }
    }
    if let Some(log) = git(&root, &["log", "--max-count=5000", "--format=%x00%cs", "--name-only", "--relative"]).await {
        repo.read_log(&log);
    }
    for ((name, _), file) in texts.iter().zip(files) {
        let within = file.canonicalize().ok().and_then(|file| Some(file.strip_prefix(&root).ok()?.to_owned()));
        if let Some(within) = within.as_deref().and_then(Path::to_str) {
            repo.documents.insert(name.clone(), within.to_owned());
        }
    }
    Ok(repo)
}

/// What git knows of: tracked files, and new ones that it does not ignore. `None` where there is no git.
async fn listed(root: &Path) -> Option<Vec<String>> {
    let printed = git(root, &["ls-files", "-z", "--cached", "--others", "--exclude-standard"]).await?;
    let mut paths: Vec<String> = printed.split('\0').filter(|path| !path.is_empty()).map(str::to_owned).collect();
    // What was removed and not yet committed is still listed.
    paths.retain(|path| root.join(path).symlink_metadata().is_ok());
    paths.sort_unstable();
    paths.dedup();
    Some(paths)
}

/// What git prints. The repository may be anybody's: nothing that its own configuration names is run, neither to look for
/// changes, nor to check signatures, nor to fetch what a partial clone left out.
async fn git(root: &Path, arguments: &[&str]) -> Option<String> {
    let root = root.to_str()?;
    let mut all = vec!["GIT_ALLOW_PROTOCOL=none", "GIT_NO_LAZY_FETCH=1", "git", "-C", root];
    all.extend(["-c", "core.fsmonitor=false", "-c", "core.quotepath=off", "-c", "log.showSignature=false"]);
    all.extend(["--no-pager", "--no-optional-locks"]);
    all.extend(arguments);
    let ended = capture("env", &all, TIMEOUT).await.ok()?;
    (ended.code == Some(0) && !ended.cut).then_some(ended.stdout)
}

/// Every file below, where there is no git. Links are files here: they may lead in circles.
fn walked(root: &Path) -> Vec<String> {
    let mut found = Vec::new();
    let mut open = VecDeque::from([root.to_owned()]);
    while let Some(folder) = open.pop_front() {
        let mut entries: Vec<_> = std::fs::read_dir(&folder).into_iter().flatten().flatten().collect();
        entries.sort_by_key(std::fs::DirEntry::file_name);
        for entry in entries {
            let is_folder = entry.file_type().is_ok_and(|kind| kind.is_dir());
            if is_folder && !entry.file_name().to_str().is_some_and(|name| MADE.contains(&name)) {
                open.push_back(entry.path());
            } else if !is_folder && let Some(path) = entry.path().strip_prefix(root).ok().and_then(Path::to_str) {
                found.push(path.to_owned());
            }
        }
        if found.len() > MOST_FILES {
            break;
        }
    }
    found
}

/// The text of a plain file; a pipe or a device would keep us waiting.
fn text(path: &Path) -> Option<String> {
    let about = std::fs::metadata(path).ok()?;
    let bytes = (about.is_file() && about.len() <= LONGEST).then(|| std::fs::read(path).ok()).flatten()?;
    Some(String::from_utf8_lossy(&bytes).into_owned())
}
