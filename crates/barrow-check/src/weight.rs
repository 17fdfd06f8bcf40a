//! Who takes the room in a package.

use std::collections::HashMap;

use barrow_model::Bytes;

use crate::distributions;
use crate::package::{File, Package};
use crate::scene::Scene;

/// As many as one line shows.
const SHOWN: usize = 4;

/// A distribution, or a folder or file of the user's own.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Share {
    pub name: String,
    pub bytes: Bytes,
}

/// The largest first, equals by name. `size` says which size of a file counts.
pub fn shares(scene: &Scene<'_>, packages: &[&Package], size: impl Fn(&File) -> u64) -> Vec<Share> {
    let mut sizes: HashMap<&str, u64> = HashMap::new();
    for package in packages {
        let roots = distributions::roots(package.kind, scene.target.runtime);
        for file in package.files() {
            let path = file.path.as_str();
            let owner = scene.distributions().owner(package, path);
            let name = owner.map_or_else(|| top(path, &roots), |distribution| distribution.name());
            let sum = sizes.entry(name).or_default();
            *sum = sum.saturating_add(size(file));
        }
    }
    let mut shares: Vec<_> = sizes
        .into_iter()
        .filter(|(_, bytes)| *bytes > 0)
        .map(|(name, bytes)| Share {
            name: name.to_owned(),
            bytes: Bytes(bytes),
        })
        .collect();
    shares.sort_by(|a, b| b.bytes.cmp(&a.bytes).then_with(|| a.name.cmp(&b.name)));
    shares
}

/// `pandas 64.0 MiB · numpy 41.9 MiB · 5 others 9.1 MiB`
pub fn largest(scene: &Scene<'_>, packages: &[&Package], size: impl Fn(&File) -> u64) -> String {
    let shares = shares(scene, packages, size);
    let (shown, rest) = shares.split_at(shares.len().min(SHOWN));
    let mut parts: Vec<String> = shown
        .iter()
        .map(|share| format!("{} {}", share.name, share.bytes))
        .collect();
    if !rest.is_empty() {
        let bytes: Bytes = rest.iter().map(|share| share.bytes).sum();
        parts.push(format!("{} others {bytes}", rest.len()));
    }
    parts.join(" · ")
}

/// `models` of `models/a.bin`, and of `python/models/a.bin` in a layer.
fn top<'p>(path: &'p str, roots: &[String]) -> &'p str {
    let inside = roots
        .iter()
        .find_map(|root| path.strip_prefix(root.as_str())?.strip_prefix('/'));
    let inside = inside.unwrap_or(path);
    inside.split_once('/').map_or(inside, |(top, _)| top)
}
