//! Severity: the runbook's own scale, and which of its rows a trouble is.

use std::time::Duration;

use serde::{Deserialize, Serialize};

use crate::source::Source;

/// One row of the severity table.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Severity {
    /// Its short name: `P1`, `SEV2`, `Critical`.
    pub name: String,
    /// What the table calls it besides: `Wallet down`.
    #[serde(default)]
    pub title: String,
    /// When it applies.
    pub criteria: String,
    /// Within how many seconds somebody must respond; `None` where the runbook gives no length.
    pub respond_within_s: Option<u64>,
    /// How often to post an update while it lasts, in seconds.
    pub update_every_s: Option<u64>,
    /// Where the runbook says so.
    pub source: Source,
}

/// What is known of a trouble when its severity is judged.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Trouble<'t> {
    /// The service's names.
    pub service: Vec<&'t str>,
    /// Whether it only does badly (true) or is down (false).
    pub degraded: bool,
    /// The share of all services that are down, 0 to 1.
    pub share_down: f64,
}

impl Severity {
    /// How soon somebody must respond.
    pub fn respond_within(&self) -> Option<Duration> {
        self.respond_within_s.map(Duration::from_secs)
    }

    fn words(&self) -> String {
        format!("{} {} {}", self.name, self.title, self.criteria).to_lowercase()
    }
}

/// The row that fits a trouble, as an index into `table`, which is ordered from worst to mildest.
/// A row that names the service decides, or the row for everything being down where that is worse;
/// then rows for one service, for doing badly; where nothing in the table fits, a service that is down is the second row and one that does badly the third.
pub fn judge(table: &[Severity], trouble: &Trouble) -> Option<usize> {
    if table.is_empty() {
        return None;
    }
    let last = table.len() - 1;
    if trouble.degraded {
        return Some(find(table, DEGRADED).unwrap_or(2.min(last)));
    }
    let named = table.iter().position(|row| trouble.service.iter().any(|name| names(row, name)));
    let all = (trouble.share_down >= 0.9).then(|| find(table, ALL_DOWN).unwrap_or(0));
    // Both may fit: the worse one counts.
    if let Some(row) = named.into_iter().chain(all).min() {
        return Some(row);
    }
    let one = table.iter().position(|row| ONE_DOWN.iter().any(|phrase| row.words().contains(phrase)));
    Some(one.unwrap_or(1.min(last)))
}

const ALL_DOWN: &[&str] =
    &["all down", "complete", "total outage", "entire", "all users", "everything", "all services", "site down"];
const ONE_DOWN: &[&str] = &[
    "single service", "one service", "one non-", "a service down", "service down", "service is down", "partial outage",
    "major functionality", "major feature",
];
const DEGRADED: &[&str] =
    &["degraded", "degradation", "slow", "intermittent", "latency", "partial functionality", "minor"];

fn find(table: &[Severity], phrases: &[&str]) -> Option<usize> {
    table.iter().position(|row| phrases.iter().any(|phrase| row.words().contains(phrase)))
}

/// Whether a row speaks of the service: `Wallet down` names wallet, `One non-wallet service down` does not.
fn names(row: &Severity, service: &str) -> bool {
    let words = row.words();
    let service = service.to_lowercase();
    // A name such as `api` or `site` is also part of other words: only whole words count, and no single letters.
    if service.len() < 2 {
        return false;
    }
    words.match_indices(&service).any(|(at, _)| {
        let before = &words[..at];
        let after = words[at + service.len()..].chars().next();
        let whole = !before.ends_with(|c: char| c.is_alphanumeric()) && !after.is_some_and(char::is_alphanumeric);
        let excluded = ["non-", "not ", "except ", "excluding ", "other than "].iter().any(|no| before.ends_with(no));
        whole && !excluded
    })
}

/// Where a name stands on the scales people use, worst first: `P0`, `SEV1`, `Critical`. `None` if it is on none.
pub fn rank(name: &str) -> Option<u32> {
    let lower = name.trim().to_lowercase();
    let numbered = ["severity", "sev", "priority", "prio", "p", "s", "level", "l", "stufe", "nivel", "niveau"]
        .iter()
        .find_map(|prefix| {
            lower
                .strip_prefix(prefix)
                .map(|rest| rest.trim_start_matches(['-', ' ', '_']))
                .filter(|rest| !rest.is_empty() && rest.chars().all(|c| c.is_ascii_digit()))
        });
    if let Some(digits) = numbered {
        return digits.parse().ok().filter(|n| *n < 10);
    }
    WORDS.iter().position(|row| row.contains(&lower.as_str())).map(|at| at as u32)
}

const WORDS: &[&[&str]] = &[
    &[
        "critical", "emergency", "blocker", "disaster", "fatal", "urgent", "kritisch", "crítico", "crítica",
        "critique", "kritik", "critico", "critica", "kritiek", "notfall",
    ],
    &[
        "high", "major", "severe", "error", "hoch", "alto", "alta", "élevé", "élevée", "haute", "majeur", "majeure",
        "yüksek", "hoog", "schwer", "grave",
    ],
    &[
        "medium", "moderate", "warning", "normal", "mittel", "medio", "media", "média", "médio", "moyen", "moyenne",
        "orta", "gemiddeld", "middel", "modéré", "modérée",
    ],
    &[
        "low", "minor", "info", "informational", "trivial", "notice", "niedrig", "gering", "bajo", "baja", "faible",
        "basse", "mineur", "mineure", "baixo", "baixa", "düşük", "basso", "bassa", "laag",
    ],
];

#[cfg(test)]
mod tests {
    use super::*;

    fn table(rows: &[(&str, &str, &str)]) -> Vec<Severity> {
        let lines = crate::source::Lines::new("ops.md", "");
        rows.iter()
            .map(|(name, title, criteria)| Severity {
                name: (*name).into(),
                title: (*title).into(),
                criteria: (*criteria).into(),
                respond_within_s: None,
                update_every_s: None,
                source: lines.source(0..0),
            })
            .collect()
    }

    fn check(table: &[Severity], trouble: &Trouble, expected: &str) {
        let found = judge(table, trouble).map(|at| table[at].name.as_str());
        assert_eq!(found, Some(expected), "{trouble:?}");
    }

    #[test]
    fn the_row_that_names_the_service_decides() {
        let table = table(&[
            ("P0", "All down", "Host unreachable or proxy down"),
            ("P1", "Billing down", "billing does not answer"),
            ("P2", "Single service", "One non-billing service down"),
            ("P3", "Degraded", "Slow responses"),
        ]);
        let down = |name| Trouble { service: vec![name], ..Trouble::default() };
        check(&table, &down("billing"), "P1");
        check(&table, &down("proxy"), "P0");
        check(&table, &down("search"), "P2");
        check(&table, &Trouble { share_down: 1.0, ..down("search") }, "P0");
        check(&table, &Trouble { degraded: true, ..down("billing") }, "P3");
    }

    #[test]
    fn a_table_of_bare_words_still_gives_an_answer() {
        let table = table(&[("Critical", "", ""), ("High", "", ""), ("Medium", "", ""), ("Low", "", "")]);
        check(&table, &Trouble { service: vec!["api"], ..Trouble::default() }, "High");
        check(&table, &Trouble { service: vec!["api"], degraded: true, ..Trouble::default() }, "Medium");
        assert_eq!(judge(&[], &Trouble::default()), None);
    }

    #[test]
    fn scales_are_told_from_other_words() {
        for (name, expected) in [
            ("P0", Some(0)),
            ("SEV-2", Some(2)),
            ("Sev 1", Some(1)),
            ("Critical", Some(0)),
            ("low", Some(3)),
            ("Platform", None),
            ("S3 bucket", None),
        ] {
            assert_eq!(rank(name), expected, "{name}");
        }
    }
}
