//! Where the loader would find a shared library.
//!
//! It looks into `DT_RPATH` of the file that needs it, then into `LD_LIBRARY_PATH`, then into
//! `DT_RUNPATH`, then into the system's folders; `DT_RUNPATH` voids a `DT_RPATH` beside it. What is
//! already loaded under the same name is taken as it is, whoever loaded it.

use std::collections::HashMap;

use crate::distributions::{Distribution, Distributions};
use crate::facts::elf::{Elf, Machine};
use crate::package::{File, Package};
use crate::scene::Scene;
use crate::system::{self, Presence};

/// Of Lambda's `LD_LIBRARY_PATH`, recorded from python3.14, what comes after the system's folders
/// and can be part of a package.
const LIBRARY_PATH: [&str; 3] = ["/var/task", "/var/task/lib", "/opt/lib"];

/// The shared libraries of a scene.
#[derive(Debug)]
pub struct Libraries<'s> {
    packages: Vec<&'s Package>,
    distributions: &'s Distributions<'s>,
    /// By the names that others can need them by: file name and `SONAME`.
    by_name: HashMap<&'s str, Vec<Place<'s>>>,
}

/// A file, and the package that it is in.
pub type Place<'s> = (&'s Package, &'s File);

/// What comes of looking for one library.
#[derive(Debug, Clone, Copy)]
pub enum Found<'s> {
    /// In a folder that is searched.
    Package(Place<'s>),
    /// In the runtime's system, before anything that the package has.
    System,
    /// In a package, in a folder that is not searched: it is found if something loaded it before.
    Elsewhere(Place<'s>),
    /// In no package. The runtime may have it.
    Nowhere(Presence),
}

impl<'s> Libraries<'s> {
    pub fn new(scene: &'s Scene<'_>) -> Self {
        let machine = Machine::of(scene.target.arch);
        let mut by_name: HashMap<&str, Vec<Place<'_>>> = HashMap::new();
        for package in scene.packages() {
            for file in package.files() {
                let Some(elf) = file.elf().filter(|elf| elf.machine == machine) else {
                    continue;
                };
                let names = [Some(file.path.file_name()), elf.soname.as_deref()];
                for name in names.into_iter().flatten() {
                    by_name.entry(name).or_default().push((package, file));
                }
            }
        }
        Self {
            packages: scene.packages().collect(),
            distributions: scene.distributions(),
            by_name,
        }
    }

    /// Looks for `name` on behalf of a file.
    pub fn find(&self, (package, file): Place<'s>, elf: &Elf, name: &str) -> Found<'s> {
        let in_folders = |folders: &[String]| {
            let mut folders = folders.iter().map(|folder| expand(folder, package, file));
            folders.find_map(|folder| self.at(&folder, name))
        };
        if elf.runpath.is_empty()
            && let Some(found) = in_folders(&elf.rpath)
        {
            return Found::Package(found);
        }
        let presence = system::presence(name);
        if presence == Presence::Present {
            return Found::System;
        }
        let mut library_path = LIBRARY_PATH.iter();
        let found = library_path
            .find_map(|folder| self.at(folder, name))
            .or_else(|| in_folders(&elf.runpath));
        if let Some(found) = found {
            return Found::Package(found);
        }
        let elsewhere = self.by_name.get(name).and_then(|places| places.first());
        elsewhere.map_or(Found::Nowhere(presence), |place| Found::Elsewhere(*place))
    }

    /// The file of this name in a folder, given from the root of the file system.
    fn at(&self, folder: &str, name: &str) -> Option<Place<'s>> {
        self.packages.iter().find_map(|&package| {
            let inside = folder.strip_prefix(Scene::mount(package))?;
            let path = match inside.strip_prefix('/') {
                None if inside.is_empty() => name.to_owned(),
                Some("") => name.to_owned(),
                Some(inside) => format!("{inside}/{name}"),
                None => return None,
            };
            Some((package, package.file(&path)?))
        })
    }

    /// The distribution that brought a library.
    pub fn owner(&self, (package, file): Place<'_>) -> Option<&Distribution<'s>> {
        self.distributions.owner(package, file.path.as_str())
    }
}

/// A folder of a search path, from the root of the file system, without `..` in it.
fn expand(folder: &str, package: &Package, file: &File) -> String {
    let path = file.path.as_str();
    let own = path.rsplit_once('/').map_or("", |(folder, _)| folder);
    let origin = format!("{}/{own}", Scene::mount(package));
    let folder = folder
        .replace("${ORIGIN}", &origin)
        .replace("$ORIGIN", &origin);
    // What is relative starts at the working directory.
    let folder = if folder.starts_with('/') {
        folder
    } else {
        format!("/var/task/{folder}")
    };
    let mut parts: Vec<&str> = Vec::new();
    for part in folder.split('/') {
        match part {
            "" | "." => {}
            ".." => _ = parts.pop(),
            part => parts.push(part),
        }
    }
    format!("/{}", parts.join("/"))
}
