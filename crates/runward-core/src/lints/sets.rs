//! Sets of services that should be the same and are not: the inventory, what is deployed, watched, backed up, shown.

use std::cmp::Reverse;
use std::collections::{BTreeMap, BTreeSet, HashMap, HashSet};
use std::ops::Range;
use std::rc::Rc;
use std::sync::LazyLock;

use regex::Regex;

use super::prose::{self, Passage};
use super::{Context, Kind, Needs};
use crate::pattern::{any_of, pattern};
use crate::runbook::{Claim, Finding, Level, Role, Runbook, ServiceSet};
use crate::service::Service;
use crate::source::{Origin, Source};

pub(super) const KINDS: &[Kind] = &[DR01, DR07];

const DR01: Kind = Kind {
    id: "DR01",
    level: Level::Error,
    needs: Needs::Document,
    what: "Two places that should name the same services do not: the inventory, what is deployed, watched, backed up, shown.",
    why: "A service was added in one place and forgotten in the others. It keeps its old version after a deployment, or it is down and nobody is told.",
    wrong: "# Ops\n\n| Service | Unit | Port |\n|---|---|---|\n| till | till | 4001 |\n| bar | bar | 4002 |\n| mail | mail | 4003 |\n\n**Monitored:** till, bar\n",
    right: "# Ops\n\n| Service | Unit | Port |\n|---|---|---|\n| till | till | 4001 |\n| bar | bar | 4002 |\n| mail | mail | 4003 |\n\n**Monitored:** till, bar, mail\n",
    check: Some(drifted),
};

const DR07: Kind = Kind {
    id: "DR07",
    level: Level::Warning,
    needs: Needs::Document,
    what: "The document itself shows that something is not watched or not backed up.",
    why: "What is written down as a gap stays one until somebody closes it; in an incident it is the data that cannot be brought back and the outage that users report first.",
    wrong: "# Ops\n\n## Backup\n\nThe mail store is not covered by the nightly backup.\n",
    right: "# Ops\n\n## Backup\n\nThe mail store is part of the nightly backup.\n",
    check: Some(gaps),
};

/// Services that a team runs but does not build: a deployment has nothing to do with them.
const BOUGHT: &[&str] = &[
    "nginx", "caddy", "traefik", "haproxy", "apache", "apache2", "httpd", "envoy", "postgres", "postgresql", "mysql",
    "mariadb", "mongo", "mongod", "mongodb", "redis", "valkey", "memcached", "rabbitmq", "kafka", "zookeeper", "nats",
    "elasticsearch", "opensearch", "clickhouse", "influxdb", "qdrant", "weaviate", "milvus", "minio", "prometheus",
    "grafana", "alertmanager", "loki", "tempo", "jaeger", "node-exporter", "cadvisor", "vault", "consul", "etcd",
    "docker", "fail2ban", "ufw", "cron", "ssh", "sshd", "pgbouncer", "postfix", "dovecot", "stalwart", "certbot",
    "watchtower", "portainer", "uptime-kuma", "keycloak", "sentry",
];

/// Words of services that are not in use all the time.
const ASIDE: &[&str] = &[
    "staging", "stage", "dev", "development", "test", "testing", "green", "standby", "canary", "preview", "demo",
    "old", "legacy",
];

fn drifted(context: &Context<'_>, found: &mut Vec<Finding>) {
    let Some(mut whole) = Whole::of(context.runbook) else { return };
    let mut told: HashSet<(Role, Vec<&str>)> = HashSet::new();
    for set in context.runbook.sets.iter().filter(|set| !std::ptr::eq(*set, whole.set)) {
        let Some((expected, missing)) = whole.missing(set) else { continue };
        let strangers = whole.strangers(set);
        let mut key: Vec<&str> = set.members.iter().map(String::as_str).collect();
        key.sort_unstable();
        if (!missing.is_empty() || !strangers.is_empty()) && told.insert((set.role, key)) {
            found.push(whole.finding(set, expected, &missing, &strangers));
        }
    }
}

/// The set that others are held against.
struct Whole<'r> {
    set: &'r ServiceSet,
    services: HashMap<&'r str, &'r Service>,
    /// Whether it is the inventory, or just the longest list there is.
    inventory: bool,
    /// Everything that texts name in each role.
    said: HashMap<Role, HashSet<&'r str>>,
    /// The longest list that a text has in each role: what all of them together forget is told there.
    longest: HashMap<Role, &'r ServiceSet>,
    /// What sets of a role are to name, by what their members are managed by.
    expected: HashMap<(Role, [bool; 3]), Rc<Vec<&'r str>>>,
    /// Where the status of many is looked at.
    looks: BTreeSet<(&'r str, u32)>,
    /// Where something is restarted by hand.
    by_hand: Option<u32>,
}

impl<'r> Whole<'r> {
    fn of(runbook: &'r Runbook) -> Option<Whole<'r>> {
        let sets = &runbook.sets;
        let longest = || {
            let counts = |set: &&ServiceSet| {
                let role = matches!(set.role, Role::Status | Role::Deployed | Role::Monitored | Role::Asked);
                role && set.members.len() >= 3
            };
            sets.iter().filter(counts).max_by_key(|set| (set.members.len(), Reverse(set.source.line)))
        };
        let inventory = sets.iter().find(|set| set.role == Role::Inventory);
        let mut said: HashMap<Role, HashSet<&str>> = HashMap::new();
        let mut long: HashMap<Role, &ServiceSet> = HashMap::new();
        for set in sets.iter().filter(|set| set.claim == Claim::Said) {
            said.entry(set.role).or_default().extend(set.members.iter().map(String::as_str));
            let known = long.entry(set.role).or_insert(set);
            if set.members.len() > known.members.len() {
                *known = set;
            }
        }
        let many = |set: &&ServiceSet| set.role == Role::Status && set.members.len() >= 3;
        Some(Whole {
            set: inventory.or_else(longest)?,
            services: runbook.services.iter().map(|s| (s.name.as_str(), s)).collect(),
            inventory: inventory.is_some(),
            said,
            longest: long,
            expected: HashMap::new(),
            looks: sets.iter().filter(many).map(|set| (&*set.source.file, set.source.line)).collect(),
            by_hand: sets.iter().find(|set| set.role == Role::DeployedByHand).map(|set| set.source.line),
        })
    }

    fn service(&self, name: &str) -> Option<&'r Service> {
        self.services.get(name).copied()
    }

    fn is_said(&self, role: Role, name: &str) -> bool {
        self.said.get(&role).is_some_and(|names| names.contains(name))
    }

    /// How many a set should name, and those of them that it does not; `None` where it need not be complete.
    fn missing(&mut self, set: &ServiceSet) -> Option<(usize, Vec<&'r str>)> {
        let rest = set.role == Role::Asked && self.is_rest_of_a_list(set);
        match (set.role, set.claim) {
            (Role::Inventory | Role::DeployedByHand | Role::NotMonitored | Role::NotBackedUp, _) => return None,
            (Role::Restarted, Claim::Typed | Claim::Said) => return None,
            (_, Claim::Typed) if set.members.len() < 3 && !rest => return None,
            (role, Claim::Said) if !self.longest.get(&role).is_some_and(|long| std::ptr::eq(*long, set)) => {
                return None;
            }
            _ => {}
        }
        let named: HashSet<&str> = set.members.iter().map(String::as_str).collect();
        let expected = self.expected(set);
        let shared = expected.iter().filter(|name| named.contains(**name)).count();
        let few = set.claim == Claim::Typed && shared * 3 < expected.len() * 2 && !rest;
        // A list that has little in common with the whole is of something else.
        if shared == 0 || few || (!self.inventory && shared * 2 < named.len()) {
            return None;
        }
        let left_out = match set.role {
            Role::Monitored => Some(Role::NotMonitored),
            Role::BackedUp => Some(Role::NotBackedUp),
            _ => None,
        };
        let covered = |name: &str| {
            named.contains(name)
                || (set.claim == Claim::Said && self.is_said(set.role, name))
                || left_out.is_some_and(|role| self.is_said(role, name))
        };
        let missing: Vec<&str> = expected.iter().copied().filter(|name| !covered(name)).collect();
        Some((expected.len(), missing))
    }

    /// A port or two that are asked right behind a look at the status of many services.
    fn is_rest_of_a_list(&self, set: &ServiceSet) -> bool {
        const NEAR: u32 = 12;
        let line = set.source.line;
        let near = (&*set.source.file, line.saturating_sub(NEAR))..(&*set.source.file, line);
        set.members.len() < 3 && self.looks.range(near).next().is_some()
    }

    /// The members of the whole that a set of this kind is to name.
    fn expected(&mut self, set: &ServiceSet) -> Rc<Vec<&'r str>> {
        let mut handles = [false; 3];
        for member in set.members.iter().filter_map(|name| self.service(name)) {
            handles.iter_mut().zip(handles_of(member)).for_each(|(any, own)| *any |= own);
        }
        if let Some(known) = self.expected.get(&(set.role, handles)) {
            return known.clone();
        }
        let all = self.set.members.iter().map(String::as_str);
        let expected = Rc::new(all.filter(|name| self.expects(name, set.role, handles)).collect());
        self.expected.entry((set.role, handles)).or_insert(expected).clone()
    }

    /// Whether a set of that kind is to name this service at all; `handles` are what its members are managed by.
    fn expects(&self, name: &str, role: Role, handles: [bool; 3]) -> bool {
        if has_word(name, ASIDE) {
            return false;
        }
        let Some(service) = self.service(name) else { return role != Role::BackedUp };
        // `systemctl` shows no containers, and `docker ps` no units.
        let own = handles_of(service);
        let alike = own == [false; 3] || own.iter().zip(handles).any(|(own, theirs)| *own && theirs);
        match role {
            Role::Deployed | Role::Restarted => alike && !has_word(name, BOUGHT),
            Role::Status => alike,
            Role::Asked => service.port.is_some() && service.host.is_none(),
            Role::BackedUp => has_own_database(service),
            _ => true,
        }
    }

    /// Names a text lists beside services of the inventory and that it does not have.
    fn strangers(&self, set: &'r ServiceSet) -> Vec<&'r str> {
        if !self.inventory || set.claim != Claim::Said || set.role == Role::BackedUp {
            return Vec::new();
        }
        let lower =
            |name: &str| name.bytes().all(|b| b.is_ascii_lowercase() || b.is_ascii_digit() || b == b'-' || b == b'_');
        set.members.iter().map(String::as_str).filter(|name| self.service(name).is_none() && lower(name)).collect()
    }

    fn finding(&self, set: &ServiceSet, expected: usize, missing: &[&str], strangers: &[&str]) -> Finding {
        let named = expected - missing.len();
        let whole = if self.inventory { "the inventory" } else { "the list" };
        let place = place(&self.set.source, &set.source);
        let what = if set.role == Role::BackedUp { "databases" } else { "services" };
        let mut message = format!("{named} of {expected} {what} are {}", set.role.name());
        if !missing.is_empty() {
            message += &format!(": {} {} missing", quoted(missing), if missing.len() == 1 { "is" } else { "are" });
        }
        message += &format!(" ({whole} {place})");
        if set.role == Role::Deployed {
            message += &self.by_hand(missing);
        }
        if !strangers.is_empty() {
            message += &format!(
                "; {} {} in no row of it",
                quoted(strangers),
                if strangers.len() == 1 { "stands" } else { "stand" }
            );
        }
        let help = match set.role {
            Role::Monitored => "add them to what is watched, or say here that they are not monitored and why",
            Role::Deployed => "let the deployment restart them too, or take them out of the inventory",
            Role::BackedUp => "add them to the backup, or say here that they are not backed up and why",
            Role::Asked => "ask every port, in a loop over all of them",
            _ => "name all of them here, or none",
        };
        Finding::new(&DR01, set.source.clone(), message, help)
    }

    /// Which of those that a deployment forgets are at least restarted by hand.
    fn by_hand(&self, missing: &[&str]) -> String {
        let Some(line) = self.by_hand else { return String::new() };
        let (known, lost): (Vec<&str>, Vec<&str>) =
            missing.iter().partition(|name| self.is_said(Role::DeployedByHand, name));
        match (known.is_empty(), lost.is_empty()) {
            (true, _) => String::new(),
            (false, true) => format!("; they are restarted by hand (line {line})"),
            (false, false) => {
                format!("; {} are restarted by hand (line {line}), {} by nobody", quoted(&known), quoted(&lost))
            }
        }
    }
}

/// What a service is managed by: systemd, containers, pm2.
fn handles_of(service: &Service) -> [bool; 3] {
    [service.unit.is_some(), service.container.is_some(), service.pm2.is_some()]
}

fn has_word(name: &str, words: &[&str]) -> bool {
    let lower = name.to_lowercase();
    lower.split(|c: char| !c.is_alphanumeric()).any(|word| words.contains(&word))
}

fn place(of: &Source, seen_from: &Source) -> String {
    if of.file == seen_from.file { format!("in line {}", of.line) } else { format!("in {of}") }
}

/// `a`, `b` and `c`; of many only the first.
pub(super) fn quoted(names: &[&str]) -> String {
    const MOST: usize = 10;
    let said: Vec<String> = names.iter().take(MOST).map(|name| format!("`{name}`")).collect();
    match (names.len().checked_sub(MOST).filter(|more| *more > 0), said.as_slice()) {
        (Some(more), _) => format!("{} and {more} more", said.join(", ")),
        (None, [first @ .., last]) if !first.is_empty() => format!("{} and {last}", first.join(", ")),
        (None, _) => said.join(", "),
    }
}

fn has_own_database(service: &Service) -> bool {
    let first =
        service.database.as_deref().and_then(|d| d.split_whitespace().next()).unwrap_or_default().to_lowercase();
    [".db", ".sqlite", ".sqlite3"].iter().any(|end| first.ends_with(end))
}

fn gaps(context: &Context<'_>, found: &mut Vec<Finding>) {
    let mut backed = Backed::default();
    prose::each(context, &mut |passage| {
        backed.take(passage);
        found.extend(said_gap(passage));
    });
    unwatched(context.runbook, found);
    backed.lacks(context, found);
}

/// `The mail store is not covered by the nightly backup`, `Nothing watches the queue`.
static GAP: LazyLock<Regex> = LazyLock::new(|| {
    pattern(
        r"(?x)
        \b(?:(?:is|are)\ (?:currently\ |still\ )?not|(?:is|are)n't|not\ yet|never)\ (?:yet\ |currently\ |automatically\ )?
            (?:covered\ by|included\ in|part\ of|in|backed[ -]up|monitored|watched)\b
        | \b(?:no|without)\ (?:automated\ |automatic\ |offsite\ )?(?:backups?|monitoring)\ (?:of|for|yet|exists?|is)\b
        | \b(?:backups?|monitoring|health\ ?checks?)\ (?:do|does)(?:\ not|n't)\ (?:yet\ )?(?:cover|include|contain|watch)\b
        | \b(?:do|does)(?:\ not|n't)\ (?:yet\ )?back\ up\b",
    )
});

fn said_gap(passage: &Passage<'_>) -> Option<Finding> {
    let text = &passage.running.text;
    let at = GAP.find(&passage.small)?;
    let sentence = passage.running.sentences().find(|s| s.contains(&at.start()))?;
    let said = text[sentence].trim();
    let lower = said.to_lowercase();
    let about_backup = lower.contains("back");
    let about = about_backup || ["monitor", "watch", "health"].iter().any(|w| lower.contains(w));
    let first = lower.split(|c: char| !c.is_alphanumeric()).next().unwrap_or_default();
    // Conditions and orders describe trouble, not how things are; so do questions and bare signs in a list of symptoms.
    let condition =
        ["if", "when", "whenever", "ensure", "verify", "check", "make", "do", "don", "unless", "should", "why"];
    let signs = ["symptom", "sign"].iter().any(|w| passage.title.to_lowercase().contains(w));
    if !about || condition.contains(&first) || lower.contains(" if ") || lower.ends_with('?') || signs || passage.cell {
        return None;
    }
    let (gap, help) = if about_backup {
        ("a gap in the backups", "add it to the backup that runs by itself, and test the restore")
    } else {
        ("a gap in what is watched", "let something watch it, or say who looks and how often")
    };
    let short: String = said.chars().take(100).collect();
    let short = short.trim_end_matches(['.', ':', ' ']);
    Some(Finding::new(
        &DR07,
        passage.source(at.start()),
        format!("{gap}, by the document's own words: \"{short}\""),
        help,
    ))
}

/// Services of the inventory that nothing named as watching watches, said at the first of them.
fn unwatched(runbook: &Runbook, found: &mut Vec<Finding>) {
    let watched: Vec<&ServiceSet> =
        runbook.sets.iter().filter(|set| set.role == Role::Monitored && set.claim == Claim::Said).collect();
    let Some(first) = watched.first() else { return };
    let told = runbook.services.iter().filter(|s| s.source.origin != Origin::Derived);
    let mut names: HashSet<&str> = watched.iter().flat_map(|set| &set.members).map(String::as_str).collect();
    let left_out = runbook.sets.iter().filter(|set| set.role == Role::NotMonitored);
    names.extend(left_out.flat_map(|set| &set.members).map(String::as_str));
    let watches = |service: &&Service| names.contains(service.name.as_str());
    let (seen, lost): (Vec<&Service>, Vec<&Service>) = told.filter(|s| !has_word(&s.name, ASIDE)).partition(watches);
    let Some(at) = lost.first().filter(|_| !seen.is_empty()) else { return };
    let names: Vec<&str> = lost.iter().map(|s| s.name.as_str()).collect();
    let (verb, they) = if names.len() == 1 { ("is", "it is") } else { ("are", "they are") };
    let place = place(&first.source, &at.source);
    let message =
        format!("{} {verb} not among what is watched ({place}): nobody is told when {they} down", quoted(&names));
    found.push(Finding::new(&DR07, at.source.clone(), message, "add a check for each, or say who notices and how"));
}

/// What passages about backups speak of.
#[derive(Default)]
struct Backed {
    text: String,
}

/// Words that are about backups.
static ABOUT_BACKUP: LazyLock<Regex> = LazyLock::new(|| any_of(&["ackup", "ack up", "acked up", "dump"]));

impl Backed {
    fn take(&mut self, passage: &Passage<'_>) {
        if ABOUT_BACKUP.is_match(&passage.running.text) || ABOUT_BACKUP.is_match(&passage.title) {
            self.note(&passage.running.text);
            self.note(&passage.title);
        }
    }

    /// Every store is looked for in all of it.
    fn note(&mut self, text: &str) {
        const MOST: usize = 256 * 1024;
        if self.text.len() < MOST {
            self.text.push_str(&text.to_lowercase());
            self.text.push('\n');
        }
    }

    /// Things that keep data and that nothing about backups names.
    fn lacks(mut self, context: &Context<'_>, found: &mut Vec<Finding>) {
        if self.text.is_empty() && context.runbook.backups.is_empty() {
            return;
        }
        for place in &context.places {
            let title = place.procedure.map_or("", |p| p.title.as_str());
            let backs = ["ackup", "ack up", "dump"].iter().any(|w| title.contains(w) || place.command.text.contains(w));
            if backs {
                self.note(&place.command.text);
            }
        }
        for backup in &context.runbook.backups {
            self.note(&backup.dataset);
        }
        // More stores than that no team runs.
        const MOST_STORES: usize = 100;
        for (name, source) in keepers(context).into_iter().take(MOST_STORES) {
            let lower = name.to_lowercase();
            let also = ALSO.iter().find(|words| words.contains(&lower.as_str()));
            let named =
                also.is_some_and(|words| words.iter().any(|w| self.text.contains(w))) || self.text.contains(&lower);
            if !named {
                let message = format!("`{name}` keeps data, and nothing about backups in this document speaks of it");
                let help = "back it up, or write down that it can be made anew and from what";
                found.push(Finding::new(&DR07, source, message, help));
            }
        }
    }
}

/// What the same store is called in backups.
const ALSO: &[&[&str]] = &[
    &["postgresql", "postgres", "pg_dump", "pg_basebackup", "pgbackrest", "wal-g", "barman"],
    &["mysql", "mysqldump", "mariadb", "xtrabackup"],
    &["mariadb", "mysqldump", "mariadb-dump", "mariabackup", "mysql"],
    &["mongodb", "mongo", "mongodump", "mongod"],
    &["qdrant"],
    &["elasticsearch", "opensearch"],
    &["minio", "s3"],
];

/// `no (Qdrant owns data)`: who keeps the data that a service works with.
static OWNER: LazyLock<Regex> = LazyLock::new(|| {
    pattern(r"\b([a-z][a-z0-9_-]+)\s+(?:owns|holds|keeps|stores|has)\s+(?:the\s+|all\s+|its\s+)?data\b")
});

/// Where the name before `owns data` stands in a text.
pub(super) fn owner(passage: &Passage<'_>) -> Option<Range<usize>> {
    let small = &passage.small;
    Some(OWNER.is_match(small).then(|| OWNER.captures(small)?.get(1))??.range())
}

/// Stores that keep data, each once, at the place that says so.
fn keepers(context: &Context<'_>) -> Vec<(String, Source)> {
    let mut found: BTreeMap<String, (String, Source)> = BTreeMap::new();
    prose::each(context, &mut |passage| {
        if !passage.cell || !passage.running.text.contains("data") {
            return;
        }
        if let Some(owner) = owner(passage) {
            let source = passage.source(owner.start);
            let name = &passage.running.text[owner];
            found.entry(name.to_lowercase()).or_insert((name.to_owned(), source));
        }
    });
    for database in &context.runbook.databases {
        let engine = database.engine.as_str();
        // Caches are filled anew, and files are told apart in the sets.
        let lasting = !matches!(engine, "" | "redis" | "memcached" | "valkey" | "sqlite");
        if lasting && database.path.is_none() {
            found.entry(engine.to_owned()).or_insert((engine.to_owned(), database.source.clone()));
        }
    }
    let mut found: Vec<_> = found.into_values().collect();
    found.sort_by_key(|(_, source)| source.line);
    found
}
