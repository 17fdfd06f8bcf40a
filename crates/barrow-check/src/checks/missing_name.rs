//! `from a import b`, and `a` has no `b`.

use std::collections::BTreeMap;

use crate::finding::Finding;
use crate::imports::standard::removed_name;
use crate::imports::{Cause, Failure, ModuleId, tell};
use crate::report::Report;
use crate::scene::Scene;

crate::check! {
    /// # Finds
    /// Names that are imported from a module which neither defines them nor has a submodule of that
    /// name; names that the standard library had in an earlier version. Modules that may define names at run time are taken to define them.
    ///
    /// # Matters because
    /// `Unable to import module 'app': cannot import name 'x' from 'y'`. Usually two distributions are
    /// in the package in versions that do not fit each other.
    ///
    /// # For example
    /// `from urllib3.util.ssl_ import DEFAULT_CIPHERS`, which urllib3 2 has no more.
    ///
    /// # To mend it
    /// Install the version that has the name, or the version of what imports it that does without.
    pub static MISSING_NAME = "missing-name", Imports, Error;
}

fn run(scene: &Scene<'_>, report: &mut Report) {
    let imports = scene.imports();
    let mut by_module: BTreeMap<ModuleId, Vec<(&str, &Failure)>> = BTreeMap::new();
    for failure in imports.certain() {
        if let Cause::Name { name, module } = &failure.cause {
            by_module.entry(*module).or_default().push((name, failure));
        }
    }
    for (module, failures) in by_module {
        report.add(finding(scene, module, &failures));
    }
}

fn finding(scene: &Scene<'_>, module: ModuleId, failures: &[(&str, &Failure)]) -> Finding {
    let imports = scene.imports();
    let module = imports.module(module);
    let mut names: Vec<String> = failures
        .iter()
        .map(|(name, _)| format!("`{name}`"))
        .collect();
    names.sort();
    names.dedup();
    let first = failures[0];
    let by = match tell::wanted_by(scene, first.1) {
        Some(distribution) => format!("`{distribution}` imports"),
        None => "your code imports".to_owned(),
    };
    let message = format!(
        "`{}` has no {}, which {by} from it",
        module.name,
        names.join(", ")
    );
    let doubts = tell::doubts(scene);
    let places = failures
        .iter()
        .filter_map(|(_, failure)| tell::place(imports, failure));
    let mut finding = Finding::new(&MISSING_NAME, message)
        .level(tell::level(&doubts))
        .places(places);
    if let Some(last) = removed_name(&module.name, first.0, scene.target.runtime.minor()) {
        finding = finding.detail(format!("the standard library had it up to Python 3.{last}"));
    }
    if let Some(located) = module.located() {
        let path = located.file.path.as_str();
        finding = match scene.distributions().owner(located.package, path) {
            Some(owner) => finding.detail(format!("`{path}` is of `{owner}`")),
            None => finding.detail(format!("it is `{path}`")),
        };
    }
    if let Some(chain) = tell::chain(imports, first.1) {
        finding = finding.detail(chain);
    }
    for doubt in doubts {
        finding = finding.detail(doubt);
    }
    let error = format!("cannot import name '{}' from '{}'", first.0, module.name);
    match tell::lambda_says(scene, first.1, &error) {
        Some(said) => finding.detail(said),
        None => finding,
    }
}
