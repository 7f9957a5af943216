//! A real `sshd` with keys, a port and a home of its own, and an `ssh` that knows it as `kiln`.

use std::path::{Path, PathBuf};
use std::process::{Child, Command, Stdio};

use super::{Place, free_port, until};

/// Another machine, as far as anybody can tell who comes by SSH.
pub struct Sshd {
    listener: Child,
    program: &'static str,
    pub port: u16,
    /// Its folder: `home`, and `bin` at the beginning of its PATH.
    pub folder: PathBuf,
}

impl Sshd {
    /// Starts one beside a place and makes it known there; `None` where there is no `sshd`.
    pub async fn start(place: &Place, with_runward: bool) -> Option<Sshd> {
        let program = ["/usr/sbin/sshd", "/usr/local/sbin/sshd"].into_iter().find(|path| Path::new(path).exists());
        let Some(program) = program else {
            super::missing("openssh-server");
            return None;
        };
        let folder = std::fs::canonicalize(place.path("")).unwrap().join("far");
        for name in ["home", "bin"] {
            std::fs::create_dir_all(folder.join(name)).unwrap();
        }
        if rustix::process::getuid().is_root() {
            // Root's sshd wants this folder wherever it is started from.
            std::fs::create_dir_all("/run/sshd").unwrap();
        }
        for key in ["host", "user"] {
            let made = Command::new("ssh-keygen")
                .args(["-q", "-t", "ed25519", "-N", "", "-f"])
                .arg(folder.join(key))
                .status()
                .unwrap();
            assert!(made.success());
        }
        let port = free_port();
        let at = folder.display();
        let configuration = format!(
            "Port {port}\nListenAddress 127.0.0.1\nHostKey {at}/host\nAuthorizedKeysFile {at}/user.pub\nPidFile none\n\
             StrictModes no\nUsePAM no\nPasswordAuthentication no\nPermitRootLogin prohibit-password\n\
             MaxStartups 100\nMaxSessions 100\nPrintMotd no\n\
             SetEnv HOME={at}/home XDG_STATE_HOME={at}/home/state PATH={at}/bin:/usr/bin:/bin\n"
        );
        std::fs::write(folder.join("sshd_config"), configuration).unwrap();
        let sshd = Sshd { listener: listen(program, &folder), program, port, folder };
        sshd.listens().await;
        sshd.make_known(place);
        if with_runward {
            std::os::unix::fs::symlink(env!("CARGO_BIN_EXE_runward"), sshd.folder.join("bin/runward")).unwrap();
        }
        Some(sshd)
    }

    /// The system's own `ssh`, with a configuration of this place.
    fn make_known(&self, place: &Place) {
        let (at, port) = (self.folder.display(), self.port);
        let key = std::fs::read_to_string(self.folder.join("host.pub")).unwrap();
        std::fs::write(self.folder.join("known_hosts"), format!("[127.0.0.1]:{port} {key}")).unwrap();
        let user = String::from_utf8(Command::new("id").arg("-un").output().unwrap().stdout).unwrap();
        let configuration = format!(
            "Host kiln\n HostName 127.0.0.1\n Port {port}\n User {user}\n\
             Host *\n IdentityFile {at}/user\n IdentitiesOnly yes\n UserKnownHostsFile {at}/known_hosts\n\
             \x20GlobalKnownHostsFile /dev/null\n",
        );
        std::fs::write(self.folder.join("ssh_config"), configuration).unwrap();
        place.program("ssh", &format!("#!/bin/sh\nexec /usr/bin/ssh -F {at}/ssh_config \"$@\"\n"));
    }

    pub fn path(&self, name: &str) -> PathBuf {
        self.folder.join(name)
    }

    pub fn read(&self, name: &str) -> String {
        std::fs::read_to_string(self.folder.join(name)).unwrap_or_default()
    }

    /// Every connection breaks, as when the network goes away; new ones can be made.
    pub fn hang_up(&self) {
        for process in descendants(self.listener.id()).into_iter().rev() {
            let name = std::fs::read_to_string(format!("/proc/{process}/comm")).unwrap_or_default();
            if name.starts_with("sshd") {
                kill(process);
            }
        }
    }

    async fn listens(&self) {
        until("sshd listens", async || std::net::TcpStream::connect(("127.0.0.1", self.port)).ok()).await;
    }

    /// It answers again.
    pub async fn come_back(&mut self) {
        self.listener = listen(self.program, &self.folder);
        self.listens().await;
    }

    /// Nobody answers there any more.
    pub fn go_away(&mut self) {
        let _ = self.listener.kill();
        let _ = self.listener.wait();
    }
}

fn listen(program: &str, folder: &Path) -> Child {
    let log = std::fs::File::options().create(true).append(true).open(folder.join("sshd.log")).unwrap();
    Command::new(program)
        .args(["-D", "-e", "-f"])
        .arg(folder.join("sshd_config"))
        .stdin(Stdio::null())
        .stderr(log)
        .spawn()
        .unwrap()
}

impl Drop for Sshd {
    fn drop(&mut self) {
        self.hang_up();
        self.go_away();
    }
}

pub fn kill(process: u32) {
    let id = i32::try_from(process).ok().and_then(rustix::process::Pid::from_raw).unwrap();
    let _ = rustix::process::kill_process(id, rustix::process::Signal::KILL);
}

fn descendants(of: u32) -> Vec<u32> {
    let children = std::fs::read_to_string(format!("/proc/{of}/task/{of}/children")).unwrap_or_default();
    let children: Vec<u32> = children.split_whitespace().filter_map(|id| id.parse().ok()).collect();
    children.into_iter().flat_map(|child| [vec![child], descendants(child)].concat()).collect()
}
