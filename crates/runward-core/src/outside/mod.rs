//! The world around the documents, as facts: the team's repository, the machine, what was run before.
//! Text that somebody else collected goes in; nothing here looks at anything.

mod cron;
pub mod history;
pub mod host;
mod ignored;
mod listings;
pub mod looks;
mod manifests;
pub mod repo;
mod yaml;

pub(crate) use cron::schedule;
pub use history::History;
pub use host::Host;
pub use repo::Repo;
