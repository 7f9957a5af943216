//! Looking at what surrounds a document: the team's repository and the machine. Only looks; nothing is changed.

mod host;
mod repo;

use std::path::{Path, PathBuf};

use runward_core::lints::{self, Scope};
use runward_core::outside::{Host, Repo};

use crate::config::{Wrong, read_texts};
use crate::engine::clock;

/// What a document is held against, besides itself.
#[derive(Debug)]
pub(crate) struct Outside {
    today: jiff::civil::Date,
    /// The repository, where one was named.
    repo: Option<Repo>,
    /// The machine, where it was asked for.
    host: Option<Host>,
}

impl Outside {
    /// Only what day it is, in UTC as all times of Runward.
    pub(crate) fn today() -> Outside {
        Outside { today: clock::now().to_zoned(jiff::tz::TimeZone::UTC).date(), repo: None, host: None }
    }

    /// Looks at the repository that is named, and at this machine where that is wanted.
    /// # Errors
    /// [`Wrong`] where a document or the repository cannot be read. What cannot be looked at on the machine is in its
    /// `unknown`.
    pub(crate) async fn look(files: &[PathBuf], repo: Option<&Path>, host: bool) -> Result<Outside, Wrong> {
        let shown: Vec<String> = files.iter().map(|f| f.display().to_string()).collect();
        let texts = &read_texts(files, &shown)?;
        let repo = match repo {
            Some(folder) => Some(repo::collect(folder, texts, files).await?),
            None => None,
        };
        let host = if host {
            let documents: Vec<(&str, &str)> =
                texts.iter().map(|(name, text)| (name.as_str(), text.as_str())).collect();
            Some(host::collect(&lints::asked(&documents)).await)
        } else {
            None
        };
        Ok(Outside { repo, host, ..Outside::today() })
    }

    /// The same as the rules take it.
    pub(crate) fn scope(&self) -> Scope<'_> {
        Scope { today: Some(self.today), repo: self.repo.as_ref(), host: self.host.as_ref(), history: None }
    }
}
