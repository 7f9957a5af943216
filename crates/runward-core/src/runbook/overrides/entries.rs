//! Facts that are lists of things known by a name: contacts, backups, hosts, logs, databases.

use std::collections::BTreeMap;

use super::apply::{mark, put, replace, same, set};
use super::{BackupFacts, ContactFacts, Corrections, DatabaseFacts, HostFacts, LogFacts, Refused};
use crate::near;
use crate::runbook::{Backup, Contact, Database, Host, Log};
use crate::source::Source;

/// A thing that is known by a name.
pub(super) trait Entry: Clone + PartialEq {
    /// What can be said of it.
    type Facts;
    /// The section of the configuration.
    const SECTION: &'static str;

    /// Its name.
    fn name(&self) -> &str;
    /// Where it stands.
    fn source(&mut self) -> &mut Source;
    /// One of which nothing is known but its name.
    fn new(name: &str, source: Source) -> Self;
    /// Puts what is given in the place of what there is.
    fn correct(&mut self, given: &Self::Facts);
}

/// Corrects the first entry of each name, or adds one where anything is said of it.
pub(super) fn correct<E: Entry>(
    list: &mut Vec<E>,
    given: &BTreeMap<String, E::Facts>,
    corrections: &Corrections<'_>,
) -> Result<(), Refused> {
    for (key, facts) in given {
        let path = [E::SECTION, key.as_str()];
        let place = || (corrections.place)(&path);
        if let Some(entry) = list.iter_mut().find(|entry| same(entry.name(), key)) {
            let before = entry.clone();
            entry.correct(facts);
            mark(&before, entry, E::source, place);
            continue;
        }
        let blank = E::new(key, place());
        let mut entry = blank.clone();
        entry.correct(facts);
        if entry != blank {
            list.push(entry);
            continue;
        }
        let known: Vec<&str> = list.iter().map(E::name).collect();
        let message = format!("`{key}` is not in the runbook, and nothing is said of it here");
        corrections.unknown(&path, message, near::help(key, &known))?;
    }
    Ok(())
}

impl Entry for Contact {
    type Facts = ContactFacts;
    const SECTION: &'static str = "contacts";

    fn name(&self) -> &str {
        &self.role
    }

    fn source(&mut self) -> &mut Source {
        &mut self.source
    }

    fn new(role: &str, source: Source) -> Contact {
        Contact::new(role, None, Vec::new(), source)
    }

    fn correct(&mut self, given: &ContactFacts) {
        set(&mut self.name, given.name.as_ref());
        replace(&mut self.channels, given.channels.as_ref());
        // Whether anybody can be reached is judged anew.
        let Contact { role, name, channels, source, .. } = self.clone();
        *self = Contact::new(&role, name, channels, source);
    }
}

impl Entry for Backup {
    type Facts = BackupFacts;
    const SECTION: &'static str = "backups";

    fn name(&self) -> &str {
        &self.dataset
    }

    fn source(&mut self) -> &mut Source {
        &mut self.source
    }

    fn new(dataset: &str, source: Source) -> Backup {
        Backup { dataset: dataset.to_owned(), method: None, destination: None, schedule: None, keep: None, source }
    }

    fn correct(&mut self, given: &BackupFacts) {
        set(&mut self.method, given.method.as_ref());
        set(&mut self.destination, given.destination.as_ref());
        set(&mut self.schedule, given.schedule.as_ref());
        set(&mut self.keep, given.keep.as_ref());
    }
}

impl Entry for Host {
    type Facts = HostFacts;
    const SECTION: &'static str = "hosts";

    fn name(&self) -> &str {
        &self.name
    }

    fn source(&mut self) -> &mut Source {
        &mut self.source
    }

    fn new(name: &str, source: Source) -> Host {
        Host { name: name.to_owned(), address: None, user: None, port: None, source }
    }

    fn correct(&mut self, given: &HostFacts) {
        set(&mut self.address, given.address.as_ref());
        set(&mut self.user, given.user.as_ref());
        self.port = given.port.or(self.port);
    }
}

impl Entry for Log {
    type Facts = LogFacts;
    const SECTION: &'static str = "logs";

    fn name(&self) -> &str {
        &self.what
    }

    fn source(&mut self) -> &mut Source {
        &mut self.source
    }

    fn new(what: &str, source: Source) -> Log {
        Log { what: what.to_owned(), path: None, command: None, source }
    }

    fn correct(&mut self, given: &LogFacts) {
        set(&mut self.path, given.path.as_ref());
        set(&mut self.command, given.command.as_ref());
    }
}

impl Entry for Database {
    type Facts = DatabaseFacts;
    const SECTION: &'static str = "databases";

    fn name(&self) -> &str {
        &self.name
    }

    fn source(&mut self) -> &mut Source {
        &mut self.source
    }

    fn new(name: &str, source: Source) -> Database {
        Database { name: name.to_owned(), engine: String::new(), path: None, service: None, source }
    }

    fn correct(&mut self, given: &DatabaseFacts) {
        put(&mut self.engine, given.engine.as_ref());
        set(&mut self.path, given.path.as_ref());
        set(&mut self.service, given.service.as_ref());
    }
}
