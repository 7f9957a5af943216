//! Whether anybody keeps the document and its procedures up: owners, reviews, practice.

use std::sync::LazyLock;

use jiff::civil::Date;
use regex::Regex;

use super::prose;
use super::sets::quoted;
use super::{Context, Kind, Needs};
use crate::outside::Repo;
use crate::outside::history::Outcome;
use crate::pattern::pattern;
use crate::runbook::{Document, Every, Finding, Level, Procedure, Said, Text};
use crate::source::Source;

pub(super) const KINDS: &[Kind] = &[MT01, MT02, MT03, MT04];

const MT01: Kind = Kind {
    id: "MT01",
    level: Level::Warning,
    needs: Needs::Document,
    what: "The document's review is overdue, or it has no date for one; or what it names was changed after it.",
    why: "A runbook is right on the day it is written. Without a date nobody looks whether it still is.",
    wrong: "# Ops\n\n**Last updated:** 2024-01-15\n**Next review:** 2024-04-15\n",
    right: "# Ops\n\n**Last updated:** 2024-01-15\n**Next review:** 2999-04-15\n",
    check: Some(review),
};

const MT02: Kind = Kind {
    id: "MT02",
    level: Level::Info,
    needs: Needs::Document,
    what: "Nobody is named who looks after the document.",
    why: "What belongs to everybody is corrected by nobody. Whoever finds a wrong step at night needs somebody to tell.",
    wrong: "# Ops\n\n**Last updated:** 2024-01-15\n",
    right: "# Ops\n\n**Last updated:** 2024-01-15\n**Owner:** Till team\n",
    check: Some(owner),
};

const MT03: Kind = Kind {
    id: "MT03",
    level: Level::Warning,
    needs: Needs::History,
    what: "A procedure was never carried out, not for a long time, or its last run failed.",
    why: "Only a procedure that ran is known to work. One that failed last time will fail again.",
    wrong: "# Ops\n\n## Web down\n\n**Fix:**\n```bash\nsystemctl restart web\n```\n",
    right: "# Ops\n\n## Disk full\n\n**Fix:**\n```bash\nsystemctl restart web\n```\n",
    check: Some(runs),
};

const MT04: Kind = Kind {
    id: "MT04",
    level: Level::Info,
    needs: Needs::Document,
    what: "Nothing says that restoring, rolling back or changing secrets is ever practised.",
    why: "These are done rarely and under pressure, and they destroy when they go wrong. A backup that was never restored is a hope.",
    wrong: "# Ops\n\n## Restore the database\n\n**Steps:**\n```bash\npg_restore -d shop shop.dump\n```\n",
    right: "# Ops\n\n## Restore the database\n\nThe restore is practised on the first Monday of each quarter.\n\n**Steps:**\n```bash\npg_restore -d shop shop.dump\n```\n",
    check: Some(practice),
};

/// Pages shorter than this are parts of something whose owner and review stand elsewhere.
const LEAST_LINES: usize = 40;

fn is_whole(text: &Text<'_>) -> bool {
    text.lines.text().lines().nth(LEAST_LINES).is_some()
}

fn review(context: &Context<'_>, found: &mut Vec<Finding>) {
    let mut undated: Vec<&Text<'_>> = Vec::new();
    for (document, text) in context.runbook.documents.iter().zip(context.texts) {
        let reviewed = document.review.as_ref().and_then(|said| Some((date(&said.value)?, said)));
        let updated = document.updated.as_ref().and_then(|said| Some((date(&said.value)?, said)));
        let due = reviewed.or_else(|| promised(context, document, updated));
        let known = due.is_some() || document.review.is_some();
        if let Some(today) = context.scope.today {
            found.extend(due.and_then(|due| overdue(due, today)));
            found.extend(updated.and_then(|updated| aged(updated, today, known)));
        }
        if let (Some(repo), Some(updated)) = (context.scope.repo, updated) {
            found.extend(outrun(context, repo, document, updated));
        }
        if !known && is_whole(text) {
            undated.push(text);
        }
    }
    let Some(first) = undated.first() else { return };
    let others = others(undated.len());
    let message = format!("no date says when this document is to be looked through again{others}");
    let help = "add a line such as `**Next review:** 2030-01-31` below the title";
    let finding = Finding::new(&MT01, first.lines.source(0..0), message, help);
    found.push(Finding { level: Level::Info, ..finding });
}

fn others(count: usize) -> String {
    match count {
        0 | 1 => String::new(),
        2 => ", and in one other document there is none either".into(),
        many => format!(", and in {} other documents there is none either", many - 1),
    }
}

/// The review that a document promises by words: `Quarterly: review this runbook`.
fn promised<'r>(
    context: &'r Context<'_>,
    document: &Document,
    updated: Option<(Date, &'r Said)>,
) -> Option<(Date, &'r Said)> {
    let (date, said) = updated?;
    let about = |text: &str| {
        let lower = text.to_lowercase();
        lower.contains("runbook")
            || lower.contains("this document")
            || lower.contains("review and improve")
            || lower.contains("review cycle")
    };
    let duty = context.runbook.duties.iter().find(|d| *d.source.file == *document.path && about(&d.text))?;
    let months = match duty.every {
        Every::Hourly | Every::Daily => return None,
        Every::Weekly | Every::Fortnightly => {
            let weeks = if duty.every == Every::Weekly { 1 } else { 2 };
            return date.checked_add(jiff::Span::new().weeks(weeks)).ok().map(|due| (due, said));
        }
        Every::Monthly => 1,
        Every::Quarterly => 3,
        Every::HalfYearly => 6,
        Every::Yearly => 12,
    };
    date.checked_add(jiff::Span::new().months(months)).ok().map(|due| (due, said))
}

fn overdue((due, said): (Date, &Said), today: Date) -> Option<Finding> {
    let days = days(due, today).filter(|days| *days > 0)?;
    let message = format!("the review was due on {due}, {} ago", counted(days));
    Some(Finding::new(
        &MT01,
        said.source.clone(),
        message,
        "look it through, mend what has changed, and set the next date",
    ))
}

/// A document that says only when it was last changed, and that was long ago; or that will be changed in the future.
fn aged((updated, said): (Date, &Said), today: Date, reviewed: bool) -> Option<Finding> {
    const LONG: i64 = 365;
    let age = days(updated, today)?;
    if age < -1 {
        let message = format!("it was last updated on {updated}, which is still to come");
        return Some(Finding::new(&MT01, said.source.clone(), message, "mend the date"));
    }
    if age <= LONG || reviewed {
        return None;
    }
    let message = format!("it was last updated on {updated}, {} ago, and has no date of review", counted(age));
    Some(Finding::new(
        &MT01,
        said.source.clone(),
        message,
        "look it through, and say when it is to be looked through again",
    ))
}

/// Files that the document names and that were changed after it.
fn outrun(context: &Context<'_>, repo: &Repo, document: &Document, (updated, said): (Date, &Said)) -> Option<Finding> {
    if repo.changed.is_empty() {
        return None;
    }
    let mut later: Vec<(Date, String)> = super::repo::referenced(context, repo, &document.path)
        .into_iter()
        .filter_map(|path| Some((*repo.changed.get(&path)?, path)))
        .filter(|(changed, _)| *changed > updated)
        .collect();
    later.sort_unstable_by(|a, b| b.cmp(a));
    let (newest, _) = later.first()?;
    let names: Vec<&str> = later.iter().take(5).map(|(_, path)| path.as_str()).collect();
    let verb = if later.len() == 1 { "was" } else { "were" };
    let message = format!(
        "{} {verb} changed after this document was updated on {updated}, last on {newest}: {}",
        if later.len() == 1 {
            "one file that it names".to_owned()
        } else {
            format!("{} files that it names", later.len())
        },
        quoted(&names)
    );
    let help = "look whether the steps still fit, and set the date of update";
    Some(Finding::new(&MT01, said.source.clone(), message, help))
}

/// How many days from one to the other; negative where the other is earlier.
pub(super) fn days(from: Date, to: Date) -> Option<i64> {
    from.until(to).ok().map(|span| i64::from(span.get_days()))
}

fn counted(days: i64) -> String {
    if days == 1 { "1 day".into() } else { format!("{days} days") }
}

/// A date as people write it; months and days by number alone could be either way round.
fn date(text: &str) -> Option<Date> {
    const FORMS: &[&str] =
        &["%Y-%m-%d", "%Y/%m/%d", "%Y.%m.%d", "%d.%m.%Y", "%B %d %Y", "%b %d %Y", "%d %B %Y", "%d %b %Y"];
    let bare = text.trim().trim_matches(|c: char| !c.is_alphanumeric()).replace(',', " ");
    let words: Vec<&str> = bare.split_whitespace().collect();
    for count in [1, 3] {
        let first = words.get(..count).map(|words| words.join(" "))?;
        let first = first.split('T').next().filter(|_| count == 1).unwrap_or(&first).to_owned();
        if let Some(date) = FORMS.iter().find_map(|form| Date::strptime(form, &first).ok()) {
            return Some(date);
        }
    }
    None
}

fn owner(context: &Context<'_>, found: &mut Vec<Finding>) {
    let documents = context.runbook.documents.iter().zip(context.texts);
    let dated = |document: &Document| document.updated.is_some() || document.review.is_some();
    let open: Vec<&Text<'_>> = documents
        .filter(|(document, text)| document.owner.is_none() && (is_whole(text) || dated(document)))
        .map(|(_, text)| text)
        .collect();
    let Some(first) = open.first() else { return };
    let others = match open.len() {
        1 => String::new(),
        2 => ", nor after one other document".to_owned(),
        many => format!(", nor after {} other documents", many - 1),
    };
    let message = format!("nobody is named who looks after this document{others}");
    let help = "add a line such as `**Owner:** Platform team` below the title";
    found.push(Finding::new(&MT02, first.lines.source(0..0), message, help));
}

/// A procedure that went well this long ago is not known to work any more.
const STALE_DAYS: i64 = 180;

fn runs(context: &Context<'_>, found: &mut Vec<Finding>) {
    let (Some(history), today) = (context.scope.history, context.scope.today) else { return };
    let mut never: Vec<&Procedure> = Vec::new();
    let mut stale: Vec<(&Procedure, i64)> = Vec::new();
    let runnable = |p: &&Procedure| p.steps.iter().any(|step| !step.commands.is_empty());
    for procedure in context.runbook.procedures.iter().filter(runnable) {
        let ran = history.procedures.get(&procedure.id);
        match ran.and_then(|ran| ran.last) {
            None => never.push(procedure),
            Some((day, Outcome::Failed | Outcome::Stopped)) => found.push(failed(procedure, day)),
            Some(_) => {
                let well = ran.and_then(|ran| ran.well);
                let age = well.zip(today).and_then(|(well, today)| days(well, today));
                stale.extend(age.filter(|age| *age > STALE_DAYS).map(|age| (procedure, age)));
            }
        }
    }
    if let Some(first) = never.first() {
        let names: Vec<&str> = never.iter().map(|p| p.title.as_str()).collect();
        let verb = if names.len() == 1 { "was" } else { "were" };
        let message = format!("{} {verb} never run through Runward", quoted(&names));
        let help = "walk through each once by daylight: what looks can be run at any time";
        found.push(Finding::new(&MT03, heading(first), message, help));
    }
    for (procedure, age) in stale {
        let message = format!("`{}` last went well {} ago", procedure.title, counted(age));
        found.push(Finding::new(&MT03, heading(procedure), message, "walk through it again"));
    }
}

fn failed(procedure: &Procedure, day: Date) -> Finding {
    let message = format!("the last run of `{}`, on {day}, did not go well", procedure.title);
    let help = "look at that run, and mend the step that failed";
    Finding::new(&MT03, heading(procedure), message, help)
}

fn heading(procedure: &Procedure) -> Source {
    Source { end_line: procedure.source.line, ..procedure.source.clone() }
}

/// What must be practised: the words of its title, and what it is called.
const RARE: &[(&str, &[&str])] = &[
    ("restoring", &["restore", "restoring", "recovery", "recover"]),
    ("rolling back", &["rollback", "roll back", "rolling back", "revert"]),
    ("changing secrets", &["rotate", "rotating", "rotation"]),
];

/// Words for practice.
static PRACTICE: LazyLock<Regex> = LazyLock::new(|| {
    pattern(
        r"\b(?:drills?|game\s?days?|rehears\w*|practi[cs]ed?\b|fire\s?drill|dry[- ]run|chaos|(?:test|testing|verify|try)\w*\s+(?:\w+\s+){0,3}(?:restor\w+|rollbacks?|backups?|recovery)|(?:restor\w+|rollback|backup|recovery)\s+(?:\w+\s+){0,2}(?:tests?|testing|tested|verification|practi\w+|integrity))",
    )
});

fn practice(context: &Context<'_>, found: &mut Vec<Finding>) {
    let mut open: Vec<(&str, &Procedure)> = Vec::new();
    for (what, words) in RARE {
        let speaks = |p: &&Procedure| {
            let title = p.title.to_lowercase();
            words.iter().any(|word| title.contains(word)) && p.steps.iter().any(|step| !step.commands.is_empty())
        };
        let drilled = |p: &Procedure| {
            let ran = context.scope.history.and_then(|history| history.procedures.get(&p.id));
            let last = ran.and_then(|ran| ran.drilled.max(ran.well));
            last.zip(context.scope.today)
                .and_then(|(last, today)| days(last, today))
                .is_some_and(|age| age <= STALE_DAYS)
        };
        open.extend(context.runbook.procedures.iter().find(|p| speaks(p) && !drilled(p)).map(|p| (*what, p)));
    }
    if open.is_empty() || is_practised(context) {
        return;
    }
    open.sort_by_key(|(_, procedure)| procedure.source.line);
    let said: Vec<String> = open.iter().map(|(what, p)| format!("{what} (line {})", p.source.line)).collect();
    let Some((_, first)) = open.first() else { return };
    let message = format!("nothing says that this is ever practised: {}", said.join(", "));
    let help = "add a drill to what is done each quarter, and write down what came of it";
    found.push(Finding::new(&MT04, heading(first), message, help));
}

fn is_practised(context: &Context<'_>) -> bool {
    if context.runbook.duties.iter().any(|duty| PRACTICE.is_match(&duty.text.to_ascii_lowercase())) {
        return true;
    }
    let mut practised = false;
    prose::each(context, &mut |passage| {
        practised =
            practised || PRACTICE.is_match(&passage.small) || PRACTICE.is_match(&passage.title.to_ascii_lowercase());
    });
    practised
}

#[cfg(test)]
mod tests;
