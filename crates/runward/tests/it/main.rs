//! The binary as its users meet it: started, asked, killed and started again. One story per test.
#![allow(
    clippy::disallowed_methods,
    clippy::unwrap_used,
    clippy::print_stderr,
    missing_docs,
    reason = "tests start processes, read the environment, and fail by panicking"
)]

mod access;
mod api;
mod audit;
mod bad_input;
mod by_hand;
mod cli;
mod commands;
mod crash;
mod defects;
mod drift;
mod golden;
mod harness;
mod labels;
mod lint;
mod managers;
mod page;
mod plan;
mod print;
mod reload;
mod repair;
mod run;
mod runbook_page;
mod runner;
mod seeds;
mod ssh;
mod storage;
mod story;
mod talk;
mod tidy;
mod top;
mod undo;
mod users;
