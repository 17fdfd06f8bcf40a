//! Cached bytecode that does not fit its source.

use crate::bytecode::{self, Location};
use crate::facts::Facts;
use crate::facts::bytecode::{Validity, magic_number};
use crate::finding::{Finding, Place};
use crate::package::{File, Package};
use crate::report::Report;
use crate::scene::Scene;

crate::check! {
    /// # Finds
    /// Bytecode in `__pycache__` that was compiled from a source of another time or size than the
    /// one in the package.
    ///
    /// # Matters because
    /// Python compares both, passes over bytecode that does not fit, and compiles the module at
    /// every cold start: it cannot write the result into `/var/task`. A zip holds times in steps of
    /// two seconds and without a time zone, so that bytecode with odd times never fits.
    ///
    /// # For example
    /// A folder with `__pycache__` from `pip install`, zipped by a tool that sets all times to 1980.
    ///
    /// # To mend it
    /// `barrow check --fix` leaves `__pycache__` out. To start faster, compile with
    /// `python -m compileall --invalidation-mode unchecked-hash`: that is not compared with anything.
    /// Bytecode that is valid by its source's hash is not looked at.
    pub static STALE_BYTECODE = "stale-bytecode", Bytecode, Warning, fixable;
}

fn run(scene: &Scene<'_>, report: &mut Report) {
    let own_magic = magic_number(scene.target.runtime);
    for package in scene.packages() {
        let stale = bytecode::files(package).filter(|file| is_stale(package, file, own_magic));
        let places: Vec<Place> = stale
            .map(|file| Place::new(package, file.path.as_str()))
            .collect();
        let message = match places.len() {
            0 => continue,
            1 => {
                "1 file of bytecode does not fit its source by time or size; Python compiles that \
                  at every start"
                    .to_owned()
            }
            many => format!(
                "{many} files of bytecode do not fit their sources by time or size; Python compiles \
                 those at every start"
            ),
        };
        report.add(
            Finding::new(&STALE_BYTECODE, message)
                .places(places)
                .mended(package, "leaves `__pycache__` out")
                .hint(
                    "`python -m compileall --invalidation-mode unchecked-hash` makes bytecode that \
                     is never stale",
                ),
        );
    }
}

fn is_stale(package: &Package, file: &File, own_magic: u16) -> bool {
    let Facts::Bytecode(header) = &file.facts else {
        return false;
    };
    let (Validity::Source { modified, bytes }, Some(magic)) = (header.validity, header.magic)
    else {
        return false;
    };
    let Some(Location::Cache { source, .. }) = bytecode::locate(file.path.as_str()) else {
        return false;
    };
    let Some(source) = package.file(&source).filter(|_| magic == own_magic) else {
        return false;
    };
    // Both are kept modulo 2^32.
    source.unzipped_bytes as u32 != bytes
        || source
            .modified
            .is_some_and(|seconds| seconds.cast_unsigned() as u32 != modified)
}
