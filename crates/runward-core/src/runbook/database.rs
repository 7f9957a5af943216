//! Databases: what a runbook names as such, with their kind and place.

use serde::{Deserialize, Serialize};

use crate::source::Source;

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
