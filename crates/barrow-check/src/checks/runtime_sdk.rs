//! AWS's SDK, taken from the runtime.

use crate::finding::{Finding, Place};
use crate::imports::What;
use crate::report::Report;
use crate::scene::Scene;

crate::check! {
    /// # Finds
    /// Functions that import `boto3` or `botocore` from the runtime.
    ///
    /// # Matters because
    /// The runtime's copy has a version of AWS's choice: behind the newest, not the same in every Region,
    /// and replaced without notice. AWS publishes no table of versions any more.
    ///
    /// # For example
    /// A function that calls an API which AWS announced last week: it works at home, and not on Lambda.
    ///
    /// # To mend it
    /// Nothing, if any version will do: leaving it out saves 23 MB. Otherwise require `boto3`.
    pub static RUNTIME_SDK = "runtime-sdk", Dependencies, Note;
}

fn run(scene: &Scene<'_>, report: &mut Report) {
    let imports = scene.imports();
    let taken: Vec<_> = imports
        .modules()
        .filter(|(_, module)| ["boto3", "botocore"].contains(&module.name.as_str()))
        .filter(|(_, module)| matches!(module.what, What::Included))
        .collect();
    let Some((_, first)) = taken.first() else {
        return;
    };
    let message = format!(
        "`{}` comes from the runtime, in a version of AWS's choice",
        first.name
    );
    let places = taken.iter().filter_map(|(_, module)| {
        let (importer, line) = module.importer?;
        match imports.module(importer).what {
            What::Source(located, _) => {
                let path = located.file.path.as_str();
                Some(Place::new(located.package, path).line(line))
            }
            _ => None,
        }
    });
    report.add(
        Finding::new(&RUNTIME_SDK, message)
            .places(places)
            .hint("require `boto3` if the version matters"),
    );
}
