//! `runward status`: how everything is doing.

use std::fmt::Write;

use super::client::{Client, Where};
use super::out::{self, BOLD, FAINT, WIDTH, of_state, styled};
use super::{Ended, Failure, Format};
use crate::web::api::status::Status;

#[derive(Debug, clap::Args)]
pub(super) struct Arguments {
    #[command(flatten)]
    place: Where,
    /// Text for people or JSON for programs
    #[arg(long, value_enum, default_value_t)]
    format: Format,
}

/// Exit code 0 where nothing is down, 1 where something is; a warning is no failure.
pub(super) async fn run(arguments: Arguments) -> Ended {
    let client = Client::of(&arguments.place)?;
    let status: Status = client.get("/status").await?;
    match arguments.format {
        Format::Json => out::json(&status)?,
        Format::Text => out::print(&text(&status)),
    }
    if status.health == "critical" { Err(Failure::Quiet(1)) } else { Ok(()) }
}

fn text(status: &Status) -> String {
    let mut said = String::new();
    for incident in &status.incidents {
        let severity = incident.severity.clone().unwrap_or_default();
        let who = incident
            .acknowledged_by
            .as_ref()
            .map_or_else(|| "nobody has acknowledged it".to_owned(), |by| format!("{by} is on it"));
        let title = format!("#{} {severity} {}", incident.id, incident.title);
        let _ = writeln!(said, "{}  {}", styled(of_state(&incident.stage), &title), styled(FAINT, &who));
    }
    if !status.incidents.is_empty() {
        said.push('\n');
    }
    let widest = status.services.iter().map(|s| s.name.chars().count()).max().unwrap_or_default().min(24);
    for service in &status.services {
        let pad = widest.saturating_sub(service.name.chars().count());
        let _ = write!(
            said,
            "{}{:pad$}  {}",
            styled(BOLD, &service.name),
            "",
            styled(of_state(&service.health), &format!("{:8}", service.health))
        );
        let checks: Vec<String> = service
            .checks
            .iter()
            .map(|c| format!("{} {}", c.name.rsplit('/').next().unwrap_or(&c.name), c.health))
            .collect();
        for (at, line) in out::wrap(&checks.join(", "), WIDTH.saturating_sub(widest + 12)).iter().enumerate() {
            let lead = if at == 0 { "  ".to_owned() } else { " ".repeat(widest + 12) };
            let _ = writeln!(said, "{lead}{}", styled(FAINT, line));
        }
        for check in service.checks.iter().filter(|c| c.health == "critical" || c.health == "warn") {
            for line in out::wrap(&format!("{}: {}", check.name, check.summary), WIDTH.saturating_sub(widest + 4)) {
                let _ = writeln!(said, "{:width$}  {line}", "", width = widest + 2);
            }
        }
    }
    for warning in &status.warnings {
        for line in out::wrap(&format!("warning: {warning}"), WIDTH) {
            let _ = writeln!(said, "{}", styled(out::DOUBTFUL, &line));
        }
    }
    said
}
