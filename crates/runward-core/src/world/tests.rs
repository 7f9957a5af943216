//! The world as stories: a runbook, what happens, and what is decided.

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
        self.effects.iter().filter_map(|e| if let Effect::Execute(o) = e { Some(o) } else { None }).collect()
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
        self.tell(Event::StepApproved { run, step, hash, confirm: confirm.map(str::to_owned), by: lena() }).map(|_| ())
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

#[test]
fn a_dead_service_becomes_one_incident_with_the_runbooks_severity_and_one_page() {
    let mut story = Story::new();
    story.all("mail", Health::Ok);
    story.all("mail", Health::Critical);
    let incidents: Vec<_> = story.world.incidents().collect();
    assert_eq!(incidents.len(), 1);
    assert_eq!(incidents[0].headline(), "P2 mail down");
    assert_eq!(incidents[0].procedure, Some(ProcedureId("service-does-not-run".into())));
    assert_eq!(story.pages(), ["team P2 mail down"]);
    let order = story.orders()[0];
    assert!(order.read_only && order.script.contains("journalctl -u shop-\"${RUNWARD_P_NAME}\""), "{order:?}");
    assert_eq!(order.env["RUNWARD_P_NAME"], "mail");
}

#[test]
fn two_bad_looks_are_not_believed() {
    let mut story = Story::new();
    story.see("mail/port", Health::Ok, "200");
    story.see("mail/port", Health::Critical, "refused");
    story.see("mail/port", Health::Critical, "refused");
    story.see("mail/port", Health::Ok, "200");
    assert_eq!(story.world.incidents().count(), 0);
}

#[test]
fn a_check_that_cannot_run_opens_nothing_and_heals_nothing() {
    let mut story = Story::new();
    for _ in 0..5 {
        story.see("mail/port", Health::Unknown, "no route to the resolver");
    }
    assert_eq!(story.world.incidents().count(), 0);
    assert_eq!(story.world.health_of(&"mail".into()), Health::Unknown);
    story.all("mail", Health::Critical);
    for _ in 0..5 {
        story.see("mail/port", Health::Unknown, "no route to the resolver");
        story.see("mail/unit", Health::Unknown, "no systemd");
    }
    assert_eq!(story.world.incidents().count(), 1);
}

#[test]
fn silence_pages_the_next_and_an_acknowledgement_stops_it() {
    let mut story = Story::new();
    story.all("mail", Health::Critical);
    story.pass(899);
    assert_eq!(story.pages().len(), 1);
    story.pass(2);
    assert_eq!(story.pages(), ["team P2 mail down", "lead P2 mail down"]);
    let mut story = Story::new();
    story.all("mail", Health::Critical);
    story.tell(Event::Acknowledged { incident: IncidentId(1), by: lena() }).unwrap();
    story.pass(100_000);
    assert_eq!(story.pages().len(), 1);
    assert!(matches!(story.tell(Event::Acknowledged { incident: IncidentId(1), by: lena() }), Err(Refusal::NotNow(_))));
    assert!(matches!(
        story.tell(Event::Acknowledged { incident: IncidentId(9), by: lena() }),
        Err(Refusal::Unknown(_))
    ));
}

#[test]
fn a_channel_that_is_dead_moves_the_page_on() {
    let mut story = Story::new();
    story.all("mail", Health::Critical);
    let gone = Sent::Failed { error: "404 channel_not_found".into(), permanent: true, retry_after_s: None };
    let key = story.world.notices().next().unwrap().key.clone();
    story.tell(Event::NoticeSent { key, sent: gone }).unwrap();
    assert_eq!(story.pages(), ["team P2 mail down", "lead P2 mail down"]);
}

#[test]
fn a_page_is_tried_again_with_the_same_key() {
    let mut story = Story::new();
    story.all("mail", Health::Critical);
    let key = story.world.notices().next().unwrap().key.clone();
    let later = Sent::Failed { error: "503".into(), permanent: false, retry_after_s: Some(7) };
    story.tell(Event::NoticeSent { key: key.clone(), sent: later }).unwrap();
    let due = story.world.deadline().unwrap();
    assert!(due >= story.now + std::time::Duration::from_secs(7));
    story.now = due;
    story.tell(Event::Tick).unwrap();
    let keys: Vec<&NoticeKey> =
        story.effects.iter().filter_map(|e| if let Effect::Send(n) = e { Some(&n.key) } else { None }).collect();
    assert_eq!(keys, [&key, &key]);
}

#[test]
fn a_dependent_service_belongs_to_the_incident_of_what_it_needs() {
    let mut story = Story::new();
    story.all("db", Health::Critical);
    story.all("web", Health::Critical);
    let incidents: Vec<_> = story.world.incidents().collect();
    assert_eq!(incidents.len(), 1);
    assert_eq!(incidents[0].headline(), "P1 db down");
    assert!(incidents[0].folded.contains(&"web".into()));
    assert_eq!(story.pages().len(), 1);
}

#[test]
fn a_dependent_that_is_seen_first_is_folded_in_when_its_cause_is_seen() {
    let mut story = Story::new();
    story.all("web", Health::Critical);
    story.pass(20);
    story.all("db", Health::Critical);
    let open: Vec<_> = story.world.incidents().map(|i| i.headline()).collect();
    assert_eq!(open, ["P1 db down"]);
    story.all("db", Health::Ok);
    assert_eq!(story.world.incidents().count(), 1, "web is still down");
    story.all("web", Health::Ok);
    assert_eq!(story.world.incidents().count(), 0);
}

#[test]
fn a_dependents_page_waits_for_a_cause_that_is_suspected() {
    let mut story = Story::new();
    story.see("db/port", Health::Critical, "refused");
    story.all("web", Health::Critical);
    assert!(story.pages().is_empty(), "db may be the cause");
    story.all("db", Health::Critical);
    assert_eq!(story.pages(), ["team P1 db down"]);
    // A suspicion that proves wrong, and one that is never settled, hold nothing back for long.
    let mut story = Story::new();
    story.all("db", Health::Ok);
    story.see("db/port", Health::Critical, "refused");
    story.all("web", Health::Critical);
    assert!(story.pages().is_empty());
    story.see("db/port", Health::Ok, "200");
    assert_eq!(story.pages(), ["team P2 web down"]);
    let mut story = Story::new();
    story.see("db/port", Health::Critical, "refused");
    story.all("web", Health::Critical);
    story.pass(61);
    assert_eq!(story.pages(), ["team P2 web down"]);
}

#[test]
fn an_incident_ended_by_a_person_stays_ended_until_something_new_is_seen() {
    let mut story = Story::new();
    story.all("mail", Health::Critical);
    story.tell(Event::Resolved { incident: IncidentId(1), by: lena(), reason: None }).unwrap();
    story.all("mail", Health::Critical);
    story.pass(1000);
    assert_eq!(story.world.incidents().count(), 0);
    story.all("mail", Health::Ok);
    story.all("mail", Health::Critical);
    assert_eq!(story.world.incidents().count(), 1);
}

#[test]
fn all_down_is_the_worst_severity() {
    let mut story = Story::with(|setup| {
        for plan in setup.services.values_mut() {
            plan.depends_on.clear();
        }
        let units = setup.checks.iter().filter(|(id, _)| id.as_str().ends_with("/unit"));
        setup.checks = units.map(|(id, plan)| (id.clone(), plan.clone())).collect();
    });
    for _ in 0..2 {
        for service in ["web", "mail", "db"] {
            story.see(&format!("{service}/unit"), Health::Critical, "failed");
        }
    }
    for service in ["web", "mail"] {
        story.see(&format!("{service}/unit"), Health::Critical, "failed");
    }
    let of = |story: &Story, service: &str| {
        story.world.incidents().find(|i| i.service.as_str() == service).unwrap().severity.clone()
    };
    assert_eq!(of(&story, "web").as_deref(), Some("P2"));
    story.see("db/unit", Health::Critical, "failed");
    assert_eq!(of(&story, "db").as_deref(), Some("P0"), "db alone would be P1");
}

#[test]
fn the_runbooks_own_fix_is_approved_run_verified_and_ends_the_incident() {
    let mut story = Story::new();
    story.all("mail", Health::Ok);
    story.all("mail", Health::Critical);
    story.end_last(Exit::Code(0));
    story.end_last(Exit::Code(0));
    assert!(story.has(|w| matches!(w, What::RunEnded { outcome: Outcome::Diagnosed, .. })));
    let run = story.request(1).unwrap();
    assert_eq!(story.states(run), "running 1, waiting, waiting, waiting");
    story.end_last(Exit::Code(3));
    assert_eq!(story.states(run), "done, asking, waiting, waiting", "a look that fails is still a look");
    assert!(matches!(
        story.tell(Event::StepApproved { run, step: 1, hash: "other".into(), confirm: None, by: lena() }),
        Err(Refusal::Changed)
    ));
    story.approve(run, 1, None).unwrap();
    assert_eq!(story.states(run), "done, running 1, waiting, waiting");
    assert!(story.approve(run, 1, None).is_err(), "a double click is one approval");
    story.end_last(Exit::Code(0));
    assert_eq!(story.states(run), "done, verifying, waiting, waiting");
    assert!(matches!(story.effects.last(), Some(Effect::Probe { checks }) if checks.len() == 2));
    story.all("mail", Health::Ok);
    assert_eq!(story.states(run), "done, done well, skipped, running 1", "the conditional step is not needed");
    assert_eq!(story.world.incidents().count(), 1, "somebody is still at work");
    story.end_last(Exit::Code(0));
    assert_eq!(story.states(run), "over");
    assert_eq!(story.world.incidents().count(), 0);
    assert!(story.has(|w| matches!(w, What::Resolved { by, .. } if by.as_str() == RUNWARD)));
    assert!(story.effects.iter().any(|e| matches!(e, Effect::WriteReview { incident: IncidentId(1) })));
    assert_eq!(story.pages().last().unwrap(), "team Resolved: P2 mail down");
}

#[test]
fn fixed_means_that_the_checks_passed_after_the_step() {
    let mut story = Story::new();
    story.all("mail", Health::Critical);
    let run = story.request(1).unwrap();
    story.end_last(Exit::Code(0));
    story.approve(run, 1, None).unwrap();
    // An observation that began before the step ended proves nothing.
    let early = story.now;
    story.now += std::time::Duration::from_secs(1);
    story.end_last(Exit::Code(0));
    for check in ["mail/unit", "mail/port"] {
        let observation = Observation::new(Health::Ok, "ok");
        story.tell(Event::Observed { check: CheckId(check.into()), observation, begun_at: early }).unwrap();
    }
    assert_eq!(story.states(run), "done, verifying, waiting, waiting");
    story.all("mail", Health::Critical);
    story.pass(61);
    assert_eq!(story.states(run), "done, done not well, asking, waiting");
}

#[test]
fn destruction_needs_the_typed_name() {
    let mut story = Story::new();
    story.all("mail", Health::Critical);
    let run = story.request(1).unwrap();
    story.end_last(Exit::Code(0));
    story.tell(Event::StepSkipped { run, step: 1, by: lena(), reason: None }).unwrap();
    assert_eq!(story.world.run(run).unwrap().steps[2].plan.impact, Impact::Destructive);
    for wrong in [None, Some("yes"), Some("web")] {
        assert_eq!(story.approve(run, 2, wrong), Err(Refusal::Confirm("mail".into())));
    }
    story.approve(run, 2, Some("mail")).unwrap();
    assert_eq!(story.orders().last().unwrap().env["RUNWARD_P_NAME"], "mail");
}

#[test]
fn a_step_of_unknown_outcome_is_never_repeated_by_itself() {
    let mut story = Story::new();
    story.all("mail", Health::Critical);
    let run = story.request(1).unwrap();
    story.tell(Event::CommandLost { job: JobId { run, step: 0, attempt: 1 } }).unwrap();
    assert_eq!(story.states(run), "running 2, waiting, waiting, waiting", "what only reads is repeated");
    story.end_last(Exit::Code(0));
    story.approve(run, 1, None).unwrap();
    let job = story.last_job();
    story.tell(Event::CommandLost { job }).unwrap();
    assert_eq!(story.states(run), "done, unsure, waiting, waiting");
    let orders = story.orders().len();
    story.pass(100_000);
    assert_eq!(story.orders().len(), orders);
    story.tell(Event::StepSettled { run, step: 1, by: lena(), done: false }).unwrap();
    assert_eq!(story.states(run), "done, failed, waiting, waiting");
    story.approve(run, 1, None).unwrap();
    assert_eq!(story.states(run), "done, running 2, waiting, waiting");
}

#[test]
fn what_was_certainly_not_started_is_started() {
    let mut story = Story::new();
    story.all("mail", Health::Critical);
    let run = story.request(1).unwrap();
    story.end_last(Exit::Code(0));
    story.approve(run, 1, None).unwrap();
    let job = story.last_job();
    story.tell(Event::CommandNotStarted { job }).unwrap();
    assert_eq!(story.last_job(), JobId { attempt: 2, ..job });
    // The old try reporting late changes nothing.
    story.tell(Event::CommandEnded { job, ended: Ended { exit: Exit::Code(0), ..Ended::default() } }).unwrap();
    assert_eq!(story.states(run), "done, running 2, waiting, waiting");
}

#[test]
fn two_people_make_one_run() {
    let mut story = Story::new();
    story.all("mail", Health::Critical);
    let run = story.request(1).unwrap();
    assert_eq!(story.request(1), Err(Refusal::Busy(run)));
}

fn automatic(max_runs: u32) -> Story {
    Story::with(|setup| {
        let plan = setup.services.get_mut(&ServiceId("mail".into())).unwrap();
        plan.automatic = Some(Remediation { procedure: None, max_runs, window: Span::seconds(3600) });
    })
}

#[test]
fn a_service_that_may_be_repaired_is_and_people_are_told_all_the_same() {
    let mut story = automatic(2);
    story.all("mail", Health::Critical);
    assert_eq!(story.pages(), ["team P2 mail down"]);
    story.end_last(Exit::Code(0));
    story.end_last(Exit::Code(0));
    assert!(story.has(|w| matches!(w, What::RunStarted { kind: Kind::Automatic, .. })));
    story.end_last(Exit::Code(0));
    story.end_last(Exit::Code(0));
    story.all("mail", Health::Ok);
    story.end_last(Exit::Code(0));
    assert_eq!(story.world.incidents().count(), 0);
    assert!(!story.orders().iter().any(|o| o.script.contains("rm -rf")), "nothing conditional, nothing destructive");
}

#[test]
fn automatic_repair_tries_no_more_than_allowed_then_stops_and_pages() {
    let mut story = automatic(2);
    story.all("mail", Health::Critical);
    story.end_last(Exit::Code(0));
    story.end_last(Exit::Code(0));
    for _ in 0..2 {
        story.end_last(Exit::Code(0));
        story.end_last(Exit::Code(0));
        story.all("mail", Health::Critical);
        story.pass(61);
        story.end_last(Exit::Code(0));
    }
    let restarts = story.orders().iter().filter(|o| o.script.contains("systemctl restart")).count();
    assert_eq!(restarts, 2);
    assert!(story.has(|w| matches!(w, What::AutomaticStopped { reason } if reason.contains("2 times in 1h"))));
    assert_eq!(story.pages().last().unwrap(), "team P2 mail down: automatic remediation gave up");
}

#[test]
fn nobody_repairs_beside_a_person() {
    let mut story = automatic(2);
    story.all("mail", Health::Critical);
    story.tell(Event::Acknowledged { incident: IncidentId(1), by: lena() }).unwrap();
    story.end_last(Exit::Code(0));
    story.end_last(Exit::Code(0));
    assert!(!story.has(|w| matches!(w, What::RunStarted { kind: Kind::Automatic, .. })));
}

#[test]
fn an_alert_from_outside_is_an_alert_like_any_other() {
    let mut story = Story::new();
    let incoming = |firing| Incoming {
        source: "cron".into(),
        service: "shop-mail".into(),
        symptom: "queue stuck".into(),
        health: Health::Critical,
        summary: "400 waiting".into(),
        firing,
    };
    story.tell(Event::Alerted(incoming(true))).unwrap();
    story.tell(Event::Alerted(incoming(true))).unwrap();
    assert_eq!(story.world.incidents().map(|i| i.title.clone()).collect::<Vec<_>>(), ["mail queue stuck"]);
    story.tell(Event::Alerted(incoming(false))).unwrap();
    assert_eq!(story.world.incidents().count(), 0);
    assert!(story.tell(Event::Alerted(Incoming { service: " ".into(), ..incoming(true) })).is_err());
}

#[test]
fn a_world_that_was_kept_goes_on_as_if_nothing_had_happened() {
    let mut story = Story::new();
    story.all("mail", Health::Critical);
    let run = story.request(1).unwrap();
    story.end_last(Exit::Code(0));
    story.approve(run, 1, None).unwrap();
    let kept = serde_json::to_string(&story.world.save()).unwrap();
    let saved: Saved = serde_json::from_str(&kept).unwrap();
    story.world = World::restore(story.world.setup().clone(), saved);
    story.tell(Event::Started { version: "test".into() }).unwrap();
    story.end_last(Exit::Code(0));
    story.all("mail", Health::Ok);
    story.end_last(Exit::Code(0));
    story.deliver_all();
    assert_eq!(story.world.incidents().count(), 0);
}

#[test]
fn replaying_the_log_gives_the_same_state() {
    let mut story = Story::new();
    let mut log: Vec<(Timestamp, Event)> = Vec::new();
    let mut play = |story: &mut Story, event: Event| {
        log.push((story.now, event.clone()));
        let _ = story.tell(event);
    };
    for n in 0..40 {
        story.now += std::time::Duration::from_secs(7);
        let health = if n % 11 < 6 { Health::Critical } else { Health::Ok };
        for check in ["mail/unit", "mail/port", "db/port", "web/port"] {
            let event = Event::Observed {
                check: CheckId(check.into()),
                observation: Observation::new(health, "x"),
                begun_at: story.now,
            };
            play(&mut story, event);
        }
        if n == 8 {
            play(&mut story, Event::Acknowledged { incident: IncidentId(1), by: lena() });
        }
        let last = story.orders().last().map(|o| o.job);
        if let Some(job) = last {
            let ended = Ended { exit: Exit::Code(0), ..Ended::default() };
            play(&mut story, Event::CommandEnded { job, ended });
        }
    }
    let mut again = World::new(story.world.setup().clone());
    for (at, event) in &log {
        let _ = again.step(event, *at);
    }
    assert_eq!(again.save(), story.world.save());
    assert!(story.facts.len() > 20);
}

#[test]
fn an_incident_ends_by_a_person_even_while_it_fires() {
    let mut story = Story::new();
    story.all("mail", Health::Critical);
    story.tell(Event::Resolved { incident: IncidentId(1), by: lena(), reason: Some("planned".into()) }).unwrap();
    assert!(story.has(
        |w| matches!(w, What::Resolved { reason, .. } if reason.contains("planned") && reason.contains("still firing"))
    ));
    assert_eq!(story.world.incidents().count(), 0);
    assert!(story.turn.changed.incidents.iter().all(|i| matches!(i.stage, Stage::Resolved { .. })));
    let pages = story.effects.iter().filter(|e| matches!(e, Effect::Send(n) if n.purpose == Purpose::Resolved)).count();
    assert_eq!(pages, 1);
}
