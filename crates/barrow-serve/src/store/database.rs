//! The file, its schema, and transactions.

use std::sync::atomic::{AtomicU64, Ordering};
use std::sync::{Mutex, PoisonError};
use std::time::Duration;

use barrow_model::{Explain, Fault};
use camino::{Utf8Path, Utf8PathBuf};
use rusqlite::{Connection, OpenFlags, TransactionBehavior};

use super::Scope;
use super::records::{Record, Records};
use crate::api::Refusal;

/// Each brings a file one version further; the file says how many it has behind it.
///
/// `totals` is kept by the database itself: sums over an account's records would otherwise have to
/// read them all.
const MIGRATIONS: &[&str] = &["
    CREATE TABLE documents (
        kind TEXT NOT NULL,
        account TEXT NOT NULL,
        region TEXT NOT NULL,
        owner TEXT NOT NULL,
        key TEXT NOT NULL,
        body TEXT NOT NULL,
        bytes INTEGER NOT NULL,
        concurrency INTEGER NOT NULL,
        PRIMARY KEY (kind, account, region, owner, key)
    ) WITHOUT ROWID;
    CREATE TABLE totals (
        kind TEXT NOT NULL,
        account TEXT NOT NULL,
        region TEXT NOT NULL,
        records INTEGER NOT NULL,
        bytes INTEGER NOT NULL,
        concurrency INTEGER NOT NULL,
        PRIMARY KEY (kind, account, region)
    ) WITHOUT ROWID;
    CREATE TRIGGER document_added AFTER INSERT ON documents BEGIN
        INSERT INTO totals (kind, account, region, records, bytes, concurrency)
        VALUES (new.kind, new.account, new.region, 1, new.bytes, new.concurrency)
        ON CONFLICT DO UPDATE SET
            records = records + 1,
            bytes = bytes + excluded.bytes,
            concurrency = concurrency + excluded.concurrency;
    END;
    CREATE TRIGGER document_changed AFTER UPDATE ON documents
    WHEN new.bytes <> old.bytes OR new.concurrency <> old.concurrency BEGIN
        UPDATE totals SET
            bytes = bytes + new.bytes - old.bytes,
            concurrency = concurrency + new.concurrency - old.concurrency
        WHERE kind = new.kind AND account = new.account AND region = new.region;
    END;
    CREATE TRIGGER document_removed AFTER DELETE ON documents BEGIN
        UPDATE totals SET
            records = records - 1,
            bytes = bytes - old.bytes,
            concurrency = concurrency - old.concurrency
        WHERE kind = old.kind AND account = old.account AND region = old.region;
    END
"];

/// Pages of the file that are kept in memory.
const CACHE_KIBIBYTES: i64 = 1024;

#[derive(Debug)]
pub(crate) struct Store {
    path: Utf8PathBuf,
    // Transactions take microseconds; nobody waits while holding it.
    connection: Mutex<Connection>,
    /// Goes up with every change.
    generation: AtomicU64,
}

#[derive(Debug, thiserror::Error)]
pub(crate) enum StoreError {
    #[error("the records cannot be read or written")]
    Database(#[from] rusqlite::Error),
    #[error("a record of kind `{kind}` is not what this version writes")]
    Body {
        kind: &'static str,
        source: serde_json::Error,
    },
}

impl From<StoreError> for Refusal {
    fn from(error: StoreError) -> Self {
        let source = std::error::Error::source(&error).map(ToString::to_string);
        Self::new(
            "ServiceException",
            format!("{error}: {}", source.unwrap_or_default()),
        )
    }
}

#[derive(Debug, thiserror::Error)]
pub enum OpenError {
    #[error("cannot make the folder `{path}`")]
    Folder {
        path: Utf8PathBuf,
        source: std::io::Error,
    },
    #[error("another service uses `{path}`")]
    InUse { path: Utf8PathBuf },
    #[error(
        "`{path}` was written by a newer version: its schema is {seen}, this one knows {known}"
    )]
    TooNew {
        path: Utf8PathBuf,
        seen: usize,
        known: usize,
    },
    #[error("cannot open `{path}`")]
    Database {
        path: Utf8PathBuf,
        source: rusqlite::Error,
    },
    #[error(transparent)]
    Buckets(#[from] barrow_s3::OpenError),
}

impl Explain for OpenError {
    fn fault(&self) -> Fault {
        match self {
            Self::InUse { .. } | Self::TooNew { .. } => Fault::Input,
            Self::Folder { .. } | Self::Database { .. } => Fault::Machine,
            Self::Buckets(error) => error.fault(),
        }
    }

    fn hints(&self) -> Vec<String> {
        match self {
            Self::InUse { .. } => vec![
                "stop it, or choose another folder: `--data DIR`, or `--ephemeral` for none".into(),
            ],
            Self::TooNew { .. } => {
                vec!["use a newer barrow, or another folder: `--data DIR`".into()]
            }
            Self::Folder { .. } | Self::Database { .. } => Vec::new(),
            Self::Buckets(error) => error.hints(),
        }
    }
}

impl Store {
    pub(crate) fn open(path: &Utf8Path) -> Result<Self, OpenError> {
        Ok(Self {
            path: path.to_owned(),
            connection: Mutex::new(connect(path, MIGRATIONS)?),
            generation: AtomicU64::new(0),
        })
    }

    /// Reads what belongs together.
    pub(crate) fn read<T, E: From<StoreError>>(
        &self,
        look: impl FnOnce(&Records<'_>) -> Result<T, E>,
    ) -> Result<T, E> {
        self.transaction(TransactionBehavior::Deferred, look)
    }

    /// All records of a kind, of everybody, with owner and key.
    pub(crate) fn everywhere<R: Record>(
        &self,
    ) -> Result<Vec<(Scope, String, String, R)>, StoreError> {
        self.read(|records| {
            let all = records.everywhere()?;
            Ok(all)
        })
    }

    /// The same over a connection of its own: what reads everything holds nobody up.
    pub(crate) fn read_aside<T>(
        &self,
        look: impl FnOnce(&Records<'_>) -> Result<T, StoreError>,
    ) -> Result<T, StoreError> {
        let flags = OpenFlags::SQLITE_OPEN_READ_ONLY | OpenFlags::SQLITE_OPEN_NO_MUTEX;
        let mut connection = Connection::open_with_flags(&self.path, flags)?;
        connection.busy_timeout(Duration::from_secs(5))?;
        let transaction = connection.transaction()?;
        look(&Records::new(&transaction))
    }

    /// Changes everything or nothing.
    pub(crate) fn write<T, E: From<StoreError>>(
        &self,
        change: impl FnOnce(&Records<'_>) -> Result<T, E>,
    ) -> Result<T, E> {
        let done = self.transaction(TransactionBehavior::Immediate, change);
        self.generation.fetch_add(1, Ordering::Release);
        done
    }

    /// Equal as long as nothing was written.
    pub(crate) fn generation(&self) -> u64 {
        self.generation.load(Ordering::Acquire)
    }

    fn transaction<T, E: From<StoreError>>(
        &self,
        behavior: TransactionBehavior,
        act: impl FnOnce(&Records<'_>) -> Result<T, E>,
    ) -> Result<T, E> {
        // A transaction that panicked was rolled back.
        let mut connection = self
            .connection
            .lock()
            .unwrap_or_else(PoisonError::into_inner);
        let transaction = connection
            .transaction_with_behavior(behavior)
            .map_err(StoreError::from)?;
        let done = act(&Records::new(&transaction))?;
        transaction.commit().map_err(StoreError::from)?;
        Ok(done)
    }
}

/// Opens a file, and brings it to its newest version.
pub(crate) fn connect(path: &Utf8Path, migrations: &[&str]) -> Result<Connection, OpenError> {
    let failed = |source| OpenError::Database {
        path: path.to_owned(),
        source,
    };
    let while_made = if path.exists() { "NORMAL" } else { "OFF" };
    let mut connection = Connection::open(path).map_err(failed)?;
    connection
        .busy_timeout(Duration::from_secs(5))
        // A new file has nothing to lose yet, and each wait for the disk takes 20 ms.
        .and_then(|()| connection.pragma_update(None, "synchronous", while_made))
        .and_then(|()| connection.pragma_update(None, "journal_mode", "WAL"))
        .and_then(|()| connection.pragma_update(None, "cache_size", -CACHE_KIBIBYTES))
        .map_err(failed)?;
    migrate(&mut connection, path, migrations)?;
    // What is committed survives the end of this process, not of the machine's power.
    connection
        .pragma_update(None, "synchronous", "NORMAL")
        .map_err(failed)?;
    Ok(connection)
}

fn migrate(
    connection: &mut Connection,
    path: &Utf8Path,
    migrations: &[&str],
) -> Result<(), OpenError> {
    let failed = |source| OpenError::Database {
        path: path.to_owned(),
        source,
    };
    let transaction = connection
        .transaction_with_behavior(TransactionBehavior::Immediate)
        .map_err(failed)?;
    let seen: usize = transaction
        .pragma_query_value(None, "user_version", |row| row.get(0))
        .map_err(failed)?;
    let missing = migrations.get(seen..).ok_or_else(|| OpenError::TooNew {
        path: path.to_owned(),
        seen,
        known: migrations.len(),
    })?;
    for migration in missing {
        transaction.execute_batch(migration).map_err(failed)?;
    }
    transaction
        .pragma_update(None, "user_version", migrations.len())
        .and_then(|()| transaction.commit())
        .map_err(failed)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_file_of_a_newer_version_is_left_alone() {
        let folder = tempfile::tempdir().unwrap();
        let path = Utf8Path::from_path(folder.path()).unwrap().join("records");
        drop(Store::open(&path).unwrap());
        drop(Store::open(&path).unwrap());
        let newer = Connection::open(&path).unwrap();
        newer.pragma_update(None, "user_version", 99).unwrap();
        drop(newer);
        let error = Store::open(&path).unwrap_err();
        assert!(error.to_string().contains("its schema is 99"), "{error}");
    }
}
