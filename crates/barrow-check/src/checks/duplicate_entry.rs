//! Files that an archive lists twice.

use barrow_core::zip::CheckZipError;

use crate::finding::Finding;
use crate::report::Report;
use crate::scene::Scene;
use crate::survey::Flaw;

crate::check! {
    /// # Finds
    /// Files that the archive lists more than once.
    ///
    /// # Matters because
    /// Which one counts is up to the reader: most let the later one win, some the first, some
    /// refuse the archive. Nothing is known of Lambda.
    ///
    /// # For example
    /// `zipfile.ZipFile(path, "a")` that writes `app.py` again instead of replacing it.
    ///
    /// # To mend it
    /// `barrow check --fix` keeps the later one, which is what unpacking one after the other
    /// leaves.
    pub static DUPLICATE_ENTRY = "duplicate-entry", Archive, Warning, fixable;
}

fn run(scene: &Scene<'_>, report: &mut Report) {
    for package in scene.packages() {
        let names = package.names_with(|flaw| match flaw {
            Flaw::Unsound(CheckZipError::Duplicate { name }) => Some(name),
            _ => None,
        });
        let message = match names.as_slice() {
            [] => continue,
            [name] => format!("`{name}` is in the archive more than once"),
            names => format!("{} files are in the archive more than once", names.len()),
        };
        report.add(
            Finding::new(&DUPLICATE_ENTRY, message)
                .places(package.places(names))
                .hint("`barrow check --fix` keeps the later one"),
        );
    }
}
