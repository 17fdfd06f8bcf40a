//! Which packages have files of a module: of layers, several can, one over the other.

use std::collections::HashMap;

use barrow_check::imports::search::mounted;
use barrow_check::{Package, Scene, distributions};

/// By entry of `sys.path` and by name, packages in the order in which they are unpacked.
pub(super) struct Contributors<'a> {
    entries: HashMap<String, HashMap<&'a str, Vec<&'a Package>>>,
}

impl<'a> Contributors<'a> {
    pub(super) fn of(scene: &Scene<'a>) -> Self {
        let mut entries: HashMap<_, HashMap<&str, Vec<&Package>>> = HashMap::new();
        for package in scene.packages() {
            for root in distributions::roots(package.kind, scene.target.runtime) {
                let (entry, skipped) = match root.as_str() {
                    "" => (Scene::mount(package).to_owned(), 0),
                    root => (mounted(package, root), root.len() + 1),
                };
                let names = entries.entry(entry).or_default();
                for file in package.files_under(&root) {
                    let name = module_name(&file.path.as_str()[skipped..]);
                    let packages = names.entry(name).or_default();
                    if !packages
                        .last()
                        .is_some_and(|last| std::ptr::eq(*last, package))
                    {
                        packages.push(package);
                    }
                }
            }
        }
        Self { entries }
    }

    pub(super) fn of_module(&self, entry: &str, name: &str) -> &[&'a Package] {
        let names = self.entries.get(entry);
        let packages = names.and_then(|names| names.get(name));
        packages.map_or(&[], Vec::as_slice)
    }

    /// Those that have any of these modules, in the order in which they are unpacked.
    pub(super) fn of_modules(&self, entry: &str, names: &[&str], scene: &Scene<'_>) -> Vec<String> {
        let has_some = |package: &&Package| {
            let is_it = |other: &&Package| std::ptr::eq(*other, *package);
            let mut packages = names.iter().flat_map(|name| self.of_module(entry, name));
            packages.any(is_it)
        };
        let packages = scene.packages().filter(has_some);
        packages.map(|package| package.name.clone()).collect()
    }
}

/// The top-level module that a path belongs to, if it belongs to any: `six` of `six.py`.
fn module_name(path: &str) -> &str {
    let top = path.split('/').next().unwrap_or(path);
    top.split('.').next().unwrap_or(top)
}
