//! Programs that nobody may execute.

use barrow_model::EntryPath;

use crate::facts::{Facts, elf};
use crate::finding::{Finding, Level};
use crate::package::{File, Form, Kind, Package};
use crate::report::Report;
use crate::scene::Scene;

crate::check! {
    /// # Finds
    /// Programs without the right to execute them: ELF programs, scripts in `bin/`, and extensions
    /// of a layer.
    ///
    /// # Matters because
    /// Starting one says `Permission denied`. An extension in `/opt/extensions` that cannot be
    /// started keeps the function from starting at all. Zips made on Windows have no such rights in
    /// them.
    ///
    /// # For example
    /// `bin/ffmpeg` with mode 0644, zipped on Windows or by a script that sets one mode for all.
    ///
    /// # To mend it
    /// `barrow check --fix` gives programs 0755.
    pub static PROGRAM_WITHOUT_X = "program-without-x", Permissions, Warning, fixable;
}

fn run(scene: &Scene<'_>, report: &mut Report) {
    for package in scene.packages() {
        for level in [Level::Error, Level::Warning, Level::Note] {
            let files = package.files().iter();
            let programs: Vec<&File> = files
                .filter(|file| {
                    !file.is_executable_by_all()
                        && importance(package, &file.path, file) == Some(level)
                })
                .collect();
            let message = match programs.as_slice() {
                [] => continue,
                [file] => format!("`{}` is a program that nobody may execute", file.path),
                files => format!("{} programs that nobody may execute", files.len()),
            };
            let places = package.places(programs.iter().map(|file| &file.path));
            report.add(
                Finding::new(&PROGRAM_WITHOUT_X, message)
                    .level(level)
                    .places(places)
                    .mended(package, "gives programs 0755"),
            );
        }
    }
}

/// What comes of a file that cannot be started where it is at `path`; `None` for what is no program.
pub(crate) fn importance(package: &Package, path: &EntryPath, file: &File) -> Option<Level> {
    let (folder, _) = path.as_str().rsplit_once('/').unwrap_or_default();
    let is_layer = package.kind == Kind::Layer;
    // Lambda starts every file there before the function.
    if is_layer && folder == "extensions" {
        return Some(Level::Error);
    }
    // `barrow build` knows what of its files is a program.
    if package.form == Form::Plan {
        return None;
    }
    match &file.facts {
        Facts::Elf(elf) => matches!(elf.kind, elf::Kind::Program { .. }).then_some(Level::Warning),
        Facts::Script(script) if matches!(folder, "bin" | "python/bin") => {
            // Such as pip makes for entry points, and functions hardly ever call.
            let is_entry_point = script.interpreter.contains("python");
            Some(if is_entry_point {
                Level::Note
            } else {
                Level::Warning
            })
        }
        _ => None,
    }
}
