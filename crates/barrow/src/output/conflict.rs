//! Words for two sources that want one place in the package.

use barrow_core::plan::{Conflict, Source};
use barrow_index::store::StoredWheel;

/// One sentence that names what is lost, who brought it, and who won.
pub fn describe(conflict: &Conflict, wheels: &[StoredWheel]) -> String {
    let named = |source: &Source| match source {
        Source::Project => "the project".to_owned(),
        Source::Wheel(id) => {
            let wheel = &wheels[id.0 as usize].wheel;
            format!("`{} {}`", wheel.name.name(), wheel.version)
        }
    };
    match conflict {
        Conflict::Path {
            path,
            loser,
            winner,
        } => format!(
            "`{path}` comes from {} and from {}; the package has that of {}",
            named(loser),
            named(winner),
            named(winner)
        ),
        Conflict::FileOrFolder {
            file,
            entry,
            loser,
            winner,
        } => format!(
            "`{file}` is a file here and a folder there; `{entry}` of {} gave way to {}",
            named(loser),
            named(winner)
        ),
        Conflict::NameTaken {
            folder,
            entries,
            loser,
            winner,
        } => format!(
            "{entries} files of {} under `{folder}/` are left out, because {} has modules there; \
             `pip install --target` does the same",
            named(&Source::Wheel(*loser)),
            named(&Source::Wheel(*winner))
        ),
        Conflict::LeftBehind {
            folder,
            entries,
            loser,
        } => format!(
            "{entries} data files of {} under `{folder}/` are left out; \
             `pip install --target` does the same",
            named(&Source::Wheel(*loser))
        ),
    }
}
