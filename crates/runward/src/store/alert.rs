//! Alerts that fire.

use runward_core::alert::{Alert, AlertKey};
use sqlx::SqliteConnection;

use super::{bodies, to_json};

/// Keeps an alert, or lets go of one that no longer fires.
pub(super) async fn put(tx: &mut SqliteConnection, key: &AlertKey, alert: Option<&Alert>) -> Result<(), sqlx::Error> {
    let query = match alert {
        Some(_) => sqlx::query(
            "INSERT INTO alert (service, symptom, body) VALUES ($1, $2, $3) ON CONFLICT (service, symptom) DO UPDATE SET body = excluded.body",
        ),
        None => sqlx::query("DELETE FROM alert WHERE service = $1 AND symptom = $2"),
    };
    let query = query.bind(key.service.as_str()).bind(&key.symptom);
    match alert {
        Some(alert) => query.bind(to_json(alert)?).execute(tx).await?,
        None => query.execute(tx).await?,
    };
    Ok(())
}

pub(super) async fn all(connection: &mut SqliteConnection) -> Result<Vec<Alert>, sqlx::Error> {
    bodies(&sqlx::query("SELECT body FROM alert").fetch_all(connection).await?)
}
