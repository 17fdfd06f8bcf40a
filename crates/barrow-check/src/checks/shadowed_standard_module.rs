//! Modules of the user's with the name of a standard one.

use crate::finding::{Finding, Place};
use crate::imports::search::Found;
use crate::imports::standard::{Presence, presence};
use crate::report::Report;
use crate::scene::Scene;

crate::check! {
    /// # Finds
    /// Modules at the root of the package or of a layer that have the name of a module of the standard
    /// library.
    ///
    /// # Matters because
    /// `/var/task` comes before the standard library, so that everybody's `import random` gets the
    /// package's file, the standard library's included: `module 'random' has no attribute 'Random'`. What
    /// the runtime has imported before the handler, such as `json` or `logging`, is the other way round:
    /// the package's file is never read.
    ///
    /// # For example
    /// A module `secrets.py` with the function's settings; an old `dataclasses` or `enum34` from the index.
    ///
    /// # To mend it
    /// Rename the module; leave out the distribution that only older versions of Python want.
    pub static SHADOWED_STANDARD_MODULE = "shadowed-standard-module", Layout, Warning;
}

fn run(scene: &Scene<'_>, report: &mut Report) {
    let search = &scene.imports().search;
    let minor = scene.target.runtime.minor();
    for root in search.roots() {
        for name in search.names_of(root) {
            if presence(name, minor) != Some(Presence::There) {
                continue;
            }
            let entry = search.entry_of(root, name);
            let Some(Found::Module(located) | Found::Package { init: located, .. }) = entry else {
                continue;
            };
            let path = located.file.path.as_str();
            let message = if search.is_fixed(name) {
                format!(
                    "`{path}` is never read: the runtime has the standard module `{name}` loaded"
                )
            } else {
                format!("`{path}` takes the place of the standard module `{name}`, for everybody")
            };
            let mut finding = Finding::new(&SHADOWED_STANDARD_MODULE, message)
                .place(Place::new(located.package, path));
            finding = match scene.distributions().owner(located.package, path) {
                Some(owner) => finding.detail(format!("it is of `{owner}`")).hint(format!(
                    "python3.{minor} has `{name}` itself: leave `{}` out",
                    owner.name()
                )),
                None => finding.hint("rename it"),
            };
            report.add(finding);
        }
    }
}
