//! The interpreters behind the launchers of version managers.
//!
//! pyenv, asdf and mise put a folder `shims` on `PATH`, with a launcher for each program that any
//! installed version has. One whose version is not selected fails, and uv takes that for its own
//! failure instead of looking further.

use std::cmp::Reverse;

use camino::{Utf8Path, Utf8PathBuf};

const LAUNCHERS: &str = "shims";

/// Where the versions lie, from the folder that holds `shims`.
const VERSIONS: [&str; 2] = ["versions", "installs/python"];

/// `PATH` with the interpreters in front of the launchers that lead to them; `None` if it has no
/// launchers.
pub(super) fn past(path: &str) -> Option<String> {
    let folders: Vec<Utf8PathBuf> = std::env::split_paths(path)
        .filter_map(|folder| Utf8PathBuf::from_path_buf(folder).ok())
        .collect();
    let behind: Vec<Utf8PathBuf> = folders.iter().flat_map(|folder| versions(folder)).collect();
    if behind.is_empty() {
        return None;
    }
    let all = behind.iter().chain(&folders);
    std::env::join_paths(all).ok()?.into_string().ok()
}

/// The `bin` folders that a folder of launchers leads to, the newest version first.
pub fn versions(launchers: &Utf8Path) -> Vec<Utf8PathBuf> {
    let Some(home) = launchers
        .parent()
        .filter(|_| launchers.ends_with(LAUNCHERS))
    else {
        return Vec::new();
    };
    let mut found: Vec<Utf8PathBuf> = VERSIONS
        .iter()
        .filter_map(|folder| home.join(folder).read_dir_utf8().ok())
        .flatten()
        .filter_map(|version| Some(version.ok()?.into_path()))
        .collect();
    found.sort_by_key(|version| Reverse(numbers(version.file_name().unwrap_or_default())));
    found.iter().map(|version| version.join("bin")).collect()
}

fn numbers(version: &str) -> Vec<u32> {
    version
        .split('.')
        .map_while(|part| part.parse().ok())
        .collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn interpreters_come_before_their_launchers_the_newest_first() {
        let folder = tempfile::tempdir().unwrap();
        let root = Utf8Path::from_path(folder.path()).unwrap();
        for version in ["3.9.18", "3.13.0", "3.12.1"] {
            std::fs::create_dir_all(root.join("versions").join(version).join("bin")).unwrap();
        }
        let shims = root.join("shims");
        let path = std::env::join_paths([Utf8Path::new("/usr/bin"), &shims]).unwrap();
        let past = past(path.to_str().unwrap()).unwrap();
        let shown: Vec<_> = std::env::split_paths(&past)
            .map(|folder| folder.to_str().unwrap().replace(root.as_str(), ""))
            .collect();
        assert_eq!(
            shown,
            [
                "/versions/3.13.0/bin",
                "/versions/3.12.1/bin",
                "/versions/3.9.18/bin",
                "/usr/bin",
                "/shims"
            ]
        );
    }

    #[test]
    fn without_launchers_nothing_changes() {
        assert_eq!(past("/usr/local/bin:/usr/bin"), None);
    }
}
