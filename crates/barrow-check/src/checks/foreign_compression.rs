//! Files that are neither stored nor deflated.

use barrow_core::zip::{CheckZipError, method};

use crate::finding::Finding;
use crate::report::Report;
use crate::scene::Scene;
use crate::survey::Flaw;

crate::check! {
    /// # Finds
    /// Files that are compressed with something else than deflate.
    ///
    /// # Matters because
    /// Lambda is only known to unpack deflate. With another method an upload ends in `Could not
    /// unzip uploaded file`.
    ///
    /// # For example
    /// `7z a -mm=LZMA app.zip`, or Explorer on Windows, which takes Deflate64 for files over 2 GiB.
    ///
    /// # To mend it
    /// Pack the same files again with deflate: `zip`, `7z -mm=Deflate`, or `barrow build`.
    pub static FOREIGN_COMPRESSION = "foreign-compression", Archive, Error;
}

fn run(scene: &Scene<'_>, report: &mut Report) {
    for package in scene.packages() {
        let compressed: Vec<(&str, u16)> = package.flaws.iter().filter_map(method_of).collect();
        let Some((first, number)) = compressed.first() else {
            continue;
        };
        let method = format!(
            "{} (method {number}); Lambda is known to take deflate",
            method::name(*number)
        );
        let message = match compressed.len() {
            1 => format!("`{first}` is compressed with {method}"),
            count => format!("{count} files are compressed with {method}"),
        };
        let places = package.places(compressed.iter().map(|(name, _)| name));
        report.add(
            Finding::new(&FOREIGN_COMPRESSION, message)
                .places(places)
                .hint("pack the same files with `zip -r` or `7z a -mm=Deflate`"),
        );
    }
}

fn method_of(flaw: &Flaw) -> Option<(&str, u16)> {
    match flaw {
        Flaw::Unsound(CheckZipError::Method { name, method }) => Some((name, *method)),
        _ => None,
    }
}
