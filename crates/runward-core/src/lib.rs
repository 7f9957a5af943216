//! What Runward decides. Text, events and the time go in; facts, states and effects come out.
//! Nothing here acts: no clock, no files, no network, no randomness, no async.

pub mod check;
pub mod command;
pub mod id;
pub mod lints;
pub mod runbook;
pub mod service;
pub mod severity;
pub mod source;
pub mod symptom;
pub mod time;
