//! Files that systems and editors leave behind.

use barrow_model::Bytes;

use crate::finding::{Finding, Place};
use crate::package::File;
use crate::report::Report;
use crate::scene::Scene;

crate::check! {
    /// # Finds
    /// What operating systems and editors leave behind: `.DS_Store`, `__MACOSX`, `Thumbs.db`, `*.swp`
    /// and others. Not what a distribution brings.
    ///
    /// # Matters because
    /// It is of no use to the function, and changes the package's digest for no reason, so that it is
    /// uploaded again.
    ///
    /// # For example
    /// A folder zipped by the Finder of macOS.
    ///
    /// # To mend it
    /// Leave it out, as `barrow build` does.
    pub static LITTER = "litter", Secrets, Note;
}

fn run(scene: &Scene<'_>, report: &mut Report) {
    for package in scene.packages() {
        let is_own = |file: &&File| {
            let distributions = scene.distributions();
            is_litter(file) && distributions.owner(package, file.path.as_str()).is_none()
        };
        let files: Vec<&File> = package.files().iter().filter(is_own).collect();
        let bytes: Bytes = files.iter().map(|file| Bytes(file.unzipped_bytes)).sum();
        let message = match files.as_slice() {
            [] => continue,
            [file] => format!(
                "`{}` was left behind by a system or an editor: {bytes}",
                file.path
            ),
            files => format!(
                "{} files were left behind by a system or an editor: {bytes}",
                files.len()
            ),
        };
        let places = files
            .iter()
            .map(|file| Place::new(package, file.path.as_str()));
        report.add(Finding::new(&LITTER, message).places(places));
    }
}

fn is_litter(file: &File) -> bool {
    let name = file.path.file_name();
    let is_named = [".DS_Store", "Thumbs.db", "desktop.ini", ".coverage"].contains(&name);
    let is_of_editor = [".swp", ".swo", "~"].iter().any(|end| name.ends_with(end));
    is_named || is_of_editor || name.starts_with("._") || file.path.top() == "__MACOSX"
}
