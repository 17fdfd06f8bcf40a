//! What will be in the package, before a byte of it is written.
//!
//! A plan is a plain value: ordered entries, each with its content's origin. Wheels and files are
//! named by number; whoever packs the plan knows how to open them.

use barrow_model::{Bytes, EntryPath};

use crate::zip::Span;

pub mod builder;
pub mod conflict;
pub mod layout;
pub mod order;
pub mod script;
pub mod share;

mod place;
mod resolve;

pub use builder::{PlanBuilder, PlanError};
pub use conflict::{Conflict, Source};
pub use layout::Layout;
pub use order::install_order;
pub use share::Share;

/// A wheel taking part in the plan: its position among those given to the builder.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct WheelId(pub u32);

/// A file on disk taking part in the plan, likewise.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct FileId(pub u32);

/// What one entry of the package is made from.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Content {
    /// Copied from a wheel as it lies there, still compressed.
    Spliced { wheel: WheelId, span: Span },
    /// The user's own file, read and deflated while packing.
    File { file: FileId, bytes: u64 },
    /// Made by us: `RECORD` files, programs in `bin/`.
    Fresh(Vec<u8>),
}

/// One file of the package.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct PlannedEntry {
    pub path: EntryPath,
    /// On whose account it is there.
    pub source: Source,
    /// 0755 instead of 0644.
    pub executable: bool,
    pub content: Content,
}

/// The package's entries in their final order: by path, bytewise, each path once.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Plan {
    entries: Vec<PlannedEntry>,
}

impl Plan {
    pub fn entries(&self) -> &[PlannedEntry] {
        &self.entries
    }

    /// The size that Lambda limits: all contents, uncompressed.
    pub fn unzipped_bytes(&self) -> Bytes {
        self.entries
            .iter()
            .map(|entry| entry.content.unzipped_bytes())
            .sum()
    }

    /// Who takes how much room, the largest first.
    pub fn shares(&self) -> Vec<Share> {
        share::of(&self.entries)
    }
}

/// Puts entries into order; of two with the same path, the later stays.
///
/// This is for plans that are not made from wheels. It does not look for a file that is a folder
/// elsewhere; [`PlanBuilder`] does.
impl FromIterator<PlannedEntry> for Plan {
    fn from_iter<I: IntoIterator<Item = PlannedEntry>>(entries: I) -> Self {
        let mut entries: Vec<_> = entries.into_iter().collect();
        entries.reverse();
        entries.sort_by(|a, b| a.path.cmp(&b.path));
        entries.dedup_by(|later, earlier| later.path == earlier.path);
        Self { entries }
    }
}

impl Content {
    pub fn unzipped_bytes(&self) -> Bytes {
        Bytes(match self {
            Self::Spliced { span, .. } => span.uncompressed_bytes,
            Self::File { bytes, .. } => *bytes,
            Self::Fresh(bytes) => bytes.len() as u64,
        })
    }
}
