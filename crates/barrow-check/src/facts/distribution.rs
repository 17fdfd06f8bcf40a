//! What a `.dist-info` folder says about its distribution.
//!
//! Installers before wheels left an `.egg-info` instead, a folder or a single file; it is read
//! alike, as far as it says the same things.

use std::collections::BTreeSet;

use barrow_core::wheel;
use barrow_model::{EntryPath, PackageName};
use serde::{Deserialize, Serialize};

/// Longer, and more, than any distribution at hand has.
const LONGEST_LINE_BYTES: usize = 2000;
const MOST_LINES: usize = 4000;
const LONGEST_URL_CHARS: usize = 200;

/// `METADATA`, as far as checks ask for it.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Metadata {
    /// Normalised: lower case, with `-`.
    pub name: String,
    /// As written.
    pub version: String,
    /// `Requires-Dist` lines, as written.
    pub requires: Vec<String>,
}

/// `RECORD`, cut down to what tells whose a file is.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Record {
    /// Paths relative to the folder that the distribution was installed into: folders with
    /// everything below them, and single files. None lies below another.
    pub owned: Vec<String>,
}

/// `direct_url.json`: where the distribution was installed from.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct DirectUrl {
    /// Cut where it is very long.
    pub url: String,
    /// Installed as a reference to a folder of the developer's machine.
    pub editable: bool,
}

pub fn is_metadata(path: &EntryPath) -> bool {
    let mut parts = path.parts().rev();
    match (parts.next(), parts.next()) {
        (Some("METADATA"), Some(folder)) => folder.ends_with(".dist-info"),
        (Some("PKG-INFO"), Some(folder)) => folder.ends_with(".egg-info"),
        (Some(file), _) => file.ends_with(".egg-info"),
        (None, _) => false,
    }
}

pub fn is_record(path: &EntryPath) -> bool {
    is_in_dist_info(path, "RECORD")
}

pub fn is_direct_url(path: &EntryPath) -> bool {
    is_in_dist_info(path, "direct_url.json")
}

fn is_in_dist_info(path: &EntryPath, name: &str) -> bool {
    let mut parts = path.parts().rev();
    parts.next() == Some(name)
        && parts
            .next()
            .is_some_and(|folder| folder.ends_with(".dist-info"))
}

/// `None` without a name that an index would take, or without a version.
pub fn read_metadata(content: &[u8]) -> Option<Metadata> {
    let metadata = wheel::metadata::Metadata::parse(content).ok()?;
    Some(Metadata {
        name: PackageName::parse(&metadata.name).ok()?.as_str().to_owned(),
        version: metadata.version,
        requires: metadata
            .requires
            .into_iter()
            .filter(|line| line.len() <= LONGEST_LINE_BYTES)
            .take(MOST_LINES)
            .collect(),
    })
}

/// A folder is the distribution's own where one of its files lies directly in it. A lone
/// `__init__.py` is not enough: of a namespace such as `google`, each distribution brings one.
pub fn read_record(content: &[u8]) -> Record {
    let rows = wheel::record::parse(content);
    let paths: Vec<&str> = rows.iter().map(|row| row.path.as_str()).collect();
    let own: BTreeSet<&str> = paths.iter().filter_map(|path| own_folder(path)).collect();
    let owned: BTreeSet<&str> = paths
        .iter()
        .filter(|path| stays_inside(path))
        .map(|path| {
            let folders = path.match_indices('/').map(|(end, _)| &path[..end]);
            folders
                .into_iter()
                .find(|folder| own.contains(folder))
                .unwrap_or(path)
        })
        .filter(|path| !path.contains("__pycache__"))
        .collect();
    Record {
        owned: owned.into_iter().map(str::to_owned).collect(),
    }
}

/// The folder that holds this file, where that makes it the distribution's own.
fn own_folder(path: &str) -> Option<&str> {
    let (folder, name) = path.rsplit_once('/')?;
    (name != "__init__.py" && !folder.ends_with("__pycache__")).then_some(folder)
}

fn stays_inside(path: &str) -> bool {
    !path.starts_with('/') && path.split('/').all(|part| part != "..")
}

pub fn read_direct_url(content: &[u8]) -> Option<DirectUrl> {
    #[derive(Deserialize)]
    struct File {
        url: String,
        dir_info: Option<Folder>,
    }
    #[derive(Deserialize)]
    struct Folder {
        #[serde(default)]
        editable: bool,
    }
    let file: File = serde_json::from_slice(content).ok()?;
    Some(DirectUrl {
        url: file.url.chars().take(LONGEST_URL_CHARS).collect(),
        editable: file.dir_info.is_some_and(|folder| folder.editable),
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    fn check_record(rows: &str, expected: &[&str]) {
        assert_eq!(read_record(rows.as_bytes()).owned, expected);
    }

    #[test]
    fn a_record_becomes_the_topmost_folders() {
        check_record(
            "numpy/__init__.py,,\nnumpy/version.py,,\nnumpy/linalg/lapack.so,,\nnumpy.libs/x.so,,\n\
             six.py,,\n__pycache__/six.cpython-312.pyc,,\nnumpy-2.1.3.dist-info/RECORD,,\n",
            &["numpy", "numpy-2.1.3.dist-info", "numpy.libs", "six.py"],
        );
    }

    #[test]
    fn a_namespace_belongs_to_nobody() {
        check_record(
            "google/__init__.py,,\ngoogle/__pycache__/__init__.cpython-312.pyc,,\n\
             google/auth/__init__.py,,\ngoogle/auth/jwt.py,,\n",
            &["google/__init__.py", "google/auth"],
        );
    }

    #[test]
    fn scripts_outside_are_left_out() {
        check_record("../../../bin/x,,\n/etc/x,,\na.py,,\n", &["a.py"]);
    }

    #[test]
    fn an_editable_install_is_seen() {
        let seen = read_direct_url(br#"{"url": "file:///x", "dir_info": {"editable": true}}"#);
        assert!(seen.unwrap().editable);
        let seen = read_direct_url(br#"{"url": "file:///x", "archive_info": {}}"#);
        assert!(!seen.unwrap().editable);
        assert_eq!(read_direct_url(b"[]"), None);
    }
}
