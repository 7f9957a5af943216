//! Procedures: headings whose text says how a trouble shows, how to look closer, what to do and how to tell that it worked.

use serde::{Deserialize, Serialize};

use super::fence::{self, FenceType, begins_like_command};
use super::markdown::{Block, Fence, Inlines, Kind, List};
use super::section::{Section, parts};
use super::steps::{self, Around, Phase, Step, StepKind, is_condition, option_name};
use super::words::{Meaning, is_imperative, loose_meaning, meaning, normal, step_number, unnumbered};
use crate::command::Command;
use crate::id::{ProcedureId, StepId, slug};
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
        steps::settle(&procedure.id, &mut procedure.steps);
    }
    found
}

/// What a heading is to the procedure above it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Role {
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
fn bare_title(title: &str) -> String {
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

struct Walk<'d> {
    lines: &'d Lines<'d>,
    around: Around,
    symptoms_follow: bool,
    /// Whether the present alternative is a heading, which labels below it do not end.
    in_variant_heading: bool,
    steps: Vec<Step>,
    symptoms: Vec<Symptom>,
    severity: Option<String>,
}

impl<'d> Walk<'d> {
    fn new(lines: &'d Lines<'d>) -> Self {
        Walk {
            lines,
            around: Around::default(),
            symptoms_follow: false,
            in_variant_heading: false,
            steps: Vec::new(),
            symptoms: Vec::new(),
            severity: None,
        }
    }

    fn child(&mut self, child: &Section<'_>, role: Role) {
        match role {
            Role::Own => return,
            Role::Part(what) => self.part(what),
            Role::Step => {
                let title = step_number(&child.title).map_or(unnumbered(&child.title), |(_, rest)| rest);
                self.symptoms_follow = false;
                self.around.phase = loose_meaning(title).and_then(Phase::of);
                self.around.lead = Some(if title.is_empty() { child.title.clone() } else { title.to_owned() });
            }
            Role::Variant => {
                self.symptoms_follow = false;
                self.in_variant_heading = true;
                self.around.variant = Some(child.title.trim().to_owned());
            }
        }
        let before = self.steps.len();
        self.blocks(child.body);
        if role == Role::Step && self.steps.len() == before && !child.title.is_empty() {
            self.manual(unnumbered(&child.title), child.heading.map_or(0..0, |h| h.span.clone()), Vec::new());
        }
        for grandchild in &child.children {
            if let Some(what) = meaning(&grandchild.title) {
                self.part(what);
            } else if option_name(&grandchild.title).is_some() {
                self.around.variant = Some(grandchild.title.clone());
            } else {
                self.around.lead = Some(unnumbered(&grandchild.title).to_owned());
            }
            self.blocks(grandchild.body);
        }
        if role == Role::Variant {
            self.in_variant_heading = false;
            self.around.variant = None;
        }
    }

    /// A label behind the ways to fix (`Verification:`) belongs to all of them.
    fn end_variant(&mut self) {
        if !self.in_variant_heading {
            self.around.variant = None;
        }
    }

    /// What follows belongs to this part.
    fn part(&mut self, what: Meaning) {
        self.symptoms_follow = what == Meaning::Symptom;
        self.around.lead = None;
        match Phase::of(what) {
            Some(phase) => {
                self.end_variant();
                self.around.phase = Some(phase);
            }
            None if what == Meaning::Symptom => self.around.phase = None,
            None => {}
        }
    }

    fn blocks(&mut self, blocks: &[Block]) {
        for (at, block) in blocks.iter().enumerate() {
            match &block.kind {
                Kind::Paragraph(text) => self.paragraph(text, block),
                Kind::List(list) => {
                    let fence_follows = matches!(blocks.get(at + 1).map(|b| &b.kind), Some(Kind::Fence(_)));
                    self.list(list, fence_follows);
                }
                Kind::Fence(fence) => self.fence(fence, block),
                Kind::Quote(inner) => self.blocks(inner),
                Kind::Heading(..) | Kind::Table(_) => {}
            }
        }
    }

    fn paragraph(&mut self, text: &Inlines, block: &Block) {
        for part in parts(text) {
            let said = part.text.with_ticks();
            match part.label.as_deref().map(|l| (l, meaning(l).or_else(|| loose_meaning(l)))) {
                Some((_, Some(Meaning::Severity))) => {
                    self.severity = Some(said.split_whitespace().next().unwrap_or_default().to_owned())
                        .filter(|s| severity::rank(s).is_some())
                }
                Some((_, Some(Meaning::Alert))) => self.symptom(&format!("Alert: {said}")),
                Some((_, Some(Meaning::Remark))) => self.around.lead = lead(&said),
                Some((_, Some(what))) => {
                    self.part(what);
                    self.said(&part.text, &said, true, block);
                }
                Some((label, None)) if option_name(label).is_some() => {
                    self.symptoms_follow = false;
                    self.around.phase = self.around.phase.filter(|p| *p != Phase::Diagnose).or(Some(Phase::Fix));
                    self.around.variant = Some(label.to_owned());
                    self.around.lead = None;
                }
                Some((label, None)) => {
                    self.end_variant();
                    self.around.lead = Some(label.to_owned());
                    self.said_lead(&said);
                }
                None => self.said(&part.text, &said, false, block),
            }
        }
    }

    /// Text behind a label or on its own: a symptom, an instruction, or what leads to the next block.
    fn said(&mut self, text: &Inlines, said: &str, labelled: bool, block: &Block) {
        if said.is_empty() {
            return;
        }
        if self.symptoms_follow {
            self.symptom(said);
            return;
        }
        if let Some(expected) = said.strip_prefix("Expected") {
            if let Some(step) = self.steps.last_mut() {
                step.expected = Some(expected.trim_start_matches([':', ' ']).to_owned());
            }
            return;
        }
        let commands = inline_commands(text, self.lines);
        let instructs = matches!(self.around.phase, Some(Phase::Fix | Phase::Verify | Phase::Rollback));
        if instructs && !said.ends_with(':') && (labelled || !commands.is_empty() || is_imperative(said)) {
            self.manual(said, block.span.clone(), commands);
        } else {
            self.said_lead(said);
        }
    }

    fn said_lead(&mut self, said: &str) {
        if said.ends_with(':') {
            self.around.lead = lead(said);
        }
    }

    fn symptom(&mut self, text: &str) {
        let alert = text
            .strip_prefix("Alert:")
            .or_else(|| text.split_once("alert:").map(|(_, a)| a))
            .map(|a| a.trim().trim_matches(['"', '`', '“', '”']).to_owned())
            .filter(|a| !a.is_empty());
        let lower = text.to_lowercase();
        let logged = alert.is_none() && [" log", "journal", "error", "failed with"].iter().any(|w| lower.contains(w));
        // Every second piece between quotes is quoted.
        let quote = if text.contains('`') { '`' } else { '"' };
        let quoted: Vec<String> = text
            .split(quote)
            .skip(1)
            .step_by(2)
            .filter(|q| logged && !begins_like_command(q))
            .map(regex::escape)
            .collect();
        let log_pattern = (!quoted.is_empty()).then(|| quoted.join("|"));
        self.symptoms.push(Symptom { text: text.to_owned(), alert, log_pattern });
    }

    fn list(&mut self, list: &List, fence_follows: bool) {
        let last = list.items.len().saturating_sub(1);
        for (at, item) in list.items.iter().enumerate() {
            let Some(Kind::Paragraph(text)) = item.blocks.first().map(|b| &b.kind) else {
                self.blocks(&item.blocks);
                continue;
            };
            if self.symptoms_follow {
                self.symptom(&text.with_ticks());
                continue;
            }
            let nested = item.blocks.iter().any(|b| matches!(b.kind, Kind::Fence(_)));
            let title = item_title(text);
            if nested || (fence_follows && at == last) {
                self.around.lead = Some(title);
                self.blocks(item.blocks.get(1..).unwrap_or_default());
            } else if (list.start.is_some() || self.around.phase.is_some()) && !item.task && !self.describes() {
                let commands = inline_commands(text, self.lines);
                let told = is_imperative(&title) || !commands.is_empty();
                if told {
                    self.manual(&text.with_ticks(), item.span.clone(), commands);
                }
            }
        }
    }

    /// Whether what follows tells what happens rather than what to do: `What it does:`, `This starts:`.
    fn describes(&self) -> bool {
        let lead = self.around.lead.as_deref().unwrap_or_default().to_lowercase();
        ["what it", "what happens", "this ", "the ", "it ", "look for", "key "].iter().any(|w| lead.starts_with(w))
    }

    fn fence(&mut self, fence: &Fence, block: &Block) {
        let before = self.around.lead.clone().unwrap_or_default().to_lowercase();
        match fence::of(fence, &before) {
            FenceType::Shell => self.shell(fence),
            FenceType::Output | FenceType::Json if !self.steps.is_empty() && announced(&before) => {
                let text: Vec<&str> = fence.lines.iter().map(|l| l.text.as_str()).collect();
                if let Some(step) = self.steps.last_mut() {
                    step.expected = Some(text.join("\n"));
                }
            }
            FenceType::Transcript => self.shell(&prompted(fence)),
            FenceType::Sql => self.shell(fence),
            FenceType::Template if self.around.phase.is_some() => self.text_step(StepKind::Template, block),
            _ => {}
        }
        self.around.lead = None;
    }

    fn shell(&mut self, fence: &Fence) {
        let phase = self.around.phase;
        if let Some(announced) = self.around.lead.as_deref().and_then(loose_meaning).and_then(Phase::of) {
            self.around.phase = Some(announced);
        }
        let steps = steps::split(fence, &mut self.around, self.lines);
        self.steps.extend(steps);
        self.around.phase = phase;
    }

    fn manual(&mut self, text: &str, span: std::ops::Range<usize>, commands: Vec<Command>) {
        let guard = is_condition(text).then(|| text.to_owned());
        let step = self.bare_step(StepKind::Manual, span);
        let language = (!commands.is_empty()).then(|| "bash".to_owned());
        self.steps.push(Step { title: text.to_owned(), guard, commands, language, ..step });
    }

    fn text_step(&mut self, kind: StepKind, block: &Block) {
        let step = self.bare_step(kind, block.span.clone());
        self.steps.push(Step { title: self.around.lead.clone().unwrap_or_default(), ..step });
    }

    fn bare_step(&self, kind: StepKind, span: std::ops::Range<usize>) -> Step {
        Step {
            id: StepId::default(),
            title: String::new(),
            phase: self.around.phase.unwrap_or(Phase::Other),
            kind,
            guard: None,
            variant: self.around.variant.clone(),
            language: None,
            commands: Vec::new(),
            expected: None,
            source: self.lines.source(span),
        }
    }
}

fn lead(said: &str) -> Option<String> {
    let last = said.lines().last().unwrap_or_default();
    // Of a long sentence only its end leads to the block.
    let end = last.rsplit(". ").next().unwrap_or_default().trim().trim_end_matches(':');
    (!end.is_empty()).then(|| end.to_owned())
}

fn announced(before: &str) -> bool {
    ["expected", "output", "response", "returns", "should see"].iter().any(|w| before.contains(w))
}

/// An item's title: its bold beginning, else its first line.
fn item_title(text: &Inlines) -> String {
    match text.0.first() {
        Some(first) if first.strong => first.text.trim_end_matches(':').to_owned(),
        _ => text.with_ticks().lines().next().unwrap_or_default().trim_end_matches(':').to_owned(),
    }
}

/// Code in running text that reads like a command.
fn inline_commands(text: &Inlines, lines: &Lines<'_>) -> Vec<Command> {
    let like = |code: &str| begins_like_command(code) && code.contains(' ');
    text.codes().filter(|i| like(&i.text)).map(|i| Command::read(&i.text, lines.line_of(i.span.start))).collect()
}

/// The commands of a transcript, without their prompts and without what they printed.
fn prompted(fence: &Fence) -> Fence {
    let mut continued = false;
    let mut kept = Vec::new();
    for line in &fence.lines {
        let trimmed = line.text.trim_start();
        let command = trimmed.strip_prefix("$ ").or_else(|| trimmed.strip_prefix("# ").filter(|_| false));
        if let Some(command) = command {
            let start = line.start + (line.text.len() - command.len());
            kept.push(super::markdown::FenceLine { text: command.to_owned(), start });
        } else if continued || trimmed.starts_with('#') {
            kept.push(line.clone());
        }
        continued = (command.is_some() || continued) && trimmed.ends_with('\\');
    }
    Fence { tag: fence.tag.clone(), lines: kept, closed: fence.closed }
}
