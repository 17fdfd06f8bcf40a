//! Distributions of a version that another does not take.

use std::collections::BTreeMap;

use crate::distributions::Distribution;
use crate::finding::{Finding, Place};
use crate::report::Report;
use crate::requirements;
use crate::scene::Scene;

crate::check! {
    /// # Finds
    /// Distributions that are in the package in a version which another distribution rules out by its
    /// `Requires-Dist`.
    ///
    /// # Matters because
    /// They were never tried together. Some check it when they are imported; most fail later, as
    /// `cannot import name …` or with an unexpected argument.
    ///
    /// # For example
    /// `boto3 1.40` beside `botocore 1.35`, because one was installed after the other.
    ///
    /// # To mend it
    /// Resolve all requirements at once, as `barrow lock` does, instead of installing one by one.
    /// Versions of the runtime's own copies are not held against anything: they change.
    pub static CONFLICTING_VERSION = "conflicting-version", Dependencies, Warning;
}

fn run(scene: &Scene<'_>, report: &mut Report) {
    let distributions = scene.distributions();
    let mut conflicts: BTreeMap<&str, (&Distribution<'_>, Vec<Place>, Vec<String>)> =
        BTreeMap::new();
    for wanted in requirements::wanted(distributions, scene.target) {
        // The first is the one that Python finds.
        let Some(found) = distributions.named(&wanted.name).next() else {
            continue;
        };
        if wanted.takes(found.version()) {
            continue;
        }
        let (_, places, wishes) = conflicts
            .entry(found.name())
            .or_insert_with(|| (found, Vec::new(), Vec::new()));
        let versions = wanted.versions.map(|versions| versions.to_string());
        wishes.push(format!(
            "`{}` wants `{}{}`",
            wanted.by,
            wanted.name,
            versions.unwrap_or_default().replace(", ", ",")
        ));
        places.push(Place::new(wanted.by.package, wanted.by.info));
    }
    for (found, places, wishes) in conflicts.into_values() {
        let message = match wishes.as_slice() {
            [wish] => format!("{wish}; the package has `{found}`"),
            wishes => format!("{} distributions do not take `{found}`", wishes.len()),
        };
        let mut finding = Finding::new(&CONFLICTING_VERSION, message).places(places);
        if wishes.len() > 1 {
            finding.details = wishes;
        }
        report.add(finding);
    }
}
