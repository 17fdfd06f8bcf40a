//! Handlers whose module has no such function.

use crate::facts::python::Binding;
use crate::finding::{Finding, Place};
use crate::imports::{Defined, What, handler_module};
use crate::report::Report;
use crate::scene::Scene;

crate::check! {
    /// # Finds
    /// Handlers whose module is there, and defines no such name. Star imports are followed; modules
    /// that may define names at run time are taken to define them.
    ///
    /// # Matters because
    /// `Runtime.HandlerNotFound: Handler 'handler' missing on module 'app'`.
    ///
    /// # For example
    /// The handler `app.handler` for `def lambda_handler(event, context)` in `app.py`.
    ///
    /// # To mend it
    /// Set the function's handler to the name that is there, or rename the function.
    pub static MISSING_HANDLER_FUNCTION = "missing-handler-function", Handler, Error;
}

fn run(scene: &Scene<'_>, report: &mut Report) {
    let Some(handler) = scene.handler else {
        return;
    };
    let (Some(module), Some((said, function))) =
        (handler_module(handler), handler.rsplit_once('.'))
    else {
        return;
    };
    let imports = scene.imports();
    let Some(id) = imports.root(&module) else {
        return;
    };
    let What::Source(located, source) = imports.module(id).what else {
        return;
    };
    if source.fault.is_some() || imports.defined(id, function) != Defined::Not {
        return;
    }
    let path = located.file.path.as_str();
    let message =
        format!("`{path}` does not define `{function}`, which the handler `{handler}` names");
    let finding = Finding::new(&MISSING_HANDLER_FUNCTION, message)
        .place(Place::new(located.package, path))
        .detail(format!(
            "Lambda would say: Handler '{function}' missing on module '{said}'"
        ));
    let candidates = source
        .names
        .all()
        .filter_map(|(name, binding)| match binding {
            Binding::Function(function) if function.takes(2) && !name.starts_with('_') => {
                Some(name)
            }
            _ => None,
        });
    let candidates: Vec<String> = candidates
        .take(4)
        .map(|name| format!("`{said}.{name}`"))
        .collect();
    report.add(match candidates.as_slice() {
        [] => finding,
        names => finding.hint(format!(
            "it has functions of two arguments: {}",
            names.join(", ")
        )),
    });
}
