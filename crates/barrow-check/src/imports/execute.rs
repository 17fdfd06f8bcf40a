//! Does what a module does when it is imported, as far as its facts tell.

use std::collections::{BTreeSet, HashSet};

use super::failure::{Cause, FailureId, Outcome};
use super::load::{Imports, ModuleId, What};
use super::standard::removed_name;
use crate::facts::python::{Binding, Guard, Handler, Import, Module, Raised, Step, Try, Wants};

/// Python gives up at 1000 nested calls (`sys.getrecursionlimit()`), of which every import takes
/// several.
const DEPTH_LIMIT: u32 = 1000;
/// Enough stack for loading one module: its blocks nest at most 100 deep.
const RED_ZONE_BYTES: usize = 256 << 10;
const STACK_BYTES: usize = 4 << 20;

/// Whether a module has a name once it is imported.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Defined {
    As(Binding),
    Perhaps,
    Not,
}

impl<'a> Imports<'a> {
    /// Executes a module's body.
    pub(super) fn execute(&mut self, module: ModuleId, source: &'a Module) -> Outcome {
        if source.fault.is_some() {
            let mut outcome = Outcome::default();
            let importer = self.modules[module.index()].importer;
            let failure = self.note(Cause::Syntax { module }, importer);
            outcome.fail(failure, Raised::SyntaxError);
            return outcome;
        }
        if self.depth >= DEPTH_LIMIT {
            return Outcome::default();
        }
        self.depth += 1;
        let outcome = stacker::maybe_grow(RED_ZONE_BYTES, STACK_BYTES, || {
            self.steps(module, &source.steps, None)
        });
        self.depth -= 1;
        outcome
    }

    /// Executes a block; `caught` is what failed before an `except` that it belongs to.
    fn steps(&mut self, module: ModuleId, steps: &'a [Step], caught: Option<&Outcome>) -> Outcome {
        let mut outcome = Outcome::default();
        for step in steps {
            match step {
                Step::Import(import) => {
                    let imported = self.one_import(module, import);
                    outcome.join(&imported);
                }
                Step::Try(attempt) => {
                    let attempted = self.attempt(module, attempt);
                    outcome.join(&attempted);
                }
                Step::Perhaps(steps) => {
                    let perhaps = self.steps(module, steps, None);
                    self.guard(&perhaps.failures, Guard::Condition);
                }
                Step::Raise { line, raised } => {
                    // After a failure, what follows is looked at only for more of them.
                    if outcome.raised.is_none() {
                        self.raise(module, *line, *raised, caught, &mut outcome);
                    }
                    break;
                }
            }
        }
        outcome
    }

    fn raise(
        &mut self,
        module: ModuleId,
        line: u32,
        raised: Raised,
        caught: Option<&Outcome>,
        outcome: &mut Outcome,
    ) {
        let Some(caught) = caught else {
            let failure = self.note(Cause::Raises { raised }, Some((module, line)));
            outcome.fail(failure, raised);
            return;
        };
        // Whatever it raises, what is to blame is what it caught.
        outcome.join(caught);
        if raised != Raised::Again {
            outcome.raised = Some(raised);
        }
    }

    fn attempt(&mut self, module: ModuleId, attempt: &'a Try) -> Outcome {
        let body = self.steps(module, &attempt.body, None);
        let mut outcome = match body.raised {
            None => self.steps(module, &attempt.orelse, None),
            Some(raised) => self.handle(module, &attempt.handlers, raised, body),
        };
        let lastly = self.steps(module, &attempt.lastly, None);
        outcome.join(&lastly);
        outcome
    }

    /// What comes of a failure that meets a row of `except`s.
    fn handle(
        &mut self,
        module: ModuleId,
        handlers: &'a [Handler],
        raised: Raised,
        body: Outcome,
    ) -> Outcome {
        for handler in handlers {
            let answers = handler.catches.iter().map(|catch| catch.takes(raised));
            // The best of its classes: one that surely catches, else one that may.
            match answers.max_by_key(|answer| match answer {
                Some(true) => 2,
                None => 1,
                Some(false) => 0,
            }) {
                Some(Some(true)) => {
                    let handled = self.steps(module, &handler.steps, Some(&body));
                    // Unless it is raised again, what failed before does no harm.
                    let harmless = body.failures.difference(&handled.failures).copied();
                    self.guard(&harmless.collect(), Guard::Caught);
                    return handled;
                }
                // It may be caught, so nothing is certain any more.
                Some(None) => {
                    let perhaps = self.steps(module, &handler.steps, Some(&body));
                    self.guard(&perhaps.failures, Guard::Caught);
                    self.guard(&body.failures, Guard::Caught);
                    return Outcome::default();
                }
                Some(Some(false)) | None => {}
            }
        }
        body
    }

    fn guard(&mut self, failures: &BTreeSet<FailureId>, guard: Guard) {
        for failure in failures {
            self.failures[failure.index()].guard = guard;
        }
    }

    fn one_import(&mut self, importer: ModuleId, import: &'a Import) -> Outcome {
        let at = Some((importer, import.line));
        let name = match self.absolute(importer, import.level, &import.module) {
            Ok(name) => name,
            Err(cause) => {
                let mut outcome = Outcome::default();
                outcome.fail(self.note(cause, at), Raised::ImportError);
                return outcome;
            }
        };
        let (module, mut outcome) = self.import(&name, at);
        let (Some(module), Wants::Names(names)) = (module, &import.wants) else {
            return outcome;
        };
        for name in names {
            let wanted = self.wanted(importer, module, name, import.line);
            outcome.join(&wanted);
        }
        outcome
    }

    /// `from module import name`.
    fn wanted(&mut self, importer: ModuleId, module: ModuleId, name: &str, line: u32) -> Outcome {
        let at = Some((importer, line));
        let bound = self.bound(module, name);
        let is_itself = importer == module;
        if bound.is_some_and(|binding| binding != Binding::Imported) {
            return Outcome::default();
        }
        let loaded = &self.modules[module.index()];
        let submodule = loaded
            .folders
            .as_ref()
            .filter(|_| !matches!(loaded.what, What::Included));
        if let Some(folders) = submodule
            && self.search.find_below(folders, name).is_some()
        {
            let full = format!("{}.{name}", loaded.name);
            let (_, outcome) = self.import(&full, at);
            if bound.is_some() && !is_itself {
                // The name may stand for something else by then.
                self.guard(&outcome.failures, Guard::Condition);
                return Outcome::default();
            }
            return outcome;
        }
        let mut outcome = Outcome::default();
        let loaded = &self.modules[module.index()];
        if matches!(loaded.what, What::Included)
            && removed_name(&loaded.name, name, self.minor()).is_some()
        {
            let cause = Cause::Name {
                name: name.to_owned(),
                module,
            };
            outcome.fail(self.note(cause, at), Raised::ImportError);
            return outcome;
        }
        let is_defined = bound.is_some() && !is_itself;
        if !is_defined && self.is_closed(module) && !self.is_known(module, name) {
            let cause = Cause::Name {
                name: name.to_owned(),
                module,
            };
            outcome.fail(self.note(cause, at), Raised::ImportError);
        }
        outcome
    }

    fn is_known(&self, module: ModuleId, name: &str) -> bool {
        let full = format!("{}.{name}", self.modules[module.index()].name);
        self.given.contains(name) || self.is_registered(&full)
    }

    /// What `getattr(module, name)` would find.
    pub fn defined(&self, module: ModuleId, name: &str) -> Defined {
        if let Some(binding) = self.bound(module, name) {
            return Defined::As(binding);
        }
        let full = format!("{}.{name}", self.modules[module.index()].name);
        let is_known = self.loaded(&full).is_some() || self.is_known(module, name);
        if is_known || !self.is_closed(module) {
            return Defined::Perhaps;
        }
        Defined::Not
    }

    /// What a module binds a name to, itself or through a star import.
    fn bound(&self, module: ModuleId, name: &str) -> Option<Binding> {
        let bindings = self.with_stars(module).into_iter().map(|module| {
            match self.modules[module.index()].what {
                What::Source(_, source) => source.names.get(name),
                _ => None,
            }
        });
        let mut bindings = bindings.enumerate();
        let (at, binding) = bindings.find_map(|(at, binding)| Some((at, binding?)))?;
        Some(if at == 0 { binding } else { Binding::Unclear })
    }

    /// Whether everything that a module defines is known.
    fn is_closed(&self, module: ModuleId) -> bool {
        self.with_stars(module)
            .into_iter()
            .all(|module| match self.modules[module.index()].what {
                What::Source(_, source) => {
                    let mut stars_are_known = true;
                    each_star(&source.steps, &mut |import| {
                        stars_are_known &= self.star(module, import).is_some();
                    });
                    stars_are_known && !source.names.is_open && source.fault.is_none()
                }
                What::Namespace => true,
                What::Compiled(_) | What::Included => false,
            })
    }

    /// A module, and those that it imports everything from, directly or not.
    fn with_stars(&self, module: ModuleId) -> Vec<ModuleId> {
        let mut all = vec![module];
        let mut known = HashSet::from([module]);
        let mut next = 0;
        while let Some(&module) = all.get(next) {
            next += 1;
            if let What::Source(_, source) = self.modules[module.index()].what {
                each_star(&source.steps, &mut |import| {
                    let star = self.star(module, import);
                    all.extend(star.filter(|star| known.insert(*star)));
                });
            }
        }
        all
    }

    fn star(&self, module: ModuleId, import: &Import) -> Option<ModuleId> {
        let name = self.absolute(module, import.level, &import.module).ok()?;
        self.loaded(&name)
    }
}

/// Calls back for every `from … import *` of a module.
fn each_star(steps: &[Step], found: &mut impl FnMut(&Import)) {
    for step in steps {
        match step {
            Step::Import(import) if import.wants == Wants::Everything => found(import),
            Step::Import(_) | Step::Raise { .. } => {}
            Step::Perhaps(steps) => each_star(steps, found),
            Step::Try(attempt) => {
                each_star(&attempt.body, found);
                for handler in &attempt.handlers {
                    each_star(&handler.steps, found);
                }
                each_star(&attempt.orelse, found);
                each_star(&attempt.lastly, found);
            }
        }
    }
}
