//! systemd: asks the service manager how a unit is doing.

use std::pin::Pin;
use std::time::{Duration, Instant};

use runward_core::check::{Health, Observation};
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use super::{Check, Kind, one, read};
use crate::exec::{Captured, capture};

pub(super) const KIND: Kind = Kind {
    name: "systemd",
    what: "Asks systemd how a unit is doing.",
    example: r#"unit = "shop-web""#,
    schema: || schemars::schema_for!(Systemd),
    parse: read::<Systemd>,
    of_target: |target| one("unit", target),
};

#[derive(Debug, Deserialize, Serialize, JsonSchema)]
#[serde(deny_unknown_fields)]
struct Systemd {
    /// The unit's name, with or without `.service`.
    unit: String,
}

impl Check for Systemd {
    fn look(&self, timeout: Duration) -> Pin<Box<dyn Future<Output = Observation> + Send + '_>> {
        Box::pin(async move {
            let began = Instant::now();
            let mut seen = self.ask(timeout).await;
            seen.took_us = u64::try_from(began.elapsed().as_micros()).unwrap_or(u64::MAX);
            seen
        })
    }

    fn target(&self) -> String {
        self.unit.clone()
    }
}

impl Systemd {
    async fn ask(&self, timeout: Duration) -> Observation {
        let show = ["show", "-p", "LoadState,ActiveState,SubState,Result,Type", "--", &self.unit];
        match capture("systemctl", &show, timeout).await {
            Ok(shown) => match judge(&self.unit, &shown.stdout) {
                Some(seen) => seen,
                // A systemctl that cannot show properties can still say whether a unit is active.
                None => self.ask_active(timeout, &shown).await,
            },
            Err(e) => Observation::new(Health::Unknown, e.to_string()),
        }
    }

    async fn ask_active(&self, timeout: Duration, shown: &Captured) -> Observation {
        let said = capture("systemctl", &["is-active", "--", &self.unit], timeout).await;
        let word = said.map(|s| s.stdout.trim().to_owned()).unwrap_or_default();
        match word.as_str() {
            "active" | "reloading" => Observation::new(Health::Ok, format!("unit {word}")),
            "failed" | "inactive" | "activating" | "deactivating" => {
                Observation::new(Health::Critical, format!("unit {word}"))
            }
            _ => {
                let why = shown.stderr.lines().next().unwrap_or("it said nothing that was expected");
                Observation::new(Health::Unknown, format!("systemctl cannot tell: {why}"))
            }
        }
    }
}

/// Judges what `systemctl show` printed; `None` where it holds no state.
fn judge(unit: &str, shown: &str) -> Option<Observation> {
    let property = |name: &str| shown.lines().find_map(|l| l.strip_prefix(name)?.strip_prefix('=')).unwrap_or_default();
    let (load, active, sub, result) =
        (property("LoadState"), property("ActiveState"), property("SubState"), property("Result"));
    if active.is_empty() {
        return None;
    }
    let why = if result.is_empty() || result == "success" { String::new() } else { format!(" ({result})") };
    let (health, words) = match (load, active, sub) {
        ("not-found", ..) => (Health::Critical, format!("no such unit `{unit}`")),
        ("masked", ..) => (Health::Critical, "unit is masked".to_owned()),
        (_, "active", _) => (Health::Ok, format!("unit active ({sub})")),
        (_, "reloading" | "refreshing", _) => (Health::Ok, format!("unit {active}")),
        (_, "activating", "auto-restart") => {
            (Health::Critical, format!("unit keeps crashing: activating (auto-restart){why}"))
        }
        (_, "activating", _) => (Health::Warn, format!("unit activating ({sub})")),
        (_, "failed", _) => (Health::Critical, format!("unit failed{why}")),
        (_, "inactive", _) if property("Type") == "oneshot" && result == "success" => {
            (Health::Ok, "unit ran".to_owned())
        }
        _ => (Health::Critical, format!("unit {active} ({sub}){why}")),
    };
    Some(Observation::new(health, words))
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Properties as systemd prints them, one line each, `/` for a line end.
    fn check(shown: &str, expected: &str) {
        let seen = judge("shop-web", &shown.replace('/', "\n"));
        let said = seen.map_or("nothing".to_owned(), |s| format!("{}: {}", s.health.name(), s.summary));
        assert_eq!(said, expected, "{shown}");
    }

    #[test]
    fn a_unit_is_judged_by_its_properties() {
        check(
            "LoadState=loaded/ActiveState=active/SubState=running/Result=success/Type=simple",
            "ok: unit active (running)",
        );
        check(
            "LoadState=loaded/ActiveState=failed/SubState=failed/Result=exit-code/Type=simple",
            "critical: unit failed (exit-code)",
        );
        check(
            "LoadState=loaded/ActiveState=failed/SubState=failed/Result=oom-kill",
            "critical: unit failed (oom-kill)",
        );
        check(
            "LoadState=loaded/ActiveState=activating/SubState=auto-restart/Result=exit-code",
            "critical: unit keeps crashing: activating (auto-restart) (exit-code)",
        );
        check("LoadState=loaded/ActiveState=activating/SubState=start/Result=success", "warn: unit activating (start)");
        check(
            "LoadState=not-found/ActiveState=inactive/SubState=dead/Result=success",
            "critical: no such unit `shop-web`",
        );
        check("LoadState=loaded/ActiveState=inactive/SubState=dead/Result=success/Type=oneshot", "ok: unit ran");
        check(
            "LoadState=loaded/ActiveState=inactive/SubState=dead/Result=success/Type=simple",
            "critical: unit inactive (dead)",
        );
        check("", "nothing");
        check("something else", "nothing");
    }
}
