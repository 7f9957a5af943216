//! What a document says of itself: who looks after it, when it was changed, when it is to be looked through again.

use super::field::{Field, labelled};
use super::markdown::Kind;
use super::matter::{Pair, pairs};
use super::section::Section;
use super::words::normal;
use super::{Document, Said};
use crate::source::Lines;

/// Completes a document by what stands in its front matter, at its head and at its end.
pub(super) fn complete(document: &mut Document, root: &Section<'_>, lines: &Lines<'_>) {
    for Pair { label, value, span } in pairs(lines.text()) {
        // Between these lines even a bare `date` is that of the document.
        let field = Field::of(label).or_else(|| (normal(label) == "date").then_some(Field::Updated));
        if let Some(field) = field {
            take(document, field, value, || Said { value: value.to_owned(), source: lines.source(span.clone()) });
        }
    }
    let first = [Some(root), root.children.first()].into_iter().flatten();
    let last = std::iter::successors(root.children.last(), |section| section.children.last());
    let top = root.children.iter().flat_map(|title| &title.children).filter(|section| is_about_itself(section));
    for section in first.chain(top).chain(last) {
        for block in section.body {
            // What a service's own table says of its owner is said in a larger one.
            if matches!(&block.kind, Kind::Table(table) if table.head.len() > 2) {
                continue;
            }
            for label in labelled(block) {
                take(document, label.field, &label.text, || Said {
                    value: label.text.clone(),
                    source: lines.source(label.span.clone()),
                });
            }
        }
    }
}

fn take(document: &mut Document, field: Field, value: &str, said: impl FnOnce() -> Said) {
    let slot = match field {
        Field::Owner => &mut document.owner,
        Field::Updated => &mut document.updated,
        Field::Reviewed => &mut document.reviewed,
        Field::NextReview => &mut document.review,
        _ => return,
    };
    // `Review: see below` is no date.
    let dated = field == Field::Owner || value.bytes().any(|b| b.is_ascii_digit());
    if slot.is_none() && !value.is_empty() && dated {
        *slot = Some(said());
    }
}

/// `Document information`, `Ownership`, `About this runbook`.
fn is_about_itself(section: &Section<'_>) -> bool {
    const WORDS: &[&str] = &[
        "document", "metadata", "ownership", "about", "information", "runbook", "maintenance of", "dokument",
        "documento", "belge", "zustandigkeit", "revision", "history", "changelog", "overview", "introduction", "scope",
        "purpose",
    ];
    let words = normal(&section.title);
    section.body.len() <= 6 && WORDS.iter().any(|word| words.contains(word))
}

#[cfg(test)]
mod tests {
    use crate::runbook::Runbook;

    /// `owner / updated / reviewed / review`, each with its line.
    fn check(markdown: &str, expected: &str) {
        let runbook = Runbook::read([("ops.md", markdown)]);
        let document = &runbook.documents[0];
        let said = [&document.owner, &document.updated, &document.reviewed, &document.review]
            .map(|said| said.as_ref().map_or("-".to_owned(), |s| format!("{}:{}", s.source.line, s.value)));
        assert_eq!(said.join(" / "), expected, "{markdown}");
    }

    #[test]
    fn a_document_says_who_looks_after_it_and_when() {
        check("---\nowner: Potters\nreviewed: 2025-01-02\n---\n\n# Ops\n", "2:Potters / - / 3:2025-01-02 / -");
        check("# Ops\n\n**Owner:** Anke\n**Last Updated:** 2025-03-01\n\n## Kiln\n", "3:Anke / 4:2025-03-01 / - / -");
        check("# Ops\n\n**Owner:** Anke | **Next review:** 2026-01-01\n", "3:Anke / - / - / 3:2026-01-01");
        check("# Ops\n\n## Kiln\n\nHot.\n\n## Changes\n\nLast Updated: 2025-03-01\n", "- / 9:2025-03-01 / - / -");
        check(
            "# Betrieb\n\n| Verantwortlich | Anke |\n|---|---|\n| Stand | 1.3.2025 |\n",
            "3:Anke / 5:1.3.2025 / - / -",
        );
        check("# Ops\n\n*Última actualización: 2025-03-01*\n", "- / 3:2025-03-01 / - / -");
        check("# Ops\n\n## Services\n\n- **Owner:** Anke\n\n## Kiln\n\nHot.\n", "- / - / - / -");
    }
}
