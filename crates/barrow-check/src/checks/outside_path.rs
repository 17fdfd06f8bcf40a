//! `.pth` files that add folders which are not there.

use crate::distributions;
use crate::facts::Facts;
use crate::finding::{Finding, Place};
use crate::package::Package;
use crate::report::Report;
use crate::scene::Scene;

crate::check! {
    /// # Finds
    /// Lines of `.pth` files that add a folder to `sys.path` which is in no package, such as one of
    /// the developer's machine.
    ///
    /// # Matters because
    /// Lambda reads the `.pth` files at the root of the function and of layers. Python passes over
    /// folders that do not exist, and what was to be found there is not: `No module named …`.
    ///
    /// # For example
    /// `easy-install.pth` or `my_app.pth` with `/home/me/my-app/src` in it.
    ///
    /// # To mend it
    /// Put the code into the package, and remove the file.
    pub static OUTSIDE_PATH = "outside-path", Dependencies, Warning;
}

fn run(scene: &Scene<'_>, report: &mut Report) {
    for package in scene.packages() {
        let roots = distributions::roots(package.kind, scene.target.runtime);
        for file in package.files() {
            let Facts::PathFile(paths) = &file.facts else {
                continue;
            };
            let path = file.path.as_str();
            let (folder, name) = path.rsplit_once('/').unwrap_or(("", path));
            // Editable installations have a check of their own.
            if !roots.iter().any(|root| root == folder) || name.starts_with("__editable__") {
                continue;
            }
            for line in &paths.paths {
                if is_there(scene, package, folder, &line.text) {
                    continue;
                }
                let message = format!(
                    "`{path}` adds `{}` to `sys.path`, which is not in the package",
                    line.text
                );
                let place = Place::new(package, path).line(line.number);
                report.add(Finding::new(&OUTSIDE_PATH, message).place(place));
            }
        }
    }
}

/// Relative lines start at the file's own folder.
fn is_there(scene: &Scene<'_>, package: &Package, folder: &str, line: &str) -> bool {
    let absolute = if line.starts_with('/') {
        line.to_owned()
    } else {
        format!("{}/{folder}/{line}", Scene::mount(package))
    };
    let mut parts: Vec<&str> = Vec::new();
    for part in absolute.split('/') {
        match part {
            "" | "." => {}
            ".." => _ = parts.pop(),
            part => parts.push(part),
        }
    }
    let absolute = format!("/{}", parts.join("/"));
    scene.packages().any(|package| {
        let inside = absolute.strip_prefix(Scene::mount(package));
        inside.is_some_and(|inside| {
            let inside = inside.trim_start_matches('/');
            package.has_folder(inside) || package.file(inside).is_some()
        })
    })
}
