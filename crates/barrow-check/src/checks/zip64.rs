//! Wide numbers that an archive does not need.

use crate::finding::Finding;
use crate::report::Report;
use crate::scene::Scene;
use crate::survey::Flaw;
use crate::survey::flaw::Oddity;

crate::check! {
    /// # Finds
    /// ZIP64 numbers, the format's extension to 64 bits, in an archive for which 32 would do.
    ///
    /// # Matters because
    /// No package that Lambda takes is large enough to need it, AWS does not say whether Lambda
    /// reads it, and some readers do not.
    ///
    /// # For example
    /// `zipfile.ZipFile.open(name, "w", force_zip64=True)`, or a writer that does not know sizes
    /// beforehand.
    ///
    /// # To mend it
    /// `barrow check --fix` writes plain numbers.
    pub static ZIP64 = "zip64", Archive, Note, fixable;
}

fn run(scene: &Scene<'_>, report: &mut Report) {
    for package in scene.packages() {
        let names = package.odd(Oddity::NeedlessZip64);
        let mut flaws = package.flaws.iter();
        let has_end = flaws.any(|flaw| matches!(flaw, Flaw::NeedlessZip64End));
        let message = match names.as_slice() {
            [] if !has_end => continue,
            [] => format!("`{}` ends in a ZIP64 record without need", package.name),
            [name] => format!("`{name}` has ZIP64 numbers without need"),
            names => format!("{} files have ZIP64 numbers without need", names.len()),
        };
        report.add(
            Finding::new(&ZIP64, message)
                .places(package.places(names))
                .hint("`barrow check --fix` writes plain numbers"),
        );
    }
}
