//! Which modules a function starts with.

use super::search::{Found, SearchPath};
use crate::scene::Scene;

/// The module that a handler is in, as Lambda's client comes to it: everything before the last dot,
/// with `/` as good as a dot. `None` without a dot.
pub fn handler_module(handler: &str) -> Option<String> {
    let (module, _) = handler.rsplit_once('.')?;
    Some(module.replace('/', "."))
}

/// The handler's module. Where no handler is known, the user's own modules at the top level; and
/// where there are none, as in layers, those of every distribution.
pub fn roots(scene: &Scene<'_>) -> Vec<String> {
    if let Some(handler) = scene.handler {
        return handler_module(handler).into_iter().collect();
    }
    let search = SearchPath::of(scene);
    let mut own = Vec::new();
    let mut others = Vec::new();
    for root in search.roots() {
        for name in search.names_of(root) {
            let entry = search.entry_of(root, name);
            let Some(Found::Module(located) | Found::Package { init: located, .. }) = entry else {
                continue;
            };
            let path = located.file.path.as_str();
            let owner = scene.distributions().owner(located.package, path);
            let names = if owner.is_none() {
                &mut own
            } else {
                &mut others
            };
            names.push(name.to_owned());
        }
    }
    let mut roots = if own.is_empty() { others } else { own };
    roots.sort_unstable();
    roots.dedup();
    roots
}
