//! The catalogue on disk: files that only root can have written.

use std::fs::{self, File, Metadata, Permissions};
use std::io::{self, Read, Write};
use std::os::unix::fs::{MetadataExt, OpenOptionsExt, PermissionsExt};
use std::path::Path;

use runward_core::run::catalogue::Entry;

/// No file of a catalogue is larger.
const LARGEST: u64 = 16 * 1024 * 1024;
/// No catalogue has more files.
const MOST_FILES: usize = 256;

/// Every approved step.
/// # Errors
/// Where anybody but root could have written one of them, or one is not what its hash says. Then none counts.
pub fn read(folder: &Path) -> Result<Vec<Entry>, String> {
    only_roots(folder)?;
    let wrong = |path: &Path, e: &dyn std::fmt::Display| format!("{}: {e}", path.display());
    let listed = fs::read_dir(folder).map_err(|e| wrong(folder, &e))?;
    let mut paths = Vec::new();
    for entry in listed {
        let path = entry.map_err(|e| wrong(folder, &e))?.path();
        if path.extension().is_some_and(|e| e == "json") {
            paths.push(path);
        }
    }
    if paths.len() > MOST_FILES {
        return Err(format!("{}: more than {MOST_FILES} files", folder.display()));
    }
    paths.sort();
    let mut entries = Vec::new();
    for path in &paths {
        entries.extend(file(path).map_err(|e| wrong(path, &e))?);
    }
    Ok(entries)
}

fn file(path: &Path) -> Result<Vec<Entry>, String> {
    // A link could lead to what somebody else may write.
    let flags = rustix::fs::OFlags::NOFOLLOW.bits() | rustix::fs::OFlags::NONBLOCK.bits();
    let opened = File::options().read(true).custom_flags(flags.cast_signed()).open(path);
    let opened = opened.map_err(|e| match e.raw_os_error() {
        Some(code) if code == rustix::io::Errno::LOOP.raw_os_error() => "it is a link, which does not count".into(),
        _ => e.to_string(),
    })?;
    let about = opened.metadata().map_err(|e| e.to_string())?;
    if !about.is_file() {
        return Err("it is no regular file".into());
    }
    is_roots(&about)?;
    let mut text = String::new();
    opened.take(LARGEST + 1).read_to_string(&mut text).map_err(|e| e.to_string())?;
    if text.len() as u64 > LARGEST {
        return Err(format!("it is larger than {LARGEST} bytes"));
    }
    let entries: Vec<Entry> = serde_json::from_str(&text).map_err(|e| format!("it is no catalogue: {e}"))?;
    for entry in &entries {
        entry.check().map_err(|why| format!("{}: {why}", entry.step))?;
    }
    Ok(entries)
}

/// The folder and every one above it: whoever may write one of them can put another in its place.
fn only_roots(folder: &Path) -> Result<(), String> {
    let whole = fs::canonicalize(folder).map_err(|e| format!("{}: {e}", folder.display()))?;
    for (at, part) in whole.ancestors().enumerate() {
        let about = fs::symlink_metadata(part).map_err(|e| format!("{}: {e}", part.display()))?;
        // In a folder like /tmp others may write, but not rename what is root's.
        let is_sticky = at > 0 && about.mode() & 0o1000 != 0 && about.uid() == 0;
        if !is_sticky {
            is_roots(&about).map_err(|why| format!("{}: {why}", part.display()))?;
        }
    }
    Ok(())
}

fn is_roots(about: &Metadata) -> Result<(), String> {
    if about.uid() != 0 {
        return Err(format!("it belongs to the user {} and not to root: `chown root:root` it", about.uid()));
    }
    if about.mode() & 0o022 != 0 {
        return Err(format!("others may write it (mode {:04o}): `chmod go-w` it", about.mode() & 0o7777));
    }
    Ok(())
}

/// Puts a file of approved steps into a catalogue: whole, or not at all.
/// # Errors
/// Where it cannot be written.
pub fn write(folder: &Path, name: &str, entries: &[Entry]) -> io::Result<()> {
    if !folder.exists() {
        fs::create_dir_all(folder)?;
        fs::set_permissions(folder, Permissions::from_mode(0o755))?;
    }
    let (part, whole) = (folder.join(format!(".{name}.part")), folder.join(format!("{name}.json")));
    match fs::remove_file(&part) {
        Err(e) if e.kind() != io::ErrorKind::NotFound => return Err(e),
        _ => {}
    }
    let mut file = File::options().create_new(true).write(true).mode(0o644).open(&part)?;
    serde_json::to_writer_pretty(&mut file, entries)?;
    file.write_all(b"\n")?;
    file.set_permissions(Permissions::from_mode(0o644))?;
    file.sync_all()?;
    fs::rename(&part, &whole)?;
    File::open(folder)?.sync_all()
}
