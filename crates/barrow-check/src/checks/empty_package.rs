//! Packages without a file.

use crate::finding::Finding;
use crate::report::Report;
use crate::scene::Scene;
use crate::survey::Flaw;

crate::check! {
    /// # Finds
    /// Packages without a file: nothing at all, or folders only.
    ///
    /// # Matters because
    /// Lambda answers the upload with `Uploaded file must be a non-empty zip`.
    ///
    /// # For example
    /// `zip -r app.zip src` after `src` was emptied by a build step.
    ///
    /// # To mend it
    /// Put the function's files into the package.
    pub static EMPTY_PACKAGE = "empty-package", Archive, Error;
}

fn run(scene: &Scene<'_>, report: &mut Report) {
    for package in scene.packages() {
        // What could not be read, or has no path, is another check's.
        let is_told = package.flaws.iter().any(|flaw| {
            matches!(
                flaw,
                Flaw::Unreadable { .. } | Flaw::Excessive(_) | Flaw::Name { .. }
            )
        });
        if is_told || !package.files().is_empty() {
            continue;
        }
        let name = &package.name;
        let message = match package.folders().len() {
            0 => format!("`{name}` has no files"),
            1 => format!("`{name}` has one folder and no files"),
            folders => format!("`{name}` has {folders} folders and no files"),
        };
        let refused = "Lambda: `Uploaded file must be a non-empty zip`";
        report.add(Finding::new(&EMPTY_PACKAGE, message).detail(refused));
    }
}
