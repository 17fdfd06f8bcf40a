//! Giving an archive the name that build tools know it by.

use std::fs;

use camino::{Utf8Path, Utf8PathBuf};

use super::BuildError;

/// Puts the archive into `work` under its own name, without copying it where that can be avoided.
pub(super) fn place(
    path: &Utf8Path,
    file_name: &str,
    work: &Utf8Path,
) -> Result<Utf8PathBuf, BuildError> {
    // Only the last part: a name from a lock file must not lead elsewhere.
    let name = Utf8Path::new(file_name)
        .file_name()
        .unwrap_or("source.tar.gz");
    let placed = work.join(name);
    if fs::hard_link(path, &placed).is_err() {
        let read = |source| BuildError::Read {
            path: path.to_owned(),
            source,
        };
        fs::copy(path, &placed).map_err(read)?;
    }
    Ok(placed)
}
