//! Modules that a folder beside them hides.

use crate::facts::Facts;
use crate::finding::{Finding, Place};
use crate::package::Package;
use crate::report::Report;
use crate::scene::Scene;

crate::check! {
    /// # Finds
    /// A module `utils.py` beside a package `utils/` with an `__init__.py`: Python takes the package.
    ///
    /// # Matters because
    /// Nothing of `utils.py` can be imported, and the message is about the package: `cannot import name
    /// 'x' from 'utils' (/var/task/utils/__init__.py)`.
    ///
    /// # For example
    /// The handler's `app.py` beside a distribution that installed a folder `app/`.
    ///
    /// # To mend it
    /// Rename one of them.
    pub static SHADOWED_MODULE = "shadowed-module", Layout, Warning;
}

fn run(scene: &Scene<'_>, report: &mut Report) {
    for package in scene.packages() {
        for file in package.files() {
            let path = file.path.as_str();
            let Some(stem) = path
                .strip_suffix(".py")
                .filter(|_| matches!(file.facts, Facts::Python(_)))
            else {
                continue;
            };
            let init = format!("{stem}/__init__.py");
            if package.file(&init).is_none() {
                continue;
            }
            let owner = |path: &str| {
                scene
                    .distributions()
                    .owner(package, path)
                    .map(ToString::to_string)
            };
            let (of_module, of_package) = (owner(path), owner(&init));
            // Within a distribution it is how its authors want it, and they ship it so.
            if of_module.is_some() && of_module == of_package {
                continue;
            }
            report.add(finding(package, path, &init, of_package));
        }
    }
}

fn finding(package: &Package, path: &str, init: &str, of_package: Option<String>) -> Finding {
    let folder = init.trim_end_matches("__init__.py");
    let by = match of_package {
        Some(distribution) => format!("`{folder}` of `{distribution}`"),
        None => format!("`{folder}`"),
    };
    Finding::new(
        &SHADOWED_MODULE,
        format!("`{path}` cannot be imported: Python takes {by} instead"),
    )
    .place(Place::new(package, path))
    .hint("rename one of them")
}
