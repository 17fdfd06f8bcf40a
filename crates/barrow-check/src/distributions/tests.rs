//! Whose a file is, told from `RECORD` or from names.

use barrow_model::EntryPath;

use super::*;
use crate::facts::Known;
use crate::package::{File, Form};

const NUMPY: &str = "Name: NumPy\nVersion: 2.1.3\n";

fn package(kind: Kind, files: &[(&str, &str)]) -> Package {
    let target = barrow_model::Target {
        runtime: "python3.12".parse().unwrap(),
        arch: barrow_model::Arch::X86_64,
    };
    let files = files.iter().map(|(path, content)| {
        let path = EntryPath::parse(path).unwrap();
        File {
            facts: Known::read(&path, content.as_bytes(), target).facts,
            path,
            unzipped_bytes: content.len() as u64,
            zipped_bytes: content.len() as u64,
            mode: None,
            modified: None,
            secrets: Vec::new(),
        }
    });
    let files = files.collect();
    Package::new(
        "app.zip".to_owned(),
        kind,
        Form::Plan,
        files,
        vec![],
        vec![],
    )
}

fn check_owner(package: &Package, path: &str, expected: Option<&str>) {
    let distributions = Distributions::new([package], "python3.12".parse().unwrap());
    let owner = distributions.owner(package, path).map(ToString::to_string);
    assert_eq!(owner.as_deref(), expected, "{path}");
}

#[test]
fn a_record_says_whose_a_file_is() {
    let package = package(
        Kind::Function,
        &[
            ("numpy-2.1.3.dist-info/METADATA", NUMPY),
            (
                "numpy-2.1.3.dist-info/RECORD",
                "numpy/a.py,,\nnumpy.libs/b.so,,\n",
            ),
            ("app.py", ""),
        ],
    );
    check_owner(&package, "numpy/linalg/x.so", Some("numpy 2.1.3"));
    check_owner(&package, "numpy.libs/b.so", Some("numpy 2.1.3"));
    check_owner(
        &package,
        "numpy-2.1.3.dist-info/METADATA",
        Some("numpy 2.1.3"),
    );
    check_owner(&package, "app.py", None);
}

#[test]
fn without_a_record_names_tell() {
    let package = package(
        Kind::Layer,
        &[
            ("python/numpy-2.1.3.dist-info/METADATA", NUMPY),
            ("python/numpy/a.py", ""),
            ("python/numpy.libs/b.so", ""),
        ],
    );
    check_owner(&package, "python/numpy/a.py", Some("numpy 2.1.3"));
    check_owner(&package, "python/numpy.libs/b.so", Some("numpy 2.1.3"));
    check_owner(&package, "numpy/a.py", None);
}

#[test]
fn what_is_vendored_is_known_and_not_importable() {
    let package = package(
        Kind::Function,
        &[("setuptools/_vendor/numpy-2.1.3.dist-info/METADATA", NUMPY)],
    );
    let distributions = Distributions::new([&package], "python3.12".parse().unwrap());
    assert_eq!(distributions.all().len(), 1);
    assert_eq!(distributions.named("numpy").count(), 0);
}

#[test]
fn an_old_egg_info_file_is_a_distribution() {
    let package = package(Kind::Function, &[("numpy-2.1.3.egg-info", NUMPY)]);
    let distributions = Distributions::new([&package], "python3.12".parse().unwrap());
    let seen: Vec<_> = distributions.all().iter().map(|it| it.info).collect();
    assert_eq!(seen, ["numpy-2.1.3.egg-info"]);
}
