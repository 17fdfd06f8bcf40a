//! Any sources: reading what they do and following their imports neither panics nor overflows the
//! stack, what is found is the same twice, and facts survive being written and read.
//!
//! ```text
//! cargo +nightly fuzz run python_imports -- -max_len=8192 -dict=fuzz/dictionaries/python.txt
//! ```
#![no_main]

use barrow_check::facts::python::Module;
use barrow_check::facts::{Facts, Known};
use barrow_check::package::{File, Form};
use barrow_check::report::Rules;
use barrow_check::{Kind, Package, Scene, checks};
use barrow_model::{Arch, EntryPath, Runtime, Target};
use libfuzzer_sys::fuzz_target;

/// Few files, so that they import each other.
const FILES: [&str; 8] = [
    "app.py",
    "a/__init__.py",
    "a/b.py",
    "a/c/__init__.py",
    "b.py",
    "c.pyc",
    "d.so",
    "x.pth",
];
/// What parts the input into the files' contents: no source has it.
const SEPARATOR: u8 = 0x1e;

fuzz_target!(|bytes: &[u8]| {
    let Some((first, content)) = bytes.split_first() else {
        return;
    };
    let runtimes: Vec<Runtime> = Runtime::all().collect();
    let target = Target {
        runtime: runtimes[usize::from(*first) % runtimes.len()],
        arch: Arch::X86_64,
    };
    let files: Vec<File> = FILES
        .iter()
        .zip(content.split(|&byte| byte == SEPARATOR))
        .map(|(path, content)| file(path, content, target))
        .collect();
    let package = Package::new(
        "app.zip".to_owned(),
        Kind::Function,
        Form::Folder,
        files,
        Vec::new(),
        Vec::new(),
    );
    let handler = (first & 0x80 == 0).then_some("app.handler");
    assert_eq!(findings(&package, target, handler), findings(&package, target, handler));
});

fn file(path: &str, content: &[u8], target: Target) -> File {
    let path = EntryPath::parse(path).expect("a path of ours");
    let known = Known::read(&path, content, target);
    if let Facts::Python(module) = &known.facts {
        let module: &Module = module;
        let written = postcard::to_allocvec(module).expect("facts can be written");
        let read: Module = postcard::from_bytes(&written).expect("and read again");
        assert_eq!(*module, read);
    }
    File {
        path,
        unzipped_bytes: content.len() as u64,
        zipped_bytes: content.len() as u64,
        mode: None,
        modified: None,
        facts: known.facts,
        secrets: known.secrets,
    }
}

fn findings(package: &Package, target: Target, handler: Option<&str>) -> String {
    let mut scene = Scene::new(Some(package), vec![], target, (2026, 11, 21));
    scene.handler = handler;
    let findings = checks::run(&scene, &Rules::default());
    findings.iter().map(ToString::to_string).collect()
}
