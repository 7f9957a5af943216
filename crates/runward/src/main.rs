//! Runward: the runbook that stands watch. Parses arguments, maps how it ended to an exit code.

mod app;
mod cli;
mod config;
mod engine;
mod outside;
#[cfg(test)]
mod reference;
mod reload;
mod store;
mod web;

use std::process::ExitCode;

use clap::Parser;

fn main() -> ExitCode {
    let arguments = cli::Arguments::parse();
    match cli::run(arguments) {
        Ok(()) => ExitCode::SUCCESS,
        Err(failure) => ExitCode::from(cli::report(&failure)),
    }
}
