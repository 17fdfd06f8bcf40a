//! Modules of a layer that Python does not find.

use std::collections::BTreeSet;

use crate::finding::{Finding, Level};
use crate::layout;
use crate::package::{Kind, Package};
use crate::report::Report;
use crate::scene::Scene;

crate::check! {
    /// # Finds
    /// Layers with modules at their root, where a layer's modules belong into `python/`.
    ///
    /// # Matters because
    /// Lambda unpacks a layer to `/opt`, and Python looks into `/opt/python` and
    /// `/opt/python/lib/python3.x/site-packages`, not into `/opt`. The function says `No module
    /// named …`.
    ///
    /// # For example
    /// `pip install -t layer requests && cd layer && zip -r ../layer.zip .`
    ///
    /// # To mend it
    /// Put everything into a folder `python` before zipping: `pip install -t layer/python …`; or
    /// build it with `barrow build`.
    pub static LAYER_WITHOUT_PYTHON = "layer-without-python", Layout, Error;
}

fn run(scene: &Scene<'_>, report: &mut Report) {
    for package in scene.packages() {
        if package.kind != Kind::Layer || layout::wrapping(package, None).is_some() {
            continue;
        }
        let strays = strays(package);
        if strays.is_empty() {
            continue;
        }
        let name = &package.name;
        let (level, message) = if package.has_folder("python") {
            let message =
                format!("`{name}` has modules beside `python/`, where Python does not look");
            (Level::Warning, message)
        } else {
            let message = format!(
                "`{name}` has no `python/`, the folder where Python looks for a layer's modules"
            );
            (Level::Error, message)
        };
        report.add(
            Finding::new(&LAYER_WITHOUT_PYTHON, message)
                .level(level)
                .places(package.places(strays))
                .hint("move them into `python/`"),
        );
    }
}

/// What would be imported, were the root on Python's path.
fn strays(package: &Package) -> BTreeSet<&str> {
    let files = package.files().iter().map(|file| file.path.as_str());
    let strays = files.filter_map(|path| match path.split_once('/') {
        None => path.ends_with(".py").then_some(path),
        Some((top, rest)) => {
            let is_package = rest == "__init__.py" && top != "python";
            let is_metadata = top.ends_with(".dist-info") && rest == "METADATA";
            let in_site = path.find("/site-packages/").filter(|_| top == "lib");
            let site = in_site.map(|at| &path[..at + "/site-packages".len()]);
            let site = site.or((top == "site-packages").then_some(top));
            site.or((is_package || is_metadata).then_some(top))
        }
    });
    strays.collect()
}
