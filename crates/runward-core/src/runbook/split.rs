//! A shell block as steps: comments are titles, conditions are guards, lines are commands.

use super::fence::is_sql;
use super::markdown::Fence;
use super::step::{Phase, Step, StepKind};
use super::words::{is_imperative, unnumbered};
use crate::command::Command;
use crate::command::lines::{LineKind, Logical, logical_lines};
use crate::command::tools;
use crate::id::StepId;
use crate::source::Lines;

/// What stands around a block while it is split.
#[derive(Clone, Debug, Default)]
pub(super) struct Around {
    /// The phase a label announced.
    pub phase: Option<Phase>,
    /// The words that lead to the block.
    pub lead: Option<String>,
    /// The alternative it belongs to.
    pub variant: Option<String>,
    /// The host that `ssh` went to.
    pub host: Option<String>,
    /// The database client that was opened.
    pub client: Option<String>,
}

/// Splits a block of shell into steps; `around` learns of hosts and clients for the blocks that follow.
pub(super) fn split(fence: &Fence, around: &mut Around, lines: &Lines<'_>) -> Vec<Step> {
    let physical: Vec<&str> = fence.lines.iter().map(|l| l.text.as_str()).collect();
    let mut splitter =
        Splitter { fence, lines, around, steps: Vec::new(), comments: Vec::new(), current: None, variant: None };
    let logical = logical_lines(&physical);
    let mut at = 0;
    while at < logical.len() {
        at += splitter.take(&logical, at);
    }
    splitter.close();
    splitter.orphans();
    splitter.steps
}

struct Splitter<'s> {
    fence: &'s Fence,
    lines: &'s Lines<'s>,
    around: &'s mut Around,
    steps: Vec<Step>,
    /// Comments not yet followed by a command.
    comments: Vec<(String, u32)>,
    current: Option<Step>,
    variant: Option<String>,
}

impl Splitter<'_> {
    /// Takes the logical line at `at`; returns how many it used.
    fn take(&mut self, logical: &[Logical], at: usize) -> usize {
        let line = &logical[at];
        match line.kind {
            LineKind::Blank => {
                self.close();
                self.orphans();
            }
            LineKind::Comment => self.comment(line),
            LineKind::Command | LineKind::Broken if is_sql(&line.text) => return self.statement(logical, at),
            LineKind::Command | LineKind::Broken => {
                if is_expected_json(&line.text) && self.expects() {
                    return self.sample(logical, at);
                }
                let command = Command::read(&line.text, self.number(line.first));
                self.command(command, line, "bash");
            }
        }
        1
    }

    fn number(&self, index: usize) -> u32 {
        self.fence.lines.get(index).map_or(0, |l| self.lines.line_of(l.start))
    }

    fn comment(&mut self, line: &Logical) {
        let text = line.text.trim_start_matches('#').trim().to_owned();
        let lower = text.to_lowercase();
        if lower.starts_with("expected")
            || lower.starts_with("should be")
            || lower.starts_with("output:")
            || lower.starts_with("returns")
        {
            let expected = text.split_once(':').map_or(text.as_str(), |(_, rest)| rest).trim().to_owned();
            // Behind a command it is what comes out; before one it is a note.
            if let Some(step) = self.current.as_mut().or(self.steps.last_mut().filter(|_| self.comments.is_empty())) {
                step.expected = Some(if expected.is_empty() { text } else { expected });
                return;
            }
        }
        self.close();
        self.comments.push((text, self.number(line.first)));
    }

    /// Whether the last comment announced what comes out.
    fn expects(&self) -> bool {
        self.comments.last().is_some_and(|(text, _)| text.to_lowercase().starts_with("expected"))
            || self.current.as_ref().or(self.steps.last()).is_some_and(|s| s.expected.is_some())
    }

    /// A sample of output inside the block, up to the next blank line.
    fn sample(&mut self, logical: &[Logical], at: usize) -> usize {
        let count = logical[at..].iter().position(|l| l.kind == LineKind::Blank).unwrap_or(logical.len() - at);
        let text: Vec<&str> = logical[at..at + count].iter().map(|l| l.text.as_str()).collect();
        self.close();
        self.comments.clear();
        if let Some(step) = self.steps.last_mut() {
            step.expected = Some(text.join("\n"));
        }
        count.max(1)
    }

    /// A statement of SQL among the commands: its lines up to the `;`.
    fn statement(&mut self, logical: &[Logical], at: usize) -> usize {
        let mut count = 0;
        let mut text = String::new();
        for line in &logical[at..] {
            if !matches!(line.kind, LineKind::Command | LineKind::Broken) {
                break;
            }
            count += 1;
            text = if text.is_empty() { line.text.clone() } else { format!("{text}\n{}", line.text) };
            if line.text.trim_end().ends_with(';') {
                break;
            }
        }
        let last = logical[at + count - 1].last;
        let mut command = Command::read("true", self.number(logical[at].first));
        let verdict = tools::sql(&text);
        command.impact = verdict.impact;
        command.why = verdict.why.into_owned();
        command.params = crate::command::placeholder::find(&text).into_iter().map(|p| p.name).collect();
        // The same statements as an argument of their client, unless that would do more than they say.
        let form = self.around.client.as_deref().and_then(|client| given_to(client, &text));
        command.rewrite = form.filter(|form| {
            let read = Command::read(form, self.number(logical[at].first));
            !read.interactive && !read.secrets && read.impact <= command.impact
        });
        command.text = text;
        let spanning = Logical { last, ..logical[at].clone() };
        self.command(command, &spanning, "sql");
        count
    }

    fn command(&mut self, mut command: Command, line: &Logical, language: &str) {
        if let Some(host) = ssh_login(&command.text) {
            self.around.host = Some(host);
        } else if opens_client(&command) {
            self.around.client = Some(command.text.clone());
        }
        command.host = self.around.host.clone();
        if self.current.as_ref().is_some_and(|s| s.language.as_deref() != Some(language)) {
            self.close();
        }
        let first = self.comments.first().map_or_else(|| self.number(line.first), |(_, at)| *at);
        let start = self.lines.line_span(first).start;
        let end_line = self.number(line.last);
        let end = self.lines.line_span(end_line).end;
        let mut step = match self.current.take() {
            Some(step) => step,
            None => self.open(start..end, language),
        };
        step.source.end_line = end_line;
        step.source.span.end = end;
        // What one command should print is not what the next one should.
        let expected = expected_behind(&command.text);
        step.commands.push(command);
        if expected.is_some() {
            self.steps.push(Step { expected, ..step });
        } else {
            self.current = Some(step);
        }
    }

    /// A new step out of the comments above its first command.
    fn open(&mut self, span: std::ops::Range<usize>, language: &str) -> Step {
        let comments = std::mem::take(&mut self.comments);
        let texts: Vec<&str> = comments.iter().map(|(text, _)| unnumbered(text)).collect();
        let title = (!texts.is_empty()).then(|| texts.join(" — "));
        let guard =
            comments.iter().map(|(text, _)| unnumbered(text)).find(|text| is_condition(text)).map(str::to_owned);
        // `# Option A` lasts until the next option; `# Or …` is about what stands below it.
        let alternative = title.as_deref().filter(|t| is_alternative(t)).map(str::to_owned);
        if let Some(option) = alternative.as_ref().filter(|a| option_name(a).is_some()) {
            self.variant = Some(option.clone());
        }
        let lead = self.around.lead.clone();
        let guard = guard.or_else(|| lead.clone().filter(|l| self.steps.is_empty() && is_condition(l)));
        Step {
            id: StepId::default(),
            title: title.or(lead).unwrap_or_default(),
            phase: self.around.phase.unwrap_or(Phase::Other),
            kind: StepKind::Command,
            guard,
            variant: alternative.or_else(|| self.variant.clone()).or_else(|| self.around.variant.clone()),
            language: Some(language.to_owned()),
            commands: Vec::new(),
            expected: None,
            corrected: None,
            source: self.lines.source(span),
        }
    }

    fn close(&mut self) {
        if let Some(step) = self.current.take() {
            self.steps.push(step);
        }
    }

    /// Comments with no command below: things a person does, or notes.
    fn orphans(&mut self) {
        let comments = std::mem::take(&mut self.comments);
        let Some((first, line)) = comments.first() else { return };
        let text = unnumbered(first);
        let conditional = is_condition(text);
        if !conditional && !is_imperative(text) {
            return;
        }
        let last = comments.last().map_or(*line, |(_, at)| *at);
        let span = self.lines.line_span(*line).start..self.lines.line_span(last).end;
        let title: Vec<&str> = comments.iter().map(|(t, _)| unnumbered(t)).collect();
        self.steps.push(Step {
            id: StepId::default(),
            title: title.join(" "),
            phase: self.around.phase.unwrap_or(Phase::Other),
            kind: if conditional { StepKind::Decision } else { StepKind::Manual },
            guard: conditional.then(|| text.to_owned()),
            variant: self.variant.clone().or_else(|| self.around.variant.clone()),
            language: None,
            commands: Vec::new(),
            expected: None,
            corrected: None,
            source: self.lines.source(span),
        });
    }
}

/// `# If …`, `# Only if …`, `Restart application if needed`.
pub(super) fn is_condition(text: &str) -> bool {
    let lower = text.to_lowercase();
    ["if ", "only if ", "otherwise", "else ", "when ", "in case ", "unless "].iter().any(|w| lower.starts_with(w))
        || [" if needed", " if necessary", " if available", "if needed)", " if recent", " if required", " only if "]
            .iter()
            .any(|w| lower.contains(w))
}

/// `# Option A: …`, `# Or add to …`, `# Alternatively …`.
pub(super) fn is_alternative(text: &str) -> bool {
    let lower = text.to_lowercase();
    lower == "or"
        || lower.starts_with("or ")
        || lower.starts_with("or:")
        || lower.starts_with("alternative")
        || option_name(text).is_some()
}

/// `Option 1: Docker rollback`, `A. Container crashed`, `Scenario 2 – …`, `Method B`.
pub(super) fn option_name(text: &str) -> Option<&str> {
    let text = text.trim().trim_end_matches(':');
    let mut words = text.split_whitespace();
    let first = words.next()?;
    let second = words.next();
    let lettered = first.len() == 2
        && first.starts_with(|c: char| c.is_ascii_uppercase())
        && first.ends_with(['.', ')'])
        && second.is_some();
    let named = matches!(
        first.to_lowercase().as_str(),
        "option" | "scenario" | "method" | "variant" | "approach" | "case" | "alternative"
    ) && second.is_some_and(|w| w.trim_end_matches([':', '.', ')', '-']).len() <= 2);
    (lettered || named).then_some(text)
}

/// `ssh HOST` with nothing behind it: the commands that follow are meant for there.
pub(super) fn ssh_login(text: &str) -> Option<String> {
    let code = text.split(" #").next().unwrap_or(text);
    let words: Vec<&str> = code.split_whitespace().collect();
    if words.first() != Some(&"ssh") {
        return None;
    }
    let mut at = 1;
    while let Some(option) = words.get(at).filter(|w| w.starts_with('-')) {
        at += if option.len() == 2 && "pilJoF".contains(&option[1..]) { 2 } else { 1 };
    }
    (words.len() == at + 1).then(|| words[at].to_owned())
}

/// Whether a command opens a database client that then waits for statements.
/// Programs that take statements on their standard input.
const CLIENTS: &[&str] = &["psql", "mysql", "mariadb", "sqlite3"];

pub(super) fn opens_client(command: &Command) -> bool {
    let mut words = command.text.split_whitespace();
    let first = words.next().unwrap_or_default();
    let wrapped = matches!(first, "docker" | "docker-compose" | "kubectl" | "podman") && command.interactive;
    (CLIENTS.contains(&first) || (wrapped && words.any(|w| CLIENTS.contains(&w))))
        && !command.text.contains(" -c")
        && !command.text.contains(" -e")
}

/// A statement as an argument to the client, so that it runs without a terminal.
fn given_to(client: &str, sql: &str) -> Option<String> {
    if sql.contains(['"', '`', '$', '\\', '!']) {
        return None;
    }
    let program = client.split_whitespace().find(|w| CLIENTS.contains(w))?;
    let client = without_terminal(client);
    Some(match program {
        "psql" => format!("{client} -X -v ON_ERROR_STOP=1 -c \"{sql}\""),
        "mysql" | "mariadb" => format!("{client} -e \"{sql}\""),
        "sqlite3" => format!("{client} \"{sql}\""),
        _ => return None,
    })
}

/// `docker exec -it db psql` as it is called where there is no terminal; compose has one unless told otherwise.
fn without_terminal(client: &str) -> String {
    if client.split_whitespace().next().is_some_and(|first| CLIENTS.contains(&first)) {
        return client.to_owned();
    }
    let words = client.split_whitespace();
    let mut kept: Vec<&str> =
        words.filter(|w| !matches!(*w, "-it" | "-ti" | "-t" | "-i" | "--tty" | "--interactive")).collect();
    let composed = kept.first() == Some(&"docker-compose") || kept.get(1) == Some(&"compose");
    if let Some(at) = kept.iter().position(|w| *w == "exec").filter(|_| composed && !kept.contains(&"-T")) {
        kept.insert(at + 1, "-T");
    }
    kept.join(" ")
}

/// What a comment behind a command says of its outcome: `redis-cli ping  # should return PONG`, `… # expect < 10`.
fn expected_behind(text: &str) -> Option<String> {
    let at = text.rfind(" #")?;
    let quoted = ['"', '\''].iter().any(|quote| text[..at].matches(*quote).count() % 2 == 1);
    let comment = text[at + 2..].trim();
    let lower = comment.to_ascii_lowercase();
    if quoted || text[at..].contains('\n') {
        return None;
    }
    if ["should ", "must be ", "must return ", "returns "].iter().any(|w| lower.starts_with(w)) {
        return Some(comment.to_owned());
    }
    let said = ["expected:", "expected ", "expects ", "expect:", "expect "].iter().find(|w| lower.starts_with(**w))?;
    let rest = comment[said.len()..].trim();
    (!rest.is_empty()).then(|| rest.to_owned())
}

fn is_expected_json(text: &str) -> bool {
    let text = text.trim_start();
    text.starts_with('{') && !text.starts_with("{ ") || text.starts_with("[{")
}
