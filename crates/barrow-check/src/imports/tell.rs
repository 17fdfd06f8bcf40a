//! What findings say about imports: where, because of what, and how sure it is.

use super::failure::Failure;
use super::load::{Imports, ModuleId, What};
use crate::distributions::Distribution;
use crate::finding::{Level, Place};
use crate::scene::Scene;

/// More is not read.
const CHAIN_SHOWN: usize = 6;

/// The line that wants what fails; `None` for the handler's own module.
pub fn place(imports: &Imports<'_>, failure: &Failure) -> Option<Place> {
    let located = imports.module(failure.importer?).located()?;
    let path = located.file.path.as_str();
    Some(Place::new(located.package, path).line(failure.line))
}

/// How the handler comes to it, where it does not come to it at once.
pub fn chain(imports: &Imports<'_>, failure: &Failure) -> Option<String> {
    let chain = imports.chain(failure);
    if chain.len() < 2 {
        return None;
    }
    let step = |(module, line): &(ModuleId, u32)| {
        let module = imports.module(*module);
        match module.located() {
            Some(located) => format!("`{}:{line}`", located.file.path),
            None => format!("`{}`", module.name),
        }
    };
    let mut steps: Vec<String> = chain.iter().map(step).collect();
    if steps.len() > CHAIN_SHOWN {
        let left_out = steps.len() - CHAIN_SHOWN;
        steps.splice(2..2 + left_out, [format!("{left_out} others")]);
    }
    Some(format!("imported by way of {}", steps.join(" → ")))
}

/// The distribution whose code wants what fails; `None` for the user's own.
pub fn wanted_by<'s, 'a>(scene: &'s Scene<'a>, failure: &Failure) -> Option<&'s Distribution<'a>> {
    let located = scene.imports().module(failure.importer?).located()?;
    let path = located.file.path.as_str();
    scene.distributions().owner(located.package, path)
}

/// What makes a finding about imports less than certain, as lines for its details.
pub fn doubts(scene: &Scene<'_>) -> Vec<String> {
    let mut doubts = Vec::new();
    if scene.handler.is_none() {
        doubts
            .push("no handler is known, so every module at the top level was imported".to_owned());
    }
    for (_, module) in scene.imports().modules() {
        let What::Source(located, source) = module.what else {
            continue;
        };
        let path = located.file.path.as_str();
        let is_own = scene.distributions().owner(located.package, path).is_none();
        let later = source.changes_search_path_later.filter(|_| is_own);
        if let Some(line) = source.changes_search_path.or(later) {
            doubts.push(format!(
                "`{path}:{line}` changes `sys.path`, so it may be found after all"
            ));
        }
    }
    doubts
}

/// An error, unless there are doubts.
pub fn level(doubts: &[String]) -> Level {
    if doubts.is_empty() {
        Level::Error
    } else {
        Level::Warning
    }
}

/// Lambda's own words, under the handler's name, for the failure that it would stop at.
pub fn lambda_says(scene: &Scene<'_>, failure: &Failure, error: &str) -> Option<String> {
    let (module, _) = scene.handler?.rsplit_once('.')?;
    let said = format!("Lambda would say: Unable to import module '{module}': {error}");
    scene.imports().ends_with(failure).then_some(said)
}
