//! Health vocabulary: what the answers of a health address mean, by their words and HTTP codes.

use std::collections::HashMap;
use std::ops::Range;

use serde::{Deserialize, Serialize};

use super::fence::FenceType;
use super::field::Field;
use super::markdown::{Block, Inlines, Kind, List, Table};
use super::section::Section;
use super::typing::Typing;
use super::words::topic::Topic;
use crate::check::Health;
use crate::source::{Lines, Source};

/// A health address and what it may answer.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct HealthEndpoint {
    /// The address or path.
    pub url: String,
    /// The answers the runbook tells apart.
    pub states: Vec<HealthState>,
    /// Where it stands.
    pub source: Source,
}

/// One answer.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct HealthState {
    /// The word: `degraded`.
    pub name: String,
    /// The HTTP code it comes with.
    pub http: Option<u16>,
    /// How well the service is then.
    pub level: Health,
}

/// Reads what a document says of the answers of its health addresses.
pub(super) fn read(root: &Section<'_>, lines: &Lines<'_>, typing: &Typing<'_>) -> Vec<HealthEndpoint> {
    let mut reader = Reader { lines, found: Vec::new(), by_url: HashMap::new(), by_path: HashMap::new() };
    root.walk(&mut |section| reader.section(section));
    reader.expected(typing);
    reader.found
}

struct Reader<'d> {
    lines: &'d Lines<'d>,
    found: Vec<HealthEndpoint>,
    /// Where in `found` each address stands.
    by_url: HashMap<String, usize>,
    /// Where the first whole address with a path stands.
    by_path: HashMap<String, usize>,
}

impl Reader<'_> {
    fn section(&mut self, section: &Section<'_>) {
        let speaks = section.topics.and(section.above).has(Topic::Health);
        let mut url = section.heading.and_then(|heading| match &heading.kind {
            Kind::Heading(_, text) => asked_in(text),
            _ => None,
        });
        let mut lead = String::new();
        for block in section.body {
            match &block.kind {
                Kind::Paragraph(text) => {
                    let own = asked_in(text);
                    let about = own.is_some() || (speaks && url.is_some());
                    url = own.or(url);
                    lead = text.plain();
                    let states = if about { told(text) } else { Vec::new() };
                    self.add(url.as_deref(), states, block.span.clone());
                }
                Kind::List(list) => {
                    url = list.items.iter().find_map(|item| item.blocks.iter().find_map(asked_in_block)).or(url);
                    if speaks || url.is_some() {
                        self.add(url.as_deref(), listed(list), block.span.clone());
                    }
                }
                Kind::Table(table) => {
                    let states = tabled(table);
                    // A table of states that no address stands above is still about one.
                    let unnamed = url.is_none() && speaks && !states.is_empty();
                    self.add(url.as_deref().or(unnamed.then_some("/health")), states, block.span.clone());
                }
                Kind::Fence(fence) => {
                    let text: Vec<&str> = fence.lines.iter().map(|l| l.text.as_str()).collect();
                    let text = text.join("\n");
                    url = text.lines().find_map(asked_in_line).or(url);
                    if fence.kind == FenceType::Json && (speaks || url.is_some()) {
                        let states =
                            answered(&text).map(|name| state(&name, code_in(&lead))).into_iter().flatten().collect();
                        self.add(url.as_deref(), states, block.span.clone());
                    }
                }
                Kind::Quote(_) | Kind::Heading(..) => {}
            }
        }
    }

    /// What a step's command asks and should be answered.
    fn expected(&mut self, typing: &Typing<'_>) {
        for step in typing.all() {
            let Some(expected) = &step.expected else { continue };
            let Some(url) = step.commands.iter().find_map(|command| asked_in_line(&command.text)) else { continue };
            let states: Vec<HealthState> = answered(expected).and_then(|name| state(&name, None)).into_iter().collect();
            self.add(Some(&url), states, step.source.span.clone());
        }
    }

    /// Puts states to an address that may be known already: `/health` and `http://localhost:3000/health` are the same.
    fn add(&mut self, url: Option<&str>, states: Vec<HealthState>, span: Range<usize>) {
        let (Some(url), false) = (url, states.is_empty()) else { return };
        let path = path_of(url);
        let other = || if url.starts_with('/') { self.by_path.get(path) } else { self.by_url.get(path) };
        let at = self.by_url.get(url).or_else(other).copied().unwrap_or(self.found.len());
        if at == self.found.len() {
            self.found.push(HealthEndpoint {
                url: url.to_owned(),
                states: Vec::new(),
                source: self.lines.source(span),
            });
            self.by_url.insert(url.to_owned(), at);
            if !url.starts_with('/') {
                self.by_path.entry(path.to_owned()).or_insert(at);
            }
        }
        let known = &mut self.found[at];
        for state in states {
            match known.states.iter_mut().find(|known| known.name.eq_ignore_ascii_case(&state.name)) {
                Some(told) => told.http = told.http.or(state.http),
                None => known.states.push(state),
            }
        }
    }
}

/// A word for a state with its code; `None` for words that say nothing of health.
fn state(name: &str, http: Option<u16>) -> Option<HealthState> {
    let bare = name.trim().trim_matches(|c: char| !c.is_alphanumeric());
    let level = Health::of_word(bare).or_else(|| of_other_word(bare))?;
    Some(HealthState { name: bare.to_owned(), http, level })
}

/// The words of other languages.
fn of_other_word(word: &str) -> Option<Health> {
    Some(match word.to_lowercase().as_str() {
        "gesund" | "sano" | "sana" | "saludable" | "sain" | "saudável" | "sağlıklı" | "gezond" | "disponible" => {
            Health::Ok
        }
        "eingeschränkt" | "beeinträchtigt" | "degradado" | "degradada" | "dégradé" | "bozulmuş" | "degradato"
        | "verstoord" => Health::Warn,
        "krank" | "ausgefallen" | "caído" | "caída" | "en panne" | "indisponível" | "sağlıksız" | "non sano"
        | "ongezond" => Health::Critical,
        _ => return None,
    })
}

/// `Status | HTTP | Meaning`, where most words are ones for health.
fn tabled(table: &Table) -> Vec<HealthState> {
    let fields = Field::columns(table);
    let at = |wanted: Field| fields.iter().position(|field| *field == Some(wanted));
    let cells = |row: &super::markdown::Row, at: Option<usize>| at.and_then(|at| row.cells.get(at)).map(Inlines::plain);
    // `Status` may be the word or the code: the cells decide.
    let is_words = |at: &usize| {
        let words =
            table.rows.iter().filter(|row| cells(row, Some(*at)).is_some_and(|cell| state(&cell, None).is_some()));
        words.count() * 2 > table.rows.len()
    };
    let is_codes = |at: &usize| {
        let codes = table.rows.iter().filter(|row| cells(row, Some(*at)).is_some_and(|cell| code_in(&cell).is_some()));
        codes.count() * 2 > table.rows.len()
    };
    let named = at(Field::State).filter(is_words).or_else(|| (0..fields.len()).find(is_words));
    let coded =
        at(Field::Http).filter(is_codes).or_else(|| (0..fields.len()).find(|at| is_codes(at) && Some(*at) != named));
    let (Some(named), true) = (named, coded.is_some() || at(Field::State).is_some()) else { return Vec::new() };
    // Services with their state are no vocabulary: a vocabulary has each word once.
    let found: Vec<HealthState> = table
        .rows
        .iter()
        .filter_map(|row| state(&cells(row, Some(named))?, cells(row, coded).and_then(|cell| code_in(&cell))))
        .collect();
    let once = found.iter().enumerate().all(|(at, s)| !found[..at].iter().any(|known| known.name == s.name));
    if once { found } else { Vec::new() }
}

/// `- 200: healthy`, ``- `degraded` (HTTP 200): …``.
fn listed(list: &List) -> Vec<HealthState> {
    let texts = list.items.iter().filter_map(|item| match item.blocks.first().map(|b| &b.kind) {
        Some(Kind::Paragraph(text)) => Some(text.plain()),
        _ => None,
    });
    let found: Vec<HealthState> = texts.filter_map(|text| paired(&text)).collect();
    if found.iter().any(|state| state.http.is_some()) { found } else { Vec::new() }
}

/// `Returns 200 when healthy, 503 when unhealthy`: each clause pairs a word with a code.
fn told(text: &Inlines) -> Vec<HealthState> {
    const LONGEST: usize = 600;
    let plain = text.plain().replace('\n', " ");
    if plain.len() > LONGEST {
        return Vec::new();
    }
    let clauses =
        plain.split([',', ';']).flat_map(|clause| clause.split(". ")).flat_map(|clause| clause.split(" and "));
    clauses.flat_map(|clause| clause.split(" or ")).filter_map(paired).filter(|state| state.http.is_some()).collect()
}

/// The one word for health and the one code of a text.
fn paired(text: &str) -> Option<HealthState> {
    // `/ready` is an address, and no word for a state.
    let spoken = || text.split_whitespace().filter(|word| !word.contains('/'));
    let words =
        || spoken().flat_map(|word| word.split(|c: char| !c.is_alphanumeric() && c != '_')).filter(|w| !w.is_empty());
    let mut names = words()
        .filter(|word| state(word, None).is_some() && !matches!(*word, "running" | "error" | "up" | "connected"));
    let name = names.next()?;
    let codes: Vec<u16> = words().filter_map(code).collect();
    match codes.as_slice() {
        [http] => state(name, Some(*http)),
        [] => state(name, None),
        _ => None,
    }
}

fn code(word: &str) -> Option<u16> {
    (word.len() == 3).then(|| word.parse().ok()).flatten().filter(|code| (100..600).contains(code))
}

fn code_in(text: &str) -> Option<u16> {
    text.split(|c: char| !c.is_alphanumeric()).find_map(code)
}

/// The word that an answer in JSON gives for its state.
fn answered(text: &str) -> Option<String> {
    ["\"status\"", "\"health\"", "\"state\""].iter().find_map(|key| {
        let rest = text.get(text.find(key)? + key.len()..)?.trim_start().strip_prefix(':')?.trim_start();
        let word = rest.strip_prefix('"')?.split('"').next()?;
        (!word.is_empty() && word.len() <= 40).then(|| word.to_owned())
    })
}

/// The health address that a text names in code or as a link: `/health`, `GET /ready`.
fn asked_in(text: &Inlines) -> Option<String> {
    let set_apart = text.0.iter().filter(|i| i.code || i.link.is_some());
    set_apart
        .into_iter()
        .find_map(|inline| asked_in_line(&inline.text))
        .or_else(|| text.0.iter().filter(|i| !i.code).find_map(|inline| asked_in_line(&inline.text)))
}

fn asked_in_block(block: &Block) -> Option<String> {
    match &block.kind {
        Kind::Paragraph(text) => asked_in(text),
        _ => None,
    }
}

/// The first address or path on a line that asks how something is.
fn asked_in_line(line: &str) -> Option<String> {
    if !line.contains('/') {
        return None;
    }
    let words =
        line.split(|c: char| c.is_whitespace() || matches!(c, '"' | '\'' | '`' | '(' | ')' | ',' | ';' | '<' | '>'));
    words
        .map(|word| word.trim_end_matches(['.', ':']))
        .find(|word| word.contains('/') && is_health(word))
        .map(str::to_owned)
}

/// `/health`, `http://localhost:3000/api/healthz`, `/ready`.
fn is_health(word: &str) -> bool {
    const NAMES: &[&str] = &[
        "health", "healthz", "healthcheck", "health-check", "ready", "readyz", "readiness", "live", "livez",
        "liveness", "status", "ping", "up", "salud", "sante",
    ];
    let path = path_of(word);
    let local = word.starts_with('/') || word.contains("://") || word.starts_with("localhost");
    let last = path.trim_end_matches('/').split('?').next().unwrap_or_default().rsplit('/').next().unwrap_or_default();
    // `/status` and `/up` alone are folders as often as addresses.
    let plain =
        word.starts_with('/') && matches!(last, "status" | "live" | "up" | "ping") && path.matches('/').count() > 1;
    local && !path.is_empty() && !plain && NAMES.contains(&last)
}

/// The path of an address.
fn path_of(url: &str) -> &str {
    if url.starts_with('/') {
        return url;
    }
    let rest = url.split_once("://").map_or(url, |(_, rest)| rest);
    rest.find('/').map_or("", |at| &rest[at..])
}

#[cfg(test)]
mod tests {
    use crate::runbook::Runbook;

    /// `url: name code level …` of each.
    fn check(markdown: &str, expected: &str) {
        let runbook = Runbook::read([("ops.md", markdown)]);
        let shown: Vec<String> = runbook
            .health
            .iter()
            .map(|h| {
                let state = |s: &super::HealthState| {
                    format!("{} {} {}", s.name, s.http.map_or("-".into(), |c| c.to_string()), s.level.name())
                };
                format!("{}: {}", h.url, h.states.iter().map(state).collect::<Vec<_>>().join(", "))
            })
            .collect();
        assert_eq!(shown.join("\n"), expected, "{markdown}");
    }

    #[test]
    fn a_table_tells_the_states_of_the_address_above_it() {
        check(
            "# Ops\n\n## Health\n\n`GET /healthz` answers:\n\n| State | HTTP | Meaning |\n|---|---|---|\n| ok | 200 | all is well |\n| degraded | 200 | no cache |\n| down | 503 | nothing |\n",
            "/healthz: ok 200 ok, degraded 200 warn, down 503 critical",
        );
        check("# Ops\n\n## Now\n\n| Service | Status |\n|---|---|\n| kiln | up |\n| glaze | up |\n", "");
    }

    #[test]
    fn lists_and_sentences_tell_them_too() {
        check(
            "# Ops\n\n## Health checks\n\nThe kiln answers under `/health`:\n\n- `healthy` (200)\n- `unhealthy` (503): call Anke\n",
            "/health: healthy 200 ok, unhealthy 503 critical",
        );
        check(
            "# Ops\n\n## Kiln\n\n`/ready` returns 200 when healthy, 503 when unhealthy.\n",
            "/ready: healthy 200 ok, unhealthy 503 critical",
        );
        check("# Ops\n\n## Kiln\n\nThe kiln is down when nobody answers.\n", "");
    }

    #[test]
    fn an_expected_answer_says_what_well_means() {
        check(
            "# Ops\n\n## Kiln down\n\n**Verify:**\n```bash\ncurl http://localhost:7001/health\n# Expected: {\"status\":\"healthy\"}\n```\n",
            "http://localhost:7001/health: healthy - ok",
        );
    }
}
