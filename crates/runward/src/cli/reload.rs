//! `runward reload`: the server reads its configuration and the runbooks again.

use serde_json::json;

use super::Ended;
use super::client::{Client, Where};
use super::out;
use crate::web::api::Reloaded;

#[derive(Debug, clap::Args)]
pub(super) struct Arguments {
    #[command(flatten)]
    place: Where,
}

pub(super) async fn run(arguments: Arguments) -> Ended {
    let client = Client::of(&arguments.place)?;
    let reloaded: Reloaded = client.post("/reload", &json!({})).await??;
    out::say("The new configuration is in force.");
    if !reloaded.needs_restart.is_empty() {
        out::say(&format!("Only a restart changes: {}", reloaded.needs_restart.join(", ")));
    }
    Ok(())
}
