//! Words that send the reader elsewhere: `skip to step 4`, `see section 5.2`, `see the rollback section`.

use std::collections::{BTreeMap, HashMap};

use serde::{Deserialize, Serialize};

use super::markdown::{Block, Inlines};
use super::procedure::Procedure;
use super::section::{self, Section};
use super::words::{gotos, is_section_word, is_step_word, normal, numbering};
use crate::id::{ProcedureId, StepId};
use crate::source::Lines;

/// Where a step sends the reader.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Goto {
    /// The words that say so.
    pub text: String,
    /// The link beside them.
    pub link: Option<String>,
    /// The procedure that is meant, where the runbook has it.
    pub procedure: Option<ProcedureId>,
    /// The step that is meant.
    pub step: Option<StepId>,
    /// The line of the heading that is meant.
    pub line: Option<u32>,
}

/// What the words name.
#[derive(Clone, Debug, PartialEq, Eq)]
enum Wanted {
    /// `step 4`
    Step(u32),
    /// `section 5.2`
    Number(String),
    /// Words that may be a heading's; whether one of them says that a place is meant.
    Name(String, bool),
}

impl Goto {
    /// What a text says of going elsewhere; whether that place exists is known when the document is read.
    pub(super) fn said(text: &str) -> Option<Goto> {
        wanted(text).map(|_| Goto { text: text.to_owned(), ..Goto::default() })
    }

    /// The same, with the link that a text may carry: one into the document needs no words.
    pub(super) fn linked(text: &Inlines) -> Option<Goto> {
        let said = text.with_ticks();
        let link = text.0.iter().find_map(|inline| inline.link.clone());
        let inside = link.as_ref().is_some_and(|link| link.starts_with('#'));
        (inside || wanted(&said).is_some()).then(|| Goto { text: said, link, ..Goto::default() })
    }
}

/// Whether a text does nothing but send the reader elsewhere: `See the wiki`.
pub(super) fn leads_elsewhere(text: &str) -> bool {
    let words = normal(text);
    gotos(&words).is_some_and(|(at, _)| at == 0) && wanted(text).is_some()
}

fn wanted(text: &str) -> Option<Wanted> {
    const LONGEST: usize = 300;
    if text.len() > LONGEST {
        return None;
    }
    let words = normal(text);
    let (_, end) = gotos(&words)?;
    let rest: Vec<&str> = words[end..].split(' ').filter(|word| !word.is_empty()).collect();
    let rest = rest.iter().skip_while(|word| ARTICLES.contains(word)).copied().collect::<Vec<_>>();
    let number = |from: usize| {
        let digits: Vec<&str> = rest.iter().skip(from).take_while(|w| is_digits(w)).copied().collect();
        (!digits.is_empty()).then(|| digits.join("."))
    };
    let first = *rest.first()?;
    if is_step_word(first) {
        return number(1)?.split('.').next()?.parse().ok().map(Wanted::Step);
    }
    if let Some(number) = number(usize::from(is_section_word(first))) {
        return Some(Wanted::Number(number));
    }
    let placed = rest.iter().take(8).any(|word| is_section_word(word));
    Some(Wanted::Name(rest.join(" "), placed))
}

const ARTICLES: &[&str] = &[
    "the", "to", "our", "also", "a", "der", "die", "das", "den", "dem", "la", "el", "le", "les", "l", "il", "lo", "o",
    "de", "het",
];

fn is_digits(word: &str) -> bool {
    word.bytes().all(|b| b.is_ascii_digit())
}

/// A heading that can be gone to.
struct Place {
    line: u32,
    procedure: Option<ProcedureId>,
}

/// Finds what each step's words mean; words that mean no place of the document are no goto, unless they say they do.
pub(super) fn settle(procedures: &mut [Procedure], blocks: &[Block], lines: &Lines<'_>) {
    if !procedures.iter().flat_map(|p| &p.steps).any(|step| step.goto.is_some()) {
        return;
    }
    let places = places(procedures, &section::tree(blocks), lines);
    let headings = || places.iter().rev().map(|(title, place)| (title.as_str(), place));
    let by_number: HashMap<&str, &Place> =
        headings().filter_map(|(title, place)| Some((numbering(title)?, place))).collect();
    let by_anchor: HashMap<String, &Place> = headings().map(|(title, place)| (anchor(title), place)).collect();
    let by_name: BTreeMap<String, &Place> = headings().map(|(title, place)| (normal(title), place)).collect();
    for procedure in procedures {
        let by_step: HashMap<u32, StepId> =
            procedure.steps.iter().rev().filter_map(|step| Some((step.number?, step.id.clone()))).collect();
        for step in &mut procedure.steps {
            let Some(goto) = &mut step.goto else { continue };
            let linked = goto.link.as_deref().and_then(|link| by_anchor.get(link.strip_prefix('#')?)).copied();
            let place = match wanted(&goto.text).filter(|_| linked.is_none()) {
                Some(Wanted::Step(number)) => {
                    goto.step = by_step.get(&number).cloned();
                    goto.procedure = goto.step.is_some().then(|| procedure.id.clone());
                    continue;
                }
                Some(Wanted::Number(number)) => by_number.get(number.as_str()).copied(),
                Some(Wanted::Name(name, placed)) => {
                    let found = named(&name, &by_name);
                    if found.is_none() && !placed && goto.link.is_none() && !goto.text.contains(".md") {
                        step.goto = None;
                        continue;
                    }
                    found
                }
                None => linked,
            };
            goto.line = place.map(|place| place.line);
            goto.procedure = place.and_then(|place| place.procedure.clone());
        }
    }
}

/// Every heading with the procedure that it is, or the first below it.
fn places(procedures: &[Procedure], root: &Section<'_>, lines: &Lines<'_>) -> Vec<(String, Place)> {
    let mut by_line: Vec<(u32, &ProcedureId)> = procedures.iter().map(|p| (p.source.line, &p.id)).collect();
    by_line.sort_by_key(|(line, _)| *line);
    let mut places = Vec::new();
    root.walk(&mut |section| {
        let Some(heading) = section.heading else { return };
        let (line, last) = (lines.line_of(heading.span.start), lines.line_of(section.end().saturating_sub(1)));
        let next = by_line.partition_point(|(at, _)| *at < line);
        let procedure = by_line.get(next).filter(|(at, _)| *at <= last).map(|(_, id)| (*id).clone());
        places.push((section.title.clone(), Place { line, procedure }));
    });
    places
}

/// The name under which a page is linked into at a heading.
fn anchor(title: &str) -> String {
    let kept = title.trim().chars().filter(|c| c.is_alphanumeric() || matches!(c, ' ' | '-' | '_'));
    kept.map(|c| if c == ' ' { '-' } else { c }).flat_map(char::to_lowercase).collect()
}

/// The heading that a name begins with, as many words as possible; `rollback section` means `Rollback procedures` as well.
fn named<'p>(name: &str, by_name: &BTreeMap<String, &'p Place>) -> Option<&'p Place> {
    const MOST_WORDS: usize = 10;
    const MOST_HEADINGS: usize = 16;
    let words: Vec<&str> = name.split(' ').take(MOST_WORDS).collect();
    let longest = |words: &[&str]| (1..=words.len()).rev().find_map(|n| by_name.get(&words[..n].join(" ")).copied());
    let kind = words.iter().position(|word| is_section_word(word));
    // `section rollback`: the name stands behind the word for its kind.
    let behind = || longest(&words[1..]).filter(|_| kind == Some(0));
    let beginning = || {
        let start = format!("{} ", words[..kind.filter(|at| *at > 0)?].join(" "));
        let found = by_name.range(start.clone()..).take_while(|(title, _)| title.starts_with(&start));
        found.take(MOST_HEADINGS).map(|(_, place)| *place).min_by_key(|place| place.line)
    };
    longest(&words).or_else(behind).or_else(beginning)
}
