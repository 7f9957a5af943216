//! Lists inside a procedure: signs, steps, causes with what to do about each, or parts that stand in bullets.

use super::goto::Goto;
use super::markdown::{Inlines, Item, Kind, List};
use super::section::parts;
use super::split::Around;
use super::step::Phase;
use super::walk::{Walk, inline_commands};
use super::words::{Meaning, is_imperative, is_tale, meaning};
use crate::command::impact::Impact;

impl Walk<'_> {
    pub(super) fn list(&mut self, list: &List, fence_follows: bool) {
        if self.in_cause {
            return self.of_cause(list);
        }
        if is_parted(list) {
            return self.parted(list);
        }
        if self.causes_follow && list.items.iter().any(|item| self.acts(item)) {
            return self.causes(list);
        }
        if self.outcome_follows {
            return self.outcomes(list);
        }
        let orders = self.gives_orders(list);
        if self.symptoms_follow && (orders || self.is_typed(list)) {
            self.symptoms_follow = false;
        }
        let last = list.items.len().saturating_sub(1);
        for (at, item) in list.items.iter().enumerate() {
            let Some(text) = item_text(item) else {
                self.blocks(&item.blocks);
                continue;
            };
            if self.symptoms_follow {
                self.told.push(item.span.clone());
                self.symptom(&text.with_ticks());
                continue;
            }
            self.around.number =
                list.start.map(|start| u32::try_from(start).unwrap_or(u32::MAX).saturating_add(at as u32));
            let nested = item.blocks.iter().any(|b| matches!(b.kind, Kind::Fence(_)));
            let title = item_title(text);
            let listed = list.start.is_some() || self.around.phase.is_some();
            if nested || (fence_follows && at == last) {
                self.around.lead = Some(title);
                self.blocks(item.blocks.get(1..).unwrap_or_default());
            } else if (orders || (listed && !item.task)) && !self.describes() {
                let commands = inline_commands(text, self.lines);
                let told = is_imperative(&title) || !commands.is_empty();
                if told {
                    self.manual_to(&text.with_ticks(), item.span.clone(), commands, Goto::linked(text));
                }
            }
        }
        if !fence_follows {
            self.around.number = None;
        }
    }

    /// What should come out of the step before, point by point.
    fn outcomes(&mut self, list: &List) {
        self.outcome_follows = false;
        let Some(step) = self.steps.last_mut() else { return };
        list.items.iter().filter_map(item_text).for_each(|text| step.expect(&text.with_ticks()));
    }

    /// Parts that stand in bullets: `- **Trigger:** …`, `- **Severity:** P1`, `- **Steps:**` with a list below.
    fn parted(&mut self, list: &List) {
        for item in &list.items {
            let Some((first, rest)) = item.blocks.split_first() else { continue };
            match &first.kind {
                Kind::Paragraph(text) => self.paragraph(text, first),
                _ => self.blocks(std::slice::from_ref(first)),
            }
            self.blocks(rest);
        }
    }

    /// The points of one cause: `- **Fix:** …`, `- **Prevention:** …`. They are all about it.
    fn of_cause(&mut self, list: &List) {
        for item in &list.items {
            let Some((first, rest)) = item.blocks.split_first() else { continue };
            let Kind::Paragraph(text) = &first.kind else { continue };
            let parts = parts(text);
            let part = parts.first();
            self.around.phase =
                part.and_then(|p| meaning(p.label.as_deref()?)).and_then(Phase::of).or(Some(Phase::Fix));
            let said = part.map_or(text, |part| &part.text);
            let commands = inline_commands(said, self.lines);
            let words = said.with_ticks();
            self.around.lead = Some(words.lines().next().unwrap_or_default().to_owned());
            if !words.is_empty() {
                self.manual_to(&words, item.span.clone(), commands, Goto::linked(said));
            }
            self.blocks(rest);
        }
    }

    /// `- **Disk full**: `…`` below `Possible causes`: each is one of several ways to fix it.
    fn causes(&mut self, list: &List) {
        let before = self.around.clone();
        for item in &list.items {
            let Some(text) = item_text(item) else { continue };
            let title = item_title(text);
            self.around = Around { phase: Some(Phase::Fix), variant: Some(title.clone()), ..before.clone() };
            let commands = inline_commands(text, self.lines);
            if !commands.is_empty() {
                self.manual(&text.with_ticks(), item.span.clone(), commands);
            }
            self.around.lead = Some(title);
            self.blocks(item.blocks.get(1..).unwrap_or_default());
        }
        self.around = before;
        self.causes_follow = false;
    }

    /// Numbered commands below the signs are what to do about them; `1. `uptime` shows 99` is a sign.
    fn is_typed(&self, list: &List) -> bool {
        let typed = list.items.iter().filter(|item| self.acts(item) && ends_with_code(item)).count();
        list.start.is_some() && typed > 0 && typed * 2 >= list.items.len()
    }

    fn acts(&self, item: &Item) -> bool {
        let inline = item_text(item).is_some_and(|text| !inline_commands(text, self.lines).is_empty());
        inline || item.blocks.iter().any(|b| matches!(b.kind, Kind::Fence(_)))
    }

    /// Whether a list in bullets or boxes is to be worked through from top to bottom: what it says to type both looks and
    /// changes something, and its words lead straight to that. Collections of commands do only one of these, remarks neither.
    fn gives_orders(&self, list: &List) -> bool {
        let texts: Vec<&Inlines> = list.items.iter().filter_map(item_text).collect();
        if !texts.iter().all(|text| leads_on(text)) {
            return false;
        }
        let commands: Vec<_> = texts.iter().map(|t| inline_commands(t, self.lines)).filter(|c| !c.is_empty()).collect();
        let worst = |at: usize| commands.get(at).and_then(|c| c.iter().map(|c| c.impact).max());
        let changes = (0..commands.len()).any(|at| worst(at) > Some(Impact::ReadOnly));
        let ends_with_look = worst(commands.len().wrapping_sub(1)) == Some(Impact::ReadOnly);
        let begins_with_look = worst(0) == Some(Impact::ReadOnly);
        commands.len() >= 2 && commands.len() * 2 >= texts.len() && changes && (begins_with_look || ends_with_look)
    }

    /// Whether what follows tells what happens rather than what to do: `What it does:`, `This starts:`.
    fn describes(&self) -> bool {
        self.around.lead.as_deref().is_some_and(is_tale)
    }
}

/// Whether most items of a list begin with the names of a procedure's parts, and say more than what to type.
fn is_parted(list: &List) -> bool {
    let labels: Vec<Meaning> = list.items.iter().filter_map(|item| label(item_text(item)?)).collect();
    let is_part = |what: &&Meaning| **what != Meaning::Remark;
    let says_when = |what: &Meaning| matches!(what, Meaning::Symptom | Meaning::Severity | Meaning::Alert);
    let holds_more = list.items.iter().any(|item| item.blocks.len() > 1 && item_text(item).and_then(label).is_some());
    labels.iter().filter(is_part).count() >= 2
        && labels.len() * 2 >= list.items.len()
        && (labels.iter().any(says_when) || holds_more)
}

/// `Restart it: `…``, `Look at the log with `…``, or no code at all: words that lead to what to type.
fn leads_on(text: &Inlines) -> bool {
    let before: String = text.0.iter().take_while(|i| !i.code).map(|i| i.text.as_str()).collect();
    let before = before.trim();
    text.codes().next().is_none()
        || before.is_empty()
        || before.ends_with([':', '-', '–', '—'])
        || is_imperative(before)
}

fn ends_with_code(item: &Item) -> bool {
    let last =
        item_text(item).and_then(|text| text.0.iter().rfind(|i| !i.text.trim().trim_end_matches('.').is_empty()));
    last.is_none_or(|inline| inline.code)
}

fn label(text: &Inlines) -> Option<Meaning> {
    parts(text).into_iter().next().and_then(|part| part.label).and_then(|label| meaning(&label))
}

fn item_text(item: &Item) -> Option<&Inlines> {
    match item.blocks.first().map(|b| &b.kind) {
        Some(Kind::Paragraph(text)) => Some(text),
        _ => None,
    }
}

/// An item's title: its bold beginning, else its first line.
fn item_title(text: &Inlines) -> String {
    match text.0.first() {
        Some(first) if first.strong => first.text.trim_end_matches(':').to_owned(),
        _ => text.with_ticks().lines().next().unwrap_or_default().trim_end_matches(':').to_owned(),
    }
}
