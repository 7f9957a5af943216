//! Stories of checks and alerts that become incidents, and of their end.

use super::*;

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

#[test]
fn a_check_that_is_no_longer_there_holds_no_incident_open() {
    let mut story = Story::new();
    for _ in 0..3 {
        story.see("mail/port", Health::Critical, "connection refused");
    }
    assert_eq!(story.world.incidents().count(), 1);
    let mut setup = story.world.setup().clone();
    setup.checks =
        setup.checks.iter().filter(|(id, _)| id.as_str() != "mail/port").map(|(i, p)| (i.clone(), p.clone())).collect();
    story.world.configure(setup);
    story.tell(Event::Configured).unwrap();
    assert_eq!(story.world.incidents().count(), 0);
}
