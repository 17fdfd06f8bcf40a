//! Reading events in the order of their time, from any position, either way.

use std::ops::ControlFlow;

use rusqlite::{Connection, ToSql};

use super::groups::{GroupId, StreamId};
use super::schema::ingested_ms;

/// Whose events.
#[derive(Debug, Clone, Copy)]
pub(crate) enum Source {
    Group(GroupId),
    Stream(StreamId),
}

/// An event in the order of events: by time, then as they came.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) struct Position {
    pub timestamp_ms: i64,
    pub id: i64,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Direction {
    Forward,
    Backward,
}

/// Times that are looked at, both included.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct Range {
    pub first_ms: i64,
    pub last_ms: i64,
}

/// An event where it lies.
#[derive(Debug)]
pub(crate) struct Event<'r> {
    pub position: Position,
    pub stream: StreamId,
    pub message: &'r str,
}

impl Event<'_> {
    pub(crate) fn ingested_ms(&self) -> i64 {
        ingested_ms(self.position.id)
    }
}

impl Range {
    pub(crate) const ALWAYS: Self = Self {
        first_ms: i64::MIN,
        last_ms: i64::MAX,
    };
}

/// Shows events behind (or before) a position, until told to stop.
pub(crate) fn scan(
    connection: &Connection,
    source: Source,
    range: Range,
    from: Option<Position>,
    direction: Direction,
    mut see: impl FnMut(&Event<'_>) -> ControlFlow<()>,
) -> rusqlite::Result<()> {
    let (column, owner): (_, &dyn ToSql) = match &source {
        Source::Group(group) => ("group_id", group),
        Source::Stream(stream) => ("stream_id", stream),
    };
    let (beyond, order) = match direction {
        Direction::Forward => (">", "ASC"),
        Direction::Backward => ("<", "DESC"),
    };
    let (mut first_ms, mut last_ms) = (range.first_ms, range.last_ms);
    let mut statement = format!(
        "SELECT id, timestamp, stream_id, message FROM events
         WHERE {column} = ?1 AND timestamp BETWEEN ?2 AND ?3"
    );
    if let Some(from) = &from {
        // The position bounds the times, too: that is what the index knows.
        match direction {
            Direction::Forward => first_ms = first_ms.max(from.timestamp_ms),
            Direction::Backward => last_ms = last_ms.min(from.timestamp_ms),
        }
        statement += &format!(" AND (timestamp, id) {beyond} (?4, ?5)");
    }
    statement += &format!(" ORDER BY timestamp {order}, id {order}");
    let mut parameters: Vec<&dyn ToSql> = vec![owner, &first_ms, &last_ms];
    if let Some(from) = &from {
        parameters.extend([&from.timestamp_ms as &dyn ToSql, &from.id]);
    }
    let mut statement = connection.prepare_cached(&statement)?;
    let mut rows = statement.query(parameters.as_slice())?;
    while let Some(row) = rows.next()? {
        let event = Event {
            position: Position {
                id: row.get(0)?,
                timestamp_ms: row.get(1)?,
            },
            stream: row.get(2)?,
            message: row.get_ref(3)?.as_str()?,
        };
        if see(&event).is_break() {
            break;
        }
    }
    Ok(())
}
