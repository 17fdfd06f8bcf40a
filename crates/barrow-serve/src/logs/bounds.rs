//! How much is kept, and what goes when there is more.

use std::collections::{BTreeMap, HashSet};

use rusqlite::{Connection, Params, Transaction, params};

use super::groups::{GroupId, StreamId};
use super::writer::EVENT_OVERHEAD_BYTES;

/// How much of logs is kept.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Limits {
    /// Of one group: messages, and what is counted for an event besides.
    pub group_bytes: u64,
    /// Of all groups together, on disk.
    pub total_bytes: u64,
    /// Of lines that wait to be written, in memory.
    pub waiting_bytes: usize,
}

impl Default for Limits {
    fn default() -> Self {
        Self {
            group_bytes: 256 << 20,
            total_bytes: 1 << 30,
            waiting_bytes: 16 << 20,
        }
    }
}

/// Events that go at once: 1 to 10 ms.
pub(super) const SLICE: i64 = 4096;

/// Whether streams went with their last events.
pub(super) fn enforce(
    transaction: &Transaction<'_>,
    limits: &Limits,
    grown: &HashSet<GroupId>,
) -> rusqlite::Result<bool> {
    let mut streams_went = false;
    for group in grown {
        let mut bytes = bytes_of(transaction, *group)?;
        if bytes <= limits.group_bytes {
            continue;
        }
        // A little more than has to go goes at once, so that not each batch has to begin anew.
        while bytes > with_room(limits.group_bytes) {
            let went = evict_of_group(transaction, *group, i64::MAX)?;
            streams_went |= went.streams;
            if went.events == 0 {
                break;
            }
            bytes = bytes_of(transaction, *group)?;
        }
    }
    if used_bytes(transaction)? > limits.total_bytes {
        while used_bytes(transaction)? > with_room(limits.total_bytes) {
            let went = evict_oldest(transaction)?;
            streams_went |= went.streams;
            if went.events == 0 {
                break;
            }
        }
    }
    Ok(streams_went)
}

fn with_room(limit: u64) -> u64 {
    limit - limit / 16
}

/// What is in use of the file; pages that became free are used before it grows.
pub(super) fn used_bytes(connection: &Connection) -> rusqlite::Result<u64> {
    let of = |pragma| connection.pragma_query_value(None, pragma, |row| row.get::<_, i64>(0));
    let pages = of("page_count")? - of("freelist_count")?;
    Ok(u64::try_from(pages * of("page_size")?).unwrap_or_default())
}

fn bytes_of(transaction: &Transaction<'_>, group: GroupId) -> rusqlite::Result<u64> {
    let mut statement =
        transaction.prepare_cached("SELECT coalesce(sum(bytes), 0) FROM groups WHERE id = ?1")?;
    let bytes: i64 = statement.query_row(params![group], |row| row.get(0))?;
    Ok(u64::try_from(bytes).unwrap_or_default())
}

/// What an eviction took.
#[derive(Debug, Default)]
pub(super) struct Went {
    pub events: usize,
    /// Streams that had no other events.
    pub streams: bool,
}

/// The oldest events of a group, as far as they are from before `before_ms`.
pub(super) fn evict_of_group(
    transaction: &Transaction<'_>,
    group: GroupId,
    before_ms: i64,
) -> rusqlite::Result<Went> {
    evict(
        transaction,
        "DELETE FROM events WHERE id IN (
             SELECT id FROM events WHERE group_id = ?1 AND timestamp < ?2
             ORDER BY timestamp, id LIMIT ?3)
         RETURNING group_id, stream_id, octet_length(message)",
        params![group, before_ms, SLICE],
    )
}

/// Events of a stream that is no more.
pub(super) fn evict_of_stream(
    transaction: &Transaction<'_>,
    stream: StreamId,
) -> rusqlite::Result<Went> {
    evict(
        transaction,
        "DELETE FROM events WHERE id IN (
             SELECT id FROM events WHERE stream_id = ?1 LIMIT ?2)
         RETURNING group_id, stream_id, octet_length(message)",
        params![stream, SLICE],
    )
}

/// The events that came first, whosever they are.
fn evict_oldest(transaction: &Transaction<'_>) -> rusqlite::Result<Went> {
    evict(
        transaction,
        "DELETE FROM events WHERE id IN (SELECT id FROM events ORDER BY id LIMIT ?1)
         RETURNING group_id, stream_id, octet_length(message)",
        params![SLICE],
    )
}

fn evict(
    transaction: &Transaction<'_>,
    statement: &str,
    parameters: impl Params,
) -> rusqlite::Result<Went> {
    let mut went: BTreeMap<(GroupId, StreamId), i64> = BTreeMap::new();
    let mut events = 0;
    let mut statement = transaction.prepare_cached(statement)?;
    let mut rows = statement.query(parameters)?;
    while let Some(row) = rows.next()? {
        let overhead = i64::try_from(EVENT_OVERHEAD_BYTES).unwrap_or_default();
        *went.entry((row.get(0)?, row.get(1)?)).or_default() += row.get::<_, i64>(2)? + overhead;
        events += 1;
    }
    let mut of_group =
        transaction.prepare_cached("UPDATE groups SET bytes = bytes - ?2 WHERE id = ?1")?;
    let mut of_stream =
        transaction.prepare_cached("UPDATE streams SET bytes = bytes - ?2 WHERE id = ?1")?;
    let mut emptied =
        transaction.prepare_cached("DELETE FROM streams WHERE id = ?1 AND bytes <= 0")?;
    let mut streams = false;
    for ((group, stream), bytes) in went {
        of_group.execute(params![group, bytes])?;
        of_stream.execute(params![stream, bytes])?;
        streams |= emptied.execute(params![stream])? > 0;
    }
    Ok(Went { events, streams })
}
