//! The store: what is kept, how it is checked, and what happens when it is damaged.

use std::path::{Path, PathBuf};

use barrow_core::testing::wheel;

use crate::index::Index;
use crate::project::Project;

fn built(index: &Index) -> Project {
    let files = [("lambda_function.py", ""), ("requirements.txt", "aa\n")];
    let project = Project::new(&files).with_index(index);
    project.run("build -o app.zip").succeeds();
    project
}

fn index() -> Index {
    Index::start([(
        "aa-1.0-py3-none-any.whl",
        wheel("aa-1.0-py3-none-any.whl")
            .file("aa.py", "a\n")
            .build(),
    )])
}

fn stored_wheel(folder: &Path) -> PathBuf {
    fn walk(folder: &Path, found: &mut Vec<PathBuf>) {
        for entry in std::fs::read_dir(folder).unwrap() {
            let path = entry.unwrap().path();
            if path.is_dir() {
                walk(&path, found);
            } else if path.extension().is_some_and(|ending| ending == "whl") {
                found.push(path);
            }
        }
    }
    let mut found = Vec::new();
    walk(&folder.join("wheels"), &mut found);
    found.pop().expect("the store has a wheel")
}

/// One bit in the middle, as a failing disk would have it.
fn damage(path: &Path) {
    let mut bytes = std::fs::read(path).unwrap();
    let middle = bytes.len() / 2;
    bytes[middle] ^= 1;
    std::fs::remove_file(path).unwrap();
    std::fs::write(path, bytes).unwrap();
}

#[test]
fn dir_and_size_say_where_and_how_much() {
    let index = index();
    let project = built(&index);
    let ran = project.run("cache dir").succeeds();
    assert_eq!(Path::new(ran.stdout.trim()), project.cache());
    let document = project.run("cache dir --json").succeeds().json();
    assert_eq!(document["directory"], ran.stdout.trim());
    let document = project.run("cache size --json").succeeds().json();
    assert_eq!(document["wheels"], 1);
    assert!(document["bytes"].as_u64().unwrap() > 100);
}

#[test]
fn a_damaged_wheel_is_never_used() {
    let index = index();
    let project = built(&index);
    let before = project.read("app.zip");
    damage(&stored_wheel(project.cache()));
    std::fs::remove_file(project.path().join("app.zip")).unwrap();
    project.run("build -o app.zip").succeeds();
    assert_eq!(project.read("app.zip"), before);
}

#[test]
fn verify_finds_and_drops_what_is_damaged() {
    let index = index();
    let project = built(&index);
    project.run("cache verify").succeeds();
    let wheel = stored_wheel(project.cache());
    damage(&wheel);
    project.run("cache verify").fails(1).says("damaged");
    assert!(!wheel.exists());
    project.run("cache verify").succeeds();
}

#[test]
fn prune_removes_what_was_not_used_and_the_next_build_fetches_it() {
    let index = index();
    let project = built(&index);
    project.run("cache prune").succeeds();
    assert_eq!(project.run("cache size --json").json()["wheels"], 1);
    project.run("cache prune --all").succeeds();
    assert_eq!(project.run("cache size --json").json()["wheels"], 0);
    std::fs::remove_file(project.path().join("app.zip")).unwrap();
    project.run("build -o app.zip").succeeds();
}

#[test]
fn offline_builds_from_the_cache_and_names_what_is_missing() {
    let index = index();
    let project = built(&index);
    std::fs::remove_file(project.path().join("app.zip")).unwrap();
    drop(index);
    project.run("build -o app.zip --offline").succeeds();
    std::fs::remove_file(stored_wheel(project.cache())).unwrap();
    std::fs::remove_file(project.path().join("app.zip")).unwrap();
    project
        .run("build -o app.zip --offline")
        .fails(2)
        .says("aa-1.0-py3-none-any.whl");
}

#[test]
fn two_builds_at_once_share_one_store() {
    let index = index();
    let files = [("lambda_function.py", ""), ("requirements.txt", "aa\n")];
    let project = Project::new(&files).with_index(&index);
    std::fs::create_dir_all(project.path()).unwrap();
    let start = |name: &str| {
        let arguments = format!("build -o {name}.zip");
        project
            .command(&arguments)
            .stderr(std::process::Stdio::piped())
            .spawn()
            .unwrap()
    };
    let running: Vec<_> = ["a", "b", "c", "d"].map(start).into_iter().collect();
    for child in running {
        let output = child.wait_with_output().unwrap();
        assert!(
            output.status.success(),
            "{}",
            String::from_utf8_lossy(&output.stderr)
        );
    }
    assert_eq!(project.read("a.zip"), project.read("d.zip"));
}
