//! Paths that are a file and a folder.

use crate::finding::Finding;
use crate::report::Report;
use crate::scene::Scene;

crate::check! {
    /// # Finds
    /// Paths that are a file of the package, and a folder with other files.
    ///
    /// # Matters because
    /// Linux has one or the other. An extractor stops at the second, and Lambda says `Could not
    /// unzip uploaded file`.
    ///
    /// # For example
    /// `config` from one step of a build, `config/prod.json` from another.
    ///
    /// # To mend it
    /// Rename or leave out one of the two.
    pub static FILE_AND_FOLDER = "file-and-folder", Archive, Error;
}

fn run(scene: &Scene<'_>, report: &mut Report) {
    for package in scene.packages() {
        let both = package.files_that_are_folders();
        let message = match both.as_slice() {
            [] => continue,
            [path] => format!("`{path}` is a file and a folder"),
            paths => format!("{} paths are a file and a folder each", paths.len()),
        };
        report.add(Finding::new(&FILE_AND_FOLDER, message).places(package.places(both)));
    }
}
