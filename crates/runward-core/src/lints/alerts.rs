//! Alerts and procedures, bound both ways: an alert that nobody wrote a procedure for, a procedure for no alert.

use std::collections::{BTreeMap, HashSet};

use super::prose;
use super::{Context, Kind, Needs};
use crate::id::slug;
use crate::near::Guesses;
use crate::outside::repo::Alert;
use crate::runbook::markdown::{Block, Kind as Markdown};
use crate::runbook::{Finding, Level};
use crate::source::{Lines, Source};

pub(super) const KINDS: &[Kind] = &[AL01];

const AL01: Kind = Kind {
    id: "AL01",
    level: Level::Warning,
    needs: Needs::Repo,
    what: "An alert of the document is in no Prometheus rule of the repository, or a rule leads to no procedure.",
    why: "The page names the alert; whoever is woken looks for that name. Where it was renamed on one side, the procedure is not found.",
    wrong: "# Ops\n\n## Disk full\n\n**Symptoms:**\n- Alert: DiskFul\n\n**Fix:**\n```bash\ndf -h\n```\n",
    right: "# Ops\n\n## Disk full\n\n**Symptoms:**\n- Alert: DiskFull\n\n**Fix:**\n```bash\ndf -h\n```\n",
    check: Some(check),
};

fn check(context: &Context<'_>, found: &mut Vec<Finding>) {
    let Some(repo) = context.scope.repo.filter(|repo| !repo.alerts.is_empty()) else { return };
    let named = named(context);
    let known: Vec<&str> = repo.alerts.iter().map(|alert| alert.named.name.as_str()).collect();
    let all: HashSet<&str> = known.iter().copied().collect();
    let guesses = Guesses::default();
    for (name, source) in named.iter().filter(|(name, _)| !all.contains(name.as_str())) {
        let help = match guesses.closest(name, &known) {
            Some(near) => {
                let at = repo.alerts.iter().find(|a| a.named.name == near).map(|a| format!(" ({})", a.named));
                format!("did you mean `{near}`{}?", at.unwrap_or_default())
            }
            None => "add the rule, or name the alert as the rules do".into(),
        };
        let message = format!("no Prometheus rule of the repository has the alert `{name}`");
        found.push(Finding::new(&AL01, source.clone(), message, help));
    }
    let lost = |alert: &&Alert| alert.runbook.is_none() && !named.contains_key(&alert.named.name);
    let lost: Vec<&Alert> = repo.alerts.iter().filter(lost).collect();
    found.extend(unanswered(context, &lost));
    found.extend(repo.alerts.iter().filter_map(|alert| leads_nowhere(context, alert)));
}

/// Alerts by their names, each with the line that names it first.
fn named(context: &Context<'_>) -> BTreeMap<String, Source> {
    let mut found: BTreeMap<String, Source> = BTreeMap::new();
    let told: HashSet<&str> = context
        .runbook
        .procedures
        .iter()
        .flat_map(|p| p.symptoms.iter().filter_map(|s| s.alert.as_deref()).chain([p.title.as_str()]))
        .filter(|name| is_alert(name))
        .collect();
    for text in context.texts {
        headings(&text.blocks, &text.lines, &told, &mut found);
    }
    prose::each(context, &mut |passage| {
        let words = passage.running.text.split(|c: char| !(c.is_alphanumeric() || c == '_'));
        for word in words.filter(|word| word.len() > 4 && told.contains(word)) {
            let at = word.as_ptr() as usize - passage.running.text.as_ptr() as usize;
            found.entry(word.to_owned()).or_insert_with(|| passage.source(at));
        }
    });
    found
}

fn headings(blocks: &[Block], lines: &Lines<'_>, told: &HashSet<&str>, found: &mut BTreeMap<String, Source>) {
    for block in blocks {
        if let Markdown::Heading(_, text) = &block.kind {
            let title = text.plain();
            if told.contains(title.as_str()) {
                found.entry(title).or_insert_with(|| lines.source(block.span.clone()));
            }
        }
    }
}

/// `HighCPUUsage`, `etcdMembersDown`, `disk_full`: one word that people do not write in sentences.
fn is_alert(name: &str) -> bool {
    let word = name.len() > 4 && name.chars().all(|c| c.is_ascii_alphanumeric() || c == '_');
    let humps = name.chars().skip(1).any(|c| c.is_ascii_uppercase()) && name.chars().any(|c| c.is_ascii_lowercase());
    word && (humps || name.contains('_'))
}

/// Rules that send nobody anywhere and that no procedure names, said once.
fn unanswered(context: &Context<'_>, lost: &[&Alert]) -> Option<Finding> {
    const MOST: usize = 6;
    let document = context.texts.first()?;
    let first = lost.first()?;
    let listed: Vec<String> =
        lost.iter().take(MOST).map(|alert| format!("`{}` ({})", alert.named.name, alert.named)).collect();
    let more = if lost.len() > MOST { format!(" and {} more", lost.len() - MOST) } else { String::new() };
    let (verb, plural) = if lost.len() == 1 { ("has", "") } else { ("have", "s") };
    let message = format!(
        "{} alert{plural} of the repository {verb} neither a `runbook_url` nor a procedure here: {}{more}",
        lost.len(),
        listed.join(", ")
    );
    let help = format!(
        "write a procedure with `Alert: {}` among its symptoms, or give the rule a `runbook_url`",
        first.named.name
    );
    Some(Finding::new(&AL01, document.lines.source(0..0), message, help))
}

/// A rule whose address leads to a heading that is not there any more.
fn leads_nowhere(context: &Context<'_>, alert: &Alert) -> Option<Finding> {
    let (page, anchor) = alert.runbook.as_deref()?.split_once('#')?;
    let file = page.rsplit('/').next().filter(|file| !file.is_empty())?;
    let wanted = anchor.to_lowercase();
    let text = context.texts.iter().find(|text| text.lines.source(0..0).file.rsplit('/').next() == Some(file))?;
    let mut titles = text.blocks.iter().filter_map(|block| match &block.kind {
        Markdown::Heading(_, title) => Some(title.plain()),
        _ => None,
    });
    let bare = |text: &str| text.chars().filter(|c| c.is_alphanumeric()).collect::<String>();
    if anchor.is_empty() || anchor.contains('{') || titles.any(|title| bare(&slug(&title)) == bare(&wanted)) {
        return None;
    }
    let message = format!(
        "the rule of `{}` ({}) leads to `#{anchor}`, and no heading here has that name",
        alert.named.name, alert.named
    );
    let help = "mend the `runbook_url` of the rule, or give the heading its old name back";
    Some(Finding::new(&AL01, text.lines.source(0..0), message, help))
}

#[cfg(test)]
mod tests {
    use crate::lints::Scope;
    use crate::outside::Repo;
    use crate::runbook::Runbook;

    fn check(text: &str, expected: &[&str]) {
        let mut repo = Repo::default();
        let rules = "groups:\n- rules:\n  - alert: DiskFull\n    expr: a\n  - alert: WebDown\n    expr: b\n    annotations: {runbook_url: 'https://x.example/docs/ops.md#web-down'}\n";
        repo.add("rules/a.yml");
        repo.read("rules/a.yml", rules);
        let scope = Scope { repo: Some(&repo), ..Scope::default() };
        let runbook = Runbook::read_in([("ops.md", text)], &scope);
        let found = runbook.findings.iter().filter(|f| f.rule == "AL01");
        let said: Vec<String> = found.map(|f| format!("{} {} | {}", f.source.line, f.message, f.help)).collect();
        assert_eq!(said, expected, "{text}");
    }

    #[test]
    fn alerts_and_procedures_are_bound_both_ways() {
        let fix = "\n**Fix:**\n```bash\ndf -h\n```\n";
        let web = format!("## Web down\n{fix}");
        check(&format!("# Ops\n\n## Disk full\n\n**Symptoms:**\n- Alert: DiskFull\n{fix}\n{web}"), &[]);
        check(
            &format!("# Ops\n\n## Disk full\n\n**Symptoms:**\n- slow\n- Alert: DiskFul\n{fix}\n{web}"),
            &[
                "1 1 alert of the repository has neither a `runbook_url` nor a procedure here: `DiskFull` (rules/a.yml:3) | write a procedure with `Alert: DiskFull` among its symptoms, or give the rule a `runbook_url`",
                "7 no Prometheus rule of the repository has the alert `DiskFul` | did you mean `DiskFull` (rules/a.yml:3)?",
            ],
        );
        check(
            &format!("# DiskFull\n{fix}\n## Website down\n{fix}"),
            &[
                "1 the rule of `WebDown` (rules/a.yml:5) leads to `#web-down`, and no heading here has that name | mend the `runbook_url` of the rule, or give the heading its old name back",
            ],
        );
    }
}
