//! Stories of what a runbook says must come out of a step, and of what is believed when it does not.

use super::*;

const CACHE: &str = "\
# Shop

| Service | Unit | Port |
|---|---|---|
| mail | shop-mail | 8003 |

## Cache does not answer

**Symptom:** sessions are lost.

**Fix:**
```bash
# Restart it
systemctl restart cache
```

**Verify:**
```bash
# It answers
redis-cli ping
# Expected: PONG
```
";

fn story() -> (Story, RunId) {
    let mut story = Story::with(|setup| setup.procedures = Runbook::read([("shop.md", CACHE)]).procedures);
    let request = Event::RunRequested {
        procedure: ProcedureId("cache-does-not-answer".into()),
        service: None,
        incident: None,
        params: BTreeMap::new(),
        by: lena(),
    };
    let run = story.tell(request).unwrap().made.run.unwrap();
    story.approve(run, 0, None).unwrap();
    story.end_last(Exit::Code(0));
    (story, run)
}

fn prints(story: &mut Story, output: &str) {
    let job = story.last_job();
    let ended = Ended { exit: Exit::Code(0), output: output.into(), ..Ended::default() };
    story.tell(Event::CommandEnded { job, ended }).unwrap();
}

fn outcome(story: &Story) -> Option<Outcome> {
    story.facts.iter().rev().find_map(|f| match f.what {
        What::RunEnded { outcome, .. } => Some(outcome),
        _ => None,
    })
}

#[test]
fn what_comes_out_as_the_runbook_says_proves_the_fix() {
    let (mut story, run) = story();
    assert_eq!(story.states(run), "done, running 1");
    prints(&mut story, "PONG\n");
    assert_eq!(story.states(run), "over");
    assert_eq!(outcome(&story), Some(Outcome::Verified), "no check watches the cache, its answer does");
}

#[test]
fn what_comes_out_otherwise_is_a_failure_that_a_person_looks_at() {
    let (mut story, run) = story();
    prints(&mut story, "NOAUTH Authentication required.\n");
    assert_eq!(story.states(run), "done, failed");
    assert!(story.has(|w| matches!(w, What::StepEnded { how, well: false, .. } if how.contains("`pong`"))));
    story.approve(run, 1, None).unwrap();
    prints(&mut story, "PONG\n");
    assert_eq!(outcome(&story), Some(Outcome::Verified), "it is looked at again");
}

#[test]
fn what_says_nothing_checkable_proves_nothing() {
    let (mut story, run) = story();
    story.tell(Event::StepSkipped { run, step: 1, by: lena(), reason: None }).unwrap_err();
    story.end_last(Exit::Code(1));
    assert_eq!(story.states(run), "done, failed", "a look that prints nothing shows no PONG");
    story.tell(Event::StepSkipped { run, step: 1, by: lena(), reason: Some("no redis here".into()) }).unwrap();
    assert_eq!(outcome(&story), Some(Outcome::Unverified));
}
