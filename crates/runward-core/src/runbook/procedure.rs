//! Procedures: headings whose text says how a trouble shows, how to look closer, what to do and how to tell that it worked.

use serde::{Deserialize, Serialize};

use super::section::Section;
use super::split::option_name;
use super::step::{self, Step};
use super::walk::Walk;
use super::words::{Meaning, is_imperative, meaning, normal, step_number, unnumbered};
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
    let mut seen: Vec<String> = Vec::new();
    for procedure in &mut found {
        let base = slug(&procedure.title);
        let again = seen.iter().filter(|s| **s == base).count();
        procedure.id = ProcedureId(if again == 0 { base.clone() } else { format!("{base}-{}", again + 1) });
        seen.push(base);
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
    let roles = roles(section);
    let mut walk = Walk::new(lines);
    let reads = section.heading.is_some() && !is_reference(&section.title);
    if reads {
        walk.blocks(section.body);
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
            source: place(section, &roles, lines),
        });
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

/// Pages of commands to pick from are no procedures: nobody runs them from top to bottom.
fn is_reference(title: &str) -> bool {
    let words = normal(title);
    [
        "quick reference", "cheat sheet", "cheatsheet", "key commands", "useful commands", "common commands",
        "ssh access", "key ssh", "emergency commands", "table of contents", "status commands", "log locations",
    ]
    .iter()
    .any(|w| words.contains(w))
}

fn roles(section: &Section<'_>) -> Vec<Role> {
    let titles: Vec<&str> = section.children.iter().map(|c| c.title.as_str()).collect();
    let labels = titles.iter().filter(|t| meaning(t).is_some()).count();
    let numbered: Vec<&&str> = titles.iter().filter(|t| unnumbered(t) != **t).collect();
    let told = numbered.iter().filter(|t| is_imperative(unnumbered(t))).count();
    // `### 1. Create the config` is a step where its sisters are told as orders too; `### 1. Service down` is not.
    let steps = numbered.len() >= 2 && told * 3 >= numbered.len() * 2;
    let role = |title: &str| {
        if option_name(title).is_some() && titles.len() > 1 {
            return Role::Variant;
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
    titles.iter().map(|title| role(title)).collect()
}

/// The title without numbering, and without the severity some put into it.
pub(super) fn bare_title(title: &str) -> String {
    let bare = unnumbered(title).trim();
    if let Some((before, inside)) = bare.strip_suffix(')').and_then(|t| t.rsplit_once('('))
        && is_numbered_scale(inside)
    {
        return before.trim().to_owned();
    }
    match bare.split_once(':') {
        Some((first, rest)) if is_numbered_scale(first) => rest.trim().to_owned(),
        _ => bare.to_owned(),
    }
}

fn severity_in(title: &str) -> Option<String> {
    let bare = unnumbered(title);
    let inside = bare.strip_suffix(')').and_then(|t| t.rsplit_once('(')).map(|(_, inside)| inside);
    let before = bare.split_once(':').map(|(first, _)| first);
    [inside, before].into_iter().flatten().find(|w| is_numbered_scale(w)).map(str::to_owned)
}

/// `P1` and `SEV-2` in a title are severities; `Level 1: …` and `High: …` need not be.
fn is_numbered_scale(word: &str) -> bool {
    let upper = word.trim().to_uppercase();
    (upper.starts_with('P') || upper.starts_with("SEV"))
        && upper.ends_with(|c: char| c.is_ascii_digit())
        && severity::rank(&upper).is_some()
}
