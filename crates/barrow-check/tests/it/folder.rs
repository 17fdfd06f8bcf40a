//! Folders on disk and installed environments, as packages.

use std::fs;
use std::path::Path;

use barrow_check::link::Leads;
use barrow_check::report::Rules;
use barrow_check::survey::{survey_folder, survey_zip};
use barrow_check::{Form, Kind, Package, Scene, checks};
use barrow_model::Target;
use tempfile::TempDir;

use crate::archive::{Entry, zip};

fn target() -> Target {
    Target {
        runtime: "python3.12".parse().unwrap(),
        arch: "x86_64".parse().unwrap(),
    }
}

fn folder(files: &[(&str, &str)]) -> TempDir {
    let folder = tempfile::tempdir().unwrap();
    for (path, text) in files {
        let place = folder.path().join(path);
        fs::create_dir_all(place.parent().unwrap()).unwrap();
        fs::write(place, text).unwrap();
    }
    folder
}

fn survey(folder: &Path) -> Package {
    survey_folder("app".to_owned(), Kind::Function, folder, target()).unwrap()
}

fn paths(package: &Package) -> Vec<&str> {
    let files = package.files().iter();
    files.map(|file| file.path.as_str()).collect()
}

#[test]
fn a_folder_is_seen_as_a_zip_of_it_would_be() {
    let files = [
        ("app.py", "import json\n"),
        ("lib/util.py", "x = 1\n"),
        ("lib/data", "y"),
    ];
    let folder = folder(&files);
    let package = survey(folder.path());
    let entries: Vec<_> = files
        .iter()
        .map(|(path, text)| Entry::file(path, text.as_bytes()))
        .collect();
    let zipped = survey_zip("app".to_owned(), Kind::Function, &zip(&entries), target());

    assert_eq!(package.form, Form::Folder);
    assert_eq!(paths(&package), paths(&zipped));
    for (file, other) in package.files().iter().zip(zipped.files()) {
        assert_eq!(
            (&file.facts, file.unzipped_bytes),
            (&other.facts, other.unzipped_bytes)
        );
    }
    assert_eq!(package.folders()[0].path.as_str(), "lib");
    assert!(package.flaws.is_empty());
}

#[test]
fn of_an_environment_what_is_installed_counts() {
    let folder = folder(&[
        ("pyvenv.cfg", "home = /usr/bin\n"),
        ("bin/activate", ""),
        ("lib/python3.12/site-packages/six.py", ""),
        (
            "lib/python3.12/site-packages/__pycache__/six.cpython-312.pyc",
            "",
        ),
        ("lib/python3.12/site-packages/pip/__init__.py", ""),
        (
            "lib/python3.12/site-packages/pip-26.0.dist-info/METADATA",
            "",
        ),
        ("lib64/python3.12/site-packages/numpy/core.so", ""),
    ]);
    assert_eq!(paths(&survey(folder.path())), ["numpy/core.so", "six.py"]);
}

#[test]
fn a_folder_that_is_not_there_is_an_error() {
    let folder = folder(&[]);
    let gone = folder.path().join("gone");
    survey_folder("gone".to_owned(), Kind::Function, &gone, target()).unwrap_err();
}

#[cfg(unix)]
#[test]
fn links_are_followed_where_they_stay_inside() {
    use std::os::unix::fs::symlink;

    let other = folder(&[("secret.py", "")]);
    let folder = folder(&[("lib/a.py", "")]);
    let root = folder.path();
    symlink("lib", root.join("pkg")).unwrap();
    symlink(root.join("lib/a.py"), root.join("b.py")).unwrap();
    symlink(other.path(), root.join("outside")).unwrap();
    symlink(".", root.join("circle")).unwrap();
    let package = survey(root);
    assert_eq!(paths(&package), ["b.py", "lib/a.py", "pkg/a.py"]);
    let leads = |path: &str| &package.link(path).unwrap().leads;
    assert!(matches!(leads("b.py"), Leads::File(_)));
    assert_eq!(leads("outside"), &Leads::Outside);
    assert_eq!(leads("circle"), &Leads::Nowhere);
}

#[cfg(unix)]
#[test]
fn only_of_zips_it_is_said_that_they_can_be_mended() {
    use std::os::unix::fs::symlink;

    let folder = folder(&[("app.py", "")]);
    symlink("app.py", folder.path().join("main.py")).unwrap();
    let package = survey(folder.path());
    let scene = Scene::new(Some(&package), vec![], target(), (2026, 11, 21));
    let findings = checks::run(&scene, &Rules::default());
    let shown: String = findings.iter().map(ToString::to_string).collect();
    assert!(shown.contains("note[symlink]"), "{shown}");
    assert!(!shown.contains("--fix"), "{shown}");
}

#[cfg(unix)]
#[test]
fn modes_are_those_on_disk() {
    use std::os::unix::fs::PermissionsExt as _;

    let folder = folder(&[("app.py", "")]);
    let place = folder.path().join("app.py");
    fs::set_permissions(&place, fs::Permissions::from_mode(0o600)).unwrap();
    assert_eq!(survey(folder.path()).files()[0].mode, Some(0o600));
}

#[test]
fn a_large_library_is_read_in_parts_as_it_is_in_a_zip() {
    let folder = folder(&[]);
    let mut bytes = fs::read(std::env::current_exe().unwrap()).unwrap();
    bytes.resize(bytes.len().max(17 << 20), 0);
    fs::write(folder.path().join("program"), &bytes).unwrap();
    let zipped = zip(&[Entry::file("program", &bytes)]);
    let zipped = survey_zip("app".to_owned(), Kind::Function, &zipped, target());
    let package = survey(folder.path());
    assert!(matches!(
        package.files()[0].facts,
        barrow_check::facts::Facts::Elf(_)
    ));
    assert_eq!(package.files()[0].facts, zipped.files()[0].facts);
}
