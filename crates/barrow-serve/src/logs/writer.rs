//! The only one that changes the file: a batch is one transaction.

use std::collections::{HashMap, HashSet};
use std::sync::Arc;

use jiff::Timestamp;
use rusqlite::{Connection, Transaction, TransactionBehavior, params};

use super::bounds::{self, Limits};
use super::groups::{self, GroupId, StreamId};
use super::queue::{Batch, Line};
use super::schema::next_id;
use super::stream::Address;
use crate::store::StoreError;

/// What `CloudWatch` counts for an event besides its message.
pub(super) const EVENT_OVERHEAD_BYTES: usize = 26;

/// What is kept of the file's own log of changes.
const CHANGES_LIMIT_BYTES: i64 = 8 << 20;

/// Streams whose ids are remembered.
const KNOWN_STREAMS: usize = 4096;

#[derive(Debug)]
pub(super) struct Writer {
    connection: Connection,
    limits: Limits,
    known: HashMap<Arc<Address>, Place>,
    last_id: i64,
}

/// Where an address leads.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub(super) struct Place {
    pub group: GroupId,
    pub stream: StreamId,
}

/// An event that is to be written.
#[derive(Debug, Clone, Copy)]
pub(super) struct NewEvent<'m> {
    pub timestamp_ms: i64,
    pub message: &'m str,
}

/// What a batch adds to a stream.
#[derive(Debug)]
struct Added {
    first_ms: i64,
    last_ms: i64,
    bytes: usize,
}

impl Writer {
    pub(super) fn new(connection: Connection, limits: Limits) -> rusqlite::Result<Self> {
        // The log of changes is cut back after a batch that was large.
        connection.pragma_update(None, "journal_size_limit", CHANGES_LIMIT_BYTES)?;
        let last = "SELECT coalesce(max(id), 0) FROM events";
        let last_id = connection.query_row(last, [], |row| row.get(0))?;
        Ok(Self {
            connection,
            limits,
            known: HashMap::new(),
            last_id,
        })
    }

    /// Writes what waited.
    pub(super) fn write(&mut self, batch: &Batch) -> Result<(), StoreError> {
        if batch.lines.is_empty() && batch.lost.is_empty() {
            return Ok(());
        }
        self.change(|transaction, known, ids| {
            let now = Timestamp::now().as_millisecond();
            let mut adding = Adding::new(transaction, ids, now);
            let mut last: Option<(&Arc<Address>, Place)> = None;
            for line in &batch.lines {
                let (Line::Opening(address) | Line::Event { address, .. }) = line;
                // Lines of one stream mostly come one after the other.
                let place = match last {
                    Some((same, place)) if Arc::ptr_eq(same, address) => place,
                    _ => find_or_make(transaction, known, address, now)?,
                };
                last = Some((address, place));
                if let Line::Event {
                    timestamp_ms,
                    message,
                    ..
                } = line
                {
                    let timestamp_ms = *timestamp_ms;
                    adding.add(
                        place,
                        NewEvent {
                            timestamp_ms,
                            message,
                        },
                    )?;
                }
            }
            for (address, count) in &batch.lost {
                let place = find_or_make(transaction, known, address, now)?;
                let message = &format!(
                    "barrow: {count} lines lost: they came faster than they could be written"
                );
                adding.add(
                    place,
                    NewEvent {
                        timestamp_ms: now,
                        message,
                    },
                )?;
            }
            adding.finish()
        })
    }

    /// Writes events of a stream that is there.
    pub(super) fn append(
        &mut self,
        place: Place,
        events: &[NewEvent<'_>],
    ) -> Result<(), StoreError> {
        self.change(|transaction, _, ids| {
            let now = Timestamp::now().as_millisecond();
            let mut adding = Adding::new(transaction, ids, now);
            for event in events {
                adding.add(place, *event)?;
            }
            adding.finish()
        })
    }

    /// Adds events, and lets go of as many old ones as that needs.
    fn change(
        &mut self,
        add: impl FnOnce(
            &Transaction<'_>,
            &mut HashMap<Arc<Address>, Place>,
            &mut i64,
        ) -> Result<HashSet<GroupId>, StoreError>,
    ) -> Result<(), StoreError> {
        if self.known.len() > KNOWN_STREAMS {
            self.known.clear();
        }
        let behavior = TransactionBehavior::Immediate;
        let transaction = self.connection.transaction_with_behavior(behavior)?;
        let done = add(&transaction, &mut self.known, &mut self.last_id)
            .and_then(|grown| Ok(bounds::enforce(&transaction, &self.limits, &grown)?))
            .and_then(|streams_went| Ok((transaction.commit()?, streams_went)));
        // After a failure, what was made is not there.
        if !matches!(done, Ok(((), false))) {
            self.known.clear();
        }
        done.map(|_| ())
    }

    /// What is there now; nobody else changes it meanwhile.
    pub(super) fn connection(&self) -> &Connection {
        &self.connection
    }

    /// A change of groups and streams themselves. What is known of them is looked up anew.
    pub(super) fn reorganise<T>(
        &mut self,
        act: impl FnOnce(&Transaction<'_>) -> rusqlite::Result<T>,
    ) -> Result<T, StoreError> {
        self.known.clear();
        let behavior = TransactionBehavior::Immediate;
        let transaction = self.connection.transaction_with_behavior(behavior)?;
        let done = act(&transaction)?;
        transaction.commit()?;
        Ok(done)
    }
}

fn find_or_make(
    transaction: &Transaction<'_>,
    known: &mut HashMap<Arc<Address>, Place>,
    address: &Arc<Address>,
    now_ms: i64,
) -> rusqlite::Result<Place> {
    if let Some(place) = known.get(address) {
        return Ok(*place);
    }
    let group = groups::find_or_make_group(transaction, &address.scope, &address.group, now_ms)?;
    let stream = groups::find_or_make_stream(transaction, group, &address.stream, now_ms)?;
    let place = Place { group, stream };
    known.insert(address.clone(), place);
    Ok(place)
}

/// Events on their way into a transaction.
struct Adding<'t> {
    transaction: &'t Transaction<'t>,
    last_id: &'t mut i64,
    now_ms: i64,
    added: HashMap<Place, Added>,
}

impl<'t> Adding<'t> {
    fn new(transaction: &'t Transaction<'t>, last_id: &'t mut i64, now_ms: i64) -> Self {
        Self {
            transaction,
            last_id,
            now_ms,
            added: HashMap::new(),
        }
    }

    fn add(&mut self, place: Place, event: NewEvent<'_>) -> rusqlite::Result<()> {
        let NewEvent {
            timestamp_ms,
            message,
        } = event;
        *self.last_id = next_id(*self.last_id, self.now_ms);
        let mut statement = self.transaction.prepare_cached(
            "INSERT INTO events (id, group_id, stream_id, timestamp, message)
             VALUES (?1, ?2, ?3, ?4, ?5)",
        )?;
        let id = *self.last_id;
        statement.execute(params![
            id,
            place.group,
            place.stream,
            timestamp_ms,
            message
        ])?;
        let added = self.added.entry(place).or_insert(Added {
            first_ms: timestamp_ms,
            last_ms: timestamp_ms,
            bytes: 0,
        });
        added.first_ms = added.first_ms.min(timestamp_ms);
        added.last_ms = added.last_ms.max(timestamp_ms);
        added.bytes += message.len() + EVENT_OVERHEAD_BYTES;
        Ok(())
    }

    /// Tells streams and groups what came. Which groups grew.
    fn finish(self) -> Result<HashSet<GroupId>, StoreError> {
        let mut to_stream = self.transaction.prepare_cached(
            "UPDATE streams SET
                 first_event = min(coalesce(first_event, ?2), ?2),
                 last_event = max(coalesce(last_event, ?3), ?3),
                 last_ingestion = ?4,
                 bytes = bytes + ?5
             WHERE id = ?1",
        )?;
        let mut to_group = self
            .transaction
            .prepare_cached("UPDATE groups SET bytes = bytes + ?2 WHERE id = ?1")?;
        let mut grown = HashSet::new();
        for (place, added) in self.added {
            let Added {
                first_ms,
                last_ms,
                bytes,
            } = added;
            let bytes = i64::try_from(bytes).unwrap_or(i64::MAX);
            let now_ms = self.now_ms;
            to_stream.execute(params![place.stream, first_ms, last_ms, now_ms, bytes])?;
            to_group.execute(params![place.group, bytes])?;
            grown.insert(place.group);
        }
        Ok(grown)
    }
}
