//! Lines that wait to be written: bounded, and never in the way of who writes.

use std::collections::HashMap;
use std::sync::atomic::{AtomicU64, Ordering};
use std::sync::{Arc, Condvar, Mutex, MutexGuard, PoisonError};
use std::time::{Duration, Instant};

use super::stream::Address;

/// What is kept of a waiting line besides its message.
const LINE_OVERHEAD_BYTES: usize = 48;

/// So much is written without waiting for more.
const FULL_BATCH_BYTES: usize = 1 << 20;

/// How long nothing happens before somebody looks for events that have become too old.
const IDLE: Duration = Duration::from_mins(1);

#[derive(Debug)]
pub(super) struct Queue {
    waiting: Mutex<Waiting>,
    changed: Condvar,
    limit_bytes: usize,
    lost: AtomicU64,
}

#[derive(Debug, Default)]
struct Waiting {
    lines: Vec<Line>,
    bytes: usize,
    /// Lines for which there was no room, by where they were to go.
    lost: HashMap<Arc<Address>, u64>,
    woken: bool,
    closed: bool,
}

/// What is to be written.
#[derive(Debug)]
pub(super) enum Line {
    /// The stream is to be there, with or without events.
    Opening(Arc<Address>),
    Event {
        address: Arc<Address>,
        timestamp_ms: i64,
        message: Box<str>,
    },
}

/// What is written at once.
#[derive(Debug, Default)]
pub(super) struct Batch {
    pub lines: Vec<Line>,
    pub lost: HashMap<Arc<Address>, u64>,
}

impl Queue {
    pub(super) fn new(limit_bytes: usize) -> Self {
        Self {
            waiting: Mutex::default(),
            changed: Condvar::new(),
            limit_bytes,
            lost: AtomicU64::new(0),
        }
    }

    pub(super) fn push(&self, lines: impl IntoIterator<Item = Line>) {
        let mut waiting = self.waiting();
        let before = waiting.bytes;
        for line in lines {
            let bytes = line.bytes();
            if waiting.bytes + bytes > self.limit_bytes {
                if let Line::Event { address, .. } = line {
                    *waiting.lost.entry(address).or_default() += 1;
                    self.lost.fetch_add(1, Ordering::Relaxed);
                }
                continue;
            }
            waiting.bytes += bytes;
            waiting.lines.push(line);
        }
        let is_first = before == 0;
        let is_full = before < FULL_BATCH_BYTES && waiting.bytes >= FULL_BATCH_BYTES;
        drop(waiting);
        if is_first || is_full {
            self.changed.notify_all();
        }
    }

    pub(super) fn is_empty(&self) -> bool {
        let waiting = self.waiting();
        waiting.lines.is_empty() && waiting.lost.is_empty()
    }

    pub(super) fn take(&self) -> Batch {
        let mut waiting = self.waiting();
        waiting.bytes = 0;
        Batch {
            lines: std::mem::take(&mut waiting.lines),
            lost: std::mem::take(&mut waiting.lost),
        }
    }

    /// Waits for lines, and then for more of them, `batch` at most; gives up after a while.
    /// Whether more can come.
    pub(super) fn wait(&self, batch: Duration) -> bool {
        let waiting = self.waiting();
        let nothing =
            |waiting: &mut Waiting| waiting.lines.is_empty() && !waiting.closed && !waiting.woken;
        let (mut waiting, idle) = self
            .changed
            .wait_timeout_while(waiting, IDLE, nothing)
            .unwrap_or_else(PoisonError::into_inner);
        waiting.woken = false;
        if idle.timed_out() || waiting.lines.is_empty() {
            return !waiting.closed;
        }
        let until = Instant::now() + batch;
        let little = |waiting: &mut Waiting| waiting.bytes < FULL_BATCH_BYTES && !waiting.closed;
        let left = until.saturating_duration_since(Instant::now());
        let (waiting, _) = self
            .changed
            .wait_timeout_while(waiting, left, little)
            .unwrap_or_else(PoisonError::into_inner);
        !waiting.closed
    }

    /// Ends a wait for lines, though there are none.
    pub(super) fn wake(&self) {
        self.waiting().woken = true;
        self.changed.notify_all();
    }

    pub(super) fn close(&self) {
        self.waiting().closed = true;
        self.changed.notify_all();
    }

    /// Lines that were thrown away so far.
    pub(super) fn lost(&self) -> u64 {
        self.lost.load(Ordering::Relaxed)
    }

    fn waiting(&self) -> MutexGuard<'_, Waiting> {
        self.waiting.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl Line {
    fn bytes(&self) -> usize {
        match self {
            Self::Opening(_) => LINE_OVERHEAD_BYTES,
            Self::Event { message, .. } => LINE_OVERHEAD_BYTES + message.len(),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::store::Scope;

    #[test]
    fn what_does_not_fit_is_counted_and_not_kept() {
        let queue = Queue::new(10 * (LINE_OVERHEAD_BYTES + 100));
        let address = Arc::new(Address {
            scope: Scope {
                account: "1".into(),
                region: "r".into(),
            },
            group: "g".into(),
            stream: "s".into(),
        });
        queue.push((0..25).map(|timestamp_ms| Line::Event {
            address: address.clone(),
            timestamp_ms,
            message: "x".repeat(100).into(),
        }));
        let batch = queue.take();
        assert_eq!((batch.lines.len(), batch.lost[&address]), (10, 15));
        assert_eq!(queue.lost(), 15);
        assert!(queue.is_empty());
    }
}
