//! Layers whose modules are for another Python.

use std::collections::BTreeSet;

use crate::finding::{Finding, Level};
use crate::package::Kind;
use crate::report::Report;
use crate::scene::Scene;

crate::check! {
    /// # Finds
    /// Layers that have modules under `python/lib/python3.x/site-packages`, and none for the
    /// function's version.
    ///
    /// # Matters because
    /// Python looks only into the folder of its own version. The function says `No module named …`.
    ///
    /// # For example
    /// A layer with `python/lib/python3.11/site-packages` for a function that moved to python3.12.
    ///
    /// # To mend it
    /// Install again for the function's version. A layer for several versions has a folder for
    /// each, or everything in `python/` where it fits all of them.
    pub static LAYER_OF_ANOTHER_PYTHON = "layer-of-another-python", Layout, Error;
}

fn run(scene: &Scene<'_>, report: &mut Report) {
    let runtime = scene.target.runtime;
    let wanted = format!("python/lib/{runtime}/site-packages");
    for package in scene.packages() {
        if package.kind != Kind::Layer {
            continue;
        }
        let files = package.files_under("python/lib").iter();
        let folders: BTreeSet<&str> = files.filter_map(|file| site(file.path.as_str())).collect();
        let Some(first) = folders.first() else {
            continue;
        };
        if package.has_folder(&wanted) {
            continue;
        }
        // What lies in `python/` itself is found by every version.
        let has_others = package
            .files_under("python")
            .iter()
            .any(|file| !file.path.as_str().starts_with("python/lib/"));
        let level = if has_others {
            Level::Warning
        } else {
            Level::Error
        };
        let message = format!(
            "`{}` has its modules in `{first}`; {runtime} looks in `{wanted}`",
            package.name
        );
        report.add(
            Finding::new(&LAYER_OF_ANOTHER_PYTHON, message)
                .level(level)
                .places(package.places(folders))
                .hint(format!("install again for {runtime}")),
        );
    }
}

/// `python/lib/python3.11/site-packages` of a file in it.
fn site(path: &str) -> Option<&str> {
    let rest = path.strip_prefix("python/lib/python3.")?;
    let (minor, rest) = rest.split_once('/')?;
    let is_site = rest.starts_with("site-packages/") && minor.bytes().all(|b| b.is_ascii_digit());
    is_site.then(|| &path[..path.len() - rest.len() + "site-packages".len()])
}
