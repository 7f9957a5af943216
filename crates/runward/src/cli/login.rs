//! `runward login`: a link that signs a browser in, once.

use serde_json::json;

use super::Ended;
use super::client::{Client, Where};
use super::out;
use crate::web::api::LoginLink;

#[derive(Debug, clap::Args)]
pub(super) struct Arguments {
    #[command(flatten)]
    place: Where,
}

pub(super) async fn run(arguments: Arguments) -> Ended {
    let client = Client::of(&arguments.place)?;
    let link: LoginLink = client.post("/login-links", &json!({})).await??;
    out::say(&link.url);
    Ok(())
}
