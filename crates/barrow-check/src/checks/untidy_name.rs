//! Names with parts that say nothing.

use barrow_model::entry_path::EntryPathError;

use crate::finding::Finding;
use crate::report::Report;
use crate::scene::Scene;
use crate::survey::Flaw;

crate::check! {
    /// # Finds
    /// Names with `.` parts or empty ones: `./app.py`, `lib//util.py`.
    ///
    /// # Matters because
    /// Most extractors take them for `app.py` and `lib/util.py`. Those that look a file up by its
    /// name, as Python does when it imports from a zip, do not find it.
    ///
    /// # For example
    /// An archive made by a script that joins paths by hand and begins at `.`.
    ///
    /// # To mend it
    /// `barrow check --fix` writes the plain names.
    pub static UNTIDY_NAME = "untidy-name", Archive, Note, fixable;
}

fn run(scene: &Scene<'_>, report: &mut Report) {
    for package in scene.packages() {
        let names = package.names_with(|flaw| match flaw {
            Flaw::Name {
                name,
                source: EntryPathError::EmptyPart,
                meant: Some(_),
            } => Some(name),
            _ => None,
        });
        let message = match names.as_slice() {
            [] => continue,
            [name] => format!("`{name}` has an empty part or a `.` part"),
            names => format!("{} names have an empty part or a `.` part", names.len()),
        };
        report.add(
            Finding::new(&UNTIDY_NAME, message)
                .places(package.places(names))
                .hint("`barrow check --fix` writes the plain names"),
        );
    }
}
