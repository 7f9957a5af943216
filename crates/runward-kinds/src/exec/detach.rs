//! Starting a process that goes on by itself: in a session of its own, holding nothing of ours.

use std::fs::File;
use std::io;
use std::path::Path;
use std::process::Stdio;

/// Starts a program in the background; what it prints is appended to a file.
/// # Errors
/// Where it cannot be started or the file cannot be written.
pub fn detach(program: &Path, arguments: &[String], output: &Path) -> io::Result<()> {
    let output = File::options().create(true).append(true).open(output)?;
    #[allow(clippy::disallowed_methods, reason = "this is the place that spawns")]
    let mut command = std::process::Command::new(program);
    use std::os::unix::process::CommandExt;
    command.args(arguments).stdin(Stdio::null()).stdout(output.try_clone()?).stderr(output).process_group(0);
    let mut child = command.spawn()?;
    // Somebody must take its end in, or it would stay as a zombie for as long as we live.
    std::thread::Builder::new().stack_size(64 * 1024).spawn(move || child.wait())?;
    Ok(())
}
