//! `runward audit`: whether the log of what happened is still what was written.

use std::io::Read;
use std::path::PathBuf;

use clap::Subcommand;
use runward_core::audit::{Head, Verified};
use serde_json::json;

use super::out;
use super::{Ended, Failure, Format};
use crate::config::default_data;
use crate::store;

#[derive(Debug, clap::Args)]
pub(super) struct Arguments {
    #[command(subcommand)]
    command: Command,
}

#[derive(Debug, Subcommand)]
enum Command {
    /// Hold the log against its hashes and published heads
    Verify(Verify),
}

#[derive(Debug, clap::Args)]
struct Verify {
    /// The server's data folder; the server may be running
    #[arg(long, default_value_os_t = default_data())]
    data: PathBuf,
    /// A head that was published, SEQ:HASH; can be given again
    #[arg(long, value_name = "SEQ:HASH")]
    head: Vec<Head>,
    /// A file with lines that end in `audit head SEQ:HASH`, as the journal holds them; `-` for standard input
    #[arg(long, value_name = "FILE")]
    journal: Option<PathBuf>,
    /// Text for people or JSON for programs
    #[arg(long, value_enum, default_value_t)]
    format: Format,
}

pub(super) async fn run(arguments: Arguments) -> Ended {
    match arguments.command {
        Command::Verify(verify) => self::verify(verify).await,
    }
}

async fn verify(arguments: Verify) -> Ended {
    let mut published = arguments.head;
    if let Some(journal) = &arguments.journal {
        published.extend(heads(journal)?);
    }
    let database = arguments.data.join("runward.db");
    if !database.exists() {
        let help = "name the server\u{2019}s data folder with --data";
        return Err(Failure::Usage(format!("{}: there is no database here\n  help: {help}", database.display())));
    }
    let held = published.len();
    let found = store::verify(&arguments.data, published).await;
    let found = found.map_err(|e| Failure::Failed(format!("{}: cannot be read: {e}", database.display())))?;
    match (found, arguments.format) {
        (Ok(verified), Format::Text) => out::say(&told(&verified, held)),
        (Ok(verified), Format::Json) => out::json(&json!({
            "whole": true,
            "entries": verified.chained,
            "unchained": verified.unchained,
            "published": held,
            "head": verified.head.to_string(),
        }))?,
        (Err(broken), Format::Json) => {
            out::json(&json!({ "whole": false, "broken": broken.to_string() }))?;
            return Err(Failure::Quiet(1));
        }
        (Err(broken), Format::Text) => return Err(Failure::Failed(format!("the log was changed: {broken}"))),
    }
    Ok(())
}

fn told(verified: &Verified, held: usize) -> String {
    let entries = usize::try_from(verified.chained).unwrap_or(usize::MAX);
    let entries = if entries == 1 { "1 entry".to_owned() } else { format!("{entries} entries") };
    let mut said = format!("{entries}: whole\n  head {}", verified.head);
    if verified.unchained > 0 {
        said.push_str(&format!("\n  {} older than the chain, which nothing vouches for", verified.unchained));
    }
    said.push_str(&match held {
        0 => "\n  held against no published head: a log written anew as a whole would not be found\n  \
              (`journalctl -u runward | runward audit verify --journal -` does)"
            .to_owned(),
        held => {
            format!("\n  fits {} that {} published", out::count(held, "head"), if held == 1 { "was" } else { "were" })
        }
    });
    said
}

/// Every head that a journal's lines say.
pub(super) fn heads(file: &std::path::Path) -> Result<Vec<Head>, Failure> {
    let wrong = |e: std::io::Error| Failure::Usage(format!("{}: cannot be read: {e}", file.display()));
    let mut text = Vec::new();
    if file.as_os_str() == "-" {
        std::io::stdin().read_to_end(&mut text).map_err(wrong)?;
    } else {
        text = std::fs::read(file).map_err(wrong)?;
    }
    let text = String::from_utf8_lossy(&text);
    let said = text.lines().filter_map(|line| line.rsplit_once("audit head ")).map(|(_, head)| head.trim());
    let found: Vec<Head> = said.filter_map(|head| head.parse().ok()).collect();
    if found.is_empty() {
        return Err(Failure::Usage(format!("{}: no line ends in `audit head SEQ:HASH`", file.display())));
    }
    Ok(found)
}
