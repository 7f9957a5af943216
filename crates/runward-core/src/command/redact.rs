//! Taking secrets out of text before it is kept: by value where the value is known, by shape where it is not.

use std::sync::LazyLock;

use regex::{Captures, Regex};

use crate::pattern::pattern;

/// A value shorter than this is not looked for: it would mask half of every text.
const MIN_SECRET: usize = 6;
/// A line longer than this is cut for redaction.
const MAX_LINE: usize = 64 * 1024;
/// What is kept of a line that is cut, so that most secrets known by shape alone are whole as well.
const LONGEST_SHAPE: usize = 4 * 1024;

static SHAPES: LazyLock<Vec<(Regex, &str)>> = LazyLock::new(|| {
    [
        (r"\b(sk|pk|rk)_(live|test)_[A-Za-z0-9]{8,}", "‹stripe key›"),
        (r"\b(AKIA|ASIA)[0-9A-Z]{16}\b", "‹aws key›"),
        (r"\bgh[pousr]_[A-Za-z0-9]{20,}\b", "‹github token›"),
        (r"\bxox[abprs]-[A-Za-z0-9-]{10,}", "‹slack token›"),
        (r"\beyJ[A-Za-z0-9_-]{8,}\.[A-Za-z0-9_-]{8,}\.[A-Za-z0-9_-]{8,}", "‹jwt›"),
        (r"\brw_[A-Za-z0-9_-]{32,}", "‹runward token›"),
        (r"(https://(?:hooks\.slack\.com/services|discord(?:app)?\.com/api/webhooks)/)[^\s'\x22]+", "${1}‹hidden›"),
        (r"-----BEGIN [A-Z ]*PRIVATE KEY-----", "‹private key›"),
        (r"(://[^\s/:@]*:)[^\s/@]+@", "${1}‹hidden›@"),
        (
            r"(?i)((?:password|passwd|secret|token|api[_-]?key|access[_-]?key|private[_-]?key|seed[_-]?phrase)[A-Z0-9_]*[\x22']?\s*[=:]\s*[\x22']?)[^\s\x22',;&]{4,}",
            "${1}‹hidden›",
        ),
        (r"(?i)((?:authorization:\s*)?(?:bearer|basic)\s+)[A-Za-z0-9._~+/=-]{12,}", "${1}‹hidden›"),
    ]
    .into_iter()
    .map(|(shape, new)| (pattern(shape), new))
    .collect()
});

static VARIABLE: LazyLock<Regex> =
    LazyLock::new(|| Regex::new(r"\$\{?[A-Za-z_][A-Za-z0-9_]*\}?").expect("a valid pattern"));

/// Whether a text holds something that has the shape of a secret; a variable that holds one is none.
pub fn holds_secret(text: &str) -> bool {
    let text = VARIABLE.replace_all(text, "");
    Redactor::default().redact(&text) != text
}

/// What is to be taken out.
#[derive(Clone, Default)]
pub struct Redactor {
    /// Names and values, longest value first.
    known: Vec<(String, String)>,
}

impl std::fmt::Debug for Redactor {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "Redactor({} values)", self.known.len())
    }
}

impl Redactor {
    /// Knows these secrets by name and value besides every known shape.
    pub fn new(secrets: impl IntoIterator<Item = (String, String)>) -> Redactor {
        let mut known: Vec<(String, String)> = secrets
            .into_iter()
            .flat_map(|(name, value)| forms(&value).into_iter().map(move |form| (name.clone(), form)))
            .filter(|(_, value)| value.len() >= MIN_SECRET)
            .collect();
        known.sort_by_key(|(_, value)| std::cmp::Reverse(value.len()));
        Redactor { known }
    }

    /// The length of the longest value.
    fn longest(&self) -> usize {
        self.known.first().map_or(0, |(_, value)| value.len())
    }

    /// The last place at or before `cut` where no known value is cut in two.
    fn whole(&self, text: &[u8], mut cut: usize) -> usize {
        let straddles = |cut: usize| {
            self.known.iter().find_map(|(_, value)| {
                let first = (cut + 1).saturating_sub(value.len());
                (first..cut).find(|at| text[*at..].starts_with(value.as_bytes()))
            })
        };
        while let Some(start) = straddles(cut) {
            cut = start;
        }
        cut
    }

    /// The text without its secrets; each is replaced by its name, `‹REDIS_PASSWORD›`.
    pub fn redact(&self, text: &str) -> String {
        let mut text = text.to_owned();
        for (name, value) in &self.known {
            if text.contains(value.as_str()) {
                text = text.replace(value.as_str(), &format!("‹{name}›"));
            }
        }
        for (shape, new) in SHAPES.iter() {
            if shape.is_match(&text) {
                text = shape.replace_all(&text, |c: &Captures<'_>| kept_or_hidden(c, new)).into_owned();
            }
        }
        text
    }
}

/// The ways in which a value is printed: as it is, line by line, and as programs encode it.
fn forms(value: &str) -> Vec<String> {
    let mut found = vec![value.to_owned()];
    if value.trim_end().contains('\n') {
        // The frame of a key is no secret.
        let lines = value.lines().map(str::trim).filter(|line| !line.starts_with("-----"));
        found.extend(lines.map(str::to_owned));
    }
    found.push(value.replace('\\', r"\\").replace('"', "\\\"").replace('\n', r"\n"));
    found.push(percent_encoded(value));
    for shift in 0..3 {
        let encoded = base64(value.as_bytes(), shift);
        found.push(encoded.replace('+', "-").replace('/', "_"));
        found.push(encoded);
    }
    found.sort();
    found.dedup();
    found
}

fn percent_encoded(value: &str) -> String {
    value
        .bytes()
        .map(|b| match b {
            b if b.is_ascii_alphanumeric() || b"-._~".contains(&b) => char::from(b).to_string(),
            b => format!("%{b:02X}"),
        })
        .collect()
}

/// Those characters of the base64 of a text that depend on nothing but the value, which stands `shift` bytes
/// behind a group of three.
fn base64(value: &[u8], shift: usize) -> String {
    const LETTERS: &[u8; 64] = b"ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";
    let bytes: Vec<u8> = std::iter::repeat_n(0, shift).chain(value.iter().copied()).collect();
    let letter = |at: usize| {
        let (byte, bit) = (at * 6 / 8, at * 6 % 8);
        let pair = u16::from(bytes[byte]) << 8 | u16::from(bytes.get(byte + 1).copied().unwrap_or(0));
        char::from(LETTERS[usize::from(pair >> (10 - bit) & 63)])
    };
    ((shift * 8).div_ceil(6)..bytes.len() * 8 / 6).map(letter).collect()
}

/// Expands the replacement, but leaves alone what is already hidden or a shell variable's name.
fn kept_or_hidden(captures: &Captures<'_>, new: &str) -> String {
    let whole = captures.get(0).map_or("", |m| m.as_str());
    let prefix = captures.get(1).map_or("", |m| m.as_str());
    let value = whole.strip_prefix(prefix).unwrap_or(whole);
    if new.starts_with("${1}") && (value.starts_with(['$', '‹', '<'])) {
        return whole.to_owned();
    }
    let mut out = String::new();
    captures.expand(new, &mut out);
    out
}

/// Whether an environment variable's name says that its value is secret.
pub fn is_secret_name(name: &str) -> bool {
    let upper = name.to_uppercase();
    [
        "PASSWORD", "PASSWD", "SECRET", "TOKEN", "KEY", "CREDENTIAL", "SEED", "AUTH", "DSN", "_URL", "_URI", "PRIVATE",
        "PGPASS",
    ]
    .iter()
    .any(|part| upper.contains(part))
}

/// Redacts a stream that arrives in pieces: a secret across the border of two pieces is still found,
/// because text is held back until its line is complete.
#[derive(Debug, Default)]
pub struct Stream {
    redactor: Redactor,
    held: Vec<u8>,
    in_private_key: bool,
}

impl Stream {
    /// A stream that takes out what `redactor` knows.
    pub fn new(redactor: Redactor) -> Stream {
        Stream { redactor, held: Vec::new(), in_private_key: false }
    }

    /// Takes a piece in; what may be kept comes out.
    pub fn push(&mut self, piece: &[u8], out: &mut Vec<u8>) {
        // What was held before has no line end in it.
        let mut searched = self.held.len();
        let mut held = std::mem::take(&mut self.held);
        held.extend_from_slice(piece);
        let mut done = 0;
        while let Some(end) = held[searched..].iter().position(|b| *b == b'\n') {
            self.line(&held[done..=searched + end], out);
            searched += end + 1;
            done = searched;
        }
        while let Some(end) = self.cut(&held[done..]) {
            self.line(&held[done..done + end], out);
            done += end;
        }
        held.drain(..done);
        self.held = held;
    }

    /// Where a line that is too long to wait for is cut: so much stays behind that a secret which has only begun
    /// is held back, and no word is cut if that can be helped.
    fn cut(&self, line: &[u8]) -> Option<usize> {
        let kept = self.redactor.longest().max(LONGEST_SHAPE);
        if line.len() <= MAX_LINE + kept {
            return None;
        }
        let mut cut = line.len() - kept;
        let blank = line[cut - LONGEST_SHAPE..cut].iter().rposition(u8::is_ascii_whitespace);
        if let Some(blank) = blank {
            cut -= LONGEST_SHAPE - blank;
        }
        while cut > 0 && line[cut] & 0xC0 == 0x80 {
            cut -= 1;
        }
        Some(self.redactor.whole(line, cut)).filter(|cut| *cut > 0)
    }

    /// What is still held back.
    pub fn finish(&mut self, out: &mut Vec<u8>) {
        let rest = std::mem::take(&mut self.held);
        if !rest.is_empty() {
            self.line(&rest, out);
        }
    }

    fn line(&mut self, line: &[u8], out: &mut Vec<u8>) {
        let Ok(text) = std::str::from_utf8(line) else {
            // Bytes that are no text are searched as if they were Latin-1; where nothing is found they stay as they are.
            let lossy = String::from_utf8_lossy(line);
            let redacted = self.redactor.redact(&lossy);
            out.extend_from_slice(if redacted == lossy { line } else { redacted.as_bytes() });
            return;
        };
        if self.in_private_key {
            self.in_private_key = !text.contains("-----END");
            return;
        }
        let begins = text.contains("PRIVATE KEY-----") && text.contains("-----BEGIN");
        self.in_private_key = begins && !text.contains("-----END");
        out.extend_from_slice(self.redactor.redact(text).as_bytes());
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn redactor() -> Redactor {
        Redactor::new([("REDIS_PASSWORD".into(), "hunter2hunter2".into()), ("PIN".into(), "1234".into())])
    }

    #[test]
    fn a_known_value_is_replaced_by_its_name() {
        assert_eq!(redactor().redact("auth with hunter2hunter2 ok 1234"), "auth with ‹REDIS_PASSWORD› ok 1234");
    }

    #[test]
    fn known_shapes_are_hidden() {
        for (text, expected) in [
            ("key sk_live_abcdefgh1234", "key ‹stripe key›"),
            ("postgres://app:pa55word@db/x", "postgres://app:‹hidden›@db/x"),
            ("PLAID_SECRET=abcdef123", "PLAID_SECRET=‹hidden›"),
            ("\"password\": \"abc12345\",", "\"password\": \"‹hidden›\","),
            ("Authorization: Bearer abcdefghijklmnop", "Authorization: Bearer ‹hidden›"),
            ("redis-cli -a $REDIS_PASSWORD", "redis-cli -a $REDIS_PASSWORD"),
            ("nothing to see", "nothing to see"),
        ] {
            assert_eq!(redactor().redact(text), expected);
        }
    }

    #[test]
    fn a_secret_is_found_in_its_other_forms() {
        let redactor = Redactor::new([("KEY".into(), "pa ss/wörd+1\nsecond-line".into())]);
        for text in [
            "pa ss/wörd+1", "x second-line y", "pa%20ss%2Fw%C3%B6rd%2B1%0Asecond-line", r"pa ss/wörd+1\nsecond-line",
            "cGEgc3Mvd8O2cmQrMQpzZWNvbmQtbGluZQ==",
        ] {
            let found = redactor.redact(text);
            assert!(found.contains("‹KEY›") && !found.contains("second") && !found.contains("c3Mv"), "{text}: {found}");
        }
        // `user:hunter2hunter2` and `u:hunter2hunter2`: the value behind another in base64.
        for text in ["dXNlcjpodW50ZXIyaHVudGVyMg==", "dTpodW50ZXIyaHVudGVyMg==", "YWI6aHVudGVyMmh1bnRlcjI="] {
            let redactor = Redactor::new([("P".into(), "hunter2hunter2".into())]);
            assert!(redactor.redact(text).contains("‹P›"), "{text}");
        }
    }

    #[test]
    fn a_secret_is_found_where_a_long_line_is_cut() {
        for before in (MAX_LINE - 40..MAX_LINE + 40).step_by(7).chain([0, LONGEST_SHAPE, MAX_LINE + LONGEST_SHAPE - 5])
        {
            let text = format!("{}hunter2hunter2{}", "ä".repeat(before / 2), "b".repeat(3 * MAX_LINE));
            let mut stream = Stream::new(redactor());
            let mut out = Vec::new();
            text.as_bytes().chunks(1000).for_each(|piece| stream.push(piece, &mut out));
            stream.finish(&mut out);
            assert_eq!(String::from_utf8(out).unwrap(), text.replace("hunter2hunter2", "‹REDIS_PASSWORD›"), "{before}");
        }
    }

    #[test]
    fn a_secret_is_found_across_every_border() {
        let text =
            "before hunter2hunter2 after\n-----BEGIN RSA PRIVATE KEY-----\nMIIabc\n-----END RSA PRIVATE KEY-----\nlast";
        for cut in 0..text.len() {
            let mut stream = Stream::new(redactor());
            let mut out = Vec::new();
            stream.push(&text.as_bytes()[..cut], &mut out);
            stream.push(&text.as_bytes()[cut..], &mut out);
            stream.finish(&mut out);
            let out = String::from_utf8(out).unwrap();
            assert_eq!(out, "before ‹REDIS_PASSWORD› after\n‹private key›\nlast", "cut at {cut}");
        }
    }
}
