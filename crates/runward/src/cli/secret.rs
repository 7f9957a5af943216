//! Asking for a password: without showing it at a terminal, from the first line of standard input elsewhere. Never from
//! an argument, which every user of the machine can read.

use std::io::{IsTerminal, Read, Stdin, Write};

use rustix::termios::{LocalModes, OptionalActions, Termios, tcgetattr, tcsetattr};
use secrecy::{ExposeSecret, SecretString};

use super::Failure;

/// The longest password that is read.
const LONGEST: usize = 1024;

/// A new password, asked for twice at a terminal; `None` where nothing was given.
pub(super) fn new_password(of: &str) -> Result<Option<SecretString>, Failure> {
    let stdin = std::io::stdin();
    if !stdin.is_terminal() {
        return Ok(given(first_line(&stdin)?));
    }
    let one = hidden(&stdin, &format!("Password for {of} (nothing: only links let them in): "))?;
    if one.expose_secret().is_empty() {
        return Ok(None);
    }
    let again = hidden(&stdin, "The same again: ")?;
    if one.expose_secret() != again.expose_secret() {
        return Err(Failure::Usage("the two passwords differ: nothing was changed".into()));
    }
    Ok(given(one))
}

fn given(password: SecretString) -> Option<SecretString> {
    Some(password).filter(|password| !password.expose_secret().is_empty())
}

fn first_line(stdin: &Stdin) -> Result<SecretString, Failure> {
    let mut typed = Vec::new();
    // One character more than may be, so that what is too long is refused and not cut off.
    let read = stdin.lock().take(LONGEST as u64 + 2).read_to_end(&mut typed);
    read.map_err(|e| Failure::Failed(format!("the password cannot be read: {e}")))?;
    let line = typed.split(|byte| *byte == b'\n').next().unwrap_or_default();
    text(line.strip_suffix(b"\r").unwrap_or(line).to_vec())
}

fn text(typed: Vec<u8>) -> Result<SecretString, Failure> {
    String::from_utf8(typed).map(SecretString::from).map_err(|_| Failure::Usage("the password is no text".into()))
}

/// Reads a line that the terminal does not show.
fn hidden(stdin: &Stdin, question: &str) -> Result<SecretString, Failure> {
    let before = Shown(tcgetattr(stdin).map_err(|e| Failure::Failed(format!("no terminal: {e}")))?);
    let mut quiet = before.0.clone();
    // Without signals, because Ctrl-C would leave a terminal behind that shows nothing any more.
    quiet.local_modes.remove(LocalModes::ECHO | LocalModes::ICANON | LocalModes::ISIG);
    tcsetattr(stdin, OptionalActions::Now, &quiet).map_err(|e| Failure::Failed(format!("no terminal: {e}")))?;
    say(question);
    let typed = typed(stdin);
    drop(before);
    say("\n");
    text(typed?)
}

fn typed(stdin: &Stdin) -> Result<Vec<u8>, Failure> {
    let mut typed: Vec<u8> = Vec::new();
    for byte in stdin.lock().bytes() {
        match byte.map_err(|e| Failure::Failed(format!("the password cannot be read: {e}")))? {
            b'\n' | b'\r' | 0 | 4 => break,
            3 => return Err(Failure::Quiet(130)),
            // One character back, of however many bytes.
            8 | 127 => while typed.pop().is_some_and(|byte| byte & 0xC0 == 0x80) {},
            // Ctrl-U: from the beginning.
            21 => typed.clear(),
            byte if typed.len() <= LONGEST => typed.push(byte),
            _ => {}
        }
    }
    Ok(typed)
}

fn say(text: &str) {
    let mut err = std::io::stderr().lock();
    let _ = err.write_all(text.as_bytes()).and_then(|()| err.flush());
}

/// The terminal as it was, which it becomes again however reading ends.
struct Shown(Termios);

impl Drop for Shown {
    fn drop(&mut self) {
        let _ = tcsetattr(std::io::stdin(), OptionalActions::Now, &self.0);
    }
}
