//! A service: something a team runs, with all the names it goes by.

use serde::{Deserialize, Serialize};

use crate::id::{ServiceId, slug};
use crate::source::Source;

/// One row of the service inventory.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Service {
    /// Its name as the runbook writes it.
    pub name: String,
    /// Its systemd unit.
    pub unit: Option<String>,
    /// Its container or compose service.
    pub container: Option<String>,
    /// Its pm2 application.
    pub pm2: Option<String>,
    /// The words by which its process is found in the process list.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub process: Option<String>,
    /// The port it listens on, on its own host.
    pub port: Option<u16>,
    /// The machine it runs on, where the inventory names one that is not this.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub host: Option<String>,
    /// How its health is asked: a path (`/up`) or an address.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub health: Option<String>,
    /// Where people reach it: a domain or an address.
    pub endpoint: Option<String>,
    /// The file with its settings and secrets.
    pub env_file: Option<String>,
    /// Where its data lives.
    pub database: Option<String>,
    /// The services without which it is as good as down.
    pub depends_on: Vec<String>,
    /// Where the inventory says so.
    pub source: Source,
}

impl Service {
    /// Its name for machines.
    pub fn id(&self) -> ServiceId {
        ServiceId(slug(&self.name))
    }

    /// A service known by name only.
    pub fn named(name: &str, source: Source) -> Service {
        Service {
            name: name.to_owned(),
            unit: None,
            container: None,
            pm2: None,
            process: None,
            port: None,
            host: None,
            health: None,
            endpoint: None,
            env_file: None,
            database: None,
            depends_on: Vec::new(),
            source,
        }
    }

    /// Takes over what another mention of the same service says and this one does not.
    pub fn complete(&mut self, other: Service) {
        let Service { unit, container, pm2, process, port, host, health, endpoint, env_file, database, .. } = other;
        let slots = [
            (&mut self.unit, unit),
            (&mut self.container, container),
            (&mut self.pm2, pm2),
            (&mut self.process, process),
            (&mut self.host, host),
            (&mut self.health, health),
            (&mut self.endpoint, endpoint),
            (&mut self.env_file, env_file),
            (&mut self.database, database),
        ];
        for (slot, said) in slots {
            *slot = slot.take().or(said);
        }
        self.port = self.port.or(port);
        if self.depends_on.is_empty() {
            self.depends_on = other.depends_on;
        }
    }

    /// Every name a command may call it by, the most exact first.
    pub fn names(&self) -> impl Iterator<Item = &str> {
        [self.unit.as_deref(), self.container.as_deref(), self.pm2.as_deref(), Some(self.name.as_str())]
            .into_iter()
            .flatten()
    }

    /// The address of its endpoint with a scheme: a bare domain is taken to be served over TLS.
    pub fn url(&self) -> Option<String> {
        let endpoint = self.endpoint.as_deref()?;
        Some(if endpoint.contains("://") { endpoint.to_owned() } else { format!("https://{endpoint}") })
    }
}
