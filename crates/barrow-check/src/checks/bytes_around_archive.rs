//! Bytes in front of an archive or behind it.

use barrow_core::zip::CheckZipError;

use crate::finding::Finding;
use crate::report::Report;
use crate::scene::Scene;
use crate::survey::Flaw;

crate::check! {
    /// # Finds
    /// Bytes in front of the archive that its offsets do not count, or bytes behind its end.
    ///
    /// # Matters because
    /// Readers that go by the offsets do not find the files; readers that start at the end find
    /// them only if they look far enough. Nobody has shown what Lambda does.
    ///
    /// # For example
    /// A `#!` line in front of a zip, as `cat` puts it there; a signature or a line break behind
    /// it.
    ///
    /// # To mend it
    /// `barrow check --fix` writes the files into an archive of their own.
    pub static BYTES_AROUND_ARCHIVE = "bytes-around-archive", Archive, Warning, fixable;
}

fn run(scene: &Scene<'_>, report: &mut Report) {
    for package in scene.packages() {
        let around: Vec<_> = package.flaws.iter().filter_map(around).collect();
        if around.is_empty() {
            continue;
        }
        let message = format!("`{}` has {}", package.name, around.join(" and "));
        report.add(
            Finding::new(&BYTES_AROUND_ARCHIVE, message)
                .hint("`barrow check --fix` writes the archive without them"),
        );
    }
}

fn around(flaw: &Flaw) -> Option<String> {
    let (bytes, place) = match flaw {
        Flaw::Unsound(CheckZipError::Prepended { bytes }) => (bytes, "in front of the archive"),
        Flaw::Unsound(CheckZipError::Trailing { bytes }) => (bytes, "behind the archive"),
        _ => return None,
    };
    let s = if *bytes == 1 { "" } else { "s" };
    Some(format!("{bytes} byte{s} {place}"))
}
