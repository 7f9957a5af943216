//! When services were last repaired without a person.

use runward_core::id::ServiceId;
use runward_core::time::Timestamp;
use sqlx::{Row, SqliteConnection};

use super::{from_json, to_json};

pub(super) async fn put(
    tx: &mut SqliteConnection,
    service: &ServiceId,
    repairs: &[Timestamp],
) -> Result<(), sqlx::Error> {
    sqlx::query(
        "INSERT INTO repair (service, body) VALUES ($1, $2) ON CONFLICT (service) DO UPDATE SET body = excluded.body",
    )
    .bind(service.as_str())
    .bind(to_json(&repairs)?)
    .execute(tx)
    .await?;
    Ok(())
}

pub(super) async fn all(connection: &mut SqliteConnection) -> Result<Vec<(ServiceId, Vec<Timestamp>)>, sqlx::Error> {
    let rows = sqlx::query("SELECT service, body FROM repair").fetch_all(connection).await?;
    rows.iter().map(|row| Ok((ServiceId(row.try_get("service")?), from_json(row.try_get("body")?)?))).collect()
}
