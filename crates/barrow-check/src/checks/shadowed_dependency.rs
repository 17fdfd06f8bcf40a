//! Modules of the user's with the name of a distribution's.

use crate::finding::{Finding, Place};
use crate::imports::runtime;
use crate::imports::search::{Found, Root};
use crate::report::Report;
use crate::scene::Scene;

crate::check! {
    /// # Finds
    /// Modules of your own that hide a distribution's module of the same name, further back on
    /// `sys.path`: in a layer, or among what the runtime includes.
    ///
    /// # Matters because
    /// Whoever imports the distribution gets your module, other distributions included.
    ///
    /// # For example
    /// `requests.py` in the package, and `requests` in a layer; helpers in a file `boto3.py`.
    ///
    /// # To mend it
    /// Rename your module.
    pub static SHADOWED_DEPENDENCY = "shadowed-dependency", Layout, Warning;
}

fn run(scene: &Scene<'_>, report: &mut Report) {
    let search = &scene.imports().search;
    for (at, root) in search.roots().iter().enumerate() {
        for name in search.names_of(root) {
            let entry = search.entry_of(root, name);
            let Some(Found::Module(own) | Found::Package { init: own, .. }) = &entry else {
                continue;
            };
            let path = own.file.path.as_str();
            if scene.distributions().owner(own.package, path).is_some() || search.is_fixed(name) {
                continue;
            }
            let hidden = search.roots()[at + 1..]
                .iter()
                .find_map(|behind| hidden(scene, behind, name));
            // A folder may be the SDK itself, installed without metadata, and `six` is one file.
            let is_own = matches!(entry, Some(Found::Module(_))) && name != "six";
            let included = || format!("`{name}`, which the runtime includes");
            let hidden = hidden.or_else(|| (is_own && runtime::is_sdk(name)).then(included));
            if let Some(hidden) = hidden {
                let message = format!("`{path}` hides {hidden}");
                report.add(
                    Finding::new(&SHADOWED_DEPENDENCY, message)
                        .place(Place::new(own.package, path))
                        .hint("rename your module"),
                );
            }
        }
    }
}

/// The distribution that has the name in a root further back.
fn hidden(scene: &Scene<'_>, root: &Root, name: &str) -> Option<String> {
    let entry = scene.imports().search.entry_of(root, name)?;
    let (Found::Module(located) | Found::Package { init: located, .. }) = entry else {
        return None;
    };
    let path = located.file.path.as_str();
    let owner = scene.distributions().owner(located.package, path)?;
    Some(format!("`{name}` of `{owner}` in `{}`", root.path))
}
