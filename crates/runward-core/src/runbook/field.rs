//! What labels and headings of columns name where facts other than services, severities and people are stated.

use super::markdown::Table;
use super::words;

/// What a label or a column holds.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Field {
    /// The thing that is spoken of.
    What,
    How,
    Command,
    Where,
    Path,
    Log,
    When,
    /// For how long.
    Keep,
    Task,
    Metric,
    /// From which value on it is wrong.
    Limit,
    Warning,
    Critical,
    State,
    Http,
    Meaning,
    Address,
    Host,
    User,
    /// A week or a day of a rota.
    Week,
    Primary,
    Secondary,
    /// Whether and how something is backed up, or who stands in.
    Backup,
    Owner,
    Updated,
    Reviewed,
    NextReview,
}

impl Field {
    /// What a label or a heading names.
    pub fn of(label: &str) -> Option<Field> {
        words::field(label)
    }

    /// What each column of a table holds.
    pub fn columns(table: &Table) -> Vec<Option<Field>> {
        table.head.iter().map(|head| Field::of(&head.plain())).collect()
    }
}
