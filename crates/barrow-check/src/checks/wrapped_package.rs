//! Packages with everything in one folder.

use crate::finding::{Finding, Level};
use crate::layout::{self, Wrapping};
use crate::package::{Kind, Package};
use crate::report::Report;
use crate::scene::Scene;

crate::check! {
    /// # Finds
    /// Packages whose files all lie in one folder, one level too deep: the handler's module is
    /// inside it, or a layer's `python/` is. Without a known handler, a folder that holds modules
    /// and is no package itself.
    ///
    /// # Matters because
    /// Lambda looks at the root: `Unable to import module 'app': No module named 'app'`.
    ///
    /// # For example
    /// `zip -r app.zip my-function` instead of `cd my-function && zip -r ../app.zip .`; an archive
    /// that GitHub made of a repository.
    ///
    /// # To mend it
    /// `barrow check --fix` takes the folder away.
    pub static WRAPPED_PACKAGE = "wrapped-package", Layout, Error, fixable;
}

fn run(scene: &Scene<'_>, report: &mut Report) {
    for package in scene.packages() {
        if let Some(wrapping) = layout::wrapping(package, scene.handler) {
            report.add(finding(package, &wrapping, scene.handler));
        }
    }
}

fn finding(package: &Package, wrapping: &Wrapping, handler: Option<&str>) -> Finding {
    let folder = wrapping.folder();
    let expected = match (package.kind, handler) {
        (Kind::Layer, _) => "Lambda looks for `python/` at a layer's root".to_owned(),
        (Kind::Function, Some(handler)) => {
            format!("Lambda looks for the handler `{handler}` at the root")
        }
        (Kind::Function, None) => "Python looks for modules at the root".to_owned(),
    };
    let message = format!("all files lie in `{folder}/`; {expected}");
    let finding = Finding::new(&WRAPPED_PACKAGE, message).place(crate::Place::new(package, folder));
    match wrapping {
        Wrapping::Certain(_) => finding.mended(package, "takes the folder away"),
        Wrapping::Likely(_) => finding
            .level(Level::Warning)
            .hint("name the handler with `--handler`, and this is certain or not at all"),
    }
}
