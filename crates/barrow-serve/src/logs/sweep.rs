//! What goes behind everybody's back: events of deleted streams, and those that became too old.

use jiff::Timestamp;
use rusqlite::{OptionalExtension as _, params};

use super::bounds;
use super::groups::{GroupId, StreamId};
use super::writer::Writer;
use crate::store::StoreError;

const DAY_MS: i64 = 86_400_000;

impl Writer {
    /// Removes a slice of what has to go. Whether there is more.
    pub(super) fn sweep(&mut self, now: Timestamp) -> Result<bool, StoreError> {
        let doomed = "SELECT stream_id FROM doomed LIMIT 1";
        let doomed: Option<StreamId> = self
            .connection()
            .prepare_cached(doomed)?
            .query_row([], |row| row.get(0))
            .optional()?;
        if let Some(stream) = doomed {
            self.reorganise(|transaction| {
                if bounds::evict_of_stream(transaction, stream)?.events == 0 {
                    let done = "DELETE FROM doomed WHERE stream_id = ?1";
                    transaction.prepare_cached(done)?.execute(params![stream])?;
                }
                Ok(())
            })?;
            return Ok(true);
        }
        let now = now.as_millisecond();
        let outdated: Option<(GroupId, i64)> = self
            .connection()
            .prepare_cached(
                "SELECT id, ?1 - retention_days * ?2 FROM groups
                 WHERE retention_days IS NOT NULL AND EXISTS (
                     SELECT 1 FROM events
                     WHERE group_id = groups.id AND timestamp < ?1 - retention_days * ?2)
                 LIMIT 1",
            )?
            .query_row(params![now, DAY_MS], |row| Ok((row.get(0)?, row.get(1)?)))
            .optional()?;
        if let Some((group, before_ms)) = outdated {
            self.reorganise(|transaction| {
                bounds::evict_of_group(transaction, group, before_ms, u64::MAX)
            })?;
        }
        Ok(outdated.is_some())
    }
}
