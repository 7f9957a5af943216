//! `runward login`: a link that signs a browser in, once.

use serde_json::json;

use super::Ended;
use super::client::{Client, Where};
use super::out;
use crate::web::api::LoginLink;

#[derive(Debug, clap::Args)]
pub(super) struct Arguments {
    /// Whom it signs in; without it, the only admin, or the first user of all
    #[arg(long, value_name = "NAME")]
    user: Option<String>,
    #[command(flatten)]
    place: Where,
}

pub(super) async fn run(arguments: Arguments) -> Ended {
    let client = Client::of(&arguments.place)?;
    let link: LoginLink = client.post("/login-links", &json!({ "user": arguments.user })).await??;
    match &link.user {
        Some(user) => out::complain(&format!("Signs {user} in, once, within 15 minutes:")),
        None => out::complain("Makes whoever opens it the first user, within 15 minutes:"),
    }
    out::say(&link.url);
    Ok(())
}
