//! Stories of people who are told, and told again.

use super::*;

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
fn a_page_is_tried_for_as_long_as_nobody_is_on_it() {
    let mut story = Story::new();
    story.all("mail", Health::Critical);
    let gone = || Sent::Failed { error: "connection refused".into(), permanent: false, retry_after_s: None };
    let fail = |story: &mut Story, times: usize| {
        for _ in 0..times {
            let sending = |n: &&Notice| matches!(n.delivery, crate::notice::Delivery::Sending { .. });
            let keys: Vec<NoticeKey> = story.world.notices().filter(sending).map(|n| n.key.clone()).collect();
            for key in keys {
                story.tell(Event::NoticeSent { key, sent: gone() }).unwrap();
            }
            story.pass(80);
        }
    };
    fail(&mut story, 9);
    assert!(story.pages().iter().any(|p| p.starts_with("lead")), "the next is told as well: {:?}", story.pages());
    fail(&mut story, 100);
    let before = story.pages().len();
    fail(&mut story, 1);
    assert!(story.pages().len() > before, "it is still tried");
    story.deliver_all();
    assert!(story.world.incidents().all(|i| i.reached.contains(&0) && i.unreached.is_empty()));
}

#[test]
fn nobody_is_paged_any_more_once_somebody_is_on_it() {
    let mut story = Story::new();
    story.all("mail", Health::Critical);
    for _ in 0..10 {
        let keys: Vec<NoticeKey> = story.world.notices().map(|n| n.key.clone()).collect();
        for key in keys {
            let sent = Sent::Failed { error: "503".into(), permanent: false, retry_after_s: None };
            story.tell(Event::NoticeSent { key, sent }).unwrap();
        }
        story.pass(80);
    }
    story.tell(Event::Acknowledged { incident: IncidentId(1), by: lena() }).unwrap();
    let keys: Vec<NoticeKey> = story.world.notices().map(|n| n.key.clone()).collect();
    for key in keys {
        let sent = Sent::Failed { error: "503".into(), permanent: false, retry_after_s: None };
        story.tell(Event::NoticeSent { key, sent }).unwrap();
    }
    let before = story.pages().len();
    story.pass(10_000);
    assert_eq!(story.pages().len(), before);
}

#[test]
fn a_level_that_leads_nowhere_is_said_and_passed_over() {
    let mut story = Story::with(|setup| setup.channels = [ChannelId("lead".into())].into());
    story.all("mail", Health::Critical);
    assert!(story.has(|w| matches!(w, What::Unrouted)));
    assert_eq!(story.pages(), ["lead P2 mail down"]);
}

#[test]
fn what_gets_worse_is_the_same_incident_and_is_told_again() {
    let mut story = Story::new();
    story.all("mail", Health::Warn);
    assert_eq!(story.pages(), ["team P3 mail degraded"]);
    story.all("mail", Health::Critical);
    assert_eq!(story.pages(), ["team P3 mail degraded", "team P2 mail down"]);
    assert_eq!(story.world.incidents().count(), 1);
    assert!(!story.has(|w| matches!(w, What::Resolved { .. })));
    story.all("mail", Health::Ok);
    assert_eq!(story.world.incidents().count(), 0);
}
