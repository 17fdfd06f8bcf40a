//! Files that the runtime's Python cannot compile.

use std::collections::{BTreeMap, BTreeSet};

use crate::facts::Facts;
use crate::facts::python::{Kept, SyntaxFault};
use crate::finding::{Finding, Level, Place};
use crate::imports::{Cause, Located, ModuleId};
use crate::package::{File, Package};
use crate::report::Report;
use crate::scene::Scene;

crate::check! {
    /// # Finds
    /// `.py` files that are no Python of the runtime's version: an error where the handler's imports
    /// come to them, a warning for other files of your own. Those of a distribution that nothing imports
    /// (templates, test data, code for Python 2) are a note for each distribution, unless the package is
    /// only about to be built: of wheels, those modules are read that the imports come to.
    ///
    /// # Matters because
    /// `Runtime.UserCodeSyntaxError: Syntax error in module 'app': invalid syntax (app.py, line 3)`.
    ///
    /// # For example
    /// `match event:` on python3.9; an f-string that uses its own quotes inside, before python3.12.
    ///
    /// # To mend it
    /// Write it as the version wants it, or choose a runtime that reads it.
    pub static SYNTAX_ERROR = "syntax-error", Handler, Error;
}

/// More of the user's own files that nothing imports are told together: templates, mostly.
const OWN_SHOWN: usize = 3;

/// Whether the imports come to a file.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Reached {
    Certainly,
    Perhaps,
    Never,
}

fn run(scene: &Scene<'_>, report: &mut Report) {
    let reached = reached(scene);
    let mut unread: BTreeMap<String, Vec<Place>> = BTreeMap::new();
    let mut own: Vec<Finding> = Vec::new();
    for package in scene.packages() {
        for (file, module) in modules(package) {
            let path = file.path.as_str();
            let reached = reached
                .get(&(package.name.as_str(), path))
                .copied()
                .unwrap_or(Reached::Never);
            let module = match reached {
                Reached::Never => module.surveyed(),
                Reached::Certainly | Reached::Perhaps => Some(&**module),
            };
            let Some(fault) = module.and_then(|module| module.fault.as_ref()) else {
                continue;
            };
            let owner = scene.distributions().owner(package, path);
            match (owner, reached) {
                (Some(owner), Reached::Never) => unread
                    .entry(owner.to_string())
                    .or_default()
                    .push(Place::new(package, path).line(fault.line)),
                (None, Reached::Never) => own.push(finding(scene, package, file, fault, reached)),
                (_, reached) => report.add(finding(scene, package, file, fault, reached)),
            }
        }
    }
    let version = scene.target.runtime.python_version();
    if own.len() > OWN_SHOWN {
        let places = own.drain(..).flat_map(|finding| finding.places);
        let places: Vec<Place> = places.collect();
        let message = format!(
            "{} files are no Python {version}; nothing imports them",
            places.len()
        );
        let finding = Finding::new(&SYNTAX_ERROR, message);
        report.add(finding.level(Level::Warning).places(places));
    }
    for finding in own {
        report.add(finding);
    }
    for (owner, places) in unread {
        let files = match places.len() {
            1 => "a file that is".to_owned(),
            count => format!("{count} files that are"),
        };
        let message = format!("`{owner}` has {files} no Python {version}; nothing imports it");
        report.add(
            Finding::new(&SYNTAX_ERROR, message)
                .level(Level::Note)
                .places(places),
        );
    }
}

fn modules(package: &Package) -> impl Iterator<Item = (&File, &Kept)> {
    package.files().iter().filter_map(|file| match &file.facts {
        Facts::Python(module) => Some((file, module)),
        _ => None,
    })
}

/// By package and path, the files that imports come to.
fn reached<'s>(scene: &'s Scene<'_>) -> BTreeMap<(&'s str, &'s str), Reached> {
    let imports = scene.imports();
    let module = |cause: &Cause| match cause {
        Cause::Syntax { module } => Some(*module),
        _ => None,
    };
    let certain: BTreeSet<ModuleId> = imports
        .certain()
        .iter()
        .filter_map(|failure| module(&failure.cause))
        .collect();
    let modules = imports.modules();
    modules
        .filter_map(|(id, module)| {
            let Located { package, file } = module.located()?;
            let reached = if certain.contains(&id) {
                Reached::Certainly
            } else {
                Reached::Perhaps
            };
            Some(((package.name.as_str(), file.path.as_str()), reached))
        })
        .collect()
}

fn finding(
    scene: &Scene<'_>,
    package: &Package,
    file: &File,
    fault: &SyntaxFault,
    reached: Reached,
) -> Finding {
    let path = file.path.as_str();
    let version = scene.target.runtime.python_version();
    let message = format!("`{path}` is no Python {version}: {}", fault.message);
    let is_certain = reached == Reached::Certainly && scene.handler.is_some();
    let mut finding = Finding::new(&SYNTAX_ERROR, message)
        .level(if is_certain {
            Level::Error
        } else {
            Level::Warning
        })
        .place(Place::new(package, path).line(fault.line));
    if is_certain
        && let Some((module, _)) = scene.handler.and_then(|handler| handler.rsplit_once('.'))
    {
        let name = file.path.file_name();
        finding = finding.detail(format!(
            "Lambda would say: Syntax error in module '{module}': invalid syntax ({name}, line {})",
            fault.line
        ));
    }
    match fault.first_minor {
        Some(minor) => finding.hint(format!("the runtime python3.{minor} reads it")),
        None => finding,
    }
}
