//! Tables that say what to do: a trouble and its cure in each row, or the steps of one procedure.

use super::fence::begins_like_command;
use super::markdown::{Inlines, Row, Table};
use super::procedure::Procedure;
use super::step::{Phase, Step, StepKind};
use super::walk::{Walk, inline_commands};
use super::words::{Meaning, loose_meaning, meaning, normal};
use crate::command::Command;
use crate::id::ProcedureId;
use crate::source::Lines;

/// One procedure for each row of `Symptom | Cause | Fix`, where the table says what to type at all.
pub(super) fn troubles(table: &Table, lines: &Lines<'_>) -> Vec<Procedure> {
    const SIGNS: &[&str] = &[
        "symptom", "symptoms", "problem", "issue", "error", "error message", "sign", "signs", "trouble", "what you see",
    ];
    let heads: Vec<String> = table.head.iter().map(|h| normal(&h.plain())).collect();
    let Some(sign) = heads.iter().position(|head| SIGNS.contains(&head.as_str())) else { return Vec::new() };
    let phases: Vec<Option<Phase>> = heads.iter().map(|head| meaning(head).and_then(Phase::of)).collect();
    let says_what_to_do = phases.contains(&Some(Phase::Fix));
    let found: Vec<Procedure> = table
        .rows
        .iter()
        .filter_map(|row| trouble(row, sign, &phases, lines))
        .filter(|p| !p.steps.is_empty())
        .collect();
    let types = found.iter().flat_map(|p| &p.steps).any(|step| !step.commands.is_empty());
    if says_what_to_do && types { found } else { Vec::new() }
}

fn trouble(row: &Row, sign: usize, phases: &[Option<Phase>], lines: &Lines<'_>) -> Option<Procedure> {
    let shown = row.cells.get(sign)?;
    let mut walk = Walk::new(lines);
    walk.symptom(&shown.with_ticks());
    // Looking closer comes before the cure, wherever its column stands.
    for wanted in [Phase::Diagnose, Phase::Fix, Phase::Verify, Phase::Rollback] {
        for (cell, _) in row.cells.iter().zip(phases).filter(|(_, phase)| **phase == Some(wanted)) {
            let text = cell.with_ticks();
            if !text.is_empty() {
                walk.around.phase = Some(wanted);
                walk.manual(&text, row.span.clone(), inline_commands(cell, lines));
            }
        }
    }
    let title = shown.plain();
    let Walk { steps, symptoms, severity, .. } = walk;
    let source = lines.source(row.span.clone());
    let (id, brackets) = (ProcedureId::default(), Vec::new());
    (!title.is_empty()).then_some(Procedure { id, title, severity, symptoms, steps, corrected: None, brackets, source })
}

impl Walk<'_> {
    /// `Step | Action | Command | Expected`: each row is a step.
    pub(super) fn rows(&mut self, table: &Table) {
        let heads: Vec<String> = table.head.iter().map(|h| normal(&h.plain())).collect();
        let column = |known: &[&str]| heads.iter().position(|head| known.contains(&head.as_str()));
        let Some(typed) = column(&["command", "commands", "cmd", "run", "type", "what to type"]) else { return };
        let number = column(&["step", "", "no", "nr", "number"]);
        let outcome = column(&["expected", "expected result", "expected output", "should show", "you should see"]);
        let title = column(&["action", "check", "what", "task", "description", "purpose", "what to do"]).or(number);
        if number.is_none() && outcome.is_none() {
            return;
        }
        for row in &table.rows {
            let cell = |at: Option<usize>| {
                at.and_then(|at| row.cells.get(at)).map(Inlines::with_ticks).filter(|t| !t.is_empty())
            };
            let commands = row.cells.get(typed).map(|cell| typed_in(cell, self.lines)).unwrap_or_default();
            let title = cell(title).filter(|t| !t.chars().all(|c| c.is_ascii_digit())).unwrap_or_default();
            if commands.is_empty() && title.is_empty() {
                continue;
            }
            let kind = if commands.is_empty() { StepKind::Manual } else { StepKind::Command };
            let step = self.bare_step(kind, row.span.clone());
            let said = loose_meaning(&title).filter(|what| *what == Meaning::Verify).and_then(Phase::of);
            let language = (!commands.is_empty()).then(|| "bash".to_owned());
            let phase = said.unwrap_or(step.phase);
            self.steps.push(Step { title, phase, language, commands, expected: cell(outcome), ..step });
        }
    }
}

/// The commands of a cell: what is set as code, or all of it where it reads like one.
fn typed_in(cell: &Inlines, lines: &Lines<'_>) -> Vec<Command> {
    let plain = cell.plain();
    let line = lines.line_of(cell.span().start);
    if cell.codes().next().is_none() {
        let like = begins_like_command(&plain);
        return if like { vec![Command::read(&plain, line)] } else { Vec::new() };
    }
    cell.codes().filter(|code| begins_like_command(&code.text)).map(|code| Command::read(&code.text, line)).collect()
}
