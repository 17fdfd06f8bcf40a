//! Requirements that nothing in the package meets.

use std::collections::BTreeMap;

use crate::finding::{Finding, Place};
use crate::report::Report;
use crate::requirements::{self, OF_RUNTIME, Wanted};
use crate::scene::Scene;

crate::check! {
    /// # Finds
    /// Distributions that others require (`Requires-Dist` in their metadata) and that are neither in
    /// the package, nor in a layer, nor in the runtime.
    ///
    /// # Matters because
    /// The distribution that requires it imports it sooner or later. Whether an import from the
    /// handler on comes to it is told by `missing-module`; this check tells it also of imports that
    /// happen in functions.
    ///
    /// # For example
    /// `pip install --no-deps -t package requests`, without `idna`.
    ///
    /// # To mend it
    /// Install with dependencies, as `barrow build` does. Where it is left out on purpose to save
    /// space, allow this check. Markers count for the function's target, extras where another
    /// distribution asks for them. A package of layers alone is not complete, so nothing is said of it.
    pub static MISSING_REQUIREMENT = "missing-requirement", Dependencies, Warning;
}

fn run(scene: &Scene<'_>, report: &mut Report) {
    if scene.function.is_none() {
        return;
    }
    let distributions = scene.distributions();
    let mut missing: BTreeMap<String, Vec<Wanted<'_>>> = BTreeMap::new();
    for wanted in requirements::wanted(distributions, scene.target) {
        let name = wanted.name.as_str();
        let is_there = OF_RUNTIME.contains(&name)
            || distributions.named(name).next().is_some()
            || distributions.has_module_of(name);
        if !is_there {
            missing.entry(wanted.name.clone()).or_default().push(wanted);
        }
    }
    for (name, wanted) in missing {
        let by = match wanted.as_slice() {
            [one] => format!("`{}` requires it", one.by),
            [one, other] => format!("`{}` and `{}` require it", one.by, other.by),
            [one, rest @ ..] => format!("`{}` and {} others require it", one.by, rest.len()),
            [] => unreachable!("a name is in the map because of a requirement"),
        };
        let places = wanted
            .iter()
            .map(|wanted| Place::new(wanted.by.package, wanted.by.info));
        report.add(
            Finding::new(
                &MISSING_REQUIREMENT,
                format!("`{name}` is not in the package; {by}"),
            )
            .places(places),
        );
    }
}
