//! Modules that left the standard library.

use std::collections::BTreeMap;

use crate::finding::{Finding, Level};
use crate::imports::distribution_names::reviving;
use crate::imports::load::top;
use crate::imports::{Cause, Failure, tell};
use crate::report::Report;
use crate::scene::Scene;

crate::check! {
    /// # Finds
    /// Imports of modules that the standard library had until an earlier version than the runtime's:
    /// `distutils`, `imp`, `asynchat`, `cgi` and others. Where the import may not happen, the finding
    /// is a note.
    ///
    /// # Matters because
    /// `Unable to import module 'app': No module named 'distutils'`, although nothing was forgotten:
    /// the code is older than the runtime.
    ///
    /// # For example
    /// A distribution of 2019 that imports `distutils.version`, on python3.12.
    ///
    /// # To mend it
    /// A newer version of what imports it, or the distribution that brings the module back, or a
    /// runtime whose Python still has it.
    pub static REMOVED_MODULE = "removed-module", Imports, Error;
}

fn run(scene: &Scene<'_>, report: &mut Report) {
    let imports = scene.imports();
    let certain = group(imports.certain());
    for (name, (last_minor, failures)) in &certain {
        let doubts = tell::doubts(scene);
        let mut found =
            finding(scene, name, *last_minor, failures, "imports").level(tell::level(&doubts));
        for doubt in doubts {
            found = found.detail(doubt);
        }
        if let Some(said) =
            tell::lambda_says(scene, failures[0], &format!("No module named '{name}'"))
        {
            found = found.detail(said);
        }
        report.add(found);
    }
    for (name, (last_minor, failures)) in group(imports.guarded()) {
        if !certain.contains_key(name) {
            let found = finding(scene, name, last_minor, &failures, "can come to import");
            report.add(found.level(Level::Note));
        }
    }
}

/// By the top-level module that is gone.
fn group(failures: Vec<&Failure>) -> BTreeMap<&str, (u8, Vec<&Failure>)> {
    let mut groups: BTreeMap<&str, (u8, Vec<&Failure>)> = BTreeMap::new();
    for failure in failures {
        if let Cause::Removed { name, last_minor } = &failure.cause {
            let group = groups.entry(top(name)).or_insert((*last_minor, Vec::new()));
            group.1.push(failure);
        }
    }
    groups
}

fn finding(
    scene: &Scene<'_>,
    name: &str,
    last_minor: u8,
    failures: &[&Failure],
    does: &str,
) -> Finding {
    let imports = scene.imports();
    let mut by: Vec<String> = failures
        .iter()
        .map(|failure| match tell::wanted_by(scene, failure) {
            Some(distribution) => format!("`{distribution}`"),
            None => "your code".to_owned(),
        })
        .collect();
    by.sort();
    by.dedup();
    let by = match by.as_slice() {
        [one] => one.clone(),
        many => format!("{} and {} others", many[0], many.len() - 1),
    };
    let message = format!(
        "`{name}` left the standard library with Python 3.{}, and {by} {does} it",
        last_minor + 1
    );
    let mut finding = Finding::new(&REMOVED_MODULE, message).places(
        failures
            .iter()
            .filter_map(|failure| tell::place(imports, failure)),
    );
    if let Some(chain) = failures
        .first()
        .and_then(|failure| tell::chain(imports, failure))
    {
        finding = finding.detail(chain);
    }
    if let Some(distribution) = reviving(name) {
        finding = finding.hint(format!(
            "`{distribution}` brings it back: add it to the requirements"
        ));
    }
    finding.hint(format!(
        "python3.{last_minor} is the last runtime that has it"
    ))
}
