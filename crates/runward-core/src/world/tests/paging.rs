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
