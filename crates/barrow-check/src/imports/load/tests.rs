//! What fixtures cannot show: many modules, and the way to a failure.

use barrow_model::{Arch, EntryPath, Target};

use super::*;
use crate::facts::Known;
use crate::package::{File, Form, Kind, Package};

fn target() -> Target {
    Target {
        runtime: "python3.12".parse().unwrap(),
        arch: Arch::X86_64,
    }
}

fn package(files: impl IntoIterator<Item = (String, String)>) -> Package {
    let files = files.into_iter().map(|(path, content)| {
        let path = EntryPath::parse(&path).unwrap();
        let known = Known::read(&path, content.as_bytes(), target());
        File {
            path,
            unzipped_bytes: content.len() as u64,
            zipped_bytes: content.len() as u64,
            mode: None,
            modified: None,
            facts: known.facts,
            secrets: known.secrets,
        }
    });
    let (name, form) = ("app.zip".to_owned(), Form::Folder);
    let files = files.collect();
    Package::new(name, Kind::Function, form, files, vec![], vec![])
}

fn imports<'a>(package: &'a Package, root: &str) -> Imports<'a> {
    let scene = Scene::new(Some(package), vec![], target(), (2026, 11, 21));
    Imports::of(&scene, &[root.to_owned()])
}

#[test]
fn a_chain_of_thousands_of_modules_needs_little_stack() {
    let chain = (0..3_000).map(|at| (format!("m{at}.py"), format!("import m{}\n", at + 1)));
    let package = package(chain);
    let thread = std::thread::Builder::new().stack_size(256 << 10);
    std::thread::scope(|scope| {
        let followed = thread.spawn_scoped(scope, || imports(&package, "m0").modules().count());
        // Python itself gives up before that.
        assert!(followed.unwrap().join().unwrap() > 900);
    });
}

#[test]
fn the_way_to_a_failure_is_known() {
    let package = package([
        (
            "app.py".to_owned(),
            "import json\nimport lib.one\n".to_owned(),
        ),
        (
            "lib/__init__.py".to_owned(),
            "from .two import x\n".to_owned(),
        ),
        ("lib/one.py".to_owned(), "import numpy\n".to_owned()),
        (
            "lib/two.py".to_owned(),
            "\nimport numpy, yaml\nx = 1\n".to_owned(),
        ),
    ]);
    let imports = imports(&package, "app");
    let certain = imports.certain().into_iter();
    let shown: Vec<String> = certain
        .map(|failure| {
            let chain = imports.chain(failure).into_iter();
            let steps = chain.map(|(id, line)| format!("{}:{line}", imports.module(id).name));
            format!(
                "{:?} {}",
                failure.cause,
                steps.collect::<Vec<_>>().join(" ")
            )
        })
        .collect();
    assert_eq!(
        shown,
        [
            "Missing { name: \"numpy\" } app:2 lib:1 lib.two:2",
            "Missing { name: \"yaml\" } app:2 lib:1 lib.two:2",
            "Missing { name: \"numpy\" } app:2 lib.one:1",
        ]
    );
}
