//! Effects that are committed and whose outcome is not known yet.

use runward_core::effect::Effect;
use runward_core::time::Timestamp;
use sqlx::SqliteConnection;

use super::{bodies, to_json};

pub(super) async fn put(
    tx: &mut SqliteConnection,
    key: &str,
    at: Timestamp,
    effect: &Effect,
) -> Result<(), sqlx::Error> {
    sqlx::query("INSERT INTO outbox (key, at, body) VALUES ($1, $2, $3) ON CONFLICT (key) DO UPDATE SET at = excluded.at, body = excluded.body")
        .bind(key)
        .bind(at.as_microsecond())
        .bind(to_json(effect)?)
        .execute(tx)
        .await?;
    Ok(())
}

pub(super) async fn delete(tx: &mut SqliteConnection, key: &str) -> Result<(), sqlx::Error> {
    sqlx::query("DELETE FROM outbox WHERE key = $1").bind(key).execute(tx).await?;
    Ok(())
}

pub(super) async fn all(connection: &mut SqliteConnection) -> Result<Vec<Effect>, sqlx::Error> {
    bodies(&sqlx::query("SELECT body FROM outbox ORDER BY at, key").fetch_all(connection).await?)
}
