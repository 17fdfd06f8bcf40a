//! Compiled code for another processor.

use std::collections::HashSet;

use crate::extension::{has_source, module_path};
use crate::facts::elf::{Elf, Kind, Machine};
use crate::finding::{Finding, Level};
use crate::owners::{self, Owned};
use crate::package::File;
use crate::report::Report;
use crate::scene::Scene;

crate::check! {
    /// # Finds
    /// Extension modules, libraries and programs that are compiled for another processor than the
    /// function's.
    ///
    /// # Matters because
    /// Lambda accepts the upload. The first import then fails, usually as `No module named …`,
    /// which names neither the file nor the processor: Python looks for a file whose name has its
    /// own processor in it, and does not find one.
    ///
    /// # For example
    /// `orjson` as `pip install` gets it on a laptop with an Intel processor, in a package for
    /// `arm64`.
    ///
    /// # To mend it
    /// Build for the function's architecture: `barrow build --arch arm64` takes the right wheels,
    /// whatever machine it runs on. Or give the function the architecture that the package is for.
    /// A file that has its like for the right processor, or its source, beside it is only noted.
    pub static FOREIGN_MACHINE = "foreign-machine", Binaries, Error;
}

fn run(scene: &Scene<'_>, report: &mut Report) {
    let expected = Machine::of(scene.target.arch);
    let right = owners::group(scene, |_, file| {
        loadable(file).is_some_and(|elf| elf.machine == expected)
    });
    let foreign = owners::group(scene, |_, file| {
        loadable(file).is_some_and(|elf| elf.machine != expected)
    });
    for group in foreign {
        let elves = || group.files.iter().filter_map(|file| loadable(file));
        let mut machines: Vec<Machine> = elves().map(|elf| elf.machine).collect();
        machines.sort_unstable();
        machines.dedup();
        let machines: Vec<String> = machines.iter().map(ToString::to_string).collect();
        let message = format!(
            "{group} {} compiled for {}; the function runs on {}",
            group.verb("is", "are"),
            machines.join(" and "),
            scene.target.arch
        );
        let mut finding = Finding::new(&FOREIGN_MACHINE, message)
            .level(level(&group, &right))
            .places(group.places());
        if group.owner.is_some() && finding.level == Level::Error {
            finding = finding.hint(format!(
                "`barrow build --arch {}` takes the wheels for it",
                scene.target.arch
            ));
        }
        report.add(finding);
    }
}

/// Wheels for several processors exist, and so do folders into which two were installed: what has
/// its like for the right one beside it does no harm. Nor does what has a source: Python takes that.
fn level(group: &Owned<'_>, right: &[Owned<'_>]) -> Level {
    let right_modules: HashSet<&str> = right
        .iter()
        .filter(|other| std::ptr::eq(other.package, group.package))
        .flat_map(|other| &other.files)
        .map(|file| module_path(file.path.as_str()))
        .collect();
    let is_harmless = |file: &&File| {
        right_modules.contains(module_path(file.path.as_str())) || has_source(group.package, file)
    };
    if group.files.iter().all(is_harmless) {
        return Level::Note;
    }
    let is_mixed = right.iter().any(|other| group.has_owner_of(other));
    let only_programs = group
        .files
        .iter()
        .all(|file| loadable(file).is_some_and(|elf| matches!(elf.kind, Kind::Program { .. })));
    if is_mixed || only_programs {
        Level::Warning
    } else {
        Level::Error
    }
}

/// Compilers read `.o` files; nothing loads them.
fn loadable(file: &File) -> Option<&Elf> {
    file.elf().filter(|elf| elf.kind != Kind::Object)
}
