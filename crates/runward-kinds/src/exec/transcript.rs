//! What a command printed, read while it still prints.

use std::fs::{self, File};
use std::io::{self, Read, Seek, SeekFrom};
use std::path::PathBuf;

use runward_core::run::{Exit, JobId};

use super::job::Left;
use super::output::KEPT;

/// How much is read at once.
const PIECE: u64 = 32 * 1024;

/// Where commands leave what they print.
#[derive(Clone, Debug)]
pub struct Transcripts {
    folder: PathBuf,
}

impl Transcripts {
    /// Those in the folder that holds one folder for each job.
    pub fn new(folder: PathBuf) -> Transcripts {
        Transcripts { folder }
    }

    /// The transcript of one try; there may be nothing in it yet.
    pub fn of(&self, job: JobId) -> Transcript {
        Transcript { folder: self.folder.join(job.to_string()), output: None, left: None, at: 0, skipped: false }
    }
}

/// What one try printed, from where it was read last.
#[derive(Debug)]
pub struct Transcript {
    folder: PathBuf,
    output: Option<File>,
    left: Option<Left>,
    at: u64,
    /// Whether it was told already that the middle was not kept.
    skipped: bool,
}

/// What comes next in a transcript.
#[derive(Debug, PartialEq, Eq)]
pub enum Piece {
    /// This was printed.
    Printed(Vec<u8>),
    /// So many bytes were printed here and not kept.
    LeftOut(u64),
    /// Nothing more yet.
    Nothing,
    /// Nothing more ever: the command ended.
    Over(Exit),
}

impl Transcript {
    /// How many bytes were read.
    pub fn at(&self) -> u64 {
        self.at
    }

    /// What comes next, at most up to `end` where that is ahead.
    /// # Errors
    /// Where it cannot be read.
    pub fn next(&mut self, end: Option<u64>) -> io::Result<Piece> {
        // Asked before reading: whatever was written before this file is there to be read.
        if self.left.is_none() {
            self.left =
                fs::read(self.folder.join("exit.json")).ok().and_then(|text| serde_json::from_slice(&text).ok());
        }
        // Before the end only the beginning is sure to be what was printed in this order.
        let mut limit = self.left.as_ref().map_or(KEPT as u64, |_| u64::MAX);
        if let Some(left) = self.left.as_ref().filter(|left| left.dropped > 0 && !self.skipped) {
            if self.at >= left.tail_at {
                self.skipped = true;
                return Ok(Piece::LeftOut(left.dropped));
            }
            limit = left.tail_at;
        }
        limit = end.filter(|end| *end > self.at).unwrap_or(u64::MAX).min(limit);
        let room = limit.saturating_sub(self.at).min(PIECE);
        let mut piece = Vec::new();
        if let Some(output) = self.output()? {
            output.take(room).read_to_end(&mut piece)?;
        }
        self.at += piece.len() as u64;
        Ok(match (&self.left, piece.is_empty()) {
            (_, false) => Piece::Printed(piece),
            (Some(left), true) => Piece::Over(left.exit.clone()),
            (None, true) => Piece::Nothing,
        })
    }

    fn output(&mut self) -> io::Result<Option<&mut File>> {
        if self.output.is_none() {
            match File::open(self.folder.join("output")) {
                Ok(mut file) => {
                    file.seek(SeekFrom::Start(self.at))?;
                    self.output = Some(file);
                }
                Err(e) if e.kind() == io::ErrorKind::NotFound => return Ok(None),
                Err(e) => return Err(e),
            }
        }
        Ok(self.output.as_mut())
    }
}

#[cfg(test)]
mod tests {
    use std::io::Write;

    use runward_core::id::RunId;

    use super::*;

    #[test]
    fn a_transcript_is_read_while_it_grows_and_says_what_was_not_kept() {
        let place = tempfile::tempdir().unwrap();
        let job = JobId { run: RunId(1), step: 0, attempt: 1 };
        let folder = place.path().join(job.to_string());
        let mut transcript = Transcripts::new(place.path().to_path_buf()).of(job);
        assert_eq!(transcript.next(None).unwrap(), Piece::Nothing, "nothing was begun");
        fs::create_dir(&folder).unwrap();
        let mut output = File::create(folder.join("output")).unwrap();
        assert_eq!(transcript.next(None).unwrap(), Piece::Nothing);
        output.write_all(b"one").unwrap();
        assert_eq!(transcript.next(None).unwrap(), Piece::Printed(b"one".to_vec()));
        output.write_all(b"two").unwrap();
        let left = r#"{"exit":{"how":"code","with":3},"took_ms":1,"bytes":99,"dropped":7,"tail_at":4}"#;
        fs::write(folder.join("exit.json"), left).unwrap();
        for expected in [
            Piece::Printed(b"t".to_vec()),
            Piece::LeftOut(7),
            Piece::Printed(b"wo".to_vec()),
            Piece::Over(Exit::Code(3)),
        ] {
            assert_eq!(transcript.next(None).unwrap(), expected);
        }
        let mut again = Transcripts::new(place.path().to_path_buf()).of(job);
        assert_eq!(again.next(Some(2)).unwrap(), Piece::Printed(b"on".to_vec()), "up to where a reader was");
    }
}
