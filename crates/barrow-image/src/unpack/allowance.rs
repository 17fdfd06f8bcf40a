//! How much an image may hold, so that a small one cannot fill a disk.

use std::cell::{Cell, RefCell};
use std::io::{self, Read};

use barrow_model::Bytes;

use super::UnpackError;
use super::archive::Entry;

/// What an image may hold.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub(crate) struct Amount {
    /// Of archives, their headers included.
    pub(crate) bytes: u64,
    pub(crate) entries: u64,
}

/// Counts what is read, and refuses to go on where it is too much or nobody wants it any more.
pub(super) struct Meter<'m> {
    pub(super) used: Cell<Amount>,
    limit: Amount,
    stop: &'m dyn Fn() -> bool,
    refusal: RefCell<Option<UnpackError>>,
}

/// A reader under a meter.
pub(super) struct Metered<'m, R> {
    pub(super) source: R,
    pub(super) meter: &'m Meter<'m>,
}

impl<'m> Meter<'m> {
    pub(super) fn new(used: Amount, limit: Amount, stop: &'m dyn Fn() -> bool) -> Self {
        Self {
            used: Cell::new(used),
            limit,
            stop,
            refusal: RefCell::default(),
        }
    }

    /// Counts an entry, and looks at the size that it announces before anything is written.
    pub(super) fn begin(&self, entry: &Entry) -> Result<(), UnpackError> {
        let mut used = self.used.get();
        used.entries += 1;
        self.used.set(used);
        if used.entries > self.limit.entries {
            let limit = format!("{} files", self.limit.entries);
            return Err(UnpackError::TooLarge { limit });
        }
        if used.bytes.saturating_add(entry.bytes) > self.limit.bytes {
            return Err(self.too_large());
        }
        Ok(())
    }

    /// Why reading ended, where it was not the source's doing.
    pub(super) fn refusal(self) -> Option<UnpackError> {
        self.refusal.into_inner()
    }

    fn count(&self, bytes: u64) -> io::Result<()> {
        let mut used = self.used.get();
        used.bytes += bytes;
        self.used.set(used);
        let refusal = match () {
            () if used.bytes > self.limit.bytes => self.too_large(),
            () if (self.stop)() => UnpackError::Abandoned,
            () => return Ok(()),
        };
        self.refusal.replace(Some(refusal));
        Err(io::Error::other("reading was stopped"))
    }

    fn too_large(&self) -> UnpackError {
        UnpackError::TooLarge {
            limit: Bytes(self.limit.bytes).to_string(),
        }
    }
}

impl<R: Read> Read for Metered<'_, R> {
    fn read(&mut self, buffer: &mut [u8]) -> io::Result<usize> {
        let count = self.source.read(buffer)?;
        self.meter.count(count as u64)?;
        Ok(count)
    }
}
