//! Archives that say a thing twice, and differently.

use barrow_core::zip::CheckZipError;

use crate::finding::Finding;
use crate::report::Report;
use crate::scene::Scene;
use crate::survey::Flaw;

crate::check! {
    /// # Finds
    /// Archives that say a thing twice, and differently: a file's header against the archive's
    /// directory, a second name against the first, the number of files against the files.
    ///
    /// # Matters because
    /// A zip can be read from the front or from its directory. Where the two differ, what Lambda
    /// unpacks need not be what you see, or what a scanner has looked at.
    ///
    /// # For example
    /// A file that is `app.py` in the directory and `evil.py` in its own header.
    ///
    /// # To mend it
    /// Unpack the archive with a tool that you trust, look at the result, and pack that.
    pub static CONTRADICTING_HEADERS = "contradicting-headers", Archive, Warning;
}

fn run(scene: &Scene<'_>, report: &mut Report) {
    for package in scene.packages() {
        let contradictions: Vec<_> = package.flaws.iter().filter_map(contradiction).collect();
        let message = match contradictions.as_slice() {
            [] => continue,
            [(error, _)] => error.to_string(),
            [(error, _), others @ ..] => format!("{error}; and {} more like it", others.len()),
        };
        let names = contradictions.iter().filter_map(|(_, name)| *name);
        let places = package.places(names);
        report.add(Finding::new(&CONTRADICTING_HEADERS, message).places(places));
    }
}

fn contradiction(flaw: &Flaw) -> Option<(&CheckZipError, Option<&str>)> {
    let Flaw::Unsound(error) = flaw else {
        return None;
    };
    match error {
        CheckZipError::LocalHeader { name, .. }
        | CheckZipError::Descriptor { name }
        | CheckZipError::SecondName { name, .. }
        | CheckZipError::Extra { name } => Some((error, Some(name))),
        CheckZipError::EntryCount { .. }
        | CheckZipError::EndsDisagree
        | CheckZipError::SecondEnd => Some((error, None)),
        _ => None,
    }
}
