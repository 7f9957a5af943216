//! What a command prints, on the terminal while it prints.

use std::time::Duration;

use runward_core::run::transcript::Span;

use super::super::client::Client;
use super::told::Told;
use crate::web::api::run::{RunStepView, RunView};

/// How long the outcome of a command may take to arrive behind its output.
const OUTCOME_WITHIN: Duration = Duration::from_millis(50);

/// Shows what a step prints until it is over, or until the server is lost.
pub(super) async fn output(client: &Client, run: &RunView, step: &RunStepView, told: &mut Told<'_>) {
    let path = format!("/runs/{}/steps/{}/output?attempt={}", run.id, step.number, step.attempt);
    let Some(mut events) = client.follow(&path).await else { return };
    told.begins(run, step);
    while let Some((event, content)) = events.next().await {
        match event.as_str() {
            "output" => told.printed(run, step, &serde_json::from_str::<Vec<Span>>(&content).unwrap_or_default()),
            "left-out" => told.left_out(run, step, &content),
            "over" => {
                told.ends(step);
                tokio::time::sleep(OUTCOME_WITHIN).await;
                return;
            }
            _ => {}
        }
    }
    // What was shown of it is shown again from what is kept, once it is over.
    told.breaks_off();
}
