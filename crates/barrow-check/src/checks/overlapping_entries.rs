//! Files of a zip that share bytes.

use barrow_core::zip::CheckZipError;

use crate::finding::Finding;
use crate::report::Report;
use crate::scene::Scene;
use crate::survey::Flaw;

crate::check! {
    /// # Finds
    /// Files that share bytes of the archive with another file, or with its directory.
    ///
    /// # Matters because
    /// No writer makes such archives by accident. Extractors refuse them since they are how a small
    /// zip becomes a huge one; those that do not can be led to see other files than you do.
    ///
    /// # For example
    /// A thousand names in the directory that all stand for the same ten megabytes of zeros.
    ///
    /// # To mend it
    /// Do not upload it. Find out where the archive comes from, and make the package again.
    pub static OVERLAPPING_ENTRIES = "overlapping-entries", Archive, Error;
}

fn run(scene: &Scene<'_>, report: &mut Report) {
    for package in scene.packages() {
        let overlaps: Vec<_> = package.flaws.iter().filter_map(overlap).collect();
        let message = match overlaps.as_slice() {
            [] => continue,
            [(_, error)] => error.to_string(),
            [(_, error), ..] => {
                format!("{} files share bytes, such as: {error}", overlaps.len())
            }
        };
        let places = package.places(overlaps.iter().map(|(name, _)| name));
        report.add(Finding::new(&OVERLAPPING_ENTRIES, message).places(places));
    }
}

fn overlap(flaw: &Flaw) -> Option<(&str, &CheckZipError)> {
    match flaw {
        Flaw::Unsound(
            error @ (CheckZipError::Overlap { second: name, .. }
            | CheckZipError::OverlapsDirectory { name, .. }),
        ) => Some((name, error)),
        _ => None,
    }
}
