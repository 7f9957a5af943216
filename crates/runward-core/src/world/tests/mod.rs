//! The world as stories: a runbook, what happens, and what is decided. This file holds what the stories are told with.

mod approving;
mod paging;
mod proving;
mod running;
mod undoing;
mod watching;

use std::collections::BTreeMap;

use super::*;
use crate::alert::Incoming;
use crate::check::{Observation, Patience};
use crate::command::impact::Impact;
use crate::effect::Order;
use crate::escalation::Rule;
use crate::id::{Actor, ChannelId, ProcedureId, RUNWARD};
use crate::incident::Stage;
use crate::notice::{Purpose, Sent};
use crate::run::{Ended, Exit, JobId, Kind, Outcome, StepState};
use crate::runbook::Runbook;
use crate::setup::{CheckPlan, Remediation, ServicePlan};
use crate::time::Span;

const RUNBOOK: &str = "\
# Shop

| Service | Unit | Port | Depends on |
|---|---|---|---|
| web | shop-web | 8001 | db |
| db | shop-db | 8002 | |
| mail | shop-mail | 8003 | |

## Severities

| Severity | Criteria | Response time |
|---|---|---|
| P0 | Everything down | Immediate |
| P1 | db down | Immediate |
| P2 | One service down | 15 min |
| P3 | Slow | Next day |

## Service does not run

**Symptom:** `systemctl status shop-<name>` shows `failed`.

**Diagnose:**
```bash
journalctl -u shop-<name> -n 50 --no-pager
```

**Fix:**
```bash
# Restart it
systemctl restart shop-<name>

# If that does not help, reset it
rm -rf /srv/shop/<name>/cache

# Verify
curl -s http://localhost:<port>/
```
";

/// A world of the shop with a clock that the story moves.
struct Story {
    world: World,
    now: Timestamp,
    /// Every effect so far, in order.
    effects: Vec<Effect>,
    facts: Vec<Fact>,
    turn: Turn,
}

impl Story {
    fn new() -> Story {
        Story::with(|_| {})
    }

    fn with(change: impl FnOnce(&mut Setup)) -> Story {
        let runbook = Runbook::read([("shop.md", RUNBOOK)]);
        let mut setup = Setup {
            severities: runbook.severities.clone(),
            procedures: runbook.procedures.clone(),
            ..Setup::default()
        };
        for service in &runbook.services {
            let depends_on = service.depends_on.iter().map(|d| ServiceId(d.clone())).collect();
            setup.services.insert(
                service.id(),
                ServicePlan { service: service.clone(), depends_on, severity: None, automatic: None },
            );
        }
        let plan = |check: &crate::check::DerivedCheck| CheckPlan {
            service: check.service.clone(),
            kind: check.kind.clone(),
            target: check.target.clone(),
            patience: Patience::default(),
            symptom: "down".into(),
        };
        setup.checks = runbook.checks.iter().map(|check| (check.name.clone(), plan(check))).collect();
        let rule = |after, target: &str, channel: &str| Rule {
            after: Span::seconds(after),
            target: target.into(),
            channels: vec![ChannelId(channel.into())],
            severities: vec![],
        };
        setup.escalation = vec![rule(0, "primary", "team"), rule(900, "lead", "lead")];
        setup.channels = [ChannelId("team".into()), ChannelId("lead".into())].into();
        change(&mut setup);
        let now = "2026-03-01T03:00:00Z".parse().unwrap();
        Story { world: World::new(setup), now, effects: vec![], facts: vec![], turn: Turn::default() }
    }

    #[allow(clippy::needless_pass_by_value, reason = "a story reads better without borrows")]
    fn tell(&mut self, event: Event) -> Result<&Turn, Refusal> {
        let turn = self.world.step(&event, self.now)?;
        self.effects.extend(turn.effects.clone());
        self.facts.extend(turn.facts.clone());
        self.turn = turn;
        Ok(&self.turn)
    }

    fn pass(&mut self, seconds: u64) {
        self.now += std::time::Duration::from_secs(seconds);
        self.tell(Event::Tick).unwrap();
    }

    fn see(&mut self, check: &str, health: Health, summary: &str) {
        let (check, begun_at) = (CheckId(check.into()), self.now);
        self.tell(Event::Observed { check, observation: Observation::new(health, summary), begun_at }).unwrap();
    }

    /// All checks of a service see the same, often enough to be believed.
    fn all(&mut self, service: &str, health: Health) {
        let summary = if health == Health::Ok { "ok" } else { "unit failed (exit-code)" };
        for _ in 0..3 {
            self.now += std::time::Duration::from_millis(10);
            for what in ["unit", "port"] {
                self.see(&format!("{service}/{what}"), health, summary);
            }
        }
    }

    fn pages(&self) -> Vec<String> {
        let page = |e: &Effect| match e {
            Effect::Send(n) => Some(format!("{} {}", n.channel, n.headline)),
            _ => None,
        };
        self.effects.iter().filter_map(page).collect()
    }

    fn orders(&self) -> Vec<&Order> {
        self.effects.iter().filter_map(|e| if let Effect::Execute(o) = e { Some(&**o) } else { None }).collect()
    }

    fn last_job(&self) -> JobId {
        self.orders().last().unwrap().job
    }

    fn end_last(&mut self, exit: Exit) {
        let job = self.last_job();
        self.tell(Event::CommandEnded { job, ended: Ended { exit, took_ms: 1200, ..Ended::default() } }).unwrap();
    }

    fn request(&mut self, incident: i64) -> Result<RunId, Refusal> {
        let procedure = ProcedureId("service-does-not-run".into());
        let incident = Some(IncidentId(incident));
        let turn =
            self.tell(Event::RunRequested { procedure, service: None, incident, params: BTreeMap::new(), by: lena() })?;
        Ok(turn.made.run.unwrap())
    }

    fn approve(&mut self, run: RunId, step: usize, confirm: Option<&str>) -> Result<(), Refusal> {
        let hash = self.world.run(run).map(|r| r.steps[step].plan.hash.clone()).unwrap_or_default();
        self.tell(Event::StepApproved {
            run,
            step,
            hash,
            confirm: confirm.map(str::to_owned),
            break_glass: None,
            by: lena(),
            role: Role::Admin,
        })
        .map(|_| ())
    }

    fn states(&self, run: RunId) -> String {
        let word = |s: &StepState| match s {
            StepState::Waiting => "waiting".into(),
            StepState::Asking => "asking".into(),
            StepState::Running { attempt, .. } => format!("running {attempt}"),
            StepState::Verifying { .. } => "verifying".into(),
            StepState::Done { verified: None, .. } => "done".into(),
            StepState::Done { verified: Some(well), .. } => format!("done {}", if *well { "well" } else { "not well" }),
            StepState::Failed { .. } => "failed".into(),
            StepState::Unsure { .. } => "unsure".into(),
            StepState::Skipped { .. } => "skipped".into(),
        };
        self.world
            .run(run)
            .map_or("over".into(), |r| r.steps.iter().map(|s| word(&s.state)).collect::<Vec<_>>().join(", "))
    }

    fn has(&self, wanted: impl Fn(&What) -> bool) -> bool {
        self.facts.iter().any(|f| wanted(&f.what))
    }

    fn deliver_all(&mut self) {
        let keys: Vec<NoticeKey> = self.world.notices().map(|n| n.key.clone()).collect();
        for key in keys {
            self.tell(Event::NoticeSent { key, sent: Sent::Delivered }).unwrap();
        }
    }
}

fn lena() -> Actor {
    "lena".into()
}
