//! Stories of approvals: what they are for, who may give them, how long they count, and what a changed runbook does to them.

use super::*;
use crate::id::Role;
use crate::run::approval::Policy;

const RUNBOOK: &str = "\
# Shop

| Service | Unit | Port |
|---|---|---|
| mail | shop-mail | 8003 |

## The queue is stuck

**Symptom:** mail down

**Fix:**
```bash
# Restart it
systemctl restart shop-mail

# Throw the queue away
rm -rf /srv/mail/queue
```
";

fn begin(two_people: bool) -> (Story, RunId) {
    let mut story = Story::with(|setup| {
        setup.procedures = Runbook::read([("shop.md", RUNBOOK)]).procedures;
        setup.approval = Policy { two_people, ..Policy::default() };
    });
    story.all("mail", Health::Critical);
    let request = Event::RunRequested {
        procedure: ProcedureId("the-queue-is-stuck".into()),
        service: None,
        incident: Some(IncidentId(1)),
        params: BTreeMap::new(),
        by: lena(),
    };
    let run = story.tell(request).unwrap().made.run.unwrap();
    (story, run)
}

fn approve(
    story: &mut Story,
    run: RunId,
    step: usize,
    by: &str,
    role: Role,
    glass: Option<&str>,
) -> Result<(), Refusal> {
    let hash = story.world.run(run).unwrap().steps[step].plan.hash.clone();
    let approval = Event::StepApproved {
        run,
        step,
        hash,
        confirm: Some("mail".into()),
        break_glass: glass.map(str::to_owned),
        by: by.into(),
        role,
    };
    story.tell(approval).map(|_| ())
}

/// With the first step done, the one that destroys asks.
fn at_the_queue() -> (Story, RunId) {
    let (mut story, run) = begin(true);
    approve(&mut story, run, 0, "lena", Role::Responder, None).unwrap();
    story.end_last(Exit::Code(0));
    story.pass(61);
    assert_eq!(story.states(run), "done not well, asking");
    (story, run)
}

#[test]
fn what_destroys_takes_a_second_person_with_the_right() {
    let (mut story, run) = at_the_queue();
    assert_eq!(approve(&mut story, run, 1, "lena", Role::Admin, None), Err(Refusal::SecondPerson));
    assert_eq!(approve(&mut story, run, 1, "mara", Role::Responder, None), Err(Refusal::Role(Role::Approver)));
    assert_eq!(approve(&mut story, run, 1, "mara", Role::Viewer, None), Err(Refusal::Role(Role::Responder)));
    approve(&mut story, run, 1, "mara", Role::Approver, None).unwrap();
    let grant = story.world.run(run).unwrap().steps[1].grant.clone().unwrap();
    assert_eq!((grant.requester, grant.approver), (lena(), "mara".into()));
    assert_eq!(grant.job, story.last_job(), "it is for this one try");
}

#[test]
fn a_program_is_neither_the_first_person_nor_the_second() {
    let (mut story, run) = at_the_queue();
    assert_eq!(approve(&mut story, run, 1, "token:ci", Role::Admin, None), Err(Refusal::Nobody));
    assert_eq!(
        approve(&mut story, run, 1, "Lena", Role::Admin, None),
        Err(Refusal::SecondPerson),
        "however it is written"
    );
    let edit = Event::StepEdited { run, step: 1, text: "rm -rf /srv/mail".into(), by: "token:ci".into() };
    story.tell(edit).unwrap();
    assert_eq!(approve(&mut story, run, 1, "mara", Role::Admin, None), Err(Refusal::Nobody), "who wrote it?");

    let mut begun = Story::with(|setup| {
        setup.procedures = Runbook::read([("shop.md", RUNBOOK)]).procedures;
        setup.approval = Policy { two_people: true, ..Policy::default() };
    });
    begun.all("mail", Health::Critical);
    let request = Event::RunRequested {
        procedure: ProcedureId("the-queue-is-stuck".into()),
        service: None,
        incident: Some(IncidentId(1)),
        params: BTreeMap::new(),
        by: "token:admin".into(),
    };
    let run = begun.tell(request).unwrap().made.run.unwrap();
    begun.tell(Event::StepSkipped { run, step: 0, by: lena(), reason: None }).unwrap();
    assert_eq!(approve(&mut begun, run, 1, "mara", Role::Admin, None), Err(Refusal::Nobody), "mara may have begun it");
}

#[test]
fn breaking_the_glass_tells_everybody_and_says_why() {
    let (mut story, run) = at_the_queue();
    assert_eq!(approve(&mut story, run, 1, "lena", Role::Responder, Some("  ")), Err(Refusal::SecondPerson));
    let pages = story.pages().len();
    approve(&mut story, run, 1, "lena", Role::Responder, Some("mara is on a plane")).unwrap();
    assert!(story.has(|w| matches!(w, What::GlassBroken { reason, .. } if reason == "mara is on a plane")));
    let told: Vec<String> = story.pages().split_off(pages);
    assert_eq!(told.len(), 2, "every channel, not only those told before: {told:?}");
    assert!(told[0].contains("approved by one person"));
}

#[test]
fn an_approval_that_could_not_be_used_ends() {
    let (mut story, run) = begin(false);
    approve(&mut story, run, 0, "lena", Role::Responder, None).unwrap();
    let job = story.last_job();
    story.tell(Event::CommandNotStarted { job }).unwrap();
    assert_eq!(story.states(run), "running 2, waiting", "it still counts");
    story.now += std::time::Duration::from_secs(31 * 60);
    let job = story.last_job();
    story.tell(Event::CommandNotStarted { job }).unwrap();
    assert_eq!(story.states(run), "asking, waiting", "half an hour later nobody means it any more");
    assert!(story.has(|w| matches!(w, What::GrantEnded { step: 0, .. })));
}

#[test]
fn a_step_that_the_runbook_changed_meanwhile_is_looked_at_again() {
    let (mut story, run) = begin(false);
    let read = story.world.run(run).unwrap().steps[1].plan.hash.clone();
    let mut setup = story.world.setup().clone();
    setup.procedures =
        Runbook::read([("shop.md", RUNBOOK.replace("/srv/mail/queue", "/srv/mail/spool").as_str())]).procedures;
    story.world.configure(setup);
    story.tell(Event::Configured).unwrap();
    assert!(story.has(|w| matches!(w, What::StepsChanged { steps, .. } if *steps == [1])));
    approve(&mut story, run, 0, "lena", Role::Responder, None).unwrap();
    story.end_last(Exit::Code(0));
    story.pass(61);
    let step = story.world.run(run).unwrap().steps[1].clone();
    let Some(crate::run::Changed::Says(now)) = step.changed else { panic!("the new text is shown beside the old one") };
    assert_eq!((step.plan.shown(), now.shown()), ("rm -rf /srv/mail/queue", "rm -rf /srv/mail/spool"));
    assert_ne!(now.hash, read);
    let approval = |hash: String| Event::StepApproved {
        run,
        step: 1,
        hash,
        confirm: Some("mail".into()),
        break_glass: None,
        by: lena(),
        role: Role::Responder,
    };
    assert_eq!(story.tell(approval("made-up".into())).err(), Some(Refusal::Changed));
    story.tell(approval(now.hash.clone())).unwrap();
    assert!(story.orders().last().unwrap().script.contains("/srv/mail/spool"), "what was read is what runs");
}

#[test]
fn a_runbook_that_says_the_same_elsewhere_changes_nothing() {
    let (mut story, run) = begin(false);
    let mut setup = story.world.setup().clone();
    setup.procedures = Runbook::read([("shop.md", format!("Hello.\n\n{RUNBOOK}").as_str())]).procedures;
    story.world.configure(setup);
    story.tell(Event::Configured).unwrap();
    assert!(story.world.run(run).unwrap().steps.iter().all(|s| s.changed.is_none()));
}

fn reload(story: &mut Story, from: &str, to: &str) {
    let mut setup = story.world.setup().clone();
    setup.procedures = Runbook::read([("shop.md", RUNBOOK.replace(from, to).as_str())]).procedures;
    story.world.configure(setup);
    story.tell(Event::Configured).unwrap();
}

#[test]
fn the_old_text_is_not_approved_by_somebody_who_did_not_see_the_new_one() {
    let (mut story, run) = begin(false);
    reload(&mut story, "systemctl restart shop-mail", "systemctl restart shop-mail shop-queue");
    let stale = approve(&mut story, run, 0, "lena", Role::Responder, None);
    assert_eq!(stale, Err(Refusal::Changed), "this page was opened before the runbook changed");
    let step = story.world.run(run).unwrap().steps[0].clone();
    assert_ne!(step.hash(), step.plan.hash);
    let hash = step.hash();
    let approval =
        Event::StepApproved { run, step: 0, hash, confirm: None, break_glass: None, by: lena(), role: Role::Responder };
    story.tell(approval).unwrap();
    assert!(story.orders().last().unwrap().script.ends_with("systemctl restart shop-mail\n"));
}

#[test]
fn a_refused_approval_changes_nothing() {
    let (mut story, run) = at_the_queue();
    reload(&mut story, "/srv/mail/queue", "/srv/mail/spool");
    let before = story.world.run(run).unwrap().clone();
    let Some(crate::run::Changed::Says(now)) = before.steps[1].changed.clone() else { panic!() };
    let approval = Event::StepApproved {
        run,
        step: 1,
        hash: now.hash,
        confirm: Some("mail".into()),
        break_glass: None,
        by: lena(),
        role: Role::Admin,
    };
    assert_eq!(story.tell(approval).err(), Some(Refusal::SecondPerson));
    assert_eq!(*story.world.run(run).unwrap(), before);
}

#[test]
fn who_wrote_the_command_is_no_second_person_to_it() {
    let (mut story, run) = at_the_queue();
    let edit = Event::StepEdited { run, step: 1, text: "rm -rf /srv/mail".into(), by: "mara".into() };
    story.tell(edit).unwrap();
    assert_eq!(approve(&mut story, run, 1, "mara", Role::Admin, None), Err(Refusal::SecondPerson));
    reload(&mut story, "# Shop", "# The shop");
    assert!(
        story.world.run(run).unwrap().steps[1].changed.is_none(),
        "what a person wrote, the runbook did not change"
    );
    approve(&mut story, run, 1, "ole", Role::Approver, None).unwrap();
}

#[test]
fn of_two_approvals_at_once_one_counts() {
    let (mut story, run) = at_the_queue();
    approve(&mut story, run, 1, "mara", Role::Approver, None).unwrap();
    assert!(matches!(approve(&mut story, run, 1, "ole", Role::Approver, None), Err(Refusal::NotNow(_))));
    let destroying = story.orders().iter().filter(|o| o.script.contains("rm -rf")).count();
    assert_eq!(destroying, 1);
    assert_eq!(story.world.run(run).unwrap().steps[1].grant.clone().unwrap().approver, "mara".into());
}

#[test]
fn an_approval_counts_for_one_try() {
    let (mut story, run) = at_the_queue();
    approve(&mut story, run, 1, "mara", Role::Approver, None).unwrap();
    story.end_last(Exit::Code(1));
    assert_eq!(
        approve(&mut story, run, 1, "lena", Role::Admin, None),
        Err(Refusal::SecondPerson),
        "again is a new try"
    );
}

#[test]
fn the_glass_is_broken_where_somebody_hears_it_and_each_time_is_told() {
    let (mut story, run) = at_the_queue();
    let told = |story: &Story| story.pages().iter().filter(|p| p.contains("approved by one person")).count();
    approve(&mut story, run, 1, "lena", Role::Responder, Some("nobody is there")).unwrap();
    story.end_last(Exit::Code(1));
    approve(&mut story, run, 1, "lena", Role::Responder, Some("still nobody")).unwrap();
    assert_eq!(told(&story), 4, "two channels, twice");
    let last =
        story.effects.iter().rev().find_map(|e| if let Effect::Send(n) = e { Some(n.body.join(" ")) } else { None });
    assert!(last.unwrap().contains("still nobody"));

    let mut alone = Story::with(|setup| {
        setup.procedures = Runbook::read([("shop.md", RUNBOOK)]).procedures;
        setup.approval = Policy { two_people: true, ..Policy::default() };
    });
    let request = Event::RunRequested {
        procedure: ProcedureId("the-queue-is-stuck".into()),
        service: None,
        incident: None,
        params: BTreeMap::new(),
        by: lena(),
    };
    let run = alone.tell(request).unwrap().made.run.unwrap();
    alone.tell(Event::StepSkipped { run, step: 0, by: lena(), reason: None }).unwrap();
    let target = alone.world.run(run).unwrap().target().to_owned();
    let approval = Event::StepApproved {
        run,
        step: 1,
        hash: alone.world.run(run).unwrap().steps[1].hash(),
        confirm: Some(target),
        break_glass: Some("nobody is there".into()),
        by: lena(),
        role: Role::Admin,
    };
    assert!(matches!(alone.tell(approval), Err(Refusal::Invalid(_))), "without an incident nobody would hear of it");
}

#[test]
fn a_command_of_ones_own_takes_a_second_person_though_it_looks_harmless() {
    let (mut story, run) = begin(true);
    let edit = Event::StepEdited { run, step: 0, text: "sh /tmp/mend.sh".into(), by: lena() };
    story.tell(edit).unwrap();
    assert_eq!(approve(&mut story, run, 0, "lena", Role::Admin, None), Err(Refusal::SecondPerson));
    approve(&mut story, run, 0, "mara", Role::Approver, None).unwrap();
}
