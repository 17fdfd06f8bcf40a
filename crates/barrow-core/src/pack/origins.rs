//! What packing asks of its caller: to open what the plan names by number, and to be told.

use std::io;
use std::sync::Arc;

use crate::ReadAt;
use crate::plan::{FileId, WheelId};
use crate::zip::Scratch;

/// Opens what a plan names by number. Called from several threads.
pub trait Origins: Sync {
    /// The wheel that was verified under this number. Asked for once per package.
    fn wheel(&self, id: WheelId) -> io::Result<Arc<dyn ReadAt>>;

    /// A file of the project. Asked for once per MiB of a large one.
    fn file(&self, id: FileId) -> io::Result<Box<dyn ReadAt>>;

    /// An empty temporary file. Asked for at most once, and only when the package has a file of
    /// more than 2 MiB.
    fn scratch(&self) -> io::Result<Box<dyn Scratch>>;

    /// The wheel's name in messages.
    fn describe_wheel(&self, id: WheelId) -> String;

    /// The file's name in messages.
    fn describe_file(&self, id: FileId) -> String;
}

/// Hears how far packing has come. `()` does not listen.
pub trait PackProgress: Sync {
    fn started(&self, entries: usize);

    /// That many more entries are in the package.
    fn advanced(&self, entries: usize);
}

impl PackProgress for () {
    fn started(&self, _entries: usize) {}

    fn advanced(&self, _entries: usize) {}
}
