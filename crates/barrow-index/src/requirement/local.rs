//! Projects on this machine that requirements name by path: their metadata decides what is
//! resolved, so it counts towards the fingerprint.

use std::collections::BTreeSet;

use camino::{Utf8Path, Utf8PathBuf};

/// What a build backend reads before it says what a project requires.
const METADATA_FILES: [&str; 5] = [
    "pyproject.toml",
    "setup.cfg",
    "setup.py",
    "requirements.txt",
    "uv.lock",
];

/// The metadata files of a directory, or the archive itself.
pub(super) fn metadata_files(path: &Utf8Path) -> Vec<Utf8PathBuf> {
    if path.is_file() {
        return vec![path.to_owned()];
    }
    METADATA_FILES
        .iter()
        .map(|name| path.join(name))
        .filter(|path| path.is_file())
        .collect()
}

/// Every relative or absolute directory that a TOML file (a `pyproject.toml`, a lock) names with
/// a `path`, `editable`, `directory` or `virtual` key, or as `name @ file://…`.
pub(super) fn paths_in_toml(text: &str, base: &Utf8Path) -> BTreeSet<Utf8PathBuf> {
    let mut paths = BTreeSet::new();
    if let Ok(table) = text.parse::<toml::Table>() {
        collect(&toml::Value::Table(table), base, &mut paths);
    }
    paths
}

fn collect(value: &toml::Value, base: &Utf8Path, paths: &mut BTreeSet<Utf8PathBuf>) {
    match value {
        toml::Value::Table(table) => {
            for (key, value) in table {
                let names_a_path = matches!(
                    &**key,
                    "path" | "editable" | "directory" | "virtual" | "url"
                );
                match value.as_str().filter(|_| names_a_path) {
                    Some(text) if !text.contains("://") => _ = paths.insert(base.join(text)),
                    _ => collect(value, base, paths),
                }
            }
        }
        toml::Value::Array(values) => {
            for value in values {
                collect(value, base, paths);
            }
        }
        toml::Value::String(text) => {
            if let Some((_, path)) = text.split_once("@ file://") {
                paths.insert(Utf8PathBuf::from(
                    path.split(['#', ';']).next().unwrap_or(path).trim(),
                ));
            }
        }
        _ => {}
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn paths_are_found_wherever_they_stand() {
        let text = "[project]\ndependencies = ['a @ file:///srv/a ; os_name == \"nt\"', 'six']\n\
                    [tool.uv.sources]\nlib = { path = '../lib', editable = true }\n\
                    web = { url = 'https://index.example/web.zip' }\n\
                    [[package]]\nsource = { type = 'directory', url = 'libs/one' }\n";
        let paths = paths_in_toml(text, Utf8Path::new("/p"));
        let paths: Vec<&str> = paths.iter().map(|path| path.as_str()).collect();
        assert_eq!(paths, ["/p/../lib", "/p/libs/one", "/srv/a"]);
    }
}
