//! Names outside ASCII that do not say what they are written in.

use barrow_core::zip::CheckZipError;

use crate::finding::Finding;
use crate::report::Report;
use crate::scene::Scene;
use crate::survey::Flaw;
use crate::survey::flaw::Oddity;

crate::check! {
    /// # Finds
    /// Names outside ASCII that do not say that they are UTF-8, or say so and are not.
    ///
    /// # Matters because
    /// Without the mark a name is in code page 437 by the letter of the format, in UTF-8 by the habit
    /// of many writers, and in the system's own code for others. The file may be unpacked under a name
    /// that your code does not open.
    ///
    /// # For example
    /// `données.csv`, packed by macOS's Finder, is `donne╠ües.csv` to readers that go by the letter.
    ///
    /// # To mend it
    /// `barrow check --fix` marks names that are UTF-8, and writes the others so. Safest is ASCII.
    pub static UNMARKED_NAME = "unmarked-name", Archive, Warning, fixable;
}

fn run(scene: &Scene<'_>, report: &mut Report) {
    for package in scene.packages() {
        let unmarked = package.odd(Oddity::UnmarkedName);
        let broken = package.names_with(|flaw| match flaw {
            Flaw::Unsound(CheckZipError::NameEncoding { name }) => Some(name),
            _ => None,
        });
        let message = match (unmarked.as_slice(), broken.as_slice()) {
            ([], []) => continue,
            ([name], []) => format!("`{name}` is not ASCII and not marked as UTF-8"),
            ([], [name]) => format!("`{name}` is marked as UTF-8 and is not"),
            (unmarked, broken) => {
                let count = unmarked.len() + broken.len();
                format!("{count} names are not ASCII, and not UTF-8 or not marked as such")
            }
        };
        let finding = Finding::new(&UNMARKED_NAME, message)
            .places(package.places(unmarked))
            .places(package.places(broken.iter()));
        report.add(if broken.is_empty() {
            finding.hint("`barrow check --fix` marks names that are UTF-8")
        } else {
            finding
        });
    }
}
