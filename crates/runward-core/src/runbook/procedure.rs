//! Procedures: headings whose text says how a trouble shows, how to look closer, what to do and how to tell that it worked.

use std::collections::HashMap;
use std::ops::Range;

use serde::{Deserialize, Serialize};

use super::bracket::{self, Bracket};
use super::fence::begins_like_command;
use super::goto;
use super::markdown::{Block, Kind};
use super::rows;
use super::section::{Section, parts};
use super::step::{self, Step};
use super::walk::Walk;
use super::words::topic::{Topic, Topics};
use super::words::{Meaning, is_imperative, loose_meaning, meaning, normal, option_name, step_number, unnumbered};
use crate::id::{ProcedureId, slug};
use crate::severity;
use crate::source::{Lines, Source};

/// One procedure.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Procedure {
    /// The slug of its title, unique in the runbook.
    pub id: ProcedureId,
    /// Its heading without numbering.
    pub title: String,
    /// The severity it is written for.
    pub severity: Option<String>,
    /// How the trouble shows itself.
    pub symptoms: Vec<Symptom>,
    /// What to do, in the order written.
    pub steps: Vec<Step>,
    /// Where the configuration corrects it.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub corrected: Option<Source>,
    /// What is stopped on the way, and where it is started again.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub brackets: Vec<Bracket>,
    /// Where it stands.
    pub source: Source,
}

/// One sign of a trouble.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Symptom {
    /// What the runbook says.
    pub text: String,
    /// The alert it names: `HighCPUUsage`.
    pub alert: Option<String>,
    /// What is found in a log: text the runbook quotes.
    pub log_pattern: Option<String>,
}

impl Symptom {
    /// A sign in the runbook's words: the alert they name, and what they quote of a log.
    pub(super) fn told(text: &str) -> Symptom {
        let alert = alert_named(text);
        let log_pattern = if alert.is_none() { quoted_log(text) } else { None };
        Symptom { text: text.to_owned(), alert, log_pattern }
    }
}

/// `Alert: HighCPUUsage`, `Sentry alert: "High Error Rate"`, `Alarm: …`.
fn alert_named(text: &str) -> Option<String> {
    let (before, name) = text.split_once(':')?;
    let last = before.rsplit(char::is_whitespace).next().unwrap_or_default();
    if meaning(last) != Some(Meaning::Alert) {
        return None;
    }
    let name = name.trim().trim_matches(['"', '`', '“', '”', '„', '\'', '*']);
    (!name.is_empty()).then(|| name.to_owned())
}

/// What a sign quotes of a log, as a pattern.
fn quoted_log(text: &str) -> Option<String> {
    let quote = if text.contains('`') { '`' } else { '"' };
    // Every second piece between quotes is quoted.
    let pieces: Vec<&str> = text.split(quote).skip(1).step_by(2).filter(|piece| !piece.trim().is_empty()).collect();
    let logged = Topics::of(&normal(text)).has(Topic::Logs) || {
        let lower = text.to_lowercase();
        ["error", "journal", "failed with", "fehler", "exception"].iter().any(|word| lower.contains(word))
    };
    // What a command shows is seen there, not in a log.
    let shown = pieces.iter().any(|piece| begins_like_command(piece));
    let message = |piece: &str| quote == '`' && !shown && is_message(piece);
    let kept = pieces.iter().filter(|piece| !begins_like_command(piece) && (logged || message(piece)));
    let patterns: Vec<String> = kept.map(|piece| regex::escape(piece)).collect();
    (!patterns.is_empty()).then(|| patterns.join("|"))
}

/// A sentence, or the name of an error: `connection refused by upstream`, `SQLITE_BUSY`, `OutOfMemoryError`.
fn is_message(piece: &str) -> bool {
    let named = piece.ends_with("Error") || piece.ends_with("Exception");
    let shouted =
        piece.contains('_') && piece.chars().all(|c| c.is_ascii_uppercase() || c.is_ascii_digit() || c == '_');
    let spoken = piece.split_whitespace().filter(|word| word.chars().all(char::is_alphabetic)).count() >= 3;
    named || shouted || spoken
}

/// What is read of a document's procedures.
#[derive(Debug, Default)]
pub(super) struct Found {
    pub procedures: Vec<Procedure>,
    /// Where signs of troubles stand, in the order of the document.
    pub told: Vec<Range<usize>>,
    /// The heading above each procedure.
    above: Vec<String>,
}

/// Reads every procedure of a document; none of them has a name yet.
pub(super) fn read(root: &Section<'_>, lines: &Lines<'_>) -> Found {
    let mut found = Found::default();
    collect(root, "", lines, &mut found);
    found.told.sort_by_key(|span| span.start);
    for procedure in &mut found.procedures {
        step::settle_phases(&procedure.title, &mut procedure.steps);
        step::sign(&mut procedure.steps);
    }
    found
}

/// Names the procedures of a document and what belongs to them; `names` are those that are taken.
pub(super) fn name(found: &mut Found, blocks: &[Block], lines: &Lines<'_>, names: &mut HashMap<String, usize>) {
    for (procedure, above) in found.procedures.iter_mut().zip(&found.above) {
        procedure.id = named(&procedure.title, above, names);
        step::name(&procedure.id, &mut procedure.steps);
        procedure.brackets = bracket::of(&procedure.steps);
    }
    goto::settle(&mut found.procedures, blocks, lines);
}

/// A name that no other procedure of the runbook has: the slug of its title, else with the heading above it, else counted.
fn named(title: &str, above: &str, names: &mut HashMap<String, usize>) -> ProcedureId {
    let mut take = |name: String| {
        let free = !name.is_empty() && !names.contains_key(&name);
        free.then(|| {
            names.insert(name.clone(), 1);
            ProcedureId(name)
        })
    };
    if let Some(name) = take(slug(title)).or_else(|| take(slug(&format!("{above} {title}")))) {
        return name;
    }
    let base = Some(slug(title)).filter(|slug| !slug.is_empty()).unwrap_or_else(|| "procedure".to_owned());
    loop {
        let times = names.entry(base.clone()).or_default();
        *times += 1;
        let name = format!("{base}-{times}");
        if !names.contains_key(&name) {
            names.insert(name.clone(), 1);
            return ProcedureId(name);
        }
    }
}

/// What a heading is to the procedure above it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Role {
    /// `Symptoms`, `Actions`: a part of it.
    Part(Meaning),
    /// `Step 2`, `1. Create the config`: a step of it.
    Step,
    /// `Option A`: one of several ways.
    Variant,
    /// A thing of its own.
    Own,
}

fn collect(section: &Section<'_>, above: &str, lines: &Lines<'_>, found: &mut Found) {
    let mut walk = Walk::new(lines);
    // A page of commands with the signs of a trouble is a procedure all the same.
    let reads = section.heading.is_some() && (!is_reference(section) || shows_itself(section));
    if reads {
        walk.blocks(section.body);
    }
    let roles = roles(section, &walk);
    if reads {
        for (child, role) in section.children.iter().zip(&roles) {
            walk.child(child, *role);
        }
    }
    let Walk { steps, mut symptoms, severity, told, .. } = walk;
    if reads && (has_commands(&steps) || !symptoms.is_empty()) {
        found.told.extend(told);
        let title = bare_title(&section.title);
        if symptoms.iter().all(|symptom| symptom.alert.is_none()) && is_alert_name(&title) {
            symptoms.push(Symptom::told(&format!("Alert: {title}")));
        }
        let source = place(section, &roles, lines);
        let severity = severity.or_else(|| severity_in(&section.title));
        let id = ProcedureId::default();
        let brackets = Vec::new();
        found.add(Procedure { id, title, severity, symptoms, steps, corrected: None, brackets, source }, above);
    }
    for block in section.body {
        if let Kind::Table(table) = &block.kind {
            rows::troubles(table, lines).into_iter().for_each(|procedure| found.add(procedure, &section.title));
        }
    }
    for (child, role) in section.children.iter().zip(roles) {
        if role == Role::Own || !reads {
            collect(child, &section.title, lines, found);
        }
    }
}

impl Found {
    fn add(&mut self, procedure: Procedure, above: &str) {
        self.procedures.push(procedure);
        self.above.push(above.to_owned());
    }
}

/// `KubePodCrashLooping`, `HighCPUUsage`: a heading that is the name of an alert; `GitLab` and `MongoDB` are none.
fn is_alert_name(title: &str) -> bool {
    const ENDS: &[&str] = &[
        "Down", "High", "Low", "Full", "Failed", "Failing", "Missing", "Slow", "Usage", "Latency", "Errors",
        "Expiring", "Lag", "Unavailable", "Restarting", "Looping", "Stopped", "Stuck", "Error", "Lost", "Soon", "Rate",
    ];
    let letters: Vec<char> = title.chars().collect();
    let word = letters.iter().all(|c| c.is_ascii_alphanumeric() || *c == '_');
    let humps = letters.windows(2).filter(|pair| pair[0].is_ascii_uppercase() && pair[1].is_ascii_lowercase()).count();
    word && (humps >= 3 || humps >= 2 && ENDS.iter().any(|end| title.ends_with(end)))
}

fn has_commands(steps: &[Step]) -> bool {
    steps.iter().any(|s| !s.commands.is_empty())
}

fn place(section: &Section<'_>, roles: &[Role], lines: &Lines<'_>) -> Source {
    let start = section.heading.map_or(0, |h| h.span.start);
    let own = section.body.last().or(section.heading).map_or(start, |b| b.span.end);
    let end = section
        .children
        .iter()
        .zip(roles)
        .filter(|(_, r)| **r != Role::Own)
        .filter_map(|(c, _)| last_byte(c))
        .fold(own, usize::max);
    lines.source(start..end)
}

fn last_byte(section: &Section<'_>) -> Option<usize> {
    let own = section.body.last().or(section.heading).map(|b| b.span.end);
    section.children.iter().filter_map(last_byte).chain(own).max()
}

/// Pages of commands to pick from, and pages that tell how things are, are no procedures: nobody runs them from top to bottom.
fn is_reference(section: &Section<'_>) -> bool {
    let words = normal(&section.title);
    // What runs where is told with its health addresses: nothing to work through either.
    let tells = ["overview", "architecture", "introduction", "about"].contains(&words.as_str());
    tells || section.topics.and(section.within).has(Topic::Reference)
}

/// What each heading below a section is to it; `own` is what the section itself says.
fn roles(section: &Section<'_>, own: &Walk<'_>) -> Vec<Role> {
    let titles: Vec<&str> = section.children.iter().map(|c| c.title.as_str()).collect();
    // Where every heading begins or ends like a part (`Detection signals`, `Mitigation steps`), they are parts.
    let loose = titles.iter().all(|t| loose_meaning(t).is_some())
        && titles.iter().any(|t| loose_meaning(t) == Some(Meaning::Symptom))
        && titles.iter().any(|t| loose_meaning(t) == Some(Meaning::Fix));
    // `### Backup` and `### Restore` are tasks beside each other; as a label `Restore:` is what to do.
    let task = |title: &str| ["restore", "recover"].contains(&normal(title).as_str());
    let meaning = |title: &str| if loose { loose_meaning(title) } else { meaning(title).filter(|_| !task(title)) };
    let labels = titles.iter().filter(|t| meaning(t).is_some()).count();
    // A handbook has a `## Severity` and a `## Rollback` among its chapters; a page about one trouble looks and mends.
    let mends = |t: &&str| matches!(meaning(t), Some(Meaning::Symptom | Meaning::Diagnose | Meaning::Fix));
    let parts = labels >= 2 && (labels * 2 >= titles.len() || titles.iter().any(mends));
    let numbered: Vec<&&str> = titles.iter().filter(|t| unnumbered(t) != **t).collect();
    let told = numbered.iter().filter(|t| is_imperative(unnumbered(t))).count();
    // `### 1. Create the config` is a step where its sisters are told as orders too; `### 1. Service down` is not.
    let steps = numbered.len() >= 2 && told * 3 >= numbered.len() * 2;
    let role = |child: &Section<'_>| {
        let title = child.title.as_str();
        if option_name(title).is_some() && titles.len() > 1 {
            return if is_trouble_of_its_own(child, own) { Role::Own } else { Role::Variant };
        }
        if step_number(title).is_some() || (steps && unnumbered(title) != title) {
            return Role::Step;
        }
        match meaning(title) {
            // A lone `### Recovery` among procedures is one of them.
            Some(what) if parts || labels == titles.len() => Role::Part(what),
            _ => Role::Own,
        }
    };
    section.children.iter().map(role).collect()
}

/// `Scenario 2: Database lags` is a way to fix what stands above it only where something stands there.
fn is_trouble_of_its_own(section: &Section<'_>, above: &Walk<'_>) -> bool {
    let nothing_above = above.symptoms.is_empty() && (above.steps.is_empty() || shows_itself(section));
    scenario_title(&section.title).is_some() && nothing_above
}

/// Whether a section says by which signs its trouble is known.
fn shows_itself(section: &Section<'_>) -> bool {
    let says = |label: &str| loose_meaning(label) == Some(Meaning::Symptom);
    let labels =
        section.body.iter().filter_map(|b| if let Kind::Paragraph(text) = &b.kind { Some(text) } else { None });
    labels.flat_map(parts).filter_map(|part| part.label).any(|label| says(&label))
        || section.children.iter().any(|child| says(&child.title))
}

/// `Scenario 2: Database lags` without its counting.
fn scenario_title(title: &str) -> Option<&str> {
    let (first, rest) = option_name(title)?.split_once(char::is_whitespace)?;
    let counted = ["scenario", "case"].contains(&first.to_lowercase().as_str());
    let rest = rest.trim_start();
    let rest = rest[rest.find(|c: char| !c.is_alphanumeric()).unwrap_or(rest.len())..]
        .trim_start_matches([' ', ':', '.', ')', '-', '–', '—']);
    (counted && !rest.is_empty()).then_some(rest)
}

/// The title without numbering, and without the severity some put into it.
pub(super) fn bare_title(title: &str) -> String {
    let bare = unnumbered(title).trim();
    let bare = scenario_title(bare).unwrap_or(bare);
    severity_and_rest(bare).map_or(bare, |(_, rest)| rest).to_owned()
}

fn severity_in(title: &str) -> Option<String> {
    severity_and_rest(unnumbered(title).trim()).map(|(severity, _)| severity.to_owned())
}

/// The severity in a title and what else it says: `Web down (P1)`, `P1: Web down`, `[P1] Web down`, `Web down - SEV1`.
fn severity_and_rest(title: &str) -> Option<(&str, &str)> {
    let behind = title.strip_suffix(')').and_then(|t| t.rsplit_once('(')).map(|(rest, inside)| (inside, rest));
    let before = title.split_once(':');
    let bracketed = title.strip_prefix('[').and_then(|t| t.split_once(']'));
    let dashed = [" - ", " – ", " — "].iter().find_map(|dash| title.rsplit_once(dash)).map(|(rest, last)| (last, rest));
    let found = [behind, before, bracketed, dashed].into_iter().flatten();
    let mut told = found.map(|(severity, rest)| (severity.trim(), rest.trim()));
    told.find(|(severity, rest)| is_numbered_scale(severity) && !rest.is_empty())
}

/// `P1` and `SEV-2` in a title are severities; `Level 1: …` and `High: …` need not be.
fn is_numbered_scale(word: &str) -> bool {
    let upper = word.trim().to_uppercase();
    (upper.starts_with('P') || upper.starts_with("SEV"))
        && upper.ends_with(|c: char| c.is_ascii_digit())
        && severity::rank(&upper).is_some()
}

#[cfg(test)]
mod tests;
