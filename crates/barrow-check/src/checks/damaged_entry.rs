//! Files whose bytes are not what the directory promises.

use barrow_core::zip::CheckZipError;

use crate::finding::Finding;
use crate::report::Report;
use crate::scene::Scene;
use crate::survey::Flaw;

crate::check! {
    /// # Finds
    /// Files whose bytes do not unpack, are too many or too few, or do not have the checksum that
    /// the archive's directory promises; and files without a header in front of their bytes.
    ///
    /// # Matters because
    /// An extractor stops there, and Lambda does not say where: `Could not unzip uploaded file`.
    ///
    /// # For example
    /// A zip that went through a tool which changes line ends, or was written to a disk that ran
    /// full.
    ///
    /// # To mend it
    /// Make the package again from its sources. `unzip -t` on the machine that made it says whether
    /// it was whole there.
    pub static DAMAGED_ENTRY = "damaged-entry", Archive, Error;
}

fn run(scene: &Scene<'_>, report: &mut Report) {
    for package in scene.packages() {
        let damaged: Vec<(&str, String)> = package.flaws.iter().filter_map(damage).collect();
        let message = match damaged.as_slice() {
            [] => continue,
            [(_, text)] => text.clone(),
            [(_, text), ..] => format!("{} files are damaged, such as: {text}", damaged.len()),
        };
        let places = package.places(damaged.iter().map(|(name, _)| name));
        report.add(Finding::new(&DAMAGED_ENTRY, message).places(places));
    }
}

fn damage(flaw: &Flaw) -> Option<(&str, String)> {
    match flaw {
        Flaw::Damaged { name, source } => Some((name, format!("`{name}` is damaged: {source}"))),
        Flaw::Closed { name, source } => Some((name, format!("`{name}` cannot be read: {source}"))),
        Flaw::Unsound(
            error @ (CheckZipError::NoLocalHeader { name, .. }
            | CheckZipError::StoredSizes { name, .. }),
        ) => Some((name, error.to_string())),
        _ => None,
    }
}
