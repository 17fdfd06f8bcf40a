//! A place for bytes that have to wait.
//!
//! A local header comes before its data and states the data's compressed size. What is compressed
//! piece by piece therefore lies somewhere until its size is known.

use std::io::{self, Write};

use crate::ReadAt;

/// Written at its end, read anywhere: an empty temporary file, or a `Vec<u8>`.
pub trait Scratch: ReadAt + Write {}

impl<T: ReadAt + Write> Scratch for T {}

/// A scratch that knows how much was written to it.
pub(crate) struct Spool<'a> {
    scratch: Box<dyn Scratch + 'a>,
    length: u64,
}

impl<'a> Spool<'a> {
    pub(crate) fn new(scratch: Box<dyn Scratch + 'a>) -> Self {
        Self { scratch, length: 0 }
    }

    pub(crate) fn length(&self) -> u64 {
        self.length
    }

    pub(crate) fn append(&mut self, bytes: &[u8]) -> io::Result<()> {
        self.scratch.write_all(bytes)?;
        self.length += bytes.len() as u64;
        Ok(())
    }

    /// What was written, for reading.
    pub(crate) fn written(&mut self) -> io::Result<&dyn ReadAt> {
        self.scratch.flush()?;
        Ok(&*self.scratch)
    }
}
