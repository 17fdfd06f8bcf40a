//! Reads, on all cores, the modules that imports are about to come to.
//!
//! Imports are followed one after the other, since what one finds depends on those before it. Here
//! every import of a module counts, whatever keeps it from happening, so that each round of modules
//! can be read at once. What is read in vain is little; what is missed is read when it is needed.

use std::collections::HashSet;

use rayon::prelude::*;

use super::search::{Found, SearchPath};
use super::tree::FolderId;
use crate::facts::Facts;
use crate::facts::python::{Import, Kept, Module, Step, Wants};

/// A source file that an import may come to.
#[derive(Clone)]
struct Candidate<'a> {
    name: String,
    is_package: bool,
    source: &'a Kept,
}

/// Reads the modules of these names and all that they import.
pub(super) fn read(search: &SearchPath<'_>, roots: &[String]) {
    let mut known = HashSet::new();
    let mut round = Vec::new();
    for root in roots {
        on_the_way(search, root, &[], &mut known, &mut round);
    }
    while !round.is_empty() {
        let modules: Vec<&Module> = round
            .par_iter()
            .with_max_len(1)
            .map(|candidate| &**candidate.source)
            .collect();
        let mut next = Vec::new();
        for (candidate, module) in round.iter().zip(modules) {
            each_import(&module.steps, &mut |import| {
                let Some(name) = candidate.absolute(import) else {
                    return;
                };
                let names = match &import.wants {
                    Wants::Names(names) => names.as_slice(),
                    Wants::Nothing | Wants::Everything => &[],
                };
                on_the_way(search, &name, names, &mut known, &mut next);
            });
        }
        round = next;
    }
}

/// Finds every package on the way to a module, the module, and those below it that are wanted.
fn on_the_way<'a>(
    search: &SearchPath<'a>,
    name: &str,
    below: &[Box<str>],
    known: &mut HashSet<String>,
    found: &mut Vec<Candidate<'a>>,
) {
    let mut folders: Option<Vec<FolderId>> = None;
    let mut take = |name: &str, module: Option<Found<'a>>| {
        let (source, folders) = match module? {
            Found::Module(located) => (Some(located), None),
            Found::Package { init, folders } => (Some(init), Some(folders)),
            Found::Namespace(folders) => (None, Some(folders)),
            Found::Standard | Found::Runtime => (None, None),
        };
        if let Some(Facts::Python(source)) = source.map(|located| &located.file.facts)
            && known.insert(name.to_owned())
        {
            found.push(Candidate {
                name: name.to_owned(),
                is_package: folders.is_some(),
                source,
            });
        }
        folders
    };
    let ends = name.match_indices('.').map(|(end, _)| end);
    for end in ends.chain(std::iter::once(name.len())) {
        let name = &name[..end];
        let last = name.rsplit_once('.').map_or(name, |(_, last)| last);
        let module = match &folders {
            Some(folders) => search.find_below(folders, last),
            None if last == name => search.find_top(name),
            None => return,
        };
        folders = take(name, module);
    }
    let Some(folders) = folders else { return };
    for last in below {
        take(&format!("{name}.{last}"), search.find_below(&folders, last));
    }
}

impl Candidate<'_> {
    /// The full name of what it imports.
    fn absolute(&self, import: &Import) -> Option<String> {
        if import.level == 0 {
            return Some(import.module.to_string());
        }
        let mut package = self.name.as_str();
        for _ in 0..import.level - u32::from(self.is_package) {
            package = package.rsplit_once('.')?.0;
        }
        Some(if import.module.is_empty() {
            package.to_owned()
        } else {
            format!("{package}.{}", import.module)
        })
    }
}

fn each_import<'s>(steps: &'s [Step], found: &mut impl FnMut(&'s Import)) {
    for step in steps {
        match step {
            Step::Import(import) => found(import),
            Step::Raise { .. } => {}
            Step::Perhaps(steps) => each_import(steps, found),
            Step::Try(attempt) => {
                each_import(&attempt.body, found);
                for handler in &attempt.handlers {
                    each_import(&handler.steps, found);
                }
                each_import(&attempt.orelse, found);
                each_import(&attempt.lastly, found);
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use std::sync::Arc;

    use barrow_core::testing::wheel;
    use barrow_model::{Arch, Target};

    use super::*;
    use crate::package::{File, Form, Kind, Package};
    use crate::scene::Scene;
    use crate::survey::Modules;

    /// Of a package that a wheel with these files makes, which modules are read when the first is
    /// imported.
    fn check(files: &[(&str, &str)], expected: &[&str]) {
        let target = Target {
            runtime: "python3.12".parse().unwrap(),
            arch: Arch::X86_64,
        };
        let add = |wheel: barrow_core::testing::WheelBuilder, file: &(&str, &str)| {
            wheel.file(file.0, file.1)
        };
        let builder = files.iter().fold(wheel("a-1.0-py3-none-any.whl"), add);
        let (source, wheel) = (builder.build(), builder.verified());
        let mut modules = Modules::new(Arc::new(source), None, target);
        let files = wheel.entries.iter().filter_map(|entry| {
            Some(File {
                path: entry.path.clone(),
                unzipped_bytes: entry.span.uncompressed_bytes,
                zipped_bytes: entry.span.compressed_bytes,
                mode: None,
                modified: None,
                facts: Facts::Python(modules.at(&entry.path, &entry.span)?),
                secrets: Vec::new(),
            })
        });
        let files = files.collect();
        let name = "app".to_owned();
        let package = Package::new(name, Kind::Function, Form::Plan, files, vec![], vec![]);
        let scene = Scene::new(Some(&package), vec![], target, (2026, 11, 21));
        read(&SearchPath::of(&scene), &["app".to_owned()]);
        let is_read = |file: &&File| match &file.facts {
            Facts::Python(module) => !module.is_unread(),
            _ => false,
        };
        let read = package.files().iter().filter(is_read);
        let read: Vec<&str> = read.map(|file| file.path.as_str()).collect();
        assert_eq!(read, expected);
    }

    #[test]
    fn what_imports_may_come_to_is_read_and_nothing_else() {
        check(
            &[
                ("app.py", "import json, missing\nimport a.b.c\n"),
                (
                    "a/__init__.py",
                    "try:\n    from . import x, y\nexcept ImportError:\n    from .z import *\n",
                ),
                ("a/x.py", ""),
                ("a/y/__init__.py", "def f():\n    import later\n"),
                ("a/y/other.py", ""),
                ("a/z.py", "import app\n"),
                ("a/b/c.py", "from ... import beyond\n"),
                ("a/b/d.py", ""),
                ("later.py", ""),
                ("json.py", ""),
            ],
            &[
                "a/__init__.py",
                "a/b/c.py",
                "a/x.py",
                "a/y/__init__.py",
                "a/z.py",
                "app.py",
            ],
        );
    }
}
