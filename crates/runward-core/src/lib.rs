//! What Runward decides. Text, events and the time go in; facts, states and effects come out.
//! Nothing here acts: no clock, no files, no network, no randomness, no async.

pub mod access;
pub mod alert;
pub mod audit;
pub mod check;
pub mod command;
pub mod effect;
pub mod escalation;
pub mod event;
pub mod fact;
mod hands;
pub mod id;
pub mod incident;
pub mod lints;
pub mod near;
pub mod notice;
pub mod outside;
mod pattern;
pub mod run;
pub mod runbook;
pub mod service;
pub mod setup;
pub mod severity;
pub mod source;
pub mod symptom;
pub mod time;
pub mod world;
