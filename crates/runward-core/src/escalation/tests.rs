//! Escalation as stories: what happens, and who is paged.

use super::*;

fn at(clock: &str) -> Timestamp {
    format!("2026-03-01T{clock}:00Z").parse().unwrap()
}

/// `primary 0m, cto 60m`, then `00:15 tick / 00:31 ack lena`, then `00:00 page primary`.
fn check(policy: &str, story: &str, expected: &str) {
    let policy: Policy = policy
        .split(", ")
        .map(|rule| {
            let (target, after) = rule.split_once(' ').unwrap();
            Rule { after: Span::parse(after).unwrap(), target: target.into(), channels: vec![], severities: vec![] }
        })
        .collect();
    let began = at("00:00");
    let mut state = Escalation::BEGUN;
    let mut told = Vec::new();
    for line in std::iter::once("00:00 tick").chain(story.split(" / ").filter(|l| !l.is_empty())) {
        let words: Vec<&str> = line.split(' ').collect();
        let push = match words[1] {
            "ack" => Push::Acknowledged(Actor(words[2].into())),
            "unreachable" => Push::Unreachable(words[2].parse().unwrap()),
            "end" => Push::Ended,
            _ => Push::Tick,
        };
        let (next, levels) = state.step(&policy, &push, began, at(words[0]));
        told.extend(levels.iter().map(|l| format!("{} {}", words[0], policy[*l].target)));
        state = next;
    }
    assert_eq!(told.join(", "), expected, "{story}");
}

#[test]
fn silence_moves_up_the_chain() {
    check(
        "primary 0m, secondary 15m, cto 60m",
        "00:14 tick / 00:15 tick / 00:30 tick / 01:00 tick / 02:00 tick",
        "00:00 primary, 00:15 secondary, 01:00 cto",
    );
}

#[test]
fn acknowledged_escalation_ignores_time() {
    check("primary 0m, cto 60m", "00:05 ack sam / 09:00 tick", "00:00 primary");
}

#[test]
fn a_late_tick_pages_everybody_who_is_due_once() {
    check("primary 0m, secondary 15m, cto 60m", "05:00 tick / 05:01 tick", "00:00 primary, 05:00 secondary, 05:00 cto");
}

#[test]
fn a_level_that_cannot_be_reached_moves_on_at_once() {
    check(
        "primary 0m, secondary 15m, cto 60m", "00:02 unreachable 0 / 00:15 tick / 00:16 unreachable 1",
        "00:00 primary, 00:02 secondary, 00:16 cto",
    );
}

#[test]
fn an_old_failure_moves_nobody() {
    check("primary 0m, secondary 15m, cto 60m", "00:15 tick / 00:16 unreachable 0", "00:00 primary, 00:15 secondary");
}

#[test]
fn the_end_of_the_incident_ends_it() {
    check("primary 0m, cto 60m", "00:10 end / 09:00 tick", "00:00 primary");
}

#[test]
fn waiting_grows_and_is_bounded() {
    for (attempt, least, most) in [(1, 750, 1250), (2, 1500, 2500), (7, 45_000, 75_000), (30, 45_000, 75_000)] {
        for seed in [0, 1, 12345, u64::MAX] {
            let millis = back_off(attempt, seed).as_millis();
            assert!((least..=most).contains(&millis), "{attempt} {millis}");
        }
    }
}
