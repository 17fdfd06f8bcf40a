//! Cached bytecode of another Python.

use std::collections::BTreeSet;

use barrow_model::Bytes;

use crate::bytecode::{self, Location};
use crate::extension::spell_version;
use crate::facts::Facts;
use crate::facts::bytecode::{magic_number, version_of};
use crate::finding::{Finding, Place};
use crate::package::File;
use crate::report::Report;
use crate::scene::Scene;

crate::check! {
    /// # Finds
    /// Bytecode in `__pycache__` that another Python made than the runtime's.
    ///
    /// # Matters because
    /// Python does not look at it, and compiles the module at every cold start: it cannot write
    /// the result into `/var/task`. The files only take space.
    ///
    /// # For example
    /// Packages installed by `pip` of Python 3.11, for `python3.12`.
    ///
    /// # To mend it
    /// `barrow check --fix` leaves `__pycache__` out.
    pub static FOREIGN_BYTECODE = "foreign-bytecode", Bytecode, Warning, fixable;
}

fn run(scene: &Scene<'_>, report: &mut Report) {
    let runtime = scene.target.runtime;
    let own_tag = format!("cpython-{}", runtime.python_version().replace('.', ""));
    let own_magic = magic_number(runtime);
    for package in scene.packages() {
        let (mut versions, mut places) = (BTreeSet::new(), Vec::new());
        let mut bytes = Bytes(0);
        for file in bytecode::files(package) {
            let Some(version) = foreign_version(file, &own_tag, own_magic) else {
                continue;
            };
            versions.insert(version);
            bytes = bytes + Bytes(file.unzipped_bytes);
            places.push(Place::new(package, file.path.as_str()));
        }
        if places.is_empty() {
            continue;
        }
        let files = match places.len() {
            1 => "1 file of bytecode is".to_owned(),
            many => format!("{many} files of bytecode are"),
        };
        let versions: Vec<String> = versions.into_iter().collect();
        let message = format!(
            "{files} of {}, which {runtime} does not read: {bytes}",
            versions.join(" and ")
        );
        report.add(
            Finding::new(&FOREIGN_BYTECODE, message)
                .places(places)
                .mended(package, "leaves `__pycache__` out"),
        );
    }
}

/// Whose bytecode it is, if not the runtime's. What is named for the runtime and is not its own
/// is passed over by Python like the rest.
fn foreign_version(file: &File, own_tag: &str, own_magic: u16) -> Option<String> {
    let Some(Location::Cache { tag, .. }) = bytecode::locate(file.path.as_str()) else {
        return None;
    };
    let tag = tag.split('.').next().unwrap_or(tag);
    if tag != own_tag {
        let version = tag.strip_prefix("cpython-").map(spell_version);
        return Some(version.map_or_else(|| format!("`{tag}`"), |it| format!("Python {it}")));
    }
    let Facts::Bytecode(header) = &file.facts else {
        return None;
    };
    match header.magic {
        Some(magic) if magic == own_magic => None,
        Some(magic) => Some(match version_of(magic) {
            Some(version) => format!("Python {version}"),
            None => "an unknown Python".to_owned(),
        }),
        None => Some("no Python".to_owned()),
    }
}
