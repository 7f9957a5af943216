//! `runward __host`: the other end of a server that reaches this machine by SSH. People never type it.

use anyhow::Context;
use runward_kinds::exec::host::{Here, serve, speaks};

use crate::config::env;

#[derive(Debug, clap::Args)]
pub(super) struct Arguments {
    #[command(subcommand)]
    what: What,
}

#[derive(Debug, clap::Subcommand)]
enum What {
    /// Say in which form this program can be spoken to
    Speaks,
    /// Take one request from standard input and tell of its command
    Serve,
}

pub(super) fn run(arguments: &Arguments) -> super::Ended {
    match arguments.what {
        What::Speaks => super::out::say(speaks()),
        What::Serve => {
            let here = Here {
                state: env::state_folder().context("find this user's folder: HOME is not set")?,
                supervisor: env::this_program().context("find this program")?,
                directory: std::env::current_dir().context("find the folder the login begins in")?,
                env: env::for_commands(&[], None),
            };
            serve(here, &mut std::io::stdout().lock()).context("serve the connection")?;
        }
    }
    Ok(())
}
