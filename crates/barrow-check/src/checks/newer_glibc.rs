//! Binaries that need a newer C or C++ library than the runtime has.

use std::collections::BTreeMap;

use crate::facts::elf::{Elf, Kind, Machine};
use crate::finding::{Finding, Level};
use crate::libraries::{Found, Libraries};
use crate::owners;
use crate::package::{File, Package};
use crate::report::Report;
use crate::scene::Scene;
use crate::system::{Series, SymbolVersion};

crate::check! {
    /// # Finds
    /// Extension modules, libraries and programs that need newer versions of glibc, libstdc++ or
    /// libgcc than the runtime's operating system has.
    ///
    /// # Matters because
    /// The loader refuses them, and Lambda says ``Unable to import module 'app':
    /// /lib64/libc.so.6: version `GLIBC_2.28' not found (required by /var/task/…so)``. Runtimes up
    /// to `python3.11` run on Amazon Linux 2 with glibc 2.26 and the libstdc++ of GCC 7, later ones
    /// on Amazon Linux 2023 with glibc 2.34 and that of GCC 11.
    ///
    /// # For example
    /// A wheel tagged `manylinux_2_28` for `python3.11`, or a module that was compiled on the
    /// developer's machine.
    ///
    /// # To mend it
    /// `barrow build` takes wheels that fit the runtime. What is compiled by hand has to be compiled
    /// on the runtime's own system, or on an older one. Python 3.12 and later have the newer system.
    /// Libraries that the package brings itself are not held against the system's.
    pub static NEWER_GLIBC = "newer-glibc", Binaries, Error;
}

fn run(scene: &Scene<'_>, report: &mut Report) {
    let runtime = scene.target.runtime;
    let libraries = Libraries::new(scene);
    let machine = Machine::of(scene.target.arch);
    let too_new = owners::group(scene, |package, file| {
        let elf = file.elf().filter(|elf| elf.machine == machine);
        elf.is_some_and(|elf| !missing(scene, &libraries, package, file, elf).is_empty())
    });
    for group in too_new {
        // The newest of each library is what decides; the others would follow from it.
        let mut newest: BTreeMap<Series, SymbolVersion> = BTreeMap::new();
        for file in &group.files {
            let elf = file.elf().expect("only binaries are in the group");
            for version in missing(scene, &libraries, group.package, file, elf) {
                let known = newest.entry(version.series).or_insert(version);
                *known = version.max(*known);
            }
        }
        let needed: Vec<String> = newest
            .values()
            .map(|version| format!("`{version}`"))
            .collect();
        let has: Vec<String> = newest
            .keys()
            .map(|series| match series {
                Series::Glibc => format!("glibc {}", runtime.glibc()),
                _ => format!("`{}`", SymbolVersion::newest(runtime, *series)),
            })
            .collect();
        let only_programs = group.files.iter().all(|file| {
            file.elf()
                .is_some_and(|elf| matches!(elf.kind, Kind::Program { .. }))
        });
        let mut finding = Finding::new(
            &NEWER_GLIBC,
            format!(
                "{group} {} {}; {runtime} runs on {}, which has {}",
                group.verb("needs", "need"),
                needed.join(" and "),
                runtime.operating_system(),
                has.join(" and ")
            ),
        )
        .places(group.places());
        if only_programs {
            finding = finding.level(Level::Warning);
        }
        if let Some(owner) = group.owner {
            finding = finding.hint(format!(
                "`barrow build` takes a wheel of `{}` that loads on glibc {}, where there is one",
                owner.name(),
                runtime.glibc()
            ));
        }
        report.add(finding);
    }
}

/// The versions that the loader would look for in the system's libraries, and not find.
fn missing<'s>(
    scene: &Scene<'_>,
    libraries: &Libraries<'s>,
    package: &'s Package,
    file: &'s File,
    elf: &Elf,
) -> Vec<SymbolVersion> {
    let of_system = elf.versions.iter().filter(|versions| {
        let found = libraries.find((package, file), elf, &versions.library);
        matches!(found, Found::System | Found::Nowhere(_))
    });
    of_system
        .flat_map(|versions| &versions.names)
        .filter_map(|name| SymbolVersion::parse(name))
        .filter(|version| !version.is_in(scene.target.runtime))
        .collect()
}
