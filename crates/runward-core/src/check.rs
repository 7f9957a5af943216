//! Checks: when each is due, and what a row of observations amounts to.

use std::collections::HashMap;
use std::time::Duration;

use serde::{Deserialize, Serialize};
use sha2::{Digest, Sha256};

use crate::id::{CheckId, ServiceId};
use crate::service::Service;
use crate::source::Source;
use crate::time::Timestamp;

/// How a thing that is watched is doing.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum Health {
    /// As it should be.
    Ok,
    /// Nobody can tell: the check could not run. Never shown as well, never as down.
    #[default]
    Unknown,
    /// It answers, but not as it should.
    Warn,
    /// Down.
    Critical,
}

impl Health {
    /// The word the JSON and the pages use.
    pub fn name(self) -> &'static str {
        match self {
            Health::Ok => "ok",
            Health::Unknown => "unknown",
            Health::Warn => "warn",
            Health::Critical => "critical",
        }
    }

    /// Whether it is known not to be well.
    pub fn is_bad(self) -> bool {
        self >= Health::Warn
    }

    /// What a service says of itself, in any of the words people use: `healthy`, `UP`, `degraded`, `fail`.
    pub fn of_word(word: &str) -> Option<Health> {
        Some(match word.trim().to_lowercase().as_str() {
            "ok" | "healthy" | "up" | "pass" | "passing" | "green" | "alive" | "ready" | "success" | "operational"
            | "running" | "connected" => Health::Ok,
            "degraded" | "warn" | "warning" | "partial" | "yellow" | "degraded_performance" => Health::Warn,
            "unhealthy" | "down" | "fail" | "failing" | "failed" | "error" | "critical" | "red" | "outage"
            | "out_of_service" => Health::Critical,
            _ => return None,
        })
    }
}

/// What one run of a check saw.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
pub struct Observation {
    /// How it found things.
    pub health: Health,
    /// In a few words: `502 Bad Gateway`, `connection refused`, `unit failed (exit-code)`.
    pub summary: String,
    /// How long the answer took, in microseconds.
    pub took_us: u64,
}

impl Observation {
    /// An observation that took no measurable time.
    pub fn new(health: Health, summary: impl Into<String>) -> Observation {
        Observation { health, summary: summary.into(), took_us: 0 }
    }
}

/// How many observations in a row it takes to believe them.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Patience {
    /// Bad or unknown ones, before a check is shown so.
    pub fail_after: u32,
    /// Good ones, before a bad check is shown as well again.
    pub recover_after: u32,
}

impl Default for Patience {
    fn default() -> Self {
        Patience { fail_after: 3, recover_after: 2 }
    }
}

/// What is believed of a check.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
pub struct CheckState {
    /// What is believed.
    pub health: Health,
    /// Since when; `None` before the first judgement.
    pub since: Option<Timestamp>,
    /// What the latest observations say that is not believed yet, and how many they are.
    #[serde(default)]
    pub streak: Option<(Health, u32)>,
    /// The words of the observation that was believed last.
    pub summary: String,
    /// The latest observation and when it began; not kept across a restart.
    #[serde(skip)]
    pub last: Option<(Observation, Timestamp)>,
}

impl CheckState {
    /// Takes one more observation in; true where anything but the latest observation changed.
    pub fn observe(&mut self, seen: &Observation, begun_at: Timestamp, patience: Patience, now: Timestamp) -> bool {
        let before = (self.health, self.streak, self.since);
        self.last = Some((seen.clone(), begun_at));
        if seen.health == self.health && self.since.is_some() {
            self.streak = None;
        } else {
            let count = match self.streak {
                Some((health, count)) if same_side(health, seen.health) => count + 1,
                _ => 1,
            };
            if count >= self.needed(seen.health, patience) {
                self.health = seen.health;
                self.since = Some(now);
                self.summary = seen.summary.clone();
                self.streak = None;
            } else {
                self.streak = Some((seen.health, count));
            }
        }
        before != (self.health, self.streak, self.since)
    }

    /// How many in a row it takes to believe `next`.
    fn needed(&self, next: Health, patience: Patience) -> u32 {
        // Nothing is believed yet: a first good answer needs no second, a bad one does.
        let first_good = self.since.is_none() && next == Health::Ok;
        let better = next == Health::Ok || (self.health == Health::Critical && next == Health::Warn);
        if first_good {
            1
        } else if better {
            patience.recover_after.max(1)
        } else {
            patience.fail_after.max(1)
        }
    }
}

/// Warn and critical continue each other's row; good and unknown each stand alone.
fn same_side(a: Health, b: Health) -> bool {
    a == b || (a.is_bad() && b.is_bad())
}

/// An interval has this many moments at which looks begin. Waking once for a few looks costs a third of waking
/// for each of them, and no check is looked at less often for it.
const SLOTS: i64 = 32;

/// When a check is due next after `now`: its phase is a hash of its name, so checks spread evenly,
/// a restart changes nothing, and one that was late is not run twice.
pub fn next_due(id: &CheckId, every: Duration, now: Timestamp) -> Timestamp {
    let every_us = i64::try_from(every.as_micros()).unwrap_or(i64::MAX).max(1_000);
    let phase = phase(id, every_us);
    let now_us = now.as_microsecond();
    let since_phase = (now_us - phase).rem_euclid(every_us);
    Timestamp::from_microsecond(now_us + every_us - since_phase).unwrap_or(Timestamp::MAX)
}

fn phase(id: &CheckId, every_us: i64) -> i64 {
    let digest = Sha256::digest(id.as_str().as_bytes());
    let number =
        u64::from_le_bytes([digest[0], digest[1], digest[2], digest[3], digest[4], digest[5], digest[6], digest[7]]);
    (number % SLOTS as u64) as i64 * every_us / SLOTS
}

/// A check that a document implies.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct DerivedCheck {
    /// `wallet/unit`
    pub name: CheckId,
    /// The kind of check.
    pub kind: String,
    /// What it looks at: a unit, an address, an application's name.
    pub target: String,
    /// The service it is about.
    #[serde(skip)]
    pub service: ServiceId,
    /// The fact it follows from.
    pub source: Source,
}

impl DerivedCheck {
    /// The checks that one row of the inventory implies; `text` is the document, which tells whether a port speaks HTTP.
    pub fn of(service: &Service, text: &str) -> Vec<DerivedCheck> {
        let mut addresses = Addresses::default();
        addresses.read(text);
        DerivedCheck::with(service, &addresses)
    }

    /// The checks that one row of the inventory implies, beside documents with these addresses.
    pub fn with(service: &Service, addresses: &Addresses) -> Vec<DerivedCheck> {
        let mut checks = Vec::new();
        let mut add = |what: &str, kind: &str, target: String| {
            checks.push(DerivedCheck {
                name: CheckId(format!("{}/{what}", service.id())),
                kind: kind.to_owned(),
                target,
                service: service.id(),
                source: service.source.derived(),
            });
        };
        let asked = service.health.as_deref();
        let asked_url = asked.filter(|h| h.contains("://"));
        let asked_path = asked.filter(|h| h.starts_with('/'));
        let local = |url: &&str| LOCAL.iter().any(|prefix| url.starts_with(prefix));
        if service.host.is_none() {
            if let Some(unit) = &service.unit {
                add("unit", "systemd", unit.clone());
            }
            if let Some(app) = &service.pm2 {
                add("pm2", "pm2", app.clone());
            }
            if let Some(process) = &service.process {
                add("process", "process", process.clone());
            }
        }
        match (&service.host, service.port) {
            (None, Some(port)) => {
                // Behind 443 a path is asked in the public name's TLS, which `localhost` is not.
                let path = asked_path.filter(|_| port != 443).or_else(|| addresses.local_path(port));
                match (asked_url.filter(local), path) {
                    (Some(url), _) => add("port", "http", url.to_owned()),
                    (None, Some(path)) => add("port", "http", format!("http://localhost:{port}{path}")),
                    (None, None) => add("port", "tcp", format!("localhost:{port}")),
                }
            }
            // Only a name that means the same everywhere can be asked from here.
            (Some(host), Some(port)) if host.contains('.') => match asked_path.filter(|_| port != 443) {
                Some(path) => add("port", "http", format!("http://{host}:{port}{path}")),
                None => add("port", "tcp", format!("{host}:{port}")),
            },
            _ => {}
        }
        let public = asked_url.filter(|url| !local(url));
        if let Some(url) = service.url() {
            let path = asked_path.filter(|_| service.port.is_none()).or_else(|| addresses.health_path(&url));
            let whole = || {
                format!("{}{}", if path.is_some() { url.trim_end_matches('/') } else { &url }, path.unwrap_or_default())
            };
            add("endpoint", "http", public.map_or_else(whole, str::to_owned));
        } else if let Some(url) = public {
            add("endpoint", "http", url.to_owned());
        }
        checks
    }
}

const LOCAL: &[&str] = &["http://localhost:", "http://127.0.0.1:"];

/// The addresses that documents ask, gathered once: an inventory may have more rows than a document has addresses.
#[derive(Clone, Debug, Default)]
pub struct Addresses {
    /// The path under which each local port is asked over HTTP.
    local: HashMap<u16, String>,
    /// The path asked for where the port is a placeholder or a loop's variable: `http://localhost:<port>/health`.
    looped: Option<String>,
    /// The path to the health of what stands under an address.
    health: HashMap<String, String>,
}

impl Addresses {
    /// Takes in what one more document asks.
    pub fn read(&mut self, text: &str) {
        let finder = memchr::memmem::Finder::new("://");
        let addressed = text.lines().filter(|line| finder.find(line.as_bytes()).is_some() && !is_post(line));
        let addressed: Vec<&str> = addressed.collect();
        for prefix in LOCAL {
            let asking = addressed.iter().copied();
            for (at, line) in asking.flat_map(|line| line.match_indices(prefix).map(move |(at, _)| (at, line))) {
                self.asked(&line[at + prefix.len()..]);
            }
        }
        self.looped = self.looped.take().or_else(|| looped_path(text));
        for line in addressed.iter().filter(|line| line.contains("health")) {
            for (at, _) in line.match_indices("://") {
                let scheme = if line[..at].ends_with("https") { 5 } else { 4 };
                if line[..at].ends_with("http") || scheme == 5 {
                    self.healthy(&line[at - scheme..], scheme + 3);
                }
            }
        }
    }

    /// A local port that is asked under some path.
    fn asked(&mut self, rest: &str) {
        let digits = rest.find(|c: char| !c.is_ascii_digit()).unwrap_or(rest.len());
        let Ok(port) = rest[..digits].parse() else { return };
        let path = url_path(&rest[digits..]);
        let known = self.local.entry(port).or_insert_with(|| path.clone());
        // A health address says more than a bare page; of several the first is the main one.
        if !known.contains("health") && path.contains("health") {
            *known = path;
        }
    }

    /// An address whose path speaks of health: noted for each address it may stand under.
    fn healthy(&mut self, rest: &str, authority: usize) {
        const MOST_PARTS: usize = 8;
        let end = rest.find(ends_address).unwrap_or(rest.len());
        let parts = rest[..end].match_indices('/').map(|(at, _)| at).filter(|at| *at > authority).take(MOST_PARTS);
        for at in parts {
            let path = url_path(&rest[at..end]);
            if path.contains("health") && path.len() < 80 {
                self.health.entry(rest[..at].to_owned()).or_insert(path);
            }
        }
    }

    /// The path under which a local port is asked over HTTP; `None` where it never is.
    fn local_path(&self, port: u16) -> Option<&str> {
        self.local.get(&port).or(self.looped.as_ref()).map(String::as_str)
    }

    fn health_path(&self, url: &str) -> Option<&str> {
        self.health.get(url).map(String::as_str)
    }
}

fn looped_path(text: &str) -> Option<String> {
    const PATTERNS: &[&str] = &["http://localhost:$", "http://localhost:<", "http://127.0.0.1:$", "http://localhost:["];
    let at = PATTERNS.iter().find_map(|pattern| text.find(pattern).map(|at| at + pattern.len()))?;
    let name = |c: char| c.is_ascii_alphanumeric() || matches!(c, '_' | '-' | '{' | '}' | ' ' | '>' | ']');
    let rest = text[at..].trim_start_matches(name);
    Some(url_path(rest))
}

fn is_post(line: &str) -> bool {
    line.contains("-X POST") || line.contains("-X PUT") || line.contains(" -d ") || line.trim_end().ends_with('\\')
}

fn ends_address(c: char) -> bool {
    c.is_whitespace() || "'\"`)>|;,<$".contains(c)
}

/// The path of an address up to what cannot belong to it; `/metrics` is for machines that count, not for health.
fn url_path(rest: &str) -> String {
    let end = rest.find(ends_address).unwrap_or(rest.len());
    let path = rest[..end].trim_end_matches(['.', ':']);
    if path.starts_with('/') && !path.contains("metrics") { path.to_owned() } else { "/".to_owned() }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn at(seconds: i64) -> Timestamp {
        Timestamp::from_second(1_700_000_000 + seconds).unwrap()
    }

    /// A row of `o`k, `w`arn, `c`ritical, `u`nknown, and what is believed after each.
    fn check(row: &str, expected: &str) {
        let mut state = CheckState::default();
        let mut shown = String::new();
        for (n, c) in row.chars().enumerate() {
            let health = match c {
                'o' => Health::Ok,
                'w' => Health::Warn,
                'c' => Health::Critical,
                _ => Health::Unknown,
            };
            state.observe(&Observation::new(health, ""), at(n as i64), Patience::default(), at(n as i64));
            shown.push(state.health.name().chars().next().unwrap());
        }
        assert_eq!(shown, expected, "{row}");
    }

    #[test]
    fn three_in_a_row_make_it_bad_and_two_make_it_good() {
        check("occc", "oooc");
        check("occocc", "oooooo");
        check("occcoo", "ooocco");
        check("occcocoo", "ooocccco");
        check("cwc", "uuc");
        check("ooo", "ooo");
    }

    #[test]
    fn unknown_is_never_green_and_never_down() {
        check("ouuu", "ooou");
        check("ouou", "oooo");
        check("occcuuu", "ooocccu");
        check("occcouo", "ooocccc");
        check("uuu", "uuu");
    }

    #[test]
    fn a_check_keeps_its_phase_and_never_catches_up() {
        let id = CheckId("wallet/port".into());
        let every = Duration::from_secs(30);
        let first = next_due(&id, every, at(0));
        assert!(first > at(0) && first <= at(30));
        assert_eq!(next_due(&id, every, first), first + every);
        let late = next_due(&id, every, first + Duration::from_secs(95));
        assert_eq!(late, first + every * 4);
    }

    #[test]
    fn a_thousand_checks_need_few_moments() {
        let every = Duration::from_secs(30);
        let due: std::collections::BTreeSet<_> =
            (0..1000).map(|n| next_due(&CheckId(format!("c{n}/port")), every, at(0))).collect();
        assert_eq!(due.len(), SLOTS as usize);
    }

    #[test]
    fn phases_spread_over_the_interval() {
        let every = Duration::from_secs(30);
        let mut buckets = [0; 30];
        for n in 0..1000 {
            let due = next_due(&CheckId(format!("c{n}/port")), every, at(0));
            buckets[(due.as_second().rem_euclid(30)) as usize] += 1;
        }
        assert!(buckets.iter().all(|n| (10..70).contains(n)), "{buckets:?}");
    }
}
