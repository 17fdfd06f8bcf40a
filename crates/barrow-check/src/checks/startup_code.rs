//! `.pth` files that run code.

use crate::distributions;
use crate::facts::Facts;
use crate::finding::{Finding, Place};
use crate::report::Report;
use crate::scene::Scene;

crate::check! {
    /// # Finds
    /// Lines of `.pth` files that begin with `import`, which Python executes when it starts.
    ///
    /// # Matters because
    /// Lambda reads the `.pth` files at the root of the function and of layers, before the handler's
    /// module: the code runs at every cold start, and its imports are paid for.
    ///
    /// # For example
    /// `distutils-precedence.pth` of `setuptools`, or the file with which a coverage tool starts itself.
    ///
    /// # To mend it
    /// Nothing, if the code is wanted. Otherwise leave out the distribution that brings the file.
    pub static STARTUP_CODE = "startup-code", Dependencies, Note;
}

fn run(scene: &Scene<'_>, report: &mut Report) {
    for package in scene.packages() {
        let roots = distributions::roots(package.kind, scene.target.runtime);
        for file in package.files() {
            let Facts::PathFile(lines) = &file.facts else {
                continue;
            };
            let path = file.path.as_str();
            let folder = path.rsplit_once('/').map_or("", |(folder, _)| folder);
            if lines.imports.is_empty() || !roots.iter().any(|root| root == folder) {
                continue;
            }
            let owner = scene.distributions().owner(package, path);
            let of = owner
                .map(|owner| format!(" of `{owner}`"))
                .unwrap_or_default();
            let places = lines
                .imports
                .iter()
                .map(|line| Place::new(package, path).line(line.number));
            report.add(
                Finding::new(
                    &STARTUP_CODE,
                    format!("`{path}`{of} runs code at every cold start"),
                )
                .places(places),
            );
        }
    }
}
