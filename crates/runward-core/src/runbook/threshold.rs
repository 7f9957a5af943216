//! Thresholds: from which value on a runbook calls something wrong.

use std::ops::Range;

use serde::{Deserialize, Serialize};

use super::columns::is_nothing;
use super::field::Field;
use super::markdown::{Block, Inlines, Kind, Table};
use super::section::Section;
use super::words::topic::Topic;
use super::words::{floor, normal};
use crate::source::{Lines, Source};

/// One threshold.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Threshold {
    /// What is measured: `disk usage`, `CPU`, `response time`.
    pub subject: String,
    /// `>`, `>=`, `<` or `<=`: on which side it is wrong.
    pub comparison: String,
    /// The value.
    pub value: f64,
    /// Its unit as written: `%`, `ms`, `GB`; empty where there is none.
    pub unit: String,
    /// Where it stands.
    pub source: Source,
}

/// Reads every threshold of a document.
pub(super) fn read(root: &Section<'_>, lines: &Lines<'_>) -> Vec<Threshold> {
    let mut reader = Reader { lines, found: Vec::new() };
    root.walk(&mut |section| {
        // How soon somebody must respond is a promise, not a threshold.
        let promises = [Topic::Severity, Topic::Escalation, Topic::Cadence, Topic::Review, Topic::Contacts];
        let speaks = section.topics.and(section.above);
        if !promises.iter().any(|topic| speaks.has(*topic)) {
            reader.blocks(section.body, &section.title);
        }
    });
    reader.found
}

struct Reader<'d> {
    lines: &'d Lines<'d>,
    found: Vec<Threshold>,
}

impl Reader<'_> {
    fn blocks(&mut self, blocks: &[Block], heading: &str) {
        for block in blocks {
            match &block.kind {
                Kind::Paragraph(text) => self.text(text, heading),
                Kind::List(list) => list.items.iter().for_each(|item| self.blocks(&item.blocks, heading)),
                Kind::Table(table) => self.table(table),
                Kind::Fence(fence) => {
                    for line in &fence.lines {
                        // Comments only: in commands the same signs move files about.
                        if let Some((_, comment)) = line.text.split_once('#').filter(|(_, c)| has_digit(c)) {
                            let at = line.start + line.text.len() - comment.len();
                            self.words(comment, heading, at..line.start + line.text.len());
                        }
                    }
                }
                Kind::Quote(inner) => self.blocks(inner, heading),
                Kind::Heading(..) => {}
            }
        }
    }

    fn text(&mut self, text: &Inlines, heading: &str) {
        if !text.0.iter().any(|inline| has_digit(&inline.text)) {
            return;
        }
        let plain = text.plain();
        let span = text.span();
        // A line of the text is a line of the document, more or less: that is exact enough to find it.
        let first = self.lines.line_of(span.start);
        for (count, line) in plain.split('\n').enumerate() {
            let whole = self.lines.line_span(first + count as u32);
            let place = whole.start.clamp(span.start, span.end)..whole.end.clamp(span.start, span.end);
            self.words(line, heading, place);
        }
    }

    /// `Metric | Threshold`, or a column each for the warning and the alarm.
    fn table(&mut self, table: &Table) {
        let fields = Field::columns(table);
        let at = |wanted: Field| fields.iter().position(|field| *field == Some(wanted));
        let limits: Vec<usize> = [Field::Limit, Field::Warning, Field::Critical].into_iter().filter_map(at).collect();
        let named = at(Field::Metric).or_else(|| at(Field::What)).or_else(|| fields.iter().position(Option::is_none));
        let stated = (!limits.is_empty()).then_some(()).and(named.filter(|at| !limits.contains(at)));
        for row in &table.rows {
            let cell = |at: usize| row.cells.get(at).map(Inlines::plain).unwrap_or_default();
            if let Some(named) = stated {
                let subject = cell(named);
                for limit in limits.iter().map(|at| cell(*at)).filter(|limit| !is_nothing(limit) && has_digit(limit)) {
                    self.limit(&subject, &limit, row.span.clone());
                }
            } else if at(Field::Http).is_none() {
                row.cells.iter().for_each(|cell| self.text(cell, ""));
            }
        }
    }

    /// A cell below `Threshold`: `> 80 %`, `80%`, `below 10 GB`.
    fn limit(&mut self, subject: &str, text: &str, span: Range<usize>) {
        let before = self.found.len();
        self.words(text, subject, span.clone());
        if self.found.len() > before {
            self.found[before..].iter_mut().for_each(|t| t.subject = subject.to_owned());
            return;
        }
        if let Some((value, unit)) = amount(text.trim()) {
            let comparison = if wants_much(subject) { "<" } else { ">" };
            self.add(subject, comparison, value, unit, span);
        }
    }

    /// Comparisons in running words: `CPU above 80 %`, `p95 > 2 s`, `less than 10 GB free`.
    fn words(&mut self, text: &str, heading: &str, span: Range<usize>) {
        const MOST: usize = 4;
        if !has_digit(text) {
            return;
        }
        let lower = small(text);
        let mut from = 0;
        for _ in 0..MOST {
            let Some((start, end, comparison)) = compared(&lower, from) else { return };
            from = end;
            let rest = text[end..].trim_start_matches([' ', '~', '=', '$']);
            let Some((value, unit)) = amount(rest) else { continue };
            let behind = rest.trim_start_matches(|c: char| c.is_ascii_digit() || c == '.' || c == ',' || c == '%');
            let behind = behind.trim_start().strip_prefix(unit.as_str()).unwrap_or(behind).trim_start();
            let before = &text[..start];
            let wrong = wrong_side(before, comparison);
            let subject = subject(before, behind, heading);
            if is_promise(before, &unit) || subject.is_empty() {
                continue;
            }
            self.add(&subject, wrong, value, unit, span.clone());
        }
    }

    fn add(&mut self, subject: &str, comparison: &str, value: f64, unit: String, span: Range<usize>) {
        let (subject, comparison) = (subject.trim().to_owned(), comparison.to_owned());
        self.found.push(Threshold { subject, comparison, value, unit, source: self.lines.source(span) });
    }
}

/// A text in small letters, each as long as it was: places in one are places in the other.
fn small(text: &str) -> String {
    let one = |c: char| {
        let mut lower = c.to_lowercase();
        let first = lower.next().filter(|l| lower.len() == 0 && l.len_utf8() == c.len_utf8());
        first.unwrap_or(c)
    };
    text.chars().map(one).collect()
}

fn has_digit(text: &str) -> bool {
    text.bytes().any(|b| b.is_ascii_digit())
}

/// Words and signs that compare, lower-cased.
const COMPARISONS: &[(&str, &str)] = &[
    (">=", ">="),
    ("<=", "<="),
    ("≥", ">="),
    ("≤", "<="),
    ("->", ""),
    ("=>", ""),
    (">", ">"),
    ("<", "<"),
    ("greater than ", ">"),
    ("more than ", ">"),
    ("higher than ", ">"),
    ("above ", ">"),
    ("over ", ">"),
    ("exceeds ", ">"),
    ("exceed ", ">"),
    ("exceeding ", ">"),
    ("at least ", ">="),
    ("longer than ", ">"),
    ("less than ", "<"),
    ("lower than ", "<"),
    ("below ", "<"),
    ("under ", "<"),
    ("fewer than ", "<"),
    ("drops to ", "<="),
    ("at most ", "<="),
    ("reaches ", ">="),
    ("über ", ">"),
    ("mehr als ", ">"),
    ("größer als ", ">"),
    ("unter ", "<"),
    ("weniger als ", "<"),
    ("übersteigt ", ">"),
    ("más de ", ">"),
    ("mayor que ", ">"),
    ("superior a ", ">"),
    ("supera ", ">"),
    ("menos de ", "<"),
    ("inferior a ", "<"),
    ("plus de ", ">"),
    ("supérieur à ", ">"),
    ("supérieure à ", ">"),
    ("dépasse ", ">"),
    ("moins de ", "<"),
    ("inférieur à ", "<"),
    ("mais de ", ">"),
    ("maior que ", ">"),
    ("acima de ", ">"),
    ("abaixo de ", "<"),
    ("più di ", ">"),
    ("oltre ", ">"),
    ("superiore a ", ">"),
    ("meno di ", "<"),
    ("sotto ", "<"),
    ("meer dan ", ">"),
    ("boven ", ">"),
    ("minder dan ", "<"),
    ("onder ", "<"),
];

/// The next comparison behind a byte: where it begins and ends, and its sign.
fn compared(lower: &str, from: usize) -> Option<(usize, usize, &'static str)> {
    let mut at = from;
    // A comparison is a sign, or stands at the beginning of a word.
    while at < lower.len() {
        let rest = &lower[at..];
        let first = rest.as_bytes().first();
        let found = COMPARISONS.iter().find(|(words, _)| words.as_bytes().first() == first && rest.starts_with(words));
        match found {
            Some((words, "")) => at += words.len(),
            Some((words, sign)) => return Some((at, at + words.len(), *sign)),
            None => {
                // A sign may stand at any letter, a word only behind a gap.
                let next = rest.char_indices().skip(1).find(|(i, c)| {
                    matches!(c, '>' | '<' | '≥' | '≤' | '-' | '=') || rest[..*i].ends_with([' ', '(', ',', '"', '*'])
                });
                at += next.map_or(rest.len(), |(i, _)| i);
            }
        }
    }
    None
}

/// A number and its unit: `80 %`, `2s`, `1.5 GB`, `10,000`.
fn amount(text: &str) -> Option<(f64, String)> {
    const UNITS: &[&str] = &[
        "%", "ms", "s", "sec", "secs", "second", "seconds", "m", "min", "mins", "minute", "minutes", "h", "hour",
        "hours", "d", "day", "days", "kb", "mb", "gb", "tb", "kib", "mib", "gib", "tib", "k", "g", "percent", "req/s",
        "rps", "req/min", "sekunden", "sekunde", "minuten", "stunden", "tage", "prozent", "segundos", "minutos",
        "horas", "días", "dias", "secondes", "heures", "jours", "secondi", "minuti", "ore", "giorni", "seconden",
        "uur", "dagen", "°c", "x",
    ];
    let end = text.find(|c: char| !(c.is_ascii_digit() || c == '.' || c == ',' || c == '_')).unwrap_or(text.len());
    let digits = text[..end].trim_end_matches(['.', ',']);
    // `10,000` counts thousands, `1,5` is one and a half.
    let thousands = digits.split_once(',').is_some_and(|(_, rest)| rest.len() == 3);
    let digits: String =
        if thousands { digits.replace([',', '_'], "") } else { digits.replace(',', ".").replace('_', "") };
    let value: f64 = digits.parse().ok().filter(|value: &f64| value.is_finite())?;
    let rest = text[end..].trim_start_matches([' ', '\u{a0}']);
    let word_end = rest.find(|c: char| !(c.is_alphanumeric() || matches!(c, '%' | '/' | '°'))).unwrap_or(rest.len());
    let word = &rest[..word_end];
    let sign = if rest.starts_with('%') { "%" } else { word };
    // `5xx` and `2FA` are names, not amounts.
    let glued = text[end..].starts_with(|c: char| c.is_alphabetic());
    let known = UNITS.contains(&sign.to_lowercase().as_str());
    if glued && !known {
        return None;
    }
    Some((value, if known { sign.to_owned() } else { String::new() }))
}

/// `should be < 80%` says where it is right: it is wrong on the other side.
fn wrong_side<'c>(before: &str, comparison: &'c str) -> &'c str {
    const RIGHT: &[&str] = &[
        "should", "must", "expect", "expected", "healthy", "normal", "target", "ok", "ahora", "debe", "sollte", "soll",
        "doit", "deve", "moet", "good", "goal", "keep", "stay", "stays",
    ];
    let words = normal(before);
    let right = words.rsplit(' ').take(4).any(|word| RIGHT.contains(&word));
    match comparison {
        "<" if right => ">=",
        "<=" if right => ">",
        ">" if right => "<=",
        ">=" if right => "<",
        _ => comparison,
    }
}

/// A length of time behind `respond`, `within` or `lasting` is how soon or how long, not how much.
fn is_promise(before: &str, unit: &str) -> bool {
    const PROMISES: &[&str] = &[
        "respond", "response sla", "acknowledge", "ack", "lasting", "within", "escalate", "waiting", "unresolved",
        "target", "kept", "retention", "older", "files", "backups", "aged",
    ];
    let timed = unit.chars().next().is_some_and(char::is_alphabetic);
    let words = normal(before);
    timed && words.rsplit(' ').take(4).any(|word| PROMISES.contains(&word))
}

/// What is wanted to be much rather than little.
fn wants_much(subject: &str) -> bool {
    let words = normal(subject);
    [
        "free", "available", "remaining", "uptime", "hit", "availability", "frei", "libre", "disponible",
        "disponibilidad", "expiry", "left",
    ]
    .iter()
    .any(|word| words.split(' ').any(|w| w == *word))
}

/// What is measured: the words before the comparison, else those behind the value, else the heading.
fn subject(before: &str, behind: &str, heading: &str) -> String {
    const MOST_WORDS: usize = 5;
    const LONGEST: usize = 60;
    const FILLERS: &[&str] = &[
        "is", "are", "if", "when", "was", "the", "a", "an", "than", "be", "should", "must", "increased", "increases",
        "rises", "goes", "stays", "grows", "alert", "warn", "warning", "critical", "of", "at", "or", "and", "wenn",
        "die", "der", "das", "el", "la", "le", "il", "lo", "het", "si", "expect", "expected", "by", "usage:", "now",
        "ist", "es", "está", "est", "falls", "still", "drops", "has", "to", "page", "only", "-", "–", "—",
    ];
    let clause =
        before.rsplit(['(', ',', ';', ':', '|', '"', '“']).find(|piece| !piece.trim().is_empty()).unwrap_or_default();
    let clause = clause.rsplit(". ").next().unwrap_or_default();
    let mut words: Vec<&str> = clause.split_whitespace().collect();
    // `call Anke if the disk …`: what is measured stands behind the `if`.
    if let Some(at) = words.iter().rposition(|word| ["if", "when", "wenn", "falls", "si", "se", "als"].contains(word)) {
        words.drain(..=at);
    }
    let filler = |word: &&str| FILLERS.contains(&word.to_lowercase().as_str());
    while words.last().is_some_and(filler) {
        words.pop();
    }
    let from = words.len().saturating_sub(MOST_WORDS);
    let mut kept: Vec<&str> = words[from..].to_vec();
    while kept.first().is_some_and(filler) {
        kept.remove(0);
    }
    let said = kept.join(" ");
    let said = said.trim_matches(|c: char| !c.is_alphanumeric());
    if !said.is_empty() {
        return said[..floor(said, said.len().min(LONGEST))].to_owned();
    }
    let first = behind.split([',', '.', ';', ')', '(', '\n']).next().unwrap_or_default();
    let words: Vec<&str> = first.split_whitespace().take(3).collect();
    let said = words.join(" ");
    if said.is_empty() { heading.trim().to_owned() } else { said[..floor(&said, said.len().min(LONGEST))].to_owned() }
}

#[cfg(test)]
mod tests {
    use crate::runbook::Runbook;

    /// `line subject > value unit` of each.
    fn check(markdown: &str, expected: &str) {
        let runbook = Runbook::read([("ops.md", markdown)]);
        let shown: Vec<String> = runbook
            .thresholds
            .iter()
            .map(|t| format!("{} {} {} {}{}", t.source.line, t.subject, t.comparison, t.value, t.unit))
            .collect();
        assert_eq!(shown.join("\n"), expected, "{markdown}");
    }

    #[test]
    fn words_and_signs_compare() {
        check(
            "# Ops\n\n## Kiln slow\n\n**Symptoms:**\n- Firing time > 2 seconds\n- p95 above 500 ms\n- less than 10 GB free\n- Error rate increased >50% after a deploy\n- 5xx errors\n",
            "6 Firing time > 2seconds\n7 p95 > 500ms\n8 free < 10GB\n9 Error rate > 50%",
        );
        check("# Ops\n\n## Kiln\n\nCall Anke if the disk is over 90 % full.\n", "5 disk > 90%");
        check("# Ops\n\n## Ofen\n\nWenn die Temperatur über 80 % liegt, Anke rufen.\n", "5 Temperatur > 80%");
    }

    #[test]
    fn what_should_be_so_is_wrong_on_the_other_side() {
        check("# Ops\n\n## Kiln\n\n```bash\ndf -h / # should be < 80% used\n```\n", "6 used >= 80%");
    }

    #[test]
    fn a_table_of_metrics_says_it_in_columns() {
        check(
            "# Ops\n\n| Metric | Warning | Critical |\n|---|---|---|\n| CPU | > 70% | > 90% |\n| Free disk | 20 GB | 5 GB |\n",
            "5 CPU > 70%\n5 CPU > 90%\n6 Free disk < 20GB\n6 Free disk < 5GB",
        );
    }

    #[test]
    fn promises_are_no_thresholds() {
        check(
            "# Ops\n\n## Severity\n\n| Level | Response time |\n|---|---|\n| P1 | <15 minutes |\n| P2 | <1 hour |\n",
            "",
        );
        check("# Ops\n\n## Duties\n\n- Target: <5 minutes for P0\n", "");
        check("# Ops\n\n## Flow\n\na -> 5, b => 6\n", "");
    }
}
