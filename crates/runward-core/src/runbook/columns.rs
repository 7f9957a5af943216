//! What the columns of a table hold: by what their headings mean, and where a heading says nothing, by what stands below it.

use super::manager::Manager;
use super::markdown::{Row, Table};
use super::place::{Port, asked, place, port};
use super::words::{self, normal};
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

/// What a column holds, by its heading alone.
pub(super) fn column(heading: &str) -> Column {
    words::column(heading).unwrap_or(Column::Other)
}

/// Words for nothing.
const NOTHING: &[&str] = &[
    "no", "none", "n/a", "na", "nil", "not applicable", "tbd", "ninguno", "ninguna", "nada", "kein", "keine", "keiner",
    "nein", "aucun", "aucune", "non", "néant", "nenhum", "nenhuma", "não", "yok", "hayır", "nessuno", "nessuna",
    "geen", "nee",
];

/// A cell that says there is nothing.
pub(super) fn is_nothing(cell: &str) -> bool {
    let lower = cell.trim().to_lowercase();
    let bare = lower.trim_matches(|c: char| !c.is_alphanumeric());
    bare.is_empty() || NOTHING.contains(&bare) || lower.starts_with("no (") || lower.starts_with("none (")
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
            // `Where` of a list of odds and ends holds a port here and there.
            Column::Place if share(table, at, |c| place(c).port.is_some()) < 0.5 => {
                let sites = !taken(Column::Endpoint) && share(table, at, |c| place(c).endpoint.is_some()) >= 0.5;
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
