//! Names that no file can have.

use barrow_model::entry_path::EntryPathError;

use crate::finding::{Finding, Level};
use crate::report::Report;
use crate::scene::Scene;
use crate::survey::Flaw;

crate::check! {
    /// # Finds
    /// Names that are empty, have a part of more than 255 bytes or more than 4000 bytes in all, or
    /// have control characters.
    ///
    /// # Matters because
    /// Linux takes 255 bytes for a file name and 4096 for a path, so that such a file cannot be
    /// unpacked. A control character is possible, and never meant: a terminal or a log obeys it.
    ///
    /// # For example
    /// A cache file whose name is a whole URL; a name that was read from a text file with its line
    /// break.
    ///
    /// # To mend it
    /// Rename the file, or leave it out of the package.
    pub static UNUSABLE_NAME = "unusable-name", Archive, Error;
}

/// Why a name is no use, and how bad that is.
const REASONS: [(EntryPathError, &str, Level); 4] = [
    (
        EntryPathError::PartTooLong,
        "has a part of more than 255 bytes, which Linux cannot have",
        Level::Error,
    ),
    (
        EntryPathError::TooLong,
        "has more than 4000 bytes, which Linux cannot have under `/var/task`",
        Level::Error,
    ),
    (EntryPathError::Empty, "is no name", Level::Error),
    (
        EntryPathError::Control,
        "has a control character",
        Level::Warning,
    ),
];

fn run(scene: &Scene<'_>, report: &mut Report) {
    for package in scene.packages() {
        for (error, reason, level) in REASONS {
            let names = package.names_with(|flaw| match flaw {
                Flaw::Name { name, source, .. } if *source == error => Some(name),
                _ => None,
            });
            let message = match names.as_slice() {
                [] => continue,
                [name] => format!("`{name}` {reason}"),
                names => format!("each of {} names {reason}", names.len()),
            };
            let places = package.places(names);
            report.add(
                Finding::new(&UNUSABLE_NAME, message)
                    .level(level)
                    .places(places),
            );
        }
    }
}
