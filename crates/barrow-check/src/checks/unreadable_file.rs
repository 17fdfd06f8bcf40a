//! Files that the function's user cannot read.

use crate::finding::{Finding, Level, Place};
use crate::package::{File, Form, Package};
use crate::report::Report;
use crate::scene::Scene;

crate::check! {
    /// # Finds
    /// Files that not everyone can read: modes such as 0600 or 0640.
    ///
    /// # Matters because
    /// In Lambda a package belongs to `root`, and the function runs as another user. Python skips a
    /// module that it cannot read, so the message is `No module named …`, or `[Errno 13] Permission
    /// denied` for a file that is opened.
    ///
    /// # For example
    /// `app.py` with mode 0600, zipped on a machine with umask 077.
    ///
    /// # To mend it
    /// `barrow check --fix` sets 0644, or 0755 where the file was executable.
    pub static UNREADABLE_FILE = "unreadable-file", Permissions, Error, fixable;
}

fn run(scene: &Scene<'_>, report: &mut Report) {
    for package in scene.packages() {
        let unreadable: Vec<_> = package
            .files()
            .iter()
            .filter(|file| !file.is_readable_by_all())
            .collect();
        let Some(first) = unreadable.first() else {
            continue;
        };
        let message = match unreadable.as_slice() {
            [file] => format!(
                "`{}` has mode {:04o}, which the function's user cannot read",
                file.path,
                file.mode.unwrap_or_default()
            ),
            files => format!(
                "{} files have modes that the function's user cannot read, such as {:04o}",
                files.len(),
                first.mode.unwrap_or_default()
            ),
        };
        let places = unreadable
            .iter()
            .map(|file| Place::new(package, file.path.as_str()));
        report.add(
            Finding::new(&UNREADABLE_FILE, message)
                .level(level(package, &unreadable))
                .places(places)
                .mended(package, "gives every file 0644 or 0755"),
        );
    }
}

/// Without its modules a function does not start; without another file it may never miss it.
fn level(package: &Package, unreadable: &[&File]) -> Level {
    let is_needed = |file: &&File| {
        let name = file.path.file_name();
        let (_, suffix) = name.rsplit_once('.').unwrap_or_default();
        matches!(suffix, "py" | "pyc" | "so")
    };
    if unreadable.iter().any(is_needed) {
        level_of(package)
    } else {
        Level::Warning
    }
}

/// Of a folder on disk, modes are this machine's; whether a zip gets them depends on who makes it.
pub(super) fn level_of(package: &Package) -> Level {
    match package.form {
        Form::Folder => Level::Warning,
        Form::Zip { .. } | Form::Plan => Level::Error,
    }
}
