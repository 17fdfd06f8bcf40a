//! Reading the whole cache again, for whoever does not trust a disk.

use std::sync::Mutex;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::thread;

use barrow_core::wheel;
use barrow_model::Sha256;

use super::key_lock::LockKind;
use super::shelf::Shelf;
use super::{Store, StoreError, remove_dir};
use crate::Reporter;

/// What a verification found.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Verified {
    /// All that were looked at.
    pub wheels: usize,
    /// The names of those that were damaged, and are gone now, in order.
    pub damaged: Vec<String>,
}

impl Store {
    /// Hashes every file and verifies every wheel again; damaged ones are dropped.
    pub fn verify(&self, reporter: &dyn Reporter) -> Result<Verified, StoreError> {
        let shelves = self.shelves()?;
        let next = AtomicUsize::new(0);
        let damaged = Mutex::new(Vec::new());
        let work = || {
            while let Some(shelf) = shelves.get(next.fetch_add(1, Ordering::Relaxed)) {
                if let Some(name) = self.verify_shelf(shelf, reporter)? {
                    damaged
                        .lock()
                        .unwrap_or_else(std::sync::PoisonError::into_inner)
                        .push(name);
                }
            }
            Ok(())
        };
        let threads = thread::available_parallelism().map_or(1, usize::from);
        thread::scope(|scope| {
            let workers: Vec<_> = (0..threads).map(|_| scope.spawn(work)).collect();
            let join = |worker: thread::ScopedJoinHandle<'_, Result<(), StoreError>>| {
                worker
                    .join()
                    .unwrap_or_else(|panic| std::panic::resume_unwind(panic))
            };
            workers
                .into_iter()
                .map(join)
                .collect::<Result<Vec<()>, _>>()
        })?;
        let mut damaged = damaged
            .into_inner()
            .unwrap_or_else(std::sync::PoisonError::into_inner);
        damaged.sort();
        Ok(Verified {
            wheels: shelves.len(),
            damaged,
        })
    }

    /// The name of what had to be dropped.
    fn verify_shelf(
        &self,
        shelf: &Shelf,
        reporter: &dyn Reporter,
    ) -> Result<Option<String>, StoreError> {
        let hex = shelf.directory.file_name().unwrap_or_default();
        let name = shelf.find_name();
        let shown = name.as_ref().map_or(hex, |name| name.as_str()).to_owned();
        reporter.working(&format!("verifying `{shown}`"));
        let sound = Sha256::parse_hex(hex).is_ok_and(|sha256| {
            let _lock = self.lock(LockKind::Wheel, &sha256, reporter);
            let last_use = shelf.last_use();
            let stored = self.look_closely(shelf, &sha256, &crate::reporter::Silent);
            // To be verified is not to be used.
            last_use.inspect(|time| shelf.set_last_use(*time));
            stored.is_some_and(|stored| {
                let file = std::fs::File::open(&stored.path);
                file.is_ok_and(|file| {
                    wheel::verify(&file, &stored.wheel.name)
                        .is_ok_and(|wheel| wheel == stored.wheel)
                })
            })
        });
        if sound {
            return Ok(None);
        }
        let path = shelf.directory.clone();
        remove_dir(&path).map_err(|source| StoreError::Remove { path, source })?;
        Ok(Some(shown))
    }
}
