//! One thing told with two values: domains, ports, paths, times, lengths, limits.

use std::collections::{BTreeMap, HashMap, HashSet};
use std::sync::LazyLock;

use regex::Regex;

use super::prose::{self, Passage};
use super::used::local_port;
use super::{Context, Kind, Needs, Place};
use crate::near::distance;
use crate::outside::schedule;
use crate::pattern::pattern;
use crate::runbook::markdown::{Block, Inlines, Kind as Markdown, Table};
use crate::runbook::sets::names::{Names, host_of};
use crate::runbook::words::normal;
use crate::runbook::{Finding, Level};
use crate::service::Service;
use crate::source::{Lines, Origin, Source};

pub(super) const KINDS: &[Kind] = &[DR03];

const DR03: Kind = Kind {
    id: "DR03",
    level: Level::Warning,
    needs: Needs::Document,
    what: "The same thing has two values in different places: a domain, a port, a path, a time, how long something is kept.",
    why: "One of them is wrong, and nobody sees which until it is used. A port that moved sends the health check to another service, and it answers.",
    wrong: "# Ops\n\n| Service | Unit | Port |\n|---|---|---|\n| till | till | 4001 |\n| bar | bar | 4002 |\n\n## Look\n\n**Diagnose:**\n```bash\ncurl -fsS http://localhost:4001/ # bar\n```\n",
    right: "# Ops\n\n| Service | Unit | Port |\n|---|---|---|\n| till | till | 4001 |\n| bar | bar | 4002 |\n\n## Look\n\n**Diagnose:**\n```bash\ncurl -fsS http://localhost:4002/ # bar\n```\n",
    check: Some(check),
};

fn check(context: &Context<'_>, found: &mut Vec<Finding>) {
    let names = Names::of(&context.runbook.services);
    let services = Services { all: &context.runbook.services, names: &names };
    let domains = Domains::of(services.all);
    let mut kept = Kept::default();
    prose::each(context, &mut |passage| {
        domains.take(passage, found);
        services.told_port(passage, found);
        kept.take(passage);
        found.extend(clock(passage));
    });
    for text in context.texts {
        services.tables(&text.blocks, &text.lines, found);
    }
    for place in &context.places {
        services.remark(place, found);
        kept.take_command(place);
    }
    kept.tell(found);
    scripts(context, found);
    logs(context, found);
    thresholds(context, found);
}

fn two_values(source: Source, message: String, known: &Source) -> Finding {
    let place = if known.file == source.file { format!("line {}", known.line) } else { known.to_string() };
    Finding::new(&DR03, source, message, format!("find out which is right, and mend it here or in {place}"))
}

/// How many domains may begin alike for a slip to be told.
const MOST_ALIKE: usize = 50;

/// The domains of the inventory, by their first part.
struct Domains<'r> {
    known: HashSet<&'r str>,
    by_first: HashMap<&'r str, Vec<(&'r str, &'r Service)>>,
}

impl<'r> Domains<'r> {
    fn of(services: &'r [Service]) -> Domains<'r> {
        let mut domains = Domains { known: HashSet::new(), by_first: HashMap::new() };
        for service in services.iter().filter(|s| s.source.origin != Origin::Derived) {
            let Some(host) = service.endpoint.as_deref().map(host_of).filter(|host| host.contains('.')) else {
                continue;
            };
            domains.known.insert(host);
            let first = host.split('.').next().unwrap_or_default();
            domains.by_first.entry(first).or_default().push((host, service));
        }
        domains
    }

    fn take(&self, passage: &Passage<'_>, found: &mut Vec<Finding>) {
        if self.by_first.is_empty() {
            return;
        }
        let text = &passage.running.text;
        for word in text.split_whitespace().filter(|word| word.contains('.') && !word.contains('@')) {
            let bare = word.trim_matches(|c: char| !(c.is_alphanumeric() || c == '/' || c == ':'));
            // A path to a script is no domain.
            if bare.starts_with(['/', '.']) || (bare.contains('/') && !bare.contains("://")) {
                continue;
            }
            let written = host_of(bare);
            let first = written.split('.').next().unwrap_or_default();
            let Some(own) = self.by_first.get(first).filter(|_| !self.known.contains(written)) else { continue };
            // A first part that many domains share (`app.`) does not tell which of them was meant.
            if own.len() > MOST_ALIKE {
                continue;
            }
            let Some((known, service)) = own.iter().find(|(known, _)| is_slip(written, known)) else { continue };
            let at = word.as_ptr() as usize - text.as_ptr() as usize;
            let source = passage.source(at);
            let message = format!("`{written}` is `{known}` in the inventory (line {})", service.source.line);
            if source.line != service.source.line {
                found.push(two_values(source, message, &service.source));
            }
        }
    }
}

/// No domain has more letters (RFC 1035), and comparing takes the product of both lengths.
const LONGEST_DOMAIN: usize = 254;

/// Whether a domain was surely meant to be the other: a part in the middle is missing, or it is misspelt.
fn is_slip(written: &str, known: &str) -> bool {
    let (a, b): (Vec<&str>, Vec<&str>) = (written.split('.').collect(), known.split('.').collect());
    if a.len() < 2 || a.first() != b.first() {
        return false;
    }
    if a.len() < b.len() && a.last() == b.last() {
        let mut rest = b.iter();
        return a.iter().all(|part| rest.any(|other| other == part));
    }
    // The same name below another top level, or one that differs by a letter or two.
    let top = a.len() == b.len() && a.len() >= 3 && a[..a.len() - 1] == b[..b.len() - 1];
    let alike = a.len() == b.len() && a.last() == b.last() && a.len() >= 3;
    let near = alike && known.len() < LONGEST_DOMAIN && written.len().abs_diff(known.len()) <= 2;
    let near = near && distance(written, known) <= 2;
    let longest = |parts: &[&str]| parts.iter().map(|p| p.len()).max().unwrap_or_default();
    top || (near && longest(&b) >= 5)
}

struct Services<'r> {
    all: &'r [Service],
    names: &'r Names,
}

/// `till (port 4001)`, `till listens on 4001`, `till runs on port 4001`.
static PORT_OF: LazyLock<Regex> = LazyLock::new(|| {
    pattern(
        r"([a-z][\w.-]+)\s+(?:\((?:on\s+)?port:?\s+|(?:runs|listens|is\s+listening|is|serves)\s+on\s+(?:port\s+|localhost:|127\.0\.0\.1:|:)?|on\s+port\s+)(\d{2,5})\b",
    )
});

impl<'r> Services<'r> {
    fn told(&self, name: &str) -> Option<&'r Service> {
        let service = &self.all[self.names.find(name)?];
        (service.source.origin != Origin::Derived).then_some(service)
    }

    fn port_differs(&self, service: &Service, port: u16, source: &Source) -> Option<Finding> {
        let known = service.port.filter(|known| *known != port)?;
        if source.file == service.source.file && (service.source.line..=service.source.end_line).contains(&source.line)
        {
            return None;
        }
        let whose = self.names.port(port).map(|at| self.all[at].name.as_str()).filter(|name| *name != service.name);
        let whose = whose.map(|name| format!(", and {port} is the port of `{name}`")).unwrap_or_default();
        let message =
            format!("`{}` has port {port} here and port {known} in line {}{whose}", service.name, service.source.line);
        Some(two_values(source.clone(), message, &service.source))
    }

    fn told_port(&self, passage: &Passage<'_>, found: &mut Vec<Finding>) {
        if passage.cell || !PORT_OF.is_match(&passage.small) {
            return;
        }
        for said in PORT_OF.captures_iter(&passage.small) {
            let (Some(name), Ok(port)) = (said.get(1), said[2].parse()) else { continue };
            if let Some(service) = self.told(&passage.running.text[name.range()]) {
                found.extend(self.port_differs(service, port, &passage.source(name.start())));
            }
        }
    }

    /// `curl localhost:4001 # till`: what a remark behind a command says of its port.
    fn remark(&self, place: &Place<'_>, found: &mut Vec<Finding>) {
        let text = &place.command.text;
        let Some((typed, remark)) = text.split_once(" #") else { return };
        if text.contains('\n') {
            return;
        }
        let remark = remark.trim_start_matches('#').trim();
        let Some(service) = self.told(remark.trim_end_matches(" service")) else { return };
        let Some(port) = typed.split_whitespace().find_map(|word| local_port(word.trim_matches(['"', '\'']))) else {
            return;
        };
        if let Some(finding) = self.port_differs(service, port, &place.source()) {
            found.push(finding.of_step(place.step));
        }
    }

    /// Tables besides the inventory that give a port for a service.
    fn tables(&self, blocks: &[Block], lines: &Lines<'_>, found: &mut Vec<Finding>) {
        for block in blocks {
            match &block.kind {
                Markdown::Table(table) => self.table(table, lines, found),
                Markdown::Quote(inner) => self.tables(inner, lines, found),
                _ => {}
            }
        }
    }

    fn table(&self, table: &Table, lines: &Lines<'_>, found: &mut Vec<Finding>) {
        let heads: Vec<String> = table.head.iter().map(|head| normal(&head.plain())).collect();
        let ports = heads.iter().position(|head| ["port", "ports", "local port", "listen"].contains(&head.as_str()));
        let span = table.rows.first().map_or(0, |row| row.span.start)..table.rows.last().map_or(0, |row| row.span.end);
        let is_own = |row: &Source| *row.file == *lines.file() && span.contains(&row.span.start);
        for row in &table.rows {
            let Some(service) = row.cells.first().and_then(|cell| self.told(&cell.plain())) else { continue };
            // The inventory itself: a second row of the same name is told as such.
            if is_own(&service.source) {
                continue;
            }
            let cell = |at: usize| row.cells.get(at).map(Inlines::plain).unwrap_or_default();
            let port = match ports {
                Some(at) => cell(at).trim_matches(':').parse().ok(),
                None => (1..row.cells.len()).find_map(|at| local_port(cell(at).split_whitespace().next()?)),
            };
            if let Some(port) = port {
                found.extend(self.port_differs(service, port, &lines.source(row.span.clone())));
            }
        }
    }
}

/// How long backups and logs are kept.
#[derive(Default)]
struct Kept {
    /// By what is kept: days, the words for it, where.
    said: BTreeMap<&'static str, Vec<(u64, String, Source)>>,
}

static KEPT: LazyLock<Regex> = LazyLock::new(|| {
    pattern(r"\b(?:retention|retained|kept|keeps?)\b[^.\n]{0,40}?\b(\d{1,4})[\s-]*(day|week|month|year)s?\b")
});

impl Kept {
    fn take(&mut self, passage: &Passage<'_>) {
        let text = &passage.small;
        if passage.cell || !KEPT.is_match(text) {
            return;
        }
        let Some(said) = KEPT.captures(text) else { return };
        // Several lengths in one sentence are tiers, each right in its way.
        if KEPT.find_iter(text).count() > 1 || ["weekly", "monthly", "hourly", "tier"].iter().any(|w| text.contains(w))
        {
            return;
        }
        let first = text.split(|c: char| !c.is_alphanumeric()).find(|w| !w.is_empty()).unwrap_or_default();
        let general = ["retention", "backups", "backup", "logs", "we", "all", "keep", "keeps", "kept", "they", "dumps"];
        let about = format!("{} {}", passage.title, text).to_lowercase();
        let subject = if about.contains("backup") { "backups" } else { "logs" };
        let known = general.contains(&first) && (subject == "backups" || about.contains("log"));
        let unit = match &said[2] {
            "day" => 1,
            "week" => 7,
            "month" => 30,
            _ => 365,
        };
        if let (true, Ok(number)) = (known, said[1].parse::<u64>()) {
            let words = format!("{} {}", &said[1], &said[2]);
            let at = said.get(0).map_or(0, |m| m.start());
            self.note(subject, number * unit, words, passage.source(at));
        }
    }

    /// `find /srv/backups -mtime +7 -delete` keeps them for 7 days.
    fn take_command(&mut self, place: &Place<'_>) {
        if !place.command.text.contains("-mtime") {
            return;
        }
        for call in place.command.effective().iter().filter(|call| call.program() == "find") {
            let at = call.args().iter().position(|w| w.text == "-mtime").map_or(usize::MAX, |at| at + 1);
            let days = call.args().get(at).and_then(|w| w.text.strip_prefix('+')).and_then(|d| d.parse().ok());
            let folder = call.arg(0).to_lowercase();
            let deletes = call.has("-delete") || call.has("rm");
            if let (Some(days), true, true) = (days, deletes, folder.contains("backup")) {
                self.note("backups", days, format!("{days} days"), place.source());
            }
        }
    }

    fn note(&mut self, subject: &'static str, days: u64, words: String, source: Source) {
        self.said.entry(subject).or_default().push((days, words, source));
    }

    fn tell(self, found: &mut Vec<Finding>) {
        for (subject, mut said) in self.said {
            said.sort_by_key(|(.., source)| source.line);
            let Some((days, words, first)) = said.first() else { continue };
            if let Some((_, other, source)) = said.iter().find(|(other, ..)| other.abs_diff(*days) > 1) {
                let message = format!("{subject} are kept for {other} here and for {words} in line {}", first.line);
                found.push(two_values(source.clone(), message, first));
            }
        }
    }
}

static CLOCK: LazyLock<Regex> = LazyLock::new(|| pattern(r"\b([01]?\d|2[0-3]):([0-5]\d)\b"));
static EVERY: LazyLock<Regex> = LazyLock::new(|| pattern(r"\bevery\s+(\d{1,2})\s*min"));

/// A cron line beside words that say another time: ``at 03:00 (`0 4 * * *`)``.
fn clock(passage: &Passage<'_>) -> Option<Finding> {
    let (fields, code) = passage.commands.iter().find_map(|code| Some((cron(code)?, *code)))?;
    let text = passage.running.text.replacen(code, " ", 1).to_ascii_lowercase();
    let minutes = || fields[0].strip_prefix("*/").and_then(|every| every.parse::<u32>().ok());
    let times: Vec<(u32, u32)> =
        CLOCK.captures_iter(&text).filter_map(|c| Some((c[1].parse().ok()?, c[2].parse().ok()?))).collect();
    let said = match (times.as_slice(), fields[1].parse::<u32>(), fields[0].parse::<u32>()) {
        ([(hour, minute)], Ok(h), Ok(m)) if (*hour, *minute) != (h, m) => {
            (format!("{hour:02}:{minute:02}"), format!("{h:02}:{m:02}"))
        }
        _ => {
            let told: u32 = EVERY.captures(&text)?[1].parse().ok()?;
            let typed = minutes().filter(|typed| *typed != told && fields[1] == "*")?;
            (format!("every {told} minutes"), format!("every {typed} minutes"))
        }
    };
    let message = format!("the words say {}, and the cron line `{code}` means {}", said.0, said.1);
    Some(Finding::new(&DR03, passage.source(0), message, "look at the crontab and write down what stands there"))
}

/// The five fields of a bare cron expression.
fn cron(code: &str) -> Option<Vec<&str>> {
    let whole = format!("{code} x");
    let (fields, _) = schedule(&whole)?;
    let count = fields.split_whitespace().count();
    (count == 5).then(|| code.split_whitespace().take(5).collect())
}

/// The same script in two folders.
fn scripts(context: &Context<'_>, found: &mut Vec<Finding>) {
    const COMMON: &[&str] =
        &["run", "start", "stop", "install", "setup", "entrypoint", "build", "main", "init", "test", "server", "env"];
    let mut seen: HashMap<String, (String, Source)> = HashMap::new();
    let mut take = |path: &str, source: &dyn Fn() -> Source| {
        let script = path.starts_with('/') && [".sh", ".py", ".rb", ".pl"].iter().any(|end| path.ends_with(end));
        let Some((folder, name)) = path.rsplit_once('/').filter(|_| script && !path.contains(['<', '*', '$', '{']))
        else {
            return;
        };
        let stem = name.split('.').next().unwrap_or_default();
        if COMMON.contains(&stem)
            || folder.starts_with("/path")
            || folder.starts_with("/tmp")
            || folder.starts_with("/usr/local/")
        {
            return;
        }
        let source = source();
        match seen.get(name) {
            None => drop(seen.insert(name.to_owned(), (folder.to_owned(), source))),
            Some((known, first)) if known != folder && !known.starts_with("\0") => {
                let message = format!("`{name}` lies in `{folder}` here and in `{known}` in line {}", first.line);
                found.push(two_values(source.clone(), message, first));
                seen.insert(name.to_owned(), ("\0".into(), source));
            }
            Some(_) => {}
        }
    };
    for place in &context.places {
        for call in place.command.effective() {
            call.command.words.iter().filter(|w| !w.dynamic).for_each(|w| take(&w.text, &|| place.source()));
        }
    }
    prose::each(context, &mut |passage| {
        for word in passage.running.text.split_whitespace().filter(|word| word.starts_with('/')) {
            let bare = word.trim_end_matches([',', '.', ')', ';', ':']);
            let at = word.as_ptr() as usize - passage.running.text.as_ptr() as usize;
            take(bare, &|| passage.source(at));
        }
    });
}

/// The same log in two places.
fn logs(context: &Context<'_>, found: &mut Vec<Finding>) {
    let mut seen: HashMap<String, (&str, &Source)> = HashMap::new();
    for log in &context.runbook.logs {
        let Some(path) = log.path.as_deref() else { continue };
        let (known, first) = *seen.entry(log.what.to_lowercase()).or_insert((path, &log.source));
        let within = |a: &str, b: &str| a.starts_with(b.trim_end_matches('/'));
        if !within(known, path) && !within(path, known) && first.line != log.source.line {
            let message = format!("the log of {} is `{path}` here and `{known}` in line {}", log.what, first.line);
            found.push(two_values(log.source.clone(), message, first));
        }
    }
}

/// What is limited, from which side, in which unit.
type Limit<'r> = (String, char, &'r str);

/// The same limit with two values, where neither is one of several levels.
fn thresholds(context: &Context<'_>, found: &mut Vec<Finding>) {
    let mut seen: HashMap<Limit<'_>, Vec<(f64, &Source)>> = HashMap::new();
    for limit in &context.runbook.thresholds {
        let side = limit.comparison.chars().next().unwrap_or('=');
        let key = (normal(&limit.subject), side, limit.unit.as_str());
        seen.entry(key).or_default().push((limit.value, &limit.source));
    }
    let mut pairs: Vec<_> = seen.into_iter().filter(|(_, told)| told.len() == 2).collect();
    pairs.sort_by_key(|(_, told)| told[0].1.line);
    for ((subject, side, unit), told) in pairs {
        let ((one, first), (other, source)) = (told[0], told[1]);
        if (one - other).abs() > f64::EPSILON && first.line != source.line && !subject.is_empty() {
            let message =
                format!("`{subject}` is wrong {side} {other}{unit} here and {side} {one}{unit} in line {}", first.line);
            found.push(two_values(source.clone(), message, first));
        }
    }
}
