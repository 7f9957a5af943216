//! What is said over a connection to another machine where Runward is as well.
//!
//! First the machine says which of both it can do, then it is told what to do, once. What comes back are lines of
//! JSON; behind a line that announces output follow that many bytes.

use std::collections::BTreeMap;
use std::io::{self, BufRead, Read, Write};

use runward_core::effect::Order;
use runward_core::run::JobId;
use serde::{Deserialize, Serialize};

use super::job::Left;

/// What both sides must speak. Another number for every change that the other side would not understand.
pub const SPEAKS: &str = "runward-host 1";

/// No line is longer: a script, its values, and nothing else.
const LONGEST: u64 = 8 * 1024 * 1024;
/// No piece of output is larger.
pub(super) const PIECE: usize = 64 * 1024;

/// What is wanted of the other machine.
#[derive(Debug, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct Request {
    /// Whose jobs: the database's own name.
    pub database: String,
    pub ask: Ask,
}

#[derive(Debug, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub(super) enum Ask {
    /// Start this, unless it is known already, and tell what comes of it.
    Start { order: Box<Order>, secrets: BTreeMap<String, String> },
    /// Tell what came of this; if it has not begun, it never may.
    Attach { job: JobId },
}

/// What is told of a command.
#[derive(Debug, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub(super) enum Told {
    /// So many bytes of output follow.
    Output(usize),
    /// It ended.
    Ended(Left),
    /// It began, and nobody knows how it ended.
    Lost,
    /// It has not begun, and never will.
    NotStarted,
    /// It could not be started.
    Failed(String),
}

/// Reads one line as what it says.
/// # Errors
/// Where the other side has gone or says something else.
pub(super) fn read<T: for<'d> Deserialize<'d>>(from: &mut impl BufRead) -> io::Result<T> {
    let mut line = Vec::new();
    from.take(LONGEST).read_until(b'\n', &mut line)?;
    if line.last() != Some(&b'\n') {
        return Err(io::ErrorKind::UnexpectedEof.into());
    }
    Ok(serde_json::from_slice(&line)?)
}

/// Writes one line.
/// # Errors
/// Where the other side has gone.
pub(super) fn write(to: &mut impl Write, what: &impl Serialize) -> io::Result<()> {
    let mut line = serde_json::to_vec(what)?;
    line.push(b'\n');
    to.write_all(&line)?;
    to.flush()
}
