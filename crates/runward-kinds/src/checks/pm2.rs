//! pm2: asks the process manager of Node applications how one of them is doing.

use std::path::PathBuf;
use std::pin::Pin;
use std::time::{Duration, Instant};

use runward_core::check::{Health, Observation};
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};
use tokio::sync::Mutex;

use super::{Check, Kind, one, read};
use crate::exec::capture;

pub(super) const KIND: Kind = Kind {
    name: "pm2",
    what: "Asks pm2 how an application is doing.",
    example: r#"app = "shop-api"
home = "/home/deploy/.pm2""#,
    schema: || schemars::schema_for!(Pm2),
    parse: read::<Pm2>,
    of_target: |target| one("app", target),
};

#[derive(Debug, Deserialize, Serialize, JsonSchema)]
#[serde(deny_unknown_fields)]
struct Pm2 {
    /// The application's name.
    app: String,
    /// The folder of the pm2 that runs it; that of the server's own user where it is not given.
    home: Option<PathBuf>,
}

impl Check for Pm2 {
    fn look(&self, timeout: Duration) -> Pin<Box<dyn Future<Output = Observation> + Send + '_>> {
        Box::pin(async move {
            let began = Instant::now();
            let mut seen = match self.list(timeout).await {
                Ok(list) => judge(&self.app, &list),
                Err(why) => Observation::new(Health::Unknown, why),
            };
            seen.took_us = u64::try_from(began.elapsed().as_micros()).unwrap_or(u64::MAX);
            seen
        })
    }

    fn target(&self) -> String {
        self.app.clone()
    }
}

/// One answer serves all checks that look at about the same time: each costs a start of Node.
const FRESH: Duration = Duration::from_millis(500);

type Answer = (Option<PathBuf>, Instant, Result<Vec<App>, String>);
static LAST: Mutex<Option<Answer>> = Mutex::const_new(None);

impl Pm2 {
    async fn list(&self, timeout: Duration) -> Result<Vec<App>, String> {
        let mut last = LAST.lock().await;
        if let Some((home, at, list)) = last.as_ref()
            && *home == self.home
            && at.elapsed() < FRESH
        {
            return list.clone();
        }
        let list = self.ask(timeout).await;
        *last = Some((self.home.clone(), Instant::now(), list.clone()));
        list
    }

    async fn ask(&self, timeout: Duration) -> Result<Vec<App>, String> {
        let mut arguments = vec!["jlist".to_owned()];
        let (program, home) = match &self.home {
            Some(home) => {
                arguments.splice(0..0, [format!("PM2_HOME={}", home.display()), "pm2".to_owned()]);
                ("env", Some(home.clone()))
            }
            None => ("pm2", default_home()),
        };
        // `pm2 jlist` would start a daemon of its own where none runs: then nobody can tell.
        if let Some(home) = home.filter(|home| !home.join("rpc.sock").exists()) {
            return Err(format!("no pm2 runs for {}", home.display()));
        }
        let arguments: Vec<&str> = arguments.iter().map(String::as_str).collect();
        let printed = capture(program, &arguments, timeout).await.map_err(|e| e.to_string())?;
        parse(&printed.stdout).ok_or_else(|| "pm2 printed no list".to_owned())
    }
}

/// Where pm2 keeps its socket for the server's own user.
fn default_home() -> Option<PathBuf> {
    #[allow(clippy::disallowed_methods, reason = "pm2's own convention, not our configuration")]
    let variable = |name| std::env::var_os(name).map(PathBuf::from);
    variable("PM2_HOME").or_else(|| variable("HOME").map(|home| home.join(".pm2")))
}

/// The few fields that are wanted: the rest of `pm2_env` is the application's whole environment, secrets and all.
#[derive(Clone, Debug, Deserialize)]
struct App {
    name: String,
    pm2_env: Env,
}

#[derive(Clone, Debug, Deserialize)]
struct Env {
    status: String,
    #[serde(default)]
    restart_time: u64,
}

/// Reads the list; pm2 may print a banner or a warning before it.
fn parse(printed: &str) -> Option<Vec<App>> {
    let starts = printed.match_indices('[').map(|(at, _)| at);
    starts.take(16).find_map(|at| serde_json::from_str(printed[at..].trim()).ok())
}

fn judge(app: &str, list: &[App]) -> Observation {
    let mine: Vec<&App> = list.iter().filter(|a| a.name == app).collect();
    let online = mine.iter().filter(|a| a.pm2_env.status == "online").count();
    let Some(worst) = mine.iter().find(|a| a.pm2_env.status != "online").or(mine.first()) else {
        return Observation::new(Health::Critical, format!("pm2 does not know `{app}`"));
    };
    let status = &worst.pm2_env.status;
    let restarts = worst.pm2_env.restart_time;
    match (online, mine.len()) {
        (0, _) => Observation::new(Health::Critical, format!("application {status}, {restarts} restarts")),
        (some, all) if some < all => {
            Observation::new(Health::Warn, format!("{some} of {all} instances online, one {status}"))
        }
        (_, 1) => Observation::new(Health::Ok, "application online"),
        (_, all) => Observation::new(Health::Ok, format!("{all} instances online")),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const LIST: &str = include_str!("../fixtures/pm2-jlist.json");

    fn check(app: &str, expected: &str) {
        let seen = judge(app, &parse(LIST).unwrap());
        assert_eq!(format!("{}: {}", seen.health.name(), seen.summary), expected);
    }

    #[test]
    fn an_application_is_judged_by_its_instances() {
        check("api", "ok: 2 instances online");
        check("worker", "critical: application errored, 15 restarts");
        check("mixed", "warn: 1 of 2 instances online, one stopped");
        check("gone", "critical: pm2 does not know `gone`");
    }

    #[test]
    fn a_banner_before_the_list_is_no_matter() {
        let banner = format!("\n[PM2][WARN] Current process list is not synchronized\n{LIST}");
        assert_eq!(parse(&banner).unwrap().len(), parse(LIST).unwrap().len());
        assert!(parse("not a list").is_none());
    }
}
