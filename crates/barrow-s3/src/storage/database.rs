//! `SQLite`: one connection that writes, some that read, and the files that go with the records.

use std::sync::{Mutex, MutexGuard, PoisonError};

use camino::{Utf8Path, Utf8PathBuf};
use rusqlite::{Connection, OpenFlags, Transaction, TransactionBehavior};

use super::files::Files;
use super::schema::{self, SchemaError};
use crate::refusal::Refusal;

/// Connections that are kept open for the next reader.
const SPARE_READERS: usize = 4;

#[derive(Debug)]
pub(super) struct Database {
    path: Utf8PathBuf,
    writer: Mutex<Connection>,
    readers: Mutex<Vec<Connection>>,
}

impl Database {
    pub(super) fn open(folder: &Utf8Path, files: &Files) -> Result<Self, SchemaError> {
        let path = folder.join("s3.sqlite3");
        let mut writer = Connection::open(&path)?;
        writer.pragma_update(None, "journal_mode", "WAL")?;
        set_up(&writer)?;
        schema::migrate(&mut writer)?;
        remove_left_over(&writer, files)?;
        Ok(Self {
            path,
            writer: Mutex::new(writer),
            readers: Mutex::new(Vec::new()),
        })
    }

    pub(super) fn read<T>(
        &self,
        look: impl FnOnce(&Connection) -> Result<T, Refusal>,
    ) -> Result<T, Refusal> {
        let spare = locked(&self.readers).pop();
        let mut reader = match spare {
            Some(reader) => reader,
            None => self.reader()?,
        };
        // One transaction, so that all that is looked at is of one moment.
        let transaction = reader.transaction()?;
        let seen = look(&transaction);
        drop(transaction);
        let mut spare = locked(&self.readers);
        if spare.len() < SPARE_READERS {
            spare.push(reader);
        }
        seen
    }

    pub(super) fn write<T>(
        &self,
        files: &Files,
        change: impl FnOnce(&mut Writing<'_>) -> Result<T, Refusal>,
    ) -> Result<T, Refusal> {
        let mut writer = locked(&self.writer);
        let transaction = writer.transaction_with_behavior(TransactionBehavior::Immediate)?;
        let mut writing = Writing {
            transaction,
            files,
            dropped: Vec::new(),
        };
        let changed = change(&mut writing)?;
        let Writing {
            transaction,
            dropped,
            ..
        } = writing;
        if !dropped.is_empty() {
            // Those of the change before are gone: they were removed under this same lock.
            transaction
                .prepare_cached("DELETE FROM dropped")?
                .execute([])?;
            let mut insert =
                transaction.prepare_cached("INSERT INTO dropped (file) VALUES (?1)")?;
            for name in &dropped {
                insert.execute([name])?;
            }
        }
        transaction.commit()?;
        for name in &dropped {
            files.remove(name);
        }
        Ok(changed)
    }

    fn reader(&self) -> Result<Connection, rusqlite::Error> {
        let flags = OpenFlags::SQLITE_OPEN_READ_ONLY | OpenFlags::SQLITE_OPEN_NO_MUTEX;
        let reader = Connection::open_with_flags(&self.path, flags)?;
        set_up(&reader)?;
        Ok(reader)
    }
}

/// A change under way.
#[derive(Debug)]
pub(crate) struct Writing<'a> {
    transaction: Transaction<'a>,
    pub(crate) files: &'a Files,
    dropped: Vec<String>,
}

impl Writing<'_> {
    pub(crate) fn records(&self) -> &Connection {
        &self.transaction
    }

    /// Removes a file or folder once the change that lets go of it has happened.
    pub(crate) fn drop_file(&mut self, name: String) {
        self.dropped.push(name);
    }
}

fn set_up(connection: &Connection) -> Result<(), rusqlite::Error> {
    // A killed process loses nothing with this; only a machine without power may lose the last
    // changes, and never the whole.
    connection.pragma_update(None, "synchronous", "NORMAL")?;
    // In KiB.
    connection.pragma_update(None, "cache_size", -2_000)?;
    connection.set_prepared_statement_cache_capacity(64);
    Ok(())
}

/// Removes the files of changes that the last process did not live to finish.
fn remove_left_over(connection: &Connection, files: &Files) -> Result<(), rusqlite::Error> {
    let mut statement = connection.prepare("SELECT file FROM dropped")?;
    for name in statement.query_map([], |row| row.get::<_, String>(0))? {
        files.remove(&name?);
    }
    // A body is moved to its place just before the record that names it is there. Changes come one
    // after the other, so there is one at most.
    let next: i64 = connection.query_row(
        "SELECT coalesce((SELECT seq FROM sqlite_sequence WHERE name = 'version'), 0) + 1",
        [],
        |row| row.get(0),
    )?;
    files.remove(&super::blob_name(next));
    connection.execute("DELETE FROM dropped", [])?;
    Ok(())
}

/// A panic under the lock has rolled its transaction back; the connection is as good as before.
fn locked<T>(mutex: &Mutex<T>) -> MutexGuard<'_, T> {
    mutex.lock().unwrap_or_else(PoisonError::into_inner)
}
