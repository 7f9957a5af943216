//! `runward reload`: the server reads its configuration and the runbooks again.

use serde_json::{Value, json};

use super::Ended;
use super::client::{Client, Where};
use super::out;

#[derive(Debug, clap::Args)]
pub(super) struct Arguments {
    #[command(flatten)]
    place: Where,
}

pub(super) async fn run(arguments: Arguments) -> Ended {
    let client = Client::of(&arguments.place)?;
    let _: Value = client.post("/reload", &json!({})).await??;
    out::say("The new configuration is in force.");
    Ok(())
}
