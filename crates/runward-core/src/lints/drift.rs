//! What a document uses and does not know, and what its procedures make of each other.

use std::collections::{BTreeMap, HashMap, HashSet};
use std::ops::Range;
use std::sync::LazyLock;

use regex::Regex;

use super::prose::{self, Passage};
use super::sets::{self, quoted};
use super::used::{Sort, Used, used};
use super::{Context, Kind, Needs, Place};
use crate::command::Effective;
use crate::command::placeholder::{self, ParamKind};
use crate::near::{Guesses, closest};
use crate::pattern::pattern;
use crate::runbook::sets::names::Names;
use crate::runbook::{Finding, Level, Role};
use crate::service::Service;
use crate::source::{Origin, Source};

pub(super) const KINDS: &[Kind] = &[DR02, DR08];

const DR02: Kind = Kind {
    id: "DR02",
    level: Level::Warning,
    needs: Needs::Document,
    what: "Commands use a service that no table names, or a table names one that nothing in the document uses.",
    why: "One of the two is out of date: the service was renamed, split or taken away. In an incident the command fails, or the row sends people looking for what is not there.",
    wrong: "# Ops\n\n| Service | Container | Port |\n|---|---|---|\n| Web | till-web | 4001 |\n| Docs | till-docs | 4002 |\n\n## Web down\n\n**Fix:**\n```bash\ndocker restart till-api\ndocker restart till-web till-docs\n```\n",
    right: "# Ops\n\n| Service | Container | Port |\n|---|---|---|\n| Web | till-web | 4001 |\n| Docs | till-docs | 4002 |\n\n## Web down\n\n**Fix:**\n```bash\ndocker restart till-web till-docs\n```\n",
    check: Some(unknown),
};

const DR08: Kind = Kind {
    id: "DR08",
    level: Level::Info,
    needs: Needs::Document,
    what: "Two procedures contradict each other: one does what the other says not to do, or takes away what it needs.",
    why: "Whoever follows one of them undoes the other. Which of them is right should be decided by daylight.",
    wrong: "# Ops\n\n## Change the proxy\n\nUse `reload` not `restart`: connections stay open.\n\n```bash\nsystemctl reload caddy\n```\n\n## Certificate expired\n\n**Fix:**\n```bash\nsystemctl restart caddy\n```\n",
    right: "# Ops\n\n## Change the proxy\n\nUse `reload` not `restart`: connections stay open.\n\n```bash\nsystemctl reload caddy\n```\n\n## Certificate expired\n\n**Fix:**\n```bash\nsystemctl reload caddy\n```\n",
    check: Some(contradictions),
};

/// Units that belong to the machine and not to the team.
const SYSTEM: &[&str] = &[
    "ssh", "sshd", "docker", "containerd", "cron", "crond", "networking", "network", "networkmanager", "ufw",
    "fail2ban", "certbot", "snapd", "rsyslog", "chrony", "chronyd", "ntp", "ntpd", "firewalld", "nftables", "iptables",
    "dbus", "apparmor", "auditd", "unattended", "logrotate", "kubelet", "podman", "systemd", "nginx", "apache2",
    "httpd", "caddy", "haproxy", "traefik", "postgresql", "postgres", "mysql", "mysqld", "mariadb", "redis", "valkey",
    "mongod", "mongodb", "rabbitmq", "elasticsearch", "prometheus", "grafana", "alertmanager", "pgbouncer", "php",
    "supervisor", "supervisord", "postfix", "memcached", "db", "database", "kafka", "mongo",
];

fn unknown(context: &Context<'_>, found: &mut Vec<Finding>) {
    let told: Vec<&Service> = context.runbook.services.iter().filter(|s| s.source.origin != Origin::Derived).collect();
    if told.len() < 2 {
        return;
    }
    let used = used(context);
    let names = Names::of(&context.runbook.services);
    let wanted = used.iter().map(|one| one.name.to_lowercase()).chain(names.known().map(str::to_owned));
    let mut said = Said { wanted: wanted.collect(), ..Said::default() };
    prose::each(context, &mut |passage| said.take(passage));
    found.extend(in_no_table(context, &told, &used, &said));
    found.extend(stores(context, &names, &said));
    found.extend(never_used(context, &told, &used, &names, &said));
}

/// Which names the running text speaks of, commands in it aside.
#[derive(Default)]
struct Said {
    /// The names that are looked for, in lower case.
    wanted: HashSet<String>,
    /// Those found in tables, lists and paragraphs.
    words: HashSet<String>,
    /// Those found beside tables.
    beside_tables: HashSet<String>,
    /// What says whose data it keeps, with where.
    owners: Vec<(String, Source)>,
}

impl Said {
    fn take(&mut self, passage: &Passage<'_>) {
        let text = &passage.running.text;
        let typed: HashSet<&str> = passage.commands.iter().flat_map(|c| words(c)).collect();
        let mut lower = String::new();
        for word in words(text).filter(|word| !typed.contains(word)) {
            lower.clear();
            lower.extend(word.chars().flat_map(char::to_lowercase));
            if !self.wanted.contains(&lower) {
                continue;
            }
            if !passage.cell {
                self.beside_tables.insert(lower.clone());
            }
            self.words.insert(lower.clone());
        }
        // In brackets and with a capital it is the name of a store, and no service of the row.
        let named = |owner: &Range<usize>| {
            text[..owner.start].ends_with('(') && text[owner.clone()].starts_with(|c: char| c.is_ascii_uppercase())
        };
        if let Some(owner) = Some(passage).filter(|passage| passage.cell).and_then(sets::owner).filter(named) {
            self.owners.push((text[owner.clone()].to_owned(), passage.source(owner.start)));
        }
    }

    fn has(&self, name: &str) -> bool {
        self.words.contains(&name.to_lowercase())
    }
}

/// Words that could be names; addresses hold names of others.
fn words(text: &str) -> impl Iterator<Item = &str> {
    let plain = text.split_whitespace().filter(|word| !word.contains("://"));
    let parts = plain.flat_map(|w| w.split(|c: char| !(c.is_alphanumeric() || matches!(c, '-' | '_' | '.' | '@'))));
    parts.map(|word| word.trim_matches(['.', '-'])).filter(|word| word.len() > 1)
}

/// Names in commands that no table, list or text knows, each once at its first use.
fn in_no_table(context: &Context<'_>, told: &[&Service], used: &[Used<'_>], said: &Said) -> Vec<Finding> {
    let services = &context.runbook.services;
    let exact: HashSet<String> = services
        .iter()
        .filter(|s| s.source.origin != Origin::Derived)
        .flat_map(|s| s.names().map(str::to_lowercase))
        .chain(told.iter().filter_map(|s| s.process.as_deref().map(str::to_lowercase)))
        .collect();
    let ports: HashSet<u16> = told.iter().filter_map(|s| s.port).collect();
    let has = |field: fn(&Service) -> bool| told.iter().filter(|s| field(s)).count() >= 2;
    // Counted once: every command asks.
    let (units, containers) = (has(|s| s.unit.is_some()), has(|s| s.container.is_some()));
    let (apps, numbers) = (has(|s| s.pm2.is_some()), has(|s| s.port.is_some()));
    let tells = |sort: Sort| match sort {
        Sort::Unit => units,
        Sort::Container | Sort::Service => containers,
        Sort::App => apps,
        Sort::Port => numbers,
    };
    let mut uses: BTreeMap<(usize, Sort, &str), (usize, &Used<'_>)> = BTreeMap::new();
    let mut first: HashMap<(Sort, &str), usize> = HashMap::new();
    for (at, one) in used.iter().enumerate() {
        let known = match one.sort {
            Sort::Port => one.name.parse().is_ok_and(|port| ports.contains(&port)) || said.has(&one.name),
            _ => exact.contains(&one.name.to_lowercase()) || said.has(&one.name) || is_system(&one.name),
        };
        if !known && tells(one.sort) {
            let key = (one.sort, one.name.as_str());
            let at = *first.entry(key).or_insert(at);
            uses.entry((at, one.sort, &one.name)).or_insert((0, one)).0 += 1;
        }
    }
    let handles: Vec<&str> = told.iter().flat_map(|s| s.names()).collect();
    let guesses = Guesses::default();
    uses.into_values().map(|(count, one)| stranger(&guesses, one, count, told, &handles)).collect()
}

fn is_system(name: &str) -> bool {
    let lower = name.to_lowercase();
    let dotted = lower.ends_with(".timer") || lower.ends_with(".socket") || lower.ends_with(".target");
    dotted || lower.split(['-', '@', '.', '_']).next().is_some_and(|word| SYSTEM.contains(&word))
}

fn stranger(guesses: &Guesses, one: &Used<'_>, count: usize, told: &[&Service], handles: &[&str]) -> Finding {
    let (name, sort) = (&one.name, one.sort.name());
    let times = if count == 1 { "in this command".into() } else { format!("in {count} commands, here first") };
    let table = told.first().map_or(0, |s| s.source.line);
    let message = format!(
        "the {sort} `{name}` is used {times}, and no table or text names it (the inventory is in line {table})"
    );
    let looked: &[&str] = if guesses.spend(handles.len()) { handles } else { &[] };
    let longer: Vec<&str> =
        looked.iter().copied().filter(|h| h.len() > name.len() && h.starts_with(name.as_str())).take(3).collect();
    let near = || closest(name, looked).filter(|_| one.sort != Sort::Port);
    let help = match (longer.is_empty(), near()) {
        (false, _) => format!("the inventory has {}: say which is meant, or add `{name}`", quoted(&longer)),
        (true, Some(near)) => format!("did you mean `{near}`? If not, add `{name}` to the inventory"),
        (true, None) => format!("add `{name}` to the inventory, or take it out of the commands"),
    };
    one.place.finding(&DR02, message, help)
}

/// Stores that an inventory says keep its data, and that nothing else names: nobody knows where they run.
fn stores(context: &Context<'_>, names: &Names, said: &Said) -> Vec<Finding> {
    let mut seen = HashSet::new();
    let mut found = Vec::new();
    for (owner, source) in &said.owners {
        let lower = owner.to_lowercase();
        let named = |text: &str| text.to_lowercase().contains(&lower);
        let row = |cells: &[crate::runbook::markdown::Inlines]| cells.first().is_some_and(|cell| named(&cell.plain()));
        let in_table = || context.texts.iter().any(|text| any_row(&text.blocks, &row));
        let in_command = || context.places.iter().any(|place| named(&place.command.text));
        if !seen.insert(lower.clone()) || names.find(owner).is_some() || seen.len() > 20 {
            continue;
        }
        if !in_table() && !in_command() {
            let message = format!(
                "`{owner}` keeps data, and no table says where it runs, how it is restarted or where its logs are"
            );
            found.push(Finding::new(&DR02, source.clone(), message, format!("give `{owner}` a row of its own")));
        }
    }
    found
}

fn any_row(
    blocks: &[crate::runbook::markdown::Block],
    wanted: &impl Fn(&[crate::runbook::markdown::Inlines]) -> bool,
) -> bool {
    use crate::runbook::markdown::Kind as Block;
    blocks.iter().any(|block| match &block.kind {
        Block::Table(table) => table.rows.iter().any(|row| wanted(&row.cells)),
        Block::Quote(inner) => any_row(inner, wanted),
        _ => false,
    })
}

/// Rows that nothing uses, where most are used: said once.
fn never_used(
    context: &Context<'_>,
    told: &[&Service],
    used: &[Used<'_>],
    names: &Names,
    said: &Said,
) -> Option<Finding> {
    // `restart till-<name>` is for all of them.
    let generic = context.runbook.parameters.iter().any(|p| p.kind == ParamKind::Service);
    let generic = generic
        || context
            .places
            .iter()
            .any(|place| placeholder::find(&place.command.text).iter().any(|p| p.kind == ParamKind::Service));
    if generic || context.places.is_empty() {
        return None;
    }
    let mut known: HashSet<usize> = used.iter().filter_map(|one| names.find(&one.name)).collect();
    let sets = context.runbook.sets.iter().filter(|set| set.role != Role::Inventory);
    known.extend(sets.flat_map(|set| &set.members).filter_map(|name| names.find(name)));
    known.extend(said.beside_tables.iter().filter_map(|word| names.known_as(word)));
    for place in &context.places {
        for call in place.command.effective() {
            known
                .extend(call.command.words.iter().flat_map(|word| words(&word.text)).filter_map(|w| names.known_as(w)));
        }
    }
    let titles = context.runbook.procedures.iter().flat_map(|p| words(&p.title));
    known.extend(titles.filter_map(|word| names.known_as(&word.to_lowercase())));
    let (live, idle): (Vec<&Service>, Vec<&Service>) =
        told.iter().partition(|s| names.find(&s.name).is_none_or(|at| known.contains(&at)));
    let first = idle.first().filter(|_| idle.len() * 3 <= told.len() && live.len() >= 2)?;
    let listed: Vec<&str> = idle.iter().map(|s| s.name.as_str()).collect();
    let verb = if listed.len() == 1 { "stands" } else { "stand" };
    let message = format!("{} {verb} in the inventory, and nothing else in the document speaks of it", quoted(&listed));
    let help = "say how it is restarted and looked at, or take the row out if the service is gone";
    Some(Finding::new(&DR02, first.source.clone(), message, help))
}

fn contradictions(context: &Context<'_>, found: &mut Vec<Finding>) {
    // More than that nobody rules out by hand; each is held against every command.
    const MOST: usize = 50;
    let mut told = Vec::new();
    prose::each(context, &mut |passage| {
        if told.len() < MOST {
            told.extend(ruled_out(passage, context));
        }
    });
    for rule in &told {
        found.extend(rule.broken_by(context));
    }
    found.extend(pruned(context));
    scaled(context, found);
}

/// What a text says should not be done.
struct Ruling {
    what: Worse,
    source: Source,
}

enum Worse {
    /// `Use reload not restart`, `never restart mongod`: a verb, the better one where it is told, and to what.
    Verb { worse: String, better: Option<String>, subjects: Vec<String> },
    /// `Never run …`: a command as it is typed.
    Typed(String),
}

const VERBS: &str = "reload|restart|stop|start|up|down|scale|kill|reboot";
static INSTEAD: LazyLock<Regex> = LazyLock::new(|| {
    let words = r"(?:[\w./-]+\s+){0,3}?";
    pattern(&format!(
        r"\b(?:use|prefer|always|only)\s+{words}({VERBS})\b(?:\s+-\w+)*[\s,(]+(?:and\s+)?(?:not|never|instead\s+of|rather\s+than)\s+{words}({VERBS})\b"
    ))
});
static NEVER: LazyLock<Regex> = LazyLock::new(|| {
    pattern(&format!(
        r"\b(?:never|do\s+not|don't|must\s+not|avoid)\s+(?:({VERBS})(?:ing)?\s+(?:the\s+)?([a-z][\w@.-]+)|(?:run|use|using|running|execute|call)\b)"
    ))
});

fn ruled_out(passage: &Passage<'_>, context: &Context<'_>) -> Option<Ruling> {
    let (text, small) = (&passage.running.text, &passage.small);
    if !INSTEAD.is_match(small) && !NEVER.is_match(small) {
        return None;
    }
    if let Some(said) = INSTEAD.captures(small) {
        let (better, worse) = (said[1].to_owned(), said[2].to_owned());
        let source = passage.source(said.get(0)?.start());
        let subjects = subjects_of(context, &source, &better);
        let known = better != worse && !subjects.is_empty();
        return known.then_some(Ruling { what: Worse::Verb { worse, better: Some(better), subjects }, source });
    }
    let said = NEVER.captures(small)?;
    let source = passage.source(said.get(0)?.start());
    let what = match (said.get(1), said.get(2)) {
        (Some(verb), Some(subject)) => {
            let subject = subject.as_str().trim_end_matches(['.', '-']).to_owned();
            Worse::Verb { worse: verb.as_str().to_owned(), better: None, subjects: vec![subject] }
        }
        _ => {
            let rest = &text[said.get(0)?.end()..];
            Worse::Typed((*passage.commands.iter().find(|code| rest.trim_start().starts_with(**code))?).to_owned())
        }
    };
    Some(Ruling { what, source })
}

/// What the procedure around a line does the better thing to.
fn subjects_of(context: &Context<'_>, at: &Source, verb: &str) -> Vec<String> {
    let around = |place: &&Place<'_>| {
        place
            .procedure
            .is_some_and(|p| p.source.file == at.file && (p.source.line..=p.source.end_line).contains(&at.line))
    };
    let mut found = Vec::new();
    for place in context.places.iter().filter(around) {
        for call in place.command.effective() {
            found.extend(acted_on(&call).filter(|(did, _)| *did == verb).map(|(_, name)| name.to_lowercase()));
        }
    }
    found
}

/// The verb of a call that manages services, and each name behind it.
fn acted_on<'c>(call: &Effective<'c>) -> impl Iterator<Item = (&'c str, &'c str)> {
    let words: Vec<&str> = call.args().iter().map(|w| w.text.as_str()).filter(|w| !w.starts_with('-')).collect();
    let skip = match (call.program(), words.first()) {
        ("docker" | "podman", Some(&"compose")) => 1,
        ("systemctl" | "pm2" | "docker" | "docker-compose" | "podman" | "supervisorctl", _) => 0,
        _ => usize::MAX,
    };
    let verb = words.get(skip).copied().unwrap_or_default();
    let names = words.into_iter().skip(skip.saturating_add(1));
    names.map(move |name| (verb, name.trim_end_matches(".service"))).collect::<Vec<_>>().into_iter()
}

impl Ruling {
    fn broken_by(&self, context: &Context<'_>) -> Vec<Finding> {
        let line = self.source.line;
        let own = |place: &Place<'_>| {
            let same = place.step.source.file == self.source.file;
            same && (place.command.line == line
                || place.procedure.is_some_and(|p| (p.source.line..=p.source.end_line).contains(&line)))
        };
        let mut found = Vec::new();
        for place in context.places.iter().filter(|place| !own(place)) {
            let message = match &self.what {
                Worse::Typed(code) if place.command.text.contains(code.as_str()) => {
                    format!("line {line} says not to run `{code}`, and this does")
                }
                Worse::Typed(_) => continue,
                Worse::Verb { worse, better, subjects } => {
                    let calls = place.command.effective();
                    let about = |name: &str| subjects.iter().any(|subject| subject.eq_ignore_ascii_case(name));
                    let Some((_, name)) =
                        calls.iter().flat_map(acted_on).find(|(verb, name)| verb == worse && about(name))
                    else {
                        continue;
                    };
                    let instead = better.as_ref().map_or("not to".into(), |better| format!("to {better} it instead"));
                    format!("this would {worse} `{name}`, and line {line} says {instead}")
                }
            };
            found.push(place.finding(&DR08, message, "decide which of the two is right, and write it in both places"));
        }
        found
    }
}

/// Images that are cleared away although a rollback goes back to one of them.
fn pruned(context: &Context<'_>) -> Option<Finding> {
    let prunes = |place: &&Place<'_>| {
        place.command.effective().iter().any(|call| {
            let all = call.has("-a") || call.has("--all") || call.has("-af") || call.has("-fa");
            matches!(call.program(), "docker" | "podman")
                && call.has("prune")
                && (call.has("system") || call.has("image"))
                && all
        })
    };
    let first = context.places.iter().find(prunes)?;
    let own = first.procedure.map(|p| &p.id);
    let procedure = context.runbook.procedures.iter().filter(|p| Some(&p.id) != own).find_map(|p| {
        let back = |text: &str| {
            let lower = text.to_lowercase();
            lower.contains("rollback") || lower.contains("roll back") || lower.contains("previous version")
        };
        let told = back(&p.title) || p.steps.iter().any(|s| s.variant.as_deref().is_some_and(back) || back(&s.title));
        let images = |s: &crate::runbook::Step| {
            let pulls = |c: &crate::command::Command| {
                let docker =
                    ["docker", "podman"].iter().any(|d| c.text.starts_with(d) || c.text.contains(&format!(" {d}")));
                docker && ["pull", " up ", "run ", "images", "tag "].iter().any(|w| c.text.contains(w))
            };
            s.commands.iter().any(pulls)
        };
        let step = p.steps.iter().find(|s| images(s))?;
        told.then_some((p, step))
    })?;
    let message = format!(
        "this removes every image that no container uses; `{}` (line {}) needs an older one of them",
        procedure.0.title, procedure.1.source.line
    );
    let help = "keep the images of the last versions: remove single tags by name, or give `prune` a `--filter until=…`";
    Some(first.finding(&DR08, message, help))
}

/// The same application scaled to different sizes in different procedures.
fn scaled(context: &Context<'_>, found: &mut Vec<Finding>) {
    let mut seen: HashMap<(String, String), (String, Place<'_>)> = HashMap::new();
    for place in &context.places {
        for call in place.command.effective() {
            if call.program() != "pm2" || call.arg(0) != "scale" || call.args().len() < 3 {
                continue;
            }
            let (app, size) = (call.arg(1).to_owned(), call.arg(2).to_owned());
            let number = |text: &str| text.trim_start_matches('+').bytes().all(|b| b.is_ascii_digit());
            if !number(&size) || place.procedure.is_none() {
                continue;
            }
            match seen.get(&(app.clone(), "pm2".into())) {
                None => drop(seen.insert((app, "pm2".into()), (size, *place))),
                Some((other, first))
                    if *other != size && first.procedure.map(|p| &p.id) != place.procedure.map(|p| &p.id) =>
                {
                    let message =
                        format!("`{app}` is scaled to `{size}` here and to `{other}` in line {}", first.command.line);
                    found.push(place.finding(
                        &DR08,
                        message,
                        "say how many there should be, and use that number in both places",
                    ));
                }
                Some(_) => {}
            }
        }
    }
}
