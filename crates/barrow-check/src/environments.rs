//! Virtual environments inside of a package: folders whose files are nobody's modules.

use crate::package::{File, Package};

/// More than anybody packs by mistake.
const MOST: usize = 16;

/// The folders, outermost first. The package's own root is none: then its files are meant.
pub fn folders(package: &Package) -> Vec<&str> {
    let files = package.files().iter();
    files
        .filter_map(|file| file.path.as_str().strip_suffix("/pyvenv.cfg"))
        .take(MOST)
        .collect()
}

/// The files that are in no virtual environment. One finding says all there is to say of those.
pub fn files_outside(package: &Package) -> impl Iterator<Item = &File> {
    let folders = folders(package);
    package.files().iter().filter(move |file| {
        let path = file.path.as_str();
        folders.iter().all(|folder| {
            let below = path.strip_prefix(folder);
            !below.is_some_and(|below| below.starts_with('/'))
        })
    })
}
