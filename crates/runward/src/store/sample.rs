//! What checks saw, by the hour: how often, how often badly, how long it took.

use std::collections::BTreeMap;

use runward_core::check::{Health, Observation};
use runward_core::id::CheckId;
use runward_core::time::Timestamp;
use sqlx::{QueryBuilder, Sqlite, SqliteConnection};

/// Looks gathered since they were last kept.
#[derive(Debug, Default)]
pub struct Samples(BTreeMap<(CheckId, i64), Sample>);

#[derive(Debug, Default)]
struct Sample {
    looks: i64,
    bad: i64,
    unknown: i64,
    took_us: i64,
    slowest_us: i64,
}

impl Samples {
    /// Whether there is nothing to keep.
    pub fn is_empty(&self) -> bool {
        self.0.is_empty()
    }

    /// Takes a look in.
    pub fn add(&mut self, check: &CheckId, seen: &Observation, at: Timestamp) {
        let hour = at.as_second().div_euclid(3600);
        let sample = self.0.entry((check.clone(), hour)).or_default();
        let took = i64::try_from(seen.took_us).unwrap_or(i64::MAX);
        sample.looks += 1;
        sample.bad += i64::from(seen.health.is_bad());
        sample.unknown += i64::from(seen.health == Health::Unknown);
        sample.took_us = sample.took_us.saturating_add(took);
        sample.slowest_us = sample.slowest_us.max(took);
    }
}

/// Rows in one statement: a few thousand variables are the most a statement takes.
const ROWS: usize = 200;

/// How many hours are kept: 90 days.
const KEPT_HOURS: i64 = 90 * 24;

/// Forgets the hours that are too old, as seen from the latest one in these samples.
pub(super) async fn forget(tx: &mut SqliteConnection, samples: &Samples) -> Result<(), sqlx::Error> {
    if let Some(latest) = samples.0.keys().map(|(_, hour)| *hour).max() {
        sqlx::query("DELETE FROM sample WHERE hour < $1").bind(latest - KEPT_HOURS).execute(tx).await?;
    }
    Ok(())
}

pub(super) async fn add(tx: &mut SqliteConnection, samples: &Samples) -> Result<(), sqlx::Error> {
    let rows: Vec<_> = samples.0.iter().collect();
    for rows in rows.chunks(ROWS) {
        let mut query: QueryBuilder<Sqlite> =
            QueryBuilder::new("INSERT INTO sample (check_id, hour, looks, bad, unknown, took_us, slowest_us) ");
        query.push_values(rows, |mut row, ((check, hour), s)| {
            row.push_bind(check.as_str())
                .push_bind(*hour)
                .push_bind(s.looks)
                .push_bind(s.bad)
                .push_bind(s.unknown)
                .push_bind(s.took_us)
                .push_bind(s.slowest_us);
        });
        query.push(
            " ON CONFLICT (check_id, hour) DO UPDATE SET looks = sample.looks + excluded.looks, bad = sample.bad + excluded.bad, \
             unknown = sample.unknown + excluded.unknown, took_us = sample.took_us + excluded.took_us, \
             slowest_us = CASE WHEN excluded.slowest_us > sample.slowest_us THEN excluded.slowest_us ELSE sample.slowest_us END",
        );
        query.build().execute(&mut *tx).await?;
    }
    Ok(())
}
