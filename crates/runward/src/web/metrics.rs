//! Prometheus metrics, in the text format. <https://prometheus.io/docs/instrumenting/exposition_formats/>

use std::fmt::Write;

use axum::extract::State;
use axum::http::header;
use axum::response::{IntoResponse, Response};
use runward_core::check::Health;

use super::App;

/// The states of a check, as numbers: 0 ok, 1 warn, 2 critical, 3 unknown (as Nagios has them).
fn number(health: Health) -> u8 {
    match health {
        Health::Ok => 0,
        Health::Warn => 1,
        Health::Critical => 2,
        Health::Unknown => 3,
    }
}

/// All metrics.
pub(super) async fn show(State(app): State<App>) -> Response {
    let mut out = String::new();
    checks(&mut out, &app);
    incidents(&mut out, &app);
    vitals(&mut out, &app);
    ([(header::CONTENT_TYPE, "text/plain; version=0.0.4; charset=utf-8")], out).into_response()
}

fn family(out: &mut String, name: &str, kind: &str, help: &str) {
    let _ = writeln!(out, "# HELP {name} {help}\n# TYPE {name} {kind}");
}

fn label(text: &str) -> String {
    text.replace('\\', "\\\\").replace('"', "\\\"").replace('\n', "\\n")
}

/// A check as its metrics show it.
struct Row {
    labels: String,
    health: Health,
    /// How long its latest look took and when it began, in seconds.
    last: Option<(f64, f64)>,
}

fn rows(app: &App) -> Vec<Row> {
    app.engine.read(|world| {
        let row = |(id, plan): (&runward_core::id::CheckId, &runward_core::setup::CheckPlan)| {
            let state = world.check(id);
            let labels = format!(
                "check=\"{}\",service=\"{}\",type=\"{}\"",
                label(id.as_str()),
                label(plan.service.as_str()),
                label(&plan.kind)
            );
            let last = state
                .and_then(|s| s.last.as_ref())
                .map(|(seen, at)| (seen.took_us as f64 / 1e6, at.as_microsecond() as f64 / 1e6));
            Row { labels, health: state.map_or(Health::Unknown, |s| s.health), last }
        };
        world.setup().checks.iter().map(row).collect()
    })
}

fn checks(out: &mut String, app: &App) {
    let rows = rows(app);
    family(out, "runward_check_state", "gauge", "What is believed of a check: 0 ok, 1 warn, 2 critical, 3 unknown.");
    for Row { labels, health, .. } in &rows {
        let _ = writeln!(out, "runward_check_state{{{labels}}} {}", number(*health));
    }
    family(out, "runward_check_up", "gauge", "Whether a check is well.");
    for Row { labels, health, .. } in &rows {
        let _ = writeln!(out, "runward_check_up{{{labels}}} {}", u8::from(*health == Health::Ok));
    }
    let looked: Vec<(&str, f64, f64)> =
        rows.iter().filter_map(|r| r.last.map(|(took, at)| (r.labels.as_str(), took, at))).collect();
    family(out, "runward_check_last_duration_seconds", "gauge", "How long the latest look took.");
    for (labels, took, _) in &looked {
        let _ = writeln!(out, "runward_check_last_duration_seconds{{{labels}}} {took}");
    }
    family(out, "runward_check_last_run_timestamp_seconds", "gauge", "When the latest look began.");
    for (labels, _, at) in &looked {
        let _ = writeln!(out, "runward_check_last_run_timestamp_seconds{{{labels}}} {at}");
    }
    family(out, "runward_check_runs_total", "counter", "Looks since the start, by what they saw.");
    for (health, count) in app.engine.vitals.looks() {
        let _ = writeln!(out, "runward_check_runs_total{{result=\"{}\"}} {count}", health.name());
    }
}

fn incidents(out: &mut String, app: &App) {
    let (severities, runs, waiting): (Vec<(String, usize)>, usize, usize) = app.engine.read(|world| {
        let mut names: Vec<String> = world.setup().severities.iter().map(|s| s.name.clone()).collect();
        names.push(String::new());
        let count =
            |name: &str| world.incidents().filter(|i| i.severity.as_deref().unwrap_or_default() == name).count();
        let counted = names.iter().map(|n| (n.clone(), count(n))).collect();
        (counted, world.runs().count(), world.notices().count())
    });
    family(out, "runward_incidents_open", "gauge", "Incidents that go on, by severity.");
    for (severity, count) in severities {
        let _ = writeln!(out, "runward_incidents_open{{severity=\"{}\"}} {count}", label(&severity));
    }
    family(out, "runward_runs_active", "gauge", "Runs that go on.");
    let _ = writeln!(out, "runward_runs_active {runs}");
    family(out, "runward_notices_waiting", "gauge", "Notices that have not arrived yet.");
    let _ = writeln!(out, "runward_notices_waiting {waiting}");
}

fn vitals(out: &mut String, app: &App) {
    let vitals = &app.engine.vitals;
    let (sent, not_sent) = vitals.sends();
    family(out, "runward_notification_attempts_total", "counter", "Tries to send a notice, by result.");
    let _ = writeln!(
        out,
        "runward_notification_attempts_total{{result=\"delivered\"}} {sent}\nrunward_notification_attempts_total{{result=\"failed\"}} {not_sent}"
    );
    let (commits, failures) = vitals.commits();
    family(out, "runward_commits_total", "counter", "Commits of the event log, by result.");
    let _ = writeln!(
        out,
        "runward_commits_total{{result=\"ok\"}} {commits}\nrunward_commits_total{{result=\"failed\"}} {failures}"
    );
    family(
        out, "runward_config_last_reload_successful", "gauge", "Whether the configuration on disk is the one in force.",
    );
    let _ = writeln!(out, "runward_config_last_reload_successful {}", u8::from(!vitals.reload_failed()));
    family(out, "runward_start_timestamp_seconds", "gauge", "When the server began.");
    let _ = writeln!(out, "runward_start_timestamp_seconds {}", vitals.started_at.as_second());
    family(out, "runward_build_info", "gauge", "The version that runs.");
    let _ = writeln!(out, "runward_build_info{{version=\"{}\"}} 1", env!("CARGO_PKG_VERSION"));
}
