//! Metadata that a module asks for when it is imported.

use std::collections::{BTreeMap, BTreeSet};

use barrow_model::PackageName;

use crate::finding::{Finding, Place};
use crate::imports::What;
use crate::report::Report;
use crate::requirements::OF_RUNTIME;
use crate::scene::Scene;

crate::check! {
    /// # Finds
    /// Distributions whose `.dist-info` is not in the package, while a module that the handler comes to
    /// asks `importlib.metadata` or `pkg_resources` about them when it is imported.
    ///
    /// # Matters because
    /// The import fails with `PackageNotFoundError: No package metadata was found for …`. Of 274 sets of
    /// popular packages that were imported with all `.dist-info` removed, 33 failed.
    ///
    /// # For example
    /// `paramiko` and `openai`, in a package whose `*.dist-info` were deleted to save space.
    ///
    /// # To mend it
    /// Keep the `METADATA` of the distribution; three lines of it are enough. `barrow build` keeps all.
    /// Questions that are asked in functions, or whose failure is caught, are not looked at.
    pub static MISSING_METADATA = "missing-metadata", Dependencies, Warning;
}

fn run(scene: &Scene<'_>, report: &mut Report) {
    let imports = scene.imports();
    let mut asked: BTreeMap<String, BTreeSet<Place>> = BTreeMap::new();
    for (_, module) in imports.modules() {
        let What::Source(located, source) = module.what else {
            continue;
        };
        for read in source.metadata_reads.iter().filter(|read| read.is_vital) {
            let name = read.distribution.as_deref().unwrap_or(&module.name);
            let Ok(name) = PackageName::parse(name) else {
                continue;
            };
            let name = name.as_str();
            let distributions = scene.distributions();
            let is_known = OF_RUNTIME.contains(&name) || distributions.named(name).next().is_some();
            // What is not there at all, those who ask about it do without.
            if !is_known && distributions.has_module_of(name) {
                let path = located.file.path.as_str();
                let place = Place::new(located.package, path).line(read.line);
                asked.entry(name.to_owned()).or_default().insert(place);
            }
        }
    }
    for (name, places) in asked {
        let what = match places.len() {
            1 => "a module that asks for it when it is imported is".to_owned(),
            many => format!("{many} modules that ask for it when they are imported are"),
        };
        report.add(
            Finding::new(
                &MISSING_METADATA,
                format!("the metadata of `{name}` is not in the package; {what}"),
            )
            .places(places)
            .hint(format!("keep `METADATA` in the `.dist-info` of `{name}`")),
        );
    }
}
