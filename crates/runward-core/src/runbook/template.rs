//! Texts a runbook asks people to fill in: status updates, escalations, the post-incident review.

use serde::{Deserialize, Serialize};

use super::fence::FenceType;
use super::markdown::{Item, Kind, List};
use super::section::Section;
use super::words::normal;
use super::words::topic::{Topic, Topics};
use crate::source::{Lines, Source};

/// What a template is for.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum TemplateKind {
    /// A message while the incident lasts.
    StatusUpdate,
    /// A call for help.
    Escalation,
    /// The review when it is over.
    Review,
}

impl TemplateKind {
    /// The word the JSON and the configuration use.
    pub fn name(self) -> &'static str {
        match self {
            TemplateKind::StatusUpdate => "status-update",
            TemplateKind::Escalation => "escalation",
            TemplateKind::Review => "review",
        }
    }
}

/// A text to fill in.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Template {
    /// What it is for.
    pub kind: TemplateKind,
    /// The text, with whatever marks the runbook uses for what is to be filled in.
    pub text: String,
    /// Where it stands.
    pub source: Source,
}

/// Finds the templates of a document.
pub(super) fn read(root: &Section<'_>, lines: &Lines<'_>) -> Vec<Template> {
    let mut found: Vec<Template> = Vec::new();
    root.walk(&mut |section| {
        let outlines = section.topics.has(Topic::Template);
        let around = section.topics.and(section.within);
        let reviews = around.has(Topic::Review) && (outlines || section.topics.has(Topic::Review));
        let afterwards = section.topics.has(Topic::Afterwards);
        let mut before = Topics::default();
        for block in section.body {
            match &block.kind {
                Kind::Paragraph(text) => before = Topics::of(&normal(&text.plain())),
                Kind::Fence(fence) => {
                    let text: Vec<&str> = fence.lines.iter().map(|l| l.text.as_str()).collect();
                    let text = text.join("\n");
                    let fills = matches!(fence.kind, FenceType::Template | FenceType::Output | FenceType::Other)
                        && text.lines().count() >= 3;
                    let kind = if reviews || (fills && is_outline(&text) && (afterwards || says_so(&text))) {
                        Some(TemplateKind::Review)
                    } else {
                        kind_of(section.topics.and(before), &text)
                    };
                    if let Some(kind) = kind.filter(|_| fills) {
                        found.push(Template { kind, text, source: lines.source(block.span.clone()) });
                    }
                }
                Kind::List(list) if reviews && outlines && is_points(list) => {
                    found.push(Template {
                        kind: TemplateKind::Review,
                        text: outline(list),
                        source: lines.source(block.span.clone()),
                    });
                }
                Kind::List(list) => {
                    for item in &list.items {
                        let lead = item.blocks.iter().find_map(|b| match &b.kind {
                            Kind::Paragraph(text) => Some(Topics::of(&normal(&text.plain()))),
                            _ => None,
                        });
                        for block in &item.blocks {
                            let Kind::Fence(fence) = &block.kind else { continue };
                            let text = fence.lines.iter().map(|l| l.text.as_str()).collect::<Vec<_>>().join("\n");
                            if let Some(kind) = kind_of(section.topics.and(lead.unwrap_or_default()), &text)
                                .filter(|_| fence.tag.is_empty())
                            {
                                found.push(Template { kind, text, source: lines.source(block.span.clone()) });
                            }
                        }
                    }
                }
                _ => {}
            }
        }
        if reviews && outlines && section.body.is_empty() && section.children.len() >= 2 {
            let points: String = section.children.iter().map(|child| format!("\n## {}\n", child.title)).collect();
            let span = section.heading.map_or(0..0, |heading| heading.span.clone());
            found.push(Template {
                kind: TemplateKind::Review,
                text: format!("{TITLE}{points}"),
                source: lines.source(span),
            });
        }
    });
    // The longest is the template; a shorter one beside it is an example of a part.
    found.sort_by_key(|t| (t.kind == TemplateKind::Review, std::cmp::Reverse(t.text.len())));
    found.dedup_by(|later, first| later.kind == TemplateKind::Review && first.kind == TemplateKind::Review);
    found.sort_by_key(|t| t.source.line);
    found
}

/// Several headings with something to fill in.
fn is_outline(text: &str) -> bool {
    text.lines().filter(|l| l.starts_with('#')).count() >= 2
}

/// Whether a text's own title says that it is a review.
fn says_so(text: &str) -> bool {
    let title = normal(text.lines().next().unwrap_or_default());
    Topics::of(&title).has(Topic::Review) || title.starts_with("review") || title.contains("what happened")
}

fn kind_of(around: Topics, text: &str) -> Option<TemplateKind> {
    let fills_in = text.contains('[') || text.contains('<') || text.contains('@') || text.contains("{{");
    if !fills_in {
        return None;
    }
    if around.has(Topic::Escalation) {
        return Some(TemplateKind::Escalation);
    }
    (around.has(Topic::Updates) || around.has(Topic::Template)).then_some(TemplateKind::StatusUpdate)
}

const TITLE: &str = "# Post-Incident Review: [Incident Title]\n";

/// Whether a list names what to write about: numbered, or each point left open by a colon.
fn is_points(list: &List) -> bool {
    let open = |item: &Item| match item.blocks.first().map(|b| &b.kind) {
        Some(Kind::Paragraph(text)) => text.plain().ends_with(':'),
        _ => false,
    };
    list.start.is_some() || (list.items.len() >= 3 && list.items.iter().all(open))
}

/// An outline (`1. **Timeline** – detection, response …`) as headings with a line for each point.
fn outline(list: &List) -> String {
    let mut text = String::from(TITLE);
    for item in &list.items {
        for block in &item.blocks {
            match &block.kind {
                Kind::Paragraph(title) => text.push_str(&format!("\n## {}\n\n", title.plain().trim_end_matches(':'))),
                Kind::List(points) => {
                    for point in &points.items {
                        if let Some(Kind::Paragraph(words)) = point.blocks.first().map(|b| &b.kind) {
                            text.push_str(&format!("- **{}:**\n", words.plain()));
                        }
                    }
                }
                _ => {}
            }
        }
    }
    text
}
