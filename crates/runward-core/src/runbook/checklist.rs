//! Checklists: points to tick, in lists with boxes or in blocks of code.

use serde::{Deserialize, Serialize};

use super::fence::FenceType;
use super::markdown::{Block, Fence, Inlines, Kind, List};
use super::section::{Section, parts};
use crate::source::{Lines, Source};

/// Points to tick, one below the other.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Checklist {
    /// The label above it, else its heading.
    pub title: String,
    /// Its points.
    pub items: Vec<CheckItem>,
    /// Where it stands.
    pub source: Source,
}

/// One point.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct CheckItem {
    /// What it says.
    pub text: String,
    /// Where it stands.
    pub source: Source,
}

/// Reads every checklist of a document.
pub(super) fn read(root: &Section<'_>, lines: &Lines<'_>) -> Vec<Checklist> {
    let mut found = Vec::new();
    root.walk(&mut |section| blocks(section.body, &section.title, lines, &mut found));
    found
}

fn blocks(all: &[Block], heading: &str, lines: &Lines<'_>, found: &mut Vec<Checklist>) {
    let mut title = heading.to_owned();
    for block in all {
        let items = match &block.kind {
            Kind::Paragraph(text) => {
                title = label(text).unwrap_or_else(|| heading.to_owned());
                continue;
            }
            Kind::List(list) => {
                list.items.iter().for_each(|item| blocks(&item.blocks, &title, lines, found));
                listed(list, lines)
            }
            Kind::Fence(fence) if fence.kind == FenceType::Checklist => boxed(fence, lines),
            Kind::Quote(inner) => {
                blocks(inner, heading, lines, found);
                continue;
            }
            _ => continue,
        };
        if !items.is_empty() {
            found.push(Checklist { title: title.clone(), items, source: lines.source(block.span.clone()) });
        }
    }
}

fn label(text: &Inlines) -> Option<String> {
    let said = text.plain();
    parts(text).pop().and_then(|part| part.label).or_else(|| said.lines().last()?.strip_suffix(':').map(str::to_owned))
}

fn listed(list: &List, lines: &Lines<'_>) -> Vec<CheckItem> {
    let ticked = list.items.iter().filter(|item| item.task);
    let items = ticked.filter_map(|item| match item.blocks.first() {
        Some(Block { kind: Kind::Paragraph(text), span }) => {
            Some(CheckItem { text: text.with_ticks(), source: lines.source(span.clone()) })
        }
        _ => None,
    });
    items.collect()
}

/// `[ ] told everybody`, in a block of its own.
fn boxed(fence: &Fence, lines: &Lines<'_>) -> Vec<CheckItem> {
    let items = fence.lines.iter().filter_map(|line| {
        let bare = line.text.trim().trim_start_matches(['-', '*', ' ']);
        let text = ["[ ]", "[x]", "[X]", "☐", "□", "☑"].iter().find_map(|mark| bare.strip_prefix(mark))?.trim();
        let source = lines.source(line.start..line.start + line.text.len());
        (!text.is_empty()).then(|| CheckItem { text: text.to_owned(), source })
    });
    items.collect()
}

#[cfg(test)]
mod tests {
    use crate::runbook::Runbook;

    #[test]
    fn points_to_tick_are_kept_with_the_words_above_them() {
        let text = "# Ops\n\n## After\n\n**Before you go:**\n- [ ] lights off\n- [x] kiln off\n\n```\n[ ] door shut\n[ ] Anke told\n```\n";
        let runbook = Runbook::read([("ops.md", text)]);
        let shown: Vec<String> = runbook
            .checklists
            .iter()
            .map(|list| {
                let items: Vec<String> = list.items.iter().map(|i| format!("{} {}", i.source.line, i.text)).collect();
                format!("{}: {}", list.title, items.join(", "))
            })
            .collect();
        assert_eq!(shown, ["Before you go: 6 lights off, 7 kiln off", "Before you go: 10 door shut, 11 Anke told"]);
    }
}
