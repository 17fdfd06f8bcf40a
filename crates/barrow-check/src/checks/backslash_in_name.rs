//! Names that have backslashes where slashes belong.

use barrow_model::EntryPath;
use barrow_model::entry_path::EntryPathError;

use crate::finding::{Finding, Level};
use crate::report::Report;
use crate::scene::Scene;
use crate::survey::Flaw;

crate::check! {
    /// # Finds
    /// Names that have backslashes where slashes belong.
    ///
    /// # Matters because
    /// Lambda does not convert them. `pkg\mod.py` becomes one file of that name beside the others,
    /// and `import pkg.mod` says `No module named 'pkg'`.
    ///
    /// # For example
    /// `Compress-Archive` of Windows PowerShell 5, or a program that joins paths with `\`.
    ///
    /// # To mend it
    /// `barrow check --fix` writes slashes. On Windows, `tar -a -cf app.zip *` and PowerShell 7 do,
    /// too.
    pub static BACKSLASH_IN_NAME = "backslash-in-name", Archive, Error, fixable;
}

fn run(scene: &Scene<'_>, report: &mut Report) {
    for package in scene.packages() {
        let names: Vec<(&str, &EntryPath)> = package.flaws.iter().filter_map(meant).collect();
        let Some((first, path)) = names.first() else {
            continue;
        };
        let message = match names.len() {
            1 => format!("`{first}` has a backslash; expected `{path}`"),
            count => {
                format!("{count} names have backslashes, such as `{first}`; expected `{path}`")
            }
        };
        // A stray data file does not keep a function from starting.
        let level = if names.iter().any(|(_, path)| is_code(path)) {
            Level::Error
        } else {
            Level::Warning
        };
        let places = package.places(names.iter().map(|(name, _)| name));
        report.add(
            Finding::new(&BACKSLASH_IN_NAME, message)
                .level(level)
                .places(places)
                .hint("`barrow check --fix` writes slashes"),
        );
    }
}

/// The name as it is, and as it should be.
fn meant(flaw: &Flaw) -> Option<(&str, &EntryPath)> {
    match flaw {
        Flaw::Name {
            name,
            source: EntryPathError::Backslash,
            meant: Some(path),
        } => Some((name, path)),
        _ => None,
    }
}

fn is_code(path: &EntryPath) -> bool {
    let (_, suffix) = path.file_name().rsplit_once('.').unwrap_or_default();
    matches!(suffix, "py" | "so")
}
