//! `--deny` and `--allow`: rules by name, by family, or all of them.

use runward_core::lints::{self, GROUPS};
use runward_core::near;
use runward_core::runbook::{Level, Runbook};

use crate::cli::Failure;

/// What is said of rules on the command line.
pub(super) struct Selection {
    deny: Vec<Selector>,
    allow: Vec<Selector>,
}

/// Some rules; the order is from the widest to the most exact.
#[derive(Debug, PartialEq, Eq, PartialOrd, Ord)]
enum Selector {
    All,
    Family(&'static str),
    Rule(&'static str),
}

impl Selection {
    /// Reads the names that were given.
    /// # Errors
    /// A name that no rule and no family has.
    pub(super) fn read(deny: &[String], allow: &[String]) -> Result<Selection, Failure> {
        let read = |names: &[String], option: &str| -> Result<Vec<Selector>, Failure> {
            let names = names.iter().map(|name| name.trim()).filter(|name| !name.is_empty());
            names.map(|name| Selector::of(name).ok_or_else(|| Failure::Usage(unknown(name, option)))).collect()
        };
        Ok(Selection { deny: read(deny, "--deny")?, allow: read(allow, "--allow")? })
    }

    /// Makes findings errors, or leaves them out. Where both are said of a rule, the more exact counts; where they are
    /// equally exact, it is an error.
    pub(super) fn apply(&self, runbook: &mut Runbook) {
        let is_dropped = |rule: &str| strongest(&self.allow, rule) > strongest(&self.deny, rule);
        runbook.findings.retain(|finding| !is_dropped(&finding.rule));
        runbook.suppressed.retain(|suppressed| !is_dropped(&suppressed.finding.rule));
        for finding in &mut runbook.findings {
            if strongest(&self.deny, &finding.rule).is_some() {
                finding.level = Level::Error;
            }
        }
    }
}

/// The most exact of the selectors that are about a rule.
fn strongest<'s>(selectors: &'s [Selector], rule: &str) -> Option<&'s Selector> {
    selectors.iter().filter(|selector| selector.includes(rule)).max()
}

impl Selector {
    fn of(name: &str) -> Option<Selector> {
        if name.eq_ignore_ascii_case("all") {
            return Some(Selector::All);
        }
        let family = GROUPS.iter().find(|group| group.id.eq_ignore_ascii_case(name));
        let family = family.map(|group| Selector::Family(group.id));
        family.or_else(|| lints::find(name).map(|kind| Selector::Rule(kind.id)))
    }

    fn includes(&self, rule: &str) -> bool {
        match self {
            Selector::All => true,
            Selector::Family(family) => lints::family(rule) == *family,
            Selector::Rule(name) => rule == *name,
        }
    }
}

/// What to say of a name that is no rule's.
pub(super) fn unknown(name: &str, option: &str) -> String {
    let rules = lints::kinds().into_iter().map(|kind| kind.id);
    let mut known: Vec<&str> = rules.collect();
    if option != "--explain" {
        known.extend(GROUPS.iter().map(|group| group.id).chain(["all"]));
    }
    let upper = name.to_uppercase();
    let help = near::closest(name, &known).or_else(|| near::closest(&upper, &known));
    let help = help
        .map_or_else(|| "docs/reference/lints.md lists them all".to_owned(), |near| format!("did you mean `{near}`?"));
    format!("{option}: there is no rule `{name}`\n  help: {help}")
}

#[cfg(test)]
mod tests {
    use super::*;

    fn check(deny: &str, allow: &str, rule: &str, expected: &str) {
        let names = |text: &str| text.split_whitespace().map(str::to_owned).collect::<Vec<_>>();
        let selection = Selection::read(&names(deny), &names(allow)).unwrap_or_else(|e| panic!("{e:?}"));
        let (denied, allowed) = (strongest(&selection.deny, rule), strongest(&selection.allow, rule));
        let fate = if allowed > denied {
            "dropped"
        } else if denied.is_some() {
            "an error"
        } else {
            "as it is"
        };
        assert_eq!(fate, expected, "--deny {deny} --allow {allow}: {rule}");
    }

    #[test]
    fn the_more_exact_word_counts() {
        check("", "", "SF01", "as it is");
        check("all", "", "MD09", "an error");
        check("all", "md", "MD09", "dropped");
        check("MD09", "MD", "MD09", "an error");
        check("MD09", "MD", "MD04", "dropped");
        check("SF", "SF", "SF01", "an error");
        check("defects", "all", "SF01", "dropped");
    }

    #[test]
    fn a_name_that_nobody_has_is_asked_back() {
        assert!(unknown("SF10", "--deny").contains("did you mean `SF01`?"));
        assert!(unknown("al", "--deny").contains("did you mean `all`?"));
        assert!(unknown("zzzzz", "--allow").contains("lists them all"));
    }
}
