//! `SQLite`: one connection that writes, some that read, and the files that go with the records.

use std::sync::{Mutex, PoisonError};

use camino::Utf8Path;
use rusqlite::{Connection, Transaction, TransactionBehavior};

use super::files::Files;
use super::readers::Readers;
use super::schema::{self, SchemaError};
use crate::refusal::Refusal;

#[derive(Debug)]
pub(super) struct Database {
    writer: Mutex<Connection>,
    readers: Readers,
}

impl Database {
    pub(super) fn open(folder: &Utf8Path, files: &Files) -> Result<Self, SchemaError> {
        let path = folder.join("s3.sqlite3");
        let is_new = !path.exists();
        let mut writer = Connection::open(&path)?;
        if is_new {
            // It has nothing to lose yet, and each wait for the disk takes 20 ms.
            writer.pragma_update(None, "synchronous", "OFF")?;
        }
        writer.pragma_update(None, "journal_mode", "WAL")?;
        schema::migrate(&mut writer)?;
        set_up(&writer)?;
        remove_left_over(&writer, files)?;
        Ok(Self {
            writer: Mutex::new(writer),
            readers: Readers::new(path),
        })
    }

    pub(super) fn read<T>(
        &self,
        look: impl FnOnce(&Connection) -> Result<T, Refusal>,
    ) -> Result<T, Refusal> {
        let mut reader = self.readers.lend()?;
        // One transaction, so that all that is looked at is of one moment.
        look(&*reader.transaction()?)
    }

    pub(super) fn write<T>(
        &self,
        files: &Files,
        change: impl FnOnce(&mut Writing<'_>) -> Result<T, Refusal>,
    ) -> Result<T, Refusal> {
        // A panic under the lock has rolled its transaction back; the connection is as good as before.
        let mut writer = self.writer.lock().unwrap_or_else(PoisonError::into_inner);
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

pub(super) fn set_up(connection: &Connection) -> Result<(), rusqlite::Error> {
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
