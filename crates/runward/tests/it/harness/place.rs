//! A folder with a runbook and a configuration, and `runward` run in it as a user would.

use std::collections::BTreeMap;
use std::fs::File;
use std::io::Write;
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};

use tempfile::TempDir;

/// What a command printed and how it ended.
#[derive(Debug)]
pub struct Said {
    pub code: i32,
    pub out: String,
    pub err: String,
}

/// A folder of its own for one story.
pub struct Place {
    folder: TempDir,
    pub env: BTreeMap<String, String>,
    /// The user everything is run as, where that is another one.
    pub user: Option<u32>,
}

impl Place {
    pub fn new() -> Place {
        let folder = tempfile::tempdir().unwrap();
        std::fs::create_dir(folder.path().join("bin")).unwrap();
        let inherited = std::env::var("PATH").unwrap();
        let path = format!("{}:{inherited}", folder.path().join("bin").display());
        let env = BTreeMap::from([
            ("PATH".into(), path),
            ("HOME".into(), folder.path().display().to_string()),
            ("USER".into(), "tester".into()),
            ("NO_COLOR".into(), "1".into()),
        ]);
        Place { folder, env, user: None }
    }

    /// A place with a configuration and a runbook.
    pub fn with(runbook: &str, configuration: &str) -> Place {
        let place = Place::new();
        place.write("ops.md", runbook);
        place.write("runward.toml", configuration);
        place
    }

    pub fn path(&self, name: impl AsRef<Path>) -> PathBuf {
        self.folder.path().join(name)
    }

    pub fn write(&self, name: &str, text: impl AsRef<[u8]>) {
        let path = self.path(name);
        std::fs::create_dir_all(path.parent().unwrap()).unwrap();
        std::fs::write(path, text).unwrap();
    }

    pub fn read(&self, name: &str) -> String {
        std::fs::read_to_string(self.path(name)).unwrap_or_default()
    }

    /// Puts a program where commands and checks find it before all others.
    pub fn program(&self, name: &str, text: &str) {
        use std::os::unix::fs::PermissionsExt;
        let path = self.path("bin").join(name);
        std::fs::write(&path, text).unwrap();
        std::fs::set_permissions(&path, std::fs::Permissions::from_mode(0o755)).unwrap();
    }

    /// `runward` with these arguments, not started yet.
    pub fn command(&self, arguments: &[&str]) -> Command {
        let mut command = Command::new(env!("CARGO_BIN_EXE_runward"));
        command.args(arguments).current_dir(self.folder.path()).env_clear().envs(&self.env).stdin(Stdio::null());
        if let Some(user) = self.user {
            use std::os::unix::process::CommandExt;
            command.uid(user).gid(user);
        }
        command
    }

    /// Runs `runward` to its end. Blocking: only for stories whose receiver of pages is not needed meanwhile.
    pub fn runward(&self, arguments: &[&str]) -> Said {
        said(self.command(arguments).output().unwrap())
    }

    /// Runs `runward` to its end while the story goes on.
    pub async fn run(&self, arguments: &[&str]) -> Said {
        let mut command = self.command(arguments);
        tokio::task::spawn_blocking(move || said(command.output().unwrap())).await.unwrap()
    }

    /// Runs `runward` with a person at its terminal, who types these lines and then goes away.
    pub async fn run_at_terminal(&self, arguments: &[&str], typed: &[&str]) -> Said {
        let (mut person, program) = terminal();
        let mut command = self.command(arguments);
        command.stdin(program);
        for line in typed {
            writeln!(person, "{line}").unwrap();
        }
        // Ctrl-D: nothing more comes.
        person.write_all(b"\x04").unwrap();
        let said = tokio::task::spawn_blocking(move || said(command.output().unwrap())).await.unwrap();
        drop(person);
        said
    }
}

/// Both ends of a terminal: a person's and a program's.
pub fn terminal() -> (File, File) {
    use rustix::pty::{OpenptFlags, grantpt, openpt, ptsname, unlockpt};
    let person = openpt(OpenptFlags::RDWR | OpenptFlags::NOCTTY).unwrap();
    grantpt(&person).unwrap();
    unlockpt(&person).unwrap();
    let name = ptsname(&person, Vec::new()).unwrap();
    let program = File::options().read(true).write(true).open(name.to_str().unwrap()).unwrap();
    (person.into(), program)
}

fn said(output: std::process::Output) -> Said {
    Said {
        code: output.status.code().unwrap_or(-1),
        out: String::from_utf8(output.stdout).unwrap(),
        err: String::from_utf8(output.stderr).unwrap(),
    }
}
