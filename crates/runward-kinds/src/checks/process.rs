//! Processes: looks for one by its command line.

use std::fs;
use std::pin::Pin;
use std::time::{Duration, Instant};

use runward_core::check::{Health, Observation};
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use super::{Check, Kind, one, read};

pub(super) const KIND: Kind = Kind {
    name: "process",
    what: "Looks for a running process by words of its command line.",
    example: r#"command = "redis-server"
at_least = 1"#,
    schema: || schemars::schema_for!(Process),
    parse: read::<Process>,
    of_target: |target| one("command", target),
};

#[derive(Debug, Deserialize, Serialize, JsonSchema)]
#[serde(deny_unknown_fields)]
struct Process {
    /// Words that stand in its command line, one after the other.
    command: String,
    /// How many there must be.
    #[serde(default = "one_process")]
    at_least: usize,
}

fn one_process() -> usize {
    1
}

impl Check for Process {
    fn look(&self, _timeout: Duration) -> Pin<Box<dyn Future<Output = Observation> + Send + '_>> {
        let command = self.command.clone();
        Box::pin(async move {
            let began = Instant::now();
            let counted = tokio::task::spawn_blocking(move || count(&command)).await;
            let mut seen = match counted {
                Ok(Ok(found)) => self.judge(found),
                Ok(Err(e)) => Observation::new(Health::Unknown, format!("the list of processes cannot be read: {e}")),
                Err(_) => Observation::new(Health::Unknown, "the list of processes could not be read"),
            };
            seen.took_us = u64::try_from(began.elapsed().as_micros()).unwrap_or(u64::MAX);
            seen
        })
    }

    fn target(&self) -> String {
        self.command.clone()
    }
}

impl Process {
    fn judge(&self, found: usize) -> Observation {
        match (found, self.at_least) {
            (0, 1..) => Observation::new(Health::Critical, "not running"),
            (found, wanted) if found < wanted => Observation::new(Health::Warn, format!("{found} of {wanted} running")),
            (1, _) => Observation::new(Health::Ok, "running"),
            (found, _) => Observation::new(Health::Ok, format!("{found} running")),
        }
    }
}

/// How many processes have the words in their command line. A zombie has no command line and is none.
fn count(command: &str) -> std::io::Result<usize> {
    let mut found = 0;
    for entry in fs::read_dir("/proc")? {
        let Ok(entry) = entry else { continue };
        let name = entry.file_name();
        let Some(pid) = name.to_str().and_then(|n| n.parse::<u32>().ok()) else { continue };
        if pid == std::process::id() {
            continue;
        }
        // A process may end while it is looked at.
        let Ok(line) = fs::read(entry.path().join("cmdline")) else { continue };
        if matches(&line, command) {
            found += 1;
        }
    }
    Ok(found)
}

/// Whether a command line, its words separated by NUL, holds the wanted words.
/// Who only speaks of a program (`grep redis-server`) is not that program.
fn matches(line: &[u8], wanted: &str) -> bool {
    const SPEAKERS: &[&str] = &[
        "bash", "sh", "dash", "zsh", "grep", "egrep", "pgrep", "pkill", "ssh", "sudo", "vim", "vi", "nano", "less",
        "tail", "watch", "timeout",
    ];
    let words: Vec<String> =
        line.split(|b| *b == 0).filter(|w| !w.is_empty()).map(|w| String::from_utf8_lossy(w).into_owned()).collect();
    let Some(program) = words.first().and_then(|p| p.rsplit('/').next()) else { return false };
    let first = wanted.split_whitespace().next().unwrap_or_default();
    let speaks = SPEAKERS.contains(&program.trim_start_matches('-')) && program != first;
    let supervises = words.get(1).is_some_and(|w| w == "__supervise");
    !speaks && !supervises && !wanted.trim().is_empty() && words.join(" ").contains(wanted.trim())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_process_is_told_from_those_who_speak_of_it() {
        for (line, wanted, expected) in [
            ("/usr/bin/redis-server\0*:6379\0", "redis-server", true),
            ("node\0/srv/app/server.js\0", "node /srv/app/server.js", true),
            ("grep\0redis-server\0", "redis-server", false),
            ("bash\0-c\0redis-server\0", "redis-server", false),
            ("bash\0/srv/run.sh\0", "bash /srv/run.sh", true),
            ("", "redis-server", false),
            ("/usr/bin/redis-server\0", " ", false),
        ] {
            assert_eq!(matches(line.as_bytes(), wanted), expected, "{line:?} {wanted}");
        }
    }
}
