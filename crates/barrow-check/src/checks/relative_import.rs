//! Relative imports in what is no package.

use crate::finding::Finding;
use crate::imports::{Cause, tell};
use crate::report::Report;
use crate::scene::Scene;

crate::check! {
    /// # Finds
    /// `from . import x` in a module at the root, and imports with more dots than there are packages
    /// around the module.
    ///
    /// # Matters because
    /// `Unable to import module 'app': attempted relative import with no known parent package`.
    ///
    /// # For example
    /// A handler `app.handler` in a folder `src/` that was a package in the repository and is the root
    /// of the zip.
    ///
    /// # To mend it
    /// `import x` instead of `from . import x`; or put the folder itself into the package and name the
    /// handler `src.app.handler`.
    pub static RELATIVE_IMPORT = "relative-import", Imports, Error;
}

fn run(scene: &Scene<'_>, report: &mut Report) {
    let imports = scene.imports();
    for (cause, error) in [
        (
            Cause::NoParent,
            "attempted relative import with no known parent package",
        ),
        (
            Cause::BeyondTop,
            "attempted relative import beyond top-level package",
        ),
    ] {
        let failures = imports.certain().into_iter();
        let failures: Vec<_> = failures.filter(|failure| failure.cause == cause).collect();
        let Some((first, importer)) = failures
            .first()
            .and_then(|failure| Some((failure, failure.importer?)))
        else {
            continue;
        };
        let module = &imports.module(importer).name;
        let message = match cause {
            Cause::NoParent => {
                format!("`{module}` is at the root, so it has no package to import from")
            }
            _ => format!("`{module}` imports from above its outermost package"),
        };
        let places = failures
            .iter()
            .filter_map(|failure| tell::place(imports, failure));
        let mut finding = Finding::new(&RELATIVE_IMPORT, message).places(places);
        if scene.handler.is_none() {
            finding = finding.level(crate::Level::Warning);
        }
        if let Some(said) = tell::lambda_says(scene, first, error) {
            finding = finding.detail(said);
        }
        report
            .add(finding.hint("`import x` finds what is at the root; `from . import x` does not"));
    }
}
