//! The split of privilege: the server needs no rights of its own, a small runner beside it carries out what is
//! approved, and nothing else.
//!
//! The server (`client`) says over a socket which step it wants by its hash, with values for its parameters (`frame`).
//! The runner (`serve`) holds that against a catalogue that only root writes (`approved`), hands the step to the same
//! supervisor that the server uses, and keeps a log of its own (`journal`).

mod approved;
mod carrier;
mod client;
mod frame;
mod journal;
mod serve;
mod users;

pub use approved::{read as read_catalogue, write as write_catalogue};
pub use carrier::Carrier;
pub use client::Client;
pub use journal::{Journal, verify};
pub use serve::{Runner, Settings};
pub use users::User;
