//! Distributions that are there more than once.

use std::collections::BTreeMap;

use crate::distributions::Distribution;
use crate::finding::{Finding, Level, Place};
use crate::package::Kind;
use crate::report::Report;
use crate::scene::Scene;

crate::check! {
    /// # Finds
    /// Distributions with two `.dist-info` folders of different versions.
    ///
    /// # Matters because
    /// In one place, the files of both versions are mixed: those that only the older one has are
    /// still there, and `importlib.metadata` reports either version. Two layers are unpacked into
    /// one place. Of the function and a layer, Python takes the function's; the other takes space.
    ///
    /// # For example
    /// `pip install --target package --upgrade`, which does not remove the old version, run twice with
    /// a release in between.
    ///
    /// # To mend it
    /// Start with an empty folder, as `barrow build` does.
    pub static DUPLICATE_DISTRIBUTION = "duplicate-distribution", Dependencies, Warning;
}

fn run(scene: &Scene<'_>, report: &mut Report) {
    let mut by_name: BTreeMap<&str, Vec<&Distribution<'_>>> = BTreeMap::new();
    for distribution in scene.distributions().all() {
        if distribution.is_importable {
            by_name
                .entry(distribution.name())
                .or_default()
                .push(distribution);
        }
    }
    for (name, copies) in by_name {
        // Layers are one place: `/opt` has the files of all of them.
        let mut by_place: BTreeMap<(bool, &str), Vec<&Distribution<'_>>> = BTreeMap::new();
        for copy in &copies {
            let is_layer = copy.package.kind == Kind::Layer;
            by_place
                .entry((is_layer, copy.root))
                .or_default()
                .push(copy);
        }
        let mut is_mixed = false;
        for mixed in by_place
            .values()
            .filter(|copies| versions(copies).len() > 1)
        {
            is_mixed = true;
            let message = format!(
                "`{name}` is there in {} versions, whose files are mixed: {}",
                mixed.len(),
                versions(mixed).join(", ")
            );
            report.add(Finding::new(&DUPLICATE_DISTRIBUTION, message).places(places(mixed)));
        }
        if let [first, .., last] = copies.as_slice()
            && !is_mixed
            && versions(&copies).len() > 1
        {
            let message = format!(
                "`{first}` of `{}` hides `{last}` of `{}`",
                first.package.name, last.package.name
            );
            report.add(
                Finding::new(&DUPLICATE_DISTRIBUTION, message)
                    .level(Level::Note)
                    .places(places(&copies)),
            );
        }
    }
}

fn versions<'d>(copies: &[&'d Distribution<'_>]) -> Vec<&'d str> {
    let mut versions: Vec<&str> = copies.iter().map(|copy| copy.version()).collect();
    versions.sort_unstable();
    versions.dedup();
    versions
}

fn places(copies: &[&Distribution<'_>]) -> Vec<Place> {
    let places = copies
        .iter()
        .map(|copy| Place::new(copy.package, copy.info));
    places.collect()
}
