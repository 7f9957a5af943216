//! The database's own name, made when it is made.

use sqlx::{Row, SqliteConnection};

/// The name; eight random bytes in hexadecimal.
pub(super) async fn of(connection: &mut SqliteConnection) -> Result<String, sqlx::Error> {
    sqlx::query("INSERT INTO identity (id) SELECT lower(hex(randomblob(8))) WHERE NOT EXISTS (SELECT 1 FROM identity)")
        .execute(&mut *connection)
        .await?;
    sqlx::query("SELECT id FROM identity").fetch_one(connection).await?.try_get(0)
}
