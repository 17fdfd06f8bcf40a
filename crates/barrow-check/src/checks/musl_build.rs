//! Binaries for Alpine Linux.

use crate::extension::{self, Tag};
use crate::facts::elf::{Kind, Machine};
use crate::finding::{Finding, Level};
use crate::owners;
use crate::package::File;
use crate::report::Report;
use crate::scene::Scene;

crate::check! {
    /// # Finds
    /// Extension modules, libraries and programs that are linked against musl, the C library of
    /// Alpine Linux.
    ///
    /// # Matters because
    /// Lambda's runtimes have glibc. Python passes over modules with `-linux-musl` in their name,
    /// `No module named …`; the loader does not find the library of others, `libc.musl-x86_64.so.1:
    /// cannot open shared object file`.
    ///
    /// # For example
    /// Dependencies that were installed in a container from `python:3.12-alpine`.
    ///
    /// # To mend it
    /// Build with `barrow build`, or in an image that has glibc, such as `python:3.12-slim`. Programs
    /// that are linked statically run everywhere.
    pub static MUSL_BUILD = "musl-build", Binaries, Error;
}

fn run(scene: &Scene<'_>, report: &mut Report) {
    let machine = Machine::of(scene.target.arch);
    let is_musl = |file: &File| {
        file.elf()
            .is_some_and(|elf| elf.machine == machine && (elf.is_musl() || is_named_so(file)))
    };
    for group in owners::group(scene, |_, file| is_musl(file)) {
        let mut finding = Finding::new(
            &MUSL_BUILD,
            format!(
                "{group} {} built for musl, the C library of Alpine Linux; {} has glibc",
                group.verb("is", "are"),
                scene.target.runtime
            ),
        )
        .places(group.places());
        let only_programs = group.files.iter().all(|file| {
            file.elf()
                .is_some_and(|elf| matches!(elf.kind, Kind::Program { .. }))
        });
        if only_programs {
            finding = finding.level(Level::Warning);
        }
        if group.owner.is_some() {
            finding = finding.hint("`barrow build` takes the wheels for glibc");
        }
        report.add(finding);
    }
}

fn is_named_so(file: &File) -> bool {
    let name = extension::parse(file.path.file_name());
    name.is_some_and(|name| match name.tag {
        Tag::CPython { platform, .. } => platform.ends_with("-musl"),
        _ => false,
    })
}
