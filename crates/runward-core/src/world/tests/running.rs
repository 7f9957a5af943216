//! Stories of procedures: approved, carried out, verified; and of repairs without a person.

use super::*;

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
        story.tell(Event::StepApproved {
            run,
            step: 1,
            hash: "other".into(),
            confirm: None,
            break_glass: None,
            by: lena(),
            role: Role::Admin
        }),
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
fn a_run_that_is_ended_is_over_when_its_command_is() {
    let mut story = Story::new();
    story.all("mail", Health::Critical);
    story.end_last(Exit::Code(0));
    story.end_last(Exit::Code(0));
    let run = story.request(1).unwrap();
    story.end_last(Exit::Code(0));
    story.approve(run, 1, None).unwrap();
    story.tell(Event::RunAborted { run, by: lena() }).unwrap();
    assert!(matches!(story.effects.last(), Some(Effect::Kill { .. })));
    assert!(matches!(story.request(1), Err(Refusal::Busy(_))), "the command is still there");
    story.end_last(Exit::Killed);
    assert!(story.has(|w| matches!(w, What::RunEnded { outcome: Outcome::Aborted, .. })));
    story.request(1).unwrap();
}

#[test]
fn a_secret_is_not_taken_as_a_value() {
    let text = "# Shop\n\n## Rotate it\n\n**Fix:**\n```bash\nDB_PASSWORD=<password> ./rotate\n```\n";
    let mut story = Story::with(|setup| setup.procedures = Runbook::read([("shop.md", text)]).procedures);
    let asked = |params| Event::RunRequested {
        procedure: ProcedureId("rotate-it".into()),
        service: None,
        incident: None,
        params,
        by: lena(),
    };
    let given = BTreeMap::from([("password".to_owned(), "open sesame".to_owned())]);
    let refused = story.tell(asked(given)).unwrap_err().to_string();
    assert!(refused.contains("`password` is a secret") && !refused.contains("sesame"), "{refused}");
    story.tell(asked(BTreeMap::new())).unwrap();
    assert!(story.world.runs().all(|run| run.steps.iter().all(|s| !s.plan.is_command())), "it is done by hand");
}
