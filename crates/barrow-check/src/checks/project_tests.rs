//! The project's own tests.

use barrow_model::Bytes;

use crate::finding::{Finding, Place};
use crate::package::File;
use crate::report::Report;
use crate::scene::Scene;

crate::check! {
    /// # Finds
    /// The project's own tests: a folder `tests` or `test` at the top that no distribution brings, and
    /// `conftest.py`.
    ///
    /// # Matters because
    /// They are of no use to the function. They take space, and often hold data that is not meant to
    /// leave the project.
    ///
    /// # For example
    /// `zip -r app.zip .` in a project.
    ///
    /// # To mend it
    /// Leave them out: `exclude` in `[tool.barrow]`, or the ignore file of the tool that packs.
    pub static PROJECT_TESTS = "project-tests", Secrets, Note;
}

fn run(scene: &Scene<'_>, report: &mut Report) {
    let Some(package) = scene.function else {
        return;
    };
    let is_test = |file: &&File| {
        let path = file.path.as_str();
        let is_named =
            path == "conftest.py" || path.starts_with("tests/") || path.starts_with("test/");
        is_named && scene.distributions().owner(package, path).is_none()
    };
    let files: Vec<&File> = package.files().iter().filter(is_test).collect();
    // A folder of that name may hold anything.
    if !files.iter().any(|file| file.path.as_str().ends_with(".py")) {
        return;
    }
    let bytes: Bytes = files.iter().map(|file| Bytes(file.unzipped_bytes)).sum();
    let message = match files.len() {
        1 => format!("1 file of the project's own tests is in the package: {bytes}"),
        many => format!("{many} files of the project's own tests are in the package: {bytes}"),
    };
    let places = files
        .iter()
        .map(|file| Place::new(package, file.path.as_str()));
    report.add(Finding::new(&PROJECT_TESTS, message).places(places));
}
