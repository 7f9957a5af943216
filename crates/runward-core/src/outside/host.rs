//! A machine as facts: what is installed, what runs, what listens, what is run when.

use std::collections::{BTreeMap, BTreeSet, HashMap};

use jiff::civil::Date;

pub use super::cron::CronLine;
use super::looks::About;
use super::{cron, listings};

/// What is known of a machine. What could not be looked at is `None`: nobody knows, which is not the same as none.
#[derive(Clone, Debug, Default)]
pub struct Host {
    /// Its name.
    pub name: String,
    /// Units of systemd by their whole names.
    pub units: Option<HashMap<String, Unit>>,
    /// Containers.
    pub containers: Option<Vec<Container>>,
    /// Compose projects.
    pub projects: Option<Vec<String>>,
    /// Applications of pm2, with whether they are online.
    pub apps: Option<Vec<(String, bool)>>,
    /// Ports that are listened on.
    pub listening: Option<Vec<Listener>>,
    /// Lines of crontabs.
    pub cron: Option<Vec<CronLine>>,
    /// Whether the crontabs of all users were seen.
    pub every_crontab: bool,
    /// Programs, with whether they are there.
    pub programs: HashMap<String, bool>,
    /// Files and folders, with what is there; those nobody may look at are not in it.
    pub files: HashMap<String, Found>,
    /// Until when certificates are good, by file or domain.
    pub certificates: BTreeMap<String, Date>,
    /// Databases of PostgreSQL.
    pub postgres: Option<BTreeSet<String>>,
    /// Whether Redis answers.
    pub redis: Option<bool>,
    /// Whether MongoDB answers.
    pub mongo: Option<bool>,
    /// What could not be looked at, and why.
    pub unknown: Vec<(String, String)>,
}

/// A unit of systemd.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Unit {
    /// `active`, `inactive`, `failed`; empty where it is not loaded.
    pub state: String,
    /// Its file, where it is known.
    pub file: Option<String>,
}

/// A container.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Container {
    /// Its name.
    pub name: String,
    /// The image it is made from.
    pub image: String,
    /// `running`, `exited`.
    pub state: String,
    /// The compose service it belongs to.
    pub service: Option<String>,
}

/// A port that is listened on.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Listener {
    /// The port.
    pub port: u16,
    /// Whether only this machine can reach it.
    pub local: bool,
    /// The program, where it may be seen.
    pub program: Option<String>,
}

/// What lies where a document names a file.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Found {
    /// Nothing.
    Nothing,
    /// A file or a folder.
    There,
    /// A file that begins as SQLite databases do.
    Sqlite,
    /// A file named as a SQLite database that is none.
    NoSqlite,
}

/// What to look at besides what is looked at anyway: what the documents name.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Asked {
    /// Programs that are typed.
    pub programs: BTreeSet<String>,
    /// Files and folders.
    pub files: BTreeSet<String>,
    /// Files with certificates.
    pub certificates: BTreeSet<String>,
    /// Domains that this machine serves.
    pub served: BTreeSet<String>,
    /// What the documents speak of at all.
    pub about: BTreeSet<About>,
}

impl Host {
    /// Takes in what a look printed; false where that is not understood.
    pub fn read(&mut self, about: About, named: &str, printed: &str) -> bool {
        match about {
            About::Units => self.units.get_or_insert_default().extend(listings::units(printed)),
            About::UnitFiles => {
                let units = self.units.get_or_insert_default();
                for name in listings::unit_files(printed) {
                    units.entry(name).or_default();
                }
            }
            About::Fragments => {
                // It prints nothing and succeeds where there is no systemd: that is not a machine without units.
                let Some(units) = &mut self.units else { return false };
                for (name, file) in listings::fragments(printed) {
                    units.entry(name).or_default().file = Some(file);
                }
            }
            About::Containers => match listings::containers(printed) {
                Some(containers) => self.containers = Some(containers),
                None => return false,
            },
            About::Projects => match listings::projects(printed) {
                Some(projects) => self.projects = Some(projects),
                None => return false,
            },
            About::Apps => match listings::apps(printed) {
                Some(apps) => self.apps = Some(apps),
                None => return false,
            },
            About::Listening => self.listening = Some(listings::listening(printed)),
            About::Crontab => self.crontab("crontab -l", printed, false),
            About::Certificate | About::Served => match listings::good_until(printed) {
                Some(date) => {
                    self.certificates.insert(named.to_owned(), date);
                }
                None => return false,
            },
            About::Postgres => self.postgres = Some(listings::databases(printed)),
            About::Redis => match printed.trim() {
                "PONG" => self.redis = Some(true),
                // It answers, and wants a password that nobody gave us.
                said if said.contains("NOAUTH") => self.redis = Some(true),
                _ => return false,
            },
            About::Mongo => match printed.trim() {
                "1" => self.mongo = Some(true),
                _ => return false,
            },
        }
        true
    }

    /// Takes in a crontab.
    pub fn crontab(&mut self, from: &str, text: &str, names_user: bool) {
        self.cron.get_or_insert_default().extend(cron::crontab(from, text, names_user));
    }

    /// The unit by the name people use: `till-web` is `till-web.service`.
    pub fn unit(&self, name: &str) -> Option<&Unit> {
        let units = self.units.as_ref()?;
        let whole = |name: &str| units.get(name).or_else(|| units.get(&format!("{name}.service")));
        // `worker@1` is made from `worker@`.
        whole(name).or_else(|| {
            let (template, rest) = name.split_once('@')?;
            let kind = rest.rsplit_once('.').map_or("service", |(_, kind)| kind);
            units.get(&format!("{template}@.{kind}"))
        })
    }

    /// Whether a container goes by this name: its own, or that of its compose service.
    pub fn has_container(&self, name: &str) -> Option<bool> {
        let fits = |c: &Container| c.name == name || c.service.as_deref() == Some(name);
        Some(self.containers.as_ref()?.iter().any(fits))
    }
}
