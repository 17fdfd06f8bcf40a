//! The log of an environment, and the end of it that a caller can ask for.

use super::Sink;

/// What a caller gets at most of an invoke's log (`LogType=Tail`).
const TAIL_BYTES: usize = 4096;

/// Passes every line on, and keeps the last ones.
pub(super) struct Log {
    sink: Sink,
    tail: Vec<u8>,
}

impl Log {
    pub(super) fn new(sink: Sink) -> Self {
        Self {
            sink,
            tail: Vec::new(),
        }
    }

    pub(super) fn write(&mut self, line: &[u8]) {
        (self.sink)(line);
        let kept = line.len().min(TAIL_BYTES);
        self.tail.extend_from_slice(&line[line.len() - kept..]);
        self.tail.push(b'\n');
        // Rarely, so that a line costs a copy of itself and no more.
        if self.tail.len() > 4 * TAIL_BYTES {
            self.cut();
        }
    }

    /// An invoke begins.
    pub(super) fn begin(&mut self) {
        self.tail.clear();
    }

    /// What was written since then, or the end of it.
    pub(super) fn tail(&mut self) -> Vec<u8> {
        self.cut();
        std::mem::take(&mut self.tail)
    }

    fn cut(&mut self) {
        let surplus = self.tail.len().saturating_sub(TAIL_BYTES);
        self.tail.drain(..surplus);
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_tail_is_of_one_invoke_and_bounded() {
        let mut log = Log::new(Box::new(|_: &[u8]| {}));
        log.write(b"of the start");
        log.begin();
        log.write(b"one");
        log.write(b"two");
        assert_eq!(log.tail(), b"one\ntwo\n");
        log.begin();
        log.write(&[b'x'; 10_000]);
        assert_eq!(log.tail(), [&[b'x'; 4095][..], b"\n"].concat());
        for number in 0..5000 {
            log.write(format!("{number}").as_bytes());
        }
        let tail = log.tail();
        assert_eq!(tail.len(), TAIL_BYTES);
        assert!(tail.ends_with(b"4998\n4999\n"));
    }
}
