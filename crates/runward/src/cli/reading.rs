//! Reading a runbook for a command: its documents, corrected by the configuration beside them.

use std::io::Read;
use std::path::{Path, PathBuf};

use runward_core::lints::Scope;
use runward_core::runbook::Runbook;

use crate::config::{Beside, Wrong, read_texts};

/// A runbook with the texts that its facts and findings point into.
pub(super) struct Reading {
    /// What was understood.
    pub runbook: Runbook,
    /// The documents, and the configuration last where there is one.
    pub texts: Vec<Text>,
}

/// The text of a file.
pub(super) struct Text {
    /// The file, as it was named.
    pub name: String,
    /// What stands in it.
    pub text: String,
    /// Whether the file has a byte order mark before it, which is no part of the text.
    pub marked: bool,
}

/// A byte order mark.
const MARK: &str = "\u{feff}";

impl Text {
    /// What the file has before the text.
    pub(super) fn mark(&self) -> &'static str {
        if self.marked { MARK } else { "" }
    }
}

impl Reading {
    /// Reads these files, corrected by the configuration that is named, or by the one in this folder that is about them.
    /// # Errors
    /// [`Wrong`] where a file cannot be read, or the configuration makes no sense.
    pub(super) fn of(files: &[PathBuf], config: Option<&Path>, scope: &Scope<'_>) -> Result<Reading, Wrong> {
        let shown: Vec<String> = files.iter().map(|f| f.display().to_string()).collect();
        let texts = read_texts(files, &shown)?;
        let beside = Beside::find(config, files)?;
        let runbook = match &beside {
            None => Runbook::read_in(texts.iter().map(|(name, text)| (name.as_str(), text.as_str())), scope),
            Some(beside) => beside.understood(&texts, scope)?,
        };
        let documents = files.iter().zip(texts).map(|(file, (name, text))| {
            let marked = !text.starts_with(MARK) && begins_with_mark(file);
            Text { name, text, marked }
        });
        let configuration = beside.map(|beside| {
            let (name, text) = beside.text();
            Text { name, text: text.to_owned(), marked: false }
        });
        Ok(Reading { runbook, texts: documents.chain(configuration).collect() })
    }

    /// The text of a file by its name.
    pub(super) fn text(&self, name: &str) -> Option<&Text> {
        self.texts.iter().find(|text| text.name == name)
    }
}

fn begins_with_mark(file: &Path) -> bool {
    let mut start = Vec::new();
    let read = std::fs::File::open(file).and_then(|file| file.take(MARK.len() as u64).read_to_end(&mut start));
    read.is_ok() && start == MARK.as_bytes()
}
