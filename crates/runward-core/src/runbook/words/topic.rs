//! What a heading speaks of, so that what stands below it is read as that.

use super::lexicon::LEXICON;

/// A subject.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(in crate::runbook) enum Topic {
    /// Commands to pick from.
    Reference,
    /// What runs where.
    Services,
    /// Words that turn a heading about services into something else: `Restart services`.
    Troubled,
    /// People, vendors and links: nothing the team runs.
    People,
    /// How bad is bad.
    Severity,
    /// How soon somebody responds.
    Promises,
    /// How often people are told.
    Cadence,
    /// Who is called when.
    Escalation,
    /// Who is on duty.
    Rota,
    /// How to reach people.
    Contacts,
    /// Copies of data.
    Backup,
    /// Putting copies back.
    Restore,
    /// How health is asked, and what is watched.
    Health,
    /// Logs.
    Logs,
    /// What is done again and again.
    Duties,
    /// What may stand beside `daily` in the heading of such things.
    Work,
    /// The review of an incident.
    Review,
    /// When it is over.
    Afterwards,
    /// Texts to fill in.
    Template,
    /// What is told while it lasts.
    Updates,
    /// Going back to what was before.
    Rollback,
    /// Where the reader sits, rather than a host.
    Home,
    /// Why something happens.
    Causes,
    /// What a program answers.
    Outcome,
}

/// Several subjects.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(in crate::runbook) struct Topics(u32);

impl Topics {
    /// What the words of a heading or a label speak of; `text` is in its normal form.
    pub fn of(text: &str) -> Topics {
        let together = |all: Topics, found: Topics| all.and(found);
        LEXICON.topics.all(text).fold(Topics::default(), |all, (span, found)| match &text[span] {
            // A word may mean several things; a phrase means what it says, and not what its words say.
            phrase if phrase.contains(' ') => all.and(found),
            word => LEXICON.topics.all_of_word(word).fold(all, together),
        })
    }

    /// Whether this subject is among them.
    pub fn has(self, topic: Topic) -> bool {
        self.0 & (1 << topic as u32) != 0
    }

    /// These and one more.
    pub fn with(self, topic: Topic) -> Topics {
        Topics(self.0 | 1 << topic as u32)
    }

    /// These and those.
    pub fn and(self, others: Topics) -> Topics {
        Topics(self.0 | others.0)
    }
}
