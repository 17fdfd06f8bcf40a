//! Whatever is planned, three readers find exactly that in the package, and it is always the same.

mod readers;
mod world;

use std::cell::RefCell;
use std::collections::BTreeMap;
use std::fs;

use barrow_core::plan::Layout;
use proptest::collection::{btree_map, vec};
use proptest::prelude::*;
use proptest::test_runner::TestRunner;

use readers::Python;
use world::{Bytes, Kind, Members, World};

/// Files above this are deflated in parts and stored through a temporary file.
const WHOLE_LIMIT_BYTES: usize = 2 << 20;

/// Holds the package against the plan, through every reader and with several numbers of threads.
fn check(world: &World, python: &RefCell<Python>) {
    let package = world.pack(1);
    for threads in [1, 2, 7] {
        assert!(world.pack(threads) == package, "{threads} threads");
    }
    check_package(&package, world, python);
}

fn check_package(package: &Vec<u8>, world: &World, python: &RefCell<Python>) {
    let expected = world.expected();
    assert_eq!(readers::ours(package), expected);
    assert_eq!(readers::of_the_zip_crate(package), expected);
    let folder = tempfile::tempdir().unwrap();
    let file = folder.path().join("package.zip");
    fs::write(&file, package).unwrap();
    assert_eq!(python.borrow_mut().read(&file), expected);
}

/// Paths of few names, so that they meet.
fn path() -> impl Strategy<Value = String> {
    let name = prop::sample::select(vec![
        "a",
        "b.py",
        "décembre",
        "日本.txt",
        "__init__.py",
        "sp ace",
    ]);
    vec(name, 1..4).prop_map(|parts| parts.join("/"))
}

fn wheel_path() -> impl Strategy<Value = String> {
    let folder = prop::sample::select(vec!["", "", "purelib", "platlib", "data", "headers"]);
    (folder, path()).prop_map(|(folder, path)| match folder {
        "" => path,
        // Which of the wheels it is for is not known here; others' folders are as good.
        folder => format!("w0-1.0.data/{folder}/{path}"),
    })
}

fn bytes() -> impl Strategy<Value = Bytes> {
    let noise =
        |length| (any::<u32>(), length).prop_map(|(seed, length)| Bytes::Noise { seed, length });
    let around_the_limit = WHOLE_LIMIT_BYTES - 2..WHOLE_LIMIT_BYTES + 1_200_000;
    prop_oneof![
        2 => Just(Bytes::Literal(Vec::new())),
        8 => vec(any::<u8>(), 1..64).prop_map(Bytes::Literal),
        8 => (1..100_000_usize).prop_map(Bytes::Text),
        8 => noise(1..100_000_usize),
        1 => around_the_limit.clone().prop_map(Bytes::Text),
        1 => noise(around_the_limit),
    ]
}

fn members() -> impl Strategy<Value = Members> {
    let kind = prop::sample::select(vec![Kind::Plain, Kind::Executable, Kind::Stored]);
    btree_map(wheel_path(), (bytes(), kind), 0..6)
}

fn layout() -> impl Strategy<Value = Layout> {
    let versioned = Layout::versioned_layer("python3.12".parse().unwrap());
    prop::sample::select(vec![Layout::function(), Layout::layer(), versioned])
}

#[test]
fn every_plan_reads_alike_everywhere() {
    let python = RefCell::new(Python::start());
    let files = btree_map(path(), (bytes(), any::<bool>()), 0..5);
    let fresh = btree_map(path(), vec(any::<u8>(), 0..2000), 0..3);
    let parts = (layout(), vec(members(), 0..4), files, fresh);
    let mut runner = TestRunner::new(ProptestConfig {
        cases: 64,
        // What is found becomes a test with a name.
        failure_persistence: None,
        ..ProptestConfig::default()
    });
    let outcome = runner.run(&parts, |(layout, wheels, files, fresh)| {
        check(&World::new(layout, &wheels, &files, &fresh), &python);
        Ok(())
    });
    outcome.unwrap();
}

#[test]
fn more_entries_than_16_bits_count_read_alike_everywhere() {
    let python = RefCell::new(Python::start());
    let fresh = (0..65_536).map(|number| (number.to_string(), Vec::new()));
    let world = World::new(Layout::function(), &[], &BTreeMap::new(), &fresh.collect());
    check_package(&world.pack(2), &world, &python);
}

#[test]
fn an_empty_plan_is_an_empty_zip() {
    let world = World::new(Layout::function(), &[], &BTreeMap::new(), &BTreeMap::new());
    check(&world, &RefCell::new(Python::start()));
    assert_eq!(world.pack(1).len(), 22);
}
