//! Values in commands that were right once: those of the example they were copied from.

use std::ops::Range;

use super::super::Place;
use super::PH02;
use crate::command::impact::Impact;
use crate::command::shell::Redirect;
use crate::command::{Effective, placeholder};
use crate::runbook::Finding;

/// A value, what it is, and the placeholder that would ask for it.
struct Sample {
    value: String,
    what: &'static str,
    ask: &'static str,
}

/// The first sample value in a command that changes something.
pub(super) fn look(place: &Place<'_>) -> Option<Finding> {
    if place.command.impact == Impact::ReadOnly || !place.command.text.contains(|c: char| c.is_ascii_digit()) {
        return None;
    }
    let commands = place.command.effective();
    let sample =
        if commands.is_empty() { in_statement(&place.command.text) } else { commands.iter().find_map(in_command) }?;
    // `abc1234` asks to be replaced already.
    if !placeholder::find(&sample.value).is_empty() {
        return None;
    }
    let message = format!("`{}` is {}, written into a command that changes something", sample.value, sample.what);
    let help = format!("write `<{}>` in its place: then it is asked for, and nobody takes the example's", sample.ask);
    Some(place.finding(&PH02, message, help))
}

fn in_command(command: &Effective<'_>) -> Option<Sample> {
    let words = command.args();
    let redirected = command.command.redirects.iter().filter_map(|redirect| match redirect {
        Redirect::Read(word) | Redirect::Write(word) | Redirect::Append(word) => Some(word),
        Redirect::Text(_) | Redirect::Duplicate => None,
    });
    let own = match command.program() {
        "kill" => words.iter().find_map(|w| process(&w.text)),
        "git" => revision(command),
        "ufw" | "iptables" | "ip6tables" | "nft" | "ipset" | "fail2ban-client" | "firewall-cmd" => blocked(command),
        "curl" | "wget" | "http" => None,
        "psql" | "mysql" | "mariadb" | "sqlite3" => words.iter().find_map(|w| in_statement(&w.text)),
        _ => None,
    };
    own.or_else(|| words.iter().chain(redirected).find_map(|w| anywhere(&w.text, w.dynamic)))
}

/// What is a sample in any command: dates in the names of files, and values that examples are made of.
fn anywhere(word: &str, dynamic: bool) -> Option<Sample> {
    if let Some(value) = famous(word) {
        return Some(Sample { value: value.to_owned(), what: "a value from examples", ask: "id" });
    }
    let mut parts = word.split(|c: char| !c.is_ascii_alphanumeric() && c != '.');
    if let Some(value) = parts.find(|part| part.contains(['x', 'X']) && is_one_address(part)) {
        return Some(Sample { value: value.to_owned(), what: "no whole address", ask: "ip" });
    }
    if dynamic || !names_a_copy(word) {
        return None;
    }
    let date = date(word)?;
    Some(Sample { value: word[date].to_owned(), what: "the date of one day", ask: "date" })
}

/// Whether a word names something that is kept by the day, or is nothing but a date. Dates are also versions of
/// interfaces and names of images and migrations.
fn names_a_copy(word: &str) -> bool {
    const ENDINGS: &[&str] = &[
        ".sql", ".gz", ".tgz", ".dump", ".db", ".sqlite", ".sqlite3", ".tar", ".zip", ".bak", ".rdb", ".zst", ".xz",
        ".bz2", ".archive", ".snap", ".bson", ".enc", ".gpg", ".age", ".log", ".csv", ".json", ".conf", ".custom",
    ];
    const WORDS: &[&str] = &["backup", "dump", "snapshot", "restore", "archive", "snap-"];
    let lower = word.to_ascii_lowercase();
    let alone =
        date(word).is_some_and(|d| word[..d.start].ends_with('=') && d.end == word.len() || d == (0..word.len()));
    alone && !lower.contains("version")
        || ENDINGS.iter().any(|e| lower.ends_with(e))
        || WORDS.iter().any(|w| lower.contains(w))
}

/// `2024-03-01` or `20240301` of this century, standing for itself.
fn date(word: &str) -> Option<Range<usize>> {
    let bytes = word.as_bytes();
    let digits = |at: usize, count: usize| -> Option<u32> {
        let part = bytes.get(at..at + count)?;
        part.iter().all(u8::is_ascii_digit).then(|| part.iter().fold(0, |n, b| n * 10 + u32::from(b - b'0')))
    };
    (0..bytes.len()).find_map(|at| {
        let apart = |at: usize| bytes.get(at).is_none_or(|b| !b.is_ascii_digit());
        if !bytes[at..].starts_with(b"20") || at > 0 && !apart(at - 1) {
            return None;
        }
        let sign = bytes.get(at + 4).filter(|b| matches!(b, b'-' | b'_' | b'.')).copied();
        let wide = usize::from(sign.is_some());
        let (month, day) = (digits(at + 4 + wide, 2)?, digits(at + 6 + 2 * wide, 2)?);
        let end = at + 8 + 2 * wide;
        let signs = sign.is_none() || bytes.get(at + 7) == sign.as_ref();
        let whole = digits(at, 4)? <= 2099 && (1..=12).contains(&month) && (1..=31).contains(&day);
        (signs && whole && apart(end)).then_some(at..end)
    })
}

/// Values that examples are made of.
fn famous(word: &str) -> Option<&str> {
    const VALUES: &[&str] = &[
        "123e4567-e89b-12d3-a456-426614174000", "550e8400-e29b-41d4-a716-446655440000", "0123456789abcdef",
        "1234567890abcdef", "abcdef123456", "abcdef1234567890", "user123", "abc123", "xyz789", "123456789012",
    ];
    let lower = word.to_ascii_lowercase();
    VALUES.iter().find_map(|value| {
        let at = lower.find(value)?;
        let apart = |c: Option<char>| c.is_none_or(|c| !c.is_ascii_alphanumeric());
        let alone = apart(lower[..at].chars().next_back()) && apart(lower[at + value.len()..].chars().next());
        // Lower case has the same bytes where all is ASCII.
        alone.then(|| word.get(at..at + value.len())).flatten()
    })
}

/// A process has another number each time it runs.
fn process(word: &str) -> Option<Sample> {
    let number: u32 = word.parse().ok()?;
    (number > 1).then(|| Sample { value: word.to_owned(), what: "the number of one process", ask: "pid" })
}

/// A commit by its hash, where history goes back to it.
fn revision(command: &Effective<'_>) -> Option<Sample> {
    if !matches!(command.arg(0), "revert" | "checkout" | "reset" | "cherry-pick" | "switch" | "bisect") {
        return None;
    }
    let hash = |text: &str| {
        (7..=40).contains(&text.len())
            && text.chars().all(|c| matches!(c, '0'..='9' | 'a'..='f'))
            && text.contains(|c: char| c.is_ascii_digit())
            && text.contains(|c: char| c.is_ascii_lowercase())
    };
    let word = command.args()[1..].iter().map(|w| w.text.trim_end_matches(['^', '~'])).find(|text| hash(text))?;
    Some(Sample { value: word.to_owned(), what: "one commit", ask: "commit" })
}

/// Whoever is shut out has another address each time.
fn blocked(command: &Effective<'_>) -> Option<Sample> {
    const SHUTS: &[&str] = &["deny", "reject", "drop", "banip", "unbanip", "add", "block"];
    if !command.args().iter().any(|w| SHUTS.contains(&w.text.to_ascii_lowercase().as_str())) {
        return None;
    }
    let words = command.args().iter().map(|w| w.text.as_str());
    let address = words.filter(|text| is_one_address(text)).find(|text| !text.starts_with("127."))?;
    Some(Sample { value: address.to_owned(), what: "the address of one host", ask: "ip" })
}

/// `203.0.113.9`, `10.0.0.X`, `1.2.3.4/32`.
fn is_one_address(text: &str) -> bool {
    let text = text.strip_suffix("/32").unwrap_or(text);
    let parts: Vec<&str> = text.split('.').collect();
    let number = |part: &&str| part.parse::<u8>().is_ok() || matches!(*part, "x" | "X" | "xx" | "XX");
    parts.len() == 4 && parts.iter().all(number) && text != "0.0.0.0"
}

/// One row or one process, in a statement that changes or ends it.
fn in_statement(statement: &str) -> Option<Sample> {
    let lower = statement.to_ascii_lowercase();
    for call in ["pg_terminate_backend(", "pg_cancel_backend(", "kill "] {
        let Some(at) = lower.find(call).filter(|at| call != "kill " || *at == 0) else { continue };
        let number = leading_number(&lower[at + call.len()..]);
        if !number.is_empty() {
            return Some(Sample { value: number.to_owned(), what: "the number of one process", ask: "pid" });
        }
    }
    if !["update ", "delete ", "insert "].iter().any(|verb| lower.contains(verb)) {
        return None;
    }
    lower.match_indices("id").find_map(|(at, name)| {
        let rest = lower[at + name.len()..].trim_start().strip_prefix('=')?.trim_start();
        let number = leading_number(rest.trim_start_matches('\''));
        let named = lower[..at].chars().next_back().is_none_or(|c| c == '_' || !c.is_ascii_alphanumeric());
        (named && !number.is_empty()).then(|| Sample {
            value: number.to_owned(),
            what: "the number of one row",
            ask: "id",
        })
    })
}

fn leading_number(text: &str) -> &str {
    &text[..text.find(|c: char| !c.is_ascii_digit()).unwrap_or(text.len())]
}

#[cfg(test)]
mod tests {
    use crate::runbook::Runbook;

    /// The value that is found in a command, and what it is asked for as.
    fn check(command: &str, expected: &str) {
        let text = format!("# Ops\n\n## Web down\n\n**Fix:**\n```bash\n{command}\n```\n");
        let runbook = Runbook::read([("ops.md", text.as_str())]);
        let found = runbook.findings.iter().find(|f| f.rule == "PH02");
        let value = found.map_or("", |f| f.message.split('`').nth(1).unwrap_or_default());
        assert_eq!(value, expected, "{command}");
    }

    #[test]
    fn values_that_were_right_once_are_found() {
        check("gunzip -c shop-20240301-1200.sql.gz | psql shop", "20240301");
        check("rclone copyto r2:backups/db/2026-02-25.db /tmp/shop.db", "2026-02-25");
        check("./restore.sh 2024-03-01", "2024-03-01");
        check("psql shop < dumps/2024_03_01.sql", "2024_03_01");
        check("sudo kill -9 12345", "12345");
        check("git revert a1b2c3d", "a1b2c3d");
        check("ufw insert 1 deny from 203.0.113.9", "203.0.113.9");
        check("fail2ban-client set sshd banip 10.0.0.X", "10.0.0.X");
        check("rsync -a /srv/ deploy@10.0.0.X:/srv/", "10.0.0.X");
        check("psql shop -c 'DELETE FROM orders WHERE id = 123'", "123");
        check("psql shop -c 'select pg_terminate_backend(4711)'", "4711");
        check("aws ec2 terminate-instances --instance-ids i-0123456789abcdef", "0123456789abcdef");
    }

    #[test]
    fn what_is_the_same_every_day_is_no_sample() {
        for command in [
            "pg_dump shop > shop-$(date +%Y%m%d).sql",
            "curl -X POST 'https://api.shop.example/x?api-version=2023-01-01'",
            "docker pull shop/web:2024-03-01",
            "ufw allow from 10.0.0.5 to any port 5432",
            "kill -9 $(cat web.pid)",
            "git checkout main",
            "git revert abc1234",
            "grep 2024-03-01 /srv/backup/list.log",
            "tail -n 20240301 x",
            "npx migrate up 20240301120000_orders",
            "systemctl restart web-2",
            "git checkout deadbeef",
            "ls /srv/backup/2024-03-01.sql",
            "psql shop -c 'UPDATE flags SET on = 1'",
        ] {
            check(command, "");
        }
    }
}
