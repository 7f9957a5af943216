//! What the screen shows and what its keys mean: no terminal, no server, only what is known and what comes next.

use crossterm::event::{KeyCode, KeyEvent, KeyModifiers};
use runward_core::run::transcript::Span;
use serde_json::{Value, json};

use crate::web::api::incident::Full;
use crate::web::api::run::{RunStepView, RunSummary, RunView};
use crate::web::api::status::Status;

/// How much of what a running step printed is kept for the screen.
const MOST_KEPT: usize = 64 * 1024;

/// A line of the list.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) enum Item {
    Incident(i64),
    Run(i64),
    Service(String),
}

/// One try of one step, from 1.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Job {
    pub(super) run: i64,
    pub(super) step: usize,
    pub(super) attempt: u32,
}

/// What was looked at.
pub(super) struct Seen {
    pub(super) status: Status,
    pub(super) runs: Vec<RunSummary>,
    pub(super) item: Option<Item>,
    pub(super) incident: Option<Full>,
    pub(super) run: Option<RunView>,
}

/// What a key asks for.
#[derive(Debug, PartialEq)]
pub(super) enum Do {
    Quit,
    /// Another line is selected: its details are needed.
    Look,
    /// Ask the server for something.
    Act {
        path: String,
        body: Value,
    },
}

/// Something that is being answered. What it is about was read when it was asked, and does not change meanwhile.
#[derive(Clone, Debug, PartialEq)]
pub(super) struct Prompt {
    pub(super) question: String,
    pub(super) typed: String,
    about: About,
}

#[derive(Clone, Debug, PartialEq)]
enum About {
    /// To be confirmed with `y`, or with the name where one must be typed.
    Approve {
        path: String,
        hash: String,
        name: Option<String>,
    },
    Skip {
        path: String,
    },
    Settle {
        path: String,
    },
    Tick {
        path: String,
    },
    Abort {
        path: String,
    },
}

/// What the screen shows.
pub(super) struct Board {
    pub(super) status: Status,
    pub(super) runs: Vec<RunSummary>,
    pub(super) selected: Option<Item>,
    pub(super) incident: Option<Full>,
    pub(super) run: Option<RunView>,
    pub(super) prompt: Option<Prompt>,
    /// What went wrong with the latest wish.
    pub(super) said: Option<String>,
    pub(super) lost: bool,
    pub(super) plain: bool,
    pub(super) help: bool,
    /// How far back from its end the right side is shown.
    pub(super) scrolled: u16,
    printed: Option<(Job, String)>,
}

impl Board {
    pub(super) fn new(status: Status, plain: bool) -> Board {
        Board {
            status,
            runs: Vec::new(),
            selected: None,
            incident: None,
            run: None,
            prompt: None,
            said: None,
            lost: false,
            plain,
            help: false,
            scrolled: 0,
            printed: None,
        }
    }

    /// The lines of the list: what goes on first.
    pub(super) fn items(&self) -> Vec<Item> {
        items(&self.status, &self.runs)
    }

    /// The line that would be selected if these were the lists: the same, or the first.
    pub(super) fn would_select(&self, status: &Status, runs: &[RunSummary]) -> Option<Item> {
        let items = items(status, runs);
        let same = self.selected.clone().filter(|item| items.contains(item));
        same.or_else(|| items.into_iter().next())
    }

    pub(super) fn see(&mut self, seen: Seen) {
        self.status = seen.status;
        self.runs = seen.runs;
        self.selected = seen.item;
        // The run that goes on, else the latest.
        let of_incident = seen.incident.as_ref().map(|i| &i.runs);
        let latest = of_incident.and_then(|runs| runs.iter().rev().find(|r| r.active).or(runs.last()).cloned());
        self.run = latest.or(seen.run);
        self.incident = seen.incident;
        self.lost = false;
        let job = self.job();
        if self.printed.as_ref().map(|(job, _)| *job) != job {
            self.printed = job.map(|job| (job, String::new()));
        }
    }

    /// The try that runs now.
    pub(super) fn job(&self) -> Option<Job> {
        let run = self.run.as_ref()?;
        let step = run.steps.iter().find(|s| s.state == "running")?;
        Some(Job { run: run.id, step: step.number, attempt: step.attempt })
    }

    pub(super) fn printed(&mut self, job: Job, spans: &[Span]) {
        let Some((_, text)) = self.printed.as_mut().filter(|(of, _)| *of == job) else { return };
        spans.iter().for_each(|span| text.push_str(&span.text));
        if text.len() > MOST_KEPT {
            let mut cut = text.len() - MOST_KEPT;
            while !text.is_char_boundary(cut) {
                cut += 1;
            }
            text.drain(..cut);
        }
    }

    /// What the running step printed, or the latest that printed something.
    pub(super) fn output(&self) -> Option<&str> {
        if let Some((_, text)) = self.printed.as_ref().filter(|(job, _)| Some(*job) == self.job()) {
            return Some(text);
        }
        let steps = self.run.as_ref().map(|r| r.steps.iter()).into_iter().flatten();
        steps.rev().find_map(|s| s.output.as_deref().filter(|text| !text.is_empty()))
    }

    /// The step that waits for somebody.
    pub(super) fn waiting(&self) -> Option<(&RunView, &RunStepView)> {
        let run = self.run.as_ref().filter(|r| r.active)?;
        let step = run.steps.get(run.current?.checked_sub(1)?)?;
        matches!(step.state.as_str(), "asking" | "failed" | "unsure").then_some((run, step))
    }

    pub(super) fn key(&mut self, key: KeyEvent) -> Option<Do> {
        if key.modifiers.contains(KeyModifiers::CONTROL) {
            return matches!(key.code, KeyCode::Char('c')).then_some(Do::Quit);
        }
        if self.prompt.is_some() {
            return self.answer(key.code);
        }
        self.said = None;
        if std::mem::take(&mut self.help) {
            return None;
        }
        match key.code {
            KeyCode::Char('q') | KeyCode::Esc => return Some(Do::Quit),
            KeyCode::Char('?' | 'h') => self.help = true,
            KeyCode::Down | KeyCode::Char('j') => return self.select(1),
            KeyCode::Up | KeyCode::Char('k') => return self.select(-1),
            KeyCode::PageUp => self.scrolled = self.scrolled.saturating_add(5),
            KeyCode::PageDown => self.scrolled = self.scrolled.saturating_sub(5),
            KeyCode::Char('a') => return self.acknowledge(),
            KeyCode::Char('r') | KeyCode::Enter => self.ask_to_run(),
            KeyCode::Char('s') => self.ask_to_skip(),
            KeyCode::Char('x') => self.ask_to_end(),
            _ => {}
        }
        None
    }

    fn select(&mut self, by: isize) -> Option<Do> {
        let items = self.items();
        let at = items.iter().position(|item| Some(item) == self.selected.as_ref()).unwrap_or_default();
        let next = at.saturating_add_signed(by).min(items.len().saturating_sub(1));
        self.scrolled = 0;
        self.selected = items.get(next).cloned();
        Some(Do::Look)
    }

    fn acknowledge(&mut self) -> Option<Do> {
        let Some(incident) = self.incident.as_ref().filter(|i| i.incident.stage == "open") else {
            self.said = Some("There is nothing to acknowledge here.".into());
            return None;
        };
        Some(Do::Act { path: format!("/incidents/{}/acknowledge", incident.incident.id), body: json!({}) })
    }

    fn ask_to_run(&mut self) {
        let Some((run, step)) = self.waiting() else {
            self.said = Some("Nothing waits for you here.".into());
            return;
        };
        let path = |verb: &str| format!("/runs/{}/steps/{}/{verb}", run.id, step.number);
        let shown = step.step.shown.lines().next().unwrap_or_default();
        let (question, about) = if step.state == "unsure" {
            (format!("Was step {} carried out? [y]es, [n]o:", step.number), About::Settle { path: path("settle") })
        } else if step.step.manual {
            (format!("Is step {} done? [y]es:", step.number), About::Tick { path: path("tick") })
        } else if step.changed.is_some() {
            self.said = Some("The runbook was changed since: look at both texts on the run's page.".into());
            return;
        } else {
            let name = (step.step.impact == "destructive").then(|| run.target.clone());
            let question = match &name {
                Some(name) => format!("`{shown}` destroys something. Type {name} to run it:"),
                None => format!("Run `{shown}`? [y]es:"),
            };
            (question, About::Approve { path: path("approve"), hash: step.step.hash.clone(), name })
        };
        self.prompt = Some(Prompt { question, typed: String::new(), about });
    }

    fn ask_to_skip(&mut self) {
        let Some((run, step)) = self.waiting() else {
            self.said = Some("Nothing waits for you here.".into());
            return;
        };
        let about = About::Skip { path: format!("/runs/{}/steps/{}/skip", run.id, step.number) };
        let question = format!("Why is step {} skipped? (Enter for no reason, Esc to keep it):", step.number);
        self.prompt = Some(Prompt { question, typed: String::new(), about });
    }

    fn ask_to_end(&mut self) {
        let Some(run) = self.run.as_ref().filter(|r| r.active) else {
            self.said = Some("There is no run to end here.".into());
            return;
        };
        let about = About::Abort { path: format!("/runs/{}/abort", run.id) };
        let question = format!("End run {} ({})? [y]es:", run.id, run.title);
        self.prompt = Some(Prompt { question, typed: String::new(), about });
    }

    /// A key while something is asked. What is not an answer ends the question: nothing happens by accident.
    fn answer(&mut self, key: KeyCode) -> Option<Do> {
        let mut prompt = self.prompt.take()?;
        let is_typed = matches!(prompt.about, About::Approve { name: Some(_), .. } | About::Skip { .. });
        match key {
            KeyCode::Char(c) if is_typed => {
                prompt.typed.push(c);
                self.prompt = Some(prompt);
                return None;
            }
            KeyCode::Backspace if is_typed => {
                prompt.typed.pop();
                self.prompt = Some(prompt);
                return None;
            }
            _ => {}
        }
        let yes = key == KeyCode::Char('y');
        let (path, body) = match prompt.about {
            About::Approve { path, hash, name: None } if yes => (path, json!({ "hash": hash })),
            About::Approve { path, hash, name: Some(name) } if key == KeyCode::Enter => {
                if prompt.typed != name {
                    self.said = Some(format!("`{}` is not {name}: nothing was run.", prompt.typed));
                    return None;
                }
                (path, json!({ "hash": hash, "confirm": name }))
            }
            About::Skip { path } if key == KeyCode::Enter => {
                let reason = Some(prompt.typed).filter(|text| !text.is_empty());
                (path, json!({ "reason": reason }))
            }
            About::Settle { path } if yes || key == KeyCode::Char('n') => (path, json!({ "done": yes })),
            About::Tick { path } | About::Abort { path } if yes => (path, json!({})),
            _ => {
                self.said = Some("Nothing was done.".into());
                return None;
            }
        };
        Some(Do::Act { path, body })
    }
}

fn items(status: &Status, runs: &[RunSummary]) -> Vec<Item> {
    let incidents = status.incidents.iter().map(|i| Item::Incident(i.id));
    let runs = runs.iter().filter(|r| r.incident.is_none()).map(|r| Item::Run(r.id));
    let services = status.services.iter().map(|s| Item::Service(s.id.clone()));
    incidents.chain(runs).chain(services).collect()
}
