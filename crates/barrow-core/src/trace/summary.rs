//! What matters in a recording: which packages cost the start how much, and who wanted them.

use std::cmp::Reverse;
use std::collections::HashMap;
use std::time::Duration;

use super::{Import, Origin, package_of, walk};

/// A recording, added up. All lists hold everything; who shows them cuts them.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Summary<'t> {
    /// All time spent importing.
    pub total: Duration,
    /// How many imports there were.
    pub imports: usize,
    /// By [`total`](Package::total), the costliest first.
    pub packages: Vec<Package<'t>>,
    /// By [`self_time`](Module::self_time), the costliest first.
    pub modules: Vec<Module<'t>>,
    /// Self times added up for each origin that occurs, in the order of [`Origin::ALL`].
    pub origins: Vec<(Origin, Duration)>,
}

/// All modules with one top-level name.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Package<'t> {
    pub name: &'t str,
    pub origin: Origin,
    /// With all that it imports. Packages import each other, so these overlap.
    pub total: Duration,
    /// What it costs because the function's own code wants it, or nobody, and not another package;
    /// of the own code, what it takes itself. These do not overlap: but for rounding, they add up
    /// to the summary's total.
    pub direct: Duration,
    /// How many imports of its modules there were.
    pub imports: usize,
    /// Why it was imported: its importers, nearest first, where it cost most.
    pub importers: Vec<&'t str>,
}

/// One module.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Module<'t> {
    pub name: &'t str,
    pub origin: Origin,
    pub self_time: Duration,
    pub total: Duration,
    /// Why it was imported: its importers, nearest first, where it cost most.
    pub importers: Vec<&'t str>,
}

impl<'t> Summary<'t> {
    /// Adds up a recording. `origin_of` is asked once for each module.
    pub fn of(imports: &'t [Import], origin_of: impl Fn(&str) -> Origin) -> Self {
        let mut sums = Sums::default();
        let mut origins: HashMap<&str, Origin> = HashMap::new();
        walk(imports, |importers, import| {
            let origin = origins
                .entry(&import.module)
                .or_insert_with(|| origin_of(&import.module));
            sums.add(importers, import, *origin);
        });
        sums.summary(imports)
    }

    /// The packages that would save their time if the function did without, by
    /// [`direct`](Package::direct), the costliest first.
    pub fn direct(&self) -> Vec<&Package<'t>> {
        let mut packages: Vec<_> = self.packages.iter().collect();
        packages.retain(|package| !package.direct.is_zero());
        packages.sort_by_key(|package| Reverse(package.direct));
        packages
    }
}

impl<'t> Module<'t> {
    /// The importers by their packages, nearest first: each once in a row, its own left out.
    pub fn importing_packages(&self) -> Vec<&'t str> {
        fold(self.name, &self.importers)
    }
}

impl<'t> Package<'t> {
    /// The importers by their packages, nearest first: each once in a row.
    pub fn importing_packages(&self) -> Vec<&'t str> {
        fold(self.name, &self.importers)
    }
}

fn fold<'t>(name: &'t str, importers: &[&'t str]) -> Vec<&'t str> {
    let mut packages = vec![package_of(name)];
    packages.extend(importers.iter().map(|importer| package_of(importer)));
    packages.dedup();
    packages.remove(0);
    packages
}

#[derive(Default)]
struct Sums<'t> {
    imports: usize,
    packages: HashMap<&'t str, Costliest<Package<'t>>>,
    modules: HashMap<&'t str, Costliest<Module<'t>>>,
    origins: HashMap<Origin, Duration>,
    /// For each importer of the current import: the package on whose account it is, its origin.
    wanted: Vec<(&'t str, Origin)>,
}

/// A sum over several imports, whose importers are those of the costliest.
struct Costliest<T> {
    sum: T,
    cost: Duration,
}

impl<'t> Sums<'t> {
    fn add(&mut self, importers: &[&'t Import], import: &'t Import, origin: Origin) {
        self.imports += 1;
        add_to(self.origins.entry(origin).or_default(), import.self_time);
        self.add_module(importers, import, origin);
        self.add_package(importers, import, origin);

        self.wanted.truncate(importers.len());
        let package = match self.wanted.last() {
            Some(&(wanted, from)) if origin != Origin::Task && from != Origin::Task => wanted,
            _ => import.package(),
        };
        self.wanted.push((package, origin));
        if let Some(package) = self.packages.get_mut(package) {
            add_to(&mut package.sum.direct, import.self_time);
        }
    }

    fn add_module(&mut self, importers: &[&'t Import], import: &'t Import, origin: Origin) {
        let module = self
            .modules
            .entry(&import.module)
            .or_insert_with(|| Costliest {
                sum: Module {
                    name: &import.module,
                    origin,
                    self_time: Duration::ZERO,
                    total: Duration::ZERO,
                    importers: names(importers),
                },
                cost: import.total,
            });
        add_to(&mut module.sum.self_time, import.self_time);
        // A module that is imported anew amid its own import is in its total already.
        if importers.iter().all(|other| other.module != import.module) {
            add_to(&mut module.sum.total, import.total);
        }
        if import.total > module.cost {
            module.cost = import.total;
            module.sum.importers = names(importers);
        }
    }

    fn add_package(&mut self, importers: &[&'t Import], import: &'t Import, origin: Origin) {
        let name = import.package();
        let package = self.packages.entry(name).or_insert_with(|| Costliest {
            sum: Package {
                name,
                origin,
                total: Duration::ZERO,
                direct: Duration::ZERO,
                imports: 0,
                importers: names(importers),
            },
            cost: import.total,
        });
        package.sum.imports += 1;
        // Only the outermost: what is inside is in its total already.
        if importers.iter().all(|other| other.package() != name) {
            add_to(&mut package.sum.total, import.total);
            if import.total > package.cost {
                package.cost = import.total;
                package.sum.origin = origin;
                package.sum.importers = names(importers);
            }
        }
    }

    /// The names decide between equals, so that the order never depends on the hash maps'.
    fn summary(mut self, imports: &[Import]) -> Summary<'t> {
        let mut packages: Vec<_> = self.packages.into_values().map(|one| one.sum).collect();
        packages.sort_by_key(|package| (Reverse(package.total), package.name));
        let mut modules: Vec<_> = self.modules.into_values().map(|one| one.sum).collect();
        modules.sort_by_key(|module| {
            let costs = (Reverse(module.self_time), Reverse(module.total));
            (costs, module.name)
        });
        let origins = Origin::ALL.into_iter();
        Summary {
            total: imports.iter().fold(Duration::ZERO, |sum, import| {
                sum.saturating_add(import.total)
            }),
            imports: self.imports,
            packages,
            modules,
            origins: origins
                .filter_map(|origin| Some((origin, self.origins.remove(&origin)?)))
                .collect(),
        }
    }
}

fn names<'t>(importers: &[&'t Import]) -> Vec<&'t str> {
    let nearest_first = importers.iter().rev();
    nearest_first.map(|import| import.module.as_str()).collect()
}

/// Made-up times may be of any size.
fn add_to(sum: &mut Duration, time: Duration) {
    *sum = sum.saturating_add(time);
}

#[cfg(test)]
mod tests;
