//! The names this server goes by, and what follows from the one a browser used: which cookie holds its session, and
//! from which pages it may ask for something to be done.

use std::net::{IpAddr, Ipv6Addr};

use axum::http::{HeaderMap, header};

use super::SESSION_LASTS;

/// The names this server goes by: a page of another name could be an attacker's that points here.
#[derive(Debug)]
pub struct Hosts {
    names: Vec<String>,
    /// The name under which people reach it through a proxy with TLS.
    secure: Option<String>,
}

impl Hosts {
    /// The names of the address it listens on and of the address people use.
    pub fn new(listen: &str, public_url: Option<&str>) -> Hosts {
        let mut names = vec![listen.to_owned()];
        let public = public_url
            .and_then(|url| url.split_once("://"))
            .map(|(scheme, rest)| (scheme, rest.split('/').next().unwrap_or_default().to_owned()));
        names.extend(public.as_ref().map(|(_, name)| name.clone()));
        let secure = public.filter(|(scheme, _)| scheme.eq_ignore_ascii_case("https")).map(|(_, name)| name);
        Hosts { names, secure }
    }

    pub(super) fn is_known(&self, headers: &HeaderMap) -> bool {
        let host = host(headers);
        // A forwarded port has another number here than there; no attacker's page can bear these names.
        let name = host.rsplit_once(':').map_or(host, |(name, _)| name);
        ["localhost", "127.0.0.1", "[::1]"].contains(&name)
            || self.names.iter().any(|name| name.eq_ignore_ascii_case(host))
    }

    /// Whether the browser speaks TLS to us.
    fn is_secure(&self, headers: &HeaderMap) -> bool {
        self.secure.as_deref().is_some_and(|name| name.eq_ignore_ascii_case(host(headers)))
    }

    /// With TLS no other host, no other path and nobody in between can set this cookie.
    fn cookie(&self, headers: &HeaderMap) -> (&'static str, &'static str) {
        // Lax, not Strict: a link to an incident in a chat message must find its reader signed in. What changes
        // anything is asked for from our own pages only.
        if self.is_secure(headers) {
            ("__Host-runward_session", "Path=/; Secure; HttpOnly; SameSite=Lax")
        } else {
            ("runward_session", "Path=/; HttpOnly; SameSite=Lax")
        }
    }

    /// The cookie that signs a browser in.
    pub fn signed_in(&self, headers: &HeaderMap, session: &str) -> String {
        let (name, flags) = self.cookie(headers);
        format!("{name}={session}; {flags}; Max-Age={}", SESSION_LASTS.as_secs())
    }

    /// The cookie that signs it out.
    pub fn signed_out(&self, headers: &HeaderMap) -> String {
        let (name, flags) = self.cookie(headers);
        format!("{name}=; {flags}; Max-Age=0")
    }

    /// The session a browser holds.
    pub(super) fn session(&self, headers: &HeaderMap) -> Option<String> {
        let (wanted, _) = self.cookie(headers);
        let pairs = headers.get_all(header::COOKIE).iter().filter_map(|v| v.to_str().ok()).flat_map(|v| v.split(';'));
        pairs
            .filter_map(|pair| pair.trim().split_once('='))
            .find(|(name, _)| *name == wanted)
            .map(|(_, value)| value.to_owned())
    }

    /// Whether a browser says that the request comes from our own pages.
    pub(super) fn is_own_page(&self, headers: &HeaderMap) -> bool {
        let text = |name: &str| headers.get(name).map(|v| v.to_str().unwrap_or_default());
        let (site, origin) = (text("sec-fetch-site"), text("origin"));
        let is_ours = |origin: &str| match origin.split_once("://") {
            Some((scheme, name)) => {
                name.eq_ignore_ascii_case(host(headers)) && (scheme == "https" || !self.is_secure(headers))
            }
            None => false,
        };
        // Each that is said must be right, and one must be said.
        (site.is_some() || origin.is_some())
            && site.is_none_or(|site| site == "same-origin")
            && origin.is_none_or(is_ours)
    }

    /// From which address somebody tries to come in: behind our proxy, from the one the proxy names last.
    pub fn address(&self, peer: IpAddr, headers: &HeaderMap) -> String {
        let behind = peer.is_loopback() && self.is_secure(headers);
        let told = headers.get_all("x-forwarded-for").iter().next_back().and_then(|v| v.to_str().ok());
        let told = told.and_then(|list| list.rsplit(',').next()).and_then(|last| last.trim().parse().ok());
        match told.filter(|_| behind).unwrap_or(peer) {
            IpAddr::V6(address) if address.to_ipv4_mapped().is_none() => network(address),
            address => address.to_canonical().to_string(),
        }
    }
}

/// Whoever has one address of IPv6 has all of its network.
fn network(address: Ipv6Addr) -> String {
    let [a, b, c, d, ..] = address.segments();
    format!("{}/64", Ipv6Addr::new(a, b, c, d, 0, 0, 0, 0))
}

fn host(headers: &HeaderMap) -> &str {
    headers.get(header::HOST).and_then(|v| v.to_str().ok()).unwrap_or_default()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn headers(pairs: &[(&'static str, &str)]) -> HeaderMap {
        pairs.iter().map(|(name, value)| (name.parse().unwrap(), value.parse().unwrap())).collect()
    }

    fn hosts() -> Hosts {
        Hosts::new("127.0.0.1:7700", Some("https://ops.example/"))
    }

    #[test]
    fn behind_tls_the_cookie_is_of_this_host_alone() {
        let (public, local) = (headers(&[("host", "ops.example")]), headers(&[("host", "localhost:7700")]));
        let cookie = hosts().signed_in(&public, "x");
        assert!(cookie.starts_with("__Host-runward_session=x; Path=/; Secure; HttpOnly; SameSite=Lax"), "{cookie}");
        assert!(hosts().signed_in(&local, "x").starts_with("runward_session=x; Path=/; HttpOnly"));
        let tossed = headers(&[("host", "ops.example"), ("cookie", "runward_session=x")]);
        assert_eq!(hosts().session(&tossed), None, "a cookie that a neighbour could have set counts for nothing");
    }

    #[test]
    fn only_our_own_pages_ask_for_something_to_be_done() {
        for (pairs, ours) in [
            (&[("origin", "https://ops.example")][..], true),
            (&[("origin", "http://ops.example")], false),
            (&[("origin", "null")], false),
            (&[("origin", "https://ops.example.evil.example")], false),
            (&[("sec-fetch-site", "same-origin")], true),
            (&[("sec-fetch-site", "none")], false),
            (&[("sec-fetch-site", "same-site")], false),
            (&[("sec-fetch-site", "same-origin"), ("origin", "https://evil.example")], false),
            (&[("sec-fetch-site", "cross-site"), ("origin", "https://ops.example")], false),
            (&[], false),
        ] {
            let mut all = vec![("host", "ops.example")];
            all.extend(pairs);
            assert_eq!(hosts().is_own_page(&headers(&all)), ours, "{pairs:?}");
        }
    }

    #[test]
    fn an_address_is_the_proxys_word_only_where_there_is_a_proxy() {
        let far: IpAddr = "198.51.100.7".parse().unwrap();
        let near: IpAddr = "127.0.0.1".parse().unwrap();
        let told = [("host", "ops.example"), ("x-forwarded-for", "203.0.113.1, 192.0.2.9")];
        assert_eq!(hosts().address(near, &headers(&told)), "192.0.2.9");
        assert_eq!(hosts().address(far, &headers(&told)), "198.51.100.7", "anybody can write a header");
        let local = [("host", "localhost"), ("x-forwarded-for", "192.0.2.9")];
        assert_eq!(hosts().address(near, &headers(&local)), "127.0.0.1");
        let six = [("host", "ops.example"), ("x-forwarded-for", "2001:db8:1:2:3:4:5:6")];
        assert_eq!(hosts().address(near, &headers(&six)), "2001:db8:1:2::/64");
    }
}
