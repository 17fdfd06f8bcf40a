//! Writes the mended package.

use std::io::{self, Write};
use std::num::NonZero;
use std::sync::Arc;

use barrow_core::ReadAt;
use barrow_core::pack::{Origins, PackError, PackOptions, Packed, Scratch, pack};
use barrow_core::plan::{FileId, WheelId};

use super::Fix;

impl Fix {
    /// Writes the mended package. The old one must not change before that is done.
    pub fn write<W: Write>(&self, output: W, threads: NonZero<usize>) -> Result<Packed, PackError> {
        let origin = Origin {
            source: Arc::clone(&self.source),
            package: &self.package,
        };
        let options = PackOptions {
            timestamp: self.timestamp,
            threads,
        };
        pack(&self.plan, &origin, output, &options, &())
    }
}

/// The one archive that everything comes from.
struct Origin<'f> {
    source: Arc<dyn ReadAt>,
    package: &'f str,
}

impl Origins for Origin<'_> {
    fn wheel(&self, _: WheelId) -> io::Result<Arc<dyn ReadAt>> {
        Ok(Arc::clone(&self.source))
    }

    fn file(&self, _: FileId) -> io::Result<Box<dyn ReadAt>> {
        Err(io::ErrorKind::NotFound.into())
    }

    fn scratch(&self) -> io::Result<Box<dyn Scratch>> {
        Ok(Box::new(Vec::new()))
    }

    fn describe_wheel(&self, _: WheelId) -> String {
        self.package.to_owned()
    }

    fn describe_file(&self, _: FileId) -> String {
        self.package.to_owned()
    }
}
