//! What is believed of checks.

use runward_core::check::CheckState;
use runward_core::id::CheckId;
use sqlx::{Row, SqliteConnection};

use super::{from_json, to_json};

pub(super) async fn put(tx: &mut SqliteConnection, id: &CheckId, state: &CheckState) -> Result<(), sqlx::Error> {
    sqlx::query(
        "INSERT INTO check_state (id, body) VALUES ($1, $2) ON CONFLICT (id) DO UPDATE SET body = excluded.body",
    )
    .bind(id.as_str())
    .bind(to_json(state)?)
    .execute(tx)
    .await?;
    Ok(())
}

pub(super) async fn all(connection: &mut SqliteConnection) -> Result<Vec<(CheckId, CheckState)>, sqlx::Error> {
    let rows = sqlx::query("SELECT id, body FROM check_state").fetch_all(connection).await?;
    rows.iter().map(|row| Ok((CheckId(row.try_get("id")?), from_json(row.try_get("body")?)?))).collect()
}
