//! How much is kept, and what goes when there is more.

use std::collections::{BTreeMap, HashSet};

use rusqlite::{Connection, ToSql, Transaction, params};

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

/// The most events that go at once: 1 to 10 ms.
const SLICE: i64 = 4096;

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
        let target = with_room(limits.group_bytes);
        while bytes > target {
            let went = evict_of_group(transaction, *group, i64::MAX, bytes - target)?;
            streams_went |= went.streams;
            if went.events == 0 {
                break;
            }
            bytes = bytes_of(transaction, *group)?;
        }
    }
    let mut bytes = used_bytes(transaction)?;
    if bytes > limits.total_bytes {
        let target = with_room(limits.total_bytes);
        while bytes > target {
            let went = evict_oldest(transaction, bytes - target)?;
            streams_went |= went.streams;
            if went.events == 0 {
                break;
            }
            bytes = used_bytes(transaction)?;
        }
    }
    Ok(streams_went)
}

/// What goes beyond the limit at once: a megabyte, for which nobody waits long.
const ROOM_BYTES: u64 = 1 << 20;

fn with_room(limit: u64) -> u64 {
    limit - (limit / 16).min(ROOM_BYTES)
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

/// The oldest events of a group: as many as make up so many bytes, from before `before_ms`.
pub(super) fn evict_of_group(
    transaction: &Transaction<'_>,
    group: GroupId,
    before_ms: i64,
    bytes: u64,
) -> rusqlite::Result<Went> {
    let wanted = "FROM events WHERE group_id = ?1 AND timestamp < ?2 ORDER BY timestamp, id";
    evict(transaction, wanted, &[&group, &before_ms], bytes)
}

/// Events of a stream that is no more.
pub(super) fn evict_of_stream(
    transaction: &Transaction<'_>,
    stream: StreamId,
) -> rusqlite::Result<Went> {
    let wanted = "FROM events WHERE stream_id = ?1";
    evict(transaction, wanted, &[&stream], u64::MAX)
}

/// The events that came first, whosever they are.
fn evict_oldest(transaction: &Transaction<'_>, bytes: u64) -> rusqlite::Result<Went> {
    evict(transaction, "FROM events ORDER BY id", &[], bytes)
}

/// How many of some events make up so many bytes; never none, and never more than a slice.
fn count(
    transaction: &Transaction<'_>,
    wanted: &str,
    parameters: &[&dyn ToSql],
    bytes: u64,
) -> rusqlite::Result<i64> {
    let statement = format!("SELECT octet_length(message) {wanted} LIMIT {SLICE}");
    let mut statement = transaction.prepare_cached(&statement)?;
    let mut rows = statement.query(parameters)?;
    let (mut found, mut count) = (0, 0);
    while found < bytes
        && let Some(row) = rows.next()?
    {
        found += row.get::<_, u64>(0)? + EVENT_OVERHEAD_BYTES as u64;
        count += 1;
    }
    Ok(count)
}

fn evict(
    transaction: &Transaction<'_>,
    wanted: &str,
    parameters: &[&dyn ToSql],
    bytes: u64,
) -> rusqlite::Result<Went> {
    let limit = count(transaction, wanted, parameters, bytes)?;
    let statement = format!(
        "DELETE FROM events WHERE id IN (SELECT id {wanted} LIMIT ?{})
         RETURNING group_id, stream_id, octet_length(message)",
        parameters.len() + 1
    );
    let mut went: BTreeMap<(GroupId, StreamId), i64> = BTreeMap::new();
    let mut events = 0;
    let mut statement = transaction.prepare_cached(&statement)?;
    let parameters = [parameters, &[&limit as &dyn ToSql]].concat();
    let mut rows = statement.query(parameters.as_slice())?;
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
