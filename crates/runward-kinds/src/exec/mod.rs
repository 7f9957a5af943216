//! Running commands: the only place that spawns.
//!
//! Short looks (`capture`) run under the server and end with it. Steps of a run are handed to a
//! small supervisor process of ours (`job`, `supervise`), so that a kill of the server loses neither
//! the command nor what it printed. For a step on another machine the supervisor speaks by SSH
//! (`remote`, `connection`) to the supervisor there (`host`), or to a plain shell where there is none.
//! Where the server is not to have the rights that steps need, `runner` carries out what is approved.

mod capture;
mod connection;
mod detach;
mod group;
pub mod host;
mod job;
mod keep;
mod orphan;
mod output;
mod remote;
pub mod runner;
pub mod supervise;
mod text;
mod transcript;
mod wire;

pub use capture::{Captured, Failure, capture};
pub use detach::detach;
pub use job::{Jobs, Recovered, Settings};
pub use transcript::{Piece, Transcript, Transcripts};
