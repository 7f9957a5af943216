//! Which service is meant: by its name, unit, container, application, port, address or file, with or without the team's prefix.

use std::collections::HashMap;

use crate::service::Service;

/// Endings that say what a name is and not whose.
const KINDS: &[&str] = &["service", "services", "svc", "server", "container", "app", "db", "database"];

/// The names of an inventory's services.
#[derive(Debug, Default)]
pub(crate) struct Names {
    /// Names as they stand in the inventory.
    exact: HashMap<String, usize>,
    /// What is also taken for them; `None` where that could be several.
    also: HashMap<String, Option<usize>>,
    ports: HashMap<u16, usize>,
    /// What most units and containers begin with: `till-`.
    prefix: String,
}

impl Names {
    pub(crate) fn of(services: &[Service]) -> Names {
        let mut names = Names { prefix: prefix(services), ..Names::default() };
        for (at, service) in services.iter().enumerate() {
            for name in service.names() {
                names.exact.entry(key(name)).or_insert(at);
            }
            if let Some(port) = service.port.filter(|_| service.host.is_none()) {
                names.ports.entry(port).or_insert(at);
            }
            if let Some(host) = service.endpoint.as_deref().map(host_of).filter(|host| host.contains('.')) {
                names.exact.entry(host.to_lowercase()).or_insert(at);
            }
        }
        for (at, service) in services.iter().enumerate() {
            let database = service.database.as_deref().and_then(|d| d.split_whitespace().next()).filter(|d| is_file(d));
            for name in service.names().chain(database) {
                for variant in names.variants(&key(name)) {
                    names
                        .also
                        .entry(variant)
                        .and_modify(|known| *known = known.filter(|k| *k == at))
                        .or_insert(Some(at));
                }
            }
        }
        names
    }

    /// The service a word or a few words mean.
    pub(crate) fn find(&self, written: &str) -> Option<usize> {
        let key = key(written);
        if key.is_empty() {
            return None;
        }
        if let Some(at) = self.exact.get(&key) {
            return Some(*at);
        }
        if let Ok(port) = key.parse() {
            return self.port(port);
        }
        let host = host_of(&key);
        if host != key
            && let Some(at) = self.exact.get(host).copied().or_else(|| self.port(local_port(&key)?))
        {
            return Some(at);
        }
        let mut variants = self.variants(&key);
        variants.insert(0, key);
        variants.iter().find_map(|v| self.exact.get(v).copied().or_else(|| self.also.get(v).copied().flatten()))
    }

    /// Every word a service is known by, in lower case.
    pub(crate) fn known(&self) -> impl Iterator<Item = &str> {
        self.exact.keys().chain(self.also.keys()).map(String::as_str)
    }

    /// The service that is known by exactly this word in lower case.
    pub(crate) fn known_as(&self, lower: &str) -> Option<usize> {
        self.exact.get(lower).copied().or_else(|| self.also.get(lower).copied().flatten())
    }

    /// The service that listens on a port of this machine.
    pub(crate) fn port(&self, port: u16) -> Option<usize> {
        self.ports.get(&port).copied()
    }

    /// Shorter and longer forms of a name.
    fn variants(&self, key: &str) -> Vec<String> {
        let mut found: Vec<String> = Vec::new();
        let mut add = |variant: &str| {
            if variant.len() > 1 && variant != key && !found.iter().any(|f| f == variant) {
                found.push(variant.to_owned());
            }
        };
        let file = key.rsplit('/').next().unwrap_or(key);
        let stem = if is_file(file) { file.split('.').next().unwrap_or(file) } else { file };
        let bare = stem.strip_prefix(self.prefix.as_str()).unwrap_or(stem);
        let plain =
            KINDS.iter().find_map(|kind| bare.strip_suffix(kind)?.strip_suffix(['-', '_', ' '])).unwrap_or(bare);
        let named = bare.split(" (").next().unwrap_or(bare);
        for variant in [stem, bare, plain, named] {
            add(variant);
            add(variant.strip_suffix('s').unwrap_or(variant));
            add(&variant.replace([' ', '_'], "-"));
        }
        found
    }
}

/// A name without marks, in lower case.
fn key(written: &str) -> String {
    let bare = written.trim().trim_matches(['`', '*', '"', '\'', '.', ',', ';', ':']).trim();
    bare.trim_end_matches(".service").to_lowercase()
}

/// The host of an address, with or without its scheme.
pub(crate) fn host_of(address: &str) -> &str {
    let rest = address.split_once("://").map_or(address, |(_, rest)| rest);
    rest.split(['/', ':', '?']).next().unwrap_or(rest)
}

/// The port of an address on this machine.
fn local_port(address: &str) -> Option<u16> {
    let rest = address.split_once("://").map_or(address, |(_, rest)| rest);
    let (host, rest) = rest.split_once(':')?;
    let here = ["", "localhost", "127.0.0.1", "0.0.0.0", "[::1]"].contains(&host);
    let digits = rest.split(|c: char| !c.is_ascii_digit()).next()?;
    if here { digits.parse().ok() } else { None }
}

/// `books.db`, `/srv/books.sqlite3`.
fn is_file(word: &str) -> bool {
    let lower = word.to_lowercase();
    [".db", ".sqlite", ".sqlite3", ".env", ".log", ".sock", ".dump", ".sql"].iter().any(|end| lower.ends_with(end))
}

/// What at least two and at least half of the units, containers and applications begin with, up to a dash.
fn prefix(services: &[Service]) -> String {
    let mut counts: HashMap<&str, usize> = HashMap::new();
    let mut handled = 0;
    for service in services {
        let handles = [&service.unit, &service.container, &service.pm2];
        let Some(handle) = handles.into_iter().flatten().next() else { continue };
        handled += 1;
        if let Some(at) = handle.find(['-', '_']) {
            *counts.entry(&handle[..=at]).or_default() += 1;
        }
    }
    let most = counts.into_iter().max_by_key(|(prefix, count)| (*count, std::cmp::Reverse(*prefix)));
    most.filter(|(_, count)| *count >= 2 && count * 2 >= handled)
        .map(|(prefix, _)| prefix.to_lowercase())
        .unwrap_or_default()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::runbook::Runbook;

    fn check(cases: &[(&str, &str)]) {
        let text = "# Ops\n\n| Service | Unit | Port | Endpoint | DB |\n|---|---|---|---|---|\n\
                    | till | bar-till | 4001 | till.bar.example | till.db (SQLite) |\n\
                    | orders | bar-orders | 4002 | orders.bar.example | no |\n\
                    | Front page | bar-front | 4003 | bar.example | no |\n";
        let runbook = Runbook::read([("ops.md", text)]);
        let names = Names::of(&runbook.services);
        for (written, expected) in cases {
            let found = names.find(written).map_or("-", |at| runbook.services[at].name.as_str());
            assert_eq!(found, *expected, "{written}");
        }
    }

    #[test]
    fn a_service_is_known_by_all_its_names() {
        check(&[
            ("till", "till"),
            ("`bar-till`", "till"),
            ("bar-till.service", "till"),
            ("Tills", "till"),
            ("order", "orders"),
            ("4002", "orders"),
            ("http://localhost:4001/health", "till"),
            ("localhost:4003", "Front page"),
            ("https://bar.example/", "Front page"),
            ("till service", "till"),
            ("/srv/bar/till.db", "till"),
            ("front", "Front page"),
            ("front-page", "Front page"),
            ("kitchen", "-"),
            ("bar", "-"),
            ("http://other:4001/", "-"),
            ("", "-"),
        ]);
    }
}
