//! Where each key of `runward.toml` stands: facts that it corrects, and what is wrong with it, carry its lines.

use std::path::Path;

use runward_core::source::{ContentHash, Lines, Origin, Source};
use toml::Spanned;
use toml::de::{DeTable, DeValue};

/// The keys of a configuration with their bytes.
pub(super) struct Places<'t> {
    file: String,
    lines: Lines<'t>,
    root: Option<Spanned<DeTable<'t>>>,
}

impl<'t> Places<'t> {
    /// Reads the keys; a text that is no TOML has none.
    pub(super) fn of(path: &Path, text: &'t str) -> Places<'t> {
        let file = path.display().to_string();
        Places { lines: Lines::new(&file, text), file, root: DeTable::parse(text).ok() }
    }

    /// Whether a key is given at all.
    pub(super) fn has(&self, key: &str) -> bool {
        self.root.as_ref().is_some_and(|root| root.get_ref().contains_key(key))
    }

    /// The place of a key by its path; an entry of a list goes by its number. Where there is no such key, the nearest
    /// one above it.
    pub(super) fn of_key(&self, path: &[&str]) -> Source {
        let mut span = 0..0;
        let mut table = self.root.as_ref().map(Spanned::get_ref);
        let mut list = None;
        for part in path {
            let value: Option<&Spanned<DeValue<'_>>> = match (table, list) {
                (Some(inner), _) => inner.get_key_value(*part).map(|(key, value)| {
                    span = key.span();
                    value
                }),
                (None, Some(inner)) => {
                    part.parse().ok().and_then(|at: usize| DeValue::get(inner, at)).inspect(|value| {
                        span = value.span();
                    })
                }
                (None, None) => None,
            };
            let Some(value) = value else { break };
            table = value.get_ref().as_table();
            list = value.get_ref().as_array().map(|_| value.get_ref());
        }
        let line = self.lines.line_of(span.start);
        let hash = ContentHash::of(self.lines.text().get(span.clone()).unwrap_or_default());
        Source { file: self.file.as_str().into(), line, end_line: line, origin: Origin::Override, span, hash }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_key_has_its_line() {
        let text = "runbooks = [\n  'a.md',\n  'b.md',\n]\n\n[services.web]\nport = 1\nautomatic = { max_runs = 2 }\n\n[services]\napi.port = 3\n\n[[lint.allow]]\nrule = 'PH01'\nreason = 'x'\n\n[[lint.allow]]\nrule = 'SF01'\nreason = 'y'\n\n[steps.'a.1']\nhost = 'h'\n";
        let places = Places::of(Path::new("runward.toml"), text);
        for (path, line) in [
            (&["runbooks", "1"][..], 3),
            (&["services", "web"], 6),
            (&["services", "web", "port"], 7),
            (&["services", "web", "automatic", "max_runs"], 8),
            (&["services", "api"], 11),
            (&["lint", "allow", "0"], 13),
            (&["lint", "allow", "1"], 17),
            (&["lint", "allow", "1", "rule"], 18),
            (&["lint", "allow", "1", "step"], 17),
            (&["steps", "a.1", "host"], 22),
            (&["steps", "gone"], 21),
            (&["gone"], 1),
        ] {
            let place = places.of_key(path);
            assert_eq!((place.line, &*place.file), (line, "runward.toml"), "{path:?}");
        }
        assert!(places.has("lint") && !places.has("watch"));
        assert_eq!(Places::of(Path::new("x"), "no toml").of_key(&["a"]).line, 1);
    }
}
