//! Names that lead out of the package.

use barrow_model::entry_path::EntryPathError;

use crate::finding::Finding;
use crate::report::Report;
use crate::scene::Scene;
use crate::survey::Flaw;

crate::check! {
    /// # Finds
    /// Names that are absolute or have a `..` part.
    ///
    /// # Matters because
    /// Unpacked as they stand they would write over other files. Extractors drop the offending
    /// part, skip the file, or refuse the archive; none puts it where it is expected.
    ///
    /// # For example
    /// `../lib/util.py`, or `/home/me/app.py` from a script that gave `zipfile` absolute paths.
    ///
    /// # To mend it
    /// Pack from inside the folder, with paths relative to it.
    pub static PATH_OUTSIDE_PACKAGE = "path-outside-package", Archive, Error;
}

fn run(scene: &Scene<'_>, report: &mut Report) {
    for package in scene.packages() {
        let names = package.names_with(|flaw| match flaw {
            Flaw::Name {
                name,
                source: EntryPathError::Absolute | EntryPathError::Parent,
                ..
            }
            // A backslash is found first; with it no path is meant where a drive or a `..` is.
            | Flaw::Name {
                name,
                source: EntryPathError::Backslash | EntryPathError::EmptyPart,
                meant: None,
            } => Some(name),
            _ => None,
        });
        let message = match names.as_slice() {
            [] => continue,
            [name] => format!("`{name}` leads out of the package"),
            names => format!("{} names lead out of the package", names.len()),
        };
        let places = package.places(names);
        report.add(Finding::new(&PATH_OUTSIDE_PACKAGE, message).places(places));
    }
}
