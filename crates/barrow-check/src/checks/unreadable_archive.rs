//! Files that are no zip, or not to their end.

use barrow_core::zip::{CheckZipError, ReadZipError};

use crate::finding::Finding;
use crate::report::Report;
use crate::scene::Scene;
use crate::survey::Flaw;
use crate::survey::flaw::Start;

crate::check! {
    /// # Finds
    /// Files that are no zip at all, and zips whose directory is cut off or cannot be made out.
    ///
    /// # Matters because
    /// Lambda answers the upload with `Could not unzip uploaded file. Please check your file, then
    /// try to upload again.`
    ///
    /// # For example
    /// A `.tar.gz` that was renamed, an error page saved as `app.zip`, or half a download.
    ///
    /// # To mend it
    /// Make or fetch the package again. A zip that is cut short has lost its directory: nothing
    /// mends it.
    pub static UNREADABLE_ARCHIVE = "unreadable-archive", Archive, Error;
}

/// Recorded on AWS, 2026-01.
const REFUSED: &str =
    "Lambda: `Could not unzip uploaded file. Please check your file, then try to upload again.`";

fn run(scene: &Scene<'_>, report: &mut Report) {
    for package in scene.packages() {
        let name = &package.name;
        let message = package.flaws.iter().find_map(|flaw| match flaw {
            Flaw::Unreadable { source, start } => Some(match (start, source) {
                (Start::Empty, _) => format!("`{name}` has 0 bytes; expected a zip"),
                (Start::Other(format), _) => format!("`{name}` is {format}; expected a zip"),
                (Start::Zip, ReadZipError::NoEnd { .. }) => {
                    format!("`{name}` is cut short: {source}")
                }
                (Start::Unknown, ReadZipError::NoEnd { .. }) => {
                    format!("`{name}` is no zip: {source}")
                }
                _ => format!("`{name}` has a directory that cannot be read: {source}"),
            }),
            Flaw::Unsound(CheckZipError::Read { source }) => {
                Some(format!("`{name}` cannot be read: {source}"))
            }
            _ => None,
        });
        if let Some(message) = message {
            report.add(Finding::new(&UNREADABLE_ARCHIVE, message).detail(REFUSED));
        }
    }
}
