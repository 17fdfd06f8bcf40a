//! What a cold start spends on imports.
//!
//! Python measures itself when `PYTHONPROFILEIMPORTTIME` is set, and writes what it finds where a
//! function's log goes. The measurements are taken out of the log; the rest of it is shown as ever.

use std::collections::HashSet;
use std::sync::{Arc, Mutex, PoisonError};

use barrow_core::trace::{Import, Origin, Reader, package_of};
use barrow_local::environment::{Invoked, Place};
#[cfg(target_os = "linux")]
use barrow_local::sandbox::Base;
use camino::{Utf8Path, Utf8PathBuf};

use super::{Events, Options, Prepared, invoke_all, prepare};
use crate::ops::Context;
use crate::outcome::Result;

/// The imports of a start, and where each module comes from.
#[derive(Debug)]
pub struct Traced {
    pub name: String,
    pub imports: Vec<Import>,
    pub invoked: Option<Invoked>,
    sources: Sources,
}

/// Runs the function once, with everything that it imports measured.
pub fn trace(options: &Options, events: Events, context: &Context) -> Result<Traced> {
    let mut prepared = prepare(options, context)?;
    let measure = ("PYTHONPROFILEIMPORTTIME".to_owned(), "1".to_owned());
    prepared.function.variables.push(measure);
    let sources = Sources::of(&prepared);
    let name = prepared.function.name.clone();

    let reader = Arc::new(Mutex::new(Reader::default()));
    let (output, shared) = (context.output, Arc::clone(&reader));
    let sink = Box::new(move |line: &[u8]| {
        let whole = [line, b"\n"].concat();
        let mut reader = shared.lock().unwrap_or_else(PoisonError::into_inner);
        let rest = reader.take(&whole);
        if !rest.is_empty() {
            output.log(rest.strip_suffix(b"\n").unwrap_or(rest));
        }
    });
    let mut invoked = None;
    // What later events import is no part of the start.
    let events = events.first();
    invoke_all(options, prepared, None, events, sink, |result| {
        invoked = Some(result.clone());
    })?;
    let reader = std::mem::take(&mut *reader.lock().unwrap_or_else(PoisonError::into_inner));
    Ok(Traced {
        name,
        imports: reader.finish(),
        invoked,
        sources,
    })
}

impl Traced {
    pub fn origin_of(&self, module: &str) -> Origin {
        self.sources.origin_of(module)
    }
}

/// The top-level modules of each place that a function imports from.
#[derive(Debug, Default)]
struct Sources {
    dependencies: HashSet<String>,
    task: HashSet<String>,
    layers: HashSet<String>,
    runtime: HashSet<String>,
}

impl Sources {
    fn of(prepared: &Prepared) -> Self {
        let (task, opt, ours) = match &prepared.place {
            #[cfg(target_os = "linux")]
            Place::Sandbox(place) => (&place.trees.task, &place.trees.opt, of_base(&place.base)),
            Place::Host(place) => (
                &place.task,
                &place.opt,
                [Some(place.runtime.clone()), place.site_packages.clone()],
            ),
        };
        let mut sources = Self {
            dependencies: of_distributions(task),
            task: modules(task),
            ..Self::default()
        };
        let ours = ours.iter().flatten();
        sources.runtime = ours.flat_map(|folder| modules(folder)).collect();
        if let Some(opt) = opt {
            let python = opt.join("python");
            let version = format!("lib/{}/site-packages", prepared.function.runtime);
            sources.layers = modules(&python);
            sources.layers.extend(modules(&python.join(version)));
        }
        sources
    }

    /// In the order of the search path.
    fn origin_of(&self, module: &str) -> Origin {
        let package = package_of(module);
        let places = [
            (&self.dependencies, Origin::Dependency),
            (&self.task, Origin::Task),
            (&self.layers, Origin::Layer),
            (&self.runtime, Origin::Runtime),
        ];
        let found = places.iter().find(|(names, _)| names.contains(package));
        found.map_or(Origin::Python, |(_, origin)| *origin)
    }
}

/// Where the runtime's own code and the SDK are.
#[cfg(target_os = "linux")]
fn of_base(base: &Base) -> [Option<Utf8PathBuf>; 2] {
    match base {
        Base::Host {
            runtime,
            site_packages,
            ..
        } => [Some(runtime.clone()), site_packages.clone()],
        Base::Image(image) => [Some(image.path().join("var/runtime")), None],
    }
}

/// What can be imported from a folder: its files and folders, without their endings.
fn modules(folder: &Utf8Path) -> HashSet<String> {
    let entries = folder.read_dir_utf8().into_iter().flatten().flatten();
    entries
        .map(|entry| module_name(entry.file_name()).to_owned())
        .collect()
}

/// `six` of `six.py`, `_cffi` of `_cffi.cpython-312-x86_64-linux-gnu.so`.
fn module_name(file: &str) -> &str {
    file.split('.').next().unwrap_or(file)
}

/// What distributions have put into a folder, by what they say of themselves.
fn of_distributions(folder: &Utf8Path) -> HashSet<String> {
    let entries = folder.read_dir_utf8().into_iter().flatten().flatten();
    let records = entries
        .filter(|entry| entry.file_name().ends_with(".dist-info"))
        .filter_map(|entry| std::fs::read_to_string(entry.path().join("RECORD")).ok());
    records
        .flat_map(|record| {
            let names = record
                .lines()
                .filter_map(|line| line.split(['/', ',']).next());
            names
                .map(|name| module_name(name).to_owned())
                .collect::<Vec<_>>()
        })
        .collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_module_is_the_first_places_that_has_it() {
        let folder = tempfile::tempdir().unwrap();
        let task = Utf8Path::from_path(folder.path()).unwrap();
        std::fs::create_dir_all(task.join("six-1.17.0.dist-info")).unwrap();
        std::fs::write(task.join("six-1.17.0.dist-info/RECORD"), "six.py,,\n").unwrap();
        std::fs::write(task.join("six.py"), "").unwrap();
        std::fs::write(task.join("app.py"), "").unwrap();
        let sources = Sources {
            dependencies: of_distributions(task),
            task: modules(task),
            runtime: HashSet::from(["boto3".to_owned(), "six".to_owned()]),
            ..Sources::default()
        };
        assert_eq!(sources.origin_of("six"), Origin::Dependency);
        assert_eq!(sources.origin_of("app"), Origin::Task);
        assert_eq!(sources.origin_of("boto3.session"), Origin::Runtime);
        assert_eq!(sources.origin_of("json.decoder"), Origin::Python);
    }
}
