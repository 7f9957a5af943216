//! What holds for every notifier, and what each says.

use runward_core::id::IncidentId;
use runward_core::notice::Delivery;

use super::*;

fn notice(purpose: Purpose) -> Notice {
    Notice {
        key: "incident-7-1000-level-1-team".to_owned().as_str().into(),
        incident: IncidentId(7),
        channel: "team".into(),
        purpose,
        level: 1,
        target: "Team lead".into(),
        severity: Some("P1".into()),
        service: "mail".into(),
        headline: "P1 mail down".into(),
        body: vec!["First symptom: <!channel> @everyone & more".into()],
        since: "2026-03-01T03:00:00Z".parse().unwrap(),
        link: Some("https://ops.example/incidents/7".into()),
        delivery: Delivery::Sending { attempt: 1 },
    }
}

#[test]
fn every_notifier_is_sorted_and_says_what_matters() {
    let names: Vec<&str> = KINDS.iter().map(|k| k.name).collect();
    assert!(names.is_sorted(), "{names:?}");
    for kind in KINDS {
        assert!(kind.what.ends_with('.'), "{}", kind.name);
        for purpose in [Purpose::Page, Purpose::Stopped, Purpose::GlassBroken, Purpose::Resolved] {
            let request = (kind.request)(kind.example, &notice(purpose));
            let said = request.body.to_string();
            for part in ["P1 mail down", "2026-03-01 03:00:00 UTC", "https://ops.example/incidents/7", "Team lead"] {
                assert!(said.contains(part), "{}: no `{part}` in {said}", kind.name);
            }
        }
    }
}

#[test]
fn every_file_of_this_folder_is_a_registered_kind() {
    let folder = concat!(env!("CARGO_MANIFEST_DIR"), "/src/notifiers");
    let mut files: Vec<String> = std::fs::read_dir(folder)
        .unwrap()
        .filter_map(|e| e.unwrap().file_name().into_string().ok()?.strip_suffix(".rs").map(str::to_owned))
        .filter(|name| name != "mod" && name != "tests")
        .collect();
    files.sort();
    assert_eq!(files, KINDS.iter().map(|k| k.name).collect::<Vec<_>>());
}

#[test]
fn an_address_tells_its_service() {
    for (url, name) in [
        ("https://hooks.slack.com/services/T/B/X", "slack"),
        ("https://discord.com/api/webhooks/1/x", "discord"),
        ("https://discordapp.com/api/webhooks/1/x", "discord"),
        ("http://127.0.0.1:9000/hook", "webhook"),
        ("https://example.org/hooks.slack.com", "webhook"),
    ] {
        assert_eq!(kind_of_address(url).name, name, "{url}");
    }
}

#[test]
fn discord_is_made_to_tell_whether_it_saved_the_message() {
    for (url, expected) in [
        ("https://discord.com/api/webhooks/1/x", "https://discord.com/api/webhooks/1/x?wait=true"),
        (
            "https://discord.com/api/webhooks/1/x?thread_id=5",
            "https://discord.com/api/webhooks/1/x?thread_id=5&wait=true",
        ),
        ("https://discord.com/api/webhooks/1/x?wait=true", "https://discord.com/api/webhooks/1/x?wait=true"),
    ] {
        assert_eq!((kind("discord").unwrap().request)(url, &notice(Purpose::Page)).url, expected);
    }
}

#[test]
fn nothing_an_alert_says_calls_anybody() {
    let slack = (kind("slack").unwrap().request)("https://x", &notice(Purpose::Page)).body.to_string();
    assert!(!slack.contains("<!channel>") && slack.contains("&lt;!channel&gt;"), "{slack}");
    let discord = (kind("discord").unwrap().request)("https://x", &notice(Purpose::Page)).body;
    assert_eq!(discord["allowed_mentions"]["parse"], serde_json::json!([]));
}

#[test]
fn a_long_text_is_cut_to_what_the_service_takes() {
    let long = Notice { body: vec!["x".repeat(10_000)], headline: "y".repeat(5_000), ..notice(Purpose::Page) };
    let slack = (kind("slack").unwrap().request)("https://x", &long).body;
    assert!(slack["text"].as_str().unwrap().chars().count() <= 3000);
    let discord = (kind("discord").unwrap().request)("https://x", &long).body;
    assert!(discord["content"].as_str().unwrap().chars().count() <= 2000);
    assert!(discord["embeds"][0]["title"].as_str().unwrap().chars().count() <= 256);
}
