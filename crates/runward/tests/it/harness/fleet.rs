//! Services as real processes, with a `systemctl` and a `journalctl` that know them.

use std::fs;
use std::path::PathBuf;

use rustix::process::{Pid, Signal, kill_process};

use super::{Place, until};

/// The fleet of a place; it ends with the story.
pub struct Fleet {
    folder: PathBuf,
    names: Vec<String>,
}

impl Fleet {
    /// A fleet of a place, and the programs that act on it.
    pub fn of(place: &Place) -> Fleet {
        let folder = place.path("fleet");
        for part in ["logs", "units"] {
            fs::create_dir_all(folder.join(part)).unwrap();
        }
        for (name, text) in [
            ("systemctl", include_str!("../fakes/systemctl")),
            ("journalctl", include_str!("../fakes/journalctl")),
            ("sudo", include_str!("../fakes/sudo")),
        ] {
            let text = text.replace("@FLEET@", &folder.display().to_string());
            place.program(name, &text.replace("@RUNWARD@", env!("CARGO_BIN_EXE_runward")));
        }
        Fleet { folder, names: Vec::new() }
    }

    /// Starts a service under a systemd unit and waits until it answers.
    pub async fn start(&mut self, place: &Place, name: &str, unit: &str, port: u16) {
        fs::write(self.folder.join("units").join(unit), name).unwrap();
        let folder = self.folder.display().to_string();
        let port = port.to_string();
        let arguments = ["__fleet", "serve", name, "--port", port.as_str(), "--folder", folder.as_str()];
        fs::write(self.folder.join(format!("{name}.start")), arguments.join("\n")).unwrap();
        let log = fs::File::create(self.folder.join("logs").join(format!("{name}.log"))).unwrap();
        let mut command = place.command(&arguments);
        let mut child = command.stdout(log.try_clone().unwrap()).stderr(log).spawn().unwrap();
        std::thread::spawn(move || child.wait());
        self.names.push(name.to_owned());
        until(&format!("{name} listens on port {port}"), async || self.pid(name)).await;
    }

    fn pid(&self, name: &str) -> Option<Pid> {
        Pid::from_raw(fs::read_to_string(self.folder.join(format!("{name}.pid"))).ok()?.trim().parse().ok()?)
    }

    /// Ends a service as a crash would.
    pub fn kill(&self, name: &str) {
        let pid = self.pid(name).unwrap_or_else(|| panic!("{name} runs"));
        kill_process(pid, Signal::KILL).unwrap();
    }

    /// What `systemctl` was asked to change, in order.
    pub fn calls(&self) -> Vec<String> {
        let text = fs::read_to_string(self.folder.join("calls")).unwrap_or_default();
        text.lines().map(str::to_owned).collect()
    }
}

impl Drop for Fleet {
    fn drop(&mut self) {
        for pid in self.names.iter().filter_map(|name| self.pid(name)) {
            let _ = kill_process(pid, Signal::KILL);
        }
    }
}
