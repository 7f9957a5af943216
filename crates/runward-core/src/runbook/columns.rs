//! What the columns of a table hold: by what their headings mean, and where a heading says nothing, by what stands below it.

use super::manager::Manager;
use super::markdown::{Row, Table};
use super::place::{Port, asked, place, port};
use super::words::normal;
use crate::time::promised;

/// What a column holds.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Column {
    Name,
    Unit,
    Container,
    Pm2,
    Process,
    /// What starts it: `systemd: till`, `pm2`.
    Manager,
    /// The name that knows it by.
    Managed,
    Port,
    /// The machine it runs on.
    Host,
    /// A place that may be a port, a machine or an address.
    Place,
    /// How its health is asked.
    Health,
    Endpoint,
    EnvFile,
    Database,
    DependsOn,
    Severity,
    Criteria,
    Respond,
    Update,
    Role,
    Person,
    Channel,
    After,
    Target,
    Situation,
    Chain,
    Other,
}

/// Headings by what they mean; the first that fits wins, whole headings before parts of them.
const HEADINGS: &[(Column, &[&str])] = &[
    (
        Column::EnvFile,
        &[
            "env file", "env", "environment file", "envfile", "env path", "config file", "environmentfile", "settings",
            "secrets file",
        ],
    ),
    (Column::Database, &["db", "database", "databases", "data store", "datastore", "storage", "data"]),
    (
        Column::Unit,
        &["unit", "systemd unit", "systemd", "unit name", "systemd service", "service unit", "unit file", "unit files"],
    ),
    (
        Column::Manager,
        &[
            "started by", "managed by", "process manager", "manager", "runs under", "supervisor", "supervised by",
            "run by",
        ],
    ),
    (
        Column::Container,
        &["container", "container name", "docker container", "docker", "compose service", "container/service"],
    ),
    (Column::Pm2, &["pm2", "pm2 name", "pm2 app", "pm2 process"]),
    (Column::Process, &["process", "process name", "runs as", "command line"]),
    (Column::Port, &["port", "ports", "port s", "local port", "listen", "listens on", "internal port", "tcp port"]),
    (
        Column::Place,
        &["address", "bind", "bind address", "binds to", "listen address", "where", "location", "listening on"],
    ),
    (Column::Host, &["host", "hosts", "hostname", "host name", "server", "machine", "node", "vm", "runs on", "box"]),
    (
        Column::Health,
        &[
            "health", "healthcheck", "health check", "health check path", "health path", "health endpoint",
            "health url", "healthcheck url", "health check url", "how to check", "check command", "status check",
            "probe",
        ],
    ),
    (
        Column::Endpoint,
        &["endpoint", "url", "domain", "public url", "public endpoint", "fqdn", "public", "public address", "site"],
    ),
    (Column::DependsOn, &["depends on", "depends", "dependencies", "requires", "needs", "upstream", "dependency"]),
    (Column::Situation, &["situation", "scenario", "condition", "if"]),
    (Column::Target, &["escalate to", "escalation contact", "escalation target"]),
    (Column::After, &["escalate after", "after", "when", "time elapsed", "elapsed", "timing", "wait"]),
    (Column::Chain, &["escalation", "escalation path", "escalation chain", "chain", "escalates to", "notify"]),
    (Column::Severity, &["severity", "level", "priority", "sev", "severity level", "p", "incident level"]),
    (
        Column::Respond,
        &[
            "response time", "response", "respond within", "target ttr", "ttr", "sla", "response sla",
            "target response", "ack time", "response target", "respond", "react within", "reaction", "first response",
            "acknowledge within", "answer within", "answer",
        ],
    ),
    (
        Column::Update,
        &[
            "update frequency", "update cadence", "updates", "update every", "communication frequency",
            "keep people posted", "status updates", "next update", "post updates", "update interval",
        ],
    ),
    (
        Column::Criteria,
        &["criteria", "definition", "description", "meaning", "impact", "when to use", "condition/criteria"],
    ),
    (Column::Role, &["role", "team", "level/role", "contact role", "responsibility"]),
    (
        Column::Channel,
        &[
            "contact", "contact method", "contacts", "phone", "email", "e-mail", "slack", "pager", "pagerduty",
            "how to reach", "reach", "channel", "contact info", "telegram", "mobile", "method", "handle",
        ],
    ),
    (Column::Person, &["person", "owner", "who"]),
    (
        Column::Name,
        &[
            "service", "services", "app", "application", "component", "name", "service name", "system", "module",
            "part", "daemon", "worker",
        ],
    ),
];

pub(super) fn column(heading: &str) -> Column {
    let words = normal(heading);
    HEADINGS.iter().find(|(_, known)| known.contains(&words.as_str())).map_or(Column::Other, |(column, _)| *column)
}

/// A cell that says there is nothing.
pub(super) fn is_nothing(cell: &str) -> bool {
    let lower = cell.trim().to_lowercase();
    let bare = lower.trim_matches(|c: char| !c.is_alphanumeric());
    bare.is_empty()
        || matches!(bare, "no" | "none" | "n/a" | "na" | "nil" | "not applicable" | "tbd")
        || lower.starts_with("no (")
        || lower.starts_with("none (")
}

pub(super) struct Cells<'t> {
    pub columns: &'t [Column],
    pub row: &'t Row,
}

impl Cells<'_> {
    pub fn text(&self, wanted: Column) -> Option<String> {
        let at = self.columns.iter().position(|c| *c == wanted)?;
        let text = self.row.cells.get(at)?.plain();
        (!is_nothing(&text)).then_some(text)
    }

    pub fn any(&self, wanted: &[Column]) -> Option<String> {
        wanted.iter().find_map(|column| self.text(*column))
    }

    pub fn all(&self, wanted: Column) -> Vec<String> {
        let with_column = self.columns.iter().zip(&self.row.cells).filter(|(c, _)| **c == wanted);
        with_column.map(|(_, cell)| cell.plain()).filter(|text| !is_nothing(text)).collect()
    }
}

/// What each column of a table holds.
pub(super) fn columns(table: &Table) -> Vec<Column> {
    let mut found: Vec<Column> = table.head.iter().map(|h| column(&h.plain())).collect();
    settle_by_cells(table, &mut found);
    for at in 0..found.len() {
        if found[at] == Column::Other
            && let Some(held) = by_cells(table, at).filter(|held| !found.contains(held))
        {
            found[at] = held;
        }
    }
    let handles = HANDLES.iter().any(|handle| found.contains(handle));
    // What a table of units or ports names in its first column is what the team calls its services.
    if handles && !found.contains(&Column::Name) && found.first() == Some(&Column::Other) {
        found[0] = Column::Name;
    }
    if found.contains(&Column::Severity) {
        scale_columns(table, &mut found);
    }
    found
}

/// What `Process`, `Host`, `Where` and `Check` mean depends on what stands below: units are processes too, and sites are hosts.
fn settle_by_cells(table: &Table, found: &mut [Column]) {
    for at in 0..found.len() {
        let holds = |form: fn(&str) -> bool| share(table, at, form) > 0.0;
        let taken = |wanted: Column| found.contains(&wanted);
        let settled = match found[at] {
            Column::Process if !taken(Column::Unit) && holds(is_unit) => Column::Unit,
            Column::Host if !taken(Column::Endpoint) && !taken(Column::Port) && share(table, at, is_address) >= 0.9 => {
                Column::Endpoint
            }
            Column::Place if !holds(|c| place(c).port.is_some()) => {
                let sites = !taken(Column::Endpoint) && holds(|c| place(c).endpoint.is_some());
                if sites { Column::Endpoint } else { Column::Other }
            }
            Column::Health if !holds(|c| asked(c).is_some()) => Column::Other,
            Column::Manager if !holds(|c| Manager::of(c).is_some()) => Column::Other,
            known => known,
        };
        found[at] = settled;
    }
    // Beside a process manager a second name is the one the manager knows.
    if found.contains(&Column::Manager)
        && let Some(second) = found.iter_mut().filter(|c| **c == Column::Name).nth(1)
    {
        *second = Column::Managed;
    }
}

fn is_unit(cell: &str) -> bool {
    [".service", ".timer", ".socket"].iter().any(|end| cell.ends_with(end)) && !cell.contains(' ')
}

/// Beside a scale, `When` says when a row applies, and a column of lengths that nobody named says how soon to respond.
fn scale_columns(table: &Table, found: &mut [Column]) {
    for at in 0..found.len() {
        let promises = || share(table, at, |cell| promised(cell).is_some()) > 0.6;
        let free = |wanted: Column, found: &[Column]| !found.contains(&wanted);
        match found[at] {
            Column::After | Column::Situation if !promises() && free(Column::Criteria, found) => {
                found[at] = Column::Criteria;
            }
            Column::Other | Column::After if promises() && free(Column::Respond, found) => found[at] = Column::Respond,
            _ => {}
        }
    }
    let words = |at: usize| table.rows.iter().filter_map(|r| r.cells.get(at)).map(|c| c.plain().len()).sum::<usize>();
    let wordy = (0..found.len()).filter(|at| found[*at] == Column::Other).max_by_key(|at| words(*at));
    if let Some(at) = wordy.filter(|_| !found.contains(&Column::Criteria)) {
        found[at] = Column::Criteria;
    }
}

/// The share of a column's filled cells that are of one form; 0 where none is filled.
fn share(table: &Table, at: usize, form: impl Fn(&str) -> bool) -> f64 {
    let cells: Vec<String> = table.rows.iter().filter_map(|row| Some(row.cells.get(at)?.plain())).collect();
    let filled: Vec<&String> = cells.iter().filter(|cell| !is_nothing(cell)).collect();
    if filled.is_empty() { 0.0 } else { filled.iter().filter(|c| form(c)).count() as f64 / filled.len() as f64 }
}

/// What a column holds by the look of its cells, where nearly all of them look the same.
fn by_cells(table: &Table, at: usize) -> Option<Column> {
    let mostly = |form: fn(&str) -> bool| share(table, at, form) >= 0.9;
    if mostly(|c| c.ends_with(".env") || c.ends_with("/env")) {
        Some(Column::EnvFile)
    } else if mostly(|c| c.ends_with(".service") && !c.contains(' ')) {
        Some(Column::Unit)
    } else if mostly(is_database) {
        Some(Column::Database)
    } else if mostly(is_address) {
        Some(Column::Endpoint)
    } else if speaks_of_ports(&table.head.get(at)?.plain()) && mostly(|c| matches!(port(c), Port::Known(_))) {
        Some(Column::Port)
    } else {
        None
    }
}

/// Numbers may be anything: only a heading makes ports of them.
fn speaks_of_ports(heading: &str) -> bool {
    normal(heading).split(' ').any(|w| ["port", "ports", "listen", "listens", "tcp", "bind"].contains(&w))
}

fn is_database(cell: &str) -> bool {
    let lower = cell.to_lowercase();
    let file =
        lower.split_whitespace().next().is_some_and(|w| [".db", ".sqlite", ".sqlite3"].iter().any(|e| w.ends_with(e)));
    file || ["postgres", "mysql", "mariadb", "mongo", "sqlite", "redis"].iter().any(|name| lower.starts_with(name))
}

/// `https://shop.example`, `shop.example`, `shop.example/health`.
fn is_address(cell: &str) -> bool {
    if cell.contains(char::is_whitespace) {
        return false;
    }
    let host = cell.split("://").last().unwrap_or(cell).split(['/', ':']).next().unwrap_or_default();
    let labels: Vec<&str> = host.split('.').collect();
    let label = |l: &&str| !l.is_empty() && l.chars().all(|c| c.is_ascii_alphanumeric() || c == '-');
    let top = labels.last().copied().unwrap_or_default();
    // `main.rs` and `users.db` have a dot too: a name alone must have three parts, or say its scheme.
    labels.len() >= if cell.contains("://") { 2 } else { 3 }
        && labels.iter().all(label)
        && top.len() >= 2
        && top.chars().all(|c| c.is_ascii_alphabetic())
}

/// What a service is taken hold of by.
const HANDLES: &[Column] = &[
    Column::Unit,
    Column::Container,
    Column::Pm2,
    Column::Process,
    Column::Manager,
    Column::Port,
    Column::Place,
    Column::Health,
];

/// Whether a table says what runs where: it names things and how each is taken hold of. Containers, units and
/// applications have names of their own.
pub(super) fn is_inventory(columns: &[Column]) -> bool {
    const SAYS_MORE: &[Column] = &[Column::Endpoint, Column::DependsOn, Column::EnvFile, Column::Database];
    let has = |wanted: &Column| columns.contains(wanted);
    let handles = HANDLES.iter().filter(|handle| has(handle)).count();
    let named = NAMED.iter().any(has) && (handles >= 2 || SAYS_MORE.iter().any(has));
    named || (has(&Column::Name) && handles > 0)
}

/// Columns whose cells can stand for the service's name where no other column does.
pub(super) const NAMED: &[Column] = &[Column::Container, Column::Pm2, Column::Unit];
