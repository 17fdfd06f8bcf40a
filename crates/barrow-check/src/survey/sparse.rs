//! A large file of which only some windows are held in memory.

use std::cell::RefCell;
use std::ops::Range;

use object::ReadRef;

/// What is wanted lies close together: one window usually has all names, another all versions.
const WINDOW_BYTES: u64 = 64 << 10;
/// Where a file seems to want more, it is a hostile one.
const LARGEST_WINDOW_BYTES: u64 = 1 << 20;
const LARGEST_SUM_BYTES: u64 = 4 << 20;

/// Windows of a file that is streamed from its start, maybe several times, and a note of what was
/// asked for and is in none of them.
#[derive(Debug)]
pub struct Sparse {
    file_bytes: u64,
    windows: Vec<Window>,
    missed: RefCell<Vec<Range<u64>>>,
}

#[derive(Debug)]
struct Window {
    range: Range<u64>,
    /// From its start, as far as it has been seen.
    bytes: Vec<u8>,
}

impl Sparse {
    /// Wants the file's start.
    pub fn new(file_bytes: u64) -> Self {
        let mut sparse = Self {
            file_bytes,
            windows: Vec::new(),
            missed: RefCell::default(),
        };
        sparse.want(0..1);
        sparse
    }

    /// Takes what it wants of a piece of the file. Whether that made some window complete.
    pub fn take(&mut self, offset: u64, piece: &[u8]) -> bool {
        let mut completed = false;
        for window in self.windows.iter_mut().filter(|it| !it.is_complete()) {
            let next = window.range.start + window.bytes.len() as u64;
            let Some(skipped) = next.checked_sub(offset) else {
                continue; // The next pass has it.
            };
            let piece = piece.get(skipped as usize..).unwrap_or_default();
            let missing = (window.range.end - next) as usize;
            window
                .bytes
                .extend_from_slice(&piece[..missing.min(piece.len())]);
            completed |= window.is_complete();
        }
        completed
    }

    /// Wants what was missed from now on. Whether that is anything new.
    pub fn want_missed(&mut self) -> bool {
        let mut missed = self.missed.take();
        missed.sort_by_key(|range| range.start);
        let before = self.windows.len();
        for range in missed {
            self.want(range);
        }
        self.windows.len() > before
    }

    /// How much of the file has to be streamed to complete every window; `None` where all are.
    pub fn wanted_until(&self) -> Option<u64> {
        let incomplete = self.windows.iter().filter(|it| !it.is_complete());
        incomplete.map(|window| window.range.end).max()
    }

    /// The first bytes of the file.
    pub fn start(&self) -> &[u8] {
        &self.windows[0].bytes
    }

    fn want(&mut self, range: Range<u64>) {
        let end = range.end.max(range.start.saturating_add(WINDOW_BYTES));
        let range = range.start..end.min(self.file_bytes);
        let bytes = range.end.saturating_sub(range.start);
        let held: u64 = self.windows.iter().map(Window::len).sum();
        let is_held = self.windows.iter().any(|window| window.holds(&range));
        if is_held || bytes > LARGEST_WINDOW_BYTES || held + bytes > LARGEST_SUM_BYTES {
            return;
        }
        self.windows.push(Window {
            range,
            bytes: Vec::with_capacity(bytes as usize),
        });
    }

    fn window(&self, offset: u64) -> impl Iterator<Item = &[u8]> {
        let windows = self.windows.iter();
        windows.filter_map(move |window| {
            let skipped = usize::try_from(offset.checked_sub(window.range.start)?).ok()?;
            window.bytes.get(skipped..)
        })
    }

    fn miss<T>(&self, range: Range<u64>) -> Result<T, ()> {
        if range.start < self.file_bytes {
            self.missed.borrow_mut().push(range);
        }
        Err(())
    }
}

impl Window {
    fn len(&self) -> u64 {
        self.range.end - self.range.start
    }

    fn is_complete(&self) -> bool {
        self.bytes.len() as u64 == self.len()
    }

    fn holds(&self, range: &Range<u64>) -> bool {
        self.range.start <= range.start && range.end <= self.range.end
    }
}

impl<'a> ReadRef<'a> for &'a Sparse {
    fn len(self) -> Result<u64, ()> {
        Ok(self.file_bytes)
    }

    fn read_bytes_at(self, offset: u64, size: u64) -> Result<&'a [u8], ()> {
        let end = offset.checked_add(size).ok_or(())?;
        let length = usize::try_from(size).map_err(|_| ())?;
        if size == 0 {
            return Ok(&[]);
        }
        if end > self.file_bytes {
            return Err(());
        }
        let found = self.window(offset).find_map(|bytes| bytes.get(..length));
        found.map_or_else(|| self.miss(offset..end), Ok)
    }

    fn read_bytes_at_until(self, range: Range<u64>, delimiter: u8) -> Result<&'a [u8], ()> {
        let length = usize::try_from(range.end.checked_sub(range.start).ok_or(())?);
        let length = length.map_err(|_| ())?;
        let found = self.window(range.start).find_map(|bytes| {
            let bytes = &bytes[..length.min(bytes.len())];
            let end = bytes.iter().position(|byte| *byte == delimiter)?;
            Some(&bytes[..end])
        });
        found.map_or_else(|| self.miss(range), Ok)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::facts::elf;

    /// Streams `content` until nothing is missing, and says how many passes that took.
    fn read_by_passes(content: &[u8], read: impl Fn(&Sparse) -> bool) -> usize {
        let mut sparse = Sparse::new(content.len() as u64);
        for pass in 1..10 {
            for (number, piece) in content.chunks(1000).enumerate() {
                if sparse.take(number as u64 * 1000, piece) {
                    let _ = read(&sparse);
                    sparse.want_missed();
                }
            }
            if read(&sparse) {
                return pass;
            }
            sparse.want_missed();
        }
        panic!("it never had what it wanted");
    }

    fn content() -> Vec<u8> {
        (0..300_000_u32)
            .map(|number| (number % 251) as u8)
            .collect()
    }

    #[test]
    fn what_lies_ahead_is_read_in_the_same_pass() {
        let content = content();
        let read = |sparse: &Sparse| sparse.read_bytes_at(299_000, 1000) == Ok(&content[299_000..]);
        assert_eq!(read_by_passes(&content, read), 1);
    }

    #[test]
    fn what_was_passed_is_read_in_the_next() {
        let content = content();
        let read = |sparse: &Sparse| {
            sparse.read_bytes_at(299_000, 8).is_ok()
                && sparse.read_bytes_at(150_000, 8) == Ok(&content[150_000..150_008])
        };
        assert_eq!(read_by_passes(&content, read), 2);
    }

    #[test]
    fn a_string_ends_at_its_delimiter() {
        let content = content();
        let read = |sparse: &Sparse| {
            let found = sparse.read_bytes_at_until(200_000..201_000, 250);
            found.is_ok_and(|bytes| *bytes == content[200_000..200_046])
        };
        assert_eq!(read_by_passes(&content, read), 1);
    }

    #[test]
    fn a_binary_in_parts_is_as_it_is_whole() {
        let program = std::fs::read(std::env::current_exe().unwrap()).unwrap();
        let whole = elf::read(program.as_slice());
        let read = |sparse: &Sparse| elf::read(sparse) == whole;
        assert!(read_by_passes(&program, read) <= 4);
    }

    #[test]
    fn what_is_outside_or_too_large_is_not_wanted() {
        let mut sparse = Sparse::new(1 << 40);
        assert!(sparse.read_bytes_at(1 << 40, 1).is_err());
        assert!(sparse.read_bytes_at(u64::MAX, 8).is_err());
        assert!(sparse.read_bytes_at(5, 1 << 30).is_err());
        assert!(!sparse.want_missed());
    }
}
