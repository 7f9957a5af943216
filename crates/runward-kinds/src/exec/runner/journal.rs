//! The runner's own log: what it was asked, refused and carried out, one line of JSON each, every line with a hash
//! over itself and the line before.

use std::fs::File;
use std::io::{self, BufRead, BufReader, Seek, Write};
use std::os::unix::fs::OpenOptionsExt;
use std::path::{Path, PathBuf};
use std::time::SystemTime;

use runward_core::audit::{self, Entry, Head, Verified, Verifier};
use serde::{Deserialize, Serialize};
use serde_json::Value;

#[derive(Debug, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
struct Line {
    seq: i64,
    at: i64,
    kind: String,
    body: Value,
    hash: String,
}

/// The log, open for more.
#[derive(Debug)]
pub struct Journal {
    file: File,
    head: Head,
    /// Why nothing more can be written, once something could not.
    broken: Option<String>,
}

/// What is kept of each line that is read.
type Seen<'s> = &'s mut dyn FnMut(&str, &Value);

impl Journal {
    /// Opens the log, reading all that stands in it; `seen` is told each line's kind and body.
    /// # Errors
    /// Where it cannot be read or written, or is not what was written.
    pub fn open(path: &Path, seen: Seen<'_>) -> io::Result<Journal> {
        let mut file = File::options().create(true).read(true).append(true).mode(0o600).open(path)?;
        let (verified, whole) = read(&file, Vec::new(), seen)?;
        // What was torn off by a crash was never acted upon: nothing is done before its line is whole on disk.
        if whole < file.metadata()?.len() {
            file.set_len(whole)?;
            file.sync_all()?;
        }
        file.seek(io::SeekFrom::End(0))?;
        if let Some(folder) = path.parent() {
            File::open(folder)?.sync_all()?;
        }
        Ok(Journal { file, head: verified.head, broken: None })
    }

    /// Adds a line; it is on disk when this returns.
    /// # Errors
    /// Where it cannot be written: then nothing may be done, now or later, until the runner is started again.
    pub fn write(&mut self, kind: &str, body: Value) -> io::Result<&Head> {
        if let Some(why) = &self.broken {
            return Err(io::Error::other(why.clone()));
        }
        let at = SystemTime::now().duration_since(SystemTime::UNIX_EPOCH).unwrap_or_default();
        let (seq, at) = (self.head.seq + 1, i64::try_from(at.as_micros()).unwrap_or(i64::MAX));
        let text = body.to_string();
        let hash = audit::link(&self.head.hash, &Entry { seq, at, kind, body: &text, facts: "" });
        let mut line = serde_json::to_vec(&Line { seq, at, kind: kind.into(), body, hash: hash.clone() })?;
        line.push(b'\n');
        // Half a line may stand there now: another one behind it would make the log unreadable.
        if let Err(e) = self.file.write_all(&line).and_then(|()| self.file.sync_data()) {
            self.broken = Some(format!("the log could not be written ({e}): restart the runner"));
            return Err(e);
        }
        self.head = Head { seq, hash };
        Ok(&self.head)
    }

    /// Its latest line.
    pub fn head(&self) -> &Head {
        &self.head
    }
}

/// Holds a log against its hashes and the heads that were published.
/// # Errors
/// Where it cannot be read, or is not what was written.
pub fn verify(path: &Path, published: Vec<Head>) -> io::Result<Verified> {
    Ok(read(&File::open(path)?, published, &mut |_, _| {})?.0)
}

/// What stands in a log, and how many bytes of it are whole lines.
fn read(file: &File, published: Vec<Head>, seen: Seen<'_>) -> io::Result<(Verified, u64)> {
    let broken = |why: String| io::Error::new(io::ErrorKind::InvalidData, format!("the log was changed: {why}"));
    let mut verifier = Verifier::new(published);
    let mut reader = BufReader::new(file);
    let (mut whole, mut text, mut number) = (0, Vec::new(), 0);
    loop {
        text.clear();
        let length = reader.read_until(b'\n', &mut text)?;
        if text.last() != Some(&b'\n') {
            break;
        }
        number += 1;
        let line: Line =
            serde_json::from_slice(&text).map_err(|e| broken(format!("line {number} is no entry: {e}")))?;
        // The chain of the database may begin late; this one never does.
        if line.hash.is_empty() {
            return Err(broken(format!("entry {} has no hash", line.seq)));
        }
        let body = line.body.to_string();
        let entry = Entry { seq: line.seq, at: line.at, kind: &line.kind, body: &body, facts: "" };
        verifier.take(&entry, &line.hash).map_err(|e| broken(e.to_string()))?;
        seen(&line.kind, &line.body);
        whole += length as u64;
    }
    Ok((verifier.finish().map_err(|e| broken(e.to_string()))?, whole))
}

/// Where the log lies in the runner's folder.
pub(super) fn place(data: &Path) -> PathBuf {
    data.join("log.jsonl")
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    #[test]
    fn a_log_is_whole_after_a_crash_and_found_out_where_it_was_changed() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("log.jsonl");
        let mut log = Journal::open(&path, &mut |_, _| {}).unwrap();
        log.write("ordered", json!({ "job": "1.0.1" })).unwrap();
        let published = log.write("ended", json!({ "job": "1.0.1", "how": "exit 0" })).unwrap().clone();
        let whole = std::fs::read(&path).unwrap();
        // Half a line, as a power cut leaves it.
        std::fs::write(&path, [whole.as_slice(), b"{\"seq\":3,\"at\""].concat()).unwrap();
        let mut seen = Vec::new();
        let mut log = Journal::open(&path, &mut |kind, _| seen.push(kind.to_owned())).unwrap();
        assert_eq!(seen, ["ordered", "ended"]);
        log.write("refused", json!({})).unwrap();
        assert_eq!(verify(&path, vec![published.clone()]).unwrap().chained, 3);
        let text = String::from_utf8(whole).unwrap();
        let first = text.lines().next().unwrap().to_owned() + "\n";
        for (changed, why) in [
            (text.replace("exit 0", "exit 1"), "not what was written"),
            (text.replace(&first, ""), "missing"),
            (first, "ends before"),
            ("no entry\n".to_owned(), "no entry"),
        ] {
            std::fs::write(&path, changed).unwrap();
            let found = verify(&path, vec![published.clone()]).unwrap_err().to_string();
            assert!(found.contains("the log was changed") && found.contains(why), "{found}");
        }
    }
}
