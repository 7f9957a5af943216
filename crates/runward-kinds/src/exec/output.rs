//! What is kept of an output: its beginning and its end in a file, its length, and a hash of all of it.

use std::fs::File;
use std::io::Write;

use runward_core::command::redact::{Redactor, Stream};
use sha2::{Digest, Sha256};

/// How much of an output's beginning and of its end is kept.
pub(super) const KEPT: usize = 1024 * 1024;

/// How much was printed and kept.
#[derive(Debug, Default)]
pub(super) struct Taken {
    pub bytes: u64,
    pub dropped: u64,
    pub tail_at: u64,
    pub sha256: String,
}

/// Takes output without ever holding up who prints it: secrets are taken out, the middle is only counted.
pub(super) struct Keeper {
    output: File,
    stream: Stream,
    clean: Vec<u8>,
    kept: usize,
    tail: Vec<u8>,
    taken: Taken,
    hash: Sha256,
}

impl Keeper {
    /// Keeps it in this file without the secrets of these names and values.
    pub fn new(output: File, secrets: impl IntoIterator<Item = (String, String)>) -> Keeper {
        Keeper {
            output,
            stream: Stream::new(Redactor::new(secrets)),
            clean: Vec::new(),
            kept: 0,
            tail: Vec::new(),
            taken: Taken::default(),
            hash: Sha256::new(),
        }
    }

    /// Takes what was printed next.
    pub fn push(&mut self, printed: &[u8]) {
        self.taken.bytes += printed.len() as u64;
        let mut clean = std::mem::take(&mut self.clean);
        self.stream.push(printed, &mut clean);
        self.keep(&clean);
        clean.clear();
        self.clean = clean;
    }

    /// A full disk ends no command: what cannot be written is counted as dropped.
    fn keep(&mut self, bytes: &[u8]) {
        self.hash.update(bytes);
        let room = KEPT.saturating_sub(self.kept).min(bytes.len());
        if self.output.write_all(&bytes[..room]).is_err() {
            self.taken.dropped += room as u64;
        }
        self.kept += room;
        self.tail.extend_from_slice(&bytes[room..]);
        // Trimmed seldom, so that a flood costs one copy of its bytes and no more.
        if self.tail.len() > 2 * KEPT {
            self.trim();
        }
    }

    fn trim(&mut self) {
        let excess = self.tail.len().saturating_sub(KEPT);
        self.tail.drain(..excess);
        self.taken.dropped += excess as u64;
    }

    /// Writes the end and makes all of it durable.
    pub fn finish(mut self) -> Taken {
        let mut rest = Vec::new();
        self.stream.finish(&mut rest);
        self.keep(&rest);
        self.trim();
        self.taken.tail_at = self.kept as u64;
        if self.output.write_all(&self.tail).is_err() {
            self.taken.dropped += self.tail.len() as u64;
        }
        let _ = self.output.sync_all();
        self.taken.sha256 = self.hash.finalize().iter().map(|byte| format!("{byte:02x}")).collect();
        self.taken
    }
}

#[cfg(test)]
mod tests {
    use std::io::Read;

    use super::*;

    #[test]
    fn the_hash_is_of_all_that_was_printed_without_its_secrets() {
        let mut file = tempfile::tempfile().unwrap();
        let secrets = [("KEY".to_owned(), "tell-nobody".to_owned())];
        let mut keeper = Keeper::new(file.try_clone().unwrap(), secrets);
        for piece in ["the key is tell", "-nobody", "\n"] {
            keeper.push(piece.as_bytes());
        }
        let taken = keeper.finish();
        let mut kept = String::new();
        std::io::Seek::rewind(&mut file).unwrap();
        file.read_to_string(&mut kept).unwrap();
        let clean = "the key is ‹KEY›\n";
        let expected: String = Sha256::digest(clean).iter().map(|byte| format!("{byte:02x}")).collect();
        assert_eq!((kept.as_str(), taken.sha256, taken.bytes, taken.dropped), (clean, expected, 23, 0));
    }

    #[test]
    fn a_full_disk_is_counted() {
        let Ok(full) = File::options().write(true).open("/dev/full") else { return };
        let mut keeper = Keeper::new(full, []);
        keeper.push(b"lost\n");
        let taken = keeper.finish();
        assert_eq!((taken.bytes, taken.dropped), (5, 5));
    }
}
