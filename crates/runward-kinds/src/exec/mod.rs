//! Running commands: the only place that spawns.
//!
//! Short looks (`capture`) run under the server and end with it. Steps of a run are handed to a
//! small supervisor process of ours (`job`, `supervise`), so that a kill of the server loses neither
//! the command nor what it printed.

mod capture;
mod detach;
mod job;
mod keep;
pub mod supervise;
mod transcript;

pub use capture::{Captured, Failure, capture};
pub use detach::detach;
pub use job::{Jobs, Recovered, Settings};
pub use transcript::{Piece, Transcript, Transcripts};
