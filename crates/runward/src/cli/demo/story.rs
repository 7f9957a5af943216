//! The story the demo tells: its stations, and the lines of the timeline as they come.

use std::collections::BTreeMap;
use std::time::{Duration, Instant};

use runward_core::event::Event;
use runward_core::fact::What;
use runward_core::id::{Actor, IncidentId, Role, RunId};
use runward_core::incident::timeline::{self, EntryKind, Record};
use runward_core::run::{Kind, Outcome, Run, StepState};
use tokio::io::{AsyncBufReadExt, BufReader};

use super::{Demo, VICTIM, fleet};
use crate::cli::out::{self, BAD, BOLD, FAINT, GOOD, WIDTH, styled};
use crate::cli::{Ended, Failure};
use crate::engine::Engine;
use crate::web::auth::ForWhom;

/// How long the whole story may take when nobody watches it.
const MOST: Duration = Duration::from_secs(28);
/// How often is looked for news.
const LOOK_EVERY: Duration = Duration::from_millis(100);

/// How much of the review is shown.
const REVIEW_LINES: usize = 16;

/// The stations, in their order.
const STATIONS: &[&str] = &["detected", "paged", "diagnosed", "fixed", "verified", "resolved", "reviewed"];

/// Tells the story to its end; whether every station was reached.
pub(super) async fn tell(demo: &Demo, once: bool) -> Result<bool, Failure> {
    let began = Instant::now();
    let app = &demo.running.app;
    out::say(&styled(BOLD, "A shop of three small services, its runbook, and Runward standing watch."));
    out::say(&format!("  the page   {}", app.login_link(ForWhom::First)));
    out::say(&format!("  the files  {}", demo.folder.display()));
    wait_until_well(&app.engine, began).await?;
    let checks = app.engine.read(|w| w.setup().checks.len());
    out::say(&format!("\n{} all services answer, {checks} checks are well", mark(began)));
    if !once {
        out::say(&styled(FAINT, "  (open the page now; the trouble begins in a moment)"));
        tokio::time::sleep(Duration::from_secs(4)).await;
    }
    fleet::kill(&demo.folder, VICTIM);
    out::say(&format!("{} {}", mark(began), styled(BAD, &format!("kill -9: `{VICTIM}` is dead"))));
    let mut teller = Teller { demo, began, incident: None, shown: 0, reached: BTreeMap::new(), review: None, once };
    teller.follow().await?;
    Ok(teller.summary())
}

fn mark(began: Instant) -> String {
    styled(FAINT, &format!("{:5.1}s", began.elapsed().as_secs_f64()))
}

async fn wait_until_well(engine: &Engine, began: Instant) -> Ended {
    loop {
        let well = engine.read(|world| {
            let services: Vec<_> = world.setup().services.keys().cloned().collect();
            services.iter().all(|s| {
                world
                    .setup()
                    .checks_of(s)
                    .all(|(id, _)| world.check(id).is_some_and(|c| c.health == runward_core::check::Health::Ok))
            })
        });
        if well {
            return Ok(());
        }
        if began.elapsed() > Duration::from_secs(15) {
            return Err(Failure::Failed("the demo's own services do not answer".into()));
        }
        tokio::time::sleep(LOOK_EVERY).await;
    }
}

struct Teller<'d> {
    demo: &'d Demo,
    began: Instant,
    /// The incident, once there is one.
    incident: Option<IncidentId>,
    /// How many lines of the timeline were told.
    shown: usize,
    reached: BTreeMap<&'static str, Duration>,
    review: Option<String>,
    once: bool,
}

impl Teller<'_> {
    async fn follow(&mut self) -> Ended {
        let engine = &self.demo.running.app.engine;
        let mut lines = BufReader::new(tokio::io::stdin()).lines();
        let mut asked = false;
        let mut watching_input = !self.once && std::io::IsTerminal::is_terminal(&std::io::stdin());
        loop {
            self.incident = self
                .incident
                .or_else(|| engine.read(|w| w.incidents().find(|i| i.service.as_str() == VICTIM).map(|i| i.id)));
            let Some(incident) = self.incident else {
                if self.began.elapsed() > MOST {
                    return Ok(());
                }
                tokio::time::sleep(LOOK_EVERY).await;
                continue;
            };
            let records = match engine.reader.events_of_incident(incident).await {
                Ok(records) => records,
                Err(e) => return Err(Failure::Failed(format!("the demo's database cannot be read: {e}"))),
            };
            self.news(incident, &records);
            if self.reached.contains_key("reviewed") || (self.once && self.began.elapsed() > MOST) {
                return Ok(());
            }
            let diagnosed = self.reached.contains_key("diagnosed");
            if diagnosed && !asked {
                asked = true;
                if watching_input {
                    out::say(&format!(
                        "{} Press Enter to run the runbook's own fix, or press Run on the page.",
                        mark(self.began)
                    ));
                } else {
                    tokio::time::sleep(Duration::from_secs(if self.once { 0 } else { 3 })).await;
                    self.begin_fix().await;
                }
            }
            tokio::select! {
                () = tokio::time::sleep(LOOK_EVERY) => {}
                line = lines.next_line(), if watching_input && diagnosed => match line {
                    Ok(Some(_)) => self.begin_fix().await,
                    _ => watching_input = false,
                },
            }
            self.approve().await;
        }
    }

    /// Asks for the procedure that fits; where somebody was faster on the page, theirs goes on.
    async fn begin_fix(&self) {
        let engine = &self.demo.running.app.engine;
        let procedure = engine
            .read(|world| world.incidents().find(|i| Some(i.id) == self.incident).and_then(|i| i.procedure.clone()));
        if let Some(procedure) = procedure {
            let event = Event::RunRequested {
                procedure,
                service: None,
                incident: self.incident,
                params: BTreeMap::new(),
                by: actor(),
            };
            let _ = engine.tell(event).await;
        }
    }

    /// Clicks what a person would click, in runs that the demo itself asked for.
    async fn approve(&self) {
        let engine = &self.demo.running.app.engine;
        let waiting: Option<(RunId, usize, String)> = engine.read(|world| {
            let mine = |run: &&Run| run.kind == Kind::Person && run.by == actor();
            let run = world.runs().find(mine)?;
            let at = run.current().filter(|at| run.steps[*at].state == StepState::Asking)?;
            Some((run.id, at, run.steps[at].plan.hash.clone()))
        });
        if let Some((run, step, hash)) = waiting {
            let _ = engine
                .tell(Event::StepApproved {
                    run,
                    step,
                    hash,
                    confirm: None,
                    break_glass: None,
                    by: actor(),
                    role: Role::Admin,
                })
                .await;
        }
    }

    fn news(&mut self, incident: IncidentId, records: &[Record]) {
        for entry in timeline::of_incident(records, incident).into_iter().skip(self.shown) {
            self.shown += 1;
            let style = match entry.kind {
                EntryKind::Alert | EntryKind::Problem => BAD,
                EntryKind::Well => GOOD,
                EntryKind::Incident | EntryKind::Person => BOLD,
                EntryKind::Page | EntryKind::Run => anstyle::Style::new(),
            };
            for (at, line) in out::wrap(&entry.text, WIDTH - 8).iter().enumerate() {
                let lead = if at == 0 { mark(self.began) } else { "      ".into() };
                out::say(&format!("{lead} {}", styled(style, line)));
            }
            for line in entry.detail.iter().flat_map(|d| d.lines()).take(6).flat_map(|l| out::wrap(l, WIDTH - 12)) {
                out::say(&format!("         {}", styled(FAINT, &format!("│ {line}"))));
            }
        }
        for record in records {
            for fact in &record.facts {
                self.station(&fact.what, &record.event);
            }
        }
        if !self.demo.inbox.messages().is_empty() {
            self.reach("paged");
        }
    }

    fn station(&mut self, what: &What, event: &Event) {
        match what {
            What::Opened { .. } => self.reach("detected"),
            What::RunEnded { outcome: Outcome::Diagnosed, .. } => self.reach("diagnosed"),
            What::StepEnded { well: true, .. } if self.reached.contains_key("diagnosed") && is_fix(event) => {
                self.reach("fixed")
            }
            What::Verified { well: true, .. } => self.reach("verified"),
            What::Resolved { .. } => self.reach("resolved"),
            What::ReviewWritten { path } if std::path::Path::new(path).exists() => {
                self.review = Some(path.clone());
                self.reach("reviewed");
            }
            _ => {}
        }
    }

    fn reach(&mut self, station: &'static str) {
        let at = self.began.elapsed();
        self.reached.entry(station).or_insert(at);
    }

    /// The beginning of the review, because the folder it lies in goes with the demo.
    fn show_review(&self) {
        let Some(Ok(text)) = self.review.as_ref().map(std::fs::read_to_string) else { return };
        out::say("\nThe review begins:");
        for line in text.lines().take(REVIEW_LINES).flat_map(|l| out::wrap(l, WIDTH - 12)) {
            out::say(&format!("         {}", styled(FAINT, &format!("│ {line}"))));
        }
    }

    fn summary(&self) -> bool {
        if self.once {
            self.show_review();
        }
        let told: Vec<String> = STATIONS
            .iter()
            .map(|station| match self.reached.get(station) {
                Some(_) => styled(GOOD, &format!("✓ {station}")),
                None => styled(BAD, &format!("✗ {station}")),
            })
            .collect();
        out::say(&format!("\n{}", told.join("  ")));
        STATIONS.iter().all(|station| self.reached.contains_key(station))
    }
}

/// Whether the command that ended was the fix: the fleet's own control says what it did.
fn is_fix(event: &Event) -> bool {
    matches!(event, Event::CommandEnded { ended, .. } if ended.exit.is_success() && ended.output.contains("started, process"))
}

fn actor() -> Actor {
    "you".into()
}
