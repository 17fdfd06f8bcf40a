//! Names outside ASCII that do not say what they are written in.

use barrow_core::zip::CheckZipError;

use crate::finding::{Finding, Level};
use crate::report::Report;
use crate::scene::Scene;
use crate::survey::Flaw;
use crate::survey::flaw::Oddity;

crate::check! {
    /// # Finds
    /// Names outside ASCII that do not say that they are UTF-8, or say so and are not.
    ///
    /// # Matters because
    /// Without the mark a name is in code page 437 by the letter of the format, and in the system's
    /// own code by the habit of many writers. Where it is UTF-8, as on Linux, most extractors keep
    /// it; otherwise the file may be unpacked under a name that your code does not open.
    ///
    /// # For example
    /// `données.csv`, packed by `zip` on Linux, is `donn├⌐es.csv` to readers that go by the letter.
    ///
    /// # To mend it
    /// `barrow check --fix` marks names that are UTF-8. Safest is to keep to ASCII.
    pub static UNMARKED_NAME = "unmarked-name", Archive, Warning, fixable;
}

fn run(scene: &Scene<'_>, report: &mut Report) {
    for package in scene.packages() {
        let unmarked = package.odd(Oddity::UnmarkedName);
        let message = match unmarked.as_slice() {
            [] => None,
            [name] => Some(format!("`{name}` is UTF-8 and not marked as such")),
            names => Some(format!(
                "{} names are UTF-8 and not marked as such",
                names.len()
            )),
        };
        report.extend(message.map(|message| {
            Finding::new(&UNMARKED_NAME, message)
                .level(Level::Note)
                .places(package.places(unmarked))
                .hint("`barrow check --fix` marks names that are UTF-8")
        }));

        let broken = package.names_with(|flaw| match flaw {
            Flaw::Unsound(CheckZipError::NameEncoding { name })
            | Flaw::Odd {
                name,
                oddity: Oddity::UnknownName,
            } => Some(name),
            _ => None,
        });
        let message = match broken.as_slice() {
            [] => continue,
            [name] => format!("`{name}` is not UTF-8, and does not say what else"),
            names => format!(
                "{} names are not UTF-8, and do not say what else",
                names.len()
            ),
        };
        report.add(
            Finding::new(&UNMARKED_NAME, message)
                .places(package.places(broken))
                .hint("rename the file to ASCII, and pack it again"),
        );
    }
}
