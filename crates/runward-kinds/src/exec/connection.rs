//! A connection to another machine, made by the system's own `ssh` with all that it is configured with.
//!
//! Nothing of a command is ever part of a command line: what the machine is asked to run is the same text each time,
//! and everything else travels on its standard input. Before anything is sent the machine says hello, so that one
//! that cannot be reached has certainly run nothing.

use std::fs;
use std::io::{self, BufRead, BufReader, Read, Write};
use std::os::unix::fs::DirBuilderExt;
use std::os::unix::process::CommandExt;
use std::process::{Child, ChildStderr, ChildStdin, ChildStdout, Stdio};
use std::sync::mpsc::{Receiver, RecvTimeoutError, SyncSender, sync_channel};
use std::sync::{Arc, Mutex, PoisonError};
use std::time::{Duration, Instant};

use runward_core::run::Remote;

use super::job::There;
use super::wire::{self, Ask, PIECE, Request, Told};

/// What other machines are asked to run. Single quotes keep it one word for every login shell, so it may hold none.
/// Without Runward there, the values and the script are read from standard input, each ended by a zero byte: what
/// arrives in part is not run. A further line, or the end of the connection, ends the command.
const ASKED: &str = r#"exec bash --noprofile --norc -c 'if [ "$(runward __host speaks 2>/dev/null)" = "runward-host 1" ]; then echo; echo runward-hello supervised; exec runward __host serve; fi; umask 077; echo; echo runward-hello direct; while IFS= read -r -d "" pair; do [ -n "$pair" ] || break; export "$pair"; done; IFS= read -r -d "" script || exit 70; file=$(mktemp) || exit 70; tidy() { rm -f -- "$file"; }; trap tidy EXIT; printf %s "$script" >"$file" || exit 70; exec 3<&0; set -m; bash --noprofile --norc "$file" </dev/null 2>&1 3<&- & pid=$!; { IFS= read -r word <&3; kill -TERM -- "-$pid"; sleep 10; kill -KILL -- "-$pid"; } >/dev/null 2>&1 & watcher=$!; set +m; wait "$pid"; code=$?; kill -TERM -- "-$watcher" 2>/dev/null; echo "runward-exit $code" >&2'"#;

/// What a command there is given that has no supervisor to give it: it waits for nobody.
const USUAL: [&str; 5] =
    ["TERM=dumb", "PAGER=cat", "SYSTEMD_PAGER=cat", "GIT_PAGER=cat", "DEBIAN_FRONTEND=noninteractive"];

/// How long a machine may take to say hello.
const HELLO_WITHIN: Duration = Duration::from_secs(30);
/// What a login prints before we are heard is read up to here.
const NOISE: u64 = 64 * 1024;
/// What `ssh` complains of is kept up to here.
const COMPLAINTS: usize = 4 * 1024;

/// Who looks after a command there.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Other {
    /// A supervisor, as here.
    Supervised,
    /// The connection alone.
    Direct,
}

/// What is heard from there.
pub(super) enum Heard {
    Hello(Other),
    Told(Told),
    Printed(Vec<u8>),
    /// The status of a command without a supervisor.
    Exit(i32),
    Gone,
}

pub(super) struct Connection {
    ssh: Child,
    to: Option<ChildStdin>,
    heard: Receiver<Heard>,
    pub other: Other,
}

impl Connection {
    /// Goes there and waits until the machine has said hello; `given_up` is asked meanwhile.
    /// # Errors
    /// Why the machine cannot be reached, for people. Nothing was run there then.
    pub fn open(there: &There, hidden: &[String], given_up: impl Fn() -> bool) -> Result<Connection, String> {
        let name = &there.host.name;
        let mut ssh = spawn(there, hidden).map_err(|e| format!("`ssh` cannot be started: {e}"))?;
        let (Some(to), Some(stdout), Some(stderr)) = (ssh.stdin.take(), ssh.stdout.take(), ssh.stderr.take()) else {
            return Err("`ssh` cannot be spoken to".into());
        };
        let (tell, heard) = sync_channel(16);
        let complaints = Arc::new(Mutex::new(String::new()));
        let (also, kept) = (tell.clone(), complaints.clone());
        let complaining = std::thread::spawn(move || complain(stderr, &also, &kept));
        std::thread::spawn(move || listen(stdout, &tell));
        let mut connection = Connection { ssh, to: Some(to), heard, other: Other::Direct };
        let until = Instant::now() + HELLO_WITHIN;
        loop {
            match connection.hear(Duration::from_millis(100)) {
                Some(Heard::Hello(other)) => {
                    connection.other = other;
                    return Ok(connection);
                }
                Some(Heard::Gone) => {
                    let _ = connection.ssh.wait();
                    // Its last words may still be on their way; a connection that is shared keeps the pipe open.
                    let over = Instant::now() + Duration::from_millis(500);
                    while !complaining.is_finished() && Instant::now() < over {
                        std::thread::sleep(Duration::from_millis(10));
                    }
                    let said = complaints.lock().unwrap_or_else(PoisonError::into_inner).trim().to_owned();
                    return Err(unreachable(&there.host, &said));
                }
                _ if given_up() => return Err(format!("{name} was not waited for any longer")),
                _ if Instant::now() > until => return Err(format!("{name} did not answer in {HELLO_WITHIN:?}")),
                _ => {}
            }
        }
    }

    /// Asks the supervisor there.
    /// # Errors
    /// Where the connection is gone.
    pub fn ask(&mut self, database: &str, ask: Ask) -> io::Result<()> {
        let to = self.to.as_mut().ok_or(io::ErrorKind::NotConnected)?;
        wire::write(to, &Request { database: database.to_owned(), ask })
    }

    /// Hands over a script that no supervisor looks after.
    /// # Errors
    /// Where the connection is gone; or a zero byte would end what it stands in.
    pub fn hand_over<'v>(
        &mut self,
        env: impl Iterator<Item = (&'v String, &'v String)>,
        script: &str,
    ) -> io::Result<()> {
        let mut text = Vec::new();
        let named = env.map(|(name, value)| format!("{name}={value}"));
        for record in USUAL.iter().map(|pair| (*pair).to_owned()).chain(named).chain([String::new(), script.to_owned()])
        {
            if record.contains('\0') {
                return Err(io::ErrorKind::InvalidInput.into());
            }
            text.extend_from_slice(record.as_bytes());
            text.push(0);
        }
        let to = self.to.as_mut().ok_or(io::ErrorKind::NotConnected)?;
        to.write_all(&text)?;
        to.flush()
    }

    /// Wants the command ended.
    pub fn kill(&mut self) {
        if let Some(to) = &mut self.to {
            let _ = to.write_all(b"kill\n").and_then(|()| to.flush());
        }
    }

    /// The next thing heard, waited for so long.
    pub fn hear(&self, wait: Duration) -> Option<Heard> {
        match self.heard.recv_timeout(wait) {
            Ok(heard) => Some(heard),
            Err(RecvTimeoutError::Timeout) => None,
            Err(RecvTimeoutError::Disconnected) => Some(Heard::Gone),
        }
    }
}

impl Drop for Connection {
    fn drop(&mut self) {
        self.to = None;
        let _ = self.ssh.kill();
        let _ = self.ssh.wait();
    }
}

fn spawn(there: &There, hidden: &[String]) -> io::Result<Child> {
    fs::DirBuilder::new().recursive(true).mode(0o700).create(&there.connections)?;
    #[allow(clippy::disallowed_methods, reason = "this is the place that spawns")]
    let mut command = std::process::Command::new("ssh");
    for name in hidden {
        command.env_remove(name);
    }
    // Host keys are checked as the system's configuration says; a question that nobody answers is a refusal.
    command.args(["-T", "-a", "-x", "-o", "BatchMode=yes", "-o", "ConnectTimeout=10", "-o", "RemoteCommand=none"]);
    command.args(["-o", "ServerAliveInterval=5", "-o", "ServerAliveCountMax=3", "-o", "ClearAllForwardings=yes"]);
    // The socket is named relative to the folder: a path to it might be longer than sockets' names may be.
    command.args(["-o", "ControlMaster=auto", "-o", "ControlPath=%C", "-o", "ControlPersist=60"]);
    let Remote { address, user, port, identity, .. } = &there.host;
    for (option, value) in [("-l", user.clone()), ("-p", port.map(|p| p.to_string())), ("-i", identity.clone())] {
        if let Some(value) = value {
            command.arg(option).arg(value);
        }
    }
    command
        .arg("--")
        .arg(address)
        .arg(ASKED)
        .current_dir(&there.connections)
        .stdin(Stdio::piped())
        .stdout(Stdio::piped())
        .stderr(Stdio::piped())
        .process_group(0)
        .spawn()
}

/// Reads what comes over the connection, in the form that the machine's hello announces.
fn listen(stdout: ChildStdout, tell: &SyncSender<Heard>) {
    let mut from = BufReader::new(stdout);
    if let Some(other) = hello(&mut from) {
        let mut go_on = tell.send(Heard::Hello(other)).is_ok();
        while go_on {
            let heard = match other {
                Other::Supervised => told(&mut from),
                Other::Direct => printed(&mut from),
            };
            let Some(heard) = heard else { break };
            go_on = tell.send(heard).is_ok();
        }
    }
    let _ = tell.send(Heard::Gone);
}

fn hello(from: &mut BufReader<ChildStdout>) -> Option<Other> {
    let mut noise = from.take(NOISE);
    let mut line = Vec::new();
    while noise.read_until(b'\n', &mut line).ok()? > 0 {
        match line.trim_ascii() {
            b"runward-hello supervised" => return Some(Other::Supervised),
            b"runward-hello direct" => return Some(Other::Direct),
            _ => line.clear(),
        }
    }
    None
}

fn told(from: &mut BufReader<ChildStdout>) -> Option<Heard> {
    match wire::read(from).ok()? {
        Told::Output(length) if length > PIECE => None,
        Told::Output(length) => {
            let mut piece = vec![0; length];
            from.read_exact(&mut piece).ok()?;
            Some(Heard::Printed(piece))
        }
        told => Some(Heard::Told(told)),
    }
}

fn printed(from: &mut BufReader<ChildStdout>) -> Option<Heard> {
    let mut piece = vec![0; PIECE];
    match from.read(&mut piece).ok()? {
        0 => None,
        n => {
            piece.truncate(n);
            Some(Heard::Printed(piece))
        }
    }
}

/// Keeps what `ssh` has to say, and tells how a command ended that nobody there looks after.
fn complain(stderr: ChildStderr, tell: &SyncSender<Heard>, kept: &Mutex<String>) {
    for line in BufReader::new(stderr).split(b'\n').map_while(Result::ok) {
        let line = String::from_utf8_lossy(&line);
        match line.strip_prefix("runward-exit ").and_then(|code| code.trim().parse().ok()) {
            Some(code) => drop(tell.send(Heard::Exit(code))),
            None => {
                let mut kept = kept.lock().unwrap_or_else(PoisonError::into_inner);
                if kept.len() + line.len() < COMPLAINTS {
                    kept.push_str(&line);
                    kept.push('\n');
                }
            }
        }
    }
}

/// Why a machine cannot be reached, and what to do.
fn unreachable(host: &Remote, said: &str) -> String {
    let name = &host.name;
    let help = if said.contains("Host key verification failed") {
        format!(
            "\nhelp: log in once by hand as the user Runward runs as (`ssh {name}`) and check the key of the machine"
        )
    } else if said.contains("Permission denied") {
        format!("\nhelp: the user Runward runs as must get in without a question: `ssh {name} true`")
    } else {
        String::new()
    };
    let said = if said.is_empty() { "it closed the connection" } else { said };
    format!("{name} cannot be reached, so nothing was run there:\n{said}{help}")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_machines_are_asked_to_run_is_one_word_for_every_shell() {
        assert_eq!(ASKED.matches('\'').count(), 2);
        assert!(!ASKED.contains('\n') && ASKED.contains(wire::SPEAKS));
    }
}
