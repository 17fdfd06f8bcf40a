//! What is seen through the links of a package.
//!
//! A check that asks for `numpy/core/x.so` should find it whether it is a file or a link to one, so
//! a link becomes a file with the facts of the one it leads to, and a link to a folder becomes the
//! files in it. They take no room of their own.

use barrow_model::EntryPath;

use crate::link::{self, Leads};
use crate::package::{File, Package};

/// A link to a folder that holds a link to a folder could show any number of files.
const SEEN_LIMIT: usize = 65_535;

/// Follows `targets`, and adds what they lead to.
pub(super) fn follow(mut package: Package, targets: Vec<(EntryPath, String)>) -> Package {
    if targets.is_empty() {
        return package;
    }
    package.links = link::follow(&package, targets);
    let mut seen = Vec::new();
    for link in &package.links {
        match &link.leads {
            Leads::File(path) => seen.extend(package.file(path.as_str()).map(|file| File {
                path: link.path.clone(),
                unzipped_bytes: link.target.len() as u64,
                zipped_bytes: link.target.len() as u64,
                ..file.clone()
            })),
            Leads::Folder(folder) => {
                let files = package.files_under(folder.as_str());
                let shown = files.iter().filter_map(|file| {
                    let rest = &file.path.as_str()[folder.as_str().len()..];
                    let path = EntryPath::parse(&format!("{}{rest}", link.path)).ok()?;
                    let file = match package.link(file.path.as_str()) {
                        None => file,
                        Some(inner) => package.file(inner.leads.file()?.as_str())?,
                    };
                    Some(File {
                        path,
                        unzipped_bytes: 0,
                        zipped_bytes: 0,
                        ..file.clone()
                    })
                });
                seen.extend(shown.take(SEEN_LIMIT.saturating_sub(seen.len())));
            }
            Leads::Outside | Leads::Nowhere => {}
        }
    }
    package.add_seen(seen);
    package
}
