//! Folders that the function's user cannot enter.

use crate::checks::unreadable_file::level_of;
use crate::finding::Finding;
use crate::report::Report;
use crate::scene::Scene;

crate::check! {
    /// # Finds
    /// Folders that not everyone can list and enter: modes such as 0700 or 0750.
    ///
    /// # Matters because
    /// In Lambda a package belongs to `root`, and the function runs as another user. Python skips a
    /// folder that it cannot read, and says `No module named …` of everything in it.
    ///
    /// # For example
    /// A project that was checked out on a machine with umask 077, zipped with its folders.
    ///
    /// # To mend it
    /// `barrow check --fix` leaves folders out of the archive: Lambda makes them as they are
    /// needed, with 0755.
    pub static UNREADABLE_FOLDER = "unreadable-folder", Permissions, Error, fixable;
}

fn run(scene: &Scene<'_>, report: &mut Report) {
    for package in scene.packages() {
        let closed: Vec<_> = package
            .folders()
            .iter()
            .filter(|folder| folder.mode.is_some_and(|mode| mode & 0o005 != 0o005))
            .filter(|folder| package.has_folder(folder.path.as_str()))
            .collect();
        let mode = |folder: &crate::Folder| folder.mode.unwrap_or_default();
        let message = match closed.as_slice() {
            [] => continue,
            [folder] => format!(
                "`{}/` has mode {:04o}, with which the function's user cannot enter it",
                folder.path,
                mode(folder)
            ),
            [first, ..] => format!(
                "{} folders have modes with which the function's user cannot enter them, such as \
                 {:04o}",
                closed.len(),
                mode(first)
            ),
        };
        let places = package.places(closed.iter().map(|folder| &folder.path));
        report.add(
            Finding::new(&UNREADABLE_FOLDER, message)
                .level(level_of(package))
                .places(places)
                .mended(package, "leaves folders out; Lambda makes them with 0755"),
        );
    }
}
