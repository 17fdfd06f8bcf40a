//! Modules that raise an exception whenever they are imported.

use crate::facts::python::Raised;
use crate::finding::Finding;
use crate::imports::{Cause, tell};
use crate::report::Report;
use crate::scene::Scene;

crate::check! {
    /// # Finds
    /// Modules on the way from the handler that raise an exception, or end the program, whatever
    /// happens: `raise` or `sys.exit()` at the top level, under no condition or under one that holds
    /// for the runtime.
    ///
    /// # Matters because
    /// The function does not start.
    ///
    /// # For example
    /// `if sys.version_info < (3, 13): raise RuntimeError("…")` on python3.12; a script whose last line
    /// is `sys.exit(main())`.
    ///
    /// # To mend it
    /// A version of the distribution that is made for the runtime, or `if __name__ == "__main__":`
    /// around what only a script does.
    pub static FAILING_MODULE = "failing-module", Imports, Error;
}

fn run(scene: &Scene<'_>, report: &mut Report) {
    let imports = scene.imports();
    for failure in imports.certain() {
        let Cause::Raises { raised } = &failure.cause else {
            continue;
        };
        let Some(module) = failure.importer.map(|module| imports.module(module)) else {
            continue;
        };
        let what = match raised {
            Raised::Exit => "ends the program",
            Raised::ImportError | Raised::ModuleNotFoundError => "raises `ImportError`",
            Raised::SyntaxError => "raises `SyntaxError`",
            Raised::Other | Raised::Again => "raises an exception",
        };
        let doubts = tell::doubts(scene);
        let message = format!("`{}` {what} when it is imported", module.name);
        let mut finding = Finding::new(&FAILING_MODULE, message)
            .level(tell::level(&doubts))
            .places(tell::place(imports, failure));
        if let Some(chain) = tell::chain(imports, failure) {
            finding = finding.detail(chain);
        }
        for doubt in doubts {
            finding = finding.detail(doubt);
        }
        report.add(finding);
    }
}
