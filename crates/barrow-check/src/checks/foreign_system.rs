//! Binaries for Windows and macOS.

use std::collections::{BTreeSet, HashSet};

use crate::extension::module_path;
use crate::facts::Facts;
use crate::facts::foreign::Format;
use crate::finding::{Finding, Level};
use crate::owners;
use crate::package::{File, Package};
use crate::report::Report;
use crate::scene::Scene;

crate::check! {
    /// # Finds
    /// Binaries for Windows or macOS: `.pyd`, `.dll`, `.dylib`, `.exe`, and `.so` files that are none
    /// of Linux's.
    ///
    /// # Matters because
    /// Functions run on Linux. A module that is there for another system only fails at its import:
    /// `invalid ELF header`, or `No module named …`.
    ///
    /// # For example
    /// `pip install -t package pandas` on a Mac, and the folder zipped as it is.
    ///
    /// # To mend it
    /// `barrow build` takes the wheels for Lambda on every system; with pip it is
    /// `--platform manylinux2014_x86_64 --only-binary=:all:`. Other binaries, such as the launchers
    /// that `setuptools` carries, only take space and are noted.
    pub static FOREIGN_SYSTEM = "foreign-system", Binaries, Error;
}

fn run(scene: &Scene<'_>, report: &mut Report) {
    let linux = owners::group(scene, |_, file| file.elf().is_some());
    let loadable: HashSet<&str> = scene
        .packages()
        .flat_map(Package::files)
        .filter(|file| file.elf().is_some() || matches!(file.facts, Facts::Python(_)))
        .map(|file| module_path(file.path.as_str()))
        .collect();
    for group in owners::group(scene, |_, file| format(file).is_some()) {
        let formats: BTreeSet<Format> =
            group.files.iter().filter_map(|file| format(file)).collect();
        let formats: Vec<String> = formats.iter().map(ToString::to_string).collect();
        let has_no_like =
            |file: &&File| is_module(file) && !loadable.contains(module_path(file.path.as_str()));
        let is_without = group.files.iter().any(has_no_like);
        let is_mixed = linux.iter().any(|other| group.has_owner_of(other));
        let level = match (is_without, is_mixed) {
            (true, false) => Level::Error,
            (true, true) => Level::Warning,
            (false, _) => Level::Note,
        };
        let message = match level {
            Level::Error | Level::Warning => format!(
                "{group} {} built for {}; functions run on Linux",
                group.verb("is", "are"),
                formats.join(" and ")
            ),
            Level::Note if group.owner.is_some() => format!(
                "{group} has files for {}, which only take space: {}",
                formats.join(" and "),
                group.unzipped()
            ),
            Level::Note => format!(
                "{group} {} for {}, and only {} space: {}",
                group.verb("is", "are"),
                formats.join(" and "),
                group.verb("takes", "take"),
                group.unzipped()
            ),
        };
        let mut finding = Finding::new(&FOREIGN_SYSTEM, message)
            .level(level)
            .places(group.places());
        if level == Level::Error && group.owner.is_some() {
            finding = finding.hint("`barrow build` takes the wheels for Linux, on every system");
        }
        report.add(finding);
    }
}

fn format(file: &File) -> Option<Format> {
    match file.facts {
        Facts::Foreign(format) => Some(format),
        _ => None,
    }
}

/// Whether Python would import it on its own system.
fn is_module(file: &File) -> bool {
    let name = file.path.file_name();
    name.ends_with(".pyd") || name.ends_with(".so")
}
