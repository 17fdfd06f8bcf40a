//! Imports a root module and everything that this loads, as Python would, without running it.
//!
//! A module is loaded once. One that is being loaded counts as loaded, as in `sys.modules`. Where
//! Python would stop at the first import that fails, this one notes the failure and goes on, so
//! that all that is missing is told at once.

use std::collections::{BTreeSet, HashMap, HashSet};

use super::ahead;
use super::failure::{Cause, Failure, FailureId, Outcome};
use super::search::{Found, SearchPath};
use super::standard::{Presence, presence};
use super::tree::{FolderId, Located};
use crate::facts::Facts;
use crate::facts::python::{Guard, Module, Raised};
use crate::package::{File, Package};
use crate::scene::Scene;

/// What the imports of a scene came to.
#[derive(Debug)]
pub struct Imports<'a> {
    pub search: SearchPath<'a>,
    pub(super) modules: Vec<Loaded<'a>>,
    pub(super) by_name: HashMap<String, Option<ModuleId>>,
    pub(super) failures: Vec<Failure>,
    /// Names that some module put into `sys.modules`.
    registered: HashSet<String>,
    /// Names that some module set in another.
    pub(super) given: HashSet<&'a str>,
    /// Modules that put others of unknown names there.
    registering: HashSet<String>,
    /// How many modules are being loaded, each because of the one before.
    pub(super) depth: u32,
    roots: Vec<Imported>,
}

/// More than anybody reads: a bound for packages made to have too many.
const FAILURES_LIMIT: usize = 10_000;

/// A place in [`Imports::modules`].
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct ModuleId(pub(super) u32);

/// A module that was found, and what loading it came to.
#[derive(Debug)]
pub struct Loaded<'a> {
    pub name: String,
    pub what: What<'a>,
    /// Where its submodules are; `None` for what is no package.
    pub(super) folders: Option<Vec<FolderId>>,
    /// The import that loaded it; `None` for a root.
    pub importer: Option<(ModuleId, u32)>,
    pub(super) outcome: Outcome,
}

/// What a module is made from.
#[derive(Debug, Clone, Copy)]
pub enum What<'a> {
    Source(Located<'a>, &'a Module),
    /// An extension module, or bytecode: what it defines and imports is not known.
    Compiled(Located<'a>),
    Namespace,
    /// Of the standard library or the runtime.
    Included,
}

/// A root, as it was imported.
#[derive(Debug)]
struct Imported {
    name: String,
    module: Option<ModuleId>,
    outcome: Outcome,
}

impl<'a> Imports<'a> {
    /// Imports the roots of a scene, in order.
    pub fn of(scene: &Scene<'a>, roots: &[String]) -> Self {
        let mut imports = Self {
            search: SearchPath::of(scene),
            modules: Vec::new(),
            by_name: HashMap::new(),
            failures: Vec::new(),
            registered: HashSet::new(),
            given: HashSet::new(),
            registering: HashSet::new(),
            depth: 0,
            roots: Vec::new(),
        };
        if SearchPath::replaces_distutils(scene) {
            imports.registered.insert("distutils".to_owned());
        }
        if scene.packages().any(has_unread) {
            ahead::read(&imports.search, roots);
        }
        for name in roots {
            let (module, outcome) = imports.import(name, None);
            imports.roots.push(Imported {
                name: name.clone(),
                module,
                outcome,
            });
        }
        imports.look_at_what_comes_later();
        imports
    }

    /// `import a.b.c`: every package on the way, then the module. Gives the module where it was
    /// found, even if it fails.
    pub(super) fn import(
        &mut self,
        name: &str,
        importer: Option<(ModuleId, u32)>,
    ) -> (Option<ModuleId>, Outcome) {
        let mut outcome = Outcome::default();
        let mut last = None;
        let ends = name.match_indices('.').map(|(end, _)| end);
        for end in ends.chain(std::iter::once(name.len())) {
            match self.load(&name[..end], last, importer) {
                Ok(module) => {
                    outcome.join(&self.modules[module.index()].outcome);
                    last = Some(module);
                }
                Err(None) => return (None, outcome),
                Err(Some(cause)) => {
                    outcome.fail(self.note(cause, importer), Raised::ModuleNotFoundError);
                    return (None, outcome);
                }
            }
        }
        (last, outcome)
    }

    /// One module, whose package is loaded already. `Err(None)` for what may be there, but of which
    /// nothing is known.
    fn load(
        &mut self,
        name: &str,
        parent: Option<ModuleId>,
        importer: Option<(ModuleId, u32)>,
    ) -> Result<ModuleId, Option<Cause>> {
        match self.by_name.get(name) {
            Some(Some(module)) => return Ok(*module),
            Some(None) => return Err(None),
            None => {}
        }
        let found = match self.find(name, parent) {
            Ok(found) => found,
            Err(Some(cause)) if !self.is_registered(name) => return Err(Some(cause)),
            Err(_) => {
                self.by_name.insert(name.to_owned(), None);
                return Err(None);
            }
        };
        let (what, folders) = self.describe(found, name);
        let module = ModuleId(u32::try_from(self.modules.len()).unwrap_or(u32::MAX));
        self.modules.push(Loaded {
            name: name.to_owned(),
            what,
            folders,
            importer,
            outcome: Outcome::default(),
        });
        self.by_name.insert(name.to_owned(), Some(module));
        if let What::Source(_, source) = what {
            self.register(name, source);
            self.modules[module.index()].outcome = self.execute(module, source);
        }
        Ok(module)
    }

    fn describe(&self, found: Found<'a>, name: &str) -> (What<'a>, Option<Vec<FolderId>>) {
        let (located, folders) = match found {
            Found::Module(located) => (located, None),
            Found::Package { init, folders } => (init, Some(folders)),
            Found::Namespace(folders) => return (What::Namespace, Some(folders)),
            Found::Standard | Found::Runtime => return (What::Included, Some(Vec::new())),
        };
        match &located.file.facts {
            Facts::Python(source) => {
                let folders = match folders {
                    Some(_) if source.joins_namespace => Some(self.search.joined(name)),
                    folders => folders,
                };
                (What::Source(located, source), folders)
            }
            _ => (What::Compiled(located), folders),
        }
    }

    fn find(&self, name: &str, parent: Option<ModuleId>) -> Result<Found<'a>, Option<Cause>> {
        let (parent, last) = match (parent, name.rsplit_once('.')) {
            (Some(parent), Some((_, last))) => (&self.modules[parent.index()], last),
            _ => return self.search.find_top(name).ok_or_else(|| self.absent(name)),
        };
        match (parent.what, &parent.folders) {
            (What::Included, _) => match presence(name, self.minor()) {
                Some(Presence::There) => Ok(Found::Standard),
                Some(_) => Err(self.absent(name)),
                None if presence(&parent.name, self.minor()).is_some() => Err(self.absent(name)),
                // Of the runtime's own distributions nothing is listed.
                None => Err(None),
            },
            (What::Compiled(_), _) => Err(None),
            (_, Some(folders)) => {
                let found = self.search.find_below(folders, last);
                found.ok_or_else(|| self.absent(name))
            }
            (_, None) => Err(Some(Cause::NotAPackage {
                name: name.to_owned(),
                parent: parent.name.clone(),
            })),
        }
    }

    #[expect(clippy::unnecessary_wraps, reason = "what its callers want")]
    pub(super) fn absent(&self, name: &str) -> Option<Cause> {
        let name = name.to_owned();
        Some(match presence(&name, self.minor()) {
            Some(Presence::Removed { last_minor }) => Cause::Removed { name, last_minor },
            Some(Presence::NotYet { first_minor }) => Cause::NotYet { name, first_minor },
            Some(Presence::Elsewhere) => Cause::Elsewhere { name },
            Some(Presence::There) | None => Cause::Missing { name },
        })
    }

    pub(super) fn minor(&self) -> u8 {
        self.search.target().runtime.minor()
    }

    fn register(&mut self, name: &str, source: &'a Module) {
        use crate::facts::python::Registers;
        if name == "_distutils_hack" {
            self.registered.insert("distutils".to_owned());
        }
        self.given.extend(source.gives.iter().map(|name| &**name));
        match &source.registers {
            Registers::Nothing => {}
            Registers::Named(names) => {
                self.registered
                    .extend(names.iter().map(ToString::to_string));
            }
            Registers::Anything => {
                self.registering.insert(name.to_owned());
            }
        }
    }

    /// Whether a module that was not found may be in `sys.modules` all the same. Who puts modules
    /// there puts them below itself, or below a module that is no package (`six.moves`,
    /// `requests.packages`): among the files of an ordinary package nothing else is expected.
    pub(super) fn is_registered(&self, name: &str) -> bool {
        let is_below = |package: &str| {
            let is_ordinary = self
                .loaded(package)
                .is_some_and(|module| self.modules[module.index()].folders.is_some());
            let is_within =
                || self.registered.contains(package) || self.registers_within(top(package));
            self.registering.contains(package) || !is_ordinary && is_within()
        };
        self.registered.contains(name) || ancestry(name).skip(1).any(is_below)
    }

    /// Whether some module of a top-level package registers others.
    pub(super) fn registers_within(&self, package: &str) -> bool {
        self.registering.iter().any(|name| top(name) == package)
    }

    pub(super) fn note(&mut self, cause: Cause, importer: Option<(ModuleId, u32)>) -> FailureId {
        let id = FailureId(self.failures.len().min(FAILURES_LIMIT) as u32);
        self.failures.truncate(FAILURES_LIMIT);
        self.failures.push(Failure {
            cause,
            importer: importer.map(|(module, _)| module),
            line: importer.map_or(0, |(_, line)| line),
            guard: Guard::Condition,
        });
        id
    }

    /// The full name of what a module imports.
    pub(super) fn absolute(
        &self,
        importer: ModuleId,
        level: u32,
        module: &str,
    ) -> Result<String, Cause> {
        if level == 0 {
            return Ok(module.to_owned());
        }
        let importer = &self.modules[importer.index()];
        let up = level - u32::from(importer.folders.is_some());
        let mut package = importer.name.as_str();
        for step in 0..up {
            package = match package.rsplit_once('.') {
                Some((parent, _)) => parent,
                None if step == 0 => return Err(Cause::NoParent),
                None => return Err(Cause::BeyondTop),
            };
        }
        if module.is_empty() {
            Ok(package.to_owned())
        } else {
            Ok(format!("{package}.{module}"))
        }
    }

    /// A module that was loaded.
    pub(super) fn loaded(&self, name: &str) -> Option<ModuleId> {
        self.by_name.get(name).copied().flatten()
    }

    pub fn module(&self, module: ModuleId) -> &Loaded<'a> {
        &self.modules[module.index()]
    }

    /// Every module that was loaded, in order.
    pub fn modules(&self) -> impl Iterator<Item = (ModuleId, &Loaded<'a>)> {
        (0..).map(ModuleId).zip(&self.modules)
    }

    /// The module that a root was found as.
    pub fn root(&self, name: &str) -> Option<ModuleId> {
        let root = self.roots.iter().find(|root| root.name == name)?;
        root.module
    }

    /// What the roots are certain to fail of.
    pub fn certain(&self) -> Vec<&Failure> {
        let certain = self.certain_ids();
        let failures = certain.iter().map(|id| &self.failures[id.index()]);
        failures.collect()
    }

    /// Whether this failure is what ends the import of the first root.
    pub fn ends_with(&self, failure: &Failure) -> bool {
        let Some(root) = self.roots.first() else {
            return false;
        };
        let first = root
            .outcome
            .failures
            .first()
            .map(|id| &self.failures[id.index()]);
        let is_import_error = matches!(
            root.outcome.raised,
            Some(Raised::ModuleNotFoundError | Raised::ImportError)
        );
        is_import_error && first.is_some_and(|first| std::ptr::eq(first, failure))
    }

    /// What may fail, and what would if it came to it.
    pub fn guarded(&self) -> Vec<&Failure> {
        let certain = self.certain_ids();
        let all = (0..).map(FailureId).zip(&self.failures);
        all.filter(|(id, _)| !certain.contains(id))
            .map(|(_, failure)| failure)
            .collect()
    }

    fn certain_ids(&self) -> BTreeSet<FailureId> {
        let failures = self.roots.iter().flat_map(|root| &root.outcome.failures);
        failures.copied().collect()
    }

    /// How the handler comes to a module: each module on the way with the line that imports the
    /// next, the root first.
    pub fn chain(&self, failure: &Failure) -> Vec<(ModuleId, u32)> {
        let mut chain = Vec::new();
        let mut at = failure.importer.map(|module| (module, failure.line));
        while let Some((module, line)) = at {
            chain.push((module, line));
            at = self.modules[module.index()].importer;
        }
        chain.reverse();
        chain
    }
}

impl ModuleId {
    pub(super) fn index(self) -> usize {
        self.0 as usize
    }
}

impl<'a> Loaded<'a> {
    /// The file that it was loaded from.
    pub fn located(&self) -> Option<Located<'a>> {
        match self.what {
            What::Source(located, _) | What::Compiled(located) => Some(located),
            What::Namespace | What::Included => None,
        }
    }
}

/// Whether some of its modules are read when they are asked for.
fn has_unread(package: &Package) -> bool {
    let is_unread =
        |file: &File| matches!(&file.facts, Facts::Python(module) if module.is_unread());
    package.files().iter().any(is_unread)
}

/// `a.b.c`, `a.b`, `a`.
fn ancestry(name: &str) -> impl Iterator<Item = &str> {
    std::iter::successors(Some(name), |name| {
        name.rsplit_once('.').map(|(parent, _)| parent)
    })
}

/// The `a` of `a.b.c`.
pub fn top(name: &str) -> &str {
    name.split('.').next().unwrap_or(name)
}

#[cfg(test)]
mod tests;
