//! The command line: one file per command. The only place that prints.

mod approve;
mod audit;
mod client;
mod columns;
mod demo;
mod explain;
mod host;
mod incident;
mod init;
mod lint;
mod login;
mod out;
mod print;
mod reading;
mod reload;
mod run;
mod runner;
mod secret;
mod serve;
mod status;
mod token;
mod top;
mod user;

use std::path::PathBuf;

use clap::{Parser, Subcommand, ValueEnum};

use crate::config::Wrong;

pub use out::report;

/// The runbook that stands watch.
#[derive(Debug, Parser)]
#[command(name = "runward", version, about, max_term_width = 80, arg_required_else_help = true)]
pub struct Arguments {
    #[command(subcommand)]
    command: Command,
}

#[derive(Debug, Subcommand)]
enum Command {
    /// Show all that was understood of a runbook, each fact with its line
    Explain(explain::Arguments),
    /// Write runward.toml beside a runbook
    Init(init::Arguments),
    /// Find what is wrong with a runbook
    Lint(lint::Arguments),
    /// Watch, page, and serve the page and the API
    Serve(serve::Arguments),
    /// Play the whole story with a small fleet of its own
    Demo(demo::Arguments),
    /// Show how everything is doing
    Status(status::Arguments),
    /// Watch and act on one screen, also over SSH
    Top(top::Arguments),
    /// Work with incidents
    Incident(incident::Arguments),
    /// Carry out a procedure, step by step
    Run(run::Arguments),
    /// Write a runbook down as HTML and text, to keep offline
    Print(print::Arguments),
    /// Print a link that signs a browser in, once
    Login(login::Arguments),
    /// Say who may come in, and what they may do
    User(user::Arguments),
    /// Make and revoke tokens for programs
    Token(token::Arguments),
    /// Make the server read its configuration again
    Reload(reload::Arguments),
    /// Tell whether the log of what happened is whole
    Audit(audit::Arguments),
    /// Show which steps the runner would carry out from now on, and let it
    Approve(approve::Arguments),
    /// Carry out approved steps for a server that may do nothing itself
    Runner(runner::Arguments),
    /// Supervise one command of a run (used by the server)
    #[command(name = "__supervise", hide = true)]
    Supervise {
        /// The job's folder
        folder: PathBuf,
    },
    /// Take a command from another machine's server (used over SSH)
    #[command(name = "__host", hide = true)]
    Host(host::Arguments),
    /// Be one service of the demo's fleet (used by the demo)
    #[command(name = "__fleet", hide = true)]
    Fleet(demo::fleet::Arguments),
}

/// In which form to print.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, ValueEnum)]
enum Format {
    /// For people.
    #[default]
    Text,
    /// For programs.
    Json,
}

/// How a command ended other than well.
#[derive(Debug)]
pub enum Failure {
    /// What the user gave is not right: exit code 2.
    Usage(String),
    /// It was tried and did not work: exit code 1.
    Failed(String),
    /// All was said already: this exit code.
    Quiet(u8),
}

impl From<Wrong> for Failure {
    fn from(wrong: Wrong) -> Failure {
        Failure::Usage(wrong.to_string())
    }
}

impl From<anyhow::Error> for Failure {
    fn from(e: anyhow::Error) -> Failure {
        Failure::Failed(format!("{e:#}"))
    }
}

type Ended = Result<(), Failure>;

/// Runs a command to its end.
/// # Errors
/// [`Failure`], which says what to print and with which code to exit.
pub fn run(arguments: Arguments) -> Ended {
    out::arrived(carry_out(arguments.command))
}

fn carry_out(command: Command) -> Ended {
    match command {
        Command::Explain(arguments) => explain::run(&arguments),
        Command::Init(arguments) => init::run(&arguments),
        Command::Lint(arguments) => lint::run(&arguments),
        Command::Serve(arguments) => block_on(serve::run(arguments))?,
        Command::Demo(arguments) => block_on(demo::run(arguments))?,
        Command::Status(arguments) => block_on(status::run(arguments))?,
        Command::Top(arguments) => block_on(top::run(arguments))?,
        Command::Incident(arguments) => block_on(incident::run(arguments))?,
        Command::Run(arguments) => block_on(run::run(arguments))?,
        Command::Print(arguments) => print::run(&arguments),
        Command::Login(arguments) => block_on(login::run(arguments))?,
        Command::User(arguments) => block_on(user::run(arguments))?,
        Command::Token(arguments) => block_on(token::run(arguments))?,
        Command::Reload(arguments) => block_on(reload::run(arguments))?,
        Command::Audit(arguments) => block_on(audit::run(arguments))?,
        Command::Approve(arguments) => approve::run(&arguments),
        Command::Runner(arguments) => runner::run(arguments),
        Command::Supervise { folder } => match runward_kinds::exec::supervise::main(&folder) {
            0 => Ok(()),
            _ => Err(Failure::Quiet(1)),
        },
        Command::Host(arguments) => host::run(&arguments),
        Command::Fleet(arguments) => block_on(demo::fleet::run(arguments))?,
    }
}

/// One thread for everything: new connections are cheapest on one (12 000 checks a second against 8 300 on several).
fn block_on<T>(work: impl Future<Output = T>) -> Result<T, Failure> {
    let runtime = tokio::runtime::Builder::new_current_thread().enable_all().max_blocking_threads(16).build();
    let runtime = runtime.map_err(|e| Failure::Failed(format!("cannot start: {e}")))?;
    let ended = runtime.block_on(work);
    // Whatever still runs in the background is ours and has nothing left to say.
    runtime.shutdown_background();
    Ok(ended)
}
