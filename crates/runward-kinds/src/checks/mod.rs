//! Checks: ways to look at a service. One file per kind; judging what was seen is core's.

mod http;
mod pm2;
mod process;
mod systemd;
mod tcp;

use std::pin::Pin;
use std::sync::Arc;
use std::time::Duration;

use runward_core::check::Observation;
use serde::de::DeserializeOwned;

/// A check, ready to look.
pub trait Check: Send + Sync {
    /// Looks once. Must end by itself within `timeout`, and says then that it did not know better.
    fn look(&self, timeout: Duration) -> Pin<Box<dyn Future<Output = Observation> + Send + '_>>;

    /// What it looks at, for people.
    fn target(&self) -> String;
}

/// A kind of check.
pub struct Kind {
    /// Its name: the name of its file.
    pub name: &'static str,
    /// What it looks at, in a sentence.
    pub what: &'static str,
    /// Settings that work, as they stand in `runward.toml`.
    pub example: &'static str,
    /// The form of its settings.
    pub schema: fn() -> schemars::Schema,
    /// Makes a check of settings.
    pub parse: fn(toml::Table) -> Result<Arc<dyn Check>, toml::de::Error>,
    /// The settings for a target that a runbook names.
    pub of_target: fn(&str) -> toml::Table,
}

/// Every kind of check. To add one: a file in this folder, a `mod` line above, an entry here.
pub const KINDS: &[Kind] = &[http::KIND, pm2::KIND, process::KIND, systemd::KIND, tcp::KIND];

/// The kind of that name.
pub fn kind(name: &str) -> Option<&'static Kind> {
    KINDS.iter().find(|kind| kind.name == name)
}

/// Reads settings of a kind; for the kinds' `parse`.
fn read<C: Check + DeserializeOwned + 'static>(settings: toml::Table) -> Result<Arc<dyn Check>, toml::de::Error> {
    Ok(Arc::new(C::deserialize(settings)?))
}

/// One setting; for the kinds' `of_target`.
fn one(name: &str, value: &str) -> toml::Table {
    toml::Table::from_iter([(name.to_owned(), toml::Value::String(value.to_owned()))])
}

#[cfg(test)]
mod tests;
