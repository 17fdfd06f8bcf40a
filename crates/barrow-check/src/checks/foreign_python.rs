//! Extension modules of another Python.

use std::collections::{BTreeSet, HashSet};

use crate::extension::{self, Tag, module_path, spell_version};
use crate::finding::{Finding, Level};
use crate::owners::{self, Owned};
use crate::package::{File, Package};
use crate::report::Report;
use crate::scene::Scene;

crate::check! {
    /// # Finds
    /// Extension modules whose file name says that they are compiled for another Python than the
    /// runtime's.
    ///
    /// # Matters because
    /// Python matches the whole name, `_x.cpython-312-x86_64-linux-gnu.so`, and passes over those of
    /// other versions as if they were not there: `No module named 'pydantic_core._pydantic_core'`.
    ///
    /// # For example
    /// `numpy` installed by `pip` of Python 3.11, in a package for `python3.12`.
    ///
    /// # To mend it
    /// `barrow build --runtime python3.12` takes wheels for that version, whatever Python is on the
    /// machine; with pip it is `--python-version 3.12 --only-binary=:all:`. Or choose the runtime that
    /// the package is for. Modules without a version in their name, or with `abi3`, are for every
    /// version, and those that have their like for the right version beside them do no harm.
    /// With a source beside them they are noted: Python takes that, which is slower.
    pub static FOREIGN_PYTHON = "foreign-python", Binaries, Error;
}

fn run(scene: &Scene<'_>, report: &mut Report) {
    let version = scene.target.runtime.python_version().replace('.', "");
    let is_for_every = |file: &File| matches!(tag(file), Some(Tag::Plain | Tag::Stable));
    let is_right = |file: &File| version_of(file).is_some_and(|of_file| of_file == version);
    let right = owners::group(scene, |_, file| is_right(file));
    let right_modules: HashSet<&str> = scene
        .packages()
        .flat_map(Package::files)
        .filter(|file| is_right(file) || is_for_every(file))
        .map(|file| module_path(file.path.as_str()))
        .collect();
    let foreign = owners::group(scene, |_, file| {
        version_of(file).is_some_and(|of_file| of_file != version)
            && !right_modules.contains(module_path(file.path.as_str()))
    });
    for group in foreign {
        let versions: BTreeSet<String> = group
            .files
            .iter()
            .filter_map(|file| version_of(file))
            .map(spell_version)
            .collect();
        let versions: Vec<String> = versions.into_iter().collect();
        let message = format!(
            "{group} {} compiled for Python {}; the runtime has Python {}",
            group.verb("is", "are"),
            versions.join(" and "),
            scene.target.runtime.python_version()
        );
        let mut finding = Finding::new(&FOREIGN_PYTHON, message)
            .level(level(&group, &right))
            .places(group.places());
        if group.owner.is_some() {
            finding = finding.hint(format!(
                "`barrow build --runtime {}` takes the wheels for it",
                scene.target.runtime
            ));
        }
        report.add(finding);
    }
}

/// Where a distribution has modules for this Python as well, the others may be meant for others.
/// Where there is a source, it is only slower.
fn level(group: &Owned<'_>, right: &[Owned<'_>]) -> Level {
    let has_source = |file: &&File| extension::has_source(group.package, file);
    if group.files.iter().all(has_source) {
        Level::Note
    } else if right.iter().any(|other| group.has_owner_of(other)) {
        Level::Warning
    } else {
        Level::Error
    }
}

/// Of binaries for Linux; those of other systems fail for that.
fn tag(file: &File) -> Option<Tag<'_>> {
    file.elf()?;
    extension::parse(file.path.file_name()).map(|name| name.tag)
}

fn version_of(file: &File) -> Option<&str> {
    match tag(file)? {
        Tag::CPython { version, .. } => Some(version),
        Tag::Other(_) | Tag::Plain | Tag::Stable => None,
    }
}
