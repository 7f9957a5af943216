//! Stories of going back: what was stopped runs again whatever happens, and what was done can be taken back.

use std::collections::BTreeSet;

use super::*;

const RUNBOOK: &str = "\
# Shop

| Service | Unit | Port |
|---|---|---|
| mail | shop-mail | 8003 |

## Restore the mail store

**Symptom:** mails are missing.

**Fix:**
```bash
# Stop it
systemctl stop shop-mail

# Put the copy in its place
tar xzf /srv/copies/mail.tgz -C /srv/mail

# Start it
systemctl start shop-mail
```

## Maintenance

**Fix:**
```bash
# Show the page
touch /srv/shop/maintenance

# Let nobody in
ufw insert 1 deny from 192.0.2.7

# Throw the queue away
rm -rf /srv/shop/queue
```

## Clear the other till

**Fix:**
```bash
ssh till
rm -rf /srv/till/cache
```

## Write the page

**Fix:**
```bash
cd /srv/shop
touch page
```

```bash
touch again
```
";

fn begin(procedure: &str) -> (Story, RunId) {
    let mut story = Story::with(|setup| setup.procedures = Runbook::read([("shop.md", RUNBOOK)]).procedures);
    let request = Event::RunRequested {
        procedure: ProcedureId(procedure.into()),
        service: None,
        incident: None,
        params: BTreeMap::new(),
        by: lena(),
    };
    let run = story.tell(request).unwrap().made.run.unwrap();
    (story, run)
}

fn approve_all(story: &mut Story, run: RunId, steps: std::ops::Range<usize>) {
    for step in steps {
        let target = story.world.run(run).unwrap().target().to_owned();
        story.approve(run, step, Some(&target)).unwrap();
        story.end_last(Exit::Code(0));
    }
}

/// The latest state of a run, over or not.
fn latest(story: &Story, run: RunId) -> crate::run::Run {
    story.world.run(run).or(story.turn.changed.runs.iter().find(|r| r.id == run)).cloned().unwrap()
}

#[test]
fn a_run_that_is_given_up_starts_again_what_it_stopped() {
    let (mut story, run) = begin("restore-the-mail-store");
    approve_all(&mut story, run, 0..1);
    story.approve(run, 1, None).unwrap();
    story.end_last(Exit::Code(2));
    assert_eq!(story.states(run), "done, failed, asking".replace("asking", "waiting"));
    story.tell(Event::RunAborted { run, by: lena() }).unwrap();
    assert_eq!(story.states(run), "done, failed, running 1", "the start is not asked about: it must be");
    assert_eq!(story.orders().last().unwrap().script.trim(), "set -euo pipefail\nsystemctl start shop-mail");
    assert!(matches!(story.tell(Event::RunAborted { run, by: lena() }), Err(Refusal::NotNow(_))));
    story.end_last(Exit::Code(0));
    assert_eq!(story.states(run), "over");
    assert!(story.has(|w| matches!(w, What::RunEnded { outcome: Outcome::Aborted, .. })));
    assert!(story.has(|w| matches!(w, What::Closing { step: 2, .. })));
}

#[test]
fn a_run_that_stopped_nothing_is_given_up_at_once() {
    let (mut story, run) = begin("restore-the-mail-store");
    story.tell(Event::RunAborted { run, by: lena() }).unwrap();
    assert_eq!(story.states(run), "over");
    assert_eq!(story.orders().len(), 0);
}

#[test]
fn a_start_that_fails_waits_for_a_person() {
    let (mut story, run) = begin("restore-the-mail-store");
    approve_all(&mut story, run, 0..1);
    story.tell(Event::RunAborted { run, by: lena() }).unwrap();
    story.end_last(Exit::Code(1));
    assert_eq!(story.states(run), "done, waiting, failed".replace("waiting", "asking"));
    story.approve(run, 2, None).unwrap();
    story.end_last(Exit::Code(0));
    assert_eq!(story.states(run), "over");
}

#[test]
fn what_was_done_is_taken_back_in_reverse_and_what_cannot_be_is_said() {
    let (mut story, run) = begin("maintenance");
    approve_all(&mut story, run, 0..3);
    assert_eq!(story.orders()[0].keep, ["/srv/shop/maintenance"], "the file is kept before the step");
    let of = Box::new(latest(&story, run));
    assert!(!of.is_active());
    let undo = story.tell(Event::UndoRequested { of, taken: BTreeSet::new(), by: lena() }).unwrap().made.run.unwrap();
    let steps = &story.world.run(undo).unwrap().steps;
    let shown: Vec<&str> = steps.iter().map(|s| s.plan.shown()).collect();
    assert_eq!(shown, ["rm -rf /srv/shop/queue", "ufw delete deny from 192.0.2.7", "put back /srv/shop/maintenance"]);
    assert!(!steps[0].plan.is_command(), "a person decides what becomes of what is gone");
    story.tell(Event::StepSkipped { run: undo, step: 0, by: lena(), reason: None }).unwrap();
    approve_all(&mut story, undo, 1..3);
    let order = story.orders().pop().unwrap();
    assert_eq!(order.kept, Some(JobId { run, step: 0, attempt: 1 }));
    assert_eq!(order.env["RUNWARD_FILE_0"], "/srv/shop/maintenance");
    assert_eq!(story.states(undo), "over");
}

#[test]
fn what_was_stopped_and_started_again_needs_no_undoing() {
    let (mut story, run) = begin("restore-the-mail-store");
    approve_all(&mut story, run, 0..3);
    let of = latest(&story, run);
    let shown: Vec<String> = crate::run::undoing(&of).iter().map(|(s, _)| s.shown().to_owned()).collect();
    assert_eq!(shown, ["tar xzf /srv/copies/mail.tgz -C /srv/mail"]);
}

#[test]
fn a_command_is_changed_before_it_runs_and_judged_anew() {
    let (mut story, run) = begin("maintenance");
    let edit = |text: &str| Event::StepEdited { run, step: 0, text: text.into(), by: lena() };
    for wrong in ["", "echo 'open", "vim /srv/shop/x", "touch /srv/<name>"] {
        assert!(matches!(story.tell(edit(wrong)), Err(Refusal::Invalid(_))), "{wrong}");
    }
    let seen = story.world.run(run).unwrap().steps[0].plan.hash.clone();
    story.tell(edit("rm -rf /srv/shop/pages")).unwrap();
    let step = story.world.run(run).unwrap().steps[0].plan.clone();
    assert_eq!((step.impact, step.shown()), (Impact::Destructive, "rm -rf /srv/shop/pages"));
    assert_eq!(step.original.as_deref(), Some("touch /srv/shop/maintenance"));
    let old = Event::StepApproved {
        run,
        step: 0,
        hash: seen,
        confirm: Some("maintenance".into()),
        break_glass: None,
        by: lena(),
        role: Role::Admin,
    };
    assert_eq!(story.tell(old).err(), Some(Refusal::Changed), "an approval is for the text that was read");
    assert_eq!(story.approve(run, 0, None), Err(Refusal::Confirm("maintenance".into())));
    story.approve(run, 0, Some("maintenance")).unwrap();
    assert!(story.has(|w| matches!(w, What::StepEdited { step: 0, .. })));
}

#[test]
fn going_back_asks_again_and_never_reuses_a_try() {
    let (mut story, run) = begin("maintenance");
    approve_all(&mut story, run, 0..2);
    assert_eq!(story.states(run), "done, done, asking");
    story.tell(Event::StepReopened { run, step: 0, by: lena() }).unwrap();
    assert_eq!(story.states(run), "asking, waiting, waiting");
    story.approve(run, 0, None).unwrap();
    assert_eq!(story.last_job(), JobId { run, step: 0, attempt: 2 });
    assert!(matches!(story.tell(Event::StepReopened { run, step: 0, by: lena() }), Err(Refusal::NotNow(_))));
}

#[test]
fn a_changed_command_runs_where_the_old_one_would_have() {
    let (mut story, run) = begin("write-the-page");
    story.approve(run, 0, None).unwrap();
    story.end_last(Exit::Code(0));
    story.tell(Event::StepEdited { run, step: 1, text: "touch twice".into(), by: lena() }).unwrap();
    story.approve(run, 1, None).unwrap();
    assert_eq!(story.orders().last().unwrap().script, "set -euo pipefail\ncd /srv/shop || exit\ntouch twice\n");
}

fn undo(story: &mut Story, of: &crate::run::Run, taken: BTreeSet<crate::id::StepId>) -> Result<RunId, Refusal> {
    let of = Box::new(of.clone());
    story.tell(Event::UndoRequested { of, taken, by: lena() }).map(|turn| turn.made.run.unwrap())
}

#[test]
fn what_is_being_taken_back_or_was_is_not_taken_back_again() {
    let (mut story, run) = begin("maintenance");
    approve_all(&mut story, run, 0..3);
    let of = latest(&story, run);
    let first = undo(&mut story, &of, BTreeSet::new()).unwrap();
    assert_eq!(undo(&mut story, &of, BTreeSet::new()), Err(Refusal::Busy(first)), "a second click makes no second run");
    story.tell(Event::StepSkipped { run: first, step: 0, by: lena(), reason: None }).unwrap();
    approve_all(&mut story, first, 1..2);
    story.tell(Event::RunAborted { run: first, by: lena() }).unwrap();
    let begun = latest(&story, first);
    let taken = crate::run::taken_back([&begun], run);
    let second = undo(&mut story, &of, taken).unwrap();
    let shown: Vec<&str> = story.world.run(second).unwrap().steps.iter().map(|s| s.plan.shown()).collect();
    assert_eq!(shown, ["rm -rf /srv/shop/queue", "put back /srv/shop/maintenance"], "the rule is gone already");
}

#[test]
fn what_was_stopped_is_started_though_somebody_went_back_to_the_stop() {
    let (mut story, run) = begin("restore-the-mail-store");
    approve_all(&mut story, run, 0..2);
    story.tell(Event::StepReopened { run, step: 0, by: lena() }).unwrap();
    assert_eq!(story.states(run), "asking, waiting, waiting");
    story.tell(Event::RunAborted { run, by: lena() }).unwrap();
    assert!(story.orders().last().unwrap().script.contains("systemctl start shop-mail"));
}

#[test]
fn what_was_stopped_is_started_though_the_stop_failed_and_was_passed_over() {
    let (mut story, run) = begin("restore-the-mail-store");
    story.approve(run, 0, None).unwrap();
    story.end_last(Exit::TimedOut);
    story.tell(Event::StepSkipped { run, step: 0, by: lena(), reason: None }).unwrap();
    story.tell(Event::RunAborted { run, by: lena() }).unwrap();
    assert!(story.orders().last().unwrap().script.contains("systemctl start shop-mail"));
}

#[test]
fn a_start_that_was_changed_is_not_run_without_being_read() {
    let (mut story, run) = begin("restore-the-mail-store");
    approve_all(&mut story, run, 0..2);
    let text = "systemctl start shop-mail\nrm -rf /srv/mail".to_owned();
    story.tell(Event::StepEdited { run, step: 2, text, by: lena() }).unwrap();
    let orders = story.orders().len();
    story.tell(Event::RunAborted { run, by: lena() }).unwrap();
    assert_eq!((story.states(run).as_str(), story.orders().len()), ("done, done, asking", orders));
    assert_eq!(story.approve(run, 2, None), Err(Refusal::Confirm("restore-the-mail-store".into())));
}

#[test]
fn a_run_that_is_being_ended_carries_out_nothing_else() {
    let (mut story, run) = begin("restore-the-mail-store");
    approve_all(&mut story, run, 0..1);
    story.approve(run, 1, None).unwrap();
    story.end_last(Exit::Code(2));
    story.tell(Event::RunAborted { run, by: lena() }).unwrap();
    assert_eq!(story.states(run), "done, failed, running 1");
    assert!(matches!(story.approve(run, 1, None), Err(Refusal::NotNow(_))), "two commands of one run at once");
    story.end_last(Exit::Code(1));
    assert!(matches!(story.approve(run, 1, None), Err(Refusal::NotNow(_))), "only the start is left");
    story.approve(run, 2, None).unwrap();
}

#[test]
fn a_file_is_put_back_as_it_was_before_the_first_try() {
    let (mut story, run) = begin("maintenance");
    story.approve(run, 0, None).unwrap();
    story.end_last(Exit::Code(1));
    approve_all(&mut story, run, 0..1);
    story.tell(Event::StepEdited { run, step: 1, text: "touch /srv/shop/other".into(), by: lena() }).unwrap();
    story.approve(run, 1, None).unwrap();
    story.end_last(Exit::Code(1));
    story.tell(Event::StepEdited { run, step: 1, text: "mv /srv/a /srv/b".into(), by: lena() }).unwrap();
    approve_all(&mut story, run, 1..2);
    story.tell(Event::RunAborted { run, by: lena() }).unwrap();
    let back = crate::run::undoing(&latest(&story, run));
    let back: Vec<(&str, Option<JobId>)> = back.iter().map(|(s, kept)| (s.shown(), *kept)).collect();
    let first = |step| Some(JobId { run, step, attempt: 1 });
    assert_eq!(
        back,
        [
            ("mv /srv/b /srv/a", None),
            ("put back /srv/shop/other", first(1)),
            ("put back /srv/shop/maintenance", first(0)),
        ],
        "also what a step did before its text was changed"
    );
}

#[test]
fn a_path_that_depends_on_the_directory_is_not_put_back_elsewhere() {
    let (mut story, run) = begin("write-the-page");
    assert_eq!(story.world.run(run).unwrap().steps[0].plan.undo, crate::run::Undo::Unknown);
    let edit = |step, text: &str| Event::StepEdited { run, step, text: text.into(), by: lena() };
    story.tell(edit(0, "cd /srv && touch page")).unwrap();
    assert_eq!(story.world.run(run).unwrap().steps[0].plan.undo, crate::run::Undo::Unknown);
    story.tell(edit(0, "mkdir x")).unwrap();
    approve_all(&mut story, run, 0..1);
    story.tell(edit(1, "mkdir pages")).unwrap();
    let crate::run::Undo::Run { script, .. } = story.world.run(run).unwrap().steps[1].plan.undo.clone() else {
        panic!()
    };
    assert_eq!(script, "cd /srv/shop || exit\nrmdir pages\n");
}

#[test]
fn a_command_that_holds_a_secret_is_not_taken() {
    let (mut story, run) = begin("maintenance");
    let edit = |text: &str| Event::StepEdited { run, step: 0, text: text.into(), by: lena() };
    for wrong in ["# nothing", "curl -H 'Authorization: Bearer abcdefghijklmnop' http://a/"] {
        assert!(matches!(story.tell(edit(wrong)), Err(Refusal::Invalid(_))), "{wrong}");
    }
    assert!(!story.has(|w| matches!(w, What::StepEdited { .. })));
    story.tell(edit("curl -XPOST -H \"Authorization: Bearer $SHOP_TOKEN\" http://a/")).unwrap();
}

#[test]
fn a_step_that_belongs_on_another_machine_is_changed_for_that_one() {
    let (mut story, run) = begin("clear-the-other-till");
    assert_eq!(story.states(run), "asking");
    let edit = Event::StepEdited { run, step: 0, text: "rm -rf /srv/till/tmp".into(), by: lena() };
    let before = latest(&story, run).steps[0].plan.clone();
    story.tell(edit).unwrap();
    let after = latest(&story, run).steps[0].plan.clone();
    assert!(after.host.is_some() && after.host == before.host && after.hash != before.hash, "{after:?}");
}

#[test]
fn what_was_stopped_is_started_though_the_service_is_well_without_it() {
    let mut story = Story::with(|setup| setup.procedures = Runbook::read([("shop.md", RUNBOOK)]).procedures);
    story.all("mail", Health::Critical);
    let request = Event::RunRequested {
        procedure: ProcedureId("restore-the-mail-store".into()),
        service: None,
        incident: Some(IncidentId(1)),
        params: BTreeMap::new(),
        by: lena(),
    };
    let run = story.tell(request).unwrap().made.run.unwrap();
    story.pass(1);
    approve_all(&mut story, run, 0..1);
    story.all("mail", Health::Ok);
    assert_eq!(story.states(run), "done well, skipped, asking", "all but the start is not needed any more");
}

#[test]
fn what_takes_back_is_judged_by_what_it_does() {
    let (mut story, run) = begin("maintenance");
    story.tell(Event::StepEdited { run, step: 0, text: "ufw enable".into(), by: lena() }).unwrap();
    approve_all(&mut story, run, 0..1);
    story.tell(Event::RunAborted { run, by: lena() }).unwrap();
    let (step, _) = crate::run::undoing(&latest(&story, run)).remove(0);
    let impact = crate::command::Command::read("ufw --force disable", 1).impact;
    assert_eq!((step.shown(), step.impact), ("ufw --force disable", impact));
    assert_eq!(impact, Impact::Destructive);
}
