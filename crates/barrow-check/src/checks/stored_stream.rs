//! Stored files whose size comes behind them.

use crate::finding::Finding;
use crate::report::Report;
use crate::scene::Scene;
use crate::survey::flaw::Oddity;

crate::check! {
    /// # Finds
    /// Files that are stored, not deflated, and have their size only behind their data.
    ///
    /// # Matters because
    /// Lambda takes them. Readers that go from front to back cannot tell where such a file ends,
    /// and refuse it: Java's `ZipInputStream`, and emulators that are built on it.
    ///
    /// # For example
    /// A package that a JavaScript library streams, as the Serverless Framework writes it.
    ///
    /// # To mend it
    /// `barrow check --fix` writes sizes in front of the data.
    pub static STORED_STREAM = "stored-stream", Archive, Note, fixable;
}

fn run(scene: &Scene<'_>, report: &mut Report) {
    for package in scene.packages() {
        let names = package.odd(Oddity::StoredStream);
        let message = match names.as_slice() {
            [] => continue,
            [name] => format!("`{name}` is stored, with its size only behind its data"),
            names => format!(
                "{} files are stored, with their sizes only behind their data",
                names.len()
            ),
        };
        report.add(
            Finding::new(&STORED_STREAM, message)
                .places(package.places(names))
                .hint("`barrow check --fix` writes sizes in front"),
        );
    }
}
