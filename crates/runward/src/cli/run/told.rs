//! What is said of a run: text for people, or one JSON event on each line.

use anstyle::{AnsiColor, Color, Style};
use runward_core::run::transcript::{COLOURS, Span};
use serde_json::{Value, json};

use super::super::columns::{visible, width};
use super::super::out::{self, BOLD, FAINT, WIDTH, of_state, styled};
use super::super::{Ended, Failure, Format};
use super::Arguments;
use crate::web::api::run::{RunStepView, RunView};

/// How many lines of a command's output are shown once it is over.
const OUTPUT_LINES: usize = 40;
/// How many are shown while it goes on.
const LIVE_LINES: usize = 2000;

/// What was said already.
pub(super) struct Told<'a> {
    arguments: &'a Arguments,
    /// How many steps were shown to their end.
    shown: usize,
    /// The state that each step was last told to be in, for programs.
    states: Vec<(String, u32)>,
    /// The step and the try whose output was shown while it was printed.
    followed: Option<(usize, u32)>,
    line: Vec<Span>,
    lines: usize,
}

impl<'a> Told<'a> {
    pub(super) fn new(arguments: &'a Arguments) -> Told<'a> {
        Told { arguments, shown: 0, states: Vec::new(), followed: None, line: Vec::new(), lines: 0 }
    }

    fn for_programs(&self) -> bool {
        self.arguments.format == Format::Json
    }

    pub(super) fn heading(&self, run: &RunView) {
        if self.for_programs() {
            event(&json!({
                "event": "run", "run": run.id, "kind": run.kind, "procedure": run.procedure, "title": run.title,
                "service": run.service, "target": run.target, "steps": run.steps.len(),
            }));
            return;
        }
        let service = run.service.as_ref().map(|s| format!(" for {s}")).unwrap_or_default();
        out::say(&format!("{}{service}  {}", styled(BOLD, &run.title), styled(FAINT, &format!("run {}", run.id))));
    }

    /// Shows each step once it has something to say.
    pub(super) fn progress(&mut self, run: &RunView) {
        if self.for_programs() {
            self.changes(run);
            return;
        }
        // Somebody went back: what was shown is shown again when it is settled again.
        let settled = run.steps.iter().take_while(|s| matches!(s.state.as_str(), "done" | "skipped")).count();
        self.shown = self.shown.min(settled);
        while let Some(step) = run.steps.get(self.shown) {
            let settled = matches!(step.state.as_str(), "done" | "skipped");
            let waits = matches!(step.state.as_str(), "asking" | "failed" | "unsure");
            if !settled && !waits {
                return;
            }
            out::print(&step_text(step, self.was_followed(step)));
            if waits {
                // It is shown again when it is settled.
                return;
            }
            self.shown += 1;
        }
    }

    fn was_followed(&self, step: &RunStepView) -> bool {
        self.followed == Some((step.number, step.attempt))
    }

    /// One event for each step whose state is another one than was told.
    fn changes(&mut self, run: &RunView) {
        self.states.resize(run.steps.len(), ("waiting".into(), 0));
        for at in 0..run.steps.len() {
            let step = &run.steps[at];
            let state = (step.state.clone(), step.attempt);
            if self.states[at] == state {
                continue;
            }
            self.states[at] = state;
            let over = matches!(step.state.as_str(), "verifying" | "done" | "failed");
            let text = step.output.as_ref().filter(|text| over && !text.is_empty());
            if let Some(text) = text.filter(|_| !self.was_followed(step)) {
                event(&json!({ "event": "output", "run": run.id, "step": step.number, "text": text }));
                self.followed = Some((step.number, step.attempt));
            }
            event(&json!({
                "event": "step", "run": run.id, "step": step.number, "state": step.state, "attempt": step.attempt,
                "title": step.step.title, "impact": step.step.impact, "shown": step.step.shown,
                "ended": step.ended, "verified": step.verified, "skipped_because": step.skipped_because,
            }));
        }
    }

    /// A command's output begins to be shown.
    pub(super) fn begins(&mut self, run: &RunView, step: &RunStepView) {
        (self.lines, self.line) = (0, Vec::new());
        if self.for_programs() {
            self.changes(run);
        } else {
            out::print(&heading_of(step));
            out::print(&command_of(step));
        }
    }

    pub(super) fn printed(&mut self, run: &RunView, step: &RunStepView, spans: &[Span]) {
        if self.for_programs() {
            let text: String = spans.iter().map(|span| span.text.as_str()).collect();
            event(&json!({ "event": "output", "run": run.id, "step": step.number, "text": text }));
            return;
        }
        for span in spans {
            for (at, piece) in span.text.split('\n').enumerate() {
                if at > 0 {
                    self.end_line();
                }
                if !piece.is_empty() {
                    self.line.push(Span { text: visible(piece), look: span.look.clone() });
                }
            }
        }
    }

    pub(super) fn left_out(&mut self, run: &RunView, step: &RunStepView, bytes: &str) {
        if self.for_programs() {
            let bytes: Value = serde_json::from_str(bytes).unwrap_or_default();
            event(&json!({ "event": "left-out", "run": run.id, "step": step.number, "bytes": bytes }));
        } else {
            self.finish_line();
            out::say(&format!("    │ … {bytes} bytes left out …"));
        }
    }

    /// A command's output was shown to its end.
    pub(super) fn ends(&mut self, step: &RunStepView) {
        self.finish_line();
        if self.lines > LIVE_LINES {
            out::say(&format!("    │ … {} more lines", self.lines - LIVE_LINES));
        }
        self.followed = Some((step.number, step.attempt));
    }

    pub(super) fn breaks_off(&mut self) {
        self.finish_line();
    }

    fn finish_line(&mut self) {
        if !self.line.is_empty() {
            self.end_line();
        }
    }

    fn end_line(&mut self) {
        let spans = std::mem::take(&mut self.line);
        self.lines += 1;
        if self.lines > LIVE_LINES {
            return;
        }
        let plain: String = spans.iter().map(|span| span.text.as_str()).collect();
        if width(&plain) <= WIDTH - 6 {
            let line: String = spans.iter().map(|span| styled(style(&span.look), &span.text)).collect();
            out::say(&format!("    │ {line}"));
        } else {
            out::wrap(&plain, WIDTH - 6).iter().for_each(|line| out::say(&format!("    │ {line}")));
        }
    }

    pub(super) fn end(&self, run: &RunView) -> Ended {
        let outcome = run.outcome.as_deref().unwrap_or_default();
        if self.for_programs() {
            event(&json!({ "event": "end", "run": run }));
        } else {
            let words = run.outcome_words.as_deref().unwrap_or_default();
            out::say(&styled(of_state(outcome), &format!("The run {words}.")));
            if run.changed && run.kind != "undo" {
                out::say(&styled(FAINT, &format!("Take it back with `runward run --undo {}`.", run.id)));
            }
        }
        if matches!(outcome, "verified" | "unverified" | "diagnosed") { Ok(()) } else { Err(Failure::Quiet(1)) }
    }
}

fn event(event: &Value) {
    out::say(&event.to_string());
}

/// The look of a stretch of output on this terminal.
fn style(look: &str) -> Style {
    const ANSI: [AnsiColor; 8] = [
        AnsiColor::Black,
        AnsiColor::Red,
        AnsiColor::Green,
        AnsiColor::Yellow,
        AnsiColor::Blue,
        AnsiColor::Magenta,
        AnsiColor::Cyan,
        AnsiColor::White,
    ];
    let colour = |name: &str| COLOURS.iter().position(|known| *known == name).map(|at| Color::Ansi(ANSI[at]));
    look.split(' ').fold(Style::new(), |style, name| match name {
        "bold" => style.bold(),
        "faint" => style.dimmed(),
        "italic" => style.italic(),
        "underlined" => style.underline(),
        "inverse" => style.invert(),
        name => match name.strip_prefix("on-") {
            Some(behind) => style.bg_color(colour(behind)),
            None => style.fg_color(colour(name)),
        },
    })
}

fn title_of(step: &RunStepView) -> &str {
    if step.step.title.is_empty() { &step.step.phase } else { &step.step.title }
}

fn heading_of(step: &RunStepView) -> String {
    let impact = if step.step.manual { "by hand" } else { &step.step.impact };
    let state = match step.verified {
        Some(true) => "done, checks well",
        Some(false) => "done, checks not well",
        None => &step.state,
    };
    let (title, impact, state) =
        (styled(BOLD, title_of(step)), styled(of_state(impact), impact), styled(of_state(&step.state), state));
    let host = step.step.host.as_ref().map(|host| format!(" on {host}")).unwrap_or_default();
    format!("\n{:>2}. {title} {impact} {state}{host}\n", step.number)
}

fn command_of(step: &RunStepView) -> String {
    let lines = step.step.shown.lines().flat_map(|l| out::wrap(l, WIDTH - 6));
    lines.map(|line| format!("    {}\n", styled(out::MARKED, &line))).collect()
}

/// A step as it stands; what was shown while it ran is not shown again.
fn step_text(step: &RunStepView, followed: bool) -> String {
    let mut said = heading_of(step);
    if !followed {
        said.push_str(&command_of(step));
    }
    let title = title_of(step);
    let condition = step.step.condition.clone().filter(|c| c != title);
    for note in [&step.step.by_hand_because, &condition, &step.skipped_because, &step.ended].into_iter().flatten() {
        for line in out::wrap(note, WIDTH - 6) {
            said.push_str(&format!("    {}\n", styled(FAINT, &line)));
        }
    }
    if followed {
        return said;
    }
    let output: Vec<&str> = step.output.iter().flat_map(|o| o.lines()).collect();
    for line in output.iter().take(OUTPUT_LINES).flat_map(|l| out::wrap(l, WIDTH - 6)) {
        said.push_str(&format!("    │ {line}\n"));
    }
    if output.len() > OUTPUT_LINES {
        said.push_str(&format!("    │ … {} more lines\n", output.len() - OUTPUT_LINES));
    }
    said
}
