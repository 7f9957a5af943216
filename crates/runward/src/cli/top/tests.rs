//! The screen without a terminal: what it shows of what is known, and what its keys ask for.

use crossterm::event::{KeyCode, KeyEvent, KeyModifiers};
use ratatui::Terminal;
use ratatui::backend::TestBackend;
use serde_json::{Value, json};

use super::board::{Board, Do, Item, Seen};
use super::draw;

fn board(impact: &str, state: &str) -> Board {
    let check = json!({ "name": "till/tcp", "kind": "tcp", "target": "x", "health": "critical", "summary": "refused\u{1b}[2J", "since": null, "looked_at": null, "took_ms": null });
    let status = json!({ "health": "critical", "version": "1", "warnings": [], "incidents": [],
        "services": [
            { "id": "till", "name": "till", "health": "critical", "depends_on": [], "incident": null, "checks": [check] },
            { "id": "weir", "name": "weir", "health": "ok", "depends_on": [], "incident": null, "checks": [] }
        ] });
    let step = json!({ "number": 1, "title": "Empty it", "phase": "fix", "impact": impact, "why": "removes files", "manual": false,
        "shown": "rm -rf /srv/till", "by_hand_because": null, "original": null, "condition": null, "expected": null, "asserted": false,
        "undo": "never", "undo_shown": null, "source": "ops.md:3", "hash": "abc", "state": state, "attempt": 1, "verified": null,
        "skipped_because": null, "came": null, "changed": null, "ended": null, "output": "one\ntwo" });
    let run = json!({ "id": 7, "procedure": "empty", "title": "Empty the till", "kind": "person", "incident": null, "service": "till",
        "by": "mara", "active": true, "outcome": null, "outcome_words": null, "target": "till", "started_at": "x", "ended_at": null,
        "changed": false, "current": 1, "steps": [step], "log": [] });
    let summary = json!({ "id": 7, "procedure": "empty", "title": "Empty the till", "kind": "person", "incident": null,
        "service": "till", "by": "mara", "active": true, "outcome": null, "started_at": "x" });
    let status = || serde_json::from_value(status.clone()).unwrap();
    let mut board = Board::new(status(), true);
    board.see(Seen {
        status: status(),
        runs: vec![serde_json::from_value(summary).unwrap()],
        item: Some(Item::Run(7)),
        incident: None,
        run: Some(serde_json::from_value(run).unwrap()),
    });
    board
}

fn press(board: &mut Board, keys: &str) -> Option<Do> {
    let mut last = None;
    for c in keys.chars() {
        let code = if c == '\n' { KeyCode::Enter } else { KeyCode::Char(c) };
        last = board.key(KeyEvent::new(code, KeyModifiers::NONE));
    }
    last
}

fn shown(board: &Board, columns: u16, lines: u16) -> String {
    let mut terminal = Terminal::new(TestBackend::new(columns, lines)).unwrap();
    terminal.draw(|frame| draw::screen(frame, board)).unwrap();
    terminal.backend().to_string()
}

fn act(path: &str, body: Value) -> Option<Do> {
    Some(Do::Act { path: path.into(), body })
}

#[test]
fn all_that_is_needed_to_decide_is_in_sight_on_80_by_24() {
    let screen = shown(&board("destructive", "asking"), 80, 24);
    for told in [
        "critical  2 services, 0 incidents, 1 run at work", "> 7 Empty the till", "! till", "+ weir",
        "Run 7: Empty the till", "*  1. Empty it asking", "rm -rf /srv/till", "destructive", "A point of no return.",
        "| two", "Step 1 waits for you: r", "q quit",
    ] {
        assert!(screen.contains(told), "`{told}` in\n{screen}");
    }
    for (columns, lines) in [(1, 1), (39, 9), (40, 10), (60, 12), (200, 60)] {
        shown(&board("mutating", "running"), columns, lines);
    }
}

#[test]
fn nothing_runs_but_what_was_asked_and_answered() {
    let path = "/runs/7/steps/1/approve";
    let mut one = board("mutating", "asking");
    assert_eq!(press(&mut one, "ry"), act(path, json!({ "hash": "abc" })));
    assert_eq!(press(&mut one, "y"), None, "without a question it is no answer");
    assert_eq!(press(&mut one, "rn"), None);
    let mut two = board("destructive", "asking");
    assert_eq!(press(&mut two, "ry\n"), None, "a name must be typed");
    assert_eq!(two.said.as_deref(), Some("`y` is not till: nothing was run."));
    assert_eq!(press(&mut two, "rtill\n"), act(path, json!({ "hash": "abc", "confirm": "till" })));
    assert_eq!(press(&mut two, "swet\n"), act("/runs/7/steps/1/skip", json!({ "reason": "wet" })));
    assert_eq!(press(&mut two, "xy"), act("/runs/7/abort", json!({})));
    assert_eq!(press(&mut two, "xq"), None, "q is no yes, and leaves nothing");
    assert_eq!(press(&mut two, "a"), None, "there is no incident");
    let mut three = board("mutating", "unsure");
    assert_eq!(press(&mut three, "rn"), act("/runs/7/steps/1/settle", json!({ "done": false })));
    assert_eq!(press(&mut three, "q"), Some(Do::Quit));
}

#[test]
fn the_selection_stays_where_it_is_and_inside_the_list() {
    let mut board = board("mutating", "asking");
    assert_eq!(press(&mut board, "j"), Some(Do::Look));
    assert_eq!(board.selected, Some(Item::Service("till".into())));
    press(&mut board, "jjjj");
    assert_eq!(board.selected, Some(Item::Service("weir".into())));
    press(&mut board, "kkkkk");
    assert_eq!(board.selected, Some(Item::Run(7)));
    press(&mut board, "j");
    let screen = shown(&board, 80, 24);
    assert!(screen.contains("! till/tcp: refused"), "{screen}");
    assert!(!screen.contains('\u{1b}'), "what a check saw moves no cursor");
}
