//! More files than a plain zip can list.

use barrow_model::limits::ENTRIES_WITHOUT_ZIP64;

use crate::finding::{Finding, Level};
use crate::report::Report;
use crate::scene::Scene;
use crate::survey::Flaw;
use crate::survey::flaw::Excess;

crate::check! {
    /// # Finds
    /// Archives with more than 65535 entries, which a zip can only list with ZIP64. Those with more
    /// than 200000 are not read.
    ///
    /// # Matters because
    /// AWS does not say whether Lambda takes ZIP64, and nobody has shown it. Unpacking so many
    /// files also makes a cold start slow.
    ///
    /// # For example
    /// A package with all of `node_modules`, or a data set in single files.
    ///
    /// # To mend it
    /// Leave out what the function does not read, or keep data in one file or in S3.
    pub static TOO_MANY_ENTRIES = "too-many-entries", Archive, Warning;
}

fn run(scene: &Scene<'_>, report: &mut Report) {
    for package in scene.packages() {
        // What is seen through links to folders has no entries of its own.
        let files = package.files().iter();
        let files = files.filter(|file| !package.is_behind_link(file.path.as_str()));
        let listed = files.count() + package.folders().len();
        let unread = package.flaws.iter().find_map(|flaw| match flaw {
            Flaw::Excessive(Excess::Entries { count, .. }) => Some(*count),
            _ => None,
        });
        let (count, level, more) = unread.map_or((listed, Level::Warning, ""), |count| {
            (count, Level::Error, "; nothing of it was read")
        });
        if count <= ENTRIES_WITHOUT_ZIP64 {
            continue;
        }
        let message = format!(
            "`{}` has {count} entries{more}; a zip that Lambda is known to take has at most \
             {ENTRIES_WITHOUT_ZIP64}",
            package.name
        );
        report.add(Finding::new(&TOO_MANY_ENTRIES, message).level(level));
    }
}
