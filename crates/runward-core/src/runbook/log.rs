//! Logs: where a runbook says that things are logged.

use std::collections::HashSet;
use std::ops::Range;

use serde::{Deserialize, Serialize};

use super::columns::is_nothing;
use super::fence::begins_like_command;
use super::field::{Field, labelled};
use super::markdown::{Block, Inlines, Kind, Table};
use super::section::Section;
use super::typing::Typing;
use super::words::topic::Topic;
use super::words::unnumbered;
use crate::command::Command;
use crate::source::{Lines, Source};

/// One place of logs.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Log {
    /// Whose log it is.
    pub what: String,
    /// Its file, where it is one.
    pub path: Option<String>,
    /// The command that shows it, where there is one.
    pub command: Option<String>,
    /// Where it stands.
    pub source: Source,
}

/// Reads where a document says that things are logged.
pub(super) fn read(root: &Section<'_>, lines: &Lines<'_>, typing: &Typing<'_>) -> Vec<Log> {
    let mut logs = Logs { lines, typing, found: Vec::new(), known: HashSet::new() };
    root.walk(&mut |section| logs.section(section));
    logs.found
}

struct Logs<'d> {
    lines: &'d Lines<'d>,
    typing: &'d Typing<'d>,
    found: Vec<Log>,
    /// Paths and commands that are told already.
    known: HashSet<String>,
}

impl Logs<'_> {
    fn section(&mut self, section: &Section<'_>) {
        let speaks = section.topics.has(Topic::Logs)
            || (section.topics.and(section.above).has(Topic::Logs) && section.level > 2);
        for block in section.body {
            match &block.kind {
                Kind::Table(table) => self.table(table, speaks),
                Kind::List(list) if speaks => {
                    for item in &list.items {
                        if let Some(Kind::Paragraph(text)) = item.blocks.first().map(|b| &b.kind) {
                            self.told(text, None);
                        }
                    }
                }
                Kind::Paragraph(text) if speaks => self.told(text, Some(&section.title)),
                _ => {}
            }
            for label in labelled(block).into_iter().filter(|label| label.field == Field::Log) {
                self.place(unnumbered(&section.title), &label.text, label.span);
            }
        }
        if speaks {
            self.typed(section.body, &section.title);
        }
    }

    /// A column for the place of the logs, below any heading; below one on logs any column of paths or commands will do.
    fn table(&mut self, table: &Table, speaks: bool) {
        let fields = Field::columns(table);
        let at = |wanted: Field| fields.iter().position(|field| *field == Some(wanted));
        let placed = at(Field::Log).or_else(|| {
            let other = [Field::Path, Field::Command, Field::Where].into_iter().find_map(at);
            other.or_else(|| (0..fields.len()).rev().find(|at| holds_places(table, *at))).filter(|_| speaks)
        });
        let Some(placed) = placed else { return };
        let named = at(Field::What).filter(|at| *at != placed).or_else(|| (0..fields.len()).find(|at| *at != placed));
        for row in &table.rows {
            let Some(cell) = row.cells.get(placed).map(Inlines::plain).filter(|cell| !is_nothing(cell)) else {
                continue;
            };
            let what = named.and_then(|at| row.cells.get(at)).map(Inlines::plain).unwrap_or_default();
            self.add(&what, &cell, self.lines.source(row.span.clone()));
        }
    }

    /// Paths and commands in running words: `nginx logs to /var/log/nginx/`.
    fn told(&mut self, text: &Inlines, heading: Option<&str>) {
        let plain = text.plain();
        for code in text.codes().filter(|code| is_log(&code.text)) {
            let before = plain.split(&code.text).next().unwrap_or_default();
            let label =
                before.lines().last().unwrap_or_default().trim().trim_end_matches([':', '-', '–', '—', '(', ' ']);
            let short = !label.is_empty() && label.split_whitespace().count() <= 5;
            let what = if short { label } else { heading.unwrap_or(label) };
            self.add(what, &code.text, self.lines.source(text.span()));
        }
    }

    /// Commands below a heading on logs that show one.
    fn typed(&mut self, body: &[Block], heading: &str) {
        let Some(span) = body.first().zip(body.last()).map(|(first, last)| first.span.start..last.span.end) else {
            return;
        };
        for step in self.typing.within(span) {
            for command in step.commands.iter().filter(|command| shows_log(command)) {
                let what = if step.title.is_empty() { heading } else { &step.title };
                self.add(what, &command.text, self.lines.source(self.lines.line_span(command.line)));
            }
        }
    }

    fn place(&mut self, what: &str, said: &str, span: Range<usize>) {
        let word = said.split_whitespace().find(|word| word.contains('/')).unwrap_or(said);
        if is_log(said) || word.starts_with('/') {
            self.add(what, if is_log(said) { said } else { word }, self.lines.source(span));
        }
    }

    fn add(&mut self, what: &str, place: &str, source: Source) {
        let place = place.trim();
        if !self.known.insert(place.to_owned()) {
            return;
        }
        let is_path = !place.contains(' ') && (place.contains('/') || place.ends_with(".log"));
        let (path, command) = if is_path { (Some(place.to_owned()), None) } else { (None, Some(place.to_owned())) };
        self.found.push(Log { what: what.to_owned(), path, command, source });
    }
}

/// Whether a column holds nothing but paths and commands.
fn holds_places(table: &Table, at: usize) -> bool {
    let cells = table.rows.iter().filter_map(|row| row.cells.get(at));
    !table.rows.is_empty() && cells.map(Inlines::plain).all(|cell| is_nothing(&cell) || is_log(&cell))
}

/// A file of logs, or a command that shows one.
fn is_log(text: &str) -> bool {
    let path = !text.contains(' ') && text.contains('/') && (text.contains("log") || text.starts_with("/var/"));
    let command = text.contains(' ') && begins_like_command(text) && shows_log(&Command::read(text, 0));
    path || command
}

/// `journalctl -u web`, `docker compose logs web`, `pm2 logs`, `tail -f /var/log/web.log`.
fn shows_log(command: &Command) -> bool {
    let words: Vec<&str> = command.text.split_whitespace().skip_while(|word| *word == "sudo").collect();
    match words.first().copied() {
        Some("journalctl") => true,
        Some(
            "docker" | "docker-compose" | "podman" | "pm2" | "kubectl" | "heroku" | "fly" | "flyctl" | "gcloud" | "aws",
        ) => words.iter().skip(1).take(3).any(|word| matches!(*word, "logs" | "log" | "logging" | "tail")),
        Some("tail" | "less" | "cat" | "grep" | "zcat" | "zgrep" | "head" | "more") => {
            words.iter().any(|word| word.contains("log") && word.contains('/'))
        }
        _ => false,
    }
}

#[cfg(test)]
mod tests {
    use crate::runbook::Runbook;

    /// `line what > place` of each.
    fn check(markdown: &str, expected: &str) {
        let runbook = Runbook::read([("ops.md", markdown)]);
        let shown: Vec<String> = runbook
            .logs
            .iter()
            .map(|l| format!("{} {} > {}", l.source.line, l.what, l.path.as_ref().or(l.command.as_ref()).unwrap()))
            .collect();
        assert_eq!(shown.join("\n"), expected, "{markdown}");
    }

    #[test]
    fn tables_say_where_things_are_logged() {
        check(
            "# Ops\n\n## Logs\n\n| What | Command / Path |\n|---|---|\n| kiln | `journalctl -u kiln -f` |\n| door | `/var/log/door.log` |\n",
            "7 kiln > journalctl -u kiln -f\n8 door > /var/log/door.log",
        );
        check(
            "# Ops\n\n| Service | Log location |\n|---|---|\n| kiln | `/var/log/kiln/` |\n",
            "5 kiln > /var/log/kiln/",
        );
        check("# Ops\n\n| Service | Port |\n|---|---|\n| kiln | 80 |\n", "");
    }

    #[test]
    fn so_do_words_and_commands_below_a_heading_on_logs() {
        check(
            "# Ops\n\n## Where the logs are\n\n- Kiln: `/var/log/kiln.log`\n\n```bash\n# the door's\ndocker logs door\n```\n",
            "5 Kiln > /var/log/kiln.log\n9 the door's > docker logs door",
        );
        check("# Ops\n\n## Backup\n\n- **Log:** `/var/log/save.log`\n", "5 Backup > /var/log/save.log");
        check("# Ops\n\n## Kiln down\n\n```bash\njournalctl -u kiln\n```\n", "");
    }
}
