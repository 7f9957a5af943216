//! What the words say: those that lead to a block, and those of a block that is written for people.

use super::files::is_file;

/// The sentence that leads to a block, lower-cased.
pub(super) struct Lead {
    /// Its last sentence.
    last: String,
    /// The whole paragraph.
    all: String,
}

impl Lead {
    pub(super) fn new(text: &str) -> Lead {
        let all = text.to_lowercase();
        let trimmed = all.trim_end().trim_end_matches([':', '.']);
        let start = trimmed.rfind([':', '\n', '?', '!']).into_iter().chain(trimmed.rfind(". ")).max();
        let last = trimmed[start.map_or(0, |s| s + 1)..].trim().to_owned();
        Lead { last, all }
    }

    /// Whether a lead ends in one of these words.
    fn ends(&self, words: &[&str]) -> bool {
        words.iter().any(|w| self.last.ends_with(w))
    }

    fn says(&self, words: &[&str]) -> bool {
        words.iter().any(|w| self.last.contains(w))
    }

    /// Whether it says that what follows is printed: `Expected output:`, `it looks like this`.
    pub(super) fn announces_output(&self) -> bool {
        (self.says(OUTPUT) || self.ends(&["example response", "sample response", "json response"]))
            && !self.wants_doing()
    }

    /// Whether it is no more than a title of what is printed: `Expected output:`.
    pub(super) fn titles_output(&self) -> bool {
        let titled = ["expected", "output", "example output", "sample output"].iter().any(|w| self.last.starts_with(w))
            || self.says(&[" output", "ausgabe", "salida"])
            || matches!(self.last.as_str(), "response" | "result" | "returns" | "prints");
        titled && self.last.split_whitespace().count() <= 3
    }

    /// The same in any of its sentences, for blocks that hold nothing else.
    pub(super) fn mentions_output(&self) -> bool {
        OUTPUT.iter().chain(LOGS).any(|w| self.all.contains(w))
    }

    /// `Run this:`, `use the following command`.
    fn wants_doing(&self) -> bool {
        let verb = self.last.split_whitespace().next().unwrap_or_default();
        ["run", "execute", "type", "use", "check", "verify", "try", "do", "enter", "issue", "start", "get"]
            .contains(&verb)
            || self.says(&["command", "by running", "run the", "run:"])
    }

    /// Whether it names a file or settings to write: `Add to /etc/hosts:`, `set in .env`.
    pub(super) fn names_file(&self) -> bool {
        let writes = [
            "add ", "append", "edit", "create", "put ", "set ", "update", "change", "paste", "insert", "modify",
            "configur", "replace", "contain", "with the following", "override", "enable", "disable", "increase",
            "decrease", "raise", "lower", "reduce", "adjust", "tune", "example", "save", "write", "line in", "entry",
        ];
        let settings = [
            "environment variable", "env var", "config", "setting", "crontab", "cron", ".env", "variables", "unit file",
        ];
        let named = self.all.split_whitespace().any(is_file) || settings.iter().any(|w| self.all.contains(w));
        named && writes.iter().any(|w| self.all.contains(w)) || settings.iter().any(|w| self.last.contains(w))
    }

    /// Whether it leads to a text for people: `Post in the channel:`.
    pub(super) fn wants_message(&self) -> bool {
        [
            "template", "post ", "message", "announce", "slack", "email", "e-mail", "mail ", "notify", "status update",
            "status page", "communicat", "channel", "tell ", "escalat", "write ", "tweet", "page the", "ticket",
            "report", "fill in", "copy", "reply", "subject",
        ]
        .iter()
        .any(|w| self.last.contains(w))
    }
}

const OUTPUT: &[&str] = &[
    "expected", "output", "looks like", "look like", "looks similar", "should see", "response:", "response is",
    "the response", "returns", "return something", "sample", "if you see", "will print", "prints", "something like",
    "similar to", "you'll see", "you will see", "shows", "log entries like", "errors like", "error like",
    "messages like", "should look", "should return", "should show", "will show", "looks as follows", "result",
    "reports", "says", "answers", "replies", "beispielausgabe", "ausgabe", "salida", "sortie", "saída", "çıktı",
];

const LOGS: &[&str] = &[
    "log line", "log message", "log entr", "error message", "following error", "in the log", "logs:", "alert:",
    "symptom",
];

/// A line that begins with the time, as lines of logs do.
pub(super) fn is_stamped(line: &str) -> bool {
    let rest = line.trim_start_matches(['[', '(']);
    let bytes = rest.as_bytes();
    // `2026-01-31…`, `31/Jan/2026`, `12:34:56`.
    let digits = |range: std::ops::Range<usize>| bytes.get(range).is_some_and(|b| b.iter().all(u8::is_ascii_digit));
    digits(0..4) && bytes.get(4) == Some(&b'-') && digits(5..7)
        || digits(0..2) && bytes.get(2) == Some(&b':') && digits(3..5) && bytes.get(5) == Some(&b':')
        || MONTHS.iter().any(|m| {
            rest.strip_prefix(m)
                .is_some_and(|r| r.trim_start().starts_with(|c: char| c.is_ascii_digit()) && r.contains(':'))
        })
}

/// A line of a log or of a program's answer: stamped with a time, or shouting a level.
pub(super) fn is_log(line: &str) -> bool {
    const SHOUTS: &[&str] = &[
        "ERROR", "FATAL", "PANIC", "panic:", "WARN", "INFO", "DEBUG", "CRITICAL", "Traceback (", "Error:", "error:",
        "E0", "Exception", "Killed", "OOM", "npm ERR!", "nginx:", "Permission denied", "bash:", "curl: (", "ssh:",
        "rsync:", "dial tcp", "level=", "time=", "ts=", "●", "❌", "✅", "✓", "✔", "✗", "FAILED", "PASS", "OK:",
        "WARNING", "Caused by", "at java.", "Warning:",
    ];
    is_stamped(line) || SHOUTS.iter().any(|start| line.starts_with(start))
}

const MONTHS: &[&str] =
    &["Jan ", "Feb ", "Mar ", "Apr ", "May ", "Jun ", "Jul ", "Aug ", "Sep ", "Oct ", "Nov ", "Dec "];

/// A message or document to fill in: brackets, names to call, a headline, headings.
pub(super) fn is_template(filled: &[&str], wanted: bool) -> bool {
    let headings = filled.iter().filter(|l| l.starts_with("## ") || l.starts_with("### ")).count();
    if filled[0].starts_with("# ") && headings >= 1 || headings >= 2 {
        return true;
    }
    let blanks = filled.iter().filter(|l| has_blank(l)).count();
    let labelled = filled.iter().filter(|l| is_labelled(l)).count();
    let headline = filled[0].starts_with(':') && filled[0][1..].contains(": ") || filled[0].starts_with(is_pictograph);
    let called = filled.iter().any(|l| calls_somebody(l));
    let addressed = ["Subject:", "Hi ", "Hello", "Dear ", "Team,", "Hey ", "@", "To:", "/pd", "/incident", "/page"]
        .iter()
        .any(|start| filled[0].starts_with(start));
    headline && (filled.len() >= 2 || wanted)
        || addressed
        || called && labelled > 0
        || blanks >= 2 && labelled >= 2
        || labelled >= 3 && labelled * 3 >= filled.len() * 2 && (wanted || blanks > 0)
        || wanted && (blanks > 0 || is_prose(filled) || labelled >= 2)
}

/// `[Short description]`, `<link>`, `{{ service }}`, `YYYY-MM-DD`, `___`.
fn has_blank(line: &str) -> bool {
    let bracketed = line.split('[').skip(1).any(|rest| {
        rest.split_once(']').is_some_and(|(inside, _)| {
            inside.len() > 1
                && inside.starts_with(|c: char| c.is_alphabetic() || c == '+')
                && !inside.contains(['=', '"'])
        })
    });
    let angled = line.split('<').skip(1).any(|rest| {
        rest.split_once('>')
            .is_some_and(|(inside, _)| inside.len() > 1 && inside.starts_with(|c: char| c.is_alphabetic()))
    });
    bracketed
        || angled
        || line.contains("YYYY")
        || line.contains("HH:MM")
        || line.contains("{{")
        || line.contains("____")
        || line.contains("XX:XX")
}

/// `Start time: …`: a few words with a colon behind them.
fn is_labelled(line: &str) -> bool {
    let line = line.trim_start_matches(['-', '*', '•', ' ']);
    line.find(':').is_some_and(|at| {
        let (label, rest) = (&line[..at], &line[at + 1..]);
        let label = label.trim_matches('*');
        at < 40
            && label.starts_with(|c: char| c.is_uppercase() || !c.is_ascii())
            && label.split(' ').count() <= 5
            && !label.contains("  ")
            && (rest.is_empty() || rest.starts_with([' ', '*']))
    })
}

fn calls_somebody(line: &str) -> bool {
    line.split_whitespace().any(|w| {
        w.strip_prefix('@')
            .or_else(|| w.strip_prefix('#'))
            .is_some_and(|name| name.len() > 2 && name.starts_with(|c: char| c.is_ascii_alphabetic()))
    })
}

fn is_pictograph(c: char) -> bool {
    matches!(u32::from(c), 0x1F300..=0x1FAFF | 0x2600..=0x27BF)
        && !matches!(c, '●' | '✓' | '✔' | '✗' | '❌' | '✅' | '➜' | '❯')
        || c == 'ð'
}

/// Sentences: most lines have several words of letters, and one ends as a sentence does.
pub(super) fn is_prose(filled: &[&str]) -> bool {
    let worded = |l: &&&str| {
        let words = l.split_whitespace().count();
        let plain = l
            .split_whitespace()
            .filter(|w| w.trim_matches(|c: char| c.is_ascii_punctuation()).chars().all(char::is_alphabetic))
            .count();
        words >= 3 && plain * 4 >= words * 3
    };
    let sentences = filled.iter().filter(|l| l.ends_with(['.', '!', '?', ':', ','])).count();
    filled.iter().filter(worded).count() * 2 >= filled.len() && sentences > 0
}

/// Addresses and nothing else.
pub(super) fn is_addresses(filled: &[&str]) -> bool {
    filled.iter().all(|l| {
        let (word, rest) = l.split_once(' ').unwrap_or((l, ""));
        (word.starts_with("http://") || word.starts_with("https://"))
            && (rest.is_empty() || rest.trim_start().starts_with(['#', '(', '-']))
    })
}
