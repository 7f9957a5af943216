//! What a runbook says should come out of a step, as something that can be checked rather than believed.

use serde::{Deserialize, Serialize};
use serde_json::Value;

/// What must hold of a command's output. Prose that says nothing checkable makes none.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case", tag = "expects")]
pub enum Expectation {
    /// This text stands in it, as a word of its own where it is one word: `PONG`, `active (running)`.
    Says {
        /// The text, in lower case.
        text: String,
    },
    /// One of these status codes stands in it: `200`.
    Status {
        /// The codes.
        codes: Vec<u16>,
    },
    /// A number in it lies on the right side: `< 80% used`.
    Number {
        /// `<`, `<=`, `>`, `>=` or `=`.
        is: String,
        /// The bound.
        bound: f64,
        /// Whether percentages are meant.
        percent: bool,
    },
    /// It is JSON that holds at least this.
    Json {
        /// What it must hold.
        holds: Value,
    },
    /// Nothing is printed.
    Nothing,
}

/// What became of an expectation.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case", tag = "came", content = "because")]
pub enum Came {
    /// It holds.
    Met,
    /// It does not, and why in a few words.
    NotMet(String),
    /// The output does not tell.
    Untold(String),
}

impl Expectation {
    /// Reads what a runbook says of the output; `None` where no program could check it.
    pub fn read(said: &str) -> Option<Expectation> {
        let said = said.trim();
        if let Ok(holds) = serde_json::from_str::<Value>(said)
            && (holds.is_object() || holds.is_array())
        {
            return Some(Expectation::Json { holds });
        }
        let line = said.lines().next()?.trim().trim_end_matches(['.', '!']);
        let lower = line.to_lowercase();
        if ["no output", "nothing", "empty", "empty output", "(empty)", "no results", "no rows"]
            .contains(&lower.as_str())
        {
            return Some(Expectation::Nothing);
        }
        if said.lines().count() > 1 {
            return None;
        }
        let bare = unquoted(strip_lead(&lower));
        bound(bare).or_else(|| status(bare)).or_else(|| says(line, bare))
    }

    /// Holds it against what a command printed.
    pub fn judge(&self, output: &str) -> Came {
        match self {
            Expectation::Says { text } if stands_in(text, &output.to_lowercase()) => Came::Met,
            Expectation::Says { text } => Came::NotMet(format!("`{text}` does not stand in the output")),
            Expectation::Status { codes } => judge_status(codes, output),
            Expectation::Number { is, bound, percent } => judge_number(is, *bound, *percent, output),
            Expectation::Json { holds } => judge_json(holds, output),
            Expectation::Nothing if output.trim().is_empty() => Came::Met,
            Expectation::Nothing => Came::NotMet("something was printed, and nothing was expected".into()),
        }
    }
}

/// The text behind words that only lead to it: `should be < 80%`, `returns 200`.
fn strip_lead(lower: &str) -> &str {
    const LEADS: &[&str] = &[
        "expected:", "expected", "expect:", "expect", "should be", "should return", "should show", "should say",
        "should print", "must be", "returns", "return", "output:", "shows", "prints", "says", "is", "status", "http",
        "http/1.1", "http/2", "code", "now", "a", "an",
    ];
    let mut rest = lower.trim();
    loop {
        let word = LEADS
            .iter()
            .filter_map(|lead| rest.strip_prefix(lead))
            .find(|after| after.starts_with(|c: char| c.is_whitespace() || c == ':') && !after.trim().is_empty());
        match word {
            Some(after) => rest = after.trim_start_matches([':', ' ', '\t']),
            None => return rest,
        }
    }
}

fn unquoted(text: &str) -> &str {
    let text = text.trim();
    ['`', '"', '\'']
        .iter()
        .find_map(|q| text.strip_prefix(*q)?.strip_suffix(*q).filter(|inner| !inner.contains(*q)))
        .unwrap_or(text)
}

/// `< 80% used`, `less than 5`, `below 90 %`, `>= 3`, `0`.
fn bound(text: &str) -> Option<Expectation> {
    const WORDS: &[(&str, &str)] = &[
        ("<=", "<="),
        (">=", ">="),
        ("≤", "<="),
        ("≥", ">="),
        ("<", "<"),
        (">", ">"),
        ("less than", "<"),
        ("fewer than", "<"),
        ("below", "<"),
        ("under", "<"),
        ("at most", "<="),
        ("up to", "<="),
        ("no more than", "<="),
        ("more than", ">"),
        ("greater than", ">"),
        ("above", ">"),
        ("over", ">"),
        ("at least", ">="),
    ];
    let (is, rest) = WORDS.iter().find_map(|(word, is)| Some((*is, text.strip_prefix(word)?.trim_start())))?;
    let (number, rest) = number(rest)?;
    // Seconds, bytes and their kin are printed in too many ways to compare.
    let rest = rest.trim_start();
    let percent = rest.starts_with('%') || rest.starts_with("percent");
    let unit_less = rest.is_empty() || rest.starts_with(['(', ',', ';']);
    (percent || unit_less).then(|| Expectation::Number { is: is.into(), bound: number, percent })
}

fn number(text: &str) -> Option<(f64, &str)> {
    let end = text.find(|c: char| !c.is_ascii_digit() && c != '.').unwrap_or(text.len());
    let digits = text[..end].trim_end_matches('.');
    Some((digits.parse().ok()?, &text[digits.len()..]))
}

/// `200`, `200 ok`, `401 or 403`.
fn status(text: &str) -> Option<Expectation> {
    const TEXTS: &[&str] = &[
        "", "ok", "created", "accepted", "no content", "bad request", "unauthorized", "forbidden", "not found",
        "too many requests", "service unavailable",
    ];
    let codes: Vec<u16> = text
        .split(" or ")
        .flat_map(|part| part.split(','))
        .flat_map(|part| part.split('/'))
        .map(|part| {
            let (code, rest) = part.trim().split_at_checked(3)?;
            TEXTS.contains(&rest.trim()).then(|| code.parse::<u16>().ok())?
        })
        .collect::<Option<_>>()?;
    (!codes.is_empty() && codes.iter().all(|c| (100..600).contains(c))).then_some(Expectation::Status { codes })
}

/// A word as programs print it (`PONG`, `active`), or text in quotes; a sentence is for people.
fn says(line: &str, bare: &str) -> Option<Expectation> {
    const STATES: &[&str] = &[
        "active", "active (running)", "alive", "accepting connections", "connected", "enabled", "healthy", "inactive",
        "loaded", "ok", "online", "open", "passed", "pong", "ready", "running", "stopped", "success", "successful",
        "syntax is ok", "true", "up", "valid", "yes", "no", "false", "0", "1",
    ];
    if bare.is_empty() || bare.len() > 80 {
        return None;
    }
    let quoted = line.matches(['`', '"']).count() == 2 && line.trim().starts_with(['`', '"']);
    let shouted = bare.split_whitespace().count() == 1
        && line.chars().any(|c| c.is_ascii_uppercase())
        && line.split_whitespace().last().is_some_and(|w| w == w.to_uppercase());
    let known = STATES.contains(&bare);
    (quoted || shouted || known).then(|| Expectation::Says { text: bare.to_owned() })
}

/// Whether `text` stands in `output` with nothing of a word around it: `active` is not in `inactive`.
fn stands_in(text: &str, output: &str) -> bool {
    output.match_indices(text).any(|(at, _)| {
        let before = output[..at].chars().next_back();
        let after = output[at + text.len()..].chars().next();
        let part = |c: Option<char>| c.is_some_and(|c| c.is_alphanumeric() || c == '_');
        let starts_word = text.starts_with(char::is_alphanumeric);
        let ends_word = text.ends_with(char::is_alphanumeric);
        !(starts_word && part(before) || ends_word && part(after))
    })
}

fn judge_status(codes: &[u16], output: &str) -> Came {
    let found: Vec<u16> = output
        .split(|c: char| !c.is_ascii_digit())
        .filter(|digits| digits.len() == 3)
        .filter_map(|digits| digits.parse().ok())
        .filter(|code| (100..600).contains(code))
        .collect();
    match found.iter().find(|code| codes.contains(code)) {
        Some(_) => Came::Met,
        None if found.is_empty() => Came::Untold("no status code stands in the output".into()),
        None => Came::NotMet(format!("the status is {}", found[0])),
    }
}

fn judge_number(is: &str, bound: f64, percent: bool, output: &str) -> Came {
    let numbers = if percent { percentages(output) } else { numbers(output) };
    let holds = |n: f64| match is {
        "<" => n < bound,
        "<=" => n <= bound,
        ">" => n > bound,
        ">=" => n >= bound,
        _ => n == bound,
    };
    match numbers.as_slice() {
        [] => Came::Untold("no number stands in the output".into()),
        // Of several bare numbers nobody knows which is meant; a percentage says itself what it is.
        [_, _, ..] if !percent => Came::Untold("several numbers stand in the output".into()),
        all => match all.iter().find(|n| !holds(**n)) {
            Some(wrong) => Came::NotMet(format!("{wrong}{} is not {is} {bound}", if percent { " %" } else { "" })),
            None => Came::Met,
        },
    }
}

fn percentages(output: &str) -> Vec<f64> {
    let before = |at: usize| {
        let text = output[..at].trim_end();
        let start = text.rfind(|c: char| !c.is_ascii_digit() && c != '.').map_or(0, |p| p + 1);
        // A character before the digits may be wider than a byte.
        text.get(start..).and_then(|digits| digits.parse().ok())
    };
    output.match_indices('%').filter_map(|(at, _)| before(at)).collect()
}

fn numbers(output: &str) -> Vec<f64> {
    output.split_whitespace().filter_map(|word| word.trim_matches([',', ';', ':']).parse().ok()).collect()
}

fn judge_json(holds: &Value, output: &str) -> Came {
    let start = output.find(['{', '[']);
    let Some(found) = start.and_then(|at| serde_json::Deserializer::from_str(&output[at..]).into_iter().next()) else {
        return Came::Untold("the output is no JSON".into());
    };
    let Ok(found) = found else { return Came::Untold("the output is no JSON".into()) };
    match differs(holds, &found, "") {
        None => Came::Met,
        Some(why) => Came::NotMet(why),
    }
}

/// Where `found` lacks what is expected. Words that tell a state must be the same; times and counts only be there.
fn differs(expected: &Value, found: &Value, at: &str) -> Option<String> {
    match (expected, found) {
        (Value::Object(expected), Value::Object(found)) => expected.iter().find_map(|(key, value)| {
            let place = if at.is_empty() { key.clone() } else { format!("{at}.{key}") };
            match found.get(key) {
                Some(there) => differs(value, there, &place),
                None => Some(format!("`{place}` is missing")),
            }
        }),
        (Value::String(expected), Value::String(found)) => {
            let tells =
                expected.chars().all(|c| c.is_ascii_alphabetic() || c == '_' || c == '-') && !expected.is_empty();
            (tells && expected != found).then(|| format!("`{at}` is `{found}`, expected is `{expected}`"))
        }
        (Value::Bool(expected), Value::Bool(found)) if expected != found => {
            Some(format!("`{at}` is {found}, expected is {expected}"))
        }
        (Value::Null, _) | (_, Value::Null) => None,
        (expected, found) if std::mem::discriminant(expected) != std::mem::discriminant(found) => {
            Some(format!("`{at}` is of another kind than expected"))
        }
        _ => None,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn check(said: &str, output: &str, expected: &str) {
        let came = match Expectation::read(said).map(|e| e.judge(output)) {
            None => "for people".into(),
            Some(Came::Met) => "met".into(),
            Some(Came::NotMet(why)) => format!("not met: {why}"),
            Some(Came::Untold(why)) => format!("untold: {why}"),
        };
        assert_eq!(came, expected, "{said} / {output}");
    }

    #[test]
    fn what_programs_print_is_compared() {
        check("PONG", "PONG\n", "met");
        check("PONG", "NOAUTH Authentication required.", "not met: `pong` does not stand in the output");
        check("active (running)", "   Active: active (running) since Mon", "met");
        check("active", "inactive", "not met: `active` does not stand in the output");
        check("`synced`", "state: synced", "met");
        check("no output", "", "met");
        check("no output", "ERROR x", "not met: something was printed, and nothing was expected");
    }

    #[test]
    fn status_codes_are_found_where_they_stand() {
        check("200", "HTTP/1.1 200 OK", "met");
        check("HTTP 200 OK", "200", "met");
        check("401 or 403", "403", "met");
        check("should return 200", "HTTP/1.1 502 Bad Gateway", "not met: the status is 502");
        check("200", "connection refused", "untold: no status code stands in the output");
    }

    #[test]
    fn a_number_lies_on_the_right_side() {
        check("should be < 80% used", "/dev/vda 40G 20G 20G 51% /", "met");
        check(
            "should be < 80% used", "/dev/vda 40G 39G 1G 97% /\n/dev/vdb 9G 1G 8G 2% /srv", "not met: 97 % is not < 80",
        );
        check("less than 5", "3", "met");
        check("at least 3", "2", "not met: 2 is not >= 3");
        check("less than 5", "3 of 9", "untold: several numbers stand in the output");
    }

    #[test]
    fn json_holds_what_tells_a_state() {
        let said = r#"{"status": "ok", "uptime": 12, "db": {"up": true}}"#;
        check(said, r#"{"status":"ok","uptime":99,"db":{"up":true},"more":1}"#, "met");
        check(
            said, r#"{"status":"degraded","uptime":1,"db":{"up":true}}"#,
            "not met: `status` is `degraded`, expected is `ok`",
        );
        check(said, r#"{"status":"ok","uptime":1}"#, "not met: `db` is missing");
        check(said, "curl: (7) refused", "untold: the output is no JSON");
    }

    #[test]
    fn what_only_a_person_can_tell_is_left_to_a_person() {
        check("the dashboard shows no more errors for this tenant", "x", "for people");
        check("a line for each worker, none of them older than today", "x", "for people");
        check("under 2 seconds", "x", "for people");
    }
}
