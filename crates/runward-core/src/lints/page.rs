//! The page of a rule: what it looks for, why, the wrong and the right form, and how to live with it.

use std::fmt::Write;

use super::{Kind, Needs, kinds};
use crate::runbook::Level;

/// The widest a line of prose is.
const WIDTH: usize = 80;

/// A group of rules.
pub struct Family {
    /// The letters that their names begin with.
    pub id: &'static str,
    /// What they are about.
    pub title: &'static str,
}

/// Every group, in the order of the book; the last one takes what has no letters.
pub const GROUPS: &[Family] = &[
    Family { id: "ENC", title: "Characters" },
    Family { id: "MD", title: "Markdown" },
    Family { id: "SH", title: "Shell" },
    Family { id: "PH", title: "Placeholders and sample values" },
    Family { id: "EX", title: "What an unattended run would stumble over" },
    Family { id: "ST", title: "Steps" },
    Family { id: "SF", title: "Danger" },
    Family { id: "SE", title: "Secrets" },
    Family { id: "VE", title: "Verification" },
    Family { id: "RB", title: "The way back" },
    Family { id: "DR", title: "Drift" },
    Family { id: "ES", title: "Escalation and people" },
    Family { id: "AL", title: "Alerts" },
    Family { id: "MT", title: "Maintenance of the runbook" },
    Family { id: CONFIGURATION, title: "Configuration" },
    Family { id: DEFECTS, title: "Defects met in practice" },
];

/// The group of rules about the configuration.
const CONFIGURATION: &str = "CF";

/// The group of rules that are named after a defect.
const DEFECTS: &str = "defects";

/// The group a rule belongs to, by its name: `EX` of `EX01`.
pub fn family(id: &str) -> &str {
    let letters = id.len() - id.trim_start_matches(|c: char| c.is_ascii_uppercase()).len();
    let numbered = letters > 0 && id[letters..].chars().all(|c| c.is_ascii_digit());
    if numbered { &id[..letters] } else { DEFECTS }
}

/// A rule by its name, however its letters are written.
pub fn find(id: &str) -> Option<&'static Kind> {
    kinds().into_iter().find(|kind| kind.id.eq_ignore_ascii_case(id))
}

impl Level {
    /// The word the JSON and the pages use.
    pub fn name(self) -> &'static str {
        match self {
            Level::Error => "error",
            Level::Warning => "warning",
            Level::Info => "info",
        }
    }
}

impl Needs {
    /// When a rule is applied, as a sentence.
    fn says(self) -> &'static str {
        match self {
            Needs::Document => "It is always applied.",
            Needs::Today => "It is applied where the day is known, which `runward` always knows.",
            Needs::Repo => "It is applied with `--repo DIR`, which names the team's repository.",
            Needs::Host => "It is applied with `--host`, on the machine that the runbook describes.",
            Needs::History => "It is applied by a server that runs procedures, which knows how they went.",
        }
    }
}

/// The page of a rule, as Markdown.
pub fn page(kind: &Kind) -> String {
    let mut out = format!("# {} ({})\n\n", kind.id, kind.level.name());
    paragraph(&mut out, kind.what);
    out.push_str("## Why\n\n");
    paragraph(&mut out, kind.why);
    for (title, text) in [("Wrong", kind.wrong), ("Right", kind.right)].iter().filter(|(_, text)| !text.is_empty()) {
        let _ = write!(out, "## {title}\n\n");
        example(&mut out, text);
    }
    out.push_str("## When\n\n");
    paragraph(&mut out, kind.needs.says());
    out.push_str("## To live with it\n\n");
    if family(kind.id) != CONFIGURATION {
        allowing(&mut out, kind);
    }
    let once =
        format!("For one run, `runward lint --allow {0}` leaves it out, and `--deny {0}` makes it an error.", kind.id);
    paragraph(&mut out, &once);
    out.truncate(out.trim_end().len());
    out.push('\n');
    out
}

/// How a finding is allowed; one about the configuration is mended there instead.
fn allowing(out: &mut String, kind: &Kind) {
    paragraph(
        out,
        "A finding that is known and wanted so is allowed in `runward.toml`, by the name of its step, which \
         `runward lint` gives; or by `procedure` or `document`, where it is about more.",
    );
    let name = format!("rule = \"{}\"\nstep = \"NAME-OF-STEP\"", kind.id);
    let _ = write!(out, "```toml\n[[lint.allow]]\n{name}\nreason = \"why it may stay\"\n```\n\n");
}

/// Prose, broken at spaces; what stands between backticks stays together.
fn paragraph(out: &mut String, text: &str) {
    let mut column = 0;
    let mut code = false;
    let mut word = String::new();
    let mut words = Vec::new();
    for c in text.chars() {
        code ^= c == '`';
        if c == ' ' && !code {
            words.push(std::mem::take(&mut word));
        } else {
            word.push(c);
        }
    }
    words.push(word);
    for word in words {
        let length = word.chars().count();
        if column > 0 && column + 1 + length > WIDTH {
            out.push('\n');
            column = 0;
        }
        if column > 0 {
            out.push(' ');
            column += 1;
        }
        out.push_str(&word);
        column += length;
    }
    out.push_str("\n\n");
}

/// A document in a fence that is longer than any fence within.
fn example(out: &mut String, text: &str) {
    let longest = text.split(|c| c != '`').map(str::len).max().unwrap_or_default();
    let fence = "`".repeat(longest.max(2) + 1);
    let visible: String = text
        .chars()
        .flat_map(|c| if c.is_control() && c != '\n' && c != '\t' { c.escape_default().collect() } else { vec![c] })
        .collect();
    let _ = write!(out, "{fence}markdown\n{}\n{fence}\n\n", visible.trim_end_matches('\n'));
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_rule_belongs_to_the_family_of_its_letters() {
        assert_eq!(family("EX01"), "EX");
        assert_eq!(family("sed-literal-var"), DEFECTS);
        assert!(kinds().iter().all(|kind| GROUPS.iter().any(|group| group.id == family(kind.id))));
        assert_eq!(find("sf01").map(|kind| kind.id), Some("SF01"));
    }

    #[test]
    fn a_page_says_what_why_and_how_and_its_prose_fits_a_terminal() {
        for kind in kinds() {
            let page = page(kind);
            assert!(page.starts_with(&format!("# {} (", kind.id)) && page.contains("## Why\n\n"), "{page}");
            let mut fence: Option<&str> = None;
            for line in page.lines() {
                // A document with code blocks stands in a longer fence than theirs.
                match fence {
                    Some(open) if line == open => fence = None,
                    None if line.starts_with("```") => fence = Some(line.trim_end_matches(char::is_alphabetic)),
                    _ => {}
                }
                let fenced = fence.is_some();
                let long = line.chars().count();
                // A stretch of code that is longer than a line is not broken.
                assert!(fenced || long <= WIDTH || line.starts_with('`'), "{}: {long} columns: {line}", kind.id);
            }
        }
    }

    #[test]
    fn an_example_with_fences_stands_in_a_longer_one() {
        let mut out = String::new();
        example(&mut out, "```bash\nls\u{7}\n```\n");
        assert_eq!(out, "````markdown\n```bash\nls\\u{7}\n```\n````\n\n");
    }
}
