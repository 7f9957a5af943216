//! Hosts: the machines a runbook names, by alias or address.

use serde::{Deserialize, Serialize};

use crate::source::Source;

/// One machine.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Host {
    /// The name people use: an alias of `ssh`, a host name.
    pub name: String,
    /// Its address, where it is told.
    pub address: Option<String>,
    /// Who logs in there, where it is told.
    pub user: Option<String>,
    /// Where it stands.
    pub source: Source,
}
