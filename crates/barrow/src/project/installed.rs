//! Dependencies that lie installed on disk: a `pip install --target` directory or a virtual
//! environment.
//!
//! A virtual environment keeps pure modules under `lib` and, on some systems, compiled ones under
//! `lib64`; Debian's own Python says `dist-packages`. All that exist are merged.

use std::collections::BTreeMap;

use barrow_model::EntryPath;
use camino::{Utf8Path, Utf8PathBuf};
use ignore::WalkBuilder;

use super::ignored::MARK_OF_AN_ENVIRONMENT;
use super::{FindFilesError, Found, SourceFile, collect};

/// Everything installed under `directory`, without bytecode and, in an environment, without `pip`.
pub fn find(directory: &Utf8Path) -> Result<Found, FindFilesError> {
    let environment = directory.join(MARK_OF_AN_ENVIRONMENT).is_file();
    let mut roots = site_directories(directory)?;
    let is_environment = environment || !roots.is_empty();
    if roots.is_empty() {
        if environment || !directory.is_dir() {
            return Err(FindFilesError::NothingInstalled {
                path: directory.to_owned(),
            });
        }
        roots.push(directory.to_owned());
    }
    let mut found = BTreeMap::new();
    let mut left_out = Vec::new();
    for root in &roots {
        for (path, file) in files_under(root)? {
            if is_environment && is_pip(path.top()) {
                left_out = vec!["pip".to_owned()];
            } else {
                found.entry(path).or_insert(file);
            }
        }
    }
    if found.is_empty() {
        return Err(FindFilesError::NothingInstalled {
            path: directory.to_owned(),
        });
    }
    Ok(Found {
        files: found.into_values().collect(),
        left_out,
    })
}

/// Every virtual environment brings `pip`, and no function needs it.
fn is_pip(top: &str) -> bool {
    top == "pip" || (top.starts_with("pip-") && top.ends_with(".dist-info"))
}

/// `lib/python3.x/site-packages` and its variants, each real folder once.
fn site_directories(directory: &Utf8Path) -> Result<Vec<Utf8PathBuf>, FindFilesError> {
    let mut found: Vec<(Utf8PathBuf, Utf8PathBuf)> = Vec::new();
    let mut consider = |path: Utf8PathBuf| {
        // `lib64` is usually a link to `lib`.
        if let (true, Ok(real)) = (path.is_dir(), path.canonicalize_utf8())
            && found.iter().all(|(_, seen)| *seen != real)
        {
            found.push((path, real));
        }
    };
    for lib in ["lib", "lib64", "Lib"] {
        let lib = directory.join(lib);
        consider(lib.join("site-packages"));
        for python in read_directory(&lib)? {
            if python
                .file_name()
                .is_some_and(|name| name.starts_with("python"))
            {
                consider(python.join("site-packages"));
                consider(python.join("dist-packages"));
            }
        }
    }
    Ok(found.into_iter().map(|(path, _)| path).collect())
}

/// The folder's members in order; none where there is no such folder.
fn read_directory(path: &Utf8Path) -> Result<Vec<Utf8PathBuf>, FindFilesError> {
    if !path.is_dir() {
        return Ok(Vec::new());
    }
    let members = path.read_dir_utf8().and_then(|entries| {
        entries
            .map(|entry| Ok(entry?.into_path()))
            .collect::<std::io::Result<Vec<_>>>()
    });
    let mut members = members.map_err(|source| FindFilesError::Read {
        path: path.to_owned(),
        source,
    })?;
    members.sort();
    Ok(members)
}

fn files_under(root: &Utf8Path) -> Result<BTreeMap<EntryPath, SourceFile>, FindFilesError> {
    let mut walk = WalkBuilder::new(root);
    walk.standard_filters(false).follow_links(true);
    walk.filter_entry(|entry| entry.file_name() != "__pycache__");
    collect(root, &walk)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn check(files: &[&str], expected: &[&str]) {
        let root = tempfile::tempdir().unwrap();
        let root = Utf8Path::from_path(root.path()).unwrap();
        for path in files {
            std::fs::create_dir_all(root.join(path).parent().unwrap()).unwrap();
            std::fs::write(root.join(path), "x").unwrap();
        }
        let found = find(root).unwrap();
        let names: Vec<_> = found.files.iter().map(|file| file.path.as_str()).collect();
        assert_eq!(names, expected);
    }

    #[test]
    fn a_target_directory_is_taken_as_it_lies() {
        check(
            &["six.py", "bin/tool", "a/__pycache__/x.pyc", "pip/x.py"],
            &["bin/tool", "pip/x.py", "six.py"],
        );
    }

    #[test]
    fn an_environment_gives_the_packages_of_lib_and_lib64_without_pip() {
        check(
            &[
                "pyvenv.cfg",
                "bin/python",
                "lib/python3.12/site-packages/six.py",
                "lib64/python3.12/site-packages/fast.so",
                "lib/python3/dist-packages/apt.py",
                "lib/python3.12/site-packages/pip/__init__.py",
                "lib/python3.12/site-packages/pip-24.0.dist-info/METADATA",
            ],
            &["apt.py", "fast.so", "six.py"],
        );
    }

    #[test]
    fn an_empty_environment_is_an_error() {
        let root = tempfile::tempdir().unwrap();
        let root = Utf8Path::from_path(root.path()).unwrap();
        std::fs::write(root.join("pyvenv.cfg"), "").unwrap();
        assert!(matches!(
            find(root),
            Err(FindFilesError::NothingInstalled { .. })
        ));
    }
}
