//! Sets that a text names: behind words that say what is done with them, in lists and tables below such words, and in
//! columns of the inventory.

use super::claims::{CUES, Listed, claimed, listed, means_all, speaks_of_deploying};
use super::names::Names;
use super::{Claim, Role, ServiceSet};
use crate::runbook::markdown::{Block, Fence, Inlines, Item, Kind, List, Table};
use crate::runbook::running::Running;
use crate::runbook::section::parts;
use crate::runbook::{Runbook, Text};
use crate::source::{Lines, Origin, Source};

/// Reads one document.
pub(super) fn read(text: &Text<'_>, runbook: &Runbook, names: &Names) -> Vec<ServiceSet> {
    let file = text.lines.source(0..0).file;
    let told = || runbook.services.iter().filter(|s| s.source.origin != Origin::Derived);
    let mut rows: Vec<usize> = told().filter(|s| s.source.file == file).map(|s| s.source.span.start).collect();
    rows.sort_unstable();
    let mut reader = Reader {
        runbook,
        names,
        lines: &text.lines,
        inventory: told().nth(1).is_some(),
        rows,
        titles: Vec::new(),
        lead: String::new(),
        found: Vec::new(),
    };
    reader.blocks(&text.blocks);
    reader.found
}

struct Reader<'r> {
    runbook: &'r Runbook,
    names: &'r Names,
    lines: &'r Lines<'r>,
    /// Whether an inventory says which names there are.
    inventory: bool,
    /// Where the rows of the inventory begin.
    rows: Vec<usize>,
    /// The headings above, with their levels.
    titles: Vec<(u8, String)>,
    /// The label or the sentence that leads to the next block.
    lead: String,
    found: Vec<ServiceSet>,
}

impl Reader<'_> {
    fn blocks(&mut self, blocks: &[Block]) {
        for block in blocks {
            match &block.kind {
                Kind::Heading(level, text) => {
                    self.titles.retain(|(above, _)| above < level);
                    self.titles.push((*level, text.plain()));
                    self.lead.clear();
                }
                Kind::Paragraph(text) => {
                    self.text(text);
                    self.lead = lead(text);
                }
                Kind::List(list) => {
                    let before = std::mem::take(&mut self.lead);
                    self.list(list, &before);
                    self.lead = String::new();
                }
                Kind::Quote(inner) => self.blocks(inner),
                Kind::Table(table) => self.table(table),
                Kind::Fence(fence) => self.fence(fence, block),
            }
        }
    }

    fn title(&self) -> &str {
        self.titles.last().map_or("", |(_, title)| title)
    }

    fn add(&mut self, role: Role, members: Vec<String>, claim: Claim, source: Source) {
        if !members.is_empty() {
            self.found.push(ServiceSet { role, members, claim, source });
        }
    }

    fn is_services(&self, list: &Listed, role: Role) -> bool {
        // Exceptions may be one alone.
        let few = matches!(role, Role::NotMonitored | Role::NotBackedUp | Role::DeployedByHand);
        list.is_services(self.inventory) || (few && self.inventory && list.known >= 1 && list.others == 0)
    }

    /// Lists in sentences: `Currently monitored: web, api`, `deploy.sh restarts web and api`, `web and api are backed up`.
    fn text(&mut self, text: &Inlines) {
        let running = Running::of(text);
        if !CUES.is_match(&running.text) {
            return;
        }
        for sentence in running.sentences() {
            let start = sentence.start;
            if let Some((role, at, members)) = self.sentence(&running.text[sentence]) {
                self.add(role, members, Claim::Said, running.source(start + at, self.lines));
            }
        }
    }

    /// The set of one sentence, and at which byte its list begins.
    fn sentence(&self, sentence: &str) -> Option<(Role, usize, Vec<String>)> {
        self.excepted(sentence)
            .or_else(|| self.labelled(sentence))
            .or_else(|| self.passive(sentence))
            .or_else(|| self.active(sentence))
    }

    fn accepted(&self, role: Role, at: usize, text: &str) -> Option<(Role, usize, Vec<String>)> {
        let list = listed(text, &self.runbook.services, self.names);
        self.is_services(&list, role).then_some((role, at, list.members))
    }

    /// `All services except till and bar are monitored`.
    fn excepted(&self, sentence: &str) -> Option<(Role, usize, Vec<String>)> {
        if !means_all(sentence) {
            return None;
        }
        let marks = [" except for ", " except ", " excluding ", " other than ", " apart from ", " but not "];
        let (at, mark) = marks.iter().find_map(|mark| Some((sentence.find(mark)?, *mark)))?;
        let start = at + mark.len();
        let end = [" is ", " are ", " gets ", " get "].iter().filter_map(|v| sentence[start..].find(v)).min();
        let outside = format!("{} {}", &sentence[..at], end.map_or("", |end| &sentence[start + end..]));
        let role = match claimed(&outside)? {
            Role::Monitored => Role::NotMonitored,
            Role::BackedUp => Role::NotBackedUp,
            _ => return None,
        };
        self.accepted(role, start, &sentence[start..end.map_or(sentence.len(), |end| start + end)])
    }

    /// `Currently monitored: web, api`, `Restarts services: web, api`.
    fn labelled(&self, sentence: &str) -> Option<(Role, usize, Vec<String>)> {
        const LONGEST: usize = 90;
        let colon = sentence.match_indices(": ").map(|(at, _)| at).take(3);
        colon.filter(|at| *at <= LONGEST).find_map(|at| {
            let role = self.claimed(&sentence[..at])?;
            self.accepted(role, at + 2, &sentence[at + 2..])
        })
    }

    /// What words claim here: below `Deploy`, `Restart services` is what a deployment does.
    fn claimed(&self, words: &str) -> Option<Role> {
        claimed(words).or_else(|| {
            let lower = words.to_lowercase();
            let acts = ["restart", "reload", "rebuild", "bring up", "start "].iter().any(|verb| lower.contains(verb));
            let order = lower.contains("order");
            let deploys = speaks_of_deploying(self.title()) || speaks_of_deploying(&self.lead);
            (acts && deploys && !order).then_some(Role::Deployed)
        })
    }

    /// `web, api and worker are monitored`, `Token and mem must be restarted manually`.
    fn passive(&self, sentence: &str) -> Option<(Role, usize, Vec<String>)> {
        let marks =
            [" are ", " is ", " must be ", " have to be ", " has to be ", " need to be ", " should be ", " get "];
        let (at, mark) = marks.iter().filter_map(|mark| Some((sentence.find(mark)?, *mark))).min()?;
        let behind: String = sentence[at + mark.len()..].split_inclusive(' ').take(6).collect();
        let role = claimed(&format!("{behind} "))?;
        // What is said of a restore or a look at the state is not said of all times.
        let start = sentence[..at].rfind(": ").map_or(0, |colon| colon + 2);
        self.accepted(role, start, &sentence[start..at])
    }

    /// `deploy.sh restarts web, api and worker`.
    fn active(&self, sentence: &str) -> Option<(Role, usize, Vec<String>)> {
        let verbs = [
            " restarts ", " deploys ", " redeploys ", " monitors ", " watches ", " backs up ", " dumps ", " probes ",
            " pings ",
        ];
        // `Restarts web and api`: the script that does is named above.
        let first = verbs.iter().find(|verb| begins(sentence, verb.trim_start())).map(|verb| (verb.len() - 1, *verb));
        let inside = || verbs.iter().filter_map(|verb| Some((sentence.find(verb)? + verb.len(), *verb))).min();
        let (end, verb) = first.or_else(inside)?;
        let role = claimed(verb)?;
        let rest = &sentence[end..];
        let skipped = ["only ", "the ", "services ", "service ", "databases "]
            .iter()
            .fold(rest, |rest, word| rest.strip_prefix(word).unwrap_or(rest));
        self.accepted(role, sentence.len() - skipped.len(), skipped)
    }

    /// A list: sets in its items, and the set its items are.
    fn list(&mut self, list: &List, lead: &str) {
        for item in &list.items {
            self.lead = lead.to_owned();
            self.blocks(&item.blocks);
        }
        let (role, claim) = match (claimed(lead), claimed(self.title())) {
            (Some(role), _) => (role, Claim::Said),
            (None, Some(role)) if lead.is_empty() && self.inventory => (role, Claim::Typed),
            _ => return,
        };
        let mut found = Listed::default();
        for item in &list.items {
            match item_name(item) {
                Some(name) => found.take(&name, &self.runbook.services, self.names),
                None => found.others += 1,
            }
        }
        if self.is_services(&found, role) && found.known + found.members.len() > 0 {
            let span = list.items.first().map_or(0, |i| i.span.start)..list.items.last().map_or(0, |i| i.span.end);
            self.add(role, found.members, claim, self.lines.source(span));
        }
    }

    fn table(&mut self, table: &Table) {
        let (Some(first), Some(last)) = (table.rows.first(), table.rows.last()) else { return };
        let span = first.span.start..last.span.end;
        let next = self.rows.partition_point(|row| *row < span.start);
        let is_inventory = self.rows.get(next).is_some_and(|row| *row < span.end);
        self.columns(table);
        if is_inventory {
            return;
        }
        let (role, claim) = match (claimed(&self.lead), claimed(self.title())) {
            (Some(role), _) => (role, Claim::Said),
            (None, Some(role)) if self.inventory => (role, Claim::Typed),
            _ => return,
        };
        let mut found = Listed::default();
        for row in &table.rows {
            let cell = row.cells.first().map(Inlines::plain).unwrap_or_default();
            found.take(&cell, &self.runbook.services, self.names);
        }
        if self.is_services(&found, role) {
            self.add(role, found.members, claim, self.lines.source(span));
        }
    }

    /// Columns of a table that say yes or no of each service: `Monitored`, `Backup`.
    fn columns(&mut self, table: &Table) {
        for (at, head) in table.head.iter().enumerate().skip(1) {
            let Some(role) = claimed(&head.plain()) else { continue };
            let other = match role {
                Role::Monitored => Role::NotMonitored,
                Role::BackedUp => Role::NotBackedUp,
                _ => continue,
            };
            let (mut yes, mut no) = (Vec::new(), Vec::new());
            for row in &table.rows {
                let name = row.cells.first().map(Inlines::plain).unwrap_or_default();
                let cell = row.cells.get(at).map(Inlines::plain).unwrap_or_default();
                if let Some(known) = self.names.find(&name) {
                    let name = self.runbook.services[known].name.clone();
                    if is_no(&cell) { no.push(name) } else { yes.push(name) }
                }
            }
            let Some(row) = table.rows.first() else { continue };
            let span = row.span.start..table.rows.last().map_or(row.span.end, |last| last.span.end);
            self.add(role, yes, Claim::Said, self.lines.source(span.clone()));
            self.add(other, no, Claim::Said, self.lines.source(span));
        }
    }

    /// Lists of targets in configuration: below words that say what it is for.
    fn fence(&mut self, fence: &Fence, block: &Block) {
        let shell = matches!(fence.tag.as_str(), "bash" | "sh" | "shell" | "zsh" | "console" | "sql" | "json");
        let role = claimed(&self.lead).or_else(|| claimed(self.title()));
        let Some(role) = role.filter(|_| !shell && !fence.tag.is_empty() && self.inventory) else { return };
        let mut found = Listed::default();
        for line in &fence.lines {
            let words = line.text.split(|c: char| c.is_whitespace() || "[],'\"|={}()".contains(c));
            for word in words.filter(|w| w.len() > 1 && self.names.find(w).is_some()) {
                found.take(word, &self.runbook.services, self.names);
            }
        }
        if found.known >= 2 {
            self.add(role, found.members, Claim::Typed, self.lines.source(block.span.clone()));
        }
    }
}

/// What leads to the next block: the last label of a paragraph, or its last sentence.
fn lead(text: &Inlines) -> String {
    let last = parts(text).pop();
    let label = last.as_ref().and_then(|part| part.label.clone());
    let said = last.map(|part| part.text.plain()).unwrap_or_default();
    match label {
        Some(label) if said.is_empty() => label,
        Some(label) if said.ends_with(':') => format!("{label} {said}"),
        None if said.ends_with(':') => said.rsplit(". ").next().unwrap_or_default().to_owned(),
        _ => String::new(),
    }
}

/// The name an item begins with: `web`, `` `web` – the front page``, `**web** (3001)`, `web: every minute`.
fn item_name(item: &Item) -> Option<String> {
    let Some(Kind::Paragraph(text)) = item.blocks.first().map(|b| &b.kind) else { return None };
    if let Some(first) = text.0.first().filter(|i| i.code || i.strong) {
        return Some(first.text.trim_end_matches(':').to_owned());
    }
    let plain = text.plain();
    let end =
        [" (", ": ", " - ", " – ", " — ", " -> ", " at ", " on "].iter().filter_map(|mark| plain.find(mark)).min();
    Some(plain[..end.unwrap_or(plain.len())].to_owned())
}

fn is_no(cell: &str) -> bool {
    let bare = cell.trim().to_lowercase();
    let word = bare.split(|c: char| !c.is_alphanumeric()).find(|w| !w.is_empty()).unwrap_or_default();
    ["", "no", "none", "n", "never", "false", "not", "missing", "todo", "tbd", "n/a", "na"].contains(&word)
        && !["✓", "✔", "✅", "☑", "☒", "x", "🟢"].iter().any(|mark| bare.contains(mark))
}

/// Whether a text begins with a word, in small letters or with a capital.
fn begins(text: &str, word: &str) -> bool {
    text.get(..word.len()).is_some_and(|start| start.eq_ignore_ascii_case(word))
}
