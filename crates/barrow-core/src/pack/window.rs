//! Reads wheels so that small neighbours cost one read together.
//!
//! A package is ordered by path and so, mostly, is a wheel. Entries of a few KB each would cost
//! a system call apiece; a window that grows while it is used in order, and shrinks on a jump,
//! makes that one per 256 KiB or so.

use std::collections::HashMap;
use std::io;
use std::sync::Arc;

use crate::ReadAt;
use crate::plan::WheelId;

const LEAST_BYTES: u64 = 8 << 10;
const MOST_BYTES: u64 = 256 << 10;

/// The wheels opened so far, and a stretch of the one read last.
pub(super) struct Window {
    wheels: HashMap<WheelId, Arc<dyn ReadAt>>,
    wheel: Option<WheelId>,
    offset: u64,
    bytes: Vec<u8>,
    /// How much to read at the next miss.
    ahead: u64,
}

impl Window {
    pub(super) fn new() -> Self {
        let (wheels, bytes) = (HashMap::new(), Vec::new());
        Self {
            wheels,
            wheel: None,
            offset: 0,
            bytes,
            ahead: LEAST_BYTES,
        }
    }

    /// Whether an entry of this size should go through the window; others are better read
    /// straight to where they are wanted.
    pub(super) fn suits(bytes: u64) -> bool {
        bytes <= MOST_BYTES / 8
    }

    pub(super) fn wheel(
        &mut self,
        id: WheelId,
        open: impl FnOnce() -> io::Result<Arc<dyn ReadAt>>,
    ) -> io::Result<Arc<dyn ReadAt>> {
        if let Some(wheel) = self.wheels.get(&id) {
            return Ok(Arc::clone(wheel));
        }
        let wheel = open()?;
        self.wheels.insert(id, Arc::clone(&wheel));
        Ok(wheel)
    }

    /// Bytes of `wheel`, which is the one known as `id`. They must suit the window.
    pub(super) fn read(
        &mut self,
        id: WheelId,
        wheel: &dyn ReadAt,
        offset: u64,
        bytes: u64,
    ) -> io::Result<&[u8]> {
        let end = self.offset + self.bytes.len() as u64;
        let is_here = self.wheel == Some(id);
        if !is_here || offset < self.offset || offset.saturating_add(bytes) > end {
            // A miss right behind the window is the next step of a walk through the wheel.
            let walks = is_here && (self.offset..=end + LEAST_BYTES).contains(&offset);
            self.ahead = if walks {
                (self.ahead * 2).min(MOST_BYTES)
            } else {
                LEAST_BYTES
            };
            self.wheel = None;
            let present = wheel.len()?.saturating_sub(offset);
            self.bytes
                .resize(self.ahead.max(bytes).min(present) as usize, 0);
            wheel.read_exact_at(&mut self.bytes, offset)?;
            (self.wheel, self.offset) = (Some(id), offset);
        }
        let start = (offset - self.offset) as usize;
        self.bytes
            .get(start..start + bytes as usize)
            .ok_or_else(|| io::ErrorKind::UnexpectedEof.into())
    }
}
