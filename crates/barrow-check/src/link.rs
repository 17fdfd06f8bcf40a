//! Symbolic links of a package, and where they lead.

use std::collections::HashMap;

use barrow_model::EntryPath;

use crate::package::Package;
use crate::scene::Scene;

/// As many as Linux follows (`MAXSYMLINKS`).
const HOPS_LIMIT: usize = 40;

/// An entry whose data is a path to somewhere else.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Link {
    pub path: EntryPath,
    /// As written.
    pub target: String,
    pub leads: Leads,
}

/// What is at the end of a link, once Lambda has unpacked the package.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Leads {
    /// To a file of the package.
    File(EntryPath),
    /// To a folder of the package.
    Folder(EntryPath),
    /// Out of the package: to a layer, the runtime, or the machine that it was made on.
    Outside,
    /// To nothing, or in a circle.
    Nowhere,
}

impl Leads {
    /// The file of the package that it leads to, itself no link.
    pub fn file(&self) -> Option<&EntryPath> {
        match self {
            Self::File(path) => Some(path),
            Self::Folder(_) | Self::Outside | Self::Nowhere => None,
        }
    }
}

/// Follows the links of a package whose files are all known, and puts them in order. Of two with
/// one path, the later stays.
pub(crate) fn follow(package: &Package, mut targets: Vec<(EntryPath, String)>) -> Vec<Link> {
    targets.reverse();
    targets.sort_by(|a, b| a.0.cmp(&b.0));
    targets.dedup_by(|later, earlier| later.0 == earlier.0);
    let map: HashMap<String, &str> = targets
        .iter()
        .map(|(path, target)| (path.to_string(), target.as_str()))
        .collect();
    let leads: Vec<_> = targets
        .iter()
        .map(|(path, _)| lead(package, &map, path))
        .collect();
    let links = targets.into_iter().zip(leads);
    links
        .map(|((path, target), leads)| Link {
            path,
            target,
            leads,
        })
        .collect()
}

fn lead(package: &Package, targets: &HashMap<String, &str>, start: &EntryPath) -> Leads {
    let mount = format!("{}/", Scene::mount(package));
    // Parts still to walk, the next one last.
    let mut ahead: Vec<&str> = start.parts().rev().collect();
    let mut at: Vec<&str> = Vec::new();
    let mut hops = 0;
    while let Some(part) = ahead.pop() {
        match part {
            "" | "." => continue,
            ".." => {
                if at.pop().is_none() {
                    return Leads::Outside;
                }
                continue;
            }
            _ => at.push(part),
        }
        let Some(mut target) = targets.get(&at.join("/")).copied() else {
            continue;
        };
        hops += 1;
        if hops > HOPS_LIMIT {
            return Leads::Nowhere;
        }
        at.pop();
        if target.starts_with('/') {
            let Some(inside) = target.strip_prefix(&mount) else {
                return Leads::Outside;
            };
            (target, at) = (inside, Vec::new());
        }
        ahead.extend(target.split('/').rev());
    }
    let Ok(path) = EntryPath::parse(&at.join("/")) else {
        return Leads::Nowhere;
    };
    if package.file(path.as_str()).is_some() {
        Leads::File(path)
    } else if package.has_folder(path.as_str()) {
        Leads::Folder(path)
    } else {
        Leads::Nowhere
    }
}
