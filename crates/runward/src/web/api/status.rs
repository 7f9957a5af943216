//! How everything is doing.

use axum::Json;
use axum::extract::State;
use runward_core::check::Health;
use runward_core::id::{CheckId, ServiceId};
use runward_core::setup::CheckPlan;
use runward_core::world::World;
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

use super::incident::Summary;
use crate::web::App;

/// How everything is doing.
#[derive(Debug, Serialize, Deserialize, ToSchema)]
pub struct Status {
    /// The worst of all services: `ok`, `unknown`, `warn` or `critical`.
    pub health: String,
    /// The version that runs.
    pub version: String,
    /// Every service with its checks, those in trouble first.
    pub services: Vec<Service>,
    /// Incidents that go on, newest first.
    pub incidents: Vec<Summary>,
    /// What is not as it should be but no reason not to watch.
    pub warnings: Vec<String>,
}

/// A service and its checks.
#[derive(Debug, Serialize, Deserialize, ToSchema)]
pub struct Service {
    /// Its id.
    pub id: String,
    /// Its name.
    pub name: String,
    /// The worst of its checks; `unknown` where none can tell.
    pub health: String,
    /// The services it needs.
    pub depends_on: Vec<String>,
    /// The incident it is part of.
    pub incident: Option<i64>,
    /// Its checks.
    pub checks: Vec<Check>,
}

/// A check and what is believed of it.
#[derive(Debug, Serialize, Deserialize, ToSchema)]
pub struct Check {
    /// Its name.
    pub name: String,
    /// Its kind.
    pub kind: String,
    /// What it looks at.
    pub target: String,
    /// What is believed.
    pub health: String,
    /// What the latest look saw, in a few words.
    pub summary: String,
    /// Since when it is believed so.
    pub since: Option<String>,
    /// When it looked last.
    pub looked_at: Option<String>,
    /// How long that look took, in milliseconds.
    pub took_ms: Option<f64>,
}

/// How everything is doing.
#[utoipa::path(get, path = "/status", responses((status = 200, body = Status)), tag = "status")]
pub(super) async fn show(State(app): State<App>) -> Json<Status> {
    Json(Status::of(&app))
}

impl Status {
    /// The world as it is now.
    pub fn of(app: &App) -> Status {
        let warnings = app.warnings();
        app.engine.read(|world| {
            let mut services = services(world);
            services.sort_by_key(|s| std::cmp::Reverse(rank(&s.health)));
            let health = services.first().map_or("ok", |s| s.health.as_str()).to_owned();
            let mut incidents: Vec<Summary> = world.incidents().map(Summary::from).collect();
            incidents.reverse();
            Status { health, version: env!("CARGO_PKG_VERSION").to_owned(), services, incidents, warnings }
        })
    }
}

fn rank(health: &str) -> u8 {
    match health {
        "critical" => 3,
        "warn" => 2,
        "unknown" => 1,
        _ => 0,
    }
}

/// Every service of the runbook, and every other that a check is about.
fn services(world: &World) -> Vec<Service> {
    let setup = world.setup();
    let mut ids: Vec<ServiceId> = setup.services.keys().cloned().collect();
    ids.extend(setup.checks.iter().map(|(_, plan)| plan.service.clone()));
    ids.extend(world.incidents().map(|i| i.service.clone()));
    ids.sort();
    ids.dedup();
    ids.into_iter().map(|id| service(world, &id)).collect()
}

fn service(world: &World, id: &ServiceId) -> Service {
    let plan = world.setup().services.get(id);
    let checks: Vec<Check> = world.setup().checks_of(id).map(|(id, plan)| check(world, id, plan)).collect();
    let incident = world.incidents().find(|i| i.service == *id || i.folded.contains(id)).map(|i| i.id.0);
    let watched = world.health_of(id);
    // An alert from outside is trouble too, whatever the checks say.
    let alerted = world.incidents().flat_map(|i| &i.alerts).any(|key| key.service == *id);
    let health = if alerted && !watched.is_bad() { Health::Critical } else { watched };
    Service {
        id: id.0.clone(),
        name: plan.map_or_else(|| id.0.clone(), |p| p.service.name.clone()),
        health: health.name().to_owned(),
        depends_on: plan.map(|p| p.depends_on.iter().map(|d| d.0.clone()).collect()).unwrap_or_default(),
        incident,
        checks,
    }
}

fn check(world: &World, id: &CheckId, plan: &CheckPlan) -> Check {
    let state = world.check(id);
    let last = state.and_then(|s| s.last.as_ref());
    Check {
        name: id.0.clone(),
        kind: plan.kind.clone(),
        target: plan.target.clone(),
        health: state.map_or(Health::Unknown, |s| s.health).name().to_owned(),
        summary: last
            .map_or_else(|| state.map(|s| s.summary.clone()).unwrap_or_default(), |(seen, _)| seen.summary.clone()),
        since: state.and_then(|s| s.since).map(|t| t.to_string()),
        looked_at: last.map(|(_, at)| at.to_string()),
        took_ms: last.map(|(seen, _)| seen.took_us as f64 / 1000.0),
    }
}
