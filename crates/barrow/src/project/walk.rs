//! Finds the project's own files.
//!
//! Left out: what `.gitignore` names, hidden files, and what [`ignored`] lists.
//! `exclude` leaves out more; `include` brings back what any of these rules left out. Global git
//! settings are not asked, because the same project must give the same package on every machine.

use std::collections::BTreeSet;
use std::path::Path;
use std::sync::{Arc, Mutex};

use barrow_model::EntryPath;
use camino::{Utf8Path, Utf8PathBuf};
use ignore::gitignore::{Gitignore, GitignoreBuilder};
use ignore::{DirEntry, WalkBuilder};

use super::{FindFilesError, Found, SourceFile, collect, ignored, source_file};

/// The files under `root`; `never` are paths that never count, such as the packages being built.
pub fn find(
    root: &Utf8Path,
    include: &[String],
    exclude: &[String],
    never: &[Utf8PathBuf],
) -> Result<Found, FindFilesError> {
    let exclude = patterns(root, exclude)?;
    let never: Arc<BTreeSet<Utf8PathBuf>> = Arc::new(
        never
            .iter()
            .filter_map(|path| path.canonicalize_utf8().ok())
            .collect(),
    );
    let left_out = Arc::new(Mutex::new(BTreeSet::new()));

    let mut walk = builder(root);
    walk.standard_filters(false)
        .hidden(true)
        .git_ignore(true)
        .require_git(false)
        .parents(true);
    let (note, refuse) = (Arc::clone(&left_out), (exclude.clone(), Arc::clone(&never)));
    walk.filter_entry(move |entry| {
        if is_refused(entry, &refuse.0, &refuse.1) {
            return false;
        }
        let (Some(name), folder) = (entry.file_name().to_str(), is_folder(entry)) else {
            return true;
        };
        let left_out = entry.depth() > 0
            && (ignored::is_left_out(name, folder, entry.depth())
                || (folder && is_virtual_environment(entry)));
        // Nobody misses bytecode or build output; the rest is worth a word.
        if left_out && !matches!(name, "__pycache__" | "dist") && !name.ends_with(".pyc") {
            let shown = if folder {
                format!("{name}/")
            } else {
                name.to_owned()
            };
            note.lock()
                .expect("no holder of this lock panics")
                .insert(shown);
        }
        !left_out
    });
    let mut files = collect(root, &walk)?;

    if !include.is_empty() {
        let include = patterns(root, include)?;
        let mut walk = builder(root);
        walk.standard_filters(false);
        walk.filter_entry(move |entry| !is_refused(entry, &exclude, &never));
        let all = collect(root, &walk)?;
        let wanted = |file: &SourceFile| {
            include
                .matched_path_or_any_parents(file.path.as_str(), false)
                .is_ignore()
        };
        files.extend(all.into_iter().filter(|(_, file)| wanted(file)));
    }
    let mut left_out = left_out.lock().expect("no holder of this lock panics");
    Ok(Found {
        files: files.into_values().collect(),
        left_out: std::mem::take(&mut *left_out).into_iter().collect(),
    })
}

/// The paths that `.gitignore`-like `patterns` match, as a matcher whose "ignore" means a match.
fn patterns(root: &Utf8Path, patterns: &[String]) -> Result<Gitignore, FindFilesError> {
    let mut builder = GitignoreBuilder::new(root);
    for pattern in patterns {
        builder
            .add_line(None, pattern)
            .map_err(|source| FindFilesError::Pattern {
                pattern: pattern.clone(),
                source,
            })?;
    }
    builder.build().map_err(|source| FindFilesError::Pattern {
        pattern: patterns.join(" "),
        source,
    })
}

fn builder(root: &Utf8Path) -> WalkBuilder {
    let mut walk = WalkBuilder::new(root);
    walk.follow_links(true);
    walk
}

fn is_folder(entry: &DirEntry) -> bool {
    entry.file_type().is_some_and(|kind| kind.is_dir())
}

fn is_virtual_environment(folder: &DirEntry) -> bool {
    let mark = folder.path().join(ignored::MARK_OF_AN_ENVIRONMENT);
    mark.is_file()
}

fn is_refused(entry: &DirEntry, exclude: &Gitignore, never: &BTreeSet<Utf8PathBuf>) -> bool {
    if entry.depth() == 0 {
        return false;
    }
    let is_folder = is_folder(entry);
    exclude.matched(entry.path(), is_folder).is_ignore()
        || (!never.is_empty() && is_never(entry.path(), never))
}

fn is_never(path: &Path, never: &BTreeSet<Utf8PathBuf>) -> bool {
    let path = Utf8Path::from_path(path).and_then(|path| path.canonicalize_utf8().ok());
    path.is_some_and(|path| never.contains(&path))
}

/// A single-file function: that file and nothing else.
pub fn single_file(path: &Utf8Path) -> Result<Found, FindFilesError> {
    let name = path.file_name().unwrap_or_default();
    let name = EntryPath::parse(name).map_err(|source| FindFilesError::Name {
        path: path.to_string(),
        source,
    })?;
    let files = source_file(name, path.to_owned())?.into_iter().collect();
    Ok(Found {
        files,
        left_out: Vec::new(),
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Makes `files`, finds what goes in, and compares the names.
    fn check(files: &[&str], include: &[&str], exclude: &[&str], expected: &[&str]) {
        let root = tempfile::tempdir().unwrap();
        let root = Utf8Path::from_path(root.path()).unwrap();
        for file in files {
            let (path, text) = file.split_once('=').unwrap_or((file, "x"));
            std::fs::create_dir_all(root.join(path).parent().unwrap()).unwrap();
            std::fs::write(root.join(path), text).unwrap();
        }
        let owned =
            |patterns: &[&str]| patterns.iter().map(|p| (*p).to_owned()).collect::<Vec<_>>();
        let found = find(
            root,
            &owned(include),
            &owned(exclude),
            &[root.join("old.zip")],
        )
        .unwrap();
        let names: Vec<_> = found.files.iter().map(|file| file.path.as_str()).collect();
        assert_eq!(names, expected);
    }

    #[test]
    fn code_and_data_go_in_and_the_rest_stays_out() {
        check(
            &[
                "lambda_function.py",
                "data/table.csv",
                ".env",
                ".git/config",
                ".venv/x.py",
                "tests/test_a.py",
                "pkg/tests/test_b.py",
                "requirements.txt",
                "pyproject.toml",
                "__pycache__/x.pyc",
                "dist/old.zip",
                "old.zip",
                "pkg/__init__.py",
            ],
            &[],
            &[],
            &["data/table.csv", "lambda_function.py", "pkg/__init__.py"],
        );
    }

    #[test]
    fn gitignore_is_respected_without_a_repository() {
        check(
            &[
                "a.py",
                "secret.key",
                "model/w.bin",
                ".gitignore=*.key\nmodel/\n",
            ],
            &[],
            &[],
            &["a.py"],
        );
    }

    #[test]
    fn include_brings_back_what_a_rule_left_out() {
        check(
            &[
                "a.py",
                "model/w.bin",
                "tests/data.json",
                ".gitignore=model/\n",
                ".env",
            ],
            &["model/", "tests/data.json"],
            &[],
            &["a.py", "model/w.bin", "tests/data.json"],
        );
    }

    #[test]
    fn exclude_wins_over_include() {
        check(
            &["a.py", "b.py", "notes.md"],
            &["*.md"],
            &["*.md", "/b.py"],
            &["a.py"],
        );
    }

    #[cfg(unix)]
    #[test]
    fn links_are_followed_and_the_owners_x_bit_counts() {
        use std::os::unix::fs::PermissionsExt as _;
        let root = tempfile::tempdir().unwrap();
        let root = Utf8Path::from_path(root.path()).unwrap();
        std::fs::write(root.join("tool"), "#!/bin/sh\n").unwrap();
        let mode = std::fs::Permissions::from_mode(0o700);
        std::fs::set_permissions(root.join("tool"), mode).unwrap();
        std::os::unix::fs::symlink("tool", root.join("link")).unwrap();
        let found = find(root, &[], &[], &[]).unwrap();
        let shown: Vec<_> = found
            .files
            .iter()
            .map(|file| (file.path.as_str(), file.executable))
            .collect();
        assert_eq!(shown, [("link", true), ("tool", true)]);
    }
}
