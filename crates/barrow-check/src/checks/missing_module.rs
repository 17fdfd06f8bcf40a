//! Imports that find nothing.

use std::collections::BTreeMap;

use crate::finding::Finding;
use crate::imports::distribution_names::bringing;
use crate::imports::load::top;
use crate::imports::{Cause, Failure, tell};
use crate::package::Package;
use crate::report::Report;
use crate::scene::Scene;

crate::check! {
    /// # Finds
    /// Modules that are imported on the way from the handler, without a condition, and are neither in
    /// the package, nor in its layers, nor in the standard library of the runtime's Python, nor among
    /// what the runtime includes. `try: … except ImportError` is understood.
    ///
    /// # Matters because
    /// The function does not start: `Unable to import module 'app': No module named 'requests'`.
    ///
    /// # For example
    /// `import requests` with a package that was built without its requirements.
    ///
    /// # To mend it
    /// Add the distribution to the requirements and build again. Where a layer that is not named here
    /// brings the module, name it: `--layer`.
    pub static MISSING_MODULE = "missing-module", Imports, Error;
}

fn run(scene: &Scene<'_>, report: &mut Report) {
    let imports = scene.imports();
    let mut by_name: BTreeMap<&str, Vec<&Failure>> = BTreeMap::new();
    for failure in imports.certain() {
        // The handler's own module has a check of its own.
        if failure.importer.is_some()
            && let Some(name) = missing(&failure.cause)
        {
            by_name.entry(name).or_default().push(failure);
        }
    }
    for (name, failures) in by_name {
        report.add(finding(scene, name, &failures));
    }
}

fn missing(cause: &Cause) -> Option<&str> {
    match cause {
        Cause::Missing { name }
        | Cause::NotYet { name, .. }
        | Cause::Elsewhere { name }
        | Cause::NotAPackage { name, .. } => Some(name),
        _ => None,
    }
}

fn finding(scene: &Scene<'_>, name: &str, failures: &[&Failure]) -> Finding {
    let imports = scene.imports();
    let first = failures[0];
    let by = match tell::wanted_by(scene, first) {
        Some(distribution) => format!("`{distribution}` imports"),
        None => "your code imports".to_owned(),
    };
    let why = match &first.cause {
        Cause::NotYet { first_minor, .. } => {
            format!(": the standard library has it from Python 3.{first_minor} on")
        }
        Cause::Elsewhere { .. } => ": it is of Windows or macOS only".to_owned(),
        Cause::NotAPackage { parent, .. } => format!(": `{parent}` is no package"),
        _ => String::new(),
    };
    let doubts = tell::doubts(scene);
    let mut finding = Finding::new(
        &MISSING_MODULE,
        format!("no module `{name}`, which {by}{why}"),
    )
    .level(tell::level(&doubts))
    .places(
        failures
            .iter()
            .filter_map(|failure| tell::place(imports, failure)),
    );
    if let Some(chain) = tell::chain(imports, first) {
        finding = finding.detail(chain);
    }
    for doubt in doubts {
        finding = finding.detail(doubt);
    }
    if let Some(said) = tell::lambda_says(scene, first, &format!("No module named '{name}'")) {
        finding = finding.detail(said);
    }
    match elsewhere(scene, name) {
        Some(path) => finding.hint(format!(
            "`{path}` is in the package, but not on `sys.path`: move it to the root, or import it from there"
        )),
        None if matches!(first.cause, Cause::Missing { .. }) => finding.hint(cure(scene, name)),
        None => finding,
    }
}

fn cure(scene: &Scene<'_>, name: &str) -> String {
    // Something of it is there: what is missing is not a distribution as a whole.
    if name != top(name) && scene.imports().root(top(name)).is_some() {
        return format!(
            "the installed version of `{}` may be another than it wants",
            top(name)
        );
    }
    match bringing(name) {
        Some(distribution) => format!("`{distribution}` brings it: add it to the requirements"),
        None => format!(
            "add the distribution that brings `{}` to the requirements",
            top(name)
        ),
    }
}

/// A module of the user's that has the name, in a folder where Python does not look.
fn elsewhere(scene: &Scene<'_>, name: &str) -> Option<String> {
    let path = name.replace('.', "/");
    let endings = [format!("/{path}.py"), format!("/{path}/__init__.py")];
    let has_it = |package: &Package| {
        let mut files = package.files().iter().map(|file| file.path.as_str());
        let own = |path: &&str| scene.distributions().owner(package, path).is_none();
        let found = files.find(|path| endings.iter().any(|end| path.ends_with(end)) && own(path));
        found.map(str::to_owned)
    };
    scene.packages().find_map(has_it)
}
