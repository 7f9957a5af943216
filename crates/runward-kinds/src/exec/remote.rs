//! The supervisor of a step on another machine: hands it over, takes in its output, and asks again when the
//! connection is lost.

use std::collections::BTreeMap;
use std::fs::File;
use std::io::{self, Write};
use std::path::Path;
use std::time::{Duration, Instant};

use runward_core::run::Exit;

use super::connection::{Connection, Heard, Other};
use super::job::{Left, Started, There, Written, write_durably};
use super::output::Keeper;
use super::supervise::{GRACE, LINGER, known_secrets};
use super::wire::{Ask, Told};

/// How often it is looked whether somebody wants the command ended.
const LOOK_EVERY: Duration = Duration::from_millis(100);
/// How much longer than the command may take a machine is asked again after the connection to it was lost.
const ASK_AGAIN: Duration = Duration::from_secs(60);
/// How long to wait before the machine is tried again, at most.
const PAUSE: Duration = Duration::from_secs(5);

/// Looks after a job whose command runs on another machine.
/// # Errors
/// Where the job's folder cannot be written.
pub(super) fn supervise(folder: &Path, order: &Written, there: &There) -> io::Result<()> {
    let job = Job { folder, order, there };
    if folder.join("started.json").exists() {
        return job.supervised(None);
    }
    match Connection::open(there, &order.secrets, || job.is_unwanted()) {
        Err(why) => job.not_started(&why),
        Ok(connection) => {
            let supervised_there = connection.other == Other::Supervised;
            let started = Started { pid: std::process::id(), supervised_there };
            // From here on the command counts as begun.
            write_durably(folder, "started.json", &serde_json::to_vec(&started)?)?;
            if supervised_there { job.supervised(Some(connection)) } else { job.direct(connection) }
        }
    }
}

struct Job<'j> {
    folder: &'j Path,
    order: &'j Written,
    there: &'j There,
}

/// How a conversation ended.
enum Came {
    To(Told),
    Nothing,
}

impl Job<'_> {
    fn is_unwanted(&self) -> bool {
        self.folder.join("kill").exists()
    }

    fn timeout(&self) -> Duration {
        Duration::from_millis(self.order.timeout_ms)
    }

    fn keeper(&self) -> io::Result<Keeper> {
        Ok(Keeper::new(File::create(self.folder.join("output"))?, known_secrets(&self.order.secrets)))
    }

    /// The secret variables that the script itself names: a machine is told no others.
    fn secrets(&self) -> BTreeMap<String, String> {
        let script = &self.order.script;
        let named = |name: &str| script.contains(&format!("${name}")) || script.contains(&format!("${{{name}"));
        known_secrets(&self.order.secrets).into_iter().filter(|(name, _)| named(name)).collect()
    }

    fn not_started(&self, why: &str) -> io::Result<()> {
        let mut output = File::create(self.folder.join("output"))?;
        writeln!(output, "{why}")?;
        output.sync_all()?;
        self.ended(&Left { exit: Exit::NotStarted, ..Left::default() })
    }

    fn ended(&self, left: &Left) -> io::Result<()> {
        write_durably(self.folder, "exit.json", &serde_json::to_vec(left)?)
    }

    fn lost(&self) -> io::Result<()> {
        write_durably(self.folder, "lost", b"")
    }

    /// Speaks to a supervisor there until its command has ended, over as many connections as it takes.
    fn supervised(&self, first: Option<Connection>) -> io::Result<()> {
        let order = &self.there.order;
        let mut next = first
            .map(|connection| (connection, Ask::Start { order: Box::new(order.clone()), secrets: self.secrets() }));
        loop {
            if let Some((connection, ask)) = next.take() {
                let mut keeper = self.keeper()?;
                let came = self.converse(connection, ask, &mut keeper);
                keeper.finish();
                match came {
                    Came::To(Told::Ended(left)) => return self.ended(&left),
                    Came::To(Told::Failed(why)) => return self.not_started(&why),
                    Came::To(Told::NotStarted) => return write_durably(self.folder, "abandoned", b""),
                    Came::To(_) => return self.lost(),
                    Came::Nothing => {}
                }
            }
            let Some(connection) = self.again() else { return self.lost() };
            next = Some((connection, Ask::Attach { job: order.job }));
        }
    }

    /// Goes there again, for as long as it may be worth it. A machine that has no supervisor any more cannot tell.
    fn again(&self) -> Option<Connection> {
        let until = Instant::now() + self.timeout() + GRACE + ASK_AGAIN;
        let mut pause = LOOK_EVERY;
        while Instant::now() < until {
            if let Ok(connection) = Connection::open(self.there, &self.order.secrets, || false) {
                return Some(connection).filter(|connection| connection.other == Other::Supervised);
            }
            std::thread::sleep(pause);
            pause = (pause * 2).min(PAUSE);
        }
        None
    }

    fn converse(&self, mut connection: Connection, ask: Ask, keeper: &mut Keeper) -> Came {
        if connection.ask(&self.there.database, ask).is_err() {
            return Came::Nothing;
        }
        let mut asked_to_end = false;
        loop {
            match connection.hear(LOOK_EVERY) {
                Some(Heard::Printed(piece)) => keeper.push(&piece),
                Some(Heard::Told(told)) => return Came::To(told),
                Some(Heard::Gone) => return Came::Nothing,
                Some(Heard::Hello(_) | Heard::Exit(_)) | None => {}
            }
            if !asked_to_end && self.is_unwanted() {
                asked_to_end = true;
                connection.kill();
            }
        }
    }

    /// Runs a command that nobody there looks after: with the connection everything is lost.
    fn direct(&self, mut connection: Connection) -> io::Result<()> {
        let began = Instant::now();
        let mut keeper = self.keeper()?;
        let secrets = self.secrets();
        let env = self.order.env.iter().chain(&secrets);
        if let Err(e) = connection.hand_over(env, &self.order.script) {
            // What arrived in part is not run; but whether all of it arrived nobody can tell.
            return if e.kind() == io::ErrorKind::InvalidInput {
                self.not_started("a value holds a zero byte")
            } else {
                self.lost()
            };
        }
        let (mut ended_by, mut until) = (None, began + self.timeout());
        let code = loop {
            match connection.hear(LOOK_EVERY) {
                Some(Heard::Printed(piece)) => keeper.push(&piece),
                Some(Heard::Exit(code)) => break Some(code),
                Some(Heard::Gone) => break None,
                Some(Heard::Hello(_) | Heard::Told(_)) | None => {}
            }
            let over = Instant::now() >= until;
            match ended_by {
                None if over || self.is_unwanted() => {
                    ended_by = Some(if over { Exit::TimedOut } else { Exit::Killed });
                    until = Instant::now() + GRACE + GRACE;
                    connection.kill();
                }
                Some(_) if over => break None,
                _ => {}
            }
        };
        // What it printed last may come behind its status.
        while let Some(Heard::Printed(piece)) = connection.hear(LINGER).filter(|_| code.is_some()) {
            keeper.push(&piece);
        }
        let taken = keeper.finish();
        let Some(code) = code else { return self.lost() };
        let took_ms = u64::try_from(began.elapsed().as_millis()).unwrap_or(u64::MAX);
        self.ended(&Left::of(ended_by.unwrap_or(Exit::Code(code)), took_ms, taken))
    }
}
