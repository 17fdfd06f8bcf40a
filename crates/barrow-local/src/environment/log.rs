//! What the function's processes write, cut into what belongs together.
//!
//! One pipe takes what is printed and what is logged, so that both stay in order. A write that
//! begins with a frame's header is a log record of the runtime client's: a type, a length, a time
//! stamp in microseconds, each big-endian, and then the record, which may have many lines. Every
//! write of at most a page is read as one, and a longer record arrives in whole pages.

use std::io;
use std::os::fd::OwnedFd;
use std::str::FromStr;

use tokio::io::unix::AsyncFd;

use crate::watched::watched;

/// What is read at once is at most what fits into one page of a pipe.
const PAGE_BYTES: usize = 4096;

const HEADER_BYTES: usize = 16;
/// The first two bytes of a frame's type; the others tell its format and level.
const MAGIC: [u8; 2] = [0xa5, 0x5a];

/// More than fit into the pipe, so that whatever was written before a call is read with it.
const WRITES_AT_ONCE: usize = 80;

/// A longer record is no record.
const LARGEST_RECORD_BYTES: usize = 64 << 20;

/// The format of the log.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub enum Format {
    #[default]
    Text,
    Json,
}

/// How much is worth logging.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum Level {
    Trace,
    Debug,
    Info,
    Warn,
    Error,
    Fatal,
}

/// A level that Lambda does not have.
#[derive(Debug, thiserror::Error, PartialEq, Eq)]
#[error("`{seen}` is no log level; expected TRACE, DEBUG, INFO, WARN, ERROR or FATAL")]
pub struct ParseLevelError {
    pub seen: String,
}

impl Level {
    const ALL: [Self; 6] = [
        Self::Trace,
        Self::Debug,
        Self::Info,
        Self::Warn,
        Self::Error,
        Self::Fatal,
    ];

    pub fn name(self) -> &'static str {
        match self {
            Self::Trace => "TRACE",
            Self::Debug => "DEBUG",
            Self::Info => "INFO",
            Self::Warn => "WARN",
            Self::Error => "ERROR",
            Self::Fatal => "FATAL",
        }
    }
}

impl FromStr for Level {
    type Err = ParseLevelError;

    fn from_str(text: &str) -> Result<Self, ParseLevelError> {
        let found = Self::ALL
            .into_iter()
            .find(|level| level.name().eq_ignore_ascii_case(text));
        found.ok_or_else(|| ParseLevelError {
            seen: text.to_owned(),
        })
    }
}

/// Cuts a pipe's writes into records and lines.
#[derive(Debug, Default)]
struct Cutter {
    /// A record of which more is to come.
    record: Vec<u8>,
    missing: usize,
    /// A line of which the end is to come.
    line: Vec<u8>,
}

impl Cutter {
    /// Takes one write; gives everything that it completes.
    fn take(&mut self, write: &[u8], give: &mut dyn FnMut(&[u8])) {
        // Of a record that is not whole, whole pages come and then the rest. Anything else was
        // written in between by another thread.
        if self.missing > 0 && write.len() == self.missing.min(PAGE_BYTES) {
            self.record.extend_from_slice(write);
            self.missing -= write.len();
            if self.missing == 0 {
                let record = std::mem::take(&mut self.record);
                self.give_record(&record, give);
            }
            return;
        }
        match frame(write) {
            Some(length) if write.len() == HEADER_BYTES + length => {
                self.give_record(&write[HEADER_BYTES..], give);
            }
            Some(length) if write.len() < HEADER_BYTES + length && self.missing == 0 => {
                self.record.extend_from_slice(&write[HEADER_BYTES..]);
                self.missing = HEADER_BYTES + length - write.len();
            }
            _ => self.take_text(write, give),
        }
    }

    fn give_record(&mut self, record: &[u8], give: &mut dyn FnMut(&[u8])) {
        self.end_line(give);
        give(record.strip_suffix(b"\n").unwrap_or(record));
    }

    fn take_text(&mut self, text: &[u8], give: &mut dyn FnMut(&[u8])) {
        let mut rest = text;
        while let Some(end) = rest.iter().position(|byte| *byte == b'\n') {
            self.line.extend_from_slice(&rest[..end]);
            give(&std::mem::take(&mut self.line));
            rest = &rest[end + 1..];
        }
        self.line.extend_from_slice(rest);
    }

    /// A line that was not ended is ended by whatever comes next.
    fn end_line(&mut self, give: &mut dyn FnMut(&[u8])) {
        if !self.line.is_empty() {
            give(&std::mem::take(&mut self.line));
        }
    }
}

/// The length of the record, if this is the beginning of a frame.
fn frame(write: &[u8]) -> Option<usize> {
    let header = write.get(..HEADER_BYTES)?;
    let length = u32::from_be_bytes(header[4..8].try_into().ok()?) as usize;
    (header[..2] == MAGIC && length <= LARGEST_RECORD_BYTES).then_some(length)
}

/// The reading end of the log.
#[derive(Debug)]
pub(crate) struct Reader {
    pipe: AsyncFd<OwnedFd>,
    cutter: Cutter,
    closed: bool,
    /// There was more to read when we stopped reading.
    more: bool,
}

impl Reader {
    pub(crate) fn new(pipe: OwnedFd) -> io::Result<Self> {
        Ok(Self {
            pipe: watched(pipe)?,
            cutter: Cutter::default(),
            closed: false,
            more: false,
        })
    }

    /// When there is something to read; never, once all writers are gone.
    pub(crate) async fn readable(&self) {
        if self.closed {
            return std::future::pending().await;
        }
        if self.more {
            // Clocks only go on while nothing of ours does.
            return tokio::task::yield_now().await;
        }
        if let Ok(mut ready) = self.pipe.readable().await {
            // [`Reader::drain`] reads until there is no more, or knows that there is.
            ready.clear_ready();
        }
    }

    /// Gives what has been written by now. One who writes faster than we read is read on later.
    pub(crate) fn drain(&mut self, give: &mut dyn FnMut(&[u8])) {
        let mut write = [0; PAGE_BYTES];
        for _ in 0..WRITES_AT_ONCE {
            if self.closed {
                return;
            }
            match rustix::io::read(self.pipe.get_ref(), &mut write) {
                Ok(0) => self.closed = true,
                Ok(length) => self.cutter.take(&write[..length], give),
                Err(rustix::io::Errno::INTR) => {}
                Err(rustix::io::Errno::AGAIN) => {
                    self.more = false;
                    return;
                }
                Err(_) => self.closed = true,
            }
        }
        self.more = true;
    }

    /// The same, and then the line that was begun is taken for a line.
    pub(crate) fn finish(&mut self, give: &mut dyn FnMut(&[u8])) {
        self.drain(give);
        self.cutter.end_line(give);
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn cut(writes: &[&[u8]]) -> Vec<String> {
        let mut cutter = Cutter::default();
        let mut given = Vec::new();
        let mut give = |line: &[u8]| given.push(String::from_utf8_lossy(line).into_owned());
        for write in writes {
            for page in write.chunks(PAGE_BYTES) {
                cutter.take(page, &mut give);
            }
        }
        cutter.end_line(&mut give);
        given
    }

    fn framed(record: &str) -> Vec<u8> {
        let mut frame = vec![0xa5, 0x5a, 0, 3];
        frame.extend(u32::try_from(record.len()).unwrap().to_be_bytes());
        frame.extend(1_795_273_445_000_000_u64.to_be_bytes());
        frame.extend(record.as_bytes());
        frame
    }

    #[test]
    fn prints_are_lines_and_records_stay_whole() {
        let record = framed("[ERROR] a\nTraceback\n  b\n");
        assert_eq!(
            cut(&[b"one\ntwo\n", &record, b"half", b" line\n", b"open"]),
            [
                "one",
                "two",
                "[ERROR] a\nTraceback\n  b",
                "half line",
                "open"
            ]
        );
    }

    #[test]
    fn a_record_of_many_pages_is_one_record() {
        let long = "x".repeat(3 * PAGE_BYTES);
        assert_eq!(cut(&[&framed(&long), b"after\n"]), [long.as_str(), "after"]);
    }

    #[test]
    fn what_another_thread_prints_amid_a_record_is_its_own_line() {
        let long = "y".repeat(2 * PAGE_BYTES);
        let frame = framed(&long);
        let (first, rest) = frame.split_at(PAGE_BYTES);
        assert_eq!(
            cut(&[first, b"between\n", rest]),
            ["between", long.as_str()]
        );
    }

    #[test]
    fn an_older_client_writes_header_and_record_apart() {
        let frame = framed("apart");
        let (header, record) = frame.split_at(HEADER_BYTES);
        assert_eq!(cut(&[header, record]), ["apart"]);
    }

    #[test]
    fn a_record_ends_a_line_that_was_begun() {
        assert_eq!(cut(&[b"no end", &framed("record")]), ["no end", "record"]);
        assert_eq!(cut(&[&framed("")]), [""]);
    }

    proptest::proptest! {
        #[test]
        fn nothing_that_is_written_can_stop_the_log(writes: Vec<Vec<u8>>) {
            let writes: Vec<&[u8]> = writes.iter().map(Vec::as_slice).collect();
            cut(&writes);
        }
    }
}
