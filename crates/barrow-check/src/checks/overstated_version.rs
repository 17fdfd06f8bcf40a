//! Versions of the format that the content does not ask for.

use crate::finding::Finding;
use crate::report::Report;
use crate::scene::Scene;
use crate::survey::flaw::Oddity;

crate::check! {
    /// # Finds
    /// Files that are made by version 4.5 of the zip format, or need more than 2.0, although they
    /// use nothing of it.
    ///
    /// # Matters because
    /// There is one report, of 2026-03, that Lambda refused packages made by 4.5 without ZIP64
    /// content now and then, with `Could not unzip uploaded file`.
    ///
    /// # For example
    /// A zip from a library that writes the newest version that it knows into every entry.
    ///
    /// # To mend it
    /// `barrow check --fix` writes the version that each file needs: 1.0 or 2.0.
    pub static OVERSTATED_VERSION = "overstated-version", Archive, Note, fixable;
}

fn run(scene: &Scene<'_>, report: &mut Report) {
    for package in scene.packages() {
        let names = package.odd(Oddity::OverstatedVersion);
        let message = match names.as_slice() {
            [] => continue,
            [name] => format!("`{name}` names a version of the zip format that it does not need"),
            names => format!(
                "{} files name a version of the zip format that they do not need",
                names.len()
            ),
        };
        report.add(
            Finding::new(&OVERSTATED_VERSION, message)
                .places(package.places(names))
                .hint("`barrow check --fix` writes the version that is needed"),
        );
    }
}
