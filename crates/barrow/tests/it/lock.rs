//! `barrow lock` and `build --locked`.

use barrow_core::testing::wheel;

use crate::index::Index;
use crate::project::Project;

fn any(name: &'static str) -> (&'static str, Vec<u8>) {
    (name, wheel(name).file("a.py", name).build())
}

#[test]
fn a_lock_pins_and_the_build_follows_it() {
    let old = Index::start([any("aa-1.0-py3-none-any.whl")]);
    let new = Index::start([
        any("aa-1.0-py3-none-any.whl"),
        any("aa-2.0-py3-none-any.whl"),
    ]);
    let files = [("lambda_function.py", ""), ("requirements.txt", "aa\n")];
    let project = Project::new(&files).with_index(&old);
    let ran = project.run("lock").succeeds();
    insta::assert_snapshot!(ran.stdout, @"pylock.toml");
    let lock = String::from_utf8(project.read("pylock.toml")).unwrap();
    assert!(
        lock.contains("lock-version = \"1.0\"") && lock.contains("version = \"1.0\""),
        "{lock}"
    );

    let project = project.with_index(&new);
    let version = |project: &Project, arguments: &str| {
        let document = project.run(arguments).succeeds().json();
        document["packages"][0]["distributions"][0]["version"]
            .as_str()
            .unwrap()
            .to_owned()
    };
    assert_eq!(version(&project, "build --json"), "1.0");
    assert_eq!(version(&project, "build --json --locked"), "1.0");
    project.run("lock --upgrade").succeeds();
    // The lock names the files of the index that it was made from.
    assert_eq!(version(&project, "build --json --locked"), "2.0");
}

#[test]
fn a_stale_lock_is_refused_with_locked() {
    let index = Index::start([
        any("aa-1.0-py3-none-any.whl"),
        any("bb-1.0-py3-none-any.whl"),
    ]);
    let files = [("lambda_function.py", ""), ("requirements.txt", "aa\n")];
    let project = Project::new(&files).with_index(&index);
    project.run("lock").succeeds();
    project.run("build --locked").succeeds();
    project.run("build").succeeds().keeps_silent_about("older");
    project.write("requirements.txt", b"aa\nbb\n");
    project
        .run("build")
        .succeeds()
        .says("older than the requirements");
    project
        .run("build --locked")
        .fails(1)
        .says("pylock.toml")
        .says("barrow lock");
}

#[test]
fn a_lock_is_the_same_bytes_each_time() {
    let index = Index::start([
        any("aa-1.0-py3-none-any.whl"),
        any("bb-1.0-py3-none-any.whl"),
    ]);
    let files = [("lambda_function.py", ""), ("requirements.txt", "bb\naa\n")];
    let lock = || {
        let project = Project::new(&files).with_index(&index);
        project.run("lock").succeeds();
        project.read("pylock.toml")
    };
    assert_eq!(lock(), lock());
}

#[test]
fn locked_without_a_lock_file_is_an_error() {
    let project = Project::new(&[("lambda_function.py", ""), ("requirements.txt", "aa\n")]);
    project.run("build --locked").fails(1).says("barrow lock");
}
