//! Two sources that want the same place, and who got it.

use barrow_model::EntryPath;

use super::WheelId;

/// Who brought an entry.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Source {
    Wheel(WheelId),
    /// The user's own files.
    Project,
}

/// Something that is not in the package although its source brought it.
///
/// Equal bytes at one path are no conflict, and neither is a wheel that overrides itself.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Conflict {
    /// Two sources bring different bytes for one path. The later wheel wins, as with pip; the
    /// project wins over every wheel.
    Path {
        path: EntryPath,
        loser: Source,
        winner: Source,
    },
    /// What is a file in one source is a folder in another, where pip would give up. The same
    /// rule decides.
    FileOrFolder {
        file: EntryPath,
        entry: EntryPath,
        loser: Source,
        winner: Source,
    },
    /// Programs, headers or data under a name that importable files already take. pip moves such
    /// a folder as a whole or, as here, not at all.
    NameTaken {
        folder: String,
        entries: usize,
        loser: WheelId,
        winner: WheelId,
    },
    /// Data for `lib/`, which `pip install --target` leaves behind.
    LeftBehind {
        folder: String,
        entries: usize,
        loser: WheelId,
    },
}
