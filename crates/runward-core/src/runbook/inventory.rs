//! The service inventory: rows of a table, or a table that says of one service what is what.

use std::collections::{BTreeSet, HashMap, HashSet};

use super::Finding;
use super::columns::{Cells, Column, NAMED, column, is_nothing};
use super::derive::is_stand_in;
use super::manager::Manager;
use super::markdown::Table;
use super::place::{Place, Port, asked, is_dotted, is_here, is_ip, place, port};
use super::tables::Facts;
use crate::id::ServiceId;
use crate::lints;
use crate::service::Service;
use crate::source::{Lines, Source};

/// What a column can say of a service.
const SAID: &[Column] = &[
    Column::Unit,
    Column::Container,
    Column::Pm2,
    Column::Process,
    Column::Port,
    Column::Place,
    Column::Endpoint,
    Column::Health,
    Column::EnvFile,
    Column::Database,
    Column::DependsOn,
];

impl Facts {
    pub(super) fn inventory(&mut self, table: &Table, columns: &[Column], lines: &Lines<'_>) {
        let elsewhere = Elsewhere::of(table, columns);
        let mut rows: HashMap<ServiceId, u32> = HashMap::new();
        for row in &table.rows {
            let cells = Cells { columns, row };
            let Some(name) = cells.text(Column::Name).or_else(|| cells.any(NAMED)) else { continue };
            let name = name.trim_end_matches(".service");
            if is_stand_in(name) {
                continue;
            }
            let mut service = Service::named(name, lines.source(row.span.clone()));
            for said in SAID {
                if let Some(text) = cells.text(*said) {
                    self.fill(&mut service, *said, &text);
                }
            }
            if let Some(manager) = cells.text(Column::Manager) {
                managed(&mut service, &manager, cells.text(Column::Managed));
            }
            if let Some(host) = cells.text(Column::Host).filter(|host| elsewhere.holds(host)) {
                service.host = Some(host);
            }
            let line = service.source.line;
            match rows.get(&service.id()) {
                Some(first) => self.findings.push(told_twice(&service, *first)),
                None => {
                    rows.insert(service.id(), line);
                    self.add(service);
                }
            }
        }
    }

    /// A table of two columns that says of one service what is what: `Service | billing`, `Port | 7070`.
    pub(super) fn one_service(&mut self, table: &Table, lines: &Lines<'_>) -> bool {
        if table.head.len() != 2 {
            return false;
        }
        let rows = table.rows.iter().map(|row| &row.cells);
        let said: Vec<(Column, String)> = std::iter::once(&table.head)
            .chain(rows)
            .filter_map(|cells| Some((column(&cells.first()?.plain()), cells.get(1)?.plain())))
            .filter(|(_, text)| !is_nothing(text))
            .collect();
        let mut names = said.iter().filter(|(what, _)| *what == Column::Name);
        let (Some((_, name)), None) = (names.next(), names.next()) else { return false };
        let known = said.iter().filter(|(what, _)| SAID.contains(what)).count();
        // `Service | Port` is the heading of an inventory: its rows name services, and nothing that is said of them.
        if known < 2 || is_stand_in(name) {
            return false;
        }
        let Some(first) = table.rows.first() else { return false };
        let source = lines.source(first.span.clone());
        self.described(name, &said, source)
    }

    /// Adds a service of which single facts are said; false where they do not say how to take hold of it.
    pub(super) fn described(&mut self, name: &str, said: &[(Column, String)], source: Source) -> bool {
        let mut service = Service::named(name, source);
        for (what, text) in said {
            match what {
                Column::Manager => managed(&mut service, text, None),
                Column::Host if !is_here(text) && (is_ip(text) || is_dotted(text)) => service.host = Some(text.clone()),
                what => self.fill(&mut service, *what, text),
            }
        }
        let Service { unit, container, pm2, process, port, .. } = &service;
        let held = unit.is_some() || container.is_some() || pm2.is_some() || process.is_some() || port.is_some();
        if held {
            self.add(service);
        }
        held
    }

    fn fill(&mut self, service: &mut Service, what: Column, text: &str) {
        match what {
            Column::Unit => service.unit = Some(unit_name(text)),
            Column::Container => service.container = Some(text.to_owned()),
            Column::Pm2 => service.pm2 = Some(text.to_owned()),
            Column::Process if text.ends_with(".service") => service.unit = Some(unit_name(text)),
            Column::Process => service.process = Some(text.to_owned()),
            Column::Port => match port(text) {
                Port::Known(port) => service.port = Some(port),
                Port::Wrong(number) => self.findings.push(no_port(&number, &service.source)),
                Port::None => {}
            },
            Column::Place | Column::Endpoint => self.located(service, what, text),
            Column::Health => service.health = asked(text),
            Column::EnvFile => service.env_file = Some(text.to_owned()),
            Column::Database => service.database = Some(text.to_owned()),
            Column::DependsOn => service.depends_on = split_names(text),
            _ => {}
        }
        if service.port.is_none()
            && let Some(local) = service.health.as_deref().map(place).filter(|found| found.asked.is_some())
        {
            service.port = local.port;
        }
    }

    fn located(&mut self, service: &mut Service, what: Column, text: &str) {
        let found = place(text);
        if let Some(Port::Wrong(number)) = (what == Column::Place && found == Place::default()).then(|| port(text)) {
            self.findings.push(no_port(&number, &service.source));
        }
        // An endpoint is kept as it is written, unless it only says the port.
        let written = found.port.is_none() && what == Column::Endpoint;
        service.port = service.port.or(found.port);
        service.host = service.host.take().or(found.host);
        service.health = found.asked.or(service.health.take());
        let endpoint = if written { Some(text.to_owned()) } else { found.endpoint };
        service.endpoint = service.endpoint.take().or(endpoint);
    }

    /// Adds a service, or completes the one of that name with what is said of it in another place.
    pub(super) fn add(&mut self, service: Service) {
        match self.known.get(&service.id()) {
            Some(at) => self.services[*at].complete(service),
            None => {
                self.known.insert(service.id(), self.services.len());
                self.services.push(service);
            }
        }
    }
}

/// Which of the machines that an inventory names are not this one.
struct Elsewhere {
    /// Whether all stands on one machine: then that is the one the runbook is about.
    one: bool,
}

impl Elsewhere {
    fn of(table: &Table, columns: &[Column]) -> Elsewhere {
        let hosts: BTreeSet<String> =
            table.rows.iter().filter_map(|row| Cells { columns, row }.text(Column::Host)).collect();
        let handled =
            [Column::Unit, Column::Container, Column::Pm2, Column::Manager].iter().any(|c| columns.contains(c));
        let plain = hosts.iter().all(|host| !is_dotted(host));
        Elsewhere { one: hosts.len() == 1 && (handled || plain) }
    }

    fn holds(&self, host: &str) -> bool {
        !self.one && !is_here(host)
    }
}

/// What a process manager knows a service by.
fn managed(service: &mut Service, cell: &str, beside: Option<String>) {
    let Some(name) = Manager::name(cell).map(str::to_owned).or(beside) else { return };
    let slot = match Manager::of(cell) {
        Some(Manager::Systemd) => &mut service.unit,
        Some(Manager::Pm2) => &mut service.pm2,
        Some(Manager::Docker) => &mut service.container,
        None => return,
    };
    slot.get_or_insert(unit_name(&name));
}

fn unit_name(text: &str) -> String {
    text.trim_end_matches(".service").to_owned()
}

fn told_twice(service: &Service, first: u32) -> Finding {
    let message = format!("`{}` already has a row in line {first}: only that one counts", service.name);
    let help = "give each service its own name, or put what is known of it into one row";
    Finding::new(&lints::MD08, service.source.clone(), message, help)
}

fn no_port(number: &str, source: &Source) -> Finding {
    let help = "write a number from 1 to 65535, or leave the cell empty";
    Finding::new(&lints::MD07, source.clone(), format!("`{number}` is no port"), help)
}

pub(super) fn split_names(cell: &str) -> Vec<String> {
    let mut seen = HashSet::new();
    cell.split([',', ';', '+'])
        .flat_map(|part| part.split(" and "))
        .map(|n| n.trim().trim_matches('`').to_owned())
        .filter(|n| !is_nothing(n) && seen.insert(n.clone()))
        .collect()
}
