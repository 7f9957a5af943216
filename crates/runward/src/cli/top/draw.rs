//! The screen: a list of what there is, and beside it what is selected. It fits 80 columns and 24 lines.

use ratatui::Frame;
use ratatui::layout::{Constraint, Layout, Rect};
use ratatui::style::{Color, Modifier, Style};
use ratatui::text::{Line, Span, Text};
use ratatui::widgets::{Block, Borders, Clear, Paragraph};

use super::super::columns::{visible, width};
use super::super::out::wrap;
use super::board::{Board, Item};
use crate::web::api::run::{RunStepView, RunView};

/// Below this nothing can be read.
const LEAST: (u16, u16) = (40, 10);
/// How wide the list is.
const LIST: u16 = 26;
const KEYS: &str = " r run  s skip  x end  a acknowledge  j/k select  ? help  q quit";
const HELP: &[&str] = &[
    "Up, Down, j, k     select an incident, a run, a service",
    "r, Enter           run the step that waits, or say that it is done",
    "                   what destroys asks for its target's name",
    "s                  skip the step that waits",
    "x                  end the run",
    "a                  acknowledge the incident",
    "PgUp, PgDn         look back at what was printed",
    "q, Esc, Ctrl-C     leave; what runs goes on",
];

pub(super) fn screen(frame: &mut Frame<'_>, board: &Board) {
    let area = frame.area();
    if area.width < LEAST.0 || area.height < LEAST.1 {
        frame.render_widget(Paragraph::new("This terminal is too small."), area);
        return;
    }
    let [head, middle, foot] =
        Layout::vertical([Constraint::Length(1), Constraint::Min(1), Constraint::Length(2)]).areas(area);
    frame.render_widget(Paragraph::new(title(board, head.width)), head);
    let [left, right] = Layout::horizontal([Constraint::Length(LIST), Constraint::Min(1)]).areas(middle);
    list(frame, board, left);
    details(frame, board, right);
    frame.render_widget(Paragraph::new(bottom(board, foot.width)), foot);
    if board.help {
        help(frame, middle);
    }
}

fn title(board: &Board, room: u16) -> Line<'static> {
    let words = |n: usize, what: &str| format!("{n} {what}{}", if n == 1 { "" } else { "s" });
    let status = &board.status;
    let health = if board.lost { "NO CONNECTION" } else { &status.health };
    let rest = format!(
        "  {}, {}, {} at work",
        words(status.services.len(), "service"),
        words(status.incidents.len(), "incident"),
        words(board.runs.len(), "run")
    );
    let lead = " Runward ";
    let pad = usize::from(room).saturating_sub(width(lead) + width(health) + width(&rest));
    Line::from(vec![
        Span::styled(lead, Style::new().add_modifier(Modifier::REVERSED | Modifier::BOLD)),
        Span::raw(" "),
        Span::styled(health.to_owned(), of_state(board, if board.lost { "critical" } else { health })),
        Span::raw(cut(&rest, usize::from(room).saturating_sub(width(lead) + width(health) + 1))),
        Span::raw(" ".repeat(pad.saturating_sub(1))),
    ])
}

/// The style of a state by its word; without colours it is bold where it matters.
fn of_state(board: &Board, word: &str) -> Style {
    let (colour, strong) = match word {
        "ok" | "done" | "verified" | "resolved" => (Color::Green, false),
        "critical" | "failed" | "unsure" | "open" | "destructive" | "not-verified" => (Color::Red, true),
        "warn" | "asking" | "mutating" | "acknowledged" => (Color::Yellow, true),
        "running" | "verifying" => (Color::Cyan, false),
        _ => (Color::Reset, false),
    };
    let style = if board.plain { Style::new() } else { Style::new().fg(colour) };
    if strong { style.add_modifier(Modifier::BOLD) } else { style }
}

/// A sign that tells a state also where there are no colours.
fn sign(word: &str) -> &'static str {
    match word {
        "ok" | "done" => "+",
        "critical" | "failed" => "!",
        "unsure" => "?",
        "warn" | "asking" => "*",
        "running" | "verifying" => ">",
        "skipped" => "-",
        _ => ".",
    }
}

fn list(frame: &mut Frame<'_>, board: &Board, area: Rect) {
    let block = Block::new().borders(Borders::RIGHT);
    let inner = block.inner(area);
    frame.render_widget(block, area);
    let room = usize::from(inner.width);
    let mut lines: Vec<Line<'static>> = Vec::new();
    let mut at_selected = 0;
    let mut heading = "";
    for item in board.items() {
        let (title, state, text) = line_of(board, &item);
        if heading != title {
            heading = title;
            lines.push(Line::styled(title, Style::new().add_modifier(Modifier::UNDERLINED)));
        }
        let selected = board.selected.as_ref() == Some(&item);
        if selected {
            at_selected = lines.len();
        }
        let text = cut(&text, room.saturating_sub(3));
        let pad = " ".repeat(room.saturating_sub(3 + width(&text)));
        let mut style = of_state(board, &state);
        if selected {
            style = style.add_modifier(Modifier::REVERSED);
        }
        lines.push(Line::styled(format!(" {} {text}{pad}", sign(&state)), style));
    }
    let above = (at_selected + 1).saturating_sub(usize::from(inner.height));
    let above = u16::try_from(above).unwrap_or(u16::MAX);
    frame.render_widget(Paragraph::new(Text::from(lines)).scroll((above, 0)), inner);
}

/// Under which heading an item stands, its state, and what it says.
fn line_of(board: &Board, item: &Item) -> (&'static str, String, String) {
    match item {
        Item::Incident(id) => {
            let found = board.status.incidents.iter().find(|i| i.id == *id);
            let state = found.map_or("", |i| if i.stage == "open" { "critical" } else { "warn" });
            ("Incidents", state.to_owned(), format!("#{id} {}", found.map_or("", |i| &i.title)))
        }
        Item::Run(id) => {
            let title = board.runs.iter().find(|r| r.id == *id).map_or("", |r| &r.title);
            ("Runs", "running".into(), format!("{id} {title}"))
        }
        Item::Service(id) => {
            let found = board.status.services.iter().find(|s| s.id == *id);
            ("Services", found.map_or_else(String::new, |s| s.health.clone()), found.map_or(id, |s| &s.name).clone())
        }
    }
}

fn details(frame: &mut Frame<'_>, board: &Board, area: Rect) {
    let area = Rect { x: area.x + 1, width: area.width.saturating_sub(1), ..area };
    let room = usize::from(area.width);
    let mut lines: Vec<Line<'static>> = Vec::new();
    if let Some(incident) = &board.incident {
        let about = &incident.incident;
        let severity = about.severity.as_ref().map(|s| format!("{s} ")).unwrap_or_default();
        push(&mut lines, room, &format!("#{} {severity}{}", about.id, about.title), of_state(board, &about.stage));
        let who =
            about.acknowledged_by.as_ref().map_or("nobody has acknowledged it".into(), |by| format!("{by} is on it"));
        push(&mut lines, room, &who, Style::new());
    }
    if let Some(Item::Service(id)) = &board.selected {
        for check in board.status.services.iter().filter(|s| s.id == *id).flat_map(|s| &s.checks) {
            let text = format!("{} {}: {}", sign(&check.health), check.name, check.summary);
            push(&mut lines, room, &text, of_state(board, &check.health));
        }
    }
    if let Some(run) = &board.run {
        steps(&mut lines, board, run, room);
    } else if let Some(incident) = &board.incident {
        for line in incident.timeline.iter().rev().take(8).rev() {
            push(&mut lines, room, &format!("{} {}", clock(&line.at), line.text), Style::new());
        }
    }
    let used = u16::try_from(lines.len()).unwrap_or(u16::MAX).min(area.height);
    // What needs a decision stands above; what was printed takes the rest, its end in sight.
    let [above, below] = Layout::vertical([Constraint::Length(used), Constraint::Min(0)]).areas(area);
    let hidden = u16::try_from(lines.len()).unwrap_or(u16::MAX).saturating_sub(above.height);
    frame.render_widget(Paragraph::new(Text::from(lines)).scroll((hidden, 0)), above);
    if below.height > 1
        && let Some(output) = board.output()
    {
        let lines: Vec<String> = wrap(&visible(output), room.saturating_sub(2).max(1));
        let rows = usize::from(below.height);
        let last = lines.len().saturating_sub(usize::from(board.scrolled)).max(rows.min(lines.len()));
        let shown = lines[last.saturating_sub(rows)..last].iter().map(|line| Line::raw(format!("| {line}")));
        frame.render_widget(Paragraph::new(shown.collect::<Vec<_>>()), below);
    }
}

fn steps(lines: &mut Vec<Line<'static>>, board: &Board, run: &RunView, room: usize) {
    lines.push(Line::default());
    let outcome = run.outcome.as_ref().map(|o| format!(" ({o})")).unwrap_or_default();
    let strong = Style::new().add_modifier(Modifier::BOLD);
    push(lines, room, &format!("Run {}: {}{outcome}", run.id, run.title), strong);
    for step in &run.steps {
        let title = if step.step.title.is_empty() { &step.step.phase } else { &step.step.title };
        let text = cut(&visible(title), room.saturating_sub(17));
        lines.push(Line::from(vec![
            Span::styled(format!("{} {:>2}. ", sign(&step.state), step.number), of_state(board, &step.state)),
            Span::raw(text),
            Span::styled(format!(" {}", step.state), of_state(board, &step.state)),
        ]));
        if run.active && run.current == Some(step.number) {
            current(lines, board, step, room);
        }
    }
}

/// The step that is next: all that must be known before it is let run.
fn current(lines: &mut Vec<Line<'static>>, board: &Board, step: &RunStepView, room: usize) {
    for line in step.step.shown.lines().take(6) {
        push(lines, room, &format!("      {line}"), Style::new().add_modifier(Modifier::BOLD));
    }
    let impact = if step.step.manual { "by hand" } else { &step.step.impact };
    let host = step.step.host.as_ref().map(|host| format!(", on {host}")).unwrap_or_default();
    push(lines, room, &format!("      {impact}{host}"), of_state(board, impact));
    if step.step.undo == "never" && !step.step.manual {
        push(lines, room, "      A point of no return.", of_state(board, "critical"));
    }
    for note in [&step.step.condition, &step.step.by_hand_because, &step.ended].into_iter().flatten() {
        push(lines, room, &format!("      {note}"), Style::new());
    }
}

fn push(lines: &mut Vec<Line<'static>>, room: usize, text: &str, style: Style) {
    let indent = text.len() - text.trim_start().len();
    for line in wrap(&visible(text.trim_start()), room.saturating_sub(indent).max(8)) {
        lines.push(Line::styled(format!("{:indent$}{line}", ""), style));
    }
}

fn clock(at: &str) -> &str {
    at.split('T').nth(1).and_then(|time| time.get(..8)).unwrap_or(at)
}

fn bottom(board: &Board, room: u16) -> Text<'static> {
    let room = usize::from(room);
    let keys = Line::styled(cut(KEYS, room), Style::new().add_modifier(Modifier::REVERSED));
    let said = match (&board.prompt, &board.said) {
        (Some(prompt), _) => {
            let typed = visible(&prompt.typed);
            let question = cut(&visible(&prompt.question), room.saturating_sub(width(&typed) + 3));
            Line::styled(format!(" {question} {typed}_"), Style::new().add_modifier(Modifier::BOLD))
        }
        (None, Some(said)) => Line::styled(cut(&format!(" {}", visible(said)), room), of_state(board, "warn")),
        (None, None) => match board.waiting() {
            Some((_, step)) => {
                Line::styled(cut(&format!(" Step {} waits for you: r", step.number), room), of_state(board, "asking"))
            }
            None => Line::default(),
        },
    };
    Text::from(vec![said, keys])
}

fn help(frame: &mut Frame<'_>, area: Rect) {
    let height = u16::try_from(HELP.len() + 2).unwrap_or(u16::MAX).min(area.height);
    let area = Rect { x: area.x + 1, y: area.y, width: area.width.saturating_sub(2).min(70), height };
    frame.render_widget(Clear, area);
    let lines: Vec<Line<'_>> = HELP.iter().map(|line| Line::raw(*line)).collect();
    frame.render_widget(Paragraph::new(lines).block(Block::bordered().title(" Keys ")), area);
}

/// A text that fits into one line.
fn cut(text: &str, room: usize) -> String {
    match super::super::columns::end(text, room) {
        None => text.to_owned(),
        Some(_) if room < 2 => String::new(),
        Some(_) => {
            let end = super::super::columns::end(text, room - 1).unwrap_or(text.len());
            format!("{}…", &text[..end])
        }
    }
}
