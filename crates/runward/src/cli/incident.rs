//! `runward incident`: what goes on, and what people do about it.

use std::fmt::Write;

use clap::Subcommand;
use serde_json::{Value, json};

use super::client::{Acting, Client, Where};
use super::out::{self, BOLD, FAINT, WIDTH, of_state, styled};
use super::{Ended, Format};
use crate::web::api::incident::{Full, Summary};

#[derive(Debug, clap::Args)]
pub(super) struct Arguments {
    #[command(subcommand)]
    verb: Verb,
}

#[derive(Debug, Subcommand)]
enum Verb {
    /// List incidents, newest first
    List {
        /// Also those that are over
        #[arg(long)]
        all: bool,
        #[command(flatten)]
        common: Common,
    },
    /// Show one with its timeline
    Show {
        /// Its number
        id: i64,
        #[command(flatten)]
        common: Common,
    },
    /// Say that you are on it: the escalation stops
    Ack {
        /// Its number
        id: i64,
        #[command(flatten)]
        acting: Acting,
        #[command(flatten)]
        common: Common,
    },
    /// Write down how it stands
    Update {
        /// Its number
        id: i64,
        /// How it stands
        text: String,
        #[command(flatten)]
        acting: Acting,
        #[command(flatten)]
        common: Common,
    },
    /// Say that it is over
    Resolve {
        /// Its number
        id: i64,
        /// Why
        #[arg(long)]
        reason: Option<String>,
        #[command(flatten)]
        acting: Acting,
        #[command(flatten)]
        common: Common,
    },
}

#[derive(Debug, clap::Args)]
struct Common {
    #[command(flatten)]
    place: Where,
    /// Text for people or JSON for programs
    #[arg(long, value_enum, default_value_t)]
    format: Format,
}

pub(super) async fn run(arguments: Arguments) -> Ended {
    match arguments.verb {
        Verb::List { all, common } => list(all, &common).await,
        Verb::Show { id, common } => {
            let full: Full = Client::of(&common.place)?.get(&format!("/incidents/{id}")).await?;
            shown(&full, common.format)
        }
        Verb::Ack { id, acting, common } => act(id, "acknowledge", json!({ "by": acting.name() }), &common).await,
        Verb::Update { id, text, acting, common } => {
            act(id, "updates", json!({ "text": text, "by": acting.name() }), &common).await
        }
        Verb::Resolve { id, reason, acting, common } => {
            act(id, "resolve", json!({ "reason": reason, "by": acting.name() }), &common).await
        }
    }
}

async fn list(all: bool, common: &Common) -> Ended {
    let state = if all { "all" } else { "open" };
    let found: Vec<Summary> = Client::of(&common.place)?.get(&format!("/incidents?state={state}")).await?;
    if common.format == Format::Json {
        return out::json(&found);
    }
    if found.is_empty() {
        out::say(if all { "There has been no incident." } else { "No incident is open." });
    }
    for incident in &found {
        let title = format!("#{} {} {}", incident.id, incident.severity.as_deref().unwrap_or_default(), incident.title);
        let stage = styled(of_state(&incident.stage), &format!("{:12}", incident.stage));
        out::say(&format!("{stage} {title}  {}", styled(FAINT, &moment(&incident.opened_at))));
    }
    Ok(())
}

async fn act(id: i64, verb: &str, body: Value, common: &Common) -> Ended {
    let full: Full = Client::of(&common.place)?.post(&format!("/incidents/{id}/{verb}"), &body).await??;
    match common.format {
        Format::Json => out::json(&full),
        Format::Text => {
            let last = full.timeline.iter().rev().find(|l| l.kind == "person" || l.kind == "well");
            let said = last.map_or("done", |l| l.text.as_str());
            out::say(&format!("#{id} {}: {said}", full.incident.title));
            Ok(())
        }
    }
}

fn shown(full: &Full, format: Format) -> Ended {
    if format == Format::Json {
        return out::json(full);
    }
    let incident = &full.incident;
    let mut said = String::new();
    let title = format!("#{} {} {}", incident.id, incident.severity.as_deref().unwrap_or_default(), incident.title);
    let _ = writeln!(said, "{}  {}", styled(BOLD, &title), styled(of_state(&incident.stage), &incident.stage));
    if let Some(procedure) = &incident.procedure {
        let _ = writeln!(said, "procedure {procedure}: runward run {procedure} --incident {}", incident.id);
    }
    if let Some(review) = &incident.review {
        let _ = writeln!(said, "review    {review}");
    }
    said.push('\n');
    for line in &full.timeline {
        let by = if line.by == "runward" || line.text.contains(&line.by) {
            String::new()
        } else {
            format!(" ({})", line.by)
        };
        for (at, part) in out::wrap(&format!("{}{by}", line.text), WIDTH - 10).iter().enumerate() {
            let clock = if at == 0 { clock(&line.at) } else { String::new() };
            let _ = writeln!(said, "{} {part}", styled(FAINT, &format!("{clock:8}")));
        }
        for part in line.detail.iter().flat_map(|d| d.lines()).take(20) {
            for part in out::wrap(part, WIDTH - 12) {
                let _ = writeln!(said, "           {}", styled(FAINT, &part));
            }
        }
    }
    out::print(&said);
    Ok(())
}

fn moment(at: &str) -> String {
    at.get(..16).unwrap_or(at).replace('T', " ")
}

fn clock(at: &str) -> String {
    at.get(11..19).unwrap_or(at).to_owned()
}
