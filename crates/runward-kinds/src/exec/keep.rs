//! Keeping files before a command changes them, so that they can be put back as they were.

use std::fs::{self, File, Permissions};
use std::io;
use std::os::unix::fs::{MetadataExt, PermissionsExt, chown, symlink};
use std::path::Path;

/// A file larger than this is not kept: what is put back are settings, not data.
const LARGEST: u64 = 64 * 1024 * 1024;

/// Keeps each file under its number: itself, with its owner and permissions, or `N.absent` where there is none.
/// What cannot be kept leaves nothing, so that putting it back fails rather than invents something.
/// # Errors
/// Where the folder cannot be written.
pub(super) fn files(folder: &Path, directory: &Path, paths: &[String]) -> io::Result<()> {
    if paths.is_empty() {
        return Ok(());
    }
    fs::create_dir_all(folder)?;
    fs::set_permissions(folder, Permissions::from_mode(0o700))?;
    for (at, path) in paths.iter().enumerate() {
        let from = directory.join(path);
        let kept = folder.join(at.to_string());
        match fs::symlink_metadata(&from) {
            Ok(about) if about.is_symlink() => link(&from, &kept, &folder.join(format!("{at}.behind")))?,
            Ok(about) if about.is_file() && about.len() <= LARGEST => copy(&from, &kept, &about)?,
            Ok(_) => {}
            Err(e) if e.kind() == io::ErrorKind::NotFound => {
                File::create(folder.join(format!("{at}.absent")))?.sync_all()?
            }
            Err(_) => {}
        }
    }
    File::open(folder)?.sync_all()
}

/// A link, and the file behind it, which is what most commands change. Where it leads nowhere nothing is kept: the
/// command may make a file there.
fn link(from: &Path, kept: &Path, behind: &Path) -> io::Result<()> {
    let Ok(about) = fs::metadata(from) else { return Ok(()) };
    if about.is_file() && about.len() <= LARGEST {
        copy(from, behind, &about)?;
        symlink(fs::read_link(from)?, kept)?;
    }
    Ok(())
}

fn copy(from: &Path, kept: &Path, about: &fs::Metadata) -> io::Result<()> {
    // A file that may not be read cannot be kept; the command may still be able to change it.
    let Ok(mut source) = File::open(from) else { return Ok(()) };
    let mut target = File::create(kept)?;
    io::copy(&mut source, &mut target)?;
    // Somebody else's file: only root can keep its owner.
    let _ = chown(kept, Some(about.uid()), Some(about.gid()));
    fs::set_permissions(kept, Permissions::from_mode(about.mode() & 0o7777))?;
    target.sync_all()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn files_are_kept_as_they_are_and_absence_too() {
        let place = tempfile::tempdir().unwrap();
        let path = |name: &str| place.path().join(name);
        fs::write(path("till.env"), "A=1\n").unwrap();
        fs::set_permissions(path("till.env"), Permissions::from_mode(0o640)).unwrap();
        fs::create_dir(path("sites-available")).unwrap();
        fs::write(path("sites-available/till"), "listen 80;\n").unwrap();
        symlink("sites-available/till", path("till.conf")).unwrap();
        symlink("nowhere", path("lost")).unwrap();
        let wanted: Vec<String> = ["till.env", "till.conf", "flag", ".", "lost"].map(str::to_owned).into();
        files(&path("kept"), place.path(), &wanted).unwrap();
        assert_eq!(fs::read_to_string(path("kept/0")).unwrap(), "A=1\n");
        assert_eq!(fs::metadata(path("kept/0")).unwrap().mode() & 0o777, 0o640);
        assert_eq!(fs::read_link(path("kept/1")).unwrap(), Path::new("sites-available/till"));
        assert_eq!(
            fs::read_to_string(path("kept/1.behind")).unwrap(),
            "listen 80;\n",
            "what the link leads to as well"
        );
        assert!(!fs::exists(path("kept/4")).unwrap() && path("kept/4").symlink_metadata().is_err());
        assert!(path("kept/2.absent").exists());
        assert!(!path("kept/3").exists(), "a folder is not kept");
    }
}
