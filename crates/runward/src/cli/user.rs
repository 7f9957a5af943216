//! `runward user`: who may come in, and what they may do.

use clap::Subcommand;
use clap::builder::PossibleValuesParser;
use secrecy::ExposeSecret;
use serde_json::{Value, json};

use super::client::{Client, Where};
use super::out::{self, BOLD, FAINT, styled};
use super::{Ended, Format, secret};
use crate::web::api::user::UserView;

#[derive(Debug, clap::Args)]
pub(super) struct Arguments {
    #[command(subcommand)]
    verb: Verb,
}

#[derive(Debug, Subcommand)]
enum Verb {
    /// Let somebody new come in; asks for a password
    Add {
        /// Their name
        name: String,
        /// What they may do
        #[arg(long, value_parser = roles())]
        role: String,
        /// Ask for no password: they come in by links
        #[arg(long)]
        no_password: bool,
        #[command(flatten)]
        place: Where,
    },
    /// List users
    List {
        /// Text for people or JSON for programs
        #[arg(long, value_enum, default_value_t)]
        format: Format,
        #[command(flatten)]
        place: Where,
    },
    /// Give somebody another password; ends their sessions
    Passwd {
        /// Their name
        name: String,
        #[command(flatten)]
        place: Where,
    },
    /// Let somebody do more or less; ends their sessions
    Role {
        /// Their name
        name: String,
        /// What they may do
        #[arg(value_parser = roles())]
        role: String,
        #[command(flatten)]
        place: Where,
    },
    /// End all sessions of somebody
    SignOut {
        /// Their name
        name: String,
        #[command(flatten)]
        place: Where,
    },
    /// Let somebody in no more, with all tokens of theirs
    Remove {
        /// Their name
        name: String,
        #[command(flatten)]
        place: Where,
    },
}

/// The roles, the least first.
pub(super) fn roles() -> PossibleValuesParser {
    PossibleValuesParser::new(runward_core::id::Role::ALL.iter().map(|role| role.name()))
}

pub(super) async fn run(arguments: Arguments) -> Ended {
    match arguments.verb {
        Verb::Add { name, role, no_password, place } => {
            let password = if no_password { None } else { secret::new_password(&name)? };
            let body = json!({ "name": name, "role": role, "password": password.as_ref().map(|p| p.expose_secret()) });
            let user = asked(&place, "/users", &body).await?;
            out::say(&format!("{} may come in now, as {}.", user.name, user.role));
            if !user.has_password {
                out::say(&format!("Without a password: `runward login --user {}` prints a link.", user.name));
            }
            Ok(())
        }
        Verb::List { format, place } => list(&place, format).await,
        Verb::Passwd { name, place } => {
            let password = secret::new_password(&name)?;
            let body = json!({ "password": password.as_ref().map(|p| p.expose_secret()) });
            let user = asked(&place, &format!("/users/{}/password", in_path(&name)), &body).await?;
            let now = if user.has_password { "has another password" } else { "has no password any more" };
            out::say(&format!("{} {now}, and is signed out everywhere.", user.name));
            Ok(())
        }
        Verb::Role { name, role, place } => {
            let user = asked(&place, &format!("/users/{}/role", in_path(&name)), &json!({ "role": role })).await?;
            out::say(&format!("{} is {} now, and signs in again.", user.name, user.role));
            Ok(())
        }
        Verb::SignOut { name, place } => {
            let user = asked(&place, &format!("/users/{}/sign-out", in_path(&name)), &json!({})).await?;
            out::say(&format!("{} is signed out everywhere.", user.name));
            Ok(())
        }
        Verb::Remove { name, place } => {
            let client = Client::of_or_own(&place).await?;
            let done = client.post::<()>(&format!("/users/{}/remove", in_path(&name)), &json!({})).await;
            client.close().await;
            done??;
            out::say(&format!("{name} may not come in any more."));
            Ok(())
        }
    }
}

/// A name as a part of an address: it is the server that says what is no name.
pub(super) fn in_path(name: &str) -> String {
    let safe = |c: char| c.is_ascii_alphanumeric() || matches!(c, '.' | '_' | '-' | '@');
    let written = name.bytes().map(|byte| match char::from(byte) {
        c if safe(c) => c.to_string(),
        _ => format!("%{byte:02X}"),
    });
    written.collect()
}

async fn asked(place: &Where, path: &str, body: &Value) -> Result<UserView, super::Failure> {
    let client = Client::of_or_own(place).await?;
    let answer = client.post::<UserView>(path, body).await;
    client.close().await;
    Ok(answer??)
}

async fn list(place: &Where, format: Format) -> Ended {
    let client = Client::of_or_own(place).await?;
    let users = client.get::<Vec<UserView>>("/users").await;
    client.close().await;
    let users = users?;
    if format == Format::Json {
        return out::json(&users);
    }
    if users.is_empty() {
        out::say("There is no user yet: `runward user add NAME --role admin` makes one.");
    }
    let widest = users.iter().map(|user| user.name.len()).max().unwrap_or_default();
    for user in &users {
        let seen = user.seen_at.as_deref().map_or_else(|| "never seen".to_owned(), |at| format!("seen {}", moment(at)));
        let password = if user.has_password { "" } else { ", no password" };
        let name = styled(BOLD, &format!("{:widest$}", user.name));
        out::say(&format!("{name}  {:9}  {}", user.role, styled(FAINT, &format!("{seen}{password}"))));
    }
    Ok(())
}

/// A moment to the minute.
pub(super) fn moment(at: &str) -> String {
    at.get(..16).unwrap_or(at).replace('T', " ")
}
