//! Names of variables where their values are meant.

use super::super::{Context, Place};
use super::SH05;
use super::variables::Variables;
use crate::command::shell::Word;
use crate::runbook::Finding;

pub(super) fn check(context: &Context<'_>, found: &mut Vec<Finding>) {
    let candidates: Vec<&Place<'_>> = context.places.iter().filter(|place| has_a_name(&place.command.text)).collect();
    if candidates.is_empty() {
        return;
    }
    let variables = Variables::of(context);
    for place in candidates {
        let name = place.command.effective().iter().find_map(|command| match command.program() {
            "sed" | "perl" => command.args().iter().find_map(|w| replaced(&w.text, &variables)),
            _ => handed(command.args(), &variables),
        });
        let Some(name) = name else { continue };
        let message = format!("`{name}` is the word itself here; its value would be `${name}`");
        let help = "put a `$` before it, within double quotes; better, look for the key and not for the old value";
        found.push(place.finding(&SH05, message, help));
    }
}

/// Whether a text may hold the name of a variable: capitals and an underscore.
fn has_a_name(text: &str) -> bool {
    text.split(|c: char| !c.is_ascii_alphanumeric() && c != '_').any(is_name)
}

fn is_name(word: &str) -> bool {
    word.len() >= 4
        && word.contains('_')
        && word.starts_with(|c: char| c.is_ascii_uppercase())
        && word.ends_with(|c: char| c.is_ascii_alphanumeric())
        && word.chars().all(|c| c.is_ascii_uppercase() || c.is_ascii_digit() || c == '_')
}

/// A name that a substitution looks for as a word: `s/OLD_KEY/$NEW_KEY/`.
fn replaced(script: &str, variables: &Variables<'_>) -> Option<String> {
    let at = script.find('s').filter(|at| script[..*at].chars().all(|c| !c.is_ascii_alphabetic()))?;
    let mark = script[at + 1..].chars().next().filter(|c| !c.is_alphanumeric() && !c.is_whitespace())?;
    let mut parts = script[at + 1 + mark.len_utf8()..].split(mark);
    let (pattern, replacement) = (parts.next()?, parts.next()?);
    if !replacement.contains('$') {
        return None;
    }
    let mut words = pattern.split_inclusive(|c: char| !c.is_ascii_alphanumeric() && c != '_');
    words.find_map(|word| {
        let name = word.trim_end_matches(|c: char| !c.is_ascii_alphanumeric() && c != '_');
        // `KEY=` is the key in a file, `__KEY__` and `{{KEY}}` are marks of a template, `$KEY` is its value.
        let key = word.ends_with(['=', ':']) || template(pattern, name);
        if key || !is_name(name) || replacement.contains(name) {
            return None;
        }
        let old = ["OLD_", "CURRENT_", "PREVIOUS_", "EXISTING_"].iter().any(|start| name.starts_with(start));
        (old || variables.knows(name)).then(|| name.to_owned())
    })
}

fn template(pattern: &str, name: &str) -> bool {
    let Some(at) = pattern.find(name) else { return false };
    pattern[..at].ends_with(['$', '{', '%', '@', '<', '_']) || pattern[..at].ends_with("\\$")
}

/// A name between quotes in a statement, behind `Bearer`, or as a password: `PASSWORD 'NEW_KEY'`.
fn handed(args: &[Word], variables: &Variables<'_>) -> Option<String> {
    const SECRETS: &[&str] = &["-p", "--password", "-a", "--pass", "--token"];
    args.iter().enumerate().find_map(|(at, word)| {
        let text = word.text.as_str();
        let of_option = at.checked_sub(1).is_some_and(|before| SECRETS.contains(&args[before].text.as_str()));
        let joined = text.split_once('=').filter(|(option, _)| SECRETS.contains(option)).map(|(_, value)| value);
        let bearer = text.split_once("Bearer ").map(|(_, value)| value.trim());
        let quoted = text.split('\'').skip(1).step_by(2).find(|part| is_name(part)).filter(|_| text.contains(' '));
        let alone = of_option.then_some(text);
        let name = [joined, bearer, quoted, alone].into_iter().flatten().find(|name| is_name(name))?;
        variables.knows(name).then(|| name.to_owned())
    })
}

#[cfg(test)]
mod tests {
    use crate::runbook::Runbook;

    fn check(block: &str, expected: bool) {
        let text = format!("# Ops\n\n## Rotate\n\n```bash\n{block}\n```\n");
        let found = Runbook::read([("ops.md", text.as_str())])
            .findings
            .iter()
            .any(|f| f.rule == "SH05" || f.rule == "sed-literal-var");
        assert_eq!(found, expected, "{block}");
    }

    #[test]
    fn a_name_is_told_from_its_value() {
        check("sed -i \"s/OLD_KEY/$NEW_KEY/g\" .env", true);
        check("DB_PASS=x\nsed -i \"s|://shop:DB_PASS@|://shop:$NEW_PASS@|\" .env", true);
        check("NEW_PASS=x\npsql -c \"ALTER USER shop PASSWORD 'NEW_PASS'\"", true);
        check("API_TOKEN=x\ncurl -H 'Authorization: Bearer API_TOKEN' http://x", true);
        check("sed -i \"s/^DB_PASS=.*/DB_PASS=$DB_PASS/\" .env", false);
        check("DB_HOST=x\nsed \"s/__DB_HOST__/$DB_HOST/\" t > c", false);
        check("DB_HOST=x\nsed \"s/DB_HOST/$DB_HOST/\" t > c", false);
        check("sed -i 's/MAX_CLIENTS/MIN_CLIENTS/' c", false);
        check("grep DB_PASS .env; echo $DB_PASS", false);
        check("psql -c \"SELECT 'NOT_SET'\"", false);
    }
}
