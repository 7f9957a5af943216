//! Where a link of a document may lead: to the web, to a mail address, to a heading of its own. Nowhere else.

/// What came of a link's address.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) enum Target {
    /// To the heading of this name.
    Here(String),
    /// To this address.
    Elsewhere(String),
    /// To a file beside the document, which a page cannot show.
    File(String),
    /// It is not to be followed.
    Nowhere,
}

/// Schemes that may be followed. They are compared with the address's very beginning: what browsers pass over there
/// (blanks, tabs, line ends) passes for no scheme here.
const SCHEMES: &[&str] = &["http://", "https://", "mailto:"];
/// The longest name a heading gets.
const LONGEST_NAME: usize = 120;

/// What an address is.
pub(super) fn target(address: &str) -> Target {
    if address.is_empty() || address.chars().any(char::is_control) {
        return Target::Nowhere;
    }
    if let Some(fragment) = address.strip_prefix('#') {
        let name = name(&decoded(fragment));
        return if name.is_empty() { Target::Nowhere } else { Target::Here(name) };
    }
    let begins = |scheme: &&str| address.get(..scheme.len()).is_some_and(|start| start.eq_ignore_ascii_case(scheme));
    if SCHEMES.iter().any(begins) {
        return Target::Elsewhere(address.to_owned());
    }
    // `//host/path` takes the page's scheme; with a colon it may be a scheme that nobody knows.
    let is_path = !address.starts_with("//") && !address.contains([':', '\\']);
    if is_path { Target::File(address.to_owned()) } else { Target::Nowhere }
}

/// `<ada@mill.example>`.
pub(super) fn mail(address: &str) -> Target {
    target(&format!("mailto:{address}"))
}

/// The name of a heading, as GitHub and others make it: lower case, blanks as hyphens, no punctuation.
pub(super) fn name(text: &str) -> String {
    let mut name = String::new();
    for c in text.trim().chars() {
        if name.len() >= LONGEST_NAME {
            break;
        }
        match c {
            '-' | '_' => name.push(c),
            c if c.is_whitespace() => name.push('-'),
            c if c.is_alphanumeric() => name.extend(c.to_lowercase().filter(|c| c.is_alphanumeric())),
            _ => {}
        }
    }
    name
}

/// `%C3%BC` as `ü`.
fn decoded(text: &str) -> String {
    let bytes = text.as_bytes();
    let mut out = Vec::with_capacity(bytes.len());
    let mut at = 0;
    while at < bytes.len() {
        let hex = text.get(at + 1..at + 3).and_then(|digits| u8::from_str_radix(digits, 16).ok());
        match (bytes[at], hex) {
            (b'%', Some(byte)) => {
                out.push(byte);
                at += 3;
            }
            (byte, _) => {
                out.push(byte);
                at += 1;
            }
        }
    }
    String::from_utf8_lossy(&out).into_owned()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_the_web_mail_and_headings_are_followed() {
        for address in ["http://mill.example/", "HTTPS://mill.example/a?b=c#d", "mailto:ada@mill.example"] {
            assert_eq!(target(address), Target::Elsewhere(address.into()));
        }
        for address in [
            "javascript:alert(1)", "JaVaScRiPt:alert(1)", " javascript:alert(1)", "java\tscript:alert(1)",
            "java\nscript:alert(1)", "\u{1}javascript:alert(1)", "javascript&colon;:alert(1)", "data:text/html,x",
            "vbscript:x", "file:///etc/passwd", "//evil.example/", "\\\\evil.example", "http:evil.example", "ftp://x/",
            "blob:x", "about:blank", "#", "", "https:/\t/x",
        ] {
            assert_eq!(target(address), Target::Nowhere, "{address:?}");
        }
        assert_eq!(target("#What-Runs"), Target::Here("what-runs".into()));
        assert_eq!(target("#%C3%BCber-uns%"), Target::Here("über-uns".into()));
        assert_eq!(target("../db.md#x"), Target::File("../db.md#x".into()));
        assert_eq!(mail("ada@mill.example"), Target::Elsewhere("mailto:ada@mill.example".into()));
    }

    #[test]
    fn a_heading_is_named_as_other_tools_name_it() {
        assert_eq!(name("5.1 Start / stop (blue)"), "51-start--stop-blue");
        assert_eq!(name("🚨 Who's on call?"), "-whos-on-call");
        assert_eq!(name("\"><script>"), "script");
    }
}
