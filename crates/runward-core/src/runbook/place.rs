//! Where a service is found: ports, addresses and machines as people write them in a cell or behind a label.

/// What a cell says of ports.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) enum Port {
    /// It names none.
    None,
    /// The first it names.
    Known(u16),
    /// A number that no port can have.
    Wrong(String),
}

/// Reads the first port: `4101`, `:4101`, `127.0.0.1:4101`, `4101/tcp`, `8080:80`, `tcp 4101 (inside)`.
pub(super) fn port(cell: &str) -> Port {
    let mut wrong = Port::None;
    for word in cell.split(|c: char| c.is_whitespace() || "`,;()[]|→/".contains(c)).filter(|w| !w.is_empty()) {
        match port_word(word) {
            Port::None => {}
            known @ Port::Known(_) => return known,
            refused => {
                if wrong == Port::None {
                    wrong = refused;
                }
            }
        }
    }
    wrong
}

fn port_word(word: &str) -> Port {
    // `8080:80` and `0.0.0.0:8080->80` are the host's port and the container's: the host's counts.
    let outside = word.split("->").next().unwrap_or(word);
    let pieces: Vec<&str> = outside.split(':').collect();
    let digits = match pieces.as_slice() {
        [host, port, ..] if host.is_empty() || !is_number(host) => port,
        [first, ..] => first,
        [] => return Port::None,
    };
    // `3001-3003` is a range, `-5` is not a port.
    let (number, range) = digits.split_once('-').filter(|(first, _)| !first.is_empty()).unwrap_or((digits, ""));
    let signed = number.strip_prefix('-').unwrap_or(number);
    if !is_number(signed) || !(range.is_empty() || is_number(range)) {
        return Port::None;
    }
    match number.parse::<u16>() {
        Ok(port) if port > 0 => Port::Known(port),
        _ => Port::Wrong(number.to_owned()),
    }
}

fn is_number(text: &str) -> bool {
    !text.is_empty() && text.bytes().all(|b| b.is_ascii_digit())
}

/// What an address says of a service.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(super) struct Place {
    /// The port, where it is on this machine or on a machine by its number.
    pub port: Option<u16>,
    /// The machine, where it is another one.
    pub host: Option<String>,
    /// Where people reach it.
    pub endpoint: Option<String>,
    /// The local address to ask, where the cell says it in full.
    pub asked: Option<String>,
}

/// Reads an address: `localhost:4001`, `:8080`, `10.0.0.5:9000`, `http://127.0.0.1:4001/up`, `shop.example`.
pub(super) fn place(cell: &str) -> Place {
    let word = cell.split_whitespace().next().unwrap_or_default().trim_matches(['`', ',', ';', '<', '>']);
    let (scheme, rest) = word.split_once("://").map_or((None, word), |(scheme, rest)| (Some(scheme), rest));
    let authority = rest.split('/').next().unwrap_or_default();
    let (host, after) = authority.rsplit_once(':').unwrap_or((authority, ""));
    let port = match port_word(after) {
        Port::Known(port) => Some(port),
        _ => None,
    };
    if scheme.is_none() && is_number(authority) {
        return Place { port: authority.parse().ok().filter(|p| *p > 0), ..Place::default() };
    }
    if is_here(host) {
        let usual = scheme.map(|s| if s == "https" { 443 } else { 80 });
        let asked = scheme.map(|_| word.to_owned());
        return Place { port: port.or(usual.filter(|_| after.is_empty())), asked, ..Place::default() };
    }
    if scheme.is_none() && is_ip(host) {
        return Place { port, host: Some(host.to_owned()), ..Place::default() };
    }
    let dotted = scheme.is_some() || is_dotted(host);
    Place { endpoint: dotted.then(|| word.to_owned()), ..Place::default() }
}

/// How health is asked, where a cell says so: `/up`, `GET /up`, an address, or a `curl` of one.
pub(super) fn asked(cell: &str) -> Option<String> {
    const FOLDERS: &[&str] = &["/usr/", "/opt/", "/etc/", "/bin/", "/sbin/", "/var/", "/home/", "/srv/", "/root/"];
    let cell = cell.trim().trim_matches('`');
    let rest = ["GET ", "HEAD ", "get "].iter().find_map(|verb| cell.strip_prefix(verb)).unwrap_or(cell).trim();
    if rest.starts_with('/') && !rest.starts_with("//") {
        let path = rest.split_whitespace().next()?.trim_end_matches([',', '.', '`']);
        return (!FOLDERS.iter().any(|f| path.starts_with(f))).then(|| path.to_owned());
    }
    let local = |w: &&str| ["localhost:", "127.0.0.1:"].iter().any(|host| w.starts_with(host));
    let words = || cell.split_whitespace().map(|w| w.trim_matches(['`', '"', '\'', ',', ';', '<', '>', '(', ')']));
    let url = words().find(|w| w.starts_with("http://") || w.starts_with("https://"));
    url.map(str::to_owned).or_else(|| words().find(local).map(|w| format!("http://{w}")))
}

/// Names of the machine itself.
pub(super) fn is_here(host: &str) -> bool {
    let host = host.trim_matches(['[', ']']).to_lowercase();
    matches!(
        host.as_str(),
        "" | "localhost"
            | "0.0.0.0"
            | "::"
            | "::1"
            | "*"
            | "local"
            | "this host"
            | "this machine"
            | "this server"
            | "all"
    ) || host.starts_with("127.")
}

/// `10.0.0.5`.
pub(super) fn is_ip(host: &str) -> bool {
    host.parse::<std::net::IpAddr>().is_ok()
}

/// `db1.shop.example`: a name that can be found from elsewhere.
pub(super) fn is_dotted(host: &str) -> bool {
    let labels: Vec<&str> = host.split('.').collect();
    let label = |l: &&str| !l.is_empty() && l.chars().all(|c| c.is_ascii_alphanumeric() || c == '-');
    let top = labels.last().copied().unwrap_or_default();
    labels.len() >= 2 && labels.iter().all(label) && top.len() >= 2 && top.chars().all(|c| c.is_ascii_alphabetic())
}

#[cfg(test)]
mod tests {
    use super::*;

    fn check(cell: &str, expected: &Port) {
        assert_eq!(port(cell), *expected, "{cell}");
    }

    #[test]
    fn a_port_is_read_wherever_it_stands() {
        for cell in
            ["4101", ":4101", "127.0.0.1:4101", "4101/tcp", "4101, 4102", "tcp 4101 (inside)", "4101:80", "`4101`"]
        {
            check(cell, &Port::Known(4101));
        }
        for cell in ["0.0.0.0:4101->80/tcp", "[::]:4101", "*:4101", "4101-4105", "4101 (HTTP), 9 (metrics)", "udp/4101"]
        {
            check(cell, &Port::Known(4101));
        }
        for cell in ["—", "none", "10.0.0.5", "v2", "see below"] {
            check(cell, &Port::None);
        }
        for (cell, wrong) in [("0", "0"), ("70000", "70000"), ("-5", "-5"), ("127.0.0.1:99999", "99999")] {
            check(cell, &Port::Wrong(wrong.into()));
        }
    }

    #[test]
    fn health_is_asked_under_a_path_or_an_address() {
        for (cell, expected) in [
            ("/up", Some("/up")),
            ("`GET /up`", Some("/up")),
            ("https://till.example/up", Some("https://till.example/up")),
            ("`curl -f localhost:7001/`", Some("http://localhost:7001/")),
            ("pg_isready", None),
            ("/usr/lib/nagios/check_till", None),
        ] {
            assert_eq!(asked(cell).as_deref(), expected, "{cell}");
        }
    }

    #[test]
    fn an_address_says_port_machine_or_endpoint() {
        let here = |port| Place { port: Some(port), ..Place::default() };
        assert_eq!(place("localhost:4001"), here(4001));
        assert_eq!(place("0.0.0.0:4002"), here(4002));
        assert_eq!(place(":8080"), here(8080));
        let asked = Some("http://127.0.0.1:4001/up".into());
        assert_eq!(place("http://127.0.0.1:4001/up"), Place { asked, ..here(4001) });
        assert_eq!(place("10.0.0.5:9000"), Place { host: Some("10.0.0.5".into()), ..here(9000) });
        assert_eq!(place("shop.example/up").endpoint.as_deref(), Some("shop.example/up"));
        assert_eq!(place("pine-1"), Place::default());
    }
}
