//! Handlers whose module is not there.

use super::malformed_handler::fault;
use crate::finding::Finding;
use crate::imports::{Cause, handler_module};
use crate::layout::{self, Wrapping};
use crate::report::Report;
use crate::scene::Scene;

crate::check! {
    /// # Finds
    /// Handlers whose module is neither in the package nor in a layer, where Python looks for it.
    ///
    /// # Matters because
    /// `Runtime.ImportModuleError: Unable to import module 'app': No module named 'app'`.
    ///
    /// # For example
    /// The handler `app.handler` and a package that has `src/app.py`.
    ///
    /// # To mend it
    /// Set the handler to where the file is (`src.app.handler`), or put the file where the handler says.
    pub static MISSING_HANDLER_MODULE = "missing-handler-module", Handler, Error;
}

fn run(scene: &Scene<'_>, report: &mut Report) {
    let Some(handler) = scene.handler.filter(|handler| fault(handler).is_none()) else {
        return;
    };
    let (Some(module), Some((said, function))) =
        (handler_module(handler), handler.rsplit_once('.'))
    else {
        return;
    };
    // A folder around everything is told as such.
    let is_wrapped = |package| {
        matches!(
            layout::wrapping(package, scene.handler),
            Some(Wrapping::Certain(_))
        )
    };
    let imports = scene.imports();
    let certain = imports.certain();
    let failure = certain.iter().find(|failure| failure.importer.is_none());
    let Some(cause) = failure.map(|failure| &failure.cause) else {
        return;
    };
    if matches!(cause, Cause::Syntax { .. }) || scene.function.is_some_and(is_wrapped) {
        return;
    }
    let (missing, why) = match cause {
        Cause::NotAPackage { name, parent } => {
            (name.as_str(), format!(": `{parent}` is no package"))
        }
        Cause::Missing { name } | Cause::Removed { name, .. } => (name.as_str(), String::new()),
        _ => (module.as_str(), String::new()),
    };
    let message = format!("the handler `{handler}` is in no module of the package{why}");
    let detail =
        format!("Lambda would say: Unable to import module '{said}': No module named '{missing}'");
    let mut finding = Finding::new(&MISSING_HANDLER_MODULE, message).detail(detail);
    for hint in hints(scene, &module, function) {
        finding = finding.hint(hint);
    }
    report.add(finding);
}

fn hints(scene: &Scene<'_>, module: &str, function: &str) -> Vec<String> {
    let last = module.rsplit('.').next().unwrap_or(module);
    let Some(package) = scene.function else {
        return Vec::new();
    };
    if let Some((file, "py")) = module.rsplit_once('.') {
        return vec![format!(
            "the handler has no file ending: `{file}.{function}` may be meant"
        )];
    }
    let own = package
        .files()
        .iter()
        .map(|file| file.path.as_str())
        .filter(|path| {
            path.ends_with(".py") && scene.distributions().owner(package, path).is_none()
        });
    let own: Vec<&str> = own.collect();
    let wanted = format!("{last}.py");
    let name = |path: &&&str| {
        path.rsplit('/')
            .next()
            .unwrap_or(path)
            .eq_ignore_ascii_case(&wanted)
    };
    let found: Vec<&&str> = own.iter().filter(name).take(2).collect();
    if !found.is_empty() {
        let hint = |path: &&&str| {
            let dotted = path.trim_end_matches(".py").replace('/', ".");
            format!("`{path}` is in the package: the handler for it is `{dotted}.{function}`")
        };
        return found.iter().map(hint).collect();
    }
    let at_root: Vec<String> = own
        .iter()
        .filter(|path| !path.contains('/'))
        .take(4)
        .map(|path| format!("`{path}`"))
        .collect();
    match at_root.as_slice() {
        [] => Vec::new(),
        files => vec![format!("the modules at the root are {}", files.join(", "))],
    }
}
