//! The runbook that is in force, with the texts it was read from: they are held here and nowhere else.

use std::path::PathBuf;
use std::sync::Arc;

use runward_core::runbook::{Document, Runbook, sha256};

/// A runbook and its texts.
#[derive(Debug)]
pub struct InForce {
    /// What was understood.
    pub runbook: Arc<Runbook>,
    /// The text of each of its documents.
    texts: Vec<String>,
}

impl InForce {
    /// A runbook with the texts of the files it was read from, and their names as they were given. A file that was
    /// named twice is one document.
    pub fn new(runbook: Runbook, names: &[PathBuf], mut texts: Vec<String>) -> InForce {
        let names: Vec<String> = names.iter().map(|name| name.display().to_string()).collect();
        let of = |document: &Document| {
            let is_same = |(name, text): (&String, &String)| {
                *name == document.path && text.len() == document.bytes && sha256(text) == document.sha256
            };
            names.iter().zip(&texts).position(is_same)
        };
        let places: Vec<Option<usize>> = runbook.documents.iter().map(of).collect();
        let texts = places.into_iter().map(|at| at.map(|at| std::mem::take(&mut texts[at])).unwrap_or_default());
        let texts = texts.collect();
        InForce { runbook: Arc::new(runbook), texts }
    }

    /// A document by its place, from 0, with its text.
    pub fn document(&self, at: usize) -> Option<(&Document, &str)> {
        Some((self.runbook.documents.get(at)?, self.texts.get(at)?))
    }

    /// The place of the document of that name.
    pub fn position(&self, path: &str) -> Option<usize> {
        self.runbook.documents.iter().position(|document| document.path == path)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn each_document_has_its_own_text_also_where_a_file_is_named_twice() {
        let files = [("a.md", "# A\n"), ("b.md", "# B\n"), ("a.md", "# A\n"), ("c.md", "# B\n")];
        let names = files.map(|(name, _)| PathBuf::from(name));
        let runbook = Runbook::read(files);
        let held = InForce::new(runbook, &names, files.map(|(_, text)| text.to_owned()).to_vec());
        let seen: Vec<(&str, &str)> =
            (0..).map_while(|at| held.document(at)).map(|(document, text)| (document.path.as_str(), text)).collect();
        assert_eq!(seen, [("a.md", "# A\n"), ("b.md", "# B\n"), ("c.md", "# B\n")]);
        assert_eq!((held.position("c.md"), held.position("d.md")), (Some(2), None));
    }
}
