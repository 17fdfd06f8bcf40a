//! `CloudWatch` Logs, as people use it with functions: groups, streams and their events.
//!
//! ```text
//! function ─▶ Stream ─▶ queue ─▶ writer, a batch at a time ─▶ logs.sqlite ◀─ reads
//! ```
//!
//! A line is written at most [`BATCH`] after it came: what the process has not written when it is
//! killed is lost, and nothing else. Reading first writes what waits, so whoever reads sees
//! everything that was appended before. What is kept is bounded: per group and over all, the
//! oldest events go first.

mod bounds;
mod describe;
mod events;
mod fetch;
mod groups;
mod manage;
mod operations;
mod pattern;
mod put;
mod queue;
mod schema;
mod stream;
mod sweep;
mod writer;

#[cfg(test)]
mod tests;

use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::thread::JoinHandle;
use std::time::Duration;

use camino::Utf8Path;
use jiff::Timestamp;
use rusqlite::Connection;

pub use bounds::Limits;
pub(crate) use operations::operation;
pub(crate) use stream::Stream;

use crate::store::{OpenError, Scope, StoreError};
use queue::Queue;
use stream::Address;
use writer::Writer;

/// How long a line waits for others to be written with it.
const BATCH: Duration = Duration::from_millis(100);

/// The logs of all accounts and regions.
#[derive(Debug)]
pub(crate) struct Logs {
    shared: Arc<Shared>,
    thread: Option<JoinHandle<()>>,
}

#[derive(Debug)]
struct Shared {
    queue: Arc<Queue>,
    writer: Mutex<Writer>,
    reader: Mutex<Connection>,
}

impl Logs {
    pub(crate) fn open(folder: &Utf8Path, limits: Limits) -> Result<Self, OpenError> {
        let path = folder.join("logs.sqlite");
        let connection = crate::store::connect(&path, schema::MIGRATIONS)?;
        let reader = crate::store::connect(&path, schema::MIGRATIONS)?;
        let writer = Writer::new(connection, limits).map_err(|source| OpenError::Database {
            path: path.clone(),
            source,
        })?;
        let shared = Arc::new(Shared {
            queue: Arc::new(Queue::new(limits.waiting_bytes)),
            writer: Mutex::new(writer),
            reader: Mutex::new(reader),
        });
        let writing = shared.clone();
        let thread = std::thread::Builder::new()
            .name("logs".to_owned())
            .spawn(move || writing.write_until_closed())
            .map_err(|source| OpenError::Folder { path, source })?;
        Ok(Self {
            shared,
            thread: Some(thread),
        })
    }

    /// Where a function writes. Group and stream are made with the next batch, and anew when
    /// somebody deletes them while the function writes.
    pub(crate) fn stream(&self, scope: &Scope, group: &str, stream: &str) -> Stream {
        let address = Address {
            scope: scope.clone(),
            group: group.to_owned(),
            stream: stream.to_owned(),
        };
        Stream::open(address, self.shared.queue.clone())
    }

    /// A group with all it has. Whether there was one.
    pub(crate) fn delete_group(&self, scope: &Scope, name: &str) -> Result<bool, StoreError> {
        self.write(|writer| writer.delete_group(scope, name))
    }

    /// Lets what has to go go now.
    fn wake(&self) {
        self.shared.queue.wake();
    }

    /// Lines that were thrown away since the start, because more came than could be written.
    pub(crate) fn lost_lines(&self) -> u64 {
        self.shared.queue.lost()
    }

    /// Changes everything or nothing, behind what waits.
    fn write<T, E: From<StoreError>>(
        &self,
        change: impl FnOnce(&mut Writer) -> Result<T, E>,
    ) -> Result<T, E> {
        let mut writer = self.shared.writer();
        writer.write(&self.shared.queue.take())?;
        change(&mut writer)
    }

    /// Reads what was appended until now.
    fn read<T, E: From<StoreError>>(
        &self,
        look: impl FnOnce(&Connection) -> Result<T, E>,
    ) -> Result<T, E> {
        self.shared.write_waiting()?;
        let reader = self.shared.reader.lock();
        look(&reader.unwrap_or_else(PoisonError::into_inner))
    }
}

impl Drop for Logs {
    fn drop(&mut self) {
        self.shared.queue.close();
        if let Some(thread) = self.thread.take() {
            let _ = thread.join();
        }
    }
}

impl Shared {
    fn writer(&self) -> MutexGuard<'_, Writer> {
        // What a batch did before it panicked was rolled back.
        self.writer.lock().unwrap_or_else(PoisonError::into_inner)
    }

    fn write_waiting(&self) -> Result<(), StoreError> {
        if self.queue.is_empty() {
            return Ok(());
        }
        let mut writer = self.writer();
        let batch = self.queue.take();
        writer.write(&batch)
    }

    fn write_until_closed(&self) {
        loop {
            let is_open = self.queue.wait(BATCH);
            // A disk that is full now may have room for the next batch; these lines are lost.
            let _ = self.write_waiting();
            while self.writer().sweep(Timestamp::now()).is_ok_and(|more| more) {}
            if !is_open {
                return;
            }
        }
    }
}
