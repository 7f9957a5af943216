//! Which files of the repository a document speaks of.

use std::collections::BTreeSet;

use super::WRITTEN;
use crate::lints::used::is_certain;
use crate::lints::{Context, prose};
use crate::outside::Repo;

/// Files of the repository that a document names, each once.
pub(in crate::lints) fn referenced(context: &Context<'_>, repo: &Repo, document: &str) -> BTreeSet<String> {
    let mut found = BTreeSet::new();
    let mut take = |text: &str| {
        let written = text.rsplit_once('.').is_some_and(|(_, ending)| WRITTEN.contains(&ending));
        if !written || text.contains("://") {
            return;
        }
        // The longest end of the path that the repository has, and has once.
        let mut tail = text.trim_start_matches(['.', '/', '~']);
        loop {
            let mut fits = repo.found(tail);
            if let (Some(one), None) = (fits.next(), fits.next()) {
                found.insert(one.to_owned());
                return;
            }
            match tail.split_once('/') {
                Some((_, rest)) if rest.contains('/') => tail = rest,
                _ => return,
            }
        }
    };
    for place in context.places.iter().filter(|place| *place.step.source.file == *document) {
        for call in place.command.effective() {
            call.command.words.iter().filter(|w| is_certain(w, place.command)).for_each(|w| take(&w.text));
        }
    }
    prose::each(context, &mut |passage| {
        for inline in passage.inlines.codes().filter(|inline| !inline.text.contains(' ')) {
            if *passage.source_of(inline).file == *document {
                take(&inline.text);
            }
        }
    });
    found
}
