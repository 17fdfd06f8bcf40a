//! `sys.path` as the function will see it, and what Python finds on it.

use barrow_model::{Runtime, Target};

use super::runtime;
use super::standard::{Presence, Standard, presence};
use super::tree::{Entry, FolderId, Located, Tree};
use crate::distributions::roots;
use crate::facts::Facts;
use crate::facts::path_file::PathFile;
use crate::package::{Kind, Package};
use crate::scene::Scene;

/// The search path of one function.
#[derive(Debug)]
pub struct SearchPath<'a> {
    target: Target,
    tree: Tree<'a>,
    roots: Vec<Root>,
}

/// One entry of `sys.path`.
#[derive(Debug, Clone)]
pub struct Root {
    /// As the function sees it: `/var/task`.
    pub path: String,
    pub holds: Holds,
}

/// What lies in an entry of `sys.path`.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Holds {
    /// Files of the packages.
    Files(FolderId),
    /// The AWS SDK, as the runtime brings it.
    Sdk,
    /// The runtime's client.
    Client,
    Standard,
    /// Nothing that is known.
    Nothing,
}

/// What a name on the search path stands for.
#[derive(Debug, Clone)]
pub enum Found<'a> {
    Module(Located<'a>),
    Package {
        init: Located<'a>,
        folders: Vec<FolderId>,
    },
    /// Folders of one name without `__init__`, on one or several entries.
    Namespace(Vec<FolderId>),
    Standard,
    Runtime,
}

/// A top-level name that several entries have, or that is hidden in another way.
#[derive(Debug, Clone)]
pub struct Copies<'a> {
    pub name: &'a str,
    /// Where the name comes from, first the one that wins; at least one.
    pub places: Vec<String>,
}

impl<'a> SearchPath<'a> {
    pub fn of(scene: &Scene<'a>) -> Self {
        let target = scene.target;
        let mut tree = Tree::new(target);
        let runtime = target.runtime;
        let task = tree.folder();
        if let Some(function) = scene.function {
            tree.add(task, function, "");
        }
        let mut holding = vec![Root {
            path: "/var/task".to_owned(),
            holds: Holds::Files(task),
        }];
        for folder in roots(Kind::Layer, runtime) {
            let root = tree.folder();
            for layer in &scene.layers {
                tree.add(root, layer, &folder);
            }
            holding.push(Root {
                path: format!("/opt/{folder}"),
                holds: Holds::Files(root),
            });
        }
        let lang = format!("/var/lang/lib/{runtime}");
        let root = |path: String, holds| Root { path, holds };
        let site_packages = format!("{lang}/site-packages");
        // From python3.11 on the SDK is in the interpreter's own folder, which then comes first
        // (`sys.path` printed in functions; tracebacks of botocore#3082).
        let is_recent = runtime.minor() >= 11;
        if is_recent {
            holding.push(root(site_packages.clone(), Holds::Sdk));
        }
        let client = if is_recent { Holds::Client } else { Holds::Sdk };
        holding.push(root("/var/runtime".to_owned(), client));
        let zip = format!("/var/lang/lib/python3{}.zip", runtime.minor());
        holding.push(root(zip, Holds::Nothing));
        holding.push(root(lang.clone(), Holds::Standard));
        holding.push(root(format!("{lang}/lib-dynload"), Holds::Standard));
        if !is_recent {
            holding.push(root(site_packages, Holds::Nothing));
        }
        let packages: Vec<&Package> = scene.packages().collect();
        for (package, folder) in site_folders(&packages, runtime) {
            for below in path_files(package, &folder).flat_map(|(_, file)| added(&folder, file)) {
                if package.has_folder(&below) {
                    let id = tree.folder();
                    tree.add(id, package, &below);
                    holding.push(root(mounted(package, &below), Holds::Files(id)));
                }
            }
        }
        Self {
            target,
            tree,
            roots: holding,
        }
    }

    /// In order.
    pub fn roots(&self) -> &[Root] {
        &self.roots
    }

    /// The top-level module of this name, as the handler would get it.
    pub fn find_top(&self, name: &str) -> Option<Found<'a>> {
        if self.is_fixed(name) {
            return Some(self.fixed(name));
        }
        let files = self.roots.iter().filter_map(|root| match root.holds {
            Holds::Files(folder) => Some(folder),
            _ => None,
        });
        let found = self.find_in(files, name);
        match found {
            // A folder without `__init__` gives way to whatever comes later and is a module.
            Some(Found::Namespace(_)) | None => self.find_behind(name).or(found),
            found => found,
        }
    }

    /// A submodule, looked for in its package's folders.
    pub fn find_below(&self, folders: &[FolderId], name: &str) -> Option<Found<'a>> {
        self.find_in(folders.iter().copied(), name)
    }

    /// Every folder of the packages' roots with this dotted path, for packages that join them.
    pub fn joined(&self, name: &str) -> Vec<FolderId> {
        let roots = self.roots.iter().filter_map(|root| match root.holds {
            Holds::Files(folder) => Some(folder),
            _ => None,
        });
        roots
            .filter_map(|root| {
                name.split('.').try_fold(root, |folder, part| {
                    match self.tree.find(folder, part)? {
                        Entry::Package(_, below) | Entry::Portion(below) => Some(below),
                        Entry::Module(_) => None,
                    }
                })
            })
            .collect()
    }

    fn find_in(&self, folders: impl Iterator<Item = FolderId>, name: &str) -> Option<Found<'a>> {
        let mut portions = Vec::new();
        for folder in folders {
            match self.tree.find(folder, name) {
                Some(Entry::Package(init, below)) => {
                    return Some(Found::Package {
                        init,
                        folders: vec![below],
                    });
                }
                Some(Entry::Module(located)) => return Some(Found::Module(located)),
                Some(Entry::Portion(below)) => portions.push(below),
                None => {}
            }
        }
        (!portions.is_empty()).then_some(Found::Namespace(portions))
    }

    fn find_behind(&self, name: &str) -> Option<Found<'a>> {
        if runtime::includes(name, self.target.runtime) {
            return Some(Found::Runtime);
        }
        let presence = presence(name, self.target.runtime.minor())?;
        (presence == Presence::There).then_some(Found::Standard)
    }

    /// Whether the name stands for the runtime's or the interpreter's module whatever the packages
    /// hold, because it is built in or was imported before the handler.
    pub fn is_fixed(&self, name: &str) -> bool {
        runtime::is_client(name, self.target.runtime)
            || Standard::named(name).is_some_and(|standard| {
                let minor = self.target.runtime.minor();
                standard.presence(minor) == Presence::There
                    && (standard.is_builtin || standard.is_preloaded(minor))
            })
    }

    fn fixed(&self, name: &str) -> Found<'a> {
        if runtime::is_client(name, self.target.runtime) {
            Found::Runtime
        } else {
            Found::Standard
        }
    }

    /// Top-level names of the packages' own files, root by root.
    pub fn names_of(&self, root: &Root) -> Vec<&'a str> {
        match root.holds {
            Holds::Files(folder) => self.tree.names(folder),
            _ => Vec::new(),
        }
    }

    /// What a root has under a name.
    pub fn entry_of(&self, root: &Root, name: &str) -> Option<Found<'a>> {
        match root.holds {
            Holds::Files(folder) => self.find_in(std::iter::once(folder), name),
            _ => None,
        }
    }

    /// The file `name.py` beside a package `name/` that Python takes instead.
    pub fn hidden_by_package(&self, root: &Root, name: &str) -> Option<Located<'a>> {
        match root.holds {
            Holds::Files(folder) => self.tree.hidden_by_package(folder, name),
            _ => None,
        }
    }

    /// Every top-level name of the packages with the entries that have it, the winner first.
    pub fn copies(&self) -> Vec<Copies<'a>> {
        let mut names: Vec<&str> = self
            .roots
            .iter()
            .flat_map(|root| self.names_of(root))
            .collect();
        names.sort_unstable();
        names.dedup();
        names
            .into_iter()
            .map(|name| Copies {
                name,
                places: self.places(name),
            })
            .collect()
    }

    fn places(&self, name: &str) -> Vec<String> {
        let minor = self.target.runtime.minor();
        let is_standard = presence(name, minor) == Some(Presence::There);
        let is_fixed = self.is_fixed(name);
        let has = |root: &&Root| match root.holds {
            Holds::Files(_) => self.entry_of(root, name).is_some(),
            Holds::Sdk => runtime::is_sdk(name),
            Holds::Client => runtime::is_client(name, self.target.runtime),
            Holds::Standard => is_standard && !root.path.ends_with("lib-dynload"),
            Holds::Nothing => false,
        };
        let mut places: Vec<&Root> = self.roots.iter().filter(has).collect();
        if is_fixed {
            // Stable, so what remains keeps its order.
            places.sort_by_key(|root| matches!(root.holds, Holds::Files(_)));
        }
        places.into_iter().map(|root| root.path.clone()).collect()
    }

    /// Whether setuptools puts its own `distutils` in the place of the one that is gone, for which it
    /// has a `.pth` file.
    pub(super) fn replaces_distutils(scene: &Scene<'_>) -> bool {
        let packages: Vec<&Package> = scene.packages().collect();
        let mut folders = site_folders(&packages, scene.target.runtime).into_iter();
        folders.any(|(package, folder)| {
            path_files(package, &folder).any(|(name, _)| name == "distutils-precedence.pth")
        })
    }

    pub fn target(&self) -> Target {
        self.target
    }
}

/// The folders in which Python reads `.pth` files.
fn site_folders<'a>(packages: &[&'a Package], runtime: Runtime) -> Vec<(&'a Package, String)> {
    let folders = packages.iter().flat_map(|package| {
        let roots = roots(package.kind, runtime).into_iter();
        roots.map(|folder| (*package, folder))
    });
    folders.collect()
}

/// The `.pth` files directly in a folder, in the order in which they are read.
fn path_files<'a>(
    package: &'a Package,
    folder: &str,
) -> impl Iterator<Item = (&'a str, &'a PathFile)> {
    let depth = folder.split('/').filter(|part| !part.is_empty()).count() + 1;
    package
        .files_under(folder)
        .iter()
        .filter_map(move |file| match &file.facts {
            Facts::PathFile(facts) if file.path.parts().count() == depth => {
                Some((file.path.file_name(), &**facts))
            }
            _ => None,
        })
}

/// The folders of the same package that a `.pth` file adds.
fn added(folder: &str, file: &PathFile) -> Vec<String> {
    let inside = file.paths.iter().filter_map(|line| {
        let path = line.text.trim_start_matches("./").trim_end_matches('/');
        let leaves = path.starts_with('/') || path.split('/').any(|part| part == "..");
        match folder {
            _ if leaves || path.is_empty() => None,
            "" => Some(path.to_owned()),
            _ => Some(format!("{folder}/{path}")),
        }
    });
    inside.collect()
}

/// Where Lambda has a file.
pub fn mounted(package: &Package, path: &str) -> String {
    format!("{}/{path}", Scene::mount(package))
}
