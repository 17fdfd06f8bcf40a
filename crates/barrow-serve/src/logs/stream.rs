//! Where a function writes its lines.

use std::sync::Arc;

use super::queue::{Line, Queue};
use crate::store::Scope;

/// The largest message of one event, as `CloudWatch` has it since 2025.
const MESSAGE_LIMIT_BYTES: usize = 1_048_576;

/// A stream of a group, open for lines. Cheap to clone.
#[derive(Debug, Clone)]
pub(crate) struct Stream {
    address: Arc<Address>,
    queue: Arc<Queue>,
}

/// Which stream of whom.
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
pub(super) struct Address {
    pub scope: Scope,
    pub group: String,
    pub stream: String,
}

impl Stream {
    pub(super) fn open(address: Address, queue: Arc<Queue>) -> Self {
        let address = Arc::new(address);
        queue.push([Line::Opening(address.clone())]);
        Self { address, queue }
    }

    /// Takes a message; does not wait. Where lines come faster than the disk takes them, the newest
    /// are thrown away, and the stream says how many.
    pub(crate) fn append(&self, timestamp_ms: i64, message: &[u8]) {
        let text = String::from_utf8_lossy(message);
        self.queue.push(pieces(&text).map(|piece| Line::Event {
            address: self.address.clone(),
            timestamp_ms,
            message: piece.into(),
        }));
    }
}

/// A message that is too long for one event, in several.
fn pieces(text: &str) -> impl Iterator<Item = &str> {
    let mut rest = Some(text);
    std::iter::from_fn(move || {
        let text = rest.take()?;
        if text.len() <= MESSAGE_LIMIT_BYTES {
            return Some(text);
        }
        let (piece, more) = text.split_at(text.floor_char_boundary(MESSAGE_LIMIT_BYTES));
        rest = Some(more);
        Some(piece)
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_long_message_is_cut_between_characters() {
        let text = "x".repeat(MESSAGE_LIMIT_BYTES - 1) + "é" + &"y".repeat(10);
        let pieces: Vec<&str> = pieces(&text).collect();
        assert_eq!(pieces.len(), 2);
        assert_eq!(pieces.concat(), text);
        assert!(pieces[1].starts_with('é'));
    }
}
