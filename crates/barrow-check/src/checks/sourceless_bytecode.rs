//! Bytecode instead of a source, for another Python.

use crate::bytecode::{self, Location};
use crate::facts::Facts;
use crate::facts::bytecode::{magic_number, version_of};
use crate::finding::{Finding, Level};
use crate::owners;
use crate::package::{File, Package};
use crate::report::Report;
use crate::scene::Scene;

crate::check! {
    /// # Finds
    /// Modules that are there as `.pyc` alone, made by another Python than the runtime's.
    ///
    /// # Matters because
    /// Without a source Python has to take the bytecode, and refuses that of another version:
    /// `Unable to import module 'app': bad magic number in 'app': b'\xa7\r\r\n'`.
    ///
    /// # For example
    /// A package whose sources were removed after `python3.11 -m compileall -b`, for `python3.12`.
    ///
    /// # To mend it
    /// Compile with the runtime's own Python version, or leave the sources in.
    pub static SOURCELESS_BYTECODE = "sourceless-bytecode", Bytecode, Error;
}

fn run(scene: &Scene<'_>, report: &mut Report) {
    let own_magic = magic_number(scene.target.runtime);
    let foreign = owners::group(scene, |package, file| {
        is_alone(package, file) && magic(file).is_some_and(|magic| magic != own_magic)
    });
    for group in foreign {
        let mut versions: Vec<&str> = group
            .files
            .iter()
            .filter_map(|file| magic(file))
            .map(|magic| version_of(magic).unwrap_or("an unknown version"))
            .collect();
        versions.sort_unstable();
        versions.dedup();
        let message = format!(
            "{group} {} bytecode of Python {} without a source; the runtime has Python {}",
            group.verb(if group.owner.is_some() { "has" } else { "is" }, "are"),
            versions.join(" and "),
            scene.target.runtime.python_version()
        );
        // Distributions carry such files as data for their tests.
        let level = match group.owner {
            Some(_) => Level::Warning,
            None => Level::Error,
        };
        report.add(
            Finding::new(&SOURCELESS_BYTECODE, message)
                .level(level)
                .places(group.places()),
        );
    }
}

fn is_alone(package: &Package, file: &File) -> bool {
    match bytecode::locate(file.path.as_str()) {
        Some(Location::Beside { source }) => package.file(&source).is_none(),
        _ => false,
    }
}

fn magic(file: &File) -> Option<u16> {
    match &file.facts {
        Facts::Bytecode(header) => header.magic,
        _ => None,
    }
}
