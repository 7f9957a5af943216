//! Notices as they are kept: one row for each key.

use runward_core::notice::Notice;
use sqlx::SqliteConnection;

use super::{bodies, to_json};

pub(super) async fn put(tx: &mut SqliteConnection, notice: &Notice) -> Result<(), sqlx::Error> {
    sqlx::query(
        "INSERT INTO notice (key, incident, is_settled, body) VALUES ($1, $2, $3, $4) \
         ON CONFLICT (key) DO UPDATE SET is_settled = excluded.is_settled, body = excluded.body",
    )
    .bind(notice.key.as_str())
    .bind(notice.incident.0)
    .bind(i64::from(notice.is_settled()))
    .bind(to_json(notice)?)
    .execute(tx)
    .await?;
    Ok(())
}

pub(super) async fn unsettled(connection: &mut SqliteConnection) -> Result<Vec<Notice>, sqlx::Error> {
    bodies(&sqlx::query("SELECT body FROM notice WHERE is_settled = 0").fetch_all(connection).await?)
}
