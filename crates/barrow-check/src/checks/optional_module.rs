//! Modules that would be used if they were there.

use std::collections::{BTreeMap, BTreeSet};

use crate::facts::python::Guard;
use crate::finding::Finding;
use crate::imports::{Cause, Failure, tell};
use crate::report::Report;
use crate::scene::Scene;

crate::check! {
    /// # Finds
    /// Modules that are not there and that some loaded module imports where it may not matter: within
    /// `try: … except ImportError`, in a function, or under a condition. Those of distributions are
    /// told together, a note for each distribution.
    ///
    /// # Matters because
    /// Mostly it does not: libraries try what they can use. But an import in a function fails when the
    /// function is called, which may be the first event.
    ///
    /// # For example
    /// `pandas` reads Excel files with `openpyxl`, which it imports when asked to.
    ///
    /// # To mend it
    /// Add what the function will need to the requirements.
    pub static OPTIONAL_MODULE = "optional-module", Imports, Note;
}

/// Enough to recognise the kind of thing.
const NAMES_SHOWN: usize = 8;
/// More of the user's own are told together.
const OWN_SHOWN: usize = 8;

fn run(scene: &Scene<'_>, report: &mut Report) {
    let imports = scene.imports();
    let missing: BTreeSet<&str> = imports.certain().into_iter().filter_map(missing).collect();
    let mut own: BTreeMap<(&str, Guard), Vec<&Failure>> = BTreeMap::new();
    let mut others: BTreeMap<String, Vec<(&str, &Failure)>> = BTreeMap::new();
    for failure in imports.guarded() {
        let Some(name) = self::missing(failure).filter(|name| !missing.contains(name)) else {
            continue;
        };
        match tell::wanted_by(scene, failure) {
            None => own.entry((name, failure.guard)).or_default().push(failure),
            // What only a type checker sees is of interest to those who write the code.
            Some(_) if failure.guard == Guard::TypeChecking => {}
            Some(distribution) => {
                let wanted = others.entry(distribution.to_string()).or_default();
                wanted.push((name, failure));
            }
        }
    }
    if own.len() > OWN_SHOWN {
        // Libraries that were copied in without their metadata are taken for the user's own.
        let names: BTreeSet<&str> = own.keys().map(|(name, _)| *name).collect();
        let failures = own.values().flatten();
        let places = failures.filter_map(|failure| tell::place(imports, failure));
        let message = format!("your code can use {}", listed(&names));
        report.add(Finding::new(&OPTIONAL_MODULE, message).places(places));
        own.clear();
    }
    for ((name, guard), failures) in own {
        let when = match guard {
            Guard::Caught => "does without it, too",
            Guard::Condition => "imports it under a condition",
            Guard::Function => "imports it in a function",
            Guard::Elsewhere => "imports it on another platform",
            Guard::TypeChecking => "imports it for a type checker",
        };
        let message = format!("no module `{name}`; your code {when}");
        let places = failures
            .iter()
            .filter_map(|failure| tell::place(imports, failure));
        report.add(Finding::new(&OPTIONAL_MODULE, message).places(places));
    }
    for (distribution, wanted) in others {
        let names: BTreeSet<&str> = wanted.iter().map(|(name, _)| *name).collect();
        let places = wanted
            .iter()
            .filter_map(|(_, failure)| tell::place(imports, failure));
        let message = format!("`{distribution}` can use {}", listed(&names));
        report.add(Finding::new(&OPTIONAL_MODULE, message).places(places));
    }
}

fn missing(failure: &Failure) -> Option<&str> {
    match &failure.cause {
        Cause::Missing { name } | Cause::NotYet { name, .. } => Some(name),
        _ => None,
    }
}

fn listed(names: &BTreeSet<&str>) -> String {
    // One more is as short as "and 1 other".
    let is_long = names.len() > NAMES_SHOWN + 1;
    let count = if is_long { NAMES_SHOWN } else { names.len() };
    let shown: Vec<String> = names
        .iter()
        .take(count)
        .map(|name| format!("`{name}`"))
        .collect();
    match names.len() {
        1 => format!("{}, which is not there", shown[0]),
        all if is_long => format!(
            "{all} modules that are not there: {} and {} others",
            shown.join(", "),
            all - count
        ),
        _ => format!("modules that are not there: {}", shown.join(", ")),
    }
}
