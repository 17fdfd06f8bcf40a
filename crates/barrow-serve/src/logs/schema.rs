//! The file, its tables and what their columns mean.

/// Each brings a file one version further.
///
/// An event's `id` is the millisecond in which it came and a count within that, so ids grow with
/// time and say when an event was taken in. Events are bytes of a group *and* of a stream: what is
/// evicted or read goes by either. Of streams that were deleted (`doomed`) the events are still to
/// go.
pub(super) const MIGRATIONS: &[&str] = &["
    CREATE TABLE groups (
        id INTEGER PRIMARY KEY AUTOINCREMENT,
        account TEXT NOT NULL,
        region TEXT NOT NULL,
        name TEXT NOT NULL,
        created INTEGER NOT NULL,
        retention_days INTEGER,
        class TEXT NOT NULL DEFAULT 'STANDARD',
        tags TEXT NOT NULL DEFAULT '{}',
        bytes INTEGER NOT NULL DEFAULT 0,
        UNIQUE (account, region, name)
    );
    CREATE TABLE streams (
        id INTEGER PRIMARY KEY AUTOINCREMENT,
        group_id INTEGER NOT NULL,
        name TEXT NOT NULL,
        created INTEGER NOT NULL,
        first_event INTEGER,
        last_event INTEGER,
        last_ingestion INTEGER,
        bytes INTEGER NOT NULL DEFAULT 0,
        UNIQUE (group_id, name)
    );
    CREATE TABLE events (
        id INTEGER PRIMARY KEY,
        group_id INTEGER NOT NULL,
        stream_id INTEGER NOT NULL,
        timestamp INTEGER NOT NULL,
        message TEXT NOT NULL
    );
    CREATE INDEX events_of_group ON events (group_id, timestamp);
    CREATE INDEX events_of_stream ON events (stream_id, timestamp);
    CREATE TABLE doomed (stream_id INTEGER PRIMARY KEY);
"];

/// Of an event's id, those that count within a millisecond.
const COUNTING_BITS: u32 = 20;

/// The id of an event that comes now, behind all that came before.
pub(super) fn next_id(last: i64, now_ms: i64) -> i64 {
    (last + 1).max(now_ms << COUNTING_BITS)
}

/// When an event came.
pub(super) fn ingested_ms(id: i64) -> i64 {
    id >> COUNTING_BITS
}
