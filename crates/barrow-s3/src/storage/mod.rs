//! One folder that holds buckets and objects.

mod database;
mod files;
mod object;
mod readers;
mod schema;

pub(crate) use database::Writing;
pub(crate) use files::{Files, Incoming, blob_name, part_name, upload_name};
pub use object::Object;

use std::fs::{self, File, TryLockError};
use std::sync::Arc;

use camino::Utf8Path;
use rusqlite::Connection;

use crate::OpenError;
use crate::refusal::Refusal;
use database::Database;
use schema::SchemaError;

/// Buckets and objects in a folder that belongs to one process at a time.
///
/// Clones are the same storage.
#[derive(Debug, Clone)]
pub struct Storage {
    inner: Arc<Inner>,
}

#[derive(Debug)]
struct Inner {
    database: Database,
    files: Arc<Files>,
    /// The kernel gives it up with the process, however that ends.
    _lock: File,
}

impl Storage {
    /// Opens the storage in `folder`, which is made if it is not there.
    pub fn open(folder: &Utf8Path) -> Result<Self, OpenError> {
        let at_folder = |source| OpenError::Folder {
            folder: folder.to_owned(),
            source,
        };
        fs::create_dir_all(folder).map_err(at_folder)?;
        let lock = File::create(folder.join("lock")).map_err(at_folder)?;
        match lock.try_lock() {
            Ok(()) => {}
            Err(TryLockError::WouldBlock) => {
                return Err(OpenError::InUse {
                    folder: folder.to_owned(),
                });
            }
            Err(TryLockError::Error(error)) => return Err(at_folder(error)),
        }
        let files = Arc::new(Files::open(folder).map_err(at_folder)?);
        let database = Database::open(folder, &files).map_err(|error| match error {
            SchemaError::Newer { seen, known } => OpenError::Newer {
                folder: folder.to_owned(),
                seen,
                known,
            },
            SchemaError::Sqlite(source) => OpenError::Database {
                folder: folder.to_owned(),
                source,
            },
        })?;
        Ok(Self {
            inner: Arc::new(Inner {
                database,
                files,
                _lock: lock,
            }),
        })
    }

    pub(crate) fn files(&self) -> &Arc<Files> {
        &self.inner.files
    }

    /// Looks at the records as they are at one moment.
    pub(crate) fn read<T>(
        &self,
        look: impl FnOnce(&Connection) -> Result<T, Refusal>,
    ) -> Result<T, Refusal> {
        self.inner.database.read(look)
    }

    /// Changes the records, altogether or not at all.
    pub(crate) fn write<T>(
        &self,
        change: impl FnOnce(&mut Writing<'_>) -> Result<T, Refusal>,
    ) -> Result<T, Refusal> {
        self.inner.database.write(&self.inner.files, change)
    }

    /// Does what waits for a disk where that stops nobody else.
    pub(crate) async fn blocking<T: Send + 'static>(
        &self,
        work: impl FnOnce(&Self) -> Result<T, Refusal> + Send + 'static,
    ) -> Result<T, Refusal> {
        let storage = self.clone();
        tokio::task::spawn_blocking(move || work(&storage))
            .await
            .unwrap_or(Err(Refusal::Stopped))
    }
}
