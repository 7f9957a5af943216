//! TCP: connects, and where asked to, waits for a greeting.

use std::pin::Pin;
use std::time::{Duration, Instant};

use runward_core::check::{Health, Observation};
use runward_core::time::Span;
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};
use tokio::io::AsyncReadExt;

use super::{Check, Kind, one, read};
use crate::net::{NoConnection, connect};

pub(super) const KIND: Kind = Kind {
    name: "tcp",
    what: "Connects to a port and, where asked to, waits for a greeting.",
    example: r#"address = "localhost:25"
greeting = "220""#,
    schema: || schemars::schema_for!(Tcp),
    parse: read::<Tcp>,
    of_target: |target| one("address", target),
};

#[derive(Debug, Deserialize, Serialize, JsonSchema)]
#[serde(deny_unknown_fields)]
struct Tcp {
    /// Host and port: `localhost:6379`.
    address: HostPort,
    /// What the other side's first words must begin with.
    greeting: Option<String>,
}

#[derive(Clone, Debug, Deserialize, Serialize, JsonSchema)]
#[serde(try_from = "String", into = "String")]
#[schemars(with = "String")]
struct HostPort {
    host: String,
    port: u16,
}

impl TryFrom<String> for HostPort {
    type Error = String;

    fn try_from(text: String) -> Result<HostPort, String> {
        let wrong = || format!("`{text}` is not a host and a port; write it like localhost:6379");
        let (host, port) = text.rsplit_once(':').ok_or_else(wrong)?;
        let port = port.parse().ok().filter(|p| *p > 0).ok_or_else(wrong)?;
        if host.is_empty() { Err(wrong()) } else { Ok(HostPort { host: host.to_owned(), port }) }
    }
}

impl From<HostPort> for String {
    fn from(address: HostPort) -> String {
        format!("{}:{}", address.host, address.port)
    }
}

impl Check for Tcp {
    fn look(&self, timeout: Duration) -> Pin<Box<dyn Future<Output = Observation> + Send + '_>> {
        Box::pin(async move {
            let began = Instant::now();
            let mut seen = match tokio::time::timeout(timeout, self.talk()).await {
                Ok(Ok(seen)) => seen,
                Ok(Err(e)) => e.observation(),
                Err(_) => Observation::new(Health::Critical, format!("timed out after {}", Span(timeout))),
            };
            seen.took_us = u64::try_from(began.elapsed().as_micros()).unwrap_or(u64::MAX);
            seen
        })
    }

    fn target(&self) -> String {
        self.address.clone().into()
    }
}

impl Tcp {
    async fn talk(&self) -> Result<Observation, NoConnection> {
        let mut stream = connect(&self.address.host, self.address.port).await?;
        let Some(greeting) = &self.greeting else { return Ok(Observation::new(Health::Ok, "connected")) };
        let mut heard = vec![0; greeting.len()];
        match stream.read_exact(&mut heard).await {
            Ok(_) if heard == greeting.as_bytes() => {
                Ok(Observation::new(Health::Ok, format!("greeted with `{greeting}`")))
            }
            Ok(_) => Ok(Observation::new(
                Health::Critical,
                format!("greeted with `{}` instead of `{greeting}`", String::from_utf8_lossy(&heard).escape_debug()),
            )),
            Err(e) => Ok(Observation::new(Health::Critical, format!("connected, but closed without a greeting: {e}"))),
        }
    }
}
