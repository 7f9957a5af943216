//! Walking through a procedure's section: labels, lists and blocks become symptoms and steps, in the order they stand.

use super::fence::{self, FenceType, begins_like_command};
use super::markdown::{Block, Fence, Inlines, Kind};
use super::procedure::{Role, Symptom};
use super::prompt;
use super::scale::scale_name;
use super::section::{Section, parts};
use super::split::{self, Around, is_condition, option_name};
use super::step::{Phase, Step, StepKind};
use super::words::{Meaning, is_imperative, loose_meaning, meaning, normal, step_number, unnumbered};
use crate::command::Command;
use crate::id::StepId;
use crate::source::Lines;

pub(super) struct Walk<'d> {
    pub(super) lines: &'d Lines<'d>,
    pub(super) around: Around,
    pub(super) symptoms_follow: bool,
    /// Whether what follows names causes, each with what to do about it.
    pub(super) causes_follow: bool,
    /// Whether the present alternative is a heading, which labels below it do not end.
    in_variant_heading: bool,
    pub steps: Vec<Step>,
    pub symptoms: Vec<Symptom>,
    pub severity: Option<String>,
}

impl<'d> Walk<'d> {
    pub fn new(lines: &'d Lines<'d>) -> Self {
        Walk {
            lines,
            around: Around::default(),
            symptoms_follow: false,
            causes_follow: false,
            in_variant_heading: false,
            steps: Vec::new(),
            symptoms: Vec::new(),
            severity: None,
        }
    }

    pub fn child(&mut self, child: &Section<'_>, role: Role) {
        match role {
            Role::Own => return,
            Role::Part(what) => {
                self.part(what);
                self.causes_follow = speaks_of_causes(&child.title);
            }
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
                self.causes_follow = speaks_of_causes(&grandchild.title);
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
        self.causes_follow = false;
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

    pub fn blocks(&mut self, blocks: &[Block]) {
        for (at, block) in blocks.iter().enumerate() {
            match &block.kind {
                Kind::Paragraph(text) => self.paragraph(text, block),
                Kind::List(list) => {
                    let fence_follows = matches!(blocks.get(at + 1).map(|b| &b.kind), Some(Kind::Fence(_)));
                    self.list(list, fence_follows);
                }
                Kind::Fence(fence) => self.fence(fence, block),
                Kind::Quote(inner) => self.blocks(inner),
                Kind::Table(table) => self.rows(table),
                Kind::Heading(..) => {}
            }
        }
    }

    pub(super) fn paragraph(&mut self, text: &Inlines, block: &Block) {
        for part in parts(text) {
            let said = part.text.with_ticks();
            match part.label.as_deref().map(|l| (l, meaning(l).or_else(|| loose_meaning(l)))) {
                Some((_, Some(Meaning::Severity))) => {
                    self.severity = scale_name(&said).map(|(name, _)| name).or(self.severity.take());
                }
                Some((_, Some(Meaning::Alert))) => self.symptom(&format!("Alert: {said}")),
                Some((label, Some(Meaning::Remark))) => {
                    self.symptoms_follow = false;
                    self.causes_follow = speaks_of_causes(label);
                    self.around.lead = lead(&said);
                }
                Some((label, what)) if option_name(label).is_some() && meaning(label).is_none() => {
                    self.option(label, what);
                }
                Some((_, Some(what))) => {
                    self.part(what);
                    self.said(&part.text, &said, true, block);
                }
                Some((label, None)) => {
                    self.end_variant();
                    self.symptoms_follow = false;
                    self.around.lead = Some(label.to_owned());
                    self.said_lead(&said);
                }
                None => self.said(&part.text, &said, false, block),
            }
        }
    }

    /// One of several ways to do it: `Option B: restore the dump`.
    fn option(&mut self, label: &str, what: Option<Meaning>) {
        self.symptoms_follow = false;
        let back = what.and_then(Phase::of).filter(|p| *p == Phase::Rollback);
        self.around.phase = back.or(self.around.phase.filter(|p| *p != Phase::Diagnose)).or(Some(Phase::Fix));
        self.around.variant = Some(label.to_owned());
        self.around.lead = None;
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
        let expected = said.strip_prefix("Expected").and_then(|rest| rest.split_once(':')).map(|(_, rest)| rest.trim());
        // With nothing behind it, it leads to the block that says what is expected.
        if let Some(expected) = expected.filter(|e| !e.is_empty()) {
            if let Some(step) = self.steps.last_mut() {
                step.expected = Some(expected.to_owned());
            }
            return;
        }
        let commands = inline_commands(text, self.lines);
        let looks = self.around.phase == Some(Phase::Diagnose) && labelled && !commands.is_empty();
        let instructs = looks || matches!(self.around.phase, Some(Phase::Fix | Phase::Verify | Phase::Rollback));
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

    pub(super) fn symptom(&mut self, text: &str) {
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
            FenceType::Transcript => self.shell(&prompt::commands(fence)),
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
        let steps = split::split(fence, &mut self.around, self.lines);
        self.steps.extend(steps);
        self.around.phase = phase;
    }

    pub(super) fn manual(&mut self, text: &str, span: std::ops::Range<usize>, commands: Vec<Command>) {
        let guard = is_condition(text).then(|| text.to_owned());
        let step = self.bare_step(StepKind::Manual, span);
        let language = (!commands.is_empty()).then(|| "bash".to_owned());
        self.steps.push(Step { title: text.to_owned(), guard, commands, language, ..step });
    }

    fn text_step(&mut self, kind: StepKind, block: &Block) {
        let step = self.bare_step(kind, block.span.clone());
        self.steps.push(Step { title: self.around.lead.clone().unwrap_or_default(), ..step });
    }

    pub(super) fn bare_step(&self, kind: StepKind, span: std::ops::Range<usize>) -> Step {
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
            corrected: None,
            source: self.lines.source(span),
        }
    }
}

fn speaks_of_causes(label: &str) -> bool {
    meaning(label) == Some(Meaning::Remark) && normal(label).contains("cause")
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

/// Code in running text that reads like a command.
pub(super) fn inline_commands(text: &Inlines, lines: &Lines<'_>) -> Vec<Command> {
    let like = |code: &str| begins_like_command(code) && code.contains(' ');
    text.codes().filter(|i| like(&i.text)).map(|i| Command::read(&i.text, lines.line_of(i.span.start))).collect()
}
