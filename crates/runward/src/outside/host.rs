//! The machine at hand: what is installed, what runs and listens, and what lies where a document names it.

use std::fs::File;
use std::io::{ErrorKind, Read};
use std::os::unix::fs::PermissionsExt;
use std::path::{Path, PathBuf};
use std::time::Duration;

use runward_core::outside::Host;
use runward_core::outside::host::{Asked, Found};
use runward_core::outside::looks::{About, LOOKS, Look, look};
use runward_kinds::exec::{Failure, capture};

const TIMEOUT: Duration = Duration::from_secs(5);
/// Each is a program that is run and may take [`TIMEOUT`].
const MOST_NAMED: usize = 50;
const CRONTABS: &str = "/var/spool/cron/crontabs";
const SQLITE: &[u8] = b"SQLite format 3\0";

/// Looks at everything that the documents ask for.
pub(super) async fn collect(asked: &Asked) -> Host {
    let name = std::fs::read_to_string("/proc/sys/kernel/hostname").unwrap_or_default().trim().to_owned();
    let mut host = Host { name, ..Host::default() };
    let named = [About::Certificate, About::Served];
    for look in LOOKS.iter().filter(|look| asked.about.contains(&look.about) && !named.contains(&look.about)) {
        take(&mut host, look, "").await;
    }
    for (about, names) in [(About::Certificate, &asked.certificates), (About::Served, &asked.served)] {
        let Some(look) = look(about) else { continue };
        for name in names.iter().take(MOST_NAMED) {
            take(&mut host, look, name).await;
        }
        let rest = names.len().saturating_sub(MOST_NAMED);
        if rest > 0 {
            host.unknown.push((format!("{rest} {}", look.tells), "the documents name too many".to_owned()));
        }
    }
    crontabs(&mut host);
    let folders = crate::config::program_folders();
    for program in &asked.programs {
        let there = folders.iter().any(|folder| is_program(&folder.join(program)));
        host.programs.insert(program.clone(), there);
    }
    for file in asked.files.iter().filter(|file| file.starts_with('/')) {
        if let Some(found) = found(Path::new(file)) {
            host.files.insert(file.clone(), found);
        }
    }
    host
}

/// Takes one look. What cannot be seen is not known, and why is kept for people.
async fn take(host: &mut Host, look: &Look, named: &str) {
    let Some(arguments) = look.filled(named) else { return };
    let arguments: Vec<&str> = arguments.iter().map(String::as_str).collect();
    let tells = if named.is_empty() { look.tells.to_owned() } else { format!("{} ({named})", look.tells) };
    let why = match capture(look.program, &arguments, TIMEOUT).await {
        // A user without a crontab is told so by an error.
        Ok(seen) if look.about == About::Crontab && seen.stderr.contains("no crontab for") => {
            host.crontab("crontab -l", "", false);
            return;
        }
        Ok(seen) if seen.cut => format!("`{}` printed too much", look.program),
        Ok(seen) if seen.code == Some(0) || look.about == About::Served => {
            if host.read(look.about, named, &seen.stdout) {
                return;
            }
            format!("`{}` printed what is not understood", look.program)
        }
        Ok(seen) => {
            let said = seen.stderr.lines().next().unwrap_or_default().trim().to_owned();
            if said.is_empty() { format!("`{}` failed", look.program) } else { said }
        }
        Err(Failure::NotRun(program, e)) if e.kind() == ErrorKind::NotFound => format!("`{program}` is not here"),
        Err(failure) => failure.to_string(),
    };
    host.unknown.push((tells, why));
}

/// The crontabs of the system, and those of all users where they may be read.
fn crontabs(host: &mut Host) {
    let folder = |path: &str| {
        let mut files: Vec<PathBuf> = std::fs::read_dir(path).ok()?.flatten().map(|entry| entry.path()).collect();
        files.sort();
        Some(files)
    };
    let mut every = true;
    let mut read = |path: &Path, names_user: bool| match std::fs::read_to_string(path) {
        Ok(text) => host.crontab(&path.display().to_string(), &text, names_user),
        Err(e) => every &= e.kind() == ErrorKind::NotFound,
    };
    read(Path::new("/etc/crontab"), true);
    folder("/etc/cron.d").unwrap_or_default().iter().for_each(|path| read(path, true));
    match folder(CRONTABS) {
        Some(files) => files.iter().for_each(|path| read(path, false)),
        None => every &= !Path::new(CRONTABS).exists(),
    }
    host.every_crontab = every;
}

fn is_program(path: &Path) -> bool {
    std::fs::metadata(path).is_ok_and(|about| about.is_file() && about.permissions().mode() & 0o111 != 0)
}

/// What lies at a path; `None` where we may not look.
fn found(path: &Path) -> Option<Found> {
    let about = match std::fs::metadata(path) {
        Ok(about) => about,
        Err(e) if matches!(e.kind(), ErrorKind::NotFound | ErrorKind::NotADirectory) => return Some(Found::Nothing),
        Err(_) => return None,
    };
    let ending = path.extension().and_then(|ending| ending.to_str()).unwrap_or_default();
    if !about.is_file() || !["db", "sqlite", "sqlite3"].contains(&ending) {
        return Some(Found::There);
    }
    // An empty database is an empty file.
    let mut start = [0; SQLITE.len()];
    match File::open(path).and_then(|mut file| file.read_exact(&mut start)) {
        Ok(()) if start == SQLITE => Some(Found::Sqlite),
        Ok(()) => Some(Found::NoSqlite),
        Err(e) if e.kind() == ErrorKind::UnexpectedEof => {
            Some(if about.len() == 0 { Found::Sqlite } else { Found::NoSqlite })
        }
        Err(_) => Some(Found::There),
    }
}
