//! Archives inside of a package.

use barrow_model::Bytes;

use crate::finding::{Finding, Level, Place};
use crate::package::{File, Package};
use crate::report::Report;
use crate::scene::Scene;

crate::check! {
    /// # Finds
    /// Archives inside of a package: `.zip`, `.whl`, `.tar.gz` and others. Not what a distribution
    /// brings, nor what lies beside a module as its data.
    ///
    /// # Matters because
    /// Lambda unpacks the package, and not what is in it. A package zipped twice has no handler:
    /// `No module named 'lambda_function'`. A former package, or the wheels that it was made from,
    /// only take space.
    ///
    /// # For example
    /// `dist/app.zip` in the folder that is zipped.
    ///
    /// # To mend it
    /// Leave it out, or zip its content. Where there is no Python beside it, it is a warning.
    pub static NESTED_ARCHIVE = "nested-archive", Secrets, Note;
}

const ENDS: [&str; 8] = [
    ".zip", ".whl", ".egg", ".tar.gz", ".tgz", ".tar.bz2", ".tar.xz", ".7z",
];

fn run(scene: &Scene<'_>, report: &mut Report) {
    for package in scene.packages() {
        let is_own_archive = |file: &&File| {
            let path = file.path.as_str();
            ENDS.iter().any(|end| path.ends_with(end))
                && !is_data(package, path)
                && scene.distributions().owner(package, path).is_none()
        };
        let files: Vec<&File> = package.files().iter().filter(is_own_archive).collect();
        let bytes: Bytes = files.iter().map(|file| Bytes(file.unzipped_bytes)).sum();
        let message = match files.as_slice() {
            [] => continue,
            [file] => format!(
                "`{}` is an archive inside of the package: {bytes}",
                file.path
            ),
            files => format!(
                "{} files are archives inside of the package: {bytes}",
                files.len()
            ),
        };
        let has_code = package.files().iter().any(|file| {
            let name = file.path.file_name();
            [".py", ".pyc", ".so"].iter().any(|end| name.ends_with(end))
        });
        let mut finding = Finding::new(&NESTED_ARCHIVE, message).places(
            files
                .iter()
                .map(|file| Place::new(package, file.path.as_str())),
        );
        if !has_code {
            finding = finding
                .level(Level::Warning)
                .hint("zip the archive's content, not the archive");
        }
        report.add(finding);
    }
}

/// Whether a module lies beside it.
fn is_data(package: &Package, path: &str) -> bool {
    let folder = path.rsplit_once('/').map_or("", |(folder, _)| folder);
    package.file(&format!("{folder}/__init__.py")).is_some()
}
