//! Walking through a procedure's section: labels, lists and blocks become symptoms and steps, in the order they stand.

use std::ops::Range;

use super::fence::{FenceType, begins_like_command};
use super::goto::Goto;
use super::markdown::{Block, Fence, Inlines, Kind};
use super::procedure::{Role, Symptom};
use super::scale::scale_name;
use super::section::{Section, parts};
use super::split::{self, Around};
use super::step::{Phase, Step, StepKind};
use super::whereabouts::Whereabouts;
use super::words::topic::{Topic, Topics};
use super::words::{
    self, Meaning, announces_outcome, is_condition, is_imperative, loose_meaning, meaning, normal, numbering,
    option_name, step_number, unnumbered,
};
use crate::command::Command;
use crate::source::Lines;

pub(super) struct Walk<'d> {
    pub(super) lines: &'d Lines<'d>,
    pub(super) around: Around,
    pub(super) symptoms_follow: bool,
    /// Whether what follows names causes, each with what to do about it.
    pub(super) causes_follow: bool,
    /// Whether what follows should come out of the step before.
    pub(super) outcome_follows: bool,
    /// Whether the present alternative is a heading, which labels below it do not end.
    in_variant_heading: bool,
    /// Whether the present alternative is one of several causes: what its points are called does not end it.
    pub(super) in_cause: bool,
    /// Where people were before the alternatives began: each begins there.
    before_variants: Option<Whereabouts>,
    pub steps: Vec<Step>,
    pub symptoms: Vec<Symptom>,
    /// Where the symptoms stand: what they quote is no order.
    pub told: Vec<Range<usize>>,
    pub severity: Option<String>,
}

impl<'d> Walk<'d> {
    pub fn new(lines: &'d Lines<'d>) -> Self {
        Walk {
            lines,
            around: Around::default(),
            symptoms_follow: false,
            causes_follow: false,
            outcome_follows: false,
            in_variant_heading: false,
            in_cause: false,
            before_variants: None,
            steps: Vec::new(),
            symptoms: Vec::new(),
            told: Vec::new(),
            severity: None,
        }
    }

    /// A section below the procedure's heading that belongs to it.
    pub fn child(&mut self, child: &Section<'_>, role: Role) {
        match role {
            Role::Own => return,
            Role::Part(what) => {
                self.part(what);
                self.causes_follow = speaks_of_causes(&child.title);
            }
            Role::Step => {
                let numbered = step_number(&child.title);
                let title = numbered.map_or(unnumbered(&child.title), |(_, rest)| rest);
                let counted = numbering(&child.title).and_then(|number| number.parse().ok());
                self.symptoms_follow = false;
                self.around.number = numbered.map(|(number, _)| number).or(counted);
                self.around.phase = loose_meaning(title).and_then(Phase::of);
                self.around.lead = Some(if title.is_empty() { child.title.clone() } else { title.to_owned() });
            }
            Role::Variant => {
                self.symptoms_follow = false;
                self.in_variant_heading = true;
                self.vary(child.title.trim());
            }
        }
        let before = self.steps.len();
        self.blocks(child.body);
        if role == Role::Step && self.steps.len() == before && !child.title.is_empty() {
            self.manual(unnumbered(&child.title), child.heading.map_or(0..0, |h| h.span.clone()), Vec::new());
        }
        child.children.iter().for_each(|grandchild| self.below(grandchild));
        self.around.number = None;
        if role == Role::Variant {
            self.in_variant_heading = false;
            self.end_variant();
        }
    }

    /// A section that stands deeper.
    fn below(&mut self, section: &Section<'_>) {
        if let Some(what) = meaning(&section.title) {
            self.part(what);
            self.causes_follow = speaks_of_causes(&section.title);
        } else if option_name(&section.title).is_some() && self.around.phase != Some(Phase::Diagnose) {
            self.vary(section.title.trim());
        } else {
            self.around.lead = Some(unnumbered(&section.title).to_owned());
        }
        self.blocks(section.body);
        section.children.iter().for_each(|child| self.below(child));
    }

    /// What follows is one of several ways.
    fn vary(&mut self, name: &str) {
        match &self.before_variants {
            Some(before) => self.around.at = before.clone(),
            None => self.before_variants = Some(self.around.at.clone()),
        }
        self.around.variant = Some(name.to_owned());
    }

    /// A label behind the ways to fix (`Verification:`) belongs to all of them.
    fn end_variant(&mut self) {
        if self.in_variant_heading {
            return;
        }
        self.in_cause = false;
        self.around.variant = None;
        if let Some(before) = self.before_variants.take() {
            self.around.at = before;
        }
    }

    /// What follows belongs to this part.
    fn part(&mut self, what: Meaning) {
        self.symptoms_follow = what == Meaning::Symptom;
        self.outcome_follows = what == Meaning::Expected;
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
            let known = part.label.as_deref().map(|label| (label, meaning(label).or_else(|| loose_meaning(label))));
            match known {
                Some((_, Some(Meaning::Severity))) => {
                    self.severity = scale_name(&said).map(|(name, _)| name).or(self.severity.take());
                }
                Some((_, Some(Meaning::Alert))) => self.alerts(&said, block),
                Some((_, Some(Meaning::Expected))) => self.outcome(&said),
                Some((label, Some(Meaning::Remark))) => {
                    self.symptoms_follow = false;
                    self.outcome_follows = false;
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
                Some((label, None)) if self.causes_follow && numbering(label).is_some() => {
                    self.option(label, None);
                    (self.causes_follow, self.in_cause) = (true, true);
                }
                Some((label, None)) => {
                    self.end_variant();
                    self.symptoms_follow = false;
                    self.outcome_follows = false;
                    self.around.lead = Some(label.to_owned());
                    self.said_lead(&said);
                }
                None => self.said(&part.text, &said, false, block),
            }
        }
    }

    /// One alert, or several beside each other: `HighLoad`, `HighMemory`.
    fn alerts(&mut self, said: &str, block: &Block) {
        self.told.push(block.span.clone());
        let names: Vec<&str> = said.split([',', '/']).map(str::trim).collect();
        let plain = names.iter().all(|name| !name.is_empty() && !name.contains(char::is_whitespace));
        let names = if plain { names } else { vec![said] };
        names.iter().for_each(|name| self.symptom(&format!("Alert: {name}")));
    }

    /// What should come out of the step before: it is said, or it follows.
    fn outcome(&mut self, said: &str) {
        self.symptoms_follow = false;
        match self.steps.last_mut() {
            Some(step) if !said.is_empty() => step.expect(said),
            _ => {
                self.outcome_follows = true;
                self.around.lead = Some("expected".to_owned());
            }
        }
    }

    /// One of several ways to do it: `Option B: restore the dump`.
    fn option(&mut self, label: &str, what: Option<Meaning>) {
        self.symptoms_follow = false;
        self.outcome_follows = false;
        let back = what.and_then(Phase::of).filter(|p| *p == Phase::Rollback);
        let known = self.around.phase.filter(|p| *p != Phase::Diagnose);
        self.vary(label);
        self.around.phase = back.or(known).or(Some(Phase::Fix));
        self.around.lead = None;
    }

    /// Text behind a label or on its own: a symptom, an instruction, or what leads to the next block.
    fn said(&mut self, text: &Inlines, said: &str, labelled: bool, block: &Block) {
        if said.is_empty() {
            return;
        }
        if self.symptoms_follow {
            self.told.push(block.span.clone());
            self.symptom(said);
            return;
        }
        // With nothing behind it, it leads to the block that says what is expected.
        let expected = words::expected(said).filter(|_| !labelled && !self.steps.is_empty());
        if let Some(expected) = expected {
            return self.outcome(&expected);
        }
        self.outcome_follows = false;
        let commands = inline_commands(text, self.lines);
        let looks = self.around.phase == Some(Phase::Diagnose) && labelled && !commands.is_empty();
        let instructs = looks || matches!(self.around.phase, Some(Phase::Fix | Phase::Verify | Phase::Rollback));
        let goto = Goto::linked(text);
        let orders = labelled || !commands.is_empty() || goto.is_some() || is_imperative(said);
        if instructs && !said.ends_with(':') && orders {
            self.manual_to(said, block.span.clone(), commands, goto);
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
        self.symptoms.push(Symptom::told(text));
    }

    fn fence(&mut self, fence: &Fence, block: &Block) {
        let before = self.around.lead.clone().unwrap_or_default();
        match fence.kind {
            FenceType::Shell | FenceType::Transcript | FenceType::Sql => self.shell(fence),
            FenceType::Other if fence.is_remarks() => self.shell(fence),
            FenceType::Output | FenceType::Json
                if !self.steps.is_empty() && (self.outcome_follows || announces_outcome(&before)) =>
            {
                let text: Vec<&str> = fence.lines.iter().map(|l| l.text.as_str()).collect();
                if let Some(step) = self.steps.last_mut() {
                    step.expected = Some(text.join("\n"));
                }
            }
            FenceType::Template if self.around.phase.is_some() => self.text_step(StepKind::Template, block),
            _ => {}
        }
        self.outcome_follows = false;
        self.around.lead = None;
        self.around.number = None;
    }

    fn shell(&mut self, fence: &Fence) {
        let phase = self.around.phase;
        if let Some(announced) = self.around.lead.as_deref().and_then(loose_meaning).and_then(Phase::of) {
            self.around.phase = Some(announced);
        }
        let steps = split::typed(fence, &mut self.around, self.lines);
        self.steps.extend(steps);
        self.around.phase = phase;
    }

    pub(super) fn manual(&mut self, text: &str, span: Range<usize>, commands: Vec<Command>) {
        self.manual_to(text, span, commands, Goto::said(text));
    }

    pub(super) fn manual_to(&mut self, text: &str, span: Range<usize>, mut commands: Vec<Command>, goto: Option<Goto>) {
        let guard = is_condition(text).then(|| text.to_owned());
        let step = self.bare_step(StepKind::Manual, span);
        let language = (!commands.is_empty()).then(|| "bash".to_owned());
        commands.iter_mut().for_each(|command| self.around.at.take(command, true));
        self.steps.push(Step { title: text.to_owned(), guard, commands, language, goto, ..step });
    }

    fn text_step(&mut self, kind: StepKind, block: &Block) {
        let step = self.bare_step(kind, block.span.clone());
        self.steps.push(Step { title: self.around.lead.clone().unwrap_or_default(), ..step });
    }

    pub(super) fn bare_step(&self, kind: StepKind, span: Range<usize>) -> Step {
        let phase = self.around.phase.unwrap_or(Phase::Other);
        let (variant, number) = (self.around.variant.clone(), self.around.number);
        Step { variant, number, ..Step::new(kind, phase, self.lines.source(span)) }
    }
}

fn speaks_of_causes(label: &str) -> bool {
    meaning(label) == Some(Meaning::Remark) && Topics::of(&normal(label)).has(Topic::Causes)
}

fn lead(said: &str) -> Option<String> {
    let last = said.lines().last().unwrap_or_default();
    // Of a long sentence only its end leads to the block.
    let end = last.rsplit(". ").next().unwrap_or_default().trim().trim_end_matches(':');
    (!end.is_empty()).then(|| end.to_owned())
}

/// Code in running text that reads like a command.
pub(super) fn inline_commands(text: &Inlines, lines: &Lines<'_>) -> Vec<Command> {
    let like = |code: &str| begins_like_command(code) && code.contains(' ');
    text.codes().filter(|i| like(&i.text)).map(|i| Command::read(&i.text, lines.line_of(i.span.start))).collect()
}
