//! Where a virtual environment has what is installed in it.

use std::fs;
use std::io;
use std::path::{Path, PathBuf};

/// Every virtual environment has this file (PEP 405).
const MARK: &str = "pyvenv.cfg";

/// The folders that modules lie in: pure ones under `lib`, and on some systems compiled ones under
/// `lib64`. `None` for what is no environment.
pub(super) fn roots(folder: &Path) -> io::Result<Option<Vec<PathBuf>>> {
    if !folder.join(MARK).is_file() {
        return Ok(None);
    }
    let mut roots = Vec::new();
    let mut seen = Vec::new();
    // On Windows it is `Lib\site-packages`, without the version.
    for library in ["lib", "lib64", "Lib"] {
        let library = folder.join(library);
        let mut sites = vec![library.join("site-packages")];
        for version in subfolders(&library)? {
            sites.push(version.join("site-packages"));
            sites.push(version.join("dist-packages"));
        }
        for site in sites {
            // `lib64` is usually a link to `lib`.
            if let Ok(real) = site.canonicalize()
                && !seen.contains(&real)
            {
                seen.push(real);
                roots.push(site);
            }
        }
    }
    Ok(Some(roots))
}

/// Whether a file would be in a package that is made from the environment: without the `pip` that
/// every environment brings, and the bytecode of this machine's Python.
pub(super) fn belongs(path: &str) -> bool {
    let top = path.split_once('/').map_or(path, |(top, _)| top);
    let is_pip = top == "pip" || (top.starts_with("pip-") && top.ends_with(".dist-info"));
    !is_pip && !path.ends_with("__pycache__")
}

/// `python3.12` of `lib`, in order.
fn subfolders(library: &Path) -> io::Result<Vec<PathBuf>> {
    let entries = match fs::read_dir(library) {
        Ok(entries) => entries,
        Err(error) if error.kind() == io::ErrorKind::NotFound => return Ok(Vec::new()),
        Err(error) => return Err(error),
    };
    let mut folders = Vec::new();
    for entry in entries {
        let entry = entry?;
        if entry.file_name().to_string_lossy().starts_with("python") {
            folders.push(entry.path());
        }
    }
    folders.sort();
    Ok(folders)
}
