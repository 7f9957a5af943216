//! A shell block as steps: comments are titles, conditions are guards, lines are commands.

use super::clients::{client_program, given_to};
use super::fence::{FenceType, begins_like_command, is_sql};
use super::goto::{self, Goto};
use super::markdown::Fence;
use super::prompt::{self, is_mongo};
use super::step::{Phase, Step, StepKind};
use super::whereabouts::Whereabouts;
use super::words::topic::{Topic, Topics};
use super::words::{self, is_alternative, is_condition, is_imperative, normal, numbering, option_name, unnumbered};
use crate::command::lines::{LineKind, Logical, logical_lines};
use crate::command::{Command, Language, is_redis};
use crate::source::{Lines, Source};

/// What stands around a block while it is split.
#[derive(Clone, Debug, Default)]
pub(super) struct Around {
    /// The phase a label announced.
    pub phase: Option<Phase>,
    /// The words that lead to the block.
    pub lead: Option<String>,
    /// The alternative it belongs to.
    pub variant: Option<String>,
    /// The number of the point in a list that leads to the block.
    pub number: Option<u32>,
    /// Where commands are typed.
    pub at: Whereabouts,
}

/// What is typed in a block, as steps: commands of a shell, what stands behind prompts, or statements.
/// `around` learns of hosts and clients for the blocks that follow. A block in which something stands always gives a
/// step, if only one that is not to be run.
pub(super) fn typed(fence: &Fence, around: &mut Around, lines: &Lines<'_>) -> Vec<Step> {
    let steps = match fence.kind {
        FenceType::Shell => shell(fence, around, lines),
        FenceType::Other if fence.is_remarks() => shell(fence, around, lines),
        FenceType::Sql => statements(fence, Language::Sql, around, lines),
        FenceType::Transcript => {
            let mut steps = Vec::new();
            for (language, part) in prompt::dialog(fence) {
                steps.extend(match language {
                    Language::Shell => shell(&part, around, lines),
                    other => statements(&part, other, around, lines),
                });
            }
            steps
        }
        _ => return Vec::new(),
    };
    around.at.end_block();
    if steps.is_empty() { remarks(fence, around, lines).into_iter().collect() } else { steps }
}

/// A block that holds nothing but remarks.
fn remarks(fence: &Fence, around: &Around, lines: &Lines<'_>) -> Option<Step> {
    let mut filled = fence.lines.iter().filter(|line| !line.text.trim().is_empty()).peekable();
    let start = filled.peek()?.start;
    let last = fence.lines.iter().rfind(|line| !line.text.trim().is_empty())?;
    let source = lines.source(start..last.start + last.text.len());
    let said: Vec<&str> = filled.map(|line| line.text.trim().trim_start_matches(['#', '-', '/', ' '])).collect();
    let phase = around.phase.unwrap_or(Phase::Other);
    let variant = around.variant.clone();
    Some(Step { title: said.join(" "), variant, ..Step::new(StepKind::Sample, phase, source) })
}

/// Splits a block of shell.
fn shell(fence: &Fence, around: &mut Around, lines: &Lines<'_>) -> Vec<Step> {
    let physical: Vec<&str> = fence.lines.iter().map(|l| l.text.as_str()).collect();
    let mut splitter = Splitter::new(fence, around, lines);
    let logical = logical_lines(&physical);
    let mut at = 0;
    while at < logical.len() {
        at += splitter.take(&logical, at);
    }
    let mut steps = splitter.finish();
    by_platform(&mut steps);
    steps
}

/// `# Systemd` above one command and `# Docker` above the next: one or the other, by how a team runs it.
fn by_platform(steps: &mut [Step]) {
    const PLATFORMS: &[&str] = &[
        "systemd", "docker", "docker compose", "compose", "pm2", "kubernetes", "k8s", "podman", "supervisor", "swarm",
        "bare metal", "ubuntu", "debian", "ubuntu debian", "debian ubuntu", "rhel", "centos", "rhel centos",
        "centos rhel", "fedora", "alpine", "macos", "linux", "windows", "postgresql", "postgres", "mysql", "sqlite",
    ];
    let named = |step: &Step| step.variant.is_none() && PLATFORMS.contains(&normal(&step.title).as_str());
    if steps.iter().filter(|step| named(step)).count() >= 2 {
        steps.iter_mut().filter(|step| named(step)).for_each(|step| step.variant = Some(step.title.clone()));
    }
}

/// Splits statements for a client.
fn statements(fence: &Fence, language: Language, around: &mut Around, lines: &Lines<'_>) -> Vec<Step> {
    let physical: Vec<&str> = fence.lines.iter().map(|l| l.text.as_str()).collect();
    let mut splitter = Splitter::new(fence, around, lines);
    for line in &client_lines(&physical, language) {
        match line.kind {
            LineKind::Blank => splitter.blank(),
            LineKind::Comment => splitter.comment(line),
            LineKind::Command | LineKind::Broken => splitter.said(&line.text, line, language),
        }
    }
    splitter.finish()
}

/// Lines as a client reads them: SQL up to its `;`, the Mongo shell up to its last bracket, the others line by line.
fn client_lines(physical: &[&str], language: Language) -> Vec<Logical> {
    if language == Language::Mongo {
        return logical_lines(physical);
    }
    let mut found: Vec<Logical> = Vec::new();
    let mut open = false;
    for (at, line) in physical.iter().enumerate() {
        let trimmed = line.trim();
        let comment = ["--", "#", "//"].iter().find_map(|mark| trimmed.strip_prefix(mark));
        match (found.last_mut().filter(|_| open), comment) {
            (Some(last), None) => {
                last.text.push('\n');
                last.text.push_str(trimmed);
                last.last = at;
            }
            (Some(last), Some(_)) => last.last = at,
            (None, Some(said)) => {
                let text = said.trim_start_matches(['-', '#', '/']).trim().to_owned();
                found.push(Logical { kind: LineKind::Comment, text, first: at, last: at });
                continue;
            }
            (None, None) => {
                let kind = if trimmed.is_empty() { LineKind::Blank } else { LineKind::Command };
                found.push(Logical { kind, text: trimmed.to_owned(), first: at, last: at });
            }
        }
        open = language == Language::Sql && !trimmed.is_empty() && !prompt::ends_statement(trimmed)
            || open && (trimmed.is_empty() || comment.is_some());
    }
    found
}

struct Splitter<'s> {
    fence: &'s Fence,
    lines: &'s Lines<'s>,
    around: &'s mut Around,
    steps: Vec<Step>,
    /// Comments not yet followed by a command.
    comments: Vec<(String, u32)>,
    /// The step that is being gathered, with its first and last line.
    current: Option<(Step, u32, u32)>,
    variant: Option<String>,
    /// Whether a comment announced what comes out, and it follows.
    awaits: bool,
}

impl<'s> Splitter<'s> {
    fn new(fence: &'s Fence, around: &'s mut Around, lines: &'s Lines<'s>) -> Self {
        let (steps, comments) = (Vec::new(), Vec::new());
        Splitter { fence, lines, around, steps, comments, current: None, variant: None, awaits: false }
    }

    /// Takes the logical line at `at`; returns how many it used.
    fn take(&mut self, logical: &[Logical], at: usize) -> usize {
        let line = &logical[at];
        match line.kind {
            LineKind::Blank => self.blank(),
            LineKind::Comment => self.comment(line),
            LineKind::Command | LineKind::Broken => {
                if self.is_sample(&line.text) {
                    return self.sample(logical, at);
                }
                self.awaits = false;
                if let Some(language) = self.language(&line.text) {
                    return self.statement(logical, at, language);
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

    fn blank(&mut self) {
        self.awaits = false;
        self.close();
        self.orphans();
    }

    fn finish(mut self) -> Vec<Step> {
        self.blank();
        self.steps
    }

    fn comment(&mut self, line: &Logical) {
        let text = line.text.trim_start_matches('#').trim().to_owned();
        if self.awaits {
            if let Some(step) = self.last_step() {
                step.expect(&text);
            }
            return;
        }
        // Behind a command it is what comes out; before one it is a note.
        let behind = self.current.is_some() || (self.comments.is_empty() && !self.steps.is_empty());
        if let Some(expected) = words::expected(&text).filter(|_| behind) {
            self.awaits = expected.is_empty();
            if let Some(step) = self.last_step().filter(|_| !expected.is_empty()) {
                step.expect(&expected);
            }
            return;
        }
        self.close();
        self.comments.push((text, self.number(line.first)));
    }

    fn last_step(&mut self) -> Option<&mut Step> {
        self.current.as_mut().map(|(step, ..)| step).or(self.steps.last_mut())
    }

    /// Whether a line is what a command printed rather than one: it was announced, or is JSON behind a command.
    fn is_sample(&mut self, text: &str) -> bool {
        let announced = self.awaits && !begins_like_command(text);
        announced || (is_json(text) && (self.announced_above() || self.last_step().is_some()))
    }

    /// Whether the last comment announced what comes out.
    fn announced_above(&self) -> bool {
        self.comments.last().is_some_and(|(text, _)| words::expected(text).is_some())
    }

    /// A sample of output inside the block, up to the next blank line.
    fn sample(&mut self, logical: &[Logical], at: usize) -> usize {
        let count = logical[at..].iter().position(|l| l.kind == LineKind::Blank).unwrap_or(logical.len() - at);
        let text: Vec<&str> = logical[at..at + count].iter().map(|l| l.text.as_str()).collect();
        self.close();
        self.comments.clear();
        self.awaits = false;
        if let Some(step) = self.steps.last_mut() {
            step.expected = Some(text.join("\n"));
        }
        count.max(1)
    }

    /// Whose language a line among the commands is; `None` where it is the shell's.
    fn language(&mut self, text: &str) -> Option<Language> {
        if is_sql(text) {
            return Some(Language::Sql);
        }
        if is_mongo(text) {
            return Some(Language::Mongo);
        }
        let client = self.around.at.client.as_deref().and_then(client_program).and_then(Language::of_client)?;
        if matches!(text.trim_end_matches(';'), "exit" | "quit" | "\\q") {
            self.around.at.client = None;
            return None;
        }
        // Redis has commands that are programs as well: `info`, `get`, `type`.
        let redis = client == Language::Redis && is_redis(text) && !text.starts_with("redis-cli");
        let meta = client == Language::Sql && text.starts_with('\\');
        let used = client == Language::Mongo && text.starts_with("use ");
        if redis || meta || used {
            return Some(client);
        }
        if begins_like_command(text) {
            self.around.at.client = None;
        }
        None
    }

    /// A statement among the commands: of SQL its lines up to the `;`.
    fn statement(&mut self, logical: &[Logical], at: usize, language: Language) -> usize {
        let mut count = 0;
        let mut text = String::new();
        for line in &logical[at..] {
            if !matches!(line.kind, LineKind::Command | LineKind::Broken) {
                break;
            }
            count += 1;
            text = if text.is_empty() { line.text.clone() } else { format!("{text}\n{}", line.text) };
            if language != Language::Sql || line.text.trim_end().ends_with(';') || line.text.starts_with('\\') {
                break;
            }
        }
        let last = logical[at + count - 1].last;
        let spanning = Logical { last, ..logical[at].clone() };
        self.said(&text, &spanning, language);
        count
    }

    /// Statements that a client takes.
    fn said(&mut self, text: &str, line: &Logical, language: Language) {
        let number = self.number(line.first);
        let mut command = Command::typed(text, number, language);
        // The same statements as an argument of their client, unless that would do more than they say.
        let form = self.around.at.client.as_deref().and_then(|client| given_to(client, text));
        command.rewrite = form.and_then(|form| {
            let read = Command::read(&form, number);
            let fits = !read.interactive && !read.secrets && read.impact <= command.impact;
            fits.then(|| read.rewrite.unwrap_or(form))
        });
        self.command(command, line, language.name());
    }

    fn command(&mut self, mut command: Command, line: &Logical, language: &str) {
        if self.current.as_ref().is_some_and(|(step, ..)| step.language.as_deref() != Some(language)) {
            self.close();
        }
        let (mut step, first, _) = match self.current.take() {
            Some(open) => open,
            None => self.open(line, language),
        };
        let told = !step.title.is_empty() && step.commands.is_empty();
        self.around.at.take(&mut command, told);
        let expected = expected_behind(&command.text);
        step.commands.push(command);
        if let Some(expected) = &expected {
            step.expect(expected);
        }
        self.current = Some((step, first, self.number(line.last)));
        // What one command should print is not what the next one should.
        if expected.is_some() {
            self.close();
        }
    }

    /// A new step out of the comments above its first command.
    fn open(&mut self, line: &Logical, language: &str) -> (Step, u32, u32) {
        let comments = std::mem::take(&mut self.comments);
        let first = comments.first().map_or_else(|| self.number(line.first), |(_, at)| *at);
        let number = comments.iter().find_map(|(text, _)| numbering(text)?.parse().ok());
        if comments.iter().any(|(text, _)| Topics::of(&normal(text)).has(Topic::Home)) {
            self.around.at.go_home();
        }
        // Words that send the reader elsewhere are no title where there are others.
        let (sent, said): (Vec<&str>, Vec<&str>) =
            comments.iter().map(|(text, _)| unnumbered(text)).partition(|text| goto::leads_elsewhere(text));
        let texts = if said.is_empty() && self.around.lead.is_none() { &sent } else { &said };
        let title = (!texts.is_empty()).then(|| texts.join(" — "));
        // `# Option A` lasts until the next option; `# Or …` is about what stands below it.
        let alternative = title.as_deref().filter(|t| is_alternative(t)).map(str::to_owned);
        if let Some(option) = alternative.as_ref().filter(|a| option_name(a).is_some()) {
            self.variant = Some(option.clone());
        }
        let guard = said.iter().find(|text| is_condition(text)).map(|text| (*text).to_owned());
        let lead = self.around.lead.clone();
        let step = Step {
            number: number.or(self.around.number.filter(|_| self.steps.is_empty())),
            guard: guard.or_else(|| lead.clone().filter(|lead| is_condition(lead))),
            title: title.or(lead).unwrap_or_default(),
            variant: alternative.or_else(|| self.variant.clone()).or_else(|| self.around.variant.clone()),
            goto: sent.iter().chain(&said).find_map(|text| Goto::said(text)),
            language: Some(language.to_owned()),
            ..Step::new(StepKind::Command, self.phase(), self.lines.source(0..0))
        };
        (step, first, first)
    }

    fn phase(&self) -> Phase {
        self.around.phase.unwrap_or(Phase::Other)
    }

    fn close(&mut self) {
        if let Some((step, first, last)) = self.current.take() {
            let source = self.source(first, last);
            self.steps.push(Step { source, ..step });
        }
    }

    fn source(&self, first: u32, last: u32) -> Source {
        self.lines.source(self.lines.line_span(first).start..self.lines.line_span(last).end)
    }

    /// Comments with no command below: things a person does, or notes.
    fn orphans(&mut self) {
        let comments = std::mem::take(&mut self.comments);
        let (Some((first, line)), Some((_, last))) = (comments.first(), comments.last()) else { return };
        let text = unnumbered(first);
        let conditional = is_condition(text);
        let goto = comments.iter().find_map(|(text, _)| Goto::said(text));
        // What is counted is a step, whatever it says.
        let counted = numbering(first).is_some();
        if !conditional && !counted && !is_imperative(text) && goto.is_none() {
            return;
        }
        let title: Vec<&str> = comments.iter().map(|(t, _)| unnumbered(t)).collect();
        let kind = if conditional { StepKind::Decision } else { StepKind::Manual };
        let lead = self.around.lead.clone().filter(|lead| is_condition(lead));
        self.steps.push(Step {
            title: title.join(" "),
            number: numbering(first).and_then(|number| number.parse().ok()),
            guard: conditional.then(|| text.to_owned()).or(lead),
            variant: self.variant.clone().or_else(|| self.around.variant.clone()),
            goto,
            ..Step::new(kind, self.phase(), self.source(*line, *last))
        });
    }
}

/// What a comment behind a command says of its outcome: `redis-cli ping  # should return PONG`, `… # expect < 10`.
fn expected_behind(text: &str) -> Option<String> {
    let at = text.rfind(" #")?;
    let quoted = ['"', '\''].iter().any(|quote| text[..at].matches(*quote).count() % 2 == 1);
    if quoted || text[at..].contains('\n') {
        return None;
    }
    words::expected(&text[at + 2..]).filter(|expected| !expected.is_empty())
}

/// `{"status": …}` or `[{…`, and no group of commands in braces.
fn is_json(text: &str) -> bool {
    let text = text.trim_start();
    (text.starts_with('{') || text.starts_with("[{")) && (text.contains("\":") || text.contains("\" :"))
}
