//! Procedures: headings whose text says how a trouble shows, how to look closer, what to do and how to tell that it worked.

use std::collections::HashMap;

use serde::{Deserialize, Serialize};

use super::markdown::Kind;
use super::rows;
use super::section::{Section, parts};
use super::split::option_name;
use super::step::{self, Step};
use super::walk::Walk;
use super::words::{Meaning, is_imperative, loose_meaning, meaning, normal, step_number, unnumbered};
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

/// Reads every procedure of a document.
pub(super) fn read(root: &Section<'_>, lines: &Lines<'_>) -> Vec<Procedure> {
    let mut found = Vec::new();
    collect(root, lines, &mut found);
    let mut seen: HashMap<String, usize> = HashMap::new();
    for procedure in &mut found {
        let base = slug(&procedure.title);
        let times = seen.entry(base.clone()).or_default();
        *times += 1;
        procedure.id = ProcedureId(if *times == 1 { base } else { format!("{base}-{times}") });
        step::settle(&procedure.id, &mut procedure.steps);
    }
    found
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

fn collect(section: &Section<'_>, lines: &Lines<'_>, found: &mut Vec<Procedure>) {
    let mut walk = Walk::new(lines);
    let reads = section.heading.is_some() && !is_reference(&section.title);
    if reads {
        walk.blocks(section.body);
    }
    let roles = roles(section, &walk);
    if reads {
        for (child, role) in section.children.iter().zip(&roles) {
            walk.child(child, *role);
        }
    }
    let Walk { steps, symptoms, severity, .. } = walk;
    if reads && (has_commands(&steps) || !symptoms.is_empty()) {
        found.push(Procedure {
            id: ProcedureId::default(),
            title: bare_title(&section.title),
            severity: severity.or_else(|| severity_in(&section.title)),
            symptoms,
            steps,
            corrected: None,
            source: place(section, &roles, lines),
        });
    }
    for block in section.body {
        if let Kind::Table(table) = &block.kind {
            found.extend(rows::troubles(table, lines));
        }
    }
    for (child, role) in section.children.iter().zip(roles) {
        if role == Role::Own || !reads {
            collect(child, lines, found);
        }
    }
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
fn is_reference(title: &str) -> bool {
    let words = normal(title);
    // What runs where is told with its health addresses: nothing to work through either.
    let tells = ["overview", "architecture", "introduction", "about"].contains(&words.as_str());
    tells
        || [
            "quick reference", "cheat sheet", "cheatsheet", "key commands", "useful commands", "common commands",
            "ssh access", "key ssh", "emergency commands", "table of contents", "status commands", "log locations",
        ]
        .iter()
        .any(|w| words.contains(w))
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
            Some(what) if labels >= 2 || labels == titles.len() => Role::Part(what),
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
