//! Databases: what a runbook names as such, with their kind and place.

use std::collections::HashMap;

use serde::{Deserialize, Serialize};

use super::backup::Backup;
use super::columns::is_nothing;
use super::field::Field;
use super::markdown::{Inlines, Kind, Table};
use super::section::Section;
use super::typing::Typing;
use crate::command::Command;
use crate::service::Service;
use crate::source::{Lines, Source};

/// One database.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Database {
    /// Its name: a file's name, a database's name, or the server's where nothing closer is told.
    pub name: String,
    /// What it is: `sqlite`, `postgresql`, `redis`, `mongodb`, `mysql`, `qdrant`; empty where it is not told.
    pub engine: String,
    /// Its file, where it is one.
    pub path: Option<String>,
    /// The service that owns it.
    pub service: Option<String>,
    /// Where it stands.
    pub source: Source,
}

/// Reads every database that a document names: those of its services, of its tables, of what is backed up, and of commands.
pub(super) fn read(
    root: &Section<'_>,
    lines: &Lines<'_>,
    services: &[Service],
    backups: &[Backup],
    typing: &Typing<'_>,
) -> Vec<Database> {
    let mut databases = Databases { found: Vec::new(), known: HashMap::new() };
    for service in services {
        if let Some(cell) = &service.database {
            databases.of_service(&service.name, cell, &service.source);
        }
    }
    root.walk(&mut |section| {
        for block in section.body {
            if let Kind::Table(table) = &block.kind {
                databases.table(table, lines);
            }
        }
    });
    for backup in backups {
        let of_data = engine_of(&backup.dataset).or_else(|| engine_of(backup.method.as_deref().unwrap_or_default()));
        if let Some(engine) = of_data.filter(|_| !backup.dataset.contains(['$', '/', ' '])) {
            databases.add(&backup.dataset, engine, None, None, backup.source.clone());
        }
    }
    for command in typing.all().iter().flat_map(|step| &step.commands) {
        databases.command(command, lines);
    }
    databases.found
}

struct Databases {
    found: Vec<Database>,
    /// Where in `found` a name stands.
    known: HashMap<String, usize>,
}

impl Databases {
    /// A cell of the inventory: `wallet.db (SQLite)`, `PostgreSQL`, `no (Qdrant owns data)`.
    fn of_service(&mut self, service: &str, cell: &str, source: &Source) {
        let (name, remark) = cell.split_once('(').map_or((cell.trim(), ""), |(name, rest)| (name.trim(), rest));
        let engine = engine_of(remark).or_else(|| engine_of(name)).unwrap_or_default();
        let path = name.contains('/').then(|| name.to_owned());
        self.add(name, engine, path, Some(service), source.clone());
    }

    fn table(&mut self, table: &Table, lines: &Lines<'_>) {
        let fields = Field::columns(table);
        let heads: Vec<String> = table.head.iter().map(Inlines::plain).collect();
        let Some(column) =
            heads.iter().position(|head| super::columns::column(head) == super::columns::Column::Database)
        else {
            return;
        };
        let path = fields
            .iter()
            .position(|field| *field == Some(Field::Path))
            .or_else(|| fields.iter().position(|field| *field == Some(Field::Where)).filter(|at| *at != column));
        for row in &table.rows {
            let cell = |at: usize| row.cells.get(at).map(Inlines::plain).unwrap_or_default();
            let said = cell(column);
            if is_nothing(&said) {
                // `no (Qdrant owns data)`: the data lies in what nobody listed.
                if let Some((owner, _)) = said.split_once('(').and_then(|(_, rest)| rest.split_once(" owns ")) {
                    let service = cell(0);
                    self.add(
                        owner,
                        engine_of(owner).unwrap_or_default(),
                        None,
                        Some(&service),
                        lines.source(row.span.clone()),
                    );
                }
            } else if column == 0 {
                let path = path.map(cell).filter(|path| path.contains('/'));
                let engine =
                    engine_of(&said).or_else(|| engine_of(path.as_deref().unwrap_or_default())).unwrap_or_default();
                self.add(said.trim(), engine, path, None, lines.source(row.span.clone()));
            }
        }
    }

    /// `psql -d shop`, `sqlite3 /srv/shop.db`, `systemctl status mongod`.
    fn command(&mut self, command: &Command, lines: &Lines<'_>) {
        let Some(script) = &command.script.0 else { return };
        for simple in &script.commands {
            let words: Vec<&str> = simple.words.iter().map(|word| word.text.as_str()).collect();
            let Some(at) = words.iter().position(|word| client_of(word).is_some()) else {
                self.managed(&words, command, lines);
                continue;
            };
            // `docker exec db psql`, `sudo -u postgres psql`: who calls it is known; elsewhere it is an operand.
            let called = at == 0
                || matches!(words[0], "docker" | "docker-compose" | "podman" | "kubectl" | "sudo" | "su" | "ssh");
            let Some(engine) = client_of(words[at]).filter(|_| called) else { continue };
            let named = named_database(engine, &words[at + 1..]);
            let path = named.as_ref().filter(|name| name.contains('/')).cloned();
            let name = named.as_deref().map_or(engine, |name| name.rsplit('/').next().unwrap_or(name));
            self.add(name, engine, path, None, lines.source(lines.line_span(command.line)));
        }
    }

    /// A server that is started, stopped or looked at by its unit or container.
    fn managed(&mut self, words: &[&str], command: &Command, lines: &Lines<'_>) {
        let words: Vec<&str> = words.iter().copied().skip_while(|word| *word == "sudo").collect();
        if !matches!(words.first(), Some(&("systemctl" | "service" | "docker" | "docker-compose"))) {
            return;
        }
        for word in words.iter().skip(1).filter(|word| !word.contains(['/', '='])) {
            if let Some(engine) = server_of(word.trim_end_matches(".service")).filter(|_| !is_unsure(command)) {
                self.add(engine, engine, None, None, lines.source(lines.line_span(command.line)));
            }
        }
    }

    fn add(&mut self, name: &str, engine: &str, path: Option<String>, service: Option<&str>, source: Source) {
        let name = name.trim().trim_matches('`');
        if name.is_empty() || name.contains(['$', '<', '[']) || name.chars().all(|c| c == 'P') {
            return;
        }
        let file = name.rsplit('/').next().unwrap_or(name);
        let bare = file.trim_end_matches(".db").trim_end_matches(".sqlite3").trim_end_matches(".sqlite").to_lowercase();
        // `wallet` in `/srv/wallet.db` is `wallet.db`.
        match self.known.get(&bare).map(|at| &mut self.found[*at]) {
            Some(known) => {
                known.path = known.path.take().or(path);
                known.service = known.service.take().or(service.map(str::to_owned));
                if known.engine.is_empty() {
                    known.engine = engine.to_owned();
                }
            }
            None => {
                self.known.insert(bare, self.found.len());
                let (name, engine, service) = (name.to_owned(), engine.to_owned(), service.map(str::to_owned));
                self.found.push(Database { name, engine, path, service, source });
            }
        }
    }
}

/// `docker logs postgres  # or mysql, mongo, etc.`: whoever wrote it did not know what runs there.
fn is_unsure(command: &Command) -> bool {
    command.text.split_once(" # ").is_some_and(|(_, comment)| comment.trim_start().starts_with("or "))
}

/// Names of kinds, with the one that is used here.
const ENGINES: &[(&str, &str)] = &[
    ("postgres", "postgresql"),
    ("pg_dump", "postgresql"),
    ("psql", "postgresql"),
    ("timescale", "postgresql"),
    ("mariadb", "mysql"),
    ("mysql", "mysql"),
    ("mongo", "mongodb"),
    ("sqlite", "sqlite"),
    (".db", "sqlite"),
    ("redis", "redis"),
    ("valkey", "redis"),
    ("qdrant", "qdrant"),
    ("elasticsearch", "elasticsearch"),
    ("opensearch", "elasticsearch"),
    ("clickhouse", "clickhouse"),
    ("cassandra", "cassandra"),
    ("influx", "influxdb"),
    ("etcd", "etcd"),
    ("dynamodb", "dynamodb"),
    ("neo4j", "neo4j"),
];

fn engine_of(text: &str) -> Option<&'static str> {
    let lower = text.to_lowercase();
    ENGINES.iter().find(|(name, _)| lower.contains(name)).map(|(_, engine)| *engine)
}

/// The kind of database a client speaks to.
fn client_of(word: &str) -> Option<&'static str> {
    Some(match word.rsplit('/').next()? {
        "psql" | "pg_dump" | "pg_restore" | "pg_isready" | "createdb" | "dropdb" | "vacuumdb" | "reindexdb" => {
            "postgresql"
        }
        "mysql" | "mariadb" | "mysqldump" | "mysqladmin" | "mariadb-dump" => "mysql",
        "mongosh" | "mongo" | "mongodump" | "mongorestore" => "mongodb",
        "sqlite3" => "sqlite",
        "redis-cli" | "valkey-cli" => "redis",
        "clickhouse-client" => "clickhouse",
        "cqlsh" => "cassandra",
        "etcdctl" => "etcd",
        _ => return None,
    })
}

/// The kind of database a unit or a container is.
fn server_of(name: &str) -> Option<&'static str> {
    let base = name.split(['-', '@', '_']).next().unwrap_or(name);
    Some(match base {
        "postgres" | "postgresql" => "postgresql",
        "mysql" | "mysqld" | "mariadb" => "mysql",
        "mongod" | "mongo" | "mongodb" => "mongodb",
        "redis" | "valkey" => "redis",
        "qdrant" => "qdrant",
        "elasticsearch" => "elasticsearch",
        "clickhouse" => "clickhouse",
        "cassandra" => "cassandra",
        "influxdb" => "influxdb",
        "etcd" => "etcd",
        _ => return None,
    })
}

/// The database a client is told to open.
fn named_database(engine: &str, words: &[&str]) -> Option<String> {
    let behind = |options: &[&str]| {
        let at = words.iter().position(|word| options.contains(word))?;
        words.get(at + 1).map(|name| (*name).to_owned())
    };
    let joined = |option: &str| words.iter().find_map(|word| word.strip_prefix(option)).map(str::to_owned);
    let named = match engine {
        "postgresql" => behind(&["-d", "--dbname"]).or_else(|| joined("--dbname=")),
        "mongodb" => behind(&["--db"]).or_else(|| joined("--db=")),
        "sqlite" => words.iter().find(|word| !word.starts_with(['-', '.'])).map(|word| (*word).to_owned()),
        "mysql" => behind(&["-D", "--database"]).or_else(|| joined("--database=")),
        _ => None,
    };
    named
        .map(|name| name.trim_matches(['"', '\'']).to_owned())
        .filter(|name| !name.is_empty() && name.chars().all(|c| c.is_ascii_alphanumeric() || "._-/~".contains(c)))
}

#[cfg(test)]
mod tests {
    use crate::runbook::Runbook;

    /// `line name engine path (service)` of each.
    fn check(markdown: &str, expected: &str) {
        let runbook = Runbook::read([("ops.md", markdown)]);
        let shown: Vec<String> = runbook
            .databases
            .iter()
            .map(|d| {
                let service = d.service.as_ref().map(|s| format!(" ({s})")).unwrap_or_default();
                let path = d.path.as_ref().map(|p| format!(" {p}")).unwrap_or_default();
                format!("{} {} {}{path}{service}", d.source.line, d.name, d.engine)
            })
            .collect();
        assert_eq!(shown.join(", "), expected, "{markdown}");
    }

    #[test]
    fn databases_are_named_by_the_inventory_by_what_is_saved_and_by_commands() {
        check(
            "# Ops\n\n| Service | Port | DB |\n|---|---|---|\n| kiln | 1 | kiln.db (SQLite) |\n| glaze | 2 | no (Qdrant owns data) |\n\n## Backup\n\n| DB | Path |\n|---|---|\n| kiln | `/srv/kiln.db` |\n",
            "5 kiln.db sqlite /srv/kiln.db (kiln), 6 Qdrant qdrant (glaze)",
        );
        check(
            "# Ops\n\n## Down\n\n```bash\npsql -d orders -c 'select 1'\nsudo systemctl status mongod\nredis-cli ping\n```\n",
            "6 orders postgresql, 7 mongodb mongodb, 8 redis redis",
        );
    }
}
