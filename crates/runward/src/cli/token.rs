//! `runward token`: what programs come in with.

use clap::Subcommand;
use serde_json::json;

use super::client::{Client, Where};
use super::out::{self, BOLD, FAINT, styled};
use super::user::{in_path, moment, roles};
use super::{Ended, Format};
use crate::web::api::token::{MadeToken, TokenView};

#[derive(Debug, clap::Args)]
pub(super) struct Arguments {
    #[command(subcommand)]
    verb: Verb,
}

#[derive(Debug, Subcommand)]
enum Verb {
    /// Make a token and print it, this once
    Create {
        /// What it is called
        name: String,
        /// The most it may do
        #[arg(long, value_parser = roles())]
        role: String,
        /// The user it acts as; without one it acts as `token:NAME`
        #[arg(long, value_name = "NAME")]
        user: Option<String>,
        /// How long it lasts, such as 90d; without it, for ever
        #[arg(long, value_name = "SPAN")]
        lasts: Option<String>,
        #[command(flatten)]
        place: Where,
    },
    /// List tokens
    List {
        /// Text for people or JSON for programs
        #[arg(long, value_enum, default_value_t)]
        format: Format,
        #[command(flatten)]
        place: Where,
    },
    /// Let nobody in any more by a token
    Revoke {
        /// Its number, as `token list` shows it
        id: String,
        #[command(flatten)]
        place: Where,
    },
}

pub(super) async fn run(arguments: Arguments) -> Ended {
    match arguments.verb {
        Verb::Create { name, role, user, lasts, place } => {
            let client = Client::of_or_own(&place).await?;
            let body = json!({ "name": name, "role": role, "user": user, "lasts": lasts });
            let made = client.post::<MadeToken>("/tokens", &body).await;
            client.close().await;
            let made = made??;
            out::complain(&format!("The token {} ({}), shown this once:", made.view.name, made.view.role));
            out::say(&made.token);
            Ok(())
        }
        Verb::List { format, place } => list(&place, format).await,
        Verb::Revoke { id, place } => {
            let client = Client::of_or_own(&place).await?;
            let revoked = client.post::<()>(&format!("/tokens/{}/revoke", in_path(&id)), &json!({})).await;
            client.close().await;
            revoked??;
            out::say(&format!("The token {id} lets nobody in any more."));
            Ok(())
        }
    }
}

async fn list(place: &Where, format: Format) -> Ended {
    let client = Client::of_or_own(place).await?;
    let tokens = client.get::<Vec<TokenView>>("/tokens").await;
    client.close().await;
    let tokens = tokens?;
    if format == Format::Json {
        return out::json(&tokens);
    }
    let widest = tokens.iter().map(|token| token.name.len()).max().unwrap_or_default();
    for token in &tokens {
        let of = token.user.as_deref().map(|user| format!("of {user}, ")).unwrap_or_default();
        let used =
            token.used_at.as_deref().map_or_else(|| "never used".to_owned(), |at| format!("used {}", moment(at)));
        let ends = token.expires_at.as_deref().map(|at| format!(", ends {}", moment(at))).unwrap_or_default();
        let name = styled(BOLD, &format!("{:widest$}", token.name));
        let more = styled(FAINT, &format!("{of}{used}{ends}"));
        out::say(&format!("{}  {name}  {:9}  {more}", token.id, token.role));
    }
    Ok(())
}
