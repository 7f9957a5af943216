//! A shell block as steps: comments are titles, conditions are guards, lines are commands.

use super::fence::{FenceType, begins_like_command, is_sql};
use super::markdown::Fence;
use super::prompt::{self, is_mongo};
use super::step::{Phase, Step, StepKind};
use super::words::{is_alternative, is_condition, is_imperative, option_name, unnumbered};
use crate::command::lines::{LineKind, Logical, logical_lines};
use crate::command::{Command, Language, is_redis};
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

/// What is typed in a block, as steps: commands of a shell, what stands behind prompts, or statements.
/// `around` learns of hosts and clients for the blocks that follow.
pub(super) fn typed(fence: &Fence, around: &mut Around, lines: &Lines<'_>) -> Vec<Step> {
    match fence.kind {
        FenceType::Shell => shell(fence, around, lines),
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
        _ => Vec::new(),
    }
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

/// Splits statements for a client.
fn statements(fence: &Fence, language: Language, around: &mut Around, lines: &Lines<'_>) -> Vec<Step> {
    let physical: Vec<&str> = fence.lines.iter().map(|l| l.text.as_str()).collect();
    let mut splitter = Splitter::new(fence, around, lines);
    let logical = client_lines(&physical, language);
    for line in &logical {
        match line.kind {
            LineKind::Blank => {
                splitter.close();
                splitter.orphans();
            }
            LineKind::Comment => splitter.comment(line),
            LineKind::Command | LineKind::Broken => splitter.said(&line.text, line, language),
        }
    }
    splitter.close();
    splitter.orphans();
    splitter.steps
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

impl<'s> Splitter<'s> {
    fn new(fence: &'s Fence, around: &'s mut Around, lines: &'s Lines<'s>) -> Self {
        Splitter { fence, lines, around, steps: Vec::new(), comments: Vec::new(), current: None, variant: None }
    }
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
            LineKind::Command | LineKind::Broken => {
                if let Some(language) = self.language(&line.text) {
                    return self.statement(logical, at, language);
                }
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

    /// Whose language a line among the commands is; `None` where it is the shell's.
    fn language(&mut self, text: &str) -> Option<Language> {
        if is_sql(text) {
            return Some(Language::Sql);
        }
        if is_mongo(text) {
            return Some(Language::Mongo);
        }
        let client = self.around.client.as_deref().and_then(client_program).and_then(Language::of_client)?;
        if matches!(text.trim_end_matches(';'), "exit" | "quit" | "\\q") {
            self.around.client = None;
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
            self.around.client = None;
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
        let form = self.around.client.as_deref().and_then(|client| given_to(client, text));
        command.rewrite = form.and_then(|form| {
            let read = Command::read(&form, number);
            let fits = !read.interactive && !read.secrets && read.impact <= command.impact;
            fits.then(|| read.rewrite.unwrap_or(form))
        });
        self.command(command, line, language.name());
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
            source: self.lines.source(span),
        });
    }
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

/// Programs that take statements on their standard input.
const CLIENTS: &[&str] = &[
    "psql", "mysql", "mariadb", "sqlite3", "redis-cli", "valkey-cli", "mongosh", "mongo", "cqlsh", "clickhouse-client",
];

/// The client's own name in the command that opens it.
fn client_program(command: &str) -> Option<&str> {
    command.split_whitespace().find(|word| CLIENTS.contains(word))
}

/// Whether a command opens a database client that then waits for statements.
pub(super) fn opens_client(command: &Command) -> bool {
    command.interactive && command.why.starts_with("opens a") && client_program(&command.text).is_some()
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
        "redis-cli" | "valkey-cli" => format!("{client} {sql}"),
        "mongosh" | "mongo" => format!("{client} --quiet --eval \"{sql}\""),
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
