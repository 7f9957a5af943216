//! What Runward touches: checks look at services, notifiers speak to people, `exec` runs commands.
//! Each plural folder is an open family: one file for each kind, and a `KINDS` table.

pub mod checks;
pub mod exec;
pub mod failpoint;
pub mod net;
pub mod notifiers;
pub mod send;
