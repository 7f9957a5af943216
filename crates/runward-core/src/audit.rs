//! The audit chain: each entry of the event log carries a hash over itself and the hash before it, so that an entry
//! that is changed, removed or put in between breaks every one behind it.
//!
//! A chain cannot tell that its end was cut off, or that all of it was written anew: for that its head is published
//! where the database's owner cannot change it (the system's journal), and held against it by `runward audit verify`.

use sha2::{Digest, Sha256};

use crate::runbook::hex;

/// The hash before the first entry.
pub const ROOT: &str = "";

/// One entry as it is kept.
#[derive(Clone, Copy, Debug)]
pub struct Entry<'e> {
    /// Its place in the log, from 1.
    pub seq: i64,
    /// When it was taken in, in microseconds since 1970.
    pub at: i64,
    /// The event's name.
    pub kind: &'e str,
    /// The event.
    pub body: &'e str,
    /// What it came to.
    pub facts: &'e str,
}

/// The hash of an entry behind `previous`: SHA-256 over every field with its length before it, so that no two
/// different entries are the same bytes. In hexadecimal.
pub fn link(previous: &str, entry: &Entry<'_>) -> String {
    let (seq, at) = (entry.seq.to_string(), entry.at.to_string());
    let mut digest = Sha256::new();
    for field in [previous, &seq, &at, entry.kind, entry.body, entry.facts] {
        digest.update((field.len() as u64).to_be_bytes());
        digest.update(field.as_bytes());
    }
    hex(&digest.finalize())
}

/// The latest entry's place and hash: what is published.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Head {
    /// The entry's place in the log; 0 for an empty one.
    pub seq: i64,
    /// Its hash.
    pub hash: String,
}

impl std::fmt::Display for Head {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "{}:{}", self.seq, self.hash)
    }
}

impl std::str::FromStr for Head {
    type Err = String;

    fn from_str(text: &str) -> Result<Head, String> {
        let bad = || format!("`{text}` is no head: it is written as `SEQ:HASH`, as the journal says it");
        let (seq, hash) = text.trim().split_once(':').ok_or_else(bad)?;
        let seq = seq.parse().map_err(|_| bad())?;
        let whole = hash.len() == 64 && hash.bytes().all(|b| b.is_ascii_hexdigit());
        if whole { Ok(Head { seq, hash: hash.to_ascii_lowercase() }) } else { Err(bad()) }
    }
}

/// Where a chain is not what it should be.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Broken {
    /// This entry, or the hash before it, is not what was written.
    Changed(i64),
    /// Entries are missing before this one.
    Gap(i64),
    /// The log ends before an entry that was published.
    Short(Head),
    /// The entry that was published is another one now.
    Other(Head),
}

impl std::fmt::Display for Broken {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        match self {
            Broken::Changed(seq) => write!(f, "entry {seq} is not what was written"),
            Broken::Gap(seq) => write!(f, "entries are missing before entry {seq}"),
            Broken::Short(head) => write!(f, "the log ends before entry {}, which was published", head.seq),
            Broken::Other(head) => write!(f, "entry {} is not the one that was published", head.seq),
        }
    }
}

/// Goes along a chain, entry by entry.
#[derive(Clone, Debug, Default)]
pub struct Verifier {
    head: Head,
    /// Heads that were published and have not been passed yet.
    published: Vec<Head>,
    /// Entries older than the chain itself.
    unchained: u64,
    chained: u64,
}

impl Verifier {
    /// Expects these published heads on the way.
    pub fn new(mut published: Vec<Head>) -> Verifier {
        published.sort_by_key(|head| std::cmp::Reverse(head.seq));
        Verifier { published, ..Verifier::default() }
    }

    /// Takes the next entry and the hash kept with it.
    /// # Errors
    /// [`Broken`] where it does not follow from what came before.
    pub fn take(&mut self, entry: &Entry<'_>, hash: &str) -> Result<(), Broken> {
        if entry.seq != self.head.seq + 1 {
            return Err(Broken::Gap(entry.seq));
        }
        // A log that was begun before there was a chain has no hashes at its beginning, and only there.
        if hash.is_empty() && self.chained == 0 {
            self.unchained += 1;
            self.head.seq = entry.seq;
        } else {
            if link(&self.head.hash, entry) != hash {
                return Err(Broken::Changed(entry.seq));
            }
            self.chained += 1;
            self.head = Head { seq: entry.seq, hash: hash.to_owned() };
        }
        while let Some(published) = self.published.last().filter(|p| p.seq <= self.head.seq) {
            if *published != self.head {
                return Err(Broken::Other(published.clone()));
            }
            self.published.pop();
        }
        Ok(())
    }

    /// What was found, once there are no more entries.
    /// # Errors
    /// [`Broken::Short`] where a published entry never came.
    pub fn finish(self) -> Result<Verified, Broken> {
        match self.published.into_iter().next_back() {
            Some(missing) => Err(Broken::Short(missing)),
            None => Ok(Verified { head: self.head, chained: self.chained, unchained: self.unchained }),
        }
    }
}

/// A whole chain.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Verified {
    /// Its latest entry.
    pub head: Head,
    /// How many entries it covers.
    pub chained: u64,
    /// How many entries are older than it.
    pub unchained: u64,
}

#[cfg(test)]
mod tests {
    use super::*;

    type Row = (i64, String, String);

    fn log(entries: usize) -> Vec<Row> {
        let mut rows: Vec<Row> = Vec::new();
        for seq in 1..=entries as i64 {
            let body = format!("event {seq}");
            let previous = rows.last().map_or(ROOT, |row| row.2.as_str());
            let hash = link(previous, &entry(seq, &body));
            rows.push((seq, body, hash));
        }
        rows
    }

    fn entry(seq: i64, body: &str) -> Entry<'_> {
        Entry { seq, at: seq * 1_000_000, kind: "updated", body, facts: "[]" }
    }

    fn verify(rows: &[Row], published: Vec<Head>) -> Result<Verified, Broken> {
        let mut verifier = Verifier::new(published);
        for (seq, body, hash) in rows {
            verifier.take(&entry(*seq, body), hash)?;
        }
        verifier.finish()
    }

    fn head(row: &Row) -> Head {
        Head { seq: row.0, hash: row.2.clone() }
    }

    #[test]
    fn a_log_that_nobody_touched_is_whole() {
        let rows = log(5);
        let verified = verify(&rows, vec![head(&rows[1]), head(&rows[4])]).unwrap();
        assert_eq!((verified.chained, verified.head), (5, head(&rows[4])));
        assert_eq!(verify(&[], vec![]).unwrap().chained, 0);
    }

    #[test]
    fn whatever_is_changed_removed_or_added_is_found() {
        let mut changed = log(5);
        changed[2].1 = "another event".into();
        assert_eq!(verify(&changed, vec![]), Err(Broken::Changed(3)));
        let mut removed = log(5);
        removed.remove(2);
        assert_eq!(verify(&removed, vec![]), Err(Broken::Gap(4)));
        let mut renumbered = log(5);
        renumbered.remove(2);
        renumbered.iter_mut().skip(2).for_each(|row| row.0 -= 1);
        assert_eq!(verify(&renumbered, vec![]), Err(Broken::Changed(3)));
        let mut emptied = log(5);
        emptied[3].2 = String::new();
        assert_eq!(verify(&emptied, vec![]), Err(Broken::Changed(4)));
    }

    #[test]
    fn a_log_written_anew_or_cut_off_does_not_fit_what_was_published() {
        let rows = log(5);
        let published = head(&rows[3]);
        assert_eq!(verify(&rows[..3], vec![published.clone()]), Err(Broken::Short(published.clone())));
        let mut anew = log(3);
        let hash = link(&anew[2].2, &entry(4, "invented"));
        anew.push((4, "invented".into(), hash));
        assert_eq!(verify(&anew, vec![published.clone()]), Err(Broken::Other(published)));
    }

    #[test]
    fn a_log_older_than_its_chain_is_whole_from_where_the_chain_begins() {
        let mut rows: Vec<Row> = (1..=2).map(|seq| (seq, format!("event {seq}"), String::new())).collect();
        rows.push((3, "event 3".into(), link(ROOT, &entry(3, "event 3"))));
        let verified = verify(&rows, vec![]).unwrap();
        assert_eq!((verified.unchained, verified.chained), (2, 1));
    }

    #[test]
    fn a_head_is_read_as_it_is_written() {
        let rows = log(1);
        assert_eq!(head(&rows[0]).to_string().parse(), Ok(head(&rows[0])));
        assert!("7:abc".parse::<Head>().unwrap_err().contains("SEQ:HASH"));
    }
}
